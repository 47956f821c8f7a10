//! The working days that the bank counts by: which years are known, and their holidays and days worked to make up for
//! them.

use axum::response::Response;
use serde_json::{Value, json};

use crate::{
    cell::Cell,
    desk::Desk,
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    page::{Notice, Page, Table},
    steps,
    value::{Facts, rows},
};

const API: &str = "/api/pledge/v1/working-days";
/// What is recorded, as parameters of the bank.
const RECORDED: &str = "/api/pledge/v1/parameters/working_days";

/// `GET /working-days`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let years = desk.get(API).await?;
    let mut page = Page::new(desk.t("wd-title"))
        .action(desk.may("parameter.propose"), desk.t("wd-record"), "/working-days/record")
        .action(desk.may("parameter.read"), desk.t("wd-recorded"), "/parameters/working_days");
    if let Some(unknown) = unknown(&desk, &years) {
        page = page.with(unknown);
    }
    let page = page.with(known(&desk, &years)).with(days(&desk, &years));
    Ok(frame::show(&desk, page))
}

/// The years that should be known and are not, as a notice: whatever falls into them counts weekends alone.
///
/// # Errors
/// The service's refusal.
pub async fn notice(desk: &Desk) -> Result<Option<Notice>, Failure> {
    if !desk.may("trial.calculate") {
        return Ok(None);
    }
    Ok(unknown(desk, &desk.get(API).await?))
}

fn unknown(desk: &Desk, years: &Value) -> Option<Notice> {
    let missing = rows(years).iter().filter(|year| year.flag("expected") && !year.flag("known"));
    let mut missing: Vec<String> = missing.map(|year| year.shown("year")).collect();
    missing.reverse();
    let first = missing.first()?;
    let last = missing.last()?;
    let named = if first == last { first.clone() } else { format!("{first}–{last}") };
    Some(Notice {
        tone: "warn",
        title: desk.tf("wd-unknown-title", &[("years", &named)]),
        text: desk.t("wd-unknown").to_owned(),
        items: Vec::new(),
    })
}

/// `GET /working-days/record`
pub async fn record_show(desk: Desk) -> Result<Response, Failure> {
    let form = record_form(&desk);
    Ok(frame::show(&desk, record_page(&desk, form)))
}

fn record_page(desk: &Desk, form: Form) -> Page {
    Page::new(desk.t("wd-record")).up(desk.t("wd-title"), "/working-days").with(form)
}

fn record_form(desk: &Desk) -> Form {
    Form::new(desk, "/working-days/record", desk.t("param-propose"))
        .intro(desk.t("wd-record-intro"))
        .field(Field::new(Kind::Whole, "year", desk.t("wd-year")))
        .field(Field::new(Kind::Text, "source", desk.t("wd-notice")))
        .field(Field::new(Kind::Lines, "days", desk.t("wd-days")).help(desk.t("wd-days-help")))
        .field(
            Field::new(Kind::Day, "effective_from", desk.t("param-effective"))
                .help(desk.t("param-effective-help")),
        )
        .field(Field::new(Kind::Lines, "reason", desk.t("col-reason")).help(desk.t("param-reason-help")))
}

/// `POST /working-days/record`
pub async fn record(desk: Desk, input: Input) -> Result<Response, Failure> {
    let set = desk.get(RECORDED).await?;
    let answer = match arranged(&desk, &input) {
        Ok(year) => propose(&desk, &set, year, &input).await,
        Err(refusal) => Err(refusal),
    };
    let here = match &answer {
        Ok(version) => format!("/parameters/working_days/versions/{}", version.text("id")),
        Err(_) => String::new(),
    };
    let form = record_form(&desk);
    steps::answered(&desk, answer, (&here, "param-proposed"), &input, form, |form| record_page(&desk, form))
}

/// The years that the bank has recorded, with this one in its place, as a proposal.
async fn propose(desk: &Desk, set: &Value, year: Value, input: &Input) -> Result<Value, Refusal> {
    let others = set.list("content.years").iter().filter(|one| one.count("year") != year.count("year"));
    let mut years: Vec<Value> = others.cloned().collect();
    years.push(year);
    years.sort_by_key(|one| one.count("year"));
    let body = json!({ "content": { "years": years }, "effective_from": input.text("effective_from"),
        "reason": input.text("reason") });
    desk.post(&format!("{RECORDED}/proposals"), &body, input.key()).await
}

/// The year that was typed.
fn arranged(desk: &Desk, input: &Input) -> Result<Value, Refusal> {
    let mut draft = Draft::new(desk, input).wholes(&["year"]).with("source", input.text("source"));
    let (mut holidays, mut working) = (Vec::new(), Vec::new());
    for line in input.text("days").lines().map(str::trim).filter(|line| !line.is_empty()) {
        match range(line) {
            Some((true, range)) => working.push(range),
            Some((false, range)) => holidays.push(range),
            None => draft.bad("days", "wd-bad-line"),
        }
    }
    draft.set("holidays", holidays);
    draft.set("working", working);
    draft.finish()
}

/// A line such as 放假 2027-01-01 2027-01-03 元旦 or 上班 2027-01-10 元旦: whether its days are worked, and the days.
fn range(line: &str) -> Option<(bool, Value)> {
    let mut words = line
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、'))
        .filter(|word| !word.is_empty());
    let worked = match words.next()? {
        "放假" | "off" => false,
        "上班" | "worked" => true,
        _ => return None,
    };
    let mut words = words.peekable();
    let is_day = |word: &&str| word.len() == 10 && word.chars().all(|c| c.is_ascii_digit() || c == '-');
    let from = words.next_if(is_day)?;
    let to = words.next_if(is_day).unwrap_or(from);
    let name = words.collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then(|| (worked, json!({ "from": from, "to": to, "name": name })))
}

fn known(desk: &Desk, years: &Value) -> Table {
    let heads = [desk.t("wd-year"), desk.t("col-status"), desk.t("wd-source")];
    Table::new(desk, desk.t("wd-years"), &heads).rows(rows(years), |year| {
        let status = if year.flag("known") {
            Cell::badge(desk.t("wd-known"), "ok")
        } else {
            Cell::badge(desk.t("wd-weekends"), if year.flag("expected") { "warn" } else { "plain" })
        };
        let source = match (year.text("source"), year.flag("known")) {
            ("", true) => desk.t("wd-shipped"),
            (source, _) => source,
        };
        [Cell::text(year.shown("year")), status, Cell::text(source)]
    })
}

fn days(desk: &Desk, years: &Value) -> Table {
    let heads = [desk.t("wd-from"), desk.t("wd-to"), desk.t("wd-kind")];
    let mut table = Table::new(desk, desk.t("wd-days"), &heads);
    for stretch in rows(years).iter().flat_map(|year| year.list("days")) {
        let kind = if stretch.flag("worked") {
            Cell::badge(desk.t("wd-worked"), "plain")
        } else {
            Cell::badge(desk.t("wd-off"), "ok")
        };
        table = table.row([Cell::day(stretch.text("from")), Cell::day(stretch.text("to")), kind]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_notice_is_read_in_both_languages() {
        let days = |from: &str, to: &str, name: &str| json!({ "from": from, "to": to, "name": name });
        assert_eq!(
            range("放假 2027-01-01 2027-01-03 元旦"),
            Some((false, days("2027-01-01", "2027-01-03", "元旦")))
        );
        assert_eq!(range("上班，2027-01-10，元旦"), Some((true, days("2027-01-10", "2027-01-10", "元旦"))));
        assert_eq!(
            range("off 2027-02-05 New Year"),
            Some((false, days("2027-02-05", "2027-02-05", "New Year")))
        );
        for line in ["2027-01-01 元旦", "放假 元旦", "放假 2027-01-01", "放假"] {
            assert_eq!(range(line), None, "{line}");
        }
    }
}
