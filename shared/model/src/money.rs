//! Money as integers (I8). Amounts are micro-units of their currency. The cost of AI tokens is kept finer, in pico-dollars, because a
//! token can cost a fraction of a micro-dollar (at 0.25 USD per million tokens, a quarter of one) and totals must be exact.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Pico-dollars in a dollar.
pub const PICO_PER_USD: i128 = 1_000_000_000_000;
/// Micro-units in a unit of a currency.
pub const MICROS_PER_UNIT: i128 = 1_000_000;

/// A currency of ISO 4217, by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The dollar of the United States.
    pub const USD: Self = Self(*b"USD");

    /// The currency of this code, in either case; `None` where ISO 4217 has none.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let upper = code.to_ascii_uppercase();
        iso_currency::Currency::from_code(&upper)?;
        Some(Self(upper.as_bytes().try_into().ok()?))
    }

    /// Its code, upper case.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl TryFrom<String> for Currency {
    type Error = &'static str;
    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::from_code(&code).ok_or("not a currency code of ISO 4217")
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An integer with a decimal point: `units / 10^scale`, printed exactly, without trailing zeros.
///
/// ```
/// assert_eq!(model::money::Decimal { units: 4_822_363_500_000, scale: 12 }.to_string(), "4.8223635");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    /// The number without its point.
    pub units: i128,
    /// How many digits stand after the point.
    pub scale: u32,
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let divisor = 10_u128.pow(self.scale);
        let (whole, rest) = (self.units.unsigned_abs() / divisor, self.units.unsigned_abs() % divisor);
        let sign = if self.units < 0 { "-" } else { "" };
        if rest == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{rest:0width$}", width = self.scale as usize);
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

impl Decimal {
    /// Reads a decimal (`12`, `-0.5`, `1.25e3`) as an integer at `scale` digits after the point; `None` where it is no number, has more
    /// digits than that (nothing is rounded silently), or does not fit.
    #[must_use]
    pub fn parse(text: &str, scale: u32) -> Option<i128> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let units: i128 = format!("{whole}{fraction}").parse().ok()?;
        let shift = i32::try_from(scale).ok()?.checked_add(exponent)?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let scaled = if shift >= 0 {
            units.checked_mul(10_i128.checked_pow(shift.unsigned_abs())?)?
        } else {
            let divisor = 10_i128.checked_pow(shift.unsigned_abs())?;
            (units % divisor == 0).then_some(units / divisor)?
        };
        Some(if negative { -scaled } else { scaled })
    }

    /// As [`Self::parse`], with what is finer than `scale` rounded to the nearest, halves away from zero.
    #[must_use]
    pub fn parse_rounded(text: &str, scale: u32) -> Option<i128> {
        /// Binary floats print at most 17 significant digits, and few programs send more.
        const FINER: u32 = 18;
        let divisor = 10_i128.pow(FINER);
        let (mantissa, exponent) = text.split_at(text.find(['e', 'E']).unwrap_or(text.len()));
        let digits_kept = mantissa.find('.').map_or(mantissa.len(), |point| mantissa.len().min(point + 1 + FINER as usize));
        let units = Self::parse(&format!("{}{exponent}", &mantissa[..digits_kept]), scale + FINER)?;
        Some((units + units.signum() * divisor / 2) / divisor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_reads_exactly_or_not_at_all() {
        let check = |text, expect| assert_eq!(Decimal::parse(text, 6), expect, "{text}");
        check("29.33", Some(29_330_000));
        check("-0.000001", Some(-1));
        check("1e2", Some(100_000_000));
        check("1.50E-3", Some(1500));
        check("0.0000001", None);
        check("1e400", None);
        check(".5", None);
        check("ten", None);
        check("", None);
    }

    #[test]
    fn what_is_finer_is_rounded_to_the_nearest() {
        let check = |text, expect| assert_eq!(Decimal::parse_rounded(text, 6), expect, "{text}");
        check("0.30000000000000004", Some(300_000));
        check("0.0000005", Some(1));
        check("-0.0000004999", Some(0));
        check("1e-9", Some(0));
        check("2.5e-6", Some(3));
        check("1.", Some(1_000_000));
        check("NaN", None);
        check("1e30", None);
    }

    #[test]
    fn a_decimal_prints_what_it_is() {
        let check = |units, scale, expect: &str| assert_eq!(Decimal { units, scale }.to_string(), expect);
        check(289_341_810_000_000, 12, "289.34181");
        check(-1_500_000, 6, "-1.5");
        check(7, 0, "7");
        check(5, 6, "0.000005");
    }
}
