//! The pure rules of a facility: values in, a decision or a refusal out.

pub mod change;
pub mod draw;
mod facility;
pub mod proposal;

pub use facility::{Facility, Member, MemberStatus, Share, Status};
