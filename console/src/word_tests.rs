//! The words against the public API's document, and the source against stops of the other language.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use http_kit::Lang;
use serde_json::Value;

use super::{EN, Words, keys, stop};
use crate::{models::names, parameter_form, value::Facts};

/// Chinese stops and brackets; those of a document's number (〔2003〕) are part of its name in every language.
const STOPS: &str = "，。、；：？！（）【】《》";

/// The prefix of the keys that say the values of some of the API's schemas.
const SAID: &[(&str, &[&str])] = &[
    (
        "v-",
        &[
            "AdjustmentStatus",
            "AppealOutcome",
            "ApplicationStatus",
            "Basis",
            "ChangeRequestStatus",
            "ClaimKind",
            "ClaimStatus",
            "ConditionStatus",
            "DisputeStatus",
            "Industry",
            "InsuranceStatus",
            "JudgementStatus",
            "LegalStatus",
            "ListSource",
            "LoanStatus",
            "ModelStatus",
            "NoticeKind",
            "OrgKind",
            "OverrideStatus",
            "PatentKind",
            "PaymentMode",
            "PledgeStatus",
            "PremiumClass",
            "PsiReading",
            "QuoteStatus",
            "ReasonCode",
            "Repayment",
            "RepaymentForm",
            "RequiredKind",
            "ReversalStatus",
            "ScanState",
            "Scenario",
            "SchemeStatus",
            "Severity",
            "SubjectKind",
            "SupervisionSeverity",
            "TaskStatus",
            "VersionStatus",
        ],
    ),
    (
        "disp-is-",
        &[
            "Absent",
            "AccelerationGround",
            "ActionKind",
            "Ask",
            "Bearer",
            "CaseOutcome",
            "CaseStatus",
            "CompensationStatus",
            "InsurerClaimStatus",
            "LossLimit",
            "Method",
            "ProceedsClaim",
            "PromiseState",
            "ProposalStatus",
            "UnansweredGround",
            "WriteOffCondition",
        ],
    ),
    ("fund-is-", &["EntryKind", "FundInstructionStatus", "Order", "StopCause"]),
    (
        "fl-v-",
        &[
            "CollateralRule",
            "CoverParty",
            "DepositKind",
            "DepositMove",
            "Ineligible",
            "ShareRole",
            "Tier",
            "TriggerKind",
            "TriggerState",
        ],
    ),
    ("fl-v-basis-", &["DepositBasis"]),
    ("fl-v-call-", &["CallStatus"]),
    ("fl-v-uncured-", &["Uncured"]),
    ("fl-v-waiver-", &["WaiverStatus"]),
    ("ag-kind-", &["AgreementKind"]),
    ("ag-v-", &["AgreementStatus"]),
    ("adj-kind-", &["AdjustmentKind"]),
    ("adj-consent-", &["ChangeConsent"]),
    ("adj-size-", &["FirmSize"]),
    ("delegation-end-", &["DelegationEnd"]),
    ("day-count-", &["DayCount"]),
    ("pl-kind-", &["FilingKind"]),
    ("pl-state-", &["FilingState"]),
    ("pl-g-", &["RefusalGround"]),
    ("pl-delivery-", &["Delivery"]),
    ("pl-reval-", &["RevaluationStatus"]),
    ("pl-act-", &["PatentDisposal"]),
    ("pi-k-", &["PaymentInstructionKind"]),
    ("pi-v-", &["PaymentInstructionStatus"]),
    ("rr-v-", &["RepaymentReversalStatus"]),
    ("imon-", &["InsurerMoneyAsk"]),
    ("v-care-", &["Outcome", "TaskKind"]),
    ("v-fee-", &["FeeKind"]),
    ("v-cause-", &["TriggerCause"]),
    ("v-reval-", &["RevaluationDueStatus", "TriggerStatus"]),
    ("v-report-", &["ReportStatus"]),
    ("role-", &["Role"]),
    ("roll-", &["Roll"]),
    ("service-", &["Service"]),
    ("key-", &["KeyPurpose"]),
    ("pt-k-", &["PatentHappening"]),
    ("pt-outcome-", &["DisputeOutcome"]),
    ("pt-dispute-", &["DisputeKind"]),
    ("pt-licence-", &["LicenceKind"]),
    ("pt-cause-", &["LapseCause"]),
    ("pt-ground-", &["DormancyGround"]),
    ("pt-annuity-", &["AnnuityState"]),
    ("pt-course-", &["PrefilingCourse"]),
    ("pt-ownership-", &["PrefilingOwnership"]),
    ("pt-protects-", &["ProductProtects"]),
    ("pt-criterion-", &["HighValueCriterion"]),
    ("pt-citation-", &["PatentCitationKind"]),
    ("deal-kind-", &["DealKind"]),
    ("deal-source-", &["DealSource"]),
    ("deal-standing-", &["DealState"]),
    ("real-kind-", &["RealisationKind"]),
    ("lend-kind-", &["LoanKind"]),
    ("mdl-discount-", &["DiscountMethod"]),
    ("mdl-role-", &["ModelRole"]),
    ("mdl-royalty-", &["RoyaltySource"]),
    ("ovr-kind-", &["OverrideChange"]),
    ("mt-v-", &["MatchReasonCode", "MatchStatus", "NeedMode", "NeedOutcome", "NeedStatus", "NeedVisibility"]),
    ("ref-scheme-", &["ConcordanceScheme"]),
    ("ref-state-", &["ReferenceVersionState"]),
    ("ref-status-", &["ReferenceStatus"]),
    ("sc-c-", &["Cause"]),
    ("sc-i-", &["Indicator"]),
    ("v-sti_", &["ItemState"]),
    ("v-will_", &["Willingness"]),
    ("v-mode_", &["Mode"]),
    ("v-impl_", &["Implementation"]),
    ("v-fund_", &["Funding"]),
    ("v-verdict_", &["Verdict"]),
    ("v-int_", &["Intent"]),
    ("v-wish_", &["Wish"]),
];

/// Members that are plain texts, whose description names the values: schema, member, prefix of the keys.
const NAMED: &[(&str, &str, &str)] = &[
    ("ControlRow", "what", "v-"),
    ("DisposalMovement", "kind", "suprec-act-"),
    ("Document", "kind", "v-"),
    ("MarketDealHappening", "what", "deal-what-"),
    ("PledgeHistoryLine", "kind", "pl-h-"),
    ("Position", "what", "v-"),
    ("RealisationView", "kind", "real-kind-"),
    ("RealisationView", "source", "real-source-"),
    ("RepaymentView", "source", "v-"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The API's schemas, as reviewed.
fn schemas() -> Value {
    let text = std::fs::read_to_string(root().join("../docs/openapi.json")).unwrap();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    document["components"]["schemas"].take()
}

/// The values that a schema lists, or that tell its shapes apart.
fn values(schema: &Value, found: &mut Vec<String>) {
    let lists = ["enum", "properties.kind.enum", "properties.rule.enum"];
    let listed = lists.into_iter().flat_map(|path| schema.list(path));
    found.extend(listed.filter_map(Value::as_str).map(str::to_owned));
    for part in ["oneOf", "allOf"].into_iter().flat_map(|name| schema.list(name)) {
        values(part, found);
    }
}

/// Whether both languages have the word of a value, in the forms that keys have.
fn worded(prefix: &str, value: &str) -> bool {
    let forms = [value.replace(['.', ' '], "_"), value.replace(['_', '/'], "-")];
    [Lang::Zh, Lang::En]
        .into_iter()
        .all(|lang| forms.iter().any(|form| Words::of(lang).find(&format!("{prefix}{form}")).is_some()))
}

#[test]
fn every_kind_state_and_cause_of_the_api_has_its_words_in_both_languages() {
    let schemas = schemas();
    for (prefix, names) in SAID {
        for name in *names {
            let mut listed = Vec::new();
            values(schemas.at(name), &mut listed);
            assert!(!listed.is_empty(), "the API's document has no values of {name}");
            for value in listed {
                assert!(worded(prefix, &value), "no text `{prefix}{value}` for {name}");
            }
        }
    }
}

#[test]
fn every_value_that_a_description_of_the_api_names_has_its_words_in_both_languages() {
    let schemas = schemas();
    for (name, member, prefix) in NAMED {
        let told = schemas.text(&format!("{name}.properties.{member}.description"));
        let named: Vec<&str> = told.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "the API's document names no values of {name}.{member}");
        for value in named {
            assert!(worded(prefix, value), "no text `{prefix}{value}` for {name}.{member}");
        }
    }
}

/// A form that offers fewer names than the API has hides the others, and one that offers more is refused.
#[test]
fn the_names_that_forms_of_parameters_and_models_offer_are_those_of_the_api() {
    let schemas = schemas();
    let listed = |name: &str| {
        let mut found = Vec::new();
        values(schemas.at(name), &mut found);
        found.into_iter().collect::<BTreeSet<_>>()
    };
    let offered = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    for (field, names) in parameter_form::words::NAMED {
        let schema = match field {
            "basis" => "Basis",
            "products[].day_count" => "DayCount",
            "products[].kind" => "LoanKind",
            "products[].rate_reset" => "RateReset",
            "products[].repayments[]" => "Repayment",
            "products[].roll" => "Roll",
            // Of the classes, those in which a debt may be written off.
            "write_off_tier" => {
                assert!(offered(names).is_subset(&listed("Tier")), "{field}");
                continue;
            }
            other => panic!("of which schema are the names of {other}?"),
        };
        assert_eq!(offered(names), listed(schema), "{field}");
    }
    for (schema, names) in [
        ("DiscountMethod", names::DISCOUNT_METHODS),
        ("Industry", names::INDUSTRIES),
        ("RoyaltySource", names::ROYALTY_SOURCES),
    ] {
        assert_eq!(offered(names), listed(schema), "{schema}");
    }
    let told = schemas.text("SimulationParameters.properties.rank_correlations.description");
    for driver in names::DRIVERS {
        assert!(told.contains(&format!("`{driver}`")), "{driver}");
        assert!(worded("as-", driver), "{driver}");
    }
    assert_eq!(told.matches('`').count(), 2 * names::DRIVERS.len(), "{told}");
}

/// The texts between quotes of a line of source, each with what stands before it.
fn literals(line: &str) -> Vec<(String, String)> {
    let plain = line.replace("\\\"", "").replace("'\"'", "");
    let parts: Vec<&str> = plain.split('"').collect();
    parts
        .chunks(2)
        .filter(|pair| pair.len() == 2)
        .map(|pair| (pair[0].to_owned(), pair[1].to_owned()))
        .collect()
}

/// Every source of the console without its tests: its name and its lines of code.
fn sources() -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.display().to_string();
            if path.is_dir() {
                folders.push(path);
            } else if !name.ends_with("_tests.rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                let code = source.split("#[cfg(test)]").next().unwrap();
                let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                found.insert(name, lines.map(str::to_owned).collect());
            }
        }
    }
    found
}

#[test]
fn parts_of_a_line_are_joined_by_the_stops_of_the_pages_language() {
    let mut joined = 0;
    for (name, lines) in sources() {
        // A line that names the language says for which one it is.
        for line in lines.iter().filter(|line| !line.contains("Lang::")) {
            for (before, text) in literals(line) {
                if before.ends_with(".stop(") {
                    let zh: &'static str = text.clone().leak();
                    assert_ne!(stop(Lang::En, zh), zh, "{name}: English has no stop for `{text}`");
                    joined += 1;
                } else {
                    assert!(!text.contains(|c| STOPS.contains(c)), "{name}: a Chinese stop in `{text}`");
                }
            }
        }
    }
    assert!(joined > 40, "the source is read: {joined}");
}

#[test]
fn no_english_text_has_a_chinese_stop() {
    for line in EN.lines().filter(|line| !line.starts_with('#')) {
        assert!(!line.contains(|c| STOPS.contains(c)), "{line}");
    }
    assert!(keys(EN).count() > 1_000, "the texts are read");
}
