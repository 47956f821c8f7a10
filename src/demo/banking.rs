//! What the banks do: propose and approve facilities, value patents.

use chrono::{Datelike, Months, TimeDelta};
use contracts::Service;
use serde_json::{Value, json};

use super::{
    cast::{BANK_A, BANK_B, BANK_C, CLUSTER, FUND, OPERATOR, OTHER_CLUSTER, Organisation, Person},
    desk::{DemoError, Desk, text},
};

/// A bank's side of a facility.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bank {
    pub officer: Person,
    pub approver: Person,
    pub operations: Person,
}

/// The collective facility of the first cluster: eight members, bank A with bank C beside it.
pub(super) fn cluster_facility(desk: &Desk<'_>, members: &[Organisation]) -> Value {
    json!({
        "name": "天然气锂钾产业集群集合授信", "cluster": CLUSTER, "operator_id": OPERATOR.id(),
        "industry": "natural_gas_chemistry", "limit": "20000000.00", "revolving": true,
        "available_from": desk.today, "available_until": desk.today + Months::new(30),
        "annual_rate": "0.0345", "tenor_cap_months": 24, "single_member_cap": "0.2", "ltv_cap": "0.6",
        "shares": [
            { "bank_id": BANK_A.id(), "bank_name": BANK_A.name, "share": "0.6" },
            { "bank_id": BANK_C.id(), "bank_name": BANK_C.name, "share": "0.4" },
        ],
        "members": places(members, "2500000.00"),
    })
}

/// Bank B's facility, on its own book: of a loss the city's fund bears half of what an insurer leaves.
pub(super) fn other_facility(desk: &Desk<'_>, members: &[Organisation]) -> Value {
    json!({
        "name": "现代农业装备产业集群集合授信", "cluster": OTHER_CLUSTER, "industry": "agriculture",
        "limit": "10000000.00", "revolving": true, "available_from": desk.today,
        "available_until": desk.today + Months::new(24), "annual_rate": "0.0385", "tenor_cap_months": 12,
        "single_member_cap": "0.3", "ltv_cap": "0.5", "members": places(members, "2500000.00"),
        "cover": [{
            "party": { "kind": "fund", "fund_id": FUND.id() }, "name": FUND.name, "rank": 2,
            "share_of_loss": "0.5",
        }],
    })
}

/// A facility that waits for its approval when the demo begins.
pub(super) fn waiting_facility(desk: &Desk<'_>, members: &[Organisation]) -> Value {
    json!({
        "name": "新材料初创企业集合授信", "cluster": "渠县新材料初创企业集群", "industry": "new_materials",
        "limit": "20000000.00", "revolving": false, "available_from": desk.today,
        "available_until": desk.today + TimeDelta::days(365), "annual_rate": "0.0335", "tenor_cap_months": 12,
        "single_member_cap": "0.5", "ltv_cap": "0.5", "members": places(members, "5000000.00"),
    })
}

/// A facility of bank B that waits for bank C, which would take part in it.
pub(super) fn shared_facility(desk: &Desk<'_>, members: &[Organisation]) -> Value {
    json!({
        "name": "丘陵农机企业集合授信（银团）", "cluster": OTHER_CLUSTER, "industry": "agriculture",
        "limit": "12000000.00", "revolving": true, "available_from": desk.today,
        "available_until": desk.today + Months::new(24), "annual_rate": "0.0365", "tenor_cap_months": 12,
        "single_member_cap": "0.5", "ltv_cap": "0.5",
        "shares": [
            { "bank_id": BANK_B.id(), "bank_name": BANK_B.name, "share": "0.55" },
            { "bank_id": BANK_C.id(), "bank_name": BANK_C.name, "share": "0.45" },
        ],
        "members": places(members, "4000000.00"),
    })
}

fn places(members: &[Organisation], sub_limit: &str) -> Vec<Value> {
    members
        .iter()
        .map(|one| json!({ "enterprise_id": one.id(), "enterprise_name": one.name, "sub_limit": sub_limit }))
        .collect()
}

/// A facility is proposed; its id.
pub(super) async fn propose(
    desk: &mut Desk<'_>,
    officer: &Person,
    proposal: Value,
) -> Result<String, DemoError> {
    let made = desk.post(officer, Service::Pledge, "/facilities", proposal).await?;
    Ok(text(&made, "/id")?.to_owned())
}

/// A bank says that it keeps its borrowers' accounts and debits them at once, and that its output VAT is split off here.
pub(super) async fn its_parameters(
    desk: &mut Desk<'_>,
    manager: &Person,
    approver: &Person,
) -> Result<(), DemoError> {
    // Tax is stated from the first day of a month; the first loan comes later, in any year.
    let next_month = desk.today - TimeDelta::days(i64::from(desk.today.day0())) + Months::new(1);
    let said = [
        (
            "payments",
            json!({ "debit_at_once": true }),
            desk.today,
            "借款人还款账户均在本行开立，系统实时扣划",
        ),
        (
            "value_added_tax",
            json!({ "rate": "0.06" }),
            next_month,
            "一般纳税人，贷款服务与收费按 6% 计税，月末在本系统分离销项税额",
        ),
    ];
    for (kind, content, from, reason) in said {
        let path = format!("/parameters/{kind}/proposals");
        let body = json!({ "content": content, "effective_from": from, "reason": reason });
        let made = desk.post(manager, Service::Pledge, &path, body).await?;
        let path = format!("{path}/{}/approve", text(&made, "/id")?);
        desk.post(approver, Service::Pledge, &path, json!({})).await?;
    }
    Ok(())
}

/// A bank that takes part agrees to lend its share of it.
pub(super) async fn agree(desk: &mut Desk<'_>, approver: &Person, facility: &str) -> Result<(), DemoError> {
    let path = format!("/facilities/{facility}/agree");
    desk.post(approver, Service::Pledge, &path, json!({ "comment": "同意参加" })).await.map(drop)
}

/// Another person approves it.
pub(super) async fn approve(desk: &mut Desk<'_>, approver: &Person, facility: &str) -> Result<(), DemoError> {
    let path = format!("/facilities/{facility}/approve");
    desk.post(approver, Service::Pledge, &path, json!({ "comment": "同意" })).await.map(drop)
}

/// A patent is valued for pledge purposes; the whole valuation.
pub(super) async fn value(desk: &mut Desk<'_>, officer: &Person, patent: &str) -> Result<Value, DemoError> {
    let body = json!({ "patent_id": patent, "purpose": "pledge" });
    desk.post(officer, Service::Valuation, "/valuations", body).await
}

/// Closes the business of the day before.
pub(super) async fn close_yesterday(desk: &mut Desk<'_>, operations: &Person) -> Result<(), DemoError> {
    let body = json!({ "business_date": desk.today - TimeDelta::days(1) });
    desk.post(operations, Service::Pledge, "/closings", body).await.map(drop)
}
