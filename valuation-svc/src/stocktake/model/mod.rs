//! What a stocktake decides by: types and pure decisions.

mod assessment;
mod campaign;
mod grades;
mod item;
mod refusal;
mod rules;
mod steps;
#[cfg(test)]
mod steps_tests;
mod word;

pub use assessment::{
    Assessment, Funding, Implementation, Mode, TEXT_CHARS_MAX, UnitAssessment, Willingness,
};
pub use campaign::{Campaign, CampaignState, Coverage, LABEL_CHARS_MAX, NAME_CHARS_MAX, Unfinished};
pub use grades::on_record;
pub use item::{DORMANT_YEARS, Item, ItemState};
pub use refusal::Refusal;
pub use rules::{Assigned, Read, Rule, first_match};
pub use steps::{Edit, Hand, Review, assigned, edited, returned, reviewed, self_assessed, unit_assessed};
pub(crate) use word::stored_words;
