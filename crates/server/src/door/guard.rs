//! Which requests are answered: host, origin and key.

use std::net::IpAddr;

use axum::http::header::{HOST, HeaderName, HeaderValue, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use subtle::ConstantTimeEq;

use super::refusal::Refusal;

const API_KEY: HeaderName = HeaderName::from_static("x-skybrush-api-key");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Refuses requests under foreign names, of pages of other sites, and without the key.
///
/// On loopback: a page of another site may resolve its own name to 127.0.0.1, but it cannot forge the `Host` that its
/// browser sends; nor `Origin`, nor `Sec-Fetch-Site`, which also tells of pictures and scripts that it embeds. To follow a
/// link to the start page is no such thing.
pub(super) fn check(head: &Parts, loopback: bool, api_key: Option<&str>) -> Result<(), Refusal> {
    if loopback {
        let mut hosts = head.headers.get_all(HOST).iter();
        let one_host = hosts.next().is_some_and(is_loopback_host) && hosts.next().is_none();
        // A target with a name of its own stands above the header.
        let target = head.uri.authority().is_none_or(|a| is_loopback_authority(a.as_str()));
        if !one_host || !target {
            return Err(Refusal::forbidden("this server answers only under a loopback name, such as 127.0.0.1"));
        }
        let navigates = head.method == Method::GET && is(&head.headers, &FETCH_MODE, "navigate");
        let foreign = is(&head.headers, &FETCH_SITE, "cross-site") && !navigates;
        if foreign || !head.headers.get_all(ORIGIN).iter().all(is_loopback_origin) {
            return Err(Refusal::forbidden("this server does not answer to pages of other sites"));
        }
    }
    let Some(key) = api_key else { return Ok(()) };
    let given = head.headers.get(API_KEY).map(HeaderValue::as_bytes).unwrap_or_default();
    if !bool::from(given.ct_eq(key.as_bytes())) {
        return Err(Refusal::forbidden("this server asks for its API key: set it in the add-on's preferences"));
    }
    Ok(())
}

fn is(headers: &HeaderMap, name: &HeaderName, value: &str) -> bool {
    headers.get(name).is_some_and(|v| v.as_bytes().eq_ignore_ascii_case(value.as_bytes()))
}

fn is_loopback_host(host: &HeaderValue) -> bool {
    host.to_str().is_ok_and(is_loopback_authority)
}

fn is_loopback_origin(origin: &HeaderValue) -> bool {
    let origin = origin.to_str().ok().and_then(|o| o.split_once("://"));
    origin.is_some_and(|(_, authority)| is_loopback_authority(authority))
}

/// A loopback name, and a port or none.
fn is_loopback_authority(text: &str) -> bool {
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').unwrap_or_default(),
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    if !(port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()))) {
        return false;
    }
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    #[test]
    fn only_loopback_names_pass() {
        let passes = |name: &str| is_loopback_host(&HeaderValue::from_str(name).unwrap());
        for good in ["127.0.0.1", "127.0.0.1:8123", "localhost:1", "LocalHost", "[::1]:80", "127.0.0.2:8000"] {
            assert!(passes(good), "{good}");
        }
        for bad in [
            "",
            "example.org",
            "127.0.0.1.example.org",
            "127.0.0.1x",
            "0x7f.1",
            "localhost:80@example.org",
            "[::1]example.org",
            "[::1",
            "2130706433",
            "localhost.example.org:80",
            "10.0.0.1",
            "[::2]",
        ] {
            assert!(!passes(bad), "{bad}");
        }
    }

    #[test]
    fn foreign_pages_are_known_by_each_of_their_marks() {
        let passes = |uri: &str, headers: &[(&str, &str)]| {
            let mut request = Request::builder().uri(uri);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            check(&request.body(()).unwrap().into_parts().0, true, None).is_ok()
        };
        let home = ("host", "127.0.0.1:8000");
        assert!(passes("/", &[home]));
        assert!(passes("http://localhost:8000/", &[home]));
        assert!(passes("/", &[home, ("origin", "http://localhost:5173")]));
        assert!(passes("/", &[home, ("sec-fetch-site", "same-origin")]));
        assert!(passes("/", &[home, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]));
        assert!(!passes("/", &[]));
        assert!(!passes("/", &[home, ("host", "127.0.0.1:8000")]));
        assert!(!passes("/", &[home, ("host", "evil.example")]));
        assert!(!passes("http://evil.example/", &[home]));
        assert!(!passes("/", &[home, ("origin", "http://evil.example")]));
        assert!(!passes("/", &[home, ("origin", "null")]));
        assert!(!passes("/", &[home, ("origin", "http://localhost"), ("origin", "http://evil.example")]));
        assert!(!passes("/", &[home, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]));
        assert!(!passes("/", &[home, ("sec-fetch-site", "cross-site")]));
    }
}
