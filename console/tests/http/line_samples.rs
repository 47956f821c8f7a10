//! Canned answers about the terms, members, deposits and borrowing base of a facility. They exist in these tests only.

use serde_json::{Value, json};

use crate::samples::{self, BANK, ENTERPRISE, FACILITY, ID, PATENT};

/// A line of another bank in which the signed-in person's bank is asked to take part.
pub const SHARED: &str = "0190a000-0000-7000-8000-00000000000a";

/// A facility with every term agreed.
pub fn with_terms(mut facility: Value) -> Value {
    let terms = json!({
        "over_allotment": "1.2", "allotted": "55000000.00", "group_cap": "0.3", "pool_cap": "0.5", "members_count": 250,
        "liability": { "kind": "joint", "basis": "sub_limit", "rate": "0.05" },
        "collateral": { "rule": "pooled", "advance_rate": "0.6", "patent_cap": "0.25", "owner_cap": "0.5",
            "cure_days": 10, "uncured": "line" },
        "triggers": { "non_performing_ratio": "0.03", "overdue_ratio": null, "member_tier": "substandard", "fund_exhausted": true },
        "cover": [{ "party": { "kind": "fund", "fund_id": ID }, "name": "市级风险补偿基金", "rank": 1,
            "share_of_loss": "0.54", "cap": "5000000.00", "deductible": "0.00" }],
        "agent_bank_id": BANK,
    });
    for (name, value) in terms.as_object().unwrap() {
        facility[name] = value.clone();
    }
    facility["members"] = json!([member("active"), member("paused")]);
    facility
}

fn member(status: &str) -> Value {
    json!({
        "id": ID, "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "sub_limit": "10000000.00",
        "share": "0.2", "drawn": "2000000.00", "reserved": "0.00", "available": "8000000.00", "deposit": "500000.00",
        "waiver": { "amount": "1000000.00", "until": "2026-12-31" },
        "deposit_required": "500000.00", "margin": "0.00", "conditions_open": 0, "status": status, "group": "甲集团",
        "status_reason": if status == "paused" { "贷款分类为次级" } else { "" },
    })
}

/// What a decision of a line takes: a colleague has approved it, and another one lends the authority for the second time.
fn authority() -> Value {
    json!({
        "amount": "50000000.00",
        "demand": { "amount": "50000000.00", "level": 2, "approvers": 2, "risk_consent": true },
        "votes": [
            { "word": "consents", "by": "曾谨", "lent_by": null, "comment": "风险可控", "said_at": "2026-11-23T02:00:00Z" },
            { "word": "approves", "by": "张伟", "lent_by": "苟静", "comment": "同意", "said_at": "2026-11-24T02:00:00Z" },
        ],
        "own_limit": "30000000.00", "hindrance_zh": "金额 50000000.00 元超过权限 30000000.00 元。",
        "hindrance_en": "50000000.00 yuan is beyond the authority of 30000000.00.",
        "delegations": [{ "id": ID, "from": "李明", "cap": null, "valid_until": "2026-12-31" }],
    })
}

fn waiver(status: &str) -> Value {
    json!({
        "id": ID, "facility_id": FACILITY, "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司",
        "amount": "1000000.00", "until": "2026-12-31", "reason": "登记机构系统升级", "status": status, "maker": "李强",
        "approver": null, "in_force_from": null, "ended_on": null, "ended_by": null, "end_reason": null,
        "created_at": "2026-11-20T02:00:00Z",
    })
}

fn agreements(status: &str) -> Value {
    let said = |value: &str| if status == "open" { Value::Null } else { json!(value) };
    json!([
        { "bank_id": BANK, "bank_name": "甲银行", "role": "participant", "share": "0.4", "amount": "20000000.00",
            "status": status, "by": said("赵琳"), "comment": said("额度过高"), "said_at": said("2026-11-24T02:00:00Z") },
        { "bank_id": ENTERPRISE, "bank_name": "丙银行", "role": "participant", "share": "0.1", "amount": "5000000.00",
            "status": "agreed", "by": "钱进", "comment": "同意", "said_at": "2026-11-24T03:00:00Z" },
    ])
}

/// What belongs to the line of another bank, and the list of what is asked.
pub fn shared(steps: &[&str]) -> Option<Value> {
    let with = |mut value: Value, status: &str| {
        value["agreements"] = agreements(status);
        value
    };
    Some(match steps {
        ["agreements"] => {
            let mut asked = agreements("open")[0].clone();
            for (name, value) in [
                ("id", ID),
                ("facility_id", SHARED),
                ("facility_number", "CF-2026-0002"),
                ("facility_name", "镁产业集群授信"),
                ("lead_bank_id", ID),
                ("lead_bank_name", "乙银行"),
                ("kind", "change"),
                ("subject_id", ID),
                ("created_at", "2026-11-23T02:00:00Z"),
            ] {
                asked[name] = json!(value);
            }
            list(json!([asked]))
        }
        ["facilities", id] if *id == SHARED => {
            let mut line = with(samples::facility(), "open");
            line["id"] = json!(SHARED);
            line["bank_id"] = json!(ID);
            line["agent_bank_id"] = json!(ID);
            line["bank_name"] = json!("乙银行");
            line["name"] = json!("镁产业集群授信");
            line["status"] = json!("proposed");
            line
        }
        ["facilities", id, "changes"] if *id == SHARED => {
            let change = json!({ "id": ID, "status": "proposed", "limit": "60000000.00", "members": [],
                "reason": "扩产", "maker": "李强", "created_at": "2026-11-01T00:00:00Z" });
            json!([with(change, "declined")])
        }
        ["facilities", id, "authority"] if *id == SHARED => with(authority(), "open"),
        ["facilities", id, "changes", _, "authority"] if *id == SHARED => with(authority(), "declined"),
        ["facilities", id, "pledge-waivers", _, "authority"] if *id == SHARED => with(authority(), "agreed"),
        ["facilities", id, "pledge-waivers", _] if *id == SHARED => with(waiver("proposed"), "agreed"),
        _ => return None,
    })
}

fn list(items: Value) -> Value {
    json!({ "items": items, "next_cursor": null })
}

fn base() -> Value {
    json!({
        "on": "2026-11-24", "accepted": "8000000.00", "excluded": "2000000.00", "eligible": "6000000.00",
        "advance_rate": "0.6", "margin": "0.00", "base": "3600000.00", "outstanding": "4000000.00",
        "headroom": "0.00", "shortfall": "400000.00",
        "rows": [{ "pledge_id": ID, "patent_id": PATENT, "number": "ZL202110000001.X", "title": "一种锂吸附剂",
            "owner_id": ENTERPRISE, "owner_name": "青海盐湖锂业有限公司", "valuation_id": ID, "valid_until": "2026-11-20",
            "accepted": "2000000.00", "eligible": "0.00",
            "excluded": [{ "why": "valuation_expired", "amount": "2000000.00" }] }],
    })
}

/// The answer to a request below `/api/pledge/v1/`.
pub fn answer(steps: &[&str]) -> Option<Value> {
    Some(match steps {
        ["facilities", _, "members"] => list(json!([member("active")])),
        ["facilities", _, "deposits"] => list(json!([{
            "id": ID, "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "kind": "mutual_aid",
            "moved": "paid_in", "amount": "500000.00", "balance": "500000.00", "loan_id": null,
            "moved_on": "2026-11-20", "recorded_by": "李强", "comment": null, "created_at": "2026-11-20T02:00:00Z" }])),
        ["facilities", _, "borrowing-base"] => base(),
        ["facilities", _, "borrowing-base", "history"] => {
            let record = |on: &str, base: &str| {
                json!({ "id": ID, "on": on, "cause": "close", "accepted": "8000000.00", "excluded": "0.00",
                    "eligible": "8000000.00", "advance_rate": "0.6", "margin": "0.00", "base": base,
                    "outstanding": "4000000.00", "shortfall": "0.00", "created_at": "2026-11-24T10:00:00Z" })
            };
            list(json!([record("2026-11-24", "3600000.00"), record("2026-11-23", "4800000.00")]))
        }
        ["facilities", _, "triggers"] => list(json!([{
            "id": ID, "kind": "non_performing", "enterprise_id": null, "reason_zh": "集群不良率 3.10%，达到暂停线 3.00%。",
            "reason_en": "3.10% of the line is non-performing; the line stops at 3.00%.", "state": "standing",
            "tripped_on": "2026-11-20", "ended_on": null, "ended_by": null }])),
        ["facilities", _, "authority"]
        | ["facilities", _, "changes", _, "authority"]
        | ["facilities", _, "pledge-waivers", _, "authority"] => authority(),
        ["facilities", _, "pledge-waivers"] => list(json!([waiver("in_force")])),
        ["facilities", _, "pledge-waivers", _] => waiver("proposed"),
        ["margin-calls"] => list(json!([{
            "id": ID, "number": "M20261120-1", "facility_id": FACILITY, "facility_name": "锂产业集群授信", "status": "open",
            "shortfall": "400000.00", "peak": "400000.00", "called_on": "2026-11-20", "due_on": "2026-12-04",
            "called_base": "3600000.00", "called_outstanding": "4000000.00", "base": "3600000.00",
            "outstanding": "4000000.00", "lapsed_on": null, "cured_on": null }])),
        _ => return None,
    })
}
