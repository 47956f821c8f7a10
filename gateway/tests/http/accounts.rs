//! Organisations, users, the audit trail, the first administrator.

use axum::http::StatusCode;
use chrono::TimeDelta;
use gateway::{Migrator, accounts::ensure_administrator};
use serde_json::{Value, json};
use tx_kit::testing::{Backend, TestPlace};

use crate::place::{PASSWORD, Place, organisation};

const ORGANISATIONS: &str = "/api/platform/v1/organisations";
const USERS: &str = "/api/platform/v1/users";

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().filter_map(|item| item["name"].as_str()).collect()
}

#[tokio::test]
async fn the_directory_is_for_all_and_kept_by_the_platform() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let (officer, _) = place.sign_in("officer@bank-a").await;
        let (admin, _) = place.sign_in("admin@platform").await;
        let banks = place.get(&officer, &format!("{ORGANISATIONS}?kind=bank&sort=-name")).await;
        assert_eq!(names(&banks.body).len(), 2, "{}", banks.body);
        let found = place.get(&officer, &format!("{ORGANISATIONS}?q=%E4%B8%80%E5%8F%B7")).await;
        assert_eq!(names(&found.body), ["一号企业"]);
        assert_eq!(found.body["items"][0]["industry_name"], "新材料");
        let first = place.get(&officer, &format!("{ORGANISATIONS}?limit=3")).await;
        let cursor = first.text_of("next_cursor");
        let rest = place.get(&officer, &format!("{ORGANISATIONS}?limit=3&cursor={cursor}")).await;
        assert_eq!((names(&first.body).len(), names(&rest.body).len()), (3, 1));
        let new = json!({ "kind": "enterprise", "name": "二号企业", "credit_code": "914403001922038216" });
        assert_eq!(place.post(&officer, ORGANISATIONS, new.clone()).await.status, StatusCode::FORBIDDEN);
        let made = place.post(&admin, ORGANISATIONS, new.clone()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let shown = place.get(&officer, &format!("{ORGANISATIONS}/{}", made.text_of("id"))).await;
        assert_eq!(shown.body, made.body);
        assert_eq!(place.post(&admin, ORGANISATIONS, new).await.problem(), "/problems/organisation-exists");
        let wrong = json!({ "kind": "enterprise", "name": "", "credit_code": "914403001922038217" });
        assert_eq!(
            place.post(&admin, ORGANISATIONS, wrong).await.body["errors"].as_array().unwrap().len(),
            2
        );
        let file = place.get(&officer, &format!("{ORGANISATIONS}/export?format=csv")).await;
        assert!(file.text.contains("二号企业"));
        assert_eq!(
            place.get(&officer, &format!("{ORGANISATIONS}/nonsense")).await.status,
            StatusCode::NOT_FOUND
        );
    }
}

#[tokio::test]
async fn many_organisations_are_looked_up_at_once_and_the_unknown_are_left_out() {
    let resolve = format!("{ORGANISATIONS}/resolve");
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let (finance, _) = place.sign_in("finance@enterprise").await;
        let strangers = (0..9_996).map(|number| organisation(1_000 + number));
        let mut ids: Vec<_> = strangers.chain([3, 1, 1, 4].map(organisation)).collect();
        let found = place.post(&finance, &resolve, json!({ "ids": ids })).await;
        assert_eq!(found.status, StatusCode::OK, "{}", found.body);
        let mut shown: Vec<(String, String)> = found.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["name"].as_str().unwrap().to_owned(), one["kind"].as_str().unwrap().to_owned()))
            .collect();
        shown.sort_unstable();
        let known = [("一号企业", "enterprise"), ("平台", "platform"), ("甲银行", "bank")];
        assert_eq!(shown, known.map(|(name, kind)| (name.to_owned(), kind.to_owned())));
        let mut fields: Vec<&str> =
            found.body["items"][0].as_object().unwrap().keys().map(String::as_str).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["cluster", "credit_code", "id", "kind", "name"]);
        ids.push(organisation(5));
        for wrong in [json!({ "ids": ids }), json!({ "ids": [] }), json!({ "ids": ["x"] }), json!({})] {
            let refused = place.post(&finance, &resolve, wrong).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(place.post("", &resolve, json!({ "ids": [] })).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn an_administrator_keeps_the_users_of_the_own_organisation_only() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let (admin, _) = place.sign_in("admin@bank-a").await;
        let (platform, _) = place.sign_in("admin@platform").await;
        let own = place.get(&admin, USERS).await;
        assert_eq!(names(&own.body).len(), 2, "{}", own.body);
        assert!(!own.text.contains("argon2"));
        assert_eq!(names(&place.get(&platform, USERS).await.body).len(), 5);
        let other_bank = place.get(&platform, &format!("{USERS}?q=bank-b")).await;
        let stranger = other_bank.body["items"][0]["id"].as_str().unwrap();
        let path = format!("{USERS}/{stranger}/deactivate");
        assert_eq!(place.post(&admin, &path, json!({})).await.status, StatusCode::NOT_FOUND);
        let elsewhere = json!({ "username": "new@b", "name": "新人", "organisation_id": organisation(2), "roles": ["operations"] });
        assert_eq!(place.post(&admin, USERS, elsewhere.clone()).await.status, StatusCode::NOT_FOUND);
        assert_eq!(place.post(&platform, USERS, elsewhere).await.status, StatusCode::CREATED);
        for roles in [json!(["loan_officer", "credit_approver"]), json!(["finance"]), json!([])] {
            let answer = place
                .post(&admin, USERS, json!({ "username": "new@a", "name": "新人", "roles": roles }))
                .await;
            assert_eq!(answer.problem(), "/problems/roles-refused", "{roles}");
        }
        let taken = json!({ "username": "OFFICER@bank-a", "name": "新人", "roles": ["operations"] });
        assert_eq!(place.post(&admin, USERS, taken).await.problem(), "/problems/username-taken");
        let me = place.get(&admin, "/api/platform/v1/me").await.text_of("user_id");
        let myself = place.post(&admin, &format!("{USERS}/{me}/deactivate"), json!({})).await;
        assert_eq!(myself.problem(), "/problems/own-account");
    }
}

#[tokio::test]
async fn a_one_time_password_opens_nothing_but_its_own_change() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let (admin, _) = place.sign_in("admin@bank-a").await;
        let new = json!({ "username": "ops@bank-a", "name": "运营", "roles": ["operations"] });
        let made = place.post(&admin, USERS, new).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let once = made.text_of("one_time_password");
        let signed_in = place.try_sign_in("ops@bank-a", &once).await;
        assert_eq!(signed_in.body["must_change_password"], true);
        let token = signed_in.text_of("access_token");
        assert_eq!(place.get(&token, "/api/platform/v1/me").await.status, StatusCode::OK);
        for path in ["/api/pledge/v1/echo", ORGANISATIONS] {
            let answer = place.get(&token, path).await;
            assert_eq!(
                (answer.status, answer.problem()),
                (StatusCode::FORBIDDEN, "/problems/password-change-required")
            );
        }
        let change = json!({ "current": once, "new": PASSWORD });
        assert_eq!(place.post(&token, "/auth/password", change).await.status, StatusCode::NO_CONTENT);
        assert_eq!(place.get(&token, "/api/pledge/v1/echo").await.status, StatusCode::OK);
        let reset =
            place.post(&admin, &format!("{USERS}/{}/reset-password", made.text_of("id")), json!({})).await;
        assert_eq!(reset.status, StatusCode::OK);
        assert_eq!(place.get(&token, "/api/platform/v1/me").await.status, StatusCode::UNAUTHORIZED);
        let again = place.try_sign_in("ops@bank-a", &reset.text_of("one_time_password")).await;
        assert_eq!(again.body["must_change_password"], true);
    }
}

#[tokio::test]
async fn the_trail_shows_ones_own_organisation() {
    for backend in Backend::available().unwrap() {
        let place = Place::new(backend).await;
        let (admin, _) = place.sign_in("admin@bank-a").await;
        place.sign_in("officer@bank-b").await;
        place.pass(TimeDelta::seconds(1));
        place.try_sign_in("officer@bank-a", "wrong").await;
        let own = place.get(&admin, "/api/platform/v1/audit").await;
        assert_eq!(own.status, StatusCode::OK, "{}", own.body);
        let actions: Vec<&str> =
            own.body["items"].as_array().unwrap().iter().filter_map(|row| row["action"].as_str()).collect();
        assert_eq!(actions, ["session.refuse", "session.open"]);
        let (platform, _) = place.sign_in("admin@platform").await;
        let all = place.get(&platform, "/api/platform/v1/audit?action=session.open&sort=at").await;
        assert_eq!(all.body["items"].as_array().unwrap().len(), 3);
        let file = place.get(&platform, "/api/platform/v1/audit/export").await;
        assert!(file.text.contains("user.create"));
        let (officer, _) = place.sign_in("officer@bank-b").await;
        assert_eq!(place.get(&officer, "/api/platform/v1/audit").await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_new_installation_gets_one_administrator() {
    for backend in Backend::available().unwrap() {
        let folder = TestPlace::new(backend).unwrap();
        let clock = std::sync::Arc::new(contracts::SystemClock);
        let db = folder.open::<Migrator>(contracts::Service::Gateway, clock).await.unwrap();
        let made = ensure_administrator(&db).await.unwrap().unwrap();
        assert_eq!(made.username, "admin@platform");
        assert!(ensure_administrator(&db).await.unwrap().is_none());
    }
}
