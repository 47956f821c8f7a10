//! Whether facility, members, loans and ledger agree to the fen: what neither rule nor CHECK would see. Page by page, with
//! one statement a page for each of the sums, however many facilities there are.

use std::collections::HashMap;

use contracts::{FacilityId, OrgId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationDef,
    sea_query::{Alias, Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault,
    listing::{LIMIT_MAX, ListingError, PageOf, PageRequest, Sort, page},
};
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

/// Compares every facility in scope, in the order of the numbers.
///
/// # Errors
/// The database's fault.
pub async fn reconcile(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Agreement>, Fault> {
    let mut all = Vec::new();
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    loop {
        let found = reconcile_page(conn, scope, &request).await.map_err(|error| match error {
            ListingError::Fault(fault) => fault,
            ListingError::BadCursor => Fault::Other("a page did not follow its own cursor".to_owned()),
        })?;
        all.extend(found.items);
        match found.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => return Ok(all),
        }
    }
}

/// Compares one page of the facilities in scope.
///
/// # Errors
/// A cursor of another list; the database's fault.
pub async fn reconcile_page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    request: &PageRequest,
) -> Result<PageOf<Agreement>, ListingError> {
    use lines::facility::Column;
    let sort = Sort { column: Column::Number, descending: false };
    let found = page(lines::find(scope), conn, sort, Column::Id, request).await?;
    let items = compared(conn, found.items).await?;
    Ok(PageOf { items, next_cursor: found.next_cursor })
}

async fn compared(
    conn: &impl ConnectionTrait,
    facilities: Vec<lines::facility::Model>,
) -> Result<Vec<Agreement>, Fault> {
    let ids: Vec<Uuid> = facilities.iter().map(|row| row.id).collect();
    let members = lines::member::Entity::find()
        .select_only()
        .column_as(lines::member::Column::FacilityId, "id")
        .column_as(bigint(Expr::col(lines::member::Column::DrawnFen).sum()), "fen")
        .filter(lines::member::Column::FacilityId.is_in(ids.iter().copied()))
        .group_by(lines::member::Column::FacilityId)
        .into_model::<Sum>()
        .all(conn)
        .await?;
    let owed = loans::loan::Entity::find()
        .select_only()
        .column_as(loans::loan::Column::FacilityId, "id")
        .column_as(bigint(Expr::col(loans::loan::Column::OutstandingFen).sum()), "fen")
        .filter(loans::loan::Column::FacilityId.is_in(ids.iter().copied()))
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
        .filter(loans::loan::Column::FacilityId.is_in(ids.iter().copied()))
        .group_by(loans::loan::Column::FacilityId)
        .into_model::<Sum>()
        .all(conn)
        .await?;
    let ledger = ledger::balances_by_group(conn, LOANS, &ids).await?;
    let (members, owed, shares) = (sums(members), sums(owed), sums(shares));
    Ok(facilities
        .into_iter()
        .map(|row| {
            let of = |all: &HashMap<Uuid, Money>| all.get(&row.id).copied().unwrap_or(Money::ZERO);
            let drawn = Money::from_fen(row.drawn_fen);
            let all = [of(&owed), of(&shares), of(&members), of(&ledger)];
            let [loans_outstanding, shares_outstanding, members_drawn, ledger] = all;
            Agreement {
                facility_id: row.id.into(),
                number: row.number,
                bank_id: row.bank_id.into(),
                drawn,
                loans_outstanding,
                shares_outstanding,
                members_drawn,
                ledger,
                agrees: all.iter().all(|one| *one == drawn),
            }
        })
        .collect())
}

/// `SUM` of BIGINT is NUMERIC on PostgreSQL.
fn bigint(sum: Expr) -> Expr {
    sum.cast_as(Alias::new("BIGINT"))
}
