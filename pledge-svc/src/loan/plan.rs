//! A loan's plan once it is no longer the one agreed at the draw: every version is kept, the newest counts.

use chrono::NaiveDate;
use finance::{Rate, Schedule};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    EntityTrait,
};
use tx_kit::{Fault, Tx};

use super::{Held, held::broken, store};

/// The cause of a plan under which everything falls due at once (提前到期).
pub(crate) const ACCELERATION: &str = "acceleration";

/// A plan to take the place of the present one.
pub(crate) struct NewPlan<'a> {
    /// The whole schedule: instalments that have fallen due keep their numbers and days, those to come may differ. The
    /// first instalment to come is numbered above `account.billed`.
    pub schedule: Schedule,
    /// `prepayment`, `extension`, `restructuring`, `rollover`, `repricing`, `tranche`, [`ACCELERATION`]; a plan whose due dates were
    /// moved is stored by the `draw`.
    pub cause: &'a str,
    /// The day from which it counts.
    pub effective_on: NaiveDate,
    /// Who decided it.
    pub made_by: &'a str,
    /// The contract rate from then on, where it changes. Interest until then stays at the old one.
    pub annual_rate: Option<Rate>,
    /// Whether the loan counts as restructured from then on.
    pub restructured: bool,
}

/// Gives a held loan a new plan from today on and writes its row. What has run until today is settled at the old terms
/// first, so that nothing is counted twice or at a rate of another time.
///
/// # Errors
/// A fault where the plan does not repay what is not yet due, or the database's.
pub(crate) async fn replace_plan(tx: &mut Tx, held: &mut Held, new: NewPlan<'_>) -> Result<(), Fault> {
    let not_due = held.account.not_due().map_err(broken)?;
    let to_come = new.schedule.instalments.iter().filter(|one| one.number > held.account.billed);
    let principal = finance::Money::total(to_come.map(|one| one.principal)).map_err(broken)?;
    if principal != not_due {
        return Err(Fault::Invariant(format!(
            "the new plan of loan {} repays {principal} of {not_due}",
            held.row.id
        )));
    }
    held.account.carried = held.account.running(&held.terms, &held.plan, held.on).map_err(broken)?;
    held.account.interest_from = held.account.interest_from.max(held.on);
    let version = held.row.plan_version + 1;
    let row = store::plan::ActiveModel {
        loan_id: Set(held.row.id),
        version: Set(version),
        cause: Set(new.cause.to_owned()),
        effective_on: Set(new.effective_on),
        schedule: Set(serde_json::to_string(&new.schedule)?),
        made_by: Set(new.made_by.to_owned()),
        made_at: Set(tx.now()),
    };
    store::plan::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    let matures_on = new.schedule.instalments.last().map_or(held.row.matures_on, |last| last.due);
    held.plan = new.schedule;
    held.row.plan_version = version;
    held.row.matures_on = matures_on;
    if let Some(rate) = new.annual_rate {
        held.terms.annual_rate = rate;
    }
    if new.restructured {
        held.row.restructured_on = Some(new.effective_on);
    }
    // Terms that are agreed afterwards end what was declared.
    held.row.accelerated_on = (new.cause == ACCELERATION).then_some(held.on);
    // A reset after the end of the plan would price anew what is overdue by then.
    let late = held.row.reset_on.is_some_and(|day| day > held.on && day >= matures_on);
    let beside = store::loan::ActiveModel {
        reset_on: if late { Set(None) } else { NotSet },
        accelerated_on: Set(held.row.accelerated_on),
        plan_version: Set(version),
        matures_on: Set(matures_on),
        annual_rate: Set(held.terms.annual_rate.to_string()),
        restructured_on: Set(held.row.restructured_on),
        ..Default::default()
    };
    held.write(tx, beside).await
}
