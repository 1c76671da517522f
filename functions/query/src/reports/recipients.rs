//! To whom something goes, a report or what a budget tells: as it is sent, and whether it may go there.

use crate::Desk;
use crate::parameters::fault;
use ::reports::target::{MOST, Targets, check_mail, check_webhook};
use model::accept::Fault;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// To whom something goes. Reports are kept in the bucket in any case, and what is told of budgets in their history.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Recipients {
    /// Addresses of mail.
    #[schema(max_items = 20)]
    pub mail: Vec<String>,
    /// `https` addresses on the public internet. Each is posted a JSON body (of a report with a link), signed: `X-Weir-Signature` is `v1=` and
    /// the hex HMAC-SHA256 of `{X-Weir-Timestamp}.{body}` under `webhookSecret`; `X-Weir-Delivery` is the same in each attempt.
    #[schema(max_items = 20)]
    pub webhooks: Vec<String>,
}

impl Desk {
    /// To whom something goes; with what is wrong with that, each fault with its pointer.
    pub(crate) fn targets(&self, Recipients { mail, webhooks }: &Recipients, faults: &mut Vec<Fault>) -> Targets {
        for (pointer, list) in [("/recipients/mail", mail), ("/recipients/webhooks", webhooks)] {
            if list.len() > MOST {
                faults.push(fault(pointer, "too_many", format!("may be {MOST} at most")));
            }
        }
        if !mail.is_empty() && !self.reporting.sends_mail {
            faults.push(fault(
                "/recipients/mail",
                "no_sender",
                "this deployment sends no mail: its owner has set no address to send from (ReportSender)",
            ));
        }
        for (at, address) in mail.iter().enumerate().take(MOST) {
            if let Err(error) = check_mail(address) {
                faults.push(fault(&format!("/recipients/mail/{at}"), "bad_address", error.to_string()));
            }
        }
        for (at, address) in webhooks.iter().enumerate().take(MOST) {
            if let Err(error) = check_webhook(address, self.reporting.loopback) {
                faults.push(fault(&format!("/recipients/webhooks/{at}"), "bad_webhook", error.to_string()));
            }
        }
        Targets { mail: mail.clone(), webhooks: webhooks.clone() }
    }
}
