//! What of a loan decides whether a scheme is for it: its products, and whether it was ever restructured or its money not used
//! as agreed.

use identity::Scope;
use sea_orm::{ConnectionTrait, Statement};
use tx_kit::Fault;

use crate::{
    loan::store::{self as loans, loan},
    subsidies::model::LoanPast,
};

const CHANGES: &str = "SELECT kind, restructured FROM loan_adjustment WHERE loan_id = $1 AND status = 'approved' \
     AND (kind = 'misuse' OR restructured = TRUE)";

/// The past of a loan that was found in this scope.
pub(in crate::subsidies) async fn find_past(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: &loan::Model,
) -> Result<LoanPast, Fault> {
    let mut past = LoanPast {
        product: loan.product.clone(),
        application_product: loan.application_product.clone(),
        restructured: loan.restructured_on.is_some(),
        misused: false,
    };
    if loans::one(conn, scope, loan.id.into()).await?.is_none() {
        return Ok(past);
    }
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), CHANGES, [loan.id.into()]);
    for row in conn.query_all_raw(statement).await? {
        past.misused |= row.try_get_by_index::<String>(0)? == "misuse";
        past.restructured |= row.try_get_by_index::<bool>(1)?;
    }
    Ok(past)
}
