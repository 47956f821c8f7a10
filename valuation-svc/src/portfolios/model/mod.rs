//! The pure rules of patents valued together: what is asked (`spec.rs`), one member (`member.rs`), the sum with its range under
//! common factors (`simulate.rs`), concentration (`concentration.rs`), everything in order (`summary.rs`).

mod concentration;
mod member;
mod simulate;
mod spec;
mod summary;

pub use concentration::{Concentration, Group, LorenzPoint};
pub use member::{Member, WeakLink, weak_links};
pub use simulate::{Spread, spread};
pub use spec::{MEMBERS_MAX, Source, Spec};
pub use summary::{Summary, Synergy, summarise};

#[cfg(test)]
mod tests;
