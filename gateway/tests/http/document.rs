//! The merged document and the pages.

use axum::http::StatusCode;
use tx_kit::testing::Backend;

use crate::place::Place;

#[tokio::test]
async fn the_document_has_every_services_operations_and_every_operation_an_id_of_its_own() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let answer = place.get("", "/openapi.json").await;
        assert_eq!(answer.status, StatusCode::OK);
        let paths = answer.body["paths"].as_object().unwrap();
        for path in [
            "/auth/token",
            "/auth/refresh",
            "/auth/sign-out",
            "/auth/password",
            "/.well-known/jwks.json",
            "/api/platform/v1/me",
            "/api/platform/v1/organisations/{id}",
            "/api/platform/v1/users",
            "/api/platform/v1/keys/rotate",
            "/api/platform/v1/audit",
            "/api/pledge/v1/echo",
        ] {
            assert!(paths.contains_key(path), "{path}");
        }
        let mut ids: Vec<&str> = paths
            .values()
            .flat_map(|item| item.as_object().unwrap().values())
            .filter_map(|operation| operation["operationId"].as_str())
            .collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        let schemas = &answer.body["components"]["schemas"];
        assert!(schemas["User"].is_object() && schemas["PledgeUser"].is_object(), "two kinds of user");
        assert_eq!(paths["/api/platform/v1/me"]["get"]["x-permission"], "session.own");
    }
}

#[tokio::test]
async fn the_pages_need_nothing_from_elsewhere() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        for path in ["/reference", "/problems", "/problems/limit-exceeded"] {
            let page = place.get("", path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
            assert!(
                page.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'")
            );
            for foreign in ["<script", "src=\"http", "href=\"http"] {
                assert!(!page.text.contains(foreign), "{path}: {foreign}");
            }
        }
        assert!(place.get("", "/reference").await.text.contains("/api/pledge/v1/echo"));
        assert_eq!(
            place.get("", "/reference/style.css").await.headers["content-type"],
            "text/css; charset=utf-8"
        );
        assert_eq!(place.get("", "/problems/no-such-thing").await.status, StatusCode::NOT_FOUND);
    }
}
