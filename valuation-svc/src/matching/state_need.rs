//! The acts of an enterprise on its needs: stating one, changing, pausing, resuming and closing it. Closing lets the
//! proposals lapse that wait for an answer on it.

use contracts::{NeedId, OrgId, OrgKind};
use finance::Money;
use http_kit::{ActError, Fields, IfMatch, Problem};
use identity::Caller;
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Tx};
use utoipa::ToSchema;

use super::{
    model::{
        classes,
        need::{NeedMode, NeedOutcome, NeedStatus, NeedStep, NeedVisibility, status_on, step},
    },
    problems,
    store::{
        matches,
        needs::{self, row},
    },
    view::{self, TechnologyNeed},
};
use crate::catalogue::industry::Industry;

/// The longest title, in characters.
const TITLE_CHARS_MAX: usize = 200;
/// The longest problem.
const PROBLEM_CHARS_MAX: usize = 5_000;
/// The longest note.
pub(super) const NOTE_CHARS_MAX: usize = 1_000;
/// The most symbols.
const SYMBOLS_MAX: usize = 20;
/// The most institutes that a need is shown to by name.
const INSTITUTES_MAX: usize = 100;

/// What is looked for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = TechnologyNeedStatement)]
pub(super) struct Statement {
    /// In a line.
    pub title: String,
    /// The problem, in the enterprise's own words.
    pub problem: String,
    /// The industry's code.
    #[serde(default)]
    pub industry: Industry,
    /// IPC symbols, or their beginnings, that the solution may have.
    #[serde(default)]
    pub ipc: Vec<String>,
    /// The least that would be paid, in yuan.
    #[serde(default)]
    pub budget_low: Option<Money>,
    /// The most.
    #[serde(default)]
    pub budget_high: Option<Money>,
    /// What the enterprise would have.
    #[serde(default)]
    pub mode: NeedMode,
    /// The last day for proposals; none where it is open.
    #[serde(default)]
    pub deadline: Option<chrono::NaiveDate>,
    /// Who may see it.
    #[serde(default)]
    pub visibility: NeedVisibility,
    /// The institutes that it is shown to, where they are chosen.
    #[serde(default)]
    pub audience: Vec<OrgId>,
}

impl Statement {
    /// What is wrong with it, all at once.
    ///
    /// # Errors
    /// 422 with the fields.
    pub fn check(&self, today: chrono::NaiveDate) -> Result<(), Problem> {
        let mut fields = Fields::new();
        fields.text(&self.title, TITLE_CHARS_MAX, "title");
        fields.text(&self.problem, PROBLEM_CHARS_MAX, "problem");
        fields.require(
            self.ipc.len() <= SYMBOLS_MAX && self.ipc.iter().all(|symbol| classes::is_symbol(symbol)),
            "ipc",
            format!("请填写 IPC 分类号，如 C22B26/12 或 C22B，最多 {SYMBOLS_MAX} 个。"),
            format!("IPC symbols such as C22B26/12 or C22B, at most {SYMBOLS_MAX}."),
        );
        for (amount, field) in [(self.budget_low, "budget_low"), (self.budget_high, "budget_high")] {
            if let Some(amount) = amount {
                fields.amount(amount, Money::MAX, field);
            }
        }
        fields.require(
            self.budget_low.zip(self.budget_high).is_none_or(|(low, high)| low <= high),
            "budget_high",
            "预算上限不得低于下限。",
            "The most may not be less than the least.",
        );
        fields.require(
            self.deadline.is_none_or(|last| last >= today),
            "deadline",
            format!("截止日不得早于今日（{today}）。"),
            format!("The deadline may not be before today ({today})."),
        );
        fields.in_reach(self.deadline, today, "deadline");
        let chosen = self.visibility == NeedVisibility::Chosen;
        fields.require(
            chosen != self.audience.is_empty() && self.audience.len() <= INSTITUTES_MAX,
            "audience",
            format!("选择“指定高校院所”时须选 1 至 {INSTITUTES_MAX} 家；其他可见范围不需选择。"),
            format!("Choose 1 to {INSTITUTES_MAX} institutes where it is shown to chosen ones, and none otherwise."),
        );
        fields.finish()
    }

    fn audience(&self) -> Vec<OrgId> {
        let mut chosen = self.audience.clone();
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    }

    fn symbols(&self) -> String {
        let mut symbols: Vec<String> = self.ipc.iter().map(|symbol| classes::symbol(symbol)).collect();
        symbols.sort_unstable();
        symbols.dedup();
        symbols.join(" ")
    }
}

/// What became of a need that is closed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = TechnologyNeedClosing)]
pub(super) struct Closing {
    /// What became of it.
    pub outcome: NeedOutcome,
    /// In words.
    #[serde(default)]
    pub note: Option<String>,
}

/// States a need of the caller's enterprise.
///
/// # Errors
/// A caller that is no enterprise; the database's fault.
pub(super) async fn state(
    tx: &mut Tx,
    caller: &Caller,
    statement: &Statement,
) -> Result<TechnologyNeed, ActError> {
    if caller.org_kind != OrgKind::Enterprise {
        return Err(problems::enterprises_only().into());
    }
    let row = row::Model {
        id: NeedId::fresh(tx.now()).uuid(),
        enterprise_id: caller.tenant.uuid(),
        enterprise_name: caller.tenant_name.clone(),
        title: statement.title.trim().to_owned(),
        problem: statement.problem.trim().to_owned(),
        industry: statement.industry.code().to_owned(),
        ipc: statement.symbols(),
        budget_low_fen: statement.budget_low.map(Money::fen),
        budget_high_fen: statement.budget_high.map(Money::fen),
        mode: statement.mode.name().to_owned(),
        deadline: statement.deadline,
        visibility: statement.visibility.name().to_owned(),
        status: NeedStatus::Open.name().to_owned(),
        outcome: None,
        outcome_note: None,
        maker_id: caller.user.uuid(),
        maker: caller.name.clone(),
        stated_on: tx.business_date(),
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    };
    needs::insert(tx, row.clone(), &statement.audience()).await?;
    let entry = AuditEntry::new(&caller.actor(), "need.state", "need", row.id).with(statement);
    tx.audit([entry]).await?;
    Ok(view::need(row, statement.audience(), &caller.scope(), tx.business_date())?)
}

/// A need of the caller's own enterprise, as it was seen, with where it stands after a step.
async fn own(
    tx: &Tx,
    caller: &Caller,
    id: NeedId,
    (seen, taken): (IfMatch, NeedStep),
) -> Result<(row::Model, NeedStatus), ActError> {
    let found = needs::find(tx.conn(), &caller.scope(), id).await?;
    let row = found.filter(|row| row.enterprise_id == caller.tenant.uuid()).ok_or_else(Problem::not_found)?;
    let now = status_on(needs::status_of(&row)?, row.deadline, tx.business_date());
    let after = step(now, taken).map_err(problems::need_state)?;
    seen.check(row.version)?;
    Ok((row, after))
}

/// Changes what is looked for. Whoever declined a patent for it may be proposed it again.
///
/// # Errors
/// Not one's own, closed, changed meanwhile; the database's fault.
pub(super) async fn change(
    tx: &mut Tx,
    caller: &Caller,
    id: NeedId,
    (statement, seen): (&Statement, IfMatch),
) -> Result<TechnologyNeed, ActError> {
    let (row, after) = own(tx, caller, id, (seen, NeedStep::Change)).await?;
    let change = row::ActiveModel {
        title: Set(statement.title.trim().to_owned()),
        problem: Set(statement.problem.trim().to_owned()),
        industry: Set(statement.industry.code().to_owned()),
        ipc: Set(statement.symbols()),
        budget_low_fen: Set(statement.budget_low.map(Money::fen)),
        budget_high_fen: Set(statement.budget_high.map(Money::fen)),
        mode: Set(statement.mode.name().to_owned()),
        deadline: Set(statement.deadline),
        visibility: Set(statement.visibility.name().to_owned()),
        status: Set(after.name().to_owned()),
        ..Default::default()
    };
    needs::update(tx, &row, change).await?;
    needs::replace_audience(tx, row.id, &statement.audience()).await?;
    let more = serde_json::json!({ "before": row.title, "now": statement });
    done(tx, caller, id, ("need.change", more)).await
}

/// Pauses a need, or takes it up again.
///
/// # Errors
/// Not one's own, in another state, changed meanwhile; the database's fault.
pub(super) async fn turn(
    tx: &mut Tx,
    caller: &Caller,
    id: NeedId,
    (taken, seen): (NeedStep, IfMatch),
) -> Result<TechnologyNeed, ActError> {
    let (row, after) = own(tx, caller, id, (seen, taken)).await?;
    let change = row::ActiveModel { status: Set(after.name().to_owned()), ..Default::default() };
    needs::update(tx, &row, change).await?;
    let action = if taken == NeedStep::Pause { "need.pause" } else { "need.resume" };
    done(tx, caller, id, (action, serde_json::json!({ "status": after }))).await
}

/// Closes a need, saying what became of it.
///
/// # Errors
/// Not one's own, closed before, changed meanwhile; the database's fault.
pub(super) async fn close(
    tx: &mut Tx,
    caller: &Caller,
    id: NeedId,
    (closing, seen): (&Closing, IfMatch),
) -> Result<TechnologyNeed, ActError> {
    let (row, after) = own(tx, caller, id, (seen, NeedStep::Close)).await?;
    let note = closing.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    let change = row::ActiveModel {
        status: Set(after.name().to_owned()),
        outcome: Set(Some(closing.outcome.name().to_owned())),
        outcome_note: Set(note.map(str::to_owned)),
        ..Default::default()
    };
    needs::update(tx, &row, change).await?;
    let lapsed = matches::lapse_on(tx, row.id).await?;
    let more = serde_json::json!({ "outcome": closing.outcome, "note": note, "lapsed": lapsed });
    done(tx, caller, id, ("need.close", more)).await
}

async fn done(
    tx: &mut Tx,
    caller: &Caller,
    id: NeedId,
    (action, more): (&'static str, serde_json::Value),
) -> Result<TechnologyNeed, ActError> {
    let entry = AuditEntry::new(&caller.actor(), action, "need", id).with(more);
    tx.audit([entry]).await?;
    let row = needs::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let audience = needs::audience_of(tx.conn(), row.id).await?;
    Ok(view::need(row, audience, &caller.scope(), tx.business_date())?)
}
