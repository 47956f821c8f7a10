//! Pure rules about signing in.

pub mod lockout;
