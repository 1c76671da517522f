//! Numbers of a report: exact where the catalogue's are, with the unit they are in, and how people read them.

use cube::query::Number;
use model::money::Decimal;
use serde::{Serialize, Serializer};
use std::cmp::Ordering;

/// A number as `cube` answered it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// An exact one, digit by digit.
    Exact(Decimal),
    /// One that is rounded or estimated.
    Rounded(f64),
    /// None: nothing was seen, or it would be a division by zero.
    Nothing,
}

impl Value {
    /// A number of an answer; of a distribution this part (0 to 1), its median where none is named.
    #[must_use]
    pub fn of(number: &Number, quantile: Option<f64>) -> Self {
        if let Some(part) = quantile {
            return number.quantile(part).map_or(Self::Nothing, Self::Rounded);
        }
        match (number.exact(), number.as_f64()) {
            (Some(decimal), _) => Self::Exact(decimal),
            (None, Some(value)) => Self::Rounded(value),
            (None, None) => Self::Nothing,
        }
    }

    /// Rounded to a double, where it is a number.
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        match self {
            Self::Exact(decimal) => Number::Exact(decimal).as_f64(),
            Self::Rounded(value) => Some(value),
            Self::Nothing => None,
        }
    }

    /// As it stands in a file: every digit of an exact one, nothing where there is nothing.
    #[must_use]
    pub fn digits(self) -> String {
        match self {
            Self::Exact(decimal) => decimal.to_string(),
            Self::Rounded(value) if value.fract() == 0.0 && value.abs() < 1e15 => format!("{value:.0}"),
            Self::Rounded(value) => value.to_string(),
            Self::Nothing => String::new(),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            _ => serde_json::value::RawValue::from_string(self.digits()).map_err(serde::ser::Error::custom)?.serialize(serializer),
        }
    }
}

/// What a number is a number of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "kind", content = "currency")]
pub enum Unit {
    /// Things.
    Count,
    /// Tokens of AI models.
    Tokens,
    /// Money of a currency.
    Money(String),
    /// A part of a whole, from 0 to 1; people read it as percent.
    Share,
    /// Percent already.
    Percent,
    /// Time.
    Milliseconds,
    /// Sizes.
    Bytes,
}

impl Unit {
    /// In a word.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Count => "count",
            Self::Tokens => "tokens",
            Self::Money(currency) => currency,
            Self::Share => "share",
            Self::Percent => "percent",
            Self::Milliseconds => "milliseconds",
            Self::Bytes => "bytes",
        }
    }

    /// Whether nothing seen means that it was 0.
    pub(crate) fn adds_up(&self) -> bool {
        !matches!(self, Self::Share | Self::Percent | Self::Milliseconds)
    }

    /// Whether it is a part of something already: then a change of it is told in points, for percent of percent are easily misread.
    pub(crate) fn is_part(&self) -> bool {
        matches!(self, Self::Share | Self::Percent)
    }

    /// A number of it for people, under a title that may say the unit already.
    #[must_use]
    pub fn show_under(&self, title: &str, value: Value) -> String {
        if title.eq_ignore_ascii_case(self.name()) { Self::Count.show(value) } else { self.show(value) }
    }

    /// A number of it for people, with the unit.
    #[must_use]
    pub fn show(&self, value: Value) -> String {
        let Some(number) = value.as_f64() else { return "–".to_owned() };
        match self {
            Self::Count => whole_or(number, 1),
            Self::Tokens => format!("{} tokens", whole_or(number, 0)),
            Self::Money(currency) => format!("{} {currency}", amount(number)),
            Self::Share => format!("{}%", grouped(number * 100.0, 2)),
            Self::Percent => format!("{}%", grouped(number, 1)),
            Self::Milliseconds => time(number),
            Self::Bytes => scaled(number, &[("GB", 1e9), ("MB", 1e6), ("kB", 1e3)], "B"),
        }
    }
}

fn whole_or(number: f64, places: usize) -> String {
    grouped(number, if number.fract() == 0.0 { 0 } else { places })
}

/// Two places as money has; more where those would show nothing of it.
fn amount(number: f64) -> String {
    match number.abs() {
        small if small > 0.0 && small < 0.01 => grouped(number, 6),
        _ => grouped(number, 2),
    }
}

fn time(milliseconds: f64) -> String {
    scaled(milliseconds, &[("h", 3_600_000.0), ("min", 60_000.0), ("s", 1000.0)], "ms")
}

fn scaled(number: f64, larger: &[(&str, f64)], smallest: &str) -> String {
    let unit = larger.iter().find(|(_, size)| number.abs() >= *size);
    unit.map_or_else(|| format!("{} {smallest}", whole_or(number, 1)), |(name, size)| format!("{} {name}", grouped(number / size, 1)))
}

/// A number with so many places, its thousands apart.
fn grouped(number: f64, places: usize) -> String {
    let text = format!("{:.places$}", number.abs());
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = String::new();
    // What rounds to nothing is no negative number.
    if number < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        out.push('−');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// How a number has changed against the span before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// By so many percent.
    Percent(f64),
    /// By so many points of percent.
    Points(f64),
    /// There was nothing before.
    New,
    /// One of the two is not known.
    Unknown,
}

impl Change {
    /// From one number of a unit to another.
    #[must_use]
    pub fn of(unit: &Unit, before: Value, now: Value) -> Self {
        match (before.as_f64(), now.as_f64()) {
            (Some(before), Some(now)) if unit.is_part() => {
                Self::Points(if *unit == Unit::Share { (now - before) * 100.0 } else { now - before })
            }
            (Some(before), Some(now)) if before != 0.0 => Self::Percent((now - before) / before.abs() * 100.0),
            (Some(_), Some(0.0)) => Self::Percent(0.0),
            (Some(_), Some(_)) => Self::New,
            _ => Self::Unknown,
        }
    }

    /// For people: the arrow says it too, to who sees no colours.
    #[must_use]
    pub fn show(self) -> String {
        match self {
            Self::Percent(percent) => by(percent, 1, "%"),
            Self::Points(points) => by(points, 2, " points"),
            Self::New => "▲ none before".to_owned(),
            Self::Unknown => "– nothing to compare".to_owned(),
        }
    }
}

fn by(change: f64, places: usize, unit: &str) -> String {
    match change.partial_cmp(&0.0) {
        Some(Ordering::Greater) => format!("▲ +{}{unit}", grouped(change, places)),
        Some(Ordering::Less) => format!("▼ {}{unit}", grouped(change, places)),
        _ => "= unchanged".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_numbers_with_their_units() {
        let check = |unit: Unit, value: f64, expect: &str| assert_eq!(unit.show(Value::Rounded(value)), expect);
        let usd = || Unit::Money("USD".into());
        check(Unit::Count, 1_234_567.0, "1,234,567");
        check(Unit::Count, 999.0, "999");
        check(Unit::Count, 0.0, "0");
        check(Unit::Tokens, 1000.0, "1,000 tokens");
        check(usd(), 1234.5, "1,234.50 USD");
        check(usd(), 0.000_25, "0.000250 USD");
        check(usd(), -12.0, "−12.00 USD");
        check(usd(), -0.000_000_01, "0.000000 USD");
        check(Unit::Share, 0.0123, "1.23%");
        check(Unit::Percent, 41.25, "41.2%");
        check(Unit::Milliseconds, 12.34, "12.3 ms");
        check(Unit::Milliseconds, 1500.0, "1.5 s");
        check(Unit::Milliseconds, 90_000.0, "1.5 min");
        check(Unit::Bytes, 1_500_000.0, "1.5 MB");
        assert_eq!(Unit::Count.show(Value::Nothing), "–");
    }

    #[test]
    fn files_have_every_digit_of_an_exact_number() {
        let exact = Value::Exact(Decimal { units: 1_000_000_000_000_000_001, scale: 12 });
        assert_eq!(exact.digits(), "1000000.000000000001");
        assert_eq!(serde_json::to_string(&exact).unwrap(), "1000000.000000000001");
        assert_eq!(serde_json::to_string(&Value::Rounded(12.0)).unwrap(), "12");
        assert_eq!(serde_json::to_string(&Value::Nothing).unwrap(), "null");
    }

    #[test]
    fn a_title_that_says_the_unit_is_not_repeated() {
        assert_eq!(Unit::Tokens.show_under("Tokens", Value::Rounded(1234.0)), "1,234");
        assert_eq!(Unit::Tokens.show_under("Input", Value::Rounded(1234.0)), "1,234 tokens");
        assert_eq!(Unit::Money("USD".into()).show_under("Cost", Value::Rounded(1.0)), "1.00 USD");
    }

    #[test]
    fn a_change_says_what_there_was_before() {
        let check = |unit: Unit, before: f64, now: f64, expect: &str| {
            assert_eq!(Change::of(&unit, Value::Rounded(before), Value::Rounded(now)).show(), expect);
        };
        check(Unit::Count, 100.0, 112.5, "▲ +12.5%");
        check(Unit::Count, 100.0, 50.0, "▼ −50.0%");
        check(Unit::Count, 5.0, 5.0, "= unchanged");
        check(Unit::Count, 0.0, 0.0, "= unchanged");
        check(Unit::Count, 0.0, 3.0, "▲ none before");
        check(Unit::Money("USD".into()), -4.0, -2.0, "▲ +50.0%");
        // Of a part of a whole, points: from 8% to 10% is no 25% more.
        check(Unit::Share, 0.08, 0.10, "▲ +2.00 points");
        check(Unit::Percent, 41.5, 40.0, "▼ −1.50 points");
        check(Unit::Share, 0.0, 0.01, "▲ +1.00 points");
        assert_eq!(Change::of(&Unit::Count, Value::Nothing, Value::Rounded(1.0)).show(), "– nothing to compare");
    }
}
