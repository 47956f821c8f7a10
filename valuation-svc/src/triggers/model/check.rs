//! Whether something asks for a valuation to be made anew. What the valuation already knew is no news.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use contracts::OrgId;
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{Cause, Finding};
use crate::{
    catalogue::{PatentRecord, record::DisputeKind},
    models::model::ChampionChange,
};

fn finding(cause: Cause, key: impl Into<String>, zh: String, en: String) -> Finding {
    Finding { cause, key: key.into(), zh, en, deadline: None }
}

/// An annuity is missed on a day: late by the catalogue's count, of which the valuation did not know.
#[must_use]
pub fn annuity_missed(
    known: &PatentRecord,
    valued_on: NaiveDate,
    paid_to: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<Finding> {
    let paid_to = paid_to.filter(|day| known.annuities_in_time_until(*day) < today)?;
    let late_then = known.annuities_in_time_until(paid_to) < valued_on;
    let knew = known.facts.annuities_paid_to == Some(paid_to) && late_then;
    (!knew).then(|| {
        finding(
            Cause::AnnuityMissed,
            paid_to.to_string(),
            format!("年费只缴至 {paid_to}，未按期续缴，权利有终止风险。"),
            format!("Annuities are paid up to {paid_to} only: the right may lapse."),
        )
    })
}

/// Proceedings of a kind are open of which the valuation did not know.
#[must_use]
pub fn disputed(known: &PatentRecord, kind: DisputeKind, noted_on: NaiveDate) -> Option<Finding> {
    if known.has_open(kind) {
        return None;
    }
    let (cause, zh, en) = match kind {
        DisputeKind::Invalidation => {
            (Cause::InvalidationFiled, "针对该专利的无效宣告请求", "a request for invalidation of the patent")
        }
        DisputeKind::Ownership => {
            (Cause::OwnershipDisputed, "该专利的权属纠纷", "a dispute over its ownership")
        }
        DisputeKind::Preservation => {
            (Cause::Preserved, "法院对该专利的保全措施", "a court's order of preservation over it")
        }
        DisputeKind::Litigation => return None,
    };
    Some(finding(
        cause,
        noted_on.to_string(),
        format!("{noted_on} 记录到{zh}，评估未考虑其影响。"),
        format!("On {noted_on} {en} was recorded, whose effect the valuation does not include."),
    ))
}

/// The right has ended by the word of the catalogue.
#[must_use]
pub fn right_ended(status: &str, effective: NaiveDate) -> Option<Finding> {
    let (zh, en) = match status {
        "lapsed" => ("终止", "lapsed"),
        "expired" => ("期满", "expired"),
        "invalidated" => ("被宣告无效", "was declared invalid"),
        "withdrawn" => ("撤回或放弃", "was withdrawn"),
        "rejected" => ("被驳回", "was refused"),
        _ => return None,
    };
    Some(finding(
        Cause::RightEnded,
        status,
        format!("专利权于 {effective} {zh}，原评估值不再成立。"),
        format!("The right {en} on {effective}: the value no longer stands."),
    ))
}

/// The patent went to another owner.
#[must_use]
pub fn transferred(to: Option<OrgId>, noted_on: NaiveDate, key: String) -> Finding {
    let (zh, en) = match to {
        Some(_) => ("转移至平台内的另一机构", "to another organisation of the platform"),
        None => ("转移至平台以外的权利人", "to an owner outside the platform"),
    };
    finding(
        Cause::Transferred,
        key,
        format!("{noted_on} 记录到专利权{zh}，实施主体和收益预测须重新核实。"),
        format!(
            "On {noted_on} the patent was recorded as gone {en}: who works it, and the plan, must be looked at again."
        ),
    )
}

/// The index of the patent's industry moved by the threshold or more since the valuation date.
#[must_use]
pub fn market_moved(then: Decimal, now: Decimal, month: &str, threshold: Decimal) -> Option<Finding> {
    if then <= Decimal::ZERO {
        return None;
    }
    let moved = ((now - then) / then).round_dp(4);
    if moved.abs() < threshold {
        return None;
    }
    let percent = (moved * Decimal::ONE_HUNDRED).normalize();
    Some(finding(
        Cause::MarketMoved,
        if moved > Decimal::ZERO { "up" } else { "down" },
        format!("所属行业的行情指数由评估时的 {then} 变为 {month} 的 {now}（{percent}%）。"),
        format!(
            "The industry's market index went from {then} at the valuation to {now} in {month} ({percent} %)."
        ),
    ))
}

/// The validity ends within so many days. Its end is the deadline.
#[must_use]
pub fn validity_ending(valid_until: NaiveDate, today: NaiveDate, days_before: Decimal) -> Option<Finding> {
    let from = valid_until.checked_sub_days(Days::new(days_before.to_u64()?))?;
    (today >= from).then(|| Finding {
        deadline: Some(valid_until),
        ..finding(
            Cause::ValidityEnding,
            valid_until.to_string(),
            format!("评估有效期至 {valid_until}，即将届满。"),
            format!("The valuation may be relied on until {valid_until} only."),
        )
    })
}

/// The valuation date is so many months ago.
#[must_use]
pub fn aged(valued_on: NaiveDate, today: NaiveDate, months: Decimal) -> Option<Finding> {
    let from = valued_on.checked_add_months(Months::new(months.to_u32()?))?;
    (today >= from).then(|| {
        finding(
            Cause::Aged,
            from.to_string(),
            format!("评估基准日为 {valued_on}，已满 {months} 个月。"),
            format!("The valuation date, {valued_on}, is {months} months ago."),
        )
    })
}

/// Whether any champion that came after a valuation was a material change from the model that it was made with.
#[must_use]
pub fn is_material_since(
    changes: &[ChampionChange],
    used: &str,
    (valued_on, made_at): (NaiveDate, DateTime<Utc>),
) -> bool {
    changes
        .iter()
        .filter(|one| one.from > valued_on || (one.from == valued_on && one.decided_at >= made_at))
        .any(|one| one.material && one.hash != used)
}

/// The model that the valuation was made with is retired, or another version of it took its place.
#[must_use]
pub fn model_retired(model_version: &str, why_zh: &str, why_en: &str) -> Finding {
    finding(
        Cause::ModelRetired,
        model_version,
        format!("评估所用模型 {model_version} {why_zh}。"),
        format!("The model {model_version} that the valuation was made with {why_en}."),
    )
}
