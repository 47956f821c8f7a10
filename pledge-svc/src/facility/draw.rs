//! The act: draws on one facility or several, decided in one transaction, those on one facility in arrival order.
//!
//! | phase | what | why it stands alone |
//! |---|---|---|
//! | 1 lock | facilities, then members, in the order of their ids | two batches never wait for each other crosswise |
//! | 2 answers | what was already answered under these keys | a retry must not be decided again |
//! | 3 decide | the pure rule, one draw after the other, on the state as the ones before left it | arrival order |
//! | 4 guard | conditional updates, one row for each line and member that moved | a rule that erred is stopped before harm |
//! | 5 write | loans, shares, ledger, events, audit, answers, each in bulk | a batch costs as many statements as one draw |
//!
//! Everything commits together or not at all. Phases 1 and 4, and why READ COMMITTED is enough: `lines.rs`; phase 5:
//! `disburse.rs`; who makes up a batch: `desk.rs`.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use contracts::{DrawdownId, FacilityId, LoanId, OrgId};
use finance::{DayCount, Money, Rate, Repayment, Roll, Schedule, split};
use http_kit::IfMatch;
use identity::Caller;
use serde::{Deserialize, Serialize};
use tx_kit::{Db, Fault, IdempotencyKey, InTx, Recorded, Tx, idempotency};
use uuid::Uuid;

use super::{
    disburse,
    lines::{self, Lines, Patience},
    model::{
        Facility,
        draw::{Ask, Refusal, decide_draw},
    },
    offered::{self, Offered},
};
use crate::{
    fund::{Covered, Covering},
    loan::{
        LoanShare, LoanTerms,
        model::{maturity, products::Agreed},
    },
};

/// How the interest of loans is counted: the custom of Chinese lending.
const DAY_COUNT: DayCount = DayCount::Actual360;

/// What a member asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrawRequest {
    /// The member; one draws for oneself alone.
    pub enterprise_id: OrgId,
    /// Principal.
    pub amount: Money,
    /// Months.
    pub tenor_months: u32,
    /// How it is to be repaid; what the product names first unless said otherwise.
    #[serde(default)]
    pub repayment: Option<Repayment>,
    /// What the money is for.
    #[serde(default)]
    pub purpose: Option<String>,
    /// The code of the bank's product; `standard` unless said otherwise.
    #[serde(default)]
    pub product: Option<String>,
    /// Opening instalments in which only interest is paid; what the product gives unless said otherwise.
    #[serde(default)]
    pub grace: Option<u32>,
}

/// A draw that waits for its decision.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who asks.
    pub caller: Caller,
    /// Under which key.
    pub key: IdempotencyKey,
    /// For what.
    pub request: DrawRequest,
    /// The version of the facility that the caller has seen, where it named one.
    pub seen: IfMatch,
}

/// Room on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Room {
    /// Principal outstanding.
    pub drawn: Money,
    /// Held for approved applications.
    pub reserved: Money,
    /// Free.
    pub available: Money,
}

/// A draw that was granted and disbursed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Drawdown {
    /// Its id.
    pub id: DrawdownId,
    /// The facility.
    pub facility_id: FacilityId,
    /// The member.
    pub enterprise_id: OrgId,
    /// Principal.
    pub amount: Money,
    /// Months.
    pub tenor_months: u32,
    /// The loan it made.
    pub loan_id: LoanId,
    /// The loan's number.
    pub loan_number: String,
    /// Business date.
    pub drawn_on: NaiveDate,
    /// Day the loan falls due.
    pub matures_on: NaiveDate,
    /// Always `disbursed`.
    pub status: String,
    /// The facility after this draw.
    pub facility: Room,
    /// The member's place after this draw.
    pub member: Room,
}

/// The first answer to a draw, which its key gives again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Granted.
    Drawn(Box<Drawdown>),
    /// Refused by the rules; asked again under the same key it stays refused.
    Refused(Refusal),
    /// No such facility, or not a member of it. Not kept: it may become one.
    NotThere,
    /// The key was used for another request. Not kept.
    KeyReused,
    /// The facility has changed since the caller looked. Not kept.
    Stale {
        /// The version it has now.
        version: i64,
    },
}

/// The draws of one line, in the order of their arrival.
pub(super) type LineAsked = (FacilityId, Vec<Asked>);

/// Decides draws on facilities in one transaction. The answers come in the order of the questions; `None` for a
/// facility that was left out because another transaction holds it.
pub(super) async fn draw_batch(
    db: &Db,
    asked: &[LineAsked],
    patience: Patience,
) -> Result<Vec<Option<Vec<Answer>>>, Fault> {
    db.run_read_committed(|tx| batch(tx, asked, patience).in_tx()).await
}

/// A draw granted, with what the bulk writes need.
pub(super) struct Granted<'a> {
    pub(super) asked: &'a Asked,
    pub(super) drawdown: Drawdown,
    pub(super) terms: LoanTerms,
    /// Under which product; none for the standard one.
    pub(super) agreed: Option<Agreed>,
    pub(super) shares: Vec<LoanShare>,
    /// The funds that cover it, by their agreements.
    pub(super) covered: Vec<Covered>,
    pub(super) enterprise_name: String,
    pub(super) version: i64,
    pub(super) next_due_on: Option<NaiveDate>,
    /// The plan, where its due dates were moved: it stays as it was agreed, whatever calendar comes later.
    pub(super) plan: Option<Schedule>,
}

/// A question of the batch with its answer, once there is one.
struct Case<'a> {
    facility: FacilityId,
    asked: &'a Asked,
    answer: Option<Answer>,
}

async fn batch(
    tx: &mut Tx,
    asked: &[LineAsked],
    patience: Patience,
) -> Result<Vec<Option<Vec<Answer>>>, Fault> {
    let facilities = lines::lock(tx, asked.iter().map(|(facility, _)| *facility), patience).await?;
    let mut cases: Vec<Case> = asked
        .iter()
        .filter(|(facility, _)| facilities.contains_key(facility))
        .flat_map(|(facility, asked)| {
            asked.iter().map(|asked| Case { facility: *facility, asked, answer: None })
        })
        .collect();
    let there: HashSet<FacilityId> = facilities.keys().copied().collect();
    let keys: Vec<&IdempotencyKey> = cases.iter().map(|case| &case.asked.key).collect();
    for (case, known) in cases.iter_mut().zip(idempotency::look_up_all(tx.conn(), &keys).await?) {
        case.answer = match known {
            Recorded::Answer(answer) => Some(answer),
            Recorded::OtherRequest => Some(Answer::KeyReused),
            Recorded::Nothing => None,
        };
    }
    let members: BTreeSet<(FacilityId, OrgId)> = cases
        .iter()
        .filter(|case| case.answer.is_none())
        .map(|case| (case.facility, case.asked.request.enterprise_id))
        .collect();
    if !members.is_empty() {
        let open = cases.iter().filter(|case| case.answer.is_none());
        let banks: HashSet<OrgId> = open
            .filter_map(|case| Some((facilities.get(&case.facility)?, &case.asked.request)))
            .filter(|(facility, request)| offered::needs_offer(facility, request))
            .map(|(facility, _)| facility.bank_id)
            .collect();
        let offered = Offered::read(tx.conn(), banks, tx.business_date()).await?;
        let mut lines = lines::read(tx, facilities, &members).await?;
        let mut beside = Beside { offered, covering: lines.covering(tx).await? };
        let decided = decide_all(tx, &mut lines, &mut beside, &mut cases)?;
        let kept: Vec<(&IdempotencyKey, &Answer)> = decided
            .first
            .iter()
            .filter_map(|index| cases.get(*index))
            .filter_map(|case| Some((&case.asked.key, case.answer.as_ref()?)))
            .filter(|(_, answer)| matches!(answer, Answer::Drawn(_) | Answer::Refused(_)))
            .collect();
        disburse::write(tx, &lines, &decided.granted, &kept).await?;
    }
    let mut answers = cases.into_iter().map(|case| case.answer.unwrap_or(Answer::NotThere));
    Ok(asked
        .iter()
        .map(|(facility, asked)| match patience {
            _ if there.contains(facility) => Some(answers.by_ref().take(asked.len()).collect()),
            Patience::Wait => Some(vec![Answer::NotThere; asked.len()]),
            Patience::LeaveOut => None,
        })
        .collect())
}

/// What is decided on beside the lines.
struct Beside {
    offered: Offered,
    covering: Covering,
}

/// What was decided anew: the draws granted, and of each key the case that came first.
struct Decided<'a> {
    granted: Vec<Granted<'a>>,
    first: Vec<usize>,
}

/// Answers every case that has no answer yet, in the order of arrival.
fn decide_all<'a>(
    tx: &Tx,
    lines: &mut Lines,
    beside: &mut Beside,
    cases: &mut [Case<'a>],
) -> Result<Decided<'a>, Fault> {
    let mut decided = Decided { granted: Vec::new(), first: Vec::new() };
    let mut first_of_key: HashMap<Uuid, usize> = HashMap::new();
    for index in 0..cases.len() {
        let Case { facility, asked, answer: None } = cases[index] else { continue };
        let first = *first_of_key.entry(asked.key.identity()).or_insert(index);
        let answer = if first == index {
            decided.first.push(index);
            match decide(tx, lines, beside, facility, asked)? {
                Ok(granted) => {
                    let answer = Answer::Drawn(Box::new(granted.drawdown.clone()));
                    decided.granted.push(granted);
                    answer
                }
                Err(answer) => answer,
            }
        } else if cases[first].asked.key == asked.key {
            cases[first].answer.clone().unwrap_or(Answer::NotThere)
        } else {
            Answer::KeyReused
        };
        cases[index].answer = Some(answer);
    }
    Ok(decided)
}

/// Decides one draw on the state as the ones before left it, and moves that state.
fn decide<'a>(
    tx: &Tx,
    lines: &mut Lines,
    beside: &mut Beside,
    facility: FacilityId,
    asked: &'a Asked,
) -> Result<Result<Granted<'a>, Answer>, Fault> {
    let enterprise = asked.request.enterprise_id;
    let on = tx.business_date();
    let Some(line) = lines.get_mut(facility) else { return Ok(Err(Answer::NotThere)) };
    let ask = Ask::new(asked.request.amount, asked.request.tenor_months, on);
    let Some((member, backing)) = line.place(enterprise, ask) else { return Ok(Err(Answer::NotThere)) };
    if !asked.seen.holds(line.facility.version) {
        return Ok(Err(Answer::Stale { version: line.facility.version }));
    }
    let agreed = match beside.offered.agree(&line.facility, &asked.request, on) {
        Ok(agreed) => agreed,
        Err(refusal) => return Ok(Err(Answer::Refused(Refusal::Product { refusal }))),
    };
    let draw = match decide_draw(&line.facility, member, backing, ask, on) {
        Ok(draw) => draw,
        Err(refusal) => return Ok(Err(Answer::Refused(refusal))),
    };
    let after = line.moved_by(enterprise, draw)?;
    let member = Room { drawn: after.drawn, reserved: after.reserved, available: after.available() };
    let enterprise_name = after.enterprise_name.clone();
    let facility = &line.facility;
    let terms = agreed.as_ref().map_or_else(
        || {
            let repayment = asked.request.repayment.unwrap_or(Repayment::InterestOnly);
            LoanTerms::monthly(draw.amount, facility.annual_rate, DAY_COUNT, repayment, ask.tenor_months, on)
        },
        |agreed| agreed.terms,
    );
    let plan = match terms.roll {
        Roll::None => None,
        _ => Some(terms.schedule().map_err(broken)?),
    };
    let last = plan.as_ref().and_then(|plan| plan.instalments.last());
    let loan_id = LoanId::fresh(tx.now());
    let drawdown = Drawdown {
        id: DrawdownId::fresh(tx.now()),
        facility_id: facility.id,
        enterprise_id: enterprise,
        amount: draw.amount,
        tenor_months: ask.tenor_months,
        loan_id,
        loan_number: contracts::number("L", on, loan_id.uuid()),
        drawn_on: on,
        matures_on: last.map_or(maturity(on, ask.tenor_months), |last| last.due),
        status: "disbursed".to_owned(),
        facility: Room {
            drawn: facility.drawn,
            reserved: facility.reserved,
            available: facility.available(),
        },
        member,
    };
    Ok(Ok(Granted {
        asked,
        shares: parts(facility, draw.amount)?,
        covered: beside.covering.take(facility.id, draw.amount, on)?,
        next_due_on: terms.first_due().map_err(broken)?,
        plan,
        terms,
        agreed,
        enterprise_name,
        version: facility.version,
        drawdown,
    }))
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Invariant(error.to_string())
}

/// Each bank's part, to the fen; the lead alone where there is no syndicate.
pub(super) fn parts(facility: &Facility, amount: Money) -> Result<Vec<LoanShare>, Fault> {
    if facility.shares.is_empty() {
        return Ok(vec![LoanShare {
            bank_id: facility.bank_id,
            bank_name: facility.bank_name.clone(),
            amount,
            outstanding: amount,
        }]);
    }
    let weights: Vec<Rate> = facility.shares.iter().map(|share| share.share).collect();
    let amounts = split(amount, &weights).map_err(broken)?;
    Ok(facility
        .shares
        .iter()
        .zip(amounts)
        .map(|(share, amount)| LoanShare {
            bank_id: share.bank_id,
            bank_name: share.bank_name.clone(),
            amount,
            outstanding: amount,
        })
        .collect())
}
