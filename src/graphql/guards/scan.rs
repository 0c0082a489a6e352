//! One pass over a document's bytes before the parser sees them: no recursion, no allocation.
//!
//! It must see strings and comments exactly where the parser sees them, or brackets could hide from it. Where the
//! parser could take a text in two ways (a string that is never closed), the text is refused.

use super::limits::{Limits, Refusal};

/// Refuses what is too long, has too many tokens, or nests brackets too deep to be parsed.
pub(in crate::graphql) fn scan(document: &str, limits: &Limits) -> Result<(), Refusal> {
    limits.document_bytes.admit(document.len())?;
    let counted = Counted::new(document.as_bytes())?;
    limits.nesting.admit(counted.nesting)?;
    limits.tokens.admit(counted.tokens)
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    /// How deep `[`, `{` and `(` nest.
    nesting: usize,
    tokens: usize,
}

impl Counted {
    fn new(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut counted = Self::default();
        let mut open = 0_usize;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let length = match byte {
                b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                    at += 1;
                    continue;
                }
                b'#' => {
                    at += run(&bytes[at..], |byte| !is_line_end(byte));
                    continue;
                }
                b'"' => string(&bytes[at..])?,
                b'[' | b'{' | b'(' => {
                    open += 1;
                    counted.nesting = counted.nesting.max(open);
                    1
                }
                b']' | b'}' | b')' => {
                    open = open.saturating_sub(1);
                    1
                }
                b'.' => run(&bytes[at..], |byte| byte == b'.').min(3),
                b'-' | b'0'..=b'9' => run(&bytes[at..], is_number),
                _ if is_name(byte) => run(&bytes[at..], is_name),
                _ => 1,
            };
            counted.tokens += 1;
            at += length;
        }
        Ok(counted)
    }
}

/// Length of the string that `bytes` begin with, quotes included.
fn string(bytes: &[u8]) -> Result<usize, Refusal> {
    const BLOCK: &[u8] = b"\"\"\"";
    let block = bytes.starts_with(BLOCK);
    let mut at = if block { BLOCK.len() } else { 1 };
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        at += match byte {
            b'"' if block && rest.starts_with(BLOCK) => return Ok(at + BLOCK.len()),
            b'"' if !block => return Ok(at + 1),
            b'\\' if block && rest[1..].starts_with(BLOCK) => 1 + BLOCK.len(),
            b'\\' if !block => 2,
            byte if !block && is_line_end(byte) => break,
            _ => 1,
        };
    }
    Err(Refusal::malformed(
        "The document has a string that is not closed.",
    ))
}

fn run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes
        .iter()
        .position(|byte| !belongs(*byte))
        .unwrap_or(bytes.len())
}

fn is_line_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_number(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+')
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use fastrand::Rng;

    fn counted(document: &str) -> (usize, usize) {
        let counted = Counted::new(document.as_bytes()).unwrap();
        (counted.nesting, counted.tokens)
    }

    #[test]
    fn counts_tokens_and_nesting() {
        assert_eq!(counted(""), (0, 0));
        assert_eq!(counted("{ a(b: [1, -2.5e+3]) { c } }"), (3, 14));
        assert_eq!(counted("{ ...F ... on T { a } }"), (2, 10));
        assert_eq!(counted("{a...F...F}"), (1, 7));
        assert_eq!(
            counted("query($v: [[Int!]!] = [[1]]) { a @skip(if: $v) }").0,
            3
        );
    }

    #[test]
    fn looks_into_no_string_and_no_comment() {
        assert_eq!(counted(r#"{ a(b: "[[{({(") }"#).0, 2);
        assert_eq!(counted(r#"{ a(b: "\"[[[\\", c: [1]) }"#).0, 3);
        assert_eq!(counted(r#"{ a(b: """ " [[[ \""" [[[ """) }"#).0, 2);
        assert_eq!(counted("{ a # [[[[ \" \n b }"), (1, 4));
        assert_eq!(counted("{ a # [[[[ \" \r b }"), (1, 4));
    }

    #[test]
    fn sees_behind_every_end_of_a_string() {
        // Each hides brackets from a scanner that is less exact than the parser.
        assert_eq!(counted("[\"\" [[ \"\"]").0, 3);
        assert_eq!(counted("[\"\"\"\"\"\" [[ ]]]").0, 3);
        assert_eq!(counted("[\"\\\\\" [[ \"\\\\\"]").0, 3);
        assert_eq!(counted("# \"\"\"\n[[[ # \"\"\"").0, 3);
    }

    #[test]
    fn refuses_a_string_that_is_not_closed() {
        for document in [
            "{ a(b: \"c }",
            "{ a(b: \"c\n\") }",
            "{ a(b: \"c\\",
            "{ a(b: \"\"\"c\" [[[[",
            "{ a(b: \"\"\"c\\\"\"\"",
        ] {
            assert!(Counted::new(document.as_bytes()).is_err(), "{document}");
        }
    }

    /// A text of pieces that brackets could hide behind.
    fn pieces(rng: &mut Rng) -> String {
        const PIECES: [&str; 24] = [
            "{", "}", "[", "]", "(", ")", "\"", "\"\"\"", "\\", "\\\"", "\\\"\"\"", "#", "\n",
            "\r", ",", "a", ":", "$", "@", "...", "-1.5e3", "query", "é", "\u{feff}",
        ];
        let times = rng.usize(1..40);
        (0..times)
            .map(|_| PIECES[rng.usize(..PIECES.len())])
            .collect()
    }

    /// A value, and how deep brackets nest in it.
    fn value(rng: &mut Rng, levels: usize) -> (String, usize) {
        let leaves = [
            "1",
            "-2.5e3",
            "A",
            "null",
            "$a",
            "\"\"",
            "\"[[[\"",
            "\"\\\\\"",
            "\"\\\"[[\"",
            "\"\"\"\"\"\"",
            "\"\"\"[\"[\"\"\"",
            "\"\"\"\\\"\"\"[[\"\"\"",
            "# [[[ \"\n1",
            "# \"\"\"\r1",
        ];
        if levels == 0 || rng.u8(..4) == 0 {
            return (leaves[rng.usize(..leaves.len())].to_owned(), 0);
        }
        let (open, close) = [("[", "]"), ("{a:", "}")][rng.usize(..2)];
        let (inside, nesting) = value(rng, levels - 1);
        (format!("{open} {inside} {close}"), nesting + 1)
    }

    #[test]
    fn agrees_with_the_parser() {
        for seed in 0..20_000 {
            let mut rng = Rng::with_seed(seed);
            let text = pieces(&mut rng);
            let is_read = parse_query(&text).is_ok();
            let is_scanned = Counted::new(text.as_bytes()).is_ok();
            assert!(is_scanned || !is_read, "{seed}: {text:?}");

            let (inside, nesting) = value(&mut rng, 40);
            let text = format!("query($a: A) {{ a(b: {inside}) }}");
            assert!(parse_query(&text).is_ok(), "{seed}: {text:?}");
            let counted = Counted::new(text.as_bytes()).unwrap();
            assert_eq!(counted.nesting, nesting + 2, "{seed}: {text:?}");
        }
    }

    #[test]
    fn survives_any_bytes() {
        assert_eq!(counted("\u{feff}{ ü }").0, 1);
        assert_eq!(counted("]]]}}})[").0, 1);
    }
}
