//! A line priced on the LPR: each draw takes the LPR of its own day with the line's spread, and another price is for new
//! draws alone.

use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, approver, officer},
    products::{draw_as, line, loan_of, risk_manager},
};

/// Records a fixing of the LPR of November 2026 by the two hands that it takes.
async fn fixed_at(bench: &Bench, one_year: &str) {
    let fixing =
        json!({ "date": "2026-11-20", "one_year": one_year, "five_year": "0.035", "source": "公告" });
    let body =
        json!({ "content": { "fixings": [fixing] }, "effective_from": "2026-11-24", "reason": "补录公告" });
    let proposed =
        bench.post(&risk_manager(), "/parameters/reference_rates/proposals", body).await.expect(201);
    let id = proposed["id"].as_str().unwrap();
    let path = format!("/parameters/reference_rates/proposals/{id}/approve");
    bench.post(&approver(), &path, json!({})).await.expect(200);
}

async fn change(bench: &Bench, facility: &str, what: Value) -> Value {
    let changes = format!("/facilities/{facility}/changes");
    let proposed = bench.post(&officer(), &changes, what).await.expect(201);
    let path = format!("{changes}/{}/approve", proposed["id"].as_str().unwrap());
    bench.post(&officer(), &path, json!({})).await.refused(403, "forbidden");
    bench.post(&approver(), &path, json!({})).await.expect(200)
}

fn plain(rate: &Value) -> &str {
    rate.as_str().unwrap().trim_end_matches('0')
}

fn on_lpr() -> Value {
    json!({ "annual_rate": "0", "pricing": { "kind": "lpr", "spread_bp": 45, "reset": "quarterly" } })
}

#[tokio::test]
async fn a_draw_takes_the_lpr_of_its_day_with_the_spread_of_the_line() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        fixed_at(&bench, "0.03").await;
        let facility = line(&bench, on_lpr()).await;
        let seen = bench.get(&officer(), &format!("/facilities/{facility}")).await.expect(200);
        assert_eq!(seen["pricing"], json!({ "kind": "lpr", "spread_bp": 45, "reset": "quarterly" }));
        assert_eq!(plain(&seen["annual_rate"]), "0.0345", "the rate of the day on which it was agreed");
        for (product, key) in [("standard", "a"), ("lpr_floating", "b")] {
            let drawn = draw_as(&bench, &facility, json!({ "product": product }), key).await.expect(201);
            let loan = loan_of(&bench, &drawn).await;
            assert_eq!(plain(&loan["annual_rate"]), "0.0345");
            assert_eq!(
                loan["pricing"],
                json!({ "spread_bp": 45, "reset": "quarterly", "reset_on": "2027-02-24" })
            );
        }
        let short = draw_as(&bench, &facility, json!({ "tenor_months": 3 }), "c").await.expect(201);
        let loan = loan_of(&bench, &short).await;
        assert_eq!(loan["pricing"], json!({ "spread_bp": 45, "reset": "quarterly", "reset_on": null }));
    }
}

#[tokio::test]
async fn another_price_is_for_new_draws_and_running_loans_keep_theirs() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        fixed_at(&bench, "0.03").await;
        let facility = line(&bench, json!({})).await;
        let before = draw_as(&bench, &facility, json!({}), "a").await.expect(201);
        let floating = json!({
            "pricing": { "kind": "lpr", "spread_bp": 100, "reset": "monthly" }, "tenor_cap_months": 24,
            "ltv_cap": "0.5", "reason": "改为浮动利率",
        });
        let seen = change(&bench, &facility, floating).await;
        assert_eq!(seen["tenor_cap_months"], 24);
        assert_eq!((plain(&seen["annual_rate"]), plain(&seen["ltv_cap"])), ("0.04", "0.5"));
        let after = draw_as(&bench, &facility, json!({}), "b").await.expect(201);
        let (old, new) = (loan_of(&bench, &before).await, loan_of(&bench, &after).await);
        assert_eq!((plain(&old["annual_rate"]), &old["pricing"]), ("0.0345", &Value::Null));
        assert_eq!(plain(&new["annual_rate"]), "0.04");
        assert_eq!(new["pricing"]["reset_on"], "2026-12-24");
        draw_as(&bench, &facility, json!({ "tenor_months": 25 }), "c").await.refused(409, "tenor-exceeded");
        let fixed =
            json!({ "pricing": { "kind": "fixed" }, "annual_rate": "0.036", "reason": "改为固定利率" });
        change(&bench, &facility, fixed).await;
        let last = draw_as(&bench, &facility, json!({}), "d").await.expect(201);
        let last = loan_of(&bench, &last).await;
        assert_eq!((plain(&last["annual_rate"]), &last["pricing"]), ("0.036", &Value::Null));
    }
}

#[tokio::test]
async fn a_price_that_does_not_hold_together_is_refused_and_nothing_is_proposed() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let path = format!("/facilities/{facility}/changes");
        let lpr = |spread: i32| json!({ "kind": "lpr", "spread_bp": spread, "reset": "anniversary" });
        for (what, field) in [
            (json!({ "pricing": lpr(2_001) }), "pricing.spread_bp"),
            (json!({ "pricing": lpr(45), "annual_rate": "0.04" }), "annual_rate"),
            (json!({ "pricing": lpr(45) }), "pricing"),
            (json!({ "annual_rate": "0" }), "annual_rate"),
            (json!({ "tenor_cap_months": 0 }), "tenor_cap_months"),
            (json!({ "ltv_cap": "1.1" }), "ltv_cap"),
        ] {
            let mut what = what;
            what["reason"] = "重新定价".into();
            let refused = bench.post(&officer(), &path, what).await.refused(422, "invalid-request");
            assert_eq!(refused["errors"][0]["field"], field);
        }
        let changes = bench.get(&officer(), &path).await.expect(200);
        assert_eq!(changes["items"], json!([]));
    }
}
