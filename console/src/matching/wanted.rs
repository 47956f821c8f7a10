//! Who may want a patent: open needs and enterprises that work on the like of it.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::json;

use super::{proposals, reasons, score, weights};
use crate::{
    cell::Cell,
    desk::{Desk, Id},
    failure::Failure,
    frame,
    page::{Notice, Page, Table},
    patents::{API as PATENTS, number_cell},
    session::Console,
    value::Facts,
};

pub(super) fn routes() -> Router<Console> {
    Router::new().route("/patents/{id}/matches", get(show))
}

/// `GET /patents/{id}/matches`
async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let patent = desk.get(&format!("{PATENTS}/{id}")).await?;
    let wanted = desk.get(&format!("{PATENTS}/{id}/matches")).await?;
    let mut page = Page::new(desk.t("mt-wanted-title"))
        .up(patent.text("title"), format!("/patents/{id}"))
        .number(patent.text("number"))
        .badge(Cell::state(&desk, patent.text("legal_status")))
        .action(true, desk.t("mt-rules"), "/matching-rules");
    if wanted.has("not_offered") {
        let text = wanted.at("not_offered").said("", desk.lang()).to_owned();
        let title = desk.t("mt-not-offered").to_owned();
        return Ok(frame::show(&desk, page.with(Notice { tone: "warn", title, text, ..Notice::default() })));
    }
    let heads = [
        desk.t("mt-need"),
        desk.t("mt-enterprise"),
        &format!("#{}", desk.t("mt-score")),
        desk.t("mt-reasons"),
        desk.t("mt-proposal"),
    ];
    let mut needs = Table::new(&desk, desk.t("mt-wanted-needs"), &heads).rows(wanted.list("needs"), |row| {
        let need = row.at("need");
        [
            Cell::text(need.text("title")).to(format!("/needs/{}", need.text("id"))),
            Cell::text(need.text("enterprise_name")),
            score(row),
            Cell::text(reasons(&desk, row)),
            proposals::of_pair(&desk, row, &json!({ "patent_id": &*id, "need_id": need.text("id") })),
        ]
    });
    desk.t("mt-wanted-needs-none").clone_into(&mut needs.empty);
    let heads = [
        desk.t("mt-enterprise"),
        &format!("#{}", desk.t("mt-score")),
        desk.t("mt-nearest"),
        desk.t("mt-reasons"),
        desk.t("mt-proposal"),
    ];
    let mut enterprises =
        Table::new(&desk, desk.t("mt-wanted-enterprises"), &heads).rows(wanted.list("enterprises"), |row| {
            let to = json!({ "patent_id": &*id, "enterprise_id": row.text("enterprise_id") });
            [
                Cell::text(row.text("enterprise_name")),
                score(row),
                number_cell(&desk, row.at("nearest")).under(row.at("nearest").text("title")),
                Cell::text(reasons(&desk, row)),
                proposals::of_pair(&desk, row, &to),
            ]
        });
    desk.t("mt-wanted-enterprises-none").clone_into(&mut enterprises.empty);
    page = page.with(needs).with(enterprises);
    let text = weights(&desk, &wanted);
    Ok(frame::show(&desk, page.with(Notice { tone: "info", text, ..Notice::default() })))
}
