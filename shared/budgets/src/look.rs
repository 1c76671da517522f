//! A look at a tenant's budgets, which tells each threshold that is reached once.

use crate::{Asking, Standing, telling};
use cube::catalogue::Unit;
use cube::query::QueryFault;
use ports::{Queue, Table};
use reader::{Owner, ReadError, Reader};
use records::budget::{self, Measure, Notice};
use records::{Budget, Made, RecordError, dispatch};
use std::collections::BTreeSet;

/// Why it is not known how budgets stand.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The budgets, or what was told of them, could not be read or written.
    #[error("the budgets cannot be read, or what is told of them is not written")]
    Record(#[from] RecordError),
    /// What the recipients are told could not be written down.
    #[error("what the recipients are told cannot be written down")]
    Run(#[from] serde_json::Error),
    /// What is used could not be read.
    #[error("what is used cannot be read")]
    Read(#[from] ReadError),
    /// The catalogue does not count what a budget asks about.
    #[error("the catalogue has no such query: {0:?}")]
    Query(Vec<QueryFault>),
}

/// What a look works with.
pub struct Look<'a> {
    /// Where budgets are kept.
    pub table: &'a dyn Table,
    /// The queue of errands of `report`, which delivers what is told.
    pub errands: &'a dyn Queue,
    /// What reads what is used.
    pub reader: &'a Reader,
    /// Whose budgets, and when.
    pub owner: Owner<'a>,
}

impl Look<'_> {
    /// Looks at all budgets of the tenant; what was told now that never was before. Any part of it may be done twice, or by two at once.
    ///
    /// # Errors
    /// Where the table does not answer. What was told until then is told, and what is left is found by the next look. Recipients are told
    /// first, under an id that is the same whoever tells them, and only then it is kept that they were: so that none is forgotten.
    pub async fn at(&self) -> Result<Vec<Notice>, LookError> {
        let budgets = budget::all(self.table, self.owner.tenant).await?;
        let mut told = Vec::new();
        for standing in self.standings(&budgets).await? {
            told.extend(self.tell(&standing).await?);
        }
        Ok(told)
    }

    /// How budgets stand now, from one reading.
    ///
    /// # Errors
    /// Where what is used cannot be read.
    pub async fn standings<'b>(&self, budgets: &'b [Budget]) -> Result<Vec<Standing<'b>>, LookError> {
        let now = (self.owner.now, self.owner.hour_offset);
        let askings: Vec<Asking> = budgets.iter().filter_map(|budget| Asking::now(budget, now)).collect();
        if askings.is_empty() {
            return Ok(Vec::new());
        }
        let queries: Result<Vec<_>, _> = askings.iter().map(|asking| asking.question().check()).collect();
        let reading = self.reader.answer(self.owner, &queries.map_err(LookError::Query)?).await?;
        Ok(askings.iter().zip(&reading.answers).map(|(asking, answer)| asking.standing(answer)).collect())
    }

    /// Tells the thresholds that are reached and were not told in this period, under these terms.
    async fn tell(&self, standing: &Standing<'_>) -> Result<Vec<Notice>, LookError> {
        let reached: Vec<u16> = standing.reached().collect();
        let mut told = Vec::new();
        if reached.is_empty() {
            return Ok(told);
        }
        let Budget { id, terms, terms_version, .. } = standing.budget;
        let start = standing.period.from;
        let before = budget::told_in(self.table, self.owner.tenant, (standing.budget, start)).await?;
        let known: BTreeSet<u16> = before.iter().map(|notice| notice.threshold).collect();
        for threshold in reached.into_iter().filter(|threshold| !known.contains(threshold)) {
            let mut notice = Notice {
                budget: id.clone(),
                terms_version: *terms_version,
                period_start: start,
                threshold,
                used: as_told(standing, terms.measure),
                limit: terms.limit,
                at: self.owner.now,
                run: None,
            };
            if let Some(run) = telling::run(standing, &notice)? {
                dispatch::run(self.table, self.errands, (self.owner.tenant, &run)).await?;
                notice.run = Some(run.id);
            }
            // Whoever is first tells it: two looks at once find out here.
            if budget::tell(self.table, self.owner.tenant, &notice).await? == Made::New {
                told.push(notice);
            }
        }
        Ok(told)
    }
}

/// What is used, as notices have it: tokens, or millionths of a US dollar, rounded down.
fn as_told(standing: &Standing<'_>, measure: Measure) -> i64 {
    let used = match measure {
        Measure::Tokens => standing.used.units,
        Measure::Money => standing.used.units / 10_i128.pow(standing.used.scale.saturating_sub(Unit::Money.scale())),
    };
    i64::try_from(used).unwrap_or(i64::MAX)
}
