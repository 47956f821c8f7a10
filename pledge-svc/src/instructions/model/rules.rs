//! Whether a bank debits the account that it keeps the moment its customer says so, or waits for its own people to say
//! that the money has come in.

use serde::{Deserialize, Serialize};

use crate::parameters::{FieldDoc, Flaw, PLATFORM_DEFAULT, ParameterSet, Unit};

/// The most working days that an instruction may wait: a year has fewer.
const DAYS_MAX: u32 = 250;

/// How a bank takes what its customers say they pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PaymentRules {
    /// The bank keeps the borrower's account and debits it at once: what the borrower says is booked as it is said.
    pub debit_at_once: bool,
    /// Working days after which an instruction that nobody confirmed ends by itself.
    pub lapse_after_working_days: u32,
}

impl Default for PaymentRules {
    /// Off: a bank that has not said so keeps no account that could be debited, and a debt is not extinguished by a record
    /// of the one who owes it.
    fn default() -> Self {
        Self { debit_at_once: false, lapse_after_working_days: 10 }
    }
}

impl ParameterSet for PaymentRules {
    const KIND: &'static str = "payments";
    const ZH: &'static str = "收付款规则";
    const EN: &'static str = "Payments";
    const FIELDS: &'static [FieldDoc] = &[
        FieldDoc {
            field: "debit_at_once",
            zh: "实时扣款：借款人账户在本行开立、还款与保证金由系统实时扣划的选“是”，即时入账；否则借款人提交付款指示，由运营人员确认到账后入账",
            en: "debited at once: yes where the bank keeps the borrower's account and debits it straight through, so that a payment is booked as it is said; otherwise the borrower gives an instruction and operations book it once the money has come in",
            unit: Unit::Flag,
            source_zh: "民法典第557条第1款第1项（债务已经履行的，债权债务终止）；平台默认值，须由银行核定",
            source_en: "Civil Code art. 557 (1) no. 1 (a debt ends by performance); platform default, for the bank to set",
        },
        FieldDoc {
            field: "lapse_after_working_days",
            zh: "付款指示有效期（工作日），期满未确认到账的失效",
            en: "working days that an instruction waits; one that nobody has confirmed by then lapses",
            unit: Unit::Days,
            source_zh: PLATFORM_DEFAULT.0,
            source_en: PLATFORM_DEFAULT.1,
        },
    ];

    fn flaws(&self) -> Vec<Flaw> {
        if (1..=DAYS_MAX).contains(&self.lapse_after_working_days) {
            return Vec::new();
        }
        vec![Flaw::new(
            "lapse_after_working_days",
            format!("须为 1 至 {DAYS_MAX} 个工作日。"),
            format!("It must be 1 to {DAYS_MAX} working days."),
        )]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_that_says_nothing_debits_nothing_at_once_and_an_instruction_waits_a_day_to_a_year() {
        assert!(!PaymentRules::default().debit_at_once);
        assert!(PaymentRules::default().flaws().is_empty());
        for days in [0, DAYS_MAX + 1] {
            let rules = PaymentRules { lapse_after_working_days: days, ..PaymentRules::default() };
            assert_eq!(rules.flaws().len(), 1, "{days}");
        }
    }
}
