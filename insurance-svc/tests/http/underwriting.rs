//! Quotes and policies, for a patent and for a loan; cancelling, earning, ending.

use serde_json::json;

use super::{
    setting::{self, BANK, ENTERPRISE, settings},
    story::{LOAN, books_balance, bound, loan_quote, patent_quote, side},
};

#[tokio::test]
async fn a_patent_is_quoted_with_its_reasons_bound_once_and_seen_by_its_parties_alone() {
    for setting in settings().await {
        let underwriter = setting.underwriter();
        let (status, quote) = setting.post(&underwriter, "/quotes", None, patent_quote("850000.00")).await;
        assert_eq!(status, 201, "{quote}");
        assert_eq!(quote["premium"], "10000.00", "the pilot's premium for a small firm");
        assert_eq!(quote["status"], "open");
        assert!(quote["rating"].as_array().unwrap().len() >= 7);
        let bind = json!({ "quote_id": quote["id"] });
        let (status, refused) = setting.post(&underwriter, "/policies", None, bind.clone()).await;
        assert_eq!((status, setting::slug(&refused)), (400, "idempotency-key-required"));
        let (status, policy) = setting.post(&underwriter, "/policies", Some("k1"), bind.clone()).await;
        assert_eq!(status, 201, "{policy}");
        let figures = [&policy["premium"], &policy["earned"], &policy["unearned"], &policy["status"]];
        assert_eq!(figures, ["10000.00", "0.00", "10000.00", "bound"]);
        let (status, again) = setting.post(&underwriter, "/policies", Some("k1"), bind.clone()).await;
        assert_eq!((status, &again["id"]), (201, &policy["id"]), "the same key gives the first answer");
        let (status, refused) = setting.post(&underwriter, "/policies", Some("k2"), bind).await;
        assert_eq!((status, setting::slug(&refused)), (409, "quote-already-bound"));
        let path = format!("/policies/{}", policy["id"].as_str().unwrap());
        for (who, status) in [
            (setting.underwriter(), 200),
            (setting.enterprise(ENTERPRISE), 200),
            (setting.examiner(), 200),
            (setting.other_underwriter(), 404),
            (setting.enterprise(0xE2), 404),
            (setting.loan_officer(BANK), 404),
        ] {
            assert_eq!(setting.get(&who, &path).await.0, status, "{}", who.name);
        }
        let (_, list) = setting.get(&setting.other_underwriter(), "/policies").await;
        assert_eq!(list["items"].as_array().unwrap().len(), 0);
        let books = books_balance(&setting).await;
        assert_eq!(side(&books, "1122"), ("10000.00", "0.00"));
        assert_eq!(side(&books, "2601"), ("0.00", "10000.00"));
    }
}

#[tokio::test]
async fn a_patent_with_a_dispute_and_two_years_left_is_refused_with_both_grounds() {
    for setting in settings().await {
        let mut asked = patent_quote("850000.00");
        asked["patent_id"] = json!(setting::id(setting::BAD_PATENT));
        let (status, refused) = setting.post(&setting.underwriter(), "/quotes", None, asked.clone()).await;
        assert_eq!((status, setting::slug(&refused)), (409, "not-insurable"));
        let codes: Vec<&str> =
            refused["grounds"].as_array().unwrap().iter().map(|g| g["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["remaining_life_too_short", "open_dispute", "co_owner_consent_missing"]);
        asked["patent_id"] = json!(setting::id(0xFFFF));
        let (status, unknown) = setting.post(&setting.underwriter(), "/quotes", None, asked).await;
        assert_eq!((status, &unknown["errors"][0]["field"]), (422, &json!("patent_id")));
    }
}

#[tokio::test]
async fn a_referred_quote_is_bound_by_another_underwriter_than_its_maker() {
    for setting in settings().await {
        let mut asked = patent_quote("5000000.00");
        asked["factors"] = json!({ "insured_class": "champion" });
        let (_, quote) = setting.post(&setting.underwriter(), "/quotes", None, asked).await;
        assert_eq!(quote["referral"]["required"], true, "{quote}");
        let bind = json!({ "quote_id": quote["id"] });
        let (status, refused) =
            setting.post(&setting.underwriter(), "/policies", Some("a"), bind.clone()).await;
        assert_eq!((status, setting::slug(&refused)), (403, "four-eyes"));
        let (status, policy) =
            setting.post(&setting.second_underwriter(), "/policies", Some("b"), bind).await;
        assert_eq!(status, 201, "{policy}");
    }
}

#[tokio::test]
async fn a_loan_that_arrived_by_event_is_guaranteed_once_and_its_bank_sees_the_policy() {
    for setting in settings().await {
        setting.loan_drawn(LOAN, "1000000.00", "2027-06-30").await;
        setting.loan_drawn(LOAN, "1000000.00", "2027-06-30").await;
        let (_, loans) = setting.get(&setting.underwriter(), "/insurable-loans?q=L2026").await;
        assert_eq!(loans["items"].as_array().unwrap().len(), 1, "{loans}");
        assert_eq!(
            (&loans["items"][0]["outstanding"], &loans["items"][0]["insured"]),
            (&json!("1000000.00"), &json!(false))
        );
        let (_, second) = setting.post(&setting.other_underwriter(), "/quotes", None, loan_quote()).await;
        let policy = bound(&setting, loan_quote()).await;
        assert_eq!((&policy["premium"], &policy["beneficiary_name"]), (&json!("8000.00"), &json!("甲银行")));
        let path = format!("/policies/{}", policy["id"].as_str().unwrap());
        assert_eq!(setting.get(&setting.loan_officer(BANK), &path).await.0, 200);
        assert_eq!(setting.get(&setting.loan_officer(0xB2), &path).await.0, 404);
        let bind = json!({ "quote_id": second["id"] });
        let (status, refused) =
            setting.post(&setting.other_underwriter(), "/policies", Some("x"), bind).await;
        assert_eq!((status, setting::slug(&refused)), (409, "not-insurable"));
        assert_eq!(refused["grounds"][0]["code"], "already_insured");
        let (status, _) = setting.get(&setting.loan_officer(BANK), "/insurable-loans").await;
        assert_eq!(status, 403);
    }
}

#[tokio::test]
async fn a_repayment_that_overtakes_its_draw_counts_and_lowers_what_can_be_insured() {
    for setting in settings().await {
        setting.loan_repaid(LOAN, "700000.00").await;
        let (_, loans) = setting.get(&setting.underwriter(), "/insurable-loans").await;
        assert_eq!(loans["items"], json!([]), "a loan of unknown terms is not shown");
        setting.loan_drawn(LOAN, "1000000.00", "2027-06-30").await;
        let (_, loans) = setting.get(&setting.underwriter(), "/insurable-loans").await;
        assert_eq!(loans["items"][0]["outstanding"], "700000.00");
        let (status, refused) = setting.post(&setting.underwriter(), "/quotes", None, loan_quote()).await;
        assert_eq!((status, setting::slug(&refused)), (409, "not-insurable"));
        assert_eq!(refused["grounds"][0]["code"], "limit_above_outstanding");
    }
}

#[tokio::test]
async fn a_cancelled_policy_gives_back_its_unearned_premium_and_covers_nothing_after() {
    for setting in settings().await {
        let policy = bound(&setting, patent_quote("850000.00")).await;
        let path = format!("/policies/{}", policy["id"].as_str().unwrap());
        setting.at("2026-12-20");
        let asked = json!({ "reason": "专利转让", "effective_on": "2027-01-01" });
        let cancel = format!("{path}/cancel");
        let (status, cancelled) = setting.post(&setting.underwriter(), &cancel, None, asked.clone()).await;
        assert_eq!(status, 200, "{cancelled}");
        let figures = [&cancelled["status"], &cancelled["returned_premium"], &cancelled["cancelled_from"]];
        assert_eq!(figures, ["cancelled", "1616.44", "2027-01-01"]);
        let (status, again) = setting.post(&setting.underwriter(), &cancel, None, asked).await;
        assert_eq!((status, setting::slug(&again)), (409, "policy-ended"));
        setting.at("2027-01-10");
        let notice = json!({
            "policy_id": policy["id"], "cause": "侵权", "occurred_on": "2027-01-02", "loss": "1000.00",
        });
        let (status, refused) = setting.post(&setting.handler(), "/claims", None, notice).await;
        assert_eq!((status, setting::slug(&refused)), (409, "outside-cover"));
        assert_eq!(insurance_svc::close_of_month(setting.db()).await.unwrap(), 1);
        let books = books_balance(&setting).await;
        assert_eq!(side(&books, "6031"), ("1616.44", "10000.00"));
        assert_eq!(side(&books, "2601"), ("10000.00", "10000.00"), "nothing stays unearned");
    }
}

#[tokio::test]
async fn premium_is_earned_in_the_books_month_by_month_and_the_end_is_told() {
    for setting in settings().await {
        let policy = bound(&setting, patent_quote("850000.00")).await;
        setting.at("2027-01-10");
        assert_eq!(insurance_svc::close_of_month(setting.db()).await.unwrap(), 1);
        assert_eq!(insurance_svc::close_of_month(setting.db()).await.unwrap(), 0, "a repeat finds nothing");
        let books = books_balance(&setting).await;
        assert_eq!(side(&books, "2601"), ("8383.56", "10000.00"), "59 of 365 days are unearned");
        setting.at("2027-03-01");
        assert_eq!(insurance_svc::close_of_month(setting.db()).await.unwrap(), 1);
        assert_eq!(side(&books_balance(&setting).await, "2601"), ("10000.00", "10000.00"));
        let path = format!("/policies/{}", policy["id"].as_str().unwrap());
        let (_, shown) = setting.get(&setting.underwriter(), &path).await;
        assert_eq!((&shown["status"], &shown["unearned"]), (&json!("expired"), &json!("0.00")));
        assert_eq!(setting.published().await, ["policy.bound.v1", "policy.ended.v1"]);
    }
}

#[tokio::test]
async fn two_insurers_that_bind_the_same_loan_at_once_insure_it_once() {
    for setting in settings().await {
        setting.loan_drawn(LOAN, "1000000.00", "2027-06-30").await;
        let underwriters = [setting.underwriter(), setting.other_underwriter()];
        let mut binds = Vec::new();
        for underwriter in &underwriters {
            let (status, quote) = setting.post(underwriter, "/quotes", None, loan_quote()).await;
            assert_eq!(status, 201, "{quote}");
            binds.push(json!({ "quote_id": quote["id"] }));
        }
        let at_once = underwriters
            .iter()
            .zip(&binds)
            .map(|(underwriter, bind)| setting.post(underwriter, "/policies", Some("k"), bind.clone()));
        let mut answers: Vec<u16> =
            futures::future::join_all(at_once).await.into_iter().map(|(status, _)| status).collect();
        answers.sort_unstable();
        assert_eq!(answers, [201, 409]);
    }
}

#[tokio::test]
async fn a_loan_whose_guarantee_was_cancelled_can_be_insured_again() {
    for setting in settings().await {
        setting.loan_drawn(LOAN, "1000000.00", "2027-06-30").await;
        let policy = bound(&setting, loan_quote()).await;
        setting.at("2026-03-10");
        let cancel = format!("/policies/{}/cancel", policy["id"].as_str().unwrap());
        let asked = json!({ "reason": "改由担保公司担保", "effective_on": "2026-03-10" });
        assert_eq!(setting.post(&setting.underwriter(), &cancel, None, asked).await.0, 200);
        let (_, loans) = setting.get(&setting.underwriter(), "/insurable-loans").await;
        assert_eq!(loans["items"][0]["insured"], false);
        let mut again = loan_quote();
        again["starts_on"] = json!("2026-03-10");
        let (status, quote) = setting.post(&setting.other_underwriter(), "/quotes", None, again).await;
        assert_eq!(status, 201, "{quote}");
    }
}
