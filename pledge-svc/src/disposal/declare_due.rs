//! Declaring a held loan due: the instalments to come give way to one of today, over everything that had not fallen due.
//! From tomorrow on what is not paid is overdue, at the penalty rate; the borrower is told at once.

use finance::{Claim as Debt, Instalment, Money, Rounding, Schedule};
use http_kit::ActError;
use tx_kit::{Fault, Tx};

use crate::{
    closing,
    loan::{ACCELERATION, Held, NewPlan, model::owing, replace_plan},
    risk,
};

/// Does it. `by` is who decided.
pub(super) async fn declare_due(tx: &mut Tx, held: &mut Held, by: &str) -> Result<(), ActError> {
    let plan = NewPlan {
        schedule: due_at_once(held)?,
        cause: ACCELERATION,
        effective_on: held.on,
        made_by: by,
        annual_rate: None,
        restructured: false,
    };
    replace_plan(tx, held, plan).await?;
    // The instalment of today has fallen due.
    let account = held.account.clone().advanced(&held.terms, &held.plan, held.on);
    held.account = account.map_err(broken)?;
    held.owed = owing(&held.terms, &held.plan, &held.account, held.on).map_err(broken)?;
    let told = risk::reassess(tx, held, ACCELERATION).await?;
    let event = held.state_changed(ACCELERATION, told.parts(), false)?;
    tx.publish([(held.row.id, held.row.version, event)]).await?;
    let claimed = held.owed.total().map_err(broken)?;
    closing::declared_due(tx, &held.row, claimed).await?;
    Ok(())
}

/// What has fallen due as it was, and the rest as one instalment of today with the interest that has run.
fn due_at_once(held: &Held) -> Result<Schedule, Fault> {
    let principal = held.owed.sum(|debt| debt == Debt::CurrentPrincipal).map_err(broken)?;
    let running = held.account.running(&held.terms, &held.plan, held.on).map_err(broken)?;
    let interest = Money::round_yuan(running, Rounding::HalfUp).map_err(broken)?;
    let mut instalments: Vec<Instalment> =
        held.plan.instalments.iter().filter(|one| one.number <= held.account.billed).cloned().collect();
    instalments.push(Instalment {
        number: held.account.billed + 1,
        due: held.on,
        principal,
        interest,
        total: principal.checked_add(interest).map_err(broken)?,
        balance: Money::ZERO,
    });
    Schedule::try_new(instalments).map_err(broken)
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Invariant(error.to_string())
}
