//! Movements of deposits as rows. What a member holds stands on its place; each movement says what it left.

use contracts::{FacilityId, LoanId, OrgKind};
use finance::Money;
use identity::Scope;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, Select};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use crate::facility::model::{
    Facility, Member,
    deposit::{DepositKind, DepositMove},
};

/// The movements.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "facility_deposit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub facility_id: Uuid,
        pub bank_id: Uuid,
        pub member_id: Uuid,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub kind: String,
        pub moved: String,
        pub amount_fen: i64,
        pub balance_fen: i64,
        pub loan_id: Option<Uuid>,
        pub moved_on: Date,
        pub recorded_by: String,
        pub comment: Option<String>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The movements under a facility that was found in scope: all for its banks and the regulator, one's own for an
/// enterprise, none for anybody else.
pub(crate) fn moves(scope: &Scope, facility: Uuid) -> Select<row::Entity> {
    let query = row::Entity::find().filter(row::Column::FacilityId.eq(facility));
    match scope.kind() {
        _ if scope.sees_all() => query,
        OrgKind::Bank => query,
        OrgKind::Enterprise => query.filter(row::Column::EnterpriseId.eq(scope.tenant().uuid())),
        _ => query.filter(row::Column::Id.eq(Uuid::nil())),
    }
}

/// One movement to record.
#[derive(Debug, Clone)]
pub(crate) struct NewMove<'a> {
    pub member: &'a Member,
    pub kind: DepositKind,
    pub moved: DepositMove,
    pub amount: Money,
    pub balance: Money,
    pub loan: Option<LoanId>,
    pub comment: Option<&'a str>,
}

/// Rows of one statement: fifteen columns stay far below SQLite's 32,766 bound values.
const ROWS_PER_STATEMENT: usize = 1_000;

/// Records movements; gives their ids in order.
pub(crate) async fn record(
    tx: &Tx,
    facility: &Facility,
    by: &str,
    moves: &[NewMove<'_>],
) -> Result<Vec<Uuid>, Fault> {
    let mut ids = Vec::with_capacity(moves.len());
    for chunk in moves.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<row::ActiveModel> = chunk.iter().map(|one| new_row(tx, facility, by, one)).collect();
        ids.extend(rows.iter().map(|row| *row.id.as_ref()));
        row::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(ids)
}

fn new_row(tx: &Tx, facility: &Facility, by: &str, one: &NewMove<'_>) -> row::ActiveModel {
    row::ActiveModel {
        id: Set(FacilityId::fresh(tx.now()).uuid()),
        facility_id: Set(facility.id.uuid()),
        bank_id: Set(facility.bank_id.uuid()),
        member_id: Set(one.member.id.uuid()),
        enterprise_id: Set(one.member.enterprise_id.uuid()),
        enterprise_name: Set(one.member.enterprise_name.clone()),
        kind: Set(one.kind.name().to_owned()),
        moved: Set(one.moved.name().to_owned()),
        amount_fen: Set(one.amount.fen()),
        balance_fen: Set(one.balance.fen()),
        loan_id: Set(one.loan.map(LoanId::uuid)),
        moved_on: Set(tx.business_date()),
        recorded_by: Set(by.to_owned()),
        comment: Set(one.comment.map(str::to_owned)),
        created_at: Set(tx.now()),
    }
}
