//! The trail of administrative acts.

use memory::MemoryTable;
use model::{TenantId, Timestamp};
use records::audit::{Act, page, record};

fn act(second: i64, action: &str) -> Act {
    Act {
        at: Timestamp::from_millis(1_795_500_000_000 + second * 1000),
        actor: "admin:ada".to_owned(),
        action: action.to_owned(),
        subject: "shop".to_owned(),
        detail: None,
        request: Some("r1".to_owned()),
    }
}

#[tokio::test]
async fn acts_are_read_newest_first_page_by_page_and_by_their_tenant_only() {
    let (table, acme, other) = (MemoryTable::new(), TenantId::new("acme").unwrap(), TenantId::new("other").unwrap());
    for second in 0..5 {
        record(&table, &acme, &act(second, "key.create")).await.unwrap();
    }
    record(&table, &acme, &act(4, "key.revoke")).await.unwrap();
    // The same act again is no other.
    record(&table, &acme, &act(4, "key.revoke")).await.unwrap();

    let mut seen = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let found = page(&table, &acme, (after.as_deref(), 2)).await.unwrap();
        assert!(found.acts.len() <= 2);
        seen.extend(found.acts);
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 6);
    assert!(seen.is_sorted_by(|a, b| a.at >= b.at));
    assert_eq!(seen[5], act(0, "key.create"));
    assert!(page(&table, &other, (None, 10)).await.unwrap().acts.is_empty());
}
