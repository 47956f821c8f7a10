//! Writing what was found: rows of risk, the banks' parts, the history, judgements and the watch list.

use chrono::NaiveDate;
use contracts::{ClassificationId, LoanId, OrgId};
use finance::Money;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use tx_kit::{
    Fault, Tx,
    bulk::{Rows, Values},
};
use uuid::Uuid;

use super::{change, judgement, risk};
use crate::risk::model::{Assessed, Judged, JudgementStatus, Tier};

/// The last day of a row of the history that still holds.
pub fn far() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}

/// A loan's risk to be written.
#[derive(Debug, Clone)]
pub struct NewRisk {
    /// The loan.
    pub loan: LoanId,
    /// Its facility.
    pub facility: Uuid,
    /// Its lead bank.
    pub bank: OrgId,
    /// Its borrower.
    pub enterprise: OrgId,
    /// What was found.
    pub found: Assessed,
    /// The first day of its tier.
    pub since: NaiveDate,
    /// The first day of the open row of its history.
    pub changed_on: NaiveDate,
    /// The day of the assessment.
    pub assessed_on: NaiveDate,
    /// The next one.
    pub review_on: NaiveDate,
    /// Nothing is owed any more.
    pub settled: bool,
    /// The version of the loan's row.
    pub loan_version: i64,
    /// What the member has drawn.
    pub line: Money,
    /// The facility's limit.
    pub limit: Money,
    /// What its pledges carry.
    pub carries: Money,
}

/// What people set stays as it is; the rest is what was found.
const UPSERT: &str = "INSERT INTO loan_risk (loan_id, facility_id, bank_id, enterprise_id, tier, own_tier, stage, \
     overdue_days, expected_fen, provision_fen, flags, reasons, since, changed_on, assessed_on, review_on, settled, \
     cleared_on, bad_since, ripe_on, restructured_on, observed_from, observing, restructured_again, loan_version, line_fen, limit_fen, \
     carries_fen, watched) \
     SELECT v.loan_id, v.facility_id, v.bank_id, v.enterprise_id, v.tier, v.own_tier, v.stage, v.overdue_days, \
     v.expected_fen, v.provision_fen, v.flags, v.reasons, v.since, v.changed_on, v.assessed_on, v.review_on, \
     v.settled, v.cleared_on, v.bad_since, v.ripe_on, v.restructured_on, v.observed_from, v.observing, v.restructured_again, v.loan_version, \
     v.line_fen, v.limit_fen, v.carries_fen, FALSE FROM {rows} WHERE v.loan_id IS NOT NULL \
     ON CONFLICT (loan_id) DO UPDATE SET tier = excluded.tier, own_tier = excluded.own_tier, stage = excluded.stage, \
     overdue_days = excluded.overdue_days, expected_fen = excluded.expected_fen, \
     provision_fen = excluded.provision_fen, flags = excluded.flags, reasons = excluded.reasons, \
     since = excluded.since, changed_on = excluded.changed_on, assessed_on = excluded.assessed_on, \
     review_on = excluded.review_on, settled = excluded.settled, cleared_on = excluded.cleared_on, \
     bad_since = excluded.bad_since, ripe_on = excluded.ripe_on, restructured_on = excluded.restructured_on, \
     observed_from = excluded.observed_from, observing = excluded.observing, \
     restructured_again = excluded.restructured_again, loan_version = excluded.loan_version, \
     line_fen = excluded.line_fen, limit_fen = excluded.limit_fen, carries_fen = excluded.carries_fen";

/// Writes the risk of loans, new or known.
///
/// # Errors
/// The database's fault, or reasons that do not serialise.
pub async fn upsert(tx: &Tx, rows: &[NewRisk]) -> Result<(), Fault> {
    let small = |of: &dyn Fn(&NewRisk) -> i32| Values::Small(rows.iter().map(|row| Some(of(row))).collect());
    let number = |of: &dyn Fn(&NewRisk) -> i64| Values::numbers(rows.iter().map(of));
    let flag = |of: &dyn Fn(&NewRisk) -> bool| Values::Flag(rows.iter().map(|row| Some(of(row))).collect());
    let day = |of: &dyn Fn(&NewRisk) -> Option<NaiveDate>| Values::Date(rows.iter().map(of).collect());
    let id = |of: &dyn Fn(&NewRisk) -> Uuid| Values::ids(rows.iter().map(of));
    let reasons = rows.iter().map(|row| reasons(&row.found)).collect::<Result<_, _>>()?;
    let columns = vec![
        ("loan_id", id(&|row| row.loan.uuid())),
        ("facility_id", id(&|row| row.facility)),
        ("bank_id", id(&|row| row.bank.uuid())),
        ("enterprise_id", id(&|row| row.enterprise.uuid())),
        ("tier", small(&|row| row.found.tier.number())),
        ("own_tier", small(&|row| row.found.own_tier.number())),
        ("stage", small(&|row| row.found.stage.number().into())),
        ("overdue_days", number(&|row| row.found.past.overdue_days)),
        ("expected_fen", number(&|row| row.found.expected_loss.fen())),
        ("provision_fen", number(&|row| row.found.provision.fen())),
        ("flags", small(&|row| row.found.flags.bits())),
        ("reasons", Values::Text(reasons)),
        ("since", day(&|row| Some(row.since))),
        ("changed_on", day(&|row| Some(row.changed_on))),
        ("assessed_on", day(&|row| Some(row.assessed_on))),
        ("review_on", day(&|row| Some(row.review_on))),
        ("settled", flag(&|row| row.settled)),
        ("cleared_on", day(&|row| row.found.past.cleared_on)),
        ("bad_since", day(&|row| row.found.past.bad_since)),
        ("ripe_on", day(&|row| row.found.past.ripe_on)),
        ("restructured_on", day(&|row| row.found.past.restructured_on)),
        ("observed_from", day(&|row| row.found.past.observed_from)),
        ("observing", flag(&|row| row.found.past.observing)),
        ("restructured_again", flag(&|row| row.found.past.again)),
        ("loan_version", number(&|row| row.loan_version)),
        ("line_fen", number(&|row| row.line.fen())),
        ("limit_fen", number(&|row| row.limit.fen())),
        ("carries_fen", number(&|row| row.carries.fen())),
    ];
    tx.conn().execute_with(UPSERT, Rows::named("v", columns)?).await?;
    Ok(())
}

/// Reasons as they are stored: nothing where there are none.
fn reasons(found: &Assessed) -> Result<Option<String>, serde_json::Error> {
    if found.reasons.is_empty() { Ok(None) } else { serde_json::to_string(&found.reasons).map(Some) }
}

const UPSERT_PARTS: &str = "INSERT INTO loan_risk_part (loan_id, bank_id, provision_fen) \
     SELECT v.loan_id, v.bank_id, v.provision_fen FROM {rows} WHERE v.loan_id IS NOT NULL \
     ON CONFLICT (loan_id, bank_id) DO UPDATE SET provision_fen = excluded.provision_fen";

/// Writes the banks' parts of provisions: `(loan, bank, amount)`.
///
/// # Errors
/// The database's fault.
pub async fn upsert_parts(tx: &Tx, parts: &[(Uuid, OrgId, Money)]) -> Result<(), Fault> {
    let columns = vec![
        ("loan_id", Values::ids(parts.iter().map(|part| part.0))),
        ("bank_id", Values::ids(parts.iter().map(|part| part.1.uuid()))),
        ("provision_fen", Values::numbers(parts.iter().map(|part| part.2.fen()))),
    ];
    tx.conn().execute_with(UPSERT_PARTS, Rows::named("v", columns)?).await?;
    Ok(())
}

/// A row of the history never ends before it began: a day that is closed late ends what began after it on that same day.
const END: &str = "UPDATE loan_risk_change SET until_on = CASE WHEN from_on > v.day THEN from_on ELSE v.day END \
     FROM {rows} WHERE loan_risk_change.loan_id = v.loan_id AND loan_risk_change.until_on = v.far";

/// Ends the open rows of loans' histories on a day.
///
/// # Errors
/// The database's fault.
pub async fn end_history(tx: &Tx, loans: &[(Uuid, NaiveDate)]) -> Result<(), Fault> {
    let columns = vec![
        ("loan_id", Values::ids(loans.iter().map(|loan| loan.0))),
        ("day", Values::Date(loans.iter().map(|loan| Some(loan.1)).collect())),
        ("far", Values::Date(loans.iter().map(|_| Some(far())).collect())),
    ];
    tx.conn().execute_with(END, Rows::named("v", columns)?).await?;
    Ok(())
}

/// Adds rows of history that hold from their day on.
///
/// # Errors
/// The database's fault, or reasons that do not serialise.
pub async fn begin_history(tx: &Tx, rows: &[(&NewRisk, &str)]) -> Result<(), Fault> {
    let models = rows
        .iter()
        .map(|(row, cause)| {
            Ok(change::ActiveModel {
                id: Set(ClassificationId::fresh(tx.now()).uuid()),
                loan_id: Set(row.loan.uuid()),
                bank_id: Set(row.bank.uuid()),
                from_on: Set(row.changed_on),
                until_on: Set(far()),
                tier: Set(row.found.tier.number()),
                stage: Set(row.found.stage.number().into()),
                flags: Set(row.found.flags.bits()),
                provision_fen: Set(row.found.provision.fen()),
                cause: Set((*cause).to_owned()),
                reasons: Set(reasons(&row.found)?),
                made_at: Set(tx.now()),
            })
        })
        .collect::<Result<Vec<_>, serde_json::Error>>()?;
    tx.conn().insert([Rows::of(models)?]).await
}

const REVIEW: &str = "UPDATE loan_risk SET review_on = assessed_on FROM {rows} \
     WHERE loan_risk.enterprise_id = v.enterprise_id AND loan_risk.settled = FALSE";

/// Makes every loan of some debtors due at the next close.
///
/// # Errors
/// The database's fault.
pub async fn review_debtors(tx: &Tx, debtors: &[OrgId]) -> Result<(), Fault> {
    let columns = vec![("enterprise_id", Values::ids(debtors.iter().map(|one| one.uuid())))];
    tx.conn().execute_with(REVIEW, Rows::named("v", columns)?).await?;
    Ok(())
}

/// Writes what was judged with a loan's risk.
///
/// # Errors
/// The database's fault.
pub async fn set_judged(tx: &Tx, loan: LoanId, judged: Judged, reason: Option<&str>) -> Result<(), Fault> {
    let change = risk::ActiveModel {
        judged_tier: Set(judged.tier.map(Tier::number)),
        judged_impairment: Set(judged.impairment.map(|loss| loss.to_string())),
        judged_solved_on: Set(judged.solved_on),
        judged_reason: Set(reason.map(str::to_owned)),
        ..Default::default()
    };
    one_row(tx, loan, change).await
}

/// Writes whether a loan is on the watch list: `(day, by whom, why)`.
///
/// # Errors
/// The database's fault.
pub async fn set_watched(
    tx: &Tx,
    loan: LoanId,
    watched: Option<(NaiveDate, &str, &str)>,
) -> Result<(), Fault> {
    let change = risk::ActiveModel {
        watched: Set(watched.is_some()),
        watched_on: Set(watched.map(|(day, ..)| day)),
        watched_by: Set(watched.map(|(_, by, _)| by.to_owned())),
        watch_reason: Set(watched.map(|(.., reason)| reason.to_owned())),
        ..Default::default()
    };
    one_row(tx, loan, change).await
}

async fn one_row(tx: &Tx, loan: LoanId, change: risk::ActiveModel) -> Result<(), Fault> {
    let touched = risk::Entity::update_many()
        .set(change)
        .filter(risk::Column::LoanId.eq(loan.uuid()))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 { Ok(()) } else { Err(Fault::Invariant(format!("loan {loan} has no risk row"))) }
}

/// Writes a judgement that was proposed; a twin that was first makes the transaction run again and be refused.
///
/// # Errors
/// The database's fault.
pub async fn insert_judgement(tx: &Tx, row: judgement::Model) -> Result<(), Fault> {
    let inserted = judgement::Entity::insert(judgement::ActiveModel::from(row))
        .exec_without_returning(tx.conn())
        .await
        .map_err(Fault::from);
    match inserted {
        Err(fault) if fault.is_unique_violation() => {
            Err(Fault::Conflict("another judgement of the loan was first".to_owned()))
        }
        other => other.map(drop),
    }
}

/// Writes the decision about a judgement that waits.
///
/// # Errors
/// The database's fault; a conflict where another person decided it meanwhile.
pub async fn decide_judgement(tx: &Tx, decided: &judgement::Model) -> Result<(), Fault> {
    let touched = judgement::Entity::update_many()
        .set(judgement::ActiveModel {
            status: Set(decided.status.clone()),
            decider_id: Set(decided.decider_id),
            decider: Set(decided.decider.clone()),
            decision_reason: Set(decided.decision_reason.clone()),
            decided_at: Set(decided.decided_at),
            ..Default::default()
        })
        .filter(judgement::Column::Id.eq(decided.id))
        .filter(judgement::Column::Status.eq(JudgementStatus::Proposed.name()))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("judgement {} was decided by another", decided.id)))
    }
}
