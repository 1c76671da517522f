//! How what is sent to a webhook is signed: a receiver that knows the secret can tell that it is from here, is whole, and is no replay.

use hmac::{Hmac, KeyInit, Mac};
use model::TenantId;
use sha2::Sha256;

/// The header with the delivery's id, the same in each attempt.
pub const DELIVERY: &str = "x-weir-delivery";
/// The header with when an attempt was made, in Unix seconds.
pub const TIMESTAMP: &str = "x-weir-timestamp";
/// The header with the signature.
pub const SIGNATURE: &str = "x-weir-signature";

/// The name under which webhooks of reports without a schedule have their secret.
pub const ON_DEMAND: &str = "on-demand";

/// The name under which the webhooks of a budget have theirs.
#[must_use]
pub fn of_budget(budget: &str) -> String {
    format!("budget-{budget}")
}

type HmacSha256 = Hmac<Sha256>;

/// The secret of a tenant's webhooks: derived, so that it is stored nowhere. `of` is a schedule's id, or what else has webhooks of its own.
#[must_use]
pub fn secret(master: &str, tenant: &TenantId, (of, generation): (&str, u32)) -> String {
    mac(master.as_bytes(), &[format!("weir-webhook:{tenant}:{of}:{generation}").as_bytes()])
}

/// The signature: `v1=` and the hex HMAC-SHA256 of `{timestamp}.{body}` under the text of the secret.
#[must_use]
pub fn signature(secret: &str, timestamp: i64, body: &[u8]) -> String {
    format!("v1={}", mac(secret.as_bytes(), &[timestamp.to_string().as_bytes(), b".", body]))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> String {
    // A key of any length is one.
    let Ok(mut mac) = HmacSha256::new_from_slice(key) else { return String::new() };
    for part in parts {
        mac.update(part);
    }
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_what_any_other_program_comes_to() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret
        assert_eq!(
            signature("secret", 1_700_000_000, br#"{"a":1}"#),
            "v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686"
        );
    }

    #[test]
    fn secrets_differ_by_tenant_schedule_and_generation() {
        let tenants = ["acme", "other"].map(|name| TenantId::new(name).unwrap());
        let all: std::collections::BTreeSet<String> =
            tenants.iter().flat_map(|tenant| [("s1", 1), ("s1", 2), ("s2", 1)].map(|of| secret("master", tenant, of))).collect();
        assert_eq!(all.len(), 6);
        assert!(all.iter().all(|secret| secret.len() == 64));
    }
}
