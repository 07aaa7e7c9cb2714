//! The server answers its interface, and refuses what it must refuse.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use kapok_certify::{Options, certify_skyc};
use kapok_server::{MAGIC, Mount, Screen, ServerSettings, View, bind, serve};
use kapok_show::{
    DVec3, Environment, LightProgram, Limits, Show, Silent, Site, Trajectory, Vehicle, VehicleProfile, Wgs84,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn view() -> View {
    let show = Show {
        title: "one".into(),
        site: Site { origin: Wgs84 { latitude_deg: 23.0, longitude_deg: 113.0, amsl_m: 5.0 }, heading_deg: 180.0 },
        environment: Environment::default(),
        limits: Limits::default(),
        profile: VehicleProfile::default(),
        vehicles: vec![Vehicle::new(
            "0001",
            DVec3::new(1.0, 2.0, 0.0),
            Trajectory::starting_at(0, DVec3::ZERO).unwrap(),
            LightProgram::dark(),
        )],
        chapters: vec![],
        audio: None,
        draft: false,
    };
    View::judged(certify_skyc(&show, "one.skyc", &Options::default(), &Silent).unwrap().1).unwrap()
}

/// Status line and headers, then the body.
async fn exchange(port: u16, request: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    let split = all.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    (String::from_utf8_lossy(&all[..split]).into_owned(), all[split + 4..].to_vec())
}

fn get(path: &str, host: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn answers_its_interface_and_refuses_the_rest() {
    let listener = bind("127.0.0.1:0".parse().unwrap(), &ServerSettings::default()).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server =
        tokio::spawn(serve(listener, [Mount::Viewer(Screen::showing(view()))], ServerSettings::default(), async {
            let _ = stopped.await;
        }));

    let (head, body) = exchange(port, &get("/api/v1/show", "127.0.0.1")).await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("application/json"), "{head}");
    assert!(head.contains("content-security-policy: default-src 'self'"), "{head}");
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(json["vehicles"][0]["home_m"], serde_json::json!([1.0, 2.0, 0.0]));
    assert_eq!(json["file"]["name"], "one.skyc");
    assert_eq!(json["site"]["heading_deg"], 180.0);

    let (_, body) = exchange(port, &get("/api/v1/trajectories", "localhost")).await;
    assert_eq!(body[..4], MAGIC.to_le_bytes());
    let (head, body) = exchange(port, &get("/api/v1/certificate", "localhost")).await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("application/json"), "{head}");
    let certificate: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(certificate["schema"], "kapok-certificate/1");
    assert_eq!(certificate["file"], json["file"], "of the file that is shown");
    let (head, body) = exchange(port, &get("/", "localhost")).await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/html"), "{head}");
    assert!(String::from_utf8_lossy(&body).contains("Kapok"));
    let (head, _) = exchange(port, &get("/../Cargo.toml", "localhost")).await;
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
    let (head, _) = exchange(port, &get("/api/show", "localhost")).await;
    assert!(head.starts_with("HTTP/1.1 404"), "paths have a version: {head}");
    let (head, _) = exchange(port, &get("/api/v1/show", "evil.example")).await;
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");
    // One form of refusal, whatever was asked for.
    for (path, host) in [("/nothing", "localhost"), ("/api/v1/nothing", "localhost"), ("/api/v1/show", "evil.example")]
    {
        let (head, body) = exchange(port, &get(path, host)).await;
        assert!(head.contains("content-type: application/json"), "{path}: {head}");
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert!(json["detail"].as_str().is_some_and(|d| !d.is_empty()), "{path}: {json}");
    }
    let post = "POST /api/v1/show HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let (head, body) = exchange(port, post).await;
    assert!(head.starts_with("HTTP/1.1 405") && String::from_utf8_lossy(&body).contains("detail"), "{head}");

    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

/// Two vehicles that stand two metres apart, and one of them climbs.
fn climbing() -> View {
    let mut up = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
    up.push(4000, &[DVec3::ZERO, DVec3::new(0.0, 0.0, 3.0), DVec3::new(0.0, 0.0, 3.0)]).unwrap();
    let aside = DVec3::new(2.0, 0.0, 0.0);
    let still = Trajectory::starting_at(0, aside).unwrap();
    let show = Show {
        title: "two".into(),
        site: Site { origin: Wgs84 { latitude_deg: 23.0, longitude_deg: 113.0, amsl_m: 5.0 }, heading_deg: 180.0 },
        environment: Environment::default(),
        limits: Limits::default(),
        profile: VehicleProfile::default(),
        vehicles: vec![
            Vehicle::new("up", DVec3::ZERO, up, LightProgram::dark()),
            Vehicle::new("still", aside, still, LightProgram::dark()),
        ],
        chapters: vec![],
        audio: None,
        draft: false,
    };
    View::judged(certify_skyc(&show, "two.skyc", &Options::default(), &Silent).unwrap().1).unwrap()
}

#[tokio::test]
async fn answers_the_figures_of_the_safety_page() {
    let listener = bind("127.0.0.1:0".parse().unwrap(), &ServerSettings::default()).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server =
        tokio::spawn(serve(listener, [Mount::Viewer(Screen::showing(climbing()))], ServerSettings::default(), async {
            let _ = stopped.await;
        }));

    let (head, first) = exchange(port, &get("/api/v1/safety", "127.0.0.1")).await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("application/json"), "{head}");
    let json: serde_json::Value = serde_json::from_slice(&first).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["timeline"]["t_ms"], serde_json::json!([0, 1000, 2000, 3000]));
    let climb: Vec<f64> =
        json["timeline"]["max_velocity_up_m_s"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
    assert!(climb.iter().all(|&v| v > 0.0) && climb.iter().any(|&v| v > 1.0), "{climb:?}");
    assert_eq!(json["limits"]["max_velocity_up_m_s"], Limits::default().max_velocity_up_m_s);
    // Asked again, and under a foreign name.
    assert_eq!(exchange(port, &get("/api/v1/safety", "127.0.0.1")).await.1, first);
    assert!(exchange(port, &get("/api/v1/safety", "evil.example")).await.0.starts_with("HTTP/1.1 403"));

    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}
