//! Early warnings and capital over the router.

use contracts::OrgKind;
use identity::Role;
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use crate::{
    market::events,
    place::{Place, caller, examiner},
};

#[tokio::test]
async fn the_market_gives_rise_to_exactly_these_warnings() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 200).await;
        let found = place.read("/warnings").await;
        let mut rules: Vec<(&str, &str, &str)> = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                (
                    one["rule"].as_str().unwrap(),
                    one["bank_name"].as_str().unwrap(),
                    one["value"].as_str().unwrap(),
                )
            })
            .collect();
        rules.sort_unstable();
        assert_eq!(
            rules,
            [
                ("loan_overdue", "甲银行", "10"),
                ("loan_overdue", "甲银行", "15"),
                ("ltv_above_limit", "甲银行", "2500000"),
                ("member_concentration", "乙银行", "0.4"),
                ("member_concentration", "甲银行", "0.25"),
                ("patent_ended", "甲银行", "1"),
                ("valuation_outlier", "甲银行", "1.975"),
                ("value_drop", "甲银行", "0.21"),
            ]
        );
        assert_eq!(found["items"][0]["severity"], "high");
        assert_eq!(found, place.read("/warnings").await, "asked again, the same");
        let one = place.read("/warnings?rule=loan_overdue").await;
        assert_eq!(
            one["items"][0]["detail_zh"],
            "企业1的贷款 L101 于 2026-07-10 应还的款项未还清，逾期 10 天，本金余额 2,500,000.00 元。"
        );
        assert_eq!(
            one["items"][1]["detail_zh"],
            "企业2的贷款 L102 于 2026-07-05 应还的款项未还清，逾期 15 天，本金余额 1,000,000.00 元。"
        );
        assert_eq!(one["items"][0]["raised_at"], "2026-07-10T16:00:00Z");
        let first = place.read("/warnings?limit=4").await;
        let rest =
            place.read(&format!("/warnings?limit=4&cursor={}", first["next_cursor"].as_str().unwrap())).await;
        assert_eq!(rest["items"].as_array().unwrap().len(), 4);
        assert_eq!(rest["next_cursor"], Value::Null);
    }
}

#[tokio::test]
async fn the_rules_are_shown_with_their_thresholds() {
    for backend in Backend::available().unwrap() {
        let place = Place::on(backend).await;
        let found = place.read("/warning-rules").await;
        let rules = found["items"].as_array().unwrap();
        assert_eq!(rules.len(), 9);
        let drop = rules.iter().find(|rule| rule["code"] == "value_drop").unwrap();
        assert_eq!(drop["threshold"], "0.20");
        assert_eq!(place.read("/warnings").await["items"], json!([]));
    }
}

#[tokio::test]
async fn capital_is_weighed_for_any_signed_in_user_by_the_published_function() {
    for backend in Backend::available().unwrap() {
        let place = Place::on(backend).await;
        let officer = caller(OrgKind::Bank, Role::LoanOfficer);
        let exposure = json!({ "pd": "0.01", "lgd": "0.45", "maturity_years": "2.5", "ead": "1000000.00" });
        let path = "/capital/preview";
        let answer = place.ask(Some(&officer), "POST", path, &exposure.to_string()).await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.json(),
            json!({
                "correlation": "0.192784", "effective_maturity": "2.5", "capital_requirement": "0.073853",
                "risk_weight": "0.923168", "risk_weighted_assets": "923168.01", "expected_loss": "4500.00",
                "basis": "Basel CRE31.5–31.9",
            })
        );
        let mut small = exposure.clone();
        small["annual_sales_million"] = "5".into();
        let answer = place.ask(Some(&examiner()), "POST", path, &small.to_string()).await;
        assert_eq!(answer.json()["risk_weight"], "0.723947");
        let mut defaulted = exposure;
        defaulted["pd"] = "1".into();
        let answer = place.ask(Some(&officer), "POST", path, &defaulted.to_string()).await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.json()["errors"][0]["field"], "pd");
    }
}
