//! What a client hears over a real connection while it is still sending.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    routing::{get, post},
};
use futures::{StreamExt, stream::FuturesUnordered};
use http_kit::{Problem, server};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;
use tx_kit::testing::Backend;

use crate::place::{Place, Plan};

const FILES: &str = "multipart/form-data; boundary=x";
/// How long an answer may take that waits for nothing.
const SOON: Duration = Duration::from_secs(15);

/// Serves a router at an address of this machine.
async fn served(router: Router) -> (SocketAddr, CancellationToken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    tokio::spawn(server::serve(listener, router, stop.clone()));
    (address, stop)
}

/// Sends the head of a request that announces so many bytes.
async fn announced(address: SocketAddr, path: &str, token: &str, kind: &str, bytes: usize) -> TcpStream {
    let mut client = TcpStream::connect(address).await.unwrap();
    let authorization =
        if token.is_empty() { String::new() } else { format!("authorization: Bearer {token}\r\n") };
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: here\r\n{authorization}content-type: {kind}\r\n\
         content-length: {bytes}\r\n\r\n"
    );
    client.write_all(head.as_bytes()).await.unwrap();
    client
}

/// The beginning of the answer.
async fn heard(client: &mut TcpStream) -> String {
    let mut bytes = vec![0; 8_192];
    let read = tokio::time::timeout(SOON, client.read(&mut bytes)).await;
    String::from_utf8_lossy(&bytes[..read.unwrap().unwrap()]).into_owned()
}

#[tokio::test]
async fn whoever_uploads_what_the_service_refuses_unread_hears_the_refusal_and_no_timeout() {
    for backend in Backend::available().unwrap() {
        let refuses = Router::new()
            .route("/api/insurance/v1/products", get(|| async { "[]" }))
            .route("/api/insurance/v1/forbidden/imports", post(|| async { Problem::forbidden() }))
            .route(
                "/api/insurance/v1/large/imports",
                post(|| async { Problem::invalid("unreadable-form", "不完整", "not whole") }),
            );
        let (service, service_stop) = served(server::dress(refuses)).await;
        let plan = Plan { insurance_at: Some(format!("http://{service}")), ..Plan::default() };
        let place = Place::planned(backend, plan).await;
        let (token, _) = place.sign_in("officer@bank-a").await;
        let (door, door_stop) = served(place.router.clone()).await;
        for round in 0..3 {
            for (path, status) in [
                ("/api/insurance/v1/forbidden/imports", "403"),
                ("/api/insurance/v1/large/imports", "422"),
                ("/api/insurance/v1/gone/imports", "404"),
            ] {
                let pieces = 80;
                let mut client = announced(door, path, &token, FILES, pieces * 65_536).await;
                // A client that listens only once it has sent everything, as browsers do.
                for _ in 0..pieces {
                    client.write_all(&[0; 65_536]).await.unwrap();
                }
                let answer = heard(&mut client).await;
                assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{round} {path}: {answer}");
            }
        }
        // The gateway's own refusals: of nobody's upload, and of one that announces too much.
        for (token, bytes, status) in [("", 5 << 20, "401"), (token.as_str(), 40 << 20, "413")] {
            let mut client = announced(door, "/api/insurance/v1/any/imports", token, FILES, bytes).await;
            for _ in 0..bytes / 65_536 {
                client.write_all(&[0; 65_536]).await.unwrap();
            }
            let answer = heard(&mut client).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        }
        let still = place.get(&token, "/api/insurance/v1/products").await;
        assert_eq!(still.status, 200, "no refusal was taken for a failure of the service");
        door_stop.cancel();
        service_stop.cancel();
    }
}

#[tokio::test]
async fn nothing_is_read_of_anybody_who_has_not_signed_in() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let (door, stop) = served(place.router.clone()).await;
        for path in
            ["/api/pledge/v1/echo", "/api/platform/v1/users", "/api/platform/v1/organisations/resolve"]
        {
            let mut slow = announced(door, path, "", "application/json", 1 << 20).await;
            slow.write_all(b"a little of it").await.unwrap();
            let answer = heard(&mut slow).await;
            assert!(answer.starts_with("HTTP/1.1 401"), "{path}: {answer}");
        }
        stop.cancel();
    }
}

#[tokio::test]
async fn slow_strangers_take_their_part_of_the_memory_and_no_more() {
    let place = Place::new(Backend::Sqlite).await;
    let (token, _) = place.sign_in("officer@bank-a").await;
    let (door, stop) = served(place.router.clone()).await;
    // Nine of a mebibyte less a byte each, that never end: more than one network may have on its way.
    let mut slow = Vec::new();
    for _ in 0..9 {
        let mut client = announced(door, "/auth/token", "", "application/json", 1 << 20).await;
        client.write_all(&vec![b' '; (1 << 20) - 1]).await.unwrap();
        slow.push(client);
    }
    // One of them is told that there is no room for it; the others wait.
    let mut answers: FuturesUnordered<_> = slow.iter_mut().map(heard).collect();
    let answer = answers.next().await.unwrap();
    drop(answers);
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    // Whoever has signed in is served all the while.
    let mut client = TcpStream::connect(door).await.unwrap();
    let body = "{\"a\": 1}";
    let request = format!(
        "POST /api/pledge/v1/echo HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    client.write_all(request.as_bytes()).await.unwrap();
    let answer = heard(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    drop(slow);
    stop.cancel();
}
