//! The act of valuing a patent for an organisation.
//!
//! The figures are worked out off the request threads and outside the transaction; the transaction then makes sure that
//! patent and business date are still the ones they were worked out for, and records valuation, event and audit row
//! together. Where they are not, the figures are worked out again.

use contracts::{Event, PatentId, ValuationId, events::ValuationCompleted};
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tx_kit::{AsFault, AuditEntry, Db, Fault, IdempotencyKey, InTx, KeyReused, Recorded, Tx, idempotency};
use utoipa::ToSchema;

use super::{
    model::{Appraised, Inputs, MODEL_VERSION, NotAssessed, Overrides, SEED_MAX, appraise},
    store::valuation,
    view::{self, Valuation},
};
use crate::{
    catalogue::{
        industry::Industry,
        store::{self as patents, patent},
    },
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
/// 404 for a patent that is not there, 409 `not-assessable`, 422 for figures that cannot be calculated with.
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
        let inputs = inputs(&row, asked, db.clock().business_date())?;
        let work = inputs.clone();
        let result = tokio::task::spawn_blocking(move || appraise(&work))
            .await
            .map_err(|error| Problem::fault(&error))?
            .map_err(refusal)?;
        let (row, inputs, result) = (&row, &inputs, &result);
        match db.run_once(key, |tx| record(tx, caller, row, inputs, result).in_tx()).await {
            Ok(valuation) => return Ok(valuation),
            Err(NotRecorded::Stale) => {}
            Err(NotRecorded::Act(error)) => return Err(error.into()),
        }
    }
    Err(Problem::unavailable(1))
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

fn inputs(
    row: &patent::Model,
    asked: &ValuationRequest,
    valuation_date: chrono::NaiveDate,
) -> Result<Inputs, Fault> {
    let mut patent = patents::record_of(row)?;
    let (own, known) = (asked.grades, patent.grades);
    patent.grades = HumanGrades {
        trl: own.trl.or(known.trl),
        substitutability: own.substitutability.or(known.substitutability),
        detectability: own.detectability.or(known.detectability),
        independence: own.independence.or(known.independence),
        trend: own.trend.or(known.trend),
        market: own.market.or(known.market),
        market_share: own.market_share.or(known.market_share),
        competition: own.competition.or(known.competition),
        policy_fit: own.policy_fit.or(known.policy_fit),
    };
    let seed = asked.assumptions.seed.unwrap_or_else(|| default_seed(&row.number, valuation_date));
    Ok(Inputs {
        patent,
        purpose: asked.purpose,
        valuation_date,
        overrides: asked.assumptions.clone(),
        seed,
        model_version: MODEL_VERSION.to_owned(),
    })
}

/// The same patent on the same day is simulated alike, whoever asks.
fn default_seed(number: &str, date: chrono::NaiveDate) -> u64 {
    let digest = Sha256::digest(format!("{number} {date}").as_bytes());
    digest.iter().take(8).fold(0_u64, |word, byte| (word << 8) | u64::from(*byte)) & SEED_MAX
}

fn refusal(why: NotAssessed) -> Problem {
    match why {
        NotAssessed::Grounds(grounds) => {
            let zh: Vec<&str> = grounds.iter().map(|g| g.zh.as_str()).collect();
            let en: Vec<&str> = grounds.iter().map(|g| g.en.as_str()).collect();
            let (zh, en) = (zh.join("；"), en.join("; "));
            Problem::refused(
                "not-assessable",
                format!("该专利不予评估：{zh}。消除上述情形后可重新申请。"),
                format!("The patent is not assessed: {en}. Ask again when this no longer holds."),
            )
            .with("grounds", grounds)
        }
        NotAssessed::Figure(error) => Problem::invalid(
            "cannot-be-calculated",
            format!("参数无法计算：{}", error.zh),
            format!("A figure cannot be calculated with: {}", error.en),
        )
        .with_field(error.field, error.zh, error.en),
    }
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    row: &patent::Model,
    inputs: &Inputs,
    result: &Appraised,
) -> Result<Valuation, NotRecorded> {
    let now_row = patents::one(tx.conn(), &Scope::system(), row.id.into()).await?;
    let unchanged = now_row.is_some_and(|now| now.version == row.version);
    if !unchanged || tx.business_date() != inputs.valuation_date {
        return Err(NotRecorded::Stale);
    }
    let id = ValuationId::fresh(tx.now());
    let stored = stored(tx, id, caller, row, inputs, result)?;
    let event = completed(&stored, row, result);
    let details = serde_json::json!({
        "number": stored.number, "patent": stored.patent_number, "value": result.value.value,
        "maximum_loan": result.collateral.maximum_loan, "model_version": stored.model_version, "seed": stored.seed,
        "overrides": inputs.overrides,
    });
    let valuation = view::full(stored.clone())?;
    valuation::Entity::insert(active(stored)).exec_without_returning(tx.conn()).await?;
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
    inputs: &Inputs,
    result: &Appraised,
) -> Result<valuation::Model, Fault> {
    let hundredths = (result.score.total * Decimal::ONE_HUNDRED).to_i64().unwrap_or(0);
    Ok(valuation::Model {
        id: id.uuid(),
        number: contracts::number("V", inputs.valuation_date, id.uuid()),
        tenant: caller.tenant.uuid(),
        tenant_name: caller.tenant_name.clone(),
        patent_id: row.id,
        patent_number: row.number.clone(),
        patent_title: row.title.clone(),
        purpose: inputs.purpose.as_str().to_owned(),
        score_hundredths: hundredths,
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
        requested_by_id: caller.user.uuid(),
        requested_by: caller.name.clone(),
        inputs: serde_json::to_string(inputs)?,
        result: serde_json::to_string(result)?,
        created_at: tx.now(),
    })
}

fn active(row: valuation::Model) -> valuation::ActiveModel {
    valuation::ActiveModel {
        id: Set(row.id),
        number: Set(row.number),
        tenant: Set(row.tenant),
        tenant_name: Set(row.tenant_name),
        patent_id: Set(row.patent_id),
        patent_number: Set(row.patent_number),
        patent_title: Set(row.patent_title),
        purpose: Set(row.purpose),
        score_hundredths: Set(row.score_hundredths),
        grade: Set(row.grade),
        value_fen: Set(row.value_fen),
        low_fen: Set(row.low_fen),
        high_fen: Set(row.high_fen),
        collateral_fen: Set(row.collateral_fen),
        maximum_loan_fen: Set(row.maximum_loan_fen),
        valuation_date: Set(row.valuation_date),
        valid_until: Set(row.valid_until),
        model_version: Set(row.model_version),
        seed: Set(row.seed),
        requested_by_id: Set(row.requested_by_id),
        requested_by: Set(row.requested_by),
        inputs: Set(row.inputs),
        result: Set(row.result),
        created_at: Set(row.created_at),
    }
}

fn completed(stored: &valuation::Model, row: &patent::Model, result: &Appraised) -> ValuationCompleted {
    let industry = Industry::of_code(&row.industry);
    ValuationCompleted {
        valuation_id: stored.id.into(),
        tenant: stored.tenant.into(),
        tenant_name: stored.tenant_name.clone(),
        patent_id: row.id.into(),
        patent_number: stored.patent_number.clone(),
        patent_title: stored.patent_title.clone(),
        industry: (industry != Industry::Other).then(|| industry.code().to_owned()),
        purpose: stored.purpose.clone(),
        score_hundredths: i32::try_from(stored.score_hundredths).unwrap_or(0),
        grade: result.score.grade.map(|grade| grade.as_str().to_owned()),
        low: result.value.low,
        value: result.value.value,
        high: result.value.high,
        collateral_value: result.collateral.collateral_value,
        maximum_loan: result.collateral.maximum_loan,
        valuation_date: stored.valuation_date,
        valid_until: stored.valid_until,
        model_version: stored.model_version.clone(),
    }
}
