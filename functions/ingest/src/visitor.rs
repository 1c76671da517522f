//! Who visits, as far as the headers of a request and the address it comes from tell: the browser and device by the user agent, the country by
//! what a CDN says of it, or else by a database of addresses that the owner provides. The address itself is kept nowhere.

use http::HeaderMap;
use maxminddb::Reader;
use model::accept::Visitor;
use serde::Deserialize;
use std::net::IpAddr;
use std::path::Path;
use woothee::parser::Parser;

/// Headers in which CDNs tell a visitor's country: of `CloudFront`, Cloudflare, Vercel and App Engine.
const COUNTRY_HEADERS: [&str; 4] = ["cloudfront-viewer-country", "cf-ipcountry", "x-vercel-ip-country", "x-appengine-country"];
/// What they say where they do not know, or where the visitor hides.
const NO_COUNTRY: [&str; 3] = ["XX", "ZZ", "T1"];
/// What woothee says where it does not know.
const UNKNOWN: &str = "UNKNOWN";

/// A database that tells the country of an address, in `MaxMind`'s format.
pub struct Places(Reader<Vec<u8>>);

/// The part of a record of `GeoIP2` and `GeoLite2`, country or city, that is of interest.
#[derive(Deserialize)]
struct Place {
    country: Option<Country>,
}

#[derive(Deserialize)]
struct Country {
    iso_code: Option<String>,
}

impl Places {
    /// The database in a file.
    ///
    /// # Errors
    /// Where the file cannot be read, or is none.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, maxminddb::MaxMindDbError> {
        Reader::open_readfile(path).map(Self)
    }

    fn country(&self, address: IpAddr) -> Option<String> {
        let place: Place = self.0.lookup(address).ok()?.decode().ok()??;
        place.country?.iso_code
    }
}

/// What is known of whoever sent a request with these headers, from this address.
pub fn visitor(headers: &HeaderMap, address: Option<IpAddr>, places: Option<&Places>) -> Visitor {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let told = COUNTRY_HEADERS.iter().find_map(|name| text(name).and_then(country));
    let looked_up = || places.and_then(|places| places.country(address?)).as_deref().and_then(country);
    Visitor { country: told.or_else(looked_up), ..text("user-agent").map(by_user_agent).unwrap_or_default() }
}

/// A country's code, in capitals.
fn country(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    (is_code && !NO_COUNTRY.contains(&code.as_str())).then_some(code)
}

fn by_user_agent(agent: &str) -> Visitor {
    let Some(found) = Parser::new().parse(agent) else { return Visitor::default() };
    let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty() && text != UNKNOWN);
    let (os, is_tablet) = match found.os {
        "iPhone" | "iPod" => ("iOS", false),
        "iPad" => ("iOS", true),
        // Browsers on tablets leave the word out. <https://developer.chrome.com/docs/multidevice/user-agent>
        "Android" => ("Android", !agent.contains("Mobile")),
        "Mac OSX" => ("macOS", false),
        other if other.starts_with("Windows ") && !other.starts_with("Windows Phone") => ("Windows", false),
        other => (other, false),
    };
    let device_type = match found.category {
        _ if is_tablet => "tablet",
        "pc" => "desktop",
        "smartphone" | "mobilephone" => "phone",
        "appliance" => "console",
        "crawler" => "crawler",
        // Libraries that speak HTTP are nobody's browser.
        _ => return Visitor::default(),
    };
    Visitor {
        browser: known(found.name),
        os: known(os),
        os_version: known(&found.os_version),
        device_type: known(device_type),
        country: None,
    }
}

#[cfg(test)]
mod tests;
