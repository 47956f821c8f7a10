//! Searching, needs and proposals as people see them.

use crate::{browser::Browser, fake_api::FakeApi, matching_samples::proposal, samples::ID};

#[tokio::test]
async fn a_search_marks_what_was_looked_for_and_shows_a_text_as_text() {
    let api = FakeApi::default();
    let page = Browser::of(&api, "loan_officer", "zh").get("/patent-search?q=%E9%94%82").await;
    assert!(page.has("<mark>卤水</mark>"), "{}", page.text);
    assert!(!page.has("<mark>锂<b>"), "what a patent says is text, not markup");
}

#[tokio::test]
async fn an_enterprise_answers_a_proposal_that_waits_and_follows_up_one_that_it_accepted() {
    let here = format!("/matches/{ID}");
    let waits = FakeApi::default();
    let page = Browser::of(&waits, "finance", "zh").get(&here).await;
    assert!(page.has(&format!("{here}/accept")) && page.has(&format!("{here}/decline")), "{}", page.text);
    assert!(!page.has(&format!("{here}/report-back")) && !page.has(&format!("{here}/withdraw")));
    let accepted = FakeApi {
        instead: vec![("matches/0190a000-0000-7000-8000-000000000009", proposal("accepted"))],
        ..FakeApi::default()
    };
    let page = Browser::of(&accepted, "finance", "zh").get(&here).await;
    assert!(
        page.has(&format!("{here}/report-back")) && !page.has(&format!("{here}/accept")),
        "{}",
        page.text
    );
    let office = Browser::of(&accepted, "transfer_office", "zh").get(&here).await;
    assert!(office.has(&format!("{here}/follow-up")) && !office.has(&format!("{here}/report-back")));
}

#[tokio::test]
async fn the_rules_of_matching_say_what_is_weighed_and_how_much_is_proposed() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "transfer_office", "zh");
    let page = browser.get("/matching-rules").await;
    assert!(page.has("45%") || page.has("45.00%") || page.has("45.0%"), "{}", page.text);
    assert!(page.has("检索相关度") && page.has("每日推荐上限") && page.has("非官方标准"));
    assert!(browser.get("/matches").await.has("href=\"/matching-rules\""));
}
