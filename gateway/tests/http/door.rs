//! What comes through the door and what does not.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use http_kit::config::Settings;
use identity::{Caller, Role};
use serde_json::json;
use tx_kit::testing::Backend;

use crate::place::{Place, Plan, SECRET, organisation, request};

fn regulator() -> Caller {
    Caller {
        user: contracts::UserId::from_uuid(uuid::Uuid::from_u128(99)),
        name: "nobody".to_owned(),
        tenant: organisation(9),
        tenant_name: "none".to_owned(),
        org_kind: contracts::OrgKind::Regulator,
        roles: vec![Role::Supervisor],
    }
}

#[tokio::test]
async fn nothing_below_api_answers_without_a_session() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        for path in [
            "/api",
            "/api/",
            "/api/nothing",
            "/api/pledge/v1",
            "/api/pledge/v1/echo",
            "/api/platform/v1/me",
            "/api/platform/v1/nothing",
            "/api/insurance/v1/quotes",
        ] {
            for (method, token) in [(Method::GET, ""), (Method::DELETE, ""), (Method::GET, "not.a.token")] {
                let answer = place.send(request(method.clone(), path, token, None)).await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
                assert_eq!(answer.problem(), "/problems/unauthenticated");
                assert_eq!(answer.headers["www-authenticate"], "Bearer");
            }
        }
        let (token, _) = place.sign_in("officer@bank-a").await;
        for path in [
            "/api",
            "/api/nothing",
            "/api/platform/v1/nothing",
            "/api/pledge/v1/nothing",
            "/api/insurance/v1/x",
        ] {
            assert_eq!(place.get(&token, path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}

#[tokio::test]
async fn a_client_cannot_bring_its_own_caller() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        // An extension is what a layer in front might leave behind; an internal token is what a service might leak.
        let mut smuggled = request(Method::GET, "/api/pledge/v1/echo", "", None);
        smuggled.extensions_mut().insert(regulator());
        assert_eq!(place.send(smuggled).await.status, StatusCode::UNAUTHORIZED);
        let internal = place.keys.internal_issuer().sign(&regulator(), contracts::Service::Pledge).unwrap();
        assert_eq!(place.get(&internal, "/api/pledge/v1/echo").await.status, StatusCode::UNAUTHORIZED);
        let (token, _) = place.sign_in("officer@bank-a").await;
        let mut dressed_up = request(Method::GET, "/api/pledge/v1/echo", &token, None);
        dressed_up.extensions_mut().insert(regulator());
        dressed_up.headers_mut().insert("x-caller", "regulator".parse().unwrap());
        let answer = place.send(dressed_up).await;
        assert_eq!(answer.body["caller"]["roles"], json!(["loan_officer"]));
        assert!(answer.body["headers"].get("x-caller").is_none());
    }
}

#[tokio::test]
async fn an_internal_token_is_given_to_who_knows_the_secret_only() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let body = json!({ "caller": regulator(), "audience": "pledge" });
        let (user, _) = place.sign_in("admin@platform").await;
        for token in ["", "wrong", user.as_str(), "services-secre"] {
            let answer = place.post(token, "/internal/token", body.clone()).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{token}");
            // Nor does somebody without the secret hear what would have to be asked.
            let answer = place.post(token, "/internal/token", json!({})).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{token}");
        }
        let given = place.post(SECRET, "/internal/token", body).await;
        assert_eq!(given.status, StatusCode::OK, "{}", given.body);
        let keys = place.keys.internal_public_keys().await.unwrap();
        let verifier = identity::Verifier::new(
            contracts::Service::Pledge,
            identity::token::KeySource::Fixed(keys),
            place.clock.clone(),
        );
        assert_eq!(verifier.verify(&given.text_of("token")).await.unwrap(), regulator());
    }
}

#[tokio::test]
async fn a_service_looks_organisations_up_for_its_caller_and_does_nothing_else_at_the_gateway() {
    use contracts::Service;
    let resolve = "/api/platform/v1/organisations/resolve";
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let ids = json!({ "ids": [organisation(1)] });
        let asked = json!({ "caller": regulator(), "audience": "gateway" });
        let internal = place.post(SECRET, "/internal/token", asked).await.text_of("token");
        let found = place.post(&internal, resolve, ids.clone()).await;
        assert_eq!(found.status, StatusCode::OK, "{}", found.body);
        assert_eq!(found.body["items"][0]["name"], "甲银行");
        for path in ["me", "organisations", "users", "audit"] {
            let answer = place.get(&internal, &format!("/api/platform/v1/{path}")).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        }
        assert_eq!(place.get(&internal, "/api/pledge/v1/echo").await.status, StatusCode::UNAUTHORIZED);
        // A token for another service opens nothing here, nor does one whose time is over or that is nobody's.
        let others = place.keys.internal_issuer().sign(&regulator(), Service::Pledge).unwrap();
        for token in [others.as_str(), "", "not.a.token"] {
            assert_eq!(place.post(token, resolve, ids.clone()).await.status, StatusCode::UNAUTHORIZED);
        }
        place.pass(chrono::TimeDelta::seconds(121));
        assert_eq!(place.post(&internal, resolve, ids).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_service_whose_token_another_gateway_signed_is_heard() {
    let resolve = "/api/platform/v1/organisations/resolve";
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let ids = json!({ "ids": [organisation(1)] });
        let sign = |keys: &gateway::Keys| {
            keys.internal_issuer().sign(&regulator(), contracts::Service::Gateway).unwrap()
        };
        let first = sign(&place.keys);
        assert_eq!(place.post(&first, resolve, ids.clone()).await.status, StatusCode::OK);
        let (admin, _) = place.sign_in("admin@platform").await;
        let purpose = json!({ "purpose": "internal" });
        let rotated = place.post(&admin, "/api/platform/v1/keys/rotate", purpose).await;
        assert!(rotated.status.is_success(), "{}", rotated.body);
        place.pass(chrono::TimeDelta::seconds(5));
        let (keys, router) = place.replica().await;
        let second = sign(&keys);
        assert_eq!(place.post(&second, resolve, ids.clone()).await.status, StatusCode::OK);
        let old = crate::place::send(&router, request(Method::POST, resolve, &first, Some(ids))).await;
        assert_eq!(old.status, StatusCode::OK, "the old key stays published");
    }
}

#[tokio::test]
async fn a_service_in_its_own_process_gets_its_tokens_over_http() {
    use identity::{HttpExchange, TokenExchange};
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = place.router.clone();
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let client = http_kit::client().unwrap();
        let exchange = HttpExchange::new(&base, SECRET, client.clone());
        let token = exchange.token(&regulator(), contracts::Service::Pledge).await.unwrap();
        let url = format!("{base}/.well-known/internal-jwks.json");
        let source = identity::token::KeySource::Url { url, client: client.clone() };
        let verifier = identity::Verifier::new(contracts::Service::Pledge, source, place.clock.clone());
        assert_eq!(verifier.verify(&token).await.unwrap(), regulator());
        let stranger = HttpExchange::new(&base, "guessed", client);
        assert!(stranger.token(&regulator(), contracts::Service::Pledge).await.is_err());
        server.abort();
        let again = exchange.token(&regulator(), contracts::Service::Pledge).await;
        assert_eq!(again.unwrap(), token, "remembered for a while");
    }
}

#[tokio::test]
async fn gateways_that_start_together_sign_with_the_same_keys() {
    for backend in Backend::available().unwrap() {
        let folder = tx_kit::testing::TestPlace::new(backend).unwrap();
        let clock = std::sync::Arc::new(contracts::SystemClock);
        let db = folder.open::<gateway::Migrator>(contracts::Service::Gateway, clock).await.unwrap();
        let opened = futures::future::join_all((0..4).map(|_| gateway::Keys::open(&db))).await;
        let sets: Vec<_> = opened.into_iter().map(Result::unwrap).collect();
        for keys in &sets {
            assert_eq!(keys.user_public_keys().await, sets[0].user_public_keys().await);
            assert_eq!(keys.internal_issuer().public_keys(), sets[0].internal_issuer().public_keys());
        }
    }
}

#[tokio::test]
async fn a_deactivated_user_is_out_at_once() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let (officer, _) = place.sign_in("officer@bank-a").await;
        let (admin, _) = place.sign_in("admin@bank-a").await;
        assert_eq!(place.get(&officer, "/api/pledge/v1/echo").await.status, StatusCode::OK);
        let id = place.get(&officer, "/api/platform/v1/me").await.text_of("user_id");
        let path = format!("/api/platform/v1/users/{id}/deactivate");
        assert_eq!(place.post(&admin, &path, json!({})).await.status, StatusCode::OK);
        assert_eq!(place.get(&officer, "/api/pledge/v1/echo").await.status, StatusCode::UNAUTHORIZED);
        let again = place.try_sign_in("officer@bank-a", crate::place::PASSWORD).await;
        assert_eq!(again.problem(), "/problems/invalid-credentials");
    }
}

#[tokio::test]
async fn a_client_that_asks_too_much_is_told_to_wait() {
    for backend in Backend::available().unwrap() {
        let settings = Settings { requests_per_second_max: 1, ..Settings::default() };
        let place = Place::planned(backend, Plan { settings, ..Plan::default() }).await;
        let mut refused = place.get("", "/api/pledge/v1/echo").await;
        // A machine that stalls for a second gives the client another request.
        for _ in 0..20 {
            if refused.status != StatusCode::UNAUTHORIZED {
                break;
            }
            refused = place.get("", "/api/pledge/v1/echo").await;
        }
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.problem(), "/problems/too-many-requests");
        assert_eq!(refused.headers["retry-after"], "1");
        let mut other = request(Method::GET, "/api/pledge/v1/echo", "", None);
        let address = std::net::SocketAddr::from(([10, 9, 9, 9], 1));
        other.extensions_mut().insert(axum::extract::ConnectInfo(address));
        assert_eq!(place.send(other).await.status, StatusCode::UNAUTHORIZED, "another client is not held up");
    }
}

#[tokio::test]
async fn other_origins_are_let_in_only_where_configured() {
    for backend in Backend::available().unwrap() {
        let preflight = || {
            Request::builder()
                .method(Method::OPTIONS)
                .uri("/api/pledge/v1/echo")
                .header(header::ORIGIN, "https://bank.example")
                .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
                .body(Body::empty())
                .unwrap()
        };
        let closed = Place::new(backend).await;
        let answer = closed.send(preflight()).await;
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        let settings =
            Settings { cors_origins: vec!["https://bank.example".to_owned()], ..Settings::default() };
        let open = Place::planned(backend, Plan { settings, ..Plan::default() }).await;
        let answer = open.send(preflight()).await;
        assert_eq!(answer.headers["access-control-allow-origin"], "https://bank.example");
        assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    }
}
