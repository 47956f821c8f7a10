//! The assessment of a loan: tier, stage, provision, warnings. Pure, and cheap for the loan that performs: it costs some
//! multiplications and allocates nothing.

use finance::{EclStage, Money};

use super::{
    Flags, LoanFacts, Reason, RiskParameters, Tier,
    classify::{Past, classify},
    expected::{at_default, expected, floor},
    stage::stage,
    warn::warn,
};

/// What was found of a loan on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessed {
    /// Its tier.
    pub tier: Tier,
    /// The tier that it has by itself, without what its debtor's other debts add.
    pub own_tier: Tier,
    /// 1, 2 or 3.
    pub stage: EclStage,
    /// The loss expected by the model or the loan's own estimate.
    pub expected_loss: Money,
    /// What is to be provided: the expected loss, at least the floor of the tier, at most the exposure at default.
    pub provision: Money,
    /// Early warnings.
    pub flags: Flags,
    /// Why it is not normal and in stage 1; empty where it is.
    pub reasons: Vec<Reason>,
    /// What the next assessment needs of this one.
    pub past: Past,
}

impl Assessed {
    /// What stands of a loan that is repaid or written off: nothing to provide for, nothing to warn of.
    #[must_use]
    pub fn settled(&self) -> Self {
        Self {
            expected_loss: Money::ZERO,
            provision: Money::ZERO,
            flags: Flags::NONE,
            reasons: Vec::new(),
            past: Past { overdue_days: 0, ..self.past },
            ..*self
        }
    }
}

/// Assesses a loan.
#[must_use]
pub fn assess(facts: &LoanFacts, parameters: &RiskParameters, previous: Option<&Assessed>) -> Assessed {
    let mut made = classify(facts, parameters, previous.map(|previous| &previous.past));
    let stage = stage(facts, &parameters.staging, &mut made);
    let expected_loss = expected(facts, parameters, made.tier, stage);
    let least = floor(facts, &parameters.provision_floor, made.tier);
    Assessed {
        tier: made.tier,
        own_tier: made.own_tier,
        stage,
        expected_loss,
        provision: expected_loss.max(least).min(at_default(facts, parameters, stage)),
        flags: warn(facts, &parameters.warnings),
        reasons: made.reasons,
        past: made.past,
    }
}
