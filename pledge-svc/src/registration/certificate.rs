//! The certificate of a registered pledge as a PDF: the register's notice to the parties.

use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use contracts::PledgeId;
use http_kit::{
    Api, Lang, PathId, Problem, Who,
    export::{PDF, download},
};
use identity::Permission;
use paper::{Cell, Column, Language, Paper, Table};
use utoipa_axum::routes;

use super::{
    model::{Delivery, Filing, FilingKind, FilingState, Pledge, PledgeContract, PledgeStatus, Refusal},
    store::{self, filings},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::PledgeRead, routes!(read_certificate))
}

/// The certificate of a registered pledge.
#[utoipa::path(get, path = "/pledges/{id}/certificate", tag = "pledges", operation_id = "read_pledge_certificate",
    params(("id" = PledgeId, Path)),
    responses((status = 200, description = "PDF", content_type = "application/pdf"), (status = 404),
        (status = 409, description = "nothing-to-certify")))]
async fn read_certificate(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<PledgeId>,
) -> Result<Response, Problem> {
    let scope = who.scope();
    let pledge = store::find::find(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let filed = filings::list(app.db.read(), &scope, id).await?;
    let name = format!("pledge-{}.pdf", pledge.number);
    let paper = certificate(&pledge, &filed, lang.into(), app.db.clock().business_date())?;
    // Setting a page in Chinese computes for tens of milliseconds: not on a request thread.
    let bytes = tokio::task::spawn_blocking(move || paper.bytes())
        .await
        .map_err(|error| Problem::fault(&error))??;
    Ok(download(&name, PDF, bytes))
}

/// What the certificate says.
fn certificate(
    pledge: &Pledge,
    filed: &[Filing],
    language: Language,
    on: NaiveDate,
) -> Result<Paper, Refusal> {
    let (Some(number), Some(registered_on)) = (&pledge.registration_number, pledge.registered_on) else {
        return Err(Refusal::NothingToCertify { status: pledge.status });
    };
    let say = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let contract = PledgeContract::in_force(filed);
    let contract = contract.as_ref();
    let mut facts = vec![
        (say("登记号", "Registration number"), number.clone()),
        (say("登记日", "Registered on"), registered_on.to_string()),
        (say("登记簿", "Register"), register_of(filed, say).to_owned()),
        (say("出质人", "Pledgor"), pledge.enterprise_name.clone()),
        (say("质权人", "Pledgee"), pledge.bank_name.clone()),
        (say("被担保债权数额（元）", "Secured claim, yuan"), pledge.secured_amount.to_string()),
        (say("专利件数", "Patents"), pledge.held().count().to_string()),
    ];
    if let Some(contract) = contract {
        facts.extend(of_contract(contract, say));
    }
    facts.push((say("登记状态", "Status"), standing(pledge, language)));
    let table = table(pledge, contract, language);
    let changes: Vec<String> = filed
        .iter()
        .rev()
        .filter(|one| one.kind == FilingKind::Change && one.state == FilingState::Completed)
        .filter_map(|one| Some((one.decided_on?, one.papers.reason.clone()?)))
        .map(|(day, reason)| format!("{day}　{reason}"))
        .collect();
    let mut paper = Paper::new(language, say("专利权质押登记证明", "Certificate of patent pledge"), on)
        .subtitle(number.clone())
        .head(say("专利权质押登记簿", "Register of patent pledges"), pledge.number.clone())
        .grid(facts)
        .heading(say("出质专利", "Pledged patents"))
        .table(table);
    if !changes.is_empty() {
        paper = paper.heading(say("变更登记", "Changes")).paragraph(changes.join("\n"));
    }
    Ok(paper
        .paragraph(say(
            "质权自登记时设立；未经质权人同意，出质专利不得转让或许可（民法典第四百四十四条），亦不得放弃（专利权质押登记办法）。",
            "The pledge exists from its registration; without the pledgee's consent the patents may not be transferred or licensed (Civil Code, article 444), nor abandoned (CNIPA Announcement 461 of 2021).",
        ))
        .verification(say(
            "凭登记号可在公开登记簿查询核验。",
            "The public register shows this entry under its registration number.",
        )))
}

/// Which register entered it: nobody is to take the built-in one for the patent office's.
fn register_of(filed: &[Filing], say: impl Fn(&'static str, &'static str) -> &'static str) -> &'static str {
    let registration = filed.iter().find(|one| one.kind == FilingKind::Registration);
    if registration.is_some_and(|one| one.delivery == Delivery::AtOnce) {
        say("平台内置登记簿", "the suite's built-in register")
    } else {
        say("登记机关", "the registering office's")
    }
}

fn of_contract(
    contract: &PledgeContract,
    say: impl Fn(&'static str, &'static str) -> &'static str,
) -> Vec<(&'static str, String)> {
    let day = |date: Option<NaiveDate>| date.map_or_else(String::new, |day| day.to_string());
    vec![
        (say("债权种类", "Kind of claim"), contract.claim_kind.clone()),
        (
            say("债务履行期限", "Term of the debt"),
            format!("{} — {}", day(contract.debt_from), day(contract.debt_until)),
        ),
        (say("担保范围", "Scope secured"), contract.scope.clone()),
        (say("出质人住所", "Pledgor's address"), contract.pledgor.address.clone()),
        (say("质权人住所", "Pledgee's address"), contract.pledgee.address.clone()),
    ]
}

fn standing(pledge: &Pledge, language: Language) -> String {
    let day = |date: Option<NaiveDate>| date.map_or_else(String::new, |day| format!(" {day}"));
    match pledge.status {
        PledgeStatus::Cancelled => {
            format!("{}{}", language.pick("已注销", "cancelled"), day(pledge.cancelled_on))
        }
        PledgeStatus::Annulled => {
            format!(
                "{}{}",
                language.pick("已撤销，自始无效", "annulled from the start"),
                day(pledge.annulled_on)
            )
        }
        _ => language.pick("有效", "in force").to_owned(),
    }
}

fn table(pledge: &Pledge, contract: Option<&PledgeContract>, language: Language) -> Table {
    let say = |zh: &'static str, en: &'static str| language.pick(zh, en);
    let columns = [
        Column::text(say("专利号", "Number")),
        Column::text(say("名称", "Title")),
        Column::date(say("申请日", "Filed")),
        Column::date(say("授权公告日", "Granted")),
        Column::date(say("解除质押日", "Released")),
    ];
    let day = |date: Option<NaiveDate>| date.map_or(Cell::Empty, Cell::Date);
    pledge.patents.iter().fold(Table::new(columns), |table, one| {
        let stated = contract.and_then(|all| all.patents.iter().find(|patent| patent.number == one.number));
        table.row([
            Cell::Text(one.number.clone()),
            Cell::Text(one.title.clone()),
            day(stated.and_then(|patent| patent.filing_date)),
            day(stated.and_then(|patent| patent.grant_date)),
            day(one.released_on),
        ])
    })
}
