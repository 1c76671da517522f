use super::*;
use http::HeaderValue;

#[expect(clippy::unnecessary_wraps, reason = "what is compared with is there or not")]
fn said(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_user_agent_tells_browser_system_and_kind_of_device() {
    let check = |agent: &str, browser: &str, os: &str, version: &str, device: &str| {
        let expect = Visitor { browser: said(browser), os: said(os), os_version: said(version), device_type: said(device), country: None };
        assert_eq!(by_user_agent(agent), expect, "{agent}");
    };
    let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
    check(
        &format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/120.0.0.0 Safari/537.36"),
        "Chrome",
        "Windows",
        "NT 10.0",
        "desktop",
    );
    check(
        &format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91"),
        "Edge",
        "Windows",
        "NT 10.0",
        "desktop",
    );
    check("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:121.0) Gecko/20100101 Firefox/121.0", "Firefox", "macOS", "10.15", "desktop");
    let safari = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1";
    check(&format!("Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) {safari}"), "Safari", "iOS", "17.2", "phone");
    check(&format!("Mozilla/5.0 (iPad; CPU OS 17_2 like Mac OS X) {safari}"), "Safari", "iOS", "17.2", "tablet");
    check(
        &format!("Mozilla/5.0 (Linux; Android 14; Pixel 8) {webkit} Chrome/120.0.0.0 Mobile Safari/537.36"),
        "Chrome",
        "Android",
        "14",
        "phone",
    );
    check(
        &format!("Mozilla/5.0 (Linux; Android 13; SM-X200) {webkit} Chrome/120.0.0.0 Safari/537.36"),
        "Chrome",
        "Android",
        "13",
        "tablet",
    );
}

#[test]
fn a_program_is_no_browser() {
    for agent in ["weir-demo/1.0", "python-requests/2.32.3", "curl/8.5.0", "okhttp/4.12.0", "Java/17.0.1", "", "()", "\u{e9}"] {
        assert_eq!(by_user_agent(agent), Visitor::default(), "{agent}");
    }
}

#[test]
fn a_cdn_tells_the_country() {
    let check = |name: &'static str, value: &str, expect: Option<&str>| {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        assert_eq!(visitor(&headers, None, None).country.as_deref(), expect, "{name}: {value}");
    };
    check("cloudfront-viewer-country", "DE", Some("DE"));
    check("cf-ipcountry", "in", Some("IN"));
    check("x-vercel-ip-country", "US", Some("US"));
    for no_country in ["XX", "T1", "", "Germany", "<>"] {
        check("cloudfront-viewer-country", no_country, None);
    }
}

/// A database in `MaxMind`'s format that puts the lower half of all addresses into one country.
/// <https://maxmind.github.io/MaxMind-DB/>
fn database() -> Vec<u8> {
    fn string(text: &str) -> Vec<u8> {
        let mut bytes = vec![0x40 | u8::try_from(text.len()).unwrap()];
        bytes.extend(text.bytes());
        bytes
    }
    let map = |pairs: &[(&str, Vec<u8>)]| {
        let mut bytes = vec![0xe0 | u8::try_from(pairs.len()).unwrap()];
        bytes.extend(pairs.iter().flat_map(|(name, value)| [string(name), value.clone()].concat()));
        bytes
    };
    let small = |kind: u8, value: u8| if kind > 7 { vec![1, kind - 7, value] } else { vec![kind << 5 | 1, value] };
    // One node of two records of 24 bits: what begins with 0 is at the beginning of the data, what begins with 1 is not there.
    let tree = [0, 0, 17, 0, 0, 1];
    let data = map(&[("country", map(&[("iso_code", string("GB"))]))]);
    let metadata = map(&[
        ("binary_format_major_version", small(5, 2)),
        ("binary_format_minor_version", small(5, 0)),
        ("build_epoch", small(9, 1)),
        ("database_type", string("Test-Country")),
        ("description", map(&[])),
        ("ip_version", small(5, 4)),
        ("languages", vec![0, 4]),
        ("node_count", small(6, 1)),
        ("record_size", small(5, 24)),
    ]);
    [&tree[..], &[0; 16], &data, b"\xab\xcd\xefMaxMind.com", &metadata].concat()
}

#[test]
fn an_address_has_the_country_that_the_owners_database_says_unless_a_cdn_says_another() {
    let file = std::env::temp_dir().join(format!("weir-places-{}.mmdb", std::process::id()));
    std::fs::write(&file, database()).unwrap();
    let places = Places::open(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let country = |headers: &HeaderMap, address: &str| visitor(headers, Some(address.parse().unwrap()), Some(&places)).country;
    let mut headers = HeaderMap::new();
    assert_eq!(country(&headers, "81.2.69.160"), said("GB"));
    assert_eq!(country(&headers, "192.0.2.1"), None);
    assert_eq!(country(&headers, "2001:db8::1"), None);
    headers.insert("cloudfront-viewer-country", HeaderValue::from_static("FR"));
    assert_eq!(country(&headers, "81.2.69.160"), said("FR"));
    assert!(Places::open(file).is_err());
}
