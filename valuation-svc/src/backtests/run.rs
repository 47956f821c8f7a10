//! The act: a version is tested over a period on what the bank knows: verified realisations, pledged patents with the
//! borrowers' defaults, and the scores themselves. Observations and measures are stored, so that the test can be made again.
//!
//! What is tested is what the model said, never what an override put in its place.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Months, NaiveDate};
use contracts::{BacktestId, ModelVersionId, OrgId, ValuationId};
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use rust_decimal::Decimal;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;
use tx_kit::{AuditEntry, Db, Fault, IdempotencyKey, InTx, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    model::{BacktestReport, DefaultObservation, Observations, RealisedObservation, SideFigures, report},
    problems,
    store::{self, OBSERVATIONS_MAX, backtest, outcome},
    view::{self, BacktestView},
};
use crate::{
    models,
    scoring::model::Scenario,
    valuations::{
        self,
        model::{Appraised, Figures, MODEL_VERSION},
        store::valuation,
    },
};

/// What is tested.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BacktestRequest {
    /// The version; the platform's default where absent.
    #[serde(default)]
    pub version_id: Option<ModelVersionId>,
    /// A challenger to compare on the same observations.
    #[serde(default)]
    pub challenger_id: Option<ModelVersionId>,
    /// The purpose of the valuations.
    #[serde(default)]
    pub scenario: Scenario,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// Tests a version on the caller's bank's own observations.
pub(super) async fn run(
    db: &Db,
    caller: &Caller,
    key: &IdempotencyKey,
    asked: &BacktestRequest,
) -> Result<BacktestView, Problem> {
    if let Some(first) = db.answered::<BacktestView, ActError>(Some(key)).await? {
        return Ok(first);
    }
    period(asked, db.clock().business_date())?;
    let scope = Scope::of_bank(caller.tenant);
    let model = named(db, &scope, asked.version_id).await?.unwrap_or_else(|| MODEL_VERSION.to_owned());
    let challenger = named(db, &scope, asked.challenger_id).await?;
    let observations = gather(db.read(), caller.tenant, asked).await?;
    if observations.realised.is_empty() && observations.pledged.is_empty() && observations.scores.is_empty() {
        return Err(problems::nothing_observed());
    }
    let with_challenger = asked.challenger_id.is_some();
    let work = observations.clone();
    let result = tokio::task::spawn_blocking(move || report(&work, with_challenger))
        .await
        .map_err(|error| Problem::fault(&error))?;
    let names = &(model, challenger);
    let (observations, result) = (&observations, &result);
    Ok(db.run_once(Some(key), |tx| record(tx, caller, asked, names, (observations, result)).in_tx()).await?)
}

fn period(asked: &BacktestRequest, today: NaiveDate) -> Result<(), Problem> {
    let mut fields = http_kit::Fields::new();
    fields.has_come(Some(asked.to), today, "to");
    let longest = asked.from.checked_add_months(Months::new(120)).unwrap_or(NaiveDate::MAX);
    fields.require(
        asked.from <= asked.to && asked.to <= longest,
        "from",
        "起始日不得晚于截止日，期间最长十年。",
        "The first day may not lie after the last; at most ten years.",
    );
    fields.require(
        asked.challenger_id.is_none() || asked.challenger_id != asked.version_id,
        "challenger_id",
        "挑战模型须与被测模型不同。",
        "The challenger must be another version.",
    );
    fields.finish()
}

/// How a version of the bank is named; 404 for one that the bank does not have.
async fn named(db: &Db, scope: &Scope, id: Option<ModelVersionId>) -> Result<Option<String>, Problem> {
    let Some(id) = id else { return Ok(None) };
    models::label_of(db.read(), scope, id).await?.map(Some).ok_or_else(Problem::not_found)
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    asked: &BacktestRequest,
    (model, challenger): &(String, Option<String>),
    (observations, result): (&Observations, &BacktestReport),
) -> Result<BacktestView, ActError> {
    let id = BacktestId::fresh(tx.now());
    let row = backtest::Model {
        id: id.uuid(),
        number: contracts::number("B", tx.business_date(), id.uuid()),
        tenant: caller.tenant.uuid(),
        tenant_name: caller.tenant_name.clone(),
        version_id: asked.version_id.map(|id| id.uuid()),
        model_version: model.clone(),
        challenger_id: asked.challenger_id.map(|id| id.uuid()),
        challenger_version: challenger.clone(),
        scenario: asked.scenario.as_str().to_owned(),
        from_on: asked.from,
        to_on: asked.to,
        observations: serde_json::to_string(observations)?,
        result: serde_json::to_string(result)?,
        made_by_id: caller.user.uuid(),
        made_by: caller.name.clone(),
        created_at: tx.now(),
    };
    backtest::Entity::insert(backtest::ActiveModel::from(row.clone()))
        .exec_without_returning(tx.conn())
        .await?;
    let entry = AuditEntry::new(&caller.actor(), "model.backtest", "backtest", id).with(serde_json::json!({
        "version": asked.version_id, "challenger": asked.challenger_id, "from": asked.from, "to": asked.to,
        "realised": observations.realised.len(), "pledged": observations.pledged.len(),
    }));
    tx.audit([entry]).await?;
    Ok(view::full(&row)?)
}

/// The valuations of a bank for the purpose that the version made.
struct Made {
    by_id: HashMap<Uuid, valuation::Model>,
    /// What the challenger said beside them.
    beside: HashMap<Uuid, SideFigures>,
}

/// A valuation with what its model said, and what the challenger said beside it.
type Sides<'a> = (&'a valuation::Model, SideFigures, Option<SideFigures>);

impl Made {
    fn sides(&self, id: Uuid) -> Result<Option<Sides<'_>>, Fault> {
        let Some(row) = self.by_id.get(&id) else { return Ok(None) };
        let own = match row.override_id {
            None => SideFigures {
                score: Decimal::new(row.score_hundredths, 2),
                value: finance::Money::from_fen(row.value_fen),
            },
            Some(_) => {
                let said = Figures::of(&serde_json::from_str::<Appraised>(&row.result)?);
                SideFigures { score: said.score, value: said.value }
            }
        };
        Ok(Some((row, own, self.beside.get(&id).cloned())))
    }
}

async fn made(conn: &impl ConnectionTrait, bank: OrgId, asked: &BacktestRequest) -> Result<Made, Fault> {
    use valuation::Column;
    let filter = valuations::store::Filter { purpose: Some(asked.scenario.as_str()), ..Default::default() };
    let mut select = valuations::store::find(&Scope::of_bank(bank), &filter)
        .filter(Column::ValuationDate.lte(asked.to))
        .order_by_asc(Column::ValuationDate)
        .order_by_asc(Column::Id)
        .limit(OBSERVATIONS_MAX);
    select = match asked.version_id {
        Some(id) => select.filter(Column::ModelVersionId.eq(id.uuid())),
        None => select.filter(Column::ModelVersionId.is_null()),
    };
    let rows = select.all(conn).await?;
    let mut beside = HashMap::new();
    if let Some(challenger) = asked.challenger_id {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        for chunk in ids.chunks(1_000) {
            for (id, said) in models::of_version(conn, bank, challenger, chunk).await? {
                beside.insert(id.uuid(), SideFigures { score: said.score, value: said.value });
            }
        }
    }
    Ok(Made { by_id: rows.into_iter().map(|row| (row.id, row)).collect(), beside })
}

/// Everything that the test rests on.
async fn gather(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    asked: &BacktestRequest,
) -> Result<Observations, Fault> {
    let scope = Scope::of_bank(bank);
    let made = made(conn, bank, asked).await?;
    let mut realised = Vec::new();
    for row in store::list_verified(conn, &scope, (asked.from, asked.to)).await? {
        let Some((valued, model, challenger)) = made.sides(row.valuation_id)? else { continue };
        realised.push(RealisedObservation {
            valuation_id: ValuationId::from_uuid(valued.id),
            valuation_number: valued.number.clone(),
            patent_id: row.patent_id.into(),
            patent_number: row.patent_number,
            model,
            challenger,
            realised: finance::Money::from_fen(row.amount_fen),
            realised_on: row.realised_on,
            kind: row.kind,
        });
    }
    let pledged = pledged(conn, &scope, asked, &made).await?;
    let (mut scores, mut scores_before) = (Vec::new(), Vec::new());
    let year_before = asked.from.checked_sub_months(Months::new(12)).unwrap_or(asked.from);
    let mut in_order: Vec<&valuation::Model> = made.by_id.values().collect();
    in_order.sort_by_key(|row| (row.valuation_date, row.id));
    for row in in_order {
        let Some((_, model, _)) = made.sides(row.id)? else { continue };
        if row.valuation_date >= asked.from {
            scores.push(model.score);
        } else if row.valuation_date >= year_before {
            scores_before.push(model.score);
        }
    }
    Ok(Observations { realised, pledged, scores_before, scores })
}

/// Each pledged patent once, with the version's last valuation of it by the day of its registration.
async fn pledged(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    asked: &BacktestRequest,
    made: &Made,
) -> Result<Vec<DefaultObservation>, Fault> {
    let mut defaults: BTreeMap<(Uuid, Uuid), BTreeSet<Uuid>> = BTreeMap::new();
    for row in store::list_defaults(conn, scope, asked.to).await? {
        defaults.entry((row.bank_id, row.enterprise_id)).or_default().insert(row.facility_id);
    }
    // A pledge answers for the loans of its own facility; one whose facility was not told, for all of the borrower's.
    let defaulted = |one: &outcome::Model| {
        defaults
            .get(&(one.bank_id, one.enterprise_id))
            .is_some_and(|lines| one.facility_id.is_none_or(|line| lines.contains(&line)))
    };
    let mut by_patent: BTreeMap<Uuid, Vec<&valuation::Model>> = BTreeMap::new();
    for row in made.by_id.values() {
        by_patent.entry(row.patent_id).or_default().push(row);
    }
    let mut found = Vec::new();
    for one in store::list_outcomes(conn, scope, asked.to).await? {
        let relied = by_patent
            .get(&one.patent_id)
            .into_iter()
            .flatten()
            .filter(|row| row.valuation_date <= one.registered_on)
            .max_by_key(|row| (row.valuation_date, row.id));
        let Some((valued, model, challenger)) = relied.map(|row| made.sides(row.id)).transpose()?.flatten()
        else {
            continue;
        };
        found.push(DefaultObservation {
            valuation_id: ValuationId::from_uuid(valued.id),
            patent_id: one.patent_id.into(),
            patent_number: valued.patent_number.clone(),
            model,
            challenger,
            defaulted: defaulted(&one),
        });
    }
    Ok(found)
}
