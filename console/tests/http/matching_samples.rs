//! Canned answers about searching, needs and proposals.

use serde_json::{Value, json};

use crate::samples::{ENTERPRISE, ID, PATENT};

fn page(item: Value) -> Value {
    json!({ "items": [item], "next_cursor": null })
}

fn patent() -> Value {
    json!({ "id": PATENT, "number": "CN115000001B", "title": "一种锂吸附剂", "applicants": ["川东理工大学"],
        "kind": "invention", "legal_status": "granted", "ipc": ["C22B26/12"], "industry": "lithium_potassium",
        "industry_name": "锂钾", "filing_date": "2020-01-02", "encumbered": false, "generated": false, "source": "" })
}

fn need() -> Value {
    json!({ "id": ID, "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "title": "低浓度卤水直接提锂",
        "problem": "卤水锂含量低", "industry": "lithium_potassium", "industry_name": "锂钾", "ipc": ["C22B26/12"],
        "budget_low": "500000.00", "budget_high": "2000000.00", "mode": "licence", "deadline": "2027-03-31",
        "visibility": "institutes", "audience": [], "status": "open", "outcome": null, "outcome_note": null,
        "stated_by": "何建国", "stated_on": "2026-11-01", "updated_at": "2026-11-01T02:00:00Z", "version": 2 })
}

/// A proposal in a state.
pub fn proposal(status: &str) -> Value {
    json!({ "id": ID, "status": status, "need_id": ID, "need_title": "低浓度卤水直接提锂", "patent_id": PATENT,
        "patent_number": "CN115000001B", "patent_title": "一种锂吸附剂", "institute_id": ID,
        "institute_name": "川东理工大学", "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司",
        "origin": "platform", "score": 71.25, "reasons": reasons(), "message": "可做小试",
        "institute_contact": null, "enterprise_contact": null, "reason_code": null, "note": null,
        "outcome_mode": null, "outcome_amount": null, "signed_on": null, "proposed_by": "龙海",
        "proposed_on": "2026-11-02", "answered_by": null, "answered_on": null,
        "updated_at": "2026-11-02T02:00:00Z", "version": 1 })
}

fn reasons() -> Value {
    json!([
        { "component": "text", "value": 1.0, "zh": "共有 2 个技术词语：卤水、吸附剂", "en": "2 shared technical words: 卤水, 吸附剂" },
        { "component": "industry", "value": 0.0, "zh": "产业不同或未载明", "en": "another industry, or none stated" },
    ])
}

fn place() -> Value {
    json!({ "rank": 1, "score": 71.25, "components": { "text": 1.0, "similarity": 0.5, "industry": 0.0, "ipc": 1.0,
        "quality": 0.6, "availability": 0.8 }, "reasons": reasons() })
}

fn with(mut of: Value, more: Value) -> Value {
    if let (Some(of), Value::Object(more)) = (of.as_object_mut(), more) {
        of.extend(more);
    }
    of
}

fn weights() -> Value {
    json!({ "text": 0.45, "similarity": 0.3, "industry": 0.05, "ipc": 0.1, "quality": 0.05, "availability": 0.05 })
}

/// The answer to a read.
pub fn answer(steps: &[&str]) -> Value {
    match steps {
        ["patents", "search"] => page(with(
            patent(),
            json!({ "relevance": 12.5,
                "title_pieces": [{ "text": "一种", "marked": false }, { "text": "锂<b>", "marked": true }],
                "abstract_pieces": [{ "text": "用于", "marked": false }, { "text": "卤水", "marked": true }] }),
        )),
        ["patents", ..] => json!({
            "not_offered": null, "weights": weights(),
            "needs": [with(place(), json!({ "need": need(), "proposal": null }))],
            "enterprises": [with(place(), json!({ "enterprise_id": ENTERPRISE,
                "enterprise_name": "青海盐湖锂业有限公司", "nearest": patent(), "patents": 2 }))],
        }),
        ["needs", _, "matches"] => json!({
            "weights": weights(),
            "items": [with(place(), json!({ "patent": patent(), "proposal": { "id": ID, "status": "proposed" } }))],
        }),
        ["matching-rules"] => {
            json!({ "weights": weights(), "limits": { "per_institute_a_day": 50, "per_enterprise_a_day": 5 } })
        }
        ["needs"] => page(need()),
        ["needs", ..] => need(),
        ["matches"] => page(proposal("proposed")),
        _ => proposal("proposed"),
    }
}
