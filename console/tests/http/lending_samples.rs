//! Canned answers about lending products and further tranches.

use serde_json::{Value, json};

use crate::samples::{BANK, ENTERPRISE, FACILITY, ID};

/// A payment that its borrower has instructed and the bank has not confirmed.
pub fn payment_instruction() -> Value {
    json!({ "id": ID, "kind": "payoff", "status": "pending", "bank_id": BANK, "bank_name": "甲银行",
        "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "facility_id": FACILITY, "loan_id": ID,
        "number": "LN-2026-0001", "deposit_kind": null, "amount": "1504312.50", "comment": "网银汇款", "maker": "王敏",
        "instructed_on": "2026-11-24", "lapses_on": "2026-12-08", "decided_by": null, "decided_at": null, "reason": null,
        "reference": null, "booked_id": null, "booked_on": null, "created_at": "2026-11-24T02:00:00Z", "version": 1 })
}

/// What a loan under the equipment product has agreed.
pub fn conditions() -> Value {
    json!({ "name_zh": "设备更新贷款", "name_en": "Equipment loan", "misuse_surcharge": "1", "penalty_compounds": false,
        "prepayment_fee_rate": "0.005", "prepayment_free_from": "2027-06-01", "principal_first_after_days": 90, "tranche_until": "2027-06-01" })
}

fn product(code: &str, zh: &str, en: &str) -> Value {
    json!({ "code": code, "name_zh": zh, "name_en": en, "repayments": ["equal_principal", "equal_instalment"],
        "every_months": 1, "tenor_max_months": 60, "day_count": "actual/360", "grace_default": 6, "grace_max": 12,
        "penalty_surcharge": "0.5", "misuse_surcharge": "1", "penalty_compounds": false,
        "holiday_grace": false, "prepayment_fee_rate": "0.005", "prepayment_free_months": 12, "principal_first_after_days": 90, "rate_reset": "anniversary", "tranche_months": 12 })
}

fn plan(principal: &str, interest: &str) -> Value {
    json!({ "instalments": [
            { "number": 1, "due": "2027-06-01", "principal": principal, "interest": interest, "total": principal, "balance": "0.00" }],
        "totals": { "principal": principal, "interest": interest, "total": principal } })
}

/// What is worked out before a draw or a tranche.
pub fn preview(steps: &[&str]) -> Value {
    if steps.contains(&"tranches") {
        return json!({ "amount": "300000.00", "outstanding_before": "1500000.00", "outstanding_after": "1800000.00",
            "before": plan("1500000.00", "8625.00"), "after": plan("1800000.00", "10350.00") });
    }
    json!({ "product": "equipment", "annual_rate": "0.0345", "penalty_rate": "0.05175", "day_count": "actual/360",
        "repayment": "equal_principal", "every_months": 1, "grace": 6, "holiday_grace": false, "matures_on": "2027-06-01",
        "pricing": { "spread_bp": 45, "reset": "anniversary", "reset_on": "2027-06-01" }, "conditions": conditions(),
        "schedule": plan("3000000.00", "17250.00") })
}

/// The products of a facility, or the tranches of a loan.
pub fn listed(steps: &[&str]) -> Value {
    let items = if steps.contains(&"tranches") {
        json!([{ "id": ID, "amount": "500000.00", "drawn_on": "2026-08-03", "plan_version": 1, "purpose": "设备尾款",
            "requested_by": "王敏", "created_at": "2026-08-03T02:00:00Z" }])
    } else {
        json!([
            product("standard", "标准流动资金贷款", "Standard working capital loan"),
            product("equipment", "设备更新贷款", "Equipment loan")
        ])
    };
    json!({ "items": items, "next_cursor": null })
}
