//! Assessing one loan within an act: by judgement, on the watch list, with new terms.

use chrono::NaiveDate;
use contracts::{LoanId, OrgId};
use finance::{EclStage, Money};
use sea_orm::ConnectionTrait;
use tx_kit::{Fault, Tx};

use super::{
    assess::{Change, Owes, gather},
    model::{Judged, RiskParameters, Tier},
    record::record,
    settle::parts_of,
    store,
};
use crate::{
    facility,
    loan::{Held, store as loans},
    parameters,
};

/// What others are told of a loan's risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The tier.
    pub tier: Tier,
    /// The stage of expected loss, 1 to 3.
    pub stage: u8,
    /// The provision.
    pub provision: Money,
}

impl Told {
    /// The three as `Held::state_changed` takes them.
    #[must_use]
    pub const fn parts(&self) -> (&'static str, u8, Money) {
        (self.tier.name(), self.stage, self.provision)
    }
}

/// What was last found of a loan that the caller has found in scope: normal, stage 1 and nothing provided before the
/// first close.
///
/// # Errors
/// The database's fault, or a value that does not read back.
pub async fn told(conn: &impl ConnectionTrait, loan: LoanId) -> Result<Told, Fault> {
    let Some(row) = store::find::risk_of(conn, loan).await? else {
        return Ok(Told { tier: Tier::Normal, stage: 1, provision: Money::ZERO });
    };
    let found = store::assessed_of(&row)?;
    Ok(Told { tier: found.tier, stage: found.stage.number(), provision: found.provision })
}

/// The loss allowance of a held loan that was last found credit-impaired (stage 3): the books show its interest on the net
/// carrying amount. Where a payment had ended that, or had settled the loan and its provision was given back, and was undone since,
/// interest is suspended again and no close has provided for the loan yet: it is then what is to be provided for the loan as
/// it stands. `None` for any other.
///
/// # Errors
/// The database's fault, or a value that does not read back.
pub(crate) async fn impaired(conn: &impl ConnectionTrait, held: &Held) -> Result<Option<Money>, Fault> {
    let told = told(conn, held.id()).await?;
    let suspended = held.interest().suspended;
    let found = (told.stage == EclStage::Three.number()).then_some(told.provision);
    if suspended.is_zero() || found.is_some_and(Money::is_positive) {
        return Ok(found);
    }
    let batch = gather(conn, held.row.bank_id.into(), held.on, std::slice::from_ref(&held.row)).await?;
    let owes = Owes::of(&held.plan, &held.account, &held.owed)
        .map_err(|error| Fault::Invariant(error.to_string()))?;
    Ok(Some(batch.assess(&held.row, &owes)?.after.provision))
}

/// Overdue for more days, a loan of a bank is presumed to be in default.
///
/// # Errors
/// The database's fault, or parameters that do not read back.
pub async fn impaired_after(conn: &impl ConnectionTrait, bank: OrgId, on: NaiveDate) -> Result<i64, Fault> {
    Ok(parameters::current::<RiskParameters>(conn, bank, on).await?.staging.impaired_after_days)
}

/// Assesses a loan as it stands after what an act has written of it, records what is found and posts the provision.
/// To be called after the loan's row was written; the event with what is told is the act's. Where the borrower's class
/// becomes worse, the lines on which it is a member follow.
///
/// # Errors
/// The database's fault.
pub(crate) async fn reassess(tx: &mut Tx, held: &mut Held, cause: &str) -> Result<Told, Fault> {
    Ok(reassess_as(tx, held, cause, None).await?.1)
}

/// What is set by people with an assessment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    pub judged: Judged,
    pub watched: bool,
}

/// The same under what people set; writes nothing of the setting itself.
pub(super) async fn reassess_as(
    tx: &mut Tx,
    held: &mut Held,
    cause: &str,
    setting: Option<Setting>,
) -> Result<(Change, Told), Fault> {
    let row = fresh(tx, held).await?;
    let batch = gather(tx.conn(), row.bank_id.into(), held.on, std::slice::from_ref(&row)).await?;
    let owes = Owes::of(&held.plan, &held.account, &held.owed)
        .map_err(|error| Fault::Invariant(error.to_string()))?;
    let change = match setting {
        Some(setting) => batch.assess_as(&row, &owes, setting.judged, setting.watched)?,
        None => batch.assess(&row, &owes)?,
    };
    let parts = parts_of(tx.conn(), &[row.id]).await?;
    let movements = record(tx, held.on, cause, std::slice::from_ref(&change), &parts).await?;
    ledger::store::post(tx, &movements).await?;
    follow(tx, held, &change).await?;
    let told = Told {
        tier: change.after.tier,
        stage: change.after.stage.number(),
        provision: change.after.provision,
    };
    Ok((change, told))
}

/// The lines on which the borrower is a member follow its class, where that has become worse; the held line with them.
async fn follow(tx: &mut Tx, held: &mut Held, change: &Change) -> Result<(), Fault> {
    let before = change.before.as_ref().map_or(Tier::Normal, |before| before.tier);
    if change.after.tier <= before {
        return Ok(());
    }
    for (line, version) in facility::follow_member(tx, change.bank, change.enterprise).await? {
        if line == held.facility.id {
            held.facility.version = version;
        }
    }
    Ok(())
}

/// The loan's row as it stands in the transaction.
async fn fresh(tx: &Tx, held: &Held) -> Result<loans::loan::Model, Fault> {
    loans::lock(tx.conn(), held.id())
        .await?
        .ok_or_else(|| Fault::Invariant(format!("loan {} is gone", held.id())))
}
