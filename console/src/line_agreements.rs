//! The word of the banks that take part in a line of another bank: what each has said of the line, of a change or of a
//! waiver; agreeing and declining for one's own part; and the list of what the own bank is asked for.

use axum::{Router, extract::Path, response::Response, routing::get};
use serde_json::Value;

use crate::{
    cell::Cell,
    desk::{Desk, Id},
    draft::Input,
    facilities::{self, API},
    failure::Failure,
    figures,
    form::Form,
    frame, line_authority, line_changes, line_members,
    line_terms::{self, say},
    line_waivers,
    list::{self, List, column, numeric, picked},
    page::{Beside, Block, Grid, Notice, Page, Table},
    session::Console,
    steps::{self, Step, Words},
    value::Facts,
};

const AGREEMENTS: &str = "/api/pledge/v1/agreements";
const STATES: &[&str] = &["open", "agreed", "declined", "lapsed"];
const KINDS: &[&str] = &["facility", "change", "waiver", "write_off"];

/// A participant's yes for its own part.
const AGREE: Step = Step {
    name: "agree",
    key: "ag-agree",
    permission: "facility.approve",
    words: Words::Comment,
    danger: false,
    done: "ag-agreed",
};
/// Its no, also after a yes.
const DECLINE: Step = Step {
    name: "decline",
    key: "ag-decline",
    permission: "facility.approve",
    words: Words::Reason,
    danger: true,
    done: "ag-declined",
};

/// The pages of this file.
pub fn routes() -> Router<Console> {
    Router::new()
        .route("/agreements", get(index))
        .route("/agreements/export", get(export))
        .route("/facilities/{id}/agree", get(line_agree_show).post(line_agree))
        .route("/facilities/{id}/decline", get(line_decline_show).post(line_decline))
        .route("/facilities/{id}/changes/{change}/agree", get(change_agree_show).post(change_agree))
        .route("/facilities/{id}/changes/{change}/decline", get(change_decline_show).post(change_decline))
        .route("/facilities/{id}/waivers/{waiver}/agree", get(waiver_agree_show).post(waiver_agree))
        .route("/facilities/{id}/waivers/{waiver}/decline", get(waiver_decline_show).post(waiver_decline))
}

/// The person's bank leads the line.
pub fn leads(desk: &Desk, f: &Value) -> bool {
    f.text("bank_id") == desk.me().organisation_id
}

/// What the person's bank was asked for among these; none where it was not.
pub fn own<'a>(desk: &Desk, agreements: &'a [Value]) -> Option<&'a Value> {
    agreements.iter().find(|one| one.text("bank_id") == desk.me().organisation_id)
}

/// The person may still agree for the own bank; the other way round, decline.
pub fn may(desk: &Desk, agreements: &[Value], step: &str) -> bool {
    let word = own(desk, agreements).map(|one| one.text("status"));
    let open = match step {
        "agree" => matches!(word, Some("open" | "declined")),
        _ => matches!(word, Some("open" | "agreed")),
    };
    open && desk.may("facility.approve")
}

/// The page with the buttons for a participant's word.
pub fn buttons(desk: &Desk, page: Page, here: &str, agreements: &[Value]) -> Page {
    page.action(may(desk, agreements, "agree"), desk.t("ag-agree"), format!("{here}/agree")).action(
        may(desk, agreements, "decline"),
        desk.t("ag-decline"),
        format!("{here}/decline"),
    )
}

/// What the own bank would lend, what waits, and what each bank has said.
pub fn blocks(desk: &Desk, agreements: &[Value]) -> Vec<Block> {
    if agreements.is_empty() {
        return Vec::new();
    }
    let mut blocks: Vec<Block> = Vec::new();
    if let Some(one) = own(desk, agreements) {
        let part = Grid::new(desk.t("ag-own"))
            .fact(desk.t("share"), Cell::percent(&one.shown("share")))
            .fact(desk.t("ag-amount"), Cell::yuan(one.text("amount")))
            .fact(desk.t("ag-word"), state(desk, one));
        blocks.push(part.into());
    }
    let missing: Vec<&str> = agreements
        .iter()
        .filter(|one| matches!(one.text("status"), "open" | "declined"))
        .map(|one| one.text("bank_name"))
        .collect();
    if !missing.is_empty() {
        let text = desk.tf("ag-waits", &[("banks", &missing.join(desk.stop("、")))]);
        blocks.push(Notice { tone: "warn", text, ..Notice::default() }.into());
    }
    let heads = [
        desk.t("col-bank"),
        desk.t("fl-role"),
        &format!("#{}", desk.t("share")),
        &format!("#{}", desk.t("ag-amount")),
        desk.t("ag-word"),
        desk.t("la-who"),
        desk.t("col-comment"),
        desk.t("la-said-at"),
    ];
    let table = Table::new(desk, desk.t("ag-said"), &heads).rows(agreements, |one| {
        [
            Cell::text(one.text("bank_name")),
            Cell::text(say(desk, one.text("role"))),
            Cell::percent(&one.shown("share")),
            Cell::yuan(one.text("amount")),
            state(desk, one),
            Cell::text(one.text("by")),
            Cell::text(one.text("comment")),
            Cell::stamp(one.text("said_at")),
        ]
    });
    blocks.push(table.into());
    blocks
}

fn state(desk: &Desk, one: &Value) -> Cell {
    let status = one.text("status");
    let tone = match status {
        "agreed" => "ok",
        "open" => "warn",
        "declined" => "risk",
        _ => "plain",
    };
    Cell::badge(desk.words().get(&format!("ag-v-{status}")), tone)
}

/// `GET /agreements`
pub async fn index(desk: Desk) -> Result<Response, Failure> {
    let choices = |names: &[&str], prefix: &str| {
        names
            .iter()
            .map(|name| ((*name).to_owned(), desk.words().get(&format!("{prefix}{name}")).to_owned()))
            .collect()
    };
    let list = List {
        api: AGREEMENTS.to_owned(),
        filters: vec![
            picked("status", "col-status", choices(STATES, "ag-v-")),
            picked("kind", "ag-kind", choices(KINDS, "ag-kind-")),
        ],
        columns: vec![
            column("col-created", |_, row| Cell::stamp(row.text("created_at"))).sorted("created_at"),
            column("ag-kind", |desk, row| {
                let kind = format!("ag-kind-{}", row.text("kind"));
                Cell::text(desk.words().get(&kind)).to(place(desk, row)).under(row.text("enterprise_name"))
            }),
            column("col-facility", |_, row| {
                Cell::text(row.text("facility_name"))
                    .to(format!("/facilities/{}", row.text("facility_id")))
                    .under(row.text("facility_number"))
            }),
            column("fl-v-agent", |_, row| Cell::text(row.text("lead_bank_name"))),
            column("col-bank", |_, row| Cell::text(row.text("bank_name"))),
            numeric("share", |_, row| Cell::percent(&row.shown("share"))),
            numeric("ag-amount", |_, row| Cell::yuan(row.text("amount")))
                .summed_yuan("amount")
                .sorted("amount"),
            column("col-status", state),
        ],
        export: true,
    };
    let page = Page::new(desk.t("ag-title")).up(desk.t("facilities-title"), "/facilities");
    list::show(&desk, page, list).await
}

/// `GET /agreements/export`
pub async fn export(desk: Desk) -> Result<Response, Failure> {
    desk.export(AGREEMENTS).await
}

/// Where the word is given.
fn place(desk: &Desk, row: &Value) -> String {
    let line = format!("/facilities/{}", row.text("facility_id"));
    let open = matches!(row.text("status"), "open" | "declined");
    match row.text("kind") {
        "waiver" => format!("{line}/waivers/{}", row.text("subject_id")),
        "write_off" => format!("/write-offs/{}", row.text("subject_id")),
        "change" if open && desk.may("facility.approve") => {
            format!("{line}/changes/{}/agree", row.text("subject_id"))
        }
        "change" if open && desk.may("application.consent") => {
            format!("{line}/changes/{}/consent", row.text("subject_id"))
        }
        _ => line,
    }
}

/// What a word is given on: its address here and in the API, and what is shown of it.
struct Matter {
    here: String,
    api: String,
    back: String,
    facility: Value,
    authority: Value,
    shown: Vec<Block>,
}

impl Matter {
    async fn line(desk: &Desk, id: &str) -> Result<Self, Failure> {
        let facility = desk.get(&format!("{API}/{id}")).await?;
        let f = &facility;
        let members = Table { title: desk.t("facility-members").to_owned(), ..line_members::table(desk, f) };
        let mut shown: Vec<Block> = Vec::new();
        shown.extend(line_terms::cover(desk, f));
        shown.extend(line_terms::shares(desk, f));
        shown.push(members.into());
        Self::of(desk, id, ("", ""), facility, shown).await
    }

    async fn change(desk: &Desk, id: &str, change: &str) -> Result<Self, Failure> {
        let (facility, found) = line_changes::change_of(desk, id, change).await?;
        let shown = vec![
            line_changes::hands(desk, &found).into(),
            line_changes::compared(desk, &facility, &found).into(),
        ];
        let below = format!("/changes/{change}");
        Self::of(desk, id, (&below, &below), facility, shown).await
    }

    async fn waiver(desk: &Desk, id: &str, waiver: &str) -> Result<Self, Failure> {
        let (here, api) = (format!("/waivers/{waiver}"), format!("/pledge-waivers/{waiver}"));
        let facility = desk.get(&format!("{API}/{id}")).await?;
        let found = desk.get(&format!("{API}/{id}{api}")).await?;
        let shown = vec![line_waivers::facts(desk, &facility, &found).into()];
        Self::of(desk, id, (&here, &api), facility, shown).await
    }

    async fn of(
        desk: &Desk,
        id: &str,
        (here, api): (&str, &str),
        facility: Value,
        shown: Vec<Block>,
    ) -> Result<Self, Failure> {
        let api = format!("{API}/{id}{api}");
        let authority = line_authority::demanded(desk, &api).await;
        let back = if here.starts_with("/waivers") { here } else { "" };
        Ok(Self {
            here: format!("/facilities/{id}{here}"),
            back: format!("/facilities/{id}{back}"),
            api,
            facility,
            authority,
            shown,
        })
    }

    fn form(&self, desk: &Desk, step: Step) -> Form {
        let form = step.form(desk, format!("{}/{}", self.here, step.name)).seen(&self.facility);
        let amount = own(desk, self.authority.list("agreements")).map_or("", |one| one.text("amount"));
        if step.name != "agree" {
            return form.intro(desk.t("ag-decline-intro"));
        }
        let form = form.intro(desk.tf("ag-agree-intro", &[("amount", &figures::yuan(amount))]));
        line_authority::lent(desk, form, &self.authority)
    }

    fn page(self, desk: &Desk, step: Step, form: Form) -> Page {
        let f = &self.facility;
        let other = if step.name == "agree" { DECLINE } else { AGREE };
        let mut page = Page::new(desk.words().get(step.key))
            .up(f.text("name"), self.back.as_str())
            .number(f.text("number"))
            .badge(Cell::state(desk, f.text("status")))
            .action(
                may(desk, self.authority.list("agreements"), other.name),
                desk.words().get(other.key),
                format!("{}/{}", self.here, other.name),
            )
            .with(facilities::use_of(desk, f))
            .with(Beside { blocks: vec![facilities::terms(desk, f).into()] });
        page.blocks.extend(self.shown);
        page.blocks.extend(line_authority::blocks(desk, &self.authority));
        page.with(form)
    }

    fn show(self, desk: &Desk, step: Step) -> Result<Response, Failure> {
        let step = steps::find(desk, &[step], step.name)?;
        let form = self.form(desk, step);
        Ok(frame::show(desk, self.page(desk, step, form)))
    }

    async fn take(self, desk: &Desk, step: Step, input: &Input) -> Result<Response, Failure> {
        let step = steps::find(desk, &[step], step.name)?;
        let answer = steps::take(desk, &format!("{}/{}", self.api, step.name), input).await;
        if let Ok(answer) = &answer {
            // The first of two approvals leaves the word open.
            let agreed =
                own(desk, answer.list("agreements")).is_none_or(|one| one.text("status") == "agreed");
            let done = if step.name == "agree" && !agreed { "approved-once" } else { step.done };
            return Ok(frame::go(&self.back, done));
        }
        let (form, back) = (self.form(desk, step), self.back.clone());
        steps::answered(desk, answer, (&back, step.done), input, form, |form| self.page(desk, step, form))
    }
}

/// `GET /facilities/{id}/agree`
pub async fn line_agree_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    Matter::line(&desk, &id).await?.show(&desk, AGREE)
}

/// `POST /facilities/{id}/agree`
pub async fn line_agree(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    Matter::line(&desk, &id).await?.take(&desk, AGREE, &input).await
}

/// `GET /facilities/{id}/decline`
pub async fn line_decline_show(desk: Desk, Path(id): Path<Id>) -> Result<Response, Failure> {
    Matter::line(&desk, &id).await?.show(&desk, DECLINE)
}

/// `POST /facilities/{id}/decline`
pub async fn line_decline(desk: Desk, Path(id): Path<Id>, input: Input) -> Result<Response, Failure> {
    Matter::line(&desk, &id).await?.take(&desk, DECLINE, &input).await
}

/// `GET /facilities/{id}/changes/{change}/agree`
pub async fn change_agree_show(desk: Desk, Path((id, change)): Path<(Id, Id)>) -> Result<Response, Failure> {
    Matter::change(&desk, &id, &change).await?.show(&desk, AGREE)
}

/// `POST /facilities/{id}/changes/{change}/agree`
pub async fn change_agree(
    desk: Desk,
    Path((id, change)): Path<(Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    Matter::change(&desk, &id, &change).await?.take(&desk, AGREE, &input).await
}

/// `GET /facilities/{id}/changes/{change}/decline`
pub async fn change_decline_show(
    desk: Desk,
    Path((id, change)): Path<(Id, Id)>,
) -> Result<Response, Failure> {
    Matter::change(&desk, &id, &change).await?.show(&desk, DECLINE)
}

/// `POST /facilities/{id}/changes/{change}/decline`
pub async fn change_decline(
    desk: Desk,
    Path((id, change)): Path<(Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    Matter::change(&desk, &id, &change).await?.take(&desk, DECLINE, &input).await
}

/// `GET /facilities/{id}/waivers/{waiver}/agree`
pub async fn waiver_agree_show(desk: Desk, Path((id, waiver)): Path<(Id, Id)>) -> Result<Response, Failure> {
    Matter::waiver(&desk, &id, &waiver).await?.show(&desk, AGREE)
}

/// `POST /facilities/{id}/waivers/{waiver}/agree`
pub async fn waiver_agree(
    desk: Desk,
    Path((id, waiver)): Path<(Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    Matter::waiver(&desk, &id, &waiver).await?.take(&desk, AGREE, &input).await
}

/// `GET /facilities/{id}/waivers/{waiver}/decline`
pub async fn waiver_decline_show(
    desk: Desk,
    Path((id, waiver)): Path<(Id, Id)>,
) -> Result<Response, Failure> {
    Matter::waiver(&desk, &id, &waiver).await?.show(&desk, DECLINE)
}

/// `POST /facilities/{id}/waivers/{waiver}/decline`
pub async fn waiver_decline(
    desk: Desk,
    Path((id, waiver)): Path<(Id, Id)>,
    input: Input,
) -> Result<Response, Failure> {
    Matter::waiver(&desk, &id, &waiver).await?.take(&desk, DECLINE, &input).await
}
