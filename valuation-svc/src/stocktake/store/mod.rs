//! Stocktakes as rows. An institute sees its own, the regulator all; an inventor sees of the items only those that are
//! given to that person: by account or, where none is known, by name within the institute.

mod entities;
mod mapping;
mod writing;

use chrono::{Months, NaiveDate};
use contracts::{CampaignId, OrgId, PatentId, StocktakeItemId, UserId};
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};
use tx_kit::{
    Fault,
    listing::{self, ListingError, PageOf, PageRequest, Sort, containing},
};

pub(super) use entities::{bundle, item::Column};
use entities::{campaign, item};
use mapping::{BAR, campaign_of, item_of};
pub(super) use writing::{
    insert_bundle, insert_campaign, insert_items, put_off, update_campaign, update_item,
};

use super::model::{Campaign, CampaignState, DORMANT_YEARS, Item, ItemState, Unfinished};

/// The person that items must be given to, for whom sees only those.
#[derive(Debug, Clone)]
pub(super) struct Own {
    /// The account.
    pub user: UserId,
    /// The name.
    pub name: String,
}

fn campaigns_in(scope: &Scope) -> Select<campaign::Entity> {
    let all = campaign::Entity::find();
    if scope.sees_all() { all } else { all.filter(campaign::Column::Tenant.eq(scope.tenant().uuid())) }
}

fn items_in(scope: &Scope, own: Option<&Own>) -> Select<item::Entity> {
    let all = item::Entity::find();
    let all = if scope.sees_all() { all } else { all.filter(Column::Tenant.eq(scope.tenant().uuid())) };
    let Some(own) = own else { return all };
    let by_name = Condition::all()
        .add(Column::InventorId.is_null())
        .add(Column::InventorName.eq(&own.name))
        .add(Column::College.ne(""));
    all.filter(Condition::any().add(Column::InventorId.eq(own.user.uuid())).add(by_name))
}

/// A stocktake, where it is in scope.
pub(super) async fn find_campaign(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: CampaignId,
) -> Result<Option<Campaign>, Fault> {
    let found = campaigns_in(scope).filter(campaign::Column::Id.eq(id.uuid())).one(conn).await?;
    found.map(campaign_of).transpose()
}

/// Locks a stocktake that was found in scope.
pub(super) async fn lock_campaign(
    conn: &impl ConnectionTrait,
    id: CampaignId,
) -> Result<Option<Campaign>, Fault> {
    let found = campaign::Entity::find_by_id(id.uuid()).lock_exclusive().one(conn).await?;
    found.map(campaign_of).transpose()
}

/// Holds a stocktake that was found in scope against its end, beside others who do.
pub(super) async fn hold_campaign(
    conn: &impl ConnectionTrait,
    id: CampaignId,
) -> Result<Option<Campaign>, Fault> {
    let found = campaign::Entity::find_by_id(id.uuid()).lock_shared().one(conn).await?;
    found.map(campaign_of).transpose()
}

/// One page of stocktakes, newest first.
pub(super) async fn page_campaigns(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (state, text): (Option<CampaignState>, Option<&str>),
    request: &PageRequest,
) -> Result<PageOf<Campaign>, ListingError> {
    use campaign::Column as C;
    let mut select = campaigns_in(scope);
    if let Some(state) = state {
        select = select.filter(C::State.eq(state.name()));
    }
    if let Some(text) = text {
        select = select.filter(containing(&[C::Name, C::TenantName], text));
    }
    let sort = Sort { column: C::CreatedAt, descending: true };
    let found = listing::page(select, conn, sort, C::Id, request).await?;
    let items = found.items.into_iter().map(campaign_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: found.next_cursor })
}

/// What a list of items is narrowed by.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// Of this stocktake.
    pub campaign: Option<CampaignId>,
    /// Of the stocktakes that run, or of those that do not.
    pub running: Option<bool>,
    /// Standing here.
    pub state: Option<ItemState>,
    /// Given to this college.
    pub college: Option<String>,
    /// Given to some college, or to none.
    pub assigned: Option<bool>,
    /// Of this prospect grade.
    pub grade: Option<u8>,
    /// With this label.
    pub label: Option<String>,
    /// In this bundle.
    pub bundle: Option<i64>,
    /// Of this patent.
    pub patent: Option<PatentId>,
    /// Past their day on this day, and not reviewed.
    pub overdue_on: Option<NaiveDate>,
    /// Due from the one day to the other, and not reviewed.
    pub due_within: Option<(NaiveDate, NaiveDate)>,
    /// Not reviewed.
    pub unfinished: bool,
    /// Dormant on this day.
    pub dormant_on: Option<NaiveDate>,
    /// Number, title, college or inventor contains this.
    pub text: Option<String>,
}

fn open_states() -> Condition {
    Condition::all().add(Column::State.is_not_in([ItemState::Library.name(), ItemState::KeptOut.name()]))
}

fn narrowed(select: Select<item::Entity>, filter: &Filter) -> Select<item::Entity> {
    let mut all = Condition::all()
        .add_option(filter.campaign.map(|id| Column::CampaignId.eq(id.uuid())))
        .add_option(filter.state.map(|state| Column::State.eq(state.name())))
        .add_option(filter.college.as_ref().map(|college| Column::College.eq(college)))
        .add_option(
            filter.assigned.map(|yes| if yes { Column::College.ne("") } else { Column::College.eq("") }),
        )
        .add_option(filter.grade.map(|grade| Column::Grade.eq(i64::from(grade))))
        .add_option(filter.bundle.map(|bundle| Column::Bundle.eq(bundle)))
        .add_option(filter.patent.map(|id| Column::PatentId.eq(id.uuid())));
    if let Some(running) = filter.running {
        let state = if running { CampaignState::Open } else { CampaignState::Closed };
        let of_state = campaign::Entity::find()
            .select_only()
            .column(campaign::Column::Id)
            .filter(campaign::Column::State.eq(state.name()));
        all = all.add(Column::CampaignId.in_subquery(sea_orm::QueryTrait::into_query(of_state)));
    }
    if let Some(label) = &filter.label {
        all = all.add(containing(&[Column::Labels], &format!("{BAR}{label}{BAR}")));
    }
    if let Some(day) = filter.overdue_on {
        all = all.add(open_states()).add(Column::DueOn.lt(day));
    }
    if let Some((from, to)) = filter.due_within {
        all = all.add(open_states()).add(Column::DueOn.between(from, to));
    }
    if filter.unfinished {
        all = all.add(open_states());
    }
    if let Some(day) = filter.dormant_on {
        let before = day.checked_sub_months(Months::new(12 * DORMANT_YEARS)).unwrap_or(day);
        all = all.add(Column::Idle.eq(true)).add(Column::GrantedOn.lt(before));
    }
    if let Some(text) = &filter.text {
        let columns = [Column::PatentNumber, Column::PatentTitle, Column::College, Column::InventorName];
        all = all.add(containing(&columns, text));
    }
    select.filter(all)
}

/// One page of items.
pub(super) async fn page_items(
    conn: &impl ConnectionTrait,
    (scope, own): (&Scope, Option<&Own>),
    filter: &Filter,
    sort: Sort<Column>,
    request: &PageRequest,
) -> Result<PageOf<Item>, ListingError> {
    let select = narrowed(items_in(scope, own), filter);
    let found = listing::page(select, conn, sort, Column::Id, request).await?;
    let items = found.items.into_iter().map(item_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: found.next_cursor })
}

/// An item, where it is in scope.
pub(super) async fn find_item(
    conn: &impl ConnectionTrait,
    (scope, own): (&Scope, Option<&Own>),
    id: StocktakeItemId,
) -> Result<Option<Item>, Fault> {
    items_in(scope, own).filter(Column::Id.eq(id.uuid())).one(conn).await?.map(item_of).transpose()
}

/// Items of a stocktake, locked in the order of their ids; those that are not there or not in scope are left out.
pub(super) async fn lock_items(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    campaign: CampaignId,
    ids: &[StocktakeItemId],
) -> Result<Vec<Item>, Fault> {
    let rows = items_in(scope, None)
        .filter(Column::CampaignId.eq(campaign.uuid()))
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(conn)
        .await?;
    rows.into_iter().map(item_of).collect()
}

/// Drafts of a stocktake after an id, in the order of ids: a piece of a job's work.
pub(super) async fn drafts_after(
    conn: &impl ConnectionTrait,
    campaign: CampaignId,
    after: Option<StocktakeItemId>,
    limit: u64,
) -> Result<Vec<Item>, Fault> {
    let rows = item::Entity::find()
        .filter(Column::CampaignId.eq(campaign.uuid()))
        .filter(Column::State.eq(ItemState::Draft.name()))
        .filter(Condition::all().add_option(after.map(|id| Column::Id.gt(id.uuid()))))
        .order_by_asc(Column::Id)
        .limit(limit)
        .lock_exclusive()
        .all(conn)
        .await?;
    rows.into_iter().map(item_of).collect()
}

/// How many items of a stocktake are drafts.
pub(super) async fn drafts(conn: &impl ConnectionTrait, campaign: CampaignId) -> Result<u64, Fault> {
    Ok(item::Entity::find()
        .filter(Column::CampaignId.eq(campaign.uuid()))
        .filter(Column::State.eq(ItemState::Draft.name()))
        .count(conn)
        .await?)
}

/// Which of these patents are in a stocktake already.
pub(super) async fn taken(
    conn: &impl ConnectionTrait,
    campaign: CampaignId,
    patents: &[uuid::Uuid],
) -> Result<std::collections::HashSet<uuid::Uuid>, Fault> {
    let ids: Vec<uuid::Uuid> = item::Entity::find()
        .select_only()
        .column(Column::PatentId)
        .filter(Column::CampaignId.eq(campaign.uuid()))
        .filter(Column::PatentId.is_in(patents.iter().copied()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(ids.into_iter().collect())
}

/// Items of a stocktake that are alike, counted.
#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct Alike {
    /// The college; empty for none.
    pub college: String,
    /// Where they stand.
    pub state: String,
    /// Their prospect grade; 0 for none.
    pub grade: i64,
    /// How many.
    pub items: i64,
}

/// The items of a stocktake by college, state and grade; `overdue_on` counts only those past their day.
pub(super) async fn find_coverage(
    conn: &impl ConnectionTrait,
    (scope, own): (&Scope, Option<&Own>),
    campaign: CampaignId,
    overdue_on: Option<NaiveDate>,
) -> Result<Vec<Alike>, Fault> {
    let filter = Filter { campaign: Some(campaign), overdue_on, ..Filter::default() };
    Ok(narrowed(items_in(scope, own), &filter)
        .select_only()
        .column(Column::College)
        .column(Column::State)
        .column(Column::Grade)
        .column_as(Column::Id.count(), "items")
        .group_by(Column::College)
        .group_by(Column::State)
        .group_by(Column::Grade)
        .into_model::<Alike>()
        .all(conn)
        .await?)
}

/// What a stocktake has unfinished.
pub(super) async fn unfinished(
    conn: &impl ConnectionTrait,
    campaign: CampaignId,
) -> Result<Unfinished, Fault> {
    let mut left = Unfinished::default();
    for one in find_coverage(conn, (&Scope::system(), None), campaign, None).await? {
        let items = u64::try_from(one.items).unwrap_or(0);
        match ItemState::parse(&one.state) {
            Some(ItemState::Draft) => left.draft += items,
            Some(ItemState::College) => left.college += items,
            Some(ItemState::Institution) => left.institution += items,
            _ => {}
        }
    }
    Ok(left)
}

/// One page of the bundles of a stocktake that was found in scope, by number, each with its number of patents.
pub(super) async fn page_bundles(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    campaign: CampaignId,
    request: &PageRequest,
) -> Result<PageOf<(bundle::Model, i64)>, ListingError> {
    let select = bundle::Entity::find().filter(bundle::Column::CampaignId.eq(campaign.uuid()));
    // A number stands once in a stocktake: no tie is left to the second column.
    let sort = Sort { column: bundle::Column::Bundle, descending: false };
    let found = listing::page(select, conn, sort, bundle::Column::CampaignId, request).await?;
    let counts: Vec<(Option<i64>, i64)> = items_in(scope, None)
        .select_only()
        .column(Column::Bundle)
        .column_as(Column::Id.count(), "items")
        .filter(Column::CampaignId.eq(campaign.uuid()))
        .filter(Column::Bundle.is_in(found.items.iter().map(|row| row.bundle)))
        .group_by(Column::Bundle)
        .into_tuple()
        .all(conn)
        .await?;
    let count =
        |number: i64| counts.iter().find(|(of, _)| *of == Some(number)).map_or(0, |(_, items)| *items);
    let items = found.items.into_iter().map(|row| {
        let patents = count(row.bundle);
        (row, patents)
    });
    Ok(PageOf { items: items.collect(), next_cursor: found.next_cursor })
}

/// The items in the library of an institute, by patent or by bundle: what can be put to the market.
pub(super) async fn in_library(
    conn: &impl ConnectionTrait,
    institute: OrgId,
    chosen: Condition,
) -> Result<Vec<Item>, Fault> {
    let rows = item::Entity::find()
        .filter(Column::Tenant.eq(institute.uuid()))
        .filter(Column::State.eq(ItemState::Library.name()))
        .filter(chosen)
        .order_by_asc(Column::PatentNumber)
        .all(conn)
        .await?;
    rows.into_iter().map(item_of).collect()
}

/// The items of patents that the transfer office has assessed, the oldest word first.
pub(super) async fn assessed_of(
    conn: &impl ConnectionTrait,
    patents: &[uuid::Uuid],
) -> Result<Vec<Item>, Fault> {
    let rows = item::Entity::find()
        .filter(Column::PatentId.is_in(patents.iter().copied()))
        .filter(Column::UnitAssessment.is_not_null())
        .order_by_asc(Column::UpdatedAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(item_of).collect()
}
