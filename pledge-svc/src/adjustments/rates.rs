//! Reference rates: what ships with the product, and the announcements that a bank has recorded since.

use axum::{Json, extract::State};
use chrono::{Datelike, NaiveDate};
use contracts::OrgKind;
use finance::{Fixing, Fixings, LprError, WorkingDays};
use http_kit::{Api, Page, Problem, QueryOf, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::{
    parameters::{self, FieldDoc, Flaw, ParameterSet, Unit},
    state::App,
    working_days,
};

/// The most announcements that a bank records: ten years of months.
const FIXINGS_MAX: usize = 120;
/// Rows on a page of reference rates.
const ROWS_MAX: usize = 200;
const ANNOUNCED: (&str, &str) = (
    "全国银行间同业拆借中心每月20日公告（遇节假日顺延），中国人民银行公告〔2019〕第15号",
    "announcement of the National Interbank Funding Center on the 20th of each month or the next working day (PBoC announcement 15 of 2019)",
);

/// The announcements that a bank has recorded after those that ship.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReferenceRates {
    /// In order of their dates.
    pub fixings: Vec<Fixing>,
}

impl ReferenceRates {
    /// The shipped announcements and these, made by the working days of the bank.
    ///
    /// # Errors
    /// [`LprError::Order`] where one does not come after all before it.
    pub fn all(&self, calendar: &'static WorkingDays) -> Result<Fixings, LprError> {
        let shipped = Fixings::china();
        let last = shipped.all().last().map(|fixing| fixing.date);
        // A later release may ship what a bank has recorded itself.
        let own = self.fixings.iter().filter(|fixing| last.is_none_or(|last| fixing.date > last));
        Ok(shipped.with(own.cloned())?.announced_by(calendar))
    }
}

impl ParameterSet for ReferenceRates {
    const KIND: &'static str = "reference_rates";
    const ZH: &'static str = "LPR 报价";
    const EN: &'static str = "LPR fixings";
    const FIELDS: &'static [FieldDoc] = &[
        FieldDoc {
            field: "fixings[].date",
            zh: "公告日",
            en: "Day of the announcement",
            unit: Unit::Text,
            source_zh: ANNOUNCED.0,
            source_en: ANNOUNCED.1,
        },
        FieldDoc {
            field: "fixings[].one_year",
            zh: "一年期 LPR",
            en: "One-year LPR",
            unit: Unit::Fraction,
            source_zh: ANNOUNCED.0,
            source_en: ANNOUNCED.1,
        },
        FieldDoc {
            field: "fixings[].five_year",
            zh: "五年期以上 LPR",
            en: "LPR for five years and more",
            unit: Unit::Fraction,
            source_zh: ANNOUNCED.0,
            source_en: ANNOUNCED.1,
        },
        FieldDoc {
            field: "fixings[].source",
            zh: "公告出处",
            en: "Where it was announced",
            unit: Unit::Text,
            source_zh: ANNOUNCED.0,
            source_en: ANNOUNCED.1,
        },
        FieldDoc {
            field: "fixings",
            zh: "平台内置报价之后的历次公告，按日期先后",
            en: "The announcements after those that ship, in order of their dates",
            unit: Unit::Count,
            source_zh: ANNOUNCED.0,
            source_en: ANNOUNCED.1,
        },
    ];

    fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        if self.fixings.len() > FIXINGS_MAX {
            flaws.push(Flaw::new(
                "fixings",
                format!("最多 {FIXINGS_MAX} 条。"),
                format!("At most {FIXINGS_MAX} announcements."),
            ));
        }
        let mut before: Option<NaiveDate> = None;
        for (index, fixing) in self.fixings.iter().enumerate() {
            if before.is_some_and(|before| fixing.date <= before) {
                flaws.push(Flaw::new(
                    format!("fixings[{index}].date"),
                    "公告日须晚于上一条。",
                    "The date must come after that of the one before.",
                ));
            }
            before = Some(fixing.date);
            if fixing.date.day() < 20 {
                flaws.push(Flaw::new(
                    format!("fixings[{index}].date"),
                    "LPR 于每月20日或其后首个工作日公告。",
                    "The LPR is announced on the 20th of a month or the next working day.",
                ));
            }
            for (name, rate) in [("one_year", fixing.one_year), ("five_year", fixing.five_year)] {
                if !rate.is_share() {
                    flaws.push(Flaw::new(
                        format!("fixings[{index}].{name}"),
                        "利率以小数填写：0.03 表示 3%。",
                        "Write the rate as a fraction: 0.03 is 3 %.",
                    ));
                }
            }
            if fixing.source.trim().is_empty() || fixing.source.chars().count() > 200 {
                flaws.push(Flaw::new(
                    format!("fixings[{index}].source"),
                    "请注明公告出处，200 字以内。",
                    "Say where it was announced, in at most 200 characters.",
                ));
            }
        }
        flaws
    }
}

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::TrialCalculation, routes!(list_reference_rates))
        .route(Permission::TrialCalculation, routes!(read_reference_rates_standing))
}

/// Which fixings.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct RateQuery {
    /// Announced on or after this day.
    from: Option<NaiveDate>,
    /// Announced on or before this day.
    until: Option<NaiveDate>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// The date of the last row of the page before.
    cursor: Option<NaiveDate>,
}

/// A fixing and who keeps it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct FixingView {
    /// The announcement.
    #[serde(flatten)]
    fixing: Fixing,
    /// Whether the bank recorded it; otherwise it ships with the product.
    recorded: bool,
}

/// How far the fixings reach.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct RatesStanding {
    /// The day of the newest announcement that is known.
    known_until: Option<NaiveDate>,
    /// The 20th of the announcement that must have been made by today and is not known: until it is recorded nothing floating is
    /// drawn, and resets wait. Null where it is known.
    missing_since: Option<NaiveDate>,
}

/// What the caller's bank knows of the fixings today: what ships, and for a bank what it has recorded.
async fn known(app: &App, who: &Who, on: NaiveDate) -> Result<Fixings, Problem> {
    if who.0.org_kind != OrgKind::Bank {
        return Ok(Fixings::china().clone());
    }
    let own: ReferenceRates = parameters::current(app.db.read(), who.0.tenant, on).await?;
    let calendar = working_days::of_bank(app.db.read(), who.0.tenant, on).await?;
    own.all(calendar).map_err(|error| Problem::fault(&error))
}

/// Up to which announcement the fixings are known, and which one is missing.
#[utoipa::path(get, path = "/reference-rates/standing", tag = "loans", operation_id = "read_reference_rates_standing",
    responses((status = 200, body = RatesStanding)))]
async fn read_reference_rates_standing(
    State(app): State<App>,
    who: Who,
) -> Result<Json<RatesStanding>, Problem> {
    let on = app.db.clock().business_date();
    let known = known(&app, &who, on).await?;
    let known_until = known.all().last().map(|fixing| fixing.date);
    Ok(Json(RatesStanding { known_until, missing_since: known.missing(on) }))
}

/// The fixings of the loan prime rate, newest first: those that ship and, for a bank, those that it has recorded since.
#[utoipa::path(get, path = "/reference-rates", tag = "loans", operation_id = "list_reference_rates",
    params(RateQuery), responses((status = 200, body = Page<FixingView>)))]
async fn list_reference_rates(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<RateQuery>,
) -> Result<Json<Page<FixingView>>, Problem> {
    let on = app.db.clock().business_date();
    let known = known(&app, &who, on).await?;
    let shipped = Fixings::china().all().last().map(|fixing| fixing.date);
    let limit = query.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(ROWS_MAX);
    let wanted = |date: NaiveDate| {
        query.from.is_none_or(|from| date >= from)
            && query.until.is_none_or(|until| date <= until)
            && query.cursor.is_none_or(|cursor| date < cursor)
    };
    let mut items: Vec<FixingView> = known
        .all()
        .iter()
        .rev()
        .filter(|fixing| wanted(fixing.date))
        .take(limit + 1)
        .map(|fixing| FixingView {
            recorded: shipped.is_some_and(|shipped| fixing.date > shipped),
            fixing: fixing.clone(),
        })
        .collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next_cursor = items.last().filter(|_| more).map(|last| last.fixing.date.to_string());
    Ok(Json(Page { items, next_cursor }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixing(date: &str, one_year: &str) -> Fixing {
        Fixing {
            date: date.parse().unwrap(),
            one_year: one_year.parse().unwrap(),
            five_year: "0.035".parse().unwrap(),
            source: "全国银行间同业拆借中心公告".into(),
        }
    }

    #[test]
    fn a_bank_records_what_was_announced_after_the_shipped_list() {
        let shipped = Fixings::china().all().len();
        let known_before = fixing("2025-05-20", "0.03");
        let rates = ReferenceRates { fixings: vec![known_before, fixing("2031-01-20", "0.029")] };
        assert_eq!(rates.flaws(), []);
        let all = rates.all(WorkingDays::china()).unwrap();
        assert_eq!(all.all().len(), shipped + 1);
        let day: NaiveDate = "2031-02-03".parse().unwrap();
        assert_eq!(all.current(day).unwrap().one_year.to_string(), "0.029");
        assert_eq!(all.missing(day), None);
        let later: NaiveDate = "2031-03-19".parse().unwrap();
        assert_eq!(all.missing(later), "2031-02-20".parse().ok(), "February's is not recorded");
    }

    #[test]
    fn what_cannot_have_been_announced_is_named() {
        let mut silent = fixing("2031-01-20", "2.9");
        silent.source = " ".into();
        let rates = ReferenceRates { fixings: vec![silent, fixing("2031-01-19", "0.029")] };
        let fields: Vec<String> = rates.flaws().into_iter().map(|flaw| flaw.field).collect();
        assert_eq!(
            fields,
            ["fixings[0].one_year", "fixings[0].source", "fixings[1].date", "fixings[1].date"]
        );
    }
}
