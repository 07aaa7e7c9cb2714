use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use http_body_util::BodyExt;
use kapok_show::printable;
use serde_json::json;
use tokio::time::timeout;
use tracing::{error, warn};

use super::settings::ServerSettings;

/// How long the rest of a refused body is received.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a request is refused: a status and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub status: StatusCode,
    pub detail: String,
}

impl Refusal {
    pub fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self { status, detail: why.into() }
    }

    pub fn bad(why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, why)
    }

    pub fn forbidden(why: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, why)
    }

    pub fn internal(why: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, why)
    }

    /// JSON, whatever was asked for: the add-on shows the text of `detail`, and so does the viewer's page.
    pub fn to_response(&self) -> Response<Body> {
        let mut response = Response::new(Body::from(json!({ "detail": self.detail }).to_string()));
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

/// Tells the operator of a refusal.
pub(crate) fn tell_refusal(path: &str, status: StatusCode, why: &str) {
    let path: String = path.chars().take(120).collect();
    let line = format!("{path}: {} {why}", status.as_u16());
    if status.is_server_error() {
        error!("{}", printable(&line));
    } else {
        warn!("{}", printable(&line));
    }
}

/// Receives what a refused client still sends: it would see a broken connection in place of the reason.
pub(crate) async fn drain(body: &mut Body, settings: &ServerSettings) {
    let limit = settings.pause_timeout.min(DRAIN_TIMEOUT);
    let _ = timeout(limit, async { while let Some(Ok(_)) = body.frame().await {} }).await;
}
