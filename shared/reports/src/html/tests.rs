//! What a page holds, and how its rules of style hold up: contrast and widths are worked out of the rules themselves.

use super::{STYLE, page, text};
use crate::number::{Unit, Value};
use crate::sample::{HOSTILE, content, empty, exact, figure, hostile, line, part, usd, week};
use crate::template::{self, Kind};

/// What is in the tags of a page is no text of it.
fn words(page: &str) -> String {
    let (_, body) = page.split_once("<body>").unwrap();
    let text: String = body.split('<').filter_map(|piece| piece.split_once('>')).flat_map(|(_, text)| [text, "\n"]).collect();
    text.replace('\u{a0}', " ")
}

#[test]
fn names_of_other_peoples_choosing_stay_text() {
    let page = page(&hostile());
    for tag in ["<script", "<img", "<b>&", "<users>"] {
        assert!(!page.contains(tag), "{tag}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("Usage &lt;b&gt;&amp; cost&lt;/b&gt;"));
    // In an attribute a quote does not end it.
    assert!(page.contains("data-labels=\"&quot;&gt;&lt;img src=x onerror=alert(1)&gt;\""));
    assert_eq!(page.matches("<tr data-labels=").count(), HOSTILE.len());
}

#[test]
fn a_report_of_nothing_says_so_part_by_part() {
    for template in template::all() {
        let content = empty(template);
        let page = page(&content);
        assert_eq!(words(&page).matches("Nothing in this time.").count(), template.sections.len(), "{}", template.name);
        assert!(!page.contains("<svg") && !page.contains("NaN"), "{}", template.name);
        let told = content.parts.iter().filter(|part| part.kind != Kind::Series).count();
        assert_eq!(text(&content).matches("Nothing in this time.").count(), told, "{}", template.name);
    }
}

#[test]
fn numbers_have_their_units_and_what_became_of_them() {
    let check = |title: &'static str, unit: Unit, (before, now): (Option<Value>, Value), expect: &[&str]| {
        let content = content(vec![part(
            Kind::Figures,
            vec![],
            vec![crate::content::Line { start: None, labels: vec![], numbers: vec![figure(title, unit, (before, now))] }],
        )]);
        let found = words(&page(&content));
        let found: Vec<&str> =
            found.lines().map(str::trim).skip_while(|line| *line != title).take_while(|line| !line.starts_with("About")).collect();
        assert_eq!(found.iter().filter(|line| !line.is_empty()).copied().collect::<Vec<_>>(), expect);
    };
    let some = |units| Some(exact(units, 0));
    check("Cost", usd(), (some(100), exact(12_345_670_000, 7)), &["Cost", "1,234.57 USD", "▲ +1,134.6%"]);
    check("Tokens", Unit::Tokens, (some(2_000), exact(1_000, 0)), &["Tokens", "1,000", "▼ −50.0%"]);
    check("Input", Unit::Tokens, (None, exact(1_000, 0)), &["Input", "1,000 tokens"]);
    check("Users", Unit::Count, (some(0), exact(3, 0)), &["Users", "3", "▲ none before"]);
    check("Users", Unit::Count, (some(0), exact(0, 0)), &["Users", "0", "= unchanged"]);
    check("Users", Unit::Count, (some(3), exact(0, 0)), &["Users", "0", "▼ −100.0%"]);
    check("Failed", Unit::Share, (Some(exact(1, 2)), exact(15, 3)), &["Failed", "1.50%", "▲ +0.50 points"]);
    check("Failed", Unit::Share, (Some(Value::Nothing), exact(1, 1)), &["Failed", "10.00%", "– nothing to compare"]);
    check("Half answered within", Unit::Milliseconds, (None, Value::Rounded(1500.0)), &["Half answered within", "1.5 s"]);
    // Nothing has not changed.
    check("Failed", Unit::Share, (some(0), Value::Nothing), &["Failed", "–"]);
}

#[test]
fn a_chart_has_a_column_for_each_number_as_high_as_it_is() {
    let values = [100, 200, 50, 0, 75, 25, 400];
    let page = page(&content(vec![part(Kind::Series, vec![], week(values, &usd()))]));
    let attribute = |name: &str| -> Vec<String> {
        let bars = page.split("<rect class=\"bar\"").skip(1);
        bars.map(|bar| bar.split_once(&format!(" {name}=\"")).unwrap().1.split('"').next().unwrap().to_owned()).collect()
    };
    assert_eq!(attribute("data-value"), ["1", "2", "0.5", "0", "0.75", "0.25", "4"]);
    assert_eq!(attribute("data-start")[6], "2026-11-22T00:00:00.000Z");
    let heights: Vec<f64> = attribute("height").iter().map(|height| height.parse().unwrap()).collect();
    let highest = heights[6];
    for (height, value) in heights.iter().zip([1.0, 2.0, 0.5, 0.0, 0.75, 0.25, 4.0]) {
        assert!((height / highest - value / 4.0).abs() < 0.01, "{height} of {highest} is not {value} of 4");
    }
    let words = words(&page);
    for said in ["4.00 USD", "16 Nov\n", "19 Nov\n", "22 Nov\n", "Highest 4.00 USD (22 Nov 2026), lowest 0.00 USD (19 Nov 2026)."] {
        assert!(words.contains(said), "{said}");
    }
}

#[test]
fn a_series_of_zeros_is_said_and_not_drawn() {
    let page = page(&content(vec![part(Kind::Series, vec![], week([0; 7], &usd()))]));
    assert!(page.contains("0.00 USD throughout.") && !page.contains("<svg"));
}

#[test]
fn a_currency_is_named_where_there_are_several_and_else_by_the_amounts() {
    let amount = |currency: &str| line(currency, vec![figure("Revenue", Unit::Money(currency.to_owned()), (None, exact(5, 0)))]);
    let heads = |lines| {
        words(&page(&content(vec![part(Kind::Figures, vec!["currency"], lines)])))
            .lines()
            .filter(|line| ["USD", "EUR"].contains(line))
            .count()
    };
    assert_eq!(heads(vec![amount("USD")]), 0);
    assert_eq!(heads(vec![amount("USD"), amount("EUR")]), 2);
    let mut of_plan = amount("USD");
    of_plan.labels.insert(0, "pro".into());
    let ranking = words(&page(&content(vec![part(Kind::Ranking(5), vec!["plan", "currency"], vec![of_plan])])));
    assert!(ranking.lines().any(|line| line == "pro") && ranking.contains("5.00 USD"), "{ranking}");
}

#[test]
fn a_long_breakdown_says_what_the_page_leaves_out() {
    let lines: Vec<_> = (0..60).map(|number| line(&format!("m{number}"), vec![figure("Cost", usd(), (None, exact(1, 0)))])).collect();
    let page = page(&content(vec![part(Kind::Ranking(100), vec!["model"], lines)]));
    assert_eq!(page.matches("<tr data-labels=").count(), 50);
    // What the numbers are of is said once, above them.
    assert_eq!(words(&page).lines().filter(|line| *line == "Cost").count(), 1);
    assert!(page.contains("The 50 largest of 60: the CSV and JSON forms of this report have them."));
}

/// The rules of a style sheet without nesting, each with the selectors that it is for.
fn rules(css: &str) -> Vec<(Vec<&str>, &str)> {
    let rules = css.split('}').filter_map(|rule| rule.rsplit_once('{'));
    rules.map(|(selectors, body)| (selectors.rsplit('{').next().unwrap().split(',').collect(), body)).collect()
}

/// What rules say of a selector's property; the last that says so counts.
fn found<'a>(css: &'a str, selector: &str, property: &str) -> Option<&'a str> {
    let of = |(selectors, body): &(Vec<&str>, &'a str)| {
        let own = body.rsplit(';').filter_map(|one| one.split_once(':')).find(|(name, _)| *name == property);
        own.filter(|_| selectors.contains(&selector)).map(|(_, value)| value)
    };
    rules(css).iter().rev().find_map(of)
}

/// Relative luminance (WCAG 2.2) of a colour like `#0a5cad` or `#fff`.
fn luminance(colour: &str) -> f64 {
    let digits = colour.strip_prefix('#').unwrap();
    let wide: String = if digits.len() == 3 { digits.chars().flat_map(|digit| [digit, digit]).collect() } else { digits.to_owned() };
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&wide[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_text_stands_out_from_what_is_behind_it_in_light_and_in_dark() {
    let (light, dark) = STYLE.split_once("@media(prefers-color-scheme:dark)").unwrap();
    let coloured = |css: &'static str, property: &str| -> Vec<&'static str> {
        rules(css).into_iter().flat_map(|(selectors, _)| selectors).filter(|selector| found(css, selector, property).is_some()).collect()
    };
    for (property, least) in [("color", 4.5), ("fill", 3.0), ("background", 0.0)] {
        let mut both = [coloured(light, property), coloured(dark, property)];
        for selectors in &mut both {
            selectors.sort_unstable();
            selectors.dedup();
        }
        assert_eq!(both[0], both[1], "{property} is said of the same in light and in dark");
        for (css, selectors) in [light, dark].into_iter().zip(both) {
            let behind = found(css, "main", "background").unwrap();
            for selector in selectors.into_iter().filter(|selector| *selector != ".track") {
                // Letters of a chart are read as others are; what is drawn needs less (WCAG 2.2, 1.4.11).
                let least = if selector == ".tick" { 4.5 } else { least };
                let colour = found(css, selector, property).unwrap();
                assert!(contrast(colour, behind) >= least, "{selector}: {colour} on {behind} has {}", contrast(colour, behind));
            }
            assert!(contrast(found(css, ".bar", "fill").unwrap(), found(css, ".track", "fill").unwrap()) >= 3.0);
        }
    }
    assert!((contrast("#000", "#ffffff") - 21.0).abs() < 0.01);
}

#[test]
fn nothing_is_wider_than_a_phone_whatever_its_width() {
    // Widths in pixels that a thing must have, not those that it may have or from which on a rule is for.
    let fixed = |css: &str| -> Vec<u32> {
        let after = css.match_indices("width:").filter(|(at, _)| !css[..*at].ends_with("max-") && !css[..*at].ends_with("@media(min-"));
        after.filter_map(|(at, name)| css[at + name.len()..].split([';', '}', '"', ')']).next()?.strip_suffix("px")?.parse().ok()).collect()
    };
    assert_eq!(fixed("a{width:400px;max-width:700px}@media(min-width:600px){b{min-width:361px}}"), [400, 361]);
    let mut report = hostile();
    report.parts.push(part(Kind::Series, vec![], week([1; 7], &usd())));
    report.parts.push(part(
        Kind::Ranking(5),
        vec!["page"],
        vec![line(&"long".repeat(60), vec![figure("Cost", usd(), (None, exact(1, 0)))])],
    ));
    let page = page(&report);
    assert!(fixed(&page).iter().all(|width| *width <= 360), "{:?}", fixed(&page));
    assert!(page.contains("overflow-wrap:anywhere") && !page.contains("nowrap"));
    // Pictures are as wide as there is room.
    for picture in page.split("<svg ").skip(1).map(|rest| rest.split('>').next().unwrap()) {
        assert!(picture.contains("viewBox=") && !picture.contains(" width="), "{picture}");
    }
    assert_eq!(found(STYLE, ".chart", "width"), Some("100%"));
    assert!(page.contains("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"));
}

#[test]
fn the_text_beside_a_page_has_the_same_numbers() {
    let mut report = hostile();
    report.parts[0].lines.truncate(1);
    let text = text(&report);
    assert!(text.contains("  <script>alert(1)</script>: Cost 1.25 USD · Tokens 1,234\n"), "{text}");
    assert!(text.ends_with("Made 23 November 2026 06:00 (UTC).\n"), "{text}");
}
