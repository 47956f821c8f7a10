//! A loss that grows smaller before anybody has paid a part of it: the borrower pays after all. The same promises bear the
//! smaller loss, and the claims that wait fall with it. Once somebody has paid, what comes in is a recovery and goes back
//! to who paid ([`super::recovery`]), whether all have answered or not.

use chrono::NaiveDate;
use finance::{ByClaim, LossLayer, Money, share_loss};

use super::{Case, CaseMoney, CaseStatus, Claim, LossShares, Refusal, Sharing, claim::falls};

/// Whether a payment of the borrower may go to the loan alone. It may not once others have borne a part of the loss that
/// they have not got back, nor once the loan is off the books: then it is a recovery of the case.
///
/// # Errors
/// [`Refusal::LossShared`]
pub fn payable_beside(case: &Case) -> Result<(), Refusal> {
    let borne_by_others = case.money.compensated > case.money.returned;
    match case.status {
        CaseStatus::Sharing if borne_by_others => {}
        CaseStatus::WrittenOff => {}
        _ => return Ok(()),
    }
    Err(Refusal::LossShared { number: case.number.clone() })
}

impl LossShares {
    /// The same promises with a loss that is not larger: nobody bears more than before.
    ///
    /// # Errors
    /// An amount that cannot be shared.
    pub fn of_less(&self, loss: Money) -> Result<Self, Refusal> {
        let layers: Vec<LossLayer> = self
            .parts
            .iter()
            .map(|part| LossLayer { balance: Some(part.borne), ..part.layer.clone() })
            .collect();
        let shares = share_loss(loss, &layers)?;
        let parts = self.parts.iter().zip(shares.layers).map(|(before, part)| super::SharerPart {
            agreed: part.agreed,
            borne: part.borne,
            limited_by: part.limited_by.and(before.limited_by),
            ..before.clone()
        });
        Ok(Self { owed: self.owed, loss, parts: parts.collect(), bank: shares.uncovered })
    }
}

/// A loss, shared again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reshared {
    /// The case with the smaller loss.
    pub case: Case,
    /// The claims that fall, each as it was and as it is.
    pub claims: Vec<(Claim, Claim)>,
}

/// The case after the borrower paid before anybody else had. `owed` is what the loan owes after the payment. `None` where
/// the loss is what it was: what was paid had come to be owed since the loss was determined, or others have paid and it
/// all went back.
///
/// # Errors
/// An amount that cannot be shared.
pub fn shared_again(
    case: &Case,
    (sharing, before): (&Sharing, &LossShares),
    claims: &[Claim],
    owed: &ByClaim,
    on: NaiveDate,
) -> Result<Option<Reshared>, Refusal> {
    let counted = sharing.counted(owed)?;
    let by_others = case.money.compensated.is_positive();
    let waits = claims.iter().any(|claim| claim.status.is_live());
    if case.status == CaseStatus::Sharing && waits && (by_others || case.money.own_back.is_positive()) {
        return after_recoveries(case, claims, counted, on);
    }
    // What the bank has back of its part was lost and is found.
    let loss = counted.checked_add(case.money.own_back)?.min(case.money.loss);
    if case.status != CaseStatus::Sharing || by_others || loss == case.money.loss {
        return Ok(None);
    }
    let shares = before.of_less(loss)?;
    let mut lowered = Vec::new();
    for claim in claims.iter().filter(|claim| claim.status.is_live()) {
        let part = shares.parts.iter().find(|part| {
            part.agreement_id == claim.agreement_id
                && part.sharer.bearer == claim.bearer
                && part.sharer.party_id == claim.party_id
                && part.sharer.name.trim() == claim.party
        });
        let borne = part.map_or(claim.amount, |part| part.borne.min(claim.amount));
        if borne < claim.amount {
            lowered.push((claim.clone(), claim.lowered(borne, on)?));
        }
    }
    let case = case.with_money(CaseMoney { loss, ..case.money });
    Ok(Some(Reshared { case, claims: lowered }))
}

/// The same once recoveries have met a part of the loss: what the bank lacks for itself and for those who have not
/// answered is no more than what is still owed, and each falls in proportion.
fn after_recoveries(
    case: &Case,
    claims: &[Claim],
    counted: Money,
    on: NaiveDate,
) -> Result<Option<Reshared>, Refusal> {
    let lacks = case.money.own_loss().saturating_sub(case.money.own_back);
    let less = lacks.saturating_sub(counted);
    if less.is_zero() {
        return Ok(None);
    }
    let mut lowered = Vec::new();
    for (claim, part) in falls(claims, lacks, less)? {
        lowered.push((claim.clone(), claim.lowered(claim.amount.checked_sub(part)?, on)?));
    }
    let loss = case.money.loss.checked_sub(less)?;
    Ok(Some(Reshared { case: case.with_money(CaseMoney { loss, ..case.money }), claims: lowered }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        disposal::model::{
            ClaimStatus, SharerPart,
            samples::{case, claim, day, owed, sharer, yuan},
        },
        fund::Bearer,
    };

    fn principal_only() -> Sharing {
        Sharing { interest: false, penalty: false, also: Vec::new() }
    }

    /// A loss of 1,000, half of it claimed on the fund and a fifth of the other half on the insurer.
    fn waiting() -> (Case, LossShares, Vec<Claim>) {
        let part = |bearer, rank, points, borne| {
            let sharer = sharer(bearer, rank, points);
            SharerPart {
                layer: sharer.layer(),
                sharer,
                agreement_id: None,
                policy_id: None,
                absent: None,
                agreed: yuan(borne),
                borne: yuan(borne),
                limited_by: None,
            }
        };
        let parts = vec![part(Bearer::Fund, 1, 5_000, 500), part(Bearer::Insurer, 2, 2_000, 100)];
        let shares = LossShares { owed: owed(0, 1_000, 0, 0), loss: yuan(1_000), parts, bank: yuan(400) };
        let claims = [(1, Bearer::Fund, 500), (2, Bearer::Insurer, 100)]
            .map(|(number, bearer, amount)| {
                let party_id = sharer(bearer, 1, 1).party_id;
                Claim { party_id, ..claim(number, bearer, amount) }
            })
            .into();
        let money = CaseMoney { loss: yuan(1_000), ..CaseMoney::default() };
        (Case { money, ..case().in_status(CaseStatus::Sharing) }, shares, claims)
    }

    #[test]
    fn a_payment_while_claims_wait_lowers_every_part_of_the_loss() {
        let (case, shares, claims) = waiting();
        let on = day("2026-06-01");
        let after = shared_again(&case, (&principal_only(), &shares), &claims, &owed(0, 600, 0, 0), on)
            .unwrap()
            .unwrap();
        let amounts: Vec<Money> = after.claims.iter().map(|(_, after)| after.amount).collect();
        assert_eq!(amounts, [yuan(300), yuan(60)], "400 of 1,000 are paid: the fund's half is 300, not 500");
        assert_eq!(after.case.money.loss, yuan(600));
        let none = shared_again(&case, (&principal_only(), &shares), &claims, &owed(0, 0, 9, 0), on);
        let gone = none.unwrap().unwrap();
        assert!(gone.claims.iter().all(|(_, after)| after.status == ClaimStatus::Withdrawn));
    }

    #[test]
    fn interest_since_the_loss_was_determined_lowers_nothing_when_it_is_paid() {
        let (case, shares, claims) = waiting();
        let on = day("2026-06-01");
        let same = shared_again(&case, (&principal_only(), &shares), &claims, &owed(0, 1_000, 0, 0), on);
        assert_eq!(same, Ok(None));
        let decided: Vec<Claim> = claims.iter().map(|one| one.lowered(Money::ZERO, on).unwrap()).collect();
        let own = shared_again(&case, (&principal_only(), &shares), &decided, &owed(0, 700, 0, 0), on);
        let own = own.unwrap().unwrap();
        assert_eq!(
            (own.case.money.loss, own.claims),
            (yuan(700), vec![]),
            "nothing waits: the bank lost less"
        );
        let money = CaseMoney { compensated: yuan(500), returned: yuan(500), ..case.money };
        let back = case.with_money(money);
        let none = shared_again(&back, (&principal_only(), &shares), &decided, &owed(0, 1, 0, 0), on);
        assert_eq!(none, Ok(None), "what others paid and got back is no loss that falls");
    }

    #[test]
    fn a_payment_after_a_recovery_lowers_what_still_waits_in_proportion() {
        let (sharing, shares, claims) = waiting();
        // 100 were recovered while both wait: the bank has them, and each waits for a tenth less.
        let money = CaseMoney { recovered: yuan(100), own_back: yuan(100), ..sharing.money };
        let case = sharing.with_money(money);
        let on = day("2026-06-01");
        let eased = [(0, 50), (1, 10)].map(|(index, part)| claims[index].eased_by(yuan(part), on).unwrap());
        let after = shared_again(&case, (&principal_only(), &shares), &eased, &owed(0, 450, 0, 0), on)
            .unwrap()
            .unwrap();
        let amounts: Vec<Money> = after.claims.iter().map(|(_, after)| after.amount).collect();
        assert_eq!(amounts, [yuan(225), yuan(45)], "half of the 900 that were left is paid");
        assert_eq!(after.case.money.loss, yuan(550));
        let again = shared_again(&after.case, (&principal_only(), &shares), &eased, &owed(0, 450, 0, 0), on);
        assert_eq!(again, Ok(None), "it falls once");
    }

    #[test]
    fn what_comes_in_once_others_have_paid_is_no_payment_beside_the_case() {
        let (sharing, ..) = waiting();
        assert_eq!(payable_beside(&sharing), Ok(()), "nobody has paid yet");
        let paid = CaseMoney { compensated: yuan(500), ..sharing.money };
        let live = sharing.with_money(paid);
        assert_eq!(payable_beside(&live), Err(Refusal::LossShared { number: "DC1".into() }));
        let back = live.with_money(CaseMoney { returned: yuan(500), ..paid });
        assert_eq!(payable_beside(&back), Ok(()));
        assert!(payable_beside(&back.in_status(CaseStatus::WrittenOff)).is_err());
        assert_eq!(payable_beside(&case()), Ok(()));
    }

    proptest! {
        #[test]
        fn a_smaller_loss_is_borne_to_the_fen_and_by_nobody_more_than_before(
            first in 0_i64..200_000, second in 0_i64..200_000, third in 0_i64..200_000,
        ) {
            let (_, shares, _) = waiting();
            let mut losses = [first, second, third].map(|fen| Money::from_fen(fen.min(100_000)));
            losses.sort_unstable();
            let mut before = shares;
            for loss in losses.into_iter().rev() {
                let after = before.of_less(loss).unwrap();
                let borne: i64 = after.parts.iter().map(|part| part.borne.fen()).sum();
                prop_assert_eq!(borne + after.bank.fen(), loss.fen());
                for (now, then) in after.parts.iter().zip(&before.parts) {
                    prop_assert!(now.borne <= then.borne);
                }
                before = after;
            }
        }
    }
}
