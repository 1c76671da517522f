//! What is asked: the parameters of a read, every one of them known, all faults told at once.

use axum::extract::Query;
use cube::catalogue::Dimension;
use cube::query::{MetricQuery, TimeParameters, Window};
use http::Uri;
use model::accept::Fault;
use model::{HourOffset, Timestamp};
use web::Problem;

/// The most that `limit` may ask for.
const MOST: usize = 1000;

/// The parameters of a request, as sent.
pub struct Parameters(Vec<(String, String)>);

/// What an endpoint understands.
#[derive(Default)]
pub struct Known<'a> {
    /// Whether it is about a time that the caller chooses.
    pub time: bool,
    /// Parameters of its own.
    pub own: &'a [&'static str],
    /// Dimensions by which its answer can be narrowed.
    pub dimensions: &'a [Dimension],
}

/// What is asked, checked.
pub struct Asked {
    /// The time it is about; the last 30 days where the endpoint does not let the caller choose.
    pub window: Window,
    /// The parameter `period`, as sent, or its default where no date is given either.
    pub period: Option<String>,
    /// To which values of which dimensions the answer is narrowed.
    filters: Vec<(Dimension, Vec<String>)>,
    own: Vec<(String, String)>,
}

impl Parameters {
    pub fn of(uri: &Uri) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
        pairs.map(|Query(pairs)| Self(pairs)).map_err(|error| Problem::bad_request("the query is malformed").with_cause(error))
    }

    /// The first value of a parameter that need not be checked against others.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What the parameters ask of an endpoint that knows these, at that moment, of a tenant with such hours.
    pub fn read(&self, known: &Known<'_>, (now, hour_offset): (Timestamp, HourOffset)) -> Result<Asked, Problem> {
        let mut faults = self.unknown(known);
        let once = |name: &str| if known.time { self.get(name) } else { None };
        let time = TimeParameters {
            start_date: once("startDate"),
            end_date: once("endDate"),
            period: once("period"),
            granularity: once("granularity"),
            timezone: once("timezone"),
        };
        let window = Window::of(&time, now, hour_offset).map_err(|found| faults.extend(found));
        let is_default = time.start_date.is_none() && time.end_date.is_none();
        let filters = known.dimensions.iter().filter_map(|dimension| self.filter(*dimension)).collect();
        let own = self.0.iter().filter(|(name, _)| known.own.contains(&name.as_str())).cloned().collect();
        match window {
            Ok(window) if faults.is_empty() => {
                let period = time.period.or(is_default.then_some("30d")).map(str::to_owned);
                Ok(Asked { window, period, filters, own })
            }
            _ => Err(Problem::bad_request("the parameters listed under errors are wrong").with_faults(faults)),
        }
    }

    /// A dimension given several times passes any of its values.
    fn filter(&self, dimension: Dimension) -> Option<(Dimension, Vec<String>)> {
        let of_dimension = self.0.iter().filter(|(name, _)| Dimension::from_name(name) == Some(dimension));
        let values: Vec<String> = of_dimension.map(|(_, value)| value.clone()).collect();
        (!values.is_empty()).then_some((dimension, values))
    }

    /// The faults of names: those that nobody knows, and those given twice that are no filters.
    fn unknown(&self, known: &Known<'_>) -> Vec<Fault> {
        let time = if known.time { &TimeParameters::NAMES[..] } else { &[] };
        let dimensions = known.dimensions.iter().map(|dimension| dimension.name());
        let names: Vec<&str> = known.own.iter().copied().chain(time.iter().copied()).chain(dimensions).collect();
        let mut faults = Vec::new();
        for (place, (name, _)) in self.0.iter().enumerate() {
            let fault = |code, message| Fault { pointer: name.clone(), code, message };
            if !names.contains(&name.as_str()) {
                let known = if names.is_empty() { "none is".to_owned() } else { format!("there are {}", names.join(", ")) };
                faults.push(fault("unknown_parameter", format!("is not known here; {known}")));
            } else if Dimension::from_name(name).is_none() && self.0[..place].iter().any(|(before, _)| before == name) {
                faults.push(fault("repeated", "is given more than once".to_owned()));
            }
        }
        faults
    }
}

impl Asked {
    /// A parameter of the endpoint's own.
    pub fn own(&self, name: &str) -> Option<&str> {
        self.own.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `limit`, or else as many as the endpoint gives.
    pub fn limit(&self, default: usize) -> Result<usize, Problem> {
        let Some(text) = self.own("limit") else { return Ok(default) };
        text.parse().ok().filter(|limit| (1..=MOST).contains(limit)).ok_or_else(|| {
            let message = format!("must be a whole number from 1 to {MOST}");
            let fault = Fault { pointer: "limit".to_owned(), code: "bad_limit", message };
            Problem::bad_request("the parameters listed under errors are wrong").with_faults(vec![fault])
        })
    }

    /// The dimensions that the answer is narrowed by.
    pub fn dimensions(&self) -> Vec<Dimension> {
        self.filters.iter().map(|(dimension, _)| *dimension).collect()
    }

    /// A question about the time asked for, narrowed as asked.
    pub fn question(&self, cube: &str, numbers: &[&str]) -> MetricQuery {
        let narrow = |question: MetricQuery, (dimension, values): &(Dimension, Vec<String>)| {
            question.only(dimension.name(), &values.iter().map(String::as_str).collect::<Vec<_>>())
        };
        self.filters.iter().fold(MetricQuery::new(cube, numbers, self.window.range), narrow)
    }
}
