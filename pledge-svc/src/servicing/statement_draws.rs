//! The draws on loans, each on its day: what a loan's principal came from.

use std::collections::HashMap;

use chrono::NaiveDate;
use finance::Money;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;
use uuid::Uuid;

use crate::loan::store::{self, loan};

/// Loans asked about at a time.
const IDS_PER_STATEMENT: usize = 1_000;

/// One draw on a loan.
pub(super) struct DrawOf {
    /// The loan's id for its first draw, else the tranche's.
    pub id: Uuid,
    /// The business date.
    pub on: NaiveDate,
    /// Principal.
    pub amount: Money,
}

/// Every draw on loans: the first is what the further ones leave of the principal.
pub(super) async fn draws_of<'r>(
    conn: &impl ConnectionTrait,
    rows: &'r [loan::Model],
) -> Result<Vec<(&'r loan::Model, DrawOf)>, Fault> {
    let mut later: HashMap<Uuid, Vec<DrawOf>> = HashMap::new();
    for some in rows.chunks(IDS_PER_STATEMENT) {
        for row in store::tranches(conn, some.iter().map(|row| row.id)).await? {
            let one = DrawOf { id: row.id, on: row.drawn_on, amount: Money::from_fen(row.amount_fen) };
            later.entry(row.loan_id).or_default().push(one);
        }
    }
    let broken = |error: finance::MoneyError| Fault::Corrupt(error.to_string());
    let mut draws = Vec::with_capacity(rows.len());
    for row in rows {
        let later = later.remove(&row.id).unwrap_or_default();
        let added = Money::total(later.iter().map(|one| one.amount)).map_err(broken)?;
        let first = Money::from_fen(row.principal_fen).checked_sub(added).map_err(broken)?;
        draws.push((row, DrawOf { id: row.id, on: row.drawn_on, amount: first }));
        draws.extend(later.into_iter().map(|one| (row, one)));
    }
    Ok(draws)
}
