//! What the headers of a request tell of the visitor who sent it, for what an event does not say itself.

use crate::event::Engagement;

/// A visitor's browser, device and country, as far as they are known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Visitor {
    /// The browser.
    pub browser: Option<String>,
    /// The operating system.
    pub os: Option<String>,
    /// Its version.
    pub os_version: Option<String>,
    /// `phone`, `tablet`, `desktop`.
    pub device_type: Option<String>,
    /// The country (ISO 3166-1 alpha-2).
    pub country: Option<String>,
}

impl Visitor {
    /// Says of an event what it does not say itself. A platform that is named is the operating system.
    pub(super) fn complete(&self, facts: &mut Engagement) {
        let fill = |said: &mut Option<String>, known: &Option<String>| {
            if said.is_none() {
                said.clone_from(known);
            }
        };
        if facts.os.is_none() && facts.platform.is_none() {
            facts.os.clone_from(&self.os);
            fill(&mut facts.os_version, &self.os_version);
        }
        fill(&mut facts.browser, &self.browser);
        fill(&mut facts.device_type, &self.device_type);
        fill(&mut facts.country, &self.country);
    }
}
