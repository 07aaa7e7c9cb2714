//! The viewer: the embedded web app and the one show it displays.

mod assets;
mod error;
mod schema;
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

use crate::door::{Door, Progress, Refusal};

pub use assets::has_web_app;
pub use error::ViewError;
pub use schema::viewer_schema;
pub use trajectories::{MAGIC, encode_trajectories};
pub use view::View;

/// Everything comes from this server; styles may be inline because the charts set them.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
     worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Where the page asks for its data; `API` of web/src says the same.
const API: &str = "/api/v1";

#[derive(Clone)]
struct Shown {
    door: Arc<Door>,
    view: Arc<View>,
}

pub fn router(door: Arc<Door>, view: Arc<View>) -> Router {
    let data = Router::new()
        .route("/show", get(async |State(s): State<Shown>| json(s.view.show_json.clone())))
        .route("/trajectories", get(trajectories))
        .route("/certificate", get(async |State(s): State<Shown>| json(s.view.certificate_json.clone())))
        .route("/safety", get(safety));
    Router::new()
        .nest(API, data)
        .route("/", get(file))
        .route("/{*file}", get(file))
        .layer(map_response(with_policy))
        .with_state(Shown { door, view })
}

async fn trajectories(State(s): State<Shown>) -> Response<Body> {
    respond(s.view.trajectories.clone(), "application/octet-stream")
}

/// Made when it is first asked for; the other answers do not wait for it.
async fn safety(State(s): State<Shown>, Extension(progress): Extension<Progress>) -> Response<Body> {
    if let Some(bytes) = s.view.ready_safety_json() {
        return json(bytes);
    }
    let view = s.view.clone();
    match s.door.work(&progress, move || view.safety_json()).await {
        Ok(Some(bytes)) => json(bytes),
        Ok(None) => Refusal::internal("the safety figures of this show have no JSON form").to_response(),
        Err(refusal) => refusal.to_response(),
    }
}

async fn file(request: Request) -> Response<Body> {
    match assets::file(request.uri().path().trim_start_matches('/')) {
        Some((data, media_type)) => respond(data, &media_type),
        None => Refusal::new(StatusCode::NOT_FOUND, "no such page").to_response(),
    }
}

fn json(bytes: Bytes) -> Response<Body> {
    respond(bytes, "application/json")
}

fn respond(bytes: Bytes, media_type: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
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
