//! What is recovered after the loss was determined: costs first, then back to those who paid, in proportion to what each
//! paid; what is beyond that is the bank's interest, and the rest the pledgor's.

use contracts::CompensationId;
use finance::{Contribution, Money, share_recovery};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Case, CaseMoney, CaseStatus, Claim, Refusal, claim::all_decided, proposal::Flaw};

/// Money recovered from the borrower, a guarantor or the collateral.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Recovery {
    /// How much, gross.
    pub amount: Money,
    /// Who paid.
    pub payer: String,
    /// The paper of the payment.
    pub reference: String,
}

impl Recovery {
    /// Everything that is wrong with it by itself.
    pub(super) fn flaws(&self, found: &mut Vec<Flaw>) {
        super::proposal::amount(found, "amount", self.amount);
        super::proposal::text(found, "payer", &self.payer, 200);
        super::proposal::text(found, "reference", &self.reference, 200);
    }
}

/// What one party gets back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Back {
    /// Its claim.
    pub claim_id: CompensationId,
    /// How much.
    pub amount: Money,
}

/// A recovery, given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Recovered {
    /// What came in.
    pub gross: Money,
    /// Costs met from it.
    pub costs: Money,
    /// To those who paid compensation.
    pub back: Vec<Back>,
    /// To the bank, of its own part of the loss.
    pub own_back: Money,
    /// To the bank, interest beyond the loss.
    pub extra: Money,
    /// Of what the bank gets, principal that had been written off; the rest of it is interest once it is.
    pub written_back: Money,
    /// What belongs to the pledgor.
    pub surplus: Money,
}

impl Recovered {
    /// What all who paid compensation get back.
    ///
    /// # Errors
    /// A sum beyond the range of amounts.
    pub fn returned(&self) -> Result<Money, finance::MoneyError> {
        Money::total(self.back.iter().map(|back| back.amount))
    }
}

/// The case after a recovery. `owed` is what the loan still owes on the books, nothing once it is written off.
///
/// # Errors
/// The loss is not determined, claims wait, or an amount beyond the range.
pub fn recovered(
    case: &Case,
    claims: &[Claim],
    owed: Money,
    recovery: &Recovery,
) -> Result<(Case, Recovered), Refusal> {
    case.require(&[CaseStatus::Sharing, CaseStatus::WrittenOff])?;
    all_decided(claims)?;
    let before = case.money;
    let on_books = case.status == CaseStatus::Sharing;
    let paid: Vec<&Claim> = claims.iter().filter(|claim| claim.paid.is_positive()).collect();
    let mut contributions: Vec<Contribution> = paid.iter().map(|claim| claim.contribution()).collect();
    contributions.push(own_part(&before, on_books.then_some(owed)));
    let shared = share_recovery(recovery.amount, before.unmet_costs(), &contributions)?;
    let (others, own) = shared.parts.split_at(paid.len());
    let own_back = own.first().copied().unwrap_or_default();
    let beyond = if on_books { owed.saturating_sub(own_back) } else { before.claim_left() };
    let extra = shared.surplus.min(beyond);
    // Off the books principal comes back first.
    let written_back =
        own_back.checked_add(extra)?.min(before.written_off.saturating_sub(before.written_back));
    let back = paid
        .iter()
        .zip(others)
        .filter(|(_, amount)| amount.is_positive())
        .map(|(claim, amount)| Back { claim_id: claim.id, amount: *amount })
        .collect();
    let done = Recovered {
        gross: recovery.amount,
        costs: recovery.amount.checked_sub(shared.net)?,
        back,
        own_back,
        extra,
        written_back,
        surplus: shared.surplus.checked_sub(extra)?,
    };
    let money = CaseMoney {
        recovered: before.recovered.checked_add(done.gross)?,
        reimbursed: before.reimbursed.checked_add(done.costs)?,
        own_back: before.own_back.checked_add(done.own_back)?,
        extra: before.extra.checked_add(done.extra)?,
        written_back: before.written_back.checked_add(done.written_back)?,
        returned: before.returned.checked_add(done.returned()?)?,
        surplus: before.surplus.checked_add(done.surplus)?,
        ..before
    };
    Ok((case.with_money(money), done))
}

/// The bank's own part of the loss. While the loan is on the books, what the borrower paid beside the case has come back
/// too: the bank lacks no more than what is still owed.
fn own_part(money: &CaseMoney, owed: Option<Money>) -> Contribution {
    let paid = money.own_loss();
    let lacks = paid.saturating_sub(money.own_back);
    let lacks = owed.map_or(lacks, |owed| lacks.min(owed));
    Contribution { paid, returned: paid.saturating_sub(lacks) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        disposal::model::samples::{case, paid_claim, recovery, yuan},
        fund::Bearer,
    };

    /// A loss of 1,000 of which the fund bore 540, the insurer 200 and the bank 260.
    fn shared() -> (Case, Vec<Claim>) {
        let money = CaseMoney { loss: yuan(1_000), compensated: yuan(740), ..CaseMoney::default() };
        let claims = vec![paid_claim(1, Bearer::Fund, 540), paid_claim(2, Bearer::Insurer, 200)];
        (Case { money, ..case().in_status(CaseStatus::Sharing) }, claims)
    }

    #[test]
    fn a_recovery_net_of_cost_flows_back_as_the_loss_was_borne() {
        let (case, claims) = shared();
        let case = case.cost_paid(yuan(10)).unwrap();
        let (after, done) = recovered(&case, &claims, yuan(260), &recovery(110)).unwrap();
        assert_eq!(done.costs, yuan(10));
        let back: Vec<Money> = done.back.iter().map(|back| back.amount).collect();
        assert_eq!((back, done.own_back), (vec![yuan(54), yuan(20)], yuan(26)));
        let (came_in, went_out) = after.money.sides().unwrap();
        assert_eq!((came_in, went_out), (yuan(110), yuan(110)));
    }

    #[test]
    fn what_is_beyond_the_loss_is_interest_and_then_the_pledgors() {
        let (case, claims) = shared();
        // 260 of the bank's loss and 40 of interest since are owed on the books.
        let (_, done) = recovered(&case, &claims, yuan(300), &recovery(1_100)).unwrap();
        assert_eq!((done.own_back, done.extra, done.surplus), (yuan(260), yuan(40), yuan(60)));
        let money = CaseMoney { claim_kept: yuan(25), written_off: yuan(250), ..case.money };
        let off = Case { money, ..case.in_status(CaseStatus::WrittenOff) };
        let (after, done) = recovered(&off, &claims, Money::ZERO, &recovery(1_100)).unwrap();
        assert_eq!((done.own_back, done.extra, done.surplus), (yuan(260), yuan(25), yuan(75)));
        assert_eq!(done.written_back, yuan(250), "principal comes back before interest");
        assert_eq!(after.money.claim_left(), Money::ZERO);
    }

    #[test]
    fn what_the_borrower_paid_beside_the_case_is_not_paid_again() {
        let (case, claims) = shared();
        let (_, done) = recovered(&case, &claims, yuan(60), &recovery(1_000)).unwrap();
        assert_eq!((done.own_back, done.surplus), (yuan(60), yuan(200)));
    }

    #[test]
    fn nothing_is_given_back_while_a_claim_waits() {
        let (case, mut claims) = shared();
        claims.push(crate::disposal::model::samples::claim(3, Bearer::Appraiser, 1));
        assert_eq!(recovered(&case, &claims, yuan(1), &recovery(1)), Err(Refusal::ClaimsOpen { open: 1 }));
    }
}
