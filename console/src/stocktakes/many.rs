//! What is done to many items of a stocktake at once: giving them to a college, labels, bundle, another day. The items are
//! those of the filter, up to two hundred at a time; each is sent at the version that the page showed.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::{Value, json};

use crate::{
    desk::{Desk, Id, with_query},
    draft::{Draft, Input},
    failure::{Failure, Refusal},
    form::{Field, Form, Kind},
    frame,
    page::Page,
    session::Console,
    steps,
    stocktakes::{
        API,
        items::{API as ITEMS, STATES},
        word, words,
    },
    value::{Facts, rows},
};

/// The routes of this file.
pub fn routes() -> Router<Console> {
    Router::new().route("/stocktakes/{id}/many", get(show).post(change))
}

/// Items of the stocktake that the filter leaves, as choices: id and version, and what they are.
async fn choices(desk: &Desk, id: &str, filter: &[(&str, &str)]) -> Result<Vec<(String, String)>, Failure> {
    let mut query = vec![("campaign_id", id), ("limit", "200")];
    query.extend(filter.iter().filter(|(_, value)| !value.is_empty()));
    let found = desk.find(ITEMS, &query).await?;
    Ok(rows(&found)
        .iter()
        .map(|item| {
            let value = format!("{} {}", item.text("id"), item.shown("version"));
            let shown = format!(
                "{} {}{}{} {}{}{}{}",
                item.text("patent_number"),
                item.text("patent_title"),
                desk.stop("（"),
                item.text("college"),
                item.text("inventor_name"),
                desk.stop("，"),
                word(desk, "sti", item.text("state")),
                desk.stop("）"),
            );
            (value, shown)
        })
        .collect())
}

/// Every bundle of a stocktake as a choice.
async fn bundles(desk: &Desk, id: &str) -> Result<Vec<(String, String)>, Failure> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let query = [("limit", "200"), ("cursor", cursor.as_str())];
        let page = desk.find(&format!("{API}/{id}/bundles"), &query).await?;
        found.extend(rows(&page).iter().map(|one| {
            let number = one.shown("number");
            let name = format!("{number} {}", one.text("name"));
            (number, name)
        }));
        if !page.has("next_cursor") {
            return Ok(found);
        }
        page.text("next_cursor").clone_into(&mut cursor);
    }
}

const FILTERS: [&str; 4] = ["q", "state", "college", "assigned"];

async fn form(desk: &Desk, id: &str, filter: &[(&'static str, String)]) -> Result<Form, Failure> {
    let narrowed: Vec<(&str, &str)> = filter.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let items = choices(desk, id, &narrowed).await?;
    let out = ("out".to_owned(), desk.t("stk-unbundle").to_owned());
    let bundles = bundles(desk, id).await?.into_iter().chain([out]);
    let action = with_query(&format!("/stocktakes/{id}/many"), &narrowed);
    let acts = [("edit", "stk-many-edit"), ("assign", "stk-many-assign")];
    let acts = acts.map(|(value, key)| (value.to_owned(), desk.words().get(key).to_owned()));
    Ok(Form::new(desk, action, desk.t("stk-many-do"))
        .title(desk.t("stk-many"))
        .intro(desk.t("stk-many-intro"))
        .field(Field::new(Kind::Checks, "items", desk.t("stk-many-items")).options(items))
        .field(Field::new(Kind::Choice, "what", desk.t("stk-many-what")).options(acts))
        .field(Field::new(Kind::Text, "college", desk.t("stk-college")).half().optional())
        .field(Field::new(Kind::Text, "inventor_name", desk.t("sti-inventor")).half().optional())
        .field(
            Field::new(Kind::Text, "add_labels", desk.t("stk-add-labels"))
                .help(desk.t("stk-labels-help"))
                .half()
                .optional(),
        )
        .field(Field::new(Kind::Text, "remove_labels", desk.t("stk-remove-labels")).half().optional())
        .field(
            Field::new(Kind::Choice, "bundle", desk.t("stk-bundle-number"))
                .options(bundles)
                .half()
                .optional(),
        )
        .field(Field::new(Kind::Day, "due_on", desk.t("sti-due")).half().optional()))
}

/// The form that narrows the items shown.
fn narrowing(desk: &Desk, id: &str, filter: &[(&'static str, String)]) -> Form {
    let now = |name: &str| {
        filter.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let yes_no = ["true", "false"].map(|value| (value.to_owned(), desk.word(value)));
    let mut form = Form::new(desk, format!("/stocktakes/{id}/many"), desk.t("stk-narrow"))
        .field(Field::new(Kind::Text, "q", desk.t("sti-q")).value(now("q")).half().optional())
        .field(
            Field::new(Kind::Choice, "state", desk.t("col-status"))
                .options(words(desk, "sti", STATES))
                .value(now("state"))
                .half()
                .optional(),
        )
        .field(
            Field::new(Kind::Text, "college", desk.t("stk-college")).value(now("college")).half().optional(),
        )
        .field(
            Field::new(Kind::Choice, "assigned", desk.t("stk-assigned"))
                .options(yes_no)
                .value(now("assigned"))
                .half()
                .optional(),
        );
    form.reads = true;
    form.hidden.clear();
    form
}

fn filter(desk: &Desk) -> Vec<(&'static str, String)> {
    FILTERS.map(|name| (name, desk.asked(name).to_owned())).to_vec()
}

async fn page(desk: &Desk, id: &str) -> Result<Page, Failure> {
    let campaign = desk.get(&format!("{API}/{id}")).await?;
    Ok(Page::new(desk.t("stk-many")).up(campaign.text("name"), format!("/stocktakes/{id}")).with(narrowing(
        desk,
        id,
        &filter(desk),
    )))
}

/// `GET /stocktakes/{id}/many`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    if !desk.may("stocktake.manage") {
        return Err(Failure::status(axum::http::StatusCode::FORBIDDEN));
    }
    let form = form(&desk, &id, &filter(&desk)).await?;
    let page = page(&desk, &id).await?;
    Ok(frame::show(&desk, page.with(form)))
}

fn listed(text: &str) -> Vec<String> {
    text.split([',', '，', '、', ';', '；'])
        .map(str::trim)
        .filter(|label| !label.is_empty())
        .map(str::to_owned)
        .collect()
}

async fn send(desk: &Desk, id: &str, input: &Input) -> Result<Value, Refusal> {
    let items: Vec<Value> = input
        .all("items")
        .filter_map(|chosen| chosen.split_once(' '))
        .map(|(id, version)| json!({ "id": id, "version": version.parse::<i64>().ok() }))
        .collect();
    let draft = Draft::new(desk, input).with("items", items);
    if input.text("what") == "assign" {
        return draft.texts(&["college", "inventor_name"]).send(&format!("{API}/{id}/assign")).await;
    }
    let draft = draft
        .with("add_labels", listed(input.text("add_labels")))
        .with("remove_labels", listed(input.text("remove_labels")))
        .texts(&["due_on"]);
    let draft = match input.text("bundle") {
        "" => draft,
        "out" => draft.with("unbundle", true),
        _ => draft.wholes(&["bundle"]),
    };
    draft.send(&format!("{API}/{id}/edit")).await
}

/// `POST /stocktakes/{id}/many`
async fn change(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    let answer = send(&desk, &id, &input).await;
    let here = format!("/stocktakes/{id}/many");
    if answer.is_ok() {
        return Ok(frame::go(&here, "saved"));
    }
    let form = form(&desk, &id, &filter(&desk)).await?;
    let page = page(&desk, &id).await?;
    steps::answered(&desk, answer, (&here, "saved"), &input, form, |form| page.with(form))
}
