//! Approval authority, as a bank sets it for itself: from which amount one approver is enough, from which it takes two,
//! from which the risk manager is asked first, and how far each approver's own authority reaches.

use contracts::UserId;
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusal;
use crate::parameters::{FieldDoc, Flaw, ParameterSet, Unit, model::set::PLATFORM_DEFAULT};

/// The amount that decides the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The amount of the application alone.
    #[default]
    Application,
    /// That amount and what the borrower's other applications hold at the bank: an amount cannot be split to stay below
    /// a level.
    Obligor,
}

/// What it takes up to an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// The largest amount of this level; none for the last one.
    pub up_to: Option<Money>,
    /// How many different approvers: 1 or 2.
    pub approvers: u8,
    /// Whether the risk manager consents first.
    #[serde(default)]
    pub risk_consent: bool,
}

/// The own authority of one approver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonalLimit {
    /// The approver.
    pub user_id: UserId,
    /// The approver's name, for people.
    pub name: String,
    /// The largest amount that the approver may approve in the own name.
    pub limit: Money,
}

/// A bank's approval authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApprovalAuthority {
    /// The amount that decides.
    pub basis: Basis,
    /// The levels, lowest first.
    pub levels: Vec<Level>,
    /// The levels for a collective line and for a change that gives more of it, lowest first: the limit decides. What is
    /// lent under the line is approved application by application besides.
    pub line_levels: Vec<Level>,
    /// The own authority of every approver who is not listed; none where it has no bound.
    pub personal_limit: Option<Money>,
    /// Approvers with an own authority of their own.
    pub persons: Vec<PersonalLimit>,
}

/// Ten million yuan, the platform's default for one approver.
const ONE_APPROVER_UP_TO: Money = Money::from_fen(1_000_000_000);
/// A hundred million yuan, the platform's default for one approver of a collective line.
const ONE_APPROVER_OF_LINES_UP_TO: Money = Money::from_fen(10_000_000_000);

impl Default for ApprovalAuthority {
    fn default() -> Self {
        Self {
            basis: Basis::Application,
            levels: two_levels(ONE_APPROVER_UP_TO),
            line_levels: two_levels(ONE_APPROVER_OF_LINES_UP_TO),
            personal_limit: None,
            persons: Vec::new(),
        }
    }
}

/// One approver up to an amount, two above.
fn two_levels(one_up_to: Money) -> Vec<Level> {
    vec![
        Level { up_to: Some(one_up_to), approvers: 1, risk_consent: false },
        Level { up_to: None, approvers: 2, risk_consent: false },
    ]
}

const fn doc(field: &'static str, zh: &'static str, en: &'static str, unit: Unit) -> FieldDoc {
    FieldDoc { field, zh, en, unit, source_zh: PLATFORM_DEFAULT.0, source_en: PLATFORM_DEFAULT.1 }
}

impl ParameterSet for ApprovalAuthority {
    const KIND: &'static str = "approval_authority";
    const ZH: &'static str = "审批权限";
    const EN: &'static str = "Approval authority";
    const FIELDS: &'static [FieldDoc] = &[
        doc(
            "basis",
            "金额口径：application 本笔申请，obligor 借款人在本行的合计",
            "the amount that decides: application, or obligor for all of the borrower's at the bank",
            Unit::Text,
        ),
        doc("levels", "权限档次，金额由低到高", "the levels, lowest first", Unit::Text),
        doc(
            "levels[].up_to",
            "本档金额上限（含）；最后一档留空",
            "the largest amount of the level; empty for the last",
            Unit::Yuan,
        ),
        doc(
            "levels[].approvers",
            "须由几名不同的审批人批准，1 或 2",
            "how many different approvers, 1 or 2",
            Unit::Count,
        ),
        doc(
            "levels[].risk_consent",
            "是否须先经风险经理同意",
            "whether the risk manager consents first",
            Unit::Flag,
        ),
        doc(
            "line_levels",
            "集合授信的权限档次，金额（授信额度）由低到高",
            "the levels for collective lines by their limit, lowest first",
            Unit::Text,
        ),
        doc(
            "line_levels[].up_to",
            "本档额度上限（含）；最后一档留空",
            "the largest limit of the level; empty for the last",
            Unit::Yuan,
        ),
        doc(
            "line_levels[].approvers",
            "须由几名不同的审批人批准，1 或 2",
            "how many different approvers, 1 or 2",
            Unit::Count,
        ),
        doc(
            "line_levels[].risk_consent",
            "是否须先经风险经理同意",
            "whether the risk manager consents first",
            Unit::Flag,
        ),
        doc(
            "personal_limit",
            "未单列的审批人个人权限上限；留空为不设上限",
            "the own authority of approvers who are not listed; empty for no bound",
            Unit::Yuan,
        ),
        doc("persons", "单列个人权限的审批人", "approvers with an own authority of their own", Unit::Text),
        doc("persons[].user_id", "审批人的用户编号", "the approver's user id", Unit::Text),
        doc("persons[].name", "审批人姓名", "the approver's name", Unit::Text),
        doc("persons[].limit", "个人权限上限（含）", "the largest amount in the own name", Unit::Yuan),
    ];

    fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut flaw = |holds: bool, field: String, zh: &str, en: &str| {
            if !holds {
                flaws.push(Flaw::new(field, zh, en));
            }
        };
        for (list, levels) in [("levels", &self.levels), ("line_levels", &self.line_levels)] {
            let last = levels.len().checked_sub(1);
            flaw(last.is_some(), list.into(), "至少须有一档。", "There must be at least one level.");
            for (index, level) in levels.iter().enumerate() {
                let at = |name: &str| format!("{list}[{index}].{name}");
                let before = index.checked_sub(1).and_then(|before| levels.get(before));
                flaw(
                    level.up_to.is_none() == (Some(index) == last),
                    at("up_to"),
                    "最后一档不设上限，其余各档须设上限。",
                    "Only the last level has no upper amount.",
                );
                let above = match (before.and_then(|before| before.up_to), level.up_to) {
                    (Some(lower), Some(upper)) => upper > lower,
                    (None, Some(upper)) => upper.is_positive(),
                    (_, None) => true,
                };
                flaw(
                    above,
                    at("up_to"),
                    "各档上限须依次递增且大于零。",
                    "The upper amounts must rise, from above zero.",
                );
                flaw(
                    (1..=2).contains(&level.approvers)
                        && before.is_none_or(|b| b.approvers <= level.approvers),
                    at("approvers"),
                    "审批人数为 1 或 2，且不得低于前一档。",
                    "1 or 2 approvers, and never fewer than on the level before.",
                );
            }
        }
        for (index, person) in self.persons.iter().enumerate() {
            let twice = self.persons.iter().take(index).any(|other| other.user_id == person.user_id);
            let at = |name: &str| format!("persons[{index}].{name}");
            flaw(!twice, at("user_id"), "同一审批人只能列一次。", "An approver is listed once.");
            flaw(
                !person.name.trim().is_empty(),
                at("name"),
                "须填写审批人姓名。",
                "The approver's name is missing.",
            );
            flaw(
                person.limit.is_positive(),
                at("limit"),
                "个人权限须大于零。",
                "The limit must be above zero.",
            );
        }
        if let Some(limit) = self.personal_limit {
            flaw(
                limit.is_positive(),
                "personal_limit".into(),
                "个人权限须大于零。",
                "It must be above zero.",
            );
        }
        flaws
    }
}

/// What the decision of an amount takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Demand {
    /// The amount that decides the level.
    pub amount: Money,
    /// The level, from 1.
    pub level: u32,
    /// How many different approvers.
    pub approvers: u8,
    /// Whether the risk manager consents first.
    pub risk_consent: bool,
}

/// A colleague's authority that an approver uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lent {
    /// The delegation.
    pub delegation_id: contracts::DelegationId,
    /// Whose authority it is.
    pub from_id: UserId,
    /// Whose authority it is, for people.
    pub from: String,
    /// The most that may be approved under it; none where it has no cap of its own.
    pub cap: Option<Money>,
}

impl ApprovalAuthority {
    /// What the decision takes when this amount decides.
    #[must_use]
    pub fn demand(&self, amount: Money) -> Demand {
        demanded(&self.levels, amount)
    }

    /// What the decision on a collective line takes when this limit decides.
    #[must_use]
    pub fn demand_for_line(&self, limit: Money) -> Demand {
        demanded(&self.line_levels, limit)
    }

    /// How far an approver's own authority reaches; `None` where it has no bound.
    #[must_use]
    pub fn limit_of(&self, user: UserId) -> Option<Money> {
        let listed = self.persons.iter().find(|person| person.user_id == user);
        listed.map(|person| person.limit).or(self.personal_limit)
    }

    /// Whether an approver may approve an amount: in the own name, or under a colleague's authority that was lent.
    ///
    /// # Errors
    /// [`Refusal::AboveAuthority`] with how far it reaches.
    pub fn reaches(&self, user: UserId, lent: Option<&Lent>, amount: Money) -> Result<(), Refusal> {
        match self.bound(user, lent) {
            Some(limit) if amount > limit => Err(Refusal::AboveAuthority { asked: amount, limit }),
            _ => Ok(()),
        }
    }

    /// How far an approver reaches, in the own name or under a colleague's authority; `None` where there is no bound.
    #[must_use]
    pub fn bound(&self, user: UserId, lent: Option<&Lent>) -> Option<Money> {
        let bounds = match lent {
            None => [self.limit_of(user), None],
            Some(lent) => [self.limit_of(lent.from_id), lent.cap],
        };
        bounds.into_iter().flatten().min()
    }
}

fn demanded(levels: &[Level], amount: Money) -> Demand {
    let place = levels.iter().position(|level| level.up_to.is_none_or(|most| amount <= most));
    let strictest = Level { up_to: None, approvers: 2, risk_consent: true };
    // A set without a last level does not pass its check; should one be read all the same, it is the strictest.
    let level = place.and_then(|index| levels.get(index)).unwrap_or(&strictest);
    Demand {
        amount,
        level: place.and_then(|index| u32::try_from(index + 1).ok()).unwrap_or(u32::MAX),
        approvers: level.approvers,
        risk_consent: level.risk_consent,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn user(number: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(number))
    }

    fn yuan(amount: i64) -> Money {
        Money::from_fen(amount * 100)
    }

    fn tight() -> ApprovalAuthority {
        ApprovalAuthority {
            levels: vec![
                Level { up_to: Some(yuan(1_000_000)), approvers: 1, risk_consent: false },
                Level { up_to: Some(yuan(5_000_000)), approvers: 2, risk_consent: false },
                Level { up_to: None, approvers: 2, risk_consent: true },
            ],
            personal_limit: Some(yuan(3_000_000)),
            persons: vec![PersonalLimit { user_id: user(1), name: "甲".into(), limit: yuan(8_000_000) }],
            ..ApprovalAuthority::default()
        }
    }

    #[test]
    fn one_approver_decides_up_to_ten_million_and_two_above_unless_the_bank_says_otherwise() {
        let default = ApprovalAuthority::default();
        assert!(default.flaws().is_empty());
        assert_eq!(default.demand(yuan(10_000_000)).approvers, 1);
        let above = default.demand(Money::from_fen(1_000_000_001));
        assert_eq!((above.level, above.approvers, above.risk_consent), (2, 2, false));
        assert_eq!(default.demand_for_line(yuan(100_000_000)).approvers, 1);
        assert_eq!(default.demand_for_line(Money::from_fen(10_000_000_001)).approvers, 2);
    }

    #[test]
    fn a_level_ends_with_its_upper_amount() {
        let levels = |amount| {
            let demand = tight().demand(amount);
            (demand.level, demand.approvers, demand.risk_consent)
        };
        assert_eq!(levels(yuan(1_000_000)), (1, 1, false));
        assert_eq!(levels(Money::from_fen(100_000_001)), (2, 2, false));
        assert_eq!(levels(yuan(5_000_001)), (3, 2, true));
    }

    #[test]
    fn what_one_may_approve_is_the_own_limit_or_the_lenders_within_the_cap() {
        let authority = tight();
        assert_eq!(authority.reaches(user(2), None, yuan(3_000_000)), Ok(()));
        let beyond = Refusal::AboveAuthority { asked: yuan(3_000_001), limit: yuan(3_000_000) };
        assert_eq!(authority.reaches(user(2), None, yuan(3_000_001)), Err(beyond));
        let lent = |cap| Lent {
            delegation_id: contracts::DelegationId::from_uuid(Uuid::nil()),
            from_id: user(1),
            from: "甲".into(),
            cap,
        };
        assert_eq!(authority.reaches(user(2), Some(&lent(None)), yuan(8_000_000)), Ok(()));
        assert!(authority.reaches(user(2), Some(&lent(None)), yuan(8_000_001)).is_err());
        assert!(authority.reaches(user(2), Some(&lent(Some(yuan(4_000_000)))), yuan(4_000_001)).is_err());
    }

    #[test]
    fn levels_that_leave_a_gap_or_fall_back_are_told() {
        type Spoil = fn(&mut ApprovalAuthority);
        let cases: [(Spoil, &str); 8] = [
            (|set| set.levels.clear(), "levels"),
            (|set| set.line_levels.clear(), "line_levels"),
            (|set| set.line_levels[1].approvers = 3, "line_levels[1].approvers"),
            (|set| set.levels[2].up_to = Some(yuan(9_000_000)), "levels[2].up_to"),
            (|set| set.levels[1].up_to = Some(yuan(1_000_000)), "levels[1].up_to"),
            (|set| set.levels[2].approvers = 1, "levels[2].approvers"),
            (|set| set.levels[0].approvers = 3, "levels[0].approvers"),
            (|set| set.persons.push(set.persons[0].clone()), "persons[1].user_id"),
        ];
        for (spoil, field) in cases {
            let mut set = tight();
            spoil(&mut set);
            assert!(set.flaws().iter().any(|flaw| flaw.field == field), "{field}: {:?}", set.flaws());
        }
    }
}
