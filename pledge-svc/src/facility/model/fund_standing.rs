//! How a fund that covers a line stands to what is newly lent on it, and the trigger that this trips.

use chrono::NaiveDate;
use finance::Money;

use super::triggers::{TriggerKind, Tripped};

/// Whether a fund covers what is newly lent on the line, by its agreement with the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewCover {
    /// It does.
    Given,
    /// The terms name it, and no agreement with it covers the line.
    NoAgreement,
    /// It has stopped the bank (熔断): too large a part of its loans was compensated or is non-performing.
    Stopped,
    /// The day is not one on which the agreement covers new loans.
    OutsideTerm {
        /// The first of them.
        from: NaiveDate,
        /// The last of them.
        until: NaiveDate,
    },
    /// What it covers has reached the leverage agreed.
    LeverageReached,
    /// It has nothing left to pay with.
    Exhausted {
        /// What is left, at most nothing.
        left: Money,
    },
}

/// How a fund that covers the line stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundStanding {
    /// Its name.
    pub name: String,
    /// Whether it covers what is newly lent.
    pub cover: NewCover,
}

impl FundStanding {
    /// The trigger that it trips; `None` while it covers what is newly lent.
    pub(super) fn trips(&self) -> Option<Tripped> {
        let name = &self.name;
        let (severity, zh, en) = match self.cover {
            NewCover::Given => return None,
            NewCover::Stopped => (
                2,
                format!("风险补偿基金“{name}”已对本行熔断。"),
                format!("The fund {name} has stopped the bank."),
            ),
            NewCover::NoAgreement => (
                1,
                format!("本授信约定由风险补偿基金“{name}”分担损失，但没有有效的合作协议。"),
                format!("The terms count on the fund {name}, and no agreement with it covers the line."),
            ),
            NewCover::OutsideTerm { from, until } => (
                1,
                format!("与风险补偿基金“{name}”的合作协议仅对 {from} 至 {until} 发放的贷款分担损失。"),
                format!("The agreement with the fund {name} covers loans made from {from} to {until}."),
            ),
            NewCover::LeverageReached => (
                1,
                format!("风险补偿基金“{name}”分担的贷款余额已达约定的放大倍数，不再分担新增贷款。"),
                format!(
                    "What the fund {name} covers has reached the leverage agreed; it covers nothing new."
                ),
            ),
            NewCover::Exhausted { left } => (
                1,
                format!("风险补偿基金“{name}”可用余额为 {left} 元，已用尽。"),
                format!("The fund {name} has {left} yuan left: it is exhausted."),
            ),
        };
        Some(Tripped { kind: TriggerKind::Fund, member: None, severity, zh, en })
    }
}
