//! What the tables of versions have in common. Each subject's store begins with the versions that are in scope and asks
//! them here.

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, ModelTrait,
    QueryFilter, QueryOrder, QuerySelect, Select, TryIntoModel,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use super::model::{Decided, VersionStatus};

/// A table of versions, each of which holds from a day until another's day comes.
pub trait VersionTable: EntityTrait {
    /// Its id, a UUID.
    const ID: Self::Column;
    /// Counts the versions of a content.
    const NUMBER: Self::Column;
    /// Where it is.
    const STATUS: Self::Column;
    /// The first day on which it holds.
    const EFFECTIVE_FROM: Self::Column;
    /// The status of those that hold.
    const IN_FORCE: &'static str;
}

/// A table of versions that another person than the maker approves or refuses.
pub trait DecidedTable: VersionTable {
    /// Who decided.
    const APPROVER_ID: Self::Column;
    /// Their name.
    const APPROVER: Self::Column;
    /// What they said.
    const DECISION_REASON: Self::Column;
    /// When.
    const DECIDED_AT: Self::Column;
}

/// Those of some versions that hold on a day, the one that counts first: the one with the latest first day, of several
/// the highest number.
#[must_use]
pub fn holding<E: VersionTable>(versions: Select<E>, on: NaiveDate) -> Select<E> {
    versions
        .filter(E::STATUS.eq(E::IN_FORCE))
        .filter(E::EFFECTIVE_FROM.lte(on))
        .order_by_desc(E::EFFECTIVE_FROM)
        .order_by_desc(E::NUMBER)
}

/// Those of some versions that wait for a decision.
#[must_use]
pub fn waiting<E: DecidedTable>(versions: Select<E>) -> Select<E> {
    versions.filter(E::STATUS.eq(VersionStatus::Proposed.name()))
}

/// The highest number given so far; 0 where none was.
///
/// # Errors
/// The database's fault.
pub async fn last_number<E: VersionTable>(
    versions: Select<E>,
    conn: &impl ConnectionTrait,
) -> Result<i32, Fault> {
    let last: Option<i32> =
        versions.select_only().column(E::NUMBER).order_by_desc(E::NUMBER).into_tuple().one(conn).await?;
    Ok(last.unwrap_or(0))
}

/// One page of versions, the newest first; those in a status where one is named.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn newest_first<E: VersionTable>(
    versions: Select<E>,
    conn: &impl ConnectionTrait,
    status: Option<&str>,
    request: &PageRequest,
) -> Result<PageOf<E::Model>, ListingError> {
    let of_status = status.map(|name| E::STATUS.eq(name));
    let versions = versions.filter(Condition::all().add_option(of_status));
    let sort = Sort { column: E::NUMBER, descending: true };
    listing::page(versions, conn, sort, E::ID, request).await
}

/// Writes the decision about a version that waits; gives the row as it stands afterwards.
///
/// # Errors
/// The database's fault; a conflict where another person decided it meanwhile.
pub async fn decide<E>(tx: &Tx, row: E::Model, decided: Decided) -> Result<E::Model, Fault>
where
    E: DecidedTable,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: TryIntoModel<E::Model>,
{
    let id = row.get(E::ID);
    let mut after: E::ActiveModel = row.into_active_model();
    after.try_set(E::STATUS, decided.status.name().into())?;
    after.try_set(E::EFFECTIVE_FROM, decided.effective_from.into())?;
    after.try_set(E::APPROVER_ID, decided.approver.uuid().into())?;
    after.try_set(E::APPROVER, decided.approver_name.into())?;
    after.try_set(E::DECISION_REASON, decided.reason.into())?;
    after.try_set(E::DECIDED_AT, decided.at.into())?;
    let touched = E::update_many()
        .set(after.clone())
        .filter(E::ID.eq(id))
        .filter(E::STATUS.eq(VersionStatus::Proposed.name()))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(after.try_into_model()?)
    } else {
        Err(Fault::Conflict("another person decided the version first".to_owned()))
    }
}
