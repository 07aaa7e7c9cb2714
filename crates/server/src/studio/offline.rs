use super::route::{Answer, Route};
use crate::ServerSettings;
use crate::door::{Held, Refusal, read_bytes};

/// What a request is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudioReply {
    /// HTTP status: 200, or one of the refusals.
    pub status: u16,
    /// Media type of the body.
    pub media_type: &'static str,
    /// The body: an answer, a file, or `{"detail": "..."}`.
    pub body: Vec<u8>,
}

/// Answers the body of one request as the server does, without a socket and without a guard at the door.
///
/// # Shapes, units and frames
/// `path` is that of the URL, with or without `/api/v1`; `body` as sent, compressed if `gzip` says so.
///
/// # Guarantees
/// Never more memory for the body than `settings` allow; 500 only for a fault of ours.
///
/// # Determinism
/// The same request gives the same reply on any number of threads.
#[must_use]
pub fn answer_request(path: &str, body: &[u8], gzip: bool, settings: &ServerSettings) -> StudioReply {
    match work(path, body, gzip, settings) {
        Ok(answer) => StudioReply { status: 200, media_type: answer.media_type, body: answer.bytes },
        Err(refusal) => {
            let detail = serde_json::json!({ "detail": refusal.detail }).to_string();
            StudioReply { status: refusal.status.as_u16(), media_type: "application/json", body: detail.into_bytes() }
        }
    }
}

fn work(path: &str, body: &[u8], gzip: bool, settings: &ServerSettings) -> Result<Answer, Refusal> {
    let route = Route::of(path)?;
    if !route.has_body() {
        return Ok(route.query()?);
    }
    let body = read_bytes(body, gzip, settings, &Held::new(settings.max_held_bytes))?;
    Ok(route.operate(&body.bytes, &settings.log)?)
}
