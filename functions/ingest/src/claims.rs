//! Holding claims (I4): when what the client sent first arrived, for times and corrections that depend on it.

use futures::{StreamExt, TryStreamExt, stream};
use model::accept::Claims;
use model::{TenantId, Timestamp};
use ports::Table;
use std::collections::HashMap;
use web::Problem;

/// Claims of a request's events that are made side by side.
const SIDE_BY_SIDE: usize = 16;

/// When each event of a request first arrived.
pub struct FirstReceived {
    otherwise: Timestamp,
    by_index: HashMap<usize, Timestamp>,
}

impl FirstReceived {
    /// When the event at this place first arrived.
    pub fn of(&self, index: usize) -> Timestamp {
        self.by_index.get(&index).copied().unwrap_or(self.otherwise)
    }
}

/// Makes the claims of a request.
pub async fn hold(table: &dyn Table, tenant: &TenantId, claims: Claims, received: Timestamp) -> Result<FirstReceived, Problem> {
    let claim = async |id: String| records::claim::first_arrival(table, tenant, &id, received).await.map_err(Problem::unavailable);
    match claims {
        Claims::None => Ok(FirstReceived { otherwise: received, by_index: HashMap::new() }),
        Claims::Request(id) => Ok(FirstReceived { otherwise: claim(id).await?, by_index: HashMap::new() }),
        Claims::Events(events) => {
            let each = events.into_iter().map(|(index, id)| {
                let first = claim(id);
                async move { first.await.map(|first| (index, first)) }
            });
            let by_index = stream::iter(each).buffer_unordered(SIDE_BY_SIDE).try_collect().await?;
            Ok(FirstReceived { otherwise: received, by_index })
        }
    }
}
