//! What a step of an application is judged against: the facility's terms, the bank's parameters, and what the bank knows
//! of the enterprise. Read inside the step's own transaction.

use chrono::NaiveDate;
use contracts::{FacilityId, OrgId};
use finance::{Money, Rate};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement, Value};
use tx_kit::Fault;

use super::{
    counterparties,
    model::{
        connected::GroupExposure,
        eligibility::{Background, Terms},
        eligibility_rules::EligibilityRules,
        exposure::CustomerExposure,
        products::{ApplicationProducts, Product},
    },
};
use crate::{
    adjustments::ReferenceRates,
    facility::{self, FacilityForApplication, store as lines},
    parameters, working_days,
};

/// The products of a bank on a day.
///
/// # Errors
/// The database's fault.
pub(super) async fn products(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
) -> Result<ApplicationProducts, Fault> {
    parameters::current(conn, bank, on).await
}

/// The facility as the rules of applications see it.
///
/// # Errors
/// The database's fault.
pub(super) async fn terms(
    conn: &impl ConnectionTrait,
    line: &FacilityForApplication,
    enterprise: OrgId,
) -> Result<Terms, Fault> {
    let (industry, member_active) = place(conn, line.id, enterprise).await?;
    Ok(Terms {
        number: line.number.clone(),
        active: line.status == facility::Status::Active,
        available_until: line.available_until,
        tenor_cap_months: line.tenor_cap_months,
        free: line.sub_limit.saturating_sub(line.member_drawn).saturating_sub(line.member_reserved),
        annual_rate: line.annual_rate,
        bank_share: facility::share_of_bank(conn, line.id, line.bank_id).await?,
        industry,
        member_active,
    })
}

/// The cluster's industry, and whether the member's place is active. The caller has found the facility in scope.
async fn place(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    enterprise: OrgId,
) -> Result<(String, bool), Fault> {
    let industry: Option<String> = lines::facility::Entity::find_by_id(facility.uuid())
        .select_only()
        .column(lines::facility::Column::Industry)
        .into_tuple()
        .one(conn)
        .await?;
    let status: Option<String> = lines::member::Entity::find()
        .select_only()
        .column(lines::member::Column::Status)
        .filter(lines::member::Column::FacilityId.eq(facility.uuid()))
        .filter(lines::member::Column::EnterpriseId.eq(enterprise.uuid()))
        .into_tuple()
        .one(conn)
        .await?;
    Ok((
        industry.unwrap_or_default(),
        status.as_deref() == Some(facility::model::MemberStatus::Active.name()),
    ))
}

/// Whose background it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Applicant<'a> {
    pub bank: OrgId,
    pub enterprise: OrgId,
    pub name: &'a str,
}

/// What the bank knows of the enterprise on a day. Blacklist and groups are the bank's own, whoever asks.
///
/// # Errors
/// The database's fault.
pub(super) async fn background(
    conn: &impl ConnectionTrait,
    applicant: Applicant<'_>,
    product: Product,
    on: NaiveDate,
) -> Result<Background, Fault> {
    let rules: EligibilityRules = parameters::current(conn, applicant.bank, on).await?;
    let listed =
        counterparties::blacklisted(conn, applicant.bank, applicant.enterprise, applicant.name, on).await?;
    let groups = counterparties::connected_groups(conn, applicant.bank, &[applicant.enterprise]).await?;
    let group = match groups.into_iter().next() {
        None => None,
        Some(group) => {
            let members: Vec<OrgId> = group.members.iter().map(|member| member.enterprise_id).collect();
            let exposure = all_at(conn, applicant.bank, &members).await?;
            let own = all_at(conn, applicant.bank, &[applicant.enterprise]).await?;
            Some(GroupExposure { name: group.name, exposure, own })
        }
    };
    let (lpr_one_year, lpr_outdated) = match product.lpr_spread_max {
        Some(_) => last_lpr(conn, applicant.bank, on).await?,
        None => (None, None),
    };
    Ok(Background {
        enterprise_name: applicant.name.to_owned(),
        lpr_one_year,
        lpr_outdated,
        product,
        blacklisted: listed,
        group,
        group_exposure_max: rules.group_max(),
        customer: customer(conn, applicant, &rules).await?,
    })
}

/// What enterprises have at the bank together, drawn and promised, by the bank's own part of each line.
async fn all_at(conn: &impl ConnectionTrait, bank: OrgId, enterprises: &[OrgId]) -> Result<Money, Fault> {
    let facility::AtBank { drawn, held } = facility::at_bank(conn, bank, enterprises).await?;
    drawn.checked_add(held).map_err(|error| Fault::Invariant(error.to_string()))
}

/// What the enterprise has at the bank; not looked up where the bank has not said what its capital is.
async fn customer(
    conn: &impl ConnectionTrait,
    applicant: Applicant<'_>,
    rules: &EligibilityRules,
) -> Result<CustomerExposure, Fault> {
    let (loans_max, exposure_max) = (rules.customer_loans_max(), rules.customer_exposure_max());
    if loans_max.is_none() && exposure_max.is_none() {
        return Ok(CustomerExposure::default());
    }
    let facility::AtBank { drawn, held } =
        facility::at_bank(conn, applicant.bank, &[applicant.enterprise]).await?;
    Ok(CustomerExposure { drawn, held, loans_max, exposure_max })
}

/// The one-year LPR last announced, as far as the bank knows; with its day, where a later one must have been announced.
async fn last_lpr(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
) -> Result<(Option<Rate>, Option<NaiveDate>), Fault> {
    let rates: ReferenceRates = parameters::current(conn, bank, on).await?;
    let calendar = working_days::of_bank(conn, bank, on).await?;
    let fixings = rates
        .all(calendar)
        .map_err(|error| Fault::Corrupt(format!("reference rates of bank {bank}: {error}")))?;
    let last = fixings.last_before(on);
    let outdated = last.filter(|_| fixings.current(on).is_none()).map(|fixing| fixing.date);
    Ok((last.map(|fixing| fixing.one_year), outdated))
}

const PRODUCTS_PLEDGED: &str = "SELECT DISTINCT a.product FROM application a \
     JOIN pledge p ON p.application_id = a.id AND p.status = 'registered' \
     WHERE p.facility_id = $1 AND p.enterprise_id = $2";

/// The highest contract rate that the products admit under which a member applied for what its registered pledges on a line
/// secure, by the one-year LPR in force on the day, and whether one of them goes by an LPR that is not known; none where none of
/// them sets a bound. The caller has found the member's loan in scope.
///
/// # Errors
/// The database's fault.
pub async fn highest_rate(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    (facility, enterprise): (FacilityId, OrgId),
    (on, lpr): (NaiveDate, Option<Rate>),
) -> Result<(Option<Rate>, bool), Fault> {
    let values: [Value; 2] = [facility.uuid().into(), enterprise.uuid().into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), PRODUCTS_PLEDGED, values);
    let known = products(conn, bank, on).await?;
    let mut bounds = Vec::new();
    for row in conn.query_all_raw(statement).await? {
        bounds.push(known.of(&row.try_get_by_index::<String>(0)?));
    }
    let unknown = lpr.is_none() && bounds.iter().any(|product| product.lpr_spread_max.is_some());
    Ok((bounds.iter().filter_map(|product| product.rate_max(lpr)).min(), unknown))
}
