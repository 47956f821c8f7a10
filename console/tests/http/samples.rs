//! Canned answers in the shapes of the public API. They exist in these tests only.

use axum::http::Method;
use identity::{Permission, Role, policy::permits};
use serde_json::{Value, json};

pub const PATENT: &str = "0190a000-0000-7000-8000-000000000001";
pub const FACILITY: &str = "0190a000-0000-7000-8000-000000000002";
pub const ENTERPRISE: &str = "0190a000-0000-7000-8000-000000000003";
pub const BANK: &str = "0190a000-0000-7000-8000-000000000004";
pub const ID: &str = "0190a000-0000-7000-8000-000000000009";

/// Who is signed in as a role, with the permissions of the real table.
pub fn me(role: &str) -> Value {
    let known: Role = role.parse().unwrap();
    let kind = known.organisation().map_or("bank", |kind| match serde_json::to_value(kind).unwrap() {
        Value::String(name) => Box::leak(name.into_boxed_str()),
        _ => "bank",
    });
    let permissions: Vec<&str> =
        Permission::ALL.iter().filter(|permission| permits(known, **permission)).map(|p| p.name()).collect();
    let id = if kind == "enterprise" { ENTERPRISE } else { BANK };
    json!({
        "user_id": ID, "username": role, "name": "王敏",
        "organisation": { "id": id, "kind": kind, "name": "青海盐湖锂业有限公司" },
        "roles": [role], "permissions": permissions, "language": "zh-CN",
    })
}

fn list(item: Value) -> Value {
    json!({ "items": [item.clone(), item], "next_cursor": "c2" })
}

pub fn patent() -> Value {
    json!({
        "id": PATENT, "number": "ZL202110000001.X", "title": "一种<锂>吸附剂", "applicants": ["青海盐湖锂业有限公司"],
        "kind": "invention", "legal_status": "granted", "ipc": ["C22B26/12", "B01J20/06"], "industry": "lithium_potassium",
        "industry_name": "锂钾新材料", "filing_date": "2021-01-04", "grant_date": "2022-06-07",
        "expires_on": "2041-01-04", "encumbered": true, "generated": true, "source": "demo",
        "annuity_status": "paid", "remaining_years": "14.1", "family_countries": ["CN", "US"], "family_size": 2,
        "encumbrances": [{ "pledge_id": ID, "bank_name": "甲银行", "since": "2026-03-01", "consented": ["licence"] }],
        "refused_disposals": [{ "act": "transfer", "refused_on": "2026-11-20", "bank_name": "甲银行", "asked_by": "转化处" }],
        "disputes": [{ "kind": "ownership", "status": "open", "noted_on": "2026-01-01" }],
        "owner_id": ENTERPRISE, "abstract": "摘要文字",
    })
}

fn valuation_row() -> Value {
    json!({
        "id": ID, "number": "PV-2026-000001", "patent_id": PATENT, "patent_number": "ZL202110000001.X",
        "patent_title": "一种锂吸附剂", "tenant_name": "甲银行", "purpose": "pledge", "score": "72.35", "grade": "B",
        "value": "12345678.90", "low": "9000000.00", "high": "15000000.00", "collateral_value": "6000000.00",
        "maximum_loan": "3000000.00", "valuation_date": "2026-11-01", "valid_until": "2027-05-01",
        "created_at": "2026-11-01T02:00:00Z",
    })
}

pub fn valuation() -> Value {
    let sub = |code: &str, zh: &str| {
        json!({ "code": code, "name_zh": zh, "name_en": format!("{code} index"), "score": "70.00", "weight": "0.25",
            "leaves": [{ "code": "l", "name_zh": "剩余保护期", "name_en": "Remaining term", "value": "14.1", "score": "80",
                "weight": "0.5", "contribution": "4.125", "reason_zh": "剩余十四年", "reason_en": "Fourteen years left", "missing": false }] })
    };
    let index = |code: &str, zh: &str| {
        json!({ "code": code, "name_zh": zh, "name_en": code, "weight": "0.35", "score": "71.20",
            "subindices": [sub(&format!("{code}1"), "稳定性"), sub(&format!("{code}2"), "保护范围")] })
    };
    let mut valuation = valuation_row();
    valuation["status"] = "completed".into();
    valuation["model_version"] = "2026.1".into();
    valuation["seed"] = 42.into();
    valuation["requested_by"] = "王敏".into();
    valuation["score"] = json!({ "total": "72.35", "grade": "B", "coverage": "0.92", "confidence": "0.8",
        "indices": [index("legal", "法律"), index("technical", "技术"), index("economic", "经济")],
        "counterfactuals": [{ "leaf": "l", "change_zh": "增加同族", "change_en": "File abroad", "gain": "1.20" }] });
    valuation["value"] = json!({ "low": "9000000.00", "value": "12345678.90", "high": "15000000.00", "currency": "CNY",
        "methods": [
            { "method": "relief_from_royalty", "name_zh": "许可费节省法", "name_en": "Relief from royalty", "value": "12000000.00",
              "weight": "0.6", "considered": true, "reason_zh": "有许可统计", "reason_en": "Licence statistics exist",
              "inputs": { "royalty_rate": "0.035" }, "detail": {} },
            { "method": "market_comparables", "name_zh": "市场法", "name_en": "Market", "value": null, "weight": "0",
              "considered": false, "reason_zh": "无可比交易", "reason_en": "No comparables", "inputs": {}, "detail": {} },
            { "method": "excess_earnings", "name_zh": "多期超额收益法", "name_en": "Excess earnings", "value": "3000000.00",
              "weight": "0.4", "considered": true, "reason_zh": "申请提供了盈利计划", "reason_en": "The request states a plan",
              "inputs": { "basis": "经审计的盈利预测", "timing": "mid_year" },
              "detail": { "stated": { "method": "excess_earnings", "earnings": ["4000000.00"] },
                  "answer": { "method": "excess_earnings", "value": "3000000.00", "value_before_tab": "2600000.00",
                      "tab_factor": "1.153846154", "periods": [{ "number": 1, "cash_flow": "3000000.00",
                          "discount_factor": "0.866666667", "present_value": "2600000.00" }] } } }],
        "weights": [{ "method": "excess_earnings", "weight": "0.4", "reason_zh": "本行模型规定权重 0.2", "reason_en": "the bank's model states 0.2" }],
        "overlays": [{ "code": "锂价", "reason": "碳酸锂价格回落", "adjustment": "-0.1", "until": "2027-06-30" }],
        "simulation": { "paths": 10000, "seed": 42, "mean": "12100000.00", "standard_deviation": "2000000.00",
            "p5": "9000000.00", "p25": "10500000.00", "p50": "12000000.00", "p75": "13500000.00", "p95": "15500000.00",
            "histogram": [{ "from": "9000000.00", "to": "11000000.00", "count": 3000 }, { "from": "11000000.00", "to": "13000000.00", "count": 7000 }],
            "tornado": [{ "driver": "royalty_rate", "low": "9000000.00", "high": "15000000.00" }],
            "correlations": { "source": "platform_default", "note_zh": "秩相关系数", "note_en": "Rank correlations",
                "pairs": [{ "first": "annual_revenue", "second": "revenue_growth", "coefficient": "0.30" }] } } });
    valuation["collateral"] = json!({ "collateral_value": "6000000.00", "liquidation_factor": "0.50", "ltv_cap": "0.50",
        "maximum_loan": "3000000.00", "net_realisable": "5500000.00", "grade": "B" });
    valuation["assumptions"] = json!({ "royalty_rate": { "value": "0.035", "source": "platform_default", "note_zh": "许可统计", "note_en": "Licence statistics" } });
    valuation["limits"] = json!([{ "zh": "仅供质押融资", "en": "For pledge financing only" }]);
    valuation
}

pub fn facility() -> Value {
    crate::line_samples::with_terms(json!({
        "id": FACILITY, "number": "CF-2026-0001", "name": "锂产业集群授信", "bank_id": BANK, "bank_name": "甲银行",
        "cluster": "盐湖锂钾", "industry": "lithium_potassium", "limit": "50000000.00", "drawn": "12000000.00",
        "reserved": "3000000.00", "available": "35000000.00", "currency": "CNY", "status": "active", "revolving": true,
        "available_from": "2026-01-01", "available_until": "2027-12-31", "annual_rate": "0.0345", "tenor_cap_months": 36,
        "single_member_cap": "0.20", "ltv_cap": "0.50", "maker": "李强", "approver": "赵琳", "reason": null, "version": 3,
        "shares": [{ "bank_id": BANK, "bank_name": "甲银行", "share": "1" }],
        "members": [{ "id": ID, "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "sub_limit": "10000000.00",
            "drawn": "2000000.00", "reserved": "0.00", "available": "8000000.00", "status": "active" }],
        "created_at": "2026-01-01T00:00:00Z",
    }))
}

pub fn application() -> Value {
    json!({
        "id": ID, "number": "AP-2026-0001", "facility_id": FACILITY, "facility_name": "锂产业集群授信", "bank_id": BANK,
        "bank_name": "甲银行", "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "amount": "3000000.00",
        "tenor_months": 12, "purpose": "采购原料", "product": "tianfu_zhilai", "status": "assessed", "pledge_id": null,
        "clock": { "kind": "decision", "started_on": "2026-11-02", "due_on": "2026-11-09", "remaining_days": 2,
            "overdue": false, "calendar_known": true },
        "deficiencies": [{ "number": 1, "items": [{ "document_kind": "business_licence", "text": "请上传" }],
            "asked_by": "李强", "asked_at": "2026-11-01T03:00:00Z", "due_on": "2026-11-10", "answer": "已上传",
            "answered_by": "王敏", "answered_at": "2026-11-01T05:00:00Z" }],
        "patents": [{ "patent_id": PATENT, "number": "ZL202110000001.X", "title": "一种锂吸附剂", "valuation_id": ID,
            "collateral_value": "6000000.00", "maximum_loan": "3000000.00", "ltv_cap": "0.5", "valid_until": "2027-05-01" }],
        "assessment": { "by": "李强", "at": "2026-11-02T02:00:00Z", "comment": "同意", "recommended_amount": "2800000.00",
            "collateral_value": "6000000.00", "maximum_loan": "3000000.00" },
        "decision": null, "created_at": "2026-11-01T02:00:00Z", "version": 3,
        "findings": [{ "code": "invalidation_pending", "severity": "soft", "subject": "ZL1", "reason_zh": "无效宣告审理中",
            "reason_en": "Invalidation pending", "cure_zh": "双方声明知悉", "cure_en": "Both sides declare it" }],
    })
}

fn checklist() -> Value {
    let item = |kind: &str, code: &str, zh: &str, present: bool| {
        json!({ "kind": kind, "code": code, "name_zh": zh, "name_en": code, "present": present,
            "cure_zh": "请上传营业执照", "cure_en": "Attach it" })
    };
    json!({
        "product": { "code": "tianfu_zhilai", "name_zh": "天府知来贷", "name_en": "Tianfu Zhilai loan",
            "amount_max": "10000000.00", "tenor_max_months": 12, "annual_rate_max": "0.045", "industries": [],
            "documents": [{ "code": "business_licence", "name_zh": "营业执照", "name_en": "Business licence" }],
            "statements": [{ "code": "start_up", "name_zh": "本企业处于初创期", "name_en": "We are a start-up" }],
            "conditions": [{ "code": "fund_filing", "text_zh": "已在补偿资金备案", "text_en": "Filed with the fund", "always": false }] },
        "items": [item("document", "business_licence", "营业执照", false), item("statement", "start_up", "本企业处于初创期", true)],
        "complete": false,
    })
}

fn authority() -> Value {
    json!({ "amount": "2800000.00", "basis": "application", "held_by_others": "0.00",
        "demand": { "amount": "2800000.00", "level": 2, "approvers": 2, "risk_consent": true },
        "consent": { "by": "孙悦", "at": "2026-11-02T03:00:00Z", "agrees": true, "comment": "可控" },
        "first_approval": { "by": "赵琳", "amount": "2800000.00" }, "own_limit": "5000000.00",
        "hindrance_zh": null, "hindrance_en": null, "delegations": [delegation()] })
}

fn delegation() -> Value {
    json!({ "id": ID, "from": "行长", "to": "赵琳", "cap": "5000000.00", "valid_from": "2026-11-01",
        "valid_until": "2026-11-30", "reason": "出差", "created_at": "2026-11-01T00:00:00Z", "revoked_at": null,
        "in_force": true, "ended_how": null, "ended_on": null })
}

fn document() -> Value {
    json!({ "id": ID, "subject_kind": "application", "subject_id": ID, "kind": "business_licence",
        "file_name": "营业执照.pdf", "media_type": "application/pdf", "bytes": 204800, "sha256": "0a1b2c",
        "scan": "clean", "scanner": "clamd", "found": null, "internal": false, "version": 2, "latest": true,
        "note": "副本", "uploaded_by": "王敏", "uploaded_for": ENTERPRISE, "uploaded_at": "2026-11-02T00:00:00Z" })
}

fn condition() -> Value {
    let mark = |by: &str| json!({ "by": by, "at": "2026-11-03T00:00:00Z", "note": "已核" });
    json!({ "id": ID, "application_id": ID, "application_number": "AP-2026-0001", "facility_id": FACILITY,
        "enterprise_name": "青海盐湖锂业有限公司", "code": null, "text": "出具担保函", "text_en": null,
        "status": "fulfilled", "blocking": true, "set": mark("赵琳"), "fulfilled": mark("李强"), "evidence": [ID],
        "confirmed": null, "waived": null, "returned": null, "version": 2 })
}

pub fn loan() -> Value {
    json!({
        "id": ID, "number": "LN-2026-0001", "facility_id": FACILITY, "facility_name": "锂产业集群授信", "bank_id": BANK,
        "bank_name": "甲银行", "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司",
        "industry": "lithium_potassium", "principal": "2000000.00", "outstanding": "1500000.00", "interest_accrued": "1437.50",
        "payoff": "1501437.50", "annual_rate": "0.0345", "day_count": "actual/360", "repayment": "interest_only",
        "tenor_months": 12, "drawn_on": "2026-06-01", "matures_on": "2027-06-01", "status": "active", "overdue_days": 3,
        "next_due": { "due": "2026-12-01", "total": "4312.50" }, "shares": [], "created_at": "2026-06-01T02:00:00Z",
        "covered_by": [{ "agreement_id": ID, "number": "FA-2026-0001", "fund_id": ID, "fund_name": "省级风险补偿资金池",
            "amount": "1500000.00" }],
        "events": [{ "name": "loan.drawn.v1", "occurred_at": "2026-06-01T02:00:00Z", "version": 1, "data": { "amount": "2000000.00" } }],
        "product": "equipment", "every_months": 1, "grace": 6, "holiday_grace": false, "penalty_rate": "0.05175",
        "admits_tranche": true, "pricing": null, "conditions": crate::lending_samples::conditions(),
        "application_id": ID, "application_product": "tianfu_zhilai", "payment_mode": "entrusted",
        "payee": { "name": "成都装备制造有限公司", "account": "6222020000000001", "reference": "合同 2026-118" },
    })
}

/// Papers for the use of a draw, brought and not yet decided on.
fn loan_task() -> Value {
    json!({
        "id": ID, "kind": "use_of_funds", "loan_id": ID, "loan_number": "LN-2026-0001", "facility_id": FACILITY,
        "bank_id": BANK, "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "draw_id": ID,
        "amount": "2000000.00", "purpose": "采购碳酸锂原料", "since": "2026-06-01", "due_on": "2026-07-01",
        "status": "supplied", "documents": [ID], "note": "购货发票", "outcome": null, "done_by": "王敏", "done_by_id": ID,
        "done_on": "2026-06-20", "decided_by": null, "decision_note": null, "created_at": "2026-06-01T10:00:00Z",
        "version": 2, "overdue": false,
    })
}

fn policy() -> Value {
    json!({
        "id": ID, "number": "PO-2026-0001", "quote_id": ID, "product": "enforcement", "insurer_name": "甲保险", "insured_id": ENTERPRISE,
        "insured_name": "青海盐湖锂业有限公司", "patent_id": PATENT, "patent_number": "ZL202110000001.X", "limit_per_claim": "850000.00",
        "aggregate_limit": "1700000.00", "aggregate_left": "1700000.00", "deductible": "20000.00", "coinsurance": "0.10",
        "premium": "10000.00", "earned": "2500.00", "unearned": "7500.00", "starts_on": "2026-08-01", "ends_on": "2027-07-31",
        "status": "in_force", "created_at": "2026-08-01T00:00:00Z",
    })
}

fn quote() -> Value {
    let mut quote = policy();
    quote["number"] = "QT-2026-0001".into();
    quote["status"] = "open".into();
    quote["valid_until"] = "2026-12-24".into();
    quote["rating"] = json!([{ "factor": "base", "name_zh": "基准费率", "name_en": "Base rate", "value": "small",
        "multiplier_or_rate": "0.0118", "reason_zh": "小微企业", "reason_en": "Small firm" }]);
    quote["referral"] =
        json!({ "required": true, "reasons": [{ "zh": "限额超过权限", "en": "Limit above authority" }] });
    quote
}

fn claim() -> Value {
    json!({
        "id": ID, "number": "CL-2026-0001", "policy_id": ID, "policy_number": "PO-2026-0001", "insured_name": "青海盐湖锂业有限公司",
        "cause": "investigation", "occurred_on": "2026-10-01", "notified_at": "2026-10-02T00:00:00Z", "loss": "100000.00",
        "reserve": "72000.00", "assessed_loss": "100000.00", "payable": "72000.00", "paid": "0.00", "status": "assessed",
        "assessor": "孙悦", "approver": null, "reason": null, "recovered": "0.00", "net_paid": "0.00",
        "recoveries": [{ "bank_id": ID, "bank_name": "甲银行", "compensation_id": ID, "compensation_number": "CC-2027-0001",
            "amount": "20000.00", "received_on": "2027-06-01" }],
    })
}

fn product() -> Value {
    json!({
        "code": "enforcement", "version": "2025.1", "name_zh": "专利执行保险", "name_en": "Patent enforcement insurance",
        "insured_object_zh": "维权费用", "insured_object_en": "Costs of enforcement", "insures": "patent", "territory": "CN",
        "waiting_period_days": 0, "deductible": "0.00", "coinsurance": "0.10", "limit_max": "10000000.00", "minimum_premium": "1000.00",
        "sub_limits": [{ "code": "investigation", "name_zh": "调查取证费用", "name_en": "Investigation costs", "share": "0.30" }],
        "declarations": [{ "code": "co_owner_consent", "name_zh": "共有人同意", "name_en": "Co-owners consent" }],
        "exclusions": [{ "zh": "故意", "en": "Intent" }], "claim_documents": [{ "zh": "发票", "en": "Invoice" }],
        "rating_factors": [{ "code": "insured_class", "asked": true, "name_zh": "企业类型", "name_en": "Class",
            "values": [{ "value": "small", "name_zh": "小微企业", "name_en": "Small firm", "multiplier": "1" }] }],
    })
}

fn overview() -> Value {
    let mut overview = json!({
        "as_of": "2026-11-24", "lag_seconds": 2,
        "totals": { "banks": 2, "facilities": 3, "limit": "90000000.00", "drawn": "30000000.00", "loans": 12,
            "outstanding": "28000000.00", "granted_amount": "41000000.00", "registered_amount": "60000000.00", "enterprises": 8,
            "overdue_loans": 1, "nonperforming": "1400000.00", "nonperforming_ratio": "0.05", "provision": "630000.00",
            "provision_cover": "0.45", "weighted_rate": "0.0352", "policies": 4, "insured_amount": "5000000.00", "premium": "80000.00" },
        "by_bank": [{ "bank_id": BANK, "bank_name": "甲银行", "facilities": 2, "limit": "50000000.00", "drawn": "12000000.00",
            "utilisation": "0.24", "loans": 8, "outstanding": "11000000.00", "enterprises": 8, "weighted_rate": "0.0345",
            "approval_rate": "0.80", "average_days_to_decision": "3.5", "ltv": "0.41", "hhi": "0.18", "top10_share": "1" }],
        "by_industry": [{ "industry": "lithium_potassium", "industry_name": "锂钾新材料", "outstanding": "11000000.00", "loans": 8 }],
        "by_month": [{ "month": "2026-10", "granted": "3000000.00", "repaid": "500000.00", "outstanding": "27000000.00", "applications": 3, "approved": 2, "premium": "10000.00" },
            { "month": "2026-11", "granted": "2000000.00", "repaid": "1000000.00", "outstanding": "28000000.00", "applications": 2, "approved": 2, "premium": "0.00" }],
        "heat_map": [{ "bank_id": BANK, "industry": "lithium_potassium", "outstanding": "11000000.00" }],
        "concentration": [{ "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "outstanding": "5000000.00", "share": "0.18" }],
    });
    overview["by_tier"] = json!([{ "tier": "normal", "loans": 11, "outstanding": "26600000.00", "share": "0.95", "provision": "280000.00", "cover": "0.01" },
        { "tier": "substandard", "loans": 1, "outstanding": "1400000.00", "share": "0.05", "provision": "350000.00", "cover": "0.25" }]);
    overview["by_stage"] = json!([{ "stage": 1, "loans": 11, "outstanding": "26600000.00", "share": "0.95", "provision": "280000.00", "cover": "0.01" },
        { "stage": 3, "loans": 1, "outstanding": "1400000.00", "share": "0.05", "provision": "350000.00", "cover": "0.25" }]);
    overview
}

fn schedule() -> Value {
    json!({ "instalments": [
            { "number": 1, "due": "2026-12-01", "principal": "0.00", "interest": "4312.50", "total": "4312.50", "balance": "1500000.00" },
            { "number": 2, "due": "2027-06-01", "principal": "1500000.00", "interest": "4312.50", "total": "1504312.50", "balance": "0.00" }],
        "totals": { "principal": "1500000.00", "interest": "8625.00", "total": "1508625.00" } })
}

fn statement(loan: bool) -> Value {
    let line = json!({ "on": "2026-09-01", "loan_id": ID, "loan_number": "LN-2026-0001", "borrower": "青海盐湖锂业有限公司",
        "kind": "payment", "source": "borrower", "principal": "500000.00", "interest": "4312.50", "penalty": "0.00",
        "fees": "0.00", "balance": "1500000.00" });
    let mut statement = json!({ "from": "2026-01-01", "to": "2026-11-24", "opening": "0.00", "lines": [line],
        "totals": { "drawn": "2000000.00", "principal": "500000.00", "interest": "4312.50", "penalty": "0.00", "fees": "0.00",
            "paid": "504312.50", "adjusted": "0.00" },
        "closing": "1500000.00", "code": "0123-4567-89AB-CDEF", "subject": "锂产业集群授信", "loans": 3 });
    if loan {
        statement["loan"] = json!({ "id": ID, "number": "LN-2026-0001", "borrower": "青海盐湖锂业有限公司", "status": "active" });
        statement["owed"] = json!({ "on": "2026-11-24", "principal": "1500000.00", "interest": "1437.50", "penalty": "0.00",
            "fees": "0.00", "payoff": "1501437.50", "overdue_days": 0 });
        statement["plan"] = json!([]);
    }
    statement
}

fn movement() -> Value {
    json!({ "id": ID, "book": BANK, "kind": "subsidy.credit", "subject_id": ID, "group_id": null, "business_date": "2026-11-20",
        "posted_at": "2026-11-20T02:00:00Z", "reversal_of": null, "reversed_by": null, "reason": null, "reversible": true,
        "entries": [{ "account": "3001", "account_name": "清算资金往来", "side": "debit", "amount": "15000.00" },
            { "account": "2011", "account_name": "吸收存款", "side": "credit", "amount": "15000.00" }] })
}

fn account_entries() -> Value {
    json!({ "book": BANK, "account": "1303", "name": "贷款", "from": "2026-10-25", "to": "2026-11-24", "opening": "1.00",
        "items": [{ "movement_id": ID, "position": 1, "kind": "loan.disbursement", "subject_id": ID, "group_id": FACILITY,
            "business_date": "2026-11-20", "posted_at": "2026-11-20T02:00:00Z", "is_reversal": true, "side": "debit",
            "amount": "2000000.00", "balance": "2000001.00" }], "next_cursor": null })
}

fn reversal() -> Value {
    json!({ "id": ID, "book": BANK, "movement_id": ID, "movement_kind": "subsidy.credit", "reason": "账号有误",
        "status": "proposed", "maker_id": ID, "maker": "李强", "checker_id": null, "checker": null, "decision_reason": null,
        "reversal_movement_id": null, "created_at": "2026-11-21T02:00:00Z", "decided_at": null })
}

fn repayment_reversal() -> Value {
    json!({ "id": ID, "repayment_id": ID, "loan_id": ID, "loan_number": "LN-2026-0001", "facility_id": FACILITY,
        "bank_id": BANK, "bank_name": "甲银行", "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司",
        "amount": "504312.50", "principal": "500000.00", "interest": "4312.50", "fees": "0.00", "paid_on": "2026-09-01",
        "status": "proposed", "reason": "记错贷款", "maker": "李强", "maker_id": ID, "approver": null,
        "decision_reason": null, "created_at": "2026-11-21T02:00:00Z", "decided_at": null, "reversed_on": null,
        "correction": null, "version": 1 })
}

fn subsidy_claim() -> Value {
    json!({ "id": ID, "number": "S20261124-0000000A", "scheme_id": ID, "scheme_name": "天府知来贷贴息", "fund_id": BANK,
        "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "bank_id": BANK, "bank_name": "甲银行",
        "kind": "interest", "loan_id": ID, "loan_number": "LN-2026-0001", "period_from": "2026-01-01",
        "period_to": "2026-06-30", "contract_rate": "0.045", "subsidy_rate": "0.015", "year": 2026, "basis": "45000.00",
        "computed": "15000.00", "amount": "12000.00", "status": "submitted", "maker": "王敏", "decided_by": null,
        "reason": null, "paid_by": null, "paid_on": null, "credit_id": null, "created_at": "2026-11-21T02:00:00Z",
        "would_grant": "12000.00", "version": 3,
        "payments": [{ "repayment_id": ID, "paid_on": "2026-03-31", "interest": "45000.00", "claimed": true }] })
}

fn subsidy_scheme() -> Value {
    json!({ "id": ID, "fund_id": BANK, "fund_name": "四川省风险补偿基金", "name": "天府知来贷贴息", "source": "试行办法（2025年）",
        "kind": "interest", "annual_rate": "0.015", "premium_scale": null, "product": null,
        "application_product": "tianfu_zhilai", "exclude_overdue": true, "exclude_restructured": true,
        "exclude_misused": true, "cap_per_year": "200000.00",
        "budget_per_year": null, "valid_from": "2025-01-01", "valid_until": "2027-12-31", "status": "active",
        "funded": "1000000.00", "paid": "12000.00", "held": "988000.00", "maker": "周航", "checker": "吴静", "reason": null,
        "created_at": "2026-01-02T02:00:00Z", "version": 3, "funding": [{ "amount": "1000000.00", "reference": "川财〔2026〕1号",
            "booked_on": "2026-01-05", "recorded_by": "周航", "created_at": "2026-01-05T02:00:00Z" }] })
}

/// A pledge whose change the register wants corrected, late, with papers that did not arrive.
fn pledge() -> Value {
    let patent = |id: &str, number: &str, released: Option<&str>, status: &str, challenges: &[&str]| {
        json!({ "patent_id": id, "number": number, "title": "一种提锂装置", "collateral_value": "3000000.00",
            "valid_until": "2027-05-24", "released_on": released,
            "right": { "status": status, "since": "2026-11-20", "challenges": challenges } })
    };
    let mut pledge = json!({ "id": ID, "number": "PL-1", "application_id": ID, "facility_id": FACILITY,
        "bank_name": "甲银行", "enterprise_name": "青海盐湖锂业有限公司", "status": "registered",
        "registration_number": "Y2026980001", "secured_amount": "3000000.00", "collateral_value": "6000000.00",
        "maximum_loan": "3000000.00", "carrying": "2000000.00", "submitted_at": "2026-11-03T00:00:00Z",
        "registered_on": "2026-11-05", "as_of": "2026-11-24", "overdue": true, "decided_outside": false });
    pledge["delivery_error"] = json!("the office answered 503");
    pledge["filing"] =
        json!({ "id": ID, "kind": "registration", "state": "deficient", "due_on": "2026-11-06" });
    pledge["patents"] = json!([
        patent(PATENT, "CN115000001B", None, "lapsed", &["invalidation"]),
        patent(ID, "CN115000002B", Some("2026-11-22"), "", &[]),
    ]);
    let mut filing = json!({ "id": ID, "kind": "registration", "state": "deficient", "online": true,
        "delivery": "given_up", "filed_at": "2026-11-03T00:00:00Z", "office_reference": "S2026-1", "decided_on": null,
        "grounds": ["co_owned"], "decision_note": null, "withdrawal_asked": true, "corrections": 0 });
    filing["deficiency"] = json!({ "text": "请补充共有人同意", "grounds": ["co_owned"], "asked_on": "2026-11-04",
        "answer_by": "2026-11-30" });
    filing["papers"] = json!({ "reason": null, "change": null, "contract": {
        "pledgor": { "name": "青海盐湖锂业有限公司", "address": "格尔木市" },
        "pledgee": { "name": "甲银行", "address": "西宁市" },
        "claim_kind": "贷款债权", "debt_until": "2027-11-03", "scope": "主债权及利息" } });
    pledge["filings"] = json!([filing]);
    pledge
}

fn pledge_line() -> Value {
    json!({ "id": ID, "filing_id": ID, "at": "2026-11-04T02:00:00Z", "on": "2026-11-04", "kind": "deficient",
        "who": "登记机关", "details": { "text": "请补充共有人同意", "grounds": ["co_owned"], "sequence": 2,
            "came_to": "contradicts" } })
}

fn revaluation() -> Value {
    json!({ "id": ID, "pledge_id": ID, "pledge_number": "PL-1", "enterprise_name": "青海盐湖锂业有限公司",
        "status": "proposed", "collateral_before": "6000000.00", "collateral_after": "7000000.00",
        "carrying_before": "2000000.00", "carrying_after": "3000000.00", "comment": "定期重估", "proposed_by": "周航",
        "proposed_at": "2026-11-20T02:00:00Z", "decided_by": null, "decided_at": null, "decision_note": null,
        "version": 1, "patents": [{ "patent_id": PATENT, "number": "CN115000001B", "valuation_before": ID,
            "value_before": "3000000.00", "valid_before": "2027-05-24", "valuation_id": PATENT,
            "collateral_value": "4000000.00", "maximum_loan": "2000000.00", "valid_until": "2027-11-24" }] })
}

fn pledge_consent() -> Value {
    json!({ "id": ID, "pledge_id": ID, "patents": [PATENT], "acts": ["licence"], "terms": "普通许可给乙公司",
        "valid_from": "2026-11-01", "valid_until": "2027-02-28", "given_by": "赵琳", "given_at": "2026-11-01T02:00:00Z",
        "revoked_at": null, "revoke_reason": null, "version": 1 })
}

/// What the public register shows: something where a registration number is asked for.
pub fn register_entries(query: &str) -> Value {
    if !query.contains("registration_number=Y2026980001") {
        return json!({ "items": [], "next_cursor": null, "built_in": false });
    }
    let mut found = list(
        json!({ "registration_number": "Y2026980001", "status": "annulled", "pledgor": "青海盐湖锂业有限公司",
        "pledgee": "甲银行", "registered_on": "2026-11-05", "cancelled_on": null, "annulled_on": "2026-11-20",
        "patents": [{ "number": "CN115000001B", "title": "一种锂吸附剂", "released_on": null }] }),
    );
    found["built_in"] = json!(true);
    found
}

/// The answer to a request; `None` is 404.
pub fn answer(method: &Method, path: &str) -> Option<Value> {
    let (_, rest) = path.strip_prefix("/api/")?.split_once("/v1/")?;
    let service = path.split('/').nth(2)?;
    let steps: Vec<&str> = rest.split('/').collect();
    if steps.contains(&"missing") {
        return None;
    }
    if *method == Method::POST {
        return Some(posted(&steps));
    }
    if let Some(shared) = crate::line_samples::shared(&steps) {
        return Some(shared);
    }
    if let Some(found) = crate::catalogue_samples::answer(&steps) {
        return Some(found);
    }
    if let Some(found) = valuation_answer(&steps) {
        return Some(found);
    }
    let one = |item: fn() -> Value| if steps.len() == 1 { list(item()) } else { item() };
    Some(match (service, steps.as_slice()) {
        (
            "supervision",
            ["recoveries" | "disposals" | "funds" | "fund-agreements" | "fund-movements" | "appeals", ..],
        ) => return crate::supervision_samples::answer(&steps),
        (_, ["loans", "statement"] | ["facilities", _, "statement"]) => statement(false),
        (_, ["facilities", _, "changes"]) => {
            json!([{ "id": ID, "status": "proposed", "limit": "60000000.00", "members": [],
            "reason": "扩产", "maker": "李强", "created_at": "2026-11-01T00:00:00Z" }])
        }
        (_, ["facilities", _, "loans"]) => list(loan()),
        (_, ["facilities", _, "products"] | ["loans", _, "tranches"]) => {
            crate::lending_samples::listed(&steps)
        }
        (
            _,
            [
                "facilities",
                _,
                "members" | "deposits" | "borrowing-base" | "triggers" | "authority" | "pledge-waivers",
                ..,
            ]
            | ["facilities", _, "changes", _, "authority"]
            | ["margin-calls"],
        ) => {
            return crate::line_samples::answer(&steps);
        }
        (_, ["facilities", ..]) => one(facility),
        (_, ["applications", _, "checklist"]) => checklist(),
        (_, ["applications", _, "authority"]) => authority(),
        (_, ["applications", _, "conditions"]) | (_, ["conditions"]) => list(condition()),
        (_, ["loan-tasks", ..]) => one(loan_task),
        (_, ["applications" | "pledges" | "adjustments" | "disposal-cases" | "loans", _, "documents"]) => {
            list(document())
        }
        (_, ["application-products"]) => list(checklist()["product"].clone()),
        (_, ["documents", ..]) => one(document),
        (_, ["delegations", ..]) => one(delegation),
        (_, ["approvers"]) => {
            list(json!({ "user_id": ID, "name": "赵琳", "known_since": "2026-11-01T00:00:00Z" }))
        }
        (_, ["blacklist", ..]) => one(|| {
            json!({ "id": ID, "name": "失信企业", "credit_code": "91630000MA0000000X", "source": "dishonest_debtor",
                "reason": "有履行能力而拒不履行", "valid_from": "2026-01-01", "valid_until": null, "entered_by": "孙悦",
                "entered_at": "2026-01-01T00:00:00Z", "ended_at": null, "in_force": true })
        }),
        (_, ["connected-groups", ..]) => one(|| {
            json!({ "id": ID, "name": "甲系企业", "reason": "同一实际控制人", "declared_by": "孙悦",
                "created_at": "2026-01-01T00:00:00Z", "dissolved_at": null, "version": 1,
                "members": [{ "enterprise_id": ENTERPRISE, "name": "青海盐湖锂业有限公司", "relation": "母公司" }] })
        }),
        (_, ["applications", ..]) => one(application),
        (_, ["pledges", "reconciliation"]) => {
            json!({ "agrees": false, "registered": 2, "shown": 1, "not_registered": [],
            "not_shown": [{ "pledge_id": ID, "patent_id": PATENT }] })
        }
        (_, ["pledges", _, "history"]) => list(pledge_line()),
        (_, ["pledges", _, "consents"]) => list(pledge_consent()),
        (_, ["pledges", _, "revaluations", ..] | ["pledge-revaluations", ..]) => list(revaluation()),
        (_, ["pledges", ..]) => one(pledge),
        (_, ["loans", _, "statement" | "settlement-certificate"]) => statement(true),
        (_, ["ledger", ..]) => books(&steps),
        (_, ["ledger-reversals", ..]) => one(reversal),
        (_, ["repayment-reversals", ..]) => one(repayment_reversal),
        (_, ["payment-instructions", ..]) => one(crate::lending_samples::payment_instruction),
        (_, ["subsidy-claims", ..]) => one(subsidy_claim),
        (_, ["subsidy-schemes", "presets"]) => list(subsidy_scheme()),
        (_, ["subsidy-schemes", ..]) => one(subsidy_scheme),
        (_, ["subsidy-policies"]) => {
            list(json!({ "policy_id": ID, "number": "PO-2026-0001", "product": "enforcement",
            "insurer_name": "甲保险", "premium": "10000.00", "starts_on": "2026-08-01", "ends_on": "2027-07-31",
            "status": "bound" }))
        }
        (
            _,
            ["loans", _, "adjustments" | "pricing" | "payoff"]
            | ["adjustments" | "change-requests", ..]
            | ["reference-rates" | "working-days"]
            | ["reference-rates", "standing"]
            | ["closings", ..],
        ) => {
            return crate::adjustment_samples::answer(&steps);
        }
        (_, ["risk", ..] | ["parameters", ..] | ["loans", _, "risk" | "classifications"]) => {
            return crate::risk_samples::answer(&steps);
        }
        (_, ["loans", _, "schedule"]) => schedule(),
        (_, ["loans", _, "movements"]) => {
            json!([{ "id": ID, "kind": "loan.drawn", "business_date": "2026-06-01",
            "entries": [{ "account": "1001", "account_name": "贷款", "side": "debit", "amount": "2000000.00" }] }])
        }
        (_, ["loans", _, "repayments"]) => {
            list(json!({ "id": ID, "loan_id": ID, "amount": "504312.50", "interest": "4312.50",
            "principal": "500000.00", "fees": "0.00", "outstanding": "1500000.00", "paid_on": "2026-09-01",
            "source": "borrower", "status": "active", "reversed_on": null }))
        }
        (_, ["notices"]) => {
            list(json!({ "id": ID, "loan_id": ID, "loan_number": "LN-2026-0001", "kind": "overdue",
            "due_on": "2026-12-01", "amount": "4312.50", "business_date": "2026-12-02",
            "created_at": "2026-12-02T16:05:00Z" }))
        }
        (_, ["loans", ..]) => one(loan),
        (_, ["products"]) => json!([product()]),
        (_, ["products", _]) => product(),
        (_, ["quotes", ..]) => one(quote),
        (_, ["policies", ..]) => one(policy),
        (_, ["claims", ..]) => one(claim),
        (_, ["insurable-loans"]) => {
            list(json!({ "loan_id": ID, "number": "LN-1", "bank_name": "甲银行", "enterprise_name": "企业",
            "outstanding": "1.00", "matures_on": "2027-06-01", "insured": false }))
        }
        (_, ["overview"]) => overview(),
        (_, ["warnings"]) => list(
            json!({ "id": ID, "rule": "value_drop", "severity": "high", "subject": "loan", "subject_id": ID,
            "title_zh": "质物价值下跌", "title_en": "Value down", "value": "0.25", "threshold": "0.20",
            "raised_at": "2026-11-20T00:00:00Z", "status": "open" }),
        ),
        (_, ["warning-rules"]) => {
            json!([{ "code": "value_drop", "name_zh": "质物价值下跌", "name_en": "Value down", "threshold": "0.20", "severity": "high" }])
        }
        (_, ["valuation-deviations"]) => {
            json!([{ "patent_id": PATENT, "number": "ZL1", "title": "锂", "low": "1.00", "high": "2.00",
            "spread": "0.5", "values": [{ "bank_id": BANK, "bank_name": "甲银行", "value": "1.00", "valuation_date": "2026-11-01" }] }])
        }
        (_, ["organisations" | "users" | "services" | "keys" | "audit", ..]) => administration(&steps),
        (_, steps) => return crate::recovery_samples::answer(steps),
    })
}

/// The answer about patents and what they are worth; `None` where it is about another thing.
fn valuation_answer(steps: &[&str]) -> Option<Value> {
    let one = |item: fn() -> Value| if steps.len() == 1 { list(item()) } else { item() };
    Some(match steps {
        ["patents", _, "score" | "scores"] | ["scoring-runs" | "patent-scores", ..] => {
            crate::score_samples::answer(steps)
        }
        ["patents", "search"] | ["patents", _, "matches"] | ["needs" | "matches" | "matching-rules", ..] => {
            crate::matching_samples::answer(steps)
        }
        [
            "stocktakes" | "stocktake-items" | "stocktake-columns" | "evaluation-rounds" | "evaluations",
            ..,
        ] => crate::stocktake_samples::answer(steps),
        ["patents", ..] => one(patent),
        [
            "reports"
            | "report-verifications"
            | "revaluation-triggers"
            | "portfolios"
            | "pledge-revaluations-due"
            | "revaluations",
            ..,
        ] => crate::report_samples::answer(steps),
        ["models" | "overrides" | "backtests" | "realisations", ..] | ["valuations", _, "challengers"] => {
            crate::models::answer(steps)
        }
        ["valuations", _, "reproduction"] => json!({ "identical": true, "model_version": "2026.1",
            "current_version": "2026.1", "content_hash": "ab".repeat(32) }),
        ["valuations"] => list(valuation_row()),
        ["valuations", _] => valuation(),
        ["reference" | "deals", ..] => crate::reference::answer(steps),
        ["imports"] => list(import("finished")),
        ["imports", _] => import("running"),
        _ => return None,
    })
}

/// The books.
fn books(steps: &[&str]) -> Value {
    match steps {
        ["ledger", "accounts", _, "entries"] => account_entries(),
        ["ledger", "movements", _] => movement(),
        ["ledger", "day-balances"] => {
            list(json!({ "business_date": "2026-11-20", "account": "1303", "name": "贷款",
            "opening": "1.00", "debit": "2.00", "credit": "0.00", "closing": "3.00" }))
        }
        ["ledger", "control-accounts"] => {
            list(json!({ "book": BANK, "book_name": "甲银行", "account": "1303",
            "name": "贷款", "what": "loan_principal", "rows": "3.00", "ledger": "3.00", "agrees": true }))
        }
        ["ledger", "trial-balance"] => {
            json!({ "book": BANK, "as_of": "2026-11-24", "accounts": [{ "account": "1001", "name_zh": "贷款",
            "name_en": "Loans", "memorandum": false, "debit": "1.00", "credit": "0.00" }, { "account": "9101",
            "name_zh": "表外应收未收利息", "name_en": "Suspended interest", "memorandum": true, "debit": "7.00",
            "credit": "0.00", "balance": "7.00" }], "totals": { "debit": "1.00", "credit": "1.00" },
            "memorandum": { "debit": "7.00", "credit": "7.00" }, "vat_rate": "0.0600",
            "positions": [{ "what": "undrawn_commitments", "amount": "8.00" }] })
        }
        _ => {
            json!([{ "facility_id": FACILITY, "number": "CF-2026-0001", "drawn": "1.00", "loans_outstanding": "1.00",
            "members_drawn": "1.00", "ledger": "1.00", "agrees": true }])
        }
    }
}

/// Who works here, and with what.
fn administration(steps: &[&str]) -> Value {
    let one = |item: fn() -> Value| if steps.len() == 1 { list(item()) } else { item() };
    match steps {
        ["organisations", ..] => one(
            || json!({ "id": ENTERPRISE, "kind": "enterprise", "name": "青海盐湖锂业有限公司", "credit_code": "91630000MA0000000X", "created_at": "2026-01-01T00:00:00Z" }),
        ),
        ["users"] => list(
            json!({ "id": ID, "username": "officer@bank-a.demo", "name": "李强", "organisation_name": "甲银行",
            "roles": ["loan_officer"], "active": true, "locked_until": null }),
        ),
        ["services"] => {
            json!({ "items": [{ "service": "valuation", "ready": true, "breaker_open": false, "address": null }] })
        }
        ["keys"] => {
            json!({ "items": [{ "id": "k1", "purpose": "user", "algorithm": "EdDSA", "created_at": "2026-01-01T00:00:00Z" }] })
        }
        _ => list(
            json!({ "id": ID, "at": "2026-11-01T00:00:00Z", "user_name": "李强", "action": "facility.approve",
            "subject": "facility", "subject_id": FACILITY, "details": { "limit": "1" } }),
        ),
    }
}

fn import(state: &str) -> Value {
    let result = json!({ "read": 3, "imported": 2, "updated": 0, "unchanged": 0, "rejected": 1,
        "errors": [{ "line": 2, "column": "number", "reason": "校验位不符" }] });
    json!({ "id": ID, "file_name": "patents.csv", "state": state, "done": 1, "total": 3, "percent": 33.3, "rows_per_second": 900.0,
        "remaining_seconds": 2, "result": result })
}

fn posted(steps: &[&str]) -> Value {
    if let Some(value) = crate::adjustment_samples::posted(steps) {
        return value;
    }
    match steps {
        ["schedules", _] => schedule(),
        ["appraisals", _] => {
            json!({ "value": "1234567.89", "value_before_tab": "1100000.00", "tab_factor": "1.1223" })
        }
        ["applications", "eligibility"] => json!({ "eligible": true, "findings": application()["findings"] }),
        ["subsidy-claims", "preview"] => subsidy_claim(),
        ["facilities", _, "drawdowns", "preview"] | ["loans", _, "tranches", "preview"] => {
            crate::lending_samples::preview(steps)
        }
        [.., "drawdowns"] => json!({ "id": ID, "loan_id": ID, "loan_number": "LN-2026-0001" }),
        ["users"] => json!({ "id": ID, "username": "new@bank-a.demo", "one_time_password": "once-only-1" }),
        _ => json!({ "id": ID }),
    }
}
