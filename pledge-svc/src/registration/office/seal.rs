//! How the office and we prove to each other who wrote: an HMAC-SHA256 over the second of writing and the text, under
//! a secret that only the two know.

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};

/// The header with the second of writing, counted from 1970.
pub const STAMP_HEADER: &str = "x-register-timestamp";
/// The header with the proof, in hexadecimal digits.
pub const PROOF_HEADER: &str = "x-register-signature";
/// How far the two clocks may be apart, in seconds: an old message that somebody kept proves nothing.
const SECONDS_APART_MAX: u64 = 300;
/// The shortest secret, in bytes.
pub const SECRET_BYTES_MIN: usize = 32;

/// Why a proof is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unproved {
    /// The second is missing, unreadable or too far from now.
    #[error("the time of writing is missing or too far from now")]
    Stamp,
    /// It is not what the secret gives.
    #[error("the signature is not right")]
    Proof,
}

/// The shared secret.
pub struct Seal {
    key: hmac::Key,
}

impl Seal {
    /// A seal of a secret.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    /// The proof for a text written at a second.
    #[must_use]
    pub fn prove(&self, stamp: i64, text: &[u8]) -> String {
        hex::encode(hmac::sign(&self.key, &signed(&stamp.to_string(), text)).as_ref())
    }

    /// Whether the text was written by who knows the secret, about now. Takes the same time whatever is wrong.
    ///
    /// # Errors
    /// [`Unproved`]
    pub fn check(&self, stamp: &str, proof: &str, text: &[u8], now: DateTime<Utc>) -> Result<(), Unproved> {
        let at: i64 = stamp.parse().map_err(|_| Unproved::Stamp)?;
        if now.timestamp().abs_diff(at) > SECONDS_APART_MAX {
            return Err(Unproved::Stamp);
        }
        let proof = hex::decode(proof).map_err(|_| Unproved::Proof)?;
        hmac::verify(&self.key, &signed(stamp, text), &proof).map_err(|_| Unproved::Proof)
    }
}

fn signed(stamp: &str, text: &[u8]) -> Vec<u8> {
    [stamp.as_bytes(), b".", text].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-24T02:00:00Z".parse().unwrap()
    }

    #[test]
    fn only_who_knows_the_secret_can_prove_a_text_and_only_about_now() {
        let seal = Seal::new(b"a secret of the office and of the bank");
        let stamp = now().timestamp();
        let proof = seal.prove(stamp, b"text");
        let check = |stamp: i64, proof: &str, text: &[u8]| seal.check(&stamp.to_string(), proof, text, now());
        assert_eq!(check(stamp, &proof, b"text"), Ok(()));
        assert_eq!(check(stamp, &proof, b"other"), Err(Unproved::Proof));
        assert_eq!(check(stamp + 1, &proof, b"text"), Err(Unproved::Proof));
        assert_eq!(check(stamp, "nothing", b"text"), Err(Unproved::Proof));
        let late = stamp - 301;
        assert_eq!(check(late, &seal.prove(late, b"text"), b"text"), Err(Unproved::Stamp));
        let stranger = Seal::new(b"another secret that nobody gave away").prove(stamp, b"text");
        assert_eq!(check(stamp, &stranger, b"text"), Err(Unproved::Proof));
        assert_eq!(seal.check("", &proof, b"text", now()), Err(Unproved::Stamp));
    }

    /// RFC 4231, test case 2, with a text that begins as ours do.
    #[test]
    fn the_proof_is_the_standards_hmac_over_second_point_and_text() {
        let plain = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"Jefe"), b"what do ya want for nothing?");
        let published = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex::encode(plain.as_ref()), published);
        let seal = Seal::new(b"Jefe");
        let expected = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"Jefe"), b"17.text");
        assert_eq!(seal.prove(17, b"text"), hex::encode(expected.as_ref()));
    }
}
