//! Which address shows what.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{ALLOW, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use url::form_urlencoded;

use super::answers::{failed, json, plain, typed};
use super::body::Answer;
use super::{Shared, events, guard, metrics, page, records};

pub async fn answer(request: Request<Incoming>, shared: Arc<Shared>) -> Response<Answer> {
    let mut answer = route(&request, shared).await;
    guard::harden(&mut answer);
    answer
}

async fn route(request: &Request<Incoming>, shared: Arc<Shared>) -> Response<Answer> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut refused = plain(StatusCode::METHOD_NOT_ALLOWED, "there is nothing to change here: only GET\n");
        refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    let path = request.uri().path();
    let query: records::Query = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
    if query.contains_key("token") {
        let why =
            "a token does not belong into an address, which ends up in histories and logs: show it as `Authorization: Bearer TOKEN`\n";
        return plain(StatusCode::BAD_REQUEST, why);
    }
    let refused = match path {
        // The page itself shows nothing of anybody's; it asks for the token, and for everything else with it.
        "/" => shared.guard.refuse_name(request.headers()),
        _ => shared.guard.refuse(request.headers()),
    };
    if let Some(refused) = refused {
        return refused;
    }
    match path {
        "/" => page::answer(shared.guard.has_token()),
        "/healthz" => health(&shared.vitals.alive(&shared.desk)),
        "/readyz" => health(&shared.vitals.ready(&shared)),
        "/metrics" => metrics::answer(&shared),
        "/status" => status(shared).await,
        "/records" => records::answer(&query, shared).await,
        "/latest" => records::latest(&query, shared).await,
        "/events" => events::answer(shared).await,
        _ => plain(StatusCode::NOT_FOUND, "there is /, /healthz, /readyz, /metrics, /status and /records\n"),
    }
}

fn health(reasons: &[(&'static str, String)]) -> Response<Answer> {
    let told: Vec<_> = reasons.iter().map(|(reason, why)| serde_json::json!({"reason": reason, "why": why})).collect();
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json(status, &serde_json::json!({"ok": reasons.is_empty(), "reasons": told}))
}

async fn status(shared: Arc<Shared>) -> Response<Answer> {
    let turn = shared.looking.lock().await;
    let look = Arc::clone(&shared);
    let told = tokio::task::spawn_blocking(move || (look.desk.status)()).await;
    drop(turn);
    match told.map_err(anyhow::Error::from).flatten() {
        Ok(status) => typed(StatusCode::OK, "application/json", status),
        Err(error) => failed(&error),
    }
}
