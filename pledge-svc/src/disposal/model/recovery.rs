//! What is recovered after the loss was determined: costs first, then back to those who paid, in proportion to what each
//! paid; what is beyond that is the bank's interest, and the rest the pledgor's.
//!
//! Nothing waits for those who have not answered yet. The bank bears their parts meanwhile, so what falls on these parts
//! is paid on the loan at once, and their claims fall by it. Whoever pays later pays as much less as it would have got
//! back, and in later recoveries it stands as if it had paid at once: the order of answers and money changes nobody's
//! part (pro rata, as the agreements on sharing risk have it: 银担分险、按比例追偿).

use contracts::CompensationId;
use finance::{Contribution, Money, share_recovery};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Case, CaseMoney, CaseStatus, Claim, Refusal, claim::falls, proposal::Flaw};

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
    /// To the bank, of its own part of the loss and of the parts of those who have not answered.
    pub own_back: Money,
    /// Of the bank's, by how much the claims that wait fall.
    #[serde(default)]
    pub eased: Vec<Back>,
    /// To the bank, interest beyond the loss.
    pub extra: Money,
    /// Of what the bank gets, principal that had been written off; the rest of it is interest once it is.
    pub written_back: Money,
    /// Of that interest, what had been income and taxed before it was written off: it comes back as impairment that did not
    /// happen, and only what is beyond it is income.
    #[serde(default)]
    pub taxed: Money,
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
/// The loss is not determined, or an amount beyond the range.
pub fn recovered(
    case: &Case,
    claims: &[Claim],
    owed: Money,
    recovery: &Recovery,
) -> Result<(Case, Recovered), Refusal> {
    case.require(&[CaseStatus::Sharing, CaseStatus::WrittenOff])?;
    let before = case.money;
    let on_books = case.status == CaseStatus::Sharing;
    let paid: Vec<&Claim> = claims.iter().filter(|claim| claim.paid.is_positive()).collect();
    let mut contributions: Vec<Contribution> =
        paid.iter().map(|claim| claim.contribution()).collect::<Result<_, _>>()?;
    let met = Money::total(paid.iter().map(|claim| claim.met()))?;
    let bears = own_part(&before, met, on_books.then_some(owed));
    contributions.push(bears);
    let shared = share_recovery(recovery.amount, before.unmet_costs(), &contributions)?;
    let (others, own) = shared.parts.split_at(paid.len());
    let own_back = own.first().copied().unwrap_or_default();
    let eased = falls(claims, bears.paid.saturating_sub(bears.returned), own_back)?;
    let beyond = if on_books { owed.saturating_sub(own_back) } else { before.claim_left() };
    let extra = shared.surplus.min(beyond);
    // Off the books principal comes back first.
    let written_back =
        own_back.checked_add(extra)?.min(before.written_off.saturating_sub(before.written_back));
    let interest = own_back.checked_add(extra)?.saturating_sub(written_back);
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
        eased: eased.into_iter().map(|(claim, amount)| Back { claim_id: claim.id, amount }).collect(),
        extra,
        written_back,
        // Like a payment on the books, what comes in meets first what was shown as receivable.
        taxed: if on_books { Money::ZERO } else { interest.min(before.taxed) },
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
        taxed: before.taxed.checked_sub(done.taxed)?,
        ..before
    };
    Ok((case.with_money(money), done))
}

/// The bank's own part of the loss, with what it bears for those who have not answered; `met` is what of its recoveries
/// belonged to those who paid later. While the loan is on the books, what the borrower paid beside the case has come back
/// too: the bank lacks no more than what is still owed.
fn own_part(money: &CaseMoney, met: Money, owed: Option<Money>) -> Contribution {
    let lacks = money.own_loss().saturating_sub(money.own_back);
    let lacks = owed.map_or(lacks, |owed| lacks.min(owed));
    let paid = money.own_loss().saturating_sub(met).max(lacks);
    Contribution { paid, returned: paid.saturating_sub(lacks) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        disposal::model::{
            ClaimStatus,
            claim::compensated,
            samples::{case, claim, day, paid_claim, recovery, yuan},
        },
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
    fn interest_that_was_taxed_before_it_was_written_off_comes_back_before_what_was_not() {
        // 250 of principal and 35 of interest are claimed off the books, of which 20 had been taxed.
        let (case, claims) = shared();
        let money = CaseMoney { claim_kept: yuan(25), written_off: yuan(250), taxed: yuan(20), ..case.money };
        let mut off = Case { money, ..case.in_status(CaseStatus::WrittenOff) };
        let (mut claims, mut back) = (claims, Money::ZERO);
        // The bank bore 26 of each 100: 234 and 23.40 of principal and interest, then all that is left.
        for (amount, taxed) in [(900, "0.00"), (90, "7.40"), (1_000, "12.60")] {
            let (next, done) = recovered(&off, &claims, Money::ZERO, &recovery(amount)).unwrap();
            assert_eq!(done.taxed.to_string(), taxed, "{amount}");
            back = back.checked_add(done.taxed).unwrap();
            assert_eq!(next.money.taxed, yuan(20).checked_sub(back).unwrap());
            claims = after(&claims, &done);
            off = next;
        }
        // Nothing of it comes back while the loan is on the books: a payment settles what is receivable.
        let (case, claims) = shared();
        let sharing = Case { money: CaseMoney { taxed: yuan(20), ..case.money }, ..case };
        let (_, done) = recovered(&sharing, &claims, yuan(300), &recovery(1_100)).unwrap();
        assert_eq!(done.taxed, Money::ZERO);
    }

    #[test]
    fn what_the_borrower_paid_beside_the_case_is_not_paid_again() {
        let (case, claims) = shared();
        let (_, done) = recovered(&case, &claims, yuan(60), &recovery(1_000)).unwrap();
        assert_eq!((done.own_back, done.surplus), (yuan(60), yuan(200)));
    }

    /// A loss of 1,000: the insurer has paid its 200, the fund has not answered on its 500, the bank bears 300.
    fn half_answered() -> (Case, Vec<Claim>) {
        let money = CaseMoney { loss: yuan(1_000), compensated: yuan(200), ..CaseMoney::default() };
        let claims = vec![claim(1, Bearer::Fund, 500), paid_claim(2, Bearer::Insurer, 200)];
        (Case { money, ..case().in_status(CaseStatus::Sharing) }, claims)
    }

    /// The claims after a recovery.
    fn after(claims: &[Claim], done: &Recovered) -> Vec<Claim> {
        let of = |parts: &[Back], id| parts.iter().find(|part| part.claim_id == id).map(|part| part.amount);
        let one = |claim: &Claim| {
            let claim = match of(&done.eased, claim.id) {
                Some(amount) => claim.eased_by(amount, day("2026-06-02")).unwrap(),
                None => claim.clone(),
            };
            of(&done.back, claim.id).map_or_else(|| claim.clone(), |back| claim.handed_back(back).unwrap())
        };
        claims.iter().map(one).collect()
    }

    /// The fund pays what is claimed of it.
    fn fund_pays(case: &Case, claims: &[Claim]) -> (Case, Vec<Claim>) {
        let mut claims = claims.to_vec();
        let amount = claims[0].amount;
        if claims[0].status == ClaimStatus::Claimed {
            claims[0] = Claim { status: ClaimStatus::Paid, paid: amount, ..claims[0].clone() };
            return (compensated(case, amount).unwrap(), claims);
        }
        (case.clone(), claims)
    }

    #[test]
    fn what_comes_in_while_a_claim_waits_goes_out_at_once_and_the_claim_falls() {
        let (case, claims) = half_answered();
        let (case, done) = recovered(&case, &claims, yuan(800), &recovery(100)).unwrap();
        assert_eq!((done.back[0].amount, done.own_back), (yuan(20), yuan(80)));
        assert_eq!((done.eased.len(), done.eased[0].amount), (1, yuan(50)), "the fund's half");
        let claims = after(&claims, &done);
        assert_eq!((claims[0].amount, claims[0].eased), (yuan(450), yuan(50)));
        // It pays the rest, and the next recovery goes back as the loss was borne.
        let (case, claims) = fund_pays(&case, &claims);
        let (_, done) = recovered(&case, &claims, yuan(270), &recovery(100)).unwrap();
        let back: Vec<Money> = done.back.iter().map(|back| back.amount).collect();
        assert_eq!((back, done.own_back, done.eased), (vec![yuan(50), yuan(20)], yuan(30), vec![]));
    }

    #[test]
    fn what_a_party_declines_that_fell_meanwhile_is_the_banks() {
        let (case, claims) = half_answered();
        let (case, done) = recovered(&case, &claims, yuan(800), &recovery(100)).unwrap();
        let mut claims = after(&claims, &done);
        claims[0] = Claim { status: ClaimStatus::Declined, ..claims[0].clone() };
        // The insurer bore 200 of 1,000, the bank all the rest.
        let (_, done) = recovered(&case, &claims, yuan(720), &recovery(100)).unwrap();
        assert_eq!((done.back[0].amount, done.own_back), (yuan(20), yuan(80)));
    }

    #[test]
    fn where_all_is_recovered_nobody_is_asked_any_more() {
        let (case, claims) = half_answered();
        let (case, done) = recovered(&case, &claims, yuan(810), &recovery(1_030)).unwrap();
        assert_eq!((done.own_back, done.extra, done.surplus), (yuan(800), yuan(10), yuan(20)));
        let claims = after(&claims, &done);
        assert_eq!((claims[0].status, claims[1].returned), (ClaimStatus::Withdrawn, yuan(200)));
        assert_eq!(case.money.sides().unwrap().0, yuan(1_030));
    }

    proptest! {
        /// Whether the fund answers before or after money comes in changes nobody's part.
        #[test]
        fn the_order_of_answers_and_money_changes_nobodys_part(
            first in 1_i64..90_000, second in 1_i64..90_000, third in 0_i64..60_000,
        ) {
            let recovery = |fen| Recovery { amount: Money::from_fen(fen), ..recovery(1) };
            let net = |claims: &[Claim]| -> Vec<i64> {
                claims.iter().map(|claim| claim.paid.fen() - claim.returned.fen()).collect()
            };
            let run = |fund_answers_at: usize| {
                let (mut case, mut claims) = half_answered();
                // In fen, so that nothing divides evenly.
                for (index, fen) in [first, second, third].into_iter().enumerate() {
                    if index == fund_answers_at {
                        (case, claims) = fund_pays(&case, &claims);
                    }
                    if fen == 0 {
                        continue;
                    }
                    let owed = case.money.own_loss().saturating_sub(case.money.own_back);
                    let (next, done) = recovered(&case, &claims, owed, &recovery(fen)).unwrap();
                    claims = after(&claims, &done);
                    case = next;
                }
                if fund_answers_at > 2 {
                    (case, claims) = fund_pays(&case, &claims);
                }
                (case, claims)
            };
            let (sooner, before) = run(0);
            for later in 1..=3 {
                let (case, claims) = run(later);
                for (one, other) in net(&before).into_iter().zip(net(&claims)) {
                    prop_assert!((one - other).abs() <= 4, "{} beside {}", one, other);
                }
                let (came_in, went_out) = case.money.sides().unwrap();
                prop_assert_eq!((came_in, went_out), (sooner.money.recovered, sooner.money.recovered));
                prop_assert!(case.money.own_back <= case.money.own_loss());
            }
        }
    }
}
