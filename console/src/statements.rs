//! Statements (对账单) of a loan, of a borrower's loans, of a facility, on the page and as PDF or workbook; the settlement
//! certificate (结清证明).

use axum::{body::Body, extract::Path, http::Request, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{self, Desk, Id, with_query},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    page::{Grid, Notice, Page, Row, Table},
    value::Facts,
};

const API: &str = "/api/pledge/v1";

/// Where a statement is: its page here and its address in the API.
struct Place {
    page: String,
    api: String,
}

impl Place {
    fn of_loan(id: &str) -> Self {
        Self { page: format!("/loans/{id}/statement"), api: format!("{API}/loans/{id}/statement") }
    }

    fn of_facility(id: &str) -> Self {
        Self { page: format!("/facilities/{id}/statement"), api: format!("{API}/facilities/{id}/statement") }
    }

    fn of_borrower() -> Self {
        Self { page: "/statement".to_owned(), api: format!("{API}/loans/statement") }
    }
}

fn asked(desk: &Desk) -> [(&'static str, &str); 3] {
    ["from", "to", "enterprise_id"].map(|name| (name, desk.asked(name)))
}

/// The days asked for; for a bank and the regulator the enterprise, where the statement is about one.
async fn asking(desk: &Desk, place: &Place, of_enterprise: bool) -> Form {
    let mut form = Form::new(desk, place.page.clone(), desk.t("filter-apply"));
    form.hidden.clear();
    form.reads = true;
    if of_enterprise && desk.me().kind != "enterprise" {
        let enterprises = crate::proposals::organisations(desk, "enterprise").await;
        let choice = Field::new(Kind::Choice, "enterprise_id", desk.t("col-enterprise")).options(enterprises);
        form = form.field(choice.value(desk.asked("enterprise_id")));
    }
    for (name, label) in [("from", desk.t("ledger-from")), ("to", desk.t("ledger-to"))] {
        form = form.field(Field::new(Kind::Day, name, label).optional().half().value(desk.asked(name)));
    }
    form
}

/// PDF and workbook of the same period.
fn files(desk: &Desk, page: Page, place: &Place) -> Page {
    let link = |kind| {
        let [from, to, enterprise] = asked(desk);
        with_query(&format!("{}/file", place.page), &[from, to, enterprise, ("format", kind)])
    };
    page.action(true, desk.t("stmt-pdf"), link("pdf")).action(true, desk.t("stmt-xlsx"), link("xlsx"))
}

/// Hands the document on as the API makes it.
async fn file(desk: &Desk, api: &str, query: &[(&str, &str)]) -> Result<Response, Failure> {
    let request = Request::get(with_query(api, query))
        .body(Body::empty())
        .map_err(|_| Failure::status(axum::http::StatusCode::BAD_REQUEST))?;
    let response = desk.pass(request).await?;
    if response.status().is_success() {
        return Ok(response);
    }
    Err(desk::read(response).await.err().unwrap_or_default().into())
}

async fn document(desk: &Desk, place: Place) -> Result<Response, Failure> {
    let [from, to, enterprise] = asked(desk);
    let format = match desk.asked("format") {
        "xlsx" => "xlsx",
        _ => "pdf",
    };
    file(desk, &place.api, &[from, to, enterprise, ("format", format)]).await
}

/// `GET /loans/{id}/statement`
pub async fn loan(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let place = Place::of_loan(&id);
    let answer = desk.find(&place.api, &asked(&desk)).await?;
    let settled = answer.text("loan.status") == "repaid";
    let page = Page::new(desk.t("stmt-loan"))
        .up(desk.tf("loan-of", &[("name", answer.text("loan.borrower"))]), format!("/loans/{id}"))
        .number(answer.text("loan.number"));
    let owed = Grid::new(desk.t("stmt-owed"))
        .fact(desk.t("stmt-as-of"), Cell::day(answer.text("owed.on")))
        .fact(desk.t("stmt-principal"), Cell::yuan(answer.text("owed.principal")))
        .fact(desk.t("stmt-interest"), Cell::yuan(answer.text("owed.interest")))
        .fact(desk.t("stmt-penalty"), Cell::yuan(answer.text("owed.penalty")))
        .fact(desk.t("stmt-fees"), Cell::yuan(answer.text("owed.fees")))
        .fact(desk.t("loan-owed"), Cell::yuan(answer.text("owed.payoff")));
    let page = files(&desk, page, &place)
        .action(settled, desk.t("stmt-certificate"), format!("/loans/{id}/settlement"))
        .with(asking(&desk, &place, false).await)
        .with(period(&desk, &answer))
        .with(lines(&desk, &answer, false))
        .with(owed)
        .with(code(&desk, &answer));
    Ok(frame::show(&desk, page))
}

/// `GET /loans/{id}/statement/file`
pub async fn loan_file(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    document(&desk, Place::of_loan(&id)).await
}

/// `GET /loans/{id}/settlement`
pub async fn certificate(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    file(&desk, &format!("{API}/loans/{id}/settlement-certificate"), &[("format", "pdf")]).await
}

/// `GET /facilities/{id}/statement`
pub async fn facility(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let place = Place::of_facility(&id);
    let answer = desk.find(&place.api, &asked(&desk)).await?;
    let page = Page::new(desk.t("stmt-facility")).up(answer.text("subject"), format!("/facilities/{id}"));
    collected(&desk, page, &place, &answer, false).await
}

/// `GET /facilities/{id}/statement/file`
pub async fn facility_file(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    document(&desk, Place::of_facility(&id)).await
}

/// `GET /statement`: a borrower's own loans, or for a bank those of one of its borrowers.
pub async fn borrower(desk: Desk) -> Result<Response, Failure> {
    let place = Place::of_borrower();
    let page = Page::new(desk.t("stmt-borrower")).up(desk.t("loans-title"), "/loans");
    if desk.me().kind != "enterprise" && desk.asked("enterprise_id").is_empty() {
        let form = asking(&desk, &place, true).await;
        return Ok(frame::show(&desk, page.with(form)));
    }
    let answer = desk.find(&place.api, &asked(&desk)).await?;
    collected(&desk, page, &place, &answer, true).await
}

/// `GET /statement/file`
pub async fn borrower_file(desk: Desk) -> Result<Response, Failure> {
    document(&desk, Place::of_borrower()).await
}

async fn collected(
    desk: &Desk,
    page: Page,
    place: &Place,
    answer: &Value,
    of_enterprise: bool,
) -> Result<Response, Failure> {
    let page = files(desk, page, place)
        .number(answer.text("subject"))
        .with(asking(desk, place, of_enterprise).await)
        .with(period(desk, answer).fact(desk.t("stmt-loans"), Cell::figure(answer.shown("loans"))))
        .with(lines(desk, answer, true))
        .with(code(desk, answer));
    Ok(frame::show(desk, page))
}

fn period(desk: &Desk, answer: &Value) -> Grid {
    let days = format!("{} – {}", figures::day(answer.text("from")), figures::day(answer.text("to")));
    Grid::new(days)
        .fact(desk.t("stmt-opening"), Cell::yuan(answer.text("opening")))
        .fact(desk.t("stmt-closing"), Cell::yuan(answer.text("closing")))
        .fact(desk.t("stmt-drawn"), Cell::yuan(answer.text("totals.drawn")))
        .fact(desk.t("stmt-paid"), Cell::yuan(answer.text("totals.paid")))
}

fn lines(desk: &Desk, answer: &Value, many: bool) -> Table {
    let mut heads = vec![desk.t("stmt-day").to_owned()];
    if many {
        heads.extend([desk.t("col-number").to_owned(), desk.t("col-enterprise").to_owned()]);
    }
    heads.push(desk.t("stmt-what").to_owned());
    for key in ["stmt-drawn", "stmt-principal", "stmt-interest", "stmt-penalty", "stmt-fees", "stmt-balance"]
    {
        heads.push(format!("#{}", desk.words().get(key)));
    }
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table = Table::new(desk, desk.t("stmt-lines"), &heads);
    for line in answer.list("lines") {
        let mut cells = vec![Cell::day(line.text("on"))];
        if many {
            let loan = format!("/loans/{}", line.text("loan_id"));
            cells.push(Cell::text(line.text("loan_number")).to(loan));
            cells.push(Cell::text(line.text("borrower")));
        }
        let drawn = line.text("kind") == "drawdown";
        let principal = line.text("principal");
        cells.extend([
            Cell::text(what(desk, line)),
            Cell::yuan(if drawn { principal } else { "" }),
            Cell::yuan(if drawn { "" } else { principal }),
            Cell::yuan(line.text("interest")),
            Cell::yuan(line.text("penalty")),
            Cell::yuan(line.text("fees")),
            Cell::yuan(line.text("balance")),
        ]);
        table.rows.push(Row { cells });
    }
    desk.t("stmt-empty").clone_into(&mut table.empty);
    table
}

fn what(desk: &Desk, line: &Value) -> String {
    match (line.text("kind"), line.text("source")) {
        ("drawdown", _) => desk.t("loan-drawn").to_owned(),
        ("reversal", _) => desk.t("rr-line").to_owned(),
        ("payment", "borrower" | "") => desk.t("loan-payment").to_owned(),
        ("payment", source) => desk.tf("stmt-paid-by", &[("who", &desk.word(source))]),
        (_, source) => desk.word(source),
    }
}

fn code(desk: &Desk, answer: &Value) -> Notice {
    let text = desk.tf("stmt-code", &[("code", answer.text("code"))]);
    Notice { tone: "info", text, ..Notice::default() }
}
