//! What a proposal would do today: the rules on what stands, nothing written. The same for the look at a proposal, for the
//! one who makes it, and for the one who approves it.

use chrono::NaiveDate;
use contracts::PledgeId;
use finance::{Claim as Debt, Money};
use http_kit::{ActError, Problem};
use identity::Scope;
use sea_orm::ConnectionTrait;
use serde::Serialize;

use super::{
    lots::{left_to_sell, pledges_of},
    model::{
        Acceleration, Ask, Case, CaseStatus, Claim, CollateralLeft, LossShares, Plan, Realisation, Realised,
        Recovered, Refusal, Unanswered, WorkoutRules, WriteOff,
        acceleration::{Callable, accelerated},
        claim::compensated,
        closing::{LoanToday, closed},
        finding::found_worthless,
        late::{self, Late},
        plan::planned,
        proposal::{Cost, RecordedAnswer},
        realisation::{has_begun, keeps_reserve, realised},
        recovery::recovered,
        sharing::shared,
        unanswered::unanswered,
        write_off::{OnBooks, Pursuit, written_off},
    },
    papers::check_papers,
    promised::promised,
    store,
    today::{LoanNow, defaulted, tier},
};
use crate::{fund::Bearer, parameters};

/// What a proposal does.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub(super) enum Effect {
    /// Collection begins.
    Opened,
    /// A plan is in force.
    Planned(Plan),
    /// The whole principal is due.
    Accelerated {
        /// Principal that had not fallen due.
        principal: Money,
    },
    /// Collateral is found worthless.
    Found {
        /// Which.
        worthless: Vec<CollateralLeft>,
    },
    /// Costs are paid.
    CostPaid {
        /// How much.
        amount: Money,
    },
    /// Proceeds are paid out.
    Realised {
        /// How.
        #[serde(flatten)]
        done: Realised,
        /// The pledge of each lot.
        #[serde(skip)]
        pledges: Vec<PledgeId>,
    },
    /// The loss is shared.
    Shared(LossShares),
    /// An answer is recorded.
    Answered {
        /// What is paid.
        paid: Money,
        /// The claim, answered.
        #[serde(skip)]
        claim: Box<Claim>,
        /// How the books take it, where the loan has left them.
        #[serde(skip)]
        late: Option<Late>,
    },
    /// A claim is recorded as unanswered.
    Unanswered {
        /// What stays claimed.
        amount: Money,
        /// The claim.
        #[serde(skip)]
        claim: Box<Claim>,
    },
    /// The loan is taken off the books.
    WrittenOff {
        /// Everything that leaves the books.
        taken_off: Money,
        /// Of it, principal.
        principal: Money,
        /// What is claimed beyond the bank's part of the loss.
        claim_kept: Money,
    },
    /// A recovery is given back.
    Recovered(Recovered),
    /// The case ends.
    Closed,
}

/// What would be, and what would have to be done for it.
pub(super) struct Considered {
    /// The case afterwards.
    pub case: Case,
    /// What it takes.
    pub effect: Effect,
}

/// Considers what is asked for, on what stands.
pub(super) async fn consider(
    conn: &impl ConnectionTrait,
    case: &Case,
    ask: &Ask,
    loan: &LoanNow,
    on: NaiveDate,
) -> Result<Considered, ActError> {
    let claims = store::list_claims(conn, &Scope::system(), case.id).await?;
    Ok(match ask {
        Ask::Opening(_) => Considered { case: case.opening_decided(true, on)?, effect: Effect::Opened },
        Ask::Plan(plan) => {
            on_the_books(loan)?;
            plan.leaves_notice(on)?;
            Considered { case: planned(case, plan)?, effect: Effect::Planned(plan.clone()) }
        }
        Ask::Acceleration(asked) => declared_due(conn, case, asked, loan).await?,
        Ask::Finding(finding) => {
            on_the_books(loan)?;
            check_papers(conn, case, [("document_id".to_owned(), finding.document_id)]).await?;
            let left = left_to_sell(conn, case).await?;
            let (case, worthless) = found_worthless(case, finding, &left)?;
            Considered { case, effect: Effect::Found { worthless } }
        }
        Ask::Cost(Cost { amount, .. }) => {
            Considered { case: case.cost_paid(*amount)?, effect: Effect::CostPaid { amount: *amount } }
        }
        Ask::Proceeds(sale) => sold(conn, case, sale, loan, on).await?,
        Ask::Sharing(sharing) => {
            on_the_books(loan)?;
            case.require(&[CaseStatus::Collection, CaseStatus::Disposal])?;
            let rules: WorkoutRules = parameters::current(conn, case.bank_id, on).await?;
            defaulted(conn, case, loan, on).await?.may_be_shared(&rules)?;
            let promised = promised(conn, case, sharing, loan, on).await?;
            let owed = loan.owed(case).map_err(Refusal::from)?;
            let (case, shares) = shared(case, &owed, sharing, promised)?;
            Considered { case, effect: Effect::Shared(shares) }
        }
        Ask::Answer(recorded) => answered(case, &claims, recorded)?,
        Ask::Unanswered(asked) => without_answer(conn, case, &claims, asked, on).await?,
        Ask::WriteOff(asked) => off_the_books(conn, (case, &claims), asked, loan, on).await?,
        Ask::Recovery(recovery) => {
            let owed = loan.total().map_err(Refusal::from)?;
            let (case, done) = recovered(case, &claims, owed, recovery)?;
            Considered { case, effect: Effect::Recovered(done) }
        }
        Ask::Closing(closing) => {
            let owed = loan.total().map_err(Refusal::from)?;
            let today = LoanToday { owed, overdue_days: loan.owing.overdue_days };
            Considered { case: closed(case, &claims, today, closing, on)?, effect: Effect::Closed }
        }
    })
}

fn on_the_books(loan: &LoanNow) -> Result<(), Refusal> {
    if loan.active { Ok(()) } else { Err(Refusal::LoanNotOutstanding) }
}

/// What declaring the loan due would do.
async fn declared_due(
    conn: &impl ConnectionTrait,
    case: &Case,
    asked: &Acceleration,
    loan: &LoanNow,
) -> Result<Considered, ActError> {
    on_the_books(loan)?;
    check_papers(conn, case, [("document_id".to_owned(), asked.document_id)]).await?;
    let principal = loan.owing.sum(|debt| debt == Debt::CurrentPrincipal).map_err(Refusal::from)?;
    let callable = Callable {
        accelerated_on: loan.row.accelerated_on,
        overdue_days: loan.owing.overdue_days,
        not_due: principal.is_positive(),
    };
    Ok(Considered { case: accelerated(case, callable, asked)?, effect: Effect::Accelerated { principal } })
}

/// What the write-off would do, by the bank's rules of today.
async fn off_the_books(
    conn: &impl ConnectionTrait,
    (case, claims): (&Case, &[Claim]),
    asked: &WriteOff,
    loan: &LoanNow,
    on: NaiveDate,
) -> Result<Considered, ActError> {
    on_the_books(loan)?;
    case.require(&[CaseStatus::Sharing])?;
    let rules: WorkoutRules = parameters::current(conn, case.bank_id, on).await?;
    let actions = store::list_actions(conn, &Scope::system(), case.id).await?;
    let first = actions.iter().map(|action| action.made_on).min().unwrap_or(on);
    let steps = u64::try_from(actions.len()).unwrap_or(u64::MAX);
    let pursuit = Pursuit { steps, days: (on - first).num_days() };
    let total = loan.total().map_err(Refusal::from)?;
    let on_books =
        OnBooks { principal: loan.outstanding, total, taxed: loan.taxed, tier: tier(conn, loan, on).await? };
    let after = written_off((case, claims), pursuit, on_books, asked.condition, &rules)?;
    let papers = asked.papers.iter();
    let named = papers.filter_map(|paper| Some((format!("papers.{}", paper.code), paper.document_id?)));
    check_papers(conn, case, named).await?;
    let effect = Effect::WrittenOff {
        taken_off: after.money.taken_off,
        principal: after.money.written_off,
        claim_kept: after.money.claim_kept,
    };
    Ok(Considered { case: after, effect })
}

async fn sold(
    conn: &impl ConnectionTrait,
    case: &Case,
    sale: &Realisation,
    loan: &LoanNow,
    on: NaiveDate,
) -> Result<Considered, ActError> {
    on_the_books(loan)?;
    case.require(&[CaseStatus::Disposal])?;
    has_begun(case, on)?;
    let (pledges, part) = pledges_of(conn, case, sale).await?;
    keeps_reserve(case, sale, part)?;
    let owed = loan.owed(case).map_err(Refusal::from)?;
    let (case, done) = realised(case, &owed, sale)?;
    Ok(Considered { case, effect: Effect::Realised { done, pledges } })
}

/// What recording that nobody answers a claim would do, by the bank's rules of today.
async fn without_answer(
    conn: &impl ConnectionTrait,
    case: &Case,
    claims: &[Claim],
    asked: &Unanswered,
    on: NaiveDate,
) -> Result<Considered, ActError> {
    let claim = claims.iter().find(|claim| claim.id == asked.claim_id).ok_or_else(Problem::not_found)?;
    let rules: WorkoutRules = parameters::current(conn, case.bank_id, on).await?;
    let recorded = unanswered(claim, asked, rules.answer_days, on)?;
    let effect = Effect::Unanswered { amount: recorded.amount, claim: Box::new(recorded) };
    Ok(Considered { case: compensated(case, Money::ZERO)?, effect })
}

/// The answer of a party that does not answer here itself. Who recorded it stands for who answered; who approves the
/// record confirms it. Once the loan is off the books only who was recorded as silent has not answered; what it pays then is
/// a recovery.
fn answered(case: &Case, claims: &[Claim], recorded: &RecordedAnswer) -> Result<Considered, ActError> {
    let claim = claims.iter().find(|claim| claim.id == recorded.claim_id).ok_or_else(Problem::not_found)?;
    if claim.bearer == Bearer::Fund {
        return Err(Refusal::FundAnswersItself.into());
    }
    if claim.policy_id.is_some() {
        return Err(Refusal::InsurerAnswersItself { name: claim.party.clone() }.into());
    }
    let nobody = contracts::Actor::system();
    let answered = claim.answered(&nobody, &recorded.answer)?;
    let paid = recorded.answer.amount;
    let (after, late) = late::answered(case, paid)?;
    Ok(Considered { case: after, effect: Effect::Answered { paid, claim: Box::new(answered), late } })
}
