//! What an insurer's own claims settle of the bank's claim on it: a payment as far as the claim and the loss have room for
//! it, once, in whatever order the payment and the sharing of the loss come; a refusal where no other claim of the
//! insurer's is alive.

use chrono::NaiveDate;
use contracts::{ClaimId, CompensationId, OrgId, PolicyId};
use finance::{Money, MoneyError};

use super::{Case, CaseStatus, Claim, ClaimStatus, InsurerClaimStatus, Refusal};

/// A claim at an insurer under a policy that guarantees a loan, as the insurer tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsurerClaim {
    /// The insurer's claim.
    pub claim_id: ClaimId,
    /// The policy.
    pub policy_id: PolicyId,
    /// The insurer.
    pub insurer_id: OrgId,
    /// Where it stands.
    pub status: InsurerClaimStatus,
    /// What the insurer has paid on it in all.
    pub paid: Money,
    /// Of it, what has paid the loan.
    pub applied: Money,
    /// Of that, handed back out of recoveries.
    pub returned: Money,
    /// Of what was paid, given back because there was nothing that it could settle.
    pub given_back: Money,
    /// What of it the bank's books show as owed to the insurer: it waits, or settled nothing.
    pub held: Money,
    /// Why it was refused.
    pub reason: Option<String>,
    /// The bank's claim that it settled.
    pub compensation_id: Option<CompensationId>,
    /// The day it was first heard of.
    pub heard_on: NaiveDate,
    /// The day the newest payment was heard of.
    pub paid_on: Option<NaiveDate>,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl InsurerClaim {
    /// One that was just heard of.
    #[must_use]
    pub const fn heard(claim_id: ClaimId, policy_id: PolicyId, insurer_id: OrgId, on: NaiveDate) -> Self {
        Self {
            claim_id,
            policy_id,
            insurer_id,
            status: InsurerClaimStatus::Registered,
            paid: Money::ZERO,
            applied: Money::ZERO,
            returned: Money::ZERO,
            given_back: Money::ZERO,
            held: Money::ZERO,
            reason: None,
            compensation_id: None,
            heard_on: on,
            paid_on: None,
            version: 0,
        }
    }

    /// After a payment: payments on one claim add up.
    ///
    /// # Errors
    /// A sum beyond the range of amounts.
    pub fn with_payment(&self, amount: Money, on: NaiveDate) -> Result<Self, MoneyError> {
        let paid = self.paid.checked_add(amount)?;
        let status = InsurerClaimStatus::Pending;
        Ok(Self { paid, status, paid_on: Some(on), version: self.version + 1, ..self.clone() })
    }

    /// After the insurer refused it; what it has paid stays paid.
    #[must_use]
    pub fn refused(&self, reason: Option<String>) -> Self {
        let status = if self.paid.is_zero() { InsurerClaimStatus::Declined } else { self.status };
        Self { status, reason, version: self.version + 1, ..self.clone() }
    }

    /// What it is once nothing of what it paid is left.
    pub(super) fn ended(&self) -> InsurerClaimStatus {
        if self.applied.is_zero() { InsurerClaimStatus::GivenBack } else { InsurerClaimStatus::Settled }
    }

    /// What it has paid that neither paid the loan nor went back.
    #[must_use]
    pub fn unsettled(&self) -> Money {
        self.paid.saturating_sub(self.applied).saturating_sub(self.given_back)
    }
}

/// How far a loan's case is, as a payment of an insurer meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The loss is not shared yet.
    Before,
    /// It is being shared: claims may be settled.
    Sharing,
    /// The loan is off the books and its case open: what an insurer owes and pays late is a recovery.
    OffBooks,
    /// The loan is settled or its case over, and nothing waits for an insurer any more.
    Over,
}

impl Stage {
    /// The stage of a loan with its open case.
    #[must_use]
    pub fn of(active: bool, open: Option<&Case>) -> Self {
        match open.map(|case| case.status) {
            Some(CaseStatus::Sharing) => Self::Sharing,
            Some(CaseStatus::WrittenOff) => Self::OffBooks,
            Some(CaseStatus::Closed) => Self::Over,
            Some(CaseStatus::Proposed | CaseStatus::Collection | CaseStatus::Disposal) | None if active => {
                Self::Before
            }
            _ => Self::Over,
        }
    }
}

/// What of an insurer's money the bank's claim on it takes: no more than is claimed and not paid, than the bank still
/// lacks of the loss, and than is owed on the loan. A claim that the insurer declined or did not answer takes what it pays
/// after all.
#[must_use]
pub fn room(claim: &Claim, case: &Case, owed: Money) -> Money {
    let open = match claim.status {
        ClaimStatus::Claimed | ClaimStatus::Declined | ClaimStatus::Unanswered => claim.amount,
        ClaimStatus::Paid => claim.amount.saturating_sub(claim.paid),
        ClaimStatus::Answered | ClaimStatus::Withdrawn => Money::ZERO,
    };
    open.min(case.money.own_loss().saturating_sub(case.money.own_back)).min(owed)
}

/// The insurer's claim once it was held against the bank's: how much of it was applied, and what becomes of the rest.
///
/// # Errors
/// A sum beyond the range of amounts.
pub fn matched(
    row: &InsurerClaim,
    stage: Stage,
    taken: Option<(CompensationId, Money)>,
) -> Result<InsurerClaim, MoneyError> {
    let mut after = row.clone();
    if let Some((claim, amount)) = taken {
        after.applied = row.applied.checked_add(amount)?;
        after.compensation_id = Some(claim);
    }
    after.status = match (row.status, stage) {
        (InsurerClaimStatus::Registered | InsurerClaimStatus::Declined, _) => row.status,
        _ if after.unsettled().is_zero() => after.ended(),
        (_, Stage::Before) => InsurerClaimStatus::Pending,
        (_, Stage::Sharing | Stage::OffBooks | Stage::Over) => InsurerClaimStatus::Unmatched,
    };
    if after != *row {
        after.version = row.version + 1;
    }
    Ok(after)
}

/// Whether an insurer has refused: it told of claims under the policy, and every one ended without a payment.
#[must_use]
pub fn all_declined(rows: &[InsurerClaim]) -> bool {
    !rows.is_empty() && rows.iter().all(|row| row.status == InsurerClaimStatus::Declined)
}

/// Who answers for an insurer, and under which policy.
#[derive(Debug, Clone, Copy)]
pub struct Answerer<'a> {
    /// The insurer's name.
    pub insurer: &'a str,
    /// The policy's number.
    pub policy: &'a str,
}

impl Claim {
    /// The claim after a payment of its insurer, which adds to what it paid before.
    ///
    /// # Errors
    /// More than is claimed.
    pub fn paid_by(&self, by: Answerer<'_>, amount: Money, on: NaiveDate) -> Result<Self, Refusal> {
        let paid = self.paid.checked_add(amount)?;
        if paid > self.amount {
            return Err(Refusal::AboveClaimed { claimed: self.amount, asked: paid });
        }
        let less = (paid < self.amount).then(|| format!("保险公司按保单 {} 赔付 {paid} 元", by.policy));
        Ok(Self { status: ClaimStatus::Paid, granted: Some(paid), paid, reason: less, ..self.by(by, on) })
    }

    /// The claim once its insurer has refused to pay.
    ///
    /// # Errors
    /// Decided already.
    pub fn refused_by(&self, by: Answerer<'_>, reason: Option<&str>, on: NaiveDate) -> Result<Self, Refusal> {
        if !matches!(self.status, ClaimStatus::Claimed | ClaimStatus::Unanswered) {
            return Err(Refusal::ClaimNotInStatus { status: self.status });
        }
        let reason = reason.unwrap_or("按保单条款无应赔金额").to_owned();
        let refused = Self { status: ClaimStatus::Declined, granted: Some(Money::ZERO), ..self.by(by, on) };
        Ok(Self { reason: Some(reason), ..refused })
    }

    fn by(&self, by: Answerer<'_>, on: NaiveDate) -> Self {
        Self {
            reference: Some(by.policy.to_owned()),
            answered_by_id: None,
            answered_by: Some(by.insurer.to_owned()),
            decided_by: Some(by.insurer.to_owned()),
            decided_on: Some(on),
            version: self.version + 1,
            ..self.clone()
        }
    }
}

/// How a part of a recovery that belongs to an insurer goes to its claims: oldest first, none more than it paid the loan.
///
/// # Errors
/// [`Refusal::AboveClaimed`] where they have paid less.
pub fn returned(rows: &[InsurerClaim], amount: Money) -> Result<Vec<(InsurerClaim, Money)>, Refusal> {
    let mut left = amount;
    let mut parts = Vec::new();
    for row in rows {
        let part = left.min(row.applied.saturating_sub(row.returned));
        if part.is_positive() {
            let returned = row.returned.checked_add(part)?;
            parts.push((InsurerClaim { returned, version: row.version + 1, ..row.clone() }, part));
            left = left.checked_sub(part)?;
        }
    }
    if left.is_zero() {
        Ok(parts)
    } else {
        Err(Refusal::AboveClaimed { claimed: amount.saturating_sub(left), asked: amount })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        disposal::model::{
            CaseMoney,
            samples::{case, claim, day, paid_claim, yuan},
        },
        fund::Bearer,
    };

    const BY: Answerer<'static> = Answerer { insurer: "甲保险", policy: "P1" };

    fn heard(number: u128) -> InsurerClaim {
        let id = |number| Uuid::from_u128(number);
        let (policy, insurer) = (PolicyId::from_uuid(id(7)), OrgId::from_uuid(id(60)));
        InsurerClaim::heard(ClaimId::from_uuid(id(number)), policy, insurer, day("2026-06-01"))
    }

    fn sharing(loss: i64, compensated: i64) -> Case {
        let money = CaseMoney { loss: yuan(loss), compensated: yuan(compensated), ..CaseMoney::default() };
        Case { money, ..case().in_status(CaseStatus::Sharing) }
    }

    #[test]
    fn a_payment_settles_what_is_claimed_and_no_more() {
        let on = day("2026-06-10");
        let case = sharing(1_000, 0);
        let claimed = claim(1, Bearer::Insurer, 300);
        assert_eq!(room(&claimed, &case, yuan(1_000)), yuan(300));
        assert_eq!(room(&claimed, &case, yuan(120)), yuan(120), "no more than is owed");
        assert_eq!(room(&claimed, &sharing(1_000, 900), yuan(1_000)), yuan(100), "nor than is lacking");
        let part = claimed.paid_by(BY, yuan(200), on).unwrap();
        assert_eq!((part.status, part.paid, part.granted), (ClaimStatus::Paid, yuan(200), Some(yuan(200))));
        assert!(part.reason.is_some(), "less than claimed says why");
        assert_eq!(room(&part, &case, yuan(1_000)), yuan(100), "a second payment adds to the first");
        let whole = part.paid_by(BY, yuan(100), on).unwrap();
        assert_eq!((whole.paid, whole.reason.as_deref()), (yuan(300), None));
        assert_eq!(room(&whole, &case, yuan(1_000)), Money::ZERO);
        assert!(matches!(whole.paid_by(BY, yuan(1), on), Err(Refusal::AboveClaimed { .. })));
    }

    #[test]
    fn money_that_comes_before_the_sharing_waits_and_what_is_too_much_is_unmatched() {
        let on = day("2026-06-10");
        let paid = heard(1).with_payment(yuan(300), on).unwrap();
        let waits = matched(&paid, Stage::Before, None).unwrap();
        assert_eq!((waits.status, waits.version), (InsurerClaimStatus::Pending, 1));
        let id = claim(1, Bearer::Insurer, 200).id;
        let over = matched(&waits, Stage::Sharing, Some((id, yuan(200)))).unwrap();
        assert_eq!(
            (over.status, over.unsettled(), over.version),
            (InsurerClaimStatus::Unmatched, yuan(100), 2)
        );
        let whole = matched(&waits, Stage::Sharing, Some((id, yuan(300)))).unwrap();
        assert_eq!((whole.status, whole.compensation_id), (InsurerClaimStatus::Settled, Some(id)));
        assert_eq!(matched(&waits, Stage::Over, None).unwrap().status, InsurerClaimStatus::Unmatched);
        let more = whole.with_payment(yuan(50), on).unwrap();
        assert_eq!((more.paid, more.unsettled()), (yuan(350), yuan(50)), "payments on one claim add up");
    }

    #[test]
    fn an_insurer_has_refused_once_every_claim_of_its_is_refused() {
        let on = day("2026-06-10");
        assert!(!all_declined(&[]));
        let refused = heard(1).refused(Some("除外责任".into()));
        assert!(all_declined(std::slice::from_ref(&refused)));
        assert!(!all_declined(&[refused, heard(2)]), "another claim is alive");
        let paid = heard(3).with_payment(yuan(5), on).unwrap().refused(None);
        assert!(!all_declined(&[paid]));
        let declined = claim(1, Bearer::Insurer, 10).refused_by(BY, Some("除外责任"), on).unwrap();
        assert_eq!((declined.status, declined.reason.as_deref()), (ClaimStatus::Declined, Some("除外责任")));
        assert_eq!(room(&declined, &sharing(100, 0), yuan(100)), yuan(10), "it may pay after all");
        assert!(paid_claim(1, Bearer::Insurer, 10).refused_by(BY, None, on).is_err());
    }

    #[test]
    fn a_recovery_goes_back_to_the_claims_that_paid_oldest_first() {
        let row =
            |number, applied| InsurerClaim { paid: yuan(applied), applied: yuan(applied), ..heard(number) };
        let parts = returned(&[row(1, 100), row(2, 50)], yuan(120)).unwrap();
        let amounts: Vec<Money> = parts.iter().map(|(_, amount)| *amount).collect();
        assert_eq!(amounts, [yuan(100), yuan(20)]);
        assert_eq!((parts[1].0.returned, parts[1].0.version), (yuan(20), 1));
        assert!(returned(&[row(1, 100)], yuan(101)).is_err());
    }

    #[test]
    fn a_loan_without_a_case_waits_for_one_while_it_is_on_the_books() {
        assert_eq!(Stage::of(true, None), Stage::Before);
        assert_eq!(Stage::of(false, None), Stage::Over);
        assert_eq!(Stage::of(true, Some(&case())), Stage::Before);
        assert_eq!(Stage::of(true, Some(&sharing(1, 0))), Stage::Sharing);
        assert_eq!(Stage::of(false, Some(&case())), Stage::Over, "the borrower repaid it");
        assert_eq!(Stage::of(false, Some(&case().in_status(CaseStatus::WrittenOff))), Stage::OffBooks);
    }
}
