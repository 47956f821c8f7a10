//! A claim that nobody answers: once the time for an answer has run out, two people of the bank record that its party is
//! silent or disputes it, and the case goes on. The debt stays: what the party pays afterwards is taken
//! ([`super::insurer`], [`super::late`]), and the claim falls with the loss until then.

use chrono::{Days, NaiveDate};
use contracts::CompensationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Claim, ClaimStatus, Refusal, proposal::Flaw};
use crate::fund::Bearer;

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

/// The claim once it is recorded so. `maker` asks for it; who approves is written by the act.
///
/// # Errors
/// A fund answers itself; the claim has an answer; its party still has time.
pub fn unanswered(
    claim: &Claim,
    asked: &Unanswered,
    wait_days: u32,
    on: NaiveDate,
) -> Result<Claim, Refusal> {
    if claim.bearer == Bearer::Fund {
        return Err(Refusal::FundAnswersItself);
    }
    if claim.status != ClaimStatus::Claimed {
        return Err(Refusal::ClaimNotInStatus { status: claim.status });
    }
    let until = claim.claimed_on.checked_add_days(Days::new(u64::from(wait_days))).unwrap_or(NaiveDate::MAX);
    if on <= until {
        return Err(Refusal::AnswerStillDue { name: claim.party.clone(), until });
    }
    Ok(Claim {
        status: ClaimStatus::Unanswered,
        reason: Some(asked.reason.trim().to_owned()),
        decided_on: Some(on),
        version: claim.version + 1,
        ..claim.clone()
    })
}

#[cfg(test)]
mod tests {
    use finance::Money;

    use super::*;
    use crate::disposal::model::{
        claim::{Answer, all_decided},
        samples::{claim, day, paid_claim, person, yuan},
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
    fn a_fund_and_whoever_has_answered_are_not_recorded_as_silent() {
        let late = day("2030-01-01");
        let fund = claim(1, Bearer::Fund, 100);
        assert_eq!(unanswered(&fund, &asked(&fund), 60, late), Err(Refusal::FundAnswersItself));
        let paid = paid_claim(1, Bearer::Insurer, 100);
        assert!(matches!(unanswered(&paid, &asked(&paid), 60, late), Err(Refusal::ClaimNotInStatus { .. })));
    }
}
