//! Answers as the addresses give them: text, JSON, an error.

use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

use super::body::Answer;

/// An error of ours, which the log tells too.
pub fn failed(error: &anyhow::Error) -> Response<Answer> {
    tracing::warn!(error = format!("{error:#}"), "a reader could not be answered");
    plain(StatusCode::INTERNAL_SERVER_ERROR, &format!("failed to {error:#}\n"))
}

pub fn plain(status: StatusCode, text: &str) -> Response<Answer> {
    typed(status, "text/plain; charset=utf-8", text.to_owned())
}

pub fn json(status: StatusCode, value: &serde_json::Value) -> Response<Answer> {
    typed(status, "application/json", format!("{value}\n"))
}

pub fn typed(status: StatusCode, content_type: &'static str, content: impl Into<Bytes>) -> Response<Answer> {
    with_type(status, content_type, Answer::Whole(content.into()))
}

pub fn with_type(status: StatusCode, content_type: &'static str, body: Answer) -> Response<Answer> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
