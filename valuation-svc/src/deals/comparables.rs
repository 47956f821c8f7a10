//! Which deals speak for a patent's price: those of its subclasses or its industry in the last years, the most alike first,
//! each with the adjustments that lead from its price to the patent.

use std::collections::{HashMap, HashSet};

use chrono::{Datelike, Months, NaiveDate};
use contracts::ReferenceVersionId;
use finance::{Money, Rate};
use identity::Scope;
use rust_decimal::prelude::ToPrimitive;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    model::{
        DealKind, SUBCLASS_CHARS,
        adjustment::{Adjustment, Moved, Target},
        comparable::{DealEvidence, Prices, Similarity, Subject, WEIGHTS, compare, enough, prices},
        deal::subclasses,
    },
    store,
    view::{DealView, shown},
};
use crate::{
    appraisal::model::market_comparables,
    catalogue::{industry::Industry, patent::PatentFacts},
    reference::{self, Concordance, IndexPoint},
};

/// The most deals that are weighed, the newest first.
const WEIGHED_MAX: u64 = 2_000;

/// How old a month of the index may be to speak for a day, months: platform default.
const INDEX_MONTHS_MAX: u32 = 12;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The kind of right that is valued.
    pub kind: DealKind,
    /// How far back deals are looked for, years.
    pub years: u32,
    /// The most deals that are answered.
    pub limit: usize,
    /// Discount rate a year for the part of a life.
    pub discount_rate: Rate,
    /// The day of the valuation.
    pub on: NaiveDate,
}

impl Asked {
    /// A sale, five years back, ten deals, at 12 % a year: platform defaults.
    #[must_use]
    pub fn by_default(on: NaiveDate) -> Self {
        Self { kind: DealKind::Sale, years: 5, limit: 10, discount_rate: Rate::from_basis_points(1_200), on }
    }
}

/// A deal as evidence for a patent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ComparableDeal)]
pub struct ComparableDeal {
    /// The deal, as the caller sees it.
    pub deal: DealView,
    /// How alike it is.
    pub similarity: Similarity,
    /// What its price is multiplied by, one after the other.
    pub adjustments: Vec<Adjustment>,
    /// The product of the factors.
    pub factor: Rate,
    /// The price after adjustment; absent where only a royalty was agreed.
    pub adjusted_price: Option<Money>,
    /// The royalty for the right that is valued, adjusted for its scope alone.
    pub adjusted_royalty: Option<Rate>,
    /// The version of the market index that time was adjusted by; absent where it was not.
    pub index_version_id: Option<ReferenceVersionId>,
}

impl ComparableDeal {
    /// The deal as the market method takes it, weighing by similarity; `None` without a price.
    #[must_use]
    pub fn as_comparable(&self) -> Option<market_comparables::Comparable> {
        let number = |rate: Rate| rate.fraction().to_f64();
        Some(market_comparables::Comparable {
            price: self.deal.price?.yuan().to_f64()?,
            adjustments: self.adjustments.iter().map(|one| number(one.factor)).collect::<Option<_>>()?,
            weight: number(self.similarity.total)?,
        })
    }
}

/// The deals that compare with a patent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ComparableDeals)]
pub struct Comparables {
    /// The most alike first.
    pub items: Vec<ComparableDeal>,
    /// How many deals were weighed.
    pub weighed: usize,
    /// What the adjusted prices of the items come to; absent without any.
    pub prices: Option<Prices>,
    /// The first day that was looked at.
    pub from: NaiveDate,
    /// The day of the valuation.
    pub on: NaiveDate,
    /// The kind of right that is valued.
    pub kind: DealKind,
    /// Months for which the patent still runs; absent where that is not known.
    pub remaining_months: Option<u32>,
    /// The discount rate of the part of a life.
    pub discount_rate: Rate,
    /// What classes, kind, age and number count in the similarity: platform default.
    pub weights: [Rate; 4],
}

/// The verified deals that compare with a patent, as far as a scope sees them. One that several organisations wrote down from
/// the same source is weighed once.
///
/// # Errors
/// The database's fault.
pub async fn comparables(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    facts: &PatentFacts,
    asked: &Asked,
) -> Result<Comparables, Fault> {
    let table = reference::concordance(conn, asked.on).await?;
    weighed(conn, scope, facts, (asked, None, &table)).await
}

/// The same without what an organisation wrote down.
async fn weighed(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    facts: &PatentFacts,
    (asked, without, table): (&Asked, Option<Uuid>, &Concordance),
) -> Result<Comparables, Fault> {
    let on = asked.on;
    let from = on.checked_sub_months(Months::new(asked.years.saturating_mul(12))).unwrap_or(NaiveDate::MIN);
    let subject = Subject {
        ipc: facts.ipc.iter().map(|symbol| symbol.replace(' ', "")).collect(),
        target: Target {
            kind: asked.kind,
            remaining_months: facts.expiry_date.and_then(|end| months_between(on, end)),
            discount_rate: asked.discount_rate,
        },
        on,
        years: asked.years,
    };
    let industry = table.industry(facts);
    let mut near = subclasses(&subject.ipc);
    near.retain(|one| one.len() == SUBCLASS_CHARS && one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let industry = (industry != Industry::Other).then(|| industry.code());
    let rows = store::list_evidence(conn, scope, (&near, industry), (from, on), WEIGHED_MAX).await?;
    let mut rows = once_each(rows, scope);
    rows.retain(|row| Some(row.tenant) != without);
    let mut indices: HashMap<String, Vec<IndexPoint>> = HashMap::new();
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        if !indices.contains_key(&row.industry) {
            let months = reference::market_index(conn, &row.industry, on, on).await?;
            indices.insert(row.industry.clone(), months);
        }
        let index = indices.get(&row.industry).map_or(&[][..], Vec::as_slice);
        let moved = moved(index, row.dealt_on, on);
        let mut deal = store::deal_of(row)?;
        if !store::sees_in_full(scope, row) {
            // By what is shown of it, or its symbols could be found out by comparing it with one patent after the other.
            deal.draft.ipc = subclasses(&deal.draft.ipc);
        }
        let compared = compare(&deal, &subject, moved);
        items.push(ComparableDeal {
            deal: shown(row, scope)?,
            similarity: compared.similarity,
            adjustments: compared.adjustments,
            factor: compared.factor,
            adjusted_price: compared.adjusted_price,
            adjusted_royalty: compared.adjusted_royalty,
            index_version_id: moved.and_then(|_| index.last()).map(|point| point.version_id),
        });
    }
    let weighed = items.len();
    items.sort_by(|a, b| {
        let newer = b.deal.dealt_on.cmp(&a.deal.dealt_on).then_with(|| a.deal.id.cmp(&b.deal.id));
        b.similarity.total.cmp(&a.similarity.total).then(newer)
    });
    items.truncate(asked.limit);
    let priced: Vec<(Money, Rate)> =
        items.iter().filter_map(|item| Some((item.adjusted_price?, item.similarity.total))).collect();
    Ok(Comparables {
        prices: prices(&priced),
        items,
        weighed,
        from,
        on,
        kind: asked.kind,
        remaining_months: subject.target.remaining_months,
        discount_rate: asked.discount_rate,
        weights: WEIGHTS.map(Rate::new),
    })
}

/// Each deal once: of those from one source the organisation's own, else the newest.
fn once_each(mut rows: Vec<store::row::Model>, scope: &Scope) -> Vec<store::row::Model> {
    rows.sort_by_key(|row| !store::sees_in_full(scope, row));
    let mut seen = HashSet::with_capacity(rows.len());
    rows.retain(|row| seen.insert((row.source.clone(), row.source_reference.clone())));
    rows
}

/// The deals that the value of a patent may rest on, by the platform's defaults; empty where too few are alike. What the
/// patent's own owner wrote down is not among them: nobody makes the market that prices the own patent.
///
/// # Errors
/// The database's fault.
pub async fn evidence(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    facts: &PatentFacts,
    (owner, table): (Option<Uuid>, &Concordance),
    on: NaiveDate,
) -> Result<Vec<DealEvidence>, Fault> {
    let found = weighed(conn, scope, facts, (&Asked::by_default(on), owner, table)).await?;
    let deals = found.items.into_iter().filter_map(|item| {
        Some(DealEvidence {
            deal_id: item.deal.id,
            revision: item.deal.revision,
            kind: item.deal.kind,
            dealt_on: item.deal.dealt_on,
            price: item.deal.price?,
            factors: item.adjustments.iter().map(|one| one.factor).collect(),
            adjusted_price: item.adjusted_price?,
            similarity: item.similarity.total,
        })
    });
    Ok(enough(deals.collect()))
}

/// The index in the month of a deal and in that of the valuation, or the latest within a year before each; `None` where one
/// of them has none, since an older month says nothing about the day.
fn moved(index: &[IndexPoint], dealt_on: NaiveDate, on: NaiveDate) -> Option<Moved> {
    let at = |day: NaiveDate| {
        let oldest = day.checked_sub_months(Months::new(INDEX_MONTHS_MAX))?;
        index.iter().rfind(|point| point.month <= day && point.month > oldest)
    };
    Some(Moved { then: at(dealt_on)?.value, now: at(on)?.value })
}

/// Whole months from one day to a later one, at most those of an invention's term.
fn months_between(from: NaiveDate, to: NaiveDate) -> Option<u32> {
    let month = |day: NaiveDate| day.year() * 12 + i32::try_from(day.month()).unwrap_or(1);
    let whole = month(to) - month(from) - i32::from(to.day() < from.day());
    u32::try_from(whole).ok().filter(|months| *months > 0).map(|months| months.min(240))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_month_of_the_index_says_nothing_about_a_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let point = |month: &str, value: i64| IndexPoint {
            industry: "total".to_owned(),
            month: day(month),
            value: value.into(),
            version_id: ReferenceVersionId::from_uuid(Uuid::nil()),
            version_number: 1,
            row_number: 1,
        };
        let index = [point("2024-10-01", 100), point("2026-10-01", 120)];
        let found = |dealt_on: &str, on: &str| {
            moved(&index, day(dealt_on), day(on)).map(|moved| (moved.then, moved.now))
        };
        assert_eq!(found("2024-10-01", "2026-11-24"), Some((100.into(), 120.into())));
        assert_eq!(found("2025-09-30", "2026-11-24"), Some((100.into(), 120.into())));
        assert_eq!(found("2026-09-01", "2026-11-24"), None, "nothing is known of the deal's month");
        assert_eq!(found("2024-11-01", "2028-01-01"), None, "nor of the valuation's");
        assert_eq!(found("2024-09-30", "2026-11-24"), None);
    }
}
