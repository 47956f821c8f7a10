//! Passwords: Argon2id with the parameters that OWASP's password storage cheat sheet names first among its
//! equals (19 MiB, 2 passes, 1 lane), off the request threads, few at a time, so that a flood of sign-ins can
//! exhaust neither memory nor processors.

use std::{num::NonZero, sync::LazyLock, time::Duration};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash};
use tokio::sync::{Semaphore, SemaphorePermit};
use tx_kit::Fault;

/// Memory of one hash, in KiB.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it.
const PASSES: u32 = 2;
/// The longest password that is looked at; longer ones are wrong.
pub const CHARS_MAX: usize = 128;
/// The shortest password that a person may choose.
pub const CHARS_MIN: usize = 8;
/// How long a sign-in may wait for its turn.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// Checked where there is no such user, so that the answer takes as long as for one that is there. It is the
/// form of a hash with our parameters; no password is known that gives it.
const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm8gc3VjaCBhY2NvdW50IQ$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// One hash at a time on each processor.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, NonZero::get)));

/// A password as it is stored.
#[derive(Clone)]
pub struct HashedPassword(String);

impl HashedPassword {
    /// Hashes a password with a fresh salt.
    ///
    /// # Errors
    /// When the machine has no randomness or is too busy.
    pub async fn of(password: &str) -> Result<Self, Fault> {
        let password = password.to_owned();
        let turn = turn().await?;
        let salt = identity::secrets::bytes::<16>().map_err(|error| Fault::Other(error.to_string()))?;
        let hash =
            off_thread(turn, move || hasher()?.hash_password_with_salt(password.as_bytes(), &salt)).await?;
        Ok(Self(hash.map_err(|error| Fault::Other(format!("hashing: {error}")))?.to_string()))
    }

    /// The text to store.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// Whether the password gives the stored hash; without a stored hash the answer is no, and takes as long.
pub(crate) async fn verify(password: &str, stored: Option<&str>) -> Result<bool, Fault> {
    let turn = turn().await?;
    let known = stored.is_some();
    let stored = stored.unwrap_or(NOBODYS_HASH).to_owned();
    let password: String = password.chars().take(CHARS_MAX + 1).collect();
    let fits = password.chars().count() <= CHARS_MAX;
    let verdict =
        off_thread(turn, move || hasher()?.verify_password(password.as_bytes(), stored.as_str())).await?;
    match verdict {
        Ok(()) => Ok(known && fits),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(Fault::Corrupt(format!("a password hash does not read: {error}"))),
    }
}

/// A password to be handed over once: 15 letters and digits in groups, 75 bits, none that look alike.
pub(crate) fn one_time() -> Result<String, Fault> {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";
    let bytes = identity::secrets::bytes::<15>().map_err(|error| Fault::Other(error.to_string()))?;
    let mut text = String::with_capacity(17);
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % 5 == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    Ok(text)
}

fn hasher() -> Result<Argon2<'static>, password_hash::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(password_hash::Error::from)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn turn() -> Result<SemaphorePermit<'static>, Fault> {
    match tokio::time::timeout(WAIT_MAX, TURNS.acquire()).await {
        Ok(Ok(permit)) => Ok(permit),
        // Told to the caller as "try again shortly".
        _ => Err(Fault::Peer("too many sign-ins are waiting".to_owned())),
    }
}

async fn off_thread<T: Send + 'static>(
    turn: SemaphorePermit<'static>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    })
    .await
    .map_err(|error| Fault::Other(format!("hashing stopped: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_and_no_other() {
        let hash = HashedPassword::of("correct horse").await.unwrap();
        assert!(hash.text().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.text());
        assert!(verify("correct horse", Some(hash.text())).await.unwrap());
        assert!(!verify("correct house", Some(hash.text())).await.unwrap());
        let twin = HashedPassword::of("correct horse").await.unwrap();
        assert_ne!(hash.text(), twin.text(), "the salt differs");
    }

    #[tokio::test]
    async fn nobody_signs_in_as_nobody() {
        assert!(!verify("anything", None).await.unwrap());
        assert!(!verify(&"x".repeat(CHARS_MAX + 1), None).await.unwrap());
    }

    #[test]
    fn one_time_passwords_differ() {
        let (one, two) = (one_time().unwrap(), one_time().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 17);
    }
}
