//! What an institute's stocktake has settled about a patent of its own, for the list of unused ones: that it is put to use
//! stands in its timeline, why it waits stands as a justification.

use chrono::Months;
use contracts::PatentId;
use http_kit::ActError;
use identity::{Caller, Scope};
use tx_kit::Tx;

use super::{
    justify::{self, Ground, JustificationGiven},
    store,
};
use crate::catalogue::{
    patent::LegalStatus,
    store as patents,
    timeline::{RecordEntry, model::Happening, record_within},
};

/// The source of what a stocktake settled.
const SOURCE: &str = "存量专利盘点";
/// How long a stocktake's word covers a patent that waits: until the next year's.
const VALID_MONTHS: u32 = 12;

/// What was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled<'a> {
    /// It is put to use: how, in words.
    Implemented(&'a str),
    /// It is not: why, in words.
    Waits(&'a str),
}

/// Takes over what a stocktake settled about a patent in force that the caller's institute owns; nothing where the patent is
/// known to be put to use, where a justification stands that the owner gave itself, or where it is another's by now.
///
/// # Errors
/// What refuses the entry of a timeline, or the database's fault.
pub(crate) async fn settled_by_stocktake(
    tx: &mut Tx,
    caller: &Caller,
    (id, settled): (PatentId, Settled<'_>),
) -> Result<(), ActError> {
    let Some(row) = patents::lock(tx, id).await? else { return Ok(()) };
    let own = row.owner_id == Some(caller.tenant.uuid());
    if !own || row.implemented || row.status != LegalStatus::Granted.as_str() {
        return Ok(());
    }
    let today = tx.business_date();
    match settled {
        Settled::Implemented(how) => {
            let entry = RecordEntry {
                happened_on: today,
                what: Happening::Implemented { how: how.to_owned() },
                source: SOURCE.to_owned(),
                document: None,
                remark: None,
                supersedes: None,
            };
            record_within(tx, caller, (id, &entry)).await
        }
        Settled::Waits(why) => {
            let standing = store::find_standing(tx.conn(), &Scope::system(), (id, caller.tenant)).await?;
            if standing.is_some_and(|one| one.valid_until >= today) {
                return Ok(());
            }
            let given = JustificationGiven {
                ground: Ground::Other,
                reason: why.to_owned(),
                document: Some(SOURCE.to_owned()),
                valid_until: today.checked_add_months(Months::new(VALID_MONTHS)).unwrap_or(today),
            };
            justify::give(tx, caller, (id, &given)).await.map(|_| ())
        }
    }
}
