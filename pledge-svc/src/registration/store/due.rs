//! What asks for pledged patents to be valued anew, as valuation-svc last told: kept for every patent, pledged or not, so that
//! what is told just before a pledge is made is not lost. Shown where a live pledge of the same bank lies on the patent.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{PledgeId, TriggerId, events::RevaluationDue};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

use super::{patent_row, row, within};

/// The rows of triggers.
pub mod due_row {
    use sea_orm::entity::prelude::*;

    /// One trigger.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pledge_revaluation_due")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bank_id: Uuid,
        pub patent_id: Uuid,
        pub patent_number: String,
        #[sea_orm(column_type = "Text")]
        pub patent_title: String,
        pub valuation_id: Uuid,
        pub valuation_number: String,
        pub cause: String,
        #[sea_orm(column_type = "Text")]
        pub reason_zh: String,
        #[sea_orm(column_type = "Text")]
        pub reason_en: String,
        pub noted_on: Date,
        pub deadline: Date,
        pub closed_by: Option<Uuid>,
        pub closed_on: Option<Date>,
        /// The trigger's version that the row is of.
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub use due_row::Column;

/// What a list of them is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this pledge.
    pub pledge: Option<PledgeId>,
    /// Only those that are not closed, or only those that are.
    pub open: Option<bool>,
    /// Not closed, and the deadline was before this day.
    pub overdue_on: Option<NaiveDate>,
    /// For this cause.
    pub cause: Option<String>,
}

/// The live pledges that a scope sees, by the patents on which they lie.
fn pledged(scope: &Scope, pledge: Option<PledgeId>) -> Select<patent_row::Entity> {
    let seen = within(scope).select_only().column(row::Column::Id).into_query();
    let mut rows = patent_row::Entity::find()
        .filter(patent_row::Column::Live.eq(true))
        .filter(patent_row::Column::PledgeId.in_subquery(seen));
    if let Some(pledge) = pledge {
        rows = rows.filter(patent_row::Column::PledgeId.eq(pledge.uuid()));
    }
    rows
}

/// One page of what is due in scope, each with the bank's live pledge over the patent. A bank sees what asks for its own
/// valuations; its borrowers do not.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<Column>,
    request: &PageRequest,
) -> Result<PageOf<(due_row::Model, Option<row::Model>)>, ListingError> {
    let patents =
        pledged(scope, filter.pledge).select_only().column(patent_row::Column::PatentId).into_query();
    let mut all = Condition::all().add(Column::PatentId.in_subquery(patents));
    if !scope.sees_all() {
        all = all.add(Column::BankId.eq(scope.tenant().uuid()));
    }
    all = match filter.open {
        Some(true) => all.add(Column::ClosedOn.is_null()),
        Some(false) => all.add(Column::ClosedOn.is_not_null()),
        None => all,
    };
    if let Some(on) = filter.overdue_on {
        all = all.add(Column::ClosedOn.is_null()).add(Column::Deadline.lt(on));
    }
    all = all.add_option(filter.cause.as_ref().map(|cause| Column::Cause.eq(cause.clone())));
    let select = due_row::Entity::find().filter(all);
    let page = listing::page(select, conn, sort, Column::Id, request).await?;
    let by_patent = pledges_over(conn, scope, &page.items).await?;
    let items = page
        .items
        .into_iter()
        .map(|one| {
            let pledge = by_patent.get(&(one.patent_id, one.bank_id)).cloned();
            (one, pledge)
        })
        .collect();
    Ok(PageOf { items, next_cursor: page.next_cursor })
}

/// The live pledges over the patents of some rows, by patent and bank.
async fn pledges_over(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    rows: &[due_row::Model],
) -> Result<HashMap<(Uuid, Uuid), row::Model>, Fault> {
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let on: Vec<(Uuid, Uuid)> = pledged(scope, None)
        .select_only()
        .column(patent_row::Column::PledgeId)
        .column(patent_row::Column::PatentId)
        .filter(patent_row::Column::PatentId.is_in(rows.iter().map(|one| one.patent_id)))
        .order_by_asc(patent_row::Column::PledgeId)
        .into_tuple()
        .all(conn)
        .await?;
    let pledges =
        within(scope).filter(row::Column::Id.is_in(on.iter().map(|(pledge, _)| *pledge))).all(conn).await?;
    let by_id: HashMap<Uuid, row::Model> = pledges.into_iter().map(|one| (one.id, one)).collect();
    Ok(on
        .into_iter()
        .filter_map(|(pledge, patent)| {
            let pledge = by_id.get(&pledge)?;
            Some(((patent, pledge.bank_id), pledge.clone()))
        })
        .collect())
}

/// Notes the newest state of a trigger; whether it was news.
///
/// # Errors
/// The database's fault; a twin that noted the same first makes the transaction run again.
pub async fn note(tx: &Tx, id: TriggerId, version: i64, told: &RevaluationDue) -> Result<bool, Fault> {
    let known = due_row::Entity::find_by_id(id.uuid()).one(tx.conn()).await?;
    if known.as_ref().is_some_and(|row| row.version >= version) {
        return Ok(false);
    }
    let change = due_row::ActiveModel {
        id: Set(id.uuid()),
        bank_id: Set(told.tenant.uuid()),
        patent_id: Set(told.patent_id.uuid()),
        patent_number: Set(told.patent_number.clone()),
        patent_title: Set(told.patent_title.clone()),
        valuation_id: Set(told.valuation_id.uuid()),
        valuation_number: Set(told.valuation_number.clone()),
        cause: Set(told.cause.clone()),
        reason_zh: Set(told.reason_zh.clone()),
        reason_en: Set(told.reason_en.clone()),
        noted_on: Set(told.noted_on),
        deadline: Set(told.deadline),
        closed_by: Set(told.closed_by.map(contracts::ValuationId::uuid)),
        closed_on: Set(told.closed_on),
        version: Set(version),
    };
    if known.is_some() {
        due_row::Entity::update(change).exec(tx.conn()).await?;
    } else {
        due_row::Entity::insert(change)
            .exec_without_returning(tx.conn())
            .await
            .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    }
    Ok(true)
}
