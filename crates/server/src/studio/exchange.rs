use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderValue, ORIGIN, SERVER, X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::body::{Held, read_body};
use super::fault::Fault;
use super::route::{Answer, Route};
use super::settings::StudioSettings;
use crate::http::{is_loopback_authority, is_loopback_host};

/// How long the rest of a refused body is received.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
const API_KEY: &str = "x-skybrush-api-key";
const SERVER_NAME: &str = concat!("kapok/", env!("CARGO_PKG_VERSION"));

/// What all requests share.
pub(super) struct Exchange {
    pub loopback: bool,
    pub held: Held,
    pub planning: Semaphore,
    pub settings: StudioSettings,
}

impl Exchange {
    pub async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, mut body) = request.into_parts();
        match self.work(&head, &mut body).await {
            Ok(answer) => respond(answer),
            Err(fault) => {
                let path: String = head.uri.path().chars().take(120).collect();
                // What a request says may hold commands to the terminal.
                let line = format!("{path}: {} {}", fault.status().as_u16(), fault.detail());
                (self.settings.log)(&line.replace(char::is_control, "\u{fffd}"));
                // Who is still sending would see a broken connection in place of the reason.
                let limit = self.settings.pause_timeout.min(DRAIN_TIMEOUT);
                let _ = timeout(limit, async { while let Some(Ok(_)) = body.frame().await {} }).await;
                refuse(&fault)
            }
        }
    }

    async fn work(&self, head: &Parts, body: &mut Incoming) -> Result<Answer, Fault> {
        self.guard(head)?;
        let route = Route::of(head.uri.path())?;
        let expected = if route.has_body() { Method::POST } else { Method::GET };
        if head.method != expected && !(expected == Method::GET && head.method == Method::HEAD) {
            return Err(Fault::Method);
        }
        if !route.has_body() {
            return route.query();
        }
        let gzip = is_gzip(head)?;
        let body = read_body(body, gzip, &self.settings, &self.held).await?;
        let _turn = self.planning.acquire().await.map_err(Fault::internal)?;
        let log = self.settings.log.clone();
        match tokio::task::spawn_blocking(move || route.operate(&body.bytes, &log)).await {
            Ok(result) => result,
            Err(_) => Err(Fault::internal(
                "the planner met a fault of its own with this request; the server goes on. Please report it with the show",
            )),
        }
    }

    /// Who may ask at all.
    fn guard(&self, head: &Parts) -> Result<(), Fault> {
        let only_one_host = head.headers.get_all(HOST).iter().count() == 1;
        if self.loopback && !(only_one_host && is_loopback_host(head.headers.get(HOST))) {
            return Err(Fault::Forbidden("this server answers only under a loopback name, such as 127.0.0.1".into()));
        }
        // The add-on states no origin. Browsers do, and a page from elsewhere has no business here.
        let at_home = |origin: &HeaderValue| {
            let origin = origin.to_str().ok().and_then(|o| o.split_once("://"));
            origin.is_some_and(|(_, authority)| is_loopback_authority(authority))
        };
        if self.loopback && !head.headers.get_all(ORIGIN).iter().all(at_home) {
            return Err(Fault::Forbidden("this server does not answer to pages of other sites".into()));
        }
        let Some(key) = &self.settings.api_key else { return Ok(()) };
        let given = head.headers.get(API_KEY).map(HeaderValue::as_bytes).unwrap_or_default();
        // The time of the comparison says nothing of where the first difference is.
        let differences = given.iter().zip(key.as_bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
        if given.len() != key.len() || differences != 0 {
            return Err(Fault::Forbidden(
                "this server asks for its API key: set it in the add-on's preferences".into(),
            ));
        }
        Ok(())
    }
}

/// Is the body compressed? Anything but JSON is refused: a page in a browser cannot send JSON here without asking first.
fn is_gzip(head: &Parts) -> Result<bool, Fault> {
    let text = |name| head.headers.get(name).map(|v| v.to_str().unwrap_or("?").trim().to_ascii_lowercase());
    let media_type = text(CONTENT_TYPE).unwrap_or_default();
    if media_type.split(';').next().map(str::trim) != Some("application/json") {
        return Err(Fault::Bad(format!("operations take application/json, not \"{media_type}\"")));
    }
    match text(CONTENT_ENCODING).as_deref() {
        None | Some("" | "identity") => Ok(false),
        Some("gzip") => Ok(true),
        Some(other) => Err(Fault::Bad(format!("bodies may be plain or gzip, not \"{other}\""))),
    }
}

fn respond(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.bytes)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.media_type));
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    common(response)
}

fn refuse(fault: &Fault) -> Response<Full<Bytes>> {
    let text = serde_json::json!({ "detail": fault.detail() }).to_string();
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = fault.status();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    common(response)
}

fn common(mut response: Response<Full<Bytes>>) -> Response<Full<Bytes>> {
    let headers = response.headers_mut();
    headers.insert(SERVER, HeaderValue::from_static(SERVER_NAME));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
