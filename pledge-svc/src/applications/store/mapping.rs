//! Between rows and applications, both ways.

use chrono::NaiveDate;
use finance::{Money, WorkingDays};
use sea_orm::ActiveValue::Set;
use serde::{Serialize, de::DeserializeOwned};
use tx_kit::Fault;

use super::entities::{application, patent};
use crate::applications::model::{
    Application, ApplicationStatus, Approval, Assessment, Consent, Decision, OfferedPatent, ServiceClock,
    clock::ClockKind,
};

/// The due date of an application that waits for nothing: lists in the order of due dates end with them.
const NEVER: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// The application of a row and its patents' rows.
pub fn application_of(row: application::Model, patents: Vec<patent::Model>) -> Result<Application, Fault> {
    let corrupt = |what: &str| Fault::Corrupt(format!("{what} of application {}", row.id));
    let status = row.status.parse().map_err(|_| corrupt("status"))?;
    let whole =
        |number: Option<i32>, what: &str| number.map(u32::try_from).transpose().map_err(|_| corrupt(what));
    Ok(Application {
        id: row.id.into(),
        tenor_months: whole(Some(row.tenor_months), "tenor")?.unwrap_or_default(),
        findings: serde_json::from_str(&row.findings)?,
        declarations: serde_json::from_str(&row.declarations)?,
        statements: serde_json::from_str(&row.statements)?,
        deficiencies: serde_json::from_str(&row.deficiencies)?,
        patents: patents.into_iter().map(offered).collect::<Result<_, _>>()?,
        assessment: assessment_of(&row)?,
        consent: consent_of(&row),
        first_approval: first_approval_of(&row)?,
        decision: decision_of(&row, status)?,
        appeal: from_json(row.appeal.as_deref())?,
        clock: clock_of(&row)?,
        review_days_left: whole(row.review_days_left, "days left")?,
        number: row.number,
        facility_id: row.facility_id.into(),
        facility_name: row.facility_name,
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        amount: Money::from_fen(row.amount_fen),
        purpose: row.purpose,
        product: row.product,
        status,
        appeal_until: row.appeal_until,
        approval_until: row.approval_until,
        pledge_id: row.pledge_id.map(Into::into),
        holds_reservation: row.holds_reservation,
        submitted_on: row.submitted_on,
        created_at: row.created_at,
        version: row.version,
    })
}

fn assessment_of(row: &application::Model) -> Result<Option<Assessment>, Fault> {
    let corrupt = |what: &str| Fault::Corrupt(format!("{what} of application {}", row.id));
    let (Some(by_id), Some(at)) = (row.assessor_id, row.assessed_at) else { return Ok(None) };
    Ok(Some(Assessment {
        by: row.assessor.clone().unwrap_or_default(),
        by_id: by_id.into(),
        at,
        comment: row.assessment_comment.clone().unwrap_or_default(),
        recommended_amount: money(row.recommended_fen).ok_or_else(|| corrupt("recommendation"))?,
        collateral_value: money(row.collateral_fen).ok_or_else(|| corrupt("collateral value"))?,
        maximum_loan: money(row.maximum_loan_fen).ok_or_else(|| corrupt("maximum loan"))?,
        findings: from_json(row.assessment_findings.as_deref())?.unwrap_or_default(),
    }))
}

fn consent_of(row: &application::Model) -> Option<Consent> {
    Some(Consent {
        by: row.consenter.clone().unwrap_or_default(),
        by_id: row.consenter_id?.into(),
        at: row.consented_at?,
        agrees: row.consent_agrees?,
        comment: row.consent_comment.clone().unwrap_or_default(),
    })
}

fn first_approval_of(row: &application::Model) -> Result<Option<Approval>, Fault> {
    let (Some(by_id), Some(at), Some(demand)) =
        (row.first_approver_id, row.first_approved_at, from_json(row.first_demand.as_deref())?)
    else {
        return Ok(None);
    };
    Ok(Some(Approval {
        by: row.first_approver.clone().unwrap_or_default(),
        by_id: by_id.into(),
        at,
        amount: money(row.first_approved_fen).unwrap_or_default(),
        comment: row.first_comment.clone().unwrap_or_default(),
        under: from_json(row.first_under.as_deref())?,
        demand,
        terms: from_json(row.first_terms.as_deref())?.unwrap_or_default(),
    }))
}

/// The decision of an application that is appealed is the refusal that it appeals against.
fn decision_of(row: &application::Model, status: ApplicationStatus) -> Result<Option<Decision>, Fault> {
    let (Some(by_id), Some(at)) = (row.decider_id, row.decided_at) else { return Ok(None) };
    let outcome = if status == ApplicationStatus::Appealed { ApplicationStatus::Refused } else { status };
    Ok(Some(Decision {
        by: row.decider.clone().unwrap_or_default(),
        by_id: by_id.into(),
        at,
        outcome,
        amount: money(row.decided_fen).unwrap_or_default(),
        reason: row.decision_reason.clone().unwrap_or_default(),
        under: from_json(row.decision_under.as_deref())?,
        demand: from_json(row.decision_demand.as_deref())?,
        terms: from_json(row.decision_terms.as_deref())?.unwrap_or_default(),
    }))
}

/// The clock as on the day it was started; who asks sees it as on the own day and by the bank's calendar.
fn clock_of(row: &application::Model) -> Result<Option<ServiceClock>, Fault> {
    let (Some(name), Some(started_on)) = (&row.clock, row.clock_started_on) else { return Ok(None) };
    let kind = ClockKind::parse(name)
        .ok_or_else(|| Fault::Corrupt(format!("clock {name} of application {}", row.id)))?;
    Ok(Some(ServiceClock::of(kind, started_on, row.due_on, (started_on, WorkingDays::china()))))
}

fn money(fen: Option<i64>) -> Option<Money> {
    fen.map(Money::from_fen)
}

fn from_json<T: DeserializeOwned>(text: Option<&str>) -> Result<Option<T>, Fault> {
    Ok(text.map(serde_json::from_str).transpose()?)
}

fn to_json<T: Serialize>(value: Option<&T>) -> Result<Option<String>, Fault> {
    Ok(value.map(serde_json::to_string).transpose()?)
}

fn offered(row: patent::Model) -> Result<OfferedPatent, Fault> {
    let ltv_cap = row
        .ltv_cap
        .map(|text| text.parse().map_err(|_| Fault::Corrupt(format!("loan-to-value cap {text}"))))
        .transpose()?;
    Ok(OfferedPatent {
        patent_id: row.patent_id.into(),
        number: row.number,
        title: row.title,
        valuation_id: row.valuation_id.map(Into::into),
        collateral_value: money(row.collateral_fen),
        maximum_loan: money(row.maximum_loan_fen),
        ltv_cap,
        valid_until: row.valid_until,
    })
}

/// What never changes, as a row.
pub fn fixed(application: &Application) -> Result<application::ActiveModel, Fault> {
    let tenor = i32::try_from(application.tenor_months)
        .map_err(|_| Fault::Other(format!("a term of {} months", application.tenor_months)))?;
    Ok(application::ActiveModel {
        id: Set(application.id.uuid()),
        number: Set(application.number.clone()),
        facility_id: Set(application.facility_id.uuid()),
        facility_name: Set(application.facility_name.clone()),
        bank_id: Set(application.bank_id.uuid()),
        bank_name: Set(application.bank_name.clone()),
        enterprise_id: Set(application.enterprise_id.uuid()),
        enterprise_name: Set(application.enterprise_name.clone()),
        amount_fen: Set(application.amount.fen()),
        tenor_months: Set(tenor),
        purpose: Set(application.purpose.clone()),
        product: Set(application.product.clone()),
        findings: Set(serde_json::to_string(&application.findings)?),
        declarations: Set(serde_json::to_string(&application.declarations)?),
        submitted_on: Set(application.submitted_on),
        created_at: Set(application.created_at),
        ..changing(application)?
    })
}

/// What each step may change, as a row.
pub fn changing(application: &Application) -> Result<application::ActiveModel, Fault> {
    let assessment = application.assessment.as_ref();
    let consent = application.consent.as_ref();
    let first = application.first_approval.as_ref();
    let decision = application.decision.as_ref();
    let appeal = application.appeal.as_ref();
    let clock = application.clock;
    let left = application.review_days_left.map(|days| i32::try_from(days).unwrap_or(i32::MAX));
    Ok(application::ActiveModel {
        status: Set(application.status.name().to_owned()),
        statements: Set(serde_json::to_string(&application.statements)?),
        deficiencies: Set(serde_json::to_string(&application.deficiencies)?),
        assessor_id: Set(assessment.map(|one| one.by_id.uuid())),
        assessor: Set(assessment.map(|one| one.by.clone())),
        assessed_at: Set(assessment.map(|one| one.at)),
        assessment_comment: Set(assessment.map(|one| one.comment.clone())),
        recommended_fen: Set(assessment.map(|one| one.recommended_amount.fen())),
        collateral_fen: Set(assessment.map(|one| one.collateral_value.fen())),
        maximum_loan_fen: Set(assessment.map(|one| one.maximum_loan.fen())),
        assessment_findings: Set(to_json(assessment.map(|one| &one.findings))?),
        consenter_id: Set(consent.map(|one| one.by_id.uuid())),
        consenter: Set(consent.map(|one| one.by.clone())),
        consented_at: Set(consent.map(|one| one.at)),
        consent_agrees: Set(consent.map(|one| one.agrees)),
        consent_comment: Set(consent.map(|one| one.comment.clone())),
        first_approver_id: Set(first.map(|one| one.by_id.uuid())),
        first_approver: Set(first.map(|one| one.by.clone())),
        first_approved_at: Set(first.map(|one| one.at)),
        first_approved_fen: Set(first.map(|one| one.amount.fen())),
        first_comment: Set(first.map(|one| one.comment.clone())),
        first_under: Set(to_json(first.and_then(|one| one.under.as_ref()))?),
        first_demand: Set(to_json(first.map(|one| &one.demand))?),
        first_terms: Set(to_json(first.map(|one| &one.terms))?),
        decider_id: Set(decision.map(|one| one.by_id.uuid())),
        decider: Set(decision.map(|one| one.by.clone())),
        decided_at: Set(decision.map(|one| one.at)),
        decided_fen: Set(decision.map(|one| one.amount.fen())),
        decision_reason: Set(decision.map(|one| one.reason.clone())),
        decision_under: Set(to_json(decision.and_then(|one| one.under.as_ref()))?),
        decision_demand: Set(to_json(decision.and_then(|one| one.demand.as_ref()))?),
        decision_terms: Set(to_json(decision.map(|one| &one.terms))?),
        appeal_until: Set(application.appeal_until),
        approval_until: Set(application.approval_until),
        appeal: Set(to_json(appeal)?),
        refuser_id: Set(appeal.map(|one| one.refused_by_id.uuid())),
        appeal_decider_id: Set(appeal.and_then(|one| one.decided_by_id).map(contracts::UserId::uuid)),
        clock: Set(clock.map(|one| one.kind.name().to_owned())),
        clock_started_on: Set(clock.map(|one| one.started_on)),
        due_on: Set(clock.map_or(NEVER, |one| one.due_on)),
        review_days_left: Set(left),
        pledge_id: Set(application.pledge_id.map(contracts::PledgeId::uuid)),
        holds_reservation: Set(application.holds_reservation),
        version: Set(application.version),
        ..Default::default()
    })
}

/// The patents offered, as rows.
pub fn patents(application: &Application) -> Vec<patent::ActiveModel> {
    (1..)
        .zip(&application.patents)
        .map(|(position, one)| patent::ActiveModel {
            application_id: Set(application.id.uuid()),
            position: Set(position),
            patent_id: Set(one.patent_id.uuid()),
            number: Set(one.number.clone()),
            title: Set(one.title.clone()),
            valuation_id: Set(one.valuation_id.map(contracts::ValuationId::uuid)),
            collateral_fen: Set(one.collateral_value.map(Money::fen)),
            maximum_loan_fen: Set(one.maximum_loan.map(Money::fen)),
            ltv_cap: Set(one.ltv_cap.map(|cap| cap.to_string())),
            valid_until: Set(one.valid_until),
        })
        .collect()
}
