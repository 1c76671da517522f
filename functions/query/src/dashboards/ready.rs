//! The dashboards that come with Weir, one for each family: data (`ready.json`), read as what people keep is.

use super::document::Document;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What their ids begin with, and nobody else's: what people keep has no colon in its id.
const PREFIX: &str = "ready:";

static READY: LazyLock<BTreeMap<String, Document>> = LazyLock::new(|| {
    // That it reads is tested: a process without these still answers everything else.
    serde_json::from_str(include_str!("ready.json")).unwrap_or_default()
});

/// Whether an id is of this kind.
pub(super) fn is_ready(id: &str) -> bool {
    id.starts_with(PREFIX)
}

/// The dashboard of this id.
pub(super) fn document(id: &str) -> Option<Document> {
    READY.get(id).cloned()
}

/// All of them, with their ids.
pub(super) fn all() -> impl Iterator<Item = (&'static str, Document)> {
    READY.iter().map(|(id, document)| (id.as_str(), document.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_for_each_family_and_its_widgets_have_names_of_their_own() {
        let ids: Vec<&str> = all().map(|(id, _)| id).collect();
        assert_eq!(ids, ["ready:ai", "ready:engagement", "ready:lifecycle", "ready:performance", "ready:sales"]);
        assert_eq!(ids.len(), model::Family::ALL.len());
        for (id, document) in all() {
            let names: std::collections::BTreeSet<_> = document.widgets.iter().map(|widget| widget.id.clone().unwrap()).collect();
            assert_eq!(names.len(), document.widgets.len(), "{id}");
        }
    }
}
