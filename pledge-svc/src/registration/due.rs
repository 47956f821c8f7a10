//! Pledged patents that are to be valued anew, as valuation-svc tells: why, by when, and whether they were. A pledge's history
//! says so, and the loans that it secures are looked at again at the next close.

use async_trait::async_trait;
use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::{
    Actor, Envelope, Event, OrgId, PatentId, PledgeId, TriggerId, ValuationId, events::RevaluationDue,
};
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::{Permission, Scope};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tx_kit::{
    AuditEntry, Consumer, Db, Fault, InTx, Tx, inbox,
    listing::{LIMIT_MAX, PageRequest, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    rights::written,
    store::{
        self,
        due::{self, Column, Filter, due_row},
    },
};
use crate::{risk, state::App};

/// The consumer's durable name.
const NAME: &str = "pledge.revaluations_due";
/// The purpose of a valuation that a bank lends on.
const PURPOSE: &str = "pledge";

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PledgeRead, routes!(list_revaluations_due))
        .route(Permission::PledgeRead, routes!(export_revaluations_due))
}

/// Keeps which pledged patents are to be valued anew.
pub struct RevaluationsDue {
    db: Db,
}

impl RevaluationsDue {
    /// A consumer that writes to this database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Consumer for RevaluationsDue {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, event_name: &str) -> bool {
        event_name == "valuation.revaluation_due.v1"
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        self.db.run(|tx| follow(tx, batch).in_tx()).await
    }
}

async fn follow(tx: &mut Tx, batch: &[Envelope]) -> Result<(), Fault> {
    for envelope in inbox::first_time(tx, NAME, batch).await? {
        if let Event::RevaluationDue(told) = &envelope.event
            && told.purpose == PURPOSE
        {
            hear(tx, told, envelope.version).await?;
        }
    }
    Ok(())
}

async fn hear(tx: &mut Tx, told: &RevaluationDue, version: i64) -> Result<(), Fault> {
    if !due::note(tx, told.trigger_id, version, told).await? {
        return Ok(());
    }
    let (kind, on) = match told.closed_on {
        Some(on) => ("revaluation_done", on),
        None => ("revaluation_due", told.noted_on),
    };
    for pledge in store::find::find_over_patent(tx.conn(), &Scope::system(), told.patent_id).await? {
        if pledge.bank_id != told.tenant {
            continue;
        }
        let details = json!({
            "patent": told.patent_id, "number": told.patent_number, "cause": told.cause,
            "reason": told.reason_zh, "reason_en": told.reason_en, "until": told.deadline,
            "valuation": told.closed_by,
        });
        written(tx, &pledge, kind, on, details.clone()).await?;
        risk::review_line(tx.conn(), pledge.facility_id.uuid()).await?;
        let actor = Actor { tenant: pledge.bank_id, ..Actor::system() };
        let entry = AuditEntry::new(&actor, "pledge.hear_revaluation_due", "pledge", pledge.id);
        tx.audit([entry.with(details)]).await?;
    }
    Ok(())
}

/// Where one stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RevaluationDueStatus)]
pub enum Status {
    /// 待重估
    Due,
    /// 已逾期: due, and the deadline has passed
    Overdue,
    /// 已重估
    Closed,
}

/// A pledged patent that is to be valued anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PledgeRevaluationDue {
    /// What asks for it.
    pub id: TriggerId,
    /// The pledge over the patent.
    pub pledge_id: Option<PledgeId>,
    /// Its number.
    pub pledge_number: Option<String>,
    /// The bank.
    pub bank_id: OrgId,
    /// The pledgor.
    pub enterprise_id: Option<OrgId>,
    /// Its name.
    pub enterprise_name: Option<String>,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// Its title.
    pub patent_title: String,
    /// The valuation that is no longer to be relied on without a look.
    pub valuation_id: ValuationId,
    /// Its number.
    pub valuation_number: String,
    /// A stable word: `invalidation_filed`, `annuity_missed` …
    pub cause: String,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// The day on which it was noticed.
    pub noted_on: NaiveDate,
    /// The day by which to value anew.
    pub deadline: NaiveDate,
    /// Where it stands today.
    pub status: Status,
    /// The valuation that closed it.
    pub closed_by: Option<ValuationId>,
    /// When.
    pub closed_on: Option<NaiveDate>,
}

fn view(one: due_row::Model, pledge: Option<store::row::Model>, today: NaiveDate) -> PledgeRevaluationDue {
    let status = match one.closed_on {
        Some(_) => Status::Closed,
        None if one.deadline < today => Status::Overdue,
        None => Status::Due,
    };
    PledgeRevaluationDue {
        id: one.id.into(),
        pledge_id: pledge.as_ref().map(|pledge| pledge.id.into()),
        pledge_number: pledge.as_ref().map(|pledge| pledge.number.clone()),
        bank_id: one.bank_id.into(),
        enterprise_id: pledge.as_ref().map(|pledge| pledge.enterprise_id.into()),
        enterprise_name: pledge.map(|pledge| pledge.enterprise_name),
        patent_id: one.patent_id.into(),
        patent_number: one.patent_number,
        patent_title: one.patent_title,
        valuation_id: one.valuation_id.into(),
        valuation_number: one.valuation_number,
        cause: one.cause,
        reason_zh: one.reason_zh,
        reason_en: one.reason_en,
        noted_on: one.noted_on,
        deadline: one.deadline,
        status,
        closed_by: one.closed_by.map(Into::into),
        closed_on: one.closed_on,
    }
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `due` (the late ones among them), `overdue` or `closed`.
    status: Option<Status>,
    /// Of this pledge.
    pledge_id: Option<PledgeId>,
    /// For this cause.
    cause: Option<String>,
    /// `deadline` or `noted_on`; with `-` in front, latest first. Default `deadline`.
    sort: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[serde(default)]
    #[param(inline)]
    format: FileKind,
}

impl ListQuery {
    fn filter(&self, today: NaiveDate) -> Filter {
        Filter {
            pledge: self.pledge_id,
            open: match self.status {
                Some(Status::Due) => Some(true),
                Some(Status::Closed) => Some(false),
                Some(Status::Overdue) | None => None,
            },
            overdue_on: (self.status == Some(Status::Overdue)).then_some(today),
            cause: self.cause.clone(),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("deadline");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "deadline" => Column::Deadline,
            "noted_on" => Column::NotedOn,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 deadline、noted_on 排序。",
                    "Sort by deadline or noted_on.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// Pledged patents that are to be valued anew.
#[utoipa::path(get, path = "/pledge-revaluations-due", tag = "pledges", operation_id = "list_revaluations_due",
    params(ListQuery), responses((status = 200, body = Page<PledgeRevaluationDue>)))]
async fn list_revaluations_due(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<PledgeRevaluationDue>>, Problem> {
    let today = app.db.clock().business_date();
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let filter = query.filter(today);
    let page = due::page(app.db.read(), &who.scope(), &filter, query.sort()?, &request).await?;
    Ok(Json(Page::of(page, |(one, pledge)| view(one, pledge, today))))
}

/// The same as a file.
#[utoipa::path(get, path = "/pledge-revaluations-due/export", tag = "pledges",
    operation_id = "export_revaluations_due", params(ListQuery),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export_revaluations_due(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let today = app.db.clock().business_date();
    let (scope, filter, sort) = (who.scope(), query.filter(today), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = due::page(app.db.read(), &scope, &filter, sort, &request).await?;
        rows.extend(page.items.into_iter().map(|(one, pledge)| cells(view(one, pledge, today), lang)));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("质押编号", "Pledge"),
            ("出质人", "Pledgor"),
            ("专利号", "Patent"),
            ("专利名称", "Title"),
            ("评估编号", "Valuation"),
            ("重估原因", "Reason"),
            ("发现日", "Noted on"),
            ("重估期限", "Deadline"),
            ("重估完成日", "Valued anew on"),
        ],
    );
    Table { name: "pledge-revaluations-due".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: PledgeRevaluationDue, lang: Lang) -> Vec<Cell> {
    let text = |value: Option<String>| value.map_or(Cell::Empty, Cell::Text);
    vec![
        text(one.pledge_number),
        text(one.enterprise_name),
        Cell::Text(one.patent_number),
        Cell::Text(one.patent_title),
        Cell::Text(one.valuation_number),
        Cell::said(lang, &one.reason_zh, &one.reason_en),
        Cell::Date(one.noted_on),
        Cell::Date(one.deadline),
        one.closed_on.map_or(Cell::Empty, Cell::Date),
    ]
}
