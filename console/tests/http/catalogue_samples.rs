//! Timelines, families, citations, annuities, unused patents, product filings and examinations before filing.

use serde_json::{Value, json};

use crate::samples::{BANK, ENTERPRISE, ID, PATENT};

fn page(items: Value) -> Value {
    json!({ "items": items, "next_cursor": "c2" })
}

/// The answer to a read; nothing for what belongs to other samples.
pub fn answer(steps: &[&str]) -> Option<Value> {
    Some(match steps {
        ["patents", _, "timeline"] => page(timeline()),
        ["patents", _, "annuities"] => page(json!([
            { "year": 1, "due_on": "2021-01-04", "fee": "900.00", "paid": true },
            { "year": 6, "due_on": "2026-01-04", "fee": "1200.00", "paid": false },
            { "year": 7, "due_on": "2027-01-04", "fee": "2000.00", "paid": null },
        ])),
        ["patents", _, "family"] => page(json!([
            { "number": "CN115000001B", "country": "CN", "patent_id": PATENT, "title": "一种锂吸附剂", "legal_status": "granted",
                "in_force": true, "filed_on": "2021-01-04", "priority_number": "CN202110000001", "source": "导入",
                "recorded_by": "王敏", "recorded_at": "2026-11-01T00:00:00Z" },
            { "number": "EP3456789B1", "country": "EP", "patent_id": null, "title": null, "legal_status": "unknown",
                "in_force": null, "filed_on": null, "priority_number": null, "source": "导入", "recorded_by": "王敏",
                "recorded_at": "2026-11-01T00:00:00Z" },
        ])),
        ["patents", _, "citations"] => page(json!([
            { "kind": "forward", "reference": "US11000000B2", "patent_id": PATENT, "cited_on": "2024-05-07",
                "ipc": ["H01M10/54"], "category": "X", "source": "检索报告", "recorded_by": "王敏",
                "recorded_at": "2026-11-01T00:00:00Z" },
        ])),
        ["patents", _, "products"] => page(json!([
            { "filing_id": ID, "product": "碳酸锂", "model": "LC-99", "enterprise_name": "乙公司", "tenant_name": "乙公司",
                "protects": "process", "claims": "1, 3-5", "recognised": true, "filed_at": "2026-11-01T00:00:00Z" },
        ])),
        ["patents", _, "high-value"] => json!({ "counted": true, "high_value": true, "answers": [
            { "criterion": "overseas_family", "met": true, "evidence": [
                { "zh": "海外同族 EP3456789B1 有效", "en": "EP3456789B1 abroad is in force", "pledge_id": null }] },
            { "criterion": "prize", "met": null, "evidence": [] },
        ] }),
        ["annuities", "basis"] => page(json!([
            { "figure": "surcharge_steps", "zh": "首月不收滞纳金", "en": "Nothing in the first month",
                "source": "未核对原文", "status": "platform_default" },
        ])),
        ["annuities"] => page(json!([
            { "patent_id": PATENT, "number": "CN115000001B", "title": "一种锂吸附剂", "kind": "invention",
                "legal_status": "granted", "holders": ["乙公司"], "owner_id": ENTERPRISE, "encumbered": true,
                "paid_until": "2026-01-03", "next": { "year": 6, "due_on": "2026-01-04", "grace_ends_on": "2026-07-04",
                    "fee": "1200.00", "surcharge": "240.00", "state": "grace" } },
        ])),
        ["dormant-patents"] => page(json!([
            { "id": PATENT, "number": "CN115000001B", "title": "一种锂吸附剂", "kind": "invention", "holders": ["大学"],
                "owner_id": BANK, "inventors": ["张三"], "granted_on": "2018-01-09", "years": 8,
                "ground": "technology_maturing", "reason": "中试阶段", "document": null, "justified_until": "2027-12-31" },
        ])),
        ["dormant-patents", _, "justifications"] => page(json!([
            { "id": ID, "patent_id": PATENT, "tenant": BANK, "tenant_name": "大学", "ground": "technology_maturing",
                "reason": "中试阶段", "document": "校科〔2026〕8号", "valid_until": "2027-12-31", "recorded_by": "龙海",
                "recorded_at": "2026-11-01T00:00:00Z", "withdrawn_on": null, "withdrawal_reason": null },
        ])),
        ["product-filings"] => page(json!([filing()])),
        ["product-filings", _, "changes"] => page(json!([
            { "version": 1, "act": "file", "reason": "", "details": {}, "made_by": "王敏", "made_at": "2026-11-01T00:00:00Z" },
        ])),
        ["product-filings", _] => filing(),
        ["prefilings"] => page(json!([prefiling()])),
        ["prefilings", _] => prefiling(),
        _ => return None,
    })
}

fn timeline() -> Value {
    let entry = |kind: &str, what: Value, supersedes: Value, superseded_by: Value| {
        json!({ "id": ID, "patent_id": PATENT, "seq": 2, "kind": kind, "happened_on": "2026-09-01", "what": what,
            "source": "国家知识产权局登记簿", "document": "2026-1", "remark": null, "recorded_by": "龙海",
            "recorded_at": "2026-11-01T00:00:00Z", "supersedes": supersedes, "superseded_by": superseded_by })
    };
    json!([
        entry(
            "annuity_missed",
            json!({ "kind": "annuity_missed", "year": 6, "amount": "1200.00" }),
            Value::Null,
            Value::Null
        ),
        entry(
            "licensed",
            json!({ "kind": "licensed", "licence": "exclusive", "licensee": "乙公司", "until": "2030-01-01" }),
            json!(ID),
            Value::Null
        ),
        entry(
            "transferred",
            json!({ "kind": "transferred", "from": ["甲公司"], "to": ["乙公司"] }),
            Value::Null,
            json!(ID)
        ),
        entry(
            "stated",
            json!({ "kind": "stated", "facts": { "legal_status": "lapsed", "disputes": [{}] } }),
            Value::Null,
            Value::Null
        ),
        entry("void", json!({ "kind": "void" }), json!(ID), Value::Null),
    ])
}

fn filing() -> Value {
    json!({ "id": ID, "tenant": BANK, "tenant_name": "大学", "product": "碳酸锂", "model": "LC-99", "enterprise_id": null,
        "enterprise_name": "乙公司", "relation": "权利要求1的方法用于产线", "launched_on": "2024-03-01", "status": "filed",
        "recognised": true, "patents": [{ "patent_id": PATENT, "number": "CN115000001B", "protects": "process",
            "claims": "1" }], "revenues": [{ "year": 2025, "revenue": "12000000.00" }],
        "recognitions": [{ "id": ID, "body": "认定平台", "certificate": "MJ-1", "recognised_on": "2026-06-01",
            "valid_until": null, "criteria": [{ "criterion": "贡献", "met": true, "evidence": "报告" }],
            "recorded_by": "王敏", "ended_on": null, "end_reason": null }],
        "filed_by": "王敏", "filed_at": "2026-11-01T00:00:00Z", "withdrawn_on": null, "withdrawal_reason": null,
        "version": 3 })
}

fn prefiling() -> Value {
    json!({ "id": ID, "tenant": BANK, "tenant_name": "大学", "title": "锂盐提纯方法", "inventors": ["王五"],
        "field": "C22B26/12", "summary": "三级沉淀", "searched": true, "search_findings": "未见相同方案",
        "market_outlook": 4, "market_note": "储能需求", "ownership": "institute", "state_funded": true,
        "project": "2024YFB0000001", "recommendation": "file", "recommendation_reason": "可实施", "evaluator": "李评",
        "maker": "龙海", "made_at": "2026-11-01T00:00:00Z", "status": "evaluated", "decision": null,
        "decision_reason": null, "decided_by": null, "decided_at": null, "patent_id": null, "linked_on": null,
        "version": 1 })
}
