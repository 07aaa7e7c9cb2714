//! The viewer: the embedded web app and the show that it displays.

mod assets;
mod error;
mod flown;
mod live;
mod schema;
mod screen;
mod trajectories;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Path, Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderValue, Response, StatusCode, Uri};
use axum::middleware::map_response;
use axum::routing::{get, post};

use crate::door::{Door, Progress, Refusal};

pub use assets::has_web_app;
pub use error::ViewError;
pub use flown::Flown;
pub use schema::viewer_schema;
pub use screen::{LiveAnswer, MarkedMistake, News, Opener, Screen, Trouble, Work};
pub use trajectories::{MAGIC, encode_trajectories};
pub use view::{SceneReading, Standing, View};

/// Everything comes from this server; styles may be inline because the charts set them.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
     worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Where the page asks for its data; `API` of web/src says the same.
const API: &str = "/api/v1";

/// Media type of a file that is dropped on a page. A page of another site cannot send it without asking first.
const DROPPED: &str = "application/octet-stream";
/// Longest name of a dropped file, bytes.
const MAX_NAME_BYTES: usize = 255;

#[derive(Clone)]
struct Shown {
    door: Arc<Door>,
    screen: Screen,
}

pub fn router(door: Arc<Door>, screen: Screen) -> Router {
    let data = Router::new()
        .route("/show", get(show))
        .route("/live", get(async |State(s): State<Shown>| live::channel(&s.screen)))
        .route("/trajectories", get(trajectories))
        .route("/certificate", get(certificate))
        .route("/safety", get(safety))
        .route("/flown", get(flown))
        .route("/flown/{block}", get(flown_block))
        .route("/open/{name}", post(open));
    Router::new()
        .nest(API, data)
        .route("/", get(file))
        .route("/{*file}", get(file))
        .layer(map_response(with_policy))
        .with_state(Shown { door, screen })
}

async fn show(State(s): State<Shown>) -> Response<Body> {
    let now = s.screen.now();
    match now.view {
        Some(view) => json(view.show_json(now.version)),
        // The page waits for the first pictures: no fault.
        None => json(Bytes::from_static(b"null")),
    }
}

/// The view that is shown; where the request names a version, that one: parts of two shows make no show.
fn shown(s: &Shown, request: &Uri) -> Result<Arc<View>, Box<Response<Body>>> {
    let now = s.screen.now();
    let asked = request.query().and_then(|query| query.strip_prefix("version="));
    if asked.is_some_and(|version| version.parse() != Ok(now.version)) {
        return Err(Box::new(gone()));
    }
    now.view.ok_or_else(|| Box::new(nothing().to_response()))
}

/// Another show is on the screen by now. No fault: the page is told of that one, too.
fn gone() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn nothing() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "there is nothing to show yet")
}

async fn trajectories(State(s): State<Shown>, asked: Uri) -> Response<Body> {
    match shown(&s, &asked) {
        Ok(view) => respond(view.trajectories.clone(), "application/octet-stream"),
        Err(other) => *other,
    }
}

async fn certificate(State(s): State<Shown>, asked: Uri) -> Response<Body> {
    match shown(&s, &asked).map(|view| view.certificate_json.clone()) {
        Ok(Some(bytes)) => json(bytes),
        // No fault: it is not there yet, or there will be none.
        Ok(None) => json(Bytes::from_static(b"null")),
        Err(other) => *other,
    }
}

/// Made when it is first asked for; the other answers do not wait for it.
async fn safety(State(s): State<Shown>, asked: Uri, Extension(progress): Extension<Progress>) -> Response<Body> {
    let view = match shown(&s, &asked) {
        Ok(view) => view,
        Err(other) => return *other,
    };
    if let Some(bytes) = view.ready_safety_json() {
        return json(bytes);
    }
    match s.door.work(&progress, move || view.safety_json()).await {
        Ok(Ok(bytes)) => json(bytes),
        Ok(Err(why)) => Refusal::new(StatusCode::NOT_FOUND, why).to_response(),
        Err(refusal) => refusal.to_response(),
    }
}

async fn flown(State(s): State<Shown>, asked: Uri) -> Response<Body> {
    match shown(&s, &asked).map(|view| view.flown.as_ref().map(|flown| flown.json.clone())) {
        Ok(Some(bytes)) => json(bytes),
        // No fault: most shows are looked at without a log.
        Ok(None) => json(Bytes::from_static(b"null")),
        Err(other) => *other,
    }
}

async fn flown_block(State(s): State<Shown>, Path(block): Path<usize>, asked: Uri) -> Response<Body> {
    match shown(&s, &asked).map(|view| view.flown.as_ref().and_then(|flown| flown.blocks.get(block).cloned())) {
        Ok(Some(bytes)) => respond(bytes, "application/octet-stream"),
        Ok(None) => Refusal::new(StatusCode::NOT_FOUND, "the log has no such block").to_response(),
        Err(other) => *other,
    }
}

/// A file that was dropped on a page.
async fn open(State(s): State<Shown>, Path(name): Path<String>, request: Request) -> Response<Body> {
    let (head, mut body) = request.into_parts();
    let path = head.uri.path();
    let Some(opener) = &s.screen.opener else {
        return s
            .door
            .refuse(path, &Refusal::new(StatusCode::NOT_FOUND, "nothing can be opened here"), &mut body)
            .await;
    };
    let plain = !name.is_empty() && name.len() <= MAX_NAME_BYTES && !name.contains(['/', '\\', '\0']);
    if !plain {
        return s.door.refuse(path, &Refusal::bad("a file name without folders is asked for"), &mut body).await;
    }
    let read = match s.door.read_body(&head.headers, &mut body, DROPPED).await {
        Ok(read) => read,
        Err(refusal) => return s.door.refuse(path, &refusal, &mut body).await,
    };
    match opener(name, read.bytes) {
        Ok(()) => json(Bytes::from_static(b"null")),
        Err(why) => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, why).to_response(),
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
