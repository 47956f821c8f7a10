//! The pure rules of the care of loans.

mod kinds;
mod task;

pub use kinds::{Outcome, TaskKind, TaskStatus};
pub use task::{Hand, Refusal, Task, months_after};
