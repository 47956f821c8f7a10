//! The act of valuing a patent for an organisation.
//!
//! The figures are worked out off the request threads and outside the transaction; the transaction then makes sure that
//! patent and business date are still the ones they were worked out for, and records valuation, event and audit row
//! together. Where they are not, the figures are worked out again.

use contracts::{Event, PatentId, ValuationId, events::ValuationCompleted};
use finance::Money;
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tx_kit::{AsFault, AuditEntry, Db, Fault, IdempotencyKey, InTx, KeyReused, Recorded, Tx, idempotency};
use utoipa::ToSchema;

use super::{
    known_revenue::{confirmed_revenue, known_revenue},
    model::{
        Appraised, Inputs, MODEL_VERSION, MethodInputs, ModelUsed, NotAssessed, OnRecord, Overrides,
        RoyaltyEvidence, SEED_MAX, appraise, beyond_known, beyond_model, merged, replaced,
    },
    problems,
    store::valuation,
    view::{self, Valuation},
};
use crate::{
    catalogue::{
        industry::Industry,
        store::{self as patents, patent},
    },
    deals,
    models::{self, ChallengerFigures, InForce},
    reference,
    scoring::model::{HumanGrades, Scenario},
};

/// How often a valuation is worked out again because the patent changed meanwhile.
const ATTEMPTS_MAX: u32 = 5;

/// What is asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValuationRequest {
    /// The patent.
    pub patent_id: PatentId,
    /// What it is for.
    pub purpose: Scenario,
    /// Figures to use instead of the platform's defaults.
    #[serde(default)]
    pub assumptions: Overrides,
    /// What is stated for methods that the patent's record does not suffice for, their weights and the correlations of the
    /// simulation.
    #[serde(default)]
    pub methods: MethodInputs,
    /// People's grades to use instead of those on record (1–5, technology readiness 1–9).
    #[serde(default)]
    pub grades: HumanGrades,
}

/// Why a valuation was not recorded.
#[derive(Debug)]
enum NotRecorded {
    /// The patent or the business date is no longer the one that it was worked out for.
    Stale,
    Act(ActError),
}

impl<E: Into<ActError>> From<E> for NotRecorded {
    fn from(error: E) -> Self {
        Self::Act(error.into())
    }
}

impl AsFault for NotRecorded {
    fn as_fault(&self) -> Option<&Fault> {
        match self {
            Self::Stale => None,
            Self::Act(error) => error.as_fault(),
        }
    }
}

impl KeyReused for NotRecorded {
    fn key_reused() -> Self {
        Self::Act(ActError::key_reused())
    }
}

/// Values a patent for the caller's organisation.
///
/// # Errors
/// 404 for a patent that is not there, 409 `not-assessable` or `valuation-beyond-model`, 422 for figures that cannot be calculated with.
pub async fn request(
    db: &Db,
    caller: &Caller,
    key: Option<&IdempotencyKey>,
    asked: &ValuationRequest,
) -> Result<Valuation, Problem> {
    if let Some(first) = first_answer(db, key).await? {
        return Ok(first);
    }
    check(asked)?;
    for _ in 0..ATTEMPTS_MAX {
        let scope = caller.scope();
        let row = patents::one(db.read(), &scope, asked.patent_id).await?.ok_or_else(Problem::not_found)?;
        let day = db.clock().business_date();
        let (champion, challengers) = models::in_force(db.read(), caller.tenant, asked.purpose, day).await?;
        let mut inputs = inputs(&row, asked, day, &champion)?;
        read_evidence(db.read(), &scope, &row, &mut inputs).await?;
        let on_record = on_record(db.read(), &scope, &row, &inputs).await?;
        let work = (inputs.clone(), champion.clone(), challengers);
        let (result, beside, beyond) = tokio::task::spawn_blocking(move || {
            let (inputs, champion, challengers) = work;
            let result = appraise(&inputs, &champion.content)?;
            let beyond = match beyond_known(&inputs, &on_record, &champion.content)? {
                Some(revenue) => Some(problems::beyond_known(&revenue)),
                None => beyond_model(&inputs, &on_record, &result, &champion.content)?.map(problems::beyond),
            };
            Ok::<_, NotAssessed>((result, beside(&inputs, &challengers), beyond))
        })
        .await
        .map_err(|error| Problem::fault(&error))?
        .map_err(problems::refusal)?;
        if let Some(beyond) = beyond {
            return Err(beyond);
        }
        let made = &Made { inputs, champion, result, beside };
        let row = &row;
        match db.run_once(key, |tx| record(tx, caller, row, made).in_tx()).await {
            Ok(valuation) => return Ok(valuation),
            Err(NotRecorded::Stale) => {}
            Err(NotRecorded::Act(error)) => return Err(error.into()),
        }
    }
    Err(Problem::unavailable(1))
}

/// Reads what the market says of a patent: the row of the licence statistics and the deals, both by the one concordance of
/// the day.
pub(super) async fn read_evidence(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    row: &patent::Model,
    inputs: &mut Inputs,
) -> Result<(), Fault> {
    let day = inputs.valuation_date;
    let table = reference::concordance(conn, day).await?;
    let facts = &inputs.patent.facts;
    let statistics = reference::evidence_for_patent(conn, &table, facts, day).await?;
    let found = deals::evidence(conn, scope, facts, (row.owner_id, &table), day).await?;
    inputs.evidence = statistics.map(RoyaltyEvidence::from);
    inputs.deals = found;
    if inputs.stated_revenue().is_some() {
        inputs.known_revenue = known_revenue(conn, scope, row.id.into(), inputs.purpose).await?;
    }
    Ok(())
}

/// What a pledge is measured by: the patent's grades as they are on record, and the sales that somebody else has confirmed.
async fn on_record(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    row: &patent::Model,
    inputs: &Inputs,
) -> Result<OnRecord, Fault> {
    let grades = patents::record_of(row)?.grades;
    let asked = inputs.purpose == Scenario::Pledge && inputs.overrides.annual_revenue.is_some();
    let confirmed = if asked {
        confirmed_revenue(conn, scope, (row.id.into(), inputs.valuation_date)).await?
    } else {
        None
    };
    Ok(OnRecord { grades, confirmed })
}

/// A valuation worked out, before it is recorded.
struct Made {
    inputs: Inputs,
    champion: InForce,
    result: Appraised,
    beside: Vec<ChallengerFigures>,
}

/// What the challengers say of the same patent. One that cannot calculate says nothing.
fn beside(inputs: &Inputs, challengers: &[InForce]) -> Vec<ChallengerFigures> {
    let figures = challengers.iter().filter_map(|one| {
        let found =
            appraise(&Inputs { model_version: one.label.clone(), ..inputs.clone() }, &one.content).ok()?;
        Some(ChallengerFigures {
            version_id: one.version_id?,
            model_version: one.label.clone(),
            content_hash: one.hash.clone(),
            score: found.score.total,
            grade: found.score.grade.map(|grade| grade.as_str().to_owned()),
            value: found.value.value,
            low: found.value.low,
            high: found.value.high,
            collateral_value: found.collateral.collateral_value,
            maximum_loan: found.collateral.maximum_loan,
        })
    });
    figures.collect()
}

/// The answer to a repeated command, found before anything is worked out or refused again.
async fn first_answer(db: &Db, key: Option<&IdempotencyKey>) -> Result<Option<Valuation>, Problem> {
    let Some(key) = key else { return Ok(None) };
    match idempotency::look_up(db.read(), key).await? {
        Recorded::Answer(answer) => Ok(Some(answer)),
        Recorded::OtherRequest => Err(Problem::key_reused()),
        Recorded::Nothing => Ok(None),
    }
}

fn check(asked: &ValuationRequest) -> Result<(), Problem> {
    let mut fields = http_kit::Fields::new();
    for (field, zh, en) in asked.assumptions.faults() {
        fields.require(false, &format!("assumptions.{field}"), zh, en);
    }
    for (field, zh, en) in asked.methods.faults() {
        fields.require(false, &format!("methods.{field}"), zh, en);
    }
    let g = &asked.grades;
    let five = [
        ("substitutability", g.substitutability),
        ("detectability", g.detectability),
        ("independence", g.independence),
        ("trend", g.trend),
        ("market", g.market),
        ("market_share", g.market_share),
        ("competition", g.competition),
        ("policy_fit", g.policy_fit),
    ];
    for (name, grade) in five {
        let holds = grade.is_none_or(|grade| (1..=5).contains(&grade));
        fields.require(holds, &format!("grades.{name}"), "须为 1 至 5 的整数", "must be 1 to 5");
    }
    let holds = g.trl.is_none_or(|level| (1..=9).contains(&level));
    fields.require(holds, "grades.trl", "须为 1 至 9 的整数", "must be 1 to 9");
    fields.finish()
}

pub(super) fn inputs(
    row: &patent::Model,
    asked: &ValuationRequest,
    valuation_date: chrono::NaiveDate,
    champion: &InForce,
) -> Result<Inputs, Fault> {
    let mut patent = patents::record_of(row)?;
    patent.classified = Some(Industry::of_code(&row.industry));
    let (own, known) = (asked.grades, patent.grades);
    patent.grades = merged(own, known);
    let seed = asked.assumptions.seed.unwrap_or_else(|| default_seed(&row.number, valuation_date));
    Ok(Inputs {
        patent,
        purpose: asked.purpose,
        valuation_date,
        overrides: asked.assumptions.clone(),
        methods: asked.methods.clone(),
        seed,
        model_version: match champion.version_id {
            Some(_) => champion.label.clone(),
            None => MODEL_VERSION.to_owned(),
        },
        model: champion.version_id.map(|version_id| ModelUsed { version_id, hash: champion.hash.clone() }),
        platform_hash: champion.version_id.is_none().then(|| champion.hash.clone()),
        evidence: None,
        deals: Vec::new(),
        leaves: Vec::new(),
        known_revenue: None,
        stated_grades: replaced(own, known),
    })
}

/// The same patent on the same day is simulated alike, whoever asks.
fn default_seed(number: &str, date: chrono::NaiveDate) -> u64 {
    let digest = Sha256::digest(format!("{number} {date}").as_bytes());
    digest.iter().take(8).fold(0_u64, |word, byte| (word << 8) | u64::from(*byte)) & SEED_MAX
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    row: &patent::Model,
    made: &Made,
) -> Result<Valuation, NotRecorded> {
    let (inputs, result) = (&made.inputs, &made.result);
    let now = patents::version_of(tx.conn(), &Scope::system(), row.id.into()).await?;
    if now != Some(row.version) || tx.business_date() != inputs.valuation_date {
        return Err(NotRecorded::Stale);
    }
    let place = (inputs.purpose, inputs.valuation_date);
    if models::champion_hash(tx.conn(), caller.tenant, place).await? != made.champion.hash {
        return Err(NotRecorded::Stale);
    }
    models::keep(tx, &made.champion).await?;
    let id = ValuationId::fresh(tx.now());
    let stored = stored(tx, id, caller, row, made)?;
    let event = completed(&stored, &row.industry);
    let details = serde_json::json!({
        "number": stored.number, "patent": stored.patent_number, "value": result.value.value,
        "maximum_loan": result.collateral.maximum_loan, "model_version": stored.model_version, "seed": stored.seed,
        "content_hash": stored.content_hash, "overrides": inputs.overrides, "methods": inputs.methods,
        "grades": inputs.stated_grades,
    });
    let valuation = view::full(stored.clone())?;
    valuation::Entity::insert(valuation::ActiveModel::from(stored)).exec_without_returning(tx.conn()).await?;
    let place = (id, caller.tenant, row.id.into(), inputs.valuation_date);
    models::keep_challengers(tx, place, &made.beside).await?;
    tx.publish([(id.uuid(), 1, Event::ValuationCompleted(event))]).await?;
    let entry = AuditEntry::new(&caller.actor(), "valuation.request", "valuation", id).with(details);
    tx.audit([entry]).await?;
    Ok(valuation)
}

fn stored(
    tx: &Tx,
    id: ValuationId,
    caller: &Caller,
    row: &patent::Model,
    made: &Made,
) -> Result<valuation::Model, Fault> {
    let (inputs, result) = (&made.inputs, &made.result);
    Ok(valuation::Model {
        id: id.uuid(),
        number: contracts::number("V", inputs.valuation_date, id.uuid()),
        tenant: caller.tenant.uuid(),
        tenant_name: caller.tenant_name.clone(),
        patent_id: row.id,
        patent_number: row.number.clone(),
        patent_title: row.title.clone(),
        purpose: inputs.purpose.as_str().to_owned(),
        score_hundredths: hundredths(result.score.total),
        grade: result.score.grade.map(|grade| grade.as_str().to_owned()).unwrap_or_default(),
        value_fen: result.value.value.fen(),
        low_fen: result.value.low.fen(),
        high_fen: result.value.high.fen(),
        collateral_fen: result.collateral.collateral_value.fen(),
        maximum_loan_fen: result.collateral.maximum_loan.fen(),
        valuation_date: inputs.valuation_date,
        valid_until: result.valid_until,
        model_version: inputs.model_version.clone(),
        seed: i64::try_from(inputs.seed).unwrap_or(i64::MAX),
        model_version_id: inputs.model.as_ref().map(|used| used.version_id.uuid()),
        content_hash: made.champion.hash.clone(),
        external_report_required: result.external_report_required,
        override_id: None,
        effective: String::new(),
        row_version: 1,
        requested_by_id: caller.user.uuid(),
        requested_by: caller.name.clone(),
        inputs: serde_json::to_string(inputs)?,
        result: serde_json::to_string(result)?,
        created_at: tx.now(),
    })
}

/// A score in hundredths, as rows and events have it.
pub(crate) fn hundredths(score: Decimal) -> i64 {
    (score * Decimal::ONE_HUNDRED).to_i64().unwrap_or(0)
}

/// What is told of a valuation: the figures of its row, which are those of an approved override where there is one.
pub(crate) fn completed(row: &valuation::Model, industry: &str) -> ValuationCompleted {
    let industry = Industry::of_code(industry);
    ValuationCompleted {
        valuation_id: row.id.into(),
        tenant: row.tenant.into(),
        tenant_name: row.tenant_name.clone(),
        patent_id: row.patent_id.into(),
        patent_number: row.patent_number.clone(),
        patent_title: row.patent_title.clone(),
        industry: (industry != Industry::Other).then(|| industry.code().to_owned()),
        purpose: row.purpose.clone(),
        score_hundredths: i32::try_from(row.score_hundredths).unwrap_or(0),
        grade: Some(row.grade.clone()).filter(|grade| !grade.is_empty()),
        low: Money::from_fen(row.low_fen),
        value: Money::from_fen(row.value_fen),
        high: Money::from_fen(row.high_fen),
        collateral_value: Money::from_fen(row.collateral_fen),
        maximum_loan: Money::from_fen(row.maximum_loan_fen),
        valuation_date: row.valuation_date,
        valid_until: row.valid_until,
        model_version: row.model_version.clone(),
    }
}
