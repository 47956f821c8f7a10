//! Finders of scoring. Scores by the platform's tree are worked out from public facts: every scope sees them. Those by a
//! bank's own tree are the bank's, and so are runs; the regulator sees all.

use std::collections::HashMap;

use contracts::{OrgId, PatentId, ScoringRunId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, Tx, bulk::Rows};
use uuid::Uuid;

pub mod rows;

pub use rows::{cohort, history, run, score, stage};

use super::model::{Grade, Scenario};
use crate::catalogue::{
    links::{CitationKind, citation},
    store::patent,
};

/// Patents of one staged piece.
pub(crate) const PIECE: usize = 2_000;

/// Patents whose names are looked up by one statement.
const NAMES_AT_A_TIME: usize = 10_000;

/// Whose tree scores are by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owner {
    /// The platform's: everybody sees them.
    #[default]
    Platform,
    /// A bank's own: it and the regulator see them.
    Bank(OrgId),
}

impl Owner {
    /// The id in the store.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Platform => Uuid::nil(),
            Self::Bank(bank) => bank.uuid(),
        }
    }

    /// Of an id in the store.
    #[must_use]
    pub fn of(id: Uuid) -> Self {
        if id.is_nil() { Self::Platform } else { Self::Bank(id.into()) }
    }
}

/// Rows by the platform's tree, and by the scope's own; all for who sees all.
fn readable(owner: impl ColumnTrait, scope: &Scope) -> Condition {
    if scope.sees_all() {
        return Condition::all();
    }
    let own = [Owner::Platform.uuid(), scope.tenant().uuid()];
    Condition::all().add(owner.is_in(own))
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
    scope: &Scope,
    patent: PatentId,
    (owner, scenario): (Owner, Scenario),
) -> Result<Option<score::Model>, Fault> {
    let key = (owner.uuid(), scenario.as_str().to_owned(), patent.uuid());
    let found = score::Entity::find_by_id(key).filter(readable(score::Column::Owner, scope));
    Ok(found.one(conn).await?)
}

/// What a list of scores is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct ScoreFilter {
    /// By whose tree.
    pub owner: Owner,
    /// What the score is for.
    pub scenario: Scenario,
    /// The grade.
    pub grade: Option<Grade>,
    /// The cohorts, by their numbers.
    pub cohorts: Option<std::ops::RangeInclusive<i64>>,
}

/// The last scores of the catalogue; patents without one are not among them.
#[must_use]
pub(crate) fn find_scores(scope: &Scope, filter: &ScoreFilter) -> Select<score::Entity> {
    use score::Column;
    let mut all = score::Entity::find()
        .filter(readable(Column::Owner, scope))
        .filter(Column::Owner.eq(filter.owner.uuid()))
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
pub(crate) fn find_history(
    scope: &Scope,
    patent: PatentId,
    (owner, scenario): (Owner, Scenario),
) -> Select<history::Entity> {
    history::Entity::find()
        .filter(readable(history::Column::Owner, scope))
        .filter(history::Column::Owner.eq(owner.uuid()))
        .filter(history::Column::PatentId.eq(patent.uuid()))
        .filter(history::Column::Scenario.eq(scenario.as_str()))
}

/// What a cohort says.
pub(crate) async fn find_cohort(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (owner, scenario): (Owner, Scenario),
    cohort: i64,
) -> Result<Option<cohort::Model>, Fault> {
    let key = (owner.uuid(), scenario.as_str().to_owned(), cohort);
    let found = cohort::Entity::find_by_id(key).filter(readable(cohort::Column::Owner, scope));
    Ok(found.one(conn).await?)
}

/// Hashes of the contents that some runs were by; runs by the platform's tree are not among them.
pub(crate) async fn find_contents(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    runs: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>, Fault> {
    let rows: Vec<(Uuid, Option<String>)> = run::Entity::find()
        .select_only()
        .columns([run::Column::Id, run::Column::ContentHash])
        .filter(run::Column::Id.is_in(runs))
        .filter(readable(run::Column::Owner, scope))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().filter_map(|(id, hash)| hash.map(|hash| (id, hash))).collect())
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

/// What the catalogue lists of one patent's citations.
pub(crate) struct Listed {
    /// The patent.
    pub patent: Uuid,
    /// Whether the other document cites it; else it is cited.
    pub forward: bool,
    /// The other document, by the key of its number.
    pub key: String,
    /// The other document's classes, each after a bar.
    pub ipc: String,
}

/// The patents that those from one id to another cite and are cited by.
pub(crate) async fn citations_between(tx: &Tx, (first, last): (Uuid, Uuid)) -> Result<Vec<Listed>, Fault> {
    use citation::Column;
    let kinds = [CitationKind::BackwardPatent.name(), CitationKind::Forward.name()];
    let rows: Vec<(Uuid, String, String, String)> = citation::Entity::find()
        .select_only()
        .columns([Column::PatentId, Column::Kind, Column::ReferenceKey, Column::Ipc])
        .filter(Column::PatentId.gte(first))
        .filter(Column::PatentId.lte(last))
        .filter(Column::Kind.is_in(kinds))
        .into_tuple()
        .all(tx.conn())
        .await?;
    let listed = rows.into_iter().map(|(patent, kind, key, ipc)| Listed {
        patent,
        forward: kind == CitationKind::Forward.name(),
        key,
        ipc,
    });
    Ok(listed.collect())
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
    (owner, scenario): (Owner, Scenario),
    (first, last): (Uuid, Uuid),
) -> Result<Vec<score::Model>, Fault> {
    Ok(score::Entity::find()
        .filter(score::Column::Owner.eq(owner.uuid()))
        .filter(score::Column::Scenario.eq(scenario.as_str()))
        .filter(score::Column::PatentId.gte(first))
        .filter(score::Column::PatentId.lte(last))
        .all(tx.conn())
        .await?)
}

/// Writes the last scores of the patents from one id to another anew, and what is new to their history.
pub(crate) async fn rewrite(
    tx: &Tx,
    (owner, scenario): (Owner, Scenario),
    (first, last): (Uuid, Uuid),
    scores: Vec<score::ActiveModel>,
    history: Vec<history::ActiveModel>,
) -> Result<(), Fault> {
    score::Entity::delete_many()
        .filter(score::Column::Owner.eq(owner.uuid()))
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
    (owner, scenario): (Owner, Scenario),
    cohorts: Vec<cohort::ActiveModel>,
) -> Result<(), Fault> {
    cohort::Entity::delete_many()
        .filter(cohort::Column::Owner.eq(owner.uuid()))
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
