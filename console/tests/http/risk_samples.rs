//! Canned answers about the risk of loans and a bank's parameters.

use serde_json::{Value, json};

use crate::samples::{BANK, ENTERPRISE, FACILITY, ID};

fn listed(item: Value) -> Value {
    json!({ "items": [item.clone(), item], "next_cursor": null })
}

fn group(loans: i64, balance: &str, provision: &str) -> Value {
    json!({ "loans": loans, "balance": balance, "provision": provision, "cover": "0.035", "share": "0.5" })
}

fn with(mut group: Value, name: &str, value: Value) -> Value {
    group[name] = value;
    group
}

fn summary() -> Value {
    let tiers = [("normal", 2), ("special_mention", 1), ("substandard", 1), ("doubtful", 0), ("loss", 0)];
    let stages = [1, 2, 3].map(|stage| with(group(1, "1000000.00", "35000.00"), "stage", stage.into()));
    let bands = ["current", "1_30", "31_90", "91_270", "271_360", "361_up"];
    let flags = [
        "overdue",
        "ltv_above_cap",
        "valuation_expired",
        "patent_life_short",
        "concentration",
        "pledge_lost",
    ];
    json!({
        "on": "2026-11-24", "all": group(4, "6000000.00", "210000.00"),
        "tiers": tiers.map(|(tier, loans)| with(group(loans, "1500000.00", "52500.00"), "tier", tier.into())),
        "stages": stages,
        "overdue": bands.map(|band| with(group(1, "1000000.00", "0.00"), "overdue", band.into())),
        "flags": flags.map(|flag| with(group(0, "0.00", "0.00"), "flag", flag.into())),
        "nonperforming": group(1, "1500000.00", "52500.00"), "nonperforming_ratio": "0.25", "provision_cover": "0.14",
        "unassessed": group(1, "500000.00", "0.00"),
        "migration": { "from": "2026-10-24", "to": "2026-11-24", "moves": [
            { "from": "normal", "to": "normal", "loans": 7 }, { "from": "normal", "to": "special_mention", "loans": 2 },
            { "from": null, "to": "normal", "loans": 3 }, { "from": "loss", "to": null, "loans": 5 }] },
    })
}

fn judgement() -> Value {
    json!({ "id": ID, "loan_id": ID, "loan_number": "LN-2026-0001", "enterprise_name": "青海盐湖锂业有限公司",
        "tier": "doubtful", "impairment": "0.6", "rule_tier": "special_mention", "reason": "主要客户<破产>",
        "status": "proposed", "maker": "周宁", "decider": null, "decision_reason": null,
        "created_at": "2026-11-23T02:00:00Z", "decided_at": null })
}

fn reason() -> Value {
    json!({ "zh": "逾期 15 天，至少归为关注类。", "en": "Overdue for 15 days: at least special-mention.",
        "basis_zh": "《商业银行金融资产风险分类办法》第十条", "basis_en": "Classification Rules 2023, article 10",
        "article": 10 })
}

fn risk() -> Value {
    json!({
        "loan_id": ID, "number": "LN-2026-0001", "facility_id": FACILITY, "facility_name": "锂产业集群授信",
        "bank_id": BANK, "bank_name": "甲银行", "enterprise_id": ENTERPRISE, "enterprise_name": "青海盐湖锂业有限公司",
        "outstanding": "1500000.00", "matures_on": "2027-06-01", "tier": "special_mention", "own_tier": "special_mention",
        "stage": 2, "overdue_days": 15, "expected_loss": "150000.00", "provision": "150000.00", "cover": "0.1",
        "parts": [{ "bank_id": BANK, "bank_name": "甲银行", "provision": "150000.00" }],
        "flags": [{ "flag": "overdue", "zh": "逾期" }, { "flag": "concentration", "zh": "集中度接近上限" }],
        "reasons": [reason()], "since": "2026-11-10", "assessed_on": "2026-11-24", "cleared_on": null,
        "nonperforming_since": null, "observed_since": null,
        "judged": { "tier": null, "impairment": "0.3", "reason": "停产" },
        "watched": { "on": "2026-11-20", "by": "周宁", "reason": "主要供应商停产" },
        "judgement": judgement(), "version": 3,
        "history": [
            { "from": "2026-11-10", "until": null, "tier": "special_mention", "stage": 2, "provision": "150000.00",
              "flags": ["overdue"], "cause": "close", "reasons": [reason()], "made_at": "2026-11-10T17:00:00Z" },
            { "from": "2026-06-02", "until": "2026-11-10", "tier": "normal", "stage": 1, "provision": "20000.00",
              "flags": [], "cause": "close", "reasons": [], "made_at": "2026-06-01T17:00:00Z" }],
    })
}

fn content(days: i64) -> Value {
    json!({ "classification": { "substandard_after_days": days }, "pd": { "normal": ["0.02", "0.03"] },
        "scenarios": [{ "name": "基准 baseline", "weight": "1", "pd_factor": "1.6" }] })
}

fn doc(field: &str, zh: &str, en: &str, unit: &str) -> Value {
    json!({ "field": field, "zh": zh, "en": en, "unit": unit, "source_zh": "平台默认值", "source_en": "platform default" })
}

fn docs() -> Value {
    json!([
        doc(
            "classification.substandard_after_days",
            "逾期超过此天数，至少归为次级类",
            "overdue for more days: substandard",
            "days"
        ),
        doc("pd.normal[]", "逐年违约概率", "probability of default of each year", "fraction"),
        doc("scenarios[].name", "情景名称", "the scenario's name", "text"),
        doc("scenarios[].weight", "情景权重", "the scenario's weight", "fraction"),
        doc("scenarios[].pd_factor", "违约概率乘数", "what probabilities are multiplied by", "factor"),
    ])
}

fn version(status: &str) -> Value {
    json!({ "id": ID, "bank_id": BANK, "bank_name": "甲银行", "kind": "risk", "version": 2, "content": content(60),
        "effective_from": "2026-12-01", "reason": "从严管理", "status": status, "maker_id": ID, "maker": "周宁",
        "approver": null, "decision_reason": null, "created_at": "2026-11-23T02:00:00Z", "decided_at": null })
}

fn kind() -> Value {
    json!({ "kind": "risk", "zh": "风险分类与预期信用损失", "en": "Classification and expected loss", "on": "2026-11-24",
        "source": "platform_default", "content": content(90), "default": content(90), "fields": docs(), "active": null,
        "from_the_first_of_a_month": false, "first_day": "2026-11-24", "proposal": version("proposed") })
}

/// The answer to a request; `None` is 404.
pub fn answer(steps: &[&str]) -> Option<Value> {
    Some(match steps {
        ["risk", "summary"] => summary(),
        ["risk", "loans"] => listed(risk()),
        ["risk", "commitments"] => {
            listed(json!({ "facility_id": FACILITY, "facility_number": "CF-2026-0001",
            "facility_name": "锂产业集群授信", "bank_id": BANK, "bank_name": "甲银行", "undrawn": "8000000.00", "provision": "48000.00",
            "assessed_on": "2026-11-23" }))
        }
        ["risk", "classifications"] | ["loans", _, "classifications"] => listed(judgement()),
        ["loans", _, "risk"] => risk(),
        ["parameters"] => listed(kind()),
        ["parameters", _] => kind(),
        ["parameters", _, "versions"] => listed(version("proposed")),
        ["parameters", _, "versions", _] => version("proposed"),
        ["parameters", _, "diff"] => {
            json!({ "kind": "risk", "from": null, "to": version("proposed"), "fields": docs(),
            "differences": [{ "field": "classification.substandard_after_days", "before": 90, "after": 60 }] })
        }
        _ => return None,
    })
}
