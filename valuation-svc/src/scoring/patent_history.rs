//! How one patent's score moved from run to run, as a list and as a file.

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{OrgId, PatentId, ScoringRunId};
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
    page,
};
use identity::{Permission, Scope};
use rust_decimal::Decimal;
use sea_orm::{QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault,
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    asked::{ScoreModel, owner},
    history::{ScoreChange, hundredths, ten_thousandths},
    model::{Cause, IndexTree, LeafChange, Scenario},
    store::{self, history},
};
use crate::{catalogue::store as patents, state::App};

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PatentRead, routes!(list_scores))
        .route(Permission::PatentRead, routes!(export_scores))
}

/// What the scores are for, and by whose tree.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ScoreQuery {
    /// `pledge` (default), `licence` or `stocktake`.
    #[serde(default)]
    #[param(inline)]
    scenario: Scenario,
    /// `platform` (default), or `own` for the bank's own runs.
    #[serde(default)]
    #[param(inline)]
    model: ScoreModel,
    /// The bank by whose own runs, for the regulator.
    bank_id: Option<OrgId>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[serde(default)]
    #[param(inline)]
    format: FileKind,
}

/// A score that differed from the one before it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct ScoreLine {
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

/// Newest first.
const NEWEST: Sort<history::Column> = Sort { column: history::Column::At, descending: true };

async fn found(
    app: &App,
    scope: &Scope,
    id: PatentId,
    query: &ScoreQuery,
) -> Result<Select<history::Entity>, Problem> {
    patents::one(app.db.read(), scope, id).await?.ok_or_else(Problem::not_found)?;
    let owner = owner(scope, query.model, query.bank_id)?;
    Ok(store::find_history(scope, id, (owner, query.scenario)))
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
    let select = found(&app, &who.scope(), id, &query).await?;
    let asked = page::request(query.limit, query.cursor);
    let found = listing::page(select, app.db.read(), NEWEST, history::Column::Id, &asked).await?;
    let items = found.items.into_iter().map(line).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// The history as a file: a row for each leaf that moved, with its contribution before and after; one for a score without.
#[utoipa::path(get, path = "/patents/{id}/scores/export", tag = "scoring", operation_id = "export_patent_scores",
    params(("id" = PatentId, Path), ScoreQuery),
    responses((status = 200, description = "CSV or XLSX"), (status = 404, description = "没有此专利")))]
async fn export_scores(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<PatentId>,
    QueryOf(query): QueryOf<ScoreQuery>,
) -> Result<Response, Problem> {
    let select = found(&app, &who.scope(), id, &query).await?;
    let found = select
        .order_by_desc(history::Column::At)
        .order_by_desc(history::Column::Id)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    let lines = found.into_iter().map(line).collect::<Result<Vec<ScoreLine>, Fault>>()?;
    let tree = IndexTree::platform_default();
    let most = usize::try_from(ROWS_MAX).unwrap_or(usize::MAX);
    let rows = lines.iter().flat_map(|line| cells(line, &tree, lang)).take(most).collect();
    let columns = heads(
        lang,
        [
            ("评分日", "Scored on"),
            ("评分", "Score"),
            ("等级", "Grade"),
            ("覆盖率", "Coverage"),
            ("群组内百分位", "Percentile in cohort"),
            ("模型版本", "Model version"),
            ("上次评分", "Score before"),
            ("评分变动", "Change of the score"),
            ("其中评分定义变更", "Of it by another definition"),
            ("变动指标", "Leaf moved"),
            ("原因", "Cause"),
            ("各原因变动分", "Points by cause"),
            ("原值", "Fact before"),
            ("现值", "Fact now"),
            ("原指标得分", "Leaf's points before"),
            ("现指标得分", "Leaf's points now"),
            ("原权重", "Weight before"),
            ("现权重", "Weight now"),
            ("原贡献分", "Contribution before"),
            ("现贡献分", "Contribution now"),
            ("变动分", "Points"),
        ],
    );
    Table { name: "patent-score-history".into(), columns, rows }.respond(query.format)
}

fn cells(line: &ScoreLine, tree: &IndexTree, lang: Lang) -> Vec<Vec<Cell>> {
    let figure = |value: Option<Decimal>| value.map_or(Cell::Empty, Cell::Decimal);
    let head = || {
        vec![
            Cell::Date(line.scored_on),
            figure(line.total),
            line.grade.clone().map_or(Cell::Empty, Cell::Text),
            figure(Some(line.coverage)),
            figure(line.percentile),
            Cell::Text(line.model_version.clone()),
            figure(line.change.previous_total),
            figure(line.change.points),
            figure(line.change.points.map(|_| line.change.definition_points)),
        ]
    };
    let moved = |leaf: &LeafChange| {
        let known = tree.leaves().find(|known| format!("{:?}", known.code) == leaf.code);
        let name = known.map_or("", |known| if lang == Lang::Zh { &known.name_zh } else { &known.name_en });
        let mut cells = head();
        cells.push(Cell::Text(format!("{} {name}", leaf.code).trim_end().to_owned()));
        cells.push(Cell::Text(cause(leaf.cause, lang).to_owned()));
        let parts = leaf.parts.iter().map(|part| format!("{} {}", cause(part.cause, lang), part.points));
        cells.push(Cell::Text(parts.collect::<Vec<_>>().join("; ")));
        let figures = [
            leaf.before,
            leaf.after,
            leaf.value_before,
            leaf.value_after,
            leaf.weight_before,
            leaf.weight_after,
            Some(leaf.contribution_before),
            Some(leaf.contribution_after),
            Some(leaf.points),
        ];
        cells.extend(figures.map(figure));
        cells
    };
    if line.change.leaves.is_empty() {
        let mut cells = head();
        cells.extend(std::iter::repeat_n(Cell::Empty, 12));
        return vec![cells];
    }
    line.change.leaves.iter().map(moved).collect()
}

const fn cause(cause: Cause, lang: Lang) -> &'static str {
    let (zh, en) = match cause {
        Cause::Fact => ("事实变化", "the fact changed"),
        Cause::Time => ("时间推移", "time passed"),
        Cause::BecameKnown => ("新增记录", "became known"),
        Cause::BecameUnknown => ("记录缺失", "became unknown"),
        Cause::Reweighted => ("权重重新分摊", "weights redistributed"),
        Cause::LeafAdded => ("新增指标", "leaf added to the model"),
        Cause::LeafRemoved => ("取消指标", "leaf removed from the model"),
        Cause::WeightChanged => ("模型权重调整", "weight changed in the model"),
        Cause::BandChanged => ("评分区间调整", "scoring band changed in the model"),
        Cause::ReadingChanged => {
            ("取数口径调整或事实变化（无法区分）", "reading or fact changed (cannot be told apart)")
        }
    };
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
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
        change: serde_json::from_str::<ScoreChange>(&row.change)?.with_what_can_be_told(),
    })
}
