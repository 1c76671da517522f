use super::*;
use crate::{TenantId, UserId};
use proptest::prelude::*;
use serde_json::json;

const SECRET: &[u8] = b"5f1c0a9be27d43688f0b6c1d2e934a75";

fn pseudonyms(tenant: &str, all: bool) -> Pseudonyms {
    Pseudonyms::of(SECRET, &TenantId::new(tenant).unwrap(), all)
}

fn cleaned(value: Value) -> (Value, Vec<String>) {
    let Value::Object(mut members) = value else { panic!("an object") };
    let notices = clean(&mut members, &Place::Body, &pseudonyms("acme", false));
    (Value::Object(members), notices.into_iter().map(|notice| notice.pointer).collect())
}

/// What each rule must find, and what becomes of it.
const SAMPLES: &[(&str, &str)] = &[
    ("ada.lovelace@mail.example", "[email]"),
    ("Ada_L+news@sub.mail-1.example", "[email]"),
    ("ärger@bücher.example", "[email]"),
    ("ada%40mail.example", "[email]"),
    ("+49 170 1234567", "[phone]"),
    ("+15551234567", "[phone]"),
    ("(555) 123-4567", "[phone]"),
    ("555-123-4567", "[phone]"),
    ("1-555-123-4567", "[phone]"),
    ("0171 1234567", "[phone]"),
    ("4111 1111 1111 1111", "[card]"),
    ("4111-1111-1111-1111", "[card]"),
    ("4111111111111111", "[card]"),
    ("5555555555554444", "[card]"),
    ("3782 822463 10005", "[card]"),
    ("6011111111111117", "[card]"),
    ("30569309025904", "[card]"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl", "[secret]"),
    ("sk-ant-api03-abcDEF0123456789xyz", "[secret]"),
    ("sk_live_4eC39HqLyjWDarjtT1", "[secret]"),
    ("AKIAIOSFODNN7EXAMPLE", "[secret]"),
    ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "[secret]"),
    ("xoxb-123456789012-abcdef", "[secret]"),
    ("wk_acme_0123456789abcdefghijABCDEFGHIJ0123456789abc", "[secret]"),
    ("Bearer 6f1c0a9be27d4368", "[secret]"),
    ("Basic YWRhOmxvdmVsYWNl", "[secret]"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow==\n-----END RSA PRIVATE KEY-----", "[secret]"),
    ("203.0.113.77", "203.0.113.0"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
    ("::ffff:203.0.113.77", "::ffff:203.0.113.0"),
];

#[test]
fn each_rule_finds_its_samples_alone_and_among_words() {
    for (sample, instead) in SAMPLES {
        for (before, after) in [("", ""), ("see ", " there"), ("(", ")"), ("\"", "\""), ("é ", " é"), ("a, ", ", b"), ("x=", "&y")] {
            let text = format!("{before}{sample}{after}");
            assert_eq!(redact(&text, true), format!("{before}{instead}{after}"), "{text}");
        }
    }
    let names: std::collections::BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), RULES.len());
}

#[test]
fn what_stands_in_an_address_of_the_web_is_found_there() {
    let check = |text: &str, expect: &str| assert_eq!(redact(text, true), expect);
    check("https://ada:pa55@host.example/x", "https://[secret]@host.example/x");
    check("https://host.example/u/ada@mail.example/orders?email=ada@mail.example", "https://host.example/u/[email]/orders?email=[email]");
    check("/reset?access_token=abc123&next=/home", "/reset?access_token=[secret]&next=/home");
    check("http://203.0.113.77:8080/x", "http://203.0.113.0:8080/x");
    check("[2001:db8:1:2::9]:443", "[2001:db8:1::]:443");
    check("call 555-123-4567 2 times, or +1 555 123 4567 20240103", "call [phone] 2 times, or [phone] 20240103");
    check("card 4111 1111 1111 1111 12/27", "card [card] 12/27");
}

#[test]
fn what_is_nobodys_stays_as_it_is() {
    let untouched = [
        "",
        "Home",
        "2024-01-03T12:00:00Z",
        "2024-01-03T12:00:00.123456+02:00",
        "2023-11-16 18:17:03.9799600",
        "1704283202000",
        "1704283202000123",
        "1704283202000123456",
        "550e8400-e29b-41d4-a716-446655440000",
        "12345678-1234-1234-1234-123456789012",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "01HQZX3V5N8Y7K2M4P6R9T0WAB",
        "17.2",
        "1.0.0",
        "v1.2.3-beta.4+build.5678",
        "10.0.19045.2486",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.109 Safari/537.36",
        "gpt-4-0125-preview",
        "claude-3-opus-20240229",
        "1234567890123456",
        "0.4111111111111111",
        "4111111111111111.25",
        "1,234,567.89",
        "1234567.891",
        "12:00:00",
        "00:1A:2B:3C:4D:5E",
        "std::vec::Vec",
        "a::b",
        "logo@2x.png",
        "@acme/ui",
        "npm i @acme/ui",
        "key=home",
        "risk-free",
        "task-management-for-everybody",
        "sk-learn-for-everybody",
        "basic understanding of things",
        "bearer of bad news",
        "order-20240103-000123",
        "INV-2024-000123-4567",
        "project_abc.1234567",
        "100.200.3000",
        "(1) 2 (3) 4 (5) 6 (7)",
        "+00:00",
        "0000012345",
        "978-3-16-148410-0",
        "p_0123456789abcdef0123456789abcdef",
    ];
    for text in untouched {
        assert_eq!(redact(text, true), text);
    }
    assert_eq!(redact("1.2.3.4", false), "1.2.3.4", "a version may look like an address");
}

#[test]
fn nothing_in_the_real_data_sets_is_taken_for_personal() {
    for text in [
        include_str!("../../../../data/azure_llm_code.csv"),
        include_str!("../../../../data/cdnow_sample.txt"),
        include_str!("../../../../data/model_prices.csv"),
        include_str!("../../../../data/model_aliases.csv"),
    ] {
        for line in text.lines() {
            assert_eq!(redact(line, true), line);
            for cell in line.split([',', ' ']) {
                assert_eq!(redact(cell, true), cell);
            }
        }
    }
}

#[test]
fn members_named_after_a_secret_lose_their_value_whatever_it_is() {
    let (clean, pointers) = cleaned(json!({
        "password": "hunter2", "user_email": "?", "Authorization": {"scheme": "x"}, "cookies": ["a", "b"], "ssn": 123_456_789, "ipAddress": "203.0.113.77",
        "deep": [{"db_password": "x", "ok": 1}, ["ada@mail.example"]], "emailVerified": true, "emails": 3, "tokens": {"input": 5}, "pin": null,
        "osVersion": "1.2.3.4", "amount": 4111.11, "note": 4_111_111_111_111_111_u64, "prompt": "ada@mail.example"}));
    let expect = json!({
        "password": "[secret]", "user_email": "[email]", "Authorization": "[secret]", "cookies": "[secret]", "ssn": "[id number]",
        "ipAddress": "203.0.113.0", "deep": [{"db_password": "[secret]", "ok": 1}, ["[email]"]], "emailVerified": true, "emails": 3,
        "tokens": {"input": 5}, "pin": null, "osVersion": "1.2.3.4", "amount": 4111.11, "note": "[card]", "prompt": "ada@mail.example"});
    assert_eq!(clean, expect);
    let told =
        ["/Authorization", "/cookies", "/deep/0/db_password", "/deep/1/0", "/ipAddress", "/note", "/password", "/ssn", "/user_email"];
    assert_eq!(pointers.iter().map(String::as_str).collect::<std::collections::BTreeSet<_>>(), told.into());
    let Value::Object(mut members) = clean else { panic!() };
    members.insert("inner".into(), json!([{"messages": [{"role": "user"}], "response": "Hello", "responses": 7}]));
    drop_content(&mut members);
    assert!(!members.contains_key("prompt"));
    assert_eq!(members["inner"], json!([{"responses": 7}]));
}

#[test]
fn the_names_of_members_are_searched_too_and_none_is_lost() {
    let (clean, pointers) = cleaned(json!({"by": {"ada@mail.example": 1, "bob@mail.example": 2, "ok": 3}}));
    assert_eq!(clean, json!({"by": {"[email]": 1, "[email] 2": 2, "ok": 3}}));
    assert_eq!(pointers, ["/by", "/by"]);
}

#[test]
fn the_name_of_a_person_is_taken_out_and_that_of_a_project_is_not() {
    let name = |event: &str| cleaned(json!({"event": event, "metadata": {"name": "Ada King"}})).0["metadata"]["name"].clone();
    assert_eq!((name("user.created"), name("project.created")), (json!("[name]"), json!("Ada King")));
}

#[test]
fn an_id_is_replaced_whole_or_not_at_all() {
    let (clean, _) = cleaned(json!({"userId": "u1", "eventId": "e-1-ada@mail.example", "sessionId": "e-2-ada@mail.example",
        "requestId": "1234567890123456", "conversation_id": 4_111_111_111_111_111_u64, "id": "203.0.113.77", "otherId": "203.0.113.78"}));
    assert_eq!((&clean["userId"], &clean["requestId"]), (&json!("u1"), &json!("1234567890123456")));
    let replaced: std::collections::BTreeSet<_> =
        ["eventId", "sessionId", "conversation_id", "id", "otherId"].map(|name| clean[name].as_str().unwrap().to_owned()).into();
    assert_eq!(replaced.len(), 5);
    assert!(replaced.iter().all(|id| id.starts_with(PSEUDONYM_PREFIX) && id.len() == 34), "{replaced:?}");
}

#[test]
fn users_get_a_pseudonym_where_their_id_is_personal_or_their_tenant_asks() {
    let user = |tenant: &str, all, id: &str| String::from(pseudonyms(tenant, all).user(&UserId::new(id).unwrap()));
    let ada = user("acme", false, "ada@mail.example");
    // printf 'ada@mail.example' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf 'weir-pseudonyms:acme' | openssl dgst -sha256 -hmac 5f1c0a9be27d43688f0b6c1d2e934a75 | cut -d' ' -f2)
    assert_eq!(ada, "p_fdc03da15911beb784510b5cde0a6b63");
    assert_eq!(user("acme", true, "ADA@mail.example"), ada, "one address has one spelling, and all is no other pseudonym");
    assert_ne!(user("other", false, "ada@mail.example"), ada);
    for phone in ["+1 (555) 123-4567", "+15551234567", "0015551234567", "+1.555.123.4567"] {
        assert_eq!(user("acme", false, phone), user("acme", true, "+15551234567"), "{phone}");
    }
    for id in ["u1", "12345", "4915112345678", "user-8731", "550e8400-e29b-41d4-a716-446655440000"] {
        assert_eq!(user("acme", false, id), id);
        assert_ne!(user("acme", true, id), id);
    }
    assert_eq!(user("acme", true, &ada), ada);
    assert!(!format!("{:?}", pseudonyms("acme", true)).contains("key"));
}

proptest! {
    #[test]
    fn no_sample_survives_anywhere(
        sample in 0..SAMPLES.len(), before in "[ ,;(\"é]{0,3}", after in "[ ,;)\"é]{0,3}", depth in 0..4_usize, name in "[a-z]{1,8}", as_name: bool
    ) {
        let (sample, _) = SAMPLES[sample];
        let text = format!("{before}{sample}{after}");
        let leaf = if as_name { json!({text: 1}) } else { json!({name.clone(): text}) };
        let nested = (0..depth).fold(leaf, |inner, level| if level % 2 == 0 { json!([inner]) } else { json!({name.clone(): inner}) });
        prop_assume!(meaning(&name) == Meaning::Text);
        let (clean, notices) = cleaned(json!({name.clone(): nested}));
        let written = clean.to_string();
        let sample = serde_json::to_string(sample).unwrap();
        prop_assert!(!written.contains(sample.trim_matches('"')), "{}", written);
        prop_assert!(!notices.is_empty());
    }

    #[test]
    fn what_is_clean_stays_as_it_is(text in ".{0,60}", at in 0..SAMPLES.len(), digits in "[0-9 .+:@/()=-]{0,40}") {
        for text in [text.clone(), digits.clone(), format!("{text}{}{digits}", SAMPLES[at].0), format!("{digits}@{text}.example")] {
            let once = redact(&text, true).into_owned();
            prop_assert_eq!(redact(&once, true), once.as_str(), "{}", text);
            let pseudonyms = pseudonyms("acme", false);
            let id = pseudonyms.user_text(&text).into_owned();
            prop_assert_eq!(pseudonyms.user_text(&id), id.as_str());
        }
    }
}
