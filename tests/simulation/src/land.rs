//! The functions as they are deployed, on the ports of a simulated world.

use crate::chance::Chance;
use crate::plan::Request;
use crate::tenants::Tenant;
use access::{Authenticator, TokenSettings};
use axum::body::Body;
use http::StatusCode;
use ingest::Ingest;
use memory::MemoryBucket;
use memory::simulation::{Channel, QueueRules, Shelf, SimulatedBucket, SimulatedQueue, SimulatedTable, World};
use model::accept::Retention;
use ports::{Bucket, Queue, Table};
use reader::{Cache, Reader};
use settle::{Rules, Settler};
use std::sync::Arc;
use store::Store;
use tower::ServiceExt;

/// Where events wait to be stored, as `template.yaml` has it.
const INTAKE: QueueRules = QueueRules { name: "intake", visibility_ms: 150_000, receives: 5 };
/// Where work waits to be done.
const WORK: QueueRules = QueueRules { name: "work", visibility_ms: 1_800_000, receives: 5 };
const CACHE_BYTES: usize = 512 * 1024;

/// Everything that outlives a process.
#[derive(Clone)]
pub struct Land {
    pub world: World,
    pub tenants: Arc<Vec<Tenant>>,
    pub shelf: Arc<Shelf>,
    pub objects: Arc<MemoryBucket>,
    pub intake: Arc<Channel>,
    pub work: Arc<Channel>,
    pub rules: Rules,
    /// What all readings keep for the next ones, as one function that never ends; too small for all of it.
    cache: Cache,
    chance: Arc<Chance>,
}

impl Land {
    pub fn new(world: &World, tenants: Vec<Tenant>) -> Self {
        let mut dice = world.dice();
        let rules = Rules {
            // Rounds and objects so small that a day takes several.
            round_events: *dice.pick(&[20, 1_000_000, 1_000_000]),
            log_object_bytes: *dice.pick(&[1, 1 << 20, 1 << 20]),
            ..Rules::default()
        };
        Self {
            world: world.clone(),
            tenants: Arc::new(tenants),
            shelf: Arc::default(),
            objects: Arc::default(),
            intake: Arc::new(Channel::new(INTAKE)),
            work: Arc::new(Channel::new(WORK)),
            rules,
            cache: Cache::of_bytes(CACHE_BYTES),
            chance: Arc::new(Chance::of(dice)),
        }
    }

    /// The table as a function of this name reaches it.
    pub fn table(&self, function: &'static str) -> Arc<dyn Table> {
        Arc::new(SimulatedTable::new(&self.world, function, &self.shelf))
    }

    fn bucket(&self, function: &'static str) -> Arc<dyn Bucket> {
        Arc::new(SimulatedBucket::new(&self.world, function, &self.objects))
    }

    /// The queue of work as a function of this name reaches it.
    pub fn work_queue(&self, function: &'static str) -> Arc<dyn Queue> {
        Arc::new(SimulatedQueue::new(&self.world, function, &self.work))
    }

    pub fn store(&self) -> Store {
        Store::new(self.table("store"), self.bucket("store"), self.world.clock())
    }

    pub fn settler(&self) -> Settler {
        Settler {
            table: self.table("aggregate"),
            bucket: self.bucket("aggregate"),
            clock: self.world.clock(),
            random: self.chance.clone(),
            rules: self.rules.clone(),
        }
    }

    pub fn reader(&self) -> Reader {
        Reader::new(self.table("query"), self.bucket("query")).with_cache(self.cache.clone())
    }

    /// Sends a request to a function that has just been started; whether it was acknowledged.
    pub fn send(&self, request: &Request) -> impl Future<Output = bool> + use<> {
        let tenant = &self.tenants[request.tenant];
        let mut sent = http::Request::post(request.path).header("x-api-key", &tenant.key).header("content-type", "application/json");
        if let Some(key) = &request.idempotency_key {
            sent = sent.header("idempotency-key", key);
        }
        let sent = sent.body(Body::from(request.body.clone())).unwrap();
        let router = ingest::router(self.ingest());
        async move {
            let status = router.oneshot(sent).await.unwrap().status();
            // What a client did wrong will be wrong again: the plan has nothing of the kind.
            assert!(status == StatusCode::OK || status.is_server_error(), "a request was answered with {status}");
            status == StatusCode::OK
        }
    }

    fn ingest(&self) -> Ingest {
        let token = TokenSettings {
            secret: Some("no token is ever sent here, and yet there is a secret".to_owned().into()),
            jwks_url: None,
            issuer: "weir".into(),
            audience: "weir".into(),
            tenant_claim: "tenant".into(),
            role_claim: "role".into(),
        };
        let secret = || "no service ever sends anything here, and yet there is a secret".to_owned().into();
        let settings =
            access::Settings { service_secret: secret(), pseudonym_secret: secret(), token, cache_seconds: 60, anonymous_limit: 100 };
        let table = self.table("ingest");
        Ingest {
            authenticator: Arc::new(Authenticator::new(table.clone(), settings)),
            table,
            queue: Arc::new(SimulatedQueue::new(&self.world, "ingest", &self.intake)),
            clock: self.world.clock(),
            random: self.chance.clone(),
            events_per_minute: 1_000_000,
            retention: Retention::default(),
            places: None,
        }
    }
}
