//! The page: what was spent, as Markdown.

use super::arrivals::PROFILES;
use super::meter::{Spender, Spent};
use super::ports::latency;
use super::price::Part;
use super::run::Run;
use std::fmt::Write;

/// Where it lies.
pub const PLACE: &str = "docs/cost.md";
/// What an idle month may cost, in dollars.
pub const IDLE_TARGET: f64 = 1.0;
/// The batch that the targets are for.
pub const BATCH: usize = 100;
const SECTIONS: [&str; 5] =
    ["A million engagement events", "What they are spent on", "A month in which nothing comes", "How it is counted", "Prices"];

/// What the page is made of.
pub struct Page<'a> {
    pub runs: &'a [Run],
    /// Runs of a part, beside those of the whole.
    pub samples: &'a [Run],
    pub idle: &'a Spent,
}

impl Page<'_> {
    /// The whole page.
    pub fn text(&self) -> String {
        let [million, spent, idle, counted, prices] = SECTIONS;
        let sections =
            [(million, self.million()), (spent, self.spent()), (idle, self.idle()), (counted, counting()), (prices, price_table())];
        let intro = "# What it costs\n\nWritten by `make cost`, out of a run of the functions themselves: do not edit it. Nothing here is typed: every call that the \
            functions made was counted as AWS bills it, and multiplied with the public prices of us-east-1.\n";
        sections.into_iter().fold(intro.to_owned(), |page, (title, text)| format!("{page}\n## {title}\n\n{text}"))
    }

    fn million(&self) -> String {
        let mut text = "Dollars a million events, sent as an app sends them, in batches of 100, of 10, and one by one; stored, settled, rolled up by \
            day, month and for all time, and archived. What of it is kept is paid for by the month: segments for one, the log for three, archives and \
            rollups for longer.\n\n\
            | arrival | batches of 100 | target | kept, a month | batches of 10 | one by one |\n| --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
        for profile in PROFILES {
            let cost = |batch| self.of(profile.name, batch).map_or_else(|| "–".to_owned(), |run| dollars(run.of_a_million().dollars()));
            let _ = writeln!(
                text,
                "| {}: {} | {} | {} | {} | {} | {} |",
                profile.name,
                profile.what,
                cost(BATCH),
                target(profile.target),
                self.of(profile.name, BATCH).map_or_else(String::new, |run| dollars(run.kept_of_a_million().dollars())),
                cost(10),
                cost(1)
            );
        }
        text + &self.scaling()
    }

    /// What was run in part only, and how right that is.
    fn scaling(&self) -> String {
        let parts: Vec<String> = self
            .samples
            .iter()
            .filter_map(|sample| {
                let whole = self.of(sample.profile.name, sample.batch)?;
                let (part, all) = (sample.of_a_million().dollars(), whole.of_a_million().dollars());
                Some(format!("{} {} for {}", sample.profile.name, dollars(part), dollars(all)))
            })
            .collect();
        let note = "\nEvents one by one, and in batches of 10, were sent for a part of the time, or by a part of the tenants, as dense as all of them would \
            be, and the cost taken so many times. In batches of 100, of which all were sent, such a part comes to: ";
        if parts.is_empty() { String::new() } else { format!("{note}{}.\n", parts.join("; ")) }
    }

    fn spent(&self) -> String {
        let mut text = String::new();
        for run in PROFILES.iter().filter_map(|profile| self.of(profile.name, BATCH)) {
            let spent = run.of_a_million();
            let _ = writeln!(text, "### {}, in batches of {BATCH}\n\n{}", run.profile.name, parts(&spent));
            let _ = writeln!(text, "The dearest:\n\n| what | of | amount | dollars |\n| --- | --- | --- | --- |");
            for ((spender, part, what), cost) in spent.ranked().into_iter().take(12) {
                let amount = spent.0.get(&(spender, part, what)).copied().unwrap_or_default();
                let _ = writeln!(text, "| {}: {what} | {} | {} | {} |", spender.name(), part.name(), count(amount), dollars(cost));
            }
            text.push('\n');
        }
        text
    }

    fn idle(&self) -> String {
        let total = format!("{} a month; it should be less than {}.\n\n", dollars(self.idle.dollars()), target(IDLE_TARGET));
        let mut text = total + "| what | of | amount | dollars |\n| --- | --- | --- | --- |\n";
        for ((spender, part, what), cost) in self.idle.ranked() {
            let amount = self.idle.0.get(&(spender, part, what)).copied().unwrap_or_default();
            let _ = writeln!(text, "| {}: {what} | {} | {} | {} |", spender.name(), part.name(), count(amount), dollars(cost));
        }
        text
    }

    fn of(&self, profile: &str, batch: usize) -> Option<&Run> {
        self.runs.iter().find(|run| run.profile.name == profile && run.batch == batch)
    }
}

/// Amounts and dollars by part of the bill and function.
fn parts(spent: &Spent) -> String {
    let mut text =
        "| part of the bill | amount | ingest | store | aggregate | report | no function | dollars |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
    let of = |part: Part, spender: Option<Spender>| -> f64 {
        let own = spent.0.iter().filter(|((by, own, _), _)| *own == part && spender.is_none_or(|spender| spender == *by));
        part.price().of(own.map(|(_, amount)| amount).sum())
    };
    for part in Part::ALL.iter().copied().filter(|part| spent.amount(*part) > 0.0) {
        let spenders = Spender::ALL.map(|spender| dollars(of(part, Some(spender)))).join(" | ");
        let amount = format!("{} {}", count(spent.amount(part)), part.price().unit);
        let _ = writeln!(text, "| {} | {amount} | {spenders} | {} |", part.name(), dollars(of(part, None)));
    }
    let _ = writeln!(text, "| all | | | | | | | {} |", dollars(spent.dollars()));
    text
}

fn counting() -> String {
    let ms = |time: std::time::Duration| time.as_millis();
    format!(
        "- The functions `ingest`, `store`, `aggregate` and `report` run in one process, from the bytes of each event that AWS would hand them to the bytes of their \
        answer, over a table, a bucket and queues in memory that count. Schedules tick as in `template.yaml`, with its memory, windows and batch sizes. \
        What the ticks would cost had nothing come is taken off, and is in the idle month.\n\
        - DynamoDB: a write is a unit for each started KB of the larger of what was there and what is, deletes too, one by one also in a batch; an entry of \
        the index that comes or goes is one more. A read is a unit for each started 4 KB (of a query, of all it reads), half where it need not be consistent.\n\
        - SQS: a request for each 64 KiB. Five pollers share the messages; what comes within 20 ms is received together, ten at most; a window closes \
        as in `template.yaml`; ten are deleted at once. An idle poller asks every 20 seconds.\n\
        - Lambda: the processor's time that this machine measured, as if its cores were Lambda's, divided by the part of a processor that the memory \
        buys (a whole one for 1,769 MB); and the time spent waiting for services, calls side by side counted once: {} ms for an item, {} ms for several, {} \
        ms for an object, {} ms for a message. These are assumptions, within what AWS says of each. Cold starts are not counted.\n\
        - Logs: what the functions write, and what Lambda adds.\n\
        - The month of the million is built for this day alone, though it would serve thirty.\n\
        - Nothing is taken off for free tiers, but CloudWatch's ten alarms and ten metrics.\n",
        ms(latency::ITEM),
        ms(latency::ITEMS),
        ms(latency::OBJECT),
        ms(latency::MESSAGE)
    )
}

fn price_table() -> String {
    let mut text = "| part of the bill | dollars | for | source |\n| --- | --- | --- | --- |\n".to_owned();
    for part in Part::ALL {
        let price = part.price();
        let of = if price.per > 1.0 { format!("a million {}", price.unit) } else { price.unit.to_owned() };
        let _ = writeln!(text, "| {} | {} | {of} | <{}> |", part.name(), price.dollars, price.source);
    }
    text
}

fn target(dollars: f64) -> String {
    format!("${dollars:.2}")
}

fn dollars(dollars: f64) -> String {
    if dollars.abs() < 0.000_05 { "0".to_owned() } else { format!("${dollars:.4}") }
}

/// A count, or a small amount with some digits.
fn count(amount: f64) -> String {
    if amount < 100.0 && amount.fract() != 0.0 {
        return format!("{amount:.3}");
    }
    let digits = format!("{amount:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = include_str!("../../../docs/cost.md");

    /// The figures are those of one machine on one day; what they are made of must be today's.
    #[test]
    fn the_page_has_the_prices_the_counting_and_the_sections_of_today() {
        let headings: Vec<&str> = WRITTEN.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, SECTIONS);
        assert!(WRITTEN.contains(&price_table()), "the prices have changed: `make cost`");
        assert!(WRITTEN.contains(&counting()), "the counting has changed: `make cost`");
    }

    #[test]
    fn the_page_shows_that_each_target_is_met() {
        let cell = |line: &str, at: usize| line.split('|').nth(at).and_then(|cell| cell.trim().strip_prefix('$')?.parse::<f64>().ok());
        for profile in PROFILES {
            let line = WRITTEN.lines().find(|line| line.starts_with(&format!("| {}: ", profile.name))).unwrap();
            assert_eq!(cell(line, 3), Some(profile.target), "{}", profile.name);
            assert!(cell(line, 2).unwrap() <= profile.target, "{line}");
        }
        let idle = WRITTEN.lines().find(|line| line.contains("a month; it should be less than")).unwrap();
        assert!(idle.contains(&target(IDLE_TARGET)), "{idle}");
        assert!(idle[1..].split(' ').next().unwrap().parse::<f64>().unwrap() < IDLE_TARGET, "{idle}");
    }

    #[test]
    fn counts_have_their_thousands_apart() {
        assert_eq!([0.0, 7.0, 1_234.0, 12_345_678.0].map(count), ["0", "7", "1,234", "12,345,678"]);
        assert_eq!(count(1.5), "1.500");
    }
}
