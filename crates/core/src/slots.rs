//! The keychain items of a credential: two slots and the client secret.
//!
//! A slot is generation parity, so the next value is always written beside the present one, which stays
//! untouched until the commit (K2). A slot holds a checked envelope that says whose value it is, of which
//! generation and for which endpoint. A value larger than the store takes is split; the item that names the
//! parts is written last, so a half-written slot reads as absent.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::credential::CredentialId;
use crate::dpop::DpopKey;
use crate::error::OrNone as _;
use crate::ports::{ItemName, Keychain, KeychainError};
use crate::sealer::hex;
use crate::secret::{Secret, SecretBytes};
use crate::step::step;

/// One of the two places of a credential's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Even generations.
    A,
    /// Odd generations.
    B,
}

impl Slot {
    /// Returns the slot of a generation.
    pub(crate) fn of(generation: u64) -> Self {
        if generation.is_multiple_of(2) { Self::A } else { Self::B }
    }

    fn letter(self) -> char {
        match self {
            Self::A => 'a',
            Self::B => 'b',
        }
    }
}

/// What a slot holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// Whose value it is.
    pub(crate) credential: CredentialId,
    /// The device that wrote it; another one means a copied profile.
    pub(crate) device: String,
    /// The generation of the value.
    pub(crate) generation: u64,
    /// The issuer that gave it; empty for API keys.
    pub(crate) issuer: String,
    /// The client it was given to; empty for API keys.
    pub(crate) client_id: String,
    /// The only address it may be sent to; empty for API keys (R4).
    pub(crate) token_endpoint: String,
    /// The value: an API key or a refresh token.
    pub(crate) value: Secret,
    /// The key that the token is bound to (RFC 9449): without it the token is dead.
    pub(crate) dpop: Option<DpopKey>,
}

/// The written form. Private: this is the one place where a secret becomes bytes for the keychain.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    v: u8,
    credential: String,
    device: &'a str,
    generation: u64,
    issuer: &'a str,
    client_id: &'a str,
    token_endpoint: &'a str,
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dpop: Option<&'a str>,
    sha256: String,
}

#[derive(Deserialize)]
struct Read {
    v: u8,
    credential: String,
    device: String,
    generation: u64,
    issuer: String,
    client_id: String,
    token_endpoint: String,
    value: Secret,
    #[serde(default)]
    dpop: Option<Secret>,
    sha256: String,
}

/// Stands in for the envelope when it had to be split.
#[derive(Serialize, Deserialize)]
struct Parts {
    parts: usize,
    sha256: String,
}

impl Envelope {
    fn checksum(&self) -> String {
        let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        let generation = self.generation.to_string();
        let id = self.credential.to_string();
        // Value and key are exposed to the hash only. An envelope without a key has the sum it always had.
        let parts = [
            id.as_str(),
            &self.device,
            &generation,
            &self.issuer,
            &self.client_id,
            &self.token_endpoint,
            self.value.expose(),
        ];
        for part in parts.into_iter().chain(self.dpop.as_ref().map(|key| key.0.expose())) {
            context.update(&part.len().to_le_bytes());
            context.update(part.as_bytes());
        }
        hex(context.finish().as_ref())
    }

    fn to_bytes(&self) -> Result<SecretBytes, KeychainError> {
        let written = Written {
            v: 1,
            credential: self.credential.to_string(),
            device: &self.device,
            generation: self.generation,
            issuer: &self.issuer,
            client_id: &self.client_id,
            token_endpoint: &self.token_endpoint,
            // Exposed because this becomes the keychain item.
            value: self.value.expose(),
            dpop: self.dpop.as_ref().map(|key| key.0.expose()),
            sha256: self.checksum(),
        };
        // One allocation that is large enough, so that no copy of the value stays behind in freed memory.
        let mut bytes = Vec::with_capacity(self.value.len() * 6 + 2048);
        serde_json::to_writer(&mut bytes, &written).map_err(|error| KeychainError::Other(error.to_string()))?;
        Ok(SecretBytes::new(bytes))
    }

    fn from_bytes(bytes: &SecretBytes) -> Option<Self> {
        // Exposed to the parser only; the error would quote the input, so it is dropped.
        let read: Read = serde_json::from_slice(bytes.expose()).ok_or_none()?;
        let envelope = Self {
            credential: read.credential.parse().ok_or_none()?,
            device: read.device,
            generation: read.generation,
            issuer: read.issuer,
            client_id: read.client_id,
            token_endpoint: read.token_endpoint,
            value: read.value,
            dpop: read.dpop.map(DpopKey),
        };
        (read.v == 1 && read.sha256 == envelope.checksum()).then_some(envelope)
    }
}

/// What was found in a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// A whole envelope of this credential.
    Good(Box<Envelope>),
    /// No item.
    Empty,
    /// An item that is damaged, half written or another credential's.
    Bad,
}

/// The keychain items of one vault.
pub(crate) struct Slots {
    keychain: Arc<dyn Keychain>,
    vault: String,
}

impl Slots {
    /// Items of the vault with this id.
    pub(crate) fn new(keychain: Arc<dyn Keychain>, vault: String) -> Self {
        Self { keychain, vault }
    }

    /// Returns the name of the item that holds a slot, for people to find it.
    pub(crate) fn item(&self, id: CredentialId, slot: Slot) -> ItemName {
        ItemName(format!("{}/{id}/{}", self.vault, slot.letter()))
    }

    fn part(&self, id: CredentialId, slot: Slot, number: usize) -> ItemName {
        ItemName(format!("{}/{id}/{}.{number}", self.vault, slot.letter()))
    }

    fn client_item(&self, id: CredentialId) -> ItemName {
        ItemName(format!("{}/{id}/client", self.vault))
    }

    fn registration_item(&self, id: CredentialId) -> ItemName {
        ItemName(format!("{}/{id}/registration", self.vault))
    }

    /// Returns the name of the escrow key's item.
    pub(crate) fn escrow_item(&self) -> ItemName {
        ItemName(format!("{}/escrow", self.vault))
    }

    /// Returns the name of the item with the hash of the app lock's passphrase.
    pub(crate) fn app_lock_item(&self) -> ItemName {
        ItemName(format!("{}/app-lock", self.vault))
    }

    /// Reads a slot.
    pub(crate) async fn read(&self, id: CredentialId, slot: Slot) -> Result<Found, KeychainError> {
        let bytes = match self.keychain.get(&self.item(id, slot)).await {
            Ok(bytes) => bytes,
            Err(KeychainError::Missing) => return Ok(Found::Empty),
            Err(error) => return Err(error),
        };
        // Exposed to the parser only.
        let bytes = match serde_json::from_slice::<Parts>(bytes.expose()) {
            Ok(parts) => match self.join(id, slot, &parts).await? {
                Some(bytes) => bytes,
                None => return Ok(Found::Bad),
            },
            Err(_) => bytes,
        };
        Ok(match Envelope::from_bytes(&bytes) {
            Some(envelope) if envelope.credential == id => Found::Good(Box::new(envelope)),
            _ => Found::Bad,
        })
    }

    async fn join(&self, id: CredentialId, slot: Slot, parts: &Parts) -> Result<Option<SecretBytes>, KeychainError> {
        let mut whole = Vec::new();
        for number in 0..parts.parts.min(64) {
            match self.keychain.get(&self.part(id, slot, number)).await {
                // Exposed to be put together again.
                Ok(part) => whole.extend_from_slice(part.expose()),
                Err(KeychainError::Missing) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        let whole = SecretBytes::new(whole);
        Ok((sha256(&whole) == parts.sha256).then_some(whole))
    }

    /// Writes a slot and reads it back; returns only if what is there now is what was given.
    pub(crate) async fn write(&self, envelope: &Envelope, label: &str) -> Result<(), KeychainError> {
        let slot = Slot::of(envelope.generation);
        let id = envelope.credential;
        step!("slot.before", KeychainError);
        let bytes = envelope.to_bytes()?;
        let head = match self.keychain.limit() {
            // Exposed to measure it and to cut it into items of the keychain.
            Some(limit) if bytes.expose().len() > limit => {
                let mut count = 0;
                for (number, chunk) in bytes.expose().chunks(limit).enumerate() {
                    let part = SecretBytes::new(chunk.to_vec());
                    self.keychain.set(&self.part(id, slot, number), label, &part).await?;
                    count = number + 1;
                }
                let parts = Parts { parts: count, sha256: sha256(&bytes) };
                let mut text =
                    serde_json::to_string(&parts).map_err(|error| KeychainError::Other(error.to_string()))?;
                let head = SecretBytes::new(text.as_bytes().to_vec());
                text.zeroize();
                head
            }
            _ => bytes,
        };
        self.keychain.set(&self.item(id, slot), label, &head).await?;
        step!("slot.after", KeychainError);
        match self.read(id, slot).await? {
            Found::Good(read) if *read == *envelope => Ok(()),
            _ => Err(KeychainError::Other("the keychain gave back something else than was written".to_owned())),
        }
    }

    /// Empties a slot.
    pub(crate) async fn clear(&self, id: CredentialId, slot: Slot) -> Result<(), KeychainError> {
        let parts = match self.keychain.limit() {
            None => 0,
            Some(_) => match self.keychain.get(&self.item(id, slot)).await {
                // Exposed to the parser only.
                Ok(bytes) => serde_json::from_slice::<Parts>(bytes.expose()).map_or(0, |parts| parts.parts.min(64)),
                Err(KeychainError::Missing) => 0,
                Err(error) => return Err(error),
            },
        };
        step!("clear.before", KeychainError);
        self.keychain.delete(&self.item(id, slot)).await?;
        step!("clear.after", KeychainError);
        for number in 0..parts {
            self.keychain.delete(&self.part(id, slot, number)).await?;
        }
        Ok(())
    }

    /// Reads the client secret of a confidential client.
    pub(crate) async fn client_secret(&self, id: CredentialId) -> Result<Option<Secret>, KeychainError> {
        text_of(self.keychain.get(&self.client_item(id)).await, "client secret")
    }

    /// Keeps the client secret of a confidential client.
    pub(crate) async fn set_client_secret(
        &self,
        id: CredentialId,
        label: &str,
        secret: &Secret,
    ) -> Result<(), KeychainError> {
        // Exposed because this becomes the keychain item.
        let bytes = SecretBytes::new(secret.expose().as_bytes().to_vec());
        self.keychain.set(&self.client_item(id), label, &bytes).await
    }

    /// Reads the token that can remove a client that we registered (RFC 7592).
    pub(crate) async fn registration(&self, id: CredentialId) -> Result<Option<Secret>, KeychainError> {
        text_of(self.keychain.get(&self.registration_item(id)).await, "registration")
    }

    /// Keeps that token.
    pub(crate) async fn set_registration(
        &self,
        id: CredentialId,
        label: &str,
        token: &Secret,
    ) -> Result<(), KeychainError> {
        // Exposed because this becomes the keychain item.
        let bytes = SecretBytes::new(token.expose().as_bytes().to_vec());
        self.keychain.set(&self.registration_item(id), label, &bytes).await
    }

    /// Removes every item of a credential; only the person asks for that (K5).
    pub(crate) async fn remove_all(&self, id: CredentialId) -> Result<(), KeychainError> {
        self.clear(id, Slot::A).await?;
        self.clear(id, Slot::B).await?;
        self.keychain.delete(&self.registration_item(id)).await?;
        self.keychain.delete(&self.client_item(id)).await
    }
}

fn text_of(item: Result<SecretBytes, KeychainError>, what: &str) -> Result<Option<Secret>, KeychainError> {
    match item {
        // Exposed to become text again.
        Ok(bytes) => match std::str::from_utf8(bytes.expose()) {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(_) => Err(KeychainError::Other(format!("the {what} is damaged"))),
        },
        Err(KeychainError::Missing) => Ok(None),
        Err(error) => Err(error),
    }
}

fn sha256(bytes: &SecretBytes) -> String {
    // Exposed to the hash only.
    hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes.expose()).as_ref())
}

#[cfg(test)]
#[path = "slots_test.rs"]
mod tests;
