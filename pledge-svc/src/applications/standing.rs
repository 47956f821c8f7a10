//! What stands against an application that was made: looked at again before each step, and for those who ask.

use contracts::PatentId;
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use sea_orm::ConnectionTrait;

use super::{
    background::{Applicant, background, products, terms},
    checklist,
    model::{
        Application, Finding, FindingCode, PatentFacts,
        checklist::is_co_owned,
        eligibility::{Ask, Background, Terms, examine, of_enterprise},
        grounds::with_owners_consent,
        products::Product,
    },
    store,
    submit::beyond,
};
use crate::{
    facility::{self, FacilityForApplication},
    registration,
};

/// What an application is judged against on a day.
pub(super) struct Situation {
    pub line: FacilityForApplication,
    pub terms: Terms,
    pub background: Background,
}

impl Situation {
    /// The product of the application as it was on the day of the application: the checklist does not grow afterwards.
    pub(super) fn product(&self) -> &Product {
        &self.background.product
    }
}

/// Reads it for an application that the caller has found in scope.
pub(super) async fn situation(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    application: &Application,
    on: chrono::NaiveDate,
) -> Result<Situation, ActError> {
    let (facility, enterprise) = (application.facility_id, application.enterprise_id);
    let line = facility::find_for_application(conn, &caller.scope(), facility, enterprise)
        .await?
        .ok_or_else(Problem::not_found)?;
    let terms = terms(conn, &line, enterprise).await?;
    let offered = products(conn, application.bank_id, application.submitted_on).await?;
    let applicant = Applicant { bank: application.bank_id, enterprise, name: &application.enterprise_name };
    let background = background(conn, applicant, offered.of(&application.product), on).await?;
    Ok(Situation { line, terms, background })
}

/// What an application asks for.
pub(super) const fn ask(application: &Application) -> Ask {
    Ask {
        enterprise: application.enterprise_id,
        amount: application.amount,
        tenor_months: application.tenor_months,
    }
}

/// What is found of the enterprise, the product and patents that are offered or pledged elsewhere; the catalogue is not
/// asked.
pub(super) async fn found_before_assessment(
    conn: &impl ConnectionTrait,
    application: &Application,
    situation: &Situation,
) -> Result<Vec<Finding>, ActError> {
    let mut found =
        of_enterprise(&situation.terms, &situation.background, ask(application)).map_err(beyond)?;
    let held = registration::live_by_patent(conn, &application.patent_ids()).await?;
    let pledged = |id: &PatentId| held.get(id).is_some_and(|pledge| application.pledge_id != Some(*pledge));
    found.extend(
        application
            .patents
            .iter()
            .filter(|one| pledged(&one.patent_id))
            .map(|one| pledged_elsewhere(&one.number)),
    );
    let elsewhere = store::find_offered_elsewhere(conn, &Scope::system(), application).await?;
    found.extend(
        application
            .patents
            .iter()
            .filter(|one| elsewhere.contains(&one.patent_id))
            .map(|one| offered_elsewhere(&one.number)),
    );
    Ok(found)
}

/// Everything that stands against an application today, the grounds against its patents among it. What the application
/// itself was granted is not counted against it.
pub(super) async fn found_today(
    conn: &impl ConnectionTrait,
    application: &Application,
    situation: &Situation,
    patents: &[PatentFacts],
    on: chrono::NaiveDate,
) -> Result<Vec<Finding>, ActError> {
    let mut held = registration::live_by_patent(conn, &application.patent_ids()).await?;
    held.retain(|_, pledge| application.pledge_id != Some(*pledge));
    let (mut terms, mut background) = (situation.terms.clone(), situation.background.clone());
    if application.holds_reservation {
        let granted = application.approved_amount_or_zero();
        terms.free = terms.free.checked_add(granted).map_err(beyond)?;
        background.without(granted, terms.bank_share).map_err(beyond)?;
    }
    let own: Vec<PatentFacts> = patents.iter().map(|one| without_own_pledge(one, application)).collect();
    let mut found = examine(&terms, &background, ask(application), &own, &held, on).map_err(beyond)?;
    if is_co_owned(&found) {
        found = with_owners_consent(found, checklist::consented(conn, application).await?);
    }
    let elsewhere = store::find_offered_elsewhere(conn, &Scope::system(), application).await?;
    found.extend(
        application
            .patents
            .iter()
            .filter(|one| elsewhere.contains(&one.patent_id))
            .map(|one| offered_elsewhere(&one.number)),
    );
    Ok(found)
}

fn without_own_pledge(patent: &PatentFacts, application: &Application) -> PatentFacts {
    let mut patent = patent.clone();
    patent.encumbrances.retain(|one| application.pledge_id != Some(one.pledge_id));
    patent
}

fn pledged_elsewhere(number: &str) -> Finding {
    Finding::new(
        FindingCode::AlreadyPledged,
        number,
        ("专利权已办理其他质押", "the patent is under another pledge"),
        (
            "请先注销原质押登记，或由企业改用其他专利重新申请",
            "have that pledge cancelled, or apply with another patent",
        ),
    )
}

fn offered_elsewhere(number: &str) -> Finding {
    Finding::new(
        FindingCode::OfferedElsewhere,
        number,
        (
            "该专利同时用于另一笔尚未决定的申请",
            "the patent is offered in another application that is not decided",
        ),
        (
            "一件专利只能办理一次质押，请与企业确认用于哪一笔",
            "a patent is pledged once: ask the enterprise for which of the two it is meant",
        ),
    )
}
