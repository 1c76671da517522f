//! What a dashboard is, as it is sent, kept and answered.

use crate::catalogue::QueryBody;
use records::Dashboard;
use records::dashboard::Sharing;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use web::Problem;

/// The most widgets that a dashboard may have: what all of them come to is one answer.
pub(super) const MOST_WIDGETS: usize = 30;

/// Who may see a dashboard besides its owner and the tenant's admins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DashboardSharing {
    /// Nobody.
    #[default]
    Private,
    /// Everybody of the tenant; a user sees its own numbers in it.
    Tenant,
}

impl From<Sharing> for DashboardSharing {
    fn from(sharing: Sharing) -> Self {
        match sharing {
            Sharing::Private => Self::Private,
            Sharing::Tenant => Self::Tenant,
        }
    }
}

impl From<DashboardSharing> for Sharing {
    fn from(sharing: DashboardSharing) -> Self {
        match sharing {
            DashboardSharing::Private => Self::Private,
            DashboardSharing::Tenant => Self::Tenant,
        }
    }
}

/// How a widget is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Chart {
    /// One number for each metric: no groups and no series.
    Number,
    /// A line for each metric and group over time: a series.
    Line,
    /// The same, filled: a series.
    Area,
    /// A bar for each group, or in a series for each bucket of time.
    Bar,
    /// A part of a whole for each group: one metric, by dimensions, no series.
    Pie,
    /// A column for each metric in the order given, as steps from the first to the last: two metrics at least, no groups and no series.
    Funnel,
    /// One metric by two dimensions, or by one over time.
    Heatmap,
    /// Rows and columns: anything.
    Table,
}

/// Where a widget is, on a grid of 12 columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Layout {
    /// The first column.
    #[schema(minimum = 0, maximum = 11)]
    pub x: u32,
    /// The first row.
    #[schema(minimum = 0, maximum = 999)]
    pub y: u32,
    /// How many columns.
    #[schema(minimum = 1, maximum = 12)]
    pub width: u32,
    /// How many rows.
    #[schema(minimum = 1, maximum = 100)]
    pub height: u32,
}

/// A question, and how its answer is drawn.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Widget {
    /// Its name within the dashboard: letters, digits, `-` and `_`. By its place, `w1`, `w2` and so on, where not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    pub id: Option<String>,
    /// What people call it.
    #[schema(min_length = 1, max_length = 256)]
    pub title: String,
    /// How it is drawn.
    pub chart: Chart,
    /// What it asks: as `POST /api/v1/analytics/query` takes it, without `cursor`.
    pub query: QueryBody,
    /// Where it is; wherever there is room, where not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
}

/// What is kept of a dashboard as text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Document {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub widgets: Vec<Widget>,
}

impl Document {
    /// What a record keeps.
    pub fn of(kept: &Dashboard) -> Result<Self, Problem> {
        let document: Self = serde_json::from_str(&kept.document).map_err(Problem::internal)?;
        Ok(Self { name: kept.name.clone(), ..document })
    }

    /// As a record keeps it.
    pub fn text(&self) -> Result<String, Problem> {
        serde_json::to_string(self).map_err(Problem::internal)
    }
}

/// A dashboard to keep: made, or written over another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "name": "Models", "sharing": "tenant",
    "widgets": [
        {"id": "cost", "title": "Cost by model", "chart": "bar", "query": {"metrics": ["cost"], "groupBy": ["model"], "range": {"period": "30d"}, "limit": 10},
            "layout": {"x": 0, "y": 0, "width": 6, "height": 4}},
        {"title": "Requests", "chart": "line", "query": {"metrics": ["requests"], "granularity": "day", "range": {"period": "30d"}}},
    ],
}))]
pub(crate) struct NewDashboard {
    /// What people call it.
    #[schema(min_length = 1, max_length = 256)]
    pub name: String,
    /// What it is for.
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// Who else may see it; nobody, where not given.
    #[serde(default)]
    pub sharing: DashboardSharing,
    /// What it shows. Either these, or `copyOf`.
    #[schema(value_type = Option<Vec<Widget>>, max_items = 30)]
    pub widgets: Option<Vec<Value>>,
    /// The id of a dashboard that you may see, a ready-made one too, whose widgets it gets.
    #[schema(max_length = 64)]
    pub copy_of: Option<String>,
}

/// A dashboard.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DashboardInfo {
    /// Its id; `ready:…` of one that comes with Weir.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whose it is; `null` of one that comes with Weir, and of one whose owner was erased.
    pub owner: Option<String>,
    /// Who else may see it.
    pub sharing: DashboardSharing,
    /// Whether you may change it.
    pub editable: bool,
    /// How often it was written: its `ETag`.
    pub version: u64,
    /// When it was made; `null` of one that comes with Weir.
    #[schema(format = DateTime)]
    pub created_at: Option<String>,
    /// When it was last written; `null` of one that comes with Weir.
    #[schema(format = DateTime)]
    pub updated_at: Option<String>,
    /// What it shows.
    pub widgets: Vec<Widget>,
}

/// Whose a dashboard is; nobody's where who shared it was erased.
pub(super) fn owner_of(kept: &Dashboard) -> Option<String> {
    Some(kept.owner.clone()).filter(|owner| !owner.is_empty())
}

impl DashboardInfo {
    /// One that somebody keeps, as a visitor sees it who may change it or not.
    pub fn of_kept(kept: &Dashboard, document: Document, editable: bool) -> Self {
        Self {
            id: kept.id.clone(),
            name: document.name,
            description: document.description,
            owner: owner_of(kept),
            sharing: kept.sharing.into(),
            editable,
            version: kept.version,
            created_at: Some(kept.created_at.to_string()),
            updated_at: Some(kept.updated_at.to_string()),
            widgets: document.widgets,
        }
    }

    /// One that comes with Weir.
    pub fn of_ready(id: &str, document: Document) -> Self {
        Self {
            id: id.to_owned(),
            name: document.name,
            description: document.description,
            owner: None,
            sharing: DashboardSharing::Tenant,
            editable: false,
            version: 1,
            created_at: None,
            updated_at: None,
            widgets: document.widgets,
        }
    }
}
