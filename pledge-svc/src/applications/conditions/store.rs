//! Conditions as rows. A bank finds those of its approvals, an enterprise its own, the regulator every one.

use std::collections::HashMap;

use contracts::{ApplicationId, ConditionId, FacilityId, OrgId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

use crate::{
    applications::model::condition::{Condition, ConditionStatus, Mark},
    visible,
};

/// The table of conditions.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One condition.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "application_condition")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub application_id: Uuid,
        pub application_number: String,
        pub facility_id: Uuid,
        pub bank_id: Uuid,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub code: Option<String>,
        #[sea_orm(column_type = "Text")]
        pub wording: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub wording_en: Option<String>,
        pub status: String,
        pub blocking: bool,
        pub set_by: String,
        pub set_by_id: Uuid,
        pub set_at: DateTimeUtc,
        pub fulfilled_by_id: Option<Uuid>,
        #[sea_orm(column_type = "Text", nullable)]
        pub fulfilled: Option<String>,
        #[sea_orm(column_type = "Text")]
        pub evidence: String,
        pub confirmed_by_id: Option<Uuid>,
        #[sea_orm(column_type = "Text", nullable)]
        pub confirmed: Option<String>,
        pub waived_by_id: Option<Uuid>,
        #[sea_orm(column_type = "Text", nullable)]
        pub waived: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub returned: Option<String>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub use row::Column;

/// What a list of conditions is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this status.
    pub status: Option<ConditionStatus>,
    /// Only those that keep somebody from drawing, or only the others.
    pub blocking: Option<bool>,
    /// Under this facility.
    pub facility: Option<FacilityId>,
    /// Of this enterprise.
    pub enterprise: Option<OrgId>,
    /// Wording, application or enterprise contains this.
    pub text: Option<String>,
}

fn within(scope: &Scope) -> Select<row::Entity> {
    row::Entity::find().filter(visible::between(scope, Column::BankId, Column::EnterpriseId))
}

/// A condition of an application, where it is in scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    application: ApplicationId,
    id: ConditionId,
) -> Result<Option<Condition>, Fault> {
    let found = within(scope)
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::ApplicationId.eq(application.uuid()))
        .one(conn)
        .await?;
    found.map(condition_of).transpose()
}

/// The conditions of an application, in the order in which they were set.
///
/// # Errors
/// As [`find`].
pub async fn find_of(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    application: ApplicationId,
) -> Result<Vec<Condition>, Fault> {
    let found = within(scope)
        .filter(Column::ApplicationId.eq(application.uuid()))
        .order_by_asc(Column::SetAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    found.into_iter().map(condition_of).collect()
}

/// How many conditions block each of these members of a facility.
///
/// # Errors
/// The database's fault.
pub async fn count_blocking(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    facility: FacilityId,
    enterprises: &[OrgId],
) -> Result<HashMap<OrgId, u32>, Fault> {
    if enterprises.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(Uuid, i64)> = within(scope)
        .select_only()
        .column(Column::EnterpriseId)
        .column_as(Column::Id.count(), "standing")
        .filter(Column::FacilityId.eq(facility.uuid()))
        .filter(Column::EnterpriseId.is_in(enterprises.iter().map(|one| one.uuid())))
        .filter(Column::Blocking.eq(true))
        .group_by(Column::EnterpriseId)
        .into_tuple()
        .all(conn)
        .await?;
    let counted = |(enterprise, count): (Uuid, i64)| {
        (OrgId::from_uuid(enterprise), u32::try_from(count).unwrap_or(u32::MAX))
    };
    Ok(found.into_iter().map(counted).collect())
}

/// One page of conditions.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<Column>,
    request: &PageRequest,
) -> Result<PageOf<Condition>, ListingError> {
    let mut select = within(scope);
    if let Some(status) = filter.status {
        select = select.filter(Column::Status.eq(status.name()));
    }
    if let Some(blocking) = filter.blocking {
        select = select.filter(Column::Blocking.eq(blocking));
    }
    if let Some(facility) = filter.facility {
        select = select.filter(Column::FacilityId.eq(facility.uuid()));
    }
    if let Some(enterprise) = filter.enterprise {
        select = select.filter(Column::EnterpriseId.eq(enterprise.uuid()));
    }
    if let Some(text) = &filter.text {
        let columns = [Column::Wording, Column::ApplicationNumber, Column::EnterpriseName];
        select = select.filter(listing::containing(&columns, text));
    }
    let page = listing::page(select, conn, sort, Column::Id, request).await?;
    let items = page.items.into_iter().map(condition_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: page.next_cursor })
}

/// Writes new conditions.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &Tx, conditions: &[Condition]) -> Result<(), Fault> {
    if conditions.is_empty() {
        return Ok(());
    }
    let rows = conditions.iter().map(row_of).collect::<Result<Vec<_>, Fault>>()?;
    row::Entity::insert_many(rows.into_iter().map(row::ActiveModel::from))
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// Writes what a step changed; the row must still be at the version before.
///
/// # Errors
/// The database's fault; a conflict where another changed it meanwhile.
pub async fn update(tx: &Tx, one: &Condition) -> Result<(), Fault> {
    let row = row_of(one)?;
    let touched = row::Entity::update_many()
        .set(row::ActiveModel {
            status: Set(row.status),
            blocking: Set(row.blocking),
            fulfilled_by_id: Set(row.fulfilled_by_id),
            fulfilled: Set(row.fulfilled),
            evidence: Set(row.evidence),
            confirmed_by_id: Set(row.confirmed_by_id),
            confirmed: Set(row.confirmed),
            waived_by_id: Set(row.waived_by_id),
            waived: Set(row.waived),
            returned: Set(row.returned),
            version: Set(row.version),
            ..Default::default()
        })
        .filter(Column::Id.eq(one.id.uuid()))
        .filter(Column::Version.eq(one.version - 1))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("condition {} was changed by another", one.id)))
    }
}

/// From now on what stands of an application's conditions keeps the member from drawing; how many they are.
///
/// # Errors
/// The database's fault.
pub async fn take_hold(tx: &Tx, application: ApplicationId) -> Result<u64, Fault> {
    let change = row::ActiveModel { blocking: Set(true), ..Default::default() };
    Ok(standing_of(application, change).exec(tx.conn()).await?.rows_affected)
}

/// How many of an application's conditions keep the member from drawing.
///
/// # Errors
/// The database's fault.
pub async fn count_blocking_of(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    application: ApplicationId,
) -> Result<u64, Fault> {
    Ok(within(scope)
        .filter(Column::ApplicationId.eq(application.uuid()))
        .filter(Column::Blocking.eq(true))
        .count(conn)
        .await?)
}

/// What stands of an application's conditions falls away with the approval that carried them.
///
/// # Errors
/// The database's fault.
pub async fn fall_away(tx: &Tx, application: ApplicationId) -> Result<(), Fault> {
    let change = row::ActiveModel {
        blocking: Set(false),
        status: Set(ConditionStatus::Dropped.name().to_owned()),
        ..Default::default()
    };
    standing_of(application, change).exec(tx.conn()).await?;
    Ok(())
}

fn standing_of(application: ApplicationId, change: row::ActiveModel) -> sea_orm::UpdateMany<row::Entity> {
    let standing = ConditionStatus::ALL.into_iter().filter(|status| status.stands());
    row::Entity::update_many()
        .set(change)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::ApplicationId.eq(application.uuid()))
        .filter(Column::Status.is_in(standing.map(ConditionStatus::name)))
}

fn row_of(one: &Condition) -> Result<row::Model, Fault> {
    let json = |mark: &Option<Mark>| mark.as_ref().map(serde_json::to_string).transpose();
    let by = |mark: &Option<Mark>| mark.as_ref().map(|mark| mark.by_id.uuid());
    Ok(row::Model {
        id: one.id.uuid(),
        application_id: one.application_id.uuid(),
        application_number: one.application_number.clone(),
        facility_id: one.facility_id.uuid(),
        bank_id: one.bank_id.uuid(),
        enterprise_id: one.enterprise_id.uuid(),
        enterprise_name: one.enterprise_name.clone(),
        code: one.code.clone(),
        wording: one.text.clone(),
        wording_en: one.text_en.clone(),
        status: one.status.name().to_owned(),
        blocking: one.blocking,
        set_by: one.set.by.clone(),
        set_by_id: one.set.by_id.uuid(),
        set_at: one.set.at,
        fulfilled_by_id: by(&one.fulfilled),
        fulfilled: json(&one.fulfilled)?,
        evidence: serde_json::to_string(&one.evidence)?,
        confirmed_by_id: by(&one.confirmed),
        confirmed: json(&one.confirmed)?,
        waived_by_id: by(&one.waived),
        waived: json(&one.waived)?,
        returned: json(&one.returned)?,
        version: one.version,
    })
}

fn condition_of(row: row::Model) -> Result<Condition, Fault> {
    let mark = |text: Option<String>| -> Result<Option<Mark>, Fault> {
        Ok(text.as_deref().map(serde_json::from_str).transpose()?)
    };
    Ok(Condition {
        status: row.status.parse().map_err(|_| Fault::Corrupt(format!("status of condition {}", row.id)))?,
        id: row.id.into(),
        application_id: row.application_id.into(),
        application_number: row.application_number,
        facility_id: row.facility_id.into(),
        bank_id: row.bank_id.into(),
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        code: row.code,
        text: row.wording,
        text_en: row.wording_en,
        blocking: row.blocking,
        set: Mark { by: row.set_by, by_id: row.set_by_id.into(), at: row.set_at, note: String::new() },
        fulfilled: mark(row.fulfilled)?,
        evidence: serde_json::from_str(&row.evidence)?,
        confirmed: mark(row.confirmed)?,
        waived: mark(row.waived)?,
        returned: mark(row.returned)?,
        version: row.version,
    })
}
