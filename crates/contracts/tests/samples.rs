//! A sample of every event, as it once travelled: each must parse and be written back the same, forever.

use contracts::{Envelope, Event, Service};
use serde_json::Value;

/// Lists every kind of event with its name and its publisher. A new kind does not build here before it has its
/// line, and its line does not build before its sample lies in `samples/`.
macro_rules! samples {
    ($($variant:ident = $name:literal from $publisher:ident),+ $(,)?) => {
        /// Every event's name with its sample. Once published, a sample is never edited: a changed event is a new
        /// version with a sample of its own.
        const SAMPLES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("samples/", $name, ".json")))),+];

        /// The name and the publisher in the list above.
        const fn listed(event: &Event) -> (&'static str, Service) {
            match event {
                $(Event::$variant(_) => ($name, Service::$publisher)),+
            }
        }
    };
}

samples! {
    ValuationCompleted = "valuation.completed.v1" from Valuation,
    LegalStatusChanged = "patent.legal_status_changed.v1" from Valuation,
    ApplicationSubmitted = "application.submitted.v1" from Pledge,
    ApplicationDecided = "application.decided.v1" from Pledge,
    ApplicationAppealed = "application.appealed.v1" from Pledge,
    AppealDecided = "application.appeal_decided.v1" from Pledge,
    FacilityChanged = "facility.changed.v1" from Pledge,
    PledgeChanged = "pledge.changed.v1" from Pledge,
    PledgeConsentGiven = "pledge.consent_given.v1" from Pledge,
    PatentChallenged = "patent.challenged.v1" from Valuation,
    AnnuityRecorded = "patent.annuity_recorded.v1" from Valuation,
    PatentTransferred = "patent.transferred.v1" from Valuation,
    RevaluationDue = "valuation.revaluation_due.v1" from Valuation,
    DisposalRefused = "patent.disposal_refused.v1" from Valuation,
    LoanDrawn = "loan.drawn.v1" from Pledge,
    LoanTrancheDrawn = "loan.tranche_drawn.v1" from Pledge,
    LoanRepaid = "loan.repaid.v1" from Pledge,
    LoanRepaymentReversed = "loan.repayment_reversed.v1" from Pledge,
    LoanStateChanged = "loan.state_changed.v1" from Pledge,
    DisposalCaseChanged = "disposal.case_changed.v1" from Pledge,
    CompensationReturned = "compensation.returned.v1" from Pledge,
    FundChanged = "fund.changed.v1" from Pledge,
    FundAgreementChanged = "fund.agreement_changed.v1" from Pledge,
    PolicyBound = "policy.bound.v1" from Insurance,
    PolicyEnded = "policy.ended.v1" from Insurance,
    ClaimRegistered = "claim.registered.v1" from Insurance,
    ClaimReserved = "claim.reserved.v1" from Insurance,
    ClaimDeclined = "claim.declined.v1" from Insurance,
    ClaimPaid = "claim.paid.v1" from Insurance,
}

fn parsed(text: &str) -> Result<Envelope, serde_json::Error> {
    serde_json::from_str(text)
}

#[test]
fn every_event_ever_published_parses_and_is_written_back_the_same() {
    for (name, text) in SAMPLES {
        let envelope = parsed(text).unwrap_or_else(|error| panic!("{name} does not parse any more: {error}"));
        let was: Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&envelope).unwrap(), was, "{name}");
    }
}

#[test]
fn every_kind_of_event_has_a_sample_of_its_own_from_its_publisher() {
    for (name, text) in SAMPLES {
        let envelope = parsed(text).unwrap();
        assert_eq!(envelope.event.name(), *name);
        assert_eq!(listed(&envelope.event), (*name, envelope.source));
    }
}

#[test]
fn every_file_among_the_samples_is_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".json").to_owned())
        .collect();
    files.sort();
    let mut names: Vec<&str> = SAMPLES.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(files, names);
}

#[test]
fn an_annuity_told_before_the_catalogue_counted_is_late_from_the_day_after_it_is_paid_to() {
    let (_, text) = SAMPLES.iter().find(|(name, _)| *name == "patent.annuity_recorded.v1").unwrap();
    let mut envelope = parsed(text).unwrap();
    let Event::AnnuityRecorded(told) = &mut envelope.event else { panic!("not an annuity") };
    assert_eq!(told.in_time_until(), told.paid_until);
    told.in_time_until = told.paid_until.succ_opt();
    assert_eq!(Some(told.in_time_until()), told.paid_until.succ_opt());
    let written = serde_json::to_string(&envelope).unwrap();
    assert_eq!(parsed(&written).unwrap(), envelope);
}

#[test]
fn a_syndicated_draw_is_split_to_the_fen() {
    let (_, text) = SAMPLES.iter().find(|(name, _)| *name == "loan.drawn.v1").unwrap();
    let Event::LoanDrawn(drawn) = parsed(text).unwrap().event else { panic!("not a draw") };
    let parts = finance::Money::total(drawn.shares.iter().map(|share| share.amount)).unwrap();
    assert_eq!((parts, drawn.shares.len()), (drawn.amount, 2));
}

#[test]
fn a_sale_names_what_it_sold_and_a_case_of_before_names_nothing() {
    let (_, text) = SAMPLES.iter().find(|(name, _)| *name == "disposal.case_changed.v1").unwrap();
    let mut envelope = parsed(text).unwrap();
    let Event::DisposalCaseChanged(case) = &mut envelope.event else { panic!("not a case") };
    assert_eq!(case.sold, []);
    case.sold = vec![contracts::events::SoldPatent {
        patent_id: contracts::PatentId::from_uuid(case.loan_id.uuid()),
        pledge_id: contracts::PledgeId::from_uuid(case.case_id.uuid()),
        price: case.proceeds,
    }];
    let written = serde_json::to_string(&envelope).unwrap();
    assert_eq!(parsed(&written).unwrap(), envelope);
}

#[test]
fn a_guarantee_policy_says_what_it_pays_and_one_of_before_says_nothing() {
    let (_, text) = SAMPLES.iter().find(|(name, _)| *name == "policy.bound.v1").unwrap();
    let mut envelope = parsed(text).unwrap();
    let Event::PolicyBound(bound) = &mut envelope.event else { panic!("not a policy") };
    assert_eq!(bound.guarantee, None);
    let terms = contracts::events::GuaranteeTerms {
        loan_id: bound.loan_id.unwrap(),
        beneficiary_id: bound.beneficiary_id.unwrap(),
        limit_per_claim: bound.aggregate_limit,
        aggregate_limit: bound.aggregate_limit,
        deductible: finance::Money::ZERO,
        coinsurance: finance::Rate::from_basis_points(2_000),
        starts_on: bound.starts_on,
        ends_on: bound.ends_on,
    };
    bound.guarantee = Some(terms);
    let written = serde_json::to_string(&envelope).unwrap();
    assert_eq!(parsed(&written).unwrap(), envelope);
}
