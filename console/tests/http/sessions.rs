//! Signing in, staying signed in, and who may post.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::json;

use crate::{browser::Browser, fake_api::FakeApi};

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_the_sign_in_page_and_back_to_where_they_wanted() {
    let api = FakeApi::default();
    let mut browser = Browser::open(&api);
    let sent = browser.get("/loans?status=active").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let page = browser.get(&sent.location).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.input("next"), "/loans?status=active");
    let next = page.input("next");
    let done = browser
        .post("/sign-in", &[("username", "loan_officer"), ("password", "demo"), ("next", &next)])
        .await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/loans?status=active"));
    assert_eq!(browser.cookie("ipf_access"), Some("access-loan_officer"));
    assert_eq!(browser.get(&done.location).await.status, StatusCode::OK);
}

#[tokio::test]
async fn tokens_are_kept_from_scripts_and_from_other_sites_and_from_plain_http() {
    let api = FakeApi::default();
    let mut browser = Browser::open(&api);
    browser.proto = "https";
    browser.post("/sign-in", &[("username", "finance"), ("password", "demo")]).await;
    assert_eq!(browser.set.len(), 2);
    for cookie in &browser.set {
        for mark in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
            assert!(cookie.contains(mark), "{cookie} lacks {mark}");
        }
    }
}

#[tokio::test]
async fn a_wrong_password_says_so_keeps_the_name_and_gives_no_cookie() {
    let api = FakeApi::default();
    let mut browser = Browser::open(&api);
    let page = browser.post("/sign-in", &[("username", "finance"), ("password", "no")]).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.has("用户名或密码不正确。") && page.has("value=\"finance\""));
    assert!(browser.set.is_empty());
    let page = browser.post("/sign-in", &[("username", "finance"), ("password", "locked")]).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.has("60 秒"));
}

#[tokio::test]
async fn nobody_is_led_to_another_host_by_signing_in() {
    let api = FakeApi::default();
    let mut browser = Browser::open(&api);
    let fields = [("username", "finance"), ("password", "demo"), ("next", "//evil.example/")];
    assert_eq!(browser.post("/sign-in", &fields).await.location, "/");
}

#[tokio::test]
async fn an_expired_session_is_renewed_once_even_when_two_pages_ask_at_the_same_moment() {
    let api = FakeApi::default();
    let mut browser = Browser::open(&api);
    browser.set_cookie("ipf_access", "expired");
    browser.set_cookie("ipf_refresh", "refresh-finance-1");
    let page = browser.get("/loans").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(browser.cookie("ipf_refresh"), Some("refresh-finance-2"));
    // Another tab still carries the old token; it shares the renewal instead of spending the token again.
    browser.set_cookie("ipf_access", "expired");
    browser.set_cookie("ipf_refresh", "refresh-finance-1");
    assert_eq!(browser.get("/loans").await.status, StatusCode::OK);
    assert_eq!(api.asked().iter().filter(|one| one.path == "/auth/refresh").count(), 1);
}

#[tokio::test]
async fn a_revoked_session_ends_at_the_sign_in_page_without_cookies() {
    let api = FakeApi::default();
    let mut browser = Browser::open(&api);
    browser.set_cookie("ipf_access", "expired");
    browser.set_cookie("ipf_refresh", "stolen");
    let sent = browser.get("/loans").await;
    assert_eq!(sent.location, "/sign-in?next=%2Floans");
    assert_eq!((browser.cookie("ipf_access"), browser.cookie("ipf_refresh")), (None, None));
}

#[tokio::test]
async fn signing_out_revokes_the_session_and_forgets_it() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    browser.set_cookie("ipf_refresh", "refresh-finance-1");
    let sent = browser.post("/sign-out", &[]).await;
    assert_eq!(sent.location, "/sign-in");
    assert_eq!(browser.cookie("ipf_access"), None);
    let ended = api.last(&Method::POST, "/auth/sign-out").unwrap();
    assert_eq!(ended.body, json!({ "refresh_token": "refresh-finance-1" }));
    assert_eq!(ended.token, "access-finance");
}

#[tokio::test]
async fn a_one_time_password_is_changed_before_anything_else() {
    let api = FakeApi { must_change: true, ..FakeApi::default() };
    let mut browser = Browser::open(&api);
    let sent = browser.post("/sign-in", &[("username", "finance"), ("password", "demo")]).await;
    assert_eq!(sent.location, "/password?must=1");
    assert_eq!(browser.get("/loans").await.location, "/password?must=1");
    assert!(browser.get("/password?must=1").await.has("一次性密码"));
    let page =
        browser.post("/password", &[("current", "demo"), ("new", "long enough"), ("again", "other")]).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.has("不一致"));
    let page = browser
        .post("/password", &[("current", "bad"), ("new", "long enough"), ("again", "long enough")])
        .await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.has("当前密码不正确"), "{}", page.text);
    assert!(!page.has("long enough"), "passwords are never put back into a form");
    let sent = browser
        .post("/password", &[("current", "demo"), ("new", "long enough"), ("again", "long enough")])
        .await;
    assert_eq!(sent.location, "/?done=password");
}

#[tokio::test]
async fn a_form_that_another_site_sends_is_refused_and_reaches_nothing() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    for site in ["cross-site", "same-site", "none"] {
        browser.site = site;
        let page =
            browser.post(&format!("/facilities/{}/draw", crate::samples::FACILITY), &[("amount", "1")]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{site}");
        assert!(page.has("未作任何更改"));
    }
    let bare = Request::post("/sign-out").body(Body::empty()).unwrap();
    assert_eq!(browser.send(bare).await.status, StatusCode::FORBIDDEN, "neither Origin nor Sec-Fetch-Site");
    assert!(api.asked().is_empty());
    let ours =
        Request::post("/sign-out").header(header::ORIGIN, "http://console.test").body(Body::empty()).unwrap();
    assert_eq!(browser.send(ours).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn language_and_theme_are_kept_and_lead_back_to_the_page() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    assert!(browser.get("/patents").await.has("<html lang=\"zh-CN\">"));
    let sent = browser.post("/preferences", &[("lang", "en"), ("back", "/patents?q=x")]).await;
    assert_eq!(sent.location, "/patents?q=x");
    assert!(browser.get("/patents").await.has("<html lang=\"en\">"));
    assert_eq!(api.last(&Method::GET, "/patents").unwrap().language, "en");
    browser.post("/preferences", &[("theme", "dark"), ("back", "https://evil.example")]).await;
    assert!(browser.get("/patents").await.has("data-theme=\"dark\""));
}

#[tokio::test]
async fn pages_carry_a_policy_without_inline_script_and_are_not_stored() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let page = browser.get("/patents").await;
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"));
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    assert!(!page.has(" style=") && !page.has("onclick") && !page.has("<script>"));
    let style = page.text.split("stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let style = browser.get(&style).await;
    assert_eq!(style.status, StatusCode::OK);
    assert!(style.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    assert!(style.text.len() < 20 * 1024, "the style sheet is one small file");
    let tag = style.headers[header::ETAG].clone();
    let again =
        Request::get("/static/console.css").header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap();
    assert_eq!(browser.send(again).await.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn what_is_no_page_goes_to_the_api_and_nobodys_address_gets_a_page_that_says_so() {
    let api = FakeApi::default();
    let mut browser = Browser::open(&api);
    assert_eq!(browser.get("/health/live").await.text, r#"{"status":"live"}"#);
    let nowhere = browser.get("/nowhere").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    assert!(nowhere.has("<html") && nowhere.has("没有找到"));
    let mut browser = Browser::of(&api, "finance", "zh");
    // Signed in, whoever takes anything gets the page, too; a program without a session is told in JSON.
    for accept in ["text/html,application/xhtml+xml", "*/*"] {
        let request = Request::get("/nowhere").header(header::ACCEPT, accept).body(Body::empty()).unwrap();
        let page = browser.send(request).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{accept}");
        assert!(page.has("<html") && page.has("没有找到"), "{accept}");
    }
    let request = Request::get("/nowhere").header(header::ACCEPT, "*/*").body(Body::empty()).unwrap();
    assert!(!Browser::open(&api).send(request).await.has("<html"));
    let request = Request::get("/nowhere")
        .header(header::ACCEPT, "text/html")
        .header(header::AUTHORIZATION, "Bearer access-finance")
        .body(Body::empty())
        .unwrap();
    let page = browser.send(request).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.has("没有找到"));
    assert_eq!(api.asked().last().unwrap().forwarded_for, "203.0.113.7");
}
