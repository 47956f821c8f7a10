//! Between rows and applications, both ways.

use finance::Money;
use sea_orm::ActiveValue::Set;
use tx_kit::Fault;

use super::entities::{application, patent};
use crate::applications::model::{Application, Assessment, Decision, OfferedPatent};

/// The application of a row and its patents' rows.
pub fn application_of(row: application::Model, patents: Vec<patent::Model>) -> Result<Application, Fault> {
    let corrupt = |what: &str| Fault::Corrupt(format!("{what} of application {}", row.id));
    let status = row.status.parse().map_err(|_| corrupt("status"))?;
    let assessment = match (row.assessor_id, row.assessed_at) {
        (Some(by_id), Some(at)) => Some(Assessment {
            by: row.assessor.clone().unwrap_or_default(),
            by_id: by_id.into(),
            at,
            comment: row.assessment_comment.clone().unwrap_or_default(),
            recommended_amount: money(row.recommended_fen).ok_or_else(|| corrupt("recommendation"))?,
            collateral_value: money(row.collateral_fen).ok_or_else(|| corrupt("collateral value"))?,
            maximum_loan: money(row.maximum_loan_fen).ok_or_else(|| corrupt("maximum loan"))?,
        }),
        _ => None,
    };
    let decision = match (row.decider_id, row.decided_at) {
        (Some(by_id), Some(at)) => Some(Decision {
            by: row.decider.clone().unwrap_or_default(),
            by_id: by_id.into(),
            at,
            outcome: status,
            amount: money(row.decided_fen).unwrap_or_default(),
            reason: row.decision_reason.clone().unwrap_or_default(),
        }),
        _ => None,
    };
    Ok(Application {
        id: row.id.into(),
        tenor_months: u32::try_from(row.tenor_months).map_err(|_| corrupt("tenor"))?,
        findings: serde_json::from_str(&row.findings)?,
        declarations: serde_json::from_str(&row.declarations)?,
        patents: patents.into_iter().map(offered).collect::<Result<_, _>>()?,
        number: row.number,
        facility_id: row.facility_id.into(),
        facility_name: row.facility_name,
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        amount: Money::from_fen(row.amount_fen),
        purpose: row.purpose,
        status,
        assessment,
        decision,
        pledge_id: row.pledge_id.map(Into::into),
        holds_reservation: row.holds_reservation,
        submitted_on: row.submitted_on,
        created_at: row.created_at,
        version: row.version,
    })
}

fn money(fen: Option<i64>) -> Option<Money> {
    fen.map(Money::from_fen)
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
        findings: Set(serde_json::to_string(&application.findings)?),
        declarations: Set(serde_json::to_string(&application.declarations)?),
        submitted_on: Set(application.submitted_on),
        created_at: Set(application.created_at),
        ..changing(application)
    })
}

/// What each step may change, as a row.
pub fn changing(application: &Application) -> application::ActiveModel {
    let assessment = application.assessment.as_ref();
    let decision = application.decision.as_ref();
    application::ActiveModel {
        status: Set(application.status.name().to_owned()),
        assessor_id: Set(assessment.map(|one| one.by_id.uuid())),
        assessor: Set(assessment.map(|one| one.by.clone())),
        assessed_at: Set(assessment.map(|one| one.at)),
        assessment_comment: Set(assessment.map(|one| one.comment.clone())),
        recommended_fen: Set(assessment.map(|one| one.recommended_amount.fen())),
        collateral_fen: Set(assessment.map(|one| one.collateral_value.fen())),
        maximum_loan_fen: Set(assessment.map(|one| one.maximum_loan.fen())),
        decider_id: Set(decision.map(|one| one.by_id.uuid())),
        decider: Set(decision.map(|one| one.by.clone())),
        decided_at: Set(decision.map(|one| one.at)),
        decided_fen: Set(decision.map(|one| one.amount.fen())),
        decision_reason: Set(decision.map(|one| one.reason.clone())),
        pledge_id: Set(application.pledge_id.map(contracts::PledgeId::uuid)),
        holds_reservation: Set(application.holds_reservation),
        version: Set(application.version),
        ..Default::default()
    }
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
