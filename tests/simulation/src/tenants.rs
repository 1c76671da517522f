//! Who sends events in a run.

use access::mint;
use model::money::Currency;
use model::{Family, HourOffset, ProjectId, TenantId};
use ports::Table;
use records::ApiKey;

/// A tenant, its key, and of which families it sends how many requests.
#[derive(Debug, Clone)]
pub struct Tenant {
    pub id: TenantId,
    pub hour_offset: HourOffset,
    pub families: Vec<(Family, usize)>,
    pub key: String,
}

/// Three, one of them where hours begin at half past.
pub fn all() -> Vec<Tenant> {
    let tenant = |name: &str, minutes: u8, families: &[(Family, usize)]| Tenant {
        id: TenantId::new(name).unwrap(),
        hour_offset: HourOffset::from_minutes(minutes).unwrap(),
        families: families.to_vec(),
        key: format!("wk_{name}_{}", "7".repeat(43)),
    };
    vec![
        tenant("berlin", 0, &[(Family::Lifecycle, 3), (Family::Ai, 2)]),
        tenant("delhi", 30, &[(Family::Sales, 3)]),
        tenant("lima", 0, &[(Family::Lifecycle, 2)]),
    ]
}

/// Makes each, with its key.
pub async fn register(tenants: &[Tenant], table: &dyn Table) {
    for tenant in tenants {
        let (hour_offset, currency, created_at) = (tenant.hour_offset, Currency::USD, crate::plan::START);
        records::tenant::create(table, &records::Tenant { id: tenant.id.clone(), hour_offset, currency, pseudonymous: false, created_at })
            .await
            .unwrap();
        let key = ApiKey {
            hash: mint::key_hash(&tenant.key),
            tenant: tenant.id.clone(),
            purpose: records::Purpose::Project(ProjectId::new("shop").unwrap()),
            hour_offset,
            currency,
            created_at,
            revoked_at: None,
        };
        records::api_key::create(table, &key).await.unwrap();
    }
}
