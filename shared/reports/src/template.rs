//! The templates, as data: which numbers of which cubes a report has, by what, and how each part is drawn. To add a part is to add a row.

use crate::period::{Period, Times};
use cube::catalogue;
use cube::query::{MetricQuery, Query, QueryFault, Range};

/// How many rows of the span before are read to find those of a ranking in.
pub(crate) const MOST_BEFORE: usize = 1000;

/// A kind of report.
#[derive(Debug, PartialEq, Eq)]
pub struct Template {
    /// The name that schedules use.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// What it tells of.
    pub description: &'static str,
    /// Over which time it is where nobody says.
    pub period: Period,
    /// Its parts.
    pub sections: &'static [Section],
}

/// A part of a report: one question, and for most one more about the span before.
#[derive(Debug, PartialEq)]
pub struct Section {
    /// Its name within the template.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// How it is drawn.
    pub kind: Kind,
    /// The cube that is asked.
    pub cube: &'static str,
    /// Its numbers, the first of which a chart shows and a ranking is ordered by.
    pub numbers: &'static [Shown],
    /// By which dimensions.
    pub by: &'static [&'static str],
}

impl Eq for Section {}

/// How a part is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Numbers of the whole span, each against the span before.
    Figures,
    /// A chart over time of one number.
    Series,
    /// The largest of a breakdown, at most so many, each against the span before.
    Ranking(usize),
}

/// A number, and how it is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// The cube's name for it.
    pub number: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// How it is read.
    pub form: Form,
}

/// How a number is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// In the catalogue's unit.
    Own,
    /// As a part of a whole.
    Share,
    /// As percent.
    Percent,
    /// As milliseconds.
    Millis,
    /// As an amount of the row's currency.
    Money,
    /// The part of a distribution that this share of its values does not exceed, in milliseconds.
    Quantile(f64),
}

const fn own(number: &'static str, title: &'static str) -> Shown {
    Shown { number, title, form: Form::Own }
}

const fn of(form: Form, number: &'static str, title: &'static str) -> Shown {
    Shown { number, title, form }
}

const fn figures(name: &'static str, title: &'static str, cube: &'static str, numbers: &'static [Shown]) -> Section {
    Section { name, title, kind: Kind::Figures, cube, numbers, by: &[] }
}

const fn series(name: &'static str, title: &'static str, cube: &'static str, numbers: &'static [Shown]) -> Section {
    Section { name, title, kind: Kind::Series, cube, numbers, by: &[] }
}

impl Section {
    const fn by(self, by: &'static [&'static str]) -> Self {
        Self { by, ..self }
    }

    const fn top(self, most: usize, by: &'static [&'static str]) -> Self {
        Self { kind: Kind::Ranking(most), by, ..self }
    }
}

const CURRENCY: &[&str] = &["currency"];

const REQUESTS: Shown = own("requests", "Requests");
const TOKENS: Shown = own("tokens", "Tokens");
const COST: Shown = own("cost", "Cost");
const ERRORS: Shown = of(Form::Share, "errorRate", "Failed");
const AI: &[Shown] = &[COST, REQUESTS, TOKENS, ERRORS, own("users", "Users"), of(Form::Quantile(0.95), "latency", "95% answered within")];
const AI_ROW: &[Shown] = &[COST, REQUESTS, TOKENS];
const BILL: &[Shown] = &[COST, own("inputCost", "Input"), own("outputCost", "Output"), REQUESTS, TOKENS];

const REVENUE: Shown = own("revenue", "Revenue");
const ORDERS: Shown = own("orders", "Orders");
const SALES: &[Shown] = &[
    REVENUE,
    ORDERS,
    of(Form::Money, "averageOrder", "Average order"),
    own("customers", "Customers"),
    own("refundAmount", "Refunded"),
    own("refunds", "Refunds"),
];
const SALES_ROW: &[Shown] = &[REVENUE, ORDERS];

const EVENTS: Shown = own("events", "Events");
const USERS: Shown = own("users", "Users");
const VISITS: &[Shown] = &[EVENTS, USERS, own("sessions", "Sessions")];
const SESSIONS: &[Shown] = &[of(Form::Millis, "sessionMean", "Average session"), of(Form::Share, "bounceRate", "Bounced")];
const VISITS_ROW: &[Shown] = &[EVENTS, USERS];

const P95: Shown = of(Form::Quantile(0.95), "responseTime", "95% answered within");
const HTTP: &[Shown] = &[
    REQUESTS,
    ERRORS,
    of(Form::Quantile(0.5), "responseTime", "Half answered within"),
    P95,
    of(Form::Quantile(0.99), "responseTime", "99% answered within"),
];
const HTTP_ROW: &[Shown] = &[REQUESTS, ERRORS, P95];
const RESOURCES: &[Shown] = &[
    of(Form::Percent, "cpuMean", "Processor"),
    of(Form::Percent, "memoryMean", "Memory"),
    of(Form::Percent, "diskMean", "Disk"),
    of(Form::Share, "cacheHitRate", "Cache hits"),
];

static ALL: [Template; 6] = [
    Template {
        name: "usage",
        title: "Usage and cost",
        description: "AI requests, tokens and cost: over time, by model, project, feature and user.",
        period: Period::Day,
        sections: &[
            figures("totals", "In total", "ai_requests", AI),
            series("cost", "Cost over time", "ai_requests", &[COST]),
            series("requests", "Requests over time", "ai_requests", &[REQUESTS]),
            figures("models", "By model", "ai_requests", AI_ROW).top(10, &["model"]),
            figures("projects", "By project", "ai_requests", AI_ROW).top(10, &["project"]),
            figures("features", "By feature", "ai_requests", AI_ROW).top(10, &["feature"]),
            figures("users", "By user", "ai_users", AI_ROW).top(10, &["user"]),
        ],
    },
    Template {
        name: "billing",
        title: "Billing",
        description: "The cost of AI usage and what was paid, by user and by project.",
        period: Period::Month,
        sections: &[
            figures("totals", "AI usage in total", "ai_requests", BILL),
            figures("projects", "AI usage by project", "ai_requests", BILL).top(1000, &["project"]),
            figures("users", "AI usage by user and project", "ai_users", BILL).top(1000, &["user", "project"]),
            figures("sales", "Payments in total", "sales", SALES_ROW).by(CURRENCY),
            figures("payments", "Payments by customer and project", "customers", SALES_ROW).top(1000, &["user", "project", "currency"]),
        ],
    },
    Template {
        name: "revenue",
        title: "Revenue",
        description: "Completed sales and refunds: over time, by plan, kind and payment method, each currency on its own.",
        period: Period::Week,
        sections: &[
            figures("totals", "In total", "sales", SALES).by(CURRENCY),
            series("revenue", "Revenue over time", "sales", &[REVENUE]).by(CURRENCY),
            series("orders", "Orders over time", "sales", &[ORDERS]),
            figures("plans", "By plan", "sales", SALES_ROW).top(10, &["plan", "currency"]),
            figures("types", "By kind", "sales", SALES_ROW).top(10, &["type", "currency"]),
            figures("methods", "By payment method", "sales", SALES_ROW).top(10, &["paymentMethod", "currency"]),
            figures("customers", "Best customers", "customers", SALES_ROW).top(10, &["user", "currency"]),
        ],
    },
    Template {
        name: "engagement",
        title: "Engagement",
        description: "Events, people and sessions: over time, by page, feature, device and country.",
        period: Period::Week,
        sections: &[
            figures("totals", "In total", "engagement_events", VISITS),
            figures("sessions", "Sessions", "sessions", SESSIONS),
            series("users", "Users over time", "engagement_events", &[USERS]),
            series("events", "Events over time", "engagement_events", &[EVENTS]),
            figures("pages", "By page", "engagement_events", VISITS_ROW).top(10, &["page"]),
            figures("features", "By feature", "engagement_events", VISITS_ROW).top(10, &["feature"]),
            figures("kinds", "By event", "engagement_events", VISITS_ROW).top(10, &["event"]),
            figures("devices", "By device", "engagement_devices", VISITS_ROW).top(5, &["device"]),
            figures("countries", "By country", "engagement_events", VISITS_ROW).top(5, &["country"]),
        ],
    },
    Template {
        name: "performance",
        title: "Performance",
        description: "Requests to services, their errors and how long they took, and what the services used.",
        period: Period::Day,
        sections: &[
            figures("totals", "In total", "http_requests", HTTP),
            series("requests", "Requests over time", "http_requests", &[REQUESTS]),
            series("latency", "95% answered within, over time", "http_requests", &[P95]),
            series("errors", "Failed over time", "http_requests", &[ERRORS]),
            figures("services", "By service", "http_requests", HTTP_ROW).top(10, &["service"]),
            figures("endpoints", "By endpoint", "http_requests", HTTP_ROW).top(10, &["endpoint"]),
            figures("statuses", "By status", "http_requests", &[REQUESTS]).top(10, &["statusCode"]),
            figures("resources", "Resources by service", "resources", RESOURCES).top(10, &["service"]),
        ],
    },
    Template {
        name: "digest",
        title: "Weekly digest",
        description: "Everything at a glance: people, revenue, AI usage and services.",
        period: Period::Week,
        sections: &[
            figures("people", "People", "users", &[USERS, EVENTS]),
            series("users", "Users over time", "users", &[USERS]),
            figures("revenue", "Revenue", "sales", SALES).by(CURRENCY),
            series("sales", "Revenue over time", "sales", &[REVENUE]).by(CURRENCY),
            figures("ai", "AI usage", "ai_requests", AI),
            series("cost", "AI cost over time", "ai_requests", &[COST]),
            figures("models", "AI cost by model", "ai_requests", AI_ROW).top(5, &["model"]),
            figures("services", "Services", "http_requests", HTTP),
        ],
    },
];

/// All templates.
#[must_use]
pub fn all() -> &'static [Template] {
    &ALL
}

/// The template of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Template> {
    ALL.iter().find(|template| template.name == name)
}

impl Template {
    /// What is asked for a report about this time, in order: for each part what it shows, and after it where it has one, the span before.
    ///
    /// # Errors
    /// Where the catalogue no longer has what a part asks for.
    pub fn queries(&self, times: &Times) -> Result<Vec<Query>, Vec<QueryFault>> {
        self.sections.iter().flat_map(|section| section.queries(times)).map(|query| query.check()).collect()
    }
}

impl Section {
    /// What is asked for it: one question, or also one about the span before.
    #[must_use]
    pub fn queries(&self, times: &Times) -> Vec<MetricQuery> {
        let ask = |range: Range| {
            let numbers: Vec<&str> = self.numbers.iter().map(|shown| shown.number).collect();
            let mut once = numbers.clone();
            once.dedup();
            let query = MetricQuery { timezone: times.timezone, ..MetricQuery::new(self.cube, &once, range) };
            self.by.iter().fold(query, |query, dimension| query.by(dimension))
        };
        match self.kind {
            Kind::Figures => vec![ask(times.range), ask(times.before)],
            Kind::Series => vec![ask(times.range).every(times.granularity, times.timezone)],
            // One more than is shown, by which it is seen that there are more.
            Kind::Ranking(most) => {
                let by = self.first();
                vec![ask(times.range).top(most + 1, by), ask(times.before).top(MOST_BEFORE.max(most + 1), by)]
            }
        }
    }

    fn first(&self) -> &'static str {
        self.numbers.first().map_or("", |shown| shown.number)
    }

    /// The place of a number among those that are asked for.
    pub(crate) fn place(&self, shown: &Shown) -> usize {
        let mut once: Vec<&str> = self.numbers.iter().map(|one| one.number).collect();
        once.dedup();
        once.iter().position(|name| *name == shown.number).unwrap_or(usize::MAX)
    }

    pub(crate) fn unit(&self, shown: &Shown) -> Option<catalogue::Unit> {
        catalogue::cube(self.cube)?.unit(shown.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Tz;
    use model::{HourOffset, Timestamp};

    #[test]
    fn every_part_of_every_template_is_a_question_that_the_catalogue_answers() {
        for template in all() {
            let times = template.period.before(Timestamp::from_millis(1_795_239_000_000), Tz::UTC, HourOffset::default());
            let queries = template.queries(&times).unwrap_or_else(|faults| panic!("{}: {faults:?}", template.name));
            assert!(queries.len() >= template.sections.len());
            let mut names: Vec<&str> = template.sections.iter().map(|section| section.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), template.sections.len(), "{}", template.name);
        }
    }

    #[test]
    fn what_is_money_is_told_by_currency() {
        for section in all().iter().flat_map(|template| template.sections) {
            let has_money =
                section.numbers.iter().any(|shown| section.unit(shown) == Some(catalogue::Unit::Money) || shown.form == Form::Money);
            assert!(!has_money || section.by.contains(&"currency"), "{}", section.name);
        }
    }

    #[test]
    fn a_chart_over_time_shows_one_number() {
        for section in all().iter().flat_map(|template| template.sections).filter(|section| section.kind == Kind::Series) {
            assert_eq!(section.numbers.len(), 1, "{}", section.name);
        }
    }
}
