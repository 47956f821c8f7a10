//! A report put together from a stored valuation and what is known beside it.

use chrono::NaiveDate;

use super::{
    Both, ContentLien, Engagement, ModelFacts, Report, ReportContent, SCHEMA, Signature, Signatures, Subject,
    words,
};
use crate::{
    catalogue::PatentRecord,
    deals::DealEvidence,
    valuations::model::{Appraised, RoyaltyEvidence},
};

/// What a report is put together from, beside the report itself.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The patent as the valuation knew it.
    pub patent: PatentRecord,
    /// What the valuation says.
    pub result: Appraised,
    /// The row of licence statistics that the royalty rests on.
    pub evidence: Option<RoyaltyEvidence>,
    /// The verified deals that the market method rests on.
    pub deals: Vec<DealEvidence>,
    /// The model with its version.
    pub model_version: String,
    /// What the model itself said, where an approved override holds in its place.
    pub model_value: Option<finance::Money>,
    /// Seed of the simulation.
    pub seed: u64,
    /// SHA-256 of the stored inputs.
    pub inputs_sha256: String,
    /// Registered pledges over the patent now.
    pub encumbrances: Vec<ContentLien>,
}

/// The content of a report, as of `on` where it is not issued yet.
#[must_use]
pub fn compose(report: &Report, facts: Facts, on: NaiveDate) -> ReportContent {
    let signature = |given: &Option<(contracts::UserId, String, chrono::DateTime<chrono::Utc>)>| {
        given.as_ref().map(|(_, name, at)| Signature {
            name: name.clone(),
            organisation: report.tenant_name.clone(),
            at: *at,
        })
    };
    let mut statements = words::statements();
    statements.extend(facts.model_value.map(words::overridden));
    ReportContent {
        schema: SCHEMA.to_owned(),
        number: report.number.clone(),
        code: report.code.as_ref().map(ToString::to_string).unwrap_or_default(),
        engagement: engagement(report, &facts, on),
        model: ModelFacts {
            version: facts.model_version.clone(),
            seed: facts.seed,
            paths: facts.result.value.simulation.paths,
            inputs_sha256: facts.inputs_sha256.clone(),
            value: facts.result.value.value,
        },
        subject: subject(report, facts.patent, facts.encumbrances),
        result: facts.result,
        evidence: facts.evidence,
        deals: facts.deals,
        special_assumptions: report.texts.special_assumptions.clone(),
        comments: report.texts.comments.clone(),
        statements,
        signatures: Signatures {
            prepared: signature(&report.prepared),
            reviewed: signature(&report.reviewed),
        },
    }
}

fn engagement(report: &Report, facts: &Facts, on: NaiveDate) -> Engagement {
    let user = report.texts.intended_user.trim();
    Engagement {
        client: report.tenant_name.clone(),
        intended_user: if user.is_empty() { report.tenant_name.clone() } else { user.to_owned() },
        purpose_code: report.purpose.clone(),
        purpose: words::purpose(&report.purpose),
        value_type: words::value_type(&report.purpose),
        premise: words::premise(),
        currency: facts.result.value.currency.clone(),
        valuation_date: report.valuation_date,
        report_date: report.issued_on.unwrap_or(on),
        valid_until: report.valid_until,
        standards: words::standards(),
        valuation_id: report.valuation_id,
        valuation_number: report.valuation_number.clone(),
    }
}

fn subject(report: &Report, patent: PatentRecord, encumbrances: Vec<ContentLien>) -> Subject {
    let industry = patent.industry();
    let legal_status = patent.legal_status(report.valuation_date);
    let facts = patent.facts;
    Subject {
        patent_id: report.patent_id,
        number: report.patent_number.clone(),
        title: report.patent_title.clone(),
        kind: facts.kind,
        jurisdiction: facts.jurisdiction,
        applicants: facts.applicants,
        owners: facts.current_owners,
        inventors: facts.inventors,
        ipc: facts.ipc,
        industry: Both::new(industry.name_zh(), industry.name_en()),
        filed_on: facts.filing_date,
        granted_on: facts.grant_date,
        expires_on: facts.expiry_date,
        annuities_paid_to: facts.annuities_paid_to,
        legal_status,
        claims: facts.claims,
        family_countries: facts.family_countries,
        licences: facts.licences,
        transfers: facts.transfers,
        disputes: patent.disputes,
        encumbrances,
        source: patent.source,
        generated: patent.generated,
    }
}
