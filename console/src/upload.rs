//! Forms that send a file, and handing the file on to the API unread.

use askama::Template;
use axum::{
    body::Body,
    extract::Request,
    http::{Request as Outgoing, header},
};
use serde_json::Value;

use crate::{
    desk::{Desk, read},
    failure::Refusal,
    list::markup,
    page::{Block, Notice},
    text::Words,
};

/// The largest upload, as the API's with the form around it.
pub const UPLOAD_BYTES_MAX: usize = 21 * 1024 * 1024;
/// What a browser offers to choose as a paper.
const ACCEPTED: &str = ".pdf,.png,.jpg,.jpeg,.xlsx,.docx";

/// A form that sends a file.
#[derive(Template)]
#[template(path = "upload.html")]
pub struct Upload {
    words: &'static Words,
    title: String,
    intro: String,
    action: String,
    submit: String,
    choice_name: &'static str,
    choice_label: String,
    choices: Vec<(String, String)>,
    chosen: String,
    accept: &'static str,
    file_help: String,
    note: bool,
    internal: bool,
    problem: Option<Notice>,
}

impl Upload {
    /// A form for a paper of one of these kinds.
    pub fn paper(desk: &Desk, action: String, kinds: Vec<(String, String)>) -> Self {
        Self {
            words: desk.words(),
            title: desk.t("document-attach").to_owned(),
            intro: String::new(),
            action,
            submit: desk.t("document-attach").to_owned(),
            choice_name: "kind",
            choice_label: desk.t("document-kind").to_owned(),
            choices: kinds,
            chosen: desk.asked("kind").to_owned(),
            accept: ACCEPTED,
            file_help: desk.t("document-file-help").to_owned(),
            note: true,
            internal: desk.me().kind == "bank",
            problem: None,
        }
    }

    /// A form for the next version of a paper, whose kind stays.
    pub fn version(desk: &Desk, action: String) -> Self {
        Self {
            title: desk.t("document-replace").to_owned(),
            intro: desk.t("document-replace-intro").to_owned(),
            submit: desk.t("document-replace").to_owned(),
            internal: false,
            ..Self::paper(desk, action, Vec::new())
        }
    }

    /// A form for a list as CSV, from one of several sources.
    pub fn csv(
        desk: &Desk,
        action: &str,
        title: &'static str,
        help: &'static str,
        source: (&'static str, &'static str, Vec<(String, String)>),
    ) -> Self {
        Self {
            words: desk.words(),
            title: desk.t(title).to_owned(),
            intro: String::new(),
            action: action.to_owned(),
            submit: desk.t(title).to_owned(),
            choice_name: source.0,
            choice_label: desk.t(source.1).to_owned(),
            choices: source.2,
            chosen: String::new(),
            accept: ".csv",
            file_help: desk.t(help).to_owned(),
            note: false,
            internal: false,
            problem: None,
        }
    }

    /// Of papers that are the bank's own, all of them: there is nothing to tick.
    #[must_use]
    pub fn kept_inside(self, intro: &str) -> Self {
        Self { internal: false, intro: intro.to_owned(), ..self }
    }

    /// With what was refused.
    #[must_use]
    pub fn refused(mut self, desk: &Desk, refusal: &Refusal) -> Self {
        let items = refusal.fields.iter().map(|(_, text)| text.clone()).collect();
        let text = match refusal.detail.as_str() {
            "" => desk.t("error-unavailable-text").to_owned(),
            detail => detail.to_owned(),
        };
        self.problem = Some(Notice { tone: "risk", title: desk.t("form-refused").to_owned(), text, items });
        self
    }

    /// As a part of a page.
    #[must_use]
    pub fn block(&self) -> Block {
        markup(self)
    }
}

/// Hands an upload on unread and reads the answer.
///
/// # Errors
/// What the API refused.
pub async fn hand_on(desk: &Desk, api: &str, request: Request) -> Result<Value, Refusal> {
    let (parts, body) = request.into_parts();
    let mut outgoing = Outgoing::post(api);
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        if let Some(value) = parts.headers.get(&name) {
            outgoing = outgoing.header(name, value);
        }
    }
    let outgoing = outgoing.body(body).unwrap_or_else(|_| Outgoing::new(Body::empty()));
    read(desk.pass(outgoing).await?).await
}
