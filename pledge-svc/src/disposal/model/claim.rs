//! The bank's claim on whoever shares the loss, and the answer. A fund answers itself, two people of it, and an insurer by
//! what it pays under its policy ([`super::insurer`]); what a party outside the platform answers is recorded by one person
//! of the bank and confirmed by another, from its paper.

use chrono::NaiveDate;
use contracts::{Actor, CaseId, CompensationId, FundAgreementId, OrgId, PolicyId, UserId};
use finance::{Contribution, Money, share_recovery};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Case, CaseMoney, CaseStatus, ClaimStatus, Refusal};
use crate::fund::Bearer;

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its id.
    pub id: CompensationId,
    /// Its number, for people.
    pub number: String,
    /// The case.
    pub case_id: CaseId,
    /// The case's number.
    pub case_number: String,
    /// The bank that claims.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The borrower's name.
    pub enterprise_name: String,
    /// What the other side is.
    pub bearer: Bearer,
    /// Its organisation.
    pub party_id: Option<OrgId>,
    /// Its name.
    pub party: String,
    /// The fund's agreement behind it.
    pub agreement_id: Option<FundAgreementId>,
    /// The insurer's policy behind it: then the insurer answers by what its own claims pay.
    pub policy_id: Option<PolicyId>,
    /// What is claimed.
    pub amount: Money,
    /// Where it is.
    pub status: ClaimStatus,
    /// What the answer grants; nothing where it declines.
    pub granted: Option<Money>,
    /// Why less than claimed.
    pub reason: Option<String>,
    /// The paper of the answer.
    pub reference: Option<String>,
    /// Who answered.
    pub answered_by_id: Option<UserId>,
    /// The name.
    pub answered_by: Option<String>,
    /// Who confirmed the answer.
    pub decided_by: Option<String>,
    /// Paid.
    pub paid: Money,
    /// Of it, handed back from recoveries.
    pub returned: Money,
    /// What it fell by while it waited, because recoveries met a part of the loss meanwhile.
    pub eased: Money,
    /// The day it was claimed.
    pub claimed_on: NaiveDate,
    /// The day it was decided.
    pub decided_on: Option<NaiveDate>,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CompensationAnswer)]
pub struct Answer {
    /// What is granted; zero declines.
    pub amount: Money,
    /// Why less than claimed; required then.
    #[serde(default)]
    pub reason: Option<String>,
    /// The number of the paper that says so.
    #[serde(default)]
    pub reference: Option<String>,
}

impl Claim {
    /// The claim with an answer that another person must confirm. Who was recorded as silent may answer after all.
    ///
    /// # Errors
    /// Not waiting for one, more than claimed, or less without a reason.
    pub fn answered(&self, by: &Actor, answer: &Answer) -> Result<Self, Refusal> {
        if !matches!(self.status, ClaimStatus::Claimed | ClaimStatus::Unanswered) {
            return Err(Refusal::ClaimNotInStatus { status: self.status });
        }
        if answer.amount > self.amount || answer.amount.is_negative() {
            return Err(Refusal::AboveClaimed { claimed: self.amount, asked: answer.amount });
        }
        let reason = answer.reason.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if answer.amount < self.amount && reason.is_none() {
            return Err(Refusal::ReasonMissing);
        }
        let reference = answer.reference.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Ok(Self {
            status: ClaimStatus::Answered,
            granted: Some(answer.amount),
            reason: reason.map(str::to_owned),
            reference: reference.map(str::to_owned),
            answered_by_id: Some(by.user),
            answered_by: Some(by.name.clone()),
            version: self.version + 1,
            ..self.clone()
        })
    }

    /// The claim once another person has confirmed the answer: paid, or declined where nothing is granted.
    ///
    /// # Errors
    /// Not answered, or by who answered.
    pub fn confirmed(&self, by: &Actor, on: NaiveDate) -> Result<Self, Refusal> {
        let granted = self.to_confirm(by)?;
        let status = if granted.is_zero() { ClaimStatus::Declined } else { ClaimStatus::Paid };
        Ok(Self {
            status,
            paid: granted,
            decided_by: Some(by.name.clone()),
            decided_on: Some(on),
            version: self.version + 1,
            ..self.clone()
        })
    }

    /// The claim after another person sent the answer back: it waits for a new one, or is as unanswered as it was before.
    ///
    /// # Errors
    /// Not answered, or by who answered.
    pub fn sent_back(&self, by: &Actor) -> Result<Self, Refusal> {
        self.to_confirm(by)?;
        Ok(Self {
            status: self.without_its_answer(),
            granted: None,
            reason: None,
            reference: None,
            answered_by_id: None,
            answered_by: None,
            version: self.version + 1,
            ..self.clone()
        })
    }

    /// Whether two people have recorded that no answer came, even if one has come since that another person must confirm.
    #[must_use]
    pub const fn recorded_unanswered(&self) -> bool {
        match self.status {
            ClaimStatus::Unanswered => true,
            ClaimStatus::Answered => self.decided_on.is_some(),
            _ => false,
        }
    }

    /// Whether its case waits for it. An answer that comes after it was recorded as unanswered holds nothing up.
    #[must_use]
    pub const fn holds_up(&self) -> bool {
        self.status.is_open() && !self.recorded_unanswered()
    }

    const fn without_its_answer(&self) -> ClaimStatus {
        if self.recorded_unanswered() { ClaimStatus::Unanswered } else { ClaimStatus::Claimed }
    }

    /// The claim that waits, once less is lost: claimed anew for what is left, or withdrawn where nothing is. An answer
    /// to the higher figure falls away.
    ///
    /// # Errors
    /// Decided already, or more than before.
    pub fn lowered(&self, to: Money, on: NaiveDate) -> Result<Self, Refusal> {
        if !self.status.is_live() {
            return Err(Refusal::ClaimNotInStatus { status: self.status });
        }
        if to > self.amount || to.is_negative() {
            return Err(Refusal::AboveClaimed { claimed: self.amount, asked: to });
        }
        let left = to.is_positive();
        if left && self.status == ClaimStatus::Unanswered {
            return Ok(Self { amount: to, version: self.version + 1, ..self.clone() });
        }
        Ok(Self {
            status: if left { self.without_its_answer() } else { ClaimStatus::Withdrawn },
            // What was claimed stays to be read on a claim that is withdrawn.
            amount: if left { to } else { self.amount },
            granted: None,
            reason: None,
            reference: None,
            answered_by_id: None,
            answered_by: None,
            decided_on: if left { self.decided_on } else { Some(on) },
            version: self.version + 1,
            ..self.clone()
        })
    }

    /// The claim that waits, once a recovery has met a part of what is claimed.
    ///
    /// # Errors
    /// Decided already, or more than is claimed.
    pub fn eased_by(&self, amount: Money, on: NaiveDate) -> Result<Self, Refusal> {
        let eased = self.eased.checked_add(amount)?;
        Ok(Self { eased, ..self.lowered(self.amount.checked_sub(amount)?, on)? })
    }

    /// Of what the claim fell by while it waited, the part that is its party's: by the part of the claim that was granted,
    /// rounded down. The rest is the bank's, which bears what was not granted.
    #[must_use]
    pub fn met(&self) -> Money {
        let whole = i128::from(self.eased.fen()) * i128::from(self.paid.fen());
        let part = whole.checked_div(i128::from(self.amount.fen())).unwrap_or(0);
        i64::try_from(part).map_or(Money::ZERO, Money::from_fen)
    }

    fn to_confirm(&self, by: &Actor) -> Result<Money, Refusal> {
        match (self.status, self.granted) {
            (ClaimStatus::Answered, Some(_)) if self.answered_by_id == Some(by.user) => {
                Err(Refusal::FourEyes)
            }
            (ClaimStatus::Answered, Some(granted)) => Ok(granted),
            _ => Err(Refusal::ClaimNotInStatus { status: self.status }),
        }
    }

    /// What it paid and got back, as the sharing of a recovery takes it. What recoveries met before it paid counts as paid
    /// and got back: it stands as if it had paid at once.
    ///
    /// # Errors
    /// A sum beyond the range of amounts.
    pub fn contribution(&self) -> Result<Contribution, Refusal> {
        let met = self.met();
        Ok(Contribution { paid: self.paid.checked_add(met)?, returned: self.returned.checked_add(met)? })
    }

    /// The claim after a part of a recovery was handed back.
    ///
    /// # Errors
    /// More than it paid.
    pub fn handed_back(&self, amount: Money) -> Result<Self, Refusal> {
        let returned = self.returned.checked_add(amount)?;
        if returned > self.paid {
            return Err(Refusal::AboveClaimed { claimed: self.paid, asked: returned });
        }
        Ok(Self { returned, version: self.version + 1, ..self.clone() })
    }
}

/// By how much each claim that waits falls once the bank has back `back` of the `lacks` that it bears for itself and for
/// those who have not answered: in proportion, to the fen, and so that never more is claimed than is still lacking.
///
/// # Errors
/// A sum beyond the range of amounts.
pub fn falls(claims: &[Claim], lacks: Money, back: Money) -> Result<Vec<(&Claim, Money)>, Refusal> {
    let open: Vec<&Claim> = claims.iter().filter(|claim| claim.status.is_live()).collect();
    let waiting = Money::total(open.iter().map(|claim| claim.amount))?;
    let bears = |paid: Money| Contribution { paid, returned: Money::ZERO };
    let mut bearers: Vec<Contribution> = open.iter().map(|claim| bears(claim.amount)).collect();
    bearers.push(bears(lacks.saturating_sub(waiting)));
    let falls_by = back.checked_add(waiting.saturating_sub(lacks))?;
    let shared = share_recovery(falls_by, Money::ZERO, &bearers)?;
    Ok(open.into_iter().zip(shared.parts).filter(|(_, part)| part.is_positive()).collect())
}

/// The case after compensation was received.
///
/// # Errors
/// Not sharing its loss, or more than the bank still lacks of it: one who had declined may have paid after all meanwhile.
pub fn compensated(case: &Case, amount: Money) -> Result<Case, Refusal> {
    case.require(&[CaseStatus::Sharing])?;
    let lacks = case.money.own_loss().saturating_sub(case.money.own_back);
    if amount > lacks {
        return Err(Refusal::AboveClaimed { claimed: lacks, asked: amount });
    }
    let compensated = case.money.compensated.checked_add(amount)?;
    Ok(case.with_money(CaseMoney { compensated, ..case.money }))
}

/// No claim of the case waits for a decision.
///
/// # Errors
/// [`Refusal::ClaimsOpen`]
pub fn all_decided(claims: &[Claim]) -> Result<(), Refusal> {
    let open = claims.iter().filter(|claim| claim.holds_up()).count();
    if open == 0 { Ok(()) } else { Err(Refusal::ClaimsOpen { open }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposal::model::samples::{case, claim, day, person, yuan};

    fn answer(amount: i64, reason: Option<&str>) -> Answer {
        Answer { amount: yuan(amount), reason: reason.map(str::to_owned), reference: None }
    }

    #[test]
    fn two_people_pay_a_claim_and_the_one_who_answered_never_confirms() {
        let on = day("2026-06-01");
        let claimed = claim(1, Bearer::Fund, 1_000);
        assert!(claimed.confirmed(&person(2), on).is_err(), "nothing was answered yet");
        let answered = claimed.answered(&person(1), &answer(1_000, None)).unwrap();
        assert_eq!(answered.confirmed(&person(1), on), Err(Refusal::FourEyes));
        assert_eq!(answered.sent_back(&person(1)), Err(Refusal::FourEyes));
        let paid = answered.confirmed(&person(2), on).unwrap();
        assert_eq!((paid.status, paid.paid, paid.version), (ClaimStatus::Paid, yuan(1_000), 3));
        assert!(paid.confirmed(&person(2), on).is_err(), "a claim is paid once");
        assert!(paid.answered(&person(1), &answer(1, None)).is_err());
    }

    #[test]
    fn less_than_claimed_needs_a_reason_and_more_is_refused() {
        let claimed = claim(1, Bearer::Fund, 1_000);
        assert_eq!(claimed.answered(&person(1), &answer(999, Some(" "))), Err(Refusal::ReasonMissing));
        assert!(claimed.answered(&person(1), &answer(999, Some("材料不全"))).is_ok());
        assert!(matches!(
            claimed.answered(&person(1), &answer(1_001, None)),
            Err(Refusal::AboveClaimed { .. })
        ));
        let declined = claimed
            .answered(&person(1), &answer(0, Some("不在覆盖范围")))
            .unwrap()
            .confirmed(&person(2), day("2026-06-01"))
            .unwrap();
        assert_eq!((declined.status, declined.paid), (ClaimStatus::Declined, Money::ZERO));
    }

    #[test]
    fn an_answer_that_is_sent_back_waits_for_a_new_one() {
        let answered = claim(1, Bearer::Fund, 10).answered(&person(1), &answer(10, None)).unwrap();
        let again = answered.sent_back(&person(2)).unwrap();
        assert_eq!((again.status, again.granted), (ClaimStatus::Claimed, None));
        assert!(again.answered(&person(2), &answer(10, None)).is_ok());
    }

    #[test]
    fn a_claim_that_waits_falls_with_the_loss_and_its_answer_with_it() {
        let on = day("2026-06-01");
        let answered = claim(1, Bearer::Fund, 10).answered(&person(1), &answer(10, None)).unwrap();
        let less = answered.lowered(yuan(4), on).unwrap();
        assert_eq!((less.status, less.amount, less.granted), (ClaimStatus::Claimed, yuan(4), None));
        assert!(less.answered_by_id.is_none() && less.decided_on.is_none());
        let gone = answered.lowered(Money::ZERO, on).unwrap();
        assert_eq!((gone.status, gone.decided_on), (ClaimStatus::Withdrawn, Some(on)));
        assert!(!gone.status.is_open());
        assert!(answered.lowered(yuan(11), on).is_err());
        assert!(
            crate::disposal::model::samples::paid_claim(1, Bearer::Fund, 5).lowered(yuan(1), on).is_err()
        );
    }

    #[test]
    fn compensation_never_exceeds_the_loss() {
        let money = CaseMoney { loss: yuan(100), ..CaseMoney::default() };
        let sharing = Case { money, ..case().in_status(CaseStatus::Sharing) };
        let after = compensated(&sharing, yuan(60)).unwrap();
        assert_eq!(after.money.own_loss(), yuan(40));
        assert!(compensated(&after, yuan(41)).is_err());
        assert!(compensated(&case(), yuan(1)).is_err());
        let found = after.with_money(CaseMoney { own_back: yuan(30), ..after.money });
        let refused = compensated(&found, yuan(11));
        assert_eq!(
            refused,
            Err(Refusal::AboveClaimed { claimed: yuan(10), asked: yuan(11) }),
            "nor what is back"
        );
    }
}
