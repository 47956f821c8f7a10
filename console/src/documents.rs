//! Documents: attaching them to an application, a pledge, a change of a loan or a case, looking at them, downloading them,
//! putting a new version in place; the list of all that one may see.

use axum::{
    body::Body,
    extract::{Path, Request},
    http::Request as Outgoing,
    response::Response,
};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id, read},
    failure::{Failure, Refusal},
    figures, frame,
    list::{self, List, chosen, column, numeric, typed},
    page::{Block, Grid, Notice, Page, Table},
    upload::{Upload, hand_on},
    value::{Facts, rows},
};

/// The documents' address.
pub const API: &str = "/api/pledge/v1/documents";
const SUBJECTS: &[&str] = &["application", "pledge", "loan_adjustment", "case", "loan"];
const SCANS: &[&str] = &["clean", "not_scanned", "quarantined", "infected"];
/// The kinds of papers that are offered beside those of a checklist; each has its words.
const KINDS: &[&str] = &[
    "business_licence",
    "financial_statements",
    "tax_certificate",
    "patent_certificate",
    "use_of_funds",
    "co_owner_consent",
    "external_valuation_report",
    "supplementary_agreement",
    "pledge_application_form",
    "pledge_contract",
    "power_of_attorney",
    "identity_papers",
    "board_resolution",
    "guarantee_letter",
    "insurance_policy",
    "valuation_report",
    "registration_notice",
    "credit_report_authorisation",
    "risk_opinion",
    "appeal_statement",
    "other_paper",
];

/// The word for a kind of paper; what a condition of a write-off demands is called as the write-off calls it.
pub fn kind(desk: &Desk, code: &str) -> String {
    desk.words().find(&format!("disp-is-paper-{code}")).map_or_else(|| desk.word(code), str::to_owned)
}

/// Documents as a table; the name leads to the document, an earlier version is marked.
pub fn table(desk: &Desk, title: &str, documents: &[Value]) -> Table {
    let heads = [
        desk.t("document-name"),
        desk.t("document-kind"),
        &format!("#{}", desk.t("document-version")),
        &format!("#{}", desk.t("document-size")),
        desk.t("document-scan"),
        desk.t("document-by"),
        desk.t("document-at"),
    ];
    let mut table = Table::new(desk, title, &heads).rows(documents, |row| {
        [
            Cell::text(row.text("file_name"))
                .to(format!("/documents/{}", row.text("id")))
                .marked(marks(desk, row)),
            Cell::text(kind(desk, row.text("kind"))).under(row.text("note")),
            Cell::figure(row.shown("version")),
            Cell::figure(figures::size(row.count("bytes"))),
            Cell::state(desk, row.text("scan")),
            Cell::text(row.text("uploaded_by")),
            Cell::stamp(row.text("uploaded_at")),
        ]
    });
    desk.t("documents-none").clone_into(&mut table.empty);
    table
}

fn marks(desk: &Desk, row: &Value) -> String {
    let superseded = row.has("latest") && !row.flag("latest");
    let marks = [(superseded, "document-superseded"), (row.flag("internal"), "document-internal-mark")];
    let said: Vec<&str> =
        marks.iter().filter(|(holds, _)| *holds).map(|(_, key)| desk.words().get(key)).collect();
    said.join(" · ")
}

/// `GET /documents`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let list = List {
        api: API.to_owned(),
        filters: vec![
            typed("q", "documents-q"),
            chosen(&desk, "subject_kind", "document-subject", SUBJECTS),
            chosen(&desk, "scan", "document-scan", SCANS),
        ],
        columns: vec![
            column("document-name", |desk, row| {
                Cell::text(row.text("file_name"))
                    .to(format!("/documents/{}", row.text("id")))
                    .marked(marks(desk, row))
            })
            .sorted("file_name"),
            column("document-kind", |desk, row| Cell::text(kind(desk, row.text("kind")))).sorted("kind"),
            column("document-subject", subject_cell),
            numeric("document-version", |_, row| Cell::figure(row.shown("version"))),
            numeric("document-size", |_, row| Cell::figure(figures::size(row.count("bytes"))))
                .sorted("bytes"),
            column("document-scan", |desk, row| Cell::state(desk, row.text("scan"))).sorted("scan"),
            column("document-by", |_, row| Cell::text(row.text("uploaded_by"))),
            column("document-at", |_, row| Cell::stamp(row.text("uploaded_at"))).sorted("uploaded_at"),
        ],
        export: true,
    };
    list::show(&desk, Page::new(desk.t("documents-title")), list).await
}

/// `GET /documents/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(API).await
}

fn subject_cell(desk: &Desk, row: &Value) -> Cell {
    let id = row.text("subject_id");
    let cell = Cell::text(desk.word(row.text("subject_kind")));
    match row.text("subject_kind") {
        "application" => cell.to(format!("/applications/{id}")),
        "pledge" => cell.to(format!("/pledges/{id}")),
        "loan_adjustment" => cell.to(format!("/adjustments/{id}")),
        "loan" => cell.to(format!("/loans/{id}")),
        "case" => cell.to(format!("/disposal/{id}")),
        _ => cell,
    }
}

/// `GET /documents/{id}`
pub async fn show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let document = desk.get(&format!("{API}/{id}")).await?;
    Ok(frame::show(&desk, document_page(&desk, &document, None)))
}

fn document_page(desk: &Desk, d: &Value, refusal: Option<&Refusal>) -> Page {
    let id = d.text("id");
    let facts = Grid::new(desk.t("document-facts"))
        .fact(desk.t("document-subject"), subject_cell(desk, d))
        .fact(desk.t("document-kind"), Cell::text(kind(desk, d.text("kind"))))
        .fact(desk.t("document-version"), Cell::figure(d.shown("version")))
        .fact(desk.t("document-size"), Cell::figure(figures::size(d.count("bytes"))))
        .fact(desk.t("document-type"), Cell::text(d.text("media_type")))
        .fact(desk.t("document-hash"), Cell::text(d.text("sha256")))
        .fact(desk.t("document-scan"), Cell::state(desk, d.text("scan")).under(d.text("found")))
        .fact(desk.t("document-by"), Cell::text(d.text("uploaded_by")))
        .fact(desk.t("document-at"), Cell::stamp(d.text("uploaded_at")))
        .fact(desk.t("document-note"), Cell::text(d.text("note")));
    let usable = matches!(d.text("scan"), "clean" | "not_scanned");
    let replaceable = d.flag("latest")
        && desk.may("document.attach")
        && d.text("uploaded_for") == desk.me().organisation_id;
    let mut page = Page::new(d.text("file_name"))
        .up(desk.t("documents-title"), "/documents")
        .badge(Cell::state(desk, d.text("scan")))
        .action(usable, desk.t("document-download"), format!("/documents/{id}/content"))
        .with(facts);
    if d.text("scan") == "quarantined" {
        let text = desk.t("document-quarantined-text").to_owned();
        page = page.with(Notice { tone: "warn", text, ..Notice::default() });
    }
    if replaceable {
        let mut form = Upload::version(desk, format!("/documents/{id}/versions"));
        if let Some(refusal) = refusal {
            form = form.refused(desk, refusal);
        }
        page = page.with(form.block());
    }
    page
}

/// `GET /documents/{id}/content`: the file itself, as the API hands it out.
pub async fn content(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let request =
        Outgoing::get(format!("{API}/{id}/content")).body(Body::empty()).map_err(|_| Failure::not_found())?;
    let response = desk.pass(request).await?;
    if response.status().is_success() {
        return Ok(response);
    }
    Err(read(response).await.err().unwrap_or_default().into())
}

/// `POST /documents/{id}/versions`
pub async fn replace(desk: Desk, Path(id): Path<Id>, request: Request) -> Result<Response, Failure> {
    match hand_on(&desk, &format!("{API}/{id}/versions"), request).await {
        Ok(made) => Ok(frame::go(&format!("/documents/{}", made.text("id")), "attached")),
        Err(refusal) if refusal.status == 401 => Err(refusal.into()),
        Err(refusal) => {
            let document = desk.get(&format!("{API}/{id}")).await?;
            let page = document_page(&desk, &document, Some(&refusal));
            Ok(frame::show_with(&desk, crate::status_of(&refusal), page))
        }
    }
}

/// What documents are attached to.
struct Subject {
    /// The first word of its address here.
    path: &'static str,
    /// The same in the API.
    api: &'static str,
    id: String,
    /// The kinds of papers that it alone has.
    kinds: &'static [&'static str],
}

impl Subject {
    fn here(&self) -> String {
        format!("/{}/{}", self.path, self.id)
    }

    fn api(&self) -> String {
        format!("/api/pledge/v1/{}/{}/documents", self.api, self.id)
    }

    /// The kinds of papers to choose from: what the checklist asks for first.
    async fn kinds(&self, desk: &Desk) -> Vec<(String, String)> {
        let mut kinds: Vec<(String, String)> = Vec::new();
        if self.path == "applications"
            && let Ok(checklist) = desk.get(&format!("/api/pledge/v1{}/checklist", self.here())).await
        {
            let papers = checklist.list("items").iter().filter(|item| item.text("kind") == "document");
            kinds.extend(
                papers.map(|item| (item.text("code").to_owned(), item.said("name", desk.lang()).to_owned())),
            );
        }
        for code in self.kinds.iter().chain(KINDS) {
            if !kinds.iter().any(|(known, _)| known == code) {
                kinds.push(((*code).to_owned(), kind(desk, code)));
            }
        }
        kinds
    }

    async fn page(&self, desk: &Desk, refusal: Option<&Refusal>) -> Result<Page, Failure> {
        let api = self.api();
        let (answer, kinds) = tokio::join!(desk.get(&api), self.kinds(desk));
        let answer = answer?;
        let mut page = Page::new(desk.t("documents-title"))
            .up(desk.t("document-back"), self.here())
            .with(table(desk, desk.t("documents-title"), rows(&answer)));
        if desk.may("document.attach") {
            let mut form = Upload::paper(desk, format!("{}/documents", self.here()), kinds);
            if self.path == "disposal" {
                form = form.kept_inside(desk.t("document-case-intro"));
            }
            if let Some(refusal) = refusal {
                form = form.refused(desk, refusal);
            }
            page = page.with(form.block());
        }
        Ok(page)
    }

    async fn attach(&self, desk: &Desk, request: Request) -> Result<Response, Failure> {
        match hand_on(desk, &self.api(), request).await {
            Ok(_) => Ok(frame::go(&format!("{}/documents", self.here()), "attached")),
            Err(refusal) if refusal.status == 401 => Err(refusal.into()),
            Err(refusal) => {
                let page = self.page(desk, Some(&refusal)).await?;
                Ok(frame::show_with(desk, crate::status_of(&refusal), page))
            }
        }
    }
}

fn of_application(id: &Id) -> Subject {
    Subject { path: "applications", api: "applications", id: id.to_string(), kinds: &[] }
}

fn of_pledge(id: &Id) -> Subject {
    Subject { path: "pledges", api: "pledges", id: id.to_string(), kinds: &[] }
}

fn of_adjustment(id: &Id) -> Subject {
    let kinds = &["adjustment_request", "adjustment_agreement", "guarantor_consent", "rollover_assessment"];
    Subject { path: "adjustments", api: "adjustments", id: id.to_string(), kinds }
}

fn of_case(id: &Id) -> Subject {
    let kinds =
        &["acceleration_letter", "collection_letter", "court_paper", "sale_papers", "write_off_proof"];
    Subject { path: "disposal", api: "disposal-cases", id: id.to_string(), kinds }
}

fn of_loan(id: &Id) -> Subject {
    let kinds = &["purchase_contract", "invoice", "payment_receipt", "check_report"];
    Subject { path: "loans", api: "loans", id: id.to_string(), kinds }
}

/// What is attached to a thing, for its own page; none where the person may not read papers or has none to see.
pub async fn attached(desk: &Desk, thing: &str) -> Option<Block> {
    if !desk.may("document.read") {
        return None;
    }
    let answer = desk.get(&format!("{thing}/documents")).await.ok()?;
    Some(table(desk, desk.t("documents-title"), rows(&answer)).into())
}

/// `GET /applications/{id}/documents`
pub async fn application_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let page = of_application(&id).page(&desk, None).await?;
    Ok(frame::show(&desk, page))
}

/// `POST /applications/{id}/documents`
pub async fn application_attach(
    desk: Desk,
    Path(id): Path<Id>,
    request: Request,
) -> Result<Response, Failure> {
    of_application(&id).attach(&desk, request).await
}

/// `GET /pledges/{id}/documents`
pub async fn pledge_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let page = of_pledge(&id).page(&desk, None).await?;
    Ok(frame::show(&desk, page))
}

/// `POST /pledges/{id}/documents`
pub async fn pledge_attach(desk: Desk, Path(id): Path<Id>, request: Request) -> Result<Response, Failure> {
    of_pledge(&id).attach(&desk, request).await
}

/// `GET /adjustments/{id}/documents`
pub async fn adjustment_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let page = of_adjustment(&id).page(&desk, None).await?;
    Ok(frame::show(&desk, page))
}

/// `POST /adjustments/{id}/documents`
pub async fn adjustment_attach(
    desk: Desk,
    Path(id): Path<Id>,
    request: Request,
) -> Result<Response, Failure> {
    of_adjustment(&id).attach(&desk, request).await
}

/// `GET /loans/{id}/documents`
pub async fn loan_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let page = of_loan(&id).page(&desk, None).await?;
    Ok(frame::show(&desk, page))
}

/// `POST /loans/{id}/documents`
pub async fn loan_attach(desk: Desk, Path(id): Path<Id>, request: Request) -> Result<Response, Failure> {
    of_loan(&id).attach(&desk, request).await
}

/// `GET /disposal/{id}/documents`
pub async fn case_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    let page = of_case(&id).page(&desk, None).await?;
    Ok(frame::show(&desk, page))
}

/// `POST /disposal/{id}/documents`
pub async fn case_attach(desk: Desk, Path(id): Path<Id>, request: Request) -> Result<Response, Failure> {
    of_case(&id).attach(&desk, request).await
}

#[cfg(test)]
mod tests {
    use http_kit::Lang;

    use super::*;
    use crate::text::Words;

    #[test]
    fn every_kind_of_paper_that_is_offered_has_its_words_in_both_languages() {
        let id = Id::from("1".to_owned());
        let subjects = [of_application(&id), of_pledge(&id), of_adjustment(&id), of_case(&id), of_loan(&id)];
        for kind in subjects.iter().flat_map(|subject| subject.kinds).chain(KINDS) {
            for lang in [Lang::Zh, Lang::En] {
                assert!(Words::of(lang).find(&format!("v-{kind}")).is_some(), "{kind}");
            }
        }
    }
}
