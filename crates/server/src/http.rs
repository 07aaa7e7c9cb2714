use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use tokio::net::TcpListener;

use crate::{View, assets};

/// Everything comes from this server; styles may be inline because the charts set them.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
     worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Why the server could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The port is taken or not permitted.
    #[error("cannot listen on 127.0.0.1:{port}: {source}; choose another with --port, 0 takes a free one")]
    Bind {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// The address is taken or not permitted.
    #[error("cannot listen on {address}: {source}; choose another with --port, 0 takes a free one")]
    BindAddress {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Whoever can be reached from outside asks for a key.
    #[error("{address} can be reached from other machines: give an API key with --api-key-file, or stay on 127.0.0.1")]
    NoApiKey {
        /// The address asked for.
        address: SocketAddr,
    },
    /// The listener failed.
    #[error("the server stopped: {0}")]
    Io(#[from] std::io::Error),
}

/// Opens a listener on the loopback address; port 0 takes a free one.
///
/// # Errors
/// [`ServeError::Bind`].
pub async fn bind_loopback(port: u16) -> Result<TcpListener, ServeError> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .await
        .map_err(|source| ServeError::Bind { port, source })
}

/// Serves one show until `stop` completes.
///
/// # Errors
/// [`ServeError::Io`] when the listener fails.
pub async fn serve(
    listener: TcpListener,
    view: View,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let router = Router::new().fallback(answer).with_state(Arc::new(view));
    axum::serve(listener, router).with_graceful_shutdown(stop).await?;
    Ok(())
}

async fn answer(State(view): State<Arc<View>>, request: Request) -> Response<Body> {
    if !is_loopback_host(request.headers().get(header::HOST)) {
        return text(StatusCode::FORBIDDEN, "this server answers only under a loopback name, such as 127.0.0.1");
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are served");
    }
    match request.uri().path() {
        "/api/show" => body(view.show_json.clone(), "application/json"),
        "/api/trajectories" => body(view.trajectories.clone(), "application/octet-stream"),
        "/api/certificate" => body(view.certificate_json.clone(), "application/json"),
        "/api/safety" => safety(view).await,
        path => match assets::file(path.trim_start_matches('/')) {
            Some((data, media_type)) => body(data.into_owned(), &media_type),
            None => text(StatusCode::NOT_FOUND, "no such page"),
        },
    }
}

/// Made on a thread of its own: the first time it takes a while, and the other answers must not wait for it.
async fn safety(view: Arc<View>) -> Response<Body> {
    match tokio::task::spawn_blocking(move || view.safety_json().map(<[u8]>::to_vec)).await {
        Ok(Some(json)) => body(json, "application/json"),
        _ => text(StatusCode::INTERNAL_SERVER_ERROR, "the safety figures of this show could not be made"),
    }
}

/// Guards against DNS rebinding: a page on another site may resolve its own name to 127.0.0.1, but it cannot forge
/// the `Host` header its browser sends.
pub(crate) fn is_loopback_host(host: Option<&HeaderValue>) -> bool {
    host.and_then(|h| h.to_str().ok()).is_some_and(is_loopback_authority)
}

/// The same for the text of it: a name, and a port or none.
pub(crate) fn is_loopback_authority(text: &str) -> bool {
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').unwrap_or_default(),
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    if !(port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()))) {
        return false;
    }
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn body(data: Vec<u8>, media_type: &str) -> Response<Body> {
    respond(StatusCode::OK, Body::from(data), media_type)
}

fn text(status: StatusCode, message: &'static str) -> Response<Body> {
    respond(status, Body::from(message), "text/plain; charset=utf-8")
}

fn respond(status: StatusCode, body: Body, media_type: &str) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(media_type) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_pass() {
        let passes = |name: &str| is_loopback_host(Some(&HeaderValue::from_str(name).unwrap()));
        for good in ["127.0.0.1", "127.0.0.1:8123", "localhost:1", "LocalHost", "[::1]:80", "127.0.0.2:8000"] {
            assert!(passes(good), "{good}");
        }
        for bad in [
            "",
            "example.org",
            "127.0.0.1.example.org",
            "127.0.0.1x",
            "0x7f.1",
            "localhost:80@example.org",
            "[::1]example.org",
            "[::1",
            "2130706433",
            "localhost.example.org:80",
            "10.0.0.1",
            "[::2]",
        ] {
            assert!(!passes(bad), "{bad}");
        }
        assert!(!is_loopback_host(None));
    }
}
