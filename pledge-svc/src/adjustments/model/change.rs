//! What may be proposed for a loan, and what becomes of a proposal.

use chrono::NaiveDate;
use finance::{Money, Rate, RateReset, Repayment};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::FirmSize;

/// What kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentKind {
    /// 提前还款后缩短期限
    PrepaymentShorten,
    /// 提前还款后降低每期还款额
    PrepaymentLower,
    /// 展期
    Extension,
    /// 重组
    Restructuring,
    /// 无还本续贷
    Rollover,
    /// 重定价
    Repricing,
    /// 挪用罚息
    Misuse,
    /// 挪用终止
    MisuseEnded,
    /// 费用减免
    FeeWaiver,
    /// 免征增值税认定
    VatExemption,
    /// 撤销免征增值税认定
    VatExemptionEnded,
}

impl AdjustmentKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::PrepaymentShorten,
        Self::PrepaymentLower,
        Self::Extension,
        Self::Restructuring,
        Self::Rollover,
        Self::Repricing,
        Self::Misuse,
        Self::MisuseEnded,
        Self::FeeWaiver,
        Self::VatExemption,
        Self::VatExemptionEnded,
    ];

    /// Whether the parties agree on other terms. Misuse and a waived fee are no such agreement: they are what is owed; an
    /// exemption from VAT is between the bank and the tax office.
    #[must_use]
    pub const fn is_new_terms(self) -> bool {
        !self.is_of_the_tax() && !matches!(self, Self::Misuse | Self::MisuseEnded | Self::FeeWaiver)
    }

    /// Whether it is between the bank and the tax office, and nothing of the borrower's.
    #[must_use]
    pub const fn is_of_the_tax(self) -> bool {
        matches!(self, Self::VatExemption | Self::VatExemptionEnded)
    }

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PrepaymentShorten => "prepayment_shorten",
            Self::PrepaymentLower => "prepayment_lower",
            Self::Extension => "extension",
            Self::Restructuring => "restructuring",
            Self::Rollover => "rollover",
            Self::Repricing => "repricing",
            Self::Misuse => "misuse",
            Self::MisuseEnded => "misuse_ended",
            Self::FeeWaiver => "fee_waiver",
            Self::VatExemption => "vat_exemption",
            Self::VatExemptionEnded => "vat_exemption_ended",
        }
    }

    /// 名称
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::PrepaymentShorten => "提前还款·缩短期限",
            Self::PrepaymentLower => "提前还款·降低每期还款额",
            Self::Extension => "展期",
            Self::Restructuring => "重组",
            Self::Rollover => "无还本续贷",
            Self::Repricing => "重定价",
            Self::Misuse => "挪用罚息",
            Self::MisuseEnded => "挪用终止",
            Self::FeeWaiver => "费用减免",
            Self::VatExemption => "免征增值税认定",
            Self::VatExemptionEnded => "撤销免征增值税认定",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }

    /// What the loan's plan and events name as the cause.
    #[must_use]
    pub const fn cause(self) -> &'static str {
        match self {
            Self::PrepaymentShorten | Self::PrepaymentLower => "prepayment",
            other => other.name(),
        }
    }

    /// Whether it makes a new plan; the others leave the plan as it is.
    #[must_use]
    pub const fn replans(self) -> bool {
        self.is_new_terms()
    }
}

/// What has become of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentStatus {
    /// 待审批
    Proposed,
    /// 已批准并执行
    Approved,
    /// 未批准
    Refused,
    /// 已撤回
    Withdrawn,
}

impl AdjustmentStatus {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Proposed, Self::Approved, Self::Refused, Self::Withdrawn];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// 名称
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Proposed => "待审批",
            Self::Approved => "已批准",
            Self::Refused => "未批准",
            Self::Withdrawn => "已撤回",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == text)
    }
}

/// A change of a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = AdjustmentChange)]
pub enum Change {
    /// Principal was paid ahead of the plan: the instalment stays, the tenor shortens.
    PrepaymentShorten,
    /// Principal was paid ahead of the plan: the tenor stays, the instalments to come fall.
    PrepaymentLower,
    /// The loan falls due later (贷款通则, article 12).
    Extension {
        /// By how many months.
        months: u32,
        /// Whether the borrower is in financial difficulty: then the loan counts as restructured
        /// (金融资产风险分类办法, 2023).
        #[serde(default)]
        in_difficulty: bool,
        /// How the security was renewed for a loan that falls due after the debt's term in its pledge contract: the
        /// supplementary agreement, the change at the register.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        security: Option<String>,
    },
    /// A new plan for a borrower in financial difficulty; what is overdue goes into it.
    Restructuring(Restructuring),
    /// 无还本续贷: the principal that would fall due with the last instalment is lent on for a new term.
    Rollover {
        /// The new term from the present maturity on.
        term_months: u32,
        /// How large the firm is, as the bank has classed it; a rollover needs it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        firm_size: Option<FirmSize>,
        /// How the security was renewed, as for an extension.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        security: Option<String>,
    },
    /// Another price, from the day of the decision on.
    Repricing(Pricing),
    /// A part of the principal was not used as agreed: it bears a penalty rate of its own from that day on
    /// (银发〔2003〕251号, article 3).
    Misuse {
        /// How much of the principal.
        amount: Money,
        /// From which day on.
        since: NaiveDate,
        /// By how much of the contract rate the rate rises on it, 0.5 to 1; what the loan's product says where it is not
        /// said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        surcharge: Option<Rate>,
    },
    /// The misuse has ended: the money was brought back or is used as agreed.
    MisuseEnded,
    /// Fees that were charged and are not paid are waived.
    FeeWaiver {
        /// How much of them.
        amount: Money,
    },
    /// The interest of the loan is exempt from VAT: a micro or small firm with little credit.
    VatExemption {
        /// How large the firm was when the loan was drawn (中小企业划型标准规定, 工信部联企业〔2011〕300号).
        firm_size: FirmSize,
        /// All the credit that the bank had given the borrower then (单户授信), this loan included.
        credit: Money,
    },
    /// The loan was recognised as exempt by mistake: all that it has earned is taxed.
    VatExemptionEnded,
}

impl Change {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> AdjustmentKind {
        match self {
            Self::PrepaymentShorten => AdjustmentKind::PrepaymentShorten,
            Self::PrepaymentLower => AdjustmentKind::PrepaymentLower,
            Self::Extension { .. } => AdjustmentKind::Extension,
            Self::Restructuring(_) => AdjustmentKind::Restructuring,
            Self::Rollover { .. } => AdjustmentKind::Rollover,
            Self::Repricing(_) => AdjustmentKind::Repricing,
            Self::Misuse { .. } => AdjustmentKind::Misuse,
            Self::MisuseEnded => AdjustmentKind::MisuseEnded,
            Self::FeeWaiver { .. } => AdjustmentKind::FeeWaiver,
            Self::VatExemption { .. } => AdjustmentKind::VatExemption,
            Self::VatExemptionEnded => AdjustmentKind::VatExemptionEnded,
        }
    }

    /// How the security was renewed, where that is stated.
    #[must_use]
    pub fn security(&self) -> Option<&str> {
        let stated = match self {
            Self::Extension { security, .. } | Self::Rollover { security, .. } => security.as_deref(),
            Self::Restructuring(new) => new.security.as_deref(),
            _ => None,
        };
        stated.filter(|text| !text.trim().is_empty())
    }
}

/// A new plan: either spread over a new term or an agreed list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Restructuring {
    /// The contract rate from the decision on, where it changes: fixed from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annual_rate: Option<Rate>,
    /// The spread on the LPR from the decision on, where the loan floats and the spread changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread_bp: Option<i32>,
    /// A new term with a method of repayment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<Spread>,
    /// An agreed list of instalments; its principal sums to what is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instalments: Option<Vec<Listed>>,
    /// How the security was renewed for a plan that runs beyond the debt's term in the pledge contract, or beyond the
    /// first of the pledged rights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<String>,
}

/// A new term, with due dates at the loan's own interval from the next one on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Spread {
    /// How it is repaid.
    pub repayment: Repayment,
    /// Months; a multiple of the loan's interval.
    pub months: u32,
    /// Opening instalments in which only interest is paid.
    #[serde(default)]
    pub grace: u32,
}

/// An instalment of an agreed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Listed {
    /// The due date.
    pub due: NaiveDate,
    /// The principal repaid with it.
    pub principal: Money,
    /// Whether interest falls due with it; one that repays principal always pays it. What does not fall due with it
    /// falls due with the next that pays interest, at the latest with the last.
    #[serde(default = "yes")]
    pub pays_interest: bool,
}

const fn yes() -> bool {
    true
}

/// A price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "basis", rename_all = "snake_case")]
pub enum Pricing {
    /// 固定利率
    Fixed {
        /// A year.
        annual_rate: Rate,
    },
    /// 浮动利率: LPR of the loan's tenor and a spread.
    Floating {
        /// Basis points on the reference rate (加点); may be negative.
        spread_bp: i32,
        /// When the reference rate is taken anew.
        reset: RateReset,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_reads_as_the_contract_writes_it() {
        let read = |text: &str| serde_json::from_str::<Change>(text).unwrap();
        assert_eq!(read(r#"{"kind":"prepayment_lower"}"#), Change::PrepaymentLower);
        let extension = Change::Extension { months: 6, in_difficulty: false, security: None };
        assert_eq!(read(r#"{"kind":"extension","months":6}"#), extension);
        let rollover =
            read(r#"{"kind":"rollover","term_months":12,"firm_size":"small","security":"补充协议"}"#);
        assert_eq!(rollover.security(), Some("补充协议"));
        assert_eq!(read(r#"{"kind":"extension","months":6,"security":" "}"#).security(), None);
        let fixed = Change::Repricing(Pricing::Fixed { annual_rate: Rate::from_basis_points(345) });
        assert_eq!(read(r#"{"kind":"repricing","basis":"fixed","annual_rate":"0.0345"}"#), fixed);
        let floating = Pricing::Floating { spread_bp: -20, reset: RateReset::January };
        assert_eq!(
            read(r#"{"kind":"repricing","basis":"floating","spread_bp":-20,"reset":"january"}"#),
            Change::Repricing(floating)
        );
        let misuse = Change::Misuse {
            amount: Money::from_fen(100),
            since: NaiveDate::from_ymd_opt(2026, 11, 1).unwrap(),
            surcharge: None,
        };
        assert_eq!(read(r#"{"kind":"misuse","amount":"1.00","since":"2026-11-01"}"#), misuse);
        assert_eq!(read(r#"{"kind":"misuse_ended"}"#), Change::MisuseEnded);
        assert_eq!(read(r#"{"kind":"vat_exemption_ended"}"#), Change::VatExemptionEnded);
        let waived = Change::FeeWaiver { amount: Money::from_fen(1) };
        assert_eq!(read(r#"{"kind":"fee_waiver","amount":"0.01"}"#), waived);
        let listed =
            read(r#"{"kind":"restructuring","instalments":[{"due":"2027-01-20","principal":"100.00"}]}"#);
        let Change::Restructuring(Restructuring { instalments: Some(list), .. }) = &listed else {
            panic!("{listed:?}");
        };
        assert!(list[0].pays_interest);
        let again = serde_json::to_string(&listed).unwrap();
        assert_eq!(read(&again), listed);
    }

    #[test]
    fn kinds_and_states_are_called_the_same_everywhere() {
        for kind in AdjustmentKind::ALL {
            assert_eq!(AdjustmentKind::parse(kind.name()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        for status in AdjustmentStatus::ALL {
            assert_eq!(AdjustmentStatus::parse(status.name()), Some(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
        }
    }
}
