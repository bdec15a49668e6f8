//! Takes a compact token apart (RFC 7515, section 7.1), strictly and whatever its algorithm.
//!
//! Invariant: no error and no `Debug` holds any text of the token. The parser is our own because a library that
//! verifies refuses to read what it cannot verify: `alg: none`, unknown algorithms, encrypted tokens.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::json;

/// The longest token that is kept in the vault, in bytes.
pub const MAX_STORED: usize = 64 * 1024;
/// The longest token that the inspector reads, in bytes.
pub const MAX_INSPECTED: usize = 1024 * 1024;

/// A part of a compact token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The JOSE header.
    Header,
    /// The claims.
    Payload,
    /// The signature.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// Why a text is not a JWT that can be laid open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAJwt {
    /// Nothing was given.
    #[error("There is no token here.")]
    Empty,
    /// More than the reader takes.
    #[error("The token is longer than {limit} bytes, so it is not read.")]
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// One piece without dots.
    #[error("This is not a JWT. The token is opaque: only the provider can read it.")]
    Opaque,
    /// A PASETO.
    #[error("This is not a JWT but a PASETO, which is read with other rules.")]
    Paseto,
    /// A JWT followed by disclosures.
    #[error("This is not a plain JWT but an SD-JWT, which carries disclosures after “~”.")]
    SdJwt,
    /// The JSON serialisation of JWS or JWE.
    #[error("This is not a compact JWT but JSON. Only the compact form, three parts joined by dots, is read.")]
    JsonForm,
    /// Base64 padding.
    #[error("This is not a JWT: its parts must not be padded with “=”.")]
    Padding,
    /// A character outside the alphabet (RFC 8725bis, section 3.14).
    #[error("This is not a JWT: it may hold only letters, digits, “-”, “_” and “.”, without spaces or line breaks.")]
    Characters,
    /// Neither three parts nor five.
    #[error("This is not a JWT: it has {0} parts, where a signed token has 3 and an encrypted one 5.")]
    Parts(usize),
    /// The payload was left out.
    #[error("The payload is missing. A signature over content kept elsewhere cannot be shown as a JWT.")]
    Detached,
    /// Not canonical base64url.
    #[error("This is not a JWT: its {0} is not base64url.")]
    Base64(Part),
    /// Not UTF-8 (RFC 8725, section 3.7).
    #[error("This is not a JWT: its {0} is not UTF-8 text.")]
    NotUtf8(Part),
    /// A byte-order mark.
    #[error("This is not a JWT: its {0} begins with a byte-order mark.")]
    ByteOrderMark(Part),
    /// Not JSON.
    #[error("This is not a JWT: its {0} is not JSON.")]
    NotJson(Part),
    /// JSON, but no object.
    #[error("This is not a JWT: its {0} is JSON, but not an object.")]
    NotAnObject(Part),
    /// More levels than any honest token has.
    #[error("The {0} nests more than 64 levels deep, so it is not read.")]
    TooDeep(Part),
    /// A name that the JSON reader keeps for itself.
    #[error("The {0} uses a member name that cannot be read safely.")]
    ReservedName(Part),
    /// A token inside a token.
    #[error("This token wraps another token. Inspect the inner one by itself.")]
    Nested,
}

impl NotAJwt {
    /// Returns a stable word for it, the part that it is about, and its number: what the window makes a sentence of.
    #[must_use]
    pub fn told(self) -> (&'static str, Option<Part>, usize) {
        match self {
            Self::Empty => ("empty", None, 0),
            Self::TooLong { limit } => ("too_long", None, limit),
            Self::Opaque => ("opaque", None, 0),
            Self::Paseto => ("paseto", None, 0),
            Self::SdJwt => ("sd_jwt", None, 0),
            Self::JsonForm => ("json_form", None, 0),
            Self::Padding => ("padding", None, 0),
            Self::Characters => ("characters", None, 0),
            Self::Parts(many) => ("parts", None, many),
            Self::Detached => ("detached", None, 0),
            Self::Base64(part) => ("base64", Some(part), 0),
            Self::NotUtf8(part) => ("not_utf8", Some(part), 0),
            Self::ByteOrderMark(part) => ("byte_order_mark", Some(part), 0),
            Self::NotJson(part) => ("not_json", Some(part), 0),
            Self::NotAnObject(part) => ("not_an_object", Some(part), 0),
            Self::TooDeep(part) => ("too_deep", Some(part), 0),
            Self::ReservedName(part) => ("reserved_name", Some(part), 0),
            Self::Nested => ("nested", None, 0),
        }
    }
}

/// The three segments as they stand in the text.
#[derive(Clone, Copy)]
pub struct Segments<'a> {
    /// The encoded header.
    pub header: &'a str,
    /// The encoded payload; of an encrypted token, all that stands between header and tag.
    pub payload: &'a str,
    /// The encoded signature; of an encrypted token, the tag.
    pub signature: &'a str,
}

/// A compact JWS taken apart, its payload not looked at; or the header of a JWE.
pub struct Jws<'a> {
    /// The JOSE header.
    pub header: Map<String, Value>,
    /// Names that stand in the header more than once.
    pub header_duplicates: Vec<String>,
    /// Whether this is a JWE: five parts, of which only the header is read.
    pub encrypted: bool,
    /// The segments as text.
    pub segments: Segments<'a>,
    /// What is signed: header, dot, payload.
    pub signing_input: &'a str,
    /// The payload as bytes; empty for a JWE.
    pub payload: Vec<u8>,
    /// The signature as bytes; empty for a JWE.
    pub signature: Vec<u8>,
}

/// A JWT taken apart: nothing in it is trusted yet.
pub struct Parsed<'a> {
    /// The outer form.
    pub jws: Jws<'a>,
    /// The claims; empty for a JWE.
    pub claims: Map<String, Value>,
    /// Names that stand in the payload more than once.
    pub claim_duplicates: Vec<String>,
    /// What the payload is, when it is not a set of claims; there are none then.
    pub unclaimed: Option<NotAJwt>,
}

impl fmt::Debug for Jws<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jws(…)")
    }
}

impl fmt::Debug for Parsed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parsed(…)")
    }
}

impl<'a> Parsed<'a> {
    /// Takes `text` apart; no white space is forgiven, and no more than `limit` bytes are read.
    ///
    /// # Errors
    /// Says what the text is instead of a JWT.
    pub fn parse(text: &'a str, limit: usize) -> Result<Self, NotAJwt> {
        let parsed = Self::parse_any(text, limit)?;
        match parsed.unclaimed {
            Some(why) => Err(why),
            None => Ok(parsed),
        }
    }

    /// Takes a signed message apart like [`Parsed::parse`], and also one whose payload is not a set of claims: a JWS
    /// may sign anything (RFC 7515, section 3). For looking only; what accepts a token takes [`Parsed::parse`].
    ///
    /// # Errors
    /// Says what the text is instead of a compact token.
    pub fn parse_any(text: &'a str, limit: usize) -> Result<Self, NotAJwt> {
        let jws = Jws::parse(text, limit)?;
        if jws.segments.payload.is_empty() && !jws.encrypted {
            return Err(NotAJwt::Detached);
        }
        let (claims, claim_duplicates, unclaimed) = match jws.claims() {
            Ok((claims, duplicates)) => (claims, duplicates, None),
            Err(why) => (Map::new(), Vec::new(), Some(why)),
        };
        Ok(Self { jws, claims, claim_duplicates, unclaimed })
    }

    /// Returns the header member `name` when it is a string.
    #[must_use]
    pub fn header_str(&self, name: &str) -> Option<&str> {
        self.jws.header.get(name)?.as_str()
    }

    /// Returns the claim `name` when it is a string.
    #[must_use]
    pub fn claim_str(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }
}

impl<'a> Jws<'a> {
    /// Takes the outer form apart; the payload may be anything.
    ///
    /// # Errors
    /// Says what the text is instead of a compact JWS or JWE.
    pub fn parse(text: &'a str, limit: usize) -> Result<Self, NotAJwt> {
        recognise(text, limit)?;
        let parts: Vec<&str> = text.splitn(7, '.').collect();
        match parts[..] {
            [header, payload, signature] => Self::signed(text, Segments { header, payload, signature }),
            [header, _, _, _, tag] => Self::encrypted(text, header, tag),
            _ => Err(NotAJwt::Parts(text.matches('.').count() + 1)),
        }
    }

    fn signed(text: &'a str, segments: Segments<'a>) -> Result<Self, NotAJwt> {
        let (header, header_duplicates) = json::object(&decode(segments.header, Part::Header)?, Part::Header)?;
        Ok(Self {
            header,
            header_duplicates,
            encrypted: false,
            segments,
            signing_input: &text[..segments.header.len() + 1 + segments.payload.len()],
            payload: decode(segments.payload, Part::Payload)?,
            signature: decode(segments.signature, Part::Signature)?,
        })
    }

    fn encrypted(text: &'a str, header: &'a str, tag: &'a str) -> Result<Self, NotAJwt> {
        let (members, header_duplicates) = json::object(&decode(header, Part::Header)?, Part::Header)?;
        // Without `enc` (RFC 7516, section 4.1.2) it is five parts of something else.
        if !members.get("enc").is_some_and(Value::is_string) {
            return Err(NotAJwt::Parts(5));
        }
        let payload = &text[header.len() + 1..text.len() - tag.len() - 1];
        Ok(Self {
            header: members,
            header_duplicates,
            encrypted: true,
            segments: Segments { header, payload, signature: tag },
            signing_input: text,
            payload: Vec::new(),
            signature: Vec::new(),
        })
    }

    /// Reads the payload as claims, with the names that stand there more than once; of a JWE there are none.
    fn claims(&self) -> Result<(Map<String, Value>, Vec<String>), NotAJwt> {
        if self.encrypted {
            return Ok((Map::new(), Vec::new()));
        }
        if std::str::from_utf8(&self.payload).is_ok_and(is_compact) {
            return Err(NotAJwt::Nested);
        }
        json::object(&self.payload, Part::Payload)
    }

    /// Returns the `alg` of the header when it is a string.
    #[must_use]
    pub fn alg(&self) -> Option<&str> {
        self.header.get("alg")?.as_str()
    }

    /// Returns the `kid` of the header when it is a string.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid")?.as_str()
    }
}

/// Names what is plainly something else, before anything is decoded.
fn recognise(text: &str, limit: usize) -> Result<(), NotAJwt> {
    if text.is_empty() {
        return Err(NotAJwt::Empty);
    }
    if text.len() > limit {
        return Err(NotAJwt::TooLong { limit });
    }
    if text.trim_start().starts_with('{') {
        return Err(NotAJwt::JsonForm);
    }
    if is_paseto(text) {
        return Err(NotAJwt::Paseto);
    }
    if !text.contains('.') {
        return Err(NotAJwt::Opaque);
    }
    if text.contains('~') {
        return Err(NotAJwt::SdJwt);
    }
    match text.bytes().find(|byte| !is_of_token(*byte)) {
        Some(b'=') => Err(NotAJwt::Padding),
        Some(_) => Err(NotAJwt::Characters),
        None => Ok(()),
    }
}

fn is_paseto(text: &str) -> bool {
    let mut parts = text.splitn(3, '.');
    matches!(parts.next(), Some("v1" | "v2" | "v3" | "v4")) && matches!(parts.next(), Some("local" | "public"))
}

/// Tells whether a text is itself a compact token: its header is a JSON object, which base64url begins `ey` or `ew`, or
/// writes as `e30` when it is empty.
pub(super) fn is_compact(text: &str) -> bool {
    (text.starts_with("ey") || text.starts_with("ew") || text.starts_with("e30."))
        && matches!(text.matches('.').count(), 2 | 4)
        && text.bytes().all(is_of_token)
}

fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

fn decode(segment: &str, part: Part) -> Result<Vec<u8>, NotAJwt> {
    URL_SAFE_NO_PAD.decode(segment).map_err(|_| NotAJwt::Base64(part))
}
