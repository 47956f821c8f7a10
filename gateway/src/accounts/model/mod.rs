//! Pure rules about organisations and people.

pub mod credit_code;
pub mod industry;
pub mod roles;
