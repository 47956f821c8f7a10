//! What the open cases of loans have come to, in one statement for some loans at once.

use std::collections::HashMap;

use finance::Money;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;
use uuid::Uuid;

use super::gather::with_ids;
use crate::risk::model::Disposed;

/// Of the cases in disposal only those that have sold something and have nothing left to sell: no patent under a registered
/// pledge that secures the loan (the borrower's, or all of the line's where they are pooled) is neither sold, nor released, nor
/// found worthless in the case. Worthless alone proves no default and is left to the sharing of the loss.
const DISPOSED: &str = "SELECT c.loan_id, CAST(CASE WHEN c.status = 'sharing' THEN 1 ELSE 0 END AS BIGINT) AS found, \
       CAST(COALESCE((SELECT SUM(COALESCE(d.granted_fen, d.amount_fen)) FROM disposal_claim d \
         WHERE d.case_id = c.id AND d.status IN ('claimed', 'answered')), 0) AS BIGINT) AS awaited_fen \
     FROM disposal_case c \
     WHERE c.status <> 'closed' AND (c.status = 'sharing' OR c.status = 'disposal' AND c.proceeds_fen > 0 AND NOT EXISTS (\
       SELECT 1 FROM facility f JOIN pledge p ON p.facility_id = f.id AND p.status = 'registered' \
         AND (f.pooled OR p.enterprise_id = c.enterprise_id) \
       JOIN pledge_patent v ON v.pledge_id = p.id AND v.released_on IS NULL \
       WHERE f.id = c.facility_id AND NOT EXISTS (SELECT 1 FROM disposal_lot t \
         WHERE t.pledge_id = v.pledge_id AND t.patent_id = v.patent_id) \
       AND NOT EXISTS (SELECT 1 FROM disposal_finding w \
         WHERE w.case_id = c.id AND w.pledge_id = v.pledge_id AND w.patent_id = v.patent_id))) AND c.loan_id IN (";

/// What cases have come to of those loans of which one has sold all collateral or determined the loss.
///
/// # Errors
/// The database's fault.
pub(super) async fn disposed(
    conn: &impl ConnectionTrait,
    loans: &[Uuid],
) -> Result<HashMap<Uuid, Disposed>, Fault> {
    let mut made = HashMap::new();
    for row in with_ids(conn, DISPOSED, ")", loans).await? {
        let found = row.try_get_by_index::<i64>(1)? > 0;
        let awaited = Money::from_fen(row.try_get_by_index(2)?);
        let one = if found { Disposed::LossFound { awaited } } else { Disposed::SoldOut };
        made.insert(row.try_get_by_index::<Uuid>(0)?, one);
    }
    Ok(made)
}
