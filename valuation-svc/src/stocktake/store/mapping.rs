//! Between rows and what the rules see.

use contracts::{OrgId, UserId};
use tx_kit::Fault;

use super::entities::{campaign, item};
use crate::stocktake::model::{Campaign, CampaignState, Implementation, Item, ItemState};

/// Stands before and after every label within the column, so that one is found whole.
pub(super) const BAR: char = '|';

fn read<T: serde::de::DeserializeOwned>(text: Option<&String>) -> Result<Option<T>, Fault> {
    text.map(|text| serde_json::from_str(text).map_err(Fault::from)).transpose()
}

fn written<T: serde::Serialize>(value: Option<&T>) -> Result<Option<String>, Fault> {
    value.map(|value| serde_json::to_string(value).map_err(Fault::from)).transpose()
}

/// A stocktake of a row.
pub(super) fn campaign_of(row: campaign::Model) -> Result<Campaign, Fault> {
    let state = CampaignState::parse(&row.state)
        .ok_or_else(|| Fault::Corrupt(format!("state {} of stocktake {}", row.state, row.id)))?;
    Ok(Campaign {
        id: row.id.into(),
        institute_id: row.tenant.into(),
        institute_name: row.tenant_name,
        name: row.name,
        deadline: row.deadline,
        filed_from: row.filed_from,
        filed_to: row.filed_to,
        with_pending: row.with_pending,
        colleges: serde_json::from_str(&row.colleges)?,
        state,
        bundles: row.bundles,
        opened_by: row.opened_by,
        created_at: row.created_at,
        closed_by: row.closed_by,
        closed_at: row.closed_at,
        closing_note: row.closing_note,
        unfinished: read(row.unfinished.as_ref())?,
        version: row.version,
    })
}

/// The row of a stocktake.
pub(super) fn campaign_row(one: &Campaign) -> Result<campaign::Model, Fault> {
    Ok(campaign::Model {
        id: one.id.uuid(),
        tenant: one.institute_id.uuid(),
        tenant_name: one.institute_name.clone(),
        name: one.name.clone(),
        deadline: one.deadline,
        filed_from: one.filed_from,
        filed_to: one.filed_to,
        with_pending: one.with_pending,
        colleges: serde_json::to_string(&one.colleges)?,
        state: one.state.name().to_owned(),
        bundles: one.bundles,
        opened_by: one.opened_by.clone(),
        created_at: one.created_at,
        closed_by: one.closed_by.clone(),
        closed_at: one.closed_at,
        closing_note: one.closing_note.clone(),
        unfinished: written(one.unfinished.as_ref())?,
        version: one.version,
    })
}

/// An item of a row.
pub(super) fn item_of(row: item::Model) -> Result<Item, Fault> {
    let state = ItemState::parse(&row.state)
        .ok_or_else(|| Fault::Corrupt(format!("state {} of stocktake item {}", row.state, row.id)))?;
    Ok(Item {
        id: row.id.into(),
        campaign_id: row.campaign_id.into(),
        institute_id: OrgId::from_uuid(row.tenant),
        patent_id: row.patent_id.into(),
        patent_number: row.patent_number,
        patent_title: row.patent_title,
        patent_kind: row.patent_kind,
        ipc: row.ipc,
        filed_on: row.filed_on,
        granted_on: row.granted_on,
        college: row.college,
        inventor_id: row.inventor_id.map(UserId::from_uuid),
        inventor_name: row.inventor_name,
        due_on: row.due_on,
        state,
        self_assessment: read(row.self_assessment.as_ref())?,
        self_assessed_by: row.self_assessed_by,
        unit_assessment: read(row.unit_assessment.as_ref())?,
        unit_assessed_by_id: row.unit_assessed_by_id.map(UserId::from_uuid),
        unit_assessed_by: row.unit_assessed_by,
        labels: row.labels.split(BAR).filter(|label| !label.is_empty()).map(str::to_owned).collect(),
        bundle: row.bundle,
        reason: row.reason,
        reviewed_by: row.reviewed_by,
        updated_at: row.updated_at,
        version: row.version,
    })
}

/// The row of an item.
pub(super) fn item_row(one: &Item) -> Result<item::Model, Fault> {
    let by_inventor = one.self_assessment.as_ref().and_then(|own| own.prospect);
    let grade = one.unit_assessment.as_ref().map(|unit| unit.prospect).or(by_inventor);
    let idle = one.self_assessment.as_ref().is_some_and(|own| {
        own.implementation == Some(Implementation::None) && own.justification.trim().is_empty()
    });
    Ok(item::Model {
        id: one.id.uuid(),
        campaign_id: one.campaign_id.uuid(),
        tenant: one.institute_id.uuid(),
        patent_id: one.patent_id.uuid(),
        patent_number: one.patent_number.clone(),
        patent_title: one.patent_title.clone(),
        patent_kind: one.patent_kind.clone(),
        ipc: one.ipc.clone(),
        filed_on: one.filed_on,
        granted_on: one.granted_on,
        college: one.college.clone(),
        inventor_id: one.inventor_id.map(UserId::uuid),
        inventor_name: one.inventor_name.clone(),
        due_on: one.due_on,
        state: one.state.name().to_owned(),
        self_assessment: written(one.self_assessment.as_ref())?,
        self_assessed_by: one.self_assessed_by.clone(),
        unit_assessment: written(one.unit_assessment.as_ref())?,
        unit_assessed_by_id: one.unit_assessed_by_id.map(UserId::uuid),
        unit_assessed_by: one.unit_assessed_by.clone(),
        grade: grade.map_or(0, i64::from),
        idle,
        labels: one.labels.iter().map(|label| format!("{BAR}{label}{BAR}")).collect(),
        bundle: one.bundle,
        reason: one.reason.clone(),
        reviewed_by: one.reviewed_by.clone(),
        updated_at: one.updated_at,
        version: one.version,
    })
}
