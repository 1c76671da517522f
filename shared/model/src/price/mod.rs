//! What tokens cost: a price a model and class of tokens, each from the date it takes effect.
//!
//! The built-in table is `data/model_prices.csv` (its sources are named beside it); a tenant's own prices are laid over it with
//! [`PriceBook::with_price`]. All is integer arithmetic in pico-dollars a token, which every published price (at most six digits after
//! the point, a million tokens) is a whole number of.

mod table;

use crate::Timestamp;
use crate::event::{AiUse, Tokens};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

pub use table::PriceTableError;

/// Prices are written in USD per million tokens with so many digits after the point: then a token's is a whole number of pico-dollars.
pub const PRICE_DIGITS: u32 = 6;

/// What one token of each class costs, in pico-dollars. USD per million tokens times a million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rates {
    /// A token read.
    pub input_pico: i64,
    /// A token written.
    pub output_pico: i64,
    /// A token read from a cache; as one read where not published.
    pub cache_read_pico: Option<i64>,
    /// A token written to a cache; as one read where not published.
    pub cache_write_pico: Option<i64>,
}

impl Rates {
    fn cost(&self, tokens: &Tokens) -> Cost {
        let times = |count: i64, rate: i64| i128::from(count) * i128::from(rate);
        let input = times(tokens.input, self.input_pico)
            + times(tokens.cache_read, self.cache_read_pico.unwrap_or(self.input_pico))
            + times(tokens.cache_write, self.cache_write_pico.unwrap_or(self.input_pico));
        Cost { input_pico: saturate(input), output_pico: saturate(times(tokens.output, self.output_pico)) }
    }
}

/// The cost of one request, in pico-dollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Of the tokens read, cached ones included.
    pub input_pico: i64,
    /// Of the tokens written.
    pub output_pico: i64,
}

/// The cost of one request, and whether a price was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priced {
    /// What it costs; zero where no price is known and none was given.
    pub cost: Cost,
    /// Whether the table has the model or the client gave the cost; where not, the model is listed as unpriced.
    pub is_priced: bool,
}

impl Priced {
    /// What tokens cost: what was given, split as the listed cost is, or else the listed cost.
    #[must_use]
    pub fn of(given_pico: Option<i64>, listed: Option<Cost>, tokens: &Tokens) -> Self {
        match (given_pico, listed) {
            (Some(given), listed) => Self { cost: split(given, listed, tokens), is_priced: true },
            (None, Some(cost)) => Self { cost, is_priced: true },
            (None, None) => Self { cost: Cost::default(), is_priced: false },
        }
    }
}

/// What a book has of one model.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a>(&'a Model);

impl<'a> Listed<'a> {
    /// Who serves it at that moment; `None` before its first price, so that setting a price changes nothing that was before it.
    #[must_use]
    pub fn provider(&self, at: Timestamp) -> Option<&'a str> {
        self.rates(at).map(|_| self.0.provider.as_str())
    }

    /// What tokens of it cost at that moment; `None` before its first price.
    #[must_use]
    pub fn cost(&self, tokens: &Tokens, at: Timestamp) -> Option<Cost> {
        self.rates(at).map(|rates| rates.cost(tokens))
    }

    fn rates(self, at: Timestamp) -> Option<&'a Rates> {
        self.0.history.iter().rev().find(|(since, _)| *since <= at).map(|(_, rates)| rates)
    }
}

#[derive(Debug, Clone)]
struct Model {
    provider: String,
    /// By the date each takes effect, earliest first.
    history: Vec<(Timestamp, Rates)>,
}

/// The prices of models by name, with aliases for common short names. Books share what they have in common: a tenant with prices of its own
/// has a copy of the names, not of everybody's prices.
#[derive(Debug, Clone, Default)]
pub struct PriceBook {
    models: HashMap<Arc<str>, Arc<Model>>,
    aliases: Arc<HashMap<String, String>>,
}

static BUILTIN: LazyLock<PriceBook> = LazyLock::new(|| {
    // A table that does not parse fails the tests of this module, so that it never reaches a release.
    PriceBook::from_tables(table::PRICES, table::ALIASES).unwrap_or_default()
});

impl PriceBook {
    /// The prices that Weir ships with.
    #[must_use]
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// All prices: of each model by whom it is served, its name, from when on, and what its tokens cost; in no order.
    pub fn prices(&self) -> impl Iterator<Item = (&str, &str, Timestamp, Rates)> {
        self.models
            .iter()
            .flat_map(|(name, model)| model.history.iter().map(move |(since, rates)| (model.provider.as_str(), &**name, *since, *rates)))
    }

    /// The book with one price more: of `model`, from `effective` on.
    #[must_use]
    pub fn with_price(mut self, provider: &str, model: &str, effective: Timestamp, rates: Rates) -> Self {
        let entry = self.models.entry(model.into()).or_insert_with(|| Model { provider: provider.to_owned(), history: Vec::new() }.into());
        let entry = Arc::make_mut(entry);
        entry.history.retain(|(since, _)| *since != effective);
        entry.history.push((effective, rates));
        entry.history.sort_by_key(|(since, _)| *since);
        self
    }

    /// What `tokens` of `model` cost at that moment; `None` where no price is known.
    #[must_use]
    pub fn cost(&self, model: &str, tokens: &Tokens, at: Timestamp) -> Option<Cost> {
        self.listed(model)?.cost(tokens, at)
    }

    /// What the book has of a model, for who has many of its requests.
    #[must_use]
    pub fn listed(&self, model: &str) -> Option<Listed<'_>> {
        self.model(model).map(Listed)
    }

    /// What a request costs: what the client said, split as the table's prices would split it, or else what the table says.
    #[must_use]
    pub fn cost_of(&self, usage: &AiUse, at: Timestamp) -> Priced {
        let listed = usage.model.as_deref().and_then(|model| self.cost(model, &usage.tokens, at));
        Priced::of(usage.given_cost_pico, listed, &usage.tokens)
    }

    /// Who serves a model at that moment, as the table has it; `None` where it has no price then.
    #[must_use]
    pub fn provider(&self, model: &str, at: Timestamp) -> Option<&str> {
        self.listed(model)?.provider(at)
    }

    /// The name under which the prices of a model are listed, which it may be called by other names than.
    #[must_use]
    pub fn listed_name(&self, name: &str) -> Option<&str> {
        self.entry(name).map(|(name, _)| name)
    }

    fn model(&self, name: &str) -> Option<&Model> {
        self.entry(name).map(|(_, model)| model)
    }

    /// Models are looked up as named, then by alias, each also in lower case.
    fn entry(&self, name: &str) -> Option<(&str, &Model)> {
        let lower = lowercase(name);
        [name, lower.as_ref()].into_iter().find_map(|name| {
            let listed = self.aliases.get(name).map_or(name, String::as_str);
            let (name, model) = self.models.get_key_value(name).or_else(|| self.models.get_key_value(listed))?;
            Some((&**name, &**model))
        })
    }
}

/// Splits a given cost between input and output in proportion to the listed cost, or where there is none, to the tokens.
fn split(given: i64, listed: Option<Cost>, tokens: &Tokens) -> Cost {
    let by_price = listed.map(|cost| (i128::from(cost.input_pico), i128::from(cost.output_pico)));
    let by_tokens = (i128::from(tokens.input) + i128::from(tokens.cache_read) + i128::from(tokens.cache_write), i128::from(tokens.output));
    let (input, output) = by_price.filter(|(input, output)| input + output > 0).unwrap_or(by_tokens);
    if input + output <= 0 {
        return Cost { input_pico: given, output_pico: 0 };
    }
    let input_pico = saturate(i128::from(given) * input / (input + output));
    Cost { input_pico, output_pico: given - input_pico }
}

fn lowercase(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) { Cow::Owned(name.to_ascii_lowercase()) } else { Cow::Borrowed(name) }
}

fn saturate(pico: i128) -> i64 {
    i64::try_from(pico).unwrap_or(if pico < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn tokens(input: i64, output: i64) -> Tokens {
        Tokens { input, output, ..Tokens::default() }
    }

    fn total(book: &PriceBook, model: &str, input: i64, output: i64) -> Option<i64> {
        book.cost(model, &tokens(input, output), NOW).map(|cost| cost.input_pico + cost.output_pico)
    }

    #[test]
    fn the_llm_trace_costs_what_its_vendor_charged() {
        let book = PriceBook::builtin();
        let check = |model, pico| assert_eq!(total(book, model, 18_059_974, 245_896), Some(pico), "{model}");
        check("claude-3-opus-20240229", 289_341_810_000_000);
        check("claude-3-haiku-20240307", 4_822_363_500_000);
    }

    #[test]
    fn a_short_name_or_another_case_finds_the_model() {
        let book = PriceBook::builtin();
        let opus = total(book, "claude-3-opus-20240229", 10, 10);
        assert_eq!(total(book, "claude-3-opus", 10, 10), opus);
        assert_eq!(total(book, "Claude-3-Opus", 10, 10), opus);
        assert!(book.provider("gemini-pro", NOW).is_some());
        assert_eq!(total(book, "no-such-model", 1, 1), None);
        assert_eq!(book.listed_name("Claude-3-Opus"), Some("claude-3-opus-20240229"));
        assert_eq!(book.listed_name("no-such-model"), None);
    }

    #[test]
    fn every_alias_names_a_model_that_has_a_price() {
        let book = PriceBook::builtin();
        assert!(!book.aliases.is_empty());
        for (alias, model) in book.aliases.iter() {
            assert!(book.models.contains_key(model.as_str()), "{alias} is {model}, which has no price");
            assert!(!book.models.contains_key(alias.as_str()), "{alias} is a model itself");
        }
    }

    #[test]
    fn a_price_holds_from_its_date_on() {
        let halved = Rates { input_pico: 5, output_pico: 10, ..Rates::default() };
        let book = PriceBook::default()
            .with_price("me", "m", Timestamp::from_millis(i64::MIN), Rates { input_pico: 10, output_pico: 20, ..Rates::default() })
            .with_price("me", "m", NOW, halved);
        assert_eq!(book.cost("m", &tokens(1, 1), NOW.plus_millis(-1)), Some(Cost { input_pico: 10, output_pico: 20 }));
        assert_eq!(book.cost("m", &tokens(1, 1), NOW), Some(Cost { input_pico: 5, output_pico: 10 }));
        let own = book.with_price("me", "own", NOW, halved);
        assert_eq!((own.provider("own", NOW.plus_millis(-1)), own.provider("own", NOW)), (None, Some("me")));
        assert_eq!(own.cost("own", &tokens(1, 1), NOW.plus_millis(-1)), None);
    }

    #[test]
    fn cached_tokens_have_their_own_price_or_that_of_input() {
        let cached = Tokens { cache_read: 100, cache_write: 10, ..Tokens::default() };
        let known = Rates { input_pico: 10, output_pico: 0, cache_read_pico: Some(1), cache_write_pico: Some(12) };
        assert_eq!(known.cost(&cached).input_pico, 220);
        let unknown = Rates { cache_read_pico: None, cache_write_pico: None, ..known };
        assert_eq!(unknown.cost(&cached).input_pico, 1100);
    }

    #[test]
    fn a_given_cost_is_split_as_the_table_would_and_adds_up() {
        let book = PriceBook::builtin();
        let usage =
            |model: &str| AiUse { model: Some(model.into()), tokens: tokens(100, 100), given_cost_pico: Some(601), ..AiUse::default() };
        let priced = book.cost_of(&usage("claude-3-opus"), NOW);
        assert_eq!(priced, Priced { cost: Cost { input_pico: 100, output_pico: 501 }, is_priced: true });
        let unlisted = book.cost_of(&usage("mine"), NOW);
        assert_eq!(unlisted.cost, Cost { input_pico: 300, output_pico: 301 });
    }
}
