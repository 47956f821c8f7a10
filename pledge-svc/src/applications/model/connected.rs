//! Groups of connected enterprises, as one bank declares them: by shares, by control, by family, by guarantee. What a
//! group owes is looked at together (rules on large exposures of 2018).

use chrono::{DateTime, Utc};
use contracts::{ConnectedGroupId, OrgId};
use finance::{Money, MoneyError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Finding, FindingCode};

/// The most enterprises of one group.
pub const MEMBERS_MAX: usize = 200;

/// An enterprise of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectedMember {
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// Its name.
    pub name: String,
    /// How it is connected.
    pub relation: String,
}

/// A group of connected enterprises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectedGroup {
    /// Its id.
    pub id: ConnectedGroupId,
    /// The bank whose view it is.
    pub bank_id: OrgId,
    /// Its name.
    pub name: String,
    /// Why the bank takes them together.
    pub reason: String,
    /// Its enterprises.
    pub members: Vec<ConnectedMember>,
    /// Who declared it last, for people.
    pub declared_by: String,
    /// When it was declared first.
    pub created_at: DateTime<Utc>,
    /// When it was dissolved.
    pub dissolved_at: Option<DateTime<Utc>>,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl ConnectedGroup {
    /// Its enterprises.
    #[must_use]
    pub fn enterprises(&self) -> Vec<OrgId> {
        self.members.iter().map(|member| member.enterprise_id).collect()
    }
}

/// What a group has at the bank beside an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupExposure {
    /// The group's name.
    pub name: String,
    /// What its enterprises owe and were promised together, by the bank's own part of each line.
    pub exposure: Money,
    /// Of that, what the applicant has.
    pub own: Money,
}

/// Whether an amount more, the bank's own part of it, would be above what the bank bears of the group together. The finding names neither group nor
/// figures: the applicant may not learn who the others are and what they owe.
///
/// # Errors
/// When the sum is beyond the range of money.
pub fn above_cap(
    applicant: &str,
    exposure: &GroupExposure,
    amount: Money,
    most: Option<Money>,
) -> Result<Option<Finding>, MoneyError> {
    let Some(most) = most else { return Ok(None) };
    if exposure.exposure.checked_add(amount)? <= most {
        return Ok(None);
    }
    Ok(Some(Finding::new(
        FindingCode::AboveGroupExposure,
        applicant,
        (
            "与本企业关联的企业合计贷款及已批未提金额加本次申请超过本行上限",
            "with what the enterprises connected to yours owe and were approved, this is more than the bank lends to a group",
        ),
        (
            "请降低申请金额，或在关联企业还款后再申请；认为关联关系有误的请联系银行",
            "ask for less, or apply once they have repaid; ask the bank where the connection is not one",
        ),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_lent_its_cap_and_not_a_fen_more() {
        let exposure =
            GroupExposure { name: "甲集团".into(), exposure: Money::from_fen(700), own: Money::ZERO };
        let above = |amount, most: Option<i64>| {
            above_cap("甲公司", &exposure, Money::from_fen(amount), most.map(Money::from_fen)).unwrap()
        };
        assert_eq!(above(300, Some(1_000)), None);
        assert_eq!(above(301, Some(1_000)).map(|one| one.code), Some(FindingCode::AboveGroupExposure));
        assert_eq!(above(301, None), None);
        assert!(above_cap("甲公司", &exposure, Money::MAX, Some(Money::MAX)).is_err());
    }
}
