//! Entities and finders of loans and repayments; every finder takes the caller's scope.

use contracts::{LoanId, OrgKind};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};
use tx_kit::Fault;
use uuid::Uuid;

use super::model::{Account, LoanShare, LoanStatus, LoanTerms};

/// The loan table.
pub mod loan {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub drawdown_id: Uuid,
        pub facility_id: Uuid,
        pub facility_name: String,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub industry: String,
        pub principal_fen: i64,
        pub outstanding_fen: i64,
        pub interest_owed_fen: i64,
        pub interest_from: Date,
        pub annual_rate: String,
        pub day_count: String,
        pub repayment: String,
        pub tenor_months: i32,
        pub drawn_on: Date,
        pub matures_on: Date,
        pub status: String,
        pub purpose: Option<String>,
        pub created_at: DateTimeUtc,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The banks' parts of loans.
pub mod share {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan_share")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub loan_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub amount_fen: i64,
        pub outstanding_fen: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Payments received.
pub mod repayment {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "repayment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub loan_id: Uuid,
        pub amount_fen: i64,
        pub interest_fen: i64,
        pub principal_fen: i64,
        pub outstanding_fen: i64,
        pub paid_on: Date,
        pub recorded_by: String,
        pub comment: Option<String>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The loans that a scope may see: a bank's as lead or in syndicate, an enterprise's own, all for the regulator.
pub(crate) fn find(scope: &Scope) -> Select<loan::Entity> {
    let tenant = scope.tenant().uuid();
    let seen = match scope.kind() {
        _ if scope.sees_all() => Condition::all(),
        OrgKind::Bank => Condition::any().add(loan::Column::BankId.eq(tenant)).add(
            loan::Column::Id.in_subquery(
                share::Entity::find()
                    .select_only()
                    .column(share::Column::LoanId)
                    .filter(share::Column::BankId.eq(tenant))
                    .into_query(),
            ),
        ),
        OrgKind::Enterprise => Condition::all().add(loan::Column::EnterpriseId.eq(tenant)),
        _ => Condition::all().add(loan::Column::Id.eq(Uuid::nil())),
    };
    loan::Entity::find().filter(seen)
}

/// One loan that a scope may see.
pub(crate) async fn one(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: LoanId,
) -> Result<Option<loan::Model>, Fault> {
    Ok(find(scope).filter(loan::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// Locks a loan for the rest of the transaction, after its facility and member.
pub(crate) async fn lock(conn: &impl ConnectionTrait, id: LoanId) -> Result<Option<loan::Model>, Fault> {
    Ok(loan::Entity::find_by_id(id.uuid()).lock_exclusive().one(conn).await?)
}

/// The parts of loans that were found in scope, lead first within each.
pub(crate) async fn shares(
    conn: &impl ConnectionTrait,
    loans: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<share::Model>, Fault> {
    Ok(share::Entity::find()
        .filter(share::Column::LoanId.is_in(loans))
        .order_by_asc(share::Column::LoanId)
        .order_by_asc(share::Column::Position)
        .all(conn)
        .await?)
}

/// A part as the rules see it.
pub(crate) fn share_of(row: share::Model) -> LoanShare {
    LoanShare {
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        amount: Money::from_fen(row.amount_fen),
        outstanding: Money::from_fen(row.outstanding_fen),
    }
}

/// The terms, account and status of a row.
pub(crate) fn parts(row: &loan::Model) -> Result<(LoanTerms, Account, LoanStatus), Fault> {
    let corrupt = |what: &str| Fault::Corrupt(format!("{what} of loan {}", row.id));
    let terms = LoanTerms {
        principal: Money::from_fen(row.principal_fen),
        annual_rate: row.annual_rate.parse().map_err(|_| corrupt("rate"))?,
        day_count: row.day_count.parse().map_err(|_| corrupt("day count"))?,
        repayment: row.repayment.parse().map_err(|_| corrupt("repayment"))?,
        tenor_months: u32::try_from(row.tenor_months).map_err(|_| corrupt("tenor"))?,
        drawn_on: row.drawn_on,
    };
    let account = Account {
        outstanding: Money::from_fen(row.outstanding_fen),
        interest_owed: Money::from_fen(row.interest_owed_fen),
        interest_from: row.interest_from,
    };
    Ok((terms, account, LoanStatus::parse(&row.status).ok_or_else(|| corrupt("status"))?))
}
