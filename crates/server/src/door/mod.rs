//! The one door of everything that is served: listener, guard, time-outs, bounded bodies, work on bounded threads.

mod body;
mod connection;
mod guard;
mod refusal;
mod settings;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, HeaderName, SERVER, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, Response};
use axum::middleware::{Next, from_fn_with_state};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use kapok_show::printable;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout};
use tower_service::Service;
use tracing::{Instrument, Span, debug, info_span};

pub use body::unpack;
use body::{Held, ReadBody, read_body};
use connection::Connections;
pub(crate) use connection::{Progress, Stage};
use refusal::drain;
pub(crate) use refusal::{Refusal, tell_refusal};
pub use settings::{BadApiKey, ServerSettings};

const SERVER_NAME: &str = concat!("kapok/", env!("CARGO_PKG_VERSION"));
/// Bytes of a head, and of what is received ahead of a body: more are refused.
const MAX_HEAD_BYTES: usize = 1 << 16;
/// How often a full server looks for connections that wait for their client.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Why the server could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not permitted.
    #[error("cannot listen on {address} (choose another with --port, 0 takes a free one)")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// An address that other machines reach needs a key.
    #[error("{address} can be reached from other machines: give an API key with --api-key-file, or stay on 127.0.0.1")]
    NoApiKey {
        /// The address asked for.
        address: SocketAddr,
    },
    /// The listener failed.
    #[error("the server stopped")]
    Io(#[from] std::io::Error),
}

/// What all requests of a server share.
pub(crate) struct Door {
    settings: ServerSettings,
    held: Held,
    working: Arc<Semaphore>,
    loopback: bool,
}

impl Door {
    /// Reads the body of a request, of this media type, decompressed, within the bounds of all.
    pub async fn read_body(&self, headers: &HeaderMap, body: &mut Body, media_type: &str) -> Result<ReadBody, Refusal> {
        read_body(headers, body, media_type, &self.settings, &self.held).await
    }

    /// Runs work that takes a while on a thread of its own; a panic in it is a refusal of this one request.
    ///
    /// # Guarantees
    /// At most `settings.max_working` run at one time, those included whose client has left.
    pub async fn work<T: Send + 'static>(
        &self,
        progress: &Progress,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        progress.set(Stage::Working);
        let turn = self.working.clone().acquire_owned().await.map_err(|e| Refusal::internal(e.to_string()))?;
        let span = Span::current();
        let work = move || {
            let _turn = turn;
            span.in_scope(work)
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| {
            Refusal::internal(
                "the server met a fault of its own with this request; it goes on. Please report it with the show",
            )
        })
    }

    /// Refuses a request: the operator is told, and what its client still sends is received first.
    pub async fn refuse(&self, path: &str, refusal: &Refusal, body: &mut Body) -> Response<Body> {
        tell_refusal(path, refusal.status, &refusal.detail);
        drain(body, &self.settings).await;
        refusal.to_response()
    }
}

/// Opens a listener; port 0 takes a free one.
///
/// # Errors
/// [`ServeError::NoApiKey`] for an address that is not loopback without an API key; [`ServeError::Bind`].
pub async fn bind(address: SocketAddr, settings: &ServerSettings) -> Result<TcpListener, ServeError> {
    require_key(address, settings)?;
    TcpListener::bind(address).await.map_err(|source| ServeError::Bind { address, source })
}

fn require_key(address: SocketAddr, settings: &ServerSettings) -> Result<(), ServeError> {
    if address.ip().is_loopback() || settings.api_key.is_some() {
        Ok(())
    } else {
        Err(ServeError::NoApiKey { address })
    }
}

/// Serves what `routes` makes of the door until `stop` completes.
///
/// # Guarantees
/// No request ends the server. When `stop` completes, all connections are closed at once. Clients that send or take nothing
/// are given up, and before that they give way to others as soon as places or file handles are short.
pub(crate) async fn serve(
    listener: TcpListener,
    settings: ServerSettings,
    routes: impl FnOnce(Arc<Door>) -> Router,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    require_key(address, &settings)?;
    let door = Arc::new(Door {
        held: Held::new(settings.max_held_bytes),
        working: Arc::new(Semaphore::new(settings.max_working.clamp(1, 1024))),
        loopback: address.ip().is_loopback(),
        settings,
    });
    let router = routes(door.clone()).layer(from_fn_with_state(door.clone(), guarded));
    let places = Arc::new(Semaphore::new(door.settings.max_connections.clamp(1, 100_000)));
    let (mut running, mut connections) = (JoinSet::new(), Connections::default());
    tokio::pin!(stop);
    loop {
        let next = accept(&listener, &places, &mut connections, door.settings.patience);
        let (stream, place) = tokio::select! {
            () = &mut stop => break,
            next = next => next,
        };
        let progress = Progress::new();
        let handle = spawn(&mut running, stream, place, &router, &door, progress.clone());
        connections.add(handle, progress);
        while running.try_join_next().is_some() {}
    }
    running.shutdown().await;
    Ok(())
}

/// The next connection and its place. Without a free place, or without file handles, idle connections are closed.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    connections: &mut Connections,
    patience: Duration,
) -> (TcpStream, OwnedSemaphorePermit) {
    let place = loop {
        if let Ok(Ok(place)) = timeout(LOOK_AGAIN, places.clone().acquire_owned()).await {
            break place;
        }
        connections.close_idle(patience);
    };
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            return (stream, place);
        }
        // A client that is gone before it is accepted, or a shortage of file handles that passes, ends nothing.
        connections.close_idle(patience);
        sleep(LOOK_AGAIN).await;
    }
}

fn spawn(
    running: &mut JoinSet<()>,
    stream: TcpStream,
    place: OwnedSemaphorePermit,
    router: &Router,
    door: &Arc<Door>,
    progress: Progress,
) -> AbortHandle {
    let (router, door, told) = (router.clone(), door.clone(), progress.clone());
    let service = service_fn(move |mut request: Request<Incoming>| {
        let (mut router, told) = (router.clone(), told.clone());
        told.set(Stage::Body);
        request.extensions_mut().insert(told.clone());
        async move {
            let response = router.call(request).await;
            told.set(Stage::Sending);
            response.map_err(|never: Infallible| never)
        }
    });
    running.spawn(async move {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(door.settings.head_timeout)
            .max_buf_size(MAX_HEAD_BYTES)
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), service);
        tokio::select! {
            // How a connection ends concerns its client alone.
            ended = connection => {
                if let Err(error) = ended {
                    debug!("a connection broke off: {error}");
                }
            }
            () = progress.overdue(&door.settings) => debug!("a connection was given up: its time was over"),
        }
        drop(place);
    })
}

/// What stands before and after every answer, in the span of its request.
async fn guarded(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response<Body> {
    let path: String = request.uri().path().chars().take(120).collect();
    let span = info_span!("request", method = %request.method(), path = %printable(&path));
    let begun = Instant::now();
    async move {
        let response = answered(&door, request, next).await;
        debug!(status = response.status().as_u16(), took_ms = begun.elapsed().as_millis() as u64, "answered");
        response
    }
    .instrument(span)
    .await
}

async fn answered(door: &Door, request: Request, next: Next) -> Response<Body> {
    let (head, mut body) = request.into_parts();
    let mut response = match guard::check(&head, door.loopback, door.settings.api_key.as_deref()) {
        Ok(()) => next.run(Request::from_parts(head, body)).await,
        Err(refusal) => door.refuse(head.uri.path(), &refusal, &mut body).await,
    };
    let headers = response.headers_mut();
    headers.insert(SERVER, HeaderValue::from_static(SERVER_NAME));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// No page of another site may embed an answer.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
