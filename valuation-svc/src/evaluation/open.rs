//! The act: an institute puts patents of its library to experts.

use contracts::{EvaluationRoundId, OrgId, PatentId};
use http_kit::{ActError, Problem};
use identity::Caller;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tx_kit::{AuditEntry, Tx};

use super::{
    model::{Refusal, Round, RoundState},
    store::{self, invited, put},
};
use crate::{
    catalogue::store::patent,
    stocktake::{self, Meant},
};

/// The most patents of a round.
pub(super) const PATENTS_MAX: usize = 500;

/// A bundle of more patents than a round takes.
fn too_many(patents: usize) -> Problem {
    Problem::bad_fields(Vec::new()).with_field(
        "bundle",
        format!("该专利包有 {patents} 件专利，一次最多 {PATENTS_MAX} 件。请分成几个包。"),
        format!("The bundle has {patents} patents; a round takes at most {PATENTS_MAX}. Split it."),
    )
}

/// What a new round is.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// What it is called.
    pub name: String,
    /// Its last day.
    pub deadline: chrono::NaiveDate,
    /// What is said to the experts.
    pub note: String,
    /// The industry that it is addressed to; empty for every one.
    pub industry: String,
    /// Every enterprise's experts may answer.
    pub open_to_all: bool,
    /// The enterprises invited.
    pub invited: Vec<(OrgId, String)>,
    /// Which patents.
    pub meant: Meant,
}

/// Opens a round.
pub(super) async fn open(tx: &mut Tx, caller: &Caller, plan: &Plan) -> Result<Round, ActError> {
    let shelved = stocktake::in_library(tx.conn(), caller.tenant, &plan.meant).await?;
    if let Meant::Patents(asked) = &plan.meant {
        let missing: Vec<PatentId> =
            asked.iter().filter(|id| !shelved.iter().any(|one| one.patent == **id)).copied().collect();
        if !missing.is_empty() {
            return Err(Refusal::NotInLibrary { patents: missing }.into());
        }
    }
    if shelved.is_empty() {
        return Err(Refusal::NotInLibrary { patents: Vec::new() }.into());
    }
    if shelved.len() > PATENTS_MAX {
        return Err(too_many(shelved.len()).into());
    }
    let id = EvaluationRoundId::fresh(tx.now());
    let rows = patent::Entity::find()
        .filter(patent::Column::Id.is_in(shelved.iter().map(|one| one.patent.uuid())))
        .all(tx.conn())
        .await?;
    let mut put_to = Vec::with_capacity(rows.len());
    for row in rows {
        let bundle = shelved.iter().find(|one| one.patent.uuid() == row.id).and_then(|one| one.bundle);
        put_to.push(put::Model {
            round_id: id.uuid(),
            patent_id: row.id,
            patent_number: row.number,
            patent_title: row.title,
            industry: row.industry,
            bundle,
        });
    }
    let round = Round {
        id,
        institute_id: caller.tenant,
        institute_name: caller.tenant_name.clone(),
        name: plan.name.clone(),
        deadline: plan.deadline,
        note: plan.note.clone(),
        industry: plan.industry.clone(),
        open_to_all: plan.open_to_all,
        state: RoundState::Open,
        patents: i64::try_from(put_to.len()).unwrap_or(i64::MAX),
        opened_by: caller.name.clone(),
        created_at: tx.now(),
        closed_by: None,
        closed_at: None,
        version: 1,
    };
    let enterprises = plan.invited.iter().map(|(enterprise, name)| invited::Model {
        round_id: id.uuid(),
        enterprise_id: enterprise.uuid(),
        enterprise_name: name.clone(),
    });
    store::insert_round(tx, &round, put_to, enterprises.collect()).await?;
    let details = serde_json::json!({
        "name": round.name, "patents": round.patents, "deadline": round.deadline, "open_to_all": round.open_to_all,
        "invited": plan.invited.len(),
    });
    tx.audit([AuditEntry::new(&caller.actor(), "evaluation.open", "evaluation_round", id).with(details)])
        .await?;
    Ok(round)
}
