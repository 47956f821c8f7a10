//! An approver's authority lent to a colleague who approves as well: up to an amount, for a time, revocable. What was
//! lent is not lent on: only one's own authority can be.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{DelegationId, OrgId, UserId};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authority::Lent;

/// The longest time that authority is lent for, in days.
pub const DAYS_MAX: i64 = 366;

/// An authority lent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delegation {
    /// Its id.
    pub id: DelegationId,
    /// The bank.
    pub bank_id: OrgId,
    /// Whose authority it is.
    pub from_id: UserId,
    /// Whose authority it is, for people.
    pub from: String,
    /// Who may use it.
    pub to_id: UserId,
    /// Who may use it, for people.
    pub to: String,
    /// The most that may be approved under it; none where it has no cap of its own.
    pub cap: Option<Money>,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day.
    pub valid_until: NaiveDate,
    /// Why.
    pub reason: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Who took it back, for people.
    pub revoked_by: Option<String>,
    /// Why, where neither of the two ended it.
    #[serde(default)]
    pub revoke_reason: Option<String>,
}

/// Why an authority is not lent, not used or not taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DelegationRefusal {
    /// One does not lend to oneself.
    #[error("one does not lend to oneself")]
    ToOneself,
    /// The colleague is not known as an approver of the bank.
    #[error("the colleague is not known as an approver")]
    NotAnApprover,
    /// The days do not make a time, or too long a one.
    #[error("the days do not fit")]
    Days {
        /// The longest time in days.
        days_max: i64,
    },
    /// More than the lender's own authority.
    #[error("more than the own authority of {limit}")]
    AboveOwn {
        /// The own authority.
        limit: Money,
    },
    /// It is not the caller's to use.
    #[error("it was lent to somebody else")]
    NotToYou,
    /// It is not in force today.
    #[error("it is not in force")]
    NotInForce,
    /// It is neither the caller's own nor lent to the caller.
    #[error("it is not the caller's to take back")]
    NotYours,
    /// It was taken back before.
    #[error("it was taken back before")]
    Revoked,
    /// It has not ended.
    #[error("it has not ended")]
    Runs,
}

/// How a lending ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DelegationEnd {
    /// 到期
    Expired,
    /// 授权人撤销
    TakenBack,
    /// 被授权人退回
    GivenBack,
    /// 本行终止
    Withdrawn,
}

impl Delegation {
    /// Whether the terms of a new one hold. `known` tells whether the colleague is known as an approver of the bank;
    /// `own` is the lender's own authority.
    ///
    /// # Errors
    /// What does not hold.
    pub fn may_be_made(
        &self,
        known: bool,
        own: Option<Money>,
        today: NaiveDate,
    ) -> Result<(), DelegationRefusal> {
        if self.from_id == self.to_id {
            return Err(DelegationRefusal::ToOneself);
        }
        if !known {
            return Err(DelegationRefusal::NotAnApprover);
        }
        let days = self.valid_until.signed_duration_since(self.valid_from).num_days();
        if !(0..DAYS_MAX).contains(&days) || self.valid_until < today {
            return Err(DelegationRefusal::Days { days_max: DAYS_MAX });
        }
        match (self.cap, own) {
            (Some(cap), Some(limit)) if cap > limit => Err(DelegationRefusal::AboveOwn { limit }),
            _ => Ok(()),
        }
    }

    /// Whether it holds on a day.
    #[must_use]
    pub fn in_force(&self, on: NaiveDate) -> bool {
        self.revoked_at.is_none() && (self.valid_from..=self.valid_until).contains(&on)
    }

    /// How it has ended by a day, and on which; `None` where it still may be used, or will.
    #[must_use]
    pub fn end(&self, on: NaiveDate) -> Option<(DelegationEnd, NaiveDate)> {
        let Some(at) = self.revoked_at else {
            return (self.valid_until < on).then_some((DelegationEnd::Expired, self.valid_until));
        };
        let how = if self.revoke_reason.is_some() {
            DelegationEnd::Withdrawn
        } else if self.revoked_by.as_ref() == Some(&self.to) {
            DelegationEnd::GivenBack
        } else {
            DelegationEnd::TakenBack
        };
        Some((how, contracts::clock::china_date(at)))
    }

    /// Whether a person may say to know that it has ended.
    ///
    /// # Errors
    /// Neither of the two, or not ended.
    pub fn may_be_seen(&self, user: UserId, on: NaiveDate) -> Result<(), DelegationRefusal> {
        if ![self.from_id, self.to_id].contains(&user) {
            return Err(DelegationRefusal::NotYours);
        }
        if self.end(on).is_none() { Err(DelegationRefusal::Runs) } else { Ok(()) }
    }

    /// The authority, for a person who uses it on a day.
    ///
    /// # Errors
    /// Lent to somebody else, or not in force.
    pub fn used_by(&self, user: UserId, on: NaiveDate) -> Result<Lent, DelegationRefusal> {
        if self.to_id != user {
            return Err(DelegationRefusal::NotToYou);
        }
        if !self.in_force(on) {
            return Err(DelegationRefusal::NotInForce);
        }
        Ok(Lent { delegation_id: self.id, from_id: self.from_id, from: self.from.clone(), cap: self.cap })
    }

    /// Takes it back: the lender, or who no longer wants it.
    ///
    /// # Errors
    /// Taken back before, or somebody else's.
    pub fn revoke(self, user: UserId, name: &str, at: DateTime<Utc>) -> Result<Self, DelegationRefusal> {
        if ![self.from_id, self.to_id].contains(&user) {
            return Err(DelegationRefusal::NotYours);
        }
        self.ended(name, at)
    }

    /// The bank's risk manager or administrator ends it, with a reason that both are shown.
    ///
    /// # Errors
    /// Taken back before.
    pub fn withdraw(self, name: &str, reason: &str, at: DateTime<Utc>) -> Result<Self, DelegationRefusal> {
        Ok(Self { revoke_reason: Some(reason.to_owned()), ..self.ended(name, at)? })
    }

    fn ended(self, name: &str, at: DateTime<Utc>) -> Result<Self, DelegationRefusal> {
        if self.revoked_at.is_some() {
            return Err(DelegationRefusal::Revoked);
        }
        Ok(Self { revoked_at: Some(at), revoked_by: Some(name.to_owned()), ..self })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::applications::model::samples::{approver, bank, day, officer, second_approver};

    fn lent() -> Delegation {
        let (from, to) = (approver(), second_approver());
        Delegation {
            id: DelegationId::from_uuid(Uuid::from_u128(1)),
            bank_id: bank(),
            from_id: from.user,
            from: from.name,
            to_id: to.user,
            to: to.name,
            cap: Some(Money::from_fen(500)),
            valid_from: day("2026-11-24"),
            valid_until: day("2026-12-03"),
            reason: "出差".into(),
            created_at: from.at,
            revoked_at: None,
            revoked_by: None,
            revoke_reason: None,
        }
    }

    #[test]
    fn authority_is_lent_to_a_known_colleague_for_a_time_and_no_more_than_ones_own() {
        let today = day("2026-11-24");
        assert_eq!(lent().may_be_made(true, None, today), Ok(()));
        assert_eq!(lent().may_be_made(true, Some(Money::from_fen(500)), today), Ok(()));
        let limit = Money::from_fen(499);
        assert_eq!(lent().may_be_made(true, Some(limit), today), Err(DelegationRefusal::AboveOwn { limit }));
        assert_eq!(lent().may_be_made(false, None, today), Err(DelegationRefusal::NotAnApprover));
        let own = Delegation { to_id: approver().user, ..lent() };
        assert_eq!(own.may_be_made(true, None, today), Err(DelegationRefusal::ToOneself));
        for (from, until) in
            [("2026-12-03", "2026-12-02"), ("2026-11-24", "2027-11-25"), ("2026-11-01", "2026-11-23")]
        {
            let odd = Delegation { valid_from: day(from), valid_until: day(until), ..lent() };
            let refused = Err(DelegationRefusal::Days { days_max: DAYS_MAX });
            assert_eq!(odd.may_be_made(true, None, today), refused, "{from} to {until}");
        }
    }

    #[test]
    fn only_the_colleague_uses_it_and_only_while_it_holds() {
        let (to, from) = (second_approver().user, approver().user);
        assert_eq!(lent().used_by(to, day("2026-12-03")).unwrap().from_id, from);
        assert_eq!(lent().used_by(to, day("2026-12-04")), Err(DelegationRefusal::NotInForce));
        assert_eq!(lent().used_by(to, day("2026-11-23")), Err(DelegationRefusal::NotInForce));
        assert_eq!(lent().used_by(officer().user, day("2026-12-01")), Err(DelegationRefusal::NotToYou));
        let back = lent().revoke(from, "审批人", approver().at).unwrap();
        assert_eq!(back.used_by(to, day("2026-12-01")), Err(DelegationRefusal::NotInForce));
        assert_eq!(back.revoke(from, "审批人", approver().at), Err(DelegationRefusal::Revoked));
        let strange = lent().revoke(officer().user, "客户经理", approver().at);
        assert_eq!(strange, Err(DelegationRefusal::NotYours));
        let ended = lent().withdraw("风险经理", "已离职", approver().at).unwrap();
        assert_eq!(ended.used_by(to, day("2026-12-01")), Err(DelegationRefusal::NotInForce));
        assert_eq!(ended.withdraw("风险经理", "已离职", approver().at), Err(DelegationRefusal::Revoked));
    }
}
