//! What the workbench asks for and shows. Values stay in the core: the window gets lengths, hashes and verdicts.

use serde::{Deserialize, Serialize};

use crate::generate::KeyFormat;
use crate::jwt::{ClaimRow, Differences, NotAJwt};
use crate::secret::Secret;

/// Why a text is no JWT, as a code: the window makes the sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TokenProblemView {
    /// A stable word: `opaque`, `characters`, `not_json`, …
    pub code: String,
    /// `header`, `payload` or `signature`; empty when it is about the whole.
    pub part: String,
    /// The number of its sentence.
    #[cfg_attr(test, ts(type = "number"))]
    pub number: usize,
}

impl From<NotAJwt> for TokenProblemView {
    fn from(why: NotAJwt) -> Self {
        let (code, part, number) = why.told();
        Self { code: code.to_owned(), part: part.map(|part| part.to_string()).unwrap_or_default(), number }
    }
}

/// What to check a signature with.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "with", rename_all = "snake_case")]
pub enum KeysInput {
    /// Nothing: no check, no network.
    #[default]
    Nothing,
    /// The keys that this issuer publishes.
    Issuer {
        /// Its address.
        url: String,
    },
    /// The key set at this address.
    Jwks {
        /// The address.
        url: String,
    },
    /// A public key (PEM), a JWK, or a JWK set.
    Key {
        /// The text.
        #[cfg_attr(test, ts(type = "string"))]
        text: Secret,
    },
    /// A shared secret.
    Secret {
        /// The secret.
        #[cfg_attr(test, ts(type = "string"))]
        text: Secret,
    },
}

/// A token to compare: pasted, or the present one of a stored login.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum TokenSource {
    /// A text.
    Text {
        /// The token.
        #[cfg_attr(test, ts(type = "string"))]
        text: Secret,
    },
    /// A stored login.
    Login {
        /// Its id.
        id: String,
    },
}

/// Two tokens side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ComparisonView {
    /// Why the first can't be read.
    pub first_problem: Option<TokenProblemView>,
    /// Why the second can't be read.
    pub second_problem: Option<TokenProblemView>,
    /// What differs, when both can.
    pub differences: Option<Differences>,
}

/// What the provider says of a token, as lines.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct IntrospectedView {
    /// Whether it is alive.
    pub active: bool,
    /// What else it says.
    pub rows: Vec<ClaimRow>,
}

/// Which value that was made a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum MadeWhat {
    /// The generated key.
    Key,
    /// The signed test token.
    Token,
    /// The shared secret that was made to sign it.
    Secret,
}

/// A key to make.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GenerateInput {
    /// What it begins with.
    pub prefix: String,
    /// Its random bits.
    pub bits: u16,
    /// How they are written.
    pub format: KeyFormat,
}

/// A key that was made. It stays in the core until it is copied, shown, stored or forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MadeKeyView {
    /// Its length, in characters.
    #[cfg_attr(test, ts(type = "number"))]
    pub length: usize,
    /// Its random bits.
    pub bits: u16,
    /// The SHA-256 that a server stores.
    pub sha256: String,
}

/// A test token to sign.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SignInput {
    /// One of `ES256`, `RS256`, `EdDSA`, `HS256`.
    pub alg: String,
    /// The claims, a JSON object as text.
    pub claims: String,
    /// A private key (PEM) or shared secret; none for one that is made for it.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub key: Option<Secret>,
}

/// A test token that was signed, or why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SignedView {
    /// Why nothing was signed: a stable word; empty when it was.
    pub problem: String,
    /// Where in the claims, from 1; 0 for nowhere.
    #[cfg_attr(test, ts(type = "number"))]
    pub line: usize,
    /// The column there.
    #[cfg_attr(test, ts(type = "number"))]
    pub column: usize,
    /// The header segment, in clear.
    pub header_segment: String,
    /// The payload segment, in clear.
    pub payload_segment: String,
    /// The length of the signature segment.
    #[cfg_attr(test, ts(type = "number"))]
    pub signature_len: usize,
    /// The public key as a JWK, in lines.
    pub public_jwk: Option<String>,
    /// The length of the shared secret that was made for it.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub secret_len: Option<usize>,
}
