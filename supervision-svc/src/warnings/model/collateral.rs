//! What the rules say about collateral: value lost, value out of date, value out of line, right lost, too much lent.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use finance::{Money, grouped};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    Facts,
    lending::{Exposure, day_begins},
    rule::{Code, rule},
    warning::{About, Warning, percent},
};
use crate::portfolio::median;

/// A registered pledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pledge {
    pub bank_id: Uuid,
    pub enterprise_id: Uuid,
    /// Accepted when it was registered.
    pub collateral: Money,
    pub patents: Vec<Uuid>,
}

/// An organisation's newest value of a patent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    pub tenant: Uuid,
    pub tenant_name: String,
    pub patent_id: Uuid,
    pub patent_number: String,
    pub value: Money,
    /// The highest that the same organisation found within the look-back before.
    pub peak: Option<Money>,
    pub maximum_loan: Money,
    pub valid_until: NaiveDate,
    pub completed_at: DateTime<Utc>,
}

/// A pledged patent whose right is no longer in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    pub patent_id: Uuid,
    pub patent_number: String,
    /// `lapsed`, `invalidated`, `expired`
    pub status: String,
    pub effective: NaiveDate,
    pub bank_id: Uuid,
    pub bank_name: String,
}

pub(super) fn warnings(facts: &Facts, today: NaiveDate) -> Vec<Warning> {
    let of_bank: BTreeMap<(Uuid, Uuid), &Value> =
        facts.values.iter().map(|value| ((value.tenant, value.patent_id), value)).collect();
    let mut found: Vec<Warning> = facts.ended.iter().map(patent_ended).collect();
    let mut by_borrower: BTreeMap<(Uuid, Uuid), Vec<&Pledge>> = BTreeMap::new();
    for pledge in &facts.pledges {
        by_borrower.entry((pledge.bank_id, pledge.enterprise_id)).or_default().push(pledge);
    }
    for exposure in &facts.exposures {
        let pledges = by_borrower.get(&(exposure.bank_id, exposure.enterprise_id));
        found.extend(pledges.and_then(|pledges| ltv(exposure, pledges, &of_bank)));
    }
    let mut pledged: Vec<(Uuid, Uuid)> = facts
        .pledges
        .iter()
        .flat_map(|one| one.patents.iter().map(move |patent| (one.bank_id, *patent)))
        .collect();
    pledged.sort_unstable();
    pledged.dedup();
    for value in pledged.iter().filter_map(|key| of_bank.get(key)) {
        found.extend(value_drop(value));
        found.extend(expired(value, today));
    }
    let mut by_patent: BTreeMap<Uuid, Vec<&Value>> = BTreeMap::new();
    for value in of_bank.values() {
        by_patent.entry(value.patent_id).or_default().push(value);
    }
    found.extend(by_patent.values().flat_map(|values| outliers(values)));
    found
}

fn about_patent(value: &Value, since: DateTime<Utc>) -> About {
    About {
        subject: "patent",
        subject_id: value.patent_id,
        bank_id: value.tenant,
        bank_name: value.tenant_name.clone(),
        since,
    }
}

fn value_drop(value: &Value) -> Option<Warning> {
    let rule = rule(Code::ValueDrop);
    let peak = value.peak?;
    let drop = peak.checked_sub(value.value).ok()?.ratio_of(peak)?.fraction();
    if drop < rule.threshold {
        return None;
    }
    let (bank, number, from, to, part) =
        (&value.tenant_name, &value.patent_number, grouped(peak), grouped(value.value), percent(drop));
    let texts = (
        format!(
            "{bank}对质押专利 {number} 的估值由 {from} 元降至 {to} 元，下跌 {part}。请督促追加质物或压降余额。"
        ),
        format!(
            "{bank} values the pledged patent {number} at {to} yuan after {from}, down {part}: ask for more collateral or repayment."
        ),
    );
    let about = about_patent(value, value.completed_at);
    Some(Warning::new(Code::ValueDrop, about, (drop.round_dp(6), rule.threshold), texts))
}

fn expired(value: &Value, today: NaiveDate) -> Option<Warning> {
    let rule = rule(Code::ValuationExpired);
    let days = (today - value.valid_until).num_days();
    if Decimal::from(days) < rule.threshold {
        return None;
    }
    let (bank, number, until) = (&value.tenant_name, &value.patent_number, value.valid_until);
    let texts = (
        format!("{bank}对质押专利 {number} 的估值有效期至 {until}，已过期 {days} 天，应重新评估。"),
        format!(
            "{bank}'s valuation of the pledged patent {number} was valid until {until}, {days} days ago: it is to be valued again."
        ),
    );
    let about = about_patent(value, day_begins(value.valid_until + TimeDelta::days(1)));
    Some(Warning::new(Code::ValuationExpired, about, (days.into(), rule.threshold), texts))
}

/// The organisations whose value of one patent is far above the others'.
fn outliers(of_patent: &[&Value]) -> Vec<Warning> {
    let rule = rule(Code::ValuationOutlier);
    let others_min = rule.parameter.unwrap_or(Decimal::ONE);
    of_patent
        .iter()
        .filter_map(|value| {
            let others: Vec<Money> =
                of_patent.iter().filter(|one| one.tenant != value.tenant).map(|one| one.value).collect();
            let middle = median(&others).filter(|_| Decimal::from(others.len()) >= others_min)?;
            let multiple = value.value.ratio_of(middle)?.fraction();
            if multiple < rule.threshold {
                return None;
            }
            let multiple = multiple.round_dp(6);
            let (bank, number, amount, middle, times) = (
                &value.tenant_name,
                &value.patent_number,
                grouped(value.value),
                grouped(middle),
                multiple.round_dp(2).normalize(),
            );
            let texts = (
                format!("{bank}对专利 {number} 的估值为 {amount} 元，是其他机构中位数 {middle} 元的 {times} 倍。请核查估值依据。"),
                format!("{bank} values patent {number} at {amount} yuan, {times} times the others' median of {middle}: look into its grounds."),
            );
            let about = about_patent(value, value.completed_at);
            Some(Warning::new(Code::ValuationOutlier, about, (multiple, rule.threshold), texts))
        })
        .collect()
}

fn patent_ended(ended: &Ended) -> Warning {
    let (zh, en) = match ended.status.as_str() {
        "lapsed" => ("已终止", "has lapsed"),
        "invalidated" => ("已被宣告无效", "was invalidated"),
        _ => ("已届满", "has expired"),
    };
    let (bank, number, on) = (&ended.bank_name, &ended.patent_number, ended.effective);
    let texts = (
        format!("质押给{bank}的专利 {number} 自 {on} 起{zh}，质物灭失。"),
        format!("Patent {number}, pledged to {bank}, {en} as of {on}: the collateral is gone."),
    );
    let about = About {
        subject: "patent",
        subject_id: ended.patent_id,
        bank_id: ended.bank_id,
        bank_name: bank.clone(),
        since: day_begins(ended.effective),
    };
    Warning::new(Code::PatentEnded, about, (Decimal::ONE, rule(Code::PatentEnded).threshold), texts)
}

/// What a bank may lend on these pledges: by its newest valuation of every patent, or, where one of them has none,
/// by the cap on the collateral accepted.
fn lendable(pledges: &[&Pledge], of_bank: &BTreeMap<(Uuid, Uuid), &Value>, cap: Decimal) -> Option<Money> {
    let patents = pledges.iter().flat_map(|one| one.patents.iter().map(|patent| (one.bank_id, *patent)));
    let newest: Option<Vec<Money>> =
        patents.map(|key| of_bank.get(&key).map(|value| value.maximum_loan)).collect();
    match newest {
        Some(amounts) => Money::total(amounts).ok(),
        None => Money::total(pledges.iter().map(|one| one.collateral))
            .and_then(|accepted| accepted.scale(finance::Rate::new(cap), finance::Rounding::Down))
            .ok(),
    }
}

fn ltv(
    exposure: &Exposure,
    pledges: &[&Pledge],
    of_bank: &BTreeMap<(Uuid, Uuid), &Value>,
) -> Option<Warning> {
    let rule = rule(Code::LtvAboveLimit);
    let most = lendable(pledges, of_bank, rule.parameter?)?;
    let limit = most.scale(finance::Rate::new(rule.threshold), finance::Rounding::Down).ok()?;
    if exposure.outstanding <= limit {
        return None;
    }
    let figures = (exposure.outstanding.yuan(), limit.yuan());
    let (bank, name, owed, most) =
        (&exposure.bank_name, &exposure.enterprise_name, grouped(exposure.outstanding), grouped(limit));
    let texts = (
        format!("{name}欠{bank} {owed} 元，超过其质物可贷上限 {most} 元。请督促追加质物或压降余额。"),
        format!(
            "{name} owes {bank} {owed} yuan, more than the {most} that its collateral permits: ask for more collateral or repayment."
        ),
    );
    let about = About {
        subject: "enterprise",
        subject_id: exposure.enterprise_id,
        bank_id: exposure.bank_id,
        bank_name: bank.clone(),
        since: exposure.changed_at,
    };
    Some(Warning::new(Code::LtvAboveLimit, about, figures, texts))
}

#[cfg(test)]
#[path = "collateral_tests.rs"]
mod tests;
