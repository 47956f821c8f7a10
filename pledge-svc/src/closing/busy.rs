//! The loans of a chunk on which something happens: an instalment falls due, something is late, or their risk is to be
//! looked at.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use contracts::{Event, events::LoanStateChanged};
use finance::{EclStage, Money, Schedule, WorkingDays};
use identity::Scope;
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::{
    chunk::{Decided, take_up},
    failures::Failure,
    model::{self, Closed, Course, Quiet},
    notices::{self, NewNotice},
    reading::{self, LoanLine},
    run,
    store::{self, NewLoan},
};
use crate::{
    books::model::{ImpairedDays, Interest},
    loan::{LoanTerms, store as loans},
    risk::{self, Batch, Change, Owes, Parts},
    working_days,
};

/// What becomes of the loans that were looked at.
#[derive(Default)]
pub(super) struct Looked {
    /// What was found of their risk.
    pub risks: Vec<Change>,
    loans: Vec<NewLoan>,
    notices: Vec<NewNotice>,
    events: Vec<(Uuid, i64, Event)>,
}

/// A loan decided.
struct One {
    terms: LoanTerms,
    changed: bool,
    closed: Closed,
    /// What falls due in a few days.
    soon: Option<(NaiveDate, Money)>,
    /// What falls due on the next due date.
    next: Option<Money>,
    risk: Change,
}

/// Decides the loans in question; the rows of some are held already. One that fails is noted and left as it was.
pub(super) async fn close(
    tx: &Tx,
    run: &run::entity::Model,
    scope: &Scope,
    (lines, held, parts): (&[&LoanLine], Vec<loans::loan::Model>, &Parts),
    morning: NaiveDate,
    decided: &mut Decided,
) -> Result<Looked, Fault> {
    let mut looked = Looked::default();
    if lines.is_empty() {
        return Ok(looked);
    }
    let by_id: HashMap<Uuid, &LoanLine> = lines.iter().map(|line| (line.id, *line)).collect();
    let mut rows: Vec<_> = held.into_iter().filter(|row| by_id.contains_key(&row.id)).collect();
    let known: HashSet<Uuid> = rows.iter().map(|row| row.id).collect();
    let ids: Vec<Uuid> = lines.iter().map(|line| line.id).filter(|id| !known.contains(id)).collect();
    rows.extend(reading::find_whole(tx.conn(), scope, &ids).await?);
    let stored: Vec<loans::loan::Model> = rows.iter().filter(|row| row.plan_version > 0).cloned().collect();
    let mut plans = loans::plans(tx.conn(), &stored).await?;
    let calendar = working_days::of_bank(tx.conn(), run.bank_id.into(), morning).await?;
    let batch = risk::gather(tx.conn(), run.bank_id.into(), morning, &rows).await?;
    for row in &rows {
        let Some(line) = by_id.get(&row.id) else { continue };
        let plan = plans.remove(&row.id);
        let outcome = one(row, plan, &batch, (morning, calendar)).and_then(|one| {
            let version = if one.changed { row.version + 1 } else { row.version };
            let after = (shown(&one, line, morning)?, (version, course(&one), one.next));
            take_up(decided, line, parts, (run.bank_id.into(), morning), after)?;
            Ok(one)
        });
        match outcome {
            Ok(one) => {
                note(&mut looked, row, one, notices::Span::of(line.day.map(|day| day.closed_on), morning))?
            }
            Err(fault) => decided.failures.push(Failure { loan: row.id, reason: fault.to_string() }),
        }
    }
    Ok(looked)
}

fn one(
    row: &loans::loan::Model,
    plan: Option<Schedule>,
    batch: &Batch,
    (morning, calendar): (NaiveDate, &'static WorkingDays),
) -> Result<One, Fault> {
    let (terms, account, _) = loans::parts(row)?;
    let terms = LoanTerms { calendar, ..terms };
    let broken = |error: &dyn std::fmt::Display| Fault::Corrupt(format!("loan {}: {error}", row.id));
    let plan = match plan {
        Some(plan) => plan,
        None => loans::agreed(row)?,
    };
    let before = account.clone();
    let closed = model::close(&terms, &plan, account, morning).map_err(|error| broken(&error))?;
    let owes = Owes::of(&plan, &closed.account, &closed.owed).map_err(|error| broken(&error))?;
    let risk = batch.assess(row, &owes)?;
    let changed = closed.account != before || closed.unmet != row.next_due_on || risk.is_news();
    let due_on = notices::announced(morning);
    let falls_due =
        |on| notices::falls_due_on(&terms, &plan, &closed.account, on).map_err(|error| broken(&error));
    let soon = falls_due(due_on)?.map(|amount| (due_on, amount));
    let next = closed.unmet.filter(|_| closed.account.arrears.is_empty());
    let next = next.map(falls_due).transpose()?.flatten();
    Ok(One { terms, changed, closed, soon, next, risk })
}

/// What the books show of its interest: a loan that was credit-impaired when the day began has earned on its net carrying
/// amount.
fn shown(one: &One, line: &LoanLine, morning: NaiveDate) -> Result<Interest, Fault> {
    let before = line.day.map_or_else(Interest::default, |day| day.interest);
    let was = one.risk.before.as_ref().filter(|was| was.stage == EclStage::Three).map(|was| was.provision);
    // What is suspended on a loan that was not found impaired yet, or whose provision was given back when it was settled,
    // comes of a payment that was undone.
    let suspended = before.suspended.is_positive();
    let was = was.filter(|provision| provision.is_positive() || !suspended);
    let undone = || suspended.then_some(one.risk.after.provision);
    let closed_on = line.day.map(|day| day.closed_on).and_then(|day| day.succ_opt());
    let days = was.or_else(undone).map(|allowance| ImpairedDays {
        outstanding: one.closed.account.outstanding,
        allowance,
        annual_rate: one.terms.annual_rate,
        day_count: one.terms.day_count,
        from: closed_on.unwrap_or(one.terms.drawn_on),
        until: morning,
    });
    let impaired = one.risk.after.stage == EclStage::Three;
    before
        .closed(one.closed.interest, days.as_ref(), impaired)
        .map_err(|error| Fault::Corrupt(format!("loan {}: {error}", line.id)))
}

/// How its interest runs on from here, where nothing is late on it and it is not credit-impaired.
fn course(one: &One) -> Option<Course> {
    if one.risk.after.stage == EclStage::Three {
        return None;
    }
    let account = &one.closed.account;
    let quiet = Quiet {
        outstanding: account.outstanding,
        annual_rate: one.terms.annual_rate,
        day_count: one.terms.day_count,
        interest_from: account.interest_from,
        carried: account.carried,
    };
    let next_due_on = one.closed.unmet.filter(|_| account.arrears.is_empty())?;
    Course::of(&quiet, next_due_on)
}

fn note(
    looked: &mut Looked,
    row: &loans::loan::Model,
    mut one: One,
    span: notices::Span,
) -> Result<(), Fault> {
    let (closed, arrears) = (&one.closed, &one.closed.account.arrears);
    if one.changed {
        looked.loans.push(NewLoan {
            id: row.id,
            version: row.version,
            billed: i32::try_from(closed.account.billed).unwrap_or(i32::MAX),
            arrears: if arrears.is_empty() { None } else { Some(serde_json::to_string(arrears)?) },
            interest_from: closed.account.interest_from,
            carried: closed.account.carried,
            next_due_on: closed.unmet,
        });
        // Its own change is no reason to look at it again tomorrow.
        one.risk.loan_version = row.version + 1;
    }
    for (kind, due_on) in notices::kinds_of(arrears.falls_due(span.morning()), closed.owed.overdue_days, span)
    {
        looked.notices.push(NewNotice {
            loan: row.id.into(),
            loan_number: row.number.clone(),
            enterprise: row.enterprise_id.into(),
            kind,
            due_on,
            amount: closed.next_due.map_or(Money::ZERO, |(_, amount)| amount),
        });
    }
    looked.notices.extend(one.soon.map(|(due_on, amount)| notices::due_soon(row, due_on, amount)));
    if one.risk.is_news() {
        looked.events.push((row.id, row.version + 1, news(row, &one)));
    }
    looked.risks.push(one.risk);
    Ok(())
}

/// What the others are told of a loan whose risk is another than before.
fn news(row: &loans::loan::Model, one: &One) -> Event {
    let (tier, stage, provision) = one.risk.told();
    Event::LoanStateChanged(LoanStateChanged {
        loan_id: row.id.into(),
        facility_id: row.facility_id.into(),
        bank_id: row.bank_id.into(),
        enterprise_id: row.enterprise_id.into(),
        cause: "close".to_owned(),
        outstanding: one.closed.account.outstanding,
        status: row.status.clone(),
        annual_rate: one.terms.annual_rate,
        matures_on: row.matures_on,
        next_due_on: one.closed.unmet,
        overdue_days: one.closed.owed.overdue_days,
        tier: tier.to_owned(),
        stage,
        provision,
        facility_version: 0,
        facility_drawn: Money::ZERO,
        facility_reserved: Money::ZERO,
        member_drawn: Money::ZERO,
        member_reserved: Money::ZERO,
    })
}

/// Writes what became of them.
pub(super) async fn write(tx: &mut Tx, run: &run::entity::Model, looked: Looked) -> Result<(), Fault> {
    store::write_loans(tx.conn(), looked.loans).await?;
    notices::give(tx, run, looked.notices).await?;
    tx.publish(looked.events).await
}
