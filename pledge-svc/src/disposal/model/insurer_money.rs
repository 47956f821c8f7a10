//! What becomes of an insurer's money that waits or settled nothing: one person of the bank asks to give it back or to match it
//! to a claim on the same insurer, another decides.

use chrono::{DateTime, Utc};
use contracts::{Actor, ClaimId, CompensationId, OrgId, UserId};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Claim, Decision, InsurerClaim, ProposalStatus, Refusal, proposal::Flaw};
use crate::fund::Bearer;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = InsurerMoneyAsk)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MoneyAsk {
    /// 退还保险公司
    GiveBack {
        /// How much.
        amount: Money,
        /// Why.
        reason: String,
        /// The paper of the payment back.
        reference: String,
    },
    /// 匹配至代偿申请
    Match {
        /// How much.
        amount: Money,
        /// The bank's claim on the insurer.
        claim_id: CompensationId,
        /// Why.
        reason: String,
    },
}

impl MoneyAsk {
    /// The name of its kind.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::GiveBack { .. } => "give_back",
            Self::Match { .. } => "match",
        }
    }

    /// How much it is about.
    #[must_use]
    pub const fn amount(&self) -> Money {
        match self {
            Self::GiveBack { amount, .. } | Self::Match { amount, .. } => *amount,
        }
    }

    /// Everything that is wrong with it by itself.
    #[must_use]
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut found = Vec::new();
        super::proposal::amount(&mut found, "amount", self.amount());
        match self {
            Self::GiveBack { reason, reference, .. } => {
                super::proposal::text(&mut found, "reason", reason, 500);
                super::proposal::text(&mut found, "reference", reference, 200);
            }
            Self::Match { reason, .. } => super::proposal::text(&mut found, "reason", reason, 500),
        }
        found
    }
}

/// Something asked for an insurer's money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyProposal {
    /// Its id.
    pub id: Uuid,
    /// The insurer's claim whose money it is.
    pub claim_id: ClaimId,
    /// The bank.
    pub bank_id: OrgId,
    /// What.
    pub ask: MoneyAsk,
    /// Where it is.
    pub status: ProposalStatus,
    /// Who asked.
    pub maker_id: UserId,
    /// The maker's name.
    pub maker: String,
    /// Who decided.
    pub approver: Option<String>,
    /// Why it was refused.
    pub refusal_reason: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

impl MoneyProposal {
    /// Decided by another person than its maker.
    ///
    /// # Errors
    /// Decided before, or the maker's own.
    pub fn decided(&self, by: &Actor, decision: Decision<'_>, at: DateTime<Utc>) -> Result<Self, Refusal> {
        let (status, refusal_reason) = super::proposal::decide((self.status, self.maker_id), by, decision)?;
        Ok(Self {
            status,
            approver: Some(by.name.clone()),
            refusal_reason,
            decided_at: Some(at),
            ..self.clone()
        })
    }
}

impl InsurerClaim {
    /// Whether so much of its money is free.
    ///
    /// # Errors
    /// [`Refusal::AboveClaimed`] with what is.
    pub fn frees(&self, amount: Money) -> Result<(), Refusal> {
        let free = self.unsettled();
        if amount > free { Err(Refusal::AboveClaimed { claimed: free, asked: amount }) } else { Ok(()) }
    }

    /// After so much of its money went back to the insurer.
    ///
    /// # Errors
    /// More than waits or settled nothing.
    pub fn gives_back(&self, amount: Money) -> Result<Self, Refusal> {
        self.frees(amount)?;
        let given_back = self.given_back.checked_add(amount)?;
        let after = Self { given_back, version: self.version + 1, ..self.clone() };
        let status = if after.unsettled().is_zero() { after.ended() } else { after.status };
        Ok(Self { status, ..after })
    }
}

/// Whether the bank's claim may take the money: it is on the same insurer, for the loan that the policy guarantees, and what
/// the money paid before was paid on it.
///
/// # Errors
/// [`Refusal::OtherClaim`]
pub fn may_match(row: &InsurerClaim, claim: &Claim, same_loan: bool) -> Result<(), Refusal> {
    let of_insurer = matches!(claim.bearer, Bearer::Insurer | Bearer::Reguarantor)
        && claim.party_id.is_none_or(|party| party == row.insurer_id);
    let paid_before = row.compensation_id.is_none_or(|id| id == claim.id);
    // What of a recovery is its goes to the claims that paid it: what was paid outside the platform has none.
    let traced = claim.policy_id.is_some() || claim.paid.is_zero();
    if same_loan && of_insurer && paid_before && traced {
        Ok(())
    } else {
        Err(Refusal::OtherClaim { number: claim.number.clone() })
    }
}

#[cfg(test)]
mod tests {
    use contracts::PolicyId;

    use super::*;
    use crate::disposal::model::{
        InsurerClaimStatus,
        samples::{claim, day, person, yuan},
    };

    fn paid(amount: i64) -> InsurerClaim {
        let id = |number| Uuid::from_u128(number);
        let row = InsurerClaim::heard(
            ClaimId::from_uuid(id(1)),
            PolicyId::from_uuid(id(7)),
            OrgId::from_uuid(id(60)),
            day("2026-06-01"),
        );
        let paid = row.with_payment(yuan(amount), day("2026-06-10")).unwrap();
        InsurerClaim { status: InsurerClaimStatus::Unmatched, ..paid }
    }

    #[test]
    fn money_goes_back_once_and_never_more_than_is_free() {
        let part = paid(100).gives_back(yuan(40)).unwrap();
        assert_eq!((part.unsettled(), part.status), (yuan(60), InsurerClaimStatus::Unmatched));
        assert!(matches!(part.gives_back(yuan(61)), Err(Refusal::AboveClaimed { .. })));
        let all = part.gives_back(yuan(60)).unwrap();
        assert_eq!((all.unsettled(), all.status), (Money::ZERO, InsurerClaimStatus::GivenBack));
        let used = InsurerClaim { applied: yuan(30), ..paid(100) }.gives_back(yuan(70)).unwrap();
        assert_eq!(used.status, InsurerClaimStatus::Settled, "a part of it paid the loan");
    }

    #[test]
    fn money_is_matched_to_a_claim_on_its_own_insurer_for_its_own_loan_alone() {
        let row = paid(100);
        let own = Claim { party_id: Some(row.insurer_id), ..claim(1, Bearer::Insurer, 100) };
        assert!(may_match(&row, &own, true).is_ok());
        assert!(may_match(&row, &own, false).is_err(), "another loan");
        let other = Claim { party_id: Some(OrgId::from_uuid(Uuid::from_u128(61))), ..own.clone() };
        assert!(may_match(&row, &other, true).is_err(), "another insurer");
        assert!(may_match(&row, &claim(1, Bearer::Fund, 100), true).is_err(), "a fund");
        let used = InsurerClaim { compensation_id: Some(claim(2, Bearer::Insurer, 1).id), ..row };
        assert!(may_match(&used, &own, true).is_err(), "it paid another claim before");
    }

    #[test]
    fn the_maker_never_decides() {
        let ask =
            MoneyAsk::GiveBack { amount: yuan(1), reason: "重复赔付".into(), reference: "R1".into() };
        assert!(ask.flaws().is_empty());
        let asked = MoneyProposal {
            id: Uuid::from_u128(1),
            claim_id: paid(1).claim_id,
            bank_id: OrgId::from_uuid(Uuid::from_u128(10)),
            ask,
            status: ProposalStatus::Proposed,
            maker_id: person(1).user,
            maker: "甲".into(),
            approver: None,
            refusal_reason: None,
            created_at: "2026-06-01T03:00:00Z".parse().unwrap(),
            decided_at: None,
        };
        let at = asked.created_at;
        assert_eq!(asked.decided(&person(1), Decision::Approve, at), Err(Refusal::FourEyes));
        let done = asked.decided(&person(2), Decision::Approve, at).unwrap();
        assert!(matches!(done.decided(&person(3), Decision::Refuse("迟"), at), Err(Refusal::Decided { .. })));
    }
}
