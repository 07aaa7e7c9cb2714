//! What the commands that serve have in common.

use std::future::pending;

use anyhow::Result;

/// Runs a server until Ctrl-C. `serve` gets the signal to stop.
///
/// # Guarantees
/// When the server has ended, nothing is waited for: computations that go on for clients that are gone do not hold the
/// command.
pub fn run(serve: impl AsyncFnOnce(Interrupt) -> Result<()>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(serve(Interrupt));
    runtime.shutdown_background();
    result
}

/// Ctrl-C.
pub struct Interrupt;

impl Interrupt {
    /// Completes with Ctrl-C, and where the system has it with the signal to terminate.
    pub async fn wait(self) {
        // If a signal cannot be watched, it still ends the process the hard way.
        let interrupt = async {
            if tokio::signal::ctrl_c().await.is_err() {
                pending::<()>().await;
            }
        };
        #[cfg(unix)]
        let terminate = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => signal.recv().await,
                Err(_) => pending().await,
            }
        };
        #[cfg(not(unix))]
        let terminate = pending::<Option<()>>();
        tokio::select! {
            () = interrupt => {}
            _ = terminate => {}
        }
    }
}
