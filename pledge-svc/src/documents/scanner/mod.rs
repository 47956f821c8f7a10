//! Looking for viruses in what is uploaded. What is done with the verdict is decided by `attach.rs` and `rescan.rs`.

mod clamd;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

pub use clamd::Clamd;

/// How long an upload waits for its scan; a longer one is finished in the background while the file is in quarantine.
pub const UPLOAD_WAITS: Duration = Duration::from_secs(2);
/// How long one scan in the background may take before the file is left for the next look.
pub const SCAN_MAX: Duration = Duration::from_secs(20);

/// What a scan says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody looked: no scanner is set.
    NotScanned,
    /// Nothing was found.
    Clean,
    /// Something was found.
    Infected {
        /// What the scanner calls it.
        signature: String,
    },
}

/// The scanner did not answer, or not in a way that says anything about the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the virus scanner gives no verdict: {0}")]
pub struct NoVerdict(pub String);

/// Looks for viruses.
#[async_trait]
pub trait Scanner: Send + Sync + 'static {
    /// Its name beside each verdict; `None` for the one that never looks.
    fn name(&self) -> Option<&str>;

    /// Looks into a file.
    ///
    /// # Errors
    /// [`NoVerdict`] when it cannot be asked; the file is then kept in quarantine.
    async fn scan(&self, content: &[u8]) -> Result<Verdict, NoVerdict>;
}

/// No scanner: every file is marked as not scanned.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoScanner;

#[async_trait]
impl Scanner for NoScanner {
    fn name(&self) -> Option<&str> {
        None
    }

    async fn scan(&self, _: &[u8]) -> Result<Verdict, NoVerdict> {
        Ok(Verdict::NotScanned)
    }
}

/// The scanner at an address (`host:port` of a clamd), or none.
#[must_use]
pub fn scanner(clamd_address: Option<&str>) -> Arc<dyn Scanner> {
    match clamd_address.map(str::trim).filter(|address| !address.is_empty()) {
        Some(address) => Arc::new(Clamd::at(address)),
        None => Arc::new(NoScanner),
    }
}

/// The verdict within the time that whoever asks may wait.
///
/// # Errors
/// The scanner's, or that it took too long.
pub(super) async fn verdict(
    scanner: &dyn Scanner,
    content: &[u8],
    most: Duration,
) -> Result<Verdict, NoVerdict> {
    match tokio::time::timeout(most, scanner.scan(content)).await {
        Ok(answer) => answer,
        Err(_) => Err(NoVerdict(format!("no answer within {} seconds", most.as_secs()))),
    }
}
