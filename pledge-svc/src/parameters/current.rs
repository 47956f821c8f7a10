//! A bank's parameters on a day.

use chrono::NaiveDate;
use contracts::OrgId;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::{model::ParameterSet, store};

/// What a bank has set for a kind of parameters on a day; the platform's default where it has set none. The question is
/// the suite's own: which bank's rules apply follows from whose loan or application it is.
///
/// # Errors
/// The database's fault, or a stored version that does not read back.
pub async fn current<P: ParameterSet>(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
) -> Result<P, Fault> {
    Ok(current_since(conn, bank, on).await?.0)
}

/// The same, with the first day on which it holds; the first day of all for the platform's default.
///
/// # Errors
/// As [`current`].
pub async fn current_since<P: ParameterSet>(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
) -> Result<(P, NaiveDate), Fault> {
    match store::find_active(conn, &Scope::system(), bank, P::KIND, on).await? {
        Some(row) => {
            let set = serde_json::from_str(&row.content)
                .map_err(|error| Fault::Corrupt(format!("parameter version {}: {error}", row.id)))?;
            Ok((set, row.effective_from))
        }
        None => Ok((P::default(), NaiveDate::default())),
    }
}
