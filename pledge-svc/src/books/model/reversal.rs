//! Reversing a movement (冲正): one person of operations proposes it with a reason, another confirms it. Only what no
//! other subject keeps rows of is reversed in the ledger; a payment, a provision, a fund's capital is undone where its
//! rows are, or the books would no longer agree with them.

use chrono::{DateTime, Utc};
use contracts::{MovementId, OrgId, ReversalId, UserId};
use ledger::PostedMovement;
use serde::{Deserialize, Serialize};

use crate::books::accounts;

/// How far a reversal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReversalStatus {
    /// 待复核
    Proposed,
    /// 已冲正
    Confirmed,
    /// 已退回
    Rejected,
}

impl ReversalStatus {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
        }
    }

    /// The status of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Proposed, Self::Confirmed, Self::Rejected].into_iter().find(|one| one.name() == text)
    }

    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Proposed => "待复核",
            Self::Confirmed => "已冲正",
            Self::Rejected => "已退回",
        }
    }
}

/// A reversal and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reversal {
    /// Its id.
    pub id: ReversalId,
    /// Whose book.
    pub book: OrgId,
    /// The movement to be undone.
    pub movement_id: MovementId,
    /// Its kind.
    pub movement_kind: String,
    /// Why.
    pub reason: String,
    /// How far it is.
    pub status: ReversalStatus,
    /// Who proposed it.
    pub maker_id: UserId,
    /// The name.
    pub maker: String,
    /// Who decided it.
    pub checker_id: Option<UserId>,
    /// The name.
    pub checker: Option<String>,
    /// Why it was rejected.
    pub decision_reason: Option<String>,
    /// The mirror that was posted.
    pub reversal_movement_id: Option<MovementId>,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

/// Why a reversal is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The movement undoes another one itself.
    #[error("the movement is itself a reversal")]
    IsReversal,
    /// The movement was undone before.
    #[error("the movement was reversed by {by}")]
    Already {
        /// The mirror.
        by: MovementId,
    },
    /// Another subject keeps the rows that the movement follows from.
    #[error("account {code} is controlled by rows of another subject")]
    Controlled {
        /// The account.
        code: String,
    },
    /// The movement is a step of a loan's life.
    #[error("{kind} is a step of a loan")]
    LoanStep {
        /// The movement's kind.
        kind: String,
    },
    /// The movement is the tax of a month, which follows from the income of that month.
    #[error("{kind} is the tax of a month")]
    TaxOfMonth {
        /// The movement's kind.
        kind: String,
    },
    /// A proposal for the same movement waits for its decision.
    #[error("a reversal of the movement is already proposed")]
    Pending,
    /// Who proposed it does not decide it.
    #[error("the same person proposed it")]
    SamePerson,
    /// It was decided.
    #[error("the reversal is {}", status.name())]
    NotOpen {
        /// How far it is.
        status: ReversalStatus,
    },
}

/// Kinds that are steps of a loan, whichever accounts they touch.
const LOAN_STEPS: [&str; 2] = ["loan.", "interest."];
/// Kinds that split tax off a month's income: it is posted once for a month, and undone the month would stay untaxed.
const TAX: &str = "tax.";

/// Whether a movement may be undone in the ledger.
///
/// # Errors
/// [`Refusal`]
pub fn may_be_reversed(movement: &PostedMovement) -> Result<(), Refusal> {
    if movement.reversal_of.is_some() {
        return Err(Refusal::IsReversal);
    }
    if let Some(by) = movement.reversed_by {
        return Err(Refusal::Already { by });
    }
    if LOAN_STEPS.iter().any(|prefix| movement.kind.starts_with(prefix)) {
        return Err(Refusal::LoanStep { kind: movement.kind.clone() });
    }
    if movement.kind.starts_with(TAX) {
        return Err(Refusal::TaxOfMonth { kind: movement.kind.clone() });
    }
    match movement.entries.iter().find(|entry| accounts::is_control(&entry.account)) {
        Some(entry) => Err(Refusal::Controlled { code: entry.account.clone() }),
        None => Ok(()),
    }
}

/// Who proposes, and when.
#[derive(Debug, Clone)]
pub struct Maker {
    /// The person.
    pub user: UserId,
    /// The name.
    pub name: String,
    /// The instant.
    pub at: DateTime<Utc>,
}

/// A reversal of a movement as proposed.
///
/// # Errors
/// [`Refusal`] where the movement may not be undone in the ledger.
pub fn proposed(
    id: ReversalId,
    movement: &PostedMovement,
    reason: &str,
    maker: Maker,
) -> Result<Reversal, Refusal> {
    may_be_reversed(movement)?;
    Ok(Reversal {
        id,
        book: movement.book,
        movement_id: movement.id,
        movement_kind: movement.kind.clone(),
        reason: reason.to_owned(),
        status: ReversalStatus::Proposed,
        maker_id: maker.user,
        maker: maker.name,
        checker_id: None,
        checker: None,
        decision_reason: None,
        reversal_movement_id: None,
        created_at: maker.at,
        decided_at: None,
    })
}

/// What another person decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Undo it.
    Confirm,
    /// Leave it, with a reason.
    Reject(String),
}

/// The reversal as decided by a person; the mirror is posted after this.
///
/// # Errors
/// [`Refusal::NotOpen`], [`Refusal::SamePerson`].
pub fn decided(reversal: Reversal, verdict: Verdict, checker: Maker) -> Result<Reversal, Refusal> {
    if reversal.status != ReversalStatus::Proposed {
        return Err(Refusal::NotOpen { status: reversal.status });
    }
    if reversal.maker_id == checker.user {
        return Err(Refusal::SamePerson);
    }
    let (status, decision_reason) = match verdict {
        Verdict::Confirm => (ReversalStatus::Confirmed, None),
        Verdict::Reject(reason) => (ReversalStatus::Rejected, Some(reason)),
    };
    Ok(Reversal {
        status,
        decision_reason,
        checker_id: Some(checker.user),
        checker: Some(checker.name),
        decided_at: Some(checker.at),
        ..reversal
    })
}

#[cfg(test)]
mod tests {
    use finance::Money;
    use ledger::{PostedEntry, Side};
    use uuid::Uuid;

    use super::*;

    fn movement(kind: &str, accounts: [&str; 2]) -> PostedMovement {
        let entry =
            |account: &str, side| PostedEntry { account: account.into(), side, amount: Money::from_fen(1) };
        PostedMovement {
            id: MovementId::from_uuid(Uuid::from_u128(1)),
            book: OrgId::from_uuid(Uuid::from_u128(2)),
            kind: kind.into(),
            subject: Uuid::from_u128(3),
            group: None,
            business_date: "2026-11-24".parse().unwrap(),
            posted_at: "2026-11-24T02:00:00Z".parse().unwrap(),
            reversal_of: None,
            reversed_by: None,
            reason: None,
            entries: vec![entry(accounts[0], Side::Debit), entry(accounts[1], Side::Credit)],
        }
    }

    fn person(number: u128) -> Maker {
        Maker {
            user: UserId::from_uuid(Uuid::from_u128(number)),
            name: format!("运营{number}"),
            at: "2026-11-24T03:00:00Z".parse().unwrap(),
        }
    }

    fn open() -> Reversal {
        let id = ReversalId::from_uuid(Uuid::from_u128(9));
        proposed(id, &movement("subsidy.credit", ["3001", "2011"]), "记错", person(1)).unwrap()
    }

    #[test]
    fn what_other_subjects_keep_rows_of_is_not_undone_in_the_ledger_alone() {
        for account in ["1002", "1012", "1132", "1303", "1304", "2002", "2711", "4001", "6711"] {
            let refused = may_be_reversed(&movement("other", [account, "2011"]));
            assert_eq!(refused, Err(Refusal::Controlled { code: account.into() }));
        }
        let refused = may_be_reversed(&movement("loan.fee", ["2011", "6021"]));
        assert_eq!(refused, Err(Refusal::LoanStep { kind: "loan.fee".into() }));
        // No account of it is kept by rows, and yet the month would stay untaxed.
        let refused = may_be_reversed(&movement("tax.output", ["6011", "222101"]));
        assert_eq!(refused, Err(Refusal::TaxOfMonth { kind: "tax.output".into() }));
        assert_eq!(may_be_reversed(&movement("subsidy.credit", ["3001", "2011"])), Ok(()));
    }

    #[test]
    fn a_movement_is_undone_once_and_an_undoing_never() {
        let by = MovementId::from_uuid(Uuid::from_u128(7));
        let undone = PostedMovement { reversed_by: Some(by), ..movement("other", ["2011", "6021"]) };
        assert_eq!(may_be_reversed(&undone), Err(Refusal::Already { by }));
        let mirror = PostedMovement { reversal_of: Some(by), ..movement("other", ["2011", "6021"]) };
        assert_eq!(may_be_reversed(&mirror), Err(Refusal::IsReversal));
    }

    #[test]
    fn another_person_decides_and_only_once() {
        assert_eq!(decided(open(), Verdict::Confirm, person(1)), Err(Refusal::SamePerson));
        let confirmed = decided(open(), Verdict::Confirm, person(2)).unwrap();
        assert_eq!(
            (confirmed.status, confirmed.checker.as_deref()),
            (ReversalStatus::Confirmed, Some("运营2"))
        );
        let rejected = decided(open(), Verdict::Reject("凭证无误".into()), person(2)).unwrap();
        assert_eq!(rejected.decision_reason.as_deref(), Some("凭证无误"));
        for done in [confirmed, rejected] {
            let status = done.status;
            assert_eq!(decided(done, Verdict::Confirm, person(3)), Err(Refusal::NotOpen { status }));
        }
    }
}
