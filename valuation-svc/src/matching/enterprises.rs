//! Enterprises as matching knows them: organisations that have stated a need or pledged a patent.

use std::collections::BTreeSet;

use contracts::OrgId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use tx_kit::Fault;
use uuid::Uuid;

use super::store::needs::{self, row};
use crate::{
    catalogue::{
        encumbrance,
        store::{self, patent},
    },
    state::App,
};

/// Which of the owners are enterprises: those that have pledged a patent or stated a need. The register of pledges is
/// public; that a need was stated says no more than that there is such an enterprise.
///
/// # Errors
/// The database's fault.
pub(super) async fn known(app: &App, owners: &BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>, Fault> {
    let conn = app.db.read();
    let pledgors: Vec<Uuid> = encumbrance::entity::Entity::find()
        .select_only()
        .column(encumbrance::entity::Column::EnterpriseId)
        .distinct()
        .filter(encumbrance::entity::Column::EnterpriseId.is_in(owners.iter().copied()))
        .into_tuple()
        .all(conn)
        .await?;
    let seekers: Vec<Uuid> = row::Entity::find()
        .select_only()
        .column(row::Column::EnterpriseId)
        .distinct()
        .filter(row::Column::EnterpriseId.is_in(owners.iter().copied()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(pledgors.into_iter().chain(seekers).collect())
}

/// The name of an enterprise: as it stated a need, else as the applicant of its patent.
///
/// # Errors
/// The database's fault.
pub(super) async fn name(app: &App, enterprise: OrgId, patent: &patent::Model) -> Result<String, Fault> {
    let stated = needs::name_of(app.db.read(), enterprise).await?;
    let applicant = patent.applicants.split(store::NAMES).next().unwrap_or_default();
    Ok(stated.unwrap_or_else(|| applicant.to_owned()))
}

/// The name of an enterprise that may be proposed to; nothing where it is none that is known here.
///
/// # Errors
/// The database's fault.
pub(super) async fn named(app: &App, enterprise: OrgId) -> Result<Option<String>, Fault> {
    let one = BTreeSet::from([enterprise.uuid()]);
    if known(app, &one).await?.is_empty() {
        return Ok(None);
    }
    let stated = needs::name_of(app.db.read(), enterprise).await?;
    if stated.is_some() {
        return Ok(stated);
    }
    let own = patent::Entity::find().filter(patent::Column::OwnerId.eq(enterprise.uuid()));
    let own = own.one(app.db.read()).await?;
    Ok(own.map(|row| row.applicants.split(store::NAMES).next().unwrap_or_default().to_owned()))
}
