//! What the settings take, and what they do not.

use super::*;

#[test]
fn origins_are_what_browsers_send() {
    for origin in [
        "*",
        "https://shop.example",
        "http://localhost:3000",
        "http://[::1]:80",
    ] {
        let expected = origin.replace(":80", "");
        assert_eq!(parse_origin(origin).is_ok(), expected == origin, "{origin}");
    }
    for text in [
        "shop.example",
        "https://shop.example/",
        "https://shop.example:443",
        "https://SHOP.example",
        "https://user@shop.example",
        "null",
    ] {
        assert!(parse_origin(text).is_err(), "{text}");
    }
}

#[test]
fn blanks_are_as_good_as_nothing() {
    let blank = || SecretString::from(" ");
    let settings = Settings {
        database_replica_urls: vec![blank(), SecretString::from("postgres://replica")],
        jwt_private_key: Some(blank()),
        cors_allowed_origins: vec![String::new()],
        ..Settings::defaults()
    }
    .without_blanks();
    assert_eq!(settings.database_replica_urls.len(), 1);
    assert!(settings.jwt_private_key.is_none());
    assert!(settings.cors_allowed_origins.is_empty());
}
