//! The insurable loans as rows. Insurers see them all; nobody else does.

use chrono::NaiveDate;
use contracts::{LoanId, OrgKind, PolicyId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select, sea_query::Expr,
};
use tx_kit::{Fault, Tx};

use crate::quotes::model::LoanFacts;

/// The table.
pub(crate) mod loan {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "insurable_loan")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub loan_id: Uuid,
        /// Whether the draw itself has arrived; until then only a repayment has.
        pub known: bool,
        pub number: String,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub outstanding_fen: i64,
        /// The newest event that told what is owed.
        pub version: i64,
        pub matures_on: Date,
        pub policy_id: Option<Uuid>,
        pub insured_until: Option<Date>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl loan::Model {
    /// Whether a policy covers it on a day.
    pub(crate) fn is_insured(&self, on: NaiveDate) -> bool {
        self.insured_until.is_some_and(|until| until >= on)
    }

    /// What a guarantee's eligibility depends on.
    pub(crate) fn facts(&self) -> LoanFacts {
        LoanFacts {
            enterprise_id: self.enterprise_id.into(),
            outstanding: Money::from_fen(self.outstanding_fen),
            matures_on: self.matures_on,
            insured_until: self.insured_until,
        }
    }
}

/// The loans that a scope may see.
pub(crate) fn find(scope: &Scope) -> Select<loan::Entity> {
    let query = loan::Entity::find().filter(loan::Column::Known.eq(true));
    if scope.sees_all() || scope.kind() == OrgKind::Insurer {
        query
    } else {
        query.filter(loan::Column::LoanId.eq(uuid::Uuid::nil()))
    }
}

/// One loan that a scope may see, held until the transaction ends.
pub(crate) async fn find_held(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: LoanId,
) -> Result<Option<loan::Model>, Fault> {
    Ok(find(scope).filter(loan::Column::LoanId.eq(id.uuid())).lock_exclusive().one(conn).await?)
}

/// Marks a loan as covered by a policy; the guard refuses a loan that another policy covers on its first day.
pub(crate) async fn cover(
    tx: &mut Tx,
    id: LoanId,
    policy: PolicyId,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
) -> Result<(), Fault> {
    let free = Condition::any()
        .add(loan::Column::InsuredUntil.is_null())
        .add(loan::Column::InsuredUntil.lt(starts_on));
    let covered = loan::Entity::update_many()
        .col_expr(loan::Column::PolicyId, Expr::value(Some(policy.uuid())))
        .col_expr(loan::Column::InsuredUntil, Expr::value(Some(ends_on)))
        .filter(loan::Column::LoanId.eq(id.uuid()))
        .filter(free)
        .exec(tx.conn())
        .await?;
    match covered.rows_affected {
        1 => Ok(()),
        rows => Err(Fault::Invariant(format!("covering loan {id} touched {rows} rows"))),
    }
}

/// Ends a policy's cover of a loan with `last_day`. A loan already covered by a later policy stays so.
pub(crate) async fn release(
    tx: &mut Tx,
    id: LoanId,
    policy: PolicyId,
    last_day: NaiveDate,
) -> Result<(), Fault> {
    loan::Entity::update_many()
        .col_expr(loan::Column::InsuredUntil, Expr::value(Some(last_day)))
        .filter(loan::Column::LoanId.eq(id.uuid()))
        .filter(loan::Column::PolicyId.eq(policy.uuid()))
        .exec(tx.conn())
        .await?;
    Ok(())
}
