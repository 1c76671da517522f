//! What is asked: the parameters of a read, every one of them known, all faults told at once.

mod cursor;
mod document;
mod known;

pub(crate) use cursor::{Cursor, Page, Place, PlaceOf, digest};
pub(crate) use document::taking;
pub(crate) use known::{Grouping, Known, LIST, MOST, Own, RANKING};

use axum::extract::Query;
use cube::catalogue::Dimension;
use cube::query::{Division, Granularity, MetricQuery, QueryFault, TimeParameters, Window};
use http::Uri;
use known::Absent;
use model::accept::Fault;
use model::{HourOffset, Timestamp, UserId};
use web::Problem;

/// The parameters of a request, as sent.
pub(crate) struct Parameters {
    sent: Vec<(String, String)>,
    /// What is asked, but for how much of it at once.
    question: String,
}

/// What is asked, checked.
pub(crate) struct Asked {
    /// The time it is about; the last 30 days where the endpoint does not let the caller choose.
    pub window: Window,
    /// The parameter `period`, as sent, or its default where no date is given either.
    pub period: Option<String>,
    /// Whether the granularity was asked for, rather than chosen to fit the range.
    pub names_granularity: bool,
    /// How many rows are wanted.
    pub limit: usize,
    /// What `groupBy` names, in its order.
    pub group_by: Vec<String>,
    /// What it adds to the answer.
    pub grouping: Option<Grouping>,
    /// To which values of which dimensions the answer is narrowed.
    filters: Vec<(Dimension, Vec<String>)>,
    own: Vec<(&'static str, String)>,
    question: String,
    cursor: Option<Cursor>,
}

/// A parameter that is not as it should be.
pub(crate) fn fault(name: &str, code: &'static str, message: impl Into<String>) -> Fault {
    Fault { pointer: name.to_owned(), code, message: message.into() }
}

/// 400, for these parameters.
pub(crate) fn wrong(faults: Vec<Fault>) -> Problem {
    Problem::bad_request("the parameters listed under errors are wrong").with_faults(faults)
}

impl Parameters {
    pub fn of(uri: &Uri) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
        let Query(sent) = pairs.map_err(|error| Problem::bad_request("the query is malformed").with_cause(error))?;
        Ok(Self { question: digest(uri.path(), &sent), sent })
    }

    /// The first value of a parameter.
    fn get(&self, name: &str) -> Option<&str> {
        self.sent.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What the parameters ask of an endpoint that knows these, at that moment, of a tenant with such hours.
    pub fn read(&self, known: &Known<'_>, (now, hour_offset): (Timestamp, HourOffset)) -> Result<Asked, Problem> {
        let mut faults = self.unknown(known);
        let own = self.own(known, &mut faults);
        let limit = self.limit(known, &mut faults);
        let (group_by, named) = self.group_by(known, &mut faults);
        let cursor = self.cursor(known, &mut faults);
        let of_time = |name: &str| if known.time { self.get(name) } else { None };
        if named.is_some_and(|named| of_time("granularity").is_some_and(|other| other != named.name())) {
            faults.push(fault("groupBy", "conflict", "names another granularity than the parameter does"));
        }
        let time = TimeParameters {
            start_date: of_time("startDate"),
            end_date: of_time("endDate"),
            period: of_time("period"),
            granularity: of_time("granularity").or(named.map(Granularity::name)),
            timezone: of_time("timezone"),
        };
        let window = Window::of(&time, now, hour_offset).map_err(|found| faults.extend(found));
        let is_default = time.start_date.is_none() && time.end_date.is_none();
        match window {
            Ok(mut window) if faults.is_empty() => {
                window.range = cursor.as_ref().map_or(window.range, Cursor::range);
                let period = time.period.or(is_default.then_some("30d")).map(str::to_owned);
                let filters = known.dimensions.iter().filter_map(|dimension| self.filter(*dimension)).collect();
                let question = self.question.clone();
                let names_granularity = time.granularity.is_some();
                Ok(Asked { window, period, names_granularity, limit, group_by, grouping: known.groups, filters, own, question, cursor })
            }
            _ => Err(wrong(faults)),
        }
    }

    /// A dimension given several times passes any of its values.
    fn filter(&self, dimension: Dimension) -> Option<(Dimension, Vec<String>)> {
        let of_dimension = self.sent.iter().filter(|(name, _)| Dimension::from_name(name) == Some(dimension));
        let values: Vec<String> = of_dimension.map(|(_, value)| value.clone()).collect();
        (!values.is_empty()).then_some((dimension, values))
    }

    /// The faults of names: those that nobody knows, and those given twice that are no filters.
    fn unknown(&self, known: &Known<'_>) -> Vec<Fault> {
        let names = known.names();
        let mut faults = Vec::new();
        for (place, (name, _)) in self.sent.iter().enumerate() {
            let is_filter = known.dimensions.iter().any(|dimension| dimension.name() == name);
            if !names.contains(&name.as_str()) {
                let known = if names.is_empty() { "none is".to_owned() } else { format!("there are {}", names.join(", ")) };
                faults.push(fault(name, "unknown_parameter", format!("is not known here; {known}")));
            } else if !is_filter && self.sent[..place].iter().any(|(before, _)| before == name) {
                faults.push(fault(name, "repeated", "is given more than once"));
            }
        }
        faults
    }

    fn own(&self, known: &Known<'_>, faults: &mut Vec<Fault>) -> Vec<(&'static str, String)> {
        let mut values = Vec::new();
        for own in known.own {
            match (self.get(own.name), own.absent) {
                (Some(value), _) => match own.fault(value) {
                    Some((code, message)) => faults.push(fault(own.name, code, message)),
                    None => values.push((own.name, value.to_owned())),
                },
                (None, Absent::Means(value)) => values.push((own.name, value.to_owned())),
                (None, Absent::Fault) => faults.push(fault(own.name, "missing", "is needed")),
                (None, Absent::Nothing) => {}
            }
        }
        values
    }

    fn limit(&self, known: &Known<'_>, faults: &mut Vec<Fault>) -> usize {
        let Some(default) = known.default_limit() else { return LIST };
        let Some(text) = self.get("limit") else { return default };
        text.parse().ok().filter(|limit| (1..=MOST).contains(limit)).unwrap_or_else(|| {
            faults.push(fault("limit", "bad_limit", format!("must be a whole number from 1 to {MOST}")));
            default
        })
    }

    /// The names in `groupBy`, and the granularity among them.
    fn group_by(&self, known: &Known<'_>, faults: &mut Vec<Fault>) -> (Vec<String>, Option<Granularity>) {
        let (Some(grouping), Some(text)) = (known.groups, self.get("groupBy")) else { return (Vec::new(), None) };
        let there_are = grouping.names();
        let mut names: Vec<String> = Vec::new();
        let mut granularity = None;
        for name in text.split(',').map(str::trim) {
            let of_time = Granularity::from_name(name);
            if !there_are.contains(&name) {
                let message = format!("{name:?} is not a dimension here; there are {}", there_are.join(", "));
                faults.push(fault("groupBy", "unknown_dimension", message));
            } else if names.iter().any(|before| before == name) {
                faults.push(fault("groupBy", "repeated", format!("names {name} more than once")));
            } else if of_time.is_some() && granularity.is_some() {
                faults.push(fault("groupBy", "conflict", "names more than one granularity"));
            } else {
                granularity = granularity.or(of_time);
                names.push(name.to_owned());
            }
        }
        (names, granularity)
    }

    fn cursor(&self, known: &Known<'_>, faults: &mut Vec<Fault>) -> Option<Cursor> {
        let text = self.get("cursor").filter(|_| known.takes_cursor())?;
        let cursor = Cursor::decode(text, &self.question);
        if cursor.is_none() {
            faults.push(fault("cursor", "bad_cursor", "must be the nextCursor of the same question's page before"));
        }
        cursor
    }
}

impl Asked {
    /// A parameter of the endpoint's own, or what is meant where it is not given.
    pub fn own(&self, name: &str) -> Option<&str> {
        self.own.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// To which values of which dimensions the answer is narrowed.
    pub fn filters(&self) -> &[(Dimension, Vec<String>)] {
        &self.filters
    }

    /// The dimensions that the answer is narrowed by.
    pub fn dimensions(&self) -> Vec<Dimension> {
        self.filters.iter().map(|(dimension, _)| *dimension).collect()
    }

    /// The same of one person only, where there is one: everything that is asked from here on is about it.
    #[must_use]
    pub fn of_person(mut self, person: Option<&UserId>) -> Self {
        if let Some(user) = person {
            self.filters.retain(|(dimension, _)| *dimension != Dimension::User);
            self.filters.push((Dimension::User, vec![user.as_str().to_owned()]));
        }
        self
    }

    /// The buckets of a series over the time asked for, of a tenant whose hours begin so much after UTC's.
    ///
    /// # Errors
    /// 400, where they are too many.
    pub fn divisions(&self, hour_offset: HourOffset) -> Result<Vec<Division>, Problem> {
        let too_many = |error: QueryFault| wrong(vec![fault("granularity", "unanswerable", error.to_string())]);
        self.window.divisions(hour_offset).map_err(too_many)
    }

    /// A question about the time asked for, narrowed as asked.
    pub fn question(&self, cube: &str, numbers: &[&str]) -> MetricQuery {
        let narrow = |question: MetricQuery, (dimension, values): &(Dimension, Vec<String>)| {
            question.only(dimension.name(), &values.iter().map(String::as_str).collect::<Vec<_>>())
        };
        self.filters.iter().fold(MetricQuery::new(cube, numbers, self.window.range), narrow)
    }

    /// What the page before ended with, as its last row's key; `None` on the first page.
    pub fn after(&self) -> Option<&str> {
        self.cursor.as_ref().map(|cursor| cursor.after.as_str())
    }

    /// The cursor for what follows a key.
    pub fn cursor(&self, after: String) -> String {
        Cursor::new(&self.question, self.window.range, after).encode()
    }

    /// The page that is asked for of a whole list: its rows after the cursor, as many as are wanted, in the order of their places.
    pub fn page<T>(&self, rows: Vec<(Place, T)>) -> Page<T> {
        let mut rows: Vec<(Place, Option<T>)> = rows.into_iter().map(|(place, row)| (place, Some(row))).collect();
        let page = self.page_by(rows.iter().map(|(place, _)| place.borrowed()).enumerate().map(|(at, place)| (place, at)), |at| at);
        let data = page.data.into_iter().filter_map(|at| rows[at].1.take()).collect();
        Page { data, next_cursor: page.next_cursor }
    }

    /// The same of a list of which only the page is to be written.
    pub fn page_by<'a, R, T>(&self, rows: impl Iterator<Item = (PlaceOf<'a>, R)>, write: impl Fn(R) -> T) -> Page<T> {
        let after = self.after().and_then(Place::read);
        let mut rows: Vec<(PlaceOf<'a>, R)> =
            rows.filter(|(place, _)| after.as_ref().is_none_or(|after| *place > after.borrowed())).collect();
        let has_more = self.limit < rows.len();
        if has_more && self.limit > 0 {
            rows.select_nth_unstable_by_key(self.limit - 1, |(place, _)| *place);
        }
        rows.truncate(self.limit);
        rows.sort_unstable_by_key(|(place, _)| *place);
        let last = rows.last().filter(|_| has_more).map(|(place, _)| self.cursor(place.owned().text()));
        Page { data: rows.into_iter().map(|(_, row)| write(row)).collect(), next_cursor: last }
    }
}
