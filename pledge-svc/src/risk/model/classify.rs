//! The five-tier classification (商业银行金融资产风险分类办法, 银保监会、人民银行令〔2023〕第1号, in force since
//! 2023-07-01).
//!
//! | step | from | gives |
//! |---|---|---|
//! | own | the loan's arrears, impairment, disposal case, restructuring, people's judgement | the tier that it has by itself |
//! | held | the tier that it had by itself before | an upgrade only after arrears are cleared and it has performed |
//! | debtor | the debtor's other claims, each by its own tier | the tier |
//!
//! A debtor's claims are counted by their own tiers, and one that nothing but another bad claim holds (it is ripe) is not
//! counted unless such another is there: were it otherwise, two loans could hold each other down for ever.

use chrono::{Months, NaiveDate, TimeDelta};
use finance::{Instalment, Money, Rate};

use super::{
    Disposed, LoanFacts, Reason, Tier,
    disposed::loss_found,
    facts::dues_after,
    parameters::{RiskParameters, Thresholds},
};

/// Due dates that what was non-performing has to meet before it is upgraded.
const UPGRADE_PERIODS: u32 = 2;

/// What of the last assessment the next one needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Past {
    /// The tier that it had by itself.
    pub own_tier: Tier,
    /// Days overdue then.
    pub overdue_days: i64,
    /// The day on which arrears were last found cleared; `None` where it never was late or is late now.
    pub cleared_on: Option<NaiveDate>,
    /// The day since which it has been non-performing by itself.
    pub bad_since: Option<NaiveDate>,
    /// The day from which on it meets all that an upgrade asks of itself, whatever the debtor's other claims are; `None`
    /// where it is not held, or still owes something or is bad for another reason.
    pub ripe_on: Option<NaiveDate>,
    /// The restructuring that is or was observed.
    pub restructured_on: Option<NaiveDate>,
    /// From when on it is observed anew: something was missed within the observation, or the difficulties were not solved at its
    /// end.
    pub observed_from: Option<NaiveDate>,
    /// Whether it is still observed.
    pub observing: bool,
    /// Whether it was restructured again under observation.
    pub again: bool,
}

/// A loan's tier with what leads to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Classified {
    pub tier: Tier,
    pub own_tier: Tier,
    pub reasons: Vec<Reason>,
    pub past: Past,
}

impl Classified {
    fn at_least(&mut self, tier: Tier, reason: Reason) {
        self.tier = self.tier.max(tier);
        self.reasons.push(reason);
    }
}

/// Classifies a loan.
pub(super) fn classify(facts: &LoanFacts, parameters: &RiskParameters, past: Option<&Past>) -> Classified {
    let mut made = Classified::default();
    arrears(facts, parameters, &mut made);
    impairment(facts, &parameters.classification, &mut made);
    disposed(facts, parameters, &mut made);
    if let Some(since) = facts.misused_since {
        // Article 10 (2): the use was changed without the bank's consent.
        made.at_least(Tier::SpecialMention, Reason::Misused { since });
    }
    made.past = observed(facts, past);
    restructuring(facts, &parameters.classification, &mut made);
    if let Some(tier) = facts.judged.tier.filter(|tier| *tier > Tier::Normal) {
        made.at_least(tier, Reason::Judged { tier });
    }
    hold(facts, &parameters.classification, past, &mut made);
    made.own_tier = made.tier;
    made.past.own_tier = made.tier;
    made.past.bad_since = match past.and_then(|past| past.bad_since) {
        _ if !made.tier.is_nonperforming() => None,
        Some(since) => Some(since),
        None => Some(facts.on),
    };
    debtor(facts, &parameters.classification, &mut made);
    made
}

/// Articles 10 to 13, by days overdue; the standard's presumption of default where a bank has set it earlier.
fn arrears(facts: &LoanFacts, parameters: &RiskParameters, made: &mut Classified) {
    let days = facts.overdue_days;
    if days <= 0 {
        return;
    }
    let law = &parameters.classification;
    let tier = if days > law.loss_after_days {
        Tier::Loss
    } else if days > law.doubtful_after_days {
        Tier::Doubtful
    } else if days > law.substandard_after_days {
        Tier::Substandard
    } else {
        Tier::SpecialMention
    };
    made.at_least(tier, Reason::Overdue { days, tier });
    if days > parameters.staging.impaired_after_days && tier < Tier::Substandard {
        made.at_least(Tier::Substandard, Reason::Impaired { days });
    }
}

/// Articles 11 (2), 12 (3), 13 (3): an impairment that was estimated for this loan by itself. The loss that the model
/// expects of a stage is no such estimate.
fn impairment(facts: &LoanFacts, law: &Thresholds, made: &mut Classified) {
    let Some(loss) = facts.judged.impairment else { return };
    let tier = by_loss(loss, law);
    made.at_least(tier, Reason::Impairment { loss, tier });
}

/// The least tier of a loan that is credit-impaired, by what part of its book value is expected to be lost.
fn by_loss(loss: Rate, law: &Thresholds) -> Tier {
    if loss >= law.loss_impairment {
        Tier::Loss
    } else if loss >= law.doubtful_impairment {
        Tier::Doubtful
    } else {
        Tier::Substandard
    }
}

/// The same articles, by what a disposal case has come to: a pledge that was enforced and did not pay the debt is proof of the
/// impairment however few days are overdue, and a loss that was determined is an estimate for this loan by itself.
fn disposed(facts: &LoanFacts, parameters: &RiskParameters, made: &mut Classified) {
    if !facts.exposure().is_positive() {
        return;
    }
    match facts.disposed {
        Disposed::Nothing => {}
        Disposed::SoldOut => made.at_least(Tier::Substandard, Reason::SoldOut),
        Disposed::LossFound { .. } => {
            let loss = loss_found(facts, parameters);
            let tier = by_loss(loss, &parameters.classification);
            made.at_least(tier, Reason::LossFound { loss: shown(loss), tier });
        }
    }
}

/// What is remembered of a loan's past, brought up to the day.
fn observed(facts: &LoanFacts, past: Option<&Past>) -> Past {
    let before = past.copied().unwrap_or_default();
    let late = facts.overdue_days > 0;
    let cleared_on = match before.cleared_on {
        _ if late => None,
        None if before.overdue_days > 0 => Some(facts.on),
        cleared => cleared,
    };
    let fresh = facts.restructured_on.is_some() && facts.restructured_on != before.restructured_on;
    let restructured_on = facts.restructured_on.or(before.restructured_on);
    // Article 20: what is missed under observation begins it anew from the day on which it was missed.
    let missed = late.then(|| facts.on - TimeDelta::days(facts.overdue_days));
    let missed = missed.filter(|day| restructured_on.is_some_and(|since| *day > since));
    Past {
        own_tier: before.own_tier,
        overdue_days: facts.overdue_days,
        cleared_on,
        bad_since: before.bad_since,
        ripe_on: None,
        restructured_on,
        observed_from: before.observed_from.filter(|_| !fresh).max(missed),
        observing: fresh || before.observing,
        // Article 22: new terms while those before were still observed.
        again: before.again || fresh && before.observing,
    }
}

/// Until when a loan that was restructured on a day is observed: from the first payment agreed by the new plan, at least so
/// many months and so many consecutive repayment periods (the rules: a year and two periods). `None` for a plan that
/// asks for nothing after that day.
#[must_use]
pub fn observation_ends(
    plan: &[Instalment],
    since: NaiveDate,
    (months, periods): (u32, u32),
) -> Option<NaiveDate> {
    dues_after(plan, since).next().map(|first| ends_after(plan, first, (months, periods)))
}

/// So many months after a day, and not before so many due dates after it; where fewer are left, the last of them.
fn ends_after(plan: &[Instalment], begin: NaiveDate, (months, periods): (u32, u32)) -> NaiveDate {
    let periods = usize::try_from(periods).unwrap_or(usize::MAX);
    let last = dues_after(plan, begin).take(periods).last().unwrap_or(begin);
    months_after(begin, months).max(last)
}

/// Articles 20 to 22. The observation begins with the first due date after the new terms, by the plan in force; it lasts a year
/// and two repayment periods at least, and is not over while what falls due on its last day is unpaid. It begins anew from the
/// day on which something was missed in it, and from its end where two people have not found by then that the debtor's
/// difficulties are solved.
fn restructuring(facts: &LoanFacts, law: &Thresholds, made: &mut Classified) {
    let Some(on) = made.past.restructured_on.filter(|_| made.past.observing) else { return };
    let span = (law.observation_months, law.observation_periods);
    let by_plan = observation_ends(facts.plan, on, span).unwrap_or_else(|| months_after(on, span.0));
    let mut until = made.past.observed_from.map_or(by_plan, |from| ends_after(facts.plan, from, span));
    if facts.overdue_days <= 0 && !facts.unpaid && facts.on >= until {
        if facts.judged.solved_on.is_some_and(|day| day >= on) {
            // Repaid as agreed throughout, and the difficulties are solved: it is restructured no more.
            made.past.observing = false;
            made.past.again = false;
            made.past.observed_from = None;
            return;
        }
        while facts.on >= until {
            let next = ends_after(facts.plan, until, span);
            made.past.observed_from = Some(until);
            if next <= until {
                break;
            }
            until = next;
        }
    }
    if made.past.again {
        made.at_least(Tier::Substandard, Reason::RestructuredAgain { until });
    } else {
        made.at_least(Tier::SpecialMention, Reason::Restructured { until });
    }
}

/// Article 14: what was non-performing is upgraded once arrears are cleared, it has performed for six months and has met two
/// due dates of its plan, whichever is later, and the debtor has no other bad claim at the bank.
fn hold(facts: &LoanFacts, law: &Thresholds, past: Option<&Past>, made: &mut Classified) {
    let Some(past) = past else { return };
    if !past.own_tier.is_nonperforming() || made.tier >= past.own_tier {
        return;
    }
    let owes = facts.overdue_days > 0 || facts.interest_due.is_positive() || facts.penalty_due.is_positive();
    let since = past.bad_since.max(made.past.cleared_on);
    let until = since.map(|day| ends_after(facts.plan, day, (law.upgrade_months, UPGRADE_PERIODS)));
    let until = until.filter(|_| !owes);
    let alone = facts.debtor.here_nonperforming.is_zero();
    // A due date of today is met when it is paid.
    let unmet = |day: &NaiveDate| facts.unpaid && facts.on >= *day;
    if !alone || until.is_none_or(|day| facts.on < day || unmet(&day)) {
        made.past.ripe_on = until.filter(|day| !made.tier.is_nonperforming() && !unmet(day));
        made.at_least(past.own_tier, Reason::Held { tier: past.own_tier, until: until.filter(|_| alone) });
    }
}

/// Articles 7, 10 (4) and 11 (4): what the debtor's other debts say.
fn debtor(facts: &LoanFacts, law: &Thresholds, made: &mut Classified) {
    let debtor = &facts.debtor;
    if debtor.everywhere_nonperforming.is_positive() {
        let amount = debtor.everywhere_nonperforming;
        made.at_least(Tier::SpecialMention, Reason::DebtorImpaired { amount });
    }
    if let Some(share) = part(debtor.here_nonperforming, debtor.here, debtor.own_here)
        && share > law.debtor_share
    {
        made.at_least(Tier::Substandard, Reason::DebtorShare { share: shown(share) });
    }
    if let Some(share) = part(debtor.everywhere_late, debtor.everywhere, facts.outstanding)
        && share > law.all_banks_share
    {
        made.at_least(Tier::Substandard, Reason::AllBanksShare { share: shown(share) });
    }
}

/// What part of all that the debtor owes is bad: the other debts and this one, which is not; `None` where nothing is.
fn part(bad: Money, others: Money, this: Money) -> Option<Rate> {
    if !bad.is_positive() {
        return None;
    }
    bad.ratio_of(others.checked_add(this).ok()?)
}

/// Six digits are enough to be read; what is compared is exact.
fn shown(share: Rate) -> Rate {
    Rate::new(share.fraction().round_dp(6))
}

/// A day so many months later; the last day of time where that lies beyond it.
fn months_after(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}
