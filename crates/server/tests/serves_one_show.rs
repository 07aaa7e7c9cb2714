//! The server answers its interface, and refuses what it must refuse.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use kapok_server::{FileIdentity, MAGIC, View, bind_loopback, serve};
use kapok_show::{DVec3, Environment, LightProgram, Limits, Show, Site, Trajectory, Vehicle, VehicleProfile, Wgs84};
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
    };
    let file = FileIdentity { name: "one.skyc".into(), sha256: "ab".into(), bytes: 7 };
    View::new(&show, &file, None).unwrap()
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
    let listener = bind_loopback(0).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, view(), async {
        let _ = stopped.await;
    }));

    let (head, body) = exchange(port, &get("/api/show", "127.0.0.1")).await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("application/json"), "{head}");
    assert!(head.contains("content-security-policy: default-src 'self'"), "{head}");
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(json["vehicles"][0]["home_m"], serde_json::json!([1.0, 2.0, 0.0]));
    assert_eq!(json["file"]["sha256"], "ab");
    assert_eq!(json["site"]["heading_deg"], 180.0);

    let (_, body) = exchange(port, &get("/api/trajectories", "localhost")).await;
    assert_eq!(body[..4], MAGIC.to_le_bytes());
    let (head, _) = exchange(port, &get("/api/certificate", "localhost")).await;
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
    let (head, _) = exchange(port, &get("/api/safety", "localhost")).await;
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
    let (head, body) = exchange(port, &get("/", "localhost")).await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/html"), "{head}");
    assert!(String::from_utf8_lossy(&body).contains("Kapok"));
    let (head, _) = exchange(port, &get("/../Cargo.toml", "localhost")).await;
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
    let (head, _) = exchange(port, &get("/api/show", "evil.example")).await;
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");
    let post = "POST /api/show HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    assert!(exchange(port, post).await.0.starts_with("HTTP/1.1 405"));

    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn answers_the_safety_figures_as_they_were_given() {
    let listener = bind_loopback(0).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let figures = serde_json::json!({ "version": 1, "timeline": { "t_ms": [0.0, 1000.0] }, "footprint": null });
    let server = tokio::spawn(serve(listener, view().with_safety(&figures).unwrap(), async {
        let _ = stopped.await;
    }));

    let (head, body) = exchange(port, &get("/api/safety", "127.0.0.1")).await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("application/json"), "{head}");
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&body).unwrap(), figures);
    let (head, _) = exchange(port, &get("/api/safety", "evil.example")).await;
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");

    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}
