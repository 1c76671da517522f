//! What the numbers of a cube mean, in words and formulas, and how exact they are: read off the rows that compute them, so that the two
//! cannot differ.

use super::{Aggregate, Condition, Cube, Formula, Metric, Test};

/// How exact a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Accuracy {
    /// Exactly.
    Exact,
    /// A count of distinct labels by a `HyperLogLog` sketch (lg K = 12).
    Distinct,
    /// The size of a set by a Theta sketch (k = 4096).
    Set,
    /// A value of a distribution by `DDSketch` buckets.
    Quantiles,
}

impl Accuracy {
    /// In words.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Distinct => "exact while there are few, then within about 1.6% (HyperLogLog, lg K = 12)",
            Self::Set => "exact up to 4,096, then within about 1.6% (Theta sketch, k = 4096)",
            Self::Quantiles => "within 1% of the value (DDSketch)",
        }
    }
}

impl Metric {
    /// How exact it is where it is least so.
    #[must_use]
    pub fn accuracy(&self) -> Accuracy {
        self.cubes.iter().map(|cube| cube.accuracy(self.number)).max().unwrap_or(Accuracy::Exact)
    }

    /// How it is worked out, from the first of its cubes.
    #[must_use]
    pub fn definition(&self) -> String {
        let of_cube = self.cubes.first().map(|cube| cube.definition(self.number)).unwrap_or_default();
        let filters = self.filters.iter().map(|(dimension, values)| format!("{dimension} is {}", values.join(" or ")));
        let filters: Vec<String> = filters.collect();
        if filters.is_empty() { of_cube } else { format!("{of_cube}, where {}", filters.join(" and ")) }
    }
}

impl Cube {
    /// How exact a number of it is.
    #[must_use]
    pub fn accuracy(&self, number: &str) -> Accuracy {
        if let Some(measure) = self.measure(number) {
            return match measure.aggregate {
                Aggregate::Distinct(_) => Accuracy::Distinct,
                Aggregate::Set(_) => Accuracy::Set,
                Aggregate::Quantiles(_) => Accuracy::Quantiles,
                _ => Accuracy::Exact,
            };
        }
        match self.derived(number).map(|derived| derived.formula) {
            Some(Formula::KeyTimes(..)) => Accuracy::Quantiles,
            Some(formula) => formula.names().into_iter().map(|name| self.accuracy(name)).max().unwrap_or(Accuracy::Exact),
            None => Accuracy::Exact,
        }
    }

    /// How a number of it is worked out: a formula of other numbers of it, or what is taken of the columns of which events.
    #[must_use]
    pub fn definition(&self, number: &str) -> String {
        if let Some(measure) = self.measure(number) {
            let conditions: Vec<String> = self.filter.iter().chain(measure.when).map(condition).collect();
            let taken = aggregate(measure.aggregate);
            return if conditions.is_empty() { taken } else { format!("{taken} where {}", conditions.join(" and ")) };
        }
        self.derived(number).map(|derived| self.formula(derived.formula)).unwrap_or_default()
    }

    fn formula(&self, formula: Formula) -> String {
        let key = self.keyed_by.map_or("key", super::Dimension::name);
        match formula {
            Formula::Total(names) => names.join(" + "),
            Formula::Ratio(of, to) => format!("{of} ÷ {to}"),
            Formula::Keys => format!("distinct values of {key}"),
            Formula::KeysWith(name, value) => format!("distinct values of {key} with {name} = {value}"),
            Formula::KeysHaving(name) => format!("distinct values of {key} with {name} > 0"),
            Formula::KeyTime(first, last) => format!("sum over each {key} of {last} − {first}"),
            Formula::KeyTimes(first, last) => format!("distribution over each {key} of {last} − {first}"),
            Formula::SpanCount(name) => format!("number of {name} of each {key}"),
            Formula::SpanTime(name) => format!("length of the {name} of each {key}, added up"),
        }
    }
}

fn aggregate(aggregate: Aggregate) -> String {
    match aggregate {
        Aggregate::Count => "number of events".to_owned(),
        Aggregate::Sum(column) => format!("sum of {column}"),
        Aggregate::Min(column) => format!("smallest {column}"),
        Aggregate::Max(column) => format!("largest {column}"),
        Aggregate::Last(column) => format!("latest {column}"),
        Aggregate::Distinct(column) | Aggregate::Set(column) => format!("distinct values of {column}"),
        Aggregate::Quantiles(column) => format!("distribution of {column}"),
        Aggregate::Spans(silence_ms) => format!("spans of time with events, each ended by {} minutes without one,", silence_ms / 60_000),
        Aggregate::Days => "days with events".to_owned(),
        Aggregate::Transitions => "changes of subscriptions".to_owned(),
    }
}

fn condition(Condition { column, test }: &Condition) -> String {
    match test {
        Test::In(values) => format!("{column} is {}", values.join(" or ")),
        Test::NotIn(values) => format!("{column} is not {}", values.join(" or ")),
        Test::AtLeast(least) => format!("{column} ≥ {least}"),
        Test::Present => format!("{column} is given"),
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::{Accuracy, cube, metric, metrics};

    #[test]
    fn every_metric_has_a_definition() {
        for metric in metrics() {
            assert!(!metric.definition().is_empty(), "{}", metric.name);
        }
    }

    #[test]
    fn definitions_are_read_off_the_catalogue() {
        let check = |name: &str, expect: &str| assert_eq!(metric(name).unwrap().definition(), expect);
        check("requests", "number of events");
        check("failures", "number of events where status is failed or error");
        check("errorRate", "failures ÷ requests");
        check("tokens", "inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens");
        check("builds", "number of events, where event is build.triggered");
        check("httpErrors", "number of events where response_time_us is given and status_code ≥ 400");
        assert_eq!(cube("sessions").unwrap().definition("bounced"), "distinct values of session with events = 1");
    }

    #[test]
    fn a_number_is_as_exact_as_what_it_comes_from() {
        let check = |name: &str, expect| assert_eq!(metric(name).unwrap().accuracy(), expect, "{name}");
        check("requests", Accuracy::Exact);
        check("errorRate", Accuracy::Exact);
        check("latency", Accuracy::Quantiles);
        check("users", Accuracy::Set);
        check("customers", Accuracy::Distinct);
        assert_eq!(cube("sessions").unwrap().accuracy("sessionTimes"), Accuracy::Quantiles);
        assert_eq!(cube("sessions").unwrap().accuracy("sessions"), Accuracy::Exact);
    }
}
