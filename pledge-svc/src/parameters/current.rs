//! A bank's parameters on a day, and those of several banks at once.

use std::collections::HashMap;

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

/// What several banks have set for some kinds on a day.
pub struct Sets(HashMap<(OrgId, String), String>);

impl Sets {
    /// Reads them with one statement.
    ///
    /// # Errors
    /// The database's fault.
    pub async fn read(
        conn: &impl ConnectionTrait,
        banks: &[OrgId],
        kinds: &[&str],
        on: NaiveDate,
    ) -> Result<Self, Fault> {
        let rows = store::find_active_of(conn, &Scope::system(), banks, kinds, on).await?;
        let mut sets: HashMap<(OrgId, String), String> = HashMap::new();
        for row in rows {
            // The one that counts comes first and stays.
            sets.entry((row.bank_id.into(), row.kind)).or_insert(row.content);
        }
        Ok(Self(sets))
    }

    /// A bank's set; the platform's default where it has set none.
    ///
    /// # Errors
    /// A stored version that does not read back.
    pub fn of<P: ParameterSet>(&self, bank: OrgId) -> Result<P, Fault> {
        match self.0.get(&(bank, P::KIND.to_owned())) {
            Some(content) => serde_json::from_str(content)
                .map_err(|error| Fault::Corrupt(format!("{} of bank {bank}: {error}", P::KIND))),
            None => Ok(P::default()),
        }
    }
}
