//! A movement: two or more entries whose debits equal their credits.

use contracts::OrgId;
use finance::{Money, MoneyError};
use uuid::Uuid;

use crate::{Account, Side};

/// One entry of a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The account.
    pub account: Account,
    /// The side.
    pub side: Side,
    /// More than zero.
    pub amount: Money,
}

impl Line {
    /// A debit.
    #[must_use]
    pub const fn debit(account: Account, amount: Money) -> Self {
        Self { account, side: Side::Debit, amount }
    }

    /// A credit.
    #[must_use]
    pub const fn credit(account: Account, amount: Money) -> Self {
        Self { account, side: Side::Credit, amount }
    }
}

/// A balanced movement in one book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    pub(crate) book: OrgId,
    pub(crate) kind: &'static str,
    pub(crate) subject: Uuid,
    pub(crate) group: Option<Uuid>,
    pub(crate) lines: Vec<Line>,
}

/// Why entries are no movement. Each is a bug of the caller: nothing is posted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MovementError {
    /// Debits and credits differ.
    #[error("debits {debits} and credits {credits} differ")]
    Unbalanced {
        /// Sum of debits.
        debits: Money,
        /// Sum of credits.
        credits: Money,
    },
    /// Fewer than two entries are left after dropping empty ones.
    #[error("a movement has at least two entries")]
    TooFewLines,
    /// An amount is negative.
    #[error("an entry's amount is more than zero")]
    Negative,
    /// The sums overflow.
    #[error(transparent)]
    Overflow(#[from] MoneyError),
}

impl From<MovementError> for tx_kit::Fault {
    fn from(error: MovementError) -> Self {
        Self::Invariant(format!("ledger: {error}"))
    }
}

impl Movement {
    /// A movement of a `kind` (`loan.disbursement`) in the `book` of an organisation, about a `subject`
    /// (a loan, a policy) and, where there is one, within a `group` (a facility). Entries of zero are dropped.
    ///
    /// # Errors
    /// [`MovementError`]
    pub fn try_new(
        book: OrgId,
        kind: &'static str,
        subject: impl Into<Uuid>,
        group: Option<Uuid>,
        lines: impl IntoIterator<Item = Line>,
    ) -> Result<Self, MovementError> {
        let lines: Vec<Line> = lines.into_iter().filter(|line| !line.amount.is_zero()).collect();
        if lines.iter().any(|line| line.amount.is_negative()) {
            return Err(MovementError::Negative);
        }
        if lines.len() < 2 {
            return Err(MovementError::TooFewLines);
        }
        let sum = |side| Money::total(lines.iter().filter(|line| line.side == side).map(|line| line.amount));
        let (debits, credits) = (sum(Side::Debit)?, sum(Side::Credit)?);
        if debits != credits {
            return Err(MovementError::Unbalanced { debits, credits });
        }
        Ok(Self { book, kind, subject: subject.into(), group, lines })
    }

    /// The entries.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AccountKind;

    const LOANS: Account = Account { code: "1303", zh: "贷款", en: "Loans", kind: AccountKind::Asset };
    const DEPOSITS: Account =
        Account { code: "2011", zh: "吸收存款", en: "Deposits", kind: AccountKind::Liability };

    fn movement(debit: i64, credit: i64) -> Result<Movement, MovementError> {
        Movement::try_new(
            OrgId::from_uuid(Uuid::nil()),
            "test",
            Uuid::nil(),
            None,
            [Line::debit(LOANS, Money::from_fen(debit)), Line::credit(DEPOSITS, Money::from_fen(credit))],
        )
    }

    #[test]
    fn only_balanced_movements_exist() {
        assert!(movement(100, 100).is_ok());
        assert!(matches!(movement(100, 99), Err(MovementError::Unbalanced { .. })));
        assert_eq!(movement(0, 0), Err(MovementError::TooFewLines));
        assert_eq!(movement(-1, -1), Err(MovementError::Negative));
    }
}
