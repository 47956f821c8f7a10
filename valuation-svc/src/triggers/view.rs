//! Triggers as the API shows them.

use chrono::NaiveDate;
use contracts::{PatentId, TriggerId, ValuationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{model::Cause, store::trigger};

/// Where a trigger stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TriggerStatus)]
pub enum Status {
    /// 待重估
    Due,
    /// 已逾期: due, and the deadline has passed
    Overdue,
    /// 已重估
    Closed,
}

/// Something that asks for a valuation to be made anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevaluationTrigger {
    /// Its id.
    pub id: TriggerId,
    /// The valuation.
    pub valuation_id: ValuationId,
    /// Its number.
    pub valuation_number: String,
    /// Whose it is.
    pub tenant_name: String,
    /// What the valuation was for.
    pub purpose: String,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub patent_number: String,
    /// Its title.
    pub patent_title: String,
    /// A stable word.
    pub cause: String,
    /// The cause in Chinese.
    pub cause_zh: String,
    /// The cause in English.
    pub cause_en: String,
    /// Why, in Chinese.
    pub reason_zh: String,
    /// Why, in English.
    pub reason_en: String,
    /// The day on which it was noticed.
    pub noted_on: NaiveDate,
    /// The day by which to value anew.
    pub deadline: NaiveDate,
    /// Where it stands today.
    pub status: Status,
    /// The valuation that closed it.
    pub closed_by: Option<ValuationId>,
    /// When.
    pub closed_on: Option<NaiveDate>,
}

/// A row as the API shows it on a day.
pub(crate) fn view(row: trigger::Model, today: NaiveDate) -> RevaluationTrigger {
    let cause = Cause::of_name(&row.cause);
    let status = match row.closed_on {
        Some(_) => Status::Closed,
        None if row.deadline < today => Status::Overdue,
        None => Status::Due,
    };
    RevaluationTrigger {
        id: row.id.into(),
        valuation_id: row.valuation_id.into(),
        valuation_number: row.valuation_number,
        tenant_name: row.tenant_name,
        purpose: row.purpose,
        patent_id: row.patent_id.into(),
        patent_number: row.patent_number,
        patent_title: row.patent_title,
        cause_zh: cause.map_or_else(|| row.cause.clone(), |one| one.name_zh().to_owned()),
        cause_en: cause.map_or_else(|| row.cause.clone(), |one| one.name_en().to_owned()),
        cause: row.cause,
        reason_zh: row.reason_zh,
        reason_en: row.reason_en,
        noted_on: row.noted_on,
        deadline: row.deadline,
        status,
        closed_by: row.closed_by.map(Into::into),
        closed_on: row.closed_on,
    }
}
