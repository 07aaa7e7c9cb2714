use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response};
use axum::routing::any;

use super::fault::Fault;
use super::route::{Answer, Route};
use crate::door::{Door, Progress, Refusal, read_body};

/// The operations and queries of the protocol. Their paths are matched by [`Route`], as they are without a socket.
pub(super) fn router(door: Arc<Door>) -> Router {
    Router::new().fallback(any(answer)).with_state(door)
}

async fn answer(
    State(door): State<Arc<Door>>,
    Extension(progress): Extension<Progress>,
    request: Request,
) -> Response<Body> {
    let (head, mut body) = request.into_parts();
    match work(&door, &progress, &head, &mut body).await {
        Ok(answer) => respond(answer),
        Err(refusal) => door.refuse(head.uri.path(), &refusal, &mut body).await,
    }
}

async fn work(door: &Door, progress: &Progress, head: &Parts, body: &mut Body) -> Result<Answer, Refusal> {
    let route = Route::of(head.uri.path())?;
    let expected = if route.has_body() { Method::POST } else { Method::GET };
    if head.method != expected && !(expected == Method::GET && head.method == Method::HEAD) {
        return Err(Fault::Method.into());
    }
    if !route.has_body() {
        return Ok(route.query()?);
    }
    let gzip = is_gzip(head)?;
    let body = read_body(body, gzip, &door.settings, &door.held).await?;
    let log = door.settings.log.clone();
    Ok(door.work(progress, move || route.operate(&body.bytes, &log)).await??)
}

/// Is the body compressed? Anything but JSON is refused: a page in a browser cannot send JSON here without asking first.
fn is_gzip(head: &Parts) -> Result<bool, Fault> {
    let text = |name| head.headers.get(name).map(|v| v.to_str().unwrap_or("?").trim().to_ascii_lowercase());
    let media_type = text(CONTENT_TYPE).unwrap_or_default();
    if media_type.split(';').next().map(str::trim) != Some("application/json") {
        return Err(Fault::Bad(format!("operations take application/json, not \"{media_type}\"")));
    }
    match text(CONTENT_ENCODING).as_deref() {
        None | Some("" | "identity") => Ok(false),
        Some("gzip") => Ok(true),
        Some(other) => Err(Fault::Bad(format!("bodies may be plain or gzip, not \"{other}\""))),
    }
}

fn respond(answer: Answer) -> Response<Body> {
    let mut response = Response::new(Body::from(answer.bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.media_type));
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

/// The add-on shows the text of `detail`.
pub(super) fn refuse(refusal: &Refusal) -> Response<Body> {
    let text = serde_json::json!({ "detail": refusal.detail }).to_string();
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = refusal.status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
