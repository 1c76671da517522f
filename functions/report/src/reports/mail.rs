//! Mail: a MIME message with the page, plain text beside it, or the file attached, sent by SES as it is.

use ::reports::run::Failure;
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, RawMessage};
use mail_builder::MessageBuilder;
use model::Timestamp;
use model::limits::SES_MESSAGE_BYTES;
use std::sync::OnceLock;

/// A mail to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The delivery's id, the same in each attempt.
    pub id: String,
    /// To whom.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as a page.
    pub html: Option<String>,
    /// A file: its name, its media type, its bytes.
    pub attachment: Option<(String, &'static str, Vec<u8>)>,
    /// When what it tells of was asked for.
    pub at: Timestamp,
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends it, once.
    async fn send(&self, mail: &Mail) -> Result<(), Failure>;
}

impl Mail {
    /// The message (RFC 5322).
    ///
    /// # Errors
    /// Where it cannot be written, which in memory it can.
    pub fn message(&self, sender: &str) -> std::io::Result<Vec<u8>> {
        let domain = sender.rsplit('@').next().unwrap_or_default();
        let message = MessageBuilder::new()
            .from(("Weir", sender))
            .to(self.to.as_str())
            .subject(self.subject.as_str())
            .message_id(format!("{}@{domain}", self.id))
            .date(self.at.as_seconds())
            .header("X-Weir-Delivery", mail_builder::headers::raw::Raw::new(self.id.as_str()))
            .header("Auto-Submitted", mail_builder::headers::raw::Raw::new("auto-generated"))
            .text_body(self.text.as_str());
        let message = self.html.as_ref().map_or(message.clone(), |html| message.html_body(html.as_str()));
        let message = match &self.attachment {
            Some((name, content_type, bytes)) => message.attachment(*content_type, name.as_str(), bytes.as_slice()),
            None => message,
        };
        message.write_to_vec()
    }
}

/// SES, with the address that it sends from.
#[derive(Debug)]
pub struct Ses {
    sender: String,
    config: SdkConfig,
    client: OnceLock<Client>,
}

impl Ses {
    /// Mail from this address. The client is made at the first mail.
    #[must_use]
    pub fn new(config: &SdkConfig, sender: impl Into<String>) -> Self {
        Self { sender: sender.into(), config: config.clone(), client: OnceLock::new() }
    }
}

#[async_trait]
impl Mailer for Ses {
    async fn send(&self, mail: &Mail) -> Result<(), Failure> {
        let never = |error: String| Failure { error, is_final: true };
        let message = mail.message(&self.sender).map_err(|error| never(error.to_string()))?;
        if message.len() > SES_MESSAGE_BYTES {
            return Err(never(format!("the mail has {} bytes, over the limit of {SES_MESSAGE_BYTES}", message.len())));
        }
        let raw = RawMessage::builder().data(Blob::new(message)).build().map_err(|error| never(error.to_string()))?;
        let call = self.client.get_or_init(|| Client::new(&self.config)).send_email().from_email_address(&self.sender);
        let call =
            call.destination(Destination::builder().to_addresses(&mail.to).build()).content(EmailContent::builder().raw(raw).build());
        let sent = call.send().await.map_err(|error| aws::port_error("mail", error));
        sent.map(drop).map_err(|error| {
            let is_final = !error.is_transient();
            Failure { error: setup::log::chain(&error).to_string(), is_final }
        })
    }
}

/// There is no address to send from.
#[derive(Debug, Clone, Copy)]
pub struct NoMailer;

#[async_trait]
impl Mailer for NoMailer {
    async fn send(&self, _mail: &Mail) -> Result<(), Failure> {
        Err(Failure { error: "no mail is sent here: REPORT_SENDER is not set".to_owned(), is_final: true })
    }
}
