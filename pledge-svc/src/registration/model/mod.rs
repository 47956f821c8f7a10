//! The rules of pledges, as pure decisions: what is filed with the register, where its messages lead, what the
//! pledges carry, and what may be done with pledged patents.

pub mod agreement;
pub mod annul;
pub mod arrive;
pub mod cancel;
pub mod change;
pub mod clock;
pub mod collateral;
pub mod consent;
pub mod contract;
pub mod correct;
pub mod deficiency;
pub mod entry;
pub mod filing;
pub mod ground;
pub mod lapse;
pub mod message;
pub mod papers;
pub mod parcel;
pub mod pledge;
pub mod refusal;
pub mod refuse;
pub mod register;
pub mod revaluation;
pub mod right;
pub mod submit;
pub mod take;
pub mod withdraw;

#[cfg(test)]
pub mod samples;
#[cfg(test)]
mod state_machine_tests;

pub use agreement::{Agreement, Lien};
pub use collateral::Collateral;
pub use consent::{Consent, Disposal};
pub use contract::PledgeContract;
pub use entry::RegisterEntry;
pub use filing::{AttachedPaper, Change, Deficiency, Delivery, Filing, FilingKind, FilingState, Papers};
pub use ground::Ground;
pub use message::{Answer, OfficeMessage};
pub use parcel::{Parcel, ParcelKind};
pub use pledge::{FilingBrief, Pledge, PledgeStatus, PledgedPatent};
pub use refusal::Refusal;
pub use revaluation::Revaluation;
pub use right::Right;
pub use take::{CameTo, Case};
