//! Finding pledges: one, a page of them, what carries, what holds a patent, what the public sees.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use contracts::{FacilityId, OrgId, PatentId, PledgeId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use tx_kit::{
    Fault,
    bulk::paired,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use super::{months_of, patent_row, row, status_of, with_patents, within};
use crate::registration::model::{
    FilingState, Lien, Pledge, PledgeStatus,
    collateral::{Carrier, LoanTerm},
};

/// What a list of pledges is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this status.
    pub status: Option<PledgeStatus>,
    /// Whose papers are here at the register.
    pub filing: Option<FilingState>,
    /// Whose answer from the register was due before this day.
    pub overdue_on: Option<NaiveDate>,
    /// Registered, and a valuation had ended, or an annuity had been due, before this day.
    pub stale_on: Option<NaiveDate>,
    /// Under this facility.
    pub facility: Option<FacilityId>,
    /// Given by this enterprise.
    pub enterprise: Option<OrgId>,
    /// Number, registration number or a party's name contains this.
    pub text: Option<String>,
}

/// A pledge, where it is in scope.
///
/// # Errors
/// The database's fault.
pub async fn find(conn: &impl ConnectionTrait, scope: &Scope, id: PledgeId) -> Result<Option<Pledge>, Fault> {
    let found = within(scope).filter(row::Column::Id.eq(id.uuid())).one(conn).await?;
    Ok(with_patents(conn, found.into_iter().collect()).await?.pop())
}

/// One page of pledges.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<row::Column>,
    request: &PageRequest,
) -> Result<PageOf<Pledge>, ListingError> {
    let mut select = within(scope).filter(
        Condition::all()
            .add_option(filter.status.map(|status| row::Column::Status.eq(status.name())))
            .add_option(filter.filing.map(|state| row::Column::FilingState.eq(state.name())))
            .add_option(filter.overdue_on.map(|on| row::Column::DueOn.lt(on)))
            .add_option(filter.stale_on.map(|on| {
                let registered = row::Column::Status.eq(PledgeStatus::Registered.name());
                let ended = Condition::any()
                    .add(row::Column::ValidUntil.lt(on))
                    .add(row::Column::AnnuityUntil.lt(on));
                Condition::all().add(registered).add(ended)
            }))
            .add_option(filter.facility.map(|id| row::Column::FacilityId.eq(id.uuid())))
            .add_option(filter.enterprise.map(|id| row::Column::EnterpriseId.eq(id.uuid()))),
    );
    if let Some(text) = &filter.text {
        let columns = [
            row::Column::Number,
            row::Column::RegistrationNumber,
            row::Column::EnterpriseName,
            row::Column::BankName,
        ];
        select = select.filter(listing::containing(&columns, text));
    }
    let page = listing::page(select, conn, sort, row::Column::Id, request).await?;
    Ok(PageOf { items: with_patents(conn, page.items).await?, next_cursor: page.next_cursor })
}

/// The registered pledges of a member under a facility, each with its patents.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find_of_member(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    facility: FacilityId,
    enterprise: OrgId,
) -> Result<Vec<Pledge>, Fault> {
    let rows = within(scope)
        .filter(row::Column::FacilityId.eq(facility.uuid()))
        .filter(row::Column::EnterpriseId.eq(enterprise.uuid()))
        .filter(row::Column::Status.eq(PledgeStatus::Registered.name()))
        .all(conn)
        .await?;
    with_patents(conn, rows).await
}

/// What the carrying rule needs of the pledges of members under facilities, by place, in one query.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find_carriers(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    members: &[(FacilityId, OrgId)],
) -> Result<HashMap<(FacilityId, OrgId), Vec<Carrier>>, Fault> {
    let columns = (row::Column::FacilityId, row::Column::EnterpriseId);
    let ids = members.iter().map(|(facility, enterprise)| (facility.uuid(), enterprise.uuid()));
    let rows = within(scope)
        .filter(paired(conn.get_database_backend(), columns, ids))
        .filter(row::Column::Status.eq(PledgeStatus::Registered.name()))
        .order_by_asc(row::Column::Id)
        .all(conn)
        .await?;
    let mut carriers: HashMap<(FacilityId, OrgId), Vec<Carrier>> = HashMap::new();
    for row in rows {
        let place = (row.facility_id.into(), row.enterprise_id.into());
        carriers.entry(place).or_default().push(Carrier {
            id: row.id.into(),
            status: status_of(&row)?,
            carrying: Money::from_fen(row.carrying_fen),
            secured_amount: Money::from_fen(row.secured_fen),
            valid_until: row.valid_until,
            term: LoanTerm {
                until: [row.debt_until, row.rights_until].into_iter().flatten().min(),
                months: months_of(row.tenor_months),
            },
        });
    }
    Ok(carriers)
}

/// The live pledge of each of the patents that has one, whoever holds it.
///
/// # Errors
/// The database's fault.
pub async fn find_live_by_patent(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    patents: &[PatentId],
) -> Result<HashMap<PatentId, PledgeId>, Fault> {
    let held: Vec<(uuid::Uuid, uuid::Uuid)> = patent_row::Entity::find()
        .select_only()
        .column(patent_row::Column::PatentId)
        .column(patent_row::Column::PledgeId)
        .filter(patent_row::Column::PatentId.is_in(patents.iter().map(|id| id.uuid())))
        .filter(patent_row::Column::Live.eq(true))
        .filter(
            patent_row::Column::PledgeId
                .in_subquery(within(scope).select_only().column(row::Column::Id).into_query()),
        )
        .into_tuple()
        .all(conn)
        .await?;
    Ok(held.into_iter().map(|(patent, pledge)| (patent.into(), pledge.into())).collect())
}

/// The pledge that bears this number in the register.
///
/// # Errors
/// The database's fault.
pub async fn find_by_registration_number(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    number: &str,
) -> Result<Option<PledgeId>, Fault> {
    let found = within(scope).filter(row::Column::RegistrationNumber.eq(number)).one(conn).await?;
    Ok(found.map(|row| row.id.into()))
}

/// One page of the pledges ever registered under a registration number, or over a patent of a number as people type it, the
/// last filed first.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn find_registered(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (registration_number, patent_key): (Option<&str>, Option<&str>),
    request: &PageRequest,
) -> Result<PageOf<Pledge>, ListingError> {
    let mut select = within(scope).filter(row::Column::RegistrationNumber.is_not_null());
    if let Some(number) = registration_number {
        select = select.filter(row::Column::RegistrationNumber.eq(number));
    }
    if let Some(key) = patent_key {
        let number = Condition::any()
            .add(patent_row::Column::NumberKey.eq(key))
            .add(patent_row::Column::NumberStem.eq(key));
        let of_patent = patent_row::Entity::find()
            .select_only()
            .column(patent_row::Column::PledgeId)
            .filter(number)
            .into_query();
        select = select.filter(row::Column::Id.in_subquery(of_patent));
    }
    let newest = Sort { column: row::Column::SubmittedAt, descending: true };
    let page = listing::page(select, conn, newest, row::Column::Id, request).await?;
    Ok(PageOf { items: with_patents(conn, page.items).await?, next_cursor: page.next_cursor })
}

/// Every registered pledge over each of its patents.
///
/// # Errors
/// The database's fault.
pub async fn find_liens(conn: &impl ConnectionTrait, scope: &Scope) -> Result<BTreeSet<Lien>, Fault> {
    let registered = within(scope)
        .filter(row::Column::Status.eq(PledgeStatus::Registered.name()))
        .select_only()
        .column(row::Column::Id)
        .into_query();
    let held: Vec<(uuid::Uuid, uuid::Uuid)> = patent_row::Entity::find()
        .select_only()
        .column(patent_row::Column::PledgeId)
        .column(patent_row::Column::PatentId)
        .filter(patent_row::Column::Live.eq(true))
        .filter(patent_row::Column::PledgeId.in_subquery(registered))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(held
        .into_iter()
        .map(|(pledge, patent)| Lien { pledge_id: pledge.into(), patent_id: patent.into() })
        .collect())
}

/// The live pledges over a patent.
///
/// # Errors
/// The database's fault.
pub async fn find_over_patent(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    patent: PatentId,
) -> Result<Vec<Pledge>, Fault> {
    let holding = patent_row::Entity::find()
        .select_only()
        .column(patent_row::Column::PledgeId)
        .filter(patent_row::Column::PatentId.eq(patent.uuid()))
        .filter(patent_row::Column::Live.eq(true))
        .into_query();
    let rows = within(scope).filter(row::Column::Id.in_subquery(holding)).all(conn).await?;
    with_patents(conn, rows).await
}
