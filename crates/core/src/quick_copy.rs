//! Puts the right fresh value where the person needs it: on the clipboard, or into a program.
//!
//! Copying happens here and not in the window: the value never enters the webview. What becomes of a value on the
//! clipboard is in [`crate::on_clipboard`].

use std::time::Duration;

use crate::activity::{By, Facts};
use crate::catalog::{CredentialRow, What};
use crate::credential::{CredentialId, Kind};
use crate::error::{Error, OrNone as _};
use crate::keychain_state::keychain_failed;
use crate::on_clipboard::Pastes;
use crate::refresh::FreshToken;
use crate::secret::Secret;
use crate::vault::Vault;
use crate::view::{ClipboardView, RevealedSecret};

/// A copied token lasts at least this long, where the provider gives that much.
pub const COPY_VALIDITY: Duration = Duration::from_mins(1);
/// The shape in which a value is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The value alone.
    Raw,
    /// A whole header line: `Authorization: Bearer …`.
    Header,
    /// A `NAME=value` line.
    Env,
    /// The beginning of a curl command.
    Curl,
    /// One of the credential's own further shapes, by its place.
    Template(usize),
}

impl Format {
    /// What the log says of it.
    fn fact(self) -> Facts {
        let shape = match self {
            Self::Raw => "raw",
            Self::Header => "header",
            Self::Env => "env",
            Self::Curl => "curl",
            Self::Template(_) => "template",
        };
        Facts { shape: Some(shape.to_owned()), ..Facts::default() }
    }
}

impl std::str::FromStr for Format {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "raw" => Ok(Self::Raw),
            "header" => Ok(Self::Header),
            "env" => Ok(Self::Env),
            "curl" => Ok(Self::Curl),
            _ => {
                let why = || "it is one of raw, header, env, curl, template-0, template-1, …".to_owned();
                let place = text.strip_prefix("template-").and_then(|place| place.parse().ok_or_none());
                place.map(Self::Template).ok_or_else(|| Error::Invalid { field: "format", why: why() })
            }
        }
    }
}

impl Vault {
    /// Returns the value of a credential, fresh, in the shape asked for, and notes the use. `by` says who asked.
    ///
    /// # Errors
    /// [`Error::Locked`]; else as [`Vault::access_token`].
    pub async fn hand_out(
        &self,
        id: CredentialId,
        min_validity: Duration,
        format: Format,
        by: By,
    ) -> Result<FreshToken, Error> {
        let (row, token) = self.fresh_value(id, min_validity).await?;
        let value = shaped_for(&row, &token.value, format)?;
        self.used(&row, by, What::HandedOut, format.fact()).await;
        Ok(FreshToken { value, expires_at: token.expires_at })
    }

    pub(crate) async fn fresh_value(
        &self,
        id: CredentialId,
        min_validity: Duration,
    ) -> Result<(CredentialRow, FreshToken), Error> {
        self.refuse_if_locked().await?;
        let row = self.inner.entry(id).await?.credential;
        let value = match (row.kind, &row.chosen.jwt) {
            (Kind::Jwt, Some(jwt)) => {
                let expires_at = jwt.expires_at;
                self.living_jwt(&row, jwt).await.map(|value| FreshToken { value, expires_at })
            }
            (Kind::ApiKey, _) => self.key_value(&row).await.map(|value| FreshToken { value, expires_at: None }),
            _ => self.access_token(id, min_validity).await,
        };
        if let Err(Error::Keychain(error)) = &value {
            keychain_failed(&self.inner, error);
        }
        // Locked while it was fetched: whatever was renewed is stored, and nobody gets it.
        self.refuse_if_locked().await?;
        Ok((row, value?))
    }

    /// Notes a use. The value is out already, so a disk that takes no note is no failure of the use.
    pub(crate) async fn used(&self, row: &CredentialRow, by: By, what: What, facts: Facts) {
        if let Err(error) = self.inner.catalog.touch(row.id, self.inner.ports.clock.now()).await {
            tracing::warn!(%error, "when a credential was used last was not written");
        }
        self.inner.note_by(row, by, what, facts).await;
        self.inner.changed(vec![row.id]);
    }

    /// Copies a fresh value to the clipboard and takes it away again as the settings say, if it is still there.
    ///
    /// # Errors
    /// As [`Vault::access_token`], and [`Error::Clipboard`].
    pub async fn copy(&self, id: CredentialId, format: Format, by: By) -> Result<ClipboardView, Error> {
        let (row, token) = self.fresh_value(id, COPY_VALIDITY).await?;
        self.put_for_a_while(&row, shaped_for(&row, &token.value, format)?, by, format.fact()).await
    }

    /// Copies a fresh value for one program to paste once; taken away as the settings say if nobody does.
    ///
    /// # Errors
    /// As [`Vault::copy`], and [`Error::NoSinglePaste`] where the desktop can't do that.
    pub async fn copy_once(&self, id: CredentialId, format: Format, by: By) -> Result<ClipboardView, Error> {
        let (row, token) = self.fresh_value(id, COPY_VALIDITY).await?;
        let view = self.put(shaped_for(&row, &token.value, format)?, Pastes::One).await?;
        self.used(&row, by, What::Copied, format.fact()).await;
        self.unless_locked(view).await
    }

    /// Returns the value for the person to see. The one way for a value into the window.
    ///
    /// # Errors
    /// As [`Vault::access_token`].
    pub async fn reveal(&self, id: CredentialId) -> Result<RevealedSecret, Error> {
        let (row, token) = self.fresh_value(id, Duration::ZERO).await?;
        let for_seconds = u32::from(self.settings_or_default().await.reveal_seconds);
        self.inner.note(&row, What::Revealed, Facts::default()).await;
        // Locked while the value was fetched.
        if self.is_locked() {
            return Err(Error::Locked);
        }
        // Exposed because the person asked to see it.
        Ok(RevealedSecret { value: token.value.expose().to_owned(), for_seconds })
    }
}

fn shaped_for(row: &CredentialRow, value: &Secret, format: Format) -> Result<Secret, Error> {
    let Format::Template(place) = format else { return Ok(shaped(&row.header, &env_name(row), value, format)) };
    let missing = || Error::Invalid { field: "format", why: "this credential has no such shape".to_owned() };
    let template = row.chosen.templates.get(place).ok_or_else(missing)?;
    Ok(shaped(&template.text, "", value, Format::Header))
}

/// Puts a value into the shape that was asked for; a shell takes every shape as text and never as a command.
pub(crate) fn shaped(header: &str, variable: &str, value: &Secret, format: Format) -> Secret {
    // Large enough for every shape: text that grows leaves unwiped copies of its beginning behind.
    let mut line = String::with_capacity(4 * (header.len() + value.len()) + variable.len() + 16);
    // Exposed to be put into the shape.
    let value = value.expose();
    let parts = header.split_once("{}").map_or([header, "", ""], |(before, after)| [before, value, after]);
    match format {
        Format::Raw => line.push_str(value),
        Format::Header | Format::Template(_) => parts.iter().for_each(|part| line.push_str(part)),
        Format::Env => {
            line.push_str(variable);
            line.push('=');
            if value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.+/=:@%".contains(&byte)) {
                line.push_str(value);
            } else {
                push_quoted(&mut line, &[value]);
            }
        }
        Format::Curl => {
            line.push_str("curl -H ");
            push_quoted(&mut line, &parts);
        }
    }
    Secret::new(line)
}

fn push_quoted(line: &mut String, parts: &[&str]) {
    line.push('\'');
    for part in parts.iter().flat_map(|part| part.split_inclusive('\'')) {
        match part.strip_suffix('\'') {
            Some(before) => {
                line.push_str(before);
                line.push_str(r"'\''");
            }
            None => line.push_str(part),
        }
    }
    line.push('\'');
}

/// The name of the `.env` variable: the one that was chosen, or the credential's name in capitals.
pub(crate) fn env_name(row: &CredentialRow) -> String {
    if let Some(chosen) = &row.chosen.env_name {
        return chosen.clone();
    }
    let mut name: String =
        row.name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    let suffix = if row.kind == Kind::ApiKey { "KEY" } else { "TOKEN" };
    if name.ends_with(suffix) { name } else { format!("{name}_{suffix}") }
}
