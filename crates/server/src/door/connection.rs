//! One connection: what it waits for, and how long it may.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};

use super::settings::ServerSettings;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Its client is to send a head, or the rest of it.
    Head,
    /// Its client is to send a body, or the rest of it.
    Body,
    /// The server computes; the client waits.
    Working,
    /// Its client is to take the answer.
    Sending,
}

/// Tells in which stage a connection is.
#[derive(Clone, Debug)]
pub(crate) struct Progress(watch::Sender<(Stage, Instant)>);

impl Progress {
    pub fn new() -> Self {
        Self(watch::Sender::new((Stage::Head, Instant::now())))
    }

    pub fn set(&self, stage: Stage) {
        self.0.send_replace((stage, Instant::now()));
    }

    /// Completes when a stage has lasted longer than it may.
    pub async fn overdue(&self, settings: &ServerSettings) {
        let mut changes = self.0.subscribe();
        let end = Instant::now() + settings.connection_timeout;
        loop {
            let (stage, since) = *changes.borrow_and_update();
            let limit = match stage {
                Stage::Head => settings.head_timeout,
                // A body that does not come is answered with the reason, for which there must be time.
                Stage::Body => settings.body_timeout + 2 * settings.pause_timeout,
                Stage::Working => settings.connection_timeout,
                Stage::Sending => settings.send_timeout,
            };
            // The sender lives as long as `self`.
            if timeout_at(end.min(since + limit), changes.changed()).await.is_err() {
                return;
            }
        }
    }

    /// For how long the connection has been waiting for its client.
    fn idle(&self) -> Option<Duration> {
        let (stage, since) = *self.0.borrow();
        (stage != Stage::Working).then(|| since.elapsed())
    }
}

/// All connections, the oldest first.
#[derive(Default)]
pub(super) struct Connections(VecDeque<(AbortHandle, Progress)>);

impl Connections {
    pub fn add(&mut self, handle: AbortHandle, progress: Progress) {
        self.0.retain(|(handle, _)| !handle.is_finished());
        self.0.push_back((handle, progress));
    }

    /// Closes those that have been waiting for their client for longer than this: others need their place.
    pub fn close_idle(&mut self, patience: Duration) {
        self.0.retain(|(handle, progress)| {
            let gives_way = progress.idle().is_some_and(|idle| idle > patience);
            if gives_way {
                handle.abort();
            }
            !gives_way && !handle.is_finished()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_stage_has_its_own_time() {
        let settings = ServerSettings {
            head_timeout: Duration::from_secs(1),
            body_timeout: Duration::from_secs(20),
            pause_timeout: Duration::from_secs(2),
            send_timeout: Duration::from_secs(5),
            connection_timeout: Duration::from_secs(100),
            ..ServerSettings::default()
        };
        for (stage, limit_s) in [(Stage::Head, 1), (Stage::Body, 24), (Stage::Working, 100), (Stage::Sending, 5)] {
            let progress = Progress::new();
            progress.set(stage);
            let begin = Instant::now();
            progress.overdue(&settings).await;
            assert_eq!(begin.elapsed().as_secs(), limit_s, "{stage:?}");
        }
        let progress = Progress::new();
        assert!(progress.idle().is_some());
        progress.set(Stage::Working);
        assert_eq!(progress.idle(), None, "work of the server is no fault of the client");
    }
}
