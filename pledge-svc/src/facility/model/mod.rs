//! The pure rules of a facility: values in, a decision or a refusal out.

pub mod agreement;
pub mod approval;
pub mod authority;
pub mod base;
mod base_term;
pub mod change;
pub mod conduct;
pub mod cover;
pub mod deposit;
pub mod draw;
mod facility;
mod fund_standing;
pub mod life;
pub mod listed;
pub mod margin_call;
pub mod members;
pub mod places;
pub mod pricing;
pub mod proposal;
pub mod reservation;
mod spread;
pub mod syndicate;
pub mod terms;
pub mod triggers;
pub mod waiver;
pub mod workout;

#[cfg(test)]
mod agreement_tests;
#[cfg(test)]
mod change_tests;
#[cfg(test)]
mod draw_tests;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod state_machine_tests;

pub use cover::{CoverParty, LossCover};
pub use facility::{Facility, Member, MemberStatus, Share, ShareRole, Status};
pub use terms::{CollateralRule, DepositBasis, Liability, PoolTerms, Terms, Triggers, Uncured};
