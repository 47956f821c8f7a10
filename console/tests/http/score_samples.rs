//! Scores, runs over the catalogue, and trial appraisals by each method.

use serde_json::{Value, json};

use crate::samples::{ID, PATENT};

/// The answer to a read.
pub fn answer(steps: &[&str]) -> Value {
    match steps {
        ["patents", _, "score"] => score(),
        ["patents", _, "scores"] => {
            json!({ "items": [line(change()), line(redefined()), line(read_otherwise())], "next_cursor": null })
        }
        ["patent-scores"] => {
            json!({ "items": [{ "patent_id": PATENT, "number": "CN115000001B", "title": "一种锂吸附剂",
            "total": "71.18", "grade": "A", "coverage": "0.9100", "percentile": "0.8340", "field": "20", "field_zh": "材料、冶金",
            "field_en": "Materials, metallurgy", "year": 2019, "scored_on": "2026-11-24",
            "model_version": "gbt42748-platform-2" }], "next_cursor": null })
        }
        ["scoring-runs"] => json!({ "items": [run("finished")], "next_cursor": null }),
        _ => run("running"),
    }
}

fn run(state: &str) -> Value {
    json!({ "id": ID, "scenario": "pledge", "model": "platform", "bank_id": null,
        "model_version": "gbt42748-platform-2", "model_version_id": null, "scored_on": "2026-11-24", "requested_by": "李强", "state": state,
        "done": 900_000, "total": 2_000_000, "percent": 45, "patents_per_second": 12_345, "remaining_seconds": 44,
        "counts": { "read": 900_000, "written": 0, "assessed": 0, "graded": 0, "changed": 0, "cohorts": 0 },
        "created_at": "2026-11-24T02:00:00Z" })
}

fn change() -> Value {
    json!({ "previous_on": "2026-10-01", "previous_outcome": "assessed", "previous_total": "68.20",
        "previous_grade": "A", "other_model": false, "points": "2.98", "definition_points": "0.00", "definition_only": false,
        "leaves": [
            { "code": "L23", "cause": "fact", "before": "1.00", "after": "4.00", "value_before": "40.00", "value_after": "75.00",
              "weight_before": "0.0013", "weight_after": "0.0420", "contribution_before": "0.05",
              "contribution_after": "3.15", "points": "3.10", "parts": [{ "cause": "fact", "points": "3.10" }] },
            { "code": "E11", "cause": "time", "before": "12.40", "after": "12.20", "value_before": "87.20",
              "value_after": "86.60", "weight_before": "0.0930", "weight_after": "0.0924", "contribution_before": "8.12",
              "contribution_after": "8.00", "points": "-0.12", "parts": [{ "cause": "time", "points": "-0.06" },
                { "cause": "reweighted", "points": "-0.06" }] }] })
}

/// What another version of the tree alone brought.
fn redefined() -> Value {
    json!({ "previous_on": "2026-09-01", "previous_outcome": "assessed", "previous_total": "66.10",
        "previous_grade": "A", "other_model": true, "points": "2.10", "definition_points": "2.10", "definition_only": true,
        "leaves": [
            { "code": "L23", "cause": "weight_changed", "before": "1.00", "after": "1.00", "value_before": "40.00",
              "value_after": "40.00", "weight_before": "0.0420", "weight_after": "0.1050", "contribution_before": "1.68",
              "contribution_after": "4.20", "points": "2.52", "parts": [{ "cause": "weight_changed", "points": "2.52" }] },
            { "code": "T99", "cause": "leaf_removed", "before": "2.00", "after": null, "value_before": "10.00",
              "value_after": null, "weight_before": "0.0420", "weight_after": null, "contribution_before": "0.42",
              "contribution_after": "0.00", "points": "-0.42", "parts": [{ "cause": "leaf_removed", "points": "-0.42" }] }] })
}

/// A leaf reads another figure, recorded when that was still taken for the definition's work alone.
fn read_otherwise() -> Value {
    json!({ "previous_on": "2026-08-01", "previous_outcome": "assessed", "previous_total": "68.20",
        "previous_grade": "A", "other_model": true, "points": "-2.10", "definition_points": "0.00", "definition_only": true,
        "leaves": [
            { "code": "T98", "cause": "reading_changed", "before": "40.00", "after": "3.00", "value_before": "90.00",
              "value_after": "40.00", "weight_before": "0.0420", "weight_after": "0.0420", "contribution_before": "3.78",
              "contribution_after": "1.68", "points": "-2.10", "parts": [{ "cause": "reading_changed", "points": "-2.10" }] }] })
}

fn line(change: Value) -> Value {
    json!({ "run_id": ID, "scored_on": "2026-11-24", "at": "2026-11-24T02:00:00Z", "outcome": "assessed",
        "total": "71.18", "grade": "A", "coverage": "0.9100", "percentile": "0.8340",
        "model_version": "gbt42748-platform-2", "change": change })
}

fn score() -> Value {
    let child = |code: &str, zh: &str, points: &str| json!({ "code": code, "name_zh": zh, "name_en": zh, "score": "71.00", "weight": "0.3300", "contribution": points });
    let index = |code: &str, zh: &str, children: Value| {
        json!({ "code": code, "name_zh": zh, "name_en": zh, "score": "71.00", "weight": "0.3300",
            "contribution": "23.70", "children": children })
    };
    let leaf = |missing: bool| {
        json!({ "code": "L23", "name_zh": "同族国家和地区", "name_en": "Countries of the family",
            "value": if missing { Value::Null } else { json!("75.00") }, "weight": "0.0420", "contribution": "3.15",
            "reason_zh": "同族覆盖国家和地区 4 个：75 分", "reason_en": "Family countries: 4: 75 points",
            "basis": "recorded", "missing": missing })
    };
    json!({
        "patent_id": PATENT, "number": "CN115000001B", "title": "一种锂吸附剂", "scenario": "pledge",
        "valued_on": "2026-11-24", "outcome": "assessed", "reason_zh": null, "reason_en": null,
        "score": { "total": "71.18", "grade": "A", "coverage": "0.9100", "model_version": "gbt42748-platform-2",
            "indices": [
                index("L", "法律价值", json!([child("L1", "权利稳定性", "12.00"), child("L2", "保护范围", "11.70")])),
                index("T", "技术价值", json!([child("T1", "先进性", "23.70")])),
                index("E", "经济价值", json!([child("E1", "剩余经济寿命", "23.78")]))],
            "leaves": [leaf(false), leaf(true)] },
        "counterfactuals": [{ "leaf": "L23", "change_zh": "新增两个海外同族国家或地区",
            "change_en": "two more overseas family members", "total": "74.28", "gain": "3.10" }],
        "standing": { "run_id": ID, "scored_on": "2026-11-24", "outcome": "assessed", "total": "71.18", "grade": "A",
            "coverage": "0.9100", "percentile": "0.8340", "field": "20", "field_zh": "材料、冶金",
            "field_en": "Materials, metallurgy", "year": 2019, "cohort_breadth": "field_year", "cohort_size": 240,
            "cohort_scored": 212, "small_cohort": false, "cohort_mean": "58.40",
            "cohort_parts": [{ "code": "L1", "points": "9.00" }, { "code": "L2", "points": "12.00" },
                { "code": "T1", "points": "18.00" }, { "code": "E1", "points": "19.40" }],
            "oecd": { "indicators": [
                { "indicator": "forward_citations", "value": "3.000000", "cohort_maximum": "20.000000",
                  "normalised": "0.150000", "small_cohort": false, "basis": "window_open", "confidence": "0.50" },
                { "indicator": "generality", "value": null, "cohort_maximum": null, "normalised": null,
                  "small_cohort": true, "basis": null, "confidence": "0.00" }],
                "confidence": "0.2308", "quality_4": null, "quality_6": null, "breakthrough": false, "citation_window_open": true },
            "change": change(), "model_version": "gbt42748-platform-2" }
    })
}

/// A trial appraisal by a method.
pub fn appraisal(method: &str) -> Option<Value> {
    Some(match method {
        "relief_from_royalty" | "excess_earnings" | "with_and_without" => json!({
            "method": method, "value": "1234567.89", "value_before_tab": "1100000.00", "tab_factor": "1.1223",
            "periods": [{ "number": 1, "cash_flow": "600000.00", "discount_factor": "0.869565217",
                "present_value": "521739.13" }] }),
        "replacement_cost" => json!({ "method": method, "value": "321480.00", "cost_new": "470000.00",
            "remaining": "0.684000000" }),
        "market_comparables" => json!({ "method": method, "value": "1200000.00", "low": "990000.00",
            "high": "1200000.00", "adjusted": ["990000.00", "1200000.00"] }),
        "hedonic" => {
            json!({ "method": method, "value": "1300000.00", "low": "1000000.00", "high": "1700000.00",
            "coefficients": ["0.120000000"], "r_squared": "0.910000000", "residual_deviation": "0.110000000" })
        }
        "royalty_capitalisation" => {
            json!({ "method": method, "value": "3125000.00", "multiple": "8.333333333" })
        }
        "real_option" => json!({ "method": method, "value": "9068654.34", "european": "9068654.34",
            "american": "16030000.00", "npv": "5470000.00", "with_abandonment": null, "d1": "1.136190134",
            "d2": "-0.815219613", "steps": 500 }),
        "monte_carlo" => json!({ "method": method, "value": "1351791.11", "standard_deviation": "259787.85",
            "standard_error": "1837.00", "p5": "950000.00", "p10": "1030000.00", "p25": "1170000.00",
            "p50": "1340000.00", "p75": "1520000.00", "p90": "1690000.00", "p95": "1800000.00", "paths": 20000,
            "seed": 42, "histogram": [{ "from": "500000.00", "to": "1000000.00", "count": 1500 },
                { "from": "1000000.00", "to": "2500000.00", "count": 18500 }],
            "tornado": [{ "name": "royalty_rate", "input_low": "0.038944", "input_high": "0.061056",
                "at_low": "1050000.00", "at_high": "1640000.00" }] }),
        "profit_split" => {
            json!({ "method": method, "rate": "0.012100", "score": "0.710000000", "value": "81026.79",
            "value_before_tab": "81026.79", "tab_factor": "1.000000000", "periods": [{ "number": 1,
                "cash_flow": "90750.00", "discount_factor": "0.892857143", "present_value": "81026.79" }] })
        }
        "remaining_life" => json!({ "method": method, "years": "10.000000000", "limited_by": "technology",
            "legal_years": "15.000000000", "technology_years": "10.000000000", "product_plan_years": "12.000000000" }),
        "reconciliation" => {
            json!({ "method": method, "value": "840000.00", "low": "300000.00", "high": "1200000.00",
            "indications": [
                { "method": "许可费节省法", "value": "1200000.00", "weight": "0.6", "part": "720000.00" },
                { "method": "成本法", "value": "300000.00", "weight": "0.4", "part": "120000.00" }] })
        }
        "collateral_value" => json!({ "method": method, "value": "4647688.36", "forced": "5500000.00",
            "net_realisable": "5060000.00", "net": "4647688.360977", "liquidation_factor": "0.464769", "grade": "A",
            "ltv_cap": "0.70", "maximum_loan": "3253381.85" }),
        _ => return None,
    })
}
