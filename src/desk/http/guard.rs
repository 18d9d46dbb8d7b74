//! Who may read, and what every answer says to the browser that shows it.

use std::net::IpAddr;

use hyper::header::{AUTHORIZATION, HOST, HeaderMap, HeaderValue};
use hyper::{Response, StatusCode};

use super::answers::plain;
use super::body::Answer;

/// What a reader must show.
pub struct Guard {
    /// The token's digest. Digests are compared in constant time, and tell nothing of how much of a guess was right.
    token: Option<blake3::Hash>,
}

impl Guard {
    pub fn new(token: &str) -> Self {
        Self { token: (!token.is_empty()).then(|| blake3::hash(token.as_bytes())) }
    }

    pub const fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Refuses who does not show the token. Without a token, who asks by another name than this machine's own: a page
    /// from elsewhere could have its name resolved to this machine, and read along.
    pub fn refuse(&self, headers: &HeaderMap) -> Option<Response<Answer>> {
        match &self.token {
            Some(token) => {
                let shown = headers.get(AUTHORIZATION).and_then(|value| bearer(value.as_bytes()));
                if shown.is_some_and(|shown| blake3::hash(shown) == *token) {
                    return None;
                }
                let mut refused = plain(StatusCode::UNAUTHORIZED, "show the token of `http.token`: `Authorization: Bearer TOKEN`\n");
                refused.headers_mut().insert(hyper::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
                Some(refused)
            }
            None => self.refuse_name(headers),
        }
    }

    /// As `refuse`, for what anyone may see who can reach the server.
    pub fn refuse_name(&self, headers: &HeaderMap) -> Option<Response<Answer>> {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        // A browser always says whom it asks; whoever does not is none.
        if self.has_token() || host.is_none_or(is_this_machine) {
            return None;
        }
        let why = "without `http.token`, only this machine is answered, by its own name: ask for 127.0.0.1 or localhost\n";
        Some(plain(StatusCode::FORBIDDEN, why))
    }
}

/// The token in `Bearer TOKEN`.
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked("bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

/// True for `localhost`, `127.0.0.1:8080`, `[::1]:8080`.
fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Says to browsers: this is what it says it is, for nobody else's page, and not to be kept or told of.
pub fn harden(answer: &mut Response<Answer>) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    // Whatever is not the page shows nothing, runs nothing, and is framed by nobody.
    answer
        .headers_mut()
        .entry("content-security-policy")
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(token: &str, headers: &[(&'static str, &'static str)]) -> Option<u16> {
        let headers =
            headers.iter().map(|(name, value)| (hyper::header::HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
        Guard::new(token).refuse(&headers).map(|answer| answer.status().as_u16())
    }

    #[test]
    fn with_a_token_only_who_shows_it_is_answered() {
        assert_eq!(refused("secret", &[("authorization", "Bearer secret"), ("host", "desk.example")]), None);
        assert_eq!(refused("secret", &[("authorization", "bearer  secret")]), None);
        for wrong in ["Bearer secre", "Bearer secrets", "Bearer", "Basic secret", "secret", "Bearer "] {
            assert_eq!(refused("secret", &[("authorization", wrong), ("host", "localhost")]), Some(401), "{wrong}");
        }
        assert_eq!(refused("secret", &[("host", "127.0.0.1")]), Some(401));
    }

    #[test]
    fn without_a_token_a_strange_name_is_not_answered() {
        for ours in ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "127.1.2.3", "[::1]:8080", "desk.localhost:1", "localhost."] {
            assert_eq!(refused("", &[("host", ours)]), None, "{ours}");
        }
        for strange in ["desk.example:8080", "127.0.0.1.example", "localhost.example", "192.168.0.7", "[2001:db8::1]", ""] {
            assert_eq!(refused("", &[("host", strange)]), Some(403), "{strange}");
        }
    }
}
