//! The one policy for bodies: of the media type that the route asks for, plain or gzip, bounded in size, ratio and time, and all bodies together in memory.

use std::io::Write;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use flate2::write::GzDecoder;
use http_body_util::BodyExt;
use hyper::body::Body;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::refusal::Refusal;
use super::settings::ServerSettings;

/// Unit in which held memory is counted, bytes.
const STEP_BYTES: u64 = 1 << 16;
/// Content below this size is never judged by its compression ratio.
const RATIO_FROM_BYTES: u64 = 16 << 20;

/// The bytes of all bodies together, bounded.
#[derive(Clone)]
pub(crate) struct Held {
    steps: Arc<Semaphore>,
}

impl Held {
    pub fn new(max_bytes: u64) -> Self {
        let steps = (max_bytes / STEP_BYTES).min(Semaphore::MAX_PERMITS as u64);
        Self { steps: Arc::new(Semaphore::new(steps as usize)) }
    }
}

/// A decompressed body; its share of the bound is given back when it is dropped.
#[derive(Debug)]
pub(crate) struct ReadBody {
    pub bytes: Vec<u8>,
    _held: Vec<OwnedSemaphorePermit>,
}

/// Receives decompressed bytes and refuses what is too much.
struct Sink {
    bytes: Vec<u8>,
    held: Vec<OwnedSemaphorePermit>,
    granted_bytes: u64,
    bound: Held,
    max_bytes: u64,
    max_ratio: u64,
    received_bytes: u64,
    refusal: Option<String>,
}

impl Sink {
    fn refuse(&mut self, why: String) -> std::io::Error {
        self.refusal = Some(why);
        std::io::Error::other("refused")
    }
}

impl Write for Sink {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        let total = (self.bytes.len() + part.len()) as u64;
        if total > self.max_bytes {
            let max = self.max_bytes;
            return Err(
                self.refuse(format!("the request has more than {max} bytes after decompression, the most taken"))
            );
        }
        if total > RATIO_FROM_BYTES && total / self.max_ratio > self.received_bytes {
            let ratio = self.max_ratio;
            return Err(self.refuse(format!(
                "the request expands to more than {ratio} times its size: no show does, so it is refused"
            )));
        }
        while self.granted_bytes < total {
            // Never waits: two bodies that wait for each other's share would wait for ever.
            let Ok(permit) = self.bound.steps.clone().try_acquire_owned() else {
                return Err(
                    self.refuse("other large requests are being worked on: send it again when they are done".into())
                );
            };
            match self.held.last_mut() {
                Some(held) => held.merge(permit),
                None => self.held.push(permit),
            }
            self.granted_bytes += STEP_BYTES;
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

enum Decoder {
    Plain(Sink),
    Gzip(Box<GzDecoder<Sink>>),
}

impl Decoder {
    fn new(gzip: bool, settings: &ServerSettings, held: &Held) -> Self {
        let sink = Sink {
            bytes: Vec::new(),
            held: Vec::new(),
            granted_bytes: 0,
            bound: held.clone(),
            max_bytes: settings.max_body_bytes,
            max_ratio: if gzip { settings.max_compression_ratio.max(1) } else { u64::MAX },
            received_bytes: 0,
            refusal: None,
        };
        if gzip { Self::Gzip(Box::new(GzDecoder::new(sink))) } else { Self::Plain(sink) }
    }

    fn sink(&mut self) -> &mut Sink {
        match self {
            Self::Plain(sink) => sink,
            Self::Gzip(gzip) => gzip.get_mut(),
        }
    }

    fn take(&mut self, part: &[u8]) -> Result<(), Refusal> {
        self.sink().received_bytes += part.len() as u64;
        let result = match self {
            Self::Plain(sink) => sink.write_all(part),
            Self::Gzip(gzip) => gzip.write_all(part),
        };
        match (result, self.sink().refusal.take()) {
            (_, Some(why)) => Err(Refusal::bad(why)),
            (Err(error), None) if error.kind() == std::io::ErrorKind::WriteZero => {
                Err(Refusal::bad("something follows the request's gzip compression, which must be in one piece"))
            }
            (Err(error), None) => Err(Refusal::bad(format!("the request's gzip compression is damaged: {error}"))),
            (Ok(()), None) => Ok(()),
        }
    }

    fn finish(self) -> Result<ReadBody, Refusal> {
        let sink = match self {
            Self::Plain(sink) => sink,
            Self::Gzip(mut gzip) => {
                let end = gzip.try_finish();
                if let Some(why) = gzip.get_mut().refusal.take() {
                    return Err(Refusal::bad(why));
                }
                let cut =
                    |error| Refusal::bad(format!("the request's gzip compression is damaged or cut off: {error}"));
                end.map_err(cut)?;
                gzip.finish().map_err(cut)?
            }
        };
        Ok(ReadBody { bytes: sink.bytes, _held: sink.held })
    }
}

/// Reads and, if it is compressed, decompresses a body of this media type as it comes in.
///
/// # Guarantees
/// Holds at no time more than the decompressed bytes so far and one frame, and those within `settings` and `held`.
pub(super) async fn read_body<B>(
    headers: &HeaderMap,
    body: B,
    media_type: &str,
    settings: &ServerSettings,
    held: &Held,
) -> Result<ReadBody, Refusal>
where
    B: Body<Data = hyper::body::Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let gzip = is_gzip(headers, media_type)?;
    let slow =
        |limit: std::time::Duration| Refusal::bad(format!("the request did not arrive within {} s", limit.as_secs()));
    timeout(settings.body_timeout, receive(body, gzip, settings, held))
        .await
        .map_err(|_| slow(settings.body_timeout))?
}

/// Reads a body that is there already, under the same bounds and without a socket.
///
/// # Errors
/// The sentence of the refusal.
pub fn unpack(body: &[u8], gzip: bool, settings: &ServerSettings) -> Result<Vec<u8>, String> {
    let mut decoder = Decoder::new(gzip, settings, &Held::new(settings.max_held_bytes));
    let taken = body.chunks(1 << 14).try_for_each(|part| decoder.take(part));
    taken.and_then(|()| decoder.finish()).map(|body| body.bytes).map_err(|refusal| refusal.detail)
}

/// Is the body compressed? Another media type is refused: those that are asked for no page in a browser can send here without
/// asking first.
fn is_gzip(headers: &HeaderMap, wanted: &str) -> Result<bool, Refusal> {
    let text = |name| headers.get(name).map(|v| v.to_str().unwrap_or("?").trim().to_ascii_lowercase());
    let media_type = text(CONTENT_TYPE).unwrap_or_default();
    if media_type.split(';').next().map(str::trim) != Some(wanted) {
        return Err(Refusal::bad(format!("this takes {wanted}, not \"{media_type}\"")));
    }
    match text(CONTENT_ENCODING).as_deref() {
        None | Some("" | "identity") => Ok(false),
        Some("gzip") => Ok(true),
        Some(other) => Err(Refusal::bad(format!("bodies may be plain or gzip, not \"{other}\""))),
    }
}

async fn receive<B>(mut body: B, gzip: bool, settings: &ServerSettings, held: &Held) -> Result<ReadBody, Refusal>
where
    B: Body<Data = hyper::body::Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let max_bytes = settings.max_body_bytes;
    if body.size_hint().lower() > max_bytes {
        let announced = body.size_hint().lower();
        return Err(Refusal::bad(format!(
            "the request announces {announced} bytes, but at most {max_bytes} are taken"
        )));
    }
    let mut decoder = Decoder::new(gzip, settings, held);
    loop {
        let frame = timeout(settings.pause_timeout, body.frame()).await.map_err(|_| {
            Refusal::bad(format!("the request paused for more than {} s", settings.pause_timeout.as_secs()))
        })?;
        match frame {
            None => return decoder.finish(),
            Some(Err(error)) => return Err(Refusal::bad(format!("the request broke off: {error}"))),
            Some(Ok(frame)) => {
                if let Ok(part) = frame.into_data() {
                    decoder.take(&part)?;
                }
            }
        }
    }
}
