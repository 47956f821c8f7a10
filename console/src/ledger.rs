//! The bank's books: trial balance, control accounts, reconciliation; from an account to its entries, from an entry to
//! its movement; day balances. Undoing a movement begins here and is decided in `reversals`.

use axum::{extract::Path, response::Response};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id, with_query},
    draft::Input,
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame,
    list::{self, List, column, numeric},
    page::{Block, FigureRow, Grid, Notice, Page, Row, Table},
    patents,
    steps::{self, Step, Words},
    value::{Facts, rows},
};

/// The ledger's address.
pub const API: &str = "/api/pledge/v1/ledger";
const PROPOSE: Step = Step {
    name: "reverse",
    key: "rev-propose",
    permission: "ledger.reverse",
    words: Words::Reason,
    danger: true,
    done: "rev-proposed",
};

/// Whose book: the regulator says whose, everybody else reads the own.
fn is_regulator(desk: &Desk) -> bool {
    desk.me().kind == "regulator"
}

/// A form that only asks: the days, and for the regulator the bank.
async fn asking(desk: &Desk, action: String, days: &[(&'static str, &'static str)]) -> Form {
    let mut form = Form::new(desk, action, desk.t("filter-apply"));
    form.hidden.clear();
    form.reads = true;
    if is_regulator(desk) {
        let banks = crate::proposals::organisations(desk, "bank").await;
        let bank = desk.asked("bank_id");
        form = form.field(Field::new(Kind::Choice, "bank_id", desk.t("col-bank")).options(banks).value(bank));
    }
    for (name, key) in days {
        let day = Field::new(Kind::Day, *name, desk.words().get(key)).optional().half();
        form = form.field(day.value(desk.asked(name)));
    }
    form
}

/// `GET /ledger`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let (as_of, bank) = (desk.asked("as_of"), desk.asked("bank_id"));
    let mut page = Page::new(desk.t("ledger-title"))
        .action(desk.may("ledger.read"), desk.t("rev-title"), "/ledger-reversals")
        .action(true, desk.t("ledger-days"), with_query("/ledger/days", &[("bank_id", bank)]))
        .with(asking(&desk, "/ledger".to_owned(), &[("as_of", "ledger-as-of")]).await);
    if is_regulator(&desk) && bank.is_empty() {
        return Ok(frame::show(&desk, page));
    }
    let query = [("as_of", as_of), ("bank_id", bank)];
    let (balance, agreement, control) =
        (format!("{API}/trial-balance"), format!("{API}/reconciliation"), format!("{API}/control-accounts"));
    let (balance, agreement, control) = tokio::join!(
        desk.find(&balance, &query),
        desk.find(&agreement, &[("limit", "200")]),
        desk.get(&control)
    );
    let balance = balance?;
    page = page.with(trial_balance(&desk, &balance, bank));
    page.blocks.extend(beside(&desk, &balance, bank));
    match control {
        Ok(answer) => page = page.with(controls(&desk, rows(&answer), bank)),
        Err(_) => page.blocks.push(patents::no_answer(&desk).into()),
    }
    match agreement {
        Ok(answer) => page.blocks.extend(reconciliation(&desk, rows(&answer))),
        Err(_) => page.blocks.push(patents::no_answer(&desk).into()),
    }
    Ok(frame::show(&desk, page))
}

fn account_link(account: &str, bank: &str) -> String {
    with_query(&format!("/ledger/accounts/{account}"), &[("bank_id", bank)])
}

fn trial_balance(desk: &Desk, answer: &Value, bank: &str) -> Table {
    let title = format!("{} {}", desk.t("ledger-balance"), figures::day(answer.text("as_of")));
    let mut table = balances(desk, title);
    for row in answer.list("accounts").iter().filter(|row| !row.flag("memorandum")) {
        table = table.row(account_row(desk, row, bank));
    }
    table.foot = Some(totals(desk, answer, "totals"));
    table
}

fn balances(desk: &Desk, title: String) -> Table {
    let [debit, credit, net] =
        ["ledger-debit", "ledger-credit", "ledger-net"].map(|key| format!("#{}", desk.t(key)));
    Table::new(desk, title, &[desk.t("ledger-account"), &debit, &credit, &net])
}

fn account_row(desk: &Desk, row: &Value, bank: &str) -> [Cell; 4] {
    [
        Cell::text(row.said("name", desk.lang()))
            .under(row.text("account"))
            .to(account_link(row.text("account"), bank)),
        Cell::yuan(row.text("debit")),
        Cell::yuan(row.text("credit")),
        Cell::yuan(row.text("balance")),
    ]
}

fn totals(desk: &Desk, answer: &Value, of: &str) -> Row {
    Row {
        cells: vec![
            Cell::text(desk.t("schedule-sum")),
            Cell::yuan(answer.text(&format!("{of}.debit"))),
            Cell::yuan(answer.text(&format!("{of}.credit"))),
            Cell::default(),
        ],
    }
}

/// What stands beside balance sheet and result: the notes, positions that follow from rows, and where the tax is kept.
fn beside(desk: &Desk, answer: &Value, bank: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    if answer.text("vat_rate").trim_matches(['0', '.']).is_empty() {
        let text = desk.t("ledger-vat-elsewhere").to_owned();
        blocks.push(Notice { tone: "info", text, ..Notice::default() }.into());
    }
    let notes: Vec<&Value> = answer.list("accounts").iter().filter(|row| row.flag("memorandum")).collect();
    let positions = answer.list("positions");
    if notes.is_empty() && positions.is_empty() {
        return blocks;
    }
    let mut table = balances(desk, desk.t("ledger-memorandum").to_owned());
    for row in positions {
        let what = Cell::text(desk.word(row.text("what")));
        table = table.row([what, Cell::default(), Cell::default(), Cell::yuan(row.text("amount"))]);
    }
    for row in &notes {
        table = table.row(account_row(desk, row, bank));
    }
    if !notes.is_empty() {
        table.foot = Some(totals(desk, answer, "memorandum"));
    }
    blocks.push(table.into());
    blocks
}

fn agrees(desk: &Desk, row: &Value) -> Cell {
    let agrees = row.flag("agrees");
    Cell::badge(desk.t(if agrees { "yes" } else { "no" }), if agrees { "ok" } else { "risk" })
}

/// Each control account of each book, with both sides.
fn controls(desk: &Desk, found: &[Value], bank: &str) -> Table {
    let heads = [
        desk.t("ledger-book"),
        desk.t("ledger-account"),
        desk.t("ledger-rows-are"),
        &format!("#{}", desk.t("ledger-rows")),
        &format!("#{}", desk.t("ledger-title")),
        desk.t("ledger-agrees"),
    ];
    let mut table = Table::new(desk, desk.t("ledger-controls"), &heads);
    let of_book = |row: &&Value| bank.is_empty() || row.text("book") == bank;
    for row in found.iter().filter(of_book) {
        table = table.row([
            Cell::text(row.text("book_name")),
            Cell::text(row.text("name")).under(row.text("account")).to(account_link(
                row.text("account"),
                if is_regulator(desk) { row.text("book") } else { "" },
            )),
            Cell::text(desk.word(row.text("what"))),
            Cell::yuan(row.text("rows")),
            Cell::yuan(row.text("ledger")),
            agrees(desk, row),
        ]);
    }
    table
}

fn reconciliation(desk: &Desk, found: &[Value]) -> [Block; 2] {
    let heads = [
        desk.t("col-facility"),
        &format!("#{}", desk.t("drawn")),
        &format!("#{}", desk.t("ledger-loans")),
        &format!("#{}", desk.t("ledger-members")),
        &format!("#{}", desk.t("ledger-title")),
        desk.t("ledger-agrees"),
    ];
    let table = Table::new(desk, desk.t("ledger-reconciliation"), &heads).rows(found, |row| {
        [
            Cell::text(row.text("number")).to(format!("/facilities/{}", row.text("facility_id"))),
            Cell::yuan(row.text("drawn")),
            Cell::yuan(row.text("loans_outstanding")),
            Cell::yuan(row.text("members_drawn")),
            Cell::yuan(row.text("ledger")),
            agrees(desk, row),
        ]
    });
    let all = found.iter().all(|row| row.flag("agrees"));
    let text = desk.t(if all { "ledger-all-agree" } else { "ledger-disagree" }).to_owned();
    let notice = Notice { tone: if all { "ok" } else { "risk" }, text, ..Notice::default() };
    [notice.into(), table.into()]
}

/// `GET /ledger/accounts/{code}`
pub async fn account(desk: Desk, Path(code): Path<Id>) -> Result<Response, Failure> {
    // A regulator has no book of its own: which bank's is asked first.
    if is_regulator(&desk) && desk.asked("bank_id").is_empty() {
        return index(desk).await;
    }
    let api = format!("{API}/accounts/{code}/entries");
    let query = [
        ("from", desk.asked("from")),
        ("to", desk.asked("to")),
        ("bank_id", desk.asked("bank_id")),
        ("limit", "1"),
    ];
    let head = desk.find(&api, &query).await?;
    let days = format!("{} – {}", figures::day(head.text("from")), figures::day(head.text("to")));
    let page = Page::new(head.text("name"))
        .up(desk.t("ledger-title"), with_query("/ledger", &[("bank_id", desk.asked("bank_id"))]))
        .number(code.to_string())
        .with(FigureRow::default().with(desk.t("ledger-opening"), Cell::yuan(head.text("opening")), days));
    let mut filters = vec![list::typed("from", "ledger-from"), list::typed("to", "ledger-to")];
    if is_regulator(&desk) {
        let banks = crate::proposals::organisations(&desk, "bank").await;
        filters.insert(0, list::picked("bank_id", "col-bank", banks));
    }
    let list = List {
        api,
        filters,
        columns: vec![
            column("ledger-day", |_, row| Cell::day(row.text("business_date"))),
            column("ledger-kind", |desk, row| {
                let kind = Cell::text(desk.word(row.text("kind")))
                    .to(format!("/ledger/movements/{}", row.text("movement_id")));
                if row.flag("is_reversal") { kind.marked(desk.t("rev-mark")) } else { kind }
            }),
            numeric("ledger-debit", |_, row| side(row, "debit")),
            numeric("ledger-credit", |_, row| side(row, "credit")),
            numeric("ledger-net", |_, row| Cell::yuan(row.text("balance"))),
            column("ledger-posted", |_, row| Cell::stamp(row.text("posted_at"))),
        ],
        export: true,
    };
    list::show(&desk, page, list).await
}

/// `GET /ledger/accounts/{code}/export`
pub async fn account_export(desk: Desk, Path(code): Path<Id>) -> Result<Response, Failure> {
    desk.export(&format!("{API}/accounts/{code}/entries")).await
}

fn side(row: &Value, which: &str) -> Cell {
    if row.text("side") == which { Cell::yuan(row.text("amount")) } else { Cell::text("") }
}

/// `GET /ledger/days`
pub async fn days(desk: Desk) -> Result<Response, Failure> {
    let bank = desk.asked("bank_id");
    let mut page = Page::new(desk.t("ledger-days"))
        .up(desk.t("ledger-title"), with_query("/ledger", &[("bank_id", bank)]))
        .with(
            asking(&desk, "/ledger/days".to_owned(), &[("from", "ledger-from"), ("to", "ledger-to")]).await,
        );
    if is_regulator(&desk) && bank.is_empty() {
        return Ok(frame::show(&desk, page));
    }
    let query = [("from", desk.asked("from")), ("to", desk.asked("to")), ("bank_id", bank)];
    let answer = desk.find(&format!("{API}/day-balances"), &query).await?;
    let heads = [
        desk.t("ledger-day"),
        desk.t("ledger-account"),
        &format!("#{}", desk.t("ledger-opening")),
        &format!("#{}", desk.t("ledger-debit")),
        &format!("#{}", desk.t("ledger-credit")),
        &format!("#{}", desk.t("ledger-closing")),
    ];
    let mut table = Table::new(&desk, "", &heads).rows(rows(&answer), |row| {
        let day = row.text("business_date");
        let link = with_query(
            &format!("/ledger/accounts/{}", row.text("account")),
            &[("from", day), ("to", day), ("bank_id", bank)],
        );
        [
            Cell::day(day),
            Cell::text(row.text("name")).under(row.text("account")).to(link),
            Cell::yuan(row.text("opening")),
            Cell::yuan(row.text("debit")),
            Cell::yuan(row.text("credit")),
            Cell::yuan(row.text("closing")),
        ]
    });
    desk.t("ledger-days-empty").clone_into(&mut table.empty);
    page = page.with(table);
    Ok(frame::show(&desk, page))
}

/// Where the thing that a movement is about is shown.
fn about(movement: &Value) -> String {
    let subject = movement.text("subject_id");
    match movement.text("kind").split('.').next().unwrap_or_default() {
        "loan" => format!("/loans/{subject}"),
        "interest" => format!("/closings/{subject}"),
        "subsidy" if movement.text("kind") == "subsidy.funding" => format!("/subsidy-schemes/{subject}"),
        "subsidy" => format!("/subsidies/{subject}"),
        _ => String::new(),
    }
}

/// A movement with its entries.
pub fn movement_page(desk: &Desk, id: &str, movement: &Value) -> Page {
    let mut facts = Grid::new(desk.t("ledger-movement"))
        .fact(desk.t("ledger-kind"), Cell::text(desk.word(movement.text("kind"))))
        .fact(desk.t("ledger-day"), Cell::day(movement.text("business_date")))
        .fact(desk.t("ledger-posted"), Cell::stamp(movement.text("posted_at")));
    let about = about(movement);
    if !about.is_empty() {
        facts = facts.fact(desk.t("ledger-about"), Cell::text(desk.t("open")).to(about));
    }
    if movement.has("group_id") {
        let facility = format!("/facilities/{}", movement.text("group_id"));
        facts = facts.fact(desk.t("col-facility"), Cell::text(desk.t("open")).to(facility));
    }
    for (member, label) in
        [("reversal_of", desk.t("rev-reversal-of")), ("reversed_by", desk.t("rev-reversed-by"))]
    {
        if movement.has(member) {
            let other = format!("/ledger/movements/{}", movement.text(member));
            facts = facts.fact(label, Cell::text(movement.text(member)).to(other));
        }
    }
    if movement.has("reason") {
        facts = facts.fact(desk.t("col-reason"), Cell::text(movement.text("reason")));
    }
    let heads = [
        desk.t("ledger-account"),
        &format!("#{}", desk.t("ledger-debit")),
        &format!("#{}", desk.t("ledger-credit")),
    ];
    let entries =
        Table::new(desk, desk.t("ledger-movements"), &heads).rows(movement.list("entries"), |row| {
            let bank = if is_regulator(desk) { movement.text("book") } else { "" };
            [
                Cell::text(row.text("account_name"))
                    .under(row.text("account"))
                    .to(account_link(row.text("account"), bank)),
                side(row, "debit"),
                side(row, "credit"),
            ]
        });
    Page::new(desk.word(movement.text("kind")))
        .up(desk.t("ledger-title"), "/ledger")
        .number(id.to_owned())
        .with(facts)
        .with(entries)
}

/// `GET /ledger/movements/{id}`
pub async fn movement(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let movement = desk.get(&format!("{API}/movements/{id}")).await?;
    let may = desk.may("ledger.reverse") && movement.flag("reversible");
    let mut page = movement_page(&desk, &id, &movement).action(
        may,
        desk.t("rev-propose"),
        format!("/ledger/movements/{id}/reverse"),
    );
    if !movement.flag("reversible") && !movement.has("reversal_of") && !movement.has("reversed_by") {
        let text = desk.t("rev-not-here").to_owned();
        page = page.with(Notice { tone: "info", text, ..Notice::default() });
    }
    Ok(frame::show(&desk, page))
}

/// `GET /ledger/movements/{id}/reverse`
pub async fn reverse_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let movement = desk.get(&format!("{API}/movements/{id}")).await?;
    let form = PROPOSE.form(&desk, format!("/ledger/movements/{id}/reverse")).intro(desk.t("rev-intro"));
    Ok(frame::show(&desk, movement_page(&desk, &id, &movement).with(form)))
}

/// `POST /ledger/movements/{id}/reverse`
pub async fn reverse(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let answer = steps::take(&desk, &format!("{API}/movements/{id}/reversals"), &input).await;
    let movement = desk.get(&format!("{API}/movements/{id}")).await?;
    let form = PROPOSE.form(&desk, format!("/ledger/movements/{id}/reverse")).intro(desk.t("rev-intro"));
    steps::answered(&desk, answer, ("/ledger-reversals", PROPOSE.done), &input, form, |form| {
        movement_page(&desk, &id, &movement).with(form)
    })
}
