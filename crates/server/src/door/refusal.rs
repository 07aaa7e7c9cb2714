use std::time::Duration;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use http_body_util::BodyExt;
use kapok_show::printable;
use tokio::time::timeout;

use super::settings::ServerSettings;

/// How long the rest of a refused body is received.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a request is not answered as it wishes: a status and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub status: StatusCode,
    pub detail: String,
}

/// How a server words a refusal: the add-on reads JSON, the viewer's page plain text.
pub(crate) type RefusalForm = fn(&Refusal) -> Response<Body>;

impl Refusal {
    pub fn bad(why: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, detail: why.into() }
    }

    pub fn forbidden(why: impl Into<String>) -> Self {
        Self { status: StatusCode::FORBIDDEN, detail: why.into() }
    }

    pub fn internal(why: impl Into<String>) -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, detail: why.into() }
    }

    /// One line for the terminal.
    pub fn log(&self, path: &str, settings: &ServerSettings) {
        let path: String = path.chars().take(120).collect();
        (settings.log)(&printable(&format!("{path}: {} {}", self.status.as_u16(), self.detail)));
    }
}

/// Receives what a refused client still sends: it would see a broken connection in place of the reason.
pub(crate) async fn drain(body: &mut Body, settings: &ServerSettings) {
    let limit = settings.pause_timeout.min(DRAIN_TIMEOUT);
    let _ = timeout(limit, async { while let Some(Ok(_)) = body.frame().await {} }).await;
}
