//! Who is told: a mailbox and webhooks, each with its own manners, that keep what they heard.

use async_trait::async_trait;
use memory::simulation::{Dice, Outside};
use report::reports::{Courier, Letter, Mail, Mailer};
use reports::run::Failure;
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// Takes all that it is told.
pub const GOOD: &str = "https://good.example/";
/// Answers with an error now and then, whether it has taken what came or not.
pub const MOODY: &str = "https://moody.example/";
/// Takes what comes and never answers.
pub const DEAF: &str = "https://deaf.example/";
/// Wants nothing, ever again.
pub const GONE: &str = "https://gone.example/";
/// A mailbox.
pub const MAILBOX: &str = "boss@example.com";

/// Something that was heard.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heard {
    /// By whom.
    pub by: String,
    /// The delivery's id.
    pub delivery: String,
}

/// All who are told.
pub struct Ears {
    heard: Mutex<Vec<Heard>>,
    dice: Mutex<Dice>,
}

/// Them, as the function reaches them.
pub struct Post {
    pub outside: Outside,
    pub ears: Arc<Ears>,
}

impl Ears {
    pub fn new(dice: Dice) -> Self {
        Self { heard: Mutex::default(), dice: Mutex::new(dice) }
    }

    /// All that was heard, in order.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    fn hear(&self, by: &str, delivery: &str) -> Result<(), Failure> {
        let (takes, answer) = match by {
            MOODY => {
                let mut dice = self.dice.lock().unwrap();
                let is_good = dice.one_in(2);
                (is_good || dice.one_in(2), if is_good { Ok(()) } else { failure("it answered 500", false) })
            }
            DEAF => (true, failure("it did not answer in time", false)),
            GONE => (false, failure("it answered 410", true)),
            _ => (true, Ok(())),
        };
        if takes {
            self.heard.lock().unwrap().push(Heard { by: by.to_owned(), delivery: delivery.to_owned() });
        }
        answer
    }
}

fn failure(error: &str, is_final: bool) -> Result<(), Failure> {
    Err(Failure { error: error.to_owned(), is_final })
}

impl Post {
    async fn deliver(&self, operation: &'static str, (to, delivery): (&str, &str)) -> Result<(), Failure> {
        let answer = self.outside.call(operation, delivery, || self.ears.hear(to, delivery)).await;
        answer.unwrap_or_else(|error| failure(&error.to_string(), false))
    }
}

#[async_trait]
impl Courier for Post {
    async fn post(&self, letter: &Letter) -> Result<(), Failure> {
        let body: Value = serde_json::from_slice(&letter.body).unwrap();
        assert_eq!(body["id"], letter.delivery, "a body names the delivery that its header does");
        self.deliver("post", (&letter.url, &letter.delivery)).await
    }
}

#[async_trait]
impl Mailer for Post {
    async fn send(&self, mail: &Mail) -> Result<(), Failure> {
        self.deliver("send", (&mail.to, &mail.id)).await
    }
}
