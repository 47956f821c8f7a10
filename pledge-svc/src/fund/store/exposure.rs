//! What agreements stand for: which facilities, and the principal of their loans, summed by the database.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::FacilityId;
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Alias, CaseStatement, Expr, ExprTrait, Query},
};
use tx_kit::Fault;
use uuid::Uuid;

use super::entities::agreement;
use crate::{
    facility::store::{self as lines, cover},
    fund::model::{Agreement, AgreementStatus, Exposure},
    loan::store::{self as loans, loan::Column as L},
};

/// The tier from which a loan is non-performing, as the classification stores it: 1 normal to 5 loss.
const SUBSTANDARD: i32 = 3;

#[derive(FromQueryResult)]
struct Sums {
    facility_id: Uuid,
    covered: i64,
    non_performing: i64,
}

/// The facilities that an agreement stands for: the one it names; else all of the bank's that name the fund as covering
/// their losses and have no agreement of their own.
///
/// # Errors
/// The database's fault.
pub async fn find_facilities(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    one: &Agreement,
) -> Result<Vec<FacilityId>, Fault> {
    if let Some(facility) = one.facility_id {
        return Ok(vec![facility]);
    }
    let of_their_own = agreement::Entity::find()
        .select_only()
        .column(agreement::Column::FacilityId)
        .filter(agreement::Column::FundId.eq(one.fund_id.uuid()))
        .filter(agreement::Column::Status.ne(AgreementStatus::Ended.name()))
        .filter(agreement::Column::FacilityId.is_not_null());
    let ids: Vec<Uuid> = lines::find(scope)
        .select_only()
        .column(lines::facility::Column::Id)
        .filter(lines::facility::Column::BankId.eq(one.bank_id.uuid()))
        .filter(lines::facility::Column::Id.in_subquery(cover::of_organisation(one.fund_id.uuid())))
        .filter(lines::facility::Column::Id.not_in_subquery(of_their_own.into_query()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(ids.into_iter().map(FacilityId::from_uuid).collect())
}

/// Principal outstanding on facilities, and of it what is classified substandard or worse, or has been due since before a
/// day.
///
/// # Errors
/// The database's fault.
pub async fn find_principal(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    facilities: &[FacilityId],
    due_before: NaiveDate,
) -> Result<HashMap<FacilityId, Exposure>, Fault> {
    if facilities.is_empty() {
        return Ok(HashMap::new());
    }
    let classified = Query::select()
        .column(Alias::new("loan_id"))
        .from(Alias::new("loan_risk"))
        .and_where(Expr::col(Alias::new("tier")).gte(SUBSTANDARD))
        .to_owned();
    let bad = L::NextDueOn.lt(due_before).or(L::Id.in_subquery(classified));
    let late = CaseStatement::new().case(bad, Expr::col(L::OutstandingFen)).finally(0_i64);
    let rows = loans::find(scope)
        .select_only()
        .column(L::FacilityId)
        .column_as(Expr::col(L::OutstandingFen).sum().cast_as(Alias::new("BIGINT")), "covered")
        .column_as(Expr::expr(late).sum().cast_as(Alias::new("BIGINT")), "non_performing")
        .filter(L::FacilityId.is_in(facilities.iter().map(|id| id.uuid())))
        .group_by(L::FacilityId)
        .into_model::<Sums>()
        .all(conn)
        .await?;
    let exposure = |row: &Sums| Exposure {
        covered: Money::from_fen(row.covered),
        non_performing: Money::from_fen(row.non_performing),
    };
    Ok(rows.iter().map(|row| (FacilityId::from_uuid(row.facility_id), exposure(row))).collect())
}
