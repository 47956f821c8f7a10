//! Whether facility, members, loans and ledger agree to the fen: what neither rule nor CHECK would see.

use std::collections::HashMap;

use contracts::{FacilityId, OrgId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryOrder, QuerySelect, RelationDef,
    sea_query::{Alias, Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use uuid::Uuid;

use super::accounts::LOANS;
use crate::{facility::store as lines, loan::store as loans};

/// One facility compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Agreement {
    /// The facility.
    pub facility_id: FacilityId,
    /// Its number.
    pub number: String,
    /// The lead bank.
    pub bank_id: OrgId,
    /// Drawn, as the facility's row says.
    pub drawn: Money,
    /// Outstanding principal of its loans.
    pub loans_outstanding: Money,
    /// Outstanding over the banks' shares of its loans.
    pub shares_outstanding: Money,
    /// Drawn over its members.
    pub members_drawn: Money,
    /// The ledger's balance of the loan account.
    pub ledger: Money,
    /// Whether all are equal.
    pub agrees: bool,
}

#[derive(FromQueryResult)]
struct Sum {
    id: Uuid,
    fen: i64,
}

fn sums(rows: Vec<Sum>) -> HashMap<Uuid, Money> {
    rows.into_iter().map(|row| (row.id, Money::from_fen(row.fen))).collect()
}

/// Compares every facility in scope.
///
/// # Errors
/// The database's fault.
pub async fn reconcile(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Agreement>, Fault> {
    let facilities = lines::find(scope).order_by_asc(lines::facility::Column::Number).all(conn).await?;
    let members = lines::member::Entity::find()
        .select_only()
        .column_as(lines::member::Column::FacilityId, "id")
        .column_as(bigint(Expr::col(lines::member::Column::DrawnFen).sum()), "fen")
        .group_by(lines::member::Column::FacilityId)
        .into_model::<Sum>()
        .all(conn)
        .await?;
    let owed = loans::loan::Entity::find()
        .select_only()
        .column_as(loans::loan::Column::FacilityId, "id")
        .column_as(bigint(Expr::col(loans::loan::Column::OutstandingFen).sum()), "fen")
        .group_by(loans::loan::Column::FacilityId)
        .into_model::<Sum>()
        .all(conn)
        .await?;
    let of_loan: RelationDef = loans::share::Entity::belongs_to(loans::loan::Entity)
        .from(loans::share::Column::LoanId)
        .to(loans::loan::Column::Id)
        .into();
    let shares = loans::share::Entity::find()
        .select_only()
        .join(JoinType::InnerJoin, of_loan)
        .column_as(loans::loan::Column::FacilityId, "id")
        .column_as(
            bigint(Expr::col((Alias::new("loan_share"), loans::share::Column::OutstandingFen)).sum()),
            "fen",
        )
        .group_by(loans::loan::Column::FacilityId)
        .into_model::<Sum>()
        .all(conn)
        .await?;
    let (members, owed, shares) = (sums(members), sums(owed), sums(shares));
    let mut agreements = Vec::with_capacity(facilities.len());
    for row in facilities {
        let of = |all: &HashMap<Uuid, Money>| all.get(&row.id).copied().unwrap_or(Money::ZERO);
        let drawn = Money::from_fen(row.drawn_fen);
        let ledger = ledger::store::balance(conn, LOANS, row.id).await?;
        let (loans_outstanding, shares_outstanding, members_drawn) = (of(&owed), of(&shares), of(&members));
        let agrees =
            [loans_outstanding, shares_outstanding, members_drawn, ledger].iter().all(|one| *one == drawn);
        agreements.push(Agreement {
            facility_id: row.id.into(),
            number: row.number,
            bank_id: row.bank_id.into(),
            drawn,
            loans_outstanding,
            shares_outstanding,
            members_drawn,
            ledger,
            agrees,
        });
    }
    Ok(agreements)
}

/// `SUM` of BIGINT is NUMERIC on PostgreSQL.
fn bigint(sum: Expr) -> Expr {
    sum.cast_as(Alias::new("BIGINT"))
}
