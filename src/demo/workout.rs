//! What becomes of loans that are not repaid: the fund that stands behind bank B's line, one loan that is lost, shared, written
//! off and partly recovered, and one whose case waits for the fund and the insurer when the reader signs in.

use contracts::Service;
use finance::Money;
use serde_json::{Value, json};

use super::{
    borrowing::{Borrower, paper},
    cast::{APPROVER_B, BANK_B, FUND, FUND_MANAGER, FUND_SECOND, INSURER, RISK_B},
    desk::{DemoError, Desk, money, text},
};

/// The borrower, by its place among all, that pays some instalments and then nothing more.
pub(super) const LOST: usize = 11;
/// The day of its valuation: bank B's first loan, so that it is long overdue before its case comes to an end.
pub(super) const LOST_BEGINS: i64 = 37;
/// The day from which it pays nothing. It is more than ninety days late, and stops the line by that, only when bank B's
/// borrowers have all drawn; its loss is found later still.
pub(super) const LOST_FROM: i64 = 180;
/// The borrower that runs late from a day on; until then it pays.
pub(super) const LATE: usize = 8;
/// The day from which it runs late: long enough before its case for a due date to be missed in any year.
pub(super) const LATE_FROM: i64 = 290;
/// Whether a borrower is one of the two that do not repay.
pub(super) const fn fails(place: usize) -> bool {
    place == LOST || place == LATE
}

/// Days from a plan to its auction: the auctioneer announces it seven days before at the latest (拍卖法 article 45).
const NOTICE: i64 = 10;
/// Of the value that it was lent on, in hundredths, what the collateral is worth in a forced sale.
const FORCED_SALE: i64 = 32;
/// Of the principal owed, in hundredths, the most that it is worth: in any year a loss is left to be shared.
const FORCED_SALE_MAX: i64 = 85;
/// Values are whole thousands of yuan.
const THOUSAND: i64 = 100_000;
/// Prices are whole hundreds of yuan.
const HUNDRED: i64 = 10_000;
/// Of its value, in hundredths, what each lot brings in turn: a little less, and above the reserve.
const BROUGHT: [i64; 3] = [93, 91, 95];

/// The cases, once they are opened.
#[derive(Debug, Default)]
pub(super) struct Cases {
    lost: Option<String>,
    late: Option<String>,
}

/// What happens on a day of the year.
pub(super) async fn day(
    desk: &mut Desk<'_>,
    cases: &mut Cases,
    borrowers: &[Borrower],
    day: i64,
) -> Result<(), DemoError> {
    match day {
        24 => fund(desk).await?,
        262 => cases.lost = Some(opened(desk, borrowers.get(LOST)).await?),
        290 => plan(desk, known(cases.lost.as_deref())?).await?,
        312 => lose(desk, known(cases.lost.as_deref())?, borrowers.get(LOST)).await?,
        318 => compensated(desk, known(cases.lost.as_deref())?).await?,
        328 => written_off(desk, known(cases.lost.as_deref())?).await?,
        340 => cases.late = Some(opened(desk, borrowers.get(LATE)).await?),
        343 => called_in(desk, known(cases.late.as_deref())?).await?,
        345 => {
            let recovery = json!({ "kind": "recovery", "amount": "20000.00", "payer": "借款企业法定代表人",
                "reference": "追偿回款凭证（演示）1号" });
            done(desk, known(cases.lost.as_deref())?, recovery).await?;
        }
        346 => plan(desk, known(cases.late.as_deref())?).await?,
        350 => {
            let closing = json!({ "kind": "closing", "outcome": "ended", "reason": "企业已注销，无其他财产线索，终结追偿" });
            done(desk, known(cases.lost.as_deref())?, closing).await?;
        }
        357 => sold(desk, known(cases.late.as_deref())?).await?,
        // It waits for the fund and for the insurer when the reader signs in.
        360 => {
            let insurer = json!({ "bearer": "insurer", "party_id": INSURER.id(), "rank": 1, "share": "0.8" });
            let sharing = json!({ "kind": "sharing", "interest": false, "also": [insurer] });
            done(desk, known(cases.late.as_deref())?, sharing).await?;
        }
        _ => {}
    }
    Ok(())
}

fn known(case: Option<&str>) -> Result<&str, DemoError> {
    case.ok_or_else(|| DemoError::Fault("no case yet".to_owned()))
}

/// The city's fund opens, gets its capital and agrees with bank B to bear a part of its losses.
async fn fund(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let ends_on = desk.today + chrono::Months::new(36);
    let orders = [
        json!({ "kind": "open", "name": FUND.name, "sponsor": "达州市财政（演示）" }),
        json!({ "kind": "capital", "amount": "10000000.00", "payer": "达州市财政（演示）", "reference": "拨款凭证（演示）1号" }),
        json!({ "kind": "agreement", "bank_id": BANK_B.id(), "bank_name": BANK_B.name, "commitment": "2000000.00",
            "share_max": "0.5", "starts_on": desk.today, "ends_on": ends_on }),
    ];
    for order in orders {
        let asked = desk.post(&FUND_MANAGER, Service::Pledge, "/fund-instructions", order).await?;
        let path = format!("/fund-instructions/{}/approve", text(&asked, "/id")?);
        desk.post(&FUND_SECOND, Service::Pledge, &path, json!({})).await?;
    }
    Ok(())
}

/// A case of a borrower's first loan, with what was done first to collect; its id.
async fn opened(desk: &mut Desk<'_>, of: Option<&Borrower>) -> Result<String, DemoError> {
    let body = json!({ "loan_id": first_loan(of)?, "cause": "overdue" });
    let case = desk.post(&RISK_B, Service::Pledge, "/disposal-cases", body).await?;
    let id = text(&case, "/id")?.to_owned();
    let letter =
        json!({ "kind": "letter", "contact": "法定代表人", "note": "寄送催收函并上门核实，企业称回款中断" });
    desk.post(&RISK_B, Service::Pledge, &format!("/disposal-cases/{id}/actions"), letter).await?;
    Ok(id)
}

fn first_loan(of: Option<&Borrower>) -> Result<&str, DemoError> {
    let loan = of.and_then(|borrower| borrower.loans.first());
    loan.map(String::as_str).ok_or_else(|| DemoError::Fault("no loan that could be lost".to_owned()))
}

/// One asks for something in a case, another approves it.
async fn done(desk: &mut Desk<'_>, case: &str, ask: Value) -> Result<(), DemoError> {
    let path = format!("/disposal-cases/{case}/proposals");
    let asked = desk.post(&RISK_B, Service::Pledge, &path, ask).await?;
    let path = format!("/disposal-proposals/{}/approve", text(&asked, "/id")?);
    desk.post(&APPROVER_B, Service::Pledge, &path, json!({})).await.map(drop)
}

/// A paper of a case; its id.
async fn filed(desk: &mut Desk<'_>, case: &str, kind: &str, title: &str) -> Result<String, DemoError> {
    let thing = format!("/disposal-cases/{case}");
    let made = desk.attach(&RISK_B, &thing, kind, paper(title)).await?;
    Ok(text(&made, "/id")?.to_owned())
}

/// What is left to sell of a case, each patent with its value in a forced sale.
async fn lots(desk: &Desk<'_>, case: &str) -> Result<Vec<(Value, Money)>, DemoError> {
    let shown = desk.get(&RISK_B, Service::Pledge, &format!("/disposal-cases/{case}")).await?;
    let owed = i128::from(money(&shown, "/owed/principal")?.fen());
    let left = shown.get("collateral_left").and_then(Value::as_array).cloned().unwrap_or_default();
    let values = left.iter().map(|one| money(one, "/value")).collect::<Result<Vec<_>, _>>()?;
    let all: i128 = values.iter().map(|value| i128::from(value.fen())).sum();
    let wanted = (all * i128::from(FORCED_SALE) / 100).min(owed * i128::from(FORCED_SALE_MAX) / 100);
    let valued = left.into_iter().zip(values).map(|(one, value)| {
        let fen = wanted * i128::from(value.fen()) / all.max(1);
        let whole = i64::try_from(fen).unwrap_or(0) / THOUSAND * THOUSAND;
        (one, Money::from_fen(whole.max(THOUSAND)))
    });
    Ok(valued.collect())
}

fn together(lots: &[(Value, Money)]) -> Result<Money, DemoError> {
    Money::total(lots.iter().map(|(_, value)| *value)).map_err(|error| DemoError::Fault(error.to_string()))
}

/// The collateral is to be auctioned.
async fn plan(desk: &mut Desk<'_>, case: &str) -> Result<(), DemoError> {
    let expected = together(&lots(desk, case).await?)?;
    let plan = json!({
        "kind": "plan", "method": "auction", "valuation": expected, "valued_on": desk.today,
        "valuer": "专利价值评估机构（演示）", "reserve": Money::from_fen(expected.fen() / 10 * 8),
        "venue": "知识产权交易中心（演示）", "starts_on": desk.today + chrono::TimeDelta::days(NOTICE),
        "expected_costs": "5000.00",
    });
    done(desk, case, plan).await
}

/// Each patent is sold, and the price paid out: what the auction cost is met from it first.
async fn sold(desk: &mut Desk<'_>, case: &str) -> Result<(), DemoError> {
    let cost = json!({ "kind": "cost", "amount": "4800.00", "purpose": "评估费、公告费与拍卖佣金", "payee": "知识产权交易中心（演示）",
        "reference": "费用付款凭证（演示）" });
    done(desk, case, cost).await?;
    let mut sold = Vec::new();
    for ((one, value), brought) in lots(desk, case).await?.into_iter().zip(BROUGHT.into_iter().cycle()) {
        let price = Money::from_fen(value.fen() * brought / 100 / HUNDRED * HUNDRED);
        sold.push(json!({ "patent_id": text(&one, "/patent_id")?, "number": text(&one, "/number")?,
            "appraised": text(&one, "/value")?, "price": price }));
    }
    let sale = json!({ "kind": "proceeds", "method": "auction", "buyer": "竞买人（演示）", "lots": sold,
        "reference": "拍卖成交确认书（演示）" });
    done(desk, case, sale).await
}

/// The collateral is sold, the loan classified as lost and what is left of it shared with the fund.
async fn lose(desk: &mut Desk<'_>, case: &str, of: Option<&Borrower>) -> Result<(), DemoError> {
    sold(desk, case).await?;
    let path = format!("/loans/{}/classifications", first_loan(of)?);
    let judged = json!({ "tier": "loss", "reason": "企业停产，质押专利已处置，无其他可供执行财产" });
    let made = desk.post(&RISK_B, Service::Pledge, &path, judged).await?;
    let confirm = format!("{path}/{}/confirm", text(&made, "/id")?);
    desk.post(&APPROVER_B, Service::Pledge, &confirm, json!({})).await?;
    done(desk, case, json!({ "kind": "sharing", "interest": false })).await
}

/// The fund pays its part of the loss.
async fn compensated(desk: &mut Desk<'_>, case: &str) -> Result<(), DemoError> {
    let shown = desk.get(&RISK_B, Service::Pledge, &format!("/disposal-cases/{case}")).await?;
    let claim = format!("/compensation-claims/{}", text(&shown, "/claims/0/id")?);
    let answer = json!({ "amount": text(&shown, "/claims/0/amount")? });
    desk.post(&FUND_MANAGER, Service::Pledge, &format!("{claim}/answer"), answer).await?;
    desk.post(&FUND_SECOND, Service::Pledge, &format!("{claim}/confirm"), json!({})).await.map(drop)
}

/// What the collateral and the fund have left unpaid is written off; two files hold all the papers that are demanded.
async fn written_off(desk: &mut Desk<'_>, case: &str) -> Result<(), DemoError> {
    let debt = filed(desk, case, "debt", "借款合同、催收记录、责任认定意见").await?;
    let sale = filed(desk, case, "disposal", "拍卖成交确认书及价款到账凭证").await?;
    let held =
        [("debt", &debt), ("collection", &debt), ("liability", &debt), ("disposal", &sale), ("price", &sale)];
    let papers: Vec<Value> = held
        .iter()
        .map(|(code, id)| json!({ "code": code, "reference": "处置档案（演示）1号", "document_id": id }))
        .collect();
    let asked = json!({ "kind": "write_off", "condition": "collateral_disposed", "papers": papers });
    done(desk, case, asked).await
}

/// The whole principal is declared due.
async fn called_in(desk: &mut Desk<'_>, case: &str) -> Result<(), DemoError> {
    let letter = filed(desk, case, "acceleration_letter", "贷款提前到期通知书").await?;
    let asked = json!({
        "kind": "acceleration", "ground": "overdue", "reason": "连续逾期，经催收仍未归还", "clause": "借款合同第十二条",
        "notified_on": desk.today, "document_id": letter,
    });
    done(desk, case, asked).await
}
