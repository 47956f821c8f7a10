//! Who decides a version, and what of it stands afterwards.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::UserId;
use identity::Caller;

use super::{Refusal, VersionStatus, holds_from};

/// What of a version the decision about it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Where it is.
    pub status: VersionStatus,
    /// Who proposed it.
    pub maker: UserId,
    /// The first day it was proposed for.
    pub effective_from: NaiveDate,
}

/// What stands of a version once it is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Approved or refused.
    pub status: VersionStatus,
    /// The first day on which it holds; of a refused one, for which it was proposed.
    pub effective_from: NaiveDate,
    /// Who decided.
    pub approver: UserId,
    /// Their name.
    pub approver_name: String,
    /// What they said.
    pub reason: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Whether a person may decide what somebody proposed.
///
/// # Errors
/// [`Refusal::SamePerson`]
pub fn another_decides(maker: UserId, by: UserId) -> Result<(), Refusal> {
    if maker == by { Err(Refusal::SamePerson) } else { Ok(()) }
}

impl Version {
    /// The version as another person decides it, on a business date and at an instant: whether they approve it, and what
    /// they say.
    ///
    /// # Errors
    /// [`Refusal::Decided`] and [`Refusal::SamePerson`].
    pub fn decided(
        &self,
        by: &Caller,
        (today, at): (NaiveDate, DateTime<Utc>),
        (approve, reason): (bool, Option<&str>),
    ) -> Result<Decided, Refusal> {
        if self.status != VersionStatus::Proposed {
            return Err(Refusal::Decided { status: self.status });
        }
        another_decides(self.maker, by.user)?;
        let (status, effective_from) = if approve {
            (VersionStatus::Approved, holds_from(self.effective_from, today))
        } else {
            (VersionStatus::Refused, self.effective_from)
        };
        Ok(Decided {
            status,
            effective_from,
            approver: by.user,
            approver_name: by.name.clone(),
            reason: reason.map(str::to_owned),
            at,
        })
    }
}

#[cfg(test)]
mod tests {
    use contracts::{OrgId, OrgKind};
    use identity::Role;
    use uuid::Uuid;

    use super::*;

    fn person(number: u128) -> Caller {
        Caller {
            user: UserId::from_uuid(Uuid::from_u128(number)),
            name: format!("审批人{number}"),
            tenant: OrgId::from_uuid(Uuid::from_u128(9)),
            tenant_name: "海河银行".to_owned(),
            org_kind: OrgKind::Bank,
            roles: vec![Role::CreditApprover],
        }
    }

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn version(status: VersionStatus) -> Version {
        Version { status, maker: person(1).user, effective_from: day(10) }
    }

    #[test]
    fn another_person_than_the_maker_decides_and_once() {
        let decide = |status, by: u128| {
            version(status).decided(&person(by), (day(9), DateTime::UNIX_EPOCH), (true, None))
        };
        assert_eq!(decide(VersionStatus::Proposed, 1), Err(Refusal::SamePerson));
        assert_eq!(decide(VersionStatus::Proposed, 2).unwrap().status, VersionStatus::Approved);
        for status in [VersionStatus::Approved, VersionStatus::Refused] {
            assert_eq!(decide(status, 2), Err(Refusal::Decided { status }));
        }
    }

    #[test]
    fn an_approval_moves_a_first_day_that_has_passed_and_a_refusal_moves_nothing() {
        let decide = |on, approve| {
            let decided = version(VersionStatus::Proposed).decided(
                &person(2),
                (on, DateTime::UNIX_EPOCH),
                (approve, Some("依据不足")),
            );
            let decided = decided.unwrap();
            (decided.status, decided.effective_from, decided.approver_name, decided.reason)
        };
        for (on, approve, status, from) in [
            (day(9), true, VersionStatus::Approved, day(10)),
            (day(12), true, VersionStatus::Approved, day(12)),
            (day(12), false, VersionStatus::Refused, day(10)),
        ] {
            let said = ("审批人2".to_owned(), Some("依据不足".to_owned()));
            assert_eq!(decide(on, approve), (status, from, said.0, said.1));
        }
    }
}
