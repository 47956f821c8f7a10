//! The acts on a report: drafting, revising, signing, sending back, issuing, withdrawing.

use contracts::{ReportId, ValuationId};
use finance::Money;
use http_kit::{ActError, IfMatch, Problem};
use identity::{Caller, Scope};
use serde_json::json;
use sha2::{Digest, Sha256};
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    model::{
        Basis, ContentLien, Facts, Refusal, Report, ReportCode, ReportContent, ReportStatus, Texts, compose,
    },
    store,
    view::{self, ReportView},
};
use crate::{
    catalogue::{encumbrance, store as patents},
    triggers,
    valuations::{self, store::valuation},
};

/// Random bytes that a code is made from: more than enough of them are taken.
const RANDOM_BYTES: usize = 64;

/// Drafts a report on a valuation of the caller's organisation.
pub(super) async fn draft(
    tx: &mut Tx,
    caller: &Caller,
    of: ValuationId,
    texts: &Texts,
) -> Result<ReportView, ActError> {
    let own = caller.scope();
    let row = valuations::store::one(tx.conn(), &own, of).await?.ok_or_else(Problem::not_found)?;
    if row.tenant != caller.tenant.uuid() {
        return Err(Problem::not_found().into());
    }
    if let Some(open) = store::find_open(tx.conn(), &own, of).await? {
        return Err(Refusal::ReportOpen { number: open.number }.into());
    }
    let today = tx.business_date();
    if today > row.valid_until {
        return Err(Refusal::ValuationEnded { valid_until: row.valid_until }.into());
    }
    nothing_due(tx, of).await?;
    let id = ReportId::fresh(tx.now());
    let report = Report {
        id,
        number: contracts::number("VR", today, id.uuid()),
        code: None,
        tenant: caller.tenant,
        tenant_name: caller.tenant_name.clone(),
        valuation_id: of,
        valuation_number: row.number.clone(),
        patent_id: row.patent_id.into(),
        patent_number: row.patent_number.clone(),
        patent_title: row.patent_title.clone(),
        purpose: row.purpose.clone(),
        value: Money::from_fen(row.value_fen),
        valuation_date: row.valuation_date,
        valid_until: row.valid_until,
        status: ReportStatus::Draft,
        texts: texts.clone(),
        drafted_by: caller.name.clone(),
        drafted_at: tx.now(),
        prepared: None,
        basis: None,
        reviewed: None,
        issued_on: None,
        returned: None,
        superseded_by: None,
        withdrawn: None,
        content_sha256: None,
        version: 1,
    };
    store::insert(tx, &report).await?;
    done(tx, caller, report, "report.draft", json!({ "valuation": row.number })).await
}

/// Writes other texts into a draft.
pub(super) async fn revise(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (ReportId, IfMatch),
    texts: &Texts,
) -> Result<ReportView, ActError> {
    let report = own(tx, caller, id, seen).await?;
    let read_version = report.version;
    let revised = report.revise(texts.clone())?;
    store::update(tx, &revised, None, read_version).await?;
    done(tx, caller, revised, "report.revise", json!({ "texts": texts })).await
}

/// Signs as the preparer.
pub(super) async fn prepare(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (ReportId, IfMatch),
) -> Result<ReportView, ActError> {
    let report = own(tx, caller, id, seen).await?;
    let read_version = report.version;
    let signed = report.prepare((caller.user, caller.name.clone()), tx.now(), tx.business_date())?;
    nothing_due(tx, signed.valuation_id).await?;
    // An override may have come since it was drafted: what is signed is what holds now.
    let now = basis(tx, &signed, &content(tx, &signed).await?).await?;
    let signed = signed.resting_on(now);
    store::update(tx, &signed, None, read_version).await?;
    done(tx, caller, signed, "report.prepare", json!({})).await
}

/// Sends it back to be drafted anew.
pub(super) async fn send_back(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (ReportId, IfMatch),
    why: &str,
) -> Result<ReportView, ActError> {
    let report = own(tx, caller, id, seen).await?;
    let read_version = report.version;
    let back = report.send_back(why.to_owned())?;
    store::update(tx, &back, None, read_version).await?;
    done(tx, caller, back, "report.send_back", json!({ "reason": why })).await
}

/// Signs as the reviewer and issues it: its content is fixed with its hash, and the report before it on the same patent
/// and purpose is superseded.
pub(super) async fn issue(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (ReportId, IfMatch),
) -> Result<ReportView, ActError> {
    let report = own(tx, caller, id, seen).await?;
    let read_version = report.version;
    let by = (caller.user, caller.name.clone());
    let mut issued = report.issue(by, fresh_code()?, tx.now(), tx.business_date())?;
    nothing_due(tx, issued.valuation_id).await?;
    for before in store::list_issued(tx.conn(), &caller.scope(), issued.patent_id, &issued.purpose).await? {
        let before = store::report_of(&before)?;
        let read_version = before.version;
        store::update(tx, &before.supersede(issued.id)?, None, read_version).await?;
    }
    let content = content(tx, &issued).await?;
    issued.still_rests_on(&basis(tx, &issued, &content).await?)?;
    let text = canonical(&content)?;
    issued.content_sha256 = Some(sha256(text.as_bytes()));
    store::update(tx, &issued, Some(&text), read_version).await?;
    let details = json!({ "sha256": issued.content_sha256 });
    done(tx, caller, issued, "report.issue", details).await
}

/// Takes an issued report back.
pub(super) async fn withdraw(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (ReportId, IfMatch),
    why: &str,
) -> Result<ReportView, ActError> {
    let report = own(tx, caller, id, seen).await?;
    let read_version = report.version;
    let gone = report.withdraw(caller.name.clone(), tx.now(), why.to_owned())?;
    store::update(tx, &gone, None, read_version).await?;
    done(tx, caller, gone, "report.withdraw", json!({ "reason": why })).await
}

/// A report of the caller's own organisation, as the caller has seen it.
async fn own(tx: &Tx, caller: &Caller, id: ReportId, seen: IfMatch) -> Result<Report, ActError> {
    let row = store::find_one(tx.conn(), &caller.scope(), id).await?;
    let row = row.filter(|row| row.tenant == caller.tenant.uuid()).ok_or_else(Problem::not_found)?;
    seen.check(row.version)?;
    Ok(store::report_of(&row)?)
}

async fn nothing_due(tx: &Tx, valuation: ValuationId) -> Result<(), ActError> {
    let due = triggers::open_of(tx.conn(), &Scope::system(), valuation, tx.business_date()).await?;
    if due.is_empty() {
        return Ok(());
    }
    let (zh, en) = due.into_iter().map(|one| (one.reason_zh, one.reason_en)).unzip();
    Err(Refusal::RevaluationDue { zh, en }.into())
}

fn fresh_code() -> Result<ReportCode, Fault> {
    let bytes =
        identity::secrets::bytes::<RANDOM_BYTES>().map_err(|error| Fault::Other(error.to_string()))?;
    ReportCode::of_random(&bytes).ok_or_else(|| Fault::Other("no code could be drawn".to_owned()))
}

/// What a signature under a content rests on today.
async fn basis(tx: &Tx, report: &Report, content: &ReportContent) -> Result<Basis, Fault> {
    let row = patents::one(tx.conn(), &Scope::system(), report.patent_id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the patent of report {}", report.id)))?;
    Ok(Basis::of(&content.result, patents::record_of(&row)?.legal_status(tx.business_date())))
}

/// What a report says as of now.
///
/// # Errors
/// The database's fault; a valuation that no longer reads.
pub(super) async fn content(tx: &Tx, report: &Report) -> Result<ReportContent, Fault> {
    preview(tx.conn(), report, tx.business_date()).await
}

/// The same outside a transaction: the preview of a draft.
///
/// # Errors
/// The database's fault; a valuation that no longer reads.
pub(super) async fn preview(
    conn: &impl sea_orm::ConnectionTrait,
    report: &Report,
    on: chrono::NaiveDate,
) -> Result<ReportContent, Fault> {
    let row: valuation::Model = valuations::store::one(conn, &Scope::system(), report.valuation_id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the valuation of report {}", report.id)))?;
    let inputs = valuations::store::inputs_of(&row)?;
    let liens = encumbrance::of_patent(conn, report.patent_id).await?;
    let inputs_sha256 = sha256(row.inputs.as_bytes());
    let stored = valuations::view::full(row)?;
    let facts = Facts {
        patent: inputs.patent,
        evidence: inputs.evidence,
        deals: inputs.deals,
        model_version: stored.model_version,
        model_value: stored.model_figures.map(|figures| figures.value),
        seed: stored.seed,
        inputs_sha256,
        result: stored.result,
        encumbrances: liens
            .into_iter()
            .map(|lien| ContentLien { pledgee: lien.bank_name, since: lien.since })
            .collect(),
    };
    Ok(compose(report, facts, on))
}

/// The JSON that is hashed: members in the order of their names, no white space.
///
/// # Errors
/// What cannot be written as JSON.
pub(super) fn canonical(content: &ReportContent) -> Result<String, Fault> {
    Ok(sorted(serde_json::to_value(content)?).to_string())
}

/// Members by name, whatever order the map keeps.
fn sorted(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(map) => {
            let by_name: std::collections::BTreeMap<String, Value> =
                map.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            Value::Object(by_name.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        scalar => scalar,
    }
}

/// SHA-256 in hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

async fn done(
    tx: &mut Tx,
    caller: &Caller,
    report: Report,
    action: &'static str,
    mut details: serde_json::Value,
) -> Result<ReportView, ActError> {
    if let Some(map) = details.as_object_mut() {
        map.insert("number".to_owned(), json!(report.number));
        map.insert("patent".to_owned(), json!(report.patent_number));
        map.insert("status".to_owned(), json!(report.status));
    }
    tx.audit([AuditEntry::new(&caller.actor(), action, "valuation_report", report.id).with(details)]).await?;
    Ok(view::full(&report, Vec::new()))
}
