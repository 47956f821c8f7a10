//! What a decision on a facility, on a change of one or on a waiver of a pledge takes by the bank's approval authority,
//! who has spoken on it, whose authority may be used; and the risk manager's word before it.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    decisions::permitted,
    desk::{Desk, Id},
    draft::{Draft, Input},
    facilities::{self, API},
    failure::Failure,
    figures,
    form::{Field, Form, Kind},
    frame, line_agreements, line_changes, line_members, line_terms, line_waivers,
    page::{Block, Grid, Notice, Page, Table},
    session::Console,
    steps::{self, Step, Words},
    value::Facts,
    write_offs_asked,
};

/// The yes of an approver to a line, a change of one or a waiver.
pub const APPROVE: Step = Step {
    name: "approve",
    key: "approve",
    permission: "facility.approve",
    words: Words::Comment,
    danger: false,
    done: "approved",
};
/// The no.
pub const REFUSE: Step = Step {
    name: "refuse",
    key: "refuse",
    permission: "facility.approve",
    words: Words::Reason,
    danger: true,
    done: "refused",
};

/// The pages of this file, of [`line_waivers`], of [`line_agreements`] and of [`write_offs_asked`].
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/facilities/{id}/consent", get(line_show).post(line))
        .route("/facilities/{id}/changes/{change}/consent", get(change_show).post(change))
        .route("/facilities/{id}/waivers/{waiver}/consent", get(waiver_show).post(waiver))
        .merge(line_waivers::routes())
        .merge(line_agreements::routes())
        .merge(write_offs_asked::routes())
}

/// What the decision of the thing at this address takes; null where the person may not know.
pub async fn demanded(desk: &Desk, api: &str) -> Value {
    if desk.may("parameter.read") {
        desk.get(&format!("{api}/authority")).await.unwrap_or_default()
    } else {
        Value::Null
    }
}

/// The level, who has spoken, and what stands in the way of the one who looks.
pub fn blocks(desk: &Desk, v: &Value) -> Vec<Block> {
    if v.is_null() {
        return Vec::new();
    }
    let mut blocks: Vec<Block> = vec![level(desk, v).into()];
    let hindrance = v.said("hindrance", desk.lang());
    if !hindrance.is_empty() && desk.may("facility.approve") {
        blocks.push(Notice { tone: "warn", text: hindrance.to_owned(), ..Notice::default() }.into());
    }
    if !v.list("votes").is_empty() {
        blocks.push(votes(desk, v).into());
    }
    blocks.extend(line_agreements::blocks(desk, v.list("agreements")));
    blocks
}

fn level(desk: &Desk, v: &Value) -> Grid {
    let grid = Grid::new(desk.t("authority-title"));
    if !v.has("demand") {
        return grid.fact(desk.t("authority-level"), Cell::text(desk.t("la-takes-away")));
    }
    let demand = v.at("demand");
    let approvers = desk.tf("authority-approvers", &[("count", &demand.shown("approvers"))]);
    let consent = if demand.flag("risk_consent") { "la-consent-needed" } else { "authority-no-consent" };
    let own = match v.text("own_limit") {
        "" => Cell::text(desk.t("authority-no-bound")),
        limit => Cell::yuan(limit),
    };
    grid.fact(desk.t("authority-amount"), Cell::yuan(demand.text("amount")))
        .fact(desk.t("authority-level"), Cell::figure(demand.shown("level")).under(approvers))
        .fact(desk.t("authority-consent"), Cell::text(desk.words().get(consent)))
        .fact(desk.t("authority-own"), own)
}

fn votes(desk: &Desk, v: &Value) -> Table {
    let heads = [desk.t("la-said-at"), desk.t("la-who"), desk.t("la-word"), desk.t("col-comment")];
    Table::new(desk, desk.t("la-votes"), &heads).rows(v.list("votes"), |vote| {
        let under = match vote.text("lent_by") {
            "" => String::new(),
            name => desk.tf("la-under", &[("name", name)]),
        };
        let (word, tone) = match vote.text("word") {
            "approves" => ("la-approves", "ok"),
            "consents" => ("consent-agrees", "ok"),
            _ => ("consent-denies", "risk"),
        };
        [
            Cell::stamp(vote.text("said_at")),
            Cell::text(vote.text("by")).under(under),
            Cell::badge(desk.words().get(word), tone),
            Cell::text(vote.text("comment")),
        ]
    })
}

/// With a choice of colleagues whose authority may be used, where there are any.
pub fn lent(desk: &Desk, form: Form, v: &Value) -> Form {
    let lent: Vec<(String, String)> = v
        .list("delegations")
        .iter()
        .map(|one| {
            let cap = match one.text("cap") {
                "" => desk.t("authority-no-bound").to_owned(),
                cap => figures::yuan(cap),
            };
            let until = figures::day(one.text("valid_until"));
            let words =
                desk.tf("delegation-choice", &[("name", one.text("from")), ("cap", &cap), ("until", &until)]);
            (one.text("id").to_owned(), words)
        })
        .collect();
    if lent.is_empty() {
        return form;
    }
    let field = Field::new(Kind::Choice, "delegation_id", desk.t("approval-authority")).optional();
    form.field(field.help(desk.t("delegation-use-help")).options(lent))
}

/// The form of the risk manager's word.
pub fn consent_form(desk: &Desk, action: String) -> Form {
    Form::new(desk, action, desk.t("consent"))
        .field(Field::new(Kind::Choice, "agrees", desk.t("la-consent-question")).options([
            ("true".to_owned(), desk.t("consent-agrees").to_owned()),
            ("false".to_owned(), desk.t("consent-denies").to_owned()),
        ]))
        .field(Field::new(Kind::Lines, "comment", desk.t("col-comment")))
}

/// What of a decision is told afterwards: the first of two approvals leaves it open.
pub fn done<'a>(answer: &Value, step: &str, usual: &'a str) -> &'a str {
    if step == "approve" && answer.text("status") == "proposed" { "approved-once" } else { usual }
}

/// Where a word is given: the thing's address here and in the API, and where one came from.
struct Place {
    here: String,
    api: String,
    back: String,
    facility: Value,
}

impl Place {
    async fn of(desk: &Desk, id: &str, below: &str, api: &str) -> Result<Self, Failure> {
        permitted(desk, "application.consent")?;
        Ok(Self {
            here: format!("/facilities/{id}{below}"),
            api: format!("{API}/{id}{api}"),
            back: format!("/facilities/{id}"),
            facility: desk.get(&format!("{API}/{id}")).await?,
        })
    }

    fn form(&self, desk: &Desk) -> Form {
        consent_form(desk, format!("{}/consent", self.here)).seen(&self.facility)
    }

    /// What the word is about: the change beside what stands, the waiver, or the line with its banks and members.
    async fn matter(&self, desk: &Desk) -> Vec<Block> {
        let f = &self.facility;
        let steps: Vec<&str> = self.here.rsplit('/').collect();
        match steps.as_slice() {
            [change, "changes", ..] => match line_changes::change_of(desk, f.text("id"), change).await {
                Ok((_, found)) => vec![
                    line_changes::hands(desk, &found).into(),
                    line_changes::compared(desk, f, &found).into(),
                ],
                Err(_) => Vec::new(),
            },
            [_, "waivers", ..] => match desk.get(&self.api).await {
                Ok(found) => vec![line_waivers::facts(desk, f, &found).into()],
                Err(_) => Vec::new(),
            },
            _ => {
                let title = desk.t("facility-members").to_owned();
                let members = Table { title, ..line_members::table(desk, f) };
                line_terms::shares(desk, f).into_iter().chain([members.into()]).collect()
            }
        }
    }

    async fn page(&self, desk: &Desk, form: Form) -> Page {
        let f = &self.facility;
        let mut page = Page::new(desk.t("consent"))
            .up(f.text("name"), self.back.as_str())
            .number(f.text("number"))
            .badge(Cell::state(desk, f.text("status")));
        page.blocks.extend(blocks(desk, &demanded(desk, &self.api).await));
        page = page.with(facilities::use_of(desk, f)).with(facilities::terms(desk, f));
        page.blocks.extend(self.matter(desk).await);
        page.with(form)
    }

    async fn show(self, desk: &Desk) -> Result<Response, Failure> {
        let form = self.form(desk);
        Ok(frame::show(desk, self.page(desk, form).await))
    }

    async fn take(self, desk: &Desk, input: &Input) -> Result<Response, Failure> {
        let draft =
            Draft::new(desk, input).texts(&["comment"]).with("agrees", input.text("agrees") == "true");
        let answer = draft.send(&format!("{}/consent", self.api)).await;
        if answer.is_ok() {
            return Ok(frame::go(&self.back, "consented"));
        }
        let page = self.page(desk, self.form(desk)).await;
        steps::answered(desk, answer, (&self.back, ""), input, self.form(desk), |form| replaced(page, form))
    }
}

/// The page with another form in place of its last block.
fn replaced(mut page: Page, form: Form) -> Page {
    page.blocks.pop();
    page.with(form)
}

/// `GET /facilities/{id}/consent`
pub async fn line_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    Place::of(&desk, &id, "", "").await?.show(&desk).await
}

/// `POST /facilities/{id}/consent`
pub async fn line(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    Place::of(&desk, &id, "", "").await?.take(&desk, &input).await
}

/// `GET /facilities/{id}/changes/{change}/consent`
pub async fn change_show(desk: Desk, Path((id, change)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let below = format!("/changes/{change}");
    Place::of(&desk, &id, &below, &below).await?.show(&desk).await
}

/// `POST /facilities/{id}/changes/{change}/consent`
pub async fn change(
    desk: Desk,
    Path((id, change)): Path<(Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    let below = format!("/changes/{change}");
    Place::of(&desk, &id, &below, &below).await?.take(&desk, &input).await
}

/// `GET /facilities/{id}/waivers/{waiver}/consent`
pub async fn waiver_show(desk: Desk, Path((id, waiver)): Path<(Id, Id)>) -> Result<Response, Failure> {
    let (here, api) = (format!("/waivers/{waiver}"), format!("/pledge-waivers/{waiver}"));
    Place::of(&desk, &id, &here, &api).await?.show(&desk).await
}

/// `POST /facilities/{id}/waivers/{waiver}/consent`
pub async fn waiver(
    desk: Desk,
    Path((id, waiver)): Path<(Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    let (here, api) = (format!("/waivers/{waiver}"), format!("/pledge-waivers/{waiver}"));
    Place::of(&desk, &id, &here, &api).await?.take(&desk, &input).await
}
