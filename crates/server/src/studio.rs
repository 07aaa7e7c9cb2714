//! The planning protocol of the Blender add-on over HTTP: its endpoints as routes, with and without `/api/v1`.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::routing::{any, get, post};
use kapok_studio::{Endpoint, Reply, answer};
use tracing::info;

use crate::door::{Door, Progress, Refusal, tell_refusal};

/// A server that is chosen by its address is asked with the vendor's prefix, the local one without.
const PREFIXES: [&str; 2] = ["", "/api/v1"];

/// The endpoints of the protocol.
pub fn router(door: Arc<Door>) -> Router {
    let mut router = Router::new();
    for prefix in PREFIXES {
        for endpoint in Endpoint::ALL {
            let route = if endpoint.is_operation() {
                post(async move |State(door), Extension(progress), request| {
                    operate(endpoint, door, progress, request).await
                })
            } else {
                get(async move || respond(endpoint.path(), answer(&kapok_studio::Request { endpoint, body: &[] })))
            };
            router = router.route(&format!("{prefix}{}", endpoint.path()), route);
        }
        router = router.route(&format!("{prefix}/operations/{{*name}}"), any(unknown));
    }
    router.with_state(door)
}

async fn operate(endpoint: Endpoint, door: Arc<Door>, progress: Progress, request: Request) -> Response<Body> {
    let (head, mut body) = request.into_parts();
    match work(endpoint, &door, &progress, &head, &mut body).await {
        Ok(reply) => respond(head.uri.path(), reply),
        Err(refusal) => door.refuse(head.uri.path(), &refusal, &mut body).await,
    }
}

async fn work(
    endpoint: Endpoint,
    door: &Door,
    progress: &Progress,
    head: &Parts,
    body: &mut Body,
) -> Result<Reply, Refusal> {
    let body = door.read_body(&head.headers, body, "application/json").await?;
    door.work(progress, move || answer(&kapok_studio::Request { endpoint, body: &body.bytes })).await
}

async fn unknown(Path(name): Path<String>, request: Request) -> Response<Body> {
    respond(request.uri().path(), Endpoint::unknown_operation(&name))
}

/// The reply as HTTP; its remarks are told to the operator.
fn respond(path: &str, reply: Reply) -> Response<Body> {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for remark in &reply.remarks {
        if status.is_success() {
            info!("{remark}");
        } else {
            tell_refusal(path, status, remark);
        }
    }
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.media_type));
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}
