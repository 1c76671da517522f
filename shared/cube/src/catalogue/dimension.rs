//! What events can be told apart by.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The value of a dimension for events that say nothing of it.
pub const NONE: &str = "(none)";
/// The value that stands for all those that a cap has given up ([`crate::cap`]).
pub const OTHER: &str = "(other)";

macro_rules! dimensions {
    ($($(#[$doc:meta])* $variant:ident => $name:literal, $column:literal;)*) => {
        /// A dimension of one or more cubes: a column of labels, under a name that queries use.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "&'static str")]
        pub enum Dimension {
            $($(#[$doc])* $variant,)*
        }

        impl Dimension {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name by which queries group and filter.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The column of the events' schema that holds it.
            #[must_use]
            pub const fn column(self) -> &'static str {
                match self { $(Self::$variant => $column,)* }
            }
        }
    };
}

dimensions! {
    /// The project.
    Project => "project", "project";
    /// The user.
    User => "user", "user";
    /// The session.
    Session => "session", "session";
    /// The type of the event, as its family names it.
    Type => "type", "kind";
    /// The name of a custom event, else the event's type.
    Event => "event", "event";
    /// The user's plan.
    Plan => "plan", "plan";
    /// The page or screen.
    Page => "page", "page";
    /// The feature.
    Feature => "feature", "feature";
    /// What the event is about.
    Subject => "subject", "subject";
    /// `phone`, `tablet`, `desktop`.
    Device => "device", "device_type";
    /// `ios`, `android`, `web`.
    Platform => "platform", "platform";
    /// The operating system.
    Os => "os", "os";
    /// The browser.
    Browser => "browser", "browser";
    /// The app's version.
    AppVersion => "appVersion", "app_version";
    /// The country.
    Country => "country", "country";
    /// `utm_source`.
    Source => "source", "utm_source";
    /// `utm_medium`.
    Medium => "medium", "utm_medium";
    /// `utm_campaign`.
    Campaign => "campaign", "utm_campaign";
    /// Who serves an AI model.
    Provider => "provider", "provider";
    /// The AI model.
    Model => "model", "model";
    /// The service.
    Service => "service", "service";
    /// How hard an AI request was.
    Complexity => "complexity", "complexity";
    /// The language of an AI request.
    Language => "language", "language";
    /// Whether an AI request has a price: `true` or `false`.
    Priced => "priced", "priced";
    /// How a request or a transaction ended.
    Status => "status", "status";
    /// How a transaction was paid.
    PaymentMethod => "paymentMethod", "payment_method";
    /// The currency of an amount.
    Currency => "currency", "currency";
    /// The subscription.
    Subscription => "subscription", "subscription";
    /// `month`, `year`.
    Interval => "interval", "subscription_interval";
    /// The endpoint of a service.
    Endpoint => "endpoint", "endpoint";
    /// The HTTP method.
    Method => "method", "method";
    /// The HTTP status.
    StatusCode => "statusCode", "status_code";
    /// The name of a thing made.
    Name => "name", "name";
    /// The plan before a change.
    PlanFrom => "fromPlan", "plan_from";
    /// The plan after it.
    PlanTo => "toPlan", "plan_to";
}

impl Dimension {
    /// The dimension that queries call so.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|dimension| dimension.name() == name)
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Dimension> for &'static str {
    fn from(dimension: Dimension) -> Self {
        dimension.name()
    }
}

impl TryFrom<String> for Dimension {
    type Error = String;
    fn try_from(name: String) -> Result<Self, String> {
        Self::from_name(&name).ok_or_else(|| format!("{name} is not a dimension"))
    }
}
