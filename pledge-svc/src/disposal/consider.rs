//! What a proposal would do today: the rules on what stands, nothing written. The same for the look at a proposal, for the
//! one who makes it, and for the one who approves it.

use chrono::NaiveDate;
use contracts::PledgeId;
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Scope;
use sea_orm::ConnectionTrait;
use serde::Serialize;

use super::{
    lots::pledges_of,
    model::{
        Ask, Case, CaseStatus, Claim, LossShares, Plan, Realisation, Realised, Recovered, Refusal,
        claim::compensated,
        closing::{LoanToday, closed},
        plan::planned,
        proposal::{Cost, RecordedAnswer},
        realisation::realised,
        recovery::recovered,
        sharing::shared,
        write_off::{OnBooks, written_off},
    },
    promised::promised,
    store,
    today::LoanNow,
};
use crate::fund::Bearer;

/// What a proposal does.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub(super) enum Effect {
    /// Collection begins.
    Opened,
    /// A plan is in force.
    Planned(Plan),
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
    },
    /// The loan is taken off the books.
    WrittenOff {
        /// Principal.
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
            Considered { case: planned(case, plan)?, effect: Effect::Planned(plan.clone()) }
        }
        Ask::Cost(Cost { amount, .. }) => {
            Considered { case: case.cost_paid(*amount)?, effect: Effect::CostPaid { amount: *amount } }
        }
        Ask::Proceeds(sale) => sold(conn, case, sale, loan).await?,
        Ask::Sharing(sharing) => {
            on_the_books(loan)?;
            case.require(&[CaseStatus::Collection, CaseStatus::Disposal])?;
            let promised = promised(conn, case, sharing, on).await?;
            let owed = loan.owed(case).map_err(Refusal::from)?;
            let (case, shares) = shared(case, &owed, sharing, promised)?;
            Considered { case, effect: Effect::Shared(shares) }
        }
        Ask::Answer(recorded) => answered(case, &claims, recorded)?,
        Ask::WriteOff(_) => {
            let actions = store::count_actions(conn, &Scope::system(), case.id).await?;
            on_the_books(loan)?;
            let total = loan.total().map_err(Refusal::from)?;
            let on_books = OnBooks { principal: loan.outstanding, total };
            let after = written_off(case, &claims, actions, on_books)?;
            let effect =
                Effect::WrittenOff { principal: after.money.written_off, claim_kept: after.money.claim_kept };
            Considered { case: after, effect }
        }
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

async fn sold(
    conn: &impl ConnectionTrait,
    case: &Case,
    sale: &Realisation,
    loan: &LoanNow,
) -> Result<Considered, ActError> {
    on_the_books(loan)?;
    case.require(&[CaseStatus::Disposal])?;
    let pledges = pledges_of(conn, case, sale).await?;
    let owed = loan.owed(case).map_err(Refusal::from)?;
    let (case, done) = realised(case, &owed, sale)?;
    Ok(Considered { case, effect: Effect::Realised { done, pledges } })
}

/// The answer of a party that does not answer here itself. Who recorded it stands for who answered; who approves the
/// record confirms it.
fn answered(case: &Case, claims: &[Claim], recorded: &RecordedAnswer) -> Result<Considered, ActError> {
    let claim = claims.iter().find(|claim| claim.id == recorded.claim_id).ok_or_else(Problem::not_found)?;
    if claim.bearer == Bearer::Fund {
        return Err(Refusal::FundAnswersItself.into());
    }
    let nobody = contracts::Actor::system();
    let answered = claim.answered(&nobody, &recorded.answer)?;
    let paid = recorded.answer.amount;
    let effect = Effect::Answered { paid, claim: Box::new(answered) };
    Ok(Considered { case: compensated(case, paid)?, effect })
}
