//! `/`: the page, one file without anything from elsewhere.

use std::fs::File;
use std::io::Read as _;

use base64::Engine as _;
use hyper::header::HeaderValue;
use hyper::{Response, StatusCode};

use super::answers::{plain, typed};
use super::body::Answer;

const HTML: &str = include_str!("page/index.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

pub fn answer(asks_for_token: bool) -> Response<Answer> {
    let Some(nonce) = nonce() else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "failed to get a random number from the system\n");
    };
    let page = HTML
        .replace("{nonce}", &nonce)
        .replace("{token}", if asks_for_token { "asked" } else { "none" })
        .replace("/*style*/", STYLE)
        .replace("/*script*/", SCRIPT);
    let mut answer = typed(StatusCode::OK, "text/html; charset=utf-8", page);
    // Only what bears this answer's nonce is run or styles anything, no text can become markup by a script, and nothing
    // is loaded from or sent to anywhere but here.
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        answer.headers_mut().insert("content-security-policy", policy);
    }
    answer
}

/// A number that nobody can guess, anew for each answer.
fn nonce() -> Option<String> {
    let mut random = [0; 18];
    File::open("/dev/urandom").and_then(|mut urandom| urandom.read_exact(&mut random)).ok()?;
    Some(base64::engine::general_purpose::STANDARD.encode(random))
}
