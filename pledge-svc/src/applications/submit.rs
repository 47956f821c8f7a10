//! The act: an enterprise applies. Facts of the patents come from outside the transaction; the facility, the
//! member's place and the live pledges are read inside it.

use contracts::{ApplicationId, Event, FacilityId, PatentId, PledgeId, events::ApplicationSubmitted};
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Caller;
use sea_orm::ConnectionTrait;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    model::{
        Application, ApplicationStatus, Finding, FindingCode, OfferedPatent, PatentFacts,
        eligibility::{Ask, Terms, admit, examine},
    },
    store,
};
use crate::{
    facility::{self, FacilityForApplication},
    registration,
};

/// What an enterprise asks for and offers.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub facility: FacilityId,
    pub amount: Money,
    pub tenor_months: u32,
    pub purpose: String,
    pub declarations: Vec<FindingCode>,
    pub patents: Vec<PatentFacts>,
}

/// Takes an application when nothing stands in its way that the declarations do not lift.
pub(super) async fn submit(tx: &mut Tx, caller: &Caller, asked: &Asked) -> Result<Application, ActError> {
    let (line, findings) = examined(tx.conn(), caller, asked, tx.business_date()).await?;
    admit(&findings, &asked.declarations)?;
    let id = ApplicationId::fresh(tx.now());
    let application = Application {
        id,
        number: contracts::number("A", tx.business_date(), id.uuid()),
        facility_id: line.id,
        facility_name: line.name,
        bank_id: line.bank_id,
        bank_name: line.bank_name,
        enterprise_id: caller.tenant,
        enterprise_name: caller.tenant_name.clone(),
        amount: asked.amount,
        tenor_months: asked.tenor_months,
        purpose: asked.purpose.clone(),
        patents: asked.patents.iter().map(offered).collect(),
        status: ApplicationStatus::Submitted,
        assessment: None,
        decision: None,
        findings,
        declarations: asked.declarations.clone(),
        pledge_id: None,
        holds_reservation: false,
        submitted_on: tx.business_date(),
        created_at: tx.now(),
        version: 1,
    };
    store::insert(tx, &application).await?;
    let event = Event::ApplicationSubmitted(ApplicationSubmitted {
        application_id: id,
        bank_id: application.bank_id,
        bank_name: application.bank_name.clone(),
        enterprise_id: application.enterprise_id,
        enterprise_name: application.enterprise_name.clone(),
        facility_id: Some(application.facility_id),
        amount: application.amount,
        patents: application.patent_ids(),
    });
    tx.publish([(id.uuid(), application.version, event)]).await?;
    let entry = AuditEntry::new(&caller.actor(), "application.submit", "application", id)
        .with(serde_json::json!({ "amount": application.amount, "declarations": application.declarations }));
    tx.audit([entry]).await?;
    Ok(application)
}

/// The facility and everything that stands in the way; changes nothing.
pub(super) async fn examined(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    asked: &Asked,
    on: chrono::NaiveDate,
) -> Result<(FacilityForApplication, Vec<Finding>), ActError> {
    let line = facility::find_for_application(conn, &caller.scope(), asked.facility, caller.tenant)
        .await?
        .ok_or_else(Problem::not_found)?;
    let patents: Vec<PatentId> = asked.patents.iter().map(|patent| patent.id).collect();
    let held = registration::live_by_patent(conn, &patents).await?;
    let ask = Ask { enterprise: caller.tenant, amount: asked.amount, tenor_months: asked.tenor_months };
    let findings = examine(&terms(&line), ask, &asked.patents, &held, on);
    Ok((line, findings))
}

/// The facility as the rules of applications see it.
pub(super) fn terms(line: &FacilityForApplication) -> Terms {
    Terms {
        number: line.number.clone(),
        active: line.status == facility::Status::Active,
        available_until: line.available_until,
        tenor_cap_months: line.tenor_cap_months,
        free: line.sub_limit.saturating_sub(line.member_drawn).saturating_sub(line.member_reserved),
    }
}

fn offered(patent: &PatentFacts) -> OfferedPatent {
    OfferedPatent {
        patent_id: patent.id,
        number: patent.number.clone(),
        title: patent.title.clone(),
        valuation_id: None,
        collateral_value: None,
        maximum_loan: None,
        ltv_cap: None,
        valid_until: None,
    }
}

/// Notes on an application, in the registration's own act, that a pledge stands on it.
///
/// # Errors
/// The database's fault.
pub async fn record_pledge(tx: &mut Tx, application: Application, pledge: PledgeId) -> Result<(), Fault> {
    store::update(tx, &application.with_pledge(pledge)).await
}
