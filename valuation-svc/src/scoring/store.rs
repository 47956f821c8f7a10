//! Rows and finders of scoring. Scores are worked out from public facts by the platform's own tree: every scope sees
//! them. Runs belong to the organisation that asked for them; the regulator sees all.

use std::collections::HashMap;

use contracts::{PatentId, ScoringRunId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use tx_kit::{Fault, Tx, bulk::Rows};
use uuid::Uuid;

use super::model::{Grade, Scenario};
use crate::catalogue::store::patent;

/// Patents of one staged piece.
pub(crate) const PIECE: usize = 2_000;

/// Patents whose names are looked up by one statement.
const NAMES_AT_A_TIME: usize = 10_000;

/// The runs; an id is its job's.
pub mod run {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "scoring_run")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant: Uuid,
        pub scenario: String,
        pub scored_on: Date,
        pub requested_by: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a run has read and not yet written, piece by piece.
pub mod stage {
    use sea_orm::entity::prelude::*;

    /// A piece.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "scoring_stage")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub run_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        #[sea_orm(column_type = "Text")]
        pub brief: String,
        #[sea_orm(column_type = "Text")]
        pub detail: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The last score of each patent and scenario.
pub mod score {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "patent_score")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub patent_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub scenario: String,
        pub run_id: Uuid,
        pub scored_on: Date,
        pub outcome: String,
        pub total_hundredths: Option<i64>,
        pub coverage_points: i64,
        pub grade: Option<String>,
        pub percentile_points: Option<i64>,
        pub cohort: Option<i64>,
        pub citation_window_open: bool,
        #[sea_orm(column_type = "Text")]
        pub facts: String,
        #[sea_orm(column_type = "Text")]
        pub indicators: String,
        pub model_version: String,
        #[sea_orm(column_type = "Text")]
        pub change: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Every score that differs from the one before it.
pub mod history {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "patent_score_history")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub patent_id: Uuid,
        pub scenario: String,
        pub run_id: Uuid,
        pub scored_on: Date,
        pub at: DateTimeUtc,
        pub outcome: String,
        pub total_hundredths: Option<i64>,
        pub coverage_points: i64,
        pub grade: Option<String>,
        pub percentile_points: Option<i64>,
        pub model_version: String,
        #[sea_orm(column_type = "Text")]
        pub change: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What each cohort of the last run says.
pub mod cohort {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "scoring_cohort")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub scenario: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub cohort: i64,
        pub run_id: Uuid,
        #[sea_orm(column_type = "Text")]
        pub norms: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The runs that a scope may see.
#[must_use]
pub(crate) fn find_runs(scope: &Scope) -> Select<run::Entity> {
    let all = run::Entity::find();
    if scope.sees_all() { all } else { all.filter(run::Column::Tenant.eq(scope.tenant().uuid())) }
}

/// One run that a scope may see.
pub(crate) async fn find_run(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ScoringRunId,
) -> Result<Option<run::Model>, Fault> {
    Ok(find_runs(scope).filter(run::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// The last score of a patent.
pub(crate) async fn find_score(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    patent: PatentId,
    scenario: Scenario,
) -> Result<Option<score::Model>, Fault> {
    Ok(score::Entity::find_by_id((patent.uuid(), scenario.as_str().to_owned())).one(conn).await?)
}

/// What a list of scores is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct ScoreFilter {
    /// What the score is for.
    pub scenario: Scenario,
    /// The grade.
    pub grade: Option<Grade>,
    /// The cohorts, by their numbers.
    pub cohorts: Option<std::ops::RangeInclusive<i64>>,
}

/// The last scores of the catalogue; patents without one are not among them.
#[must_use]
pub(crate) fn find_scores(_public: &Scope, filter: &ScoreFilter) -> Select<score::Entity> {
    use score::Column;
    let mut all = score::Entity::find()
        .filter(Column::Scenario.eq(filter.scenario.as_str()))
        .filter(Column::TotalHundredths.is_not_null());
    if let Some(grade) = filter.grade {
        all = all.filter(Column::Grade.eq(grade.as_str()));
    }
    if let Some(cohorts) = &filter.cohorts {
        all = all.filter(Column::Cohort.between(*cohorts.start(), *cohorts.end()));
    }
    all
}

/// Numbers and titles of patents.
pub(crate) async fn find_names(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, (String, String)>, Fault> {
    let mut names = HashMap::new();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    for some in ids.chunks(NAMES_AT_A_TIME) {
        let rows: Vec<(Uuid, String, String)> = patent::Entity::find()
            .select_only()
            .columns([patent::Column::Id, patent::Column::Number, patent::Column::Title])
            .filter(patent::Column::Id.is_in(some.iter().copied()))
            .into_tuple()
            .all(conn)
            .await?;
        names.extend(rows.into_iter().map(|(id, number, title)| (id, (number, title))));
    }
    Ok(names)
}

/// Every score of a patent that differs from the one before it.
#[must_use]
pub(crate) fn find_history(_public: &Scope, patent: PatentId, scenario: Scenario) -> Select<history::Entity> {
    history::Entity::find()
        .filter(history::Column::PatentId.eq(patent.uuid()))
        .filter(history::Column::Scenario.eq(scenario.as_str()))
}

/// What a cohort says.
pub(crate) async fn find_cohort(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    scenario: Scenario,
    cohort: i64,
) -> Result<Option<cohort::Model>, Fault> {
    Ok(cohort::Entity::find_by_id((scenario.as_str().to_owned(), cohort)).one(conn).await?)
}

/// The next patents of the catalogue in the order of their ids: id and record.
pub(crate) async fn patents_after(tx: &Tx, last: Option<Uuid>) -> Result<Vec<(Uuid, String)>, Fault> {
    let mut select =
        patent::Entity::find().select_only().columns([patent::Column::Id, patent::Column::Record]);
    if let Some(last) = last {
        select = select.filter(patent::Column::Id.gt(last));
    }
    let limit = u64::try_from(PIECE).unwrap_or(u64::MAX);
    Ok(select.order_by_asc(patent::Column::Id).limit(limit).into_tuple().all(tx.conn()).await?)
}

/// Stages a piece.
pub(crate) async fn stage_piece(
    tx: &Tx,
    run: Uuid,
    position: i64,
    brief: String,
    detail: String,
) -> Result<(), Fault> {
    let row = stage::ActiveModel {
        run_id: Set(run),
        position: Set(position),
        brief: Set(brief),
        detail: Set(detail),
    };
    stage::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// A staged piece; `None` beyond the last.
pub(crate) async fn piece(tx: &Tx, run: Uuid, position: i64) -> Result<Option<stage::Model>, Fault> {
    Ok(stage::Entity::find_by_id((run, position)).one(tx.conn()).await?)
}

/// The brief part of a staged piece; `None` beyond the last.
pub(crate) async fn brief(tx: &Tx, run: Uuid, position: i64) -> Result<Option<String>, Fault> {
    let found = stage::Entity::find_by_id((run, position)).select_only().column(stage::Column::Brief);
    Ok(found.into_tuple().one(tx.conn()).await?)
}

/// The last scores of the patents from one id to another.
pub(crate) async fn scores_between(
    tx: &Tx,
    scenario: Scenario,
    (first, last): (Uuid, Uuid),
) -> Result<Vec<score::Model>, Fault> {
    Ok(score::Entity::find()
        .filter(score::Column::Scenario.eq(scenario.as_str()))
        .filter(score::Column::PatentId.gte(first))
        .filter(score::Column::PatentId.lte(last))
        .all(tx.conn())
        .await?)
}

/// Writes the last scores of the patents from one id to another anew, and what is new to their history.
pub(crate) async fn rewrite(
    tx: &Tx,
    scenario: Scenario,
    (first, last): (Uuid, Uuid),
    scores: Vec<score::ActiveModel>,
    history: Vec<history::ActiveModel>,
) -> Result<(), Fault> {
    score::Entity::delete_many()
        .filter(score::Column::Scenario.eq(scenario.as_str()))
        .filter(score::Column::PatentId.gte(first))
        .filter(score::Column::PatentId.lte(last))
        .exec(tx.conn())
        .await?;
    tx.conn().insert([Rows::of(scores)?, Rows::of(history)?]).await
}

/// Puts a run's cohorts in the place of the last run's, and throws away what it had staged.
pub(crate) async fn close(
    tx: &Tx,
    run: Uuid,
    scenario: Scenario,
    cohorts: Vec<cohort::ActiveModel>,
) -> Result<(), Fault> {
    cohort::Entity::delete_many()
        .filter(cohort::Column::Scenario.eq(scenario.as_str()))
        .exec(tx.conn())
        .await?;
    tx.conn().insert([Rows::of(cohorts)?]).await?;
    stage::Entity::delete_many().filter(stage::Column::RunId.eq(run)).exec(tx.conn()).await?;
    Ok(())
}

/// Throws away what runs that are over have left staged.
pub(crate) async fn drop_stages_except(tx: &Tx, open: &[Uuid]) -> Result<(), Fault> {
    stage::Entity::delete_many()
        .filter(stage::Column::RunId.is_not_in(open.iter().copied()))
        .exec(tx.conn())
        .await?;
    Ok(())
}
