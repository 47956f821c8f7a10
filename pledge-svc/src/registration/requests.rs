//! What may be asked of pledges, and whether it reads: lengths and numbers. What it means is for the rules.

use chrono::NaiveDate;
use contracts::PatentId;
use finance::Money;
use http_kit::{Command, Fields, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::model::{Change, PledgeContract, contract::ITEM_CHARS_MAX};
use crate::applications::FindingCode;

/// The longest reason or note, in characters.
pub(super) const TEXT_CHARS_MAX: usize = 1_000;
/// The longest registration number, in characters.
pub(super) const NUMBER_CHARS_MAX: usize = 64;
/// The longest name of a party, in characters.
const NAME_CHARS_MAX: usize = 200;
/// The most patents that one contract or change names.
const PATENTS_MAX: usize = 1_000;

const fn yes() -> bool {
    true
}

/// What is filed. Nothing needs to be said: the pledge follows from the approval.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SubmitPledgeRequest {
    /// The pledge contract, where the parties state it; otherwise it is drawn up from the approval.
    #[serde(default)]
    pub contract: Option<PledgeContract>,
    /// Whether it is filed online (two working days) or on paper (five).
    #[serde(default = "yes")]
    pub online: bool,
}

/// An entry in the register.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RegisterRequest {
    /// The number in the notice of the patent office, typed in by who registers; the built-in register makes one where none
    /// is given. An office outside sends its own.
    pub registration_number: Option<String>,
}

/// The answer to a deficiency.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = CorrectFilingRequest)]
pub struct CorrectRequest {
    /// The contract, restated.
    #[serde(default)]
    pub contract: Option<PledgeContract>,
    /// The change, restated, where a change is corrected.
    #[serde(default)]
    pub change: Option<Change>,
    /// What the parties declare besides what they declared before.
    #[serde(default)]
    pub declarations: Vec<FindingCode>,
    /// What was corrected, in words.
    #[serde(default)]
    pub note: String,
}

/// A change of a registered pledge.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ChangePledgeRequest)]
pub struct ChangeRequest {
    /// The secured claim from then on.
    #[serde(default)]
    pub secured_amount: Option<Money>,
    /// Patents that are released.
    #[serde(default)]
    pub release: Vec<PatentId>,
    /// The pledgor's new name.
    #[serde(default)]
    pub enterprise_name: Option<String>,
    /// The pledgee's new name.
    #[serde(default)]
    pub bank_name: Option<String>,
    /// The pledgor's new address.
    #[serde(default)]
    pub pledgor_address: Option<String>,
    /// The pledgee's new address.
    #[serde(default)]
    pub pledgee_address: Option<String>,
    /// The kind of the secured claim from then on.
    #[serde(default)]
    pub claim_kind: Option<String>,
    /// The scope secured from then on.
    #[serde(default)]
    pub scope: Option<String>,
    /// The last day of the term for performing the debt from then on: never beyond a patent's own end.
    #[serde(default)]
    pub debt_until: Option<NaiveDate>,
    /// Why.
    pub reason: String,
}

impl ChangeRequest {
    /// The change and why, without white space around names; an empty name changes nothing.
    pub(super) fn stated(self) -> (Change, String) {
        let trimmed =
            |name: Option<String>| name.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let change = Change {
            secured_amount: self.secured_amount,
            release: self.release,
            enterprise_name: trimmed(self.enterprise_name),
            bank_name: trimmed(self.bank_name),
            pledgor_address: trimmed(self.pledgor_address),
            pledgee_address: trimmed(self.pledgee_address),
            claim_kind: trimmed(self.claim_kind),
            scope: trimmed(self.scope),
            debt_until: self.debt_until,
        };
        (change, self.reason.trim().to_owned())
    }
}

/// Why: the loan is repaid, the parties agree otherwise …
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = PledgeReasonRequest)]
pub struct ReasonRequest {
    /// In words.
    pub reason: String,
}

/// Nothing needs to be said.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub struct ResendRequest {}

/// The reason given.
///
/// # Errors
/// 422 where there is none.
pub(super) fn reason(cmd: &Command<ReasonRequest>) -> Result<&str, Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    Ok(cmd.body.reason.trim())
}

/// Every text of a contract is of a length that people read; what is missing is for the rule to say.
pub(super) fn readable(fields: &mut Fields, contract: &PledgeContract) {
    let of_parties = [
        ("contract.pledgor.name", &contract.pledgor.name),
        ("contract.pledgor.address", &contract.pledgor.address),
        ("contract.pledgee.name", &contract.pledgee.name),
        ("contract.pledgee.address", &contract.pledgee.address),
        ("contract.claim_kind", &contract.claim_kind),
        ("contract.scope", &contract.scope),
    ];
    let of_patents = contract
        .patents
        .iter()
        .flat_map(|one| [("contract.patents.number", &one.number), ("contract.patents.title", &one.title)]);
    for (field, text) in of_parties.into_iter().chain(of_patents) {
        if !text.trim().is_empty() {
            fields.text(text, ITEM_CHARS_MAX, field);
        }
    }
    few_enough(fields, contract.patents.len(), "contract.patents");
}

/// Every name and list of a change is of a size that people read.
pub(super) fn changeable(fields: &mut Fields, content: &Change) {
    for (field, name) in [("enterprise_name", &content.enterprise_name), ("bank_name", &content.bank_name)] {
        if let Some(name) = name {
            fields.text(name, NAME_CHARS_MAX, field);
        }
    }
    let items = [
        ("pledgor_address", &content.pledgor_address),
        ("pledgee_address", &content.pledgee_address),
        ("claim_kind", &content.claim_kind),
        ("scope", &content.scope),
    ];
    for (field, text) in items {
        if let Some(text) = text {
            fields.text(text, ITEM_CHARS_MAX, field);
        }
    }
    few_enough(fields, content.release.len(), "release");
}

fn few_enough(fields: &mut Fields, count: usize, field: &str) {
    fields.require(
        count <= PATENTS_MAX,
        field,
        format!("最多 {PATENTS_MAX} 件专利。"),
        format!("At most {PATENTS_MAX} patents."),
    );
}
