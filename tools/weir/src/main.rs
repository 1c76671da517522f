//! `weir`: sends events to a deployment, and makes the tenants, keys and tokens it is called with.

mod send;
mod token;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::process::ExitCode;

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
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(code) => code,
        Err(error) => {
            // The chain, on one line: what failed, and why.
            let _ = writeln!(std::io::stderr(), "weir: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Send(arguments) => return send::run(arguments).await,
        Command::Token(arguments) => say(&token::run(&arguments)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes one line of a command's answer, so that `$(weir …)` gets nothing else.
fn say(line: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
