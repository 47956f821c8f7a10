//! Passing requests on: headers, limits, services that are gone.

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use serde_json::json;
use tokio::net::TcpListener;
use tx_kit::testing::Backend;

use crate::place::{Place, Plan, request};

#[tokio::test]
async fn a_request_passes_with_its_key_its_language_and_an_internal_token_and_nothing_else() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let (token, _) = place.sign_in("finance@enterprise").await;
        let mut sent =
            request(Method::POST, "/api/pledge/v1/echo?q=%E4%B8%93", &token, Some(json!({ "a": 1 })));
        for (name, value) in [
            ("idempotency-key", "k-1"),
            ("accept-language", "en"),
            ("x-request-id", "r-1"),
            ("cookie", "session=1"),
            ("x-forwarded-for", "1.1.1.1"),
            ("x-internal-caller", "root"),
        ] {
            sent.headers_mut().insert(name, value.parse().unwrap());
        }
        let answer = place.send(sent).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(answer.body["path"], "/api/pledge/v1/echo?q=%E4%B8%93");
        assert_eq!(answer.body["caller"]["tenant_name"], "一号企业");
        let headers = &answer.body["headers"];
        for (name, value) in [("idempotency-key", "k-1"), ("accept-language", "en"), ("x-request-id", "r-1")]
        {
            assert_eq!(headers[name], value);
        }
        for name in ["cookie", "x-forwarded-for", "x-internal-caller"] {
            assert!(headers.get(name).is_none(), "{name}");
        }
        assert_ne!(headers["authorization"], format!("Bearer {token}"));
        assert_eq!(answer.headers["x-kept"], "yes");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert!(!answer.headers.contains_key("set-cookie") && !answer.headers.contains_key("server"));
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_and_only_an_import_may_be_large() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let (token, _) = place.sign_in("officer@bank-a").await;
        let with_body = |path: &str, body: Body| {
            let mut sent = request(Method::POST, path, &token, None);
            *sent.body_mut() = body;
            sent
        };
        let two_mebibytes = || vec![0_u8; 2 * 1024 * 1024];
        let told = place.send(with_body("/api/pledge/v1/echo", Body::from(two_mebibytes()))).await;
        assert_eq!(
            (told.status, told.problem()),
            (StatusCode::PAYLOAD_TOO_LARGE, "/problems/payload-too-large")
        );
        let chunks = futures::stream::iter([Ok::<_, std::io::Error>(two_mebibytes())]);
        let untold = place.send(with_body("/api/pledge/v1/echo", Body::from_stream(chunks))).await;
        assert_eq!(untold.status, StatusCode::PAYLOAD_TOO_LARGE);
        let import = place.send(with_body("/api/pledge/v1/imports", Body::from(two_mebibytes()))).await;
        assert_eq!((import.status, &import.body["length"]), (StatusCode::OK, &json!(2 * 1024 * 1024)));
        let huge = vec![0_u8; 34 * 1024 * 1024];
        let answer = place.send(with_body("/api/pledge/v1/imports", Body::from(huge))).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        let sign_in =
            place.post("", "/auth/token", json!({ "username": "x".repeat(2_000_000), "password": "" })).await;
        assert_eq!(sign_in.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

#[tokio::test]
async fn a_service_at_an_address_is_reached_and_its_document_joined() {
    for backend in Backend::available().unwrap() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new()
            .route("/health/ready", axum::routing::get(|| async { "ready" }))
            .route(
                "/api/insurance/v1/products",
                axum::routing::get(|headers: axum::http::HeaderMap| async move {
                    axum::Json(json!({ "request": headers["x-request-id"].to_str().unwrap() }))
                }),
            )
            .route(
                "/openapi.json",
                axum::routing::get(|| async {
                    axum::Json(json!({ "paths": { "/api/insurance/v1/products": { "get": {} } } }))
                }),
            );
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let place = Place::planned(backend, Plan { insurance_at: Some(address), ..Plan::default() }).await;
        let (token, _) = place.sign_in("officer@bank-a").await;
        let answer = place.get(&token, "/api/insurance/v1/products").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(answer.headers["x-request-id"], answer.body["request"].as_str().unwrap());
        // More bodies that break off than failures open the breaker: they are the client's, and nobody is cut off for them.
        for path in ["/api/insurance/v1/products", "/api/insurance/v1/policies/imports"] {
            for _ in 0..7 {
                let lost = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
                let broken = futures::stream::iter([Ok(vec![0_u8; 10]), Err(lost)]);
                let mut sent = request(Method::POST, path, &token, None);
                *sent.body_mut() = Body::from_stream(broken);
                assert!(place.send(sent).await.status.is_client_error(), "{path}");
            }
            assert_eq!(place.get(&token, "/api/insurance/v1/products").await.status, StatusCode::OK);
        }
        let document = place.get("", "/openapi.json").await;
        assert!(document.body["paths"]["/api/insurance/v1/products"].is_object());
        let (admin, _) = place.sign_in("admin@platform").await;
        let services = place.get(&admin, "/api/platform/v1/services").await;
        let items = services.body["items"].as_array().unwrap();
        assert!(items.iter().all(|service| service["ready"] == true), "{}", services.body);
        server.abort();
    }
}

#[tokio::test]
async fn nobody_waits_long_for_a_service_that_is_gone() {
    for backend in Backend::available().unwrap() {
        // A port that was free a moment ago and answers nobody.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let place = Place::planned(backend, Plan { insurance_at: Some(address), ..Plan::default() }).await;
        let (token, _) = place.sign_in("officer@bank-a").await;
        for attempt in 0..7 {
            let answer = place.post(&token, "/api/insurance/v1/quotes", json!({})).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "attempt {attempt}");
            assert_eq!(answer.problem(), "/problems/unavailable");
            assert_eq!(answer.body["service"], "insurance");
            assert!(answer.headers.contains_key("retry-after"));
        }
        let (admin, _) = place.sign_in("admin@platform").await;
        let services = place.get(&admin, "/api/platform/v1/services").await;
        let gone = services.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["service"] == "insurance")
            .unwrap();
        assert_eq!((&gone["ready"], &gone["breaker_open"]), (&json!(false), &json!(true)));
        assert_eq!(place.get(&token, "/api/pledge/v1/echo").await.status, StatusCode::OK, "the others go on");
        assert_eq!(place.get("", "/openapi.json").await.status, StatusCode::OK, "without its part");
    }
}

#[tokio::test]
async fn a_command_whose_answer_was_lost_is_not_called_undone() {
    for backend in Backend::available().unwrap() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        // Takes each request and hangs up.
        let server = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut some = [0_u8; 1024];
                drop(tokio::io::AsyncReadExt::read(&mut stream, &mut some).await);
            }
        });
        let place = Place::planned(backend, Plan { insurance_at: Some(address), ..Plan::default() }).await;
        let (token, _) = place.sign_in("officer@bank-a").await;
        let command = place.post(&token, "/api/insurance/v1/policies", json!({})).await;
        assert_eq!((command.status, command.problem()), (StatusCode::GATEWAY_TIMEOUT, "/problems/no-answer"));
        let read = place.get(&token, "/api/insurance/v1/policies").await;
        assert_eq!((read.status, read.problem()), (StatusCode::SERVICE_UNAVAILABLE, "/problems/unavailable"));
        server.abort();
    }
}
