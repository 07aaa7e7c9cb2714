use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use tokio::net::TcpListener;

use crate::door::{self, Door, Refusal, ServeError, ServerSettings};
use crate::viewer::Screen;
use crate::{studio, viewer};

/// What a server serves. Mounts share listener, guard, bounds and threads; their paths differ.
#[derive(Clone, Debug)]
pub enum Mount {
    /// `/` and `/api/v1`: the web app and what is on its screen.
    Viewer(Screen),
    /// `/ping`, `/queries`, `/operations`, also below `/api/v1`: the planning protocol of the Blender add-on.
    Studio,
}

/// Serves until `stop` completes.
///
/// # Guarantees
/// No request ends the server: whatever goes wrong in one is answered to that one, or its connection is closed. When `stop`
/// completes, all connections are closed at once.
///
/// # Errors
/// [`ServeError::NoApiKey`] for a listener beyond loopback without an API key; [`ServeError::Io`] when its address cannot be
/// asked for.
pub async fn serve(
    listener: TcpListener,
    mounts: impl IntoIterator<Item = Mount>,
    settings: ServerSettings,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    let routes = |door: Arc<Door>| {
        let routers = mounts.into_iter().map(|mount| match mount {
            Mount::Viewer(screen) => viewer::router(door.clone(), screen),
            Mount::Studio => studio::router(door.clone()),
        });
        routers.fold(Router::new(), Router::merge).fallback(no_such_page).method_not_allowed_fallback(other_method)
    };
    door::serve(listener, settings, routes, stop).await
}

async fn no_such_page() -> Response<Body> {
    Refusal::new(StatusCode::NOT_FOUND, "no such page").to_response()
}

async fn other_method() -> Response<Body> {
    let why = "pages, data and queries are asked with GET, operations with POST";
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, why).to_response()
}
