use std::borrow::Cow;

use axum::body::Bytes;

/// The built web app. Empty when `web/` was not built before this crate: then [`NOT_BUILT`] is served.
#[derive(rust_embed::RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct WebApp;

/// Page shown by a binary that was built without the web app.
const NOT_BUILT: &str = include_str!("not_built.html");

/// Was this binary built with the web app inside?
pub fn has_web_app() -> bool {
    WebApp::get("index.html").is_some()
}

/// Body and media type of a file of the web app; the path without its leading slash, empty for the start page.
pub(super) fn file(path: &str) -> Option<(Bytes, String)> {
    let path = if path.is_empty() { "index.html" } else { path };
    match WebApp::get(path) {
        Some(file) => Some((shared(file.data), file.metadata.mimetype().to_owned())),
        None if path == "index.html" => Some((Bytes::from_static(NOT_BUILT.as_bytes()), "text/html".into())),
        None => None,
    }
}

/// Embedded files are not copied.
fn shared(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    }
}
