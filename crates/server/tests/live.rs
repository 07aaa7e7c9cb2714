//! The live channel: every page is told at once, and of every change; parts of two shows are never mixed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use kapok_certify::FileId;
use kapok_server::{Mount, News, Screen, ServerSettings, Standing, Trouble, View, Work, bind, serve};
use kapok_show::{DVec3, LightProgram, Show, Trajectory, Vehicle};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(20);

fn view(vehicles: usize, standing: Standing) -> Box<View> {
    let vehicle = |k: usize| {
        let rest = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
        Vehicle::new(k.to_string(), DVec3::ZERO, rest, LightProgram::dark())
    };
    let file = FileId { name: "a.toml".into(), sha256: String::new(), bytes: 0 };
    Box::new(View::unjudged(&Show::of_vehicles((0..vehicles).map(vehicle).collect()), &file, standing).unwrap())
}

async fn start(screen: Screen) -> u16 {
    let listener = bind("127.0.0.1:0".parse().unwrap(), &ServerSettings::default()).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(serve(listener, [Mount::Viewer(screen)], ServerSettings::default(), std::future::pending()));
    port
}

/// A page that listens.
struct Page {
    stream: TcpStream,
    text: String,
}

impl Page {
    async fn open(port: u16) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(b"GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        Self { stream, text: String::new() }
    }

    /// The next that it is told.
    async fn told(&mut self) -> Value {
        loop {
            if let Some(begin) = self.text.find("data: {")
                && let Some(end) = self.text[begin..].find("\n\n")
            {
                let json = serde_json::from_str(&self.text[begin + 6..begin + end]).unwrap();
                self.text.drain(..begin + end + 2);
                return json;
            }
            let mut part = [0; 4096];
            let read = timeout(SOON, self.stream.read(&mut part)).await.expect("a page waits in vain").unwrap();
            assert!(read > 0, "the channel ended: {}", self.text);
            self.text.push_str(std::str::from_utf8(&part[..read]).unwrap());
        }
    }

    /// Waits until it is told so.
    async fn until(&mut self, holds: impl Fn(&Value) -> bool) -> Value {
        loop {
            let told = self.told().await;
            if holds(&told) {
                return told;
            }
        }
    }
}

async fn exchange(port: u16, request: String) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    timeout(SOON, stream.read_to_end(&mut all)).await.expect("no answer").unwrap();
    let all = String::from_utf8_lossy(&all).into_owned();
    let (head, body) = all.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

async fn get(port: u16, path: &str) -> (u16, String) {
    exchange(port, format!("GET /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).await
}

#[tokio::test]
async fn every_page_is_told_at_once_and_of_every_change() {
    let screen = Screen::blank(Some("a.toml".into()));
    let port = start(screen.clone()).await;
    assert_eq!(get(port, "show").await, (200, "null".into()), "a page waits for the first pictures");
    let mut pages = [Page::open(port).await, Page::open(port).await];
    for page in &mut pages {
        let first = page.told().await;
        assert_eq!((&first["version"], &first["watched"]), (&Value::from(0), &Value::from("a.toml")));
    }
    screen.tell(1, News::Shown(view(2, Standing::Pictures), Work::Planning));
    for page in &mut pages {
        let told = page.until(|told| told["version"] == 1).await;
        assert_eq!(told["work"], "planning");
    }
    screen.tell(2, News::Failed(Trouble { message: "no".into(), ..Trouble::default() }));
    for page in &mut pages {
        let told = page.until(|told| !told["trouble"].is_null()).await;
        assert_eq!((&told["version"], &told["trouble"]["message"]), (&Value::from(1), &Value::from("no")));
    }
    let mut late = Page::open(port).await;
    assert_eq!(late.told().await["trouble"]["message"], "no", "a page that comes later is told the same");
}

#[tokio::test]
async fn parts_of_two_shows_are_not_mixed() {
    let screen = Screen::blank(None);
    screen.tell(1, News::Shown(view(2, Standing::Pictures), Work::Planning));
    let port = start(screen.clone()).await;
    let show: Value = serde_json::from_str(&get(port, "show").await.1).unwrap();
    assert_eq!((&show["version"], &show["standing"]), (&Value::from(1), &Value::from("pictures")));
    assert_eq!(get(port, "certificate?version=1").await, (200, "null".into()));
    assert_eq!(get(port, "trajectories?version=1").await.0, 200);
    screen.tell(2, News::Shown(view(3, Standing::Pictures), Work::Planning));
    assert_eq!(get(port, "trajectories?version=1").await.0, 204);
    assert_eq!(get(port, "trajectories?version=one").await.0, 204);
    assert_eq!(get(port, "trajectories?version=2").await.0, 200);
    assert_eq!(get(port, "trajectories").await.0, 200, "without a version what is shown is given");
}

/// What was dropped.
type Taken = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

fn dropped(name: &str, media_type: &str, more: &str) -> String {
    format!(
        "POST /api/v1/open/{name} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media_type}\r\n{more}Content-Length: 3\r\n\
         Connection: close\r\n\r\nabc"
    )
}

#[tokio::test]
async fn dropped_files_are_taken_from_pages_of_this_server_alone() {
    let taken: Taken = Arc::default();
    let taking = Arc::clone(&taken);
    let screen = Screen::showing(*view(1, Standing::Motion)).with_opener(Arc::new(move |name, bytes| {
        taking.lock().unwrap().push((name, bytes));
        Ok(())
    }));
    let port = start(screen).await;
    let octets = "application/octet-stream";
    assert_eq!(exchange(port, dropped("a%20b.toml", octets, "")).await.0, 200);
    assert_eq!(*taken.lock().unwrap(), [("a b.toml".to_owned(), b"abc".to_vec())]);
    for refused in [
        dropped("a.toml", "text/plain", ""),
        dropped("a.toml", octets, "Origin: http://evil.example\r\n"),
        dropped("a.toml", octets, "Sec-Fetch-Site: cross-site\r\n"),
        dropped("..%2Fa.toml", octets, ""),
        dropped(&"a".repeat(300), octets, ""),
    ] {
        let (status, body) = exchange(port, refused.clone()).await;
        assert!(matches!(status, 400 | 403) && body.contains("detail"), "{status} to {refused}");
    }
    assert_eq!(taken.lock().unwrap().len(), 1);
    // A screen that opens nothing.
    let port = start(Screen::showing(*view(1, Standing::Motion))).await;
    assert_eq!(exchange(port, dropped("a.toml", octets, "")).await.0, 404);
}
