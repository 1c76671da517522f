//! API keys.

use crate::stage::{NOW, Stage, after, is_invalid, tenant};
use access::{AccessError, Role, mint};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memory::Fault;

#[tokio::test]
async fn a_key_writes_to_its_project_with_its_tenants_hours_and_currency() {
    let stage = Stage::new().await;
    let key = stage.key().await;
    let caller = stage.call(&[("x-api-key", &key)], NOW).await.unwrap();
    assert_eq!((caller.tenant.as_str(), caller.role, caller.project.unwrap().as_str()), ("acme", Role::Project, "shop"));
    assert_eq!((caller.hour_offset.minutes(), caller.currency.code()), (30, "INR"));
    assert!(!caller.scope.contains(&key[3..]), "the scope shows the key: {}", caller.scope);

    let basic = format!("Basic {}", STANDARD.encode(format!("{key}:")));
    let same = stage.call(&[("authorization", &basic)], NOW).await.unwrap();
    assert_eq!(same.scope, caller.scope);
}

#[tokio::test]
async fn a_key_that_was_never_made_or_names_another_tenant_does_not_hold() {
    let stage = Stage::new().await;
    let key = stage.key().await;
    for wrong in [
        mint_for("acme"),
        mint_for("nobody"),
        key.replace("wk_acme_", "wk_other_"),
        key.to_uppercase(),
        format!("{key}x"),
        key[..key.len() - 1].to_owned(),
        String::new(),
    ] {
        let result = stage.call_from("198.51.100.1", &[("x-api-key", &wrong)], NOW).await;
        // The address runs out of anonymous calls on the way; neither answer lets it in.
        assert!(is_invalid(&result) || matches!(result, Err(AccessError::TooMany(_))), "{wrong}: {result:?}");
    }
}

#[tokio::test]
async fn what_has_not_the_form_of_a_key_is_not_looked_up() {
    let stage = Stage::new().await;
    for wrong in ["", "wk_", "wk_acme_short", "sk_acme_0123456789012345678901234567890123456789012", "wk_a b_x"] {
        assert!(stage.call(&[("x-api-key", wrong)], after(20)).await.is_err(), "{wrong}");
    }
    assert!(stage.faults.history().iter().all(|call| call.operation != "get"), "the table was read");
}

#[tokio::test]
async fn a_revoked_key_is_refused_like_an_unknown_one_once_it_is_forgotten() {
    let stage = Stage::new().await;
    let key = stage.key().await;
    stage.call(&[("x-api-key", &key)], NOW).await.unwrap();
    records::api_key::revoke(&*stage.table, &tenant("acme"), &mint::key_hash(&key), NOW).await.unwrap();
    assert!(stage.call(&[("x-api-key", &key)], after(59)).await.is_ok(), "a warm function believes for 60 seconds");
    assert!(is_invalid(&stage.call(&[("x-api-key", &key)], after(60)).await));
}

#[tokio::test]
async fn a_new_key_works_soon_after_it_was_tried_in_vain() {
    let stage = Stage::new().await;
    let key = stage.key().await;
    let item = stage.table.items().into_iter().find(|item| item.key.sort == mint::key_hash(&key)).unwrap();
    ports::Table::delete(&*stage.table, &item.key).await.unwrap();
    assert!(is_invalid(&stage.call(&[("x-api-key", &key)], NOW).await));
    ports::Table::put(&*stage.table, item, ports::Condition::Always).await.unwrap();
    assert!(is_invalid(&stage.call(&[("x-api-key", &key)], after(9)).await));
    assert!(stage.call(&[("x-api-key", &key)], after(10)).await.is_ok());
}

#[tokio::test]
async fn a_table_that_is_down_is_our_fault_and_a_known_key_still_works() {
    let stage = Stage::new().await;
    let (known, unknown) = (stage.key().await, stage.key().await);
    stage.call(&[("x-api-key", &known)], NOW).await.unwrap();
    stage.faults.plan(|_| Some(Fault::Refused));
    assert!(matches!(stage.call(&[("x-api-key", &unknown)], NOW).await, Err(AccessError::Unavailable(_))));
    assert!(stage.call(&[("x-api-key", &known)], NOW).await.is_ok());
}

fn mint_for(name: &str) -> String {
    use secrecy::ExposeSecret;
    mint::api_key(&tenant(name)).unwrap().expose_secret().to_owned()
}

#[tokio::test]
async fn a_key_for_scraping_is_a_scraper_as_a_bearer_as_a_password_and_as_a_key() {
    let stage = Stage::new().await;
    let key = stage.scraping_key().await;
    assert!(key.starts_with("wm_acme_"));
    let basic = |user: &str| format!("Basic {}", STANDARD.encode(format!("{user}:{key}")));
    for (name, value) in [
        ("authorization", format!("Bearer {key}")),
        ("authorization", basic("prometheus")),
        ("authorization", basic("")),
        ("x-api-key", key.clone()),
    ] {
        let caller = stage.call(&[(name, &value)], NOW).await.unwrap();
        assert_eq!((caller.tenant.as_str(), caller.role, caller.project), ("acme", Role::Scraper, None));
        assert!(!caller.scope.contains(&key[3..]), "the scope shows the key: {}", caller.scope);
    }
}

#[tokio::test]
async fn a_projects_key_is_no_bearer_and_no_password() {
    let stage = Stage::new().await;
    let key = stage.key().await;
    assert!(is_invalid(&stage.call(&[("authorization", &format!("Bearer {key}"))], NOW).await));
    let basic = format!("Basic {}", STANDARD.encode(format!("somebody:{key}")));
    assert!(is_invalid(&stage.call(&[("authorization", &basic)], NOW).await));
}
