//! The score of one patent: as its facts stand today, leaf by leaf, beside what the last run over the catalogue said of
//! its place in its cohort and of what had changed.

use axum::{Json, extract::State};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ModelVersionId, PatentId, ScoringRunId};
use http_kit::{Api, Page, PathId, Problem, QueryOf, Who, page};
use identity::{Permission, Scope};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault,
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    history::{ScoreChange, hundredths, ten_thousandths},
    model::{
        Assessment, CohortNorms, IndexTree, Indicator, LeafCode, OecdReport, Scenario, ScoreReport, assess,
        counterfactuals, decimal, oecd_report,
    },
    store::{self, history, score},
};
use crate::{
    catalogue::store::{self as patents},
    models,
    state::App,
};

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PatentRead, routes!(read_score))
        .route(Permission::PatentRead, routes!(list_scores))
}

/// Whose indices, weights and bands a score is worked out by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ScoreModel {
    /// The platform's.
    #[default]
    Platform,
    /// Those of the version that the caller's bank has in use; the platform's where it has none.
    Own,
}

/// What the score is for, and by whose model.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OneScoreQuery {
    /// `pledge` (default), `licence` or `stocktake`.
    #[serde(default)]
    #[param(inline)]
    scenario: Scenario,
    /// `platform` (default), or `own` for the bank's own version in use.
    #[serde(default)]
    #[param(inline)]
    model: ScoreModel,
}

/// What the score is for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ScoreQuery {
    /// `pledge` (default), `licence` or `stocktake`.
    #[serde(default)]
    #[param(inline)]
    scenario: Scenario,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// A change of facts that would raise the score.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct ScoreCounterfactual {
    /// The leaf that it moves most.
    leaf: LeafCode,
    /// The change in Chinese.
    change_zh: String,
    /// The change in English.
    change_en: String,
    /// The total after it.
    total: Decimal,
    /// Points gained.
    gain: Decimal,
}

/// Mean points of a cohort under one second-level index.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct CohortPart {
    /// Code, such as `L1`.
    code: String,
    /// Points.
    points: Decimal,
}

/// What the last run said of a patent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct Standing {
    /// The run.
    run_id: ScoringRunId,
    /// The day scored on.
    scored_on: NaiveDate,
    /// `assessed`, or why there was no score.
    outcome: String,
    /// The total then.
    total: Option<Decimal>,
    /// The grade then.
    grade: Option<String>,
    /// The coverage then.
    coverage: Decimal,
    /// Share of the cohort that scored lower, half of its equals counted, 0–1.
    percentile: Option<Decimal>,
    /// The cohort's technology field: the class of the main IPC symbol.
    field: Option<String>,
    /// The cohort's filing year.
    year: Option<u32>,
    /// Patents of the cohort.
    cohort_size: u64,
    /// Patents of it that have a score.
    cohort_scored: u32,
    /// Whether fewer than thirty have one: percentile and maxima are not reliable.
    small_cohort: bool,
    /// Their mean total.
    cohort_mean: Option<Decimal>,
    /// Their mean points by second-level index.
    cohort_parts: Vec<CohortPart>,
    /// The OECD's indicators against the cohort.
    oecd: OecdReport,
    /// What had changed since the score before; absent where none was ever made.
    change: Option<ScoreChange>,
    /// The version of the tree.
    model_version: String,
}

/// The score of one patent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct PatentScore {
    /// The patent.
    patent_id: PatentId,
    /// Its number.
    number: String,
    /// Its title.
    title: String,
    /// What for.
    scenario: Scenario,
    /// The day.
    valued_on: NaiveDate,
    /// `assessed`, or why there is no score: `lapsed`, `expired`, `invalidated`, `disputed`, `no_facts`.
    outcome: String,
    /// Why there is none, in Chinese.
    reason_zh: Option<String>,
    /// Why there is none, in English.
    reason_en: Option<String>,
    /// The score as the facts stand today; absent where not assessable.
    score: Option<ScoreReport>,
    /// What would raise it, the largest gain first.
    counterfactuals: Vec<ScoreCounterfactual>,
    /// What the last run over the catalogue said, by the platform's tree; absent before the first, and with a bank's own
    /// model.
    standing: Option<Standing>,
    /// The model with its version.
    model_version: String,
    /// The bank's own version; absent for the platform's tree.
    model_version_id: Option<ModelVersionId>,
}

/// The score of a patent by the platform's tree: every leaf with its contribution, what would raise it, its place in its
/// cohort, and what moved it since the score before. By a bank's own model it has no place: runs over the catalogue are by
/// the platform's tree.
#[utoipa::path(get, path = "/patents/{id}/score", tag = "scoring", operation_id = "get_patent_score",
    params(("id" = PatentId, Path), OneScoreQuery),
    responses((status = 200, body = PatentScore), (status = 404, description = "没有此专利")))]
async fn read_score(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
    QueryOf(query): QueryOf<OneScoreQuery>,
) -> Result<Json<PatentScore>, Problem> {
    let scope = who.scope();
    let row = patents::one(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let record = patents::record_of(&row)?;
    let (scenario, on) = (query.scenario, app.db.clock().business_date());
    let facts = record.scoring_facts(on);
    let own = match query.model {
        ScoreModel::Platform => None,
        ScoreModel::Own => Some(models::in_force(app.db.read(), who.0.tenant, scenario, on).await?.0),
    };
    let own = own.filter(|used| used.version_id.is_some());
    let tree = own.as_ref().map_or_else(IndexTree::platform_default, |used| used.content.tree.clone());
    let (outcome, reasons, score) = match assess(&tree, scenario, &facts, on) {
        Assessment::Assessed(score) => ("assessed".to_owned(), None, Some(score.report())),
        Assessment::NotAssessable(why) => (why.code, Some((why.reason_zh, why.reason_en)), None),
    };
    let (reason_zh, reason_en) = reasons.unzip();
    let raising = counterfactuals(&tree, scenario, &facts, on).into_iter().map(|one| ScoreCounterfactual {
        leaf: one.leaf,
        change_zh: one.change_zh,
        change_en: one.change_en,
        total: decimal(one.total, 2),
        gain: decimal(one.gain, 2),
    });
    Ok(Json(PatentScore {
        patent_id: id,
        number: row.number,
        title: row.title,
        scenario,
        valued_on: on,
        outcome,
        reason_zh,
        reason_en,
        score,
        counterfactuals: raising.collect(),
        standing: match &own {
            Some(_) => None,
            None => standing(&app, &scope, &tree, id, scenario).await?,
        },
        model_version: own.as_ref().map_or_else(|| tree.version.clone(), |used| used.label.clone()),
        model_version_id: own.and_then(|used| used.version_id),
    }))
}

async fn standing(
    app: &App,
    scope: &Scope,
    tree: &IndexTree,
    id: PatentId,
    scenario: Scenario,
) -> Result<Option<Standing>, Fault> {
    let Some(row) = store::find_score(app.db.read(), scope, id, scenario).await? else { return Ok(None) };
    let norms = match row.cohort {
        Some(cohort) => store::find_cohort(app.db.read(), scope, scenario, cohort).await?,
        None => None,
    };
    let norms = norms.map(|found| serde_json::from_str::<CohortNorms>(&found.norms)).transpose()?;
    described(row, norms.as_ref(), tree).map(Some)
}

fn described(row: score::Model, norms: Option<&CohortNorms>, tree: &IndexTree) -> Result<Standing, Fault> {
    let known: [Option<f64>; Indicator::ALL.len()] = serde_json::from_str(&row.indicators)?;
    let indicators = known.map(|value| value.unwrap_or(f64::NAN));
    let codes = tree.indices.iter().flat_map(|index| &index.children).map(|child| &child.code);
    let parts = norms.map(|norms| {
        let parts = codes.zip(&norms.mean_parts);
        parts.map(|(code, points)| CohortPart { code: code.clone(), points: decimal(*points, 2) }).collect()
    });
    Ok(Standing {
        run_id: row.run_id.into(),
        scored_on: row.scored_on,
        outcome: row.outcome,
        total: row.total_hundredths.map(hundredths),
        grade: row.grade,
        coverage: ten_thousandths(row.coverage_points),
        percentile: row.percentile_points.map(ten_thousandths),
        field: norms.map(|norms| norms.key.field()),
        year: norms.map(|norms| norms.key.year()),
        cohort_size: norms.map_or(0, |norms| u64::try_from(norms.size).unwrap_or(u64::MAX)),
        cohort_scored: norms.map_or(0, |norms| norms.scored),
        small_cohort: norms.is_none_or(CohortNorms::is_small),
        cohort_mean: norms.filter(|norms| norms.scored > 0).map(|norms| decimal(norms.mean_total, 2)),
        cohort_parts: parts.unwrap_or_default(),
        oecd: oecd_report(&indicators, norms, row.citation_window_open),
        change: serde_json::from_str(&row.change)?,
        model_version: row.model_version,
    })
}

/// A score that differed from the one before it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct ScoreLine {
    /// The run.
    run_id: ScoringRunId,
    /// The day scored on.
    scored_on: NaiveDate,
    /// When it was written.
    at: DateTime<Utc>,
    /// `assessed`, or why there was no score.
    outcome: String,
    /// 0–100; absent where not assessed.
    total: Option<Decimal>,
    /// The grade; absent where coverage was too low.
    grade: Option<String>,
    /// 0–1.
    coverage: Decimal,
    /// Share of the cohort that scored lower, 0–1.
    percentile: Option<Decimal>,
    /// The version of the tree.
    model_version: String,
    /// What changed, with its causes.
    change: ScoreChange,
}

/// How a patent's score moved from run to run, newest first. Runs that found nothing new leave no line.
#[utoipa::path(get, path = "/patents/{id}/scores", tag = "scoring", operation_id = "list_patent_scores",
    params(("id" = PatentId, Path), ScoreQuery),
    responses((status = 200, body = Page<ScoreLine>), (status = 404, description = "没有此专利")))]
async fn list_scores(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
    QueryOf(query): QueryOf<ScoreQuery>,
) -> Result<Json<Page<ScoreLine>>, Problem> {
    let scope = who.scope();
    patents::one(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let sort = Sort { column: history::Column::At, descending: true };
    let asked = page::request(query.limit, query.cursor);
    let select = store::find_history(&scope, id, query.scenario);
    let found = listing::page(select, app.db.read(), sort, history::Column::Id, &asked).await?;
    let items = found.items.into_iter().map(line).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

fn line(row: history::Model) -> Result<ScoreLine, Fault> {
    Ok(ScoreLine {
        run_id: row.run_id.into(),
        scored_on: row.scored_on,
        at: row.at,
        outcome: row.outcome,
        total: row.total_hundredths.map(hundredths),
        grade: row.grade,
        coverage: ten_thousandths(row.coverage_points),
        percentile: row.percentile_points.map(ten_thousandths),
        model_version: row.model_version,
        change: serde_json::from_str(&row.change)?,
    })
}
