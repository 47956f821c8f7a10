//! The acts on realisations: a person records what a valued patent brought, one or many at a time; another verifies it. Only
//! what was verified is tested with.

use chrono::NaiveDate;
use contracts::{RealisationId, ValuationId};
use finance::Money;
use http_kit::{ActError, Fields, Problem};
use identity::Caller;
use serde::Deserialize;
use tx_kit::{AuditEntry, Tx};
use utoipa::ToSchema;

use super::{
    model::RealisationKind,
    problems,
    store::{self, realisation},
    view::{self, RealisationView},
};
use crate::valuations;

/// The most rows of an import.
const ROWS_MAX: usize = 500;

/// What was realised.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RealisationRequest {
    /// The valuation that it is compared with.
    pub valuation_id: ValuationId,
    /// How.
    pub kind: RealisationKind,
    /// What it brought, yuan.
    pub amount: Money,
    /// The day.
    pub realised_on: NaiveDate,
    /// The contract, the auction's record, the case: once a valuation.
    pub reference: String,
    /// What else there is to say.
    #[serde(default)]
    pub note: String,
}

/// Many realisations at once: all of them are recorded or none.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RealisationImport {
    /// The rows, at most 500.
    pub rows: Vec<RealisationRequest>,
}

impl RealisationRequest {
    pub(super) fn check(&self, today: NaiveDate, fields: &mut Fields, at: &str) {
        let most = Money::from_yuan(1_000_000_000_000).unwrap_or(Money::ZERO);
        fields.amount(self.amount, most, &format!("{at}amount"));
        fields.has_come(Some(self.realised_on), today, &format!("{at}realised_on"));
        fields.text(&self.reference, 100, &format!("{at}reference"));
        if !self.note.trim().is_empty() {
            fields.text(&self.note, 1_000, &format!("{at}note"));
        }
    }
}

impl RealisationImport {
    pub(super) fn check(&self, today: NaiveDate) -> Result<(), Problem> {
        let mut fields = Fields::new();
        fields.require(
            (1..=ROWS_MAX).contains(&self.rows.len()),
            "rows",
            format!("须为 1 至 {ROWS_MAX} 行。"),
            format!("There must be 1 to {ROWS_MAX} rows."),
        );
        for (at, row) in self.rows.iter().enumerate().take(ROWS_MAX) {
            row.check(today, &mut fields, &format!("rows[{at}]."));
        }
        fields.finish()
    }
}

/// Records one realisation.
pub(super) async fn record(
    tx: &mut Tx,
    caller: &Caller,
    asked: &RealisationRequest,
    source: &'static str,
) -> Result<RealisationView, ActError> {
    let valued = valuations::store::one(tx.conn(), &caller.scope(), asked.valuation_id)
        .await?
        .ok_or_else(Problem::not_found)?;
    if asked.realised_on < valued.valuation_date {
        return Err(Problem::bad_fields(Vec::new())
            .with_field(
                "realised_on",
                format!("变现日不得早于评估基准日 {}。", valued.valuation_date),
                format!(
                    "It cannot have been realised before {}, the day of the valuation.",
                    valued.valuation_date
                ),
            )
            .into());
    }
    let reference = asked.reference.trim();
    let known = store::find_recorded(tx.conn(), &caller.scope(), (valued.id, reference)).await?;
    if let Some(known) = known {
        return Err(problems::recorded_before(&known.number).into());
    }
    let id = RealisationId::fresh(tx.now());
    let row = realisation::Model {
        id: id.uuid(),
        number: contracts::number("R", tx.business_date(), id.uuid()),
        tenant: valued.tenant,
        tenant_name: valued.tenant_name,
        valuation_id: valued.id,
        valuation_number: valued.number,
        patent_id: valued.patent_id,
        patent_number: valued.patent_number,
        patent_title: valued.patent_title,
        kind: asked.kind.name().to_owned(),
        amount_fen: asked.amount.fen(),
        realised_on: asked.realised_on,
        reference: reference.to_owned(),
        note: asked.note.trim().to_owned(),
        source: source.to_owned(),
        source_version: 0,
        status: "recorded".to_owned(),
        recorder_id: caller.user.uuid(),
        recorder: caller.name.clone(),
        verifier_id: None,
        verifier: None,
        decision_reason: None,
        decided_at: None,
        created_at: tx.now(),
    };
    store::insert_realisation(tx, row.clone()).await?;
    let entry = AuditEntry::new(&caller.actor(), "realisation.record", "realisation", id).with(serde_json::json!({
        "valuation": row.valuation_id, "amount": asked.amount, "on": row.realised_on, "reference": row.reference,
        "source": source,
    }));
    tx.audit([entry]).await?;
    Ok(view::realisation(row))
}

/// Records many at once, all or none.
pub(super) async fn import(
    tx: &mut Tx,
    caller: &Caller,
    asked: &RealisationImport,
) -> Result<Vec<RealisationView>, ActError> {
    let mut made = Vec::with_capacity(asked.rows.len());
    for (at, row) in asked.rows.iter().enumerate() {
        match record(tx, caller, row, "import").await {
            Ok(one) => made.push(one),
            Err(ActError::Refused(problem)) => {
                let detail = problem.detail().clone();
                return Err(Problem::bad_fields(Vec::new())
                    .with_field(format!("rows[{at}]"), detail.zh, detail.en)
                    .into());
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(made)
}

/// Verifies a realisation or gives it back with a reason.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    id: RealisationId,
    verify: bool,
    reason: Option<&str>,
) -> Result<RealisationView, ActError> {
    let mut row =
        store::find_realisation(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    if row.status != "recorded" {
        return Err(problems::decided(&row.status).into());
    }
    if row.recorder_id == caller.user.uuid() {
        return Err(problems::four_eyes().into());
    }
    row.status = if verify { "verified" } else { "refused" }.to_owned();
    row.verifier_id = Some(caller.user.uuid());
    row.verifier = Some(caller.name.clone());
    row.decision_reason = reason.map(ToOwned::to_owned);
    row.decided_at = Some(tx.now());
    store::decide_realisation(tx, &row).await?;
    let action = if verify { "realisation.verify" } else { "realisation.refuse" };
    let entry = AuditEntry::new(&caller.actor(), action, "realisation", id)
        .with(serde_json::json!({ "valuation": row.valuation_id, "reason": reason }));
    tx.audit([entry]).await?;
    Ok(view::realisation(row))
}
