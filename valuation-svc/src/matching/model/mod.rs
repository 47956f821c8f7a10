//! The pure rules of matching: words of a text, likeness of texts and classes, what can be offered, the ranking and its
//! reasons, the lives of needs and proposals.

pub mod available;
pub mod classes;
pub mod compare;
pub mod need;
pub mod proposal;
pub mod rank;
pub mod reasons;
pub mod segment;
pub mod similarity;
pub mod snippet;
