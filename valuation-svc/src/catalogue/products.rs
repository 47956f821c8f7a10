//! Products made under patents, as far as a patent's record counts them: filed by `filings`, read by scoring.

use contracts::PatentId;
use tx_kit::{Fault, Tx};

use super::{rewrite::rewrite, store};

/// Notes that one more product is filed as made under a patent, or one less.
///
/// # Errors
/// The database's fault.
pub(crate) async fn count_product(tx: &mut Tx, patent: PatentId, more: bool) -> Result<(), Fault> {
    let Some(row) = store::lock(tx, patent).await? else { return Ok(()) };
    let mut record = store::record_of(&row)?;
    let filed = record.product_filings.unwrap_or(0);
    record.product_filings = Some(if more { filed.saturating_add(1) } else { filed.saturating_sub(1) });
    let today = tx.business_date();
    rewrite(tx, &row, &record, today).await
}
