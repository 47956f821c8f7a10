//! Every page renders for the roles that may open it, in both languages; failures have a page of their own.

use axum::http::{Method, StatusCode};
use identity::Role;

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    samples::{FACILITY, ID, PATENT},
};

/// The pages of a role beside the start page.
fn pages(role: Role) -> Vec<String> {
    let own: &[&str] = match role {
        Role::LoanOfficer => &[
            "/patents",
            "/patents/PATENT",
            "/patents/PATENT/value",
            "/imports",
            "/imports/ID",
            "/valuations",
            "/valuations/ID",
            "/facilities",
            "/facilities/FACILITY",
            "/facilities/new",
            "/facilities/FACILITY/change",
            "/applications",
            "/applications/ID",
            "/applications/ID/assess",
            "/applications/ID/pledge",
            "/pledges",
            "/pledges/ID",
            "/pledges/ID/register",
            "/pledges/ID/cancel",
            "/loans",
            "/loans/ID",
            "/loans/ID/repay",
            "/ledger",
            "/trials",
            "/trials?of=schedule",
            "/search?q=锂",
            "/password",
        ],
        Role::CreditApprover => &[
            "/applications/ID/approve",
            "/applications/ID/refuse",
            "/facilities/FACILITY/approve",
            "/facilities/FACILITY/suspend",
            "/facilities/FACILITY/changes/ID/approve",
        ],
        Role::Finance => &[
            "/facilities/FACILITY",
            "/facilities/FACILITY/draw",
            "/applications/new",
            "/applications/new?facility_id=FACILITY",
            "/applications/ID/withdraw",
            "/loans/ID/repay",
            "/policies/ID",
            "/claims/new",
            "/claims/ID",
        ],
        Role::Underwriter => &[
            "/products",
            "/products/enforcement",
            "/quotes",
            "/quotes/new",
            "/quotes/new?product=enforcement&patent_id=PATENT",
            "/quotes/ID",
            "/policies",
            "/policies/ID",
            "/policies/ID/cancel",
        ],
        Role::ClaimsHandler => &["/claims", "/claims/new", "/claims/ID/assess"],
        Role::ClaimsApprover => &["/claims/ID/approve", "/claims/ID/refuse", "/claims/ID/payments"],
        Role::Examiner => &[
            "/supervision",
            "/supervision/facilities",
            "/supervision/facilities/FACILITY",
            "/supervision/loans",
            "/supervision/loans/ID",
            "/supervision/warnings",
            "/supervision/deviations",
            "/ledger",
            "/ledger?bank_id=ID",
            "/audit",
        ],
        Role::PlatformAdmin => &[
            "/organisations",
            "/organisations/ID",
            "/organisations/new",
            "/users",
            "/users/new",
            "/users/ID",
            "/services",
            "/keys",
            "/audit",
            "/trials",
        ],
        _ => &[],
    };
    own.iter()
        .map(|path| path.replace("PATENT", PATENT).replace("FACILITY", FACILITY).replace("ID", ID))
        .chain(["/".to_owned()])
        .collect()
}

/// What a page must not contain: keys without a text, empty titles, templates gone wrong.
fn sound(page: &str, path: &str) {
    for wrong in [
        "Option",
        "Some(",
        "{{",
        "{%",
        "<h1></h1>",
        ">col-",
        ">done-",
        ">v-",
        "NaN",
        "\"selected",
        "\"required",
    ] {
        assert!(!page.contains(wrong), "{path} shows `{wrong}`");
    }
    assert!(page.contains("class=\"skip\"") && page.contains("<main id=\"main\""), "{path}");
    for table in page.split("<table>").skip(1) {
        assert!(table.contains("scope=\"col\""), "{path} has a table without heads");
    }
    let labels =
        page.matches("<label").count() + page.matches("aria-label").count() + page.matches("<legend").count();
    assert!(labels > 0, "{path}");
}

#[tokio::test]
async fn every_page_renders_for_its_roles_in_both_languages() {
    for role in Role::ALL {
        for lang in ["zh", "en"] {
            let api = FakeApi::default();
            let mut browser = Browser::of(&api, role.name(), lang);
            for path in pages(*role) {
                let page = browser.get(&path).await;
                assert_eq!(page.status, StatusCode::OK, "{role} {lang} {path}: {}", page.text);
                sound(&page.text, &path);
            }
        }
    }
}

#[tokio::test]
async fn english_pages_show_no_chinese_but_data() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "en");
    for path in ["/trials", "/imports", "/password"] {
        let page = browser.get(path).await;
        let text = page
            .text
            .replace("中文", "")
            .replace("王敏", "")
            .replace("青海盐湖锂业有限公司", "")
            .replace("校验位不符", "");
        let chinese: String = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect();
        assert_eq!(chinese, "", "{path}");
    }
}

#[tokio::test]
async fn the_rail_shows_only_what_the_role_may_open() {
    let api = FakeApi::default();
    for (role, shows, hides) in [
        ("loan_officer", "/applications", "/supervision"),
        ("finance", "/facilities", "/valuations"),
        ("underwriter", "/quotes", "/applications"),
        ("examiner", "/supervision", "/users"),
        ("platform_admin", "/keys", "/patents"),
        ("transfer_office", "/imports", "/loans"),
    ] {
        let page = Browser::of(&api, role, "zh").get("/").await;
        let rail = page.text.split("<nav class=\"rail\"").nth(1).unwrap().split("</nav>").next().unwrap();
        assert!(rail.contains(&format!("href=\"{shows}\"")), "{role} sees {shows}");
        assert!(!rail.contains(&format!("href=\"{hides}\"")), "{role} does not see {hides}");
    }
}

#[tokio::test]
async fn the_start_page_counts_what_waits_and_survives_a_service_that_does_not_answer() {
    let api = FakeApi::default();
    let page = Browser::of(&api, "credit_approver", "zh").get("/").await;
    assert!(page.has("待审批的融资申请") && page.has("2+"), "two waiting and more behind");
    assert!(!page.has("待评审的融资申请"), "assessing is the officer's work");
    let api = FakeApi { dead: Some("/api/pledge/"), ..FakeApi::default() };
    let page = Browser::of(&api, "credit_approver", "zh").get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("服务未响应"));
}

#[tokio::test]
async fn what_comes_from_data_is_escaped() {
    let api = FakeApi::default();
    let page = Browser::of(&api, "loan_officer", "zh").get(&format!("/patents/{PATENT}")).await;
    assert!(page.has("一种&#60;锂&#62;吸附剂") && !page.has("一种<锂>吸附剂"));
    assert!(page.has("生成数据") && page.has("已质押"));
}

#[tokio::test]
async fn lists_pass_filters_sort_and_cursor_to_the_api_and_offer_the_same_rows_as_files() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let page = browser.get("/patents?q=%E9%94%82&kind=invention&sort=-filing_date&cursor=c1").await;
    let asked = api.last(&Method::GET, "/patents").unwrap();
    for part in ["q=%E9%94%82", "kind=invention", "sort=-filing_date", "cursor=c1", "limit=50"] {
        assert!(asked.query.contains(part), "{}", asked.query);
    }
    assert!(page.has("cursor=c2") && page.has("回到第一页"));
    assert!(page.has("aria-sort=\"descending\""));
    let link = page
        .text
        .split("href=\"/patents/export?")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&");
    let file = browser.get(&format!("/patents/export?{link}")).await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(file.headers["content-disposition"].to_str().unwrap().contains("list.csv"));
    assert!(file.has("format=csv") && file.has("kind=invention") && !file.has("cursor"));
}

#[tokio::test]
async fn amounts_in_lists_are_in_wan_with_the_exact_amount_behind_and_a_total_of_the_page() {
    let api = FakeApi::default();
    let page = Browser::of(&api, "loan_officer", "zh").get("/valuations").await;
    assert!(page.has("title=\"12,345,678.90\">1,234.57"));
    assert!(page.has("本页合计") && page.has("title=\"24,691,357.80\""));
}

#[tokio::test]
async fn a_valuation_shows_score_range_reasons_and_the_maximum_loan() {
    let api = FakeApi::default();
    for (lang, reason) in [("zh", "剩余十四年"), ("en", "Fourteen years left")] {
        let page = Browser::of(&api, "loan_officer", lang).get(&format!("/valuations/{ID}")).await;
        for part in
            ["72.35", reason, "3,000,000.00", "class=\"range\"", "var(--c1)", "class=\"tree\"", "3.50%"]
        {
            assert!(page.has(part), "{lang}: {part}");
        }
    }
}

#[tokio::test]
async fn an_import_under_way_loads_itself_again_and_lists_bad_lines() {
    let api = FakeApi::default();
    let page = Browser::of(&api, "loan_officer", "zh").get(&format!("/imports/{ID}")).await;
    assert!(page.has("http-equiv=\"refresh\"") && page.has("校验位不符"));
}

#[tokio::test]
async fn refusals_and_dead_services_have_a_page_that_says_what_to_do() {
    let api = FakeApi { dead: Some("/api/insurance/"), ..FakeApi::default() };
    let mut browser = Browser::of(&api, "finance", "zh");
    let page = browser.get("/policies").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.has("服务暂时不可用") && page.has("其他服务的页面不受影响") && page.has("class=\"rail\""));
    assert_eq!(browser.get("/loans").await.status, StatusCode::OK, "pages of other services work");
    let page = browser.get("/loans/missing").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.has("请检查编号"));
    let page = browser.get(&format!("/facilities/{FACILITY}/approve")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.has("联系本机构管理员"));
}

#[tokio::test]
async fn an_id_never_reaches_the_api_with_more_segments_than_the_page_meant() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    browser.get("/loans/..%2F..%2Fplatform%2Fv1%2Fusers").await;
    assert!(api.asked().iter().all(|one| !one.path.contains("..") && !one.path.contains("users")));
}
