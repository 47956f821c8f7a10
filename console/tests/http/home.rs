//! The start page: every queue leads to the list with the rows that wait, and is shown to the one who works it off.

use crate::{browser::Browser, fake_api::FakeApi};

#[tokio::test]
async fn every_role_finds_its_waiting_work_and_each_queue_leads_to_the_filtered_list() {
    let api = FakeApi::default();
    for (role, queues) in [
        (
            "loan_officer",
            &[
                ("已补正、待重新评审的申请", "/applications?status=corrected"),
                ("待确认的放款条件", "/conditions?status=fulfilled"),
                ("登记机构要求补正的质押", "/pledges?filing_state=deficient"),
                ("待受理的变更申请", "/change-requests?status=pending"),
            ][..],
        ),
        (
            "credit_approver",
            &[
                ("待决定的申诉", "/applications?status=appealed"),
                ("待第二人审批的申请", "/applications?status=approved_once"),
                ("待审批的处置、核销与追偿事项", "/disposal-proposals?status=proposed"),
                ("待审批的参数版本", "/parameters"),
                ("待审批的重估触发规则", "/revaluation-triggers/rules?status=proposed"),
                ("待本行同意的银团事项", "/agreements?status=open"),
                ("待审批的保险赔款处理", "/insurer-payments?waiting=true"),
            ],
        ),
        (
            "risk_manager",
            &[
                ("逾期未补足的补充质押", "/margin-calls?status=uncured"),
                ("催收中的案件", "/disposal?status=collection"),
                ("待本行风险意见的银团事项", "/agreements?status=open"),
                ("待风险意见的还款安排变更", "/adjustments?status=proposed"),
                ("未匹配的保险赔款", "/insurer-payments?status=unmatched"),
            ],
        ),
        (
            "operations",
            &[
                ("待复核的冲正", "/ledger-reversals?status=proposed"),
                ("待复核的还款冲正", "/repayment-reversals?status=proposed"),
                ("待确认的付款指示", "/payment-instructions?status=pending"),
                ("待复核的市场交易", "/deals?standing=recorded"),
            ],
        ),
        (
            "finance",
            &[
                ("待补正的申请", "/applications?status=deficient"),
                ("待落实的放款条件", "/conditions?status=open"),
                ("待补足的补充质押", "/margin-calls?status=open"),
                ("待同意的变更方案", "/adjustments?consent=wanted"),
            ],
        ),
        (
            "fund_manager",
            &[
                ("待答复的代偿申请", "/compensation-claims?status=claimed"),
                ("待复核的代偿答复", "/compensation-claims?status=answered"),
                ("银行已登记未答复的代偿申请", "/compensation-claims?status=unanswered"),
                ("待复核的基金事项", "/fund-instructions?status=proposed"),
                ("待审核的补贴申请", "/subsidies?status=submitted"),
            ],
        ),
        (
            "examiner",
            &[
                ("熔断中的基金协议", "/supervision/fund-agreements?status=stopped"),
                ("银行未决定的申诉", "/supervision/appeals?outcome=open"),
            ],
        ),
    ] {
        let page = Browser::of(&api, role, "zh").get("/").await;
        for (words, href) in queues {
            assert!(page.has(words), "{role} sees {words}");
            assert!(page.has(&format!("href=\"{href}\"")), "{role} is led to {href}");
        }
        assert!(!page.has("服务未响应"), "{role}: every queue has an answer");
    }
    let officer = Browser::of(&api, "loan_officer", "zh").get("/").await;
    assert!(!officer.has("待决定的申诉") && !officer.has("待复核的基金事项"), "others' work");
}

#[tokio::test]
async fn a_risk_manager_hears_that_no_legal_bound_is_held_while_the_banks_capital_is_not_stated() {
    let api = FakeApi::default();
    let page = Browser::of(&api, "risk_manager", "zh").get("/").await;
    assert!(page.has("法定限额不予执行"), "{}", page.text);
    assert!(page.has("href=\"/parameters/application_eligibility/propose\""));
    let officer = Browser::of(&api, "loan_officer", "zh").get("/").await;
    assert!(!officer.has("法定限额不予执行"), "who cannot state it is not asked to");
}

#[tokio::test]
async fn the_page_of_the_prime_rate_says_up_to_which_announcement_it_is_known_and_where_later_ones_are_recorded()
 {
    let api = FakeApi::default();
    let page = Browser::of(&api, "loan_officer", "zh").get("/reference-rates").await;
    assert!(page.has("已知的 LPR 公告截至 2026-11-20"), "{}", page.text);
    assert!(page.has("href=\"/parameters/reference_rates\""));
}
