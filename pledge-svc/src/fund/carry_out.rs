//! Doing what was asked for and approved: fund and agreement are locked, the rules decide against today's state, rows,
//! entry and ledger are written.

use contracts::{FundAgreementId, FundId};
use finance::Money;
use http_kit::{ActError, IfMatch, Problem};
use identity::Scope;
use tx_kit::Tx;

use super::{
    booking::{Booking, book},
    events::{self, Act},
    exposure,
    model::{
        Agreement, AgreementStatus, EntryKind, Fund, Instruction, Order, Refusal,
        instruction::{Contribution, NewAgreement},
    },
    postings, store,
    view::version_of,
};
use crate::facility;

/// What an order does.
pub(super) enum Effect {
    /// A fund is opened.
    Opened(Fund),
    /// Money is paid in.
    PaidIn(Fund, EntryKind, Contribution),
    /// An agreement is made.
    Agreed(Fund, Box<Agreement>),
    /// An agreement changes, and what is promised with it.
    Changed(Fund, Box<Agreement>),
    /// A stop is lifted.
    Released(Box<Agreement>),
}

/// What an order would do today.
pub(super) async fn effect(tx: &Tx, id: FundId, order: &Order) -> Result<Effect, ActError> {
    let fund = store::lock(tx, id).await?;
    if let Order::Open(opening) = order {
        if fund.is_some() {
            return Err(Refusal::AlreadyOpen.into());
        }
        let (name, sponsor) = (opening.name.trim().to_owned(), opening.sponsor.trim().to_owned());
        return Ok(Effect::Opened(Fund::opened(id, name, sponsor, tx.business_date())));
    }
    let fund = fund.ok_or(Refusal::NotOpen)?;
    Ok(match order {
        Order::Open(_) => return Err(Refusal::AlreadyOpen.into()),
        Order::Capital(paid) => paid_in(&fund, EntryKind::Capital, paid)?,
        Order::Replenishment(paid) => paid_in(&fund, EntryKind::Replenishment, paid)?,
        Order::Agreement(new) => agreed(tx, &fund, new).await?,
        Order::Amendment(amendment) => {
            let before = locked(tx, &fund, amendment.agreement_id).await?;
            let after = before.amended(
                amendment.terms.clone(),
                exposure::of(tx.conn(), &before, tx.business_date()).await?,
            )?;
            changed(&fund, &before, after)?
        }
        Order::End(on) => {
            let before = locked(tx, &fund, on.agreement_id).await?;
            let today = exposure::of(tx.conn(), &before, tx.business_date()).await?;
            let after = before.ended(today, tx.business_date())?;
            changed(&fund, &before, after)?
        }
        Order::Release(on) => {
            Effect::Released(Box::new(locked(tx, &fund, on.agreement_id).await?.released()?))
        }
    })
}

fn paid_in(fund: &Fund, kind: EntryKind, paid: &Contribution) -> Result<Effect, Refusal> {
    Ok(Effect::PaidIn(fund.with_capital(paid.amount)?, kind, paid.clone()))
}

async fn locked(tx: &Tx, fund: &Fund, id: FundAgreementId) -> Result<Agreement, ActError> {
    match store::lock_agreement(tx, id).await? {
        Some(agreement) if agreement.fund_id == fund.id => Ok(agreement),
        _ => Err(Problem::not_found().into()),
    }
}

/// What the change does to the promises of the fund: an ended agreement promises nothing.
fn changed(fund: &Fund, before: &Agreement, after: Agreement) -> Result<Effect, Refusal> {
    let stands =
        if after.status == AgreementStatus::Ended { Money::ZERO } else { after.commitment_left()? };
    let fund = fund.with_commitment(before.commitment_left()?, stands)?;
    Ok(Effect::Changed(fund, Box::new(after)))
}

async fn agreed(tx: &Tx, fund: &Fund, new: &NewAgreement) -> Result<Effect, ActError> {
    let facility_name = match new.facility_id {
        None => None,
        Some(id) => match facility::store::one(tx.conn(), &Scope::system(), id).await? {
            Some(row) if row.bank_id == new.bank_id.uuid() => Some(row.name),
            _ => return Err(Refusal::OtherFacility.into()),
        },
    };
    let open = store::list_open(tx.conn(), &Scope::system(), fund.id).await?;
    let same = |one: &&Agreement| one.bank_id == new.bank_id && one.facility_id == new.facility_id;
    if let Some(one) = open.iter().find(same) {
        return Err(Refusal::SameCover { number: one.number.clone() }.into());
    }
    let id = FundAgreementId::fresh(tx.now());
    let agreement = Agreement {
        id,
        number: contracts::number("FA", tx.business_date(), id.uuid()),
        fund_id: fund.id,
        fund_name: fund.name.clone(),
        bank_id: new.bank_id,
        bank_name: new.bank_name.trim().to_owned(),
        facility_id: new.facility_id,
        facility_name,
        terms: new.terms.clone(),
        status: AgreementStatus::Active,
        stop_cause: None,
        stop_ratio: None,
        stopped_on: None,
        paid: Money::ZERO,
        returned: Money::ZERO,
        pending: Money::ZERO,
        version: 1,
    };
    let fund = fund.with_commitment(Money::ZERO, new.terms.commitment)?;
    Ok(Effect::Agreed(fund, Box::new(agreement)))
}

/// Locks fund and agreement and holds them to what the caller has seen.
pub(super) async fn as_seen(tx: &Tx, instruction: &Instruction, seen: IfMatch) -> Result<(), ActError> {
    let fund = store::lock(tx, instruction.fund_id).await?;
    let agreement = match instruction.order.agreement() {
        Some(id) => store::lock_agreement(tx, id).await?,
        None => None,
    };
    Ok(seen.check(version_of(fund.as_ref(), agreement.as_ref()))?)
}

/// Does what an approved instruction asks for.
///
/// # Errors
/// Fund or agreement are no longer as they were seen (412); the rules refuse it; a fault.
pub(super) async fn carry_out(tx: &mut Tx, instruction: &Instruction, seen: IfMatch) -> Result<(), ActError> {
    if let Order::Agreement(NewAgreement { facility_id: Some(line), .. }) = &instruction.order {
        // Before the fund is locked: whoever draws has locked the line first.
        facility::may_be_covered(tx, *line).await?;
    }
    as_seen(tx, instruction, seen).await?;
    match effect(tx, instruction.fund_id, &instruction.order).await? {
        Effect::Opened(fund) => {
            store::insert(tx, &fund).await?;
            events::tell(tx, &fund, None).await?;
        }
        Effect::PaidIn(fund, kind, paid) => {
            store::update(tx, &fund).await?;
            let booking = Booking {
                kind,
                amount: paid.amount,
                under: None,
                claim: None,
                party: &paid.payer,
                reference: &paid.reference,
                maker: &instruction.maker,
                approver: instruction.approver.as_deref().unwrap_or_default(),
            };
            let entry = book(tx, &fund, booking).await?;
            let movement = postings::capital_paid_in(fund.id.uuid().into(), entry, paid.amount)?;
            ledger::store::post(tx, &[movement]).await?;
        }
        Effect::Agreed(fund, agreement) => {
            store::update(tx, &fund).await?;
            store::insert_agreement(tx, &agreement).await?;
            events::tell(tx, &fund, None).await?;
            events::tell_agreement(tx, Act::Made, &agreement).await?;
        }
        Effect::Changed(fund, agreement) => {
            store::update(tx, &fund).await?;
            store::update_agreement(tx, &agreement).await?;
            events::tell(tx, &fund, None).await?;
            let ended = agreement.status == AgreementStatus::Ended;
            let act = if ended { Act::Ended } else { Act::Amended };
            events::tell_agreement(tx, act, &agreement).await?;
        }
        Effect::Released(agreement) => {
            store::update_agreement(tx, &agreement).await?;
            events::tell_agreement(tx, Act::Released, &agreement).await?;
        }
    }
    Ok(())
}
