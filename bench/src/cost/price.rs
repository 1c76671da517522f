//! What is paid for, and how much: the public prices of us-east-1, in US dollars, without any free tier but CloudWatch's ten alarms and
//! ten metrics.

/// A price: so many dollars for so many units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    pub dollars: f64,
    pub per: f64,
    pub unit: &'static str,
    pub source: &'static str,
}

const MILLION: f64 = 1e6;

const fn price(dollars: f64, per: f64, unit: &'static str, source: &'static str) -> Price {
    Price { dollars, per, unit, source }
}

macro_rules! parts {
    ($($(#[$doc:meta])* $variant:ident => $name:literal, $price:expr;)*) => {
        /// What is paid for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Part {
            $($(#[$doc])* $variant,)*
        }

        impl Part {
            /// All of them, in the order of a table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// How the page calls it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it costs.
            pub const fn price(self) -> Price {
                match self { $(Self::$variant => $price,)* }
            }
        }
    };
}

parts! {
    /// Requests of an HTTP API, of 512 KB each.
    Requests => "HTTP API requests", price(1.00, MILLION, "requests", "https://aws.amazon.com/api-gateway/pricing/");
    /// Calls of functions.
    Invocations => "Lambda requests", price(0.20, MILLION, "requests", "https://aws.amazon.com/lambda/pricing/");
    /// Gigabytes of memory for a second, on arm64.
    Compute => "Lambda time", price(0.000_013_333_4, 1.0, "GB-seconds", "https://aws.amazon.com/lambda/pricing/");
    /// Requests to a standard queue, of 64 KiB each.
    Queue => "SQS requests", price(0.40, MILLION, "requests of 64 KiB", "https://aws.amazon.com/sqs/pricing/");
    /// Write units of the table, its index included.
    Writes => "DynamoDB write units", price(0.625, MILLION, "units", "https://aws.amazon.com/dynamodb/pricing/on-demand/");
    /// Read units of the table.
    Reads => "DynamoDB read units", price(0.125, MILLION, "units", "https://aws.amazon.com/dynamodb/pricing/on-demand/");
    /// Objects put, and listings.
    Puts => "S3 puts and lists", price(5.00, MILLION, "requests", "https://aws.amazon.com/s3/pricing/");
    /// Objects got.
    Gets => "S3 gets", price(0.40, MILLION, "requests", "https://aws.amazon.com/s3/pricing/");
    /// Objects kept.
    ObjectStorage => "S3 storage", price(0.023, 1.0, "GB for a month", "https://aws.amazon.com/s3/pricing/");
    /// Items kept, and their copies of each moment.
    TableStorage => "DynamoDB storage and recovery", price(0.25 + 0.20, 1.0, "GB for a month", "https://aws.amazon.com/dynamodb/pricing/on-demand/");
    /// Log lines taken in.
    Logs => "CloudWatch logs", price(0.50, 1.0, "GB", "https://aws.amazon.com/cloudwatch/pricing/");
    /// Schedules that went off.
    Schedules => "EventBridge Scheduler", price(1.00, MILLION, "invocations", "https://aws.amazon.com/eventbridge/pricing/");
    /// Alarms on one metric, above ten.
    Alarms => "CloudWatch alarms", price(0.10, 1.0, "alarms a month", "https://aws.amazon.com/cloudwatch/pricing/");
    /// Metrics of one's own, above ten.
    Metrics => "CloudWatch metrics", price(0.30, 1.0, "metrics a month", "https://aws.amazon.com/cloudwatch/pricing/");
}

impl Price {
    /// What so much costs, in dollars.
    pub fn of(self, amount: f64) -> f64 {
        amount / self.per * self.dollars
    }
}
