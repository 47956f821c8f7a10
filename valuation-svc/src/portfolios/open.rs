//! The act of putting patents together: they are looked up and written down, and a job values them.

use std::collections::BTreeSet;

use contracts::{PatentId, PortfolioId};
use http_kit::{ActError, Problem};
use identity::Caller;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use tx_kit::{AuditEntry, Fault, Tx, jobs};
use uuid::Uuid;

use super::{
    job::{self, Payload},
    model::{MEMBERS_MAX, Source, Spec},
    problems,
    store::{self, member_row, portfolio_row},
    view::{self, PortfolioView},
};
use crate::{
    catalogue::{encumbrance, store::patent},
    stocktake::{self, Meant},
    valuations::model::SEED_MAX,
};

/// Patents looked up with one statement.
const CHUNK: usize = 500;

/// What is asked for.
pub(super) struct Asked<'a> {
    pub(super) name: &'a str,
    pub(super) source: &'a Source,
    pub(super) spec: &'a Spec,
}

/// Puts patents together.
pub(super) async fn open(tx: &mut Tx, caller: &Caller, asked: &Asked<'_>) -> Result<PortfolioView, ActError> {
    let (basis, patents) = chosen(tx, caller, asked.source).await?;
    let today = tx.business_date();
    let id = PortfolioId::fresh(tx.now());
    let members: Vec<member_row::Model> = (1..)
        .zip(&patents)
        .map(|(position, (patent, number, title))| member_row::Model {
            portfolio_id: id.uuid(),
            position,
            patent_id: *patent,
            patent_number: number.clone(),
            patent_title: title.clone(),
            value_fen: 0,
            content: String::new(),
        })
        .collect();
    let count = i64::try_from(members.len()).unwrap_or(i64::MAX);
    let payload = Payload { portfolio: id };
    let job = jobs::enqueue(tx, job::KIND, caller.tenant, &caller.actor(), &payload).await?;
    let row = portfolio_row::Model {
        id: id.uuid(),
        number: contracts::number("PF", today, id.uuid()),
        tenant: caller.tenant.uuid(),
        tenant_name: caller.tenant_name.clone(),
        name: asked.name.to_owned(),
        basis: basis.to_owned(),
        spec: serde_json::to_string(asked.spec)?,
        valuation_date: today,
        seed: seed(id.uuid()),
        status: "running".to_owned(),
        members: count,
        value_fen: 0,
        summary: None,
        job_id: job.uuid(),
        created_by: caller.name.clone(),
        created_at: tx.now(),
        version: 1,
    };
    store::insert(tx, row.clone(), members).await?;
    let details = json!({
        "number": row.number, "name": row.name, "patents": count, "basis": basis, "spec": asked.spec,
    });
    let entry = AuditEntry::new(&caller.actor(), "portfolio.value", "portfolio", id).with(details);
    tx.audit([entry]).await?;
    Ok(view::full(&row, (0, None))?)
}

/// A seed of its own for every portfolio, which its row keeps.
fn seed(id: Uuid) -> i64 {
    let low = u64::try_from(id.as_u128() & u128::from(SEED_MAX)).unwrap_or(0);
    i64::try_from(low).unwrap_or(0)
}

type Chosen = Vec<(Uuid, String, String)>;

/// The patents, in the order asked for or of their numbers.
async fn chosen(tx: &Tx, caller: &Caller, source: &Source) -> Result<(&'static str, Chosen), ActError> {
    let (basis, found) = match source {
        Source::Patents(ids) => ("patents", listed(tx, ids).await?),
        Source::Owner(owner) => {
            let rows = patent::Entity::find()
                .filter(patent::Column::OwnerId.eq(owner.uuid()))
                .order_by_asc(patent::Column::Number)
                .limit(MEMBERS_MAX as u64 + 1)
                .select_only()
                .columns([patent::Column::Id, patent::Column::Number, patent::Column::Title])
                .into_tuple()
                .all(tx.conn())
                .await?;
            ("owner", rows)
        }
        Source::Pledge(pledge) => {
            let held = encumbrance::Held { bank: Some(caller.tenant), enterprise: None };
            let ids: Vec<Uuid> = encumbrance::registered(held)
                .filter(encumbrance::entity::Column::PledgeId.eq(pledge.uuid()))
                .select_only()
                .column(encumbrance::entity::Column::PatentId)
                .order_by_asc(encumbrance::entity::Column::PatentId)
                .into_tuple()
                .all(tx.conn())
                .await?;
            if ids.is_empty() {
                return Err(Problem::not_found().into());
            }
            let ids: Vec<PatentId> = ids.into_iter().map(Into::into).collect();
            ("pledge", listed(tx, &ids).await?)
        }
        Source::Bundle { campaign_id, number } => {
            let meant = Meant::Bundle(*campaign_id, *number);
            let found = stocktake::in_library(tx.conn(), caller.tenant, &meant).await?;
            let ids: Vec<PatentId> = found.into_iter().map(|one| one.patent).collect();
            ("bundle", listed(tx, &ids).await?)
        }
    };
    if found.is_empty() {
        return Err(problems::no_patents().into());
    }
    if found.len() > MEMBERS_MAX {
        return Err(problems::too_many().into());
    }
    Ok((basis, found))
}

/// Patents by id, each once; one that is not in the catalogue refuses the whole.
async fn listed(tx: &Tx, ids: &[PatentId]) -> Result<Chosen, ActError> {
    let mut seen = BTreeSet::new();
    let wanted: Vec<Uuid> = ids.iter().map(|id| id.uuid()).filter(|id| seen.insert(*id)).collect();
    let mut found: Chosen = Vec::with_capacity(wanted.len());
    for chunk in wanted.chunks(CHUNK) {
        let rows: Chosen = patent::Entity::find()
            .filter(patent::Column::Id.is_in(chunk.iter().copied()))
            .select_only()
            .columns([patent::Column::Id, patent::Column::Number, patent::Column::Title])
            .into_tuple()
            .all(tx.conn())
            .await
            .map_err(Fault::from)?;
        for id in chunk {
            match rows.iter().find(|(known, ..)| known == id) {
                Some(row) => found.push(row.clone()),
                None => return Err(problems::unknown_patent(*id).into()),
            }
        }
    }
    Ok(found)
}
