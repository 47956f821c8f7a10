//! insurance-svc over its router, on every database that is here.

mod setting;

use serde_json::{Value, json};
use setting::{BANK, ENTERPRISE, INSURER, OTHER_INSURER, Setting, settings};

const LOAN: u128 = 0xA1;

fn patent_quote(limit: &str) -> Value {
    json!({
        "product": "enforcement", "insured_id": setting::id(ENTERPRISE), "insured_name": "启明科技",
        "patent_id": setting::id(setting::GOOD_PATENT), "limit_per_claim": limit, "aggregate_limit": limit,
        "starts_on": "2026-03-01", "ends_on": "2027-02-28",
    })
}

fn loan_quote() -> Value {
    json!({
        "product": "pledge_loan_guarantee", "insured_id": setting::id(ENTERPRISE), "insured_name": "启明科技",
        "loan_id": setting::id(LOAN), "limit_per_claim": "800000.00", "aggregate_limit": "800000.00",
        "starts_on": "2026-03-01", "ends_on": "2027-02-28",
    })
}

async fn bound(setting: &Setting, quote: Value) -> Value {
    let underwriter = setting.underwriter();
    let (status, quote) = setting.post(&underwriter, "/quotes", None, quote).await;
    assert_eq!(status, 201, "{quote}");
    let (status, policy) =
        setting.post(&underwriter, "/policies", Some("bind"), json!({ "quote_id": quote["id"] })).await;
    assert_eq!(status, 201, "{policy}");
    policy
}

/// Notifies, assesses and approves a loss under a policy; the approved claim.
async fn approved(setting: &Setting, policy: &Value, loss: &str) -> Value {
    let notice = json!({
        "policy_id": policy["id"], "cause": "第三方侵权", "occurred_on": setting.today(), "loss": loss,
    });
    let (status, claim) = setting.post(&setting.handler(), "/claims", None, notice).await;
    assert_eq!(status, 201, "{claim}");
    let id = claim["id"].as_str().unwrap();
    let found = json!({ "assessed_loss": loss, "reserve": "1000.00", "comment": "属实" });
    let (status, claim) =
        setting.post(&setting.handler(), &format!("/claims/{id}/assess"), None, found).await;
    assert_eq!(status, 200, "{claim}");
    let (status, claim) =
        setting.post(&setting.approver(), &format!("/claims/{id}/approve"), None, json!({})).await;
    assert_eq!(status, 200, "{claim}");
    claim
}

async fn books_balance(setting: &Setting) -> Vec<(String, String, String)> {
    let (status, balance) = setting.get(&setting.underwriter(), "/ledger/trial-balance").await;
    assert_eq!(status, 200, "{balance}");
    assert_eq!(balance["totals"]["debit"], balance["totals"]["credit"]);
    let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    let lines = balance["accounts"].as_array().unwrap().iter();
    lines.map(|line| (text(line, "account"), text(line, "debit"), text(line, "credit"))).collect()
}

fn side<'b>(books: &'b [(String, String, String)], account: &str) -> (&'b str, &'b str) {
    books.iter().find(|line| line.0 == account).map_or(("0.00", "0.00"), |line| (&line.1, &line.2))
}

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
async fn a_claim_is_assessed_by_one_approved_by_another_and_paid_once() {
    for setting in settings().await {
        let policy = bound(&setting, patent_quote("850000.00")).await;
        setting.at("2026-04-10");
        let notice = json!({
            "policy_id": policy["id"], "cause": "第三方侵权", "occurred_on": "2026-04-01", "loss": "100000.00",
        });
        let (status, claim) =
            setting.post(&setting.enterprise(ENTERPRISE), "/claims", None, notice.clone()).await;
        assert_eq!(status, 201, "{claim}");
        assert_eq!((&claim["status"], &claim["reserve"]), (&json!("notified"), &json!("90000.00")));
        let id = claim["id"].as_str().unwrap().to_owned();
        let path = |step: &str| format!("/claims/{id}/{step}");
        let found =
            json!({ "assessed_loss": "80000.00", "reserve": "75000.00", "comment": "部分费用不属实" });
        let (status, _) = setting.post(&setting.underwriter(), &path("approve"), None, json!({})).await;
        assert_eq!(status, 403, "an underwriter approves no claim");
        let (status, early) = setting.post(&setting.approver(), &path("approve"), None, json!({})).await;
        assert_eq!((status, setting::slug(&early)), (409, "claim-not-in-state"));
        let (_, assessed) = setting.post(&setting.both_hands(), &path("assess"), None, found).await;
        assert_eq!((&assessed["payable"], &assessed["reserve"]), (&json!("72000.00"), &json!("75000.00")));
        let (status, own) = setting.post(&setting.both_hands(), &path("approve"), None, json!({})).await;
        assert_eq!((status, setting::slug(&own)), (403, "four-eyes"));
        let (status, _) = setting.post(&setting.approver(), &path("approve"), None, json!({})).await;
        assert_eq!(status, 200);
        let (status, paid) = setting.post(&setting.approver(), &path("payments"), Some("p"), json!({})).await;
        assert_eq!((status, &paid["status"], &paid["paid"]), (201, &json!("paid"), &json!("72000.00")));
        assert_eq!(paid["reserve"], "0.00");
        let (status, again) =
            setting.post(&setting.approver(), &path("payments"), Some("p"), json!({})).await;
        assert_eq!((status, again), (201, paid), "the same key gives the first answer");
        let (status, twice) =
            setting.post(&setting.approver(), &path("payments"), Some("q"), json!({})).await;
        assert_eq!((status, setting::slug(&twice)), (409, "claim-not-in-state"));
        let books = books_balance(&setting).await;
        assert_eq!(
            (side(&books, "6511"), side(&books, "1002")),
            (("72000.00", "0.00"), ("0.00", "72000.00"))
        );
        let (debit, credit) = side(&books, "2602");
        assert_eq!(debit, credit, "nothing stays reserved for a paid claim");
        assert_eq!(setting.get(&setting.other_underwriter(), &format!("/claims/{id}")).await.0, 404);
        assert_eq!(setting.get(&setting.enterprise(ENTERPRISE), &format!("/claims/{id}")).await.0, 200);
        let foreign = setting.post(&setting.enterprise(0xE2), "/claims", None, notice).await;
        assert_eq!(foreign.0, 404, "notice only under one's own policy");
    }
}

#[tokio::test]
async fn claims_erode_the_aggregate_limit_and_never_go_beyond_it() {
    for setting in settings().await {
        let policy = bound(&setting, patent_quote("100000.00")).await;
        setting.at("2026-04-10");
        let first = approved(&setting, &policy, "80000.00").await;
        assert_eq!(first["payable"], "72000.00");
        let second = approved(&setting, &policy, "80000.00").await;
        assert_eq!(second["payable"], "28000.00", "only what the first has left");
        let third = approved(&setting, &policy, "80000.00").await;
        assert_eq!((&third["status"], &third["payable"]), (&json!("closed"), &json!("0.00")));
        let path = format!("/policies/{}", policy["id"].as_str().unwrap());
        let (_, shown) = setting.get(&setting.underwriter(), &path).await;
        assert_eq!((&shown["aggregate_left"], &shown["claims_paid"]), (&json!("0.00"), &json!("0.00")));
        for claim in [&first, &second] {
            let path = format!("/claims/{}/payments", claim["id"].as_str().unwrap());
            assert_eq!(setting.post(&setting.approver(), &path, Some("k"), json!({})).await.0, 201);
        }
        let (_, shown) = setting.get(&setting.underwriter(), &path).await;
        assert_eq!(shown["claims_paid"], "100000.00");
    }
}

#[tokio::test]
async fn two_payments_or_two_binds_at_once_have_one_effect() {
    for setting in settings().await {
        let underwriter = setting.underwriter();
        let (_, quote) = setting.post(&underwriter, "/quotes", None, patent_quote("850000.00")).await;
        let bind = json!({ "quote_id": quote["id"] });
        let binds =
            ["a", "b", "c", "d"].map(|key| setting.post(&underwriter, "/policies", Some(key), bind.clone()));
        let answers = futures::future::join_all(binds).await;
        assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "{answers:?}");
        assert!(answers.iter().all(|(status, _)| [201, 409].contains(status)), "{answers:?}");
        let policy = &answers.iter().find(|(status, _)| *status == 201).unwrap().1;
        setting.at("2026-04-10");
        let claim = approved(&setting, policy, "100000.00").await;
        let path = format!("/claims/{}/payments", claim["id"].as_str().unwrap());
        let approver = setting.approver();
        let payments = ["a", "b", "c", "d"].map(|key| setting.post(&approver, &path, Some(key), json!({})));
        let answers = futures::future::join_all(payments).await;
        assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "{answers:?}");
        let books = books_balance(&setting).await;
        assert_eq!((side(&books, "6511").0, side(&books, "6031").1), ("90000.00", "10000.00"));
    }
}

#[tokio::test]
async fn approvals_at_once_share_the_limit_that_is_left() {
    for setting in settings().await {
        let policy = bound(&setting, patent_quote("100000.00")).await;
        setting.at("2026-04-10");
        let mut claims = Vec::new();
        for _ in 0..3 {
            let notice = json!({
                "policy_id": policy["id"], "cause": "侵权", "occurred_on": "2026-04-01", "loss": "50000.00",
            });
            let (_, claim) = setting.post(&setting.handler(), "/claims", None, notice).await;
            let id = claim["id"].as_str().unwrap().to_owned();
            let found = json!({ "assessed_loss": "50000.00", "reserve": "45000.00" });
            setting.post(&setting.handler(), &format!("/claims/{id}/assess"), None, found).await;
            claims.push(format!("/claims/{id}/approve"));
        }
        let approver = setting.approver();
        let approvals = claims.iter().map(|path| setting.post(&approver, path, None, json!({})));
        let mut payable: Vec<String> = futures::future::join_all(approvals)
            .await
            .into_iter()
            .map(|(status, claim)| {
                assert_eq!(status, 200, "{claim}");
                claim["payable"].as_str().unwrap().to_owned()
            })
            .collect();
        payable.sort();
        assert_eq!(payable, ["10000.00", "45000.00", "45000.00"]);
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
async fn a_guarantee_is_paid_after_its_waiting_period_and_never_above_what_is_owed() {
    for setting in settings().await {
        setting.loan_drawn(LOAN, "1000000.00", "2027-06-30").await;
        let policy = bound(&setting, loan_quote()).await;
        setting.at("2026-04-10");
        let notice = json!({
            "policy_id": policy["id"], "cause": "逾期", "occurred_on": "2026-04-05", "loss": "900000.00",
        });
        let (status, claim) = setting.post(&setting.loan_officer(BANK), "/claims", None, notice).await;
        assert_eq!(status, 201, "{claim}");
        let id = claim["id"].as_str().unwrap().to_owned();
        let found = |loss: &str| json!({ "assessed_loss": loss, "reserve": "700000.00" });
        let assess = format!("/claims/{id}/assess");
        let (status, above) = setting.post(&setting.handler(), &assess, None, found("1000000.01")).await;
        assert_eq!((status, setting::slug(&above)), (409, "loss-above-outstanding"));
        let (_, assessed) = setting.post(&setting.handler(), &assess, None, found("900000.00")).await;
        assert_eq!(assessed["payable"], "720000.00", "the bank keeps a fifth");
        setting.post(&setting.approver(), &format!("/claims/{id}/approve"), None, json!({})).await;
        let pay = format!("/claims/{id}/payments");
        let (status, early) = setting.post(&setting.approver(), &pay, Some("early"), json!({})).await;
        assert_eq!((status, setting::slug(&early)), (409, "waiting-period"));
        setting.at("2026-05-05");
        let (status, paid) = setting.post(&setting.approver(), &pay, Some("now"), json!({})).await;
        assert_eq!((status, &paid["paid"]), (201, &json!("720000.00")));
    }
}

#[tokio::test]
async fn lists_are_paged_filtered_and_exported() {
    for setting in settings().await {
        let underwriter = setting.underwriter();
        for limit in ["100000.00", "200000.00", "300000.00"] {
            assert_eq!(setting.post(&underwriter, "/quotes", None, patent_quote(limit)).await.0, 201);
        }
        let (_, first) = setting.get(&underwriter, "/quotes?limit=2&sort=-premium").await;
        assert_eq!(first["items"][0]["aggregate_limit"], "300000.00");
        let cursor = first["next_cursor"].as_str().unwrap();
        let (_, rest) =
            setting.get(&underwriter, &format!("/quotes?limit=2&sort=-premium&cursor={cursor}")).await;
        assert_eq!(rest["items"][0]["aggregate_limit"], "100000.00");
        assert_eq!(rest["next_cursor"], Value::Null);
        let (_, none) = setting.get(&underwriter, "/quotes?status=bound").await;
        assert_eq!(none["items"], json!([]));
        let (status, refused) = setting.get(&underwriter, "/quotes?sort=mood").await;
        assert_eq!((status, &refused["errors"][0]["field"]), (422, &json!("sort")));
        for list in ["quotes", "policies", "claims", "insurable-loans", "products", "ledger/trial-balance"] {
            for format in ["csv", "xlsx"] {
                let (status, bytes) =
                    setting.file(&underwriter, &format!("/{list}/export?format={format}")).await;
                assert!(status == 200 && !bytes.is_empty(), "{list} {format} {status}");
            }
        }
        let (status, _) = setting.get(&setting.examiner(), "/ledger/trial-balance").await;
        assert_eq!(status, 422, "the regulator names whose book");
        let whose = setting::id(INSURER);
        let (status, _) =
            setting.get(&setting.examiner(), &format!("/ledger/trial-balance?insurer_id={whose}")).await;
        assert_eq!(status, 200);
        let other = setting::id(OTHER_INSURER);
        let (status, _) =
            setting.get(&underwriter, &format!("/ledger/trial-balance?insurer_id={other}")).await;
        assert_eq!(status, 404);
    }
}

#[tokio::test]
async fn products_show_their_terms_and_reserves_are_previewed_by_any_of_the_three_methods() {
    for setting in settings().await {
        let (_, products) = setting.get(&setting.enterprise(ENTERPRISE), "/products").await;
        assert_eq!(products["items"].as_array().unwrap().len(), 2);
        let (status, product) = setting.get(&setting.loan_officer(BANK), "/products/enforcement").await;
        assert_eq!((status, &product["coinsurance"]), (200, &json!("0.10")));
        assert_eq!(setting.get(&setting.underwriter(), "/products/life").await.0, 404);
        let triangle = json!([["100", "200", "300"], ["50", "100"], ["10"]]);
        for (method, extra) in [
            ("mack", json!({})),
            ("cape_cod", json!({ "premiums": ["600", "300", "120"] })),
            (
                "bornhuetter_ferguson",
                json!({ "premiums": ["600", "300", "120"], "expected_loss_ratio": "0.5" }),
            ),
        ] {
            let mut asked = json!({ "triangle": triangle, "method": method });
            asked.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            let (status, preview) =
                setting.post(&setting.enterprise(ENTERPRISE), "/reserves/preview", None, asked).await;
            assert_eq!(status, 200, "{preview}");
            assert_eq!(preview["by_origin"].as_array().unwrap().len(), 3, "{method}");
        }
        assert_eq!(setting.anonymous("/products").await, 401);
    }
}
