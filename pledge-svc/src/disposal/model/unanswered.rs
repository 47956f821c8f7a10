//! A claim that nobody answers: once the time for an answer has run out, two people of the bank record that its party is
//! silent or disputes it, and the case goes on: an insurer, a fund, or who is outside the platform. The debt stays: what the
//! party pays afterwards is taken ([`super::insurer`], [`super::late`]), what a fund has set aside for it stays set aside,
//! and the claim falls with the loss until then.

use chrono::{Days, NaiveDate};
use contracts::CompensationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Claim, ClaimStatus, Refusal, proposal::Flaw};
/// Why a claim has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(as = UnansweredGround)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// 未答复
    Silent,
    /// 有争议
    Disputed,
}

/// A claim is to be recorded as unanswered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Unanswered {
    /// The claim.
    pub claim_id: CompensationId,
    /// Silence or a dispute.
    pub ground: Ground,
    /// What was done to get an answer, or what is disputed.
    pub reason: String,
}

impl Unanswered {
    /// Everything that is wrong with it by itself.
    pub(super) fn flaws(&self, found: &mut Vec<Flaw>) {
        super::proposal::text(found, "reason", &self.reason, 1_000);
    }
}

/// The claim once it is recorded so; who asked and who approved is written by the act. An answer of a fund that no second
/// person of it has confirmed is none, and falls away.
///
/// # Errors
/// The claim has an answer, or is recorded so already; its party still has time.
pub fn unanswered(
    claim: &Claim,
    asked: &Unanswered,
    wait_days: u32,
    on: NaiveDate,
) -> Result<Claim, Refusal> {
    if !claim.holds_up() {
        return Err(Refusal::ClaimNotInStatus { status: claim.status });
    }
    let until = claim.claimed_on.checked_add_days(Days::new(u64::from(wait_days))).unwrap_or(NaiveDate::MAX);
    if on <= until {
        return Err(Refusal::AnswerStillDue { name: claim.party.clone(), until });
    }
    Ok(Claim {
        status: ClaimStatus::Unanswered,
        granted: None,
        reason: Some(asked.reason.trim().to_owned()),
        reference: None,
        answered_by_id: None,
        decided_on: Some(on),
        version: claim.version + 1,
        ..claim.clone()
    })
}

#[cfg(test)]
mod tests {
    use finance::Money;

    use super::*;
    use crate::{
        disposal::model::{
            claim::{Answer, all_decided},
            samples::{claim, day, paid_claim, person, yuan},
        },
        fund::Bearer,
    };

    fn asked(claim: &Claim) -> Unanswered {
        Unanswered { claim_id: claim.id, ground: Ground::Silent, reason: " 两次书面催告未复 ".into() }
    }

    #[test]
    fn a_claim_is_unanswered_only_once_its_time_has_run_out_and_blocks_nothing_any_more() {
        let waits = claim(1, Bearer::Insurer, 100);
        let last = waits.claimed_on + Days::new(60);
        assert_eq!(
            unanswered(&waits, &asked(&waits), 60, last),
            Err(Refusal::AnswerStillDue { name: waits.party.clone(), until: last })
        );
        let recorded = unanswered(&waits, &asked(&waits), 60, last + Days::new(1)).unwrap();
        assert_eq!(
            (recorded.status, recorded.reason.as_deref(), recorded.paid),
            (ClaimStatus::Unanswered, Some("两次书面催告未复"), Money::ZERO)
        );
        assert!(all_decided(std::slice::from_ref(&recorded)).is_ok());
        assert!(all_decided(std::slice::from_ref(&waits)).is_err());
        assert!(unanswered(&recorded, &asked(&recorded), 60, day("2030-01-01")).is_err(), "once");
    }

    #[test]
    fn an_unanswered_claim_falls_with_the_loss_and_stays_what_it_is() {
        let one = Claim { status: ClaimStatus::Unanswered, ..claim(1, Bearer::Insurer, 100) };
        let less = one.lowered(yuan(40), day("2026-06-01")).unwrap();
        assert_eq!((less.status, less.amount), (ClaimStatus::Unanswered, yuan(40)));
        let gone = one.lowered(Money::ZERO, day("2026-06-01")).unwrap();
        assert_eq!(gone.status, ClaimStatus::Withdrawn);
    }

    #[test]
    fn who_was_silent_may_answer_after_all() {
        let silent = Claim { status: ClaimStatus::Unanswered, ..claim(1, Bearer::Appraiser, 100) };
        let by = person(7);
        let answer = |amount: i64, reason: Option<&str>| Answer {
            amount: yuan(amount),
            reason: reason.map(str::to_owned),
            reference: Some("函 1 号".to_owned()),
        };
        let paid = silent
            .answered(&by, &answer(100, None))
            .unwrap()
            .confirmed(&person(8), day("2026-09-01"))
            .unwrap();
        assert_eq!((paid.status, paid.paid), (ClaimStatus::Paid, yuan(100)));
        assert_eq!(silent.answered(&by, &answer(40, None)), Err(Refusal::ReasonMissing), "less says why");
        let none = silent.answered(&by, &answer(0, Some("不承担责任"))).unwrap();
        let none = none.confirmed(&person(8), day("2026-09-01")).unwrap();
        assert_eq!((none.status, none.paid), (ClaimStatus::Declined, Money::ZERO));
    }

    #[test]
    fn whoever_has_answered_is_not_recorded_as_silent_and_an_answer_of_one_person_of_a_fund_is_none() {
        let late = day("2030-01-01");
        for bearer in [Bearer::Insurer, Bearer::Fund] {
            let paid = paid_claim(1, bearer, 100);
            let refused = unanswered(&paid, &asked(&paid), 60, late);
            assert!(matches!(refused, Err(Refusal::ClaimNotInStatus { .. })));
        }
        let answer = Answer { amount: yuan(100), reason: None, reference: Some("函 2 号".into()) };
        let half = claim(1, Bearer::Fund, 100).answered(&person(1), &answer).unwrap();
        let silent = unanswered(&half, &asked(&half), 60, late).unwrap();
        assert_eq!(
            (silent.status, silent.granted, &silent.reference),
            (ClaimStatus::Unanswered, None, &None)
        );
        assert!(silent.confirmed(&person(2), late).is_err(), "the answer has fallen away");
    }

    #[test]
    fn an_answer_that_comes_after_the_record_holds_nothing_up_and_is_none_again_once_sent_back() {
        let on = day("2026-06-01");
        let silent =
            Claim { status: ClaimStatus::Unanswered, decided_on: Some(on), ..claim(1, Bearer::Fund, 100) };
        let answer = Answer { amount: yuan(100), reason: None, reference: None };
        let late = silent.answered(&person(1), &answer).unwrap();
        assert!(all_decided(std::slice::from_ref(&late)).is_ok());
        assert!(unanswered(&late, &asked(&late), 60, day("2030-01-01")).is_err(), "recorded already");
        assert_eq!(late.sent_back(&person(2)).unwrap().status, ClaimStatus::Unanswered);
        let less = late.lowered(yuan(40), day("2026-07-01")).unwrap();
        assert_eq!((less.status, less.granted, less.decided_on), (ClaimStatus::Unanswered, None, Some(on)));
    }
}
