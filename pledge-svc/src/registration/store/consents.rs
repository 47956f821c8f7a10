//! The pledgees' consents as rows.

use contracts::{ConsentId, PledgeId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::Expr,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use super::within;
use crate::registration::model::Consent;

/// The rows of consents.
pub mod consent_row {
    use sea_orm::entity::prelude::*;

    /// One consent.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pledge_consent")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub pledge_id: Uuid,
        pub bank_id: Uuid,
        pub enterprise_id: Uuid,
        #[sea_orm(column_type = "Text")]
        pub patents: String,
        #[sea_orm(column_type = "Text")]
        pub acts: String,
        #[sea_orm(column_type = "Text")]
        pub terms: String,
        pub valid_from: Date,
        pub valid_until: Date,
        pub given_by: String,
        pub given_at: DateTimeUtc,
        pub revoked_at: Option<DateTimeUtc>,
        #[sea_orm(column_type = "Text", nullable)]
        pub revoke_reason: Option<String>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use consent_row::Column;

/// A consent over a pledge in scope.
///
/// # Errors
/// The database's fault.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    pledge: PledgeId,
    id: ConsentId,
) -> Result<Option<Consent>, Fault> {
    let found = visible(scope, pledge).filter(Column::Id.eq(id.uuid())).one(conn).await?;
    found.map(consent_of).transpose()
}

/// One page of the consents over a pledge in scope, newest first.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    pledge: PledgeId,
    request: &PageRequest,
) -> Result<PageOf<Consent>, ListingError> {
    let sort = Sort { column: Column::GivenAt, descending: true };
    let page = listing::page(visible(scope, pledge), conn, sort, Column::Id, request).await?;
    let items = page.items.into_iter().map(consent_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: page.next_cursor })
}

fn visible(scope: &Scope, pledge: PledgeId) -> sea_orm::Select<consent_row::Entity> {
    let in_scope = within(scope).select_only().column(super::row::Column::Id).into_query();
    consent_row::Entity::find()
        .filter(Column::PledgeId.eq(pledge.uuid()))
        .filter(Column::PledgeId.in_subquery(in_scope))
}

/// Writes a new consent.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &mut Tx, consent: &Consent) -> Result<(), Fault> {
    let row = consent_row::ActiveModel {
        id: Set(consent.id.uuid()),
        pledge_id: Set(consent.pledge_id.uuid()),
        bank_id: Set(consent.bank_id.uuid()),
        enterprise_id: Set(consent.enterprise_id.uuid()),
        patents: Set(serde_json::to_string(&consent.patents)?),
        acts: Set(serde_json::to_string(&consent.acts)?),
        terms: Set(consent.terms.clone()),
        valid_from: Set(consent.valid_from),
        valid_until: Set(consent.valid_until),
        given_by: Set(consent.given_by.clone()),
        given_at: Set(consent.given_at),
        revoked_at: Set(consent.revoked_at),
        revoke_reason: Set(consent.revoke_reason.clone()),
        version: Set(consent.version),
    };
    consent_row::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes that a consent was taken back; the row must still be at the version that was read.
///
/// # Errors
/// The database's fault; a conflict where another transaction changed the consent meanwhile.
pub async fn revoked(tx: &mut Tx, consent: &Consent, read_version: i64) -> Result<(), Fault> {
    let changed = consent_row::Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(consent.revoked_at))
        .col_expr(Column::RevokeReason, Expr::value(consent.revoke_reason.clone()))
        .col_expr(Column::Version, Expr::value(consent.version))
        .filter(Column::Id.eq(consent.id.uuid()))
        .filter(Column::Version.eq(read_version))
        .exec(tx.conn())
        .await?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("consent {} was changed by another", consent.id)))
    }
}

fn consent_of(row: consent_row::Model) -> Result<Consent, Fault> {
    Ok(Consent {
        id: row.id.into(),
        pledge_id: row.pledge_id.into(),
        bank_id: row.bank_id.into(),
        enterprise_id: row.enterprise_id.into(),
        patents: serde_json::from_str(&row.patents)?,
        acts: serde_json::from_str(&row.acts)?,
        terms: row.terms,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        given_by: row.given_by,
        given_at: row.given_at,
        revoked_at: row.revoked_at,
        revoke_reason: row.revoke_reason,
        version: row.version,
    })
}
