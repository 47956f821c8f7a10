//! Every page renders for the roles that may open it, in both languages; failures have a page of their own.

use axum::http::{Method, StatusCode};
use identity::Role;

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    line_samples::SHARED,
    samples::{ENTERPRISE, FACILITY, ID, PATENT},
};

const LOAN_OFFICER: &[&str] = &[
    "/patent-search",
    "/patent-search?q=锂&status=granted",
    "/needs",
    "/needs/ID/matches",
    "/patents/PATENT/matches",
    "/matches",
    "/patents",
    "/patents/PATENT",
    "/patents/PATENT/value",
    "/patents/PATENT/score",
    "/patent-scores",
    "/scoring-runs",
    "/scoring-runs/ID",
    "/imports",
    "/imports/ID",
    "/reference-data",
    "/reference-data/licence-statistics",
    "/reference-data/market-index",
    "/reference-data/patent-intensive",
    "/deals",
    "/deals/PATENT",
    "/deals/comparables",
    "/deals/comparables?patent_id=PATENT",
    "/valuations",
    "/valuations/ID",
    "/valuations/ID/override",
    "/overrides",
    "/overrides/ID",
    "/overrides/statistics",
    "/valuations/ID?tab=value",
    "/valuations/ID?tab=score",
    "/valuations/ID?tab=risk",
    "/valuations/ID?tab=reports",
    "/valuations/ID?rerun=1",
    "/valuation-reports",
    "/valuation-reports/new?valuation_id=ID",
    "/valuation-reports/ID",
    "/valuation-reports/ID/revise",
    "/valuation-reports/ID/prepare",
    "/revaluation-triggers",
    "/revaluation-triggers/rules",
    "/revaluations-due",
    "/portfolios",
    "/portfolios/new",
    "/portfolios/ID",
    "/portfolios/ID/members",
    "/facilities",
    "/facilities/FACILITY",
    "/facilities/new",
    "/facilities/FACILITY/change",
    "/facilities/FACILITY/close",
    "/facilities/FACILITY/members",
    "/facilities/FACILITY/members/ENTERPRISE",
    "/facilities/FACILITY/deposits",
    "/facilities/FACILITY/deposit",
    "/facilities/FACILITY/deposit-return",
    "/facilities/FACILITY/borrowing-base",
    "/facilities/FACILITY/waivers",
    "/facilities/FACILITY/waivers/new",
    "/facilities/FACILITY/waivers/ID",
    "/margin-calls",
    "/applications",
    "/applications/ID",
    "/applications/ID/assess",
    "/applications/ID/pledge",
    "/applications/ID/deficiency",
    "/applications/ID/lapse",
    "/applications/ID/documents",
    "/applications/ID/conditions/ID/fulfil",
    "/applications/ID/conditions/ID/confirm",
    "/applications/ID/conditions/ID/return",
    "/documents",
    "/documents/ID",
    "/pledges/ID/documents",
    "/adjustments/ID/documents",
    "/loan-tasks",
    "/loan-tasks?overdue=true&loan_id=ID",
    "/loan-tasks/ID",
    "/loan-tasks/ID/accept",
    "/loan-tasks/ID/reject",
    "/loans/ID/checks",
    "/loans/ID/documents",
    "/conditions",
    "/delegations",
    "/delegations/ID",
    "/blacklist",
    "/blacklist/ID",
    "/connected-groups",
    "/connected-groups/ID",
    "/pledges",
    "/pledges/ID",
    "/pledges/ID/register",
    "/pledges/ID/cancel",
    "/pledges/ID/correct",
    "/pledges/ID/deficiency",
    "/pledges/ID/refuse",
    "/pledges/ID/withdraw",
    "/pledges/ID/resend",
    "/pledges/ID/change",
    "/pledges/ID/annul",
    "/pledges/ID/revalue",
    "/pledges/ID/annuities",
    "/pledges/ID/revaluations/ID",
    "/pledge-revaluations",
    "/pledges/reconciliation",
    "/loans",
    "/loans/ID",
    "/loans/ID/repay",
    "/loans/ID/adjustments",
    "/loans/ID/adjustments/prepayment_lower",
    "/loans/ID/adjustments/prepayment_shorten",
    "/loans/ID/adjustments/extension",
    "/loans/ID/adjustments/rollover",
    "/loans/ID/adjustments/restructuring",
    "/loans/ID/adjustments/repricing",
    "/loans/ID/adjustments/misuse",
    "/loans/ID/adjustments/misuse_ended",
    "/loans/ID/adjustments/fee_waiver",
    "/loans/ID/adjustments/vat_exemption",
    "/loans/ID/fees",
    "/adjustments",
    "/adjustments/ID",
    "/adjustments/ID/withdraw",
    "/change-requests",
    "/change-requests/ID",
    "/change-requests/ID/take-up",
    "/change-requests/ID/refuse",
    "/reference-rates",
    "/working-days",
    "/notices",
    "/closings",
    "/closings/ID",
    "/closings/ID/failures",
    "/loans/ID/movements",
    "/loans/ID/repayments",
    "/facilities/FACILITY/changes",
    "/ledger",
    "/ledger/days",
    "/ledger/accounts/1303",
    "/ledger/movements/ID",
    "/ledger-reversals",
    "/ledger-reversals/ID",
    "/repayment-reversals",
    "/repayment-reversals/ID",
    "/loans/ID/statement",
    "/facilities/FACILITY/statement",
    "/statement",
    "/statement?enterprise_id=ID",
    "/subsidies",
    "/subsidies/ID",
    "/subsidies/new",
    "/subsidies/ID/withdraw",
    "/subsidy-schemes",
    "/subsidy-schemes/ID",
    "/trials",
    "/trials?of=schedule",
    "/trials?of=excess_earnings",
    "/trials?of=with_and_without",
    "/trials?of=replacement_cost",
    "/trials?of=market_comparables",
    "/trials?of=hedonic",
    "/trials?of=royalty_capitalisation",
    "/trials?of=real_option",
    "/trials?of=monte_carlo",
    "/trials?of=profit_split",
    "/trials?of=collateral_value",
    "/search?q=锂",
    "/password",
];
const CREDIT_APPROVER: &[&str] = &[
    "/revaluation-triggers/rules/versions/ID/approve",
    "/revaluation-triggers/rules/versions/ID/refuse",
    "/valuation-reports/ID/issue",
    "/valuation-reports/ID/return",
    "/valuation-reports/ID/withdraw",
    "/pledges/ID",
    "/pledges/ID/revaluations/ID/approve",
    "/pledges/ID/revaluations/ID/refuse",
    "/pledges/ID/consent",
    "/pledges/ID/consents/ID/revoke",
    "/loans/ID/risk",
    "/loans/ID/risk/ID/confirm",
    "/loans/ID/risk/ID/refuse",
    "/parameters/risk/versions/ID/approve",
    "/parameters/risk/versions/ID/refuse",
    "/applications/ID/approve",
    "/applications/ID/refuse",
    "/applications/ID/uphold",
    "/applications/ID/reopen",
    "/applications/ID/conditions/ID/waive",
    "/delegations/new",
    "/delegations/ID",
    "/facilities/FACILITY/approve",
    "/facilities/FACILITY/suspend",
    "/facilities/FACILITY/changes/ID/approve",
    "/agreements",
    "/agreements?status=open&kind=change",
    "/facilities/SHARED",
    "/facilities/SHARED/agree",
    "/facilities/SHARED/decline",
    "/facilities/SHARED/changes/ID/agree",
    "/facilities/SHARED/changes/ID/decline",
    "/facilities/SHARED/waivers/ID",
    "/facilities/SHARED/waivers/ID/agree",
    "/facilities/SHARED/waivers/ID/decline",
    "/facilities/FACILITY/waivers/ID/approve",
    "/facilities/FACILITY/waivers/ID/refuse",
    "/facilities/FACILITY/waivers/ID/revoke",
    "/adjustments/ID/approve",
    "/adjustments/ID/refuse",
    "/disposal-proposals/ID/approve",
    "/disposal-proposals/ID/refuse",
    "/write-offs/ID",
    "/write-offs/ID/agree",
    "/write-offs/ID/decline",
    "/overrides",
    "/overrides/ID/approve",
    "/overrides/ID/refuse",
    "/insurer-payments/ID/proposals/ID/approve",
    "/insurer-payments/ID/proposals/ID/refuse",
];
const FINANCE: &[&str] = &[
    "/needs",
    "/needs/new",
    "/needs/ID",
    "/needs/ID/change",
    "/needs/ID/pause",
    "/needs/ID/resume",
    "/needs/ID/close",
    "/needs/ID/matches",
    "/matches",
    "/matches/ID",
    "/matches/ID/accept",
    "/matches/ID/decline",
    "/matches/ID/report-back",
    "/pledges/ID",
    "/pledges/ID/confirm",
    "/loans/ID/adjustments",
    "/loans/ID/change-requests/extension",
    "/loans/ID/change-requests/rollover",
    "/loans/ID/change-requests/restructuring",
    "/loans/ID/change-requests/repricing",
    "/loans/ID/change-requests/prepayment_lower",
    "/change-requests",
    "/change-requests/ID",
    "/change-requests/ID/withdraw",
    "/adjustments",
    "/adjustments/ID",
    "/adjustments/ID/consent",
    "/adjustments/ID/decline",
    "/reference-rates",
    "/statement",
    "/loans/ID/statement",
    "/subsidies/new?kind=premium",
    "/facilities/FACILITY",
    "/facilities/FACILITY/draw",
    "/facilities/FACILITY/members",
    "/facilities/FACILITY/deposits",
    "/facilities/FACILITY/deposit",
    "/facilities/FACILITY/borrowing-base",
    "/applications/new",
    "/applications/new?facility_id=FACILITY",
    "/applications/ID/withdraw",
    "/applications/ID/correct",
    "/applications/ID/appeal",
    "/applications/ID/documents",
    "/documents/ID",
    "/conditions",
    "/loan-tasks",
    "/loan-tasks/ID",
    "/loans/ID/use-evidence",
    "/loans/ID/documents",
    "/loans/ID/repay",
    "/payment-instructions",
    "/payment-instructions/ID",
    "/payment-instructions/ID/withdraw",
    "/notices",
    "/loans/ID/tranche",
    "/policies/ID",
    "/claims/new",
    "/claims/ID",
];
const UNDERWRITER: &[&str] = &[
    "/products",
    "/products/enforcement",
    "/quotes",
    "/quotes/new",
    "/quotes/new?product=enforcement&patent_id=PATENT",
    "/quotes/ID",
    "/policies",
    "/policies/ID",
    "/policies/ID/cancel",
];
const EXAMINER: &[&str] = &[
    "/valuation-reports/ID",
    "/supervision/revaluations",
    "/portfolios/ID",
    "/risk",
    "/risk/loans",
    "/loans/ID/risk",
    "/parameters",
    "/parameters/risk?bank_id=ID",
    "/supervision",
    "/supervision/facilities",
    "/supervision/facilities/FACILITY",
    "/supervision/loans",
    "/supervision/loans/ID",
    "/supervision/warnings",
    "/supervision/deviations",
    "/supervision/recoveries",
    "/supervision/disposals",
    "/supervision/disposals/ID",
    "/supervision/fund-agreements",
    "/supervision/fund-agreements/ID",
    "/supervision/fund-movements",
    "/supervision/appeals",
    "/models",
    "/models/comparison",
    "/models/comparison?sort=spread",
    "/models/ID",
    "/overrides",
    "/overrides/statistics",
    "/backtests",
    "/backtests/ID",
    "/ledger",
    "/ledger?bank_id=ID",
    "/ledger/days?bank_id=ID",
    "/ledger/accounts/1303?bank_id=ID",
    "/statement?enterprise_id=ID",
    "/subsidies",
    "/audit",
];
const PLATFORM_ADMIN: &[&str] = &[
    "/reference-data",
    "/reference-data/concordance",
    "/reference-data/licence-statistics/import",
    "/reference-data/licence-statistics/versions/ID",
    "/reference-data/licence-statistics/versions/ID/propose",
    "/reference-data/licence-statistics/versions/ID/approve",
    "/reference-data/licence-statistics/versions/ID/refuse",
    "/reference-data/licence-statistics/versions/ID/discard",
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
];
const RISK_MANAGER: &[&str] = &[
    "/revaluation-triggers/rules",
    "/revaluation-triggers/rules/propose",
    "/revaluation-triggers/rules/versions/ID",
    "/risk",
    "/risk?from=2026-10-01&to=2026-11-01",
    "/risk/loans",
    "/risk/classifications",
    "/loans/ID/risk",
    "/loans/ID/risk/classify",
    "/loans/ID/risk/watch",
    "/loans/ID/risk/unwatch",
    "/parameters",
    "/parameters/risk",
    "/parameters/risk/propose",
    "/parameters/risk/versions/ID",
    "/applications/ID/consent",
    "/facilities/FACILITY/consent",
    "/facilities/FACILITY/changes/ID/consent",
    "/facilities/FACILITY/waivers/ID/consent",
    "/facilities/SHARED/consent",
    "/facilities/SHARED/changes/ID/consent",
    "/facilities/SHARED/waivers/ID/consent",
    "/adjustments/ID/risk-consent",
    "/agreements",
    "/blacklist",
    "/blacklist/new",
    "/blacklist/import",
    "/blacklist/ID",
    "/connected-groups",
    "/connected-groups/new",
    "/connected-groups/ID",
    "/disposal",
    "/disposal/new",
    "/disposal/ID",
    "/disposal/ID/action",
    "/disposal/ID/documents",
    "/disposal/ID/acceleration",
    "/disposal/ID/plan",
    "/disposal/ID/cost",
    "/disposal/ID/proceeds",
    "/disposal/ID/finding",
    "/disposal/ID/sharing",
    "/disposal/ID/answer",
    "/disposal/ID/write_off",
    "/disposal/ID/recovery",
    "/disposal/ID/closing",
    "/disposal-proposals",
    "/disposal-proposals/ID",
    "/compensation-claims",
    "/compensation-claims/ID",
    "/insurer-payments",
    "/funds",
    "/fund-agreements",
    "/fund-agreements/ID",
    "/write-offs/ID/consent",
    "/models/ID",
    "/models/ID/approve",
    "/models/ID/decline",
    "/models/ID/activate",
    "/models/ID/retire",
    "/overrides/ID/approve",
    "/insurer-payments/ID",
    "/insurer-payments/ID/give-back",
    "/insurer-payments/ID/match",
    "/disposal/ID/unanswered",
    "/risk/commitments",
];
const FUND_MANAGER: &[&str] = &[
    "/subsidies",
    "/subsidies/ID",
    "/subsidies/ID/approve",
    "/subsidies/ID/refuse",
    "/subsidies/ID/pay",
    "/subsidy-schemes",
    "/subsidy-schemes/ID",
    "/subsidy-schemes/new?kind=interest",
    "/subsidy-schemes/new?kind=premium",
    "/subsidy-schemes/ID/adopt",
    "/subsidy-schemes/ID/turn-down",
    "/subsidy-schemes/ID/end",
    "/subsidy-schemes/ID/funding",
    "/funds",
    "/funds/ID",
    "/fund-agreements",
    "/fund-agreements/ID",
    "/fund-agreements/ID/review",
    "/fund-orders/open",
    "/fund-orders/capital",
    "/fund-orders/replenishment",
    "/fund-orders/agreement",
    "/fund-orders/amendment?agreement_id=ID",
    "/fund-orders/end?agreement_id=ID",
    "/fund-orders/release?agreement_id=ID",
    "/fund-instructions",
    "/fund-instructions/ID",
    "/fund-instructions/ID/approve",
    "/fund-instructions/ID/refuse",
    "/compensation-claims",
    "/compensation-claims/ID/answer",
    "/compensation-claims/ID/confirm",
    "/compensation-claims/ID/send-back",
    "/disposal/ID",
];
const MODEL_DEVELOPER: &[&str] = &[
    "/models",
    "/models/new",
    "/models/platform-default",
    "/models/ID",
    "/models/ID/diff",
    "/models/ID/edit",
    "/models/ID/edit?section=bands",
    "/models/ID/edit?section=parameters",
    "/models/ID/edit?section=industries",
    "/models/ID/edit?section=overlays",
    "/models/ID/submit",
    "/models/ID/discard",
    "/valuations/ID/challengers",
    "/backtests",
    "/backtests/new",
    "/backtests/ID/observations",
    "/backtests/ID",
];
const MODEL_VALIDATOR: &[&str] = &[
    "/models/ID/validate",
    "/models/ID/return",
    "/backtests/ID",
    "/realisations",
    "/realisations/new",
    "/realisations/lines",
    "/realisations/ID",
    "/realisations/ID/verify",
    "/realisations/ID/refuse",
];
const TRANSFER_OFFICE: &[&str] = &[
    "/patents/PATENT/timeline",
    "/patents/PATENT/deals",
    "/patents/PATENT/pledges",
    "/patents/PATENT/products",
    "/patents/PATENT/high-value",
    "/patents/PATENT/record/licensed?supersedes=ID",
    "/patents/PATENT/record/void?supersedes=ID",
    "/patents/PATENT/family",
    "/patents/PATENT/family/record",
    "/patents/PATENT/family/remove",
    "/patents/PATENT/citations",
    "/patents/PATENT/citations/record",
    "/annuities",
    "/annuities/basis",
    "/own-patents",
    "/patents/PATENT/record/licence_ended",
    "/dormant-patents",
    "/dormant-patents/PATENT",
    "/dormant-patents/PATENT/withdraw",
    "/product-filings",
    "/product-filings/new?patent_id=PATENT",
    "/product-filings/ID",
    "/product-filings/ID/change",
    "/product-filings/ID/recognise",
    "/product-filings/ID/withdraw",
    "/product-filings/ID/end-recognition",
    "/prefilings",
    "/prefilings/new",
    "/prefilings/ID",
    "/prefilings/ID/revise",
    "/prefilings/ID/decide",
    "/prefilings/ID/link",
    "/patents/PATENT/matches",
    "/needs",
    "/needs/ID",
    "/matches",
    "/matches/new?patent_id=PATENT&need_id=ID",
    "/matches/ID",
    "/matches/ID/withdraw",
    "/matches/ID/follow-up",
    "/stocktakes",
    "/stocktakes/new",
    "/stocktakes/ID",
    "/stocktakes/ID/many",
    "/stocktakes/ID/rules",
    "/stocktakes/ID/bundles",
    "/stocktakes/ID/fill",
    "/stocktakes/ID/extend",
    "/stocktakes/ID/close",
    "/stocktake-items?campaign_id=ID",
    "/stocktake-items/ID",
    "/stocktake-items/ID/self-assessment-for",
    "/stocktake-items/ID/unit-assessment",
    "/stocktake-items/ID/return",
    "/evaluation-rounds",
    "/evaluation-rounds/new",
    "/evaluation-rounds/ID",
    "/evaluation-rounds/ID/close",
    "/evaluations",
    "/evaluations/ID",
    "/evaluations/ID/reply",
];
const EVALUATOR: &[&str] = &[
    "/evaluation-rounds",
    "/evaluation-rounds/ID",
    "/evaluation-rounds/ID/patents/PATENT/evaluate",
    "/evaluations",
    "/evaluations/ID",
    "/evaluations/ID/revise",
];

/// The pages of a role beside the start page.
fn pages(role: Role) -> Vec<String> {
    let own: &[&str] = match role {
        Role::LoanOfficer => LOAN_OFFICER,
        Role::CreditApprover => CREDIT_APPROVER,
        Role::Operations => &[
            "/ledger/movements/ID/reverse",
            "/ledger-reversals/ID/confirm",
            "/ledger-reversals/ID/reject",
            "/loans/ID",
            "/loans/ID/repayments",
            "/loans/ID/repayments/ID/reverse",
            "/repayment-reversals/ID/approve",
            "/repayment-reversals/ID/refuse",
            "/repayment-reversals/ID/withdraw",
            "/payment-instructions",
            "/payment-instructions?loan_id=ID",
            "/payment-instructions/ID",
            "/payment-instructions/ID/confirm",
            "/payment-instructions/ID/send-back",
            "/deals",
            "/deals/new",
            "/deals/import",
            "/deals/ID",
            "/deals/ID/verify",
            "/deals/ID/return",
            "/deals/ID/correct",
        ],
        Role::Finance => FINANCE,
        Role::Underwriter => UNDERWRITER,
        Role::ClaimsHandler => &["/claims", "/claims/new", "/claims/ID/assess"],
        Role::ClaimsApprover => &["/claims/ID/approve", "/claims/ID/refuse", "/claims/ID/payments"],
        Role::ClusterOperator => &["/facilities", "/facilities/FACILITY", "/facilities/FACILITY/members"],
        Role::Examiner => EXAMINER,
        Role::PlatformAdmin => PLATFORM_ADMIN,
        Role::RiskManager => RISK_MANAGER,
        Role::FundManager => FUND_MANAGER,
        Role::TransferOffice => TRANSFER_OFFICE,
        Role::Evaluator => EVALUATOR,
        Role::Inventor => &["/stocktakes/ID", "/stocktake-items", "/stocktake-items/ID/self-assessment"],
        Role::InstituteAdmin => {
            &["/stocktakes", "/stocktakes/ID", "/stocktake-items/ID", "/stocktake-items/ID/review"]
        }
        Role::ModelDeveloper => MODEL_DEVELOPER,
        Role::ModelValidator => MODEL_VALIDATOR,
        _ => &[],
    };
    let ids = [ENTERPRISE, PATENT, FACILITY, SHARED, ID];
    let names = ["ENTERPRISE", "PATENT", "FACILITY", "SHARED", "ID"];
    let named = |path: &&str| {
        names.iter().zip(ids).fold((*path).to_owned(), |path, (name, id)| path.replace(name, id))
    };
    own.iter().map(named).chain(["/".to_owned()]).collect()
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
