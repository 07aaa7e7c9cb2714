//! The live channel: every open page is told of every change, as server-sent events.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response};
use http_body_util::channel::{Channel, Sender};
use hyper::body::Frame;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use super::screen::{LiveAnswer, Screen, State};

/// How long a page waits before it asks again after the channel broke off, milliseconds.
const RETRY_MS: u32 = 400;
/// After so long without a change a line that says nothing is sent: a client that is gone is noticed then.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A channel ends after this time, and the page opens the next: no connection lives for ever.
const LIFETIME: Duration = Duration::from_mins(4);

/// The state of the screen now, and after every change.
pub(super) fn channel(screen: &Screen) -> Response<Body> {
    let (sender, body) = Channel::<Bytes>::new(4);
    tokio::spawn(tell(screen.moments(), sender));
    let mut response = Response::new(Body::new(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response
}

/// Tells until the client is gone, or the time of the channel is over.
async fn tell(mut moments: watch::Receiver<State>, mut sender: Sender<Bytes>) {
    let end = Instant::now() + LIFETIME;
    let mut text = format!("retry: {RETRY_MS}\n\n");
    loop {
        if sender.send(Frame::data(Bytes::from(std::mem::take(&mut text)))).await.is_err() {
            return;
        }
        let next = async {
            tokio::select! {
                changed = moments.changed() => changed.map(|()| Some(moments.borrow_and_update().answer())),
                () = sleep(HEARTBEAT) => Ok(None),
            }
        };
        text = match timeout_at(end, next).await {
            Ok(Ok(Some(answer))) => event(&answer),
            Ok(Ok(None)) => ":\n\n".to_owned(),
            Ok(Err(_)) | Err(_) => return,
        };
    }
}

/// One event; JSON has no line ends outside of its strings, and none inside.
fn event(answer: &LiveAnswer) -> String {
    format!("data: {}\n\n", serde_json::to_string(answer).unwrap_or_default())
}
