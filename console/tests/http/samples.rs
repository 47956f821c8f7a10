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
        "encumbrances": [{ "pledge_id": ID, "bank_name": "甲银行", "since": "2026-03-01" }],
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
              "considered": false, "reason_zh": "无可比交易", "reason_en": "No comparables", "inputs": {}, "detail": {} }],
        "simulation": { "paths": 10000, "seed": 42, "mean": "12100000.00", "standard_deviation": "2000000.00",
            "p5": "9000000.00", "p25": "10500000.00", "p50": "12000000.00", "p75": "13500000.00", "p95": "15500000.00",
            "histogram": [{ "from": "9000000.00", "to": "11000000.00", "count": 3000 }, { "from": "11000000.00", "to": "13000000.00", "count": 7000 }],
            "tornado": [{ "driver": "royalty_rate", "low": "9000000.00", "high": "15000000.00" }] } });
    valuation["collateral"] = json!({ "collateral_value": "6000000.00", "liquidation_factor": "0.50", "ltv_cap": "0.50",
        "maximum_loan": "3000000.00", "net_realisable": "5500000.00", "grade": "B" });
    valuation["assumptions"] = json!({ "royalty_rate": { "value": "0.035", "source": "platform_default", "note_zh": "许可统计", "note_en": "Licence statistics" } });
    valuation["limits"] = json!([{ "zh": "仅供质押融资", "en": "For pledge financing only" }]);
    valuation
}

pub fn facility() -> Value {
    json!({
        "id": FACILITY, "number": "CF-2026-0001", "name": "锂产业集群授信", "bank_id": BANK, "bank_name": "甲银行",
        "cluster": "盐湖锂钾", "industry": "lithium_potassium", "limit": "50000000.00", "drawn": "12000000.00",
        "reserved": "3000000.00", "available": "35000000.00", "currency": "CNY", "status": "active", "revolving": true,
        "available_from": "2026-01-01", "available_until": "2027-12-31", "annual_rate": "0.0345", "tenor_cap_months": 36,
        "single_member_cap": "0.20", "ltv_cap": "0.50", "maker": "李强", "approver": "赵琳", "reason": null, "version": 3,
        "shares": [{ "bank_id": BANK, "bank_name": "甲银行", "share": "1" }],
        "members": [{ "id": ID, "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "sub_limit": "10000000.00",
            "drawn": "2000000.00", "reserved": "0.00", "available": "8000000.00", "status": "active" }],
        "created_at": "2026-01-01T00:00:00Z",
    })
}

pub fn application() -> Value {
    json!({
        "id": ID, "number": "AP-2026-0001", "facility_id": FACILITY, "facility_name": "锂产业集群授信", "bank_id": BANK,
        "bank_name": "甲银行", "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "amount": "3000000.00",
        "tenor_months": 12, "purpose": "采购原料", "status": "assessed", "pledge_id": null,
        "patents": [{ "patent_id": PATENT, "number": "ZL202110000001.X", "title": "一种锂吸附剂", "valuation_id": ID,
            "collateral_value": "6000000.00", "maximum_loan": "3000000.00", "ltv_cap": "0.5", "valid_until": "2027-05-01" }],
        "assessment": { "by": "李强", "at": "2026-11-02T02:00:00Z", "comment": "同意", "recommended_amount": "2800000.00",
            "collateral_value": "6000000.00", "maximum_loan": "3000000.00" },
        "decision": null, "created_at": "2026-11-01T02:00:00Z",
        "findings": [{ "code": "invalidation_pending", "severity": "soft", "subject": "ZL1", "reason_zh": "无效宣告审理中",
            "reason_en": "Invalidation pending", "cure_zh": "双方声明知悉", "cure_en": "Both sides declare it" }],
    })
}

pub fn loan() -> Value {
    json!({
        "id": ID, "number": "LN-2026-0001", "facility_id": FACILITY, "facility_name": "锂产业集群授信", "bank_id": BANK,
        "bank_name": "甲银行", "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司",
        "industry": "lithium_potassium", "principal": "2000000.00", "outstanding": "1500000.00", "interest_accrued": "1437.50",
        "payoff": "1501437.50", "annual_rate": "0.0345", "day_count": "actual/360", "repayment": "interest_only",
        "tenor_months": 12, "drawn_on": "2026-06-01", "matures_on": "2027-06-01", "status": "active", "overdue_days": 3,
        "next_due": { "due": "2026-12-01", "total": "4312.50" }, "shares": [], "created_at": "2026-06-01T02:00:00Z",
        "events": [{ "name": "loan.drawn.v1", "occurred_at": "2026-06-01T02:00:00Z", "version": 1, "data": { "amount": "2000000.00" } }],
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
        "assessor": "孙悦", "approver": null, "reason": null,
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
    json!({
        "as_of": "2026-11-24", "lag_seconds": 2,
        "totals": { "banks": 2, "facilities": 3, "limit": "90000000.00", "drawn": "30000000.00", "loans": 12,
            "outstanding": "28000000.00", "granted_amount": "41000000.00", "registered_amount": "60000000.00", "enterprises": 8,
            "overdue_loans": 1, "weighted_rate": "0.0352", "policies": 4, "insured_amount": "5000000.00", "premium": "80000.00" },
        "by_bank": [{ "bank_id": BANK, "bank_name": "甲银行", "facilities": 2, "limit": "50000000.00", "drawn": "12000000.00",
            "utilisation": "0.24", "loans": 8, "outstanding": "11000000.00", "enterprises": 8, "weighted_rate": "0.0345",
            "approval_rate": "0.80", "average_days_to_decision": "3.5", "ltv": "0.41", "hhi": "0.18", "top10_share": "1" }],
        "by_industry": [{ "industry": "lithium_potassium", "industry_name": "锂钾新材料", "outstanding": "11000000.00", "loans": 8 }],
        "by_month": [{ "month": "2026-10", "granted": "3000000.00", "repaid": "500000.00", "outstanding": "27000000.00", "applications": 3, "approved": 2, "premium": "10000.00" },
            { "month": "2026-11", "granted": "2000000.00", "repaid": "1000000.00", "outstanding": "28000000.00", "applications": 2, "approved": 2, "premium": "0.00" }],
        "heat_map": [{ "bank_id": BANK, "industry": "lithium_potassium", "outstanding": "11000000.00" }],
        "concentration": [{ "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "outstanding": "5000000.00", "share": "0.18" }],
    })
}

fn schedule() -> Value {
    json!({ "instalments": [
            { "number": 1, "due": "2026-12-01", "principal": "0.00", "interest": "4312.50", "total": "4312.50", "balance": "1500000.00" },
            { "number": 2, "due": "2027-06-01", "principal": "1500000.00", "interest": "4312.50", "total": "1504312.50", "balance": "0.00" }],
        "totals": { "principal": "1500000.00", "interest": "8625.00", "total": "1508625.00" } })
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
    let one = |item: fn() -> Value| if steps.len() == 1 { list(item()) } else { item() };
    Some(match (service, steps.as_slice()) {
        (_, ["patents", ..]) => one(patent),
        (_, ["valuations"]) => list(valuation_row()),
        (_, ["valuations", _]) => valuation(),
        (_, ["imports"]) => list(import("finished")),
        (_, ["imports", _]) => import("running"),
        (_, ["facilities", _, "changes"]) => {
            json!([{ "id": ID, "status": "proposed", "limit": "60000000.00", "members": [],
            "reason": "扩产", "maker": "李强", "created_at": "2026-11-01T00:00:00Z" }])
        }
        (_, ["facilities", _, "loans"]) => list(loan()),
        (_, ["facilities", ..]) => one(facility),
        (_, ["applications", ..]) => one(application),
        (_, ["pledges", ..]) => one(|| {
            json!({ "id": ID, "number": "PL-1", "application_id": ID, "facility_id": FACILITY, "bank_name": "甲银行",
                "enterprise_name": "青海盐湖锂业有限公司", "status": "submitted", "secured_amount": "3000000.00",
                "collateral_value": "6000000.00", "maximum_loan": "3000000.00", "patents": [], "submitted_at": "2026-11-03T00:00:00Z" })
        }),
        (_, ["loans", _, "schedule"]) => schedule(),
        (_, ["loans", _, "movements"]) => {
            json!([{ "id": ID, "kind": "loan.drawn", "business_date": "2026-06-01",
            "entries": [{ "account": "1001", "account_name": "贷款", "side": "debit", "amount": "2000000.00" }] }])
        }
        (_, ["loans", _, "repayments"]) => {
            list(json!({ "id": ID, "amount": "504312.50", "interest": "4312.50", "principal": "500000.00",
            "outstanding": "1500000.00", "paid_on": "2026-09-01" }))
        }
        (_, ["loans", ..]) => one(loan),
        (_, ["ledger", "trial-balance"]) => {
            json!({ "book": BANK, "as_of": "2026-11-24", "accounts": [{ "account": "1001", "name_zh": "贷款",
            "name_en": "Loans", "debit": "1.00", "credit": "0.00" }], "totals": { "debit": "1.00", "credit": "1.00" } })
        }
        (_, ["ledger", ..]) => {
            json!([{ "facility_id": FACILITY, "number": "CF-2026-0001", "drawn": "1.00", "loans_outstanding": "1.00",
            "members_drawn": "1.00", "ledger": "1.00", "agrees": true }])
        }
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
        (_, ["organisations", ..]) => one(
            || json!({ "id": ENTERPRISE, "kind": "enterprise", "name": "青海盐湖锂业有限公司", "credit_code": "91630000MA0000000X", "created_at": "2026-01-01T00:00:00Z" }),
        ),
        (_, ["users"]) => list(
            json!({ "id": ID, "username": "officer@bank-a.demo", "name": "李强", "organisation_name": "甲银行",
            "roles": ["loan_officer"], "active": true, "locked_until": null }),
        ),
        (_, ["services"]) => {
            json!({ "items": [{ "service": "valuation", "ready": true, "breaker_open": false, "address": null }] })
        }
        (_, ["keys"]) => {
            json!({ "items": [{ "id": "k1", "purpose": "user", "algorithm": "EdDSA", "created_at": "2026-01-01T00:00:00Z" }] })
        }
        (_, ["audit"]) => list(
            json!({ "id": ID, "at": "2026-11-01T00:00:00Z", "user_name": "李强", "action": "facility.approve",
            "subject": "facility", "subject_id": FACILITY, "details": { "limit": "1" } }),
        ),
        _ => return None,
    })
}

fn import(state: &str) -> Value {
    let result = json!({ "read": 3, "imported": 2, "updated": 0, "unchanged": 0, "rejected": 1,
        "errors": [{ "line": 2, "column": "number", "reason": "校验位不符" }] });
    json!({ "id": ID, "file_name": "patents.csv", "state": state, "done": 1, "total": 3, "percent": 33.3, "rows_per_second": 900.0,
        "remaining_seconds": 2, "result": result })
}

fn posted(steps: &[&str]) -> Value {
    match steps {
        ["schedules", _] => schedule(),
        ["appraisals", _] => {
            json!({ "value": "1234567.89", "value_before_tab": "1100000.00", "tab_factor": "1.1223" })
        }
        ["applications", "eligibility"] => json!({ "eligible": true, "findings": application()["findings"] }),
        [.., "drawdowns"] => json!({ "id": ID, "loan_id": ID, "loan_number": "LN-2026-0001" }),
        ["users"] => json!({ "id": ID, "username": "new@bank-a.demo", "one_time_password": "once-only-1" }),
        _ => json!({ "id": ID }),
    }
}
