//! E-mail addresses: which are taken, and when two are the same.
//!
//! The one form of all that mean the same (`key`) is what is unique:
//! - compatibility-composed (NFKC), so that "ａｄａ@example.com" is "ada@example.com";
//! - lower case, also before the @: no provider that matters tells "Ada@" from "ada@", and people do not either;
//! - the domain as it stands in the DNS (IDNA), so that "bücher.example" is "xn--bcher-kva.example".
//!
//! Dots and what follows a + stay: that "a.da+shop@" reaches "ada@" is one provider's habit and not another's.
//!
//! Look-alikes are refused rather than folded: a part that mixes writing systems ("аda" with a Cyrillic а) and characters
//! that cannot be seen. An address wholly in another script is a mailbox of its own; who signs up with it must open its
//! mail first.

use crate::error::{Error, Result};
use email_address::{EmailAddress, Options};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_security::MixedScript;

/// Longest address, in bytes, as SMTP has it (RFC 5321 §4.5.3.1.3, less its brackets).
const LONGEST: usize = 254;

/// An address that mail can be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Email {
    /// As the person wrote it.
    pub(crate) written: String,
    /// The one form of all that mean the same.
    pub(crate) key: String,
}

impl Email {
    /// Reads an address from the input's `field`.
    ///
    /// # Errors
    /// Invalid when no mail could be sent to it, or it looks like another.
    pub(crate) fn parse(text: &str, field: &str) -> Result<Self> {
        read(text.trim()).map_err(|message| Error::invalid(field, message))
    }
}

const NONE: &str = "This is not an e-mail address. One looks like name@shop.example.";
const MIXED: &str = "This address mixes writing systems or holds characters that cannot be seen, as forged ones do. Type it \
    anew on one keyboard.";

fn read(text: &str) -> Result<Email, &'static str> {
    if text.len() > LONGEST {
        return Err("An e-mail address has at most 254 characters.");
    }
    let composed: String = text.nfkc().collect();
    let (local, domain) = composed.rsplit_once('@').ok_or(NONE)?;
    let local: String = local.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| NONE)?;
    let (shown, _) = idna::domain_to_unicode(&ascii);
    let is_seen = |c: char| c.is_ascii() || c.is_alphanumeric() || is_combining_mark(c);
    let is_of_one_script =
        local.is_single_script() && shown.split('.').all(MixedScript::is_single_script);
    if !is_of_one_script || !local.chars().all(is_seen) {
        return Err(MIXED);
    }
    let key = format!("{local}@{ascii}");
    let options = Options::default()
        .with_required_tld()
        .without_display_text()
        .without_domain_literal();
    // Quoted local parts may hold almost anything, and nobody has one.
    if key.len() > LONGEST
        || local.contains(['"', '\\', ' '])
        || EmailAddress::parse_with_options(&key, options).is_err()
    {
        return Err(NONE);
    }
    Ok(Email {
        written: text.to_owned(),
        key,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        Email::parse(text, "email")
            .unwrap_or_else(|error| panic!("{text}: {error}"))
            .key
    }

    #[test]
    fn one_address_has_one_key() {
        for (written, expected) in [
            ("ada@example.com", "ada@example.com"),
            ("  Ada@EXAMPLE.com ", "ada@example.com"),
            ("ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ada@example.com"),
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
            ("ada@BU\u{308}CHER.example", "ada@xn--bcher-kva.example"),
            ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
            ("Jose\u{301}@example.com", "josé@example.com"),
            ("JOSÉ@example.com", "josé@example.com"),
            ("a.da+shop@example.com", "a.da+shop@example.com"),
            ("田中さん@example.com", "田中さん@example.com"),
            ("мария@почта.рф", "мария@xn--80a1acny.xn--p1ai"),
        ] {
            assert_eq!(key(written), expected, "{written}");
        }
        assert_eq!(
            Email::parse(" Ada@Example.com ", "email").unwrap().written,
            "Ada@Example.com"
        );
        assert_ne!(key("a.da@example.com"), key("ada@example.com"));
    }

    #[test]
    fn look_alikes_are_refused() {
        for text in [
            "\u{430}da@example.com",
            "ada@ex\u{430}mple.com",
            "ada@xn--exmple-4nf.com",
            "ad\u{200b}a@example.com",
            "ada\u{202e}@example.com",
            "ad\u{ad}a@example.com",
            "\u{3b1}da@example.com",
        ] {
            assert!(Email::parse(text, "email").is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        let (long_local, long) = (
            format!("{}@example.com", "a".repeat(65)),
            "a".repeat(10_000_000),
        );
        for text in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "ada@example..com",
            "ada@[127.0.0.1]",
            "ada@@example.com",
            "Ada <ada@example.com>",
            "ada@example.com, eve@example.com",
            "ada@example.com\r\nBcc: eve@example.com",
            "a da@example.com",
            "\"ada\"@example.com",
            "ada\0@example.com",
            "ada@-example.com",
            "ada@exa mple.com",
            ".ada@example.com",
            "ada.@example.com",
            "ad\na@example.com",
            "ada@example.com>",
            &long_local,
            &long,
        ] {
            assert!(Email::parse(text, "email").is_err(), "{text:.100}");
        }
    }
}
