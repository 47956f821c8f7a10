//! The acts on families: members told by people, and members that were told wrongly.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use contracts::PatentId;
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde::Deserialize;
use serde_json::json;
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;

use super::{
    listed::{Families, country, fresh},
    store::{self, member},
};
use crate::catalogue::{
    number,
    patent::LegalStatus,
    rewrite::rewrite,
    store::{self as patents, patent},
    timeline::may_act,
};

/// A member as it is told.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberTold {
    /// 公开(公告)号 with its country: `EP3456789B1`.
    pub(super) number: String,
    /// 法律状态
    #[serde(default)]
    pub(super) legal_status: Option<LegalStatus>,
    /// 申请日
    #[serde(default)]
    pub(super) filed_on: Option<NaiveDate>,
}

/// Members to be told of.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FamilyTold {
    /// Members beside the patent itself.
    pub(super) members: Vec<MemberTold>,
    /// 优先权号 that they share.
    #[serde(default)]
    pub(super) priority_number: Option<String>,
    /// Where it is from.
    pub(super) source: String,
}

/// A member that is none.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberRemoved {
    /// Its number.
    pub(super) number: String,
    /// Why.
    pub(super) reason: String,
}

/// Tells members of a patent's family; those that are known are brought up to date.
pub(super) async fn tell(
    tx: &mut Tx,
    caller: &Caller,
    (id, told): (PatentId, &FamilyTold),
) -> Result<(), ActError> {
    let row = patents::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    may_act(tx, caller, &row).await?;
    let own = MemberTold { number: row.number.clone(), legal_status: None, filed_on: None };
    let all: Vec<&MemberTold> = std::iter::once(&own).chain(&told.members).collect();
    let keys: BTreeSet<String> = all.iter().map(|member| number::key(&member.number)).collect();
    let mut families = Families::of(tx, keys.clone()).await?;
    let family = families.join(tx, &keys, &mut []).await?;
    let mut rows = Vec::new();
    for member in all {
        let key = number::key(&member.number);
        if families.enter(&key, family) {
            rows.push(new_member(tx, (caller, told), (member, key, family)));
        } else {
            update(tx, (caller, told), (member, &key)).await?;
        }
    }
    store::insert_members(tx, rows).await?;
    settle(tx, &row).await?;
    let details = json!({ "number": row.number, "members": told.members.len(), "source": told.source });
    tx.audit([AuditEntry::new(&caller.actor(), "patent.family.record", "patent", id).with(details)]).await?;
    Ok(())
}

fn new_member(
    tx: &Tx,
    (caller, told): (&Caller, &FamilyTold),
    (member, key, family): (&MemberTold, String, uuid::Uuid),
) -> member::Model {
    let status = member.legal_status.unwrap_or_default();
    member::Model {
        id: fresh(tx),
        family_id: family,
        number: member.number.trim().to_owned(),
        country: country(&key),
        number_key: key,
        status: status.as_str().to_owned(),
        in_force: status == LegalStatus::Granted,
        known: status != LegalStatus::Unknown,
        filed_on: member.filed_on,
        priority_number: told.priority_number.clone(),
        source: told.source.trim().to_owned(),
        recorded_by: caller.name.clone(),
        recorded_at: tx.now(),
    }
}

async fn update(
    tx: &Tx,
    (caller, told): (&Caller, &FamilyTold),
    (member, key): (&MemberTold, &str),
) -> Result<(), Fault> {
    let Some(known) = store::find_member(tx.conn(), &Scope::system(), key).await? else { return Ok(()) };
    let mut change = known.into_active_model();
    if let Some(status) = member.legal_status {
        change.status = Set(status.as_str().to_owned());
        change.in_force = Set(status == LegalStatus::Granted);
        change.known = Set(status != LegalStatus::Unknown);
        change.source = Set(told.source.trim().to_owned());
        change.recorded_by = Set(caller.name.clone());
        change.recorded_at = Set(tx.now());
    }
    if member.filed_on.is_some() {
        change.filed_on = Set(member.filed_on);
    }
    if told.priority_number.is_some() {
        change.priority_number = Set(told.priority_number.clone());
    }
    if change.is_changed() {
        member::Entity::update(change).exec(tx.conn()).await?;
    }
    Ok(())
}

/// Takes a member out of a patent's family.
pub(super) async fn remove(
    tx: &mut Tx,
    caller: &Caller,
    (id, asked): (PatentId, &MemberRemoved),
) -> Result<(), ActError> {
    let row = patents::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    may_act(tx, caller, &row).await?;
    let key = number::key(&asked.number);
    let family = store::list_family_of(tx.conn(), &Scope::system(), &row.number_key).await?;
    let found = family.into_iter().find(|member| member.number_key == key && key != row.number_key);
    let found = found.ok_or_else(|| {
        Problem::refused(
            "not-a-member",
            format!("{} 不在该专利的同族中，或就是该专利本身。请核对号码。", asked.number),
            format!(
                "{} is none of this patent's family, or is the patent itself. Check the number.",
                asked.number
            ),
        )
    })?;
    let number = found.number.clone();
    let mut change = found.into_active_model();
    change.family_id = Set(fresh(tx));
    member::Entity::update(change).exec(tx.conn()).await?;
    settle(tx, &row).await?;
    let details = json!({ "number": row.number, "member": number, "reason": asked.reason });
    tx.audit([AuditEntry::new(&caller.actor(), "patent.family.remove", "patent", id).with(details)]).await?;
    Ok(())
}

/// The counts of a patent's family follow its members.
async fn settle(tx: &mut Tx, row: &patent::Model) -> Result<(), Fault> {
    let members = store::list_family_of(tx.conn(), &Scope::system(), &row.number_key).await?;
    let mut record = patents::record_of(row)?;
    let countries: BTreeSet<String> =
        members.iter().map(|member| member.country.clone()).filter(|code| !code.is_empty()).collect();
    record.facts.simple_family_size = u32::try_from(members.len()).ok();
    record.facts.family_countries = countries.into_iter().collect();
    let today = tx.business_date();
    rewrite(tx, row, &record, today).await
}
