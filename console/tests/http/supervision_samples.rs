//! Canned answers about disposals, funds and appeals as the regulator sees them.

use serde_json::{Value, json};

use crate::samples::{BANK, ENTERPRISE, FACILITY, ID};

fn figures() -> Value {
    json!({ "cases": 3, "open_cases": 2, "claim": "2500000.00", "costs": "20000.00", "proceeds": "1520000.00",
        "loss": "1000000.00", "compensated": "540000.00", "own_loss": "460000.00", "written_off": "0.00",
        "recovered": "100000.00", "returned": "54000.00", "recovery_rate": "0.648", "agreements": 1,
        "stopped_agreements": 1, "commitment": "10000000.00", "fund_paid": "540000.00", "fund_returned": "54000.00",
        "fund_used": "486000.00", "fund_pending": "0.00", "cover_left": "9514000.00", "appeals": 4, "open_appeals": 1,
        "upheld": 2, "reopened": 1, "reopened_share": "0.333333", "average_days_to_decision": "6.33" })
}

fn bank() -> Value {
    let mut bank = figures();
    bank["bank_id"] = BANK.into();
    bank["bank_name"] = "甲银行".into();
    bank
}

fn recoveries() -> Value {
    json!({ "as_of": "2026-11-20", "totals": figures(), "by_bank": [bank()], "by_month": [{
        "month": "2026-10", "costs": "20000.00", "proceeds": "1520000.00", "loss": "1000000.00",
        "compensated": "540000.00", "written_off": "0.00", "recovered": "100000.00", "fund_paid": "540000.00",
        "fund_returned": "54000.00", "fund_capital": "0.00", "appeals": 2 }] })
}

fn case() -> Value {
    let mut case = json!({ "id": ID, "number": "DC-2026-0001", "loan_id": ID, "loan_number": "LN-2026-0001", "facility_id": FACILITY,
        "bank_id": BANK, "bank_name": "甲银行", "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司",
        "cause": "overdue", "status": "sharing", "outcome": null, "opened_on": "2026-04-01", "closed_on": null,
        "claim": "2500000.00", "costs": "20000.00", "reimbursed": "20000.00", "proceeds": "1520000.00",
        "repaid": "1500000.00", "loss": "1000000.00", "compensated": "540000.00", "own_loss": "460000.00",
        "written_off": "0.00", "recovered": "100000.00", "returned": "54000.00", "surplus": "0.00",
        "recovery_rate": "0.648", "changed_at": "2026-11-01T02:00:00Z" });
    case["movements"] = json!([{ "kind": "proceeds", "amount": "1520000.00", "moved_on": "2026-05-15" },
        { "kind": "recovery", "amount": "100000.00", "moved_on": "2026-06-20" }]);
    case["events"] = json!([{ "id": ID, "source": "pledge", "aggregate_id": ID, "version": 4,
        "name": "disposal.case_changed.v1", "occurred_at": "2026-05-15T02:00:00Z", "business_date": "2026-05-15",
        "data": { "act": "proceeds", "amount": "1520000.00", "status": "disposal" } }]);
    case
}

fn movement() -> Value {
    json!({ "id": ID, "fund_id": ID, "agreement_id": ID, "bank_id": BANK, "kind": "compensation",
        "amount": "540000.00", "balance": "19460000.00", "claim_id": ID, "party": "甲银行", "reference": "CC-2026-0001",
        "booked_on": "2026-06-01" })
}

fn agreement() -> Value {
    json!({ "id": ID, "number": "FA-2026-0001", "fund_id": ID, "fund_name": "省级风险补偿资金池", "bank_id": BANK,
        "bank_name": "甲银行", "facility_id": null, "facility_name": null, "commitment": "10000000.00",
        "paid": "540000.00", "returned": "54000.00", "pending": "0.00", "used": "486000.00", "cover_left": "9514000.00",
        "use_ratio": "0.0486", "leverage_max": "10", "share_max": "0.54", "threshold": "0.05",
        "starts_on": "2026-01-12", "ends_on": "2028-12-31", "status": "stopped", "stop_cause": "compensated",
        "stop_ratio": "0.0612", "stopped_on": "2026-06-01", "changed_at": "2026-06-20T02:00:00Z",
        "movements": [movement()],
        "events": [{ "id": ID, "source": "pledge", "aggregate_id": ID, "version": 4, "name": "fund.agreement_changed.v1",
            "occurred_at": "2026-06-01T02:00:00Z", "business_date": "2026-06-01", "data": { "act": "stopped" } }] })
}

fn fund() -> Value {
    json!({ "id": ID, "name": "省级风险补偿资金池", "sponsor": "省财政厅", "opened_on": "2026-01-05", "capital": "20000000.00",
        "paid": "540000.00", "recovered": "54000.00", "balance": "19514000.00", "committed": "9514000.00",
        "free": "10000000.00", "use_ratio": "0.0243", "changed_at": "2026-06-20T02:00:00Z" })
}

fn appeal() -> Value {
    json!({ "application_id": ID, "number": "AP-2026-0001", "bank_id": BANK, "bank_name": "甲银行",
        "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "amount": "3000000.00",
        "refused_on": "2026-10-30", "made_on": "2026-11-03", "due_on": "2026-11-10", "outcome": null,
        "decided_on": null, "days_to_decision": null, "late": true, "changed_at": "2026-11-03T02:00:00Z" })
}

/// What supervision answers at a path of this subject.
pub fn answer(steps: &[&str]) -> Option<Value> {
    let list = |item: Value| json!({ "items": [item], "next_cursor": null });
    Some(match steps {
        ["recoveries"] => recoveries(),
        ["disposals"] => list(case()),
        ["disposals", _] => case(),
        ["fund-agreements"] => list(agreement()),
        ["fund-agreements", _] => agreement(),
        ["fund-movements"] => list(movement()),
        ["funds"] => list(fund()),
        ["appeals"] => list(appeal()),
        _ => return None,
    })
}
