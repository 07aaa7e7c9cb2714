use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::body::Held;
use super::exchange::Exchange;
use super::settings::StudioSettings;
use crate::ServeError;

/// Opens a listener for the planning server; port 0 takes a free one.
///
/// # Errors
/// [`ServeError::NoApiKey`] for an address that is not loopback without an API key; [`ServeError::BindAddress`].
pub async fn bind_studio(address: SocketAddr, settings: &StudioSettings) -> Result<TcpListener, ServeError> {
    if !address.ip().is_loopback() && settings.api_key.is_none() {
        return Err(ServeError::NoApiKey { address });
    }
    TcpListener::bind(address).await.map_err(|source| ServeError::BindAddress { address, source })
}

/// Serves the planning protocol until `stop` completes.
///
/// # Guarantees
/// No request ends the server: whatever goes wrong in one is answered to that one, or its connection is closed.
///
/// # Errors
/// [`ServeError::NoApiKey`] for a listener beyond loopback without an API key; [`ServeError::Io`] when its address cannot
/// be asked for.
pub async fn serve_studio(
    listener: TcpListener,
    settings: StudioSettings,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() && settings.api_key.is_none() {
        return Err(ServeError::NoApiKey { address });
    }
    let connections = Arc::new(Semaphore::new(settings.max_connections.clamp(1, 100_000)));
    let connection_timeout = settings.connection_timeout;
    let head_timeout = settings.head_timeout;
    let exchange = Arc::new(Exchange {
        loopback: address.ip().is_loopback(),
        held: Held::new(settings.max_held_bytes),
        planning: Semaphore::new(settings.max_planning.clamp(1, 1024)),
        settings,
    });
    let mut running = JoinSet::new();
    tokio::pin!(stop);
    loop {
        let permit = tokio::select! {
            () = &mut stop => break,
            permit = connections.clone().acquire_owned() => permit,
        };
        let stream = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        // A client that is gone before it is accepted, or a shortage of file handles that passes, ends nothing.
        let (Ok((stream, _)), Ok(permit)) = (stream, permit) else {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            continue;
        };
        let exchange = exchange.clone();
        running.spawn(async move {
            let service = service_fn(move |request| {
                let exchange = exchange.clone();
                async move { Ok::<_, Infallible>(exchange.answer(request).await) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(head_timeout)
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), service);
            // How a connection ends concerns nobody but its client.
            let _ = timeout(connection_timeout, connection).await;
            drop(permit);
        });
        while running.try_join_next().is_some() {}
    }
    running.shutdown().await;
    Ok(())
}
