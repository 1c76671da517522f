//! What the document says of the API as a whole.

use crate::access::schemes;
use crate::merge::operations;
use std::collections::BTreeSet;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{InfoBuilder, LicenseBuilder, OpenApi, Server};

const CONVENTIONS: &str = "\
Weir counts events: send them to a URL, and a few seconds later they are in the answers.

**Time.** `startDate` and `endDate` are ISO 8601: a date (whole days, the end included) or a date-time (the end excluded). Or `period`: \
`24h`, `7d`, `30d` and the like roll, `day`, `week`, `month`, `quarter` and `year` run from the start of the calendar period in \
`timezone`; both end now. Without any of them, the last 30 days. `granularity` is `hour`, `day`, `week` or `month`; weeks start on \
Monday. `timezone` is an IANA name, UTC where none is given.

**Narrowing.** Any dimension that an operation names is a parameter; given several times, any of its values passes. A parameter that is \
not known is refused, and the answer lists those that are. A list that goes on has a `nextCursor`: send it as `cursor`.

**Exactness.** Every answer of numbers has `meta`: the range that was read, how far its numbers are settled (`settledThrough`: each event \
counted once from there back), and which of them a sketch estimated (`approximate`). Money is exact; amounts of different currencies are \
never added.

**Caching.** Answers of numbers have an `ETag` and a `Cache-Control`; `If-None-Match` is answered with 304.

**Sending.** An event is counted once, however often it is sent, by the ids that it carries. Bodies may be compressed (`Content-Encoding: \
gzip` or `zstd`). An unknown member of a body is kept under `properties`, never refused.

**Failures** are RFC 9457 problems (`application/problem+json`), and list every fault of the input at once. 429 and 503 say when to try \
again (`Retry-After`); a limit's state is in `RateLimit` and `RateLimit-Policy`. Whatever fails on our side answers 5xx, never 4xx, and \
may be sent again whole. A path or method that there is not answers 404 or 405.

**Requests** may carry an `X-Request-Id`; it, or one that is made, comes back and is in every line of the log.
";

/// Everything there is to do, in the order in which one comes to need it.
const TAGS: &[(&str, &str)] = &[
    ("writes", "Send what happens: in apps, on a platform, in services, to AI models, to money."),
    ("platform", "One user's usage and costs, a platform at a glance, any metric over time."),
    ("stats", "All that is counted of one family, in one answer."),
    ("glance", "All families at a glance."),
    ("analytics", "Totals, series and rankings for a tenant's admins, and a user's own usage."),
    ("users", "How many there are, how many are active, who stays."),
    ("chat", "Messages, conversations, their providers, tokens and sessions."),
    ("revenue", "Revenue, what of it recurs, and who leaves."),
    ("providers", "What each provider of AI models was asked, cost, and how it performed."),
    ("catalogue", "Every metric there is, and questions of one's own."),
    ("dashboards", "Questions kept with how they are drawn, and what all of them come to in one call."),
    ("budgets", "How much a user, a project or the tenant may use, and what is left."),
    ("reports", "Reports now and on schedules, and what became of each."),
    ("exports", "Events, users and figures as files, and the jobs that make large ones."),
    ("administration", "Projects, keys, prices, and who changed what."),
    ("persons", "What is known of a person, and its erasure."),
    ("prometheus", "Metrics for a Prometheus."),
    ("health", "Whether it works."),
    ("contract", "This document."),
];

/// Adds the title, the conventions, the server, the kinds of credentials, and the tags that are used, in a reader's order.
pub(crate) fn describe(document: &mut OpenApi) {
    let license = LicenseBuilder::new().name("Apache-2.0 OR MIT").identifier(Some("Apache-2.0 OR MIT")).build();
    document.info =
        InfoBuilder::new().title("Weir").version(env!("CARGO_PKG_VERSION")).description(Some(CONVENTIONS)).license(Some(license)).build();
    let mut server = Server::new("/");
    server.description = Some("The deployment that answers this document.".to_owned());
    document.servers = Some(vec![server]);
    document.components.get_or_insert_default().security_schemes.extend(schemes());
    let used: BTreeSet<String> = tags_of(document).collect();
    let tags = TAGS.iter().filter(|(name, _)| used.contains(*name));
    document.tags = Some(tags.map(|(name, what)| TagBuilder::new().name(*name).description(Some(*what)).build()).collect());
}

fn tags_of(document: &mut OpenApi) -> impl Iterator<Item = String> {
    let all = document.paths.paths.values_mut().flat_map(operations);
    all.flat_map(|(_, operation)| operation.tags.clone().unwrap_or_default())
}
