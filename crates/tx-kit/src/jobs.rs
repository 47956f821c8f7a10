//! Long work as jobs: progress, a checkpoint after each chunk, resumed by any replica after a kill.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use contracts::{Actor, JobId, OrgId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};

pub use worker::{run, step};

use crate::{Fault, Tx};

mod worker;

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "job")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub tenant: Uuid,
        #[sea_orm(column_type = "Text")]
        pub payload: String,
        pub state: String,
        pub done: i64,
        pub total: i64,
        #[sea_orm(column_type = "Text")]
        pub cursor: String,
        #[sea_orm(column_type = "Text")]
        pub report: String,
        #[sea_orm(column_type = "Text")]
        pub actor: String,
        pub created_at: DateTimeUtc,
        pub started_at: Option<DateTimeUtc>,
        pub finished_at: Option<DateTimeUtc>,
        pub leased_until: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waiting for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// Done; the report says what came of it.
    Finished,
    /// Given up; the report says why.
    Failed,
}

impl JobState {
    const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Result<Self, Fault> {
        [Self::Queued, Self::Running, Self::Finished, Self::Failed]
            .into_iter()
            .find(|state| state.name() == text)
            .ok_or_else(|| Fault::Corrupt(format!("job state {text}")))
    }
}

/// A job as its owner sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// The job.
    pub id: JobId,
    /// What kind of work it is.
    pub kind: String,
    /// Whose it is.
    pub tenant: OrgId,
    /// What is to be done.
    pub payload: serde_json::Value,
    /// Where it stands.
    pub state: JobState,
    /// Units done.
    pub done: i64,
    /// Units in all; 0 while unknown.
    pub total: i64,
    /// Where to go on after a kill.
    pub cursor: serde_json::Value,
    /// What came of it so far.
    pub report: serde_json::Value,
    /// Who asked for it.
    pub actor: Actor,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When a worker first took it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<entity::Model> for Job {
    type Error = Fault;

    fn try_from(row: entity::Model) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id.into(),
            kind: row.kind,
            tenant: row.tenant.into(),
            payload: serde_json::from_str(&row.payload)?,
            state: JobState::parse(&row.state)?,
            done: row.done,
            total: row.total,
            cursor: serde_json::from_str(&row.cursor)?,
            report: serde_json::from_str(&row.report)?,
            actor: serde_json::from_str(&row.actor)?,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        })
    }
}

/// What one chunk of a job came to.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Units done in all.
    pub done: i64,
    /// Units in all; 0 while unknown.
    pub total: i64,
    /// Where the next chunk begins.
    pub cursor: serde_json::Value,
    /// What came of it so far.
    pub report: serde_json::Value,
    /// Whether this was the last chunk.
    pub finished: bool,
}

/// Does one kind of job, a chunk at a time; each chunk commits together with its checkpoint.
#[async_trait]
pub trait JobHandler: Send + Sync + 'static {
    /// The kind it does.
    fn kind(&self) -> &'static str;

    /// Does the next chunk inside the transaction, from the job's cursor on.
    async fn chunk(&self, tx: &mut Tx, job: &Job) -> Result<Progress, Fault>;
}

/// Puts a job in the queue.
///
/// # Errors
/// The database's fault.
pub async fn enqueue(
    tx: &mut Tx,
    kind: &str,
    tenant: OrgId,
    actor: &Actor,
    payload: &impl Serialize,
) -> Result<JobId, Fault> {
    let id = JobId::fresh(tx.now());
    let row = entity::ActiveModel {
        id: Set(id.uuid()),
        kind: Set(kind.to_owned()),
        tenant: Set(tenant.uuid()),
        payload: Set(serde_json::to_string(payload)?),
        state: Set(JobState::Queued.name().to_owned()),
        done: Set(0),
        total: Set(0),
        cursor: Set("null".to_owned()),
        report: Set("null".to_owned()),
        actor: Set(serde_json::to_string(actor)?),
        created_at: Set(tx.now()),
        started_at: Set(None),
        finished_at: Set(None),
        leased_until: Set(None),
    };
    entity::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(id)
}

/// A job of a tenant; `None` where it is another's or not there. `tenant` is `None` for who sees all.
///
/// # Errors
/// The database's fault.
pub async fn find(
    conn: &impl ConnectionTrait,
    tenant: Option<OrgId>,
    id: JobId,
) -> Result<Option<Job>, Fault> {
    let mut query = entity::Entity::find_by_id(id.uuid());
    if let Some(tenant) = tenant {
        query = query.filter(entity::Column::Tenant.eq(tenant.uuid()));
    }
    query.one(conn).await?.map(Job::try_from).transpose()
}

/// The jobs of these ids, of whichever tenant; those that are not there are left out.
///
/// # Errors
/// The database's fault.
pub async fn find_many(conn: &impl ConnectionTrait, ids: &[JobId]) -> Result<Vec<Job>, Fault> {
    let wanted = entity::Column::Id.is_in(ids.iter().map(|id| id.uuid()));
    let rows = entity::Entity::find().filter(wanted).all(conn).await?;
    rows.into_iter().map(Job::try_from).collect()
}

/// Every job of a kind that is not done, of whichever tenant, the oldest first.
///
/// # Errors
/// The database's fault.
pub async fn list_open(conn: &impl ConnectionTrait, kind: &str) -> Result<Vec<Job>, Fault> {
    let open = [JobState::Queued.name(), JobState::Running.name()];
    let of_kind = entity::Entity::find().filter(entity::Column::Kind.eq(kind));
    let wanted = of_kind.filter(entity::Column::State.is_in(open)).order_by_asc(entity::Column::Id);
    wanted.all(conn).await?.into_iter().map(Job::try_from).collect()
}

/// The newest jobs of a kind of a tenant.
///
/// # Errors
/// The database's fault.
pub async fn newest(
    conn: &impl ConnectionTrait,
    tenant: Option<OrgId>,
    kind: &str,
    limit: u64,
) -> Result<Vec<Job>, Fault> {
    let mut query = entity::Entity::find().filter(entity::Column::Kind.eq(kind));
    if let Some(tenant) = tenant {
        query = query.filter(entity::Column::Tenant.eq(tenant.uuid()));
    }
    let rows = query.order_by_desc(entity::Column::Id).limit(limit).all(conn).await?;
    rows.into_iter().map(Job::try_from).collect()
}
