//! Reading a price table: CSV with a header, prices in USD per million tokens.

use super::{PriceBook, Rates};
use crate::Timestamp;
use crate::money::Decimal;
use serde::Deserialize;
use std::sync::Arc;

pub(super) const PRICES: &str = include_str!("../../../../data/model_prices.csv");
pub(super) const ALIASES: &str = include_str!("../../../../data/model_aliases.csv");

/// USD per million tokens has at most six digits after the point, so that a token's price is a whole number of pico-dollars.
const PRICE_DIGITS: u32 = 6;
/// The built-in table states no dates: its prices hold for all time before a dated one.
const SINCE_EVER: Timestamp = Timestamp::from_millis(i64::MIN);

/// Why a price table cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PriceTableError {
    /// A row is not of the table's form.
    #[error("the price table has a row that is not of its form")]
    Row(#[from] csv::Error),
    /// A price that is no decimal of at most six digits after the point.
    #[error("{model} has a price of {price:?}, which is no decimal of at most six digits after the point")]
    Price {
        /// The model of the row.
        model: String,
        /// What stands there.
        price: String,
    },
}

#[derive(Deserialize)]
struct PriceRow {
    provider: String,
    model: String,
    input_usd_per_mtok: String,
    output_usd_per_mtok: String,
    cache_read_usd_per_mtok: String,
    cache_write_usd_per_mtok: String,
}

#[derive(Deserialize)]
struct AliasRow {
    alias: String,
    model: String,
}

impl PriceBook {
    /// The book of these tables: `provider,model,mode,input_usd_per_mtok,output_usd_per_mtok,cache_read_usd_per_mtok,cache_write_usd_per_mtok`
    /// (an empty price is one not published) and `alias,model`.
    ///
    /// # Errors
    /// The first row that cannot be read.
    pub fn from_tables(prices: &str, aliases: &str) -> Result<Self, PriceTableError> {
        let mut book = Self::default();
        for row in csv::Reader::from_reader(prices.as_bytes()).deserialize() {
            let row: PriceRow = row?;
            let rates = row.rates()?;
            book = book.with_price(&row.provider, &row.model, SINCE_EVER, rates);
        }
        let names = csv::Reader::from_reader(aliases.as_bytes())
            .into_deserialize()
            .map(|row| row.map(|AliasRow { alias, model }| (alias, model)))
            .collect::<Result<_, csv::Error>>()?;
        Ok(Self { aliases: Arc::new(names), ..book })
    }
}

impl PriceRow {
    fn rates(&self) -> Result<Rates, PriceTableError> {
        Ok(Rates {
            input_pico: self.price(&self.input_usd_per_mtok)?.unwrap_or(0),
            output_pico: self.price(&self.output_usd_per_mtok)?.unwrap_or(0),
            cache_read_pico: self.price(&self.cache_read_usd_per_mtok)?,
            cache_write_pico: self.price(&self.cache_write_usd_per_mtok)?,
        })
    }

    fn price(&self, text: &str) -> Result<Option<i64>, PriceTableError> {
        if text.is_empty() {
            return Ok(None);
        }
        let units = Decimal::parse(text, PRICE_DIGITS).and_then(|units| i64::try_from(units).ok());
        units.map(Some).ok_or_else(|| PriceTableError::Price { model: self.model.clone(), price: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_tables_are_read_whole() {
        let book = PriceBook::from_tables(PRICES, ALIASES).unwrap();
        assert_eq!(book.models.len(), PRICES.lines().count() - 1);
        assert_eq!(book.aliases.len(), ALIASES.lines().count() - 1);
    }

    #[test]
    fn a_price_too_fine_to_be_exact_is_refused() {
        let header = PRICES.lines().next().unwrap();
        let error = PriceBook::from_tables(&format!("{header}\nme,m,chat,0.0000001,1,,\n"), "alias,model\n").unwrap_err();
        assert!(error.to_string().contains("\"0.0000001\""), "{error}");
    }
}
