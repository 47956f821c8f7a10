//! The rate of a line that is priced on the LPR, as of the day on which the price is agreed: what the line shows, while
//! each draw takes the LPR of its own day.

use chrono::NaiveDate;
use contracts::OrgId;
use finance::Rate;
use http_kit::ActError;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::{
    answers,
    model::{Terms, pricing::Pricing, proposal::Flaw},
};
use crate::{adjustments::ReferenceRates, parameters, working_days};

/// The rate on the day for the longest tenor of the line; `None` where its price is fixed.
///
/// # Errors
/// A flaw of the pricing where the LPR of the day is not known or the spread leaves no rate; the database's fault.
pub(super) async fn on_lpr(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    terms: &Terms,
    tenor_months: u32,
    on: NaiveDate,
) -> Result<Option<Rate>, ActError> {
    if terms.pricing == Pricing::Fixed {
        return Ok(None);
    }
    let rates: ReferenceRates = parameters::current(conn, bank, on).await?;
    let calendar = working_days::of_bank(conn, bank, on).await?;
    let fixings = rates
        .all(calendar)
        .map_err(|error| Fault::Corrupt(format!("reference rates of bank {bank}: {error}")))?;
    let flaw = |_| {
        Flaw::new(
            "pricing",
            format!(
                "本行尚未录入 {on} 适用的 LPR，或加减点后利率不高于零，不能按 LPR 定价。请先录入 LPR 或调整加减点。"
            ),
            format!(
                "The LPR in force on {on} is not recorded, or the spread leaves no rate above zero: record the LPR, or change the spread."
            ),
        )
    };
    let rate = terms.pricing.rate(&fixings, tenor_months, on).map_err(flaw);
    Ok(rate.map_err(|flaw| answers::flawed(vec![flaw]))?)
}
