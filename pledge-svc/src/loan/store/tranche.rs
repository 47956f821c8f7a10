//! What was drawn on a loan after its first draw, and how the money of a draw was paid out.

use sea_orm::entity::prelude::*;
use tx_kit::Fault;

use crate::loan::{Payee, PaymentMode};

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "loan_tranche")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub loan_id: Uuid,
    pub amount_fen: i64,
    pub drawn_on: Date,
    pub plan_version: i32,
    pub purpose: Option<String>,
    pub requested_by: String,
    pub payment_mode: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub payee: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How the money of a draw was paid out, as its row has it.
///
/// # Errors
/// A row that does not read back.
pub(crate) fn paid_out(mode: &str, payee: Option<&str>) -> Result<(PaymentMode, Option<Payee>), Fault> {
    let mode =
        PaymentMode::parse(mode).ok_or_else(|| Fault::Corrupt(format!("payment mode {mode} of a draw")))?;
    Ok((mode, payee.map(serde_json::from_str).transpose()?))
}
