//! Proposals as rows. The institute finds those it made, the enterprise those made to it, the regulator all.

use chrono::NaiveDate;
use contracts::{MatchId, NeedId, OrgId, PatentId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, Select,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

use crate::matching::model::proposal::MatchStatus;

/// The rows.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One proposal.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "patent_match")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Patent and need, or patent and enterprise.
        pub pair: String,
        pub need_id: Option<Uuid>,
        /// Empty where it was proposed to the enterprise itself.
        pub need_title: String,
        /// 0 where it was proposed to the enterprise itself.
        pub need_version: i64,
        pub patent_id: Uuid,
        pub patent_number: String,
        #[sea_orm(column_type = "Text")]
        pub patent_title: String,
        pub patent_version: i64,
        pub institute_id: Uuid,
        pub institute_name: String,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub origin: String,
        /// Ten-thousandths, as ranked on the day.
        pub score: i64,
        #[sea_orm(column_type = "Text")]
        pub reasons: String,
        #[sea_orm(column_type = "Text")]
        pub message: String,
        pub institute_contact: String,
        pub enterprise_contact: Option<String>,
        pub status: String,
        pub reason_code: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub note: Option<String>,
        pub outcome_mode: Option<String>,
        pub outcome_amount_fen: Option<i64>,
        pub signed_on: Option<Date>,
        pub proposed_by: String,
        pub proposed_on: Date,
        pub answered_by: Option<String>,
        pub answered_on: Option<Date>,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::Column;

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In one of these states.
    pub statuses: Vec<MatchStatus>,
    /// For this need.
    pub need: Option<NeedId>,
    /// Of this patent.
    pub patent: Option<PatentId>,
    /// Patent, need, institute or enterprise contains this.
    pub text: Option<String>,
}

fn within(scope: &Scope) -> Select<row::Entity> {
    let select = row::Entity::find();
    if scope.sees_all() {
        return select;
    }
    let me = scope.tenant().uuid();
    select.filter(Condition::any().add(Column::InstituteId.eq(me)).add(Column::EnterpriseId.eq(me)))
}

/// The pair of a proposal, as it is unique while it lives.
#[must_use]
pub fn pair(patent: PatentId, need: Option<NeedId>, enterprise: OrgId) -> String {
    match need {
        Some(need) => format!("{patent}:need:{need}"),
        None => format!("{patent}:enterprise:{enterprise}"),
    }
}

/// One proposal that a scope may see.
///
/// # Errors
/// The database's fault.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: MatchId,
) -> Result<Option<row::Model>, Fault> {
    Ok(within(scope).filter(Column::Id.eq(id.uuid())).one(conn).await?)
}

/// One page of the proposals that a scope may see.
///
/// # Errors
/// A cursor of another list; the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<Column>,
    request: &PageRequest,
) -> Result<PageOf<row::Model>, ListingError> {
    let mut all = Condition::all()
        .add_option(filter.need.map(|need| Column::NeedId.eq(need.uuid())))
        .add_option(filter.patent.map(|patent| Column::PatentId.eq(patent.uuid())));
    if !filter.statuses.is_empty() {
        all = all.add(Column::Status.is_in(filter.statuses.iter().map(|status| status.name())));
    }
    if let Some(text) = &filter.text {
        let columns = [
            Column::PatentNumber,
            Column::PatentTitle,
            Column::NeedTitle,
            Column::InstituteName,
            Column::EnterpriseName,
        ];
        all = all.add(listing::containing(&columns, text));
    }
    listing::page(within(scope).filter(all), conn, sort, Column::Id, request).await
}

/// The newest proposal of a pair.
///
/// # Errors
/// The database's fault.
pub async fn newest(conn: &impl ConnectionTrait, pair: &str) -> Result<Option<row::Model>, Fault> {
    Ok(row::Entity::find()
        .filter(Column::Pair.eq(pair))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .one(conn)
        .await?)
}

/// The newest proposal of each of some pairs, by pair.
///
/// # Errors
/// The database's fault.
pub async fn newest_of(
    conn: &impl ConnectionTrait,
    pairs: Vec<String>,
) -> Result<std::collections::HashMap<String, row::Model>, Fault> {
    let rows = row::Entity::find()
        .filter(Column::Pair.is_in(pairs))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.pair.clone(), row)).collect())
}

/// What an institute has proposed on a day, to one enterprise where one is named.
///
/// # Errors
/// The database's fault.
pub async fn proposed_on(
    conn: &impl ConnectionTrait,
    institute: OrgId,
    day: NaiveDate,
    to: Option<OrgId>,
) -> Result<u64, Fault> {
    let all = Condition::all()
        .add(Column::InstituteId.eq(institute.uuid()))
        .add(Column::ProposedOn.eq(day))
        .add_option(to.map(|enterprise| Column::EnterpriseId.eq(enterprise.uuid())));
    Ok(row::Entity::find().filter(all).count(conn).await?)
}

/// Writes a new proposal; false where the pair is proposed already.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &Tx, row: row::Model) -> Result<bool, Fault> {
    let done = row::Entity::insert(row::ActiveModel::from(row)).exec_without_returning(tx.conn()).await;
    match done.map_err(Fault::from) {
        Ok(_) => Ok(true),
        Err(fault) if fault.is_unique_violation() => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// Writes a step of a proposal, which must be as it was read.
///
/// # Errors
/// The database's fault; a conflict where another transaction changed it meanwhile.
pub async fn update(tx: &Tx, read: &row::Model, change: row::ActiveModel) -> Result<(), Fault> {
    let change = row::ActiveModel { version: Set(read.version + 1), updated_at: Set(tx.now()), ..change };
    let done = row::Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(read.id))
        .filter(Column::Version.eq(read.version))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("proposal {} was changed by another", read.id)))
    }
}

/// Lets what waits for an answer on a need lapse; how many there were.
///
/// # Errors
/// The database's fault.
pub async fn lapse_on(tx: &Tx, need: Uuid) -> Result<u64, Fault> {
    let waiting = row::Entity::find()
        .filter(Column::NeedId.eq(need))
        .filter(Column::Status.eq(MatchStatus::Proposed.name()))
        .all(tx.conn())
        .await?;
    for row in &waiting {
        let change = row::ActiveModel {
            status: Set(MatchStatus::Lapsed.name().to_owned()),
            answered_on: Set(Some(tx.business_date())),
            ..Default::default()
        };
        update(tx, row, change).await?;
    }
    Ok(waiting.len() as u64)
}

/// The state that a row is in.
///
/// # Errors
/// [`Fault::Corrupt`]
pub fn status_of(row: &row::Model) -> Result<MatchStatus, Fault> {
    MatchStatus::parse(&row.status)
        .ok_or_else(|| Fault::Corrupt(format!("status {} of proposal {}", row.status, row.id)))
}
