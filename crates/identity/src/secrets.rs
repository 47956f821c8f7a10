//! Random secrets: refresh tokens, one-time passwords, client secrets.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The machine's source of randomness failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the machine's source of randomness failed")]
pub struct NoRandomness;

/// `N` random bytes.
///
/// # Errors
/// [`NoRandomness`] when the machine has none.
pub fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut buffer = [0; N];
    SystemRandom::new().fill(&mut buffer).map_err(|_| NoRandomness)?;
    Ok(buffer)
}

/// A secret of 256 bits in URL-safe text.
///
/// # Errors
/// [`NoRandomness`] when the machine has none.
pub fn token() -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}
