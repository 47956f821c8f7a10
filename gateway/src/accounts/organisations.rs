//! Making an organisation.

use chrono::{DateTime, Utc};
use contracts::{Actor, OrgId, OrgKind};
use http_kit::{ActError, Problem};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;

use super::{
    model::industry,
    store::{kind_name, organisation, parse_kind},
};

/// An organisation to be made.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// Its id; a fresh one where none is given.
    pub id: Option<OrgId>,
    /// What kind it is.
    pub kind: OrgKind,
    /// Its registered name.
    pub name: String,
    /// Its unified social credit code (18 characters).
    pub credit_code: Option<String>,
    /// The district it is registered in.
    pub district: Option<String>,
    /// Its industry's code.
    pub industry: Option<String>,
    /// The name of the cluster it belongs to.
    pub cluster: Option<String>,
}

/// An organisation as the directory shows it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Organisation {
    /// Its id.
    pub id: OrgId,
    /// What kind it is.
    pub kind: OrgKind,
    /// Its registered name.
    pub name: String,
    /// Its unified social credit code.
    pub credit_code: Option<String>,
    /// The district it is registered in.
    pub district: Option<String>,
    /// Its industry's code.
    pub industry: Option<String>,
    /// Its industry's name.
    pub industry_name: Option<String>,
    /// The cluster it belongs to.
    pub cluster: Option<String>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
}

impl TryFrom<organisation::Model> for Organisation {
    type Error = Fault;

    fn try_from(row: organisation::Model) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id.into(),
            kind: parse_kind(&row.kind)?,
            name: row.name,
            credit_code: row.credit_code,
            district: row.district,
            industry_name: row.industry.as_deref().map(|code| industry::name_zh(code).to_owned()),
            industry: row.industry,
            cluster: row.cluster,
            created_at: row.created_at,
        })
    }
}

/// Enters an organisation in the caller's transaction.
///
/// # Errors
/// 409 where one with this credit code is there already; the database's fault.
pub async fn create_organisation(
    tx: &mut Tx,
    actor: &Actor,
    new: &NewOrganisation,
) -> Result<Organisation, ActError> {
    let id = new.id.unwrap_or_else(|| OrgId::fresh(tx.now()));
    let row = organisation::ActiveModel {
        id: Set(id.uuid()),
        kind: Set(kind_name(new.kind).to_owned()),
        name: Set(new.name.trim().to_owned()),
        credit_code: Set(new.credit_code.clone()),
        district: Set(new.district.clone()),
        industry: Set(new.industry.clone()),
        cluster: Set(new.cluster.clone()),
        created_at: Set(tx.now()),
    };
    let stored = organisation::Entity::insert(row).exec_with_returning(tx.conn()).await.map_err(|error| {
        let fault = Fault::from(error);
        if fault.is_unique_violation() { already_entered() } else { fault.into() }
    })?;
    let made = Organisation::try_from(stored)?;
    tx.audit([AuditEntry::new(actor, "organisation.create", "organisation", id).with(&made)]).await?;
    Ok(made)
}

fn already_entered() -> ActError {
    Problem::refused(
        "organisation-exists",
        "此统一社会信用代码的机构已登记。请在机构名录中查找。",
        "An organisation with this credit code is entered already. Look it up in the directory.",
    )
    .into()
}
