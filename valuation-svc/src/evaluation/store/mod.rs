//! Rounds and answers as rows. An institute sees its own rounds and, of their answers, the named ones and those released; an
//! expert the rounds that are put to the enterprise and the own answers; the regulator sees what the owner sees, of all.

mod entities;
mod writing;

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{EvaluationId, EvaluationRoundId, OrgKind, PatentId, UserId};
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, sea_query::Expr, sea_query::ExprTrait,
};
use tx_kit::{
    Fault,
    listing::{self, ListingError, PageOf, PageRequest, Sort, containing},
};
use uuid::Uuid;

pub(super) use entities::{evaluation, invited, put, round};
pub(super) use writing::{insert_evaluation, insert_round, release, update_evaluation, update_round};

use super::model::{Answer, Round, RoundState};

/// A round of a row.
fn round_of(row: round::Model) -> Result<Round, Fault> {
    let state = RoundState::parse(&row.state)
        .ok_or_else(|| Fault::Corrupt(format!("state {} of evaluation round {}", row.state, row.id)))?;
    Ok(Round {
        id: row.id.into(),
        institute_id: row.tenant.into(),
        institute_name: row.tenant_name,
        name: row.name,
        deadline: row.deadline,
        note: row.note,
        industry: row.industry,
        open_to_all: row.open_to_all,
        state,
        patents: row.patents,
        opened_by: row.opened_by,
        created_at: row.created_at,
        closed_by: row.closed_by,
        closed_at: row.closed_at,
        version: row.version,
    })
}

/// What an expert said, as stored.
pub(super) fn answer_of(row: &evaluation::Model) -> Result<Answer, Fault> {
    Ok(serde_json::from_str(&row.answer)?)
}

fn nobody() -> Condition {
    Condition::all().add(Expr::val(1).eq(0))
}

fn rounds_in(scope: &Scope) -> Select<round::Entity> {
    let all = round::Entity::find();
    if scope.sees_all() {
        return all;
    }
    let tenant = scope.tenant().uuid();
    all.filter(match scope.kind() {
        OrgKind::Institute => Condition::all().add(round::Column::Tenant.eq(tenant)),
        OrgKind::Enterprise => {
            let to = invited::Entity::find()
                .select_only()
                .column(invited::Column::RoundId)
                .filter(invited::Column::EnterpriseId.eq(tenant));
            Condition::any()
                .add(round::Column::OpenToAll.eq(true))
                .add(round::Column::Id.in_subquery(to.into_query()))
        }
        _ => nobody(),
    })
}

/// Answers that are shown to the scope; an expert's own alone.
fn evaluations_in(scope: &Scope, expert: UserId) -> Select<evaluation::Entity> {
    use evaluation::Column;
    let all = evaluation::Entity::find();
    let shown = Condition::any().add(Column::Named.eq(true)).add(Column::Released.eq(true));
    if scope.sees_all() {
        return all.filter(shown);
    }
    let tenant = scope.tenant().uuid();
    all.filter(match scope.kind() {
        OrgKind::Institute => Condition::all().add(Column::OwnerId.eq(tenant)).add(shown),
        OrgKind::Enterprise => {
            Condition::all().add(Column::Tenant.eq(tenant)).add(Column::EvaluatorId.eq(expert.uuid()))
        }
        _ => nobody(),
    })
}

/// A round, where it is in scope.
pub(super) async fn find_round(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: EvaluationRoundId,
) -> Result<Option<Round>, Fault> {
    rounds_in(scope).filter(round::Column::Id.eq(id.uuid())).one(conn).await?.map(round_of).transpose()
}

/// Locks a round that was found in scope: answers and its end take turns.
pub(super) async fn lock_round(
    conn: &impl ConnectionTrait,
    id: EvaluationRoundId,
) -> Result<Option<Round>, Fault> {
    round::Entity::find_by_id(id.uuid()).lock_exclusive().one(conn).await?.map(round_of).transpose()
}

/// What a list of rounds is narrowed by.
#[derive(Debug, Clone, Default)]
pub(super) struct RoundFilter {
    /// In this state.
    pub state: Option<RoundState>,
    /// Open, and experts may answer on this day.
    pub answers_on: Option<NaiveDate>,
    /// Open, and its last day is over on this day.
    pub over_on: Option<NaiveDate>,
    /// Addressed to this industry.
    pub industry: Option<String>,
    /// Name or institute contains this.
    pub text: Option<String>,
}

/// One page of rounds, newest first.
pub(super) async fn page_rounds(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &RoundFilter,
    request: &PageRequest,
) -> Result<PageOf<Round>, ListingError> {
    use round::Column;
    let mut all = Condition::all()
        .add_option(filter.state.map(|state| Column::State.eq(state.name())))
        .add_option(filter.industry.as_ref().map(|industry| Column::Industry.eq(industry)));
    if let Some(day) = filter.answers_on {
        all = all.add(Column::State.eq(RoundState::Open.name())).add(Column::Deadline.gte(day));
    }
    if let Some(day) = filter.over_on {
        all = all.add(Column::State.eq(RoundState::Open.name())).add(Column::Deadline.lt(day));
    }
    if let Some(text) = &filter.text {
        all = all.add(containing(&[Column::Name, Column::TenantName], text));
    }
    let sort = Sort { column: Column::CreatedAt, descending: true };
    let found = listing::page(rounds_in(scope).filter(all), conn, sort, Column::Id, request).await?;
    let items = found.items.into_iter().map(round_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: found.next_cursor })
}

/// The enterprises invited to a round that was found in scope.
pub(super) async fn list_invited(
    conn: &impl ConnectionTrait,
    _found: &Scope,
    id: EvaluationRoundId,
) -> Result<Vec<invited::Model>, Fault> {
    Ok(invited::Entity::find()
        .filter(invited::Column::RoundId.eq(id.uuid()))
        .order_by_asc(invited::Column::EnterpriseName)
        .all(conn)
        .await?)
}

/// One page of the patents of a round that was found in scope, by number.
pub(super) async fn page_patents(
    conn: &impl ConnectionTrait,
    _found: &Scope,
    id: EvaluationRoundId,
    request: &PageRequest,
) -> Result<PageOf<put::Model>, ListingError> {
    let select = put::Entity::find().filter(put::Column::RoundId.eq(id.uuid()));
    let sort = Sort { column: put::Column::PatentNumber, descending: false };
    listing::page(select, conn, sort, put::Column::PatentId, request).await
}

/// A patent of a round.
pub(super) async fn find_patent(
    conn: &impl ConnectionTrait,
    _found: &Scope,
    (round, patent): (EvaluationRoundId, PatentId),
) -> Result<Option<put::Model>, Fault> {
    Ok(put::Entity::find_by_id((round.uuid(), patent.uuid())).one(conn).await?)
}

/// All answers to a round that are shown to the scope, by patent; with no patents named, those on all of them.
pub(super) async fn find_answers(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (round, expert): (EvaluationRoundId, UserId),
    patents: &[Uuid],
) -> Result<HashMap<Uuid, Vec<evaluation::Model>>, Fault> {
    let mut found: HashMap<Uuid, Vec<evaluation::Model>> = HashMap::new();
    let rows = evaluations_in(scope, expert)
        .filter(evaluation::Column::RoundId.eq(round.uuid()))
        .filter(evaluation::Column::PatentId.is_in(patents.iter().copied()))
        .all(conn)
        .await?;
    for row in rows {
        found.entry(row.patent_id).or_default().push(row);
    }
    Ok(found)
}

/// How many answers there are on each patent of a round, shown or not.
pub(super) async fn answered(
    conn: &impl ConnectionTrait,
    round: EvaluationRoundId,
) -> Result<HashMap<Uuid, u64>, Fault> {
    let rows: Vec<(Uuid, i64)> = evaluation::Entity::find()
        .select_only()
        .column(evaluation::Column::PatentId)
        .column_as(evaluation::Column::Id.count(), "answers")
        .filter(evaluation::Column::RoundId.eq(round.uuid()))
        .group_by(evaluation::Column::PatentId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|(patent, answers)| (patent, u64::try_from(answers).unwrap_or(0))).collect())
}

/// Every answer to a round, for its end.
pub(super) async fn all_answers(
    conn: &impl ConnectionTrait,
    round: EvaluationRoundId,
) -> Result<Vec<evaluation::Model>, Fault> {
    Ok(evaluation::Entity::find()
        .filter(evaluation::Column::RoundId.eq(round.uuid()))
        .order_by_asc(evaluation::Column::PatentId)
        .order_by_asc(evaluation::Column::Id)
        .all(conn)
        .await?)
}

/// What a list of answers is narrowed by.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// To this round.
    pub round: Option<EvaluationRoundId>,
    /// On this patent.
    pub patent: Option<PatentId>,
    /// With this intent.
    pub intent: Option<&'static str>,
    /// That the owner has replied to, or has not.
    pub replied: Option<bool>,
    /// Number, title or, of named ones, the enterprise contains this.
    pub text: Option<String>,
}

/// One page of answers: an expert's own newest first, to others by patent, since the order of time and the cursor made of it
/// would tell when somebody unnamed wrote.
pub(super) async fn page_evaluations(
    conn: &impl ConnectionTrait,
    (scope, expert): (&Scope, UserId),
    filter: &Filter,
    request: &PageRequest,
) -> Result<PageOf<evaluation::Model>, ListingError> {
    use evaluation::Column;
    let mut all = Condition::all()
        .add_option(filter.round.map(|id| Column::RoundId.eq(id.uuid())))
        .add_option(filter.patent.map(|id| Column::PatentId.eq(id.uuid())))
        .add_option(filter.intent.map(|intent| Column::Intent.eq(intent)))
        .add_option(
            filter.replied.map(|yes| if yes { Column::Reply.is_not_null() } else { Column::Reply.is_null() }),
        );
    if let Some(text) = &filter.text {
        // Who said it is searched only where it may be known.
        let by_name =
            Condition::all().add(Column::Named.eq(true)).add(containing(&[Column::TenantName], text));
        all = all.add(
            Condition::any().add(containing(&[Column::PatentNumber, Column::PatentTitle], text)).add(by_name),
        );
    }
    let sort = if scope.kind() == OrgKind::Enterprise {
        Sort { column: Column::UpdatedAt, descending: true }
    } else {
        Sort { column: Column::PatentNumber, descending: false }
    };
    listing::page(evaluations_in(scope, expert).filter(all), conn, sort, Column::Id, request).await
}

/// One answer, where it is shown to the scope.
pub(super) async fn find_evaluation(
    conn: &impl ConnectionTrait,
    (scope, expert): (&Scope, UserId),
    id: EvaluationId,
) -> Result<Option<evaluation::Model>, Fault> {
    Ok(evaluations_in(scope, expert).filter(evaluation::Column::Id.eq(id.uuid())).one(conn).await?)
}
