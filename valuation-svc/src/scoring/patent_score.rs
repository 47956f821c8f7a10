//! The score of one patent: as its facts stand today, leaf by leaf, beside what the last run over the catalogue said of
//! its place in its cohort and of what had changed.

use axum::{Json, extract::State};
use chrono::NaiveDate;
use contracts::{ModelVersionId, OrgId, PatentId, ScoringRunId};
use http_kit::{Api, PathId, Problem, QueryOf, Who};
use identity::{Permission, Scope};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    asked::{ScoreModel, owner},
    history::{ScoreChange, hundredths, ten_thousandths},
    job::KeptIndicators,
    model::{
        Assessment, CohortNorms, IndexTree, LeafCode, OecdReport, Scenario, ScoreReport, assess,
        cohort::Breadth, counterfactuals, decimal, oecd_report,
    },
    store::{self, Owner, score},
};
use crate::{
    catalogue::store::{self as patents},
    models,
    state::App,
};

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::PatentRead, routes!(read_score))
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
    /// The bank by whose own version, for the regulator.
    bank_id: Option<OrgId>,
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
    /// Share of those it is compared with that scored lower, half of its equals counted, 0–1.
    percentile: Option<Decimal>,
    /// The field of technology of the main IPC symbol: its number among the 35 of the IPC-technology concordance, or the IPC
    /// class where that does not know the symbol.
    field: Option<String>,
    /// The field's name in Chinese; absent for an IPC class.
    field_zh: Option<String>,
    /// The field's name in English; absent for an IPC class.
    field_en: Option<String>,
    /// The filing year.
    year: Option<u32>,
    /// How wide the group is that it is compared with: field and year, or wider where that has fewer than thirty scores.
    #[schema(inline)]
    cohort_breadth: Breadth,
    /// Patents compared with, itself among them.
    cohort_size: u64,
    /// Those of them that have a score.
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
    /// What the last run over the catalogue by the same owner's tree said; absent before the first.
    standing: Option<Standing>,
    /// The model with its version.
    model_version: String,
    /// The bank's own version; absent for the platform's tree.
    model_version_id: Option<ModelVersionId>,
}

/// The score of a patent by the platform's tree or by the bank's own: every leaf with its contribution, what would raise it,
/// its place in its cohort by the last run of the same owner's tree, and what moved it since the score before.
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
    let own = match owner(&scope, query.model, query.bank_id)? {
        Owner::Platform => None,
        Owner::Bank(bank) => Some((bank, models::in_force(app.db.read(), bank, scenario, on).await?.0)),
    };
    let own = own.filter(|(_, used)| used.version_id.is_some());
    let whose = own.as_ref().map_or(Owner::Platform, |(bank, _)| Owner::Bank(*bank));
    let own = own.map(|(_, used)| used);
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
        standing: standing(&app, &scope, id, (whose, scenario)).await?,
        model_version: own.as_ref().map_or_else(|| tree.version.clone(), |used| used.label.clone()),
        model_version_id: own.and_then(|used| used.version_id),
    }))
}

async fn standing(
    app: &App,
    scope: &Scope,
    id: PatentId,
    by: (Owner, Scenario),
) -> Result<Option<Standing>, Fault> {
    let conn = app.db.read();
    let Some(row) = store::find_score(conn, scope, id, by).await? else { return Ok(None) };
    let norms = match row.cohort {
        Some(cohort) => store::find_cohort(conn, scope, by, cohort).await?,
        None => None,
    };
    let norms = norms.map(|found| serde_json::from_str::<CohortNorms>(&found.norms)).transpose()?;
    // The tree of the run, which is not always the one in use today.
    let tree = match store::find_contents(conn, scope, [row.run_id]).await?.get(&row.run_id) {
        Some(hash) => models::content_of(conn, hash).await?.tree.clone(),
        None => IndexTree::platform_default(),
    };
    described(row, norms.as_ref(), &tree).map(Some)
}

fn described(row: score::Model, norms: Option<&CohortNorms>, tree: &IndexTree) -> Result<Standing, Fault> {
    let kept: KeptIndicators = serde_json::from_str(&row.indicators)?;
    let indicators = kept.values.map(|value| value.unwrap_or(f64::NAN));
    let codes = tree.indices.iter().flat_map(|index| &index.children).map(|child| &child.code);
    let parts = norms.map(|norms| {
        let parts = codes.zip(&norms.mean_parts);
        parts.map(|(code, points)| CohortPart { code: code.clone(), points: decimal(*points, 2) }).collect()
    });
    let technology = norms.and_then(|norms| norms.key.technology());
    Ok(Standing {
        run_id: row.run_id.into(),
        scored_on: row.scored_on,
        outcome: row.outcome,
        total: row.total_hundredths.map(hundredths),
        grade: row.grade,
        coverage: ten_thousandths(row.coverage_points),
        percentile: row.percentile_points.map(ten_thousandths),
        field: norms.map(|norms| norms.key.field()),
        field_zh: technology.map(|field| field.name_zh.to_owned()),
        field_en: technology.map(|field| field.name_en.to_owned()),
        year: norms.map(|norms| norms.key.year()),
        cohort_breadth: norms.map(|norms| norms.breadth).unwrap_or_default(),
        cohort_size: norms.map_or(0, |norms| u64::try_from(norms.size).unwrap_or(u64::MAX)),
        cohort_scored: norms.map_or(0, |norms| norms.scored),
        small_cohort: norms.is_none_or(CohortNorms::is_small),
        cohort_mean: norms.filter(|norms| norms.scored > 0).map(|norms| decimal(norms.mean_total, 2)),
        cohort_parts: parts.unwrap_or_default(),
        oecd: oecd_report(&indicators, norms, &kept.evidence, row.citation_window_open),
        change: serde_json::from_str::<Option<ScoreChange>>(&row.change)?
            .map(ScoreChange::with_what_can_be_told),
        model_version: row.model_version,
    })
}
