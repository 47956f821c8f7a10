//! How far banks' values of the same patent lie apart: what is read for it, the spread, and the order of the patents.

use std::{cmp::Ordering, collections::BTreeMap};

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ModelVersionId, OrgId, OverrideId, PatentId, ValuationId};
use finance::{Money, Rate};
use identity::Scope;
use rust_decimal::Decimal;
use sea_orm::{
    ColumnTrait, ConnectionTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, Func},
};
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, Filter, valuation};

/// The orders of the comparison.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[schema(as = ComparisonOrder)]
pub(super) enum Order {
    /// Smallest spread first.
    #[serde(rename = "spread")]
    Spread,
    /// Largest spread first.
    #[default]
    #[serde(rename = "-spread")]
    SpreadDescending,
    /// By the patent's number.
    #[serde(rename = "patent_number")]
    Number,
    /// By the patent's number, the last first.
    #[serde(rename = "-patent_number")]
    NumberDescending,
}

/// Where a patent stands in an order: its spread and its number.
pub(super) type Place = (Rate, String);

impl Order {
    fn compare(self, a: &Place, b: &Place) -> Ordering {
        match self {
            Self::Spread => a.cmp(b),
            Self::SpreadDescending => b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)),
            Self::Number => a.1.cmp(&b.1),
            Self::NumberDescending => b.1.cmp(&a.1),
        }
    }
}

/// What one bank says of a patent: its newest valuation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BankValue {
    /// The bank.
    pub tenant_id: OrgId,
    /// Its name.
    pub tenant_name: String,
    /// The valuation.
    pub valuation_id: ValuationId,
    /// Its number.
    pub number: String,
    /// The value.
    pub value: Money,
    /// The most that it lends.
    pub maximum_loan: Money,
    /// 0–100.
    pub score: Decimal,
    /// Absent where coverage was too low for one.
    pub grade: Option<String>,
    /// The model with its version.
    pub model_version: String,
    /// The bank's own version; absent for the platform's default.
    pub model_version_id: Option<ModelVersionId>,
    /// The override whose figures hold; absent where the model's do.
    pub override_id: Option<OverrideId>,
    /// The day it is stated for.
    pub valuation_date: NaiveDate,
}

/// What banks value one patent at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PatentComparison {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// Its title.
    pub patent_title: String,
    /// The lowest value.
    pub lowest: Money,
    /// The highest.
    pub highest: Money,
    /// (highest − lowest) ÷ the middle of the two, four decimals.
    pub spread: Rate,
    /// Each bank's, the highest first.
    pub banks: Vec<BankValue>,
}

impl PatentComparison {
    pub(super) fn place(&self) -> Place {
        (self.spread, self.patent_number.clone())
    }
}

/// What the comparison reads of a valuation: neither inputs nor result.
#[derive(Debug, Clone, FromQueryResult)]
struct Valued {
    id: Uuid,
    number: String,
    tenant: Uuid,
    tenant_name: String,
    patent_id: Uuid,
    patent_number: String,
    patent_title: String,
    value_fen: i64,
    maximum_loan_fen: i64,
    score_hundredths: i64,
    grade: String,
    model_version: String,
    model_version_id: Option<Uuid>,
    override_id: Option<Uuid>,
    valuation_date: NaiveDate,
    created_at: DateTime<Utc>,
}

impl Valued {
    fn shown(self) -> BankValue {
        BankValue {
            tenant_id: self.tenant.into(),
            tenant_name: self.tenant_name,
            valuation_id: self.id.into(),
            number: self.number,
            value: Money::from_fen(self.value_fen),
            maximum_loan: Money::from_fen(self.maximum_loan_fen),
            score: Decimal::new(self.score_hundredths, 2),
            grade: Some(self.grade).filter(|grade| !grade.is_empty()),
            model_version: self.model_version,
            model_version_id: self.model_version_id.map(ModelVersionId::from_uuid),
            override_id: self.override_id.map(OverrideId::from_uuid),
            valuation_date: self.valuation_date,
        }
    }
}

/// (highest − lowest) ÷ the middle of the two, four decimals; nothing where both are nothing.
fn spread(lowest: Money, highest: Money) -> Rate {
    let middle = (highest.yuan() + lowest.yuan()) / Decimal::TWO;
    Rate::new((highest.yuan() - lowest.yuan()).checked_div(middle).unwrap_or_default().round_dp(4))
}

/// The newest valuation of each bank and how far they lie apart; absent where fewer than two banks valued it.
fn compared(mut rows: Vec<Valued>) -> Option<PatentComparison> {
    rows.sort_by_key(|row| std::cmp::Reverse((row.valuation_date, row.created_at, row.id)));
    let mut newest: BTreeMap<Uuid, Valued> = BTreeMap::new();
    for row in rows {
        newest.entry(row.tenant).or_insert(row);
    }
    let mut rows: Vec<Valued> = newest.into_values().collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.value_fen), row.tenant));
    let (first, last) = (rows.first()?, rows.last()?);
    if rows.len() < 2 {
        return None;
    }
    let (highest, lowest) = (Money::from_fen(first.value_fen), Money::from_fen(last.value_fen));
    Some(PatentComparison {
        patent_id: first.patent_id.into(),
        patent_number: first.patent_number.clone(),
        patent_title: first.patent_title.clone(),
        lowest,
        highest,
        spread: spread(lowest, highest),
        banks: rows.into_iter().map(Valued::shown).collect(),
    })
}

/// Every patent that at least two organisations valued, in an order. The spread is a figure of the newest valuations, which
/// no query can order by: all of them are read, without inputs and results.
///
/// # Errors
/// The database's fault.
pub(super) async fn ranked(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    order: Order,
) -> Result<Vec<PatentComparison>, Fault> {
    use valuation::Column;
    let shared = store::find(scope, filter)
        .select_only()
        .column(Column::PatentNumber)
        .group_by(Column::PatentNumber)
        .having(Expr::expr(Func::count_distinct(Expr::col(Column::Tenant))).gt(1))
        .into_query();
    let read = [
        Column::Id,
        Column::Number,
        Column::Tenant,
        Column::TenantName,
        Column::PatentId,
        Column::PatentNumber,
        Column::PatentTitle,
        Column::ValueFen,
        Column::MaximumLoanFen,
        Column::ScoreHundredths,
        Column::Grade,
        Column::ModelVersion,
        Column::ModelVersionId,
        Column::OverrideId,
        Column::ValuationDate,
        Column::CreatedAt,
    ];
    let rows = store::find(scope, &Filter { q: None, ..filter.clone() })
        .filter(Column::PatentNumber.in_subquery(shared))
        .select_only()
        .columns(read)
        .into_model::<Valued>()
        .all(conn)
        .await?;
    let mut by_patent: BTreeMap<String, Vec<Valued>> = BTreeMap::new();
    for row in rows {
        by_patent.entry(row.patent_number.clone()).or_default().push(row);
    }
    let mut found: Vec<PatentComparison> = by_patent.into_values().filter_map(compared).collect();
    found.sort_by(|a, b| order.compare(&a.place(), &b.place()));
    Ok(found)
}

/// Where the page before ended, as its cursor says it; absent for a text that no page gave.
pub(super) fn read_cursor(text: &str) -> Option<Place> {
    let (spread, number) = text.split_once('~')?;
    Some((spread.parse().ok()?, number.to_owned()))
}

/// The page that follows a place, and the cursor of the next one.
pub(super) fn page(
    found: Vec<PatentComparison>,
    order: Order,
    after: Option<&Place>,
    limit: usize,
) -> (Vec<PatentComparison>, Option<String>) {
    let follows = |one: &PatentComparison| {
        after.is_none_or(|after| order.compare(after, &one.place()) == Ordering::Less)
    };
    let mut items: Vec<PatentComparison> = found.into_iter().filter(follows).take(limit + 1).collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| format!("{}~{}", last.spread, last.patent_number));
    (items, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patent(number: &str, lowest: i64, highest: i64) -> PatentComparison {
        let (lowest, highest) = (Money::from_fen(lowest), Money::from_fen(highest));
        PatentComparison {
            patent_id: PatentId::from_uuid(Uuid::from_u128(1)),
            patent_number: number.to_owned(),
            patent_title: String::new(),
            lowest,
            highest,
            spread: spread(lowest, highest),
            banks: Vec::new(),
        }
    }

    #[test]
    fn the_spread_is_the_difference_over_the_middle() {
        assert_eq!(spread(Money::from_fen(100), Money::from_fen(300)), Rate::ONE);
        assert_eq!(spread(Money::ZERO, Money::ZERO), Rate::ZERO);
    }

    #[test]
    fn the_pages_of_every_order_together_hold_each_patent_once_in_that_order() {
        let all = [
            patent("CN3", 100, 300),
            patent("CN1", 100, 300),
            patent("CN2", 100, 100),
            patent("CN4", 100, 200),
        ];
        for (order, expected) in [
            (Order::SpreadDescending, ["CN1", "CN3", "CN4", "CN2"]),
            (Order::Spread, ["CN2", "CN4", "CN1", "CN3"]),
            (Order::Number, ["CN1", "CN2", "CN3", "CN4"]),
            (Order::NumberDescending, ["CN4", "CN3", "CN2", "CN1"]),
        ] {
            let mut sorted = all.to_vec();
            sorted.sort_by(|a, b| order.compare(&a.place(), &b.place()));
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let (items, next) = page(sorted.clone(), order, after.as_ref(), 1);
                seen.extend(items.into_iter().map(|one| one.patent_number));
                let Some(next) = next else { break };
                after = Some(read_cursor(&next).unwrap());
            }
            assert_eq!(seen, expected, "{order:?}");
        }
    }
}
