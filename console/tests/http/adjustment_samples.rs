//! Canned answers about changes of loans and reference rates.

use serde_json::{Value, json};

use crate::samples::{BANK, ENTERPRISE, FACILITY, ID};

fn plan(last_due: &str) -> Value {
    json!({ "instalments": [
            { "number": 1, "due": "2026-12-01", "principal": "0.00", "interest": "4312.50", "total": "4312.50", "balance": "1500000.00" },
            { "number": 2, "due": last_due, "principal": "1500000.00", "interest": "4312.50", "total": "1504312.50", "balance": "0.00" }],
        "totals": { "principal": "1500000.00", "interest": "8625.00", "total": "1508625.00" } })
}

fn side(last_due: &str) -> Value {
    json!({ "plan": plan(last_due), "annual_rate": "0.0345", "matures_on": last_due, "instalments": 2,
        "principal": "1500000.00", "interest": "8625.00", "penalty": "12.34", "fees": "300.00" })
}

fn preview() -> Value {
    json!({ "on": "2026-11-24", "loan_version": 7, "before": side("2027-06-01"), "after": side("2027-12-01"),
        "restructured": true, "observed_until": "2027-12-01" })
}

fn authority() -> Value {
    json!({ "amount": "1500000.00", "demand": { "amount": "1500000.00", "level": 2, "approvers": 2, "risk_consent": true },
        "votes": [{ "word": "consents", "by": "周风险", "lent_by": null, "comment": "抵押率未变",
            "said_at": "2026-11-24T03:00:00Z" }], "own_limit": null, "hindrance_zh": null, "hindrance_en": null,
        "delegations": [], "agreements": [] })
}

fn adjustment() -> Value {
    let mut today = preview();
    today["outlook"] = "possible".into();
    json!({ "id": ID, "loan_id": ID, "loan_number": "LN-2026-0001", "facility_id": FACILITY, "bank_id": BANK,
        "bank_name": "甲银行", "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "kind": "extension",
        "status": "proposed", "change": { "kind": "extension", "months": 6, "in_difficulty": true }, "reason": "回款延后",
        "assessment": null, "outstanding": "1500000.00", "annual_rate_before": "0.0345", "annual_rate_after": "0.0345",
        "matures_on_before": "2027-06-01", "matures_on_after": "2027-12-01", "restructured": true,
        "observed_until": "2027-12-01", "maker": "李强", "maker_id": ID, "approver": null, "decision_reason": null,
        "created_at": "2026-11-24T02:00:00Z", "decided_at": null, "effective_on": null, "plan_version": null, "version": 1, "request_id": ID, "consent": "wanted",
        "consent_by": null, "consent_note": null, "consented_at": null,
        "plan_before": plan("2027-06-01"), "plan_after": plan("2027-12-01"), "today": today })
}

/// What the borrower of the samples asks for.
pub fn change_request() -> Value {
    json!({ "id": ID, "loan_id": ID, "loan_number": "LN-2026-0001", "facility_id": FACILITY, "bank_id": BANK,
        "bank_name": "甲银行", "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司",
        "kind": "repricing", "status": "pending",
        "change": { "kind": "repricing", "basis": "fixed", "annual_rate": "0.0325" }, "reason": "利率已下行",
        "figures": { "annual_rate": "0.0325", "matures_on": "2027-06-01", "dues": ["2026-12-01", "2027-06-01"],
            "principal": "1500000.00" },
        "outstanding": "1500000.00", "asker": "王芳", "answer_by": "2026-12-08", "answerer": null, "answer": null,
        "adjustment_id": ID, "created_at": "2026-11-24T02:00:00Z", "answered_at": null, "version": 3 })
}

fn papers() -> Value {
    json!({ "complete": false, "papers": [{ "code": "adjustment_agreement", "name_zh": "补充协议",
        "name_en": "The supplementary agreement", "source": "attached", "present": false,
        "cure_zh": "请上传双方签章的补充协议", "cure_en": "attach the agreement" }] })
}

fn listed(item: Value) -> Value {
    json!({ "items": [item.clone(), item], "next_cursor": null })
}

fn closing() -> Value {
    json!({ "id": ID, "bank_id": BANK, "business_date": "2026-11-27", "status": "finished", "loans": 12, "done": 12,
        "failed": 0, "accrued": "1234.56", "rate_per_second": 4000, "remaining_seconds": null,
        "started_by": "系统", "started_at": "2026-11-28T00:10:00Z", "finished_at": "2026-11-28T00:10:02Z",
        "shards": [{ "shard": 0, "done": 12, "failed": 0, "finished": true }], "failures": [] })
}

/// The answer to a request; `None` is 404.
pub fn answer(steps: &[&str]) -> Option<Value> {
    Some(match steps {
        ["loans", _, "pricing"] => {
            json!({ "annual_rate": "0.0345", "floating": true, "reference": "one_year",
            "spread_bp": 45, "reset": "january", "reset_on": "2027-01-01", "reference_rate": "0.03",
            "fixed_on": "2026-11-20" })
        }
        ["loans", _, "payoff"] => {
            json!({ "on": "2026-11-24", "principal": "1500000.00", "interest": "1437.50",
            "penalty": "12.34", "fees": "0.00", "prepayment_fee": "0.00", "total": "1501449.84" })
        }
        ["adjustments"] | ["loans", _, "adjustments"] => listed(adjustment()),
        ["adjustments", _] => adjustment(),
        ["adjustments", _, "papers"] => papers(),
        ["adjustments", _, "authority"] => authority(),
        ["change-requests"] => listed(change_request()),
        ["change-requests", _] => change_request(),
        ["reference-rates"] => {
            listed(json!({ "date": "2026-11-20", "one_year": "0.03", "five_year": "0.035",
            "source": "全国银行间同业拆借中心公告", "recorded": true }))
        }
        ["reference-rates", "standing"] => {
            json!({ "known_until": "2026-11-20", "missing_since": "2026-12-20" })
        }
        ["closings"] => listed(closing()),
        ["closings", _] => closing(),
        ["closings", _, "failures"] => listed(json!({ "loan_id": ID, "business_date": "2026-11-27",
            "reason": "stored data: rate of loan", "failed_at": "2026-11-28T00:10:01Z", "mended_at": null })),
        ["working-days"] => json!({ "items": [
            { "year": 2027, "known": false, "expected": true, "source": null, "days": [] },
            { "year": 2026, "known": true, "expected": true, "source": null, "days": [
                { "from": "2026-10-01", "to": "2026-10-07", "worked": false },
                { "from": "2026-10-10", "to": "2026-10-10", "worked": true },
            ] },
        ], "next_cursor": null }),
        _ => return None,
    })
}

/// The answer to what was posted.
pub fn posted(steps: &[&str]) -> Option<Value> {
    match steps {
        ["loans", _, "adjustments", "preview"] => Some(preview()),
        ["loans", _, "adjustments"] | ["adjustments", _, _] | ["change-requests", _, "take-up"] => {
            Some(adjustment())
        }
        ["loans", _, "change-requests"] | ["change-requests", _, _] => Some(change_request()),
        _ => None,
    }
}
