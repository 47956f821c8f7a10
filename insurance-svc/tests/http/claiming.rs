//! Claims: two people, one payment, limits that erode.

use contracts::Event;
use serde_json::json;

use super::{
    setting::{self, BANK, ENTERPRISE, settings},
    story::{LOAN, approved, books_balance, bound, loan_quote, patent_quote, side},
};

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
async fn a_guarantee_tells_its_bank_what_it_pays_and_takes_back_what_the_bank_recovers() {
    for setting in settings().await {
        setting.loan_drawn(LOAN, "1000000.00", "2027-06-30").await;
        let policy = bound(&setting, loan_quote()).await;
        setting.at("2026-04-10");
        let claim = approved(&setting, &policy, "500000.00").await;
        let path = format!("/claims/{}", claim["id"].as_str().unwrap());
        setting.at("2026-05-15");
        let (status, paid) =
            setting.post(&setting.approver(), &format!("{path}/payments"), Some("p"), json!({})).await;
        assert_eq!(
            (status, &paid["paid"], &paid["net_paid"]),
            (201, &json!("400000.00"), &json!("400000.00"))
        );

        setting.handed_back(&claim, "50000.00", 2).await;
        setting.handed_back(&claim, "30000.00", 3).await;
        let (_, shown) = setting.get(&setting.handler(), &path).await;
        assert_eq!((&shown["recovered"], &shown["net_paid"]), (&json!("80000.00"), &json!("320000.00")));
        let lines = shown["recoveries"].as_array().unwrap();
        assert_eq!(lines.len(), 2, "each is taken once, however often it is told");
        let mut amounts: Vec<&str> = lines.iter().map(|line| line["amount"].as_str().unwrap()).collect();
        amounts.sort_unstable();
        assert_eq!((amounts, &lines[0]["bank_name"]), (vec!["30000.00", "50000.00"], &json!("甲银行")));
        let books = books_balance(&setting).await;
        assert_eq!(side(&books, "6511"), ("400000.00", "80000.00"), "claims paid fall by what came back");
        assert_eq!(side(&books, "1002"), ("80000.00", "400000.00"));
        // What was paid stays taken off the limits.
        let policy_path = format!("/policies/{}", policy["id"].as_str().unwrap());
        let (_, after) = setting.get(&setting.underwriter(), &policy_path).await;
        assert_eq!(
            (&after["claims_paid"], &after["aggregate_left"]),
            (&json!("400000.00"), &json!("400000.00"))
        );

        let told = setting.told().await;
        let Some(Event::PolicyBound(bound)) = told.first() else { panic!("{told:?}") };
        let terms = bound.guarantee.as_ref().unwrap();
        assert_eq!((Some(terms.loan_id), Some(terms.beneficiary_id)), (bound.loan_id, bound.beneficiary_id));
        assert_eq!(terms.limit_per_claim.to_string(), "800000.00");
        assert_eq!(terms.coinsurance, finance::Rate::from_basis_points(2_000));
        let mut names: Vec<&str> = told.iter().map(Event::name).collect();
        names.sort_unstable();
        // Reserved at 400,000 by the notice, at 1,000 by the assessment, at 400,000 by the approval.
        assert_eq!(
            names,
            [
                "claim.paid.v1",
                "claim.registered.v1",
                "claim.reserved.v1",
                "claim.reserved.v1",
                "policy.bound.v1"
            ]
        );
    }
}

#[tokio::test]
async fn a_claim_that_is_refused_is_told_with_its_reason_and_nothing_stays_reserved() {
    for setting in settings().await {
        let policy = bound(&setting, patent_quote("100000.00")).await;
        setting.at("2026-04-10");
        let notice = json!({
            "policy_id": policy["id"], "cause": "第三方侵权", "occurred_on": "2026-04-01", "loss": "50000.00",
        });
        let (_, claim) = setting.post(&setting.handler(), "/claims", None, notice).await;
        let refuse = format!("/claims/{}/refuse", claim["id"].as_str().unwrap());
        let reason = json!({ "reason": "除外责任" });
        let (status, refused) = setting.post(&setting.approver(), &refuse, None, reason).await;
        assert_eq!((status, &refused["status"]), (200, &json!("refused")));
        let told = setting.told().await;
        let declined = told.iter().find_map(|event| match event {
            Event::ClaimDeclined(declined) => Some(declined),
            _ => None,
        });
        assert_eq!(declined.and_then(|one| one.reason.as_deref()), Some("除外责任"));
        assert!(told.iter().all(|event| !matches!(event, Event::ClaimReserved(_))));
        let Event::PolicyBound(bound) = &told[0] else { panic!("{told:?}") };
        assert_eq!(bound.guarantee, None, "a policy on a patent guarantees no loan");
        let books = books_balance(&setting).await;
        let (debit, credit) = side(&books, "2602");
        assert_eq!(debit, credit);
    }
}
