//! A claim: submitted by the borrower or its loan officer, decided by the fund's manager, paid by another one.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{LoanId, MovementId, OrgId, PolicyId, SubsidyId, SubsidySchemeId, UserId};
use finance::{Money, PremiumClass, Rate};
use serde::{Deserialize, Serialize};

use super::{Granted, Refusal};

/// What is subsidised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// 贴息
    Interest,
    /// 保费补贴
    Premium,
}

impl ClaimKind {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Interest => "interest",
            Self::Premium => "premium",
        }
    }

    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Interest => "贷款贴息",
            Self::Premium => "保费补贴",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Interest, Self::Premium].into_iter().find(|one| one.name() == text)
    }
}

/// How far a claim is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimStatus {
    /// 待审核
    Submitted,
    /// 待拨付
    Approved,
    /// 未通过
    Refused,
    /// 已拨付
    Paid,
    /// 已撤回
    Withdrawn,
}

impl ClaimStatus {
    /// Every one of them.
    pub const ALL: [Self; 5] = [Self::Submitted, Self::Approved, Self::Refused, Self::Paid, Self::Withdrawn];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Paid => "paid",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Submitted => "待审核",
            Self::Approved => "待拨付",
            Self::Refused => "未通过",
            Self::Paid => "已拨付",
            Self::Withdrawn => "已撤回",
        }
    }

    /// The status of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == text)
    }

    /// Whether it holds on to the interest or premium that it is for: nobody else claims that again.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Submitted | Self::Approved | Self::Paid)
    }
}

/// Who takes a step, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// The person.
    pub user: UserId,
    /// The name.
    pub name: String,
    /// The business date.
    pub on: NaiveDate,
    /// The instant.
    pub at: DateTime<Utc>,
}

/// What a claim is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Object {
    /// Interest paid on a loan in a period.
    Interest {
        /// The loan.
        loan_id: LoanId,
        /// Its number.
        loan_number: String,
        /// First day.
        period_from: NaiveDate,
        /// Last day.
        period_to: NaiveDate,
        /// The contract rate a year at which the interest had run; the mean of the payments' where it changed meanwhile.
        contract_rate: Rate,
        /// The part of it that the scheme bears.
        subsidy_rate: Rate,
    },
    /// The premium of a policy.
    Premium {
        /// The policy.
        policy_id: PolicyId,
        /// Its number.
        policy_number: String,
        /// The class that the enterprise was put in.
        class: PremiumClass,
        /// The year of cover, from 1.
        year_of_cover: u32,
        /// The part of the premium that the scheme bears.
        share: Rate,
    },
}

impl Object {
    /// What is subsidised.
    #[must_use]
    pub const fn kind(&self) -> ClaimKind {
        match self {
            Self::Interest { .. } => ClaimKind::Interest,
            Self::Premium { .. } => ClaimKind::Premium,
        }
    }
}

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SubsidyClaim)]
pub struct Claim {
    /// Its id.
    pub id: SubsidyId,
    /// Its number, for people.
    pub number: String,
    /// The scheme.
    pub scheme_id: SubsidySchemeId,
    /// Its name.
    pub scheme_name: String,
    /// The organisation that decides and pays.
    pub fund_id: OrgId,
    /// Who is subsidised.
    pub enterprise_id: OrgId,
    /// The name.
    pub enterprise_name: String,
    /// The bank whose deposits the money is credited to.
    pub bank_id: Option<OrgId>,
    /// Its name.
    pub bank_name: Option<String>,
    /// What it is for.
    #[serde(flatten)]
    pub object: Object,
    /// The calendar year whose caps it counts against.
    pub year: i32,
    /// Interest or premium that was paid.
    pub basis: Money,
    /// What the scheme's rate makes of it.
    pub computed: Money,
    /// What is claimed, within the caps.
    pub amount: Money,
    /// How far it is.
    pub status: ClaimStatus,
    /// Who submitted it.
    pub maker_id: UserId,
    /// The name.
    pub maker: String,
    /// Who decided it.
    pub decided_by_id: Option<UserId>,
    /// The name.
    pub decided_by: Option<String>,
    /// Why it was decided so.
    pub reason: Option<String>,
    /// Who paid it.
    pub paid_by: Option<String>,
    /// The day it was paid.
    pub paid_on: Option<NaiveDate>,
    /// The movement in the fund's book.
    pub payment_id: Option<MovementId>,
    /// The movement in the bank's book.
    pub credit_id: Option<MovementId>,
    /// When it was submitted.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Counts its changes, from 1.
    pub version: i64,
}

fn must_be(claim: &Claim, status: ClaimStatus) -> Result<(), Refusal> {
    if claim.status == status { Ok(()) } else { Err(Refusal::NotInStatus { status: claim.status }) }
}

fn decidable(claim: &Claim, hand: &Hand) -> Result<(), Refusal> {
    must_be(claim, ClaimStatus::Submitted)?;
    if claim.maker_id == hand.user { Err(Refusal::SamePerson) } else { Ok(()) }
}

/// The claim as approved with what is granted now; the class of a premium may have been corrected.
///
/// # Errors
/// [`Refusal::NotInStatus`], [`Refusal::SamePerson`].
pub fn approved(
    claim: Claim,
    object: Object,
    granted: Granted,
    reason: &str,
    hand: &Hand,
) -> Result<Claim, Refusal> {
    decidable(&claim, hand)?;
    Ok(Claim {
        object,
        computed: granted.computed,
        amount: granted.amount,
        ..decided(claim, ClaimStatus::Approved, reason, hand)
    })
}

/// The claim as refused; its interest or premium may be claimed anew.
///
/// # Errors
/// [`Refusal::NotInStatus`], [`Refusal::SamePerson`].
pub fn refused(claim: Claim, reason: &str, hand: &Hand) -> Result<Claim, Refusal> {
    decidable(&claim, hand)?;
    Ok(decided(claim, ClaimStatus::Refused, reason, hand))
}

fn decided(claim: Claim, status: ClaimStatus, reason: &str, hand: &Hand) -> Claim {
    Claim {
        status,
        reason: Some(reason.to_owned()),
        decided_by_id: Some(hand.user),
        decided_by: Some(hand.name.clone()),
        decided_at: Some(hand.at),
        version: claim.version + 1,
        ..claim
    }
}

/// The claim as withdrawn by who submitted it or a colleague.
///
/// # Errors
/// [`Refusal::NotInStatus`] once it is decided.
pub fn withdrawn(claim: Claim) -> Result<Claim, Refusal> {
    must_be(&claim, ClaimStatus::Submitted)?;
    Ok(Claim { status: ClaimStatus::Withdrawn, version: claim.version + 1, ..claim })
}

/// The claim as paid, by another person than decided it.
///
/// # Errors
/// [`Refusal::NotInStatus`], [`Refusal::SamePerson`], [`Refusal::NotFunded`] where the special account holds less.
pub fn paid(claim: Claim, held: Money, hand: &Hand) -> Result<Claim, Refusal> {
    must_be(&claim, ClaimStatus::Approved)?;
    if claim.decided_by_id == Some(hand.user) {
        return Err(Refusal::SamePerson);
    }
    if claim.amount > held {
        return Err(Refusal::NotFunded { held });
    }
    Ok(Claim {
        status: ClaimStatus::Paid,
        paid_by: Some(hand.name.clone()),
        paid_on: Some(hand.on),
        version: claim.version + 1,
        ..claim
    })
}

/// The claim after its payment was undone by the bank: approved, to be paid again.
///
/// # Errors
/// [`Refusal::NotInStatus`]
pub fn paid_back(claim: Claim) -> Result<Claim, Refusal> {
    must_be(&claim, ClaimStatus::Paid)?;
    Ok(Claim {
        status: ClaimStatus::Approved,
        paid_by: None,
        paid_on: None,
        payment_id: None,
        credit_id: None,
        version: claim.version + 1,
        ..claim
    })
}

#[cfg(test)]
#[path = "claim_tests.rs"]
mod tests;
