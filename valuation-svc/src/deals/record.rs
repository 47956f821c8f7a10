//! The acts: a deal is written down, or corrected by a new version. It is evidence once another person has verified it.

use std::{collections::HashMap, sync::Arc};

use chrono::NaiveDate;
use contracts::{MarketDealId, PatentId};
use http_kit::{ActError, IfMatch, Problem};
use identity::{Caller, Scope};
use tx_kit::{AuditEntry, Fault, Tx};
use uuid::Uuid;

use super::{
    model::{
        Deal, DealDraft, Standing,
        deal::{Flaw, Known, LISTED_MAX, deal},
    },
    problems::{flawed, known_already},
    store::{self, Happening, row},
    view::{DealView, shown},
};
use crate::{
    catalogue::{number, patent::PatentFacts, store as patents},
    reference::{self, Concordance},
};

/// A deal with the platform's industry of it; or what is wrong with its draft.
pub(super) type Read = Result<(Deal, String), Vec<Flaw>>;

/// What the catalogue and the concordance in force say of the patents of drafts.
pub(super) struct LookedUp {
    patents: HashMap<String, patents::patent::Model>,
    concordance: Arc<Concordance>,
}

/// Looks the patents of drafts up, all at once.
pub(super) async fn look_up(tx: &Tx, drafts: &[&DealDraft]) -> Result<LookedUp, Fault> {
    let numbers: Vec<&str> =
        drafts.iter().flat_map(|draft| draft.patents.iter().take(LISTED_MAX).map(String::as_str)).collect();
    Ok(LookedUp {
        patents: patents::by_numbers(tx.conn(), &Scope::system(), &numbers).await?,
        concordance: reference::concordance(tx.conn(), tx.business_date()).await?,
    })
}

impl LookedUp {
    /// The deal of a draft that was looked up.
    pub(super) fn deal(&self, draft: &DealDraft, today: NaiveDate) -> Result<Read, Fault> {
        let mut known = Known::default();
        for typed in draft.patents.iter().take(LISTED_MAX) {
            let Some(row) = self.patents.get(&number::key(typed)) else { continue };
            let facts = patents::record_of(row)?.facts;
            known.ids.push(PatentId::from_uuid(row.id));
            known.ipc.extend(facts.ipc);
            known.expires_on = known.expires_on.max(facts.expiry_date);
        }
        let found = match deal(draft, &known, today) {
            Ok(found) => found,
            Err(flaws) => return Ok(Err(flaws)),
        };
        let facts = PatentFacts { ipc: found.draft.ipc.clone(), ..PatentFacts::default() };
        let industry = self.concordance.industry(&facts);
        Ok(Ok((found, industry.code().to_owned())))
    }
}

async fn read(tx: &Tx, draft: &DealDraft) -> Result<Read, Fault> {
    look_up(tx, &[draft]).await?.deal(draft, tx.business_date())
}

/// Writes a deal down.
pub(super) async fn record(tx: &mut Tx, caller: &Caller, draft: &DealDraft) -> Result<DealView, ActError> {
    let (deal, industry) = read(tx, draft).await?.map_err(flawed)?;
    let reference = &deal.draft.source_reference;
    let known =
        store::list_known_sources(tx.conn(), &caller.scope(), std::slice::from_ref(reference)).await?;
    if known.iter().any(|(source, _)| source == deal.draft.source.name()) {
        return Err(known_already(reference).into());
    }
    let row = fresh(tx, caller, &deal, &industry)?;
    let view = shown(&row, &caller.scope())?;
    write(tx, caller, vec![row]).await?;
    Ok(view)
}

/// The row of a new deal.
pub(super) fn fresh(tx: &Tx, caller: &Caller, deal: &Deal, industry: &str) -> Result<row::Model, Fault> {
    let now = tx.now();
    let mut row = row::Model {
        // Of no order, and apart from the number: others see the id, and neither when the deal was written down nor by whom.
        id: Uuid::new_v4(),
        number: contracts::number("D", tx.business_date(), MarketDealId::fresh(now).uuid()),
        tenant: caller.tenant.uuid(),
        tenant_name: caller.tenant_name.clone(),
        kind: String::new(),
        dealt_on: deal.draft.dealt_on,
        patents: String::new(),
        ipc: String::new(),
        industry: String::new(),
        parties: String::new(),
        price_fen: 0,
        source: String::new(),
        source_reference: String::new(),
        shared: false,
        standing: Standing::Recorded.name().to_owned(),
        content: String::new(),
        revision: 1,
        maker_id: caller.user.uuid(),
        maker: caller.name.clone(),
        checker_id: None,
        checker: None,
        decision_reason: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    store::lay_over(&mut row, deal, industry)?;
    Ok(row)
}

/// Writes new deals with their audit rows.
pub(super) async fn write(tx: &mut Tx, caller: &Caller, rows: Vec<row::Model>) -> Result<(), Fault> {
    let actor = caller.actor();
    let entries: Vec<AuditEntry> = rows
        .iter()
        .map(|row| {
            let details =
                serde_json::json!({ "number": row.number, "kind": row.kind, "source": row.source_reference });
            AuditEntry::new(&actor, "deal.record", "deal", MarketDealId::from_uuid(row.id)).with(details)
        })
        .collect();
    let happening = Happening { what: "recorded", reason: None, by: (caller.user, &caller.name) };
    store::insert(tx, rows, happening).await?;
    tx.audit(entries).await
}

/// Corrects a deal: what is written down takes the place of the version before, which stays in its history, and waits to be
/// verified.
pub(super) async fn correct(
    tx: &mut Tx,
    caller: &Caller,
    id: MarketDealId,
    seen: IfMatch,
    (draft, reason): (&DealDraft, &str),
) -> Result<DealView, ActError> {
    let mut row = store::find_own(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(row.version)?;
    let (deal, industry) = read(tx, draft).await?.map_err(flawed)?;
    let reference = &deal.draft.source_reference;
    let same = row.source == deal.draft.source.name() && row.source_reference == *reference;
    if !same {
        let known =
            store::list_known_sources(tx.conn(), &caller.scope(), std::slice::from_ref(reference)).await?;
        if known.iter().any(|(source, _)| source == deal.draft.source.name()) {
            return Err(known_already(reference).into());
        }
    }
    store::lay_over(&mut row, &deal, &industry)?;
    Standing::Recorded.name().clone_into(&mut row.standing);
    row.revision += 1;
    row.maker_id = caller.user.uuid();
    row.maker.clone_from(&caller.name);
    (row.checker_id, row.checker, row.decision_reason) = (None, None, None);
    row.updated_at = tx.now();
    row.version += 1;
    let view = shown(&row, &caller.scope())?;
    let details = serde_json::json!({ "number": row.number, "revision": row.revision, "reason": reason });
    let happening = Happening { what: "corrected", reason: Some(reason), by: (caller.user, &caller.name) };
    store::update(tx, row, happening).await?;
    tx.audit([AuditEntry::new(&caller.actor(), "deal.correct", "deal", id).with(details)]).await?;
    Ok(view)
}
