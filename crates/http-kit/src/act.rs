//! The error of an act: a refusal, which is an answer, or a fault, which may be worth another try.

use sea_orm::DbErr;
use tx_kit::{AsFault, Fault, KeyReused};

use crate::{Problem, peer::PeerError};

/// What an act inside a transaction answers instead of its result.
#[derive(Debug)]
pub enum ActError {
    /// The rules refuse it; the caller hears why.
    Refused(Problem),
    /// The machinery failed; a conflict with another transaction is tried again.
    Fault(Fault),
}

impl From<Problem> for ActError {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<Fault> for ActError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<DbErr> for ActError {
    fn from(error: DbErr) -> Self {
        Self::Fault(error.into())
    }
}

impl From<serde_json::Error> for ActError {
    fn from(error: serde_json::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl From<PeerError> for ActError {
    /// What the peer does not show to this caller is not there for this caller.
    fn from(error: PeerError) -> Self {
        match error {
            PeerError::NotFound | PeerError::Forbidden => Self::Refused(Problem::not_found()),
            PeerError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl AsFault for ActError {
    fn as_fault(&self) -> Option<&Fault> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::Refused(_) => None,
        }
    }
}

impl KeyReused for ActError {
    fn key_reused() -> Self {
        Self::Refused(Problem::key_reused())
    }
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Refused(problem) => problem,
            ActError::Fault(fault) => fault.into(),
        }
    }
}
