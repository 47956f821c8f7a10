//! Who is calling, what they may do and how far they may see.
//!
//! Where is …?
//! - what each role may do, in one table for an auditor to read: [`policy`]
//! - the caller and the scope of what they see: [`caller`]
//! - the internal token between gateway and services: [`token`]; its keys: [`keys`]
//! - a token for the next service on behalf of the same caller: [`exchange`]
//! - random secrets: [`secrets`]

pub mod caller;
pub mod exchange;
pub mod keys;
pub mod policy;
pub mod secrets;
pub mod token;

pub use caller::{Caller, Reach, Scope};
pub use exchange::{HttpExchange, InProcessExchange, TokenExchange};
pub use policy::{Permission, Role, permits};
pub use token::{InternalIssuer, TokenRefused, Verifier};
