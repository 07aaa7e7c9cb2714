//! Malformed, huge, slow and foreign requests get a clean answer, and the server goes on.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::support;

use std::time::Duration;

use kapok_server::{ServerSettings, bind, unpack};
use kapok_studio::{Endpoint, answer};
use serde_json::json;
use support::{Server, gzipped, recorded, request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const MATCH: &str = "/operations/match-points";

fn small() -> ServerSettings {
    ServerSettings {
        max_body_bytes: 64 << 20,
        max_held_bytes: 96 << 20,
        head_timeout: Duration::from_millis(400),
        pause_timeout: Duration::from_millis(400),
        body_timeout: Duration::from_millis(1500),
        ..ServerSettings::default()
    }
}

async fn assert_alive(server: &Server) {
    let body = json!({ "version": 1, "source": [[0, 0, 0]], "target": [[1, 0, 0]], "radius": 0 });
    assert_eq!(server.post(MATCH, &body).await.answer()["mapping"], json!([0]));
}

#[tokio::test]
async fn malformed_bodies_are_named() {
    let server = Server::start(small()).await;
    let whole = gzipped(&vec![b' '; 5000]);
    let twice = [gzipped(b"{}"), gzipped(b"{}")].concat();
    for (body, gzip, expected) in [
        (&b""[..], false, "cannot be read"),
        (b"{", false, "cannot be read"),
        (b"[1, 2]", false, "cannot be read"),
        (b"\xff\xfe\x00", false, "cannot be read"),
        (b"{\"source\": [[0, 0]], \"target\": []}", false, "cannot be read"),
        (b"{\"source\": [[0, NaN, 0]], \"target\": []}", false, "not finite"),
        (b"{\"source\": [[0, -Infinity, 0]], \"target\": []}", false, "not finite"),
        (b"{\"source\": [[0, 1e999, 0]], \"target\": []}", false, "out of range"),
        (b"{\"source\": [[0, 1e300, 0]], \"target\": []}", false, "1000 km"),
        (b"{\"version\": 2, \"source\": [], \"target\": []}", false, "version 2"),
        (b"{\"source\": [], \"target\": [], \"radius\": -1}", false, "radius"),
        (b"not gzip at all", true, "gzip"),
        (&whole[..whole.len() / 2], true, "gzip"),
        (&whole[..whole.len() - 4], true, "gzip"),
        (b"", true, "gzip"),
        (&twice, true, "something follows"),
    ] {
        let detail = server.post_bytes(MATCH, body, gzip).await.detail();
        assert!(detail.contains(expected), "{:?}: {detail}", String::from_utf8_lossy(body));
    }
    assert_alive(&server).await;
    server.stop().await;
}

#[tokio::test]
async fn deep_nesting_ends_in_an_error_not_in_the_stack() {
    let server = Server::start(small()).await;
    for open in ["[", "{\"a\":"] {
        let deep = open.repeat(200_000);
        for body in [deep.clone(), format!("{{\"source\": [], \"target\": [], \"more\": {deep}")] {
            let detail = server.post_bytes(MATCH, &gzipped(body.as_bytes()), true).await.detail();
            assert!(detail.contains("cannot be read"), "{detail}");
        }
        let show = format!("{{\"input\": {{\"format\": \"json\", \"data\": {{\"swarm\": {deep}");
        let detail = server.post_bytes("/operations/render", show.as_bytes(), false).await.detail();
        assert!(detail.contains("cannot be read"), "{detail}");
    }
    assert_alive(&server).await;
    server.stop().await;
}

#[tokio::test]
async fn bombs_and_giants_are_stopped_early() {
    let server = Server::start(small()).await;
    // 60 MiB of blanks in 60 kB: within the size, but no show compresses like that.
    let detail = server.post_bytes(MATCH, &gzipped(&vec![b' '; 60 << 20]), true).await.detail();
    assert!(detail.contains("times its size"), "{detail}");
    let announced = format!(
        "POST {MATCH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n"
    );
    let detail = server.raw(announced.as_bytes()).await.detail();
    assert!(detail.contains("announces 99999999999 bytes"), "{detail}");
    // Numbers that merely claim much.
    let svg = json!({ "version": 1, "method": "svg", "parameters": { "version": 1, "source": "<svg/>", "n": 1e15, "size": 10 } });
    assert!(server.post("/operations/create-static-formation", &svg).await.detail().contains("n is 1000000000000000"));
    let hair = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 10 10'><path d='M0 0 L10 10' stroke='red' stroke-width='0.001'/></svg>";
    let svg = json!({ "version": 1, "method": "svg", "parameters": { "version": 1, "source": hair, "n": 20_000, "size": 10 } });
    assert!(server.post("/operations/create-static-formation", &svg).await.detail().contains("no room for 20000"));
    let many: Vec<[f64; 3]> = (0..100_001).map(|i| [f64::from(i), 0.0, 0.0]).collect();
    let body = json!({ "version": 1, "source": many, "target": [] });
    assert!(server.post(MATCH, &body).await.detail().contains("100001 points"));
    assert_alive(&server).await;
    server.stop().await;
}

#[tokio::test]
async fn the_bodies_of_all_together_are_bounded() {
    let server = Server::start(ServerSettings { max_held_bytes: 1 << 20, ..small() }).await;
    let body = vec![b' '; 2 << 20];
    let detail = server.post_bytes(MATCH, &body, false).await.detail();
    assert!(detail.contains("other large requests"), "{detail}");
    assert_alive(&server).await;
    server.stop().await;
}

#[tokio::test]
async fn slow_clients_are_given_up_and_hold_up_no_other() {
    let server = Server::start(small()).await;
    let head = format!(
        "POST {MATCH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
    );
    // One that never ends its head, one that stops in its body, one that drips.
    let mut streams = Vec::new();
    for text in ["POST /operations/match-points HTTP/1.1\r\nHost: loc", head.as_str(), head.as_str()] {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        streams.push(stream);
    }
    assert_alive(&server).await;
    let mut dripping = streams.pop().unwrap();
    for _ in 0..12 {
        if dripping.write_all(b" ").await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    streams.push(dripping);
    let mut answers = Vec::new();
    for mut stream in streams {
        let mut all = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut all)).await.unwrap();
        answers.push(String::from_utf8_lossy(&all).into_owned());
    }
    assert!(!answers[0].contains("200 OK"), "{answers:?}");
    assert!(answers[1].contains("400") && answers[1].contains("paused"), "{answers:?}");
    assert!(answers[2].contains("did not arrive") || answers[2].contains("paused"), "{answers:?}");
    assert_alive(&server).await;
    server.stop().await;
}

#[tokio::test]
async fn other_paths_methods_types_and_hosts() {
    let server = Server::start(small()).await;
    assert_eq!(server.get("/").await.status, 404);
    assert_eq!(server.get("/api/v2/queries/version").await.status, 404);
    assert_eq!(server.get(MATCH).await.status, 405);
    assert_eq!(server.post("/queries/version", &json!({})).await.status, 405);
    let detail = server.post("/operations/read-mind", &json!({})).await.detail();
    assert!(detail.contains("does not know the operation \"read-mind\""), "{detail}");

    let wrong_type = request(MATCH, b"{}", false, "");
    let wrong_type = String::from_utf8(wrong_type).unwrap().replace("application/json", "text/plain");
    assert!(server.raw(wrong_type.as_bytes()).await.detail().contains("application/json"));
    let wrong_encoding = request(MATCH, b"{}", false, "Content-Encoding: br\r\n");
    assert!(server.raw(&wrong_encoding).await.detail().contains("plain or gzip"));

    let foreign = String::from_utf8(request(MATCH, b"{}", false, ""))
        .unwrap()
        .replace("Host: 127.0.0.1:8000", "Host: evil.example");
    let reply = server.raw(foreign.as_bytes()).await;
    assert_eq!(reply.status, 403);
    assert!(reply.detail().contains("loopback name"));
    assert!(!reply.head.contains("access-control"), "no page of another site may read an answer");
    // Two names, names with more behind, pages of other sites.
    for more in [
        "Host: evil.example\r\n",
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Origin: http://localhost.evil.example\r\n",
    ] {
        assert_eq!(server.raw(&request(MATCH, b"{}", false, more)).await.status, 403, "{more}");
    }
    let at_home = request(MATCH, br#"{"source": [], "target": []}"#, false, "Origin: http://localhost:5173\r\n");
    assert_eq!(server.raw(&at_home).await.status, 200);
    server.stop().await;
}

/// A name may hold commands that clear the screen or retitle the operator's window.
#[tokio::test]
async fn what_a_request_says_does_not_command_the_terminal() {
    let server = Server::start(small()).await;
    let drone = json!({ "type": "generic", "settings": { "name": "\u{1b}[2J\u{1b}]0;gone\u{7}\nfine", "trajectory": { "version": 9, "points": [] } } });
    let data = json!({ "version": 1, "swarm": { "drones": [drone] } });
    let show = json!({ "input": { "format": "json", "data": data }, "output": { "format": "skyc" } });
    let detail = server.post("/operations/render", &show).await.detail();
    assert!(detail.contains("version 9"), "{detail}");
    let log = server.log.lock().unwrap().clone();
    assert_eq!(log.len(), 1);
    assert!(log[0].contains("version 9") && !log[0].contains(char::is_control), "{:?}", log[0]);
    server.stop().await;
}

#[tokio::test]
async fn a_key_is_asked_for_where_one_is_set() {
    let server = Server::start(small().with_api_key("secret-key-1").unwrap()).await;
    let ask = |more: &str| request(MATCH, br#"{"source": [], "target": []}"#, false, more);
    assert_eq!(server.raw(&ask("")).await.status, 403);
    for wrong in ["secret-key-2", "secret-key-", "secret-key-1x", ""] {
        let reply = server.raw(&ask(&format!("X-Skybrush-Api-Key: {wrong}\r\n"))).await;
        assert!(reply.detail().contains("API key"), "{wrong}");
        assert!(!reply.detail().contains("secret-key-1"));
    }
    assert_eq!(server.raw(&ask("X-Skybrush-API-Key: secret-key-1\r\n")).await.status, 200);
    server.stop().await;

    let everywhere = "0.0.0.0:0".parse().unwrap();
    let refused = bind(everywhere, &small()).await.unwrap_err().to_string();
    assert!(refused.contains("--api-key-file"), "{refused}");
}

#[tokio::test]
async fn many_at_once_all_get_their_answer() {
    let server = Server::start(ServerSettings { max_connections: 3, ..small() }).await;
    let points: Vec<[f64; 3]> = (0..100).map(|i| [f64::from(i), 0.0, 0.0]).collect();
    let body = json!({ "version": 1, "source": points, "target": points });
    let all = (0..20).map(|_| server.post(MATCH, &body));
    for reply in futures_join(all).await {
        assert_eq!(reply.answer()["mapping"][99], 99);
    }
    server.stop().await;
}

/// Polls all until all are done.
async fn futures_join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, slot) in running.iter_mut().zip(&mut done) {
            if slot.is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *slot = Some(output);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

/// What the fuzz targets drive: the same answers, without a socket.
#[tokio::test]
async fn without_a_socket_the_answers_are_the_same() {
    let server = Server::start(small()).await;
    let body = json!({ "version": 1, "source": [[0, 0, 0], [5, 0, 0]], "target": [[5, 1, 0]], "radius": 0 });
    let text = body.to_string().into_bytes();
    let over_socket = server.post(MATCH, &body).await;
    for (bytes, gzip) in [(text.clone(), false), (gzipped(&text), true)] {
        let body = unpack(&bytes, gzip, &small()).unwrap();
        let reply = answer(&kapok_studio::Request { endpoint: Endpoint::MatchPoints, body: &body });
        assert_eq!((reply.status, &reply.body), (200, &over_socket.body));
    }
    let bomb = unpack(&gzipped(&vec![b' '; 60 << 20]), true, &small()).unwrap_err();
    assert!(bomb.contains("times its size"), "{bomb}");
    assert_eq!(server.get("/nothing").await.status, 404);
    assert_eq!(server.get("/queries/version").await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn gzip_and_plain_are_the_same() {
    let server = Server::start(ServerSettings::default()).await;
    let (path, body) = recorded("grid-1m/11-POST-match-points.json");
    let text = body.to_string().into_bytes();
    let plain = server.post_bytes(&path, &text, false).await.answer();
    assert_eq!(server.post_bytes(&path, &gzipped(&text), true).await.answer(), plain);
    server.stop().await;
}
