//! How large a value is as compact JSON, without writing it. What people wrote to a model, and what it wrote to them, does not count: it is
//! measured and not kept.

use crate::privacy;
use serde_json::Value;
use std::io::{self, Write};

/// Whether what is kept of the value has, as compact JSON, more than `limit` bytes.
pub fn is_over(value: &Value, limit: usize) -> bool {
    // Nearly all events are far below the limit, and a bound that is quick to find tells so.
    if upper_bound(value, limit) <= limit {
        return false;
    }
    let mut kept = value.clone();
    if let Value::Object(members) = &mut kept {
        privacy::drop_content(members);
    }
    serde_json::to_writer(Counter { left: limit }, &kept).is_err()
}

/// At least the size of the value as JSON; stops counting past `limit`.
fn upper_bound(value: &Value, limit: usize) -> usize {
    /// A character that must be escaped takes at most six bytes.
    const ESCAPED: usize = 6;
    /// No number takes more (`-1.2345678901234567e-308`).
    const NUMBER: usize = 24;
    let mut bound = 0_usize;
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        bound += match value {
            Value::Null | Value::Bool(_) => 5,
            Value::Number(_) => NUMBER,
            Value::String(text) => 2 + ESCAPED * text.len(),
            Value::Array(items) => {
                pending.extend(items);
                2 + items.len()
            }
            Value::Object(members) => {
                pending.extend(members.values());
                2 + members.keys().map(|name| 4 + ESCAPED * name.len()).sum::<usize>()
            }
        };
        if bound > limit {
            break;
        }
    }
    bound
}

/// Refuses the byte after the last that is left.
struct Counter {
    left: usize,
}

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self.left.checked_sub(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_said_to_a_model_does_not_count() {
        let said = "x".repeat(100_000);
        assert!(!is_over(&json!({"model": "m", "prompt": said, "data": {"response": [{"text": said}]}}), 1_000));
        assert!(is_over(&json!({"model": "m", "note": said}), 1_000));
    }

    #[test]
    fn a_value_is_over_by_its_exact_size() {
        let check = |value: Value| {
            let size = value.to_string().len();
            assert!(!is_over(&value, size), "{value}");
            assert!(is_over(&value, size - 1), "{value}");
        };
        check(json!({"a": [1, -2.5e-300, null, true, false], "quo\"te": "line\nbreak"}));
        check(json!("\u{1}\u{1}é"));
        check(json!([[], {}, "", 18_446_744_073_709_551_615_u64]));
    }
}
