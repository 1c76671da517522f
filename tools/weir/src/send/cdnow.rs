//! Purchases in the layout of the CDNOW data, as the body of `POST /api/analytics/sales/track`.

use super::batch::Shape;
use super::{Load, Record};
use anyhow::{Context as _, Result, bail};
use chrono::NaiveDate;
use model::money::Decimal;
use serde::Serialize;
use serde_json::value::RawValue;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Purchase<'a> {
    transaction_id: String,
    r#type: &'static str,
    status: &'static str,
    amount: Box<RawValue>,
    currency: &'static str,
    user_id: &'a str,
    project_id: &'a str,
    timestamp: String,
}

/// Reads purchases, oldest first, so that a request touches few hours. A date says no time of day: the day's first moment stands for it.
///
/// # Errors
/// Where a line is not of the layout, naming it.
pub fn load(text: &str, prefix: &str, project: &str) -> Result<Load> {
    let mut dated = Vec::new();
    for (index, row) in text.lines().enumerate().filter(|(_, row)| !row.trim().is_empty()) {
        let line = index + 1;
        let (date, json) = purchase(row, &format!("{prefix}-{line}"), project).with_context(|| format!("line {line}"))?;
        dated.push((date, Record { line, json }));
    }
    dated.sort_by_key(|(date, record)| (*date, record.line));
    let records = dated.into_iter().map(|(_, record)| record).collect();
    Ok(Load { path: "/api/analytics/sales/track", shape: Shape::Array, records })
}

fn purchase(row: &str, id: &str, project: &str) -> Result<(NaiveDate, String)> {
    let fields: Vec<&str> = row.split_whitespace().collect();
    let [_master, customer, date, _discs, dollars] = fields[..] else { bail!("five columns are needed, not {}", fields.len()) };
    let date = NaiveDate::parse_from_str(date, "%Y%m%d").with_context(|| format!("the date {date}"))?;
    let micros = Decimal::parse(dollars, 6).with_context(|| format!("the amount {dollars}"))?;
    let purchase = Purchase {
        transaction_id: id.to_owned(),
        r#type: "purchase",
        status: "completed",
        amount: RawValue::from_string(Decimal { units: micros, scale: 6 }.to_string())?,
        currency: "USD",
        user_id: customer,
        project_id: project,
        timestamp: format!("{date}T00:00:00Z"),
    };
    Ok((date, serde_json::to_string(&purchase)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn fields(record: &Record) -> BTreeMap<String, Box<RawValue>> {
        serde_json::from_str(&record.json).unwrap()
    }

    #[test]
    fn a_row_becomes_one_purchase_with_the_amount_to_the_cent() {
        let load = load(" 00004 0001 19970101  2   29.33\r\n", "cdnow", "shop").unwrap();
        assert_eq!(
            load.records[0].json,
            r#"{"transactionId":"cdnow-1","type":"purchase","status":"completed","amount":29.33,"currency":"USD","userId":"0001","projectId":"shop","timestamp":"1997-01-01T00:00:00Z"}"#
        );
    }

    #[test]
    fn the_carried_purchases_have_the_totals_of_their_description() {
        let records = load(include_str!("../../../../data/cdnow_sample.txt"), "cdnow", "shop").unwrap().records;
        let micros: i128 = records.iter().map(|record| Decimal::parse(fields(record)["amount"].get(), 6).unwrap()).sum();
        assert_eq!((records.len(), micros), (6_919, 244_091_940_000));
        let ids: BTreeSet<_> = records.iter().map(|record| fields(record)["transactionId"].get().to_owned()).collect();
        assert_eq!(ids.len(), 6_919);
        let customers: BTreeSet<_> = records.iter().map(|record| fields(record)["userId"].get().to_owned()).collect();
        assert_eq!(customers.len(), 2_357);
    }

    #[test]
    fn purchases_go_out_oldest_first() {
        let text = "1 1 19970102 1 1.00\n1 1 19970101 1 2.00\n1 2 19970102 1 3.00\n";
        let lines: Vec<_> = load(text, "x", "shop").unwrap().records.iter().map(|record| record.line).collect();
        assert_eq!(lines, [2, 1, 3]);
    }

    #[test]
    fn a_row_that_is_none_is_named() {
        let check = |row: &str, expect: &str| {
            let error = load(&format!("1 1 19970101 1 1.00\n{row}\n"), "x", "shop").err().unwrap();
            assert!(format!("{error:#}").starts_with(expect), "{error:#}");
        };
        check("1 1 19970101 1", "line 2: five columns are needed, not 4");
        check("1 1 19971301 1 1.00", "line 2: the date 19971301");
        check("1 1 19970101 1 1,00", "line 2: the amount 1,00");
    }
}
