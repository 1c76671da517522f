use super::*;
use clap::Parser;
use memory::MemoryTable;
use model::event::Tokens;
use model::money::Currency;
use model::{Day, HourOffset};

#[derive(Parser)]
enum Command {
    #[command(subcommand)]
    Price(PriceCommand),
    Jobs(Jobs),
}

/// 2026-11-21T05:30:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_239_000_000);

fn acme() -> TenantId {
    TenantId::new("acme").unwrap()
}

/// What a command line prints, or why it fails.
async fn weir(table: &MemoryTable, line: &str) -> Result<Vec<String>, String> {
    let command = Command::try_parse_from(["weir"].into_iter().chain(line.split(' '))).map_err(|error| error.to_string())?;
    let result = match command {
        Command::Price(command) => command.run(table, NOW).await,
        Command::Jobs(jobs) => jobs.run(table).await,
    };
    result.map_err(|error| format!("{error:#}"))
}

async fn table(offset_minutes: u8) -> MemoryTable {
    let table = MemoryTable::new();
    let hour_offset = HourOffset::from_minutes(offset_minutes).unwrap();
    let tenant = Tenant { id: acme(), hour_offset, currency: Currency::USD, pseudonymous: false, created_at: NOW };
    records::tenant::create(&table, &tenant).await.unwrap();
    table
}

const HOUSE: &str = "price set --tenant acme --model house --provider me --input 1.25 --output 5";

#[tokio::test]
async fn a_price_is_kept_to_the_pico_and_listed_as_it_was_given() {
    let table = table(0).await;
    weir(&table, &format!("{HOUSE} --effective 2026-11-14 --cache-read 0.000001")).await.unwrap();
    let listed = weir(&table, "price list --tenant acme").await.unwrap();
    assert_eq!(listed, ["house\t2026-11-14T00:00:00.000Z\tme\t1.25\t5\t0.000001\t-"]);
    let book = records::price::configuration(&table, &acme(), Read::Strong).await.unwrap().book;
    let cost = book.cost("house", &Tokens { input: 3, output: 1, cache_read: 7, ..Tokens::default() }, NOW).unwrap();
    assert_eq!((cost.input_pico, cost.output_pico), (3 * 1_250_000 + 7, 5_000_000));
}

#[tokio::test]
async fn a_price_of_the_past_makes_a_job_from_the_tenants_day_on_and_one_of_the_future_does_not() {
    let table = table(30).await;
    weir(&table, &format!("{HOUSE} --effective 2026-12-01")).await.unwrap();
    assert_eq!(weir(&table, "jobs").await.unwrap(), [""; 0]);
    // The tenant's 14th begins half an hour later.
    let said = weir(&table, &format!("{HOUSE} --effective 2026-11-14")).await.unwrap();
    assert_eq!(said, ["revision 2: what is settled from 2026-11-13 on is priced anew, as `weir jobs --tenant acme` shows"]);
    let jobs = records::job::all(&table, &acme()).await.unwrap();
    assert_eq!(jobs, [Job::new((&acme(), 2), Day::from_key("2026-11-13").unwrap(), NOW)]);
    assert_eq!(weir(&table, "jobs --tenant acme").await.unwrap(), ["acme\trevision 2\tfrom 2026-11-13\topen\t0 of 0 days"]);

    let progress = records::job::Progress { state: State::Watched, days: 9, done: 9, expired: 2, quarantined: 1, ..jobs[0].progress };
    records::job::save(&table, &jobs[0], (progress, NOW)).await.unwrap();
    let told = "9 of 9 days; 2 keep an old cost, their raw data has expired; 1 wait for a quarantined hour";
    assert_eq!(weir(&table, "jobs").await.unwrap(), [format!("acme\trevision 2\tfrom 2026-11-13\tdone\t{told}")]);
}

#[tokio::test]
async fn a_short_name_prices_its_model_and_a_known_model_keeps_its_provider() {
    let table = table(0).await;
    let opus = "price set --tenant acme --model claude-3-opus --input 10 --output 20 --effective 2026-11-14";
    weir(&table, opus).await.unwrap();
    let listed = weir(&table, "price list --tenant acme").await.unwrap();
    assert_eq!(listed, ["claude-3-opus-20240229\t2026-11-14T00:00:00.000Z\tanthropic\t10\t20\t-\t-"]);
    assert_eq!(weir(&table, &format!("{opus} --provider me")).await.unwrap_err(), "claude-3-opus is served by anthropic");
}

#[tokio::test]
async fn what_is_no_price_is_refused_before_anything_is_written() {
    let table = table(0).await;
    let before = table.items();
    let check = async |line: &str, expect: &str| {
        let error = weir(&table, line).await.unwrap_err();
        assert!(error.contains(expect), "{line}: {error}");
    };
    let set = "price set --tenant acme --provider me --effective 2026-11-14";
    check(&format!("{set} --model house --input -1 --output 5"), "unexpected argument").await;
    check(&format!("{set} --model house --input=-1 --output 5"), "not less than 0").await;
    check(&format!("{set} --model house --input 0.0000001 --output 5"), "6 digits").await;
    check(&format!("{set} --model house --input cheap --output 5"), "6 digits").await;
    check(&format!("{set} --model= --input 1 --output 5"), "1 to 256 bytes").await;
    check(&format!("{HOUSE} --effective yesterday"), "say a date").await;
    check("price set --tenant acme --model house --input 1 --output 5 --effective 2026-11-14", "--provider").await;
    check("price set --tenant other --model house --provider me --input 1 --output 5 --effective 2026-11-14", "no tenant other").await;
    assert_eq!(table.items(), before);
}
