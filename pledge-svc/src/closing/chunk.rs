//! A chunk of a day's close: up to some thousands of loans read, decided in memory and written in one transaction.
//!
//! | step | what | statements |
//! |---|---|---|
//! | 1 | the shard's row is locked: its cursor says what comes next | 1 |
//! | 2 | where the chunk ends; quiet loans are closed where they stand (`quiet.rs`) | 3 |
//! | 3 | the others and their days are read by position, those on which something happens with their whole rows, locked; the parts of syndicated ones; of some it is interest only after all | 2–4 |
//! | 4 | those on which something happens (`busy.rs`): what of them is not held yet, locked; plans, risk | a few for all of them |
//! | 5 | days, ledger (its books held first), loans, notices, events, failures | one each, under guards |
//! | 6 | the cursor moves | 1 |

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use contracts::OrgId;
use finance::{Money, Rate};
use identity::Scope;
use sea_orm::{ConnectionTrait, DatabaseBackend};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::{
    busy,
    failures::{self, Failure},
    model::{Course, is_quiet},
    notices,
    postings::Accruals,
    quiet,
    reading::{self, AsOf, LoanLine},
    run::{entity, shard},
    shards::{self, Step},
    store::{self, NewDay},
};
use crate::{books::model::Interest, risk, working_days};

/// What a chunk has decided so far.
#[derive(Default)]
pub(super) struct Decided {
    pub days: Vec<NewDay>,
    pub accruals: Accruals,
    pub failures: Vec<Failure>,
}

/// Does the next chunk of a shard, up to `most` loans; whether the shard has more.
pub(super) async fn chunk(tx: &mut Tx, run: &entity::Model, number: i32, most: i64) -> Result<bool, Fault> {
    tx.on_business_date(run.business_date);
    let Some(held) = shards::hold_shard(tx, run.id, number).await?.filter(|held| !held.finished) else {
        return Ok(false);
    };
    let scope = Scope::of_bank(run.bank_id.into());
    let (morning, left) = (morning(run)?, shards::left(&held));
    let ruled_since = risk::ruled_since(tx.conn(), run.bank_id.into(), morning).await?;
    let as_of = AsOf { day: run.business_date, morning, ruled_since, announced: notices::announced(morning) };
    let end =
        if is_last(&held, most) { None } else { store::find_end(tx.conn(), &scope, left, most).await? };
    let span = (held.after_id, end.unwrap_or(left.1));
    let mut decided = Decided::default();
    let quiet = if tx.conn().get_database_backend() == DatabaseBackend::Postgres {
        Some(quiet::close(tx.conn(), &scope, as_of, span).await?)
    } else {
        None
    };
    let (rows, whole, mut count, mut soon) = match quiet {
        Some(quiet) => {
            for (exempt, sums) in [(false, quiet.taxed), (true, quiet.exempt)] {
                decided.accruals.add_sums((run.bank_id.into(), exempt), sums)?;
            }
            let (mut rows, whole) = reading::find_listed_whole(tx.conn(), &scope, as_of, &quiet.busy).await?;
            rows.extend(reading::find_listed(tx.conn(), &scope, as_of, &quiet.others).await?);
            (rows, whole, quiet.count, quiet.soon)
        }
        None => (reading::find_span(tx.conn(), &scope, as_of, span).await?, Vec::new(), 0, Vec::new()),
    };
    count += rows.len();
    let lines = read(rows, &mut decided.failures);
    let parts = store::find_parts(tx.conn(), &scope, &lines).await?;
    let open: Vec<&LoanLine> = lines.iter().filter(|line| is_open(line, run.business_date)).collect();
    let mut to_look_at = Vec::new();
    for line in &open {
        if line.is_due || !is_quiet(line.next_due_on, line.has_arrears, line.quiet.day_count, morning) {
            to_look_at.push(*line);
        } else {
            accrue(&mut decided, line, &parts, run.bank_id.into(), morning);
            soon.extend(line.next_due_on.filter(|due| *due == as_of.announced).map(|_| line.id));
        }
    }
    let looked = busy::close(tx, run, &scope, (&to_look_at, whole, &parts), morning, &mut decided).await?;
    let failed: HashSet<Uuid> = decided.failures.iter().map(|failure| failure.loan).collect();
    // What falls due is announced once, whether the loan can be closed that day or not.
    let is_soon = |line: &LoanLine| failed.contains(&line.id) && line.next_due_on == Some(as_of.announced);
    soon.extend(to_look_at.iter().filter(|line| is_soon(line)).map(|line| line.id));
    store::write_days(tx.conn(), run.bank_id.into(), run.business_date, &decided.days).await?;
    let provisions = risk::record(tx, morning, "close", &looked.risks, &parts).await?;
    let movements = decided.accruals.movements(run.id)?.into_iter().chain(provisions).collect::<Vec<_>>();
    ledger::store::post(tx, &movements).await?;
    busy::write(tx, run, looked).await?;
    notices::announce(tx, run, &scope, soon).await?;
    failures::note(tx, run, span, &decided.failures).await?;
    let step = Step {
        after: span.1,
        done: i64::try_from(count - failed.len()).unwrap_or(i64::MAX),
        failed: i64::try_from(failed.len()).unwrap_or(i64::MAX),
        accrued_fen: decided.accruals.whole.fen(),
        finished: end.is_none(),
    };
    shards::move_on(tx, &held, &step).await?;
    Ok(end.is_some())
}

/// Whether what is left of a shard that has an end is no more than a chunk, or a few more where loans have come back since they
/// were counted. A chunk of one is for telling which loan fails, and looks.
fn is_last(held: &shard::Model, most: i64) -> bool {
    most > 1 && held.until_id.is_some() && held.loans - held.done - held.failed <= most
}

/// The morning after the day, as of which it is closed.
pub(super) fn morning(run: &entity::Model) -> Result<NaiveDate, Fault> {
    run.business_date.succ_opt().ok_or_else(|| Fault::Other("the calendar ends here".to_owned()))
}

/// The rows that read back; the others are noted.
fn read(rows: Vec<reading::Read>, failures: &mut Vec<Failure>) -> Vec<LoanLine> {
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        match row.line {
            Ok(line) => lines.push(line),
            Err(fault) => failures.push(Failure { loan: row.id, reason: fault.to_string() }),
        }
    }
    lines
}

/// Whether a day is still to be closed on a loan. One that was drawn after a day that is caught up has no such day.
fn is_open(line: &LoanLine, on: NaiveDate) -> bool {
    line.day.map_or(line.quiet.interest_from <= on, |day| day.closed_on < on)
}

/// Leaves the next loan of a shard at the day before, because its chunk of one failed. Where another has moved the shard
/// on since it was at `before`, it is not that loan's turn any more and nothing is done.
pub(super) async fn skip(
    tx: &mut Tx,
    run: &entity::Model,
    number: i32,
    before: Uuid,
    reason: &str,
) -> Result<(), Fault> {
    tx.on_business_date(run.business_date);
    let held = shards::hold_shard(tx, run.id, number).await?;
    let Some(held) = held.filter(|held| !held.finished && held.after_id == before) else { return Ok(()) };
    let (scope, left) = (Scope::of_bank(run.bank_id.into()), shards::left(&held));
    // What the whole bank's loans rest on must read back: else it is no loan's failure.
    let morning = morning(run)?;
    risk::ruled_since(tx.conn(), run.bank_id.into(), morning).await?;
    working_days::of_bank(tx.conn(), run.bank_id.into(), morning).await?;
    let Some(loan) = store::find_end(tx.conn(), &scope, left, 1).await? else { return Ok(()) };
    let failure = Failure { loan, reason: reason.to_owned() };
    failures::note(tx, run, (before, loan), &[failure]).await?;
    shards::move_on(tx, &held, &Step { after: loan, failed: 1, ..Step::default() }).await
}

fn accrue(
    decided: &mut Decided,
    line: &LoanLine,
    parts: &HashMap<Uuid, Vec<(OrgId, Rate)>>,
    bank: OrgId,
    morning: NaiveDate,
) {
    let course = line.next_due_on.and_then(|due| Course::of(&line.quiet, due));
    let before = line.day.map_or_else(Interest::default, |day| day.interest);
    let shown = line.quiet.receivable(morning).map_err(|error| error.to_string());
    // What is taxed on receipt stays so while nothing is received.
    let shown = shown.and_then(|owed| before.closed(owed, None, false).map_err(|error| error.to_string()));
    let outcome = shown.and_then(|shown| {
        let after = (shown, (line.version, course, None));
        take_up(decided, line, parts, (bank, morning), after).map_err(|fault| fault.to_string())
    });
    if let Err(reason) = outcome {
        decided.failures.push(Failure { loan: line.id, reason });
    }
}

/// Takes a loan's interest up into days and books, with the version of its row on which its course and what falls due
/// next rest; `morning` follows the day.
pub(super) fn take_up(
    decided: &mut Decided,
    line: &LoanLine,
    parts: &HashMap<Uuid, Vec<(OrgId, Rate)>>,
    (bank, morning): (OrgId, NaiveDate),
    (after, (version, course, next)): (Interest, (i64, Option<Course>, Option<Money>)),
) -> Result<(), Fault> {
    let before = line.day.map_or_else(Interest::default, |day| day.interest);
    let alone = [(bank, Rate::ONE)];
    let banks = parts.get(&line.id).map_or(&alone[..], Vec::as_slice);
    let on = morning.pred_opt().unwrap_or(morning);
    let after = after.taxed_until(line.exempt_until, on);
    let exempt = line.exempt_until.is_some_and(|until| on <= until);
    decided.accruals.add(banks, before, after, exempt)?;
    let touched = line.day.map(|day| day.touched);
    decided.days.push(NewDay { loan_id: line.id, interest: after, touched, version, course, next });
    Ok(())
}
