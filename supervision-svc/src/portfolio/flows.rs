//! What happened in each month, summed by the database.

use std::collections::BTreeMap;

use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use tx_kit::Fault;

use super::{figures::sum, model::month::Flow};
use crate::read_model::{application, loan, pledge, policy, repayment, tranche, visible};

#[derive(Debug, FromQueryResult)]
struct OfMonth {
    month: Option<String>,
    rows: i64,
    fen: i64,
}

/// Sums `amount` over the rows that `filter` leaves, by `month`.
async fn by_month<E: EntityTrait>(
    conn: &impl ConnectionTrait,
    month: E::Column,
    amount: E::Column,
    filter: Condition,
) -> Result<Vec<OfMonth>, Fault> {
    Ok(E::find()
        .select_only()
        .column_as(month, "month")
        .column_as(Expr::col(month.as_column_ref()).count(), "rows")
        .column_as(sum(amount), "fen")
        .filter(filter)
        .filter(month.is_not_null())
        .group_by(month)
        .into_model()
        .all(conn)
        .await?)
}

/// The flows of every month with business.
///
/// # Errors
/// The database's fault; a sum that does not fit.
pub(super) async fn flows(
    conn: &impl ConnectionTrait,
    scope: &Scope,
) -> Result<BTreeMap<String, Flow>, Fault> {
    let mut flows: BTreeMap<String, Flow> = BTreeMap::new();
    let mut add = |rows: Vec<OfMonth>, put: &dyn Fn(&mut Flow, i64, Money) -> Result<(), Fault>| {
        for row in rows {
            let flow = flows.entry(row.month.unwrap_or_default()).or_default();
            put(flow, row.rows, Money::from_fen(row.fen))?;
        }
        Ok::<(), Fault>(())
    };
    {
        use loan::{Column, Entity};
        let known = visible(scope, Column::BankId).add(Column::Known.eq(true));
        let rows = by_month::<Entity>(conn, Column::DrawnMonth, Column::FirstFen, known).await?;
        add(rows, &|flow, _, amount| {
            flow.granted = amount;
            Ok(())
        })?;
    }
    {
        use tranche::{Column, Entity};
        let drawn = visible(scope, Column::BankId);
        let rows = by_month::<Entity>(conn, Column::DrawnMonth, Column::AmountFen, drawn).await?;
        add(rows, &|flow, _, amount| {
            flow.granted =
                flow.granted.checked_add(amount).map_err(|error| Fault::Corrupt(error.to_string()))?;
            Ok(())
        })?;
    }
    {
        use repayment::{Column, Entity};
        let paid = visible(scope, Column::BankId);
        let rows = by_month::<Entity>(conn, Column::PaidMonth, Column::PrincipalFen, paid).await?;
        add(rows, &|flow, _, amount| {
            flow.repaid = amount;
            Ok(())
        })?;
    }
    {
        use pledge::{Column, Entity};
        let registered = visible(scope, Column::BankId);
        let rows = by_month::<Entity>(conn, Column::RegisteredMonth, Column::SecuredFen, registered).await?;
        add(rows, &|flow, _, amount| {
            flow.registered = amount;
            Ok(())
        })?;
    }
    {
        use application::{Column, Entity};
        let known = visible(scope, Column::BankId).add(Column::Known.eq(true));
        let rows = by_month::<Entity>(conn, Column::SubmittedMonth, Column::AmountFen, known.clone()).await?;
        add(rows, &|flow, rows, _| {
            flow.applications = rows;
            Ok(())
        })?;
        let approved = known.add(Column::Status.eq("approved"));
        let rows = by_month::<Entity>(conn, Column::DecidedMonth, Column::ApprovedFen, approved).await?;
        add(rows, &|flow, rows, _| {
            flow.approved = rows;
            Ok(())
        })?;
    }
    {
        use policy::{Column, Entity};
        let known = visible(scope, Column::InsurerId).add(Column::Known.eq(true));
        let rows = by_month::<Entity>(conn, Column::BoundMonth, Column::PremiumFen, known.clone()).await?;
        add(rows, &|flow, _, amount| {
            flow.premium = amount;
            Ok(())
        })?;
        let rows = by_month::<Entity>(conn, Column::EndedMonth, Column::ReturnedFen, known).await?;
        add(rows, &|flow, _, amount| {
            flow.premium =
                flow.premium.checked_sub(amount).map_err(|error| Fault::Corrupt(error.to_string()))?;
            Ok(())
        })?;
    }
    Ok(flows)
}
