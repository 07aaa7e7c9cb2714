//! The viewer: the embedded web app and the one show it displays.

mod assets;
mod trajectories;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::middleware::map_response;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::door::{self, Door, Progress, Refusal};
use crate::{ServeError, ServerSettings};

pub use assets::has_web_app;
pub use trajectories::{MAGIC, encode_trajectories};
pub use view::{View, ViewError};

/// Everything comes from this server; styles may be inline because the charts set them.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
     worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Serves one show until `stop` completes.
///
/// # Errors
/// [`ServeError::NoApiKey`] for a listener beyond loopback; [`ServeError::Io`] when its address cannot be asked for.
pub async fn serve_view(
    listener: TcpListener,
    view: View,
    settings: ServerSettings,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    door::serve(listener, settings, refuse, |door| router(door, Arc::new(view)), stop).await
}

#[derive(Clone)]
struct Shown {
    door: Arc<Door>,
    view: Arc<View>,
}

fn router(door: Arc<Door>, view: Arc<View>) -> Router {
    Router::new()
        .route("/api/show", get(async |State(s): State<Shown>| json(s.view.show_json.clone())))
        .route("/api/trajectories", get(trajectories))
        .route("/api/certificate", get(async |State(s): State<Shown>| json(s.view.certificate_json.clone())))
        .route("/api/safety", get(safety))
        .fallback(get(file))
        .layer(map_response(with_policy))
        .with_state(Shown { door, view })
}

async fn trajectories(State(s): State<Shown>) -> Response<Body> {
    respond(StatusCode::OK, s.view.trajectories.clone(), "application/octet-stream")
}

/// Made when it is first asked for; the other answers do not wait for it.
async fn safety(State(s): State<Shown>, Extension(progress): Extension<Progress>) -> Response<Body> {
    if let Some(bytes) = s.view.ready_safety_json() {
        return json(bytes);
    }
    let view = s.view.clone();
    match s.door.work(&progress, move || view.safety_json()).await {
        Ok(Some(bytes)) => json(bytes),
        Ok(None) => text(StatusCode::INTERNAL_SERVER_ERROR, "the safety figures of this show have no JSON form"),
        Err(refusal) => refuse(&refusal),
    }
}

async fn file(request: Request) -> Response<Body> {
    match assets::file(request.uri().path().trim_start_matches('/')) {
        Some((data, media_type)) => respond(StatusCode::OK, data, &media_type),
        None => text(StatusCode::NOT_FOUND, "no such page"),
    }
}

fn json(bytes: Bytes) -> Response<Body> {
    respond(StatusCode::OK, bytes, "application/json")
}

fn text(status: StatusCode, message: &'static str) -> Response<Body> {
    respond(status, Bytes::from_static(message.as_bytes()), "text/plain; charset=utf-8")
}

/// The page shows the text.
fn refuse(refusal: &Refusal) -> Response<Body> {
    respond(refusal.status, Bytes::from(refusal.detail.clone()), "text/plain; charset=utf-8")
}

fn respond(status: StatusCode, bytes: Bytes, media_type: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    if let Ok(value) = HeaderValue::from_str(media_type) {
        response.headers_mut().insert(CONTENT_TYPE, value);
    }
    response
}

async fn with_policy(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
