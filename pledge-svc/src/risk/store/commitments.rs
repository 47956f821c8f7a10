//! What banks are committed to lend on lines to members without a loan, and what they provide for it, by bank.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{FacilityId, JobId, OrgId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Select,
    Statement, Value, sea_query::OnConflict,
};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use crate::visible;

/// The rows.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// A bank's part of one line.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "line_commitment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub facility_id: Uuid,
        pub facility_number: String,
        pub facility_name: String,
        pub lead_id: Uuid,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub undrawn_fen: i64,
        pub provision_fen: i64,
        pub assessed_on: Date,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The parts that a scope may see: a bank its own, the regulator all.
pub fn find(scope: &Scope) -> Select<row::Entity> {
    row::Entity::find().filter(visible::of_bank(scope, row::Column::BankId))
}

/// The parts of a locked line.
///
/// # Errors
/// The database's fault.
pub async fn list_of_line(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    line: FacilityId,
) -> Result<Vec<row::Model>, Fault> {
    Ok(find(scope).filter(row::Column::FacilityId.eq(line.uuid())).all(conn).await?)
}

/// What all banks of each line that a bank leads have noted and provided, by line.
///
/// # Errors
/// The database's fault.
pub async fn find_noted(
    conn: &impl ConnectionTrait,
    _: &Scope,
    lead: OrgId,
) -> Result<HashMap<FacilityId, (Money, Money)>, Fault> {
    #[derive(FromQueryResult)]
    struct Sum {
        facility_id: Uuid,
        undrawn: i64,
        provision: i64,
    }
    let sql = "SELECT facility_id, CAST(SUM(undrawn_fen) AS BIGINT) AS undrawn, \
         CAST(SUM(provision_fen) AS BIGINT) AS provision FROM line_commitment WHERE lead_id = $1 GROUP BY facility_id";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [lead.uuid().into()]);
    let rows = Sum::find_by_statement(statement).all(conn).await?;
    let noted = |row: Sum| {
        let sums = (Money::from_fen(row.undrawn), Money::from_fen(row.provision));
        (FacilityId::from_uuid(row.facility_id), sums)
    };
    Ok(rows.into_iter().map(noted).collect())
}

/// A bank's part as it is from now on.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The line: id, number, name.
    pub line: (FacilityId, &'a str, &'a str),
    /// Its lead.
    pub lead: OrgId,
    /// The bank: id, name.
    pub bank: (OrgId, &'a str),
    /// Committed and undrawn.
    pub undrawn: Money,
    /// Provided for it.
    pub provision: Money,
}

/// Writes a bank's part of a locked line.
///
/// # Errors
/// The database's fault.
pub async fn write(tx: &Tx, part: Part<'_>, on: NaiveDate) -> Result<(), Fault> {
    use row::Column as C;
    let row = row::ActiveModel {
        id: Set(JobId::fresh(tx.now()).uuid()),
        facility_id: Set(part.line.0.uuid()),
        facility_number: Set(part.line.1.to_owned()),
        facility_name: Set(part.line.2.to_owned()),
        lead_id: Set(part.lead.uuid()),
        bank_id: Set(part.bank.0.uuid()),
        bank_name: Set(part.bank.1.to_owned()),
        undrawn_fen: Set(part.undrawn.fen()),
        provision_fen: Set(part.provision.fen()),
        assessed_on: Set(on),
    };
    let again = OnConflict::columns([C::FacilityId, C::BankId])
        .update_columns([C::FacilityName, C::BankName, C::UndrawnFen, C::ProvisionFen, C::AssessedOn])
        .to_owned();
    row::Entity::insert(row).on_conflict(again).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// What the members of each line that a bank leads and lends on may still draw that owe nothing on it and are not paused.
///
/// # Errors
/// The database's fault.
pub async fn find_without_loan(
    conn: &impl ConnectionTrait,
    _: &Scope,
    lead: OrgId,
    line: Option<FacilityId>,
) -> Result<HashMap<FacilityId, Money>, Fault> {
    #[derive(FromQueryResult)]
    struct Sum {
        facility_id: Uuid,
        fen: i64,
    }
    let sql = "SELECT m.facility_id AS facility_id, CAST(SUM(m.sub_limit_fen - m.retired_fen) AS BIGINT) AS fen \
         FROM facility_member m JOIN facility f ON f.id = m.facility_id \
         WHERE f.bank_id = $1 AND f.status IN ('approved', 'active') AND m.status = 'active' AND m.drawn_fen = 0 \
         AND m.sub_limit_fen > m.retired_fen{line} GROUP BY m.facility_id";
    let mut values: Vec<Value> = vec![lead.uuid().into()];
    let narrowed = match line {
        Some(line) => {
            values.push(line.uuid().into());
            " AND f.id = $2"
        }
        None => "",
    };
    let sql = sql.replace("{line}", narrowed);
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let rows = Sum::find_by_statement(statement).all(conn).await?;
    let of = |row: Sum| (FacilityId::from_uuid(row.facility_id), Money::from_fen(row.fen));
    Ok(rows.into_iter().map(of).collect())
}
