//! Canned answers about cases, funds and claims.

use serde_json::{Value, json};

use crate::samples::{BANK, ENTERPRISE, FACILITY, ID, PATENT};

/// A proposal to write a loan off.
pub const WRITE_OFF: &str = "0190a000-0000-7000-8000-00000000000c";

fn money() -> Value {
    json!({ "costs": "10000.00", "reimbursed": "10000.00", "proceeds": "110000.00", "repaid": "100000.00", "loss": "500000.00",
        "compensated": "250000.00", "taken_off": "0.00", "written_off": "0.00", "written_back": "0.00", "claim_kept": "0.00", "recovered": "0.00",
        "own_back": "0.00", "extra": "0.00", "returned": "0.00", "surplus": "0.00" })
}

fn by_claim(costs: &str, principal: &str) -> Value {
    json!({ "costs": costs, "principal": principal, "interest": "8000.00", "penalty": "120.00" })
}

fn plan() -> Value {
    json!({ "method": "auction", "valuation": "400000.00", "valued_on": "2027-04-01", "valuer": "评字 1 号", "reserve": "100000.00",
        "venue": "产权交易所", "starts_on": "2027-04-20", "expected_costs": "10000.00", "note": null })
}

fn realised() -> Value {
    json!({ "did": "realised", "gross": "110000.00", "owed": by_claim("10000.00", "600000.00"),
        "waterfall": { "paid": by_claim("10000.00", "100000.00"), "left": by_claim("0.00", "500000.00"), "surplus": "0.00" },
        "reimbursed": "10000.00", "to_loan": "100000.00" })
}

fn shared() -> Value {
    json!({ "owed": by_claim("0.00", "500000.00"), "loss": "500000.00", "bank": "250000.00", "parts": [{
        "sharer": { "bearer": "fund", "party_id": ID, "name": "省级风险补偿资金池", "rank": 1, "share": "0.5", "cap": null, "deductible": "0.00" },
        "agreement_id": ID, "policy_id": null, "absent": null, "agreed": "250000.00", "borne": "250000.00", "limited_by": null },
        { "sharer": { "bearer": "insurer", "party_id": BANK, "name": "乙财产保险", "rank": 2, "share": "0.4", "cap": null, "deductible": "0.00" },
        "agreement_id": null, "policy_id": null, "absent": "no_policy", "agreed": "100000.00", "borne": "0.00", "limited_by": "balance" }] })
}

fn guarantee() -> Value {
    json!({ "policy_id": ID, "number": "PO-2026-0009", "insurer_id": ID, "insurer_name": "甲财产保险", "limit_per_claim": "800000.00",
        "aggregate_limit": "800000.00", "left": "680000.00", "deductible": "0.00", "coinsurance": "0.20", "starts_on": "2026-11-25",
        "last_day": "2027-11-24", "status": "bound", "defaulted_on": "2026-12-24", "covers_default": true })
}

fn insurer_claim() -> Value {
    json!({ "claim_id": ID, "policy_id": ID, "status": "unmatched", "paid": "135000.00", "applied": "120000.00", "unsettled": "15000.00",
        "returned": "0.00", "given_back": "0.00", "reason": null, "compensation_id": ID, "heard_on": "2027-05-01", "paid_on": "2027-05-06" })
}

fn insurer_payment() -> Value {
    let mut one = insurer_claim();
    one["policy_number"] = json!("PO-2026-0009");
    one["insurer_name"] = json!("甲财产保险");
    one["loan_id"] = json!(ID);
    one["loan_number"] = json!("LN-2026-0001");
    one["enterprise_name"] = json!("青海盐湖锂业有限公司");
    one
}

fn claim() -> Value {
    json!({ "id": ID, "number": "CC-2027-0001", "case_id": ID, "case_number": "DC-2027-0001", "bank_id": BANK, "bank_name": "甲银行",
        "enterprise_name": "青海盐湖锂业有限公司", "bearer": "fund", "party_id": ID, "party": "省级风险补偿资金池", "agreement_id": ID, "policy_id": null,
        "amount": "250000.00", "status": "answered", "granted": "240000.00", "reason": "扣除免赔", "reference": "F-1",
        "answered_by": "赵敏", "decided_by": null, "paid": "0.00", "returned": "0.00", "eased": "10000.00", "claimed_on": "2027-04-21", "decided_on": null,
        "version": 2 })
}

fn proposal() -> Value {
    json!({ "id": ID, "case_id": ID, "case_number": "DC-2027-0001", "enterprise_name": "青海盐湖锂业有限公司",
        "ask": { "kind": "proceeds", "method": "auction", "buyer": "买受人", "reference": "1 号", "order": null,
            "lots": [{ "patent_id": PATENT, "number": "ZL202110000001.X", "appraised": "4000000.00", "appraised_on": "2026-11-24", "price": "110000.00" }] },
        "result": realised(), "status": "proposed", "maker": "孙悦", "approver": null, "refusal_reason": null,
        "created_at": "2027-04-20T02:00:00Z", "decided_at": null })
}

/// A proposal that takes the bank's levels of approval.
fn writing_off() -> Value {
    let mut one = proposal();
    one["id"] = json!(WRITE_OFF);
    one["ask"] = json!({ "kind": "write_off", "condition": "enforced", "note": null,
        "papers": [{ "code": "debt", "reference": "档案 1 号", "document_id": ID }] });
    one["result"] = json!({ "did": "written_off", "taken_off": "250000.00", "principal": "250000.00", "claim_kept": "0.00" });
    one
}

fn case() -> Value {
    json!({ "id": ID, "number": "DC-2027-0001", "loan_id": ID, "loan_number": "LN-2026-0001", "facility_id": FACILITY,
        "facility_name": "锂产业集合授信", "bank_id": BANK, "bank_name": "甲银行", "enterprise_id": ENTERPRISE,
        "enterprise_name": "青海盐湖锂业有限公司", "cause": "overdue", "reason": null, "status": "disposal", "opened_on": "2027-04-10",
        "opened_by": "孙悦", "claim": by_claim("0.00", "600000.00"), "money": money(), "unmet_costs": "0.00", "own_loss": "250000.00",
        "outcome": null, "closed_on": null, "version": 5, "owed": by_claim("0.00", "500000.00"), "overdue_days": 107, "accelerated_on": "2027-04-12",
        "collateral_left": [{ "pledge_id": ID, "patent_id": PATENT, "number": "ZL202110000002.X", "value": "900000.00" }], "plan": plan(),
        "actions": [{ "id": ID, "kind": "promise", "contact": "财务负责人", "note": "承诺还款", "promise": { "amount": "1000.00", "until": "2027-04-12" },
            "made_on": "2027-04-10", "made_by": "孙悦", "made_at": "2027-04-10T02:00:00Z" }],
        "promises": [{ "action_id": ID, "promise": { "amount": "1000.00", "until": "2027-04-12" }, "paid": "400.00", "state": "broken" }],
        "proposals": [proposal()],
        "sales": [{ "method": "auction", "buyer": "买受人", "on": "2027-04-20", "realised": realised() }],
        "realised": [{ "patent_id": PATENT, "number": "ZL202110000001.X", "method": "auction", "sold_on": "2027-04-20",
            "appraised": "4000000.00", "appraised_on": "2026-11-24", "price": "110000.00", "ratio": "0.0275" }],
        "sharing": shared(), "claims": [claim()], "guarantees": [guarantee()], "insurer_claims": [insurer_claim()] })
}

fn fund() -> Value {
    json!({ "id": ID, "name": "省级风险补偿资金池", "sponsor": "省财政厅", "opened_on": "2026-01-01",
        "account": { "capital": "10000000.00", "paid": "250000.00", "recovered": "0.00", "balance": "9750000.00", "committed": "5750000.00",
            "free": "4000000.00", "ledger_balance": "9750000.00", "agrees": true },
        "covered": "36000000.00", "non_performing": "600000.00", "capacity": "57500000.00", "room": "21500000.00", "leverage": "6.26",
        "utilisation": "0.626", "active_agreements": 1, "stopped_agreements": 1, "version": 7 })
}

fn agreement() -> Value {
    json!({ "id": ID, "number": "FA-2026-0001", "fund_id": ID, "fund_name": "省级风险补偿资金池", "bank_id": BANK, "bank_name": "甲银行",
        "facility_id": null, "facility_name": null, "commitment": "6000000.00", "leverage_max": "10", "share_max": "0.5",
        "cap_per_claim": "1000000.00", "cap_per_year": null, "deductible": "0.00", "threshold": "0.05", "starts_on": "2026-01-01",
        "ends_on": "2027-12-31", "status": "stopped", "stop_cause": "non_performing", "stop_ratio": "0.0612", "stopped_on": "2027-03-25",
        "paid": "250000.00", "returned": "0.00", "pending": "250000.00", "version": 4,
        "standing": { "covered": "36000000.00", "non_performing": "600000.00", "commitment_left": "5750000.00", "capacity": "57500000.00",
            "room": "0.00", "leverage": "6.26", "utilisation": "0.626", "compensated_ratio": "0.0069", "non_performing_ratio": "0.0167" } })
}

fn entry() -> Value {
    json!({ "id": ID, "kind": "compensation", "amount": "250000.00", "balance": "9750000.00", "agreement_id": ID, "bank_id": BANK,
        "claim_id": ID, "party": "甲银行", "reference": "CC-2027-0001", "maker": "赵敏", "approver": "钱进", "booked_on": "2027-04-22",
        "created_at": "2027-04-22T02:00:00Z" })
}

fn instruction() -> Value {
    json!({ "id": ID, "fund_id": ID, "order": { "kind": "release", "agreement_id": ID, "reason": "银行已整改" }, "status": "proposed",
        "maker": "赵敏", "approver": null, "refusal_reason": null, "created_at": "2027-04-01T02:00:00Z", "decided_at": null,
        "version": 3 })
}

fn list(item: Value) -> Value {
    json!({ "items": [item.clone(), item], "next_cursor": null })
}

/// A write-off on which the own bank is asked.
fn asked() -> Value {
    let word = |bank: &str, name: &str, status: &str| {
        json!({ "bank_id": bank, "bank_name": name, "role": "participant",
        "share": "0.4", "amount": "100000.00", "status": status, "by": null, "comment": null, "said_at": null })
    };
    let owed = by_claim("0.00", "250000.00");
    json!({ "id": ID, "case_id": ID, "case_number": "DC-2027-0001", "loan_id": ID, "loan_number": "LN-2026-0001",
        "facility_id": ID, "facility_name": "镁产业集群授信", "lead_bank_id": ID, "lead_bank_name": "乙银行",
        "enterprise_name": "青海盐湖锂业有限公司", "status": "proposed", "created_at": "2027-05-01T02:00:00Z",
        "write_off": { "condition": "enforced", "note": null,
            "papers": [{ "code": "judgment", "reference": "（2027）青01执12号", "document_id": ID }] },
        "opened_on": "2027-03-01", "claim": owed, "owed": owed, "total": "254600.00", "own_principal": "100000.00",
        "overdue_days": 400, "loss": "500000.00", "compensated": "250000.00",
        "actions": [{ "id": ID, "kind": "letter", "contact": "法定代表人", "note": "寄送催收函", "promise": null,
            "made_on": "2027-03-02", "made_by": "周岚", "made_at": "2027-03-02T02:00:00Z" }],
        "documents": [], "agreements": [word(BANK, "甲银行", "open"), word(ENTERPRISE, "丙银行", "declined")], "version": 4 })
}

/// The answer about a thing of this file; `None` where it is about another.
pub fn answer(steps: &[&str]) -> Option<Value> {
    let one = |item: fn() -> Value| if steps.len() == 1 { list(item()) } else { item() };
    Some(match steps {
        ["funds", _, "entries"] => list(entry()),
        ["funds", ..] => one(fund),
        ["fund-agreements", ..] => one(agreement),
        ["fund-instructions", ..] => one(instruction),
        ["loss-sharing-presets"] => list(json!({ "code": "zhuhai", "name_zh": "珠海", "name_en": "Zhuhai",
            "shares": [{ "bearer": "bank", "share": "0.6" }, { "bearer": "fund", "share": "0.4" }], "bearers": ["bank", "fund"],
            "source_zh": "珠海的做法", "source_en": "Practice of Zhuhai" })),
        ["disposal-proposals", id, "authority"] if *id == WRITE_OFF => json!({ "amount": "250000.00",
            "demand": { "amount": "250000.00", "level": 2, "approvers": 2, "risk_consent": true }, "votes": [], "own_limit": null,
            "hindrance_zh": "该金额须先经风险经理同意。", "hindrance_en": "This amount takes the risk manager's consent first.",
            "delegations": [], "agreements": [] }),
        ["disposal-proposals", _, "asked"] => asked(),
        ["disposal-proposals", id] if *id == WRITE_OFF => writing_off(),
        ["disposal-cases", ..] => one(case),
        ["disposal-proposals", ..] => one(proposal),
        ["compensation-claims", ..] => one(claim),
        ["insurer-payments"] => one(insurer_payment),
        ["insurer-payments", _] => {
            let mut whole = insurer_payment();
            whole["proposals"] = json!([{ "id": ID, "status": "refused", "maker": "周岚", "approver": "赵琳",
                "ask": { "kind": "give_back", "amount": "15000.00", "reason": "多付", "reference": "R-1" },
                "refusal_reason": "先与保险公司核对", "created_at": "2027-05-07T02:00:00Z", "decided_at": "2027-05-08T02:00:00Z" }]);
            whole
        }
        ["write-off-conditions"] => list(
            json!({ "condition": "enforced", "zh": "强制执行后仍未收回", "en": "Enforced without full payment",
            "papers": [{ "code": "debt", "zh": "债权凭证", "en": "Proof of the debt" },
                { "code": "judgment", "zh": "判决", "en": "Judgment" }], "source_zh": "财金〔2017〕90号", "source_en": "Caijin [2017] No. 90" }),
        ),
        _ => return None,
    })
}
