//! Sign-in, lock-out, refresh, sign-out, passwords, key rotation.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::json;
use tx_kit::testing::Backend;

use crate::place::{PASSWORD, Place, request, send};

const ME: &str = "/api/platform/v1/me";

#[tokio::test]
async fn who_signs_in_is_who_they_are() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let answer = place.try_sign_in(" Officer@Bank-A ", PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!((&answer.body["token_type"], &answer.body["expires_in"]), (&json!("Bearer"), &json!(600)));
        assert_eq!(answer.headers["cache-control"], "no-store");
        let me = place.get(&answer.text_of("access_token"), ME).await;
        assert_eq!(me.status, StatusCode::OK);
        assert_eq!(me.body["username"], "officer@bank-a");
        assert_eq!(me.body["organisation"]["name"], "甲银行");
        assert_eq!(me.body["roles"], json!(["loan_officer"]));
        let permissions = me.body["permissions"].as_array().unwrap();
        assert!(
            permissions.contains(&json!("facility.propose"))
                && !permissions.contains(&json!("facility.approve"))
        );
    }
}

#[tokio::test]
async fn wrong_passwords_pause_the_sign_in_of_that_account_only() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        for attempt in 1..=5 {
            let answer = place.try_sign_in("officer@bank-a", "wrong").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "attempt {attempt}");
            assert_eq!(answer.problem(), "/problems/invalid-credentials");
        }
        let paused = place.try_sign_in("officer@bank-a", PASSWORD).await;
        assert_eq!(paused.status, StatusCode::TOO_MANY_REQUESTS, "even the right one is not looked at");
        assert_eq!(paused.problem(), "/problems/too-many-attempts");
        assert_eq!(paused.headers["retry-after"], "30");
        place.sign_in("officer@bank-b").await;
        let (admin, _) = place.sign_in("admin@bank-a").await;
        let users = place.get(&admin, "/api/platform/v1/users?q=officer").await;
        assert!(users.body["items"][0]["locked_until"].is_string(), "{}", users.body);
        place.pass(TimeDelta::seconds(31));
        assert_eq!(place.try_sign_in("officer@bank-a", "wrong").await.status, StatusCode::UNAUTHORIZED);
        let longer = place.try_sign_in("officer@bank-a", PASSWORD).await;
        assert_eq!(longer.headers["retry-after"], "60", "each further one doubles the wait");
        place.pass(TimeDelta::seconds(61));
        place.sign_in("officer@bank-a").await;
    }
}

#[tokio::test]
async fn a_name_that_is_nobodys_is_answered_like_one_that_is_somebodys() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let nobody = place.try_sign_in("nobody", PASSWORD).await;
        let somebody = place.try_sign_in("officer@bank-a", "wrong").await;
        assert_eq!((nobody.status, &nobody.body), (somebody.status, &somebody.body));
        for _ in 2..=5 {
            place.try_sign_in("nobody", "wrong").await;
        }
        assert_eq!(place.try_sign_in("nobody", "x").await.status, StatusCode::TOO_MANY_REQUESTS);
    }
}

#[tokio::test]
async fn an_access_token_lasts_ten_minutes_and_a_clock_set_back_does_not_lengthen_it() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let (access, _) = place.sign_in("officer@bank-a").await;
        place.pass(TimeDelta::seconds(599));
        assert_eq!(place.get(&access, ME).await.status, StatusCode::OK);
        place.pass(TimeDelta::seconds(1));
        assert_eq!(place.get(&access, ME).await.status, StatusCode::UNAUTHORIZED);
        place.pass(TimeDelta::hours(-2));
        assert_eq!(place.get(&access, ME).await.status, StatusCode::UNAUTHORIZED, "made in the future");
    }
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_a_second_use_ends_the_session() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let (_, first) = place.sign_in("officer@bank-a").await;
        let renewed = place.post("", "/auth/refresh", json!({ "refresh_token": first })).await;
        assert_eq!(renewed.status, StatusCode::OK, "{}", renewed.body);
        let (access, second) = (renewed.text_of("access_token"), renewed.text_of("refresh_token"));
        assert_ne!(first, second);
        assert_eq!(place.get(&access, ME).await.status, StatusCode::OK);
        let reused = place.post("", "/auth/refresh", json!({ "refresh_token": first })).await;
        assert_eq!(
            (reused.status, reused.problem()),
            (StatusCode::UNAUTHORIZED, "/problems/session-revoked")
        );
        assert_eq!(place.get(&access, ME).await.status, StatusCode::UNAUTHORIZED, "at once");
        let honest = place.post("", "/auth/refresh", json!({ "refresh_token": second })).await;
        assert_eq!(honest.problem(), "/problems/session-revoked");
        let (_, other) = place.sign_in("officer@bank-a").await;
        place.pass(TimeDelta::hours(13));
        let late = place.post("", "/auth/refresh", json!({ "refresh_token": other })).await;
        assert_eq!(late.problem(), "/problems/session-revoked", "a session lasts twelve hours");
    }
}

#[tokio::test]
async fn signing_out_ends_the_sessions_tokens_and_no_others() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let (access, refresh) = place.sign_in("officer@bank-a").await;
        let (other, _) = place.sign_in("officer@bank-a").await;
        assert_eq!(place.post("", "/auth/sign-out", json!({})).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(place.post(&access, "/auth/sign-out", json!({})).await.status, StatusCode::NO_CONTENT);
        assert_eq!(place.get(&access, ME).await.status, StatusCode::UNAUTHORIZED);
        let renewed = place.post("", "/auth/refresh", json!({ "refresh_token": refresh })).await;
        assert_eq!(renewed.problem(), "/problems/session-revoked");
        assert_eq!(place.get(&other, ME).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let (here, _) = place.sign_in("officer@bank-a").await;
        let (elsewhere, _) = place.sign_in("officer@bank-a").await;
        let change = |current: &str, new: &str| json!({ "current": current, "new": new });
        let wrong = place.post(&here, "/auth/password", change("not it", "another good one")).await;
        assert_eq!(wrong.problem(), "/problems/invalid-credentials");
        for bad in ["short", PASSWORD] {
            let answer = place.post(&here, "/auth/password", change(PASSWORD, bad)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
            assert_eq!(answer.body["errors"][0]["field"], "new");
        }
        let done = place.post(&here, "/auth/password", change(PASSWORD, "another good one")).await;
        assert_eq!(done.status, StatusCode::NO_CONTENT);
        assert_eq!(place.get(&here, ME).await.status, StatusCode::OK);
        assert_eq!(place.get(&elsewhere, ME).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(place.try_sign_in("officer@bank-a", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(place.try_sign_in("officer@bank-a", "another good one").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_new_signing_key_leaves_the_tokens_of_the_old_one_valid_until_they_expire() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let (old, _) = place.sign_in("officer@bank-a").await;
        let (admin, _) = place.sign_in("admin@platform").await;
        let (officer_keys, replica) = place.replica().await;
        assert_eq!(officer_keys.user_public_keys().await, place.keys.user_public_keys().await);
        let refused = place.post(&old, "/api/platform/v1/keys/rotate", json!({})).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let made = place.post(&admin, "/api/platform/v1/keys/rotate", json!({})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let published = place.get("", "/.well-known/jwks.json").await;
        assert_eq!(published.body["keys"].as_array().unwrap().len(), 2);
        assert_eq!(place.get(&old, ME).await.status, StatusCode::OK);
        let (new, _) = place.sign_in("officer@bank-b").await;
        assert_eq!(place.get(&new, ME).await.status, StatusCode::OK);
        let elsewhere = send(&replica, request(axum::http::Method::GET, ME, &new, None)).await;
        assert_eq!(elsewhere.status, StatusCode::OK, "another replica fetches the new key");
        place.pass(TimeDelta::minutes(16));
        let published = place.get("", "/.well-known/jwks.json").await;
        assert_eq!(published.body["keys"].as_array().unwrap().len(), 1);
        assert_eq!(published.body["keys"][0]["kid"], made.body["id"]);
        let (_, after_restart) = place.replica().await;
        let answer =
            send(&after_restart, request(axum::http::Method::GET, "/.well-known/jwks.json", "", None)).await;
        assert_eq!(answer.body, published.body);
        let (admin, _) = place.sign_in("admin@platform").await;
        let internal =
            place.post(&admin, "/api/platform/v1/keys/rotate", json!({ "purpose": "internal" })).await;
        assert_eq!(internal.status, StatusCode::CREATED);
        let both = place.get("", "/.well-known/internal-jwks.json").await;
        assert_eq!(both.body["keys"].as_array().unwrap().len(), 2, "old gateways still sign with theirs");
        let keys = place.get(&admin, "/api/platform/v1/keys").await;
        assert_eq!(keys.body["items"].as_array().unwrap().len(), 4);
        assert!(!keys.text.contains("pkcs8"));
    }
}
