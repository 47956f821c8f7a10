//! Ed25519 signing keys with their public halves as JWK.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A key that cannot be made or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("signing key: {0}")]
pub struct KeyError(String);

/// A private key with its id.
#[derive(Clone)]
pub struct SigningKey {
    key_id: String,
    pkcs8: Vec<u8>,
    public: Vec<u8>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::generate().map_err(|e| KeyError(e.to_string()))?;
        let document = pair.to_pkcs8v1().map_err(|e| KeyError(e.to_string()))?;
        Self::from_pkcs8(document.as_ref())
    }

    /// A stored key (PKCS#8 DER).
    ///
    /// # Errors
    /// When the bytes are no such key.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_pkcs8(der).map_err(|e| KeyError(e.to_string()))?;
        let public = pair.public_key().as_ref().to_vec();
        Ok(Self { key_id: key_id(&public), pkcs8: der.to_vec(), public })
    }

    /// The key's id: its RFC 7638-like thumbprint, shortened.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The private key for storage. Keep it where only the owner reads.
    #[must_use]
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// For signing tokens.
    #[must_use]
    pub fn encoding(&self) -> EncodingKey {
        EncodingKey::from_ed_der(&self.pkcs8)
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            usage: "sig".to_owned(),
            alg: "EdDSA".to_owned(),
            kid: self.key_id.clone(),
            x: URL_SAFE_NO_PAD.encode(&self.public),
        }
    }
}

/// A public key as a JWK (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PublicKey {
    /// Key type: `OKP`.
    pub kty: String,
    /// Curve: `Ed25519`.
    pub crv: String,
    /// Use: `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// Algorithm: `EdDSA`, and no other for this key.
    pub alg: String,
    /// Key id.
    pub kid: String,
    /// The point, base64url.
    pub x: String,
}

impl PublicKey {
    /// For verifying tokens.
    ///
    /// # Errors
    /// When the point does not read.
    pub fn decoding(&self) -> Result<DecodingKey, KeyError> {
        if self.kty != "OKP" || self.crv != "Ed25519" {
            return Err(KeyError(format!("{} {} keys are not accepted", self.kty, self.crv)));
        }
        DecodingKey::from_ed_components(&self.x).map_err(|e| KeyError(e.to_string()))
    }
}

/// A set of public keys (JWKS).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PublicKeys {
    /// The keys.
    pub keys: Vec<PublicKey>,
}

fn key_id(public: &[u8]) -> String {
    hex::encode(&Sha256::digest(public)[..8])
}
