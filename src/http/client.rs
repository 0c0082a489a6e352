//! From where someone asks.

use crate::{caller::Client, platform::config::Settings};
use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, header},
};
use std::net::{IpAddr, SocketAddr};

/// Longest name of a program that is kept, in characters.
const LONGEST: usize = 200;

/// From where `request` comes.
pub(super) fn of(request: &Request, settings: &Settings) -> Client {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let headers = request.headers();
    let user_agent = headers.get(header::USER_AGENT).map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        text.chars().take(LONGEST).collect()
    });
    Client {
        ip: peer.map(|ConnectInfo(peer)| address(peer.ip(), headers, settings)),
        user_agent: user_agent.unwrap_or_default(),
    }
}

/// Whose request `peer` hands on. Every proxy adds the address it was asked from at the end of the header, so it is read from
/// there, for as long as those who wrote it are trusted: anyone may have written what stands before.
fn address(peer: IpAddr, headers: &HeaderMap, settings: &Settings) -> IpAddr {
    let is_trusted = |address: IpAddr| {
        let mut proxies = settings.trusted_proxies.iter().flatten();
        proxies.any(|proxy| proxy.contains(address))
    };
    let values = headers.get_all("x-forwarded-for").iter();
    let values: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
    let hops = values.iter().rev().flat_map(|value| value.rsplit(','));
    let mut address = peer.to_canonical();
    for hop in hops {
        if !is_trusted(address) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(hop) => address = hop.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn proxies_are_believed_where_they_are_named() {
        let settings = Settings {
            trusted_proxies: vec![None, "10.0.0.0/8".parse().ok()],
            ..Settings::defaults()
        };
        for (peer, forwarded, expected) in [
            ("10.0.0.1", &["203.0.113.7"][..], "203.0.113.7"),
            ("10.0.0.1", &["203.0.113.7, 10.0.0.2"], "203.0.113.7"),
            ("10.0.0.1", &["203.0.113.7", "10.0.0.2"], "203.0.113.7"),
            ("10.0.0.1", &["1.1.1.1, 203.0.113.7"], "203.0.113.7"),
            ("::ffff:10.0.0.1", &["203.0.113.7"], "203.0.113.7"),
            ("10.0.0.1", &["2001:db8::1"], "2001:db8::1"),
            ("10.0.0.1", &["1.1.1.1, nonsense"], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("203.0.113.9", &["1.1.1.1"], "203.0.113.9"),
        ] {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append("x-forwarded-for", HeaderValue::from_static(value));
            }
            let found = address(peer.parse().unwrap(), &headers, &settings);
            assert_eq!(found.to_string(), expected, "{peer} {forwarded:?}");
        }
    }
}
