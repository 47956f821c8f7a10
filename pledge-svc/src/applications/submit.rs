//! The act: an enterprise applies. Facts of the patents come from outside the transaction; the facility, the
//! member's place, the live pledges and what the bank knows of the enterprise are read inside it.

use contracts::{ApplicationId, Event, FacilityId, PatentId, PledgeId, events::ApplicationSubmitted};
use finance::{Money, MoneyError};
use http_kit::{ActError, Problem};
use identity::Caller;
use sea_orm::ConnectionTrait;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    background::{Applicant, background, products, terms},
    lapse,
    model::{
        Application, ApplicationStatus, Finding, FindingCode, OfferedPatent, PatentFacts, ServiceClock,
        clock::ClockKind,
        eligibility::{Ask, admit, examine},
        products::Product,
        service_levels::ServiceLevels,
    },
    store,
};
use crate::{
    facility::{self, FacilityForApplication},
    parameters, registration, working_days,
};

/// What an enterprise asks for and offers.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub facility: FacilityId,
    pub product: String,
    pub amount: Money,
    pub tenor_months: u32,
    pub purpose: String,
    pub declarations: Vec<FindingCode>,
    pub statements: Vec<String>,
    pub patents: Vec<PatentFacts>,
}

/// Takes an application when nothing stands in its way that the declarations do not lift.
pub(super) async fn submit(tx: &mut Tx, caller: &Caller, asked: &Asked) -> Result<Application, ActError> {
    let today = tx.business_date();
    let Examined { line, product, findings } = examined(tx.conn(), caller, asked, today).await?;
    admit(&findings, &asked.declarations)?;
    let levels: ServiceLevels = parameters::current(tx.conn(), line.bank_id, today).await?;
    let calendar = working_days::of_bank(tx.conn(), line.bank_id, today).await?;
    let review_days = product.first_review_days.unwrap_or(levels.first_review_days);
    let id = ApplicationId::fresh(tx.now());
    let application = Application {
        id,
        number: contracts::number("A", today, id.uuid()),
        facility_id: line.id,
        facility_name: line.name,
        bank_id: line.bank_id,
        bank_name: line.bank_name,
        enterprise_id: caller.tenant,
        enterprise_name: caller.tenant_name.clone(),
        amount: asked.amount,
        tenor_months: asked.tenor_months,
        purpose: asked.purpose.clone(),
        product: product.code,
        patents: asked.patents.iter().map(offered).collect(),
        status: ApplicationStatus::Submitted,
        assessment: None,
        consent: None,
        first_approval: None,
        decision: None,
        appeal_until: None,
        approval_until: None,
        appeal: None,
        deficiencies: Vec::new(),
        findings,
        declarations: asked.declarations.clone(),
        statements: asked.statements.clone(),
        clock: Some(ServiceClock::start(ClockKind::FirstReview, (today, calendar), review_days)),
        review_days_left: None,
        pledge_id: None,
        holds_reservation: false,
        submitted_on: today,
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
    let entry =
        AuditEntry::new(&caller.actor(), "application.submit", "application", id).with(serde_json::json!({
            "amount": application.amount, "product": application.product,
            "declarations": application.declarations, "statements": application.statements,
        }));
    tx.audit([entry]).await?;
    Ok(application)
}

/// What was found of an application before it is made.
pub(super) struct Examined {
    pub line: FacilityForApplication,
    pub product: Product,
    pub findings: Vec<Finding>,
}

/// The facility, the product and everything that stands in the way; changes nothing.
pub(super) async fn examined(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    asked: &Asked,
    on: chrono::NaiveDate,
) -> Result<Examined, ActError> {
    let line = facility::find_for_application(conn, &caller.scope(), asked.facility, caller.tenant)
        .await?
        .ok_or_else(Problem::not_found)?;
    let offered = products(conn, line.bank_id, on).await?;
    let product = offered.find(&asked.product).cloned().ok_or_else(|| {
        Problem::bad_fields(Vec::new()).with_field(
            "product",
            "该银行没有此产品，请从产品列表中选择。",
            "The bank has no such product. Choose one of its list.",
        )
    })?;
    let unknown = asked
        .statements
        .iter()
        .position(|code| !product.statements.iter().any(|statement| statement.code == *code));
    if let Some(position) = unknown {
        return Err(Problem::bad_fields(Vec::new())
            .with_field(
                format!("statements[{position}]"),
                "该产品没有此项声明。",
                "The product has no such statement.",
            )
            .into());
    }
    let terms = terms(conn, &line, caller.tenant).await?;
    let applicant = Applicant { bank: line.bank_id, enterprise: caller.tenant, name: &caller.tenant_name };
    let known = background(conn, applicant, product, on).await?;
    let patents: Vec<PatentId> = asked.patents.iter().map(|patent| patent.id).collect();
    let held = registration::live_by_patent(conn, &patents).await?;
    let ask = Ask { enterprise: caller.tenant, amount: asked.amount, tenor_months: asked.tenor_months };
    let findings = examine(&terms, &known, ask, &asked.patents, &held, on).map_err(beyond)?;
    Ok(Examined { line, product: known.product, findings })
}

/// A sum of approvals beyond the range of money.
pub(super) fn beyond(error: MoneyError) -> Fault {
    Fault::Other(error.to_string())
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

/// Notes on an application, in the registration's own act, that its pledge was refused, withdrawn or annulled: the
/// approval stands, and another pledge may be filed for it in a term that begins anew.
///
/// # Errors
/// The database's fault.
pub async fn release_pledge(tx: &mut Tx, application: Application) -> Result<(), Fault> {
    let version = application.version + 1;
    let last = lapse::last_day(tx.conn(), application.bank_id, tx.business_date()).await?;
    store::update(tx, &Application { pledge_id: None, version, ..application }.approved_until(last)).await
}
