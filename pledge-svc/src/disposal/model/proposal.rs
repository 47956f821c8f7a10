//! Proposals: whatever moves money or changes the course of a case is asked for by one person and decided by another.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{Actor, CaseId, CompensationId, DisposalProposalId, OrgId, UserId};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Acceleration, Finding, Plan, Realisation, Recovery, Refusal, Sharing, Unanswered, WriteOff,
    claim::Answer, closing::Closing,
};

/// The largest amount of one proposal.
pub const AMOUNT_MAX: Money = Money::from_fen(1_000_000_000_000_000);

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Ask {
    /// 立案
    Opening(Opening),
    /// 提前到期
    Acceleration(Acceleration),
    /// 处置方案
    Plan(Plan),
    /// 处置费用
    Cost(Cost),
    /// 处置价款
    Proceeds(Realisation),
    /// 质押物无变现价值认定
    Finding(Finding),
    /// 损失认定与分担
    Sharing(Sharing),
    /// 登记分担方答复
    Answer(RecordedAnswer),
    /// 登记逾期未答复
    Unanswered(Unanswered),
    /// 核销
    WriteOff(WriteOff),
    /// 追偿所得
    Recovery(Recovery),
    /// 结案
    Closing(Closing),
}

impl Ask {
    /// The name of its kind in JSON and in the database.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Opening(_) => "opening",
            Self::Acceleration(_) => "acceleration",
            Self::Plan(_) => "plan",
            Self::Cost(_) => "cost",
            Self::Proceeds(_) => "proceeds",
            Self::Finding(_) => "finding",
            Self::Sharing(_) => "sharing",
            Self::Answer(_) => "answer",
            Self::Unanswered(_) => "unanswered",
            Self::WriteOff(_) => "write_off",
            Self::Recovery(_) => "recovery",
            Self::Closing(_) => "closing",
        }
    }
}

/// A case that is opened before anything is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CaseOpening)]
pub struct Opening {
    /// Why: misuse of funds, insolvency, a breach of the contract.
    pub reason: String,
}

/// Costs that the bank paid for the borrower's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cost {
    /// How much.
    pub amount: Money,
    /// What for: court, appraiser, auction, counsel.
    pub purpose: String,
    /// Who was paid.
    pub payee: String,
    /// The paper of the payment.
    pub reference: String,
}

/// What an insurer, a pool or another party answered, from its paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordedAnswer {
    /// The claim.
    pub claim_id: CompensationId,
    /// What was answered.
    #[serde(flatten)]
    pub answer: Answer,
}

/// Where a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposalStatus {
    /// 待审批
    Proposed,
    /// 已批准
    Approved,
    /// 已否决
    Refused,
}

impl ProposalStatus {
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
        Self::ALL.into_iter().find(|status| status.name() == text)
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

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: DisposalProposalId,
    /// The case.
    pub case_id: CaseId,
    /// The case's number.
    pub case_number: String,
    /// The bank.
    pub bank_id: OrgId,
    /// The borrower's name.
    pub enterprise_name: String,
    /// What is asked for.
    pub ask: Ask,
    /// What it did: the waterfall, the shares of the loss, the parts of a recovery. Absent until it is approved.
    pub result: Option<serde_json::Value>,
    /// Where it is.
    pub status: ProposalStatus,
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

impl Proposal {
    /// The proposal decided by another person than its maker.
    ///
    /// # Errors
    /// Decided before, or the maker's own.
    pub fn decided(&self, by: &Actor, decision: Decision<'_>, at: DateTime<Utc>) -> Result<Self, Refusal> {
        let (status, reason) = decide((self.status, self.maker_id), by, decision)?;
        Ok(Self { status, approver: Some(by.name.clone()), reason, decided_at: Some(at), ..self.clone() })
    }
}

/// What becomes of something that waits for another person than its maker: its state, and why it was refused.
///
/// # Errors
/// Decided before, or the maker's own.
pub(super) fn decide(
    (status, maker): (ProposalStatus, UserId),
    by: &Actor,
    decision: Decision<'_>,
) -> Result<(ProposalStatus, Option<String>), Refusal> {
    if status != ProposalStatus::Proposed {
        return Err(Refusal::Decided { status });
    }
    if maker == by.user {
        return Err(Refusal::FourEyes);
    }
    Ok(match decision {
        Decision::Approve => (ProposalStatus::Approved, None),
        Decision::Refuse(reason) => (ProposalStatus::Refused, Some(reason.to_owned())),
    })
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Its path in the request.
    pub field: String,
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

impl Flaw {
    /// A flaw in both languages.
    #[must_use]
    pub fn new(field: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { field: field.into(), zh: zh.into(), en: en.into() }
    }
}

/// Everything that is wrong with what is asked for, by itself, on a day.
#[must_use]
pub fn flaws(ask: &Ask, today: NaiveDate) -> Vec<Flaw> {
    let mut found = Vec::new();
    match ask {
        Ask::Opening(opening) => text(&mut found, "reason", &opening.reason, 1_000),
        Ask::Acceleration(asked) => asked.flaws(today, &mut found),
        Ask::Plan(plan) => plan.flaws(today, &mut found),
        Ask::Finding(finding) => finding.flaws(today, &mut found),
        Ask::Cost(cost) => {
            amount(&mut found, "amount", cost.amount);
            text(&mut found, "purpose", &cost.purpose, 200);
            text(&mut found, "payee", &cost.payee, 200);
            text(&mut found, "reference", &cost.reference, 200);
        }
        Ask::Proceeds(sale) => sale.flaws(&mut found),
        Ask::Sharing(sharing) => sharing.flaws(&mut found),
        Ask::Answer(recorded) => {
            let reference = recorded.answer.reference.as_deref().unwrap_or_default();
            text(&mut found, "reference", reference, 200);
            if let Some(reason) = &recorded.answer.reason {
                text(&mut found, "reason", reason, 1_000);
            }
        }
        Ask::Unanswered(asked) => asked.flaws(&mut found),
        Ask::WriteOff(write_off) => write_off.flaws(&mut found),
        Ask::Recovery(recovery) => recovery.flaws(&mut found),
        Ask::Closing(closing) => closing.flaws(&mut found),
    }
    found
}

pub(super) fn amount(found: &mut Vec<Flaw>, field: &str, amount: Money) {
    if !amount.is_positive() || amount > AMOUNT_MAX {
        found.push(Flaw::new(
            field,
            format!("金额须大于零且不超过 {AMOUNT_MAX} 元。"),
            format!("The amount must be positive and at most {AMOUNT_MAX} yuan."),
        ));
    }
}

pub(super) fn text(found: &mut Vec<Flaw>, field: &str, text: &str, chars_max: usize) {
    let sound = (1..=chars_max).contains(&text.trim().chars().count())
        && !text.chars().any(|one| one.is_control() && !matches!(one, '\n' | '\r' | '\t'));
    if !sound {
        found.push(Flaw::new(
            field,
            format!("必填，最多 {chars_max} 个字符。"),
            format!("Required, at most {chars_max} characters."),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposal::model::samples::{day, person, proposal, recovery};

    #[test]
    fn the_maker_never_decides_and_nothing_is_decided_twice() {
        let at = "2026-06-01T03:00:00Z".parse().unwrap();
        let asked = proposal(Ask::Recovery(recovery(1)));
        assert_eq!(asked.decided(&person(1), Decision::Approve, at), Err(Refusal::FourEyes));
        assert_eq!(asked.decided(&person(1), Decision::Refuse("不符"), at), Err(Refusal::FourEyes));
        let refused = asked.decided(&person(2), Decision::Refuse("材料不全"), at).unwrap();
        assert_eq!((refused.status, refused.reason.as_deref()), (ProposalStatus::Refused, Some("材料不全")));
        assert_eq!(
            refused.decided(&person(3), Decision::Approve, at),
            Err(Refusal::Decided { status: ProposalStatus::Refused })
        );
    }

    #[test]
    fn an_answer_that_is_recorded_names_its_paper() {
        let answer = Answer { amount: Money::ZERO, reason: None, reference: None };
        let claim_id = CompensationId::from_uuid(uuid::Uuid::from_u128(1));
        let found = flaws(&Ask::Answer(RecordedAnswer { claim_id, answer }), day("2026-06-01"));
        assert_eq!(found[0].field, "reference");
    }

    #[test]
    fn an_ask_reads_as_the_contract_writes_it() {
        let text = r#"{"kind":"answer","claim_id":"00000000-0000-0000-0000-000000000001","amount":"10.00","reference":"LP-1"}"#;
        let ask: Ask = serde_json::from_str(text).unwrap();
        let Ask::Answer(recorded) = &ask else { panic!("another kind") };
        assert_eq!(recorded.answer.amount, Money::from_fen(1_000));
        assert_eq!(serde_json::from_str::<Ask>(&serde_json::to_string(&ask).unwrap()).unwrap(), ask);
        let cost: Ask = serde_json::from_str(
            r#"{"kind":"cost","amount":"0.00","purpose":"诉讼费","payee":"法院","reference":" "}"#,
        )
        .unwrap();
        let fields: Vec<_> = flaws(&cost, day("2026-06-01")).into_iter().map(|flaw| flaw.field).collect();
        assert_eq!(fields, ["amount", "reference"]);
    }
}
