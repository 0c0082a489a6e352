//! Where a person goes after signing in: a path of the shop's own pages, and nowhere else.

use crate::{
    accounts::sessions::Challenge,
    error::{Error, Result},
};
use secrecy::ExposeSecret;
use url::{Url, form_urlencoded};

/// The shop's page that asks for a second factor.
const SECOND_FACTOR: &str = "/account/second-factor";

/// Longest path, in bytes.
const LONGEST: usize = 1_000;

/// The path, looked over.
///
/// # Errors
/// Invalid when it could lead anywhere else.
pub(super) fn read(path: Option<&str>) -> Result<String> {
    let path = path.unwrap_or("/");
    let mut bytes = path.bytes();
    // Browsers take `//host` and `/\host` for another site.
    let is_relative = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
    let is_plain = path
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_relative && is_plain && path.len() <= LONGEST {
        return Ok(path.to_owned());
    }
    Err(Error::invalid(
        "return_to",
        "It is a path of the shop's own pages, such as /account, of at most 1000 characters.",
    ))
}

/// The page itself; with what went wrong behind it, if anything did.
pub(crate) fn page(shop: &Url, path: &str, error: Option<&str>) -> Url {
    let base = shop.as_str().trim_end_matches('/');
    // What follows a host and a slash does not change the host. What was looked over makes a URL.
    let mut url = Url::parse(&format!("{base}{path}")).unwrap_or_else(|_| shop.clone());
    if let Some(code) = error {
        url.query_pairs_mut().append_pair("error", code);
    }
    url
}

/// Where a second factor is asked for. The challenge stands in the fragment, which browsers send to nobody.
pub(super) fn second_factor_page(shop: &Url, path: &str, challenge: &Challenge) -> Url {
    let mut url = page(shop, SECOND_FACTOR, None);
    let methods = challenge.methods.iter().map(|method| method.name());
    let methods: Vec<_> = methods.collect();
    let fragment = form_urlencoded::Serializer::new(String::new())
        .append_pair("challenge", challenge.token.expose_secret())
        .append_pair("methods", &methods.join(" "))
        .append_pair("return_to", path)
        .finish();
    url.set_fragment(Some(&fragment));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_the_shop_pass() {
        let shop = Url::parse("https://shop.example/en").unwrap();
        for (path, expected) in [
            ("/", "https://shop.example/en/?error=x"),
            ("/cart?a=b#c", "https://shop.example/en/cart?a=b&error=x#c"),
            (
                "/@evil.example",
                "https://shop.example/en/@evil.example?error=x",
            ),
            ("/a//b", "https://shop.example/en/a//b?error=x"),
        ] {
            let path = read(Some(path)).unwrap();
            assert_eq!(page(&shop, &path, Some("x")).as_str(), expected);
        }
        assert_eq!(page(&shop, &read(None).unwrap(), None).path(), "/en/");
        let long = format!("/{}", "a".repeat(1_000));
        for path in [
            "",
            "cart",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x",
            "/\t/evil.example",
            "/ä",
            "@evil.example",
            ".evil.example",
            &long,
        ] {
            assert!(read(Some(path)).is_err(), "{path:?}");
        }
    }
}
