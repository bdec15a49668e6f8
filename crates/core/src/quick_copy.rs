//! Puts the right fresh value where the person needs it: on the clipboard, or into a program.
//!
//! Copying happens here and not in the window: the value never enters the webview. A value on the clipboard is
//! taken away again after a while, if it is still ours.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::activity::{By, Facts};
use crate::catalog::{CredentialRow, What};
use crate::credential::{CredentialId, Kind};
use crate::error::{Error, OrNone as _};
use crate::keychain_state::keychain_failed;
use crate::refresh::FreshToken;
use crate::secret::Secret;
use crate::vault::{Event, Vault, lock};
use crate::view::{ClipboardView, RevealedSecret};

/// How often a clipboard that does not answer is asked to let go of a value.
const CLEAR_TRIES: usize = 10;
/// The pause between two of these.
const CLEAR_AGAIN: Duration = Duration::from_secs(5);
/// A copied token lasts at least this long, where the provider gives that much.
pub const COPY_VALIDITY: Duration = Duration::from_mins(1);
/// The longest plain text that is copied, in bytes.
const LONGEST_TEXT: usize = 64 * 1024;

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

/// A copied value that is still ours to clear.
pub(crate) struct OnClipboard {
    value: Secret,
    /// None: it stays until something else is copied, the window locks or the program ends.
    clears_at: Option<Timestamp>,
    for_seconds: u32,
}

impl OnClipboard {
    fn view(&self) -> ClipboardView {
        ClipboardView { clears_at: self.clears_at, for_seconds: self.for_seconds }
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
    async fn used(&self, row: &CredentialRow, by: By, what: What, facts: Facts) {
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

    /// Puts a value of a credential onto the clipboard, notes the use, and sees to it that it is taken away again.
    pub(crate) async fn put_for_a_while(
        &self,
        row: &CredentialRow,
        value: Secret,
        by: By,
        facts: Facts,
    ) -> Result<ClipboardView, Error> {
        self.put_several_for_a_while(&[row], value, by, facts).await
    }

    /// As [`Vault::put_for_a_while`], of a text that holds values of several credentials.
    pub(crate) async fn put_several_for_a_while(
        &self,
        rows: &[&CredentialRow],
        value: Secret,
        by: By,
        facts: Facts,
    ) -> Result<ClipboardView, Error> {
        let view = self.put(value).await?;
        for row in rows {
            self.used(row, by, What::Copied, facts.clone()).await;
        }
        self.unless_locked(view).await
    }

    /// Puts a value that belongs to no credential onto the clipboard, and sees to it that it is taken away again.
    pub(crate) async fn put_unnamed(&self, value: Secret) -> Result<ClipboardView, Error> {
        let view = self.put(value).await?;
        self.unless_locked(view).await
    }

    /// Takes a value away at once if the window was locked while it was fetched: nobody who is in front of it now
    /// asked for it.
    async fn unless_locked(&self, view: ClipboardView) -> Result<ClipboardView, Error> {
        if self.is_locked() {
            self.clear_clipboard().await;
            return Err(Error::Locked);
        }
        Ok(view)
    }

    async fn put(&self, value: Secret) -> Result<ClipboardView, Error> {
        let for_seconds = u32::from(self.settings_or_default().await.clear_clipboard_seconds);
        let after = SignedDuration::from_secs(i64::from(for_seconds));
        let end = self.inner.ports.clock.now().checked_add(after).unwrap_or(Timestamp::MAX);
        let clears_at = Some(end).filter(|_| for_seconds > 0);
        let ours = OnClipboard { value: value.clone(), clears_at, for_seconds };
        let view = ours.view();
        // Before the value is there: a caller that goes away meanwhile must not leave it for ever.
        let before = lock(&self.inner.on_clipboard).replace(ours);
        if let Some(at) = clears_at {
            self.clear_at(at);
        }
        if let Err(error) = self.inner.ports.clipboard.put(&value).await {
            *lock(&self.inner.on_clipboard) = before;
            return Err(error.into());
        }
        drop(self.inner.events.send(Event::Clipboard));
        Ok(view)
    }

    fn clear_at(&self, clears_at: Timestamp) {
        let inner = std::sync::Arc::downgrade(&self.inner);
        let clock = self.inner.ports.clock.clone();
        // Not an owned task: quitting clears at once and need not wait for the timer.
        #[expect(clippy::disallowed_methods, reason = "the timer must not hold up the vault's end")]
        drop(tokio::spawn(async move {
            while let Ok(left) = Duration::try_from(clears_at.duration_since(clock.now()))
                && !left.is_zero()
            {
                clock.sleep(left).await;
            }
            // A clipboard that does not answer just now is asked again a few times.
            for _ in 0..CLEAR_TRIES {
                let Some(inner) = inner.upgrade() else { return };
                let vault = Self { inner };
                let due =
                    lock(&vault.inner.on_clipboard).as_ref().is_some_and(|copied| copied.clears_at == Some(clears_at));
                if !due {
                    return;
                }
                vault.clear_clipboard().await;
                drop(vault);
                clock.sleep(CLEAR_AGAIN).await;
            }
        }));
    }

    /// Copies text that is no secret (an address, a fingerprint, a claim). It stays on the clipboard.
    ///
    /// # Errors
    /// [`Error::Invalid`] for text over 64 KiB, and [`Error::Clipboard`].
    pub async fn copy_text(&self, text: &str) -> Result<(), Error> {
        if text.len() > LONGEST_TEXT {
            return Err(Error::Invalid { field: "text", why: "it is longer than 65,536 bytes".to_owned() });
        }
        self.inner.ports.clipboard.put(&Secret::new(text)).await?;
        // Our value was replaced, so there is nothing left to take away.
        if lock(&self.inner.on_clipboard).take().is_some() {
            drop(self.inner.events.send(Event::Clipboard));
        }
        Ok(())
    }

    /// Takes our value off the clipboard now, if it is still there. Something copied since stays.
    pub async fn clear_clipboard(&self) {
        let Some(copied) = lock(&self.inner.on_clipboard).take() else { return };
        if let Err(error) = self.inner.ports.clipboard.clear_if(&copied.value).await {
            tracing::warn!(%error, "the clipboard was not cleared");
            // It may be there still, unless something was copied since.
            lock(&self.inner.on_clipboard).get_or_insert(copied);
        }
        drop(self.inner.events.send(Event::Clipboard));
    }

    /// Returns what is on the clipboard by us.
    #[must_use]
    pub fn clipboard(&self) -> Option<ClipboardView> {
        lock(&self.inner.on_clipboard).as_ref().map(OnClipboard::view)
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

#[cfg(test)]
#[path = "quick_copy_test.rs"]
mod tests;
