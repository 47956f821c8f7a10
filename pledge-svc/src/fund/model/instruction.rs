//! Instructions: whatever changes a fund is asked for by one person of it and decided by another.

use chrono::{DateTime, Utc};
use contracts::{Actor, FacilityId, FundAgreementId, FundId, FundInstructionId, OrgId, UserId};
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AgreementTerms, Refusal};

/// The largest amount of one instruction.
pub const AMOUNT_MAX: Money = Money::from_fen(1_000_000_000_000_000);
/// The largest leverage that may be agreed, in basis points: a hundred times.
const LEVERAGE_MAX_BASIS_POINTS: i64 = 1_000_000;
/// The longest text, in characters.
const TEXT_CHARS_MAX: usize = 500;
/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 100;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Order {
    /// 开立基金账户
    Open(Opening),
    /// 资本金到账
    Capital(Contribution),
    /// 资金补充
    Replenishment(Contribution),
    /// 签订合作协议
    Agreement(NewAgreement),
    /// 变更协议
    Amendment(Amendment),
    /// 终止协议
    End(OnAgreement),
    /// 解除熔断
    Release(OnAgreement),
}

impl Order {
    /// The name of its kind in JSON and in the database.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Capital(_) => "capital",
            Self::Replenishment(_) => "replenishment",
            Self::Agreement(_) => "agreement",
            Self::Amendment(_) => "amendment",
            Self::End(_) => "end",
            Self::Release(_) => "release",
        }
    }

    /// The agreement it is about, where there is one already.
    #[must_use]
    pub const fn agreement(&self) -> Option<FundAgreementId> {
        match self {
            Self::Amendment(amendment) => Some(amendment.agreement_id),
            Self::End(on) | Self::Release(on) => Some(on.agreement_id),
            _ => None,
        }
    }
}

/// The fund's name and who set it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FundOpening)]
pub struct Opening {
    /// Its name.
    pub name: String,
    /// Who set it up: province, city, park.
    pub sponsor: String,
}

/// Money paid in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FundContribution)]
pub struct Contribution {
    /// How much.
    pub amount: Money,
    /// Who paid.
    pub payer: String,
    /// The number of the payment's paper.
    pub reference: String,
}

/// An agreement with a bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewAgreement {
    /// The (lead) bank.
    pub bank_id: OrgId,
    /// Its registered name; filled in where it is not given.
    #[serde(default)]
    pub bank_name: String,
    /// The one facility covered; without one, all of the bank's that name the fund.
    #[serde(default)]
    pub facility_id: Option<FacilityId>,
    /// What is agreed.
    #[serde(flatten)]
    pub terms: AgreementTerms,
}

/// Other terms for an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Amendment {
    /// The agreement.
    pub agreement_id: FundAgreementId,
    /// What is agreed from now on.
    #[serde(flatten)]
    pub terms: AgreementTerms,
    /// Why.
    pub reason: String,
}

/// An act on an agreement that needs only its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OnAgreement {
    /// The agreement.
    pub agreement_id: FundAgreementId,
    /// Why.
    pub reason: String,
}

/// Where an instruction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(as = FundInstructionStatus)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 待复核
    Proposed,
    /// 已批准
    Approved,
    /// 已否决
    Refused,
}

impl Outcome {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Proposed, Self::Approved, Self::Refused];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == text)
    }
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision<'a> {
    /// Done as asked.
    Approve,
    /// Not done, for a reason.
    Refuse(&'a str),
}

/// An instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// Its id.
    pub id: FundInstructionId,
    /// The fund.
    pub fund_id: FundId,
    /// What is asked for.
    pub order: Order,
    /// Where it is.
    pub status: Outcome,
    /// Who asked.
    pub maker_id: UserId,
    /// The maker's name.
    pub maker: String,
    /// Who decided.
    pub approver: Option<String>,
    /// Why it was refused.
    pub reason: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

impl Instruction {
    /// The instruction decided by another person than its maker.
    ///
    /// # Errors
    /// Decided before, or the maker's own.
    pub fn decided(&self, by: &Actor, decision: Decision<'_>, at: DateTime<Utc>) -> Result<Self, Refusal> {
        if self.status != Outcome::Proposed {
            return Err(Refusal::Decided { status: self.status });
        }
        if self.maker_id == by.user {
            return Err(Refusal::FourEyes);
        }
        let (status, reason) = match decision {
            Decision::Approve => (Outcome::Approved, None),
            Decision::Refuse(reason) => (Outcome::Refused, Some(reason.to_owned())),
        };
        Ok(Self { status, approver: Some(by.name.clone()), reason, decided_at: Some(at), ..self.clone() })
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Its name in the request.
    pub field: &'static str,
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

/// Everything that is wrong with what is asked for, by itself.
#[must_use]
pub fn flaws(order: &Order) -> Vec<Flaw> {
    let mut found = Vec::new();
    match order {
        Order::Open(opening) => {
            text(&mut found, "name", &opening.name, NAME_CHARS_MAX);
            text(&mut found, "sponsor", &opening.sponsor, NAME_CHARS_MAX);
        }
        Order::Capital(paid) | Order::Replenishment(paid) => {
            amount(&mut found, "amount", paid.amount);
            text(&mut found, "payer", &paid.payer, NAME_CHARS_MAX);
            text(&mut found, "reference", &paid.reference, NAME_CHARS_MAX);
        }
        Order::Agreement(new) => {
            text(&mut found, "bank_name", &new.bank_name, NAME_CHARS_MAX);
            terms(&mut found, &new.terms);
        }
        Order::Amendment(amendment) => {
            text(&mut found, "reason", &amendment.reason, TEXT_CHARS_MAX);
            terms(&mut found, &amendment.terms);
        }
        Order::End(on) | Order::Release(on) => text(&mut found, "reason", &on.reason, TEXT_CHARS_MAX),
    }
    found
}

fn terms(found: &mut Vec<Flaw>, terms: &AgreementTerms) {
    amount(found, "commitment", terms.commitment);
    for (field, cap) in [("cap_per_claim", terms.cap_per_claim), ("cap_per_year", terms.cap_per_year)] {
        if let Some(cap) = cap {
            amount(found, field, cap);
        }
    }
    let mut require = |holds: bool, field, zh: &str, en: &str| {
        if !holds {
            found.push(Flaw { field, zh: zh.to_owned(), en: en.to_owned() });
        }
    };
    require(
        !terms.deductible.is_negative() && terms.deductible <= AMOUNT_MAX,
        "deductible",
        "免赔额不得为负。",
        "The deductible may not be negative.",
    );
    require(
        terms.leverage_max >= Rate::ONE
            && terms.leverage_max <= Rate::from_basis_points(LEVERAGE_MAX_BASIS_POINTS),
        "leverage_max",
        "放大倍数须为 1 至 100。",
        "The leverage must be 1 to 100.",
    );
    require(
        terms.share_max.is_share() && terms.share_max > Rate::ZERO,
        "share_max",
        "分担比例须大于 0、不超过 100%。",
        "The share must be above 0 and at most 100 %.",
    );
    require(
        terms.threshold.is_share() && terms.threshold > Rate::ZERO,
        "threshold",
        "熔断线须大于 0、不超过 100%。",
        "The threshold must be above 0 and at most 100 %.",
    );
    require(
        terms.starts_on <= terms.ends_on,
        "ends_on",
        "到期日不得早于起始日。",
        "The last day may not lie before the first.",
    );
}

fn amount(found: &mut Vec<Flaw>, field: &'static str, amount: Money) {
    if !amount.is_positive() || amount > AMOUNT_MAX {
        found.push(Flaw {
            field,
            zh: format!("金额须大于零且不超过 {AMOUNT_MAX} 元。"),
            en: format!("The amount must be positive and at most {AMOUNT_MAX} yuan."),
        });
    }
}

fn text(found: &mut Vec<Flaw>, field: &'static str, text: &str, chars_max: usize) {
    let sound = (1..=chars_max).contains(&text.trim().chars().count())
        && !text.chars().any(|one| one.is_control() && !matches!(one, '\n' | '\r' | '\t'));
    if !sound {
        found.push(Flaw {
            field,
            zh: format!("必填，最多 {chars_max} 个字符。"),
            en: format!("Required, at most {chars_max} characters."),
        });
    }
}

#[cfg(test)]
#[path = "instruction_tests.rs"]
mod tests;
