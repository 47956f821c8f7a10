//! Canned answers about valuation reports, revaluation triggers and portfolios.

use serde_json::{Value, json};

use crate::samples::{ENTERPRISE, ID, PATENT, valuation};

pub const CODE: &str = "7K3M-9Q2A-4XTC-0B1F-E";

fn list(row: Value) -> Value {
    json!({ "items": [row], "next_cursor": null })
}

pub fn report(status: &str) -> Value {
    let issued = !matches!(status, "draft" | "prepared");
    json!({
        "id": ID, "number": "VR20261124-1", "code": issued.then_some(CODE),
        "verification_url": issued.then(|| format!("https://ipf.example/verify?code={CODE}")), "tenant_name": "甲银行", "valuation_id": ID,
        "valuation_number": "V-2026-0001", "patent_id": PATENT, "patent_number": "CN115000001B",
        "patent_title": "一种锂吸附剂", "purpose": "pledge", "value": "12345678.90", "valuation_date": "2026-11-24",
        "valid_until": "2027-05-23", "status": status,
        "texts": { "intended_user": "甲银行信贷审批部", "special_assumptions": "许可谈判按期完成", "comments": "已核查登记簿" },
        "drafted_by": "王敏", "drafted_at": "2026-11-24T01:00:00Z", "prepared_by": "王敏",
        "prepared_at": "2026-11-24T02:00:00Z", "reviewed_by": issued.then_some("赵琳"),
        "reviewed_at": issued.then_some("2026-11-24T03:00:00Z"), "issued_on": issued.then_some("2026-11-24"),
        "returned": null, "superseded_by": null, "withdrawn_by": null, "withdrawn_at": null, "withdrawal_reason": null,
        "content_sha256": issued.then_some("ab".repeat(32)), "files": [], "version": 3,
    })
}

fn content() -> Value {
    let both = |zh: &str, en: &str| json!({ "zh": zh, "en": en });
    let engagement = json!({
            "client": "甲银行", "intended_user": "甲银行信贷审批部", "purpose_code": "pledge",
            "purpose": both("为质押融资提供参考", "to support financing"),
            "value_type": both("市场价值", "market value"), "premise": both("持续有效", "stays in force"),
            "currency": "CNY", "valuation_date": "2026-11-24", "report_date": "2026-11-24", "valid_until": "2027-05-23",
            "standards": [both("GB/T 42748-2023", "GB/T 42748-2023")], "valuation_id": ID,
            "valuation_number": "V-2026-0001",
    });
    let subject = json!({
            "patent_id": PATENT, "number": "CN115000001B", "title": "一种锂吸附剂", "kind": "invention",
            "jurisdiction": "CN", "applicants": ["青海盐湖锂业有限公司"], "owners": [], "inventors": ["李明"],
            "ipc": ["C22B26/12"], "industry": both("锂钾", "Lithium and potassium"), "filed_on": "2021-01-04",
            "granted_on": "2023-02-03", "expires_on": "2041-01-04", "annuities_paid_to": "2027-01-04",
            "legal_status": "granted", "claims": 10, "family_countries": [], "licences": 1, "transfers": 0,
            "disputes": [{ "kind": "invalidation", "status": "open", "noted_on": "2026-10-01" }],
            "encumbrances": [{ "pledgee": "乙银行", "since": "2026-03-01" }], "source": "示例", "generated": true,
    });
    json!({
        "schema": "ip-finance/valuation-report/1", "number": "VR20261124-1", "code": CODE,
        "engagement": engagement, "subject": subject,
        "result": valuation(),
        "evidence": { "row": "C39 2022", "royalty_low": "0.02", "royalty_high": "0.05", "fee_mean": "3210000.00",
            "source_zh": "专利许可统计", "source_en": "Licence statistics" },
        "deals": [{ "deal_id": ID, "revision": 1, "kind": "sale", "dealt_on": "2026-03-01", "price": "2000000.00",
            "factors": ["1"], "adjusted_price": "2100000.00", "similarity": "0.7" }],
        "model": { "version": "2026.1", "seed": 42, "paths": 5000, "inputs_sha256": "cd".repeat(32),
            "value": "12345678.90" },
        "special_assumptions": "许可谈判按期完成", "comments": "已核查登记簿",
        "statements": [both("内部评估报告。", "An internal valuation.")],
        "signatures": {
            "prepared": { "name": "王敏", "organisation": "甲银行", "at": "2026-11-24T02:00:00Z" },
            "reviewed": { "name": "赵琳", "organisation": "甲银行", "at": "2026-11-24T03:00:00Z" },
        },
    })
}

pub fn verification() -> Value {
    json!({
        "number": "VR20261124-1", "code": CODE, "issuer": "甲银行", "patent_number": "CN115000001B",
        "purpose": "pledge", "valuation_date": "2026-11-24", "issued_on": "2026-11-24", "valid_until": "2027-05-23",
        "status": "issued", "in_force": true, "content_sha256": "ab".repeat(32), "file_matches": true,
        "file_kind": "pdf_zh", "value_matches": false,
    })
}

fn due() -> Value {
    json!({
        "id": ID, "pledge_id": ID, "pledge_number": "P-2026-0001", "bank_id": ID, "bank_name": "甲银行",
        "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司", "tenant_name": "甲银行",
        "patent_id": PATENT, "patent_number": "CN115000001B", "patent_title": "一种锂吸附剂", "valuation_id": ID,
        "valuation_number": "V-2026-0001", "purpose": "pledge", "cause": "invalidation_filed",
        "cause_zh": "被请求宣告无效", "cause_en": "invalidation requested",
        "reason_zh": "记录到无效宣告请求", "reason_en": "A request for invalidation was recorded",
        "noted_on": "2026-11-20", "deadline": "2026-12-05", "status": "due", "closed_by": null, "closed_on": null,
    })
}

fn rules() -> Value {
    let rules = json!([
        { "cause": "invalidation_filed", "enabled": true, "deadline_days": 15, "threshold": null },
        { "cause": "market_moved", "enabled": false, "deadline_days": 30, "threshold": "0.15" },
    ]);
    json!({ "rules": rules, "defaults": true, "platform": { "rules": rules }, "changed_by": null, "changed_at": null,
        "version": 0, "on": "2026-11-24", "active": null, "proposal": rules_version() })
}

fn rules_version() -> Value {
    json!({
        "id": ID, "organisation_id": ID, "organisation_name": "甲银行", "version": 2, "rules": [],
        "effective_from": "2026-12-01", "reason": "按年度评审缩短期限", "status": "proposed", "maker_id": ID,
        "maker": "赵琳", "approver": null, "decision_reason": null, "created_at": "2026-11-24T01:00:00Z",
        "decided_at": null,
    })
}

fn rules_difference() -> Value {
    let rule = |days: u32| json!({ "cause": "invalidation_filed", "enabled": true, "deadline_days": days });
    json!({ "from": null, "to": rules_version(),
        "differences": [{ "cause": "invalidation_filed", "before": rule(15), "after": rule(7) }] })
}

fn concentration() -> Value {
    let group = |key: &str| json!({ "key": key, "count": 2, "value": "9000000.00", "share": "0.9" });
    json!([
        { "by": "owner", "herfindahl": "0.82", "groups": [group("青海盐湖锂业有限公司"), group("others")] },
        { "by": "industry", "herfindahl": "1", "groups": [group("lithium_potassium")] },
        { "by": "ipc_class", "herfindahl": "1", "groups": [group("C22B")] },
        { "by": "grade", "herfindahl": "1", "groups": [group("")] },
    ])
}

fn summary() -> Value {
    let mut summary = json!({
        "patents": 2, "assessed": 2, "valuations": 1, "value": "10000000.00", "collateral_value": "4000000.00",
        "maximum_loan": "2000000.00", "seed": 7, "paths": 10000, "p5": "6000000.00", "p25": "8000000.00",
        "p50": "9500000.00", "p75": "11500000.00", "p95": "16000000.00", "deviation": "3000000.00",
        "deviation_independent": "2000000.00", "deviation_as_one": "4000000.00", "diversification": "0.25",
        "top_1": "0.9", "top_5": "1", "top_10": "1", "gini": "0.4",
    });
    summary["histogram"] = json!([{ "from": "5000000.00", "to": "10000000.00", "count": 6000 }]);
    summary["concentration"] = concentration();
    summary["lorenz"] = json!([{ "patents": "0", "value": "0" }, { "patents": "1", "value": "1" }]);
    summary["weak_links"] = json!([{ "patent_id": PATENT, "patent_number": "CN115000001B",
        "why": ["short_validity"], "value": "1000000.00", "risk_share": "0.2" }]);
    summary["synergy"] = json!({ "rate": "0.1", "reason": "工艺互补", "value": "11000000.00" });
    summary
}

fn portfolio() -> Value {
    json!({
        "id": ID, "number": "PF20261124-1", "tenant_name": "甲银行", "name": "锂产业组合", "basis": "patents",
        "valuation_date": "2026-11-24", "status": "valued", "members": 2, "value": "10000000.00",
        "created_by": "王敏", "created_at": "2026-11-24T01:00:00Z", "done": 2, "failure": null,
        "spec": { "purpose": "pledge", "market_correlation": "0.2", "industry_correlation": "0.15",
            "synergy_rate": "0.1", "synergy_reason": "工艺互补" },
        "summary": summary(),
    })
}

fn member() -> Value {
    json!({
        "position": 1, "patent_id": PATENT, "patent_number": "CN115000001B", "patent_title": "一种锂吸附剂",
        "owner": "青海盐湖锂业有限公司", "industry": "lithium_potassium", "ipc_class": "C22B", "assessed": true,
        "reason_zh": null, "reason_en": null, "valuation_id": ID, "score": "72.35", "grade": "B",
        "value": "9000000.00", "low": "6000000.00", "high": "15000000.00", "collateral_value": "4000000.00",
        "maximum_loan": "2000000.00", "valid_until": "2027-05-23",
    })
}

/// The answer to a path below the base.
pub fn answer(steps: &[&str]) -> Value {
    match steps {
        ["reports"] => list(report("issued")),
        ["reports", _, "content"] => content(),
        ["reports", ..] => report("draft"),
        ["report-verifications"] => verification(),
        ["revaluation-triggers", "rules"] => rules(),
        ["revaluation-triggers", "rules", "versions"] => list(rules_version()),
        ["revaluation-triggers", "rules", "diff"] => rules_difference(),
        ["revaluation-triggers", "rules", ..] => rules_version(),
        ["portfolios"] => list(portfolio()),
        ["portfolios", _, "members"] => list(member()),
        ["portfolios", ..] => portfolio(),
        _ => list(due()),
    }
}
