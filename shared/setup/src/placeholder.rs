//! Tells placeholders and guessable texts from secrets.

/// Words of which placeholders are made.
const WORDS: [&str; 26] = [
    "changeme",
    "change",
    "secret",
    "password",
    "passwd",
    "example",
    "placeholder",
    "default",
    "dummy",
    "sample",
    "insecure",
    "replace",
    "token",
    "test",
    "todo",
    "local",
    "please",
    "your",
    "this",
    "with",
    "here",
    "demo",
    "dev",
    "key",
    "jwt",
    "me",
];
/// What must be left once the words are taken out.
const LEAST_OWN_CHARACTERS: usize = 12;
/// A random secret of 32 hexadecimal digits has fewer different characters once in a hundred million.
const LEAST_DIFFERENT_CHARACTERS: usize = 6;
/// A text that repeats a unit of so many bytes or fewer is none.
const LONGEST_UNIT: usize = 8;

/// Whether a text is a placeholder, one short text over and over, or a run of neighbours such as `0123456789`.
pub fn is_placeholder(secret: &str) -> bool {
    is_words(secret) || is_monotonous(secret.as_bytes()) || is_run(secret.as_bytes())
}

fn is_words(secret: &str) -> bool {
    let letters: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
    let rest = WORDS.iter().fold(letters.to_ascii_lowercase(), |rest, word| rest.replace(word, ""));
    rest.len() < LEAST_OWN_CHARACTERS && rest.len() < letters.len()
}

fn is_monotonous(bytes: &[u8]) -> bool {
    let mut seen = bytes.to_vec();
    seen.sort_unstable();
    seen.dedup();
    let repeats = |unit: usize| bytes.len() > unit && bytes.iter().zip(&bytes[unit..]).all(|(a, b)| a == b);
    seen.len() < LEAST_DIFFERENT_CHARACTERS || (1..=LONGEST_UNIT).any(repeats)
}

fn is_run(bytes: &[u8]) -> bool {
    let neighbours = bytes.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) == 1).count();
    neighbours * 4 >= bytes.len() * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_and_guessable_texts_are_told_from_secrets() {
        let check = |text, expect| assert_eq!(is_placeholder(text), expect, "{text}");
        check("changeme-changeme-changeme-changeme", true);
        check("your-secret-key-change-me-please-1234", true);
        check("this-is-a-test-secret-with-32-bytes", true);
        check("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true);
        check("0123456789abcdef0123456789abcdef", true);
        check("abcdefghijklmnopqrstuvwxyz0123456789", true);
        check("q7xq7xq7xq7xq7xq7xq7xq7xq7xq7xq7xq7x", true);
        check("deadbeefdeadbeefdeadbeefdeadbeef", true);
        check("5f1c0a9be27d43688f0b6c1d2e934a75", false);
        check("kZ3vQm0bX9tYw1RrLs8NdHc5JgTpAeUf", false);
        check("test-9hT2kQv7LxWm3ZbR8cYpJd5NsGfAe", false);
        check("correct horse battery staple mushroom", false);
    }
}
