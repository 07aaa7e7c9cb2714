//! Every recorded request of the add-on is sent again, byte for byte, with and without the prefix: what comes back over the
//! socket is what the protocol answers without one, in a form that the add-on takes.

use kapok_server::ServerSettings;
use kapok_studio::{Endpoint, answer};

use crate::support::{Server, data, gzipped, on_the_wire, recorded};

fn files() -> Vec<String> {
    let mut found = Vec::new();
    for folder in std::fs::read_dir(data()).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
        for file in std::fs::read_dir(&folder).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            found.push(format!("{}/{name}", folder.file_name().unwrap().to_str().unwrap()));
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn every_recorded_request_is_answered_over_the_wire() {
    let server = Server::start(ServerSettings::default()).await;
    let files = files();
    assert_eq!(files.len(), 42);
    for file in &files {
        let (path, body) = recorded(file);
        let endpoint = Endpoint::ALL.into_iter().find(|e| e.path() == path).unwrap();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let expected = answer(&kapok_studio::Request { endpoint, body: body.as_bytes() });
        for prefix in ["", "/api/v1"] {
            server.log.lock().unwrap().clear();
            let reply = server.raw(&on_the_wire(file, prefix)).await;
            assert_eq!((reply.status, &reply.body), (expected.status, &expected.body), "{prefix} {file}");
            assert_eq!(reply.header("content-type"), Some(expected.media_type), "{file}");
            assert!(!reply.head.contains("content-encoding"), "the add-on does not decompress");
            for (name, value) in &expected.headers {
                assert_eq!(reply.header(name), Some(value.to_ascii_lowercase().as_str()), "{file}: {name}");
            }
            let told = server.log.lock().unwrap().clone();
            assert_eq!(told.len(), expected.remarks.len(), "{file}: {told:?}");
            assert!(
                told.iter().zip(&expected.remarks).all(|(line, remark)| line.ends_with(remark)),
                "{file}: {told:?}"
            );
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn both_prefixes_reach_every_query() {
    let server = Server::start(ServerSettings::default()).await;
    for endpoint in Endpoint::ALL.into_iter().filter(|e| !e.is_operation()) {
        let expected = answer(&kapok_studio::Request { endpoint, body: b"" });
        for prefix in ["", "/api/v1"] {
            let reply = server.get(&format!("{prefix}{}", endpoint.path())).await;
            assert_eq!((reply.status, reply.body), (200, expected.body.clone()), "{prefix} {endpoint:?}");
        }
    }
    for prefix in ["", "/api/v1"] {
        let detail = server.post(&format!("{prefix}/operations/read-mind"), &serde_json::json!({})).await.detail();
        assert!(detail.contains("does not know the operation \"read-mind\""), "{detail}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_compressed_body_is_the_same_request() {
    let server = Server::start(ServerSettings::default()).await;
    let (path, body) = recorded("grid-3m/10-POST-render-skyc-cameras.json");
    let text = body.to_string().into_bytes();
    let plain = server.post_bytes(&path, &text, false).await;
    let packed = server.post_bytes(&path, &gzipped(&text), true).await;
    assert_eq!(plain.file(), packed.file());
    server.stop().await;
}
