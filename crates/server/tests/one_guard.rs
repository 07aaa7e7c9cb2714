//! Every server has the same guard: foreign pages, slow clients and a Ctrl-C are met alike.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::sync::OnceLock;
use std::time::Duration;

use kapok_certify::{Options, certify_skyc};
use kapok_server::{Mount, Screen, ServeError, ServerSettings, View, bind, serve};
use kapok_show::{
    DVec3, Environment, LightProgram, Limits, Show, Silent, Site, Trajectory, Vehicle, VehicleProfile, Wgs84,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

/// A show whose trajectories are larger than all buffers of a socket.
fn large_view() -> View {
    static VIEW: OnceLock<View> = OnceLock::new();
    VIEW.get_or_init(make_large_view).clone()
}

fn make_large_view() -> View {
    let mut trajectory = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
    for k in 1..=400_000_i64 {
        trajectory.push(k, &[DVec3::ZERO, DVec3::ZERO, DVec3::ZERO]).unwrap();
    }
    let show = Show {
        title: "large".into(),
        site: Site { origin: Wgs84 { latitude_deg: 23.0, longitude_deg: 113.0, amsl_m: 5.0 }, heading_deg: 0.0 },
        environment: Environment::default(),
        limits: Limits::default(),
        profile: VehicleProfile::default(),
        vehicles: vec![Vehicle::new("0001", DVec3::ZERO, trajectory, LightProgram::dark())],
        chapters: vec![],
        audio: None,
        draft: false,
    };
    View::judged(certify_skyc(&show, "large.skyc", &Options::default(), &Silent).unwrap().1).unwrap()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Viewer,
    Studio,
    Both,
}

const ALL: [Kind; 3] = [Kind::Viewer, Kind::Studio, Kind::Both];

struct Running {
    port: u16,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ServeError>>,
}

impl Running {
    async fn start(kind: Kind, settings: ServerSettings) -> Self {
        let listener = bind("127.0.0.1:0".parse().unwrap(), &settings).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async {
            let _ = stopped.await;
        };
        let viewer = || Mount::Viewer(Screen::showing(large_view()));
        let mounts = match kind {
            Kind::Viewer => vec![viewer()],
            Kind::Studio => vec![Mount::Studio],
            Kind::Both => vec![viewer(), Mount::Studio],
        };
        let task = tokio::spawn(serve(listener, mounts, settings, stopped));
        Self { port, stop, task }
    }

    async fn open(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// Status and head of the answer to a GET with these header lines.
    async fn get(&self, path: &str, headers: &str) -> (u16, String) {
        let mut stream = self.open(&format!("GET {path} HTTP/1.1\r\n{headers}\r\n")).await;
        let mut all = Vec::new();
        stream.read_to_end(&mut all).await.unwrap();
        let text = String::from_utf8_lossy(&all).into_owned();
        let status = text.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        (status, text.to_ascii_lowercase())
    }

    async fn stop(self) -> Duration {
        let begin = Instant::now();
        self.stop.send(()).unwrap();
        timeout(Duration::from_secs(20), self.task).await.unwrap().unwrap().unwrap();
        begin.elapsed()
    }
}

const fn path(kind: Kind) -> &'static str {
    match kind {
        Kind::Viewer => "/api/v1/show",
        Kind::Studio | Kind::Both => "/queries/version",
    }
}

#[tokio::test]
async fn foreign_names_and_pages_are_refused_by_every_server() {
    for kind in ALL {
        let server = Running::start(kind, ServerSettings::default()).await;
        let home = format!("Host: 127.0.0.1:{}\r\n", server.port);
        let (status, head) = server.get(path(kind), &home).await;
        assert_eq!(status, 200, "{kind:?}: {head}");
        assert!(head.contains("cross-origin-resource-policy: same-origin"), "{kind:?}: {head}");
        assert!(!head.contains("access-control"), "{kind:?}: {head}");
        for refused in [
            String::new(),
            "Host: evil.example\r\n".to_owned(),
            "Host: 127.0.0.1.evil.example\r\n".to_owned(),
            format!("{home}Host: evil.example\r\n"),
            format!("{home}{home}"),
            format!("{home}Origin: http://evil.example\r\n"),
            format!("{home}Origin: null\r\n"),
            format!("{home}Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n"),
        ] {
            let (status, head) = server.get(path(kind), &refused).await;
            assert_eq!(status, 403, "{kind:?} {refused:?}: {head}");
        }
        let (status, _) = server.get(path(kind), &format!("{home}Origin: http://localhost:5173\r\n")).await;
        assert_eq!(status, 200, "{kind:?}");
        let (status, _) = server.get("http://evil.example/api/v1/show", &home).await;
        assert_eq!(status, 403, "{kind:?}");
        server.stop().await;
    }
}

/// Half a head, a body that does not come, and an answer that is not taken.
async fn stuck(server: &Running) -> Vec<TcpStream> {
    let home = "Host: localhost\r\n";
    let mut streams = vec![
        server.open("GET /api/v1/show HTTP/1.1\r\nHost: loc").await,
        server.open(&format!("POST /operations/match-points HTTP/1.1\r\n{home}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n")).await,
    ];
    for _ in 0..3 {
        streams.push(server.open(&format!("GET /api/v1/trajectories HTTP/1.1\r\n{home}\r\n")).await);
    }
    streams
}

#[tokio::test]
async fn a_stop_ends_every_server_whatever_its_clients_do() {
    for kind in ALL {
        let server = Running::start(kind, ServerSettings::default()).await;
        let streams = stuck(&server).await;
        sleep(Duration::from_millis(200)).await;
        let took = server.stop().await;
        assert!(took < Duration::from_secs(1), "{kind:?}: {took:?}");
        drop(streams);
    }
}

#[tokio::test]
async fn clients_that_wait_give_way_when_places_are_short() {
    for kind in ALL {
        let settings =
            ServerSettings { max_connections: 2, patience: Duration::from_millis(300), ..ServerSettings::default() };
        let server = Running::start(kind, settings).await;
        let streams = stuck(&server).await;
        let begin = Instant::now();
        let (status, _) = server.get(path(kind), "Host: localhost\r\n").await;
        assert_eq!(status, 200, "{kind:?}");
        assert!(begin.elapsed() < Duration::from_secs(3), "{kind:?}: {:?}", begin.elapsed());
        drop(streams);
        server.stop().await;
    }
}

#[tokio::test]
async fn each_stage_of_a_connection_times_out() {
    let settings = ServerSettings {
        head_timeout: Duration::from_millis(300),
        pause_timeout: Duration::from_millis(300),
        body_timeout: Duration::from_millis(600),
        send_timeout: Duration::from_millis(600),
        ..ServerSettings::default()
    };
    for kind in ALL {
        let server = Running::start(kind, settings.clone()).await;
        let begin = Instant::now();
        for mut stream in stuck(&server).await {
            sleep(Duration::from_millis(1)).await;
            // What had been sent may still be there to be read; then comes the end.
            let mut all = Vec::new();
            let ended = timeout(Duration::from_secs(10), stream.read_to_end(&mut all)).await;
            assert!(ended.is_ok(), "{kind:?}: still open after {:?}", begin.elapsed());
        }
        server.stop().await;
    }
}

/// An answer that is not taken is closed, and what was not sent by then never comes.
#[tokio::test]
async fn an_answer_that_is_not_taken_is_given_up() {
    let settings = ServerSettings { send_timeout: Duration::from_millis(400), ..ServerSettings::default() };
    let server = Running::start(Kind::Viewer, settings).await;
    let request = "GET /api/v1/trajectories HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut prompt = server.open(request).await;
    let mut whole = Vec::new();
    prompt.read_to_end(&mut whole).await.unwrap();
    let mut late = server.open(request).await;
    sleep(Duration::from_millis(1500)).await;
    let mut part = Vec::new();
    let _ = late.read_to_end(&mut part).await;
    assert!(part.len() < whole.len(), "{} of {} bytes", part.len(), whole.len());
    server.stop().await;
}
