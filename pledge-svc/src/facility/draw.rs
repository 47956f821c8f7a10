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

mod asked;

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use contracts::{DrawdownId, FacilityId, LoanId, OrgId};
use finance::{DayCount, Money, Rate, Repayment, Roll, Schedule, split};
use tx_kit::{Db, Fault, IdempotencyKey, InTx, Recorded, Tx, idempotency};
use uuid::Uuid;

pub use asked::{Answer, Asked, DrawRequest, Drawdown, Room};

use super::{
    conduct::{self, Conduct, Drawn},
    covered::Cover,
    disburse,
    lines::{self, Lines, Patience},
    model::{
        Facility,
        draw::{Ask, Refusal, decide_draw},
    },
    offered::{self, Offered},
};
use crate::{
    fund::Covered,
    loan::{
        LoanShare, LoanTerms,
        model::{maturity, products::Agreed},
    },
};

/// How the interest of loans is counted: the custom of Chinese lending.
const DAY_COUNT: DayCount = DayCount::Actual360;

/// The draws of one line, in the order of their arrival.
pub(super) type LineAsked = (FacilityId, Vec<Asked>);

/// Decides draws on facilities in one transaction. The answers come in the order of the questions; `None` for a
/// facility that was left out because another transaction holds it.
pub(super) async fn draw_batch(
    db: &Db,
    asked: &[LineAsked],
    patience: Patience,
) -> Result<Vec<Option<Vec<Answer>>>, Fault> {
    db.run_by_kept_plans(|tx| batch(tx, asked, patience).in_tx()).await
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
    let ids = asked.iter().map(|(facility, _)| *facility);
    let whom = asked.iter().flat_map(|(_, asked)| asked).map(|asked| asked.request.enterprise_id);
    let locked = lines::lock(tx, ids, whom.collect::<BTreeSet<OrgId>>(), patience).await?;
    let facilities = &locked.facilities;
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
        let mut lines = lines::read(tx, locked, &members).await?;
        let conduct = Conduct::read(tx.conn(), asking(&lines, &cases), tx.business_date()).await?;
        let asked = cases.iter().filter(|case| case.answer.is_none());
        let amounts: Vec<(FacilityId, Money)> =
            asked.map(|case| (case.facility, case.asked.request.amount)).collect();
        let cover = Cover::read(tx, &lines, &amounts).await?;
        let mut beside = Beside { offered, conduct, cover };
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
    conduct: Conduct,
    cover: Cover,
}

/// The banks whose rules for payment and term, or whose products applied for, may reach one of the draws.
fn asking(lines: &Lines, cases: &[Case<'_>]) -> HashSet<OrgId> {
    let open = cases.iter().filter(|case| case.answer.is_none());
    open.filter_map(|case| {
        let (line, request) = (lines.get(case.facility)?, &case.asked.request);
        let member = line.member(request.enterprise_id)?;
        conduct::asks(member, request.amount, request.tenor_months).then_some(line.facility.bank_id)
    })
    .collect()
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
    let mut agreed = match beside.offered.agree(&line.facility, &asked.request, on) {
        Ok(agreed) => agreed,
        Err(refusal) => return Ok(Err(Answer::Refused(Refusal::Product { refusal }))),
    };
    let draw = match decide_draw(&line.facility, member, backing, ask, on) {
        Ok(draw) => draw,
        Err(refusal) => return Ok(Err(Answer::Refused(refusal))),
    };
    let request = &asked.request;
    let drawn = Drawn {
        bank: line.facility.bank_id,
        application: request.application_id,
        applied_for: None,
        product: agreed.as_ref().map(|agreed| agreed.product.as_str()),
        before: Money::ZERO,
        tenor_months: ask.tenor_months,
        annual_rate: agreed.as_ref().map_or(line.facility.annual_rate, |agreed| agreed.terms.annual_rate),
        mode: request.mode(),
        on,
    };
    let conducted = match beside.conduct.hold(&member.approvals, draw, drawn) {
        Ok(conducted) => conducted,
        Err(refusal) => return Ok(Err(Answer::Refused(Refusal::Conduct { refusal }))),
    };
    if let Some(agreed) = agreed.as_mut().filter(|_| conducted.free_of_fees) {
        agreed.conditions.prepayment_fee_rate = Rate::ZERO;
    }
    let taken = match beside.cover.take(&line.facility, draw.amount, on)? {
        Ok(taken) => taken,
        Err(refusal) => return Ok(Err(Answer::Refused(refusal))),
    };
    let under = conducted.application.as_ref().map(|(id, _)| *id);
    let after = line.moved_by(enterprise, draw, under)?;
    let member = Room { drawn: after.drawn, reserved: after.reserved, available: after.available() };
    let enterprise_name = after.enterprise_name.clone();
    let facility = &line.facility;
    let terms = agreed.as_ref().map_or_else(
        || {
            let repayment = request.repayment.unwrap_or(Repayment::InterestOnly);
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
        application_id: under,
        application_product: conducted.application.map(|(_, product)| product),
        payment_mode: request.mode(),
        covered: taken.covered,
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
        covered: taken.by,
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
