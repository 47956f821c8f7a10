//! Why a file is not taken or not handed out, with what the user needs to act on it.

/// A refused file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is in it.
    #[error("the file is empty")]
    Empty,
    /// It is larger than a document may be.
    #[error("the file has more than {bytes_max} bytes")]
    TooLarge {
        /// The largest size, in bytes.
        bytes_max: usize,
    },
    /// Its content is of a kind that is not taken, whatever it is called.
    #[error("content of the type {found} is not taken")]
    NotAllowed {
        /// What its first bytes say it is; empty where they say nothing.
        found: String,
    },
    /// Its name or its declared type says something else than its content.
    #[error("the file says it is {said} and its content is {found}")]
    Mismatch {
        /// What it says.
        said: String,
        /// What its content is.
        found: &'static str,
    },
    /// An office file that carries a program: macros, controls, embedded objects.
    #[error("the file carries a program: {part}")]
    Active {
        /// The part that does.
        part: String,
    },
    /// It cannot be read as what it claims to be.
    #[error("the file is damaged")]
    Damaged,
    /// The scanner found something in it.
    #[error("the scanner found {signature}")]
    Infected {
        /// What it found.
        signature: String,
    },
    /// It waits to be scanned.
    #[error("the file waits to be scanned")]
    Quarantined,
    /// There are as many documents as one subject may have.
    #[error("the subject has {count_max} documents")]
    TooMany {
        /// The most documents, counted with their earlier versions.
        count_max: u64,
    },
    /// A later version has taken its place.
    #[error("version {version} is not the latest")]
    Superseded {
        /// Its version.
        version: i32,
    },
    /// The other party attached it.
    #[error("another organisation attached it")]
    NotYours,
}
