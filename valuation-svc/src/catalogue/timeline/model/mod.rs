//! What happens to a patent, as values and rules: the kinds of entries, what they settle, what may be recorded, when
//! annuities are due. Pure.

pub mod annuity;
pub mod basis;
pub mod fold;
pub mod happening;
pub mod may_record;
pub mod settled;

pub use annuity::{AnnuityPosition, AnnuityState, NextAnnuity};
pub use basis::{ANNUITY_BASIS, Basis, FigureStatus};
pub use fold::{Entry, fold, licences};
pub use happening::{Award, DisputeOutcome, Happening, LapseCause, LicenceKind};
pub use may_record::{Refusal, Subject, may_record};
pub use settled::{Settled, Told};
