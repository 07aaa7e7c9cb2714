//! A server in the same process, its events, and a client that sends what the add-on sends.

#![allow(dead_code, reason = "each test file uses its part")]

mod events;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use flate2::Compression;
use flate2::write::GzEncoder;
use kapok_server::{Mount, ServerSettings, bind, serve};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub struct Server {
    pub port: u16,
    pub log: Arc<Mutex<Vec<String>>>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    /// The events of this thread, on which the server runs, are told to `log`.
    _told: tracing::subscriber::DefaultGuard,
}

impl Server {
    pub async fn start(settings: ServerSettings) -> Self {
        let log = Arc::new(Mutex::new(Vec::new()));
        let told = tracing::subscriber::set_default(events::Lines(log.clone()));
        let listener = bind("127.0.0.1:0".parse().unwrap(), &settings).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            serve(listener, [Mount::Studio], settings, async {
                let _ = stopped.await;
            })
            .await
            .unwrap();
        });
        Self { port, log, stop, task, _told: told }
    }

    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.unwrap();
    }

    /// Sends bytes, returns all that comes back.
    pub async fn raw(&self, request: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        // The server may answer, and close, before it has read everything.
        let _ = stream.write_all(request).await;
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all).await;
        Reply::parse(&all)
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.raw(format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").as_bytes()).await
    }

    /// As the add-on posts: compressed from 4096 bytes on.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        let text = body.to_string().into_bytes();
        let gzip = text.len() >= 4096;
        self.post_bytes(path, &if gzip { gzipped(&text) } else { text }, gzip).await
    }

    pub async fn post_bytes(&self, path: &str, body: &[u8], gzip: bool) -> Reply {
        self.raw(&request(path, body, gzip, "")).await
    }
}

pub fn request(path: &str, body: &[u8], gzip: bool, more: &str) -> Vec<u8> {
    let encoding = if gzip { "Content-Encoding: gzip\r\n" } else { "" };
    let mut out = format!(
        "POST {path} HTTP/1.1\r\nAccept-Encoding: identity\r\nContent-Length: {}\r\nHost: 127.0.0.1:8000\r\n\
         User-Agent: Python-urllib/3.11\r\nContent-Type: application/json\r\n{encoding}{more}Connection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    out.extend_from_slice(body);
    out
}

pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    fn parse(all: &[u8]) -> Self {
        let Some(split) = all.windows(4).position(|w| w == b"\r\n\r\n") else {
            return Self { status: 0, head: String::from_utf8_lossy(all).into_owned(), body: Vec::new() };
        };
        let head = String::from_utf8_lossy(&all[..split]).into_owned();
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_ascii_lowercase(), body: all[split + 4..].to_vec() }
    }

    pub fn json(&self) -> Value {
        assert!(self.head.contains("content-type: application/json"), "{}", self.head);
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The answer of an operation, with its version checked as the add-on does.
    pub fn answer(&self) -> Value {
        assert_eq!(self.status, 200, "{} {}", self.head, String::from_utf8_lossy(&self.body));
        let json = self.json();
        assert_eq!(json["version"], 1, "{json}");
        json
    }

    pub fn file(&self) -> &[u8] {
        assert_eq!(self.status, 200, "{} {}", self.head, String::from_utf8_lossy(&self.body));
        assert!(self.head.contains("content-type: application/octet-stream"), "{}", self.head);
        assert!(!self.head.contains("content-encoding"), "the add-on does not decompress");
        &self.body
    }

    /// The text the add-on shows, which it does with three statuses only.
    pub fn detail(&self) -> String {
        assert!([400, 403, 500].contains(&self.status), "{} {}", self.head, String::from_utf8_lossy(&self.body));
        self.json()["detail"].as_str().unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|l| l.strip_prefix(&format!("{name}: ")))
    }
}

/// Where the recorded requests are.
pub fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../studio/tests/data")
}

/// The body of a recorded request, and its path.
pub fn recorded(name: &str) -> (String, Value) {
    let file: Value = serde_json::from_slice(&std::fs::read(data().join(name)).unwrap()).unwrap();
    (file["path"].as_str().unwrap().to_owned(), file["body"].clone())
}

/// A recorded request as it was on the wire, but for the address: head and body byte for byte, compressed where it was.
pub fn on_the_wire(name: &str, prefix: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(data().join(name)).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let (method, path) = (file["method"].as_str().unwrap(), file["path"].as_str().unwrap());
    let headers = file["headers"].as_object().unwrap();
    let mut lines = vec![
        format!("{method} {prefix}{path} {}", file["http_version"].as_str().unwrap()),
        "Host: 127.0.0.1:8000".to_owned(),
    ];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {}", value.as_str().unwrap())));
    let mut body = Vec::new();
    if !file["body"].is_null() {
        let start = text.find("\"body\": ").unwrap() + "\"body\": ".len();
        let decoded = text[start..text.rfind('}').unwrap()].trim_end().as_bytes();
        assert_eq!(decoded.len() as u64, file["decoded_bytes"].as_u64().unwrap(), "{name}: not a byte was changed");
        body = if headers.contains_key("Content-Encoding") { gzipped(decoded) } else { decoded.to_vec() };
        lines.push(format!("Content-Length: {}", body.len()));
    }
    [lines.join("\r\n").as_bytes(), b"\r\n\r\n", &body].concat()
}
