//! The last phases of a batch of draws: the guard; then loans, shares, ledger, events, audit rows and answers, each
//! written in bulk.
//!
//! While the database works on one part, the rows of the next are made: preparing and storing a row take about as long
//! as each other, and they run on different processors.

use std::future::Future;

use contracts::{
    Event, FacilityId, OrgId,
    events::{LoanDrawn, SyndicateShare},
};
use finance::{Money, Rate, Roll};
use futures::future::join;
use ledger::{Movement, store::OpenDays};
use sea_orm::ActiveValue::Set;
use serde::Serialize;
use tx_kit::{AuditEntry, Fault, IdempotencyKey, Tx, bulk::Rows, idempotency};
use uuid::Uuid;

use super::{
    draw::{Answer, Asked, Granted},
    lines::Lines,
    model::Facility,
    postings,
};
use crate::{
    fund,
    loan::{self, LoanStatus, PaymentMode},
};

/// Rows are made this many draws at a time; in between, the statement under way goes on.
const PACE: usize = 16;
/// The rows of so few draws are made in less time than the turns to a server take that writing them in parts would add.
const TOGETHER_MAX: usize = 2 * PACE;

/// Writes what was decided: draws granted, and the answers that are kept.
pub(super) async fn write(
    tx: &mut Tx,
    lines: &Lines,
    granted: &[Granted<'_>],
    kept: &[(&IdempotencyKey, &Answer)],
) -> Result<(), Fault> {
    if granted.is_empty() {
        let answers = idempotency::rows(tx.now(), kept)?;
        return tx.conn().insert([answers]).await.map_err(Fault::overtaken_if_taken);
    }
    {
        let tx = &*tx;
        // The day on which a bank's book takes the draws: one read for all of them.
        let days = ledger::store::open_days(tx, books(granted));
        if granted.len() <= TOGETHER_MAX {
            let made = join(loans(tx, lines, granted), told(tx, lines, granted, kept));
            let (days, (loans, told)) = join(days, made).await;
            let mut rows = loans?;
            rows.extend(posted(tx, &days?, granted).await?);
            rows.extend(told?);
            lines.guard(tx, rows).await?;
        } else {
            let guarded = async {
                lines.guard(tx, Vec::new()).await?;
                days.await
            };
            let (days, loans) = join(guarded, loans(tx, lines, granted)).await;
            let days = days?;
            let (written, posted) = join(tx.conn().insert(loans?), posted(tx, &days, granted)).await;
            written.map_err(Fault::overtaken_if_taken)?;
            let (written, told) = join(tx.conn().insert(posted?), told(tx, lines, granted, kept)).await;
            written?;
            tx.conn().insert(told?).await.map_err(Fault::overtaken_if_taken)?;
        }
    }
    tx.has_published();
    Ok(())
}

/// Makes rows of several tables from a few things at a time.
async fn paced<T: Sync, const TABLES: usize>(
    all: &[T],
    make: impl Fn(&[T]) -> Result<[Rows; TABLES], Fault> + Send,
) -> Result<Vec<Rows>, Fault> {
    let mut tables: Vec<Rows> = Vec::with_capacity(TABLES);
    for some in all.chunks(PACE) {
        let made = make(some)?;
        if tables.is_empty() {
            tables.extend(made);
        } else {
            for (table, made) in tables.iter_mut().zip(made) {
                table.append(made)?;
            }
        }
        tokio::task::yield_now().await;
    }
    Ok(tables)
}

fn line(lines: &Lines, id: FacilityId) -> Result<&Facility, Fault> {
    let line =
        lines.get(id).ok_or_else(|| Fault::Invariant(format!("a draw on {id}, which was not locked")))?;
    Ok(&line.facility)
}

fn loans<'a>(
    tx: &'a Tx,
    lines: &'a Lines,
    granted: &'a [Granted<'_>],
) -> impl Future<Output = Result<Vec<Rows>, Fault>> + Send + 'a {
    paced(granted, move |some| {
        let loans = some
            .iter()
            .map(|one| loan_row(tx, line(lines, one.drawdown.facility_id)?, one.asked, one))
            .collect::<Result<Vec<_>, Fault>>()?;
        let plans = some.iter().filter_map(|one| plan_row(tx, one)).collect::<Result<Vec<_>, Fault>>()?;
        Ok([
            Rows::of(loans)?,
            Rows::of(some.iter().flat_map(share_rows))?,
            Rows::of(plans)?,
            Rows::of(some.iter().flat_map(cover_rows))?,
        ])
    })
}

/// The banks in whose books draws are posted, in parts.
fn books(granted: &[Granted<'_>]) -> Vec<Uuid> {
    let mut books: Vec<Uuid> =
        granted.iter().flat_map(|one| one.shares.iter().map(|share| share.bank_id.uuid())).collect();
    books.sort_unstable();
    books.dedup();
    books
}

fn posted<'a>(
    tx: &'a Tx,
    days: &'a OpenDays,
    granted: &'a [Granted<'_>],
) -> impl Future<Output = Result<Vec<Rows>, Fault>> + Send + 'a {
    paced(granted, move |some| {
        let mut movements: Vec<Movement> = Vec::with_capacity(some.len());
        for one in some {
            let drawdown = &one.drawdown;
            movements.extend(postings::disbursement(drawdown.loan_id, drawdown.facility_id, &one.shares)?);
        }
        ledger::store::movement_rows(tx, days, &movements)
    })
}

/// What the audit trail keeps of a draw.
#[derive(Serialize)]
struct Audited {
    facility: FacilityId,
    amount: Money,
    drawn: Money,
    /// What of it funds cover; left out where the line counts on none.
    #[serde(skip_serializing_if = "Option::is_none")]
    covered: Option<Money>,
}

async fn told(
    tx: &Tx,
    lines: &Lines,
    granted: &[Granted<'_>],
    kept: &[(&IdempotencyKey, &Answer)],
) -> Result<Vec<Rows>, Fault> {
    let mut tables = paced(granted, |some| {
        let events = some
            .iter()
            .map(|one| {
                let event = drawn_event(line(lines, one.drawdown.facility_id)?, one);
                Ok((one.drawdown.loan_id.uuid(), 1, event))
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        let entries = some.iter().map(|one| {
            let drawdown = &one.drawdown;
            AuditEntry::new(&one.asked.caller.actor(), "facility.draw", "loan", drawdown.loan_id).with(
                Audited {
                    facility: drawdown.facility_id,
                    amount: drawdown.amount,
                    drawn: drawdown.facility.drawn,
                    covered: drawdown.covered,
                },
            )
        });
        Ok([tx.event_rows(events)?, tx.audit_rows(entries)?])
    })
    .await?;
    tables.extend(paced(kept, |some| Ok([idempotency::rows(tx.now(), some)?])).await?);
    Ok(tables)
}

fn loan_row(
    tx: &Tx,
    facility: &Facility,
    asked: &Asked,
    one: &Granted<'_>,
) -> Result<loan::store::loan::ActiveModel, Fault> {
    let drawdown = &one.drawdown;
    let (terms, agreed) = (&one.terms, one.agreed.as_ref());
    let floats = agreed.and_then(|agreed| agreed.floats);
    let conditions = agreed.map(|agreed| serde_json::to_string(&agreed.conditions)).transpose()?;
    Ok(loan::store::loan::ActiveModel {
        id: Set(drawdown.loan_id.uuid()),
        number: Set(drawdown.loan_number.clone()),
        drawdown_id: Set(drawdown.id.uuid()),
        facility_id: Set(facility.id.uuid()),
        facility_name: Set(facility.name.clone()),
        bank_id: Set(facility.bank_id.uuid()),
        bank_name: Set(facility.bank_name.clone()),
        enterprise_id: Set(drawdown.enterprise_id.uuid()),
        enterprise_name: Set(one.enterprise_name.clone()),
        industry: Set(facility.industry.clone()),
        principal_fen: Set(drawdown.amount.fen()),
        outstanding_fen: Set(drawdown.amount.fen()),
        written_off_fen: Set(0),
        interest_from: Set(drawdown.drawn_on),
        interest_carried: Set("0".to_owned()),
        billed: Set(0),
        arrears: Set(None),
        next_due_on: Set(one.next_due_on),
        plan_version: Set(i32::from(one.plan.is_some())),
        annual_rate: Set(terms.annual_rate.to_string()),
        day_count: Set(terms.day_count.name().to_owned()),
        repayment: Set(terms.repayment.name().to_owned()),
        repayment_now: Set(None),
        tenor_months: Set(i32::try_from(drawdown.tenor_months).unwrap_or(i32::MAX)),
        every_months: Set(i32::try_from(terms.every_months).unwrap_or(i32::MAX)),
        due_day: Set(terms.due_day.and_then(|day| i32::try_from(day).ok())),
        level_last: Set(terms.level_last),
        grace: Set(i32::try_from(terms.grace).unwrap_or(i32::MAX)),
        penalty_surcharge: Set(terms.penalty_surcharge.to_string()),
        holiday_grace: Set(terms.holiday_grace),
        roll: Set((terms.roll != Roll::None).then(|| terms.roll.name().to_owned())),
        product: Set(agreed.map_or(loan::STANDARD_PRODUCT, |agreed| &agreed.product).to_owned()),
        conditions: Set(conditions),
        spread_bp: Set(floats.map(|floats| floats.spread_bp)),
        rate_reset: Set(floats.map(|floats| floats.reset.name().to_owned())),
        reset_on: Set(floats.and_then(|floats| floats.reset_on)),
        restructured_on: Set(None),
        drawn_on: Set(drawdown.drawn_on),
        matures_on: Set(drawdown.matures_on),
        accelerated_on: Set(None),
        status: Set(LoanStatus::Active.name().to_owned()),
        purpose: Set(asked.request.purpose.clone()),
        application_id: Set(drawdown.application_id.map(Into::into)),
        application_product: Set(drawdown.application_product.clone()),
        payment_mode: Set(drawdown.payment_mode.name().to_owned()),
        payee: Set(asked.request.payee.as_ref().map(serde_json::to_string).transpose()?),
        guarantee_fees_fen: Set(0),
        vat_exempt_until: Set(None),
        created_at: Set(tx.now()),
        version: Set(1),
        steps: Set(0),
    })
}

/// The plan of a loan that does not follow from its terms alone.
fn plan_row(tx: &Tx, one: &Granted<'_>) -> Option<Result<loan::store::plan::ActiveModel, Fault>> {
    let plan = one.plan.as_ref()?;
    Some(serde_json::to_string(plan).map_err(Fault::from).map(|schedule| loan::store::plan::ActiveModel {
        loan_id: Set(one.drawdown.loan_id.uuid()),
        version: Set(1),
        cause: Set("draw".to_owned()),
        effective_on: Set(one.drawdown.drawn_on),
        schedule: Set(schedule),
        made_by: Set(one.asked.caller.name.clone()),
        made_at: Set(tx.now()),
    }))
}

fn share_rows(one: &Granted<'_>) -> impl Iterator<Item = loan::store::share::ActiveModel> {
    one.shares.iter().zip(0..).map(|(share, position)| loan::store::share::ActiveModel {
        loan_id: Set(one.drawdown.loan_id.uuid()),
        position: Set(position),
        bank_id: Set(share.bank_id.uuid()),
        bank_name: Set(share.bank_name.clone()),
        amount_fen: Set(share.amount.fen()),
        outstanding_fen: Set(share.outstanding.fen()),
    })
}

fn cover_rows(one: &Granted<'_>) -> impl Iterator<Item = fund::CoverRow> {
    let drawdown = &one.drawdown;
    let ids = (drawdown.loan_id, drawdown.id);
    one.covered.iter().map(move |covered| fund::cover_row(*covered, ids, drawdown.amount, drawdown.drawn_on))
}

fn drawn_event(facility: &Facility, one: &Granted<'_>) -> Event {
    let drawdown = &one.drawdown;
    let share_of = |bank: OrgId| {
        facility.shares.iter().find(|share| share.bank_id == bank).map_or(Rate::ONE, |share| share.share)
    };
    Event::LoanDrawn(LoanDrawn {
        loan_id: drawdown.loan_id,
        number: drawdown.loan_number.clone(),
        drawdown_id: drawdown.id,
        facility_id: facility.id,
        bank_id: facility.bank_id,
        bank_name: facility.bank_name.clone(),
        enterprise_id: drawdown.enterprise_id,
        enterprise_name: one.enterprise_name.clone(),
        industry: facility.industry.clone(),
        amount: drawdown.amount,
        annual_rate: one.terms.annual_rate,
        drawn_on: drawdown.drawn_on,
        matures_on: drawdown.matures_on,
        next_due_on: one.next_due_on,
        application_product: drawdown.application_product.clone(),
        payment_mode: (drawdown.payment_mode == PaymentMode::Entrusted)
            .then(|| drawdown.payment_mode.name().to_owned()),
        shares: one
            .shares
            .iter()
            .map(|share| SyndicateShare {
                bank_id: share.bank_id,
                bank_name: share.bank_name.clone(),
                share: share_of(share.bank_id),
                amount: share.amount,
            })
            .collect(),
        covered: drawdown.covered,
        facility_version: one.version,
        facility_drawn: drawdown.facility.drawn,
        facility_reserved: drawdown.facility.reserved,
        member_drawn: drawdown.member.drawn,
        member_reserved: drawdown.member.reserved,
    })
}
