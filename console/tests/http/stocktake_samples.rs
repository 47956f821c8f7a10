//! Canned answers about stocktakes and market evaluation.

use serde_json::{Value, json};

use crate::samples::{ENTERPRISE, ID, PATENT};

fn page(item: Value) -> Value {
    json!({ "items": [item], "next_cursor": null })
}

fn campaign() -> Value {
    json!({
        "id": ID, "institute_id": ID, "institute_name": "川东理工大学", "name": "2026 年盘点", "deadline": "2026-12-31",
        "filed_from": 2015, "filed_to": null, "with_pending": false, "colleges": ["材料学院", "药学院"], "state": "open",
        "bundles": 1, "opened_by": "王敏", "created_at": "2026-11-01T02:00:00Z", "closed_by": null, "closed_at": null,
        "closing_note": null, "unfinished": null, "version": 2,
    })
}

/// A stocktake that has ended.
pub fn closed() -> Value {
    let mut campaign = campaign();
    campaign["state"] = json!("closed");
    campaign["closed_at"] = json!("2026-12-31T02:00:00Z");
    campaign["closed_by"] = json!("王敏");
    campaign["unfinished"] = json!({ "draft": 3, "college": 2, "institution": 1 });
    campaign
}

fn counts() -> Value {
    json!({ "patents": 40, "assigned": 36, "self_assessed": 30, "unit_assessed": 20, "reviewed": 12, "in_library": 9,
        "overdue": 2 })
}

fn coverage() -> Value {
    let of = |name: &str, value: Value| {
        let mut one = counts();
        one[name] = value;
        one
    };
    json!({
        "as_of": "2026-11-24", "all": counts(),
        "colleges": [of("college", json!("")), of("college", json!("材料学院"))],
        "grades": [of("grade", json!(0)), of("grade", json!(4))],
    })
}

/// An item at a step.
pub fn item(state: &str) -> Value {
    json!({
        "id": ID, "campaign_id": ID, "institute_id": ID, "patent_id": PATENT, "patent_number": "CN115000001B",
        "patent_title": "一种锂盐的制备方法", "patent_kind": "invention", "ipc": "C22B26/12", "filed_on": "2016-01-01",
        "granted_on": "2018-05-01", "college": "材料学院", "inventor_id": null, "inventor_name": "张三",
        "due_on": "2026-12-31", "state": state, "labels": ["锂电"], "bundle": 1, "reason": "请补充应用场景",
        "self_assessment": { "trl": 6, "scenarios": "动力电池", "prospect": 4, "willingness": "willing", "mode": "licence",
            "funding": "state", "project_number": "2019YFC19", "implementation": "none", "justification": "", "value": 4,
            "contact_name": "张三", "contact_reach": "zhang@example.cn" },
        "self_assessed_by": "张三",
        "unit_assessment": { "trl": 5, "prospect": 4, "mode": "licence", "value": 4, "reasons": "缺少中试数据" },
        "unit_assessed_by": "转化处", "unit_assessed_by_id": ID, "reviewed_by": null, "overdue": true, "dormant": true,
        "missing": [], "updated_at": "2026-11-20T02:00:00Z", "version": 3,
    })
}

fn round() -> Value {
    json!({
        "id": ID, "institute_id": ID, "institute_name": "川东理工大学", "name": "锂盐评价", "deadline": "2026-12-15",
        "note": "请评价可实施性", "industry": "lithium_potassium", "open_to_all": false, "state": "open", "patents": 1,
        "opened_by": "王敏", "created_at": "2026-11-20T02:00:00Z", "closed_by": null, "closed_at": null, "version": 1,
        "answering": true, "invited": [{ "enterprise_id": ENTERPRISE, "name": "青海盐湖锂业有限公司" }],
    })
}

fn round_patent() -> Value {
    json!({
        "patent_id": PATENT, "patent_number": "CN115000001B", "patent_title": "一种锂盐的制备方法",
        "industry": "lithium_potassium", "bundle": 1, "own_evaluation_id": null,
        "summary": { "answers": 3, "withheld": 1, "conflicted": 1, "intends": 2, "considers": 1, "declines": 0,
            "cooperates": 2, "maturity_median": 6, "maturity_min": 5, "maturity_max": 7, "outlook_median": 4,
            "outlook_min": 3, "outlook_max": 5, "price_low_median": "100000.00", "price_high_median": "300000.00" },
    })
}

/// What a round's patents are for an expert.
pub fn put_to_expert() -> Value {
    let mut patent = round_patent();
    patent["summary"] = Value::Null;
    page(patent)
}

fn evaluation() -> Value {
    json!({
        "id": ID, "round_id": ID, "patent_id": PATENT, "patent_number": "CN115000001B",
        "patent_title": "一种锂盐的制备方法", "enterprise_name": null, "evaluator_name": null, "intent": "considers",
        "maturity": 6, "outlook": 4, "wish": "development", "improvements": "降低能耗", "price_low": "100000.00",
        "price_high": "300000.00", "comment": "愿意试用", "conflict": true, "conflict_note": "本企业为其客户",
        "named": false, "reply": "可提供样品", "replied_by": "转化处", "replied_at": "2026-11-21T02:00:00Z",
        "updated_at": null, "version": 1,
    })
}

/// The answer to a read.
pub fn answer(steps: &[&str]) -> Value {
    match steps {
        ["stocktakes"] => page(campaign()),
        ["stocktakes", _] => campaign(),
        ["stocktakes", _, "coverage"] => coverage(),
        ["stocktakes", _, "jobs"] => page(json!({
            "id": ID, "work": "fill", "state": "running", "done": 2000, "total": 5000, "touched": 1990,
            "asked_by": "王敏", "created_at": "2026-11-01T02:00:00Z", "finished_at": null,
        })),
        ["stocktakes", ..] => page(json!({
            "number": 1, "name": "锂盐制备", "note": "", "patents": 4, "made_by": "王敏",
            "created_at": "2026-11-02T02:00:00Z",
        })),
        ["stocktake-columns"] => {
            page(json!({ "zh": "技术成熟度", "en": "TRL", "confirmed": false, "source": "" }))
        }
        ["stocktake-items"] => page(item("college")),
        ["stocktake-items", ..] => item("college"),
        ["evaluation-rounds"] => page(round()),
        ["evaluation-rounds", _] => round(),
        ["evaluation-rounds", ..] => page(round_patent()),
        ["evaluations"] => page(evaluation()),
        _ => evaluation(),
    }
}
