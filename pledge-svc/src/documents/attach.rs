//! The act: a file is examined and scanned, then kept with its content in one transaction. A file in which something is
//! found is not kept; one that could not be scanned in a moment is kept in quarantine until it is.

use chrono::{DateTime, Utc};
use contracts::{DocumentId, OrgKind};
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use sha2::{Digest, Sha256};
use tx_kit::{AuditEntry, Fault, IdempotencyKey, InTx, Tx};

use super::{
    model::{Document, FileType, Refusal, ScanState, Subject, Upload, file_type::examine},
    scanner::{Scanner, UPLOAD_WAITS, Verdict, verdict},
    store,
};
use crate::state::App;

/// The most documents of one subject, earlier versions among them.
const DOCUMENTS_MAX: u64 = 300;

/// What is known of a file before it is kept.
struct Examined {
    kind: FileType,
    sha256: String,
    bytes: i64,
    scan: ScanState,
    scanner: Option<String>,
    scanned_at: Option<DateTime<Utc>>,
}

/// Attaches a file to a subject that the caller is party to: the subject's own finder has seen to that.
///
/// # Errors
/// The file is not taken, the subject has too many, or a fault.
pub async fn attach(
    app: &App,
    caller: &Caller,
    subject: Subject,
    upload: &Upload,
    key: Option<&IdempotencyKey>,
) -> Result<Document, Problem> {
    let examined = &examined(app, caller, subject, upload).await?;
    Ok(app.db.run_once(key, |tx| keep(tx, caller, subject, upload, examined, None).in_tx()).await?)
}

/// Puts a new version in the place of a document; the earlier one stays.
///
/// # Errors
/// As [`attach`]; the document is the other party's or not the latest.
pub(super) async fn replace(
    app: &App,
    caller: &Caller,
    before: &Document,
    upload: &Upload,
    key: Option<&IdempotencyKey>,
) -> Result<Document, Problem> {
    let subject = before.subject();
    let examined = &examined(app, caller, subject, upload).await?;
    let id = before.id;
    Ok(app.db.run_once(key, |tx| keep(tx, caller, subject, upload, examined, Some(id)).in_tx()).await?)
}

/// Examines and scans, outside any transaction. A scan that takes its time is left to the background.
async fn examined(
    app: &App,
    caller: &Caller,
    subject: Subject,
    upload: &Upload,
) -> Result<Examined, Problem> {
    let kind = examine(&upload.bytes, &upload.file_name, upload.declared.as_deref())?;
    let sha256 = hex::encode(Sha256::digest(&upload.bytes));
    let scanner: &dyn Scanner = app.scanner.as_ref();
    let scan = match verdict(scanner, &upload.bytes, UPLOAD_WAITS).await {
        Ok(Verdict::NotScanned) => ScanState::NotScanned,
        Ok(Verdict::Clean) => ScanState::Clean,
        Ok(Verdict::Infected { signature }) => {
            let (sha256, signature) = (&sha256, &signature);
            app.db.run(|tx| told_of_virus(tx, caller, subject, sha256, signature).in_tx()).await?;
            return Err(Refusal::Infected { signature: signature.clone() }.into());
        }
        Err(reason) => {
            tracing::warn!(%reason, "a document goes into quarantine");
            ScanState::Quarantined
        }
    };
    let looked = scan == ScanState::Clean;
    Ok(Examined {
        kind,
        sha256,
        bytes: i64::try_from(upload.bytes.len()).unwrap_or(i64::MAX),
        scan,
        scanner: scanner.name().filter(|_| looked).map(str::to_owned),
        scanned_at: looked.then(|| app.db.clock().now()),
    })
}

async fn told_of_virus(
    tx: &mut Tx,
    caller: &Caller,
    subject: Subject,
    sha256: &str,
    signature: &str,
) -> Result<(), Fault> {
    let entry = AuditEntry::new(&caller.actor(), "document.infected", subject.kind.name(), subject.id)
        .with(serde_json::json!({ "sha256": sha256, "signature": signature }));
    tx.audit([entry]).await
}

async fn keep(
    tx: &mut Tx,
    caller: &Caller,
    subject: Subject,
    upload: &Upload,
    examined: &Examined,
    replaces: Option<DocumentId>,
) -> Result<Document, ActError> {
    // Every paper counts, the bank's own among them, whoever attaches the next one.
    if store::count(tx.conn(), &Scope::system(), subject.kind, subject.id).await? >= DOCUMENTS_MAX {
        return Err(Refusal::TooMany { count_max: DOCUMENTS_MAX }.into());
    }
    let before = match replaces {
        None => None,
        Some(id) => {
            let before = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
            before.may_be_replaced_for(caller.tenant)?;
            store::supersede(tx, id).await?;
            Some(before)
        }
    };
    let document = Document {
        id: DocumentId::fresh(tx.now()),
        subject_kind: subject.kind,
        subject_id: subject.id,
        bank_id: subject.bank,
        enterprise_id: subject.enterprise,
        kind: before.as_ref().map_or_else(|| upload.kind.clone(), |one| one.kind.clone()),
        file_name: upload.file_name.clone(),
        media_type: examined.kind.media_type().to_owned(),
        bytes: examined.bytes,
        sha256: examined.sha256.clone(),
        scan: examined.scan,
        scanner: examined.scanner.clone(),
        found: None,
        scanned_at: examined.scanned_at,
        internal: (subject.kind.is_banks_own()
            || before.as_ref().map_or(upload.internal, |one| one.internal))
            && caller.org_kind == OrgKind::Bank,
        version: before.as_ref().map_or(1, |one| one.version.saturating_add(1)),
        replaces,
        latest: true,
        note: upload.note.clone(),
        uploaded_by: caller.name.clone(),
        uploaded_by_id: caller.user,
        uploaded_for: caller.tenant,
        uploaded_at: tx.now(),
    };
    store::insert(tx, &document, &upload.bytes).await?;
    let action = if replaces.is_some() { "document.replace" } else { "document.attach" };
    let entry = AuditEntry::new(&caller.actor(), action, "document", document.id).with(serde_json::json!({
        "subject": document.subject_kind, "subject_id": document.subject_id, "kind": document.kind,
        "sha256": document.sha256, "scan": document.scan, "replaces": replaces,
    }));
    tx.audit([entry]).await?;
    Ok(document)
}
