//! A body for each command of the API, as its document shows it. A test sends every one of them to its handler, so that
//! none shows what is not taken. Commands whose body is a reason alone, or empty, need no entry: their example follows
//! from their schema.

use serde_json::{Value, json};
use utoipa::openapi::{
    OpenApi, RefOr,
    path::Operation,
    schema::{Components, Schema},
};

/// An id, as it looks.
const ID: &str = "018f4e2a-7c3d-7b1e-9a54-3f2b6c8d9e01";
/// Another one.
const OTHER: &str = "018f4e2a-7c3d-7b1e-9a54-3f2b6c8d9e02";

/// Puts the examples into a document.
pub(crate) fn put(document: &mut OpenApi) {
    let components = document.components.clone().unwrap_or_default();
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            put_into(operation, &components);
        }
    }
}

fn put_into(operation: &mut Operation, components: &Components) {
    let named = operation.operation_id.as_deref().and_then(of);
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    let Some(RefOr::T(content)) = body.content.get_mut("application/json") else { return };
    if content.example.is_none() {
        content.example = named.or_else(|| plain(content.schema.as_ref()?, components));
    }
}

/// The example of a body that is a reason alone, or nothing.
fn plain(schema: &RefOr<Schema>, components: &Components) -> Option<Value> {
    let object = match schema {
        RefOr::T(Schema::Object(object)) => object,
        RefOr::T(_) => return None,
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next()?;
            match components.schemas.get(name)? {
                RefOr::T(Schema::Object(object)) => object,
                _ => return None,
            }
        }
    };
    let names: Vec<&str> = object.properties.keys().map(String::as_str).collect();
    match names[..] {
        [] => Some(json!({})),
        ["reason"] => Some(json!({ "reason": "经核实，情况属实" })),
        ["comment"] => Some(json!({ "comment": "同意" })),
        _ => None,
    }
}

/// The example of a command.
fn of(operation: &str) -> Option<Value> {
    lending(operation)
        .or_else(|| deciding(operation))
        .or_else(|| pledging(operation))
        .or_else(|| after(operation))
}

/// Lines, draws, payments and what is agreed anew.
fn lending(operation: &str) -> Option<Value> {
    Some(match operation {
        "propose_facility" => json!({
            "name": "锂产业集合授信", "cluster": "盐湖锂产业集群", "industry": "C26", "limit": "50000000.00",
            "revolving": true, "available_from": "2026-12-01", "available_until": "2028-11-30",
            "annual_rate": "0.0345", "tenor_cap_months": 36, "single_member_cap": "0.2", "ltv_cap": "0.5",
            "over_allotment": "1.2", "group_cap": "0.3", "pool_cap": "1",
            "liability": { "kind": "joint", "basis": "draw", "rate": "0.05" },
            "collateral": { "rule": "own" },
            "triggers": { "non_performing_ratio": "0.03", "member_tier": "substandard", "fund_exhausted": true },
            "members": [
                { "enterprise_id": ID, "sub_limit": "8000000.00" },
                { "enterprise_id": OTHER, "share": "0.1", "group": "甲集团" },
            ],
        }),
        "propose_facility_change" => json!({
            "limit": "60000000.00", "available_until": "2029-11-30", "resume": [ID], "reason": "年度复核，成员增加",
        }),
        "approve_facility"
        | "approve_facility_change"
        | "approve_pledge_waiver"
        | "agree_to_facility"
        | "approve_disposal_proposal"
        | "agree_to_facility_change"
        | "agree_to_pledge_waiver"
        | "agree_to_write_off" => json!({ "comment": "同意，按条件执行" }),
        "propose_pledge_waiver" => json!({
            "enterprise_id": ID, "amount": "500000.00", "until": "2026-12-31", "reason": "登记机构系统升级",
        }),
        "pay_in_deposit" => json!({
            "enterprise_id": ID, "kind": "mutual_aid", "amount": "50000.00", "comment": "互助保证金首期",
        }),
        "give_back_deposit" => json!({ "enterprise_id": ID, "kind": "mutual_aid", "amount": "10000.00" }),
        "draw" | "preview_draw" => json!({
            "enterprise_id": ID, "amount": "3000000.00", "tenor_months": 12, "product": "quarterly_settled",
            "repayment": "interest_only", "purpose": "采购碳酸锂原料",
        }),
        "draw_tranche" | "preview_tranche" => json!({
            "amount": "500000.00", "purpose": "设备第二期款", "payment_mode": "entrusted",
            "payee": { "name": "成都装备制造有限公司", "account": "6222020000000001", "reference": "合同 2026-118 第二期" },
        }),
        "prove_use_of_funds" => json!({ "document_ids": [ID], "note": "购货合同及发票" }),
        "record_loan_check" => json!({
            "outcome": "watch", "findings": "存货周转变慢，已要求提供订单", "document_ids": [ID],
            "next_due_on": "2027-01-31",
        }),
        "repay" => json!({ "amount": "85309.90", "comment": "第 3 期" }),
        "confirm_payment_instruction" => {
            json!({ "amount": "85309.90", "reference": "大额支付 2026112400123456" })
        }
        "charge_fee" => json!({ "amount": "300.00", "reason": "公证费代垫" }),
        "preview_adjustment" => json!({ "kind": "extension", "months": 6 }),
        "propose_adjustment" => json!({
            "change": { "kind": "extension", "months": 6 }, "reason": "回款延后，借款人申请展期",
        }),
        "approve_adjustment" => json!({ "reason": "同意展期", "loan_version": 7 }),
        "ask_for_change" => json!({
            "change": { "kind": "extension", "months": 6 }, "reason": "下游回款延后，申请展期六个月",
        }),
        "take_up_change_request" => json!({
            "change": { "kind": "extension", "months": 3 }, "reason": "经核实回款延后三个月",
        }),
        "consent_to_adjustment" => json!({ "note": "同意上述变更方案" }),
        "preview_schedule" => json!({
            "principal": "1000000.00", "annual_rate": "0.0435", "first_drawdown": "2024-01-01", "instalments": 12,
            "period": "month", "repayment": "equal_instalment", "day_count": "30/360",
        }),
        "close_business" => json!({ "business_date": "2026-11-23" }),
        _ => return None,
    })
}

/// Applications, authority, parameters, counterparties.
fn deciding(operation: &str) -> Option<Value> {
    Some(match operation {
        "check_eligibility" => json!({
            "facility_id": ID, "amount": "3000000.00", "tenor_months": 12, "patent_ids": [OTHER],
        }),
        "submit_application" => json!({
            "facility_id": ID, "amount": "3000000.00", "tenor_months": 12, "purpose": "采购原材料",
            "patent_ids": [OTHER], "declarations": ["invalidation_pending"],
        }),
        "assess_application" => json!({
            "valuations": [{ "patent_id": ID, "valuation_id": OTHER }], "recommended_amount": "2500000.00",
            "comment": "现金流覆盖本息，同意",
        }),
        "approve_application" => {
            json!({ "amount": "2500000.00", "conditions": [{ "text": "放款前补充保单" }] })
        }
        "consent_to_application"
        | "consent_to_facility"
        | "consent_to_facility_change"
        | "consent_to_pledge_waiver"
        | "consent_to_disposal_proposal"
        | "speak_on_adjustment" => {
            json!({ "agrees": true, "comment": "无异议" })
        }
        "ask_for_correction" => {
            json!({ "items": [{ "document_kind": "business_licence", "text": "营业执照已过期，请更新" }] })
        }
        "correct_application" => json!({ "answer": "已更新营业执照" }),
        "fulfil_condition" => json!({ "note": "保单已出", "document_ids": [ID] }),
        "confirm_condition" => json!({ "note": "已核对原件" }),
        "enter_blacklist" => json!({
            "name": "甲公司", "enterprise_id": ID, "source": "own_list", "reason": "骗取贷款",
            "valid_from": "2026-11-24",
        }),
        "declare_connected_group" | "change_connected_group" => json!({
            "name": "甲集团", "reason": "同一实际控制人",
            "members": [
                { "enterprise_id": ID, "name": "甲公司", "relation": "母公司" },
                { "enterprise_id": OTHER, "name": "乙公司", "relation": "子公司" },
            ],
        }),
        "make_delegation" => json!({
            "to_user_id": ID, "cap": "5000000.00", "valid_from": "2026-12-01", "valid_until": "2026-12-31",
            "reason": "出差期间",
        }),
        "propose_parameters" => json!({
            "content": { "line_levels": [
                { "up_to": "100000000.00", "approvers": 1, "risk_consent": false },
                { "up_to": null, "approvers": 2, "risk_consent": true },
            ] },
            "effective_from": "2027-01-01", "reason": "年度授权调整",
        }),
        "approve_parameters" => json!({}),
        "refuse_parameters" => json!({ "reason": "与行内授权不符" }),
        _ => return None,
    })
}

/// Pledges and their register.
fn pledging(operation: &str) -> Option<Value> {
    Some(match operation {
        "submit_pledge" => json!({ "online": true }),
        "register_pledge" => json!({ "registration_number": "Y2026980001234" }),
        "correct_pledge" => json!({ "note": "已补正质押合同第三条" }),
        "change_pledge" => {
            json!({ "secured_amount": "2000000.00", "release": [ID], "reason": "部分还款后解除一件" })
        }
        "give_pledge_consent" => json!({
            "acts": ["licence"], "patents": [ID], "terms": "普通许可，许可费汇入监管账户",
            "valid_from": "2026-12-01", "valid_until": "2027-11-30",
        }),
        "pledge_ask_for_correction" => {
            json!({ "text": "专利号与登记簿不符，请核对", "answer_by": "2026-12-05" })
        }
        "refuse_pledge" | "annul_pledge" => {
            json!({ "grounds": ["already_pledged"], "reason": "专利已设立质押" })
        }
        "propose_revaluation" => json!({
            "valuations": [{ "patent_id": ID, "valuation_id": OTHER }], "comment": "到期重估",
        }),
        "approve_revaluation" => json!({ "comment": "同意" }),
        "register_callback" => json!({
            "request_id": ID, "sequence": 2, "on": "2026-11-26",
            "answer": { "kind": "registered", "registration_number": "Y2026980001234" },
        }),
        _ => return None,
    })
}

/// Risk, disposal, funds, subsidies, corrections of the books.
fn after(operation: &str) -> Option<Value> {
    Some(match operation {
        "propose_classification" => json!({ "tier": "substandard", "reason": "主要客户破产，回款无着" }),
        "confirm_classification" => json!({ "reason": "同意" }),
        "propose_for_insurer_payment" => json!({
            "kind": "give_back", "amount": "15000.00", "reason": "超出代偿申请的部分", "reference": "大额支付 2027042200123456",
        }),
        "open_disposal_case" => json!({ "loan_id": ID, "cause": "overdue" }),
        "note_collection" => json!({
            "kind": "promise", "contact": "财务负责人", "note": "承诺月底前还款",
            "promise": { "amount": "100000.00", "until": "2027-12-31" },
        }),
        "propose_in_disposal_case" => json!({
            "kind": "proceeds", "method": "auction", "buyer": "某科技公司", "reference": "成交确认书 1 号",
            "lots": [{ "patent_id": ID, "number": "CN202110000001.X", "appraised": "4000000.00",
                "appraised_on": "2026-11-24", "price": "1100000.00" }],
        }),
        "answer_compensation_claim" => json!({
            "amount": "240000.00", "reason": "扣除免赔额", "reference": "代偿审核表 3 号",
        }),
        "instruct_fund" => json!({
            "kind": "capital", "amount": "10000000.00", "payer": "省财政厅", "reference": "拨款 1 号",
        }),
        "submit_subsidy_claim" | "preview_subsidy_claim" => json!({
            "kind": "interest", "scheme_id": ID, "loan_id": OTHER, "period_from": "2026-01-01",
            "period_to": "2026-06-30",
        }),
        "decide_subsidy_claim" => json!({ "approve": true, "reason": "符合政策", "amount": "12000.00" }),
        "propose_subsidy_scheme" => json!({
            "name": "天府知来贷贴息", "source": "试行办法（2025 年）", "kind": "interest", "annual_rate": "0.015",
            "cap_per_year": "200000.00", "valid_from": "2026-01-01", "valid_until": "2027-12-31",
        }),
        "fund_subsidy_scheme" => json!({ "amount": "1000000.00", "reference": "川财〔2026〕1号" }),
        _ => return None,
    })
}
