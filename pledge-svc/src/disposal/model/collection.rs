//! Collection: what was done to be paid, and whether what was promised was kept.

use chrono::{DateTime, NaiveDate, Utc};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// 电话
    Call,
    /// 信息: text message or e-mail
    Message,
    /// 催收函
    Letter,
    /// 上门
    Visit,
    /// 律师函
    LawyersLetter,
    /// 提起诉讼或仲裁
    Suit,
    /// 申请财产保全
    Preservation,
    /// 还款承诺
    Promise,
}

impl ActionKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Call,
        Self::Message,
        Self::Letter,
        Self::Visit,
        Self::LawyersLetter,
        Self::Suit,
        Self::Preservation,
        Self::Promise,
    ];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Message => "message",
            Self::Letter => "letter",
            Self::Visit => "visit",
            Self::LawyersLetter => "lawyers_letter",
            Self::Suit => "suit",
            Self::Preservation => "preservation",
            Self::Promise => "promise",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

/// What the borrower promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Promise {
    /// How much.
    pub amount: Money,
    /// Until when, this day included.
    pub until: NaiveDate,
}

/// Something that was done in a case. What was written is never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Its id.
    pub id: Uuid,
    /// What.
    pub kind: ActionKind,
    /// Whom it reached.
    pub contact: Option<String>,
    /// What came of it.
    pub note: String,
    /// What was promised, for a promise.
    pub promise: Option<Promise>,
    /// The day.
    pub made_on: NaiveDate,
    /// Who did it.
    pub made_by: String,
    /// When it was written.
    pub made_at: DateTime<Utc>,
}

/// Whether a promise was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromiseState {
    /// 未到期
    Open,
    /// 已兑现
    Kept,
    /// 已违约
    Broken,
}

/// A promise with what was paid on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PromiseStanding {
    /// The action that noted it.
    pub action_id: Uuid,
    /// What was promised.
    pub promise: Promise,
    /// What was paid on it in time.
    pub paid: Money,
    /// Whether it was kept.
    pub state: PromiseState,
}

/// Where each promise stands on a day. A payment counts for a promise from the day it was made until the day promised,
/// for the one that ends first, and each yuan for one promise only.
#[must_use]
pub fn promises(
    actions: &[Action],
    payments: &[(NaiveDate, Money)],
    today: NaiveDate,
) -> Vec<PromiseStanding> {
    let mut left: Vec<(NaiveDate, Money)> = payments.to_vec();
    left.sort_by_key(|(day, _)| *day);
    let mut made: Vec<(&Action, Promise)> =
        actions.iter().filter_map(|action| action.promise.map(|promise| (action, promise))).collect();
    made.sort_by_key(|(action, promise)| (promise.until, action.made_at, action.id));
    made.into_iter()
        .map(|(action, promise)| {
            let mut paid = Money::ZERO;
            for (day, amount) in &mut left {
                if *day < action.made_on || *day > promise.until {
                    continue;
                }
                let taken = (*amount).min(promise.amount.saturating_sub(paid));
                *amount = amount.saturating_sub(taken);
                paid = Money::from_fen(paid.fen() + taken.fen());
            }
            let state = if paid >= promise.amount {
                PromiseState::Kept
            } else if today > promise.until {
                PromiseState::Broken
            } else {
                PromiseState::Open
            };
            PromiseStanding { action_id: action.id, promise, paid, state }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::disposal::model::samples::{day, promise, yuan};

    fn states(actions: &[Action], payments: &[(&str, i64)], today: &str) -> Vec<(i64, PromiseState)> {
        let payments: Vec<_> = payments.iter().map(|(on, amount)| (day(on), yuan(*amount))).collect();
        promises(actions, &payments, day(today))
            .into_iter()
            .map(|one| (one.paid.fen() / 100, one.state))
            .collect()
    }

    #[test]
    fn a_promise_is_kept_by_what_is_paid_until_its_day_and_broken_the_day_after() {
        let made = [promise(1, "2026-06-01", 100, "2026-06-10")];
        assert_eq!(states(&made, &[], "2026-06-10"), [(0, PromiseState::Open)]);
        assert_eq!(states(&made, &[], "2026-06-11"), [(0, PromiseState::Broken)]);
        let parts = [("2026-06-02", 60), ("2026-06-10", 40)];
        assert_eq!(states(&made, &parts, "2026-06-10"), [(100, PromiseState::Kept)]);
        assert_eq!(states(&made, &[("2026-06-11", 100)], "2026-06-12"), [(0, PromiseState::Broken)]);
        assert_eq!(states(&made, &[("2026-05-31", 100)], "2026-06-12"), [(0, PromiseState::Broken)]);
    }

    #[test]
    fn one_payment_keeps_one_promise_the_one_that_ends_first() {
        let made = [promise(1, "2026-06-01", 100, "2026-06-20"), promise(2, "2026-06-02", 50, "2026-06-10")];
        assert_eq!(
            states(&made, &[("2026-06-05", 120)], "2026-06-21"),
            [(50, PromiseState::Kept), (70, PromiseState::Broken)]
        );
    }

    proptest! {
        #[test]
        fn no_yuan_counts_twice(
            made in prop::collection::vec((0_u64..40, 1_i64..1_000, 0_u64..40), 0..8),
            paid in prop::collection::vec((0_u64..80, 1_i64..1_000), 0..12),
        ) {
            let start = day("2026-06-01");
            let after = |days: u64| start.checked_add_days(chrono::Days::new(days)).unwrap();
            let actions: Vec<Action> = (1_u128..)
                .zip(&made)
                .map(|(id, (from, amount, long))| Action {
                    promise: Some(Promise { amount: yuan(*amount), until: after(from + long) }),
                    made_on: after(*from),
                    ..promise(id, "2026-06-01", 1, "2026-06-01")
                })
                .collect();
            let payments: Vec<_> = paid.iter().map(|(on, amount)| (after(*on), yuan(*amount))).collect();
            let found = promises(&actions, &payments, after(200));
            let counted: i64 = found.iter().map(|one| one.paid.fen()).sum();
            let all: i64 = payments.iter().map(|(_, amount)| amount.fen()).sum();
            prop_assert!(counted <= all);
            for one in found {
                prop_assert!(one.paid <= one.promise.amount);
                prop_assert_ne!(one.state, PromiseState::Open);
            }
        }
    }
}
