//! The act: draws on one facility, decided in arrival order in one transaction.
//!
//! | phase | what | why it stands alone |
//! |---|---|---|
//! | 1 answers | what was already answered under these keys | a retry must not be decided again |
//! | 2 lock | facility, then members in the order of their ids | two batches never wait for each other crosswise |
//! | 3 decide | the pure rule, one draw after the other, on the state as the ones before left it | arrival order |
//! | 4 guard | conditional updates, each of exactly one row | a rule that erred is stopped before harm |
//! | 5 write | loans, shares, ledger, events, audit, answers, each in bulk | a batch costs as many statements as one draw |
//!
//! A batch is bounded by [`BATCH_MAX`]; everything commits together or not at all.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use contracts::{DrawdownId, FacilityId, LoanId, OrgId};
use finance::{DayCount, Money, Rate, Repayment, split};
use identity::Caller;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use tx_kit::{Db, Fault, IdempotencyKey, InTx, Recorded, Tx, idempotency};

use super::{
    disburse,
    model::{
        Facility, Member,
        draw::{Ask, Cover, Draw, Refusal, decide_draw},
    },
    store,
};
use crate::{
    loan::{LoanShare, model::maturity},
    registration,
};

/// The most draws decided in one transaction.
pub(super) const BATCH_MAX: usize = 256;
/// How the interest of loans is counted: the custom of Chinese lending.
pub(crate) const DAY_COUNT: DayCount = DayCount::Actual360;

/// What a member asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DrawRequest {
    /// The member; one draws for oneself alone.
    pub enterprise_id: OrgId,
    /// Principal.
    pub amount: Money,
    /// Months.
    pub tenor_months: u32,
    /// How it is to be repaid; interest monthly and principal at the end unless said otherwise.
    #[serde(default)]
    pub repayment: Option<Repayment>,
    /// What the money is for.
    #[serde(default)]
    pub purpose: Option<String>,
}

/// A draw that waits for its decision.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub caller: Caller,
    pub key: IdempotencyKey,
    pub request: DrawRequest,
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
pub(crate) enum Answer {
    /// Granted.
    Drawn(Box<Drawdown>),
    /// Refused by the rules; asked again under the same key it stays refused.
    Refused(Refusal),
    /// No such facility, or not a member of it. Not kept: it may become one.
    NotThere,
    /// The key was used for another request. Not kept.
    KeyReused,
}

/// Decides draws on a facility in one transaction. The answers come in the order of the questions.
pub(crate) async fn draw_batch(db: &Db, facility: FacilityId, asked: &[Asked]) -> Result<Vec<Answer>, Fault> {
    db.run(|tx| batch(tx, facility, asked).in_tx()).await
}

/// A draw granted, with what the bulk writes need.
pub(super) struct Granted {
    pub(super) index: usize,
    pub(super) drawdown: Drawdown,
    pub(super) repayment: Repayment,
    pub(super) shares: Vec<LoanShare>,
    pub(super) enterprise_name: String,
    pub(super) version: i64,
}

/// The state that each decision leaves to the next.
struct Running {
    facility: Facility,
    members: BTreeMap<OrgId, Member>,
    cover: HashMap<OrgId, Cover>,
    from_reservation: HashMap<OrgId, Money>,
    drawn: HashMap<OrgId, Money>,
}

async fn batch(tx: &mut Tx, id: FacilityId, asked: &[Asked]) -> Result<Vec<Answer>, Fault> {
    let keys: Vec<&IdempotencyKey> = asked.iter().map(|one| &one.key).collect();
    let known = idempotency::look_up::<Answer>(tx.conn(), &keys).await?;
    if known.iter().all(|one| !matches!(one, Recorded::Nothing)) {
        return Ok(known.into_iter().map(from_record).collect());
    }
    let Some(facility) = store::lock(tx.conn(), id).await? else {
        return Ok(vec![Answer::NotThere; asked.len()]);
    };
    let mut running = begin(tx, facility, asked).await?;
    let before = running.facility.clone();
    let mut answers: Vec<Option<Answer>> = known
        .into_iter()
        .map(|one| if one == Recorded::Nothing { None } else { Some(from_record(one)) })
        .collect();
    let mut first_of_key: HashMap<(OrgId, &str, &str), usize> = HashMap::new();
    let mut granted = Vec::new();
    for (index, one) in asked.iter().enumerate() {
        if answers[index].is_some() {
            continue;
        }
        if let Some(first) = first_of_key.get(&one.key.identity()).copied() {
            answers[index] =
                if asked[first].key == one.key { answers[first].clone() } else { Some(Answer::KeyReused) };
            continue;
        }
        first_of_key.insert(one.key.identity(), index);
        let answer = match decide(&mut running, one, tx, index)? {
            Ok(draw) => {
                let answer = Answer::Drawn(Box::new(draw.drawdown.clone()));
                granted.push(draw);
                answer
            }
            Err(answer) => answer,
        };
        answers[index] = Some(answer);
    }
    if !granted.is_empty() {
        guard(tx, &before, &running).await?;
        disburse::write(tx, &running.facility, asked, &granted).await?;
    }
    let answers: Vec<Answer> = answers.into_iter().map(|one| one.unwrap_or(Answer::NotThere)).collect();
    let kept: Vec<(&IdempotencyKey, &Answer)> = first_of_key
        .values()
        .map(|index| (&asked[*index].key, &answers[*index]))
        .filter(|(_, answer)| matches!(answer, Answer::Drawn(_) | Answer::Refused(_)))
        .collect();
    idempotency::record(tx, &kept).await?;
    Ok(answers)
}

fn from_record(record: Recorded<Answer>) -> Answer {
    match record {
        Recorded::Answer(answer) => answer,
        Recorded::OtherRequest => Answer::KeyReused,
        Recorded::Nothing => Answer::NotThere,
    }
}

/// Locks the members in question and reads what they have pledged.
async fn begin(tx: &Tx, facility: Facility, asked: &[Asked]) -> Result<Running, Fault> {
    let enterprises: Vec<OrgId> =
        asked.iter().map(|one| one.request.enterprise_id).collect::<HashSet<_>>().into_iter().collect();
    let members = store::lock_members(tx.conn(), facility.id, &enterprises).await?;
    let collateral =
        registration::collaterals(tx.conn(), facility.id, &enterprises, tx.business_date()).await?;
    let cover = collateral
        .into_iter()
        .map(|(enterprise, found)| {
            let cover = Cover { pledged: !found.pledges.is_empty(), maximum_loan: found.maximum_loan };
            (enterprise, cover)
        })
        .collect();
    Ok(Running {
        facility,
        members: members.into_iter().map(|member| (member.enterprise_id, member)).collect(),
        cover,
        from_reservation: HashMap::new(),
        drawn: HashMap::new(),
    })
}

/// Decides one draw on the state as the ones before left it, and moves that state.
fn decide(
    running: &mut Running,
    one: &Asked,
    tx: &Tx,
    index: usize,
) -> Result<Result<Granted, Answer>, Fault> {
    let enterprise = one.request.enterprise_id;
    let on = tx.business_date();
    let Some(member) = running.members.get_mut(&enterprise) else { return Ok(Err(Answer::NotThere)) };
    let cover = running
        .cover
        .get(&enterprise)
        .copied()
        .unwrap_or(Cover { pledged: false, maximum_loan: Money::ZERO });
    let ask = Ask { amount: one.request.amount, tenor_months: one.request.tenor_months };
    let draw = match decide_draw(&running.facility, member, cover, ask, on) {
        Ok(draw) => draw,
        Err(refusal) => return Ok(Err(Answer::Refused(refusal))),
    };
    move_by(&mut running.facility, member, draw)?;
    for (sum, amount) in [
        (running.from_reservation.entry(enterprise), draw.from_reservation),
        (running.drawn.entry(enterprise), draw.amount),
    ] {
        let sum = sum.or_default();
        *sum = sum.checked_add(amount).map_err(broken)?;
    }
    let facility = &running.facility;
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
        matures_on: maturity(on, ask.tenor_months),
        status: "disbursed".to_owned(),
        facility: Room {
            drawn: facility.drawn,
            reserved: facility.reserved,
            available: facility.available(),
        },
        member: Room { drawn: member.drawn, reserved: member.reserved, available: member.available() },
    };
    Ok(Ok(Granted {
        index,
        shares: parts(facility, draw.amount)?,
        repayment: one.request.repayment.unwrap_or(Repayment::InterestOnly),
        enterprise_name: member.enterprise_name.clone(),
        version: facility.version,
        drawdown,
    }))
}

fn move_by(facility: &mut Facility, member: &mut Member, draw: Draw) -> Result<(), Fault> {
    let step = |place: Money, plus: Money| place.checked_add(plus).map_err(broken);
    facility.drawn = step(facility.drawn, draw.amount)?;
    facility.reserved = step(facility.reserved, -draw.from_reservation)?;
    facility.version += 1;
    member.drawn = step(member.drawn, draw.amount)?;
    member.reserved = step(member.reserved, -draw.from_reservation)?;
    Ok(())
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Invariant(error.to_string())
}

/// Each bank's part, to the fen; the lead alone where there is no syndicate.
fn parts(facility: &Facility, amount: Money) -> Result<Vec<LoanShare>, Fault> {
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

/// The second look: the database itself compares, and anything but one row each is a bug.
async fn guard(tx: &Tx, before: &Facility, running: &Running) -> Result<(), Fault> {
    use store::{facility::Column as F, member::Column as M};
    let after = &running.facility;
    let (drawn, reserved) =
        (after.drawn.fen() - before.drawn.fen(), after.reserved.fen() - before.reserved.fen());
    let touched = store::facility::Entity::update_many()
        .col_expr(F::DrawnFen, Expr::col(F::DrawnFen).add(drawn))
        .col_expr(F::ReservedFen, Expr::col(F::ReservedFen).add(reserved))
        .col_expr(F::Version, Expr::value(after.version))
        .filter(F::Id.eq(after.id.uuid()))
        .filter(F::Version.eq(before.version))
        .filter(F::Status.eq(before.status.name()))
        .filter(
            Expr::col(F::DrawnFen)
                .add(Expr::col(F::ReservedFen))
                .add(Expr::col(F::RetiredFen))
                .add(drawn + reserved)
                .lte(Expr::col(F::LimitFen)),
        )
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched != 1 {
        return Err(Fault::Invariant(format!(
            "draws of {drawn} fen did not pass the guard of facility {}",
            after.id
        )));
    }
    for (enterprise, member) in &running.members {
        let Some(sum) = running.drawn.get(enterprise) else { continue };
        let drawn = sum.fen();
        let reserved = -running.from_reservation.get(enterprise).copied().unwrap_or_default().fen();
        let touched = store::member::Entity::update_many()
            .col_expr(M::DrawnFen, Expr::col(M::DrawnFen).add(drawn))
            .col_expr(M::ReservedFen, Expr::col(M::ReservedFen).add(reserved))
            .filter(M::Id.eq(member.id.uuid()))
            .filter(
                Expr::col(M::DrawnFen)
                    .add(Expr::col(M::ReservedFen))
                    .add(Expr::col(M::RetiredFen))
                    .add(drawn + reserved)
                    .lte(Expr::col(M::SubLimitFen)),
            )
            .exec(tx.conn())
            .await?
            .rows_affected;
        if touched != 1 {
            return Err(Fault::Invariant(format!(
                "draws of {drawn} fen did not pass the guard of member {}",
                member.id
            )));
        }
    }
    Ok(())
}
