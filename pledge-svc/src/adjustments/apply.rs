//! What an approved change, and a reset of the reference rate, do to a held loan: account, plan, price, risk, event.
//!
//! | step | what | why in this order |
//! |---|---|---|
//! | price | the columns of a floating rate, and how the new plan repays | the plan's row is written last and carries the rate |
//! | plan | [`replace_plan`], which settles what has run at the old terms | nothing is counted twice |
//! | account | alone, where the plan stays: misuse and its end, waived fees | |
//! | tax | where the loan is found exempt from VAT, or not so after all (`exempt.rs`) | |
//! | risk | assessed on what the loan owes now | a restructured loan is special-mention from this moment |
//! | event | with the tier that was found | others see the loan as it is |

use chrono::NaiveDate;
use finance::Schedule;
use http_kit::ActError;
use sea_orm::{ActiveValue::Set, ConnectionTrait};
use tx_kit::{Fault, Tx};

use super::{
    exempt::{exempt, tax_again},
    model::{Adjusted, AdjustmentKind},
    now::broken,
};
use crate::{
    disposal,
    loan::{
        Held, LoanStatus, NewPlan,
        model::{Account, Owing, owing},
        replace_plan, store as loans,
    },
    risk::{self, Owes, model::Tier},
};

/// Does it. `by` is who decided.
pub(super) async fn apply(
    tx: &mut Tx,
    held: &mut Held,
    kind: AdjustmentKind,
    made: Adjusted,
    by: &str,
) -> Result<(), ActError> {
    let mut beside = loans::loan::ActiveModel::default();
    if let Some(floating) = made.pricing {
        beside.spread_bp = Set(floating.map(|one| one.spread_bp));
        beside.rate_reset = Set(floating.map(|one| one.reset.name().to_owned()));
        beside.reset_on = Set(floating.and_then(|one| one.reset_on));
    }
    if let Some(form) = made.form {
        beside.repayment_now = Set(Some(form.name().to_owned()));
    }
    if made.pricing.is_some() || made.form.is_some() {
        held.write(tx, beside).await?;
    }
    let changes_rate = made.annual_rate != held.terms.annual_rate;
    held.account = made.account;
    if kind.replans() {
        let plan = NewPlan {
            schedule: made.schedule,
            cause: kind.cause(),
            effective_on: held.on,
            made_by: by,
            annual_rate: changes_rate.then_some(made.annual_rate),
            restructured: made.restructured,
        };
        replace_plan(tx, held, plan).await?;
    } else {
        if held.account.is_settled() {
            held.status = LoanStatus::Repaid;
        }
        let exempt_until = made.exempt_until.map_or_else(Default::default, Set);
        let beside = loans::loan::ActiveModel {
            vat_exempt_until: exempt_until,
            ..loans::loan::ActiveModel::default()
        };
        held.write(tx, beside).await?;
        match made.exempt_until {
            Some(Some(until)) => exempt(tx, held, until).await?,
            Some(None) => tax_again(tx, held).await?,
            None => {}
        }
    }
    held.owed = owing(&held.terms, &held.plan, &held.account, held.on).map_err(broken)?;
    let told = risk::reassess(tx, held, kind.cause()).await?;
    let event = held.state_changed(kind.cause(), told.parts(), false)?;
    tx.publish([(held.row.id, held.row.version, event)]).await?;
    // Waived fees may have been all that was owed.
    disposal::release_waiting(tx, held).await
}

/// The tier of a held loan as it is now, by its own rules: what was assessed at the last close may be of yesterday.
pub(super) async fn tier_of(
    conn: &impl ConnectionTrait,
    row: &loans::loan::Model,
    (plan, account, owed): (&Schedule, &Account, &Owing),
    on: NaiveDate,
) -> Result<Tier, Fault> {
    let batch = risk::gather(conn, row.bank_id.into(), on, std::slice::from_ref(row)).await?;
    let owes = Owes::of(plan, account, owed).map_err(broken)?;
    Ok(batch.assess(row, &owes)?.after.tier)
}
