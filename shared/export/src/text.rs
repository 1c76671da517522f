//! How values are spelled in CSV and in JSON.

/// How the values of a text format are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    Csv,
    Json,
}

impl Spelling {
    /// A text.
    pub fn text(self, text: &str, to: &mut Vec<u8>) {
        match self {
            Self::Csv => csv_field(text, to),
            Self::Json => json_text(text, to),
        }
    }

    /// A text that is the JSON of an object: in JSON, the object itself.
    pub fn object(self, text: &str, to: &mut Vec<u8>) {
        let is_object = self == Self::Json && serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok();
        if is_object { to.extend_from_slice(text.as_bytes()) } else { self.text(text, to) }
    }

    /// Nothing.
    pub fn nothing(self, to: &mut Vec<u8>) {
        if self == Self::Json {
            to.extend_from_slice(b"null");
        }
    }

    /// What is neither number nor any text: a time, which needs quotes in JSON alone.
    pub fn plain(self, plain: &[u8], to: &mut Vec<u8>) {
        let quote: &[u8] = if self == Self::Json { b"\"" } else { b"" };
        for part in [quote, plain, quote] {
            to.extend_from_slice(part);
        }
    }
}

/// A field of RFC 4180. One that a spreadsheet would take for a formula begins with an apostrophe: clients choose texts.
fn csv_field(text: &str, to: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let is_formula = matches!(bytes.first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r'));
    // All bytes, without leaving early: the processor looks at many at once then.
    let is_quoted = bytes.iter().fold(false, |found, byte| found | matches!(byte, b',' | b'"' | b'\r' | b'\n'));
    if is_quoted {
        return quoted_field(bytes, is_formula, to);
    }
    if is_formula {
        to.push(b'\'');
    }
    to.extend_from_slice(bytes);
}

fn quoted_field(bytes: &[u8], is_formula: bool, to: &mut Vec<u8>) {
    to.push(b'"');
    if is_formula {
        to.push(b'\'');
    }
    // Quotes are doubled: each piece ends with one, but for the last.
    for (at, piece) in bytes.split(|byte| *byte == b'"').enumerate() {
        if at > 0 {
            to.extend_from_slice(b"\"\"");
        }
        to.extend_from_slice(piece);
    }
    to.push(b'"');
}

fn json_text(text: &str, to: &mut Vec<u8>) {
    // Writing to memory cannot fail, and a text is always JSON.
    _ = serde_json::to_writer(to, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_what_rfc_4180_says_and_never_a_formula() {
        let check = |text: &str, expect: &str| {
            let mut to = Vec::new();
            Spelling::Csv.text(text, &mut to);
            assert_eq!(String::from_utf8(to).unwrap(), expect, "{text:?}");
        };
        check("plain", "plain");
        check("", "");
        check("a,b", "\"a,b\"");
        check("a \"b\"", "\"a \"\"b\"\"\"");
        check("two\r\nlines", "\"two\r\nlines\"");
        check("=1+1", "'=1+1");
        check("+1", "'+1");
        check("-1", "'-1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("\tx", "'\tx");
        check("\rx", "\"'\rx\"");
        check("=HYPERLINK(\"a\",\"b\")", "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\"");
        check("a=b", "a=b");
    }

    #[test]
    fn an_object_is_itself_in_json_and_a_text_in_csv() {
        let check = |spelling: Spelling, text: &str, expect: &str| {
            let mut to = Vec::new();
            spelling.object(text, &mut to);
            assert_eq!(String::from_utf8(to).unwrap(), expect);
        };
        check(Spelling::Json, r#"{"a":1}"#, r#"{"a":1}"#);
        check(Spelling::Json, r#"{"a":"#, r#""{\"a\":""#);
        check(Spelling::Csv, r#"{"a":1}"#, "\"{\"\"a\"\":1}\"");
    }
}
