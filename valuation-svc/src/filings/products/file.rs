//! The acts on product filings: filing, changing, withdrawing. The patents' records count the products that stand.

use std::collections::{BTreeSet, HashSet};

use chrono::NaiveDate;
use contracts::{LegalEventId, OrgId, PatentId, ProductFilingId};
use http_kit::{ActError, IfMatch, Problem};
use identity::{Caller, Scope};
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    model::{Covered, FilingRefused, FilingStatus, Protects, may_cover},
    store::{self, change, covered, revenue, row},
    view::{self, ProductFiling, ProductRevenue},
};
use crate::catalogue::{
    count_product, store as patents,
    timeline::{
        model::{Happening, licences},
        store as timeline,
    },
};

/// A patent that a filing names.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PatentNamed {
    /// The patent.
    pub(super) patent_id: PatentId,
    /// What of the product it protects.
    pub(super) protects: Protects,
    /// The claims that read on it: `1, 3-5`.
    pub(super) claims: String,
}

/// A product as it is filed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductFiled {
    /// 产品名称
    pub(super) product: String,
    /// 型号
    pub(super) model: String,
    /// 生产企业, an organisation of the platform; the filer where nobody is named.
    #[serde(default)]
    pub(super) enterprise_id: Option<OrgId>,
    /// 生产企业; the filer where nobody is named.
    #[serde(default)]
    pub(super) enterprise_name: Option<String>,
    /// How the claims read on the product.
    pub(super) relation: String,
    /// 上市日
    #[serde(default)]
    pub(super) launched_on: Option<NaiveDate>,
    /// Its patents.
    pub(super) patents: Vec<PatentNamed>,
    /// Its sales, year by year.
    #[serde(default)]
    pub(super) revenues: Vec<ProductRevenue>,
    /// Why it is changed; not needed where it is filed first.
    #[serde(default)]
    pub(super) reason: Option<String>,
}

impl ProductFiled {
    fn maker<'a>(&'a self, caller: &'a Caller) -> (Option<OrgId>, &'a str) {
        let named = self.enterprise_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        match named {
            Some(name) => (self.enterprise_id, name),
            None => (Some(self.enterprise_id.unwrap_or(caller.tenant)), &caller.tenant_name),
        }
    }
}

/// Files a product.
pub(super) async fn file(
    tx: &mut Tx,
    caller: &Caller,
    asked: &ProductFiled,
) -> Result<ProductFiling, ActError> {
    let maker = asked.maker(caller);
    let covered = cover(tx, caller, (asked, maker), &HashSet::new()).await?;
    let row = row::Model {
        id: ProductFilingId::fresh(tx.now()).uuid(),
        tenant: caller.tenant.uuid(),
        tenant_name: caller.tenant_name.clone(),
        product: asked.product.trim().to_owned(),
        model: asked.model.trim().to_owned(),
        enterprise_id: maker.0.map(OrgId::uuid),
        enterprise_name: maker.1.to_owned(),
        relation: asked.relation.trim().to_owned(),
        launched_on: asked.launched_on,
        status: FilingStatus::Filed.name().to_owned(),
        recognised: false,
        filed_by: caller.name.clone(),
        filed_at: tx.now(),
        withdrawn_on: None,
        withdrawal_reason: None,
        version: 1,
    };
    store::insert(tx, row.clone()).await?;
    write_parts(tx, row.id, asked, &covered).await?;
    count(tx, (&BTreeSet::new(), &ids(asked))).await?;
    told(tx, caller, ("file", "product.file"), (row.id, "")).await
}

/// Changes a filing.
pub(super) async fn change(
    tx: &mut Tx,
    caller: &Caller,
    ((id, seen), asked): ((ProductFilingId, IfMatch), &ProductFiled),
) -> Result<ProductFiling, ActError> {
    let row = standing(tx, caller, (id, seen)).await?;
    let parts = store::list_parts(tx.conn(), &Scope::system(), &[row.id]).await?;
    let before: BTreeSet<PatentId> = parts.covered.iter().map(|one| one.patent_id.into()).collect();
    let known: HashSet<PatentId> = before.iter().copied().collect();
    let maker = asked.maker(caller);
    let covered = cover(tx, caller, (asked, maker), &known).await?;
    let changed = row::ActiveModel {
        product: Set(asked.product.trim().to_owned()),
        model: Set(asked.model.trim().to_owned()),
        enterprise_id: Set(maker.0.map(OrgId::uuid)),
        enterprise_name: Set(maker.1.to_owned()),
        relation: Set(asked.relation.trim().to_owned()),
        launched_on: Set(asked.launched_on),
        ..Default::default()
    };
    store::update(tx, &row, changed).await?;
    write_parts(tx, row.id, asked, &covered).await?;
    count(tx, (&before, &ids(asked))).await?;
    let reason = asked.reason.as_deref().map(str::trim).unwrap_or_default();
    told(tx, caller, ("change", "product.change"), (row.id, reason)).await
}

/// Withdraws a filing; a recognition of it ends with it.
pub(super) async fn withdraw(
    tx: &mut Tx,
    caller: &Caller,
    ((id, seen), reason): ((ProductFilingId, IfMatch), &str),
) -> Result<ProductFiling, ActError> {
    let row = standing(tx, caller, (id, seen)).await?;
    let parts = store::list_parts(tx.conn(), &Scope::system(), &[row.id]).await?;
    let before: BTreeSet<PatentId> = parts.covered.iter().map(|one| one.patent_id.into()).collect();
    let today = tx.business_date();
    let changed = row::ActiveModel {
        status: Set(FilingStatus::Withdrawn.name().to_owned()),
        recognised: Set(false),
        withdrawn_on: Set(Some(today)),
        withdrawal_reason: Set(Some(reason.to_owned())),
        ..Default::default()
    };
    store::update(tx, &row, changed).await?;
    store::end_recognition(tx, row.id, reason).await?;
    count(tx, (&before, &BTreeSet::new())).await?;
    told(tx, caller, ("withdraw", "product.withdraw"), (row.id, reason)).await
}

/// A filing of the caller's own organisation that stands, as it was seen.
pub(super) async fn standing(
    tx: &Tx,
    caller: &Caller,
    (id, seen): (ProductFilingId, IfMatch),
) -> Result<row::Model, ActError> {
    let row = store::find_own_locked(tx, &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(row.version)?;
    if row.status != FilingStatus::Filed.name() {
        return Err(FilingRefused::Withdrawn.into());
    }
    Ok(row)
}

fn ids(asked: &ProductFiled) -> BTreeSet<PatentId> {
    asked.patents.iter().map(|one| one.patent_id).collect()
}

/// The patents that a filing names; those that it named before are not judged again.
async fn cover(
    tx: &Tx,
    caller: &Caller,
    (asked, maker): (&ProductFiled, (Option<OrgId>, &str)),
    known: &HashSet<PatentId>,
) -> Result<Vec<Covered>, ActError> {
    let on = tx.business_date();
    let mut found = Vec::with_capacity(asked.patents.len());
    for named in &asked.patents {
        let covered = covered(tx, named.patent_id, on).await?;
        if !known.contains(&named.patent_id) {
            let filer = (caller.tenant, caller.tenant_name.as_str());
            may_cover(&covered, (filer, maker), on).map_err(ActError::from)?;
        }
        found.push(covered);
    }
    Ok(found)
}

/// A patent with the licences that stand in its timeline.
pub(super) async fn covered(tx: &Tx, id: PatentId, on: NaiveDate) -> Result<Covered, ActError> {
    let scope = Scope::system();
    let row = patents::one(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let record = patents::record_of(&row)?;
    let entries = timeline::list_all(tx.conn(), &scope, id).await?;
    let entries = entries.iter().map(timeline::entry_of).collect::<Result<Vec<_>, Fault>>()?;
    let mut licensees = Vec::new();
    for (entry, until) in licences(&entries) {
        if let Happening::Licensed { licensee, licensee_organisation, .. } = &entry.happening {
            licensees.push((*licensee_organisation, licensee.clone(), until));
        }
    }
    Ok(Covered {
        patent: id,
        number: row.number.clone(),
        legal_status: record.legal_status(on),
        owner: record.owner,
        licensees,
    })
}

async fn write_parts(tx: &Tx, filing: Uuid, asked: &ProductFiled, found: &[Covered]) -> Result<(), Fault> {
    let covered = asked
        .patents
        .iter()
        .zip(found)
        .map(|(named, found)| covered::Model {
            filing_id: filing,
            patent_id: named.patent_id.uuid(),
            number: found.number.clone(),
            protects: named.protects.name().to_owned(),
            claims: named.claims.trim().to_owned(),
        })
        .collect();
    let revenues = asked
        .revenues
        .iter()
        .map(|one| revenue::Model { filing_id: filing, year: one.year, revenue_fen: one.revenue.fen() })
        .collect();
    store::replace_parts(tx, filing, covered, revenues).await
}

/// The patents' records count one product more or less, in the order of their ids.
async fn count(
    tx: &mut Tx,
    (before, after): (&BTreeSet<PatentId>, &BTreeSet<PatentId>),
) -> Result<(), Fault> {
    for patent in before.symmetric_difference(after) {
        count_product(tx, *patent, after.contains(patent)).await?;
    }
    Ok(())
}

/// Writes what was done into the filing's history and the audit trail; the filing as it stands.
pub(super) async fn told(
    tx: &mut Tx,
    caller: &Caller,
    (act, action): (&'static str, &'static str),
    (id, reason): (Uuid, &str),
) -> Result<ProductFiling, ActError> {
    let scope = caller.scope();
    let row = store::find_own_locked(tx, &scope, id.into()).await?.ok_or_else(Problem::not_found)?;
    let parts = store::list_parts(tx.conn(), &scope, &[id]).await?;
    let version = row.version;
    let filing = view::shown(row, &parts)?;
    let made = change::Model {
        id: LegalEventId::fresh(tx.now()).uuid(),
        filing_id: id,
        version,
        act: act.to_owned(),
        details: serde_json::to_string(&filing)?,
        reason: reason.to_owned(),
        made_by: caller.name.clone(),
        made_at: tx.now(),
    };
    store::insert_change(tx, made).await?;
    let details = serde_json::json!({
        "product": filing.product, "model": filing.model, "patents": filing.patents.len(), "reason": reason,
    });
    tx.audit([AuditEntry::new(&caller.actor(), action, "product_filing", id).with(details)]).await?;
    Ok(filing)
}
