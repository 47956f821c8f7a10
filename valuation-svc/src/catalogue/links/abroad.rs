//! Which members of a family are in force abroad, for one patent and for lists: by the catalogue's own word where it knows
//! the member and its status, else as it was told. The two are one definition, once as a rule and once as a condition.

use std::collections::HashMap;

use chrono::NaiveDate;
use identity::Scope;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement},
};
use tx_kit::Fault;

use super::store::{self, member};
use crate::catalogue::{
    patent::LegalStatus,
    record::PatentRecord,
    store::{self as patents, patent},
};

/// Offices whose documents grant nothing in a country of their own: international applications.
const NO_COUNTRY: &str = "WO";

/// The status of a member on a day: the catalogue's, else as told.
pub(super) fn standing(
    row: &member::Model,
    ours: Option<&PatentRecord>,
    on: NaiveDate,
) -> Result<LegalStatus, Fault> {
    let ours = ours.map(|record| record.legal_status(on)).filter(|status| *status != LegalStatus::Unknown);
    match ours {
        Some(status) => Ok(status),
        None if row.known => Ok(serde_json::from_value(serde_json::Value::String(row.status.clone()))?),
        None => Ok(LegalStatus::Unknown),
    }
}

/// The catalogue's patents among some members, by the keys of their numbers.
pub(super) async fn list_known(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    members: &[member::Model],
) -> Result<HashMap<String, patent::Model>, Fault> {
    let keys = members.iter().map(|member| member.number_key.as_str());
    let rows = patent::Entity::find().filter(patent::Column::NumberKey.is_in(keys)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.number_key.clone(), row)).collect())
}

/// The members abroad of a document's family: number, and whether it is in force where somebody says.
///
/// # Errors
/// The database's fault.
pub(crate) async fn list_abroad(
    conn: &impl ConnectionTrait,
    public: &Scope,
    (number_key, on): (&str, NaiveDate),
) -> Result<Vec<(String, Option<bool>)>, Fault> {
    let members = store::list_family_of(conn, public, number_key).await?;
    let home =
        members.iter().find(|member| member.number_key == number_key).map(|member| member.country.clone());
    let known = list_known(conn, public, &members).await?;
    let mut found = Vec::new();
    for member in members {
        let country = member.country.as_str();
        if country.is_empty() || country == NO_COUNTRY || Some(country) == home.as_deref() {
            continue;
        }
        let ours = known.get(&member.number_key).map(patents::record_of).transpose()?;
        let status = standing(&member, ours.as_ref(), on)?;
        let in_force = (status != LegalStatus::Unknown).then_some(status == LegalStatus::Granted);
        found.push((member.number, in_force));
    }
    Ok(found)
}

/// The keys of the documents that have a member of their family in force abroad on a day.
pub(crate) fn in_force_abroad(on: NaiveDate) -> SelectStatement {
    let at = |table: &'static str, column: &'static str| (Alias::new(table), Alias::new(column));
    let col = |table: &'static str, column: &'static str| Expr::col(at(table, column));
    let running = || col("known", "expires_on").is_null().or(col("known", "expires_on").gt(on));
    let ours = col("known", "status").eq(LegalStatus::Granted.as_str()).and(running());
    let unknown = col("known", "status").eq(LegalStatus::Unknown.as_str()).and(running());
    let silent = col("known", "id").is_null().or(unknown);
    let told = col("other", "in_force").eq(true).and(silent);
    Query::select()
        .column(at("own", "number_key"))
        .from_as(Alias::new("family_member"), Alias::new("own"))
        .join_as(
            JoinType::InnerJoin,
            Alias::new("family_member"),
            Alias::new("other"),
            col("other", "family_id").equals(at("own", "family_id")),
        )
        .join_as(
            JoinType::LeftJoin,
            Alias::new("patent"),
            Alias::new("known"),
            col("known", "number_key").equals(at("other", "number_key")),
        )
        .and_where(col("other", "country").is_not_in(["", NO_COUNTRY]))
        .and_where(col("other", "country").not_equals(at("own", "country")))
        .and_where(ours.or(told))
        .to_owned()
}
