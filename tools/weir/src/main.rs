//! `weir`: sends events to a deployment, and makes the tenants, keys and tokens it is called with.

mod doctor;
mod erase;
mod prices;
mod redrive;
mod send;
mod settling;
mod tenancy;
mod token;

use anyhow::Result;
use clap::{Parser, Subcommand};
use doctor::Doctor;
use erase::Erase;
use ports::{Clock as _, SystemClock};
use prices::{Jobs, PriceCommand};
use redrive::Redrive;
use settling::Settle;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use tenancy::{Deployment, KeyCommand, ProjectCommand, ServiceCommand, TenantCommand};

/// Send events to Weir, and make the tenants, keys and tokens it is called with.
#[derive(Debug, Parser)]
#[command(name = "weir", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Send a file of events, with retries; sending it again counts nothing twice.
    Send(send::Arguments),
    /// Mint a token (JWT, HS256) for a person.
    Token(token::Arguments),
    /// Make and list tenants: who owns data.
    Tenant(In<TenantCommand>),
    /// Make and list a tenant's projects.
    Project(In<ProjectCommand>),
    /// Make, revoke and list the API keys of projects.
    Key(In<KeyCommand>),
    /// Make, revoke and list services, which sign their calls.
    Service(In<ServiceCommand>),
    /// Set and list a tenant's own prices of models.
    Price(In<PriceCommand>),
    /// Take a person out of everything that is kept; totals stay as they are.
    Erase(To<Erase>),
    /// Show how far erasures are, and the pricing anew of what was settled before.
    Jobs(To<Jobs>),
    /// Send work to be settled, ahead of the ticks.
    Settle(To<Settle>),
    /// Send what lies in a dead-letter queue back.
    Redrive(Redrive),
    /// Hold the table against the log: find what is lost, left behind or wrong, and repair it.
    Doctor(To<Doctor>),
}

/// What `weir doctor` ends with where it could not look.
const COULD_NOT_LOOK: u8 = 2;

/// What to do, and in which deployment.
#[derive(Debug, clap::Args)]
struct In<C: Subcommand> {
    #[command(flatten)]
    deployment: Deployment,
    #[command(subcommand)]
    command: C,
}

/// What to look at, and in which deployment.
#[derive(Debug, clap::Args)]
struct To<A: clap::Args> {
    #[command(flatten)]
    deployment: Deployment,
    #[command(flatten)]
    arguments: A,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let command = Arguments::parse().command;
    let failure = if matches!(command, Command::Doctor(_)) { ExitCode::from(COULD_NOT_LOOK) } else { ExitCode::FAILURE };
    match Box::pin(run(command)).await {
        Ok(code) => code,
        Err(error) => {
            // The chain, on one line: what failed, and why.
            let _ = writeln!(std::io::stderr(), "weir: {error:#}");
            failure
        }
    }
}

async fn run(command: Command) -> Result<ExitCode> {
    let now = SystemClock.now();
    let lines = match command {
        Command::Send(arguments) => return send::run(arguments).await,
        Command::Token(arguments) => vec![token::run(&arguments, now)],
        Command::Tenant(In { deployment, command }) => command.run(&deployment.open().await?, now).await?,
        Command::Project(In { deployment, command }) => command.run(&deployment.open().await?, now).await?,
        Command::Key(In { deployment, command }) => command.run(&deployment.open().await?, now).await?,
        Command::Service(In { deployment, command }) => command.run(&deployment.open().await?, now).await?,
        Command::Price(In { deployment, command }) => command.run(&deployment.open().await?, now).await?,
        Command::Erase(To { deployment, arguments }) => arguments.run(&deployment.open().await?, now).await?,
        Command::Jobs(To { deployment, arguments }) => arguments.run(&deployment.open().await?).await?,
        Command::Settle(To { deployment, arguments }) => arguments.run(&deployment.open().await?, &arguments.queue().await?).await?,
        Command::Redrive(arguments) => arguments.run().await?,
        Command::Doctor(To { deployment, arguments }) => {
            let (table, bucket) = (Arc::new(deployment.open().await?), Arc::new(arguments.bucket().await?));
            return arguments.run(table, bucket, say).await;
        }
    };
    for line in lines {
        say(&line)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes one line of a command's answer, so that `$(weir …)` gets nothing else.
fn say(line: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
