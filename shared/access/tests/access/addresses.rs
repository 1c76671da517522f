//! Limits: of addresses that come without a valid credential, and of readers.

use crate::stage::{NOW, Stage, after};
use access::{AccessError, ReadLimits, mint};
use secrecy::ExposeSecret;

/// The beginning of the 15 minutes that hold [`NOW`].
fn window() -> i64 {
    NOW.as_seconds().div_euclid(900) * 900 - NOW.as_seconds()
}

#[tokio::test]
async fn an_address_without_credentials_is_told_to_wait_and_others_are_not() {
    let stage = Stage::new().await;
    let key = stage.key().await;
    let start = window();
    for second in 0..3 {
        let result = stage.call(&[], after(start + second)).await;
        assert!(matches!(result, Err(AccessError::MissingCredential)), "call {second}");
    }
    let Err(AccessError::TooMany(standing)) = stage.call(&[("x-api-key", "wk_guess")], after(start + 3)).await else {
        panic!("the fourth call is not refused")
    };
    assert_eq!((standing.limit, standing.remaining(), standing.window_seconds, standing.reset_seconds), (3, 0, 900, 897));
    assert!(stage.call(&[("x-api-key", &key)], after(start + 3)).await.is_ok(), "a valid credential does not depend on the address");
    assert!(matches!(stage.call_from("192.0.2.2", &[], after(start + 3)).await, Err(AccessError::MissingCredential)));

    let calls = stage.faults.calls();
    let Err(AccessError::TooMany(later)) = stage.call(&[], after(start + 600)).await else { panic!("not refused") };
    assert_eq!((later.reset_seconds, stage.faults.calls()), (300, calls), "a flood costs the table nothing");
    assert!(matches!(stage.call(&[], after(start + 900)).await, Err(AccessError::MissingCredential)), "the next window is new");
}

#[tokio::test]
async fn a_network_of_ipv6_counts_as_one_address() {
    let stage = Stage::new().await;
    for host in 1..=3 {
        let _ = stage.call_from(&format!("2001:db8::{host}"), &[], NOW).await;
    }
    assert!(matches!(stage.call_from("2001:db8::4", &[], NOW).await, Err(AccessError::TooMany(_))));
    assert!(matches!(stage.call_from("2001:db8:0:1::4", &[], NOW).await, Err(AccessError::MissingCredential)));
}

#[tokio::test]
async fn readers_have_so_many_reads_a_minute_each() {
    let stage = Stage::new().await;
    let limits = ReadLimits { user: 2, admin: 3 };
    let caller = async |subject: &str, role: &str| {
        let claims = mint::Claims {
            issuer: crate::stage::ISSUER,
            audience: crate::stage::AUDIENCE,
            subject,
            tenant: &crate::stage::tenant("acme"),
            role,
            now: NOW,
            lifetime_seconds: 600,
        };
        let token = mint::token(&crate::stage::JWT_SECRET.into(), &claims);
        stage.call(&[("authorization", &format!("Bearer {}", token.expose_secret()))], NOW).await.unwrap()
    };
    let (ann, bob, boss) = (caller("ann", "user").await, caller("bob", "user").await, caller("ann", "admin").await);
    for (who, reads) in [(&ann, 2), (&bob, 2), (&boss, 3)] {
        for _ in 0..reads {
            limits.count(&*stage.table, who, NOW).await.unwrap();
        }
        assert!(matches!(limits.count(&*stage.table, who, NOW).await, Err(AccessError::TooMany(_))), "{}", who.scope);
        assert!(limits.count(&*stage.table, who, after(60)).await.is_ok());
    }
    assert!(!ann.scope.contains("ann"), "a person is named in logs: {}", ann.scope);
}
