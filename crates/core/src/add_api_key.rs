//! Adds and rotates API keys.
//!
//! A key is written like a refresh token: into the slot of its generation, read back, then committed, then the
//! old slot is emptied. So a crash in between leaves the key that the database names.

use jiff::{SignedDuration, Timestamp, civil};

use crate::activity::Facts;
use crate::catalog::{Catalog, Chosen, CredentialRow, Entry, What};
use crate::credential::{CredentialId, Kind};
use crate::error::{Error, OrNone as _};
use crate::health::facts::of_value;
use crate::masked::shown;
use crate::paste_jwt::read_jwt;
use crate::secret::Secret;
use crate::slots::{Envelope, Found, Slot};
use crate::vault::Vault;
use crate::view::{AddApiKeyInput, CredentialView};

/// How a credential is sent unless said otherwise.
pub(crate) const BEARER: &str = "Authorization: Bearer {}";
/// When a key is to be rotated unless said otherwise.
const ROTATE_EVERY: &str = "90d";
/// The longest key that is taken, in bytes.
const LONGEST_KEY: usize = 64 * 1024;

impl Vault {
    /// Stores a new API key.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what can't be used, [`Error::NameTaken`], [`Error::DuplicateValue`] when the same
    /// value is there already and `allow_twin` is off; keychain and storage errors as they are.
    pub async fn add_api_key(&self, input: AddApiKeyInput) -> Result<CredentialView, Error> {
        check_name(&input.name)?;
        check_value(&input.value)?;
        let inner = &self.inner;
        let now = inner.ports.clock.now();
        let (rotate_by, rotate_every_days) = rotate_by(input.rotate_by.as_deref(), now)?;
        let header = input.header.clone().unwrap_or_else(|| BEARER.to_owned());
        check_header(&header)?;
        let account = input.account.clone().filter(|account| !account.is_empty());
        let row = CredentialRow {
            id: CredentialId::random(),
            name: input.name,
            kind: Kind::ApiKey,
            provider: input.provider.filter(|provider| !provider.is_empty()),
            account,
            environment: input.environment,
            tags: input.tags,
            note: input.note,
            header,
            created_at: now,
            value_since: now,
            rotate_by,
            rotate_every_days,
            last_used_at: None,
            generation: 0,
            fingerprint: None,
            shown_start: String::new(),
            shown_end: String::new(),
            value_len: 0,
            chosen: Chosen::default(),
        };
        self.store_new(row, input.value, None, input.allow_twin).await
    }

    /// Stores a new credential with the value that the person gave, and the secret that its signature is checked with.
    pub(crate) async fn store_new(
        &self,
        mut row: CredentialRow,
        value: Secret,
        check_secret: Option<Secret>,
        allow_twin: bool,
    ) -> Result<CredentialView, Error> {
        let inner = &self.inner;
        let entries = inner.catalog.entries().await?;
        if entries.iter().any(|entry| entry.credential.name == row.name && entry.credential.account == row.account) {
            return Err(Error::NameTaken(row.name));
        }
        let fingerprint = inner.sealer().await?.fingerprint(&value);
        if !allow_twin {
            refuse_twin(&entries, &fingerprint)?;
        }
        describe_value(&mut row, &value, &fingerprint);
        let facts = of_value(&row, &value);
        let held = inner.locks.hold(&row.id.to_string()).await?;
        let stored = async {
            inner.slots.write(&self.key_envelope(&row, value), &label(&row)).await?;
            if let Some(secret) = &check_secret {
                inner.slots.set_client_secret(row.id, &label(&row), secret).await?;
            }
            let mut tx = inner.catalog.begin().await?;
            Catalog::insert(&mut tx, &row).await?;
            Catalog::new_version(&mut tx, row.id, row.value_since, &fingerprint, false).await?;
            Catalog::put_facts(&mut tx, row.id, &facts).await?;
            tx.commit().await.map_err(Error::from)
        };
        if let Err(error) = stored.await {
            // The person still has the value and is told so; no item without a row stays behind.
            drop(inner.slots.remove_all(row.id).await);
            return Err(error);
        }
        drop(held);
        inner.note(&row, What::Added, Facts::default()).await;
        inner.changed(vec![row.id]);
        self.show(row.id).await
    }

    /// Replaces the value of an API key, or a pasted token. `old_revoked` is what the person says of the old one.
    ///
    /// # Errors
    /// [`Error::WrongKind`] for a login, which renews itself; otherwise as [`Self::add_api_key`].
    pub async fn rotate_api_key(
        &self,
        id: CredentialId,
        value: Secret,
        old_revoked: bool,
    ) -> Result<CredentialView, Error> {
        check_value(&value)?;
        let inner = &self.inner;
        let _held = inner.locks.hold(&id.to_string()).await?;
        let mut row = inner.entry(id).await?.credential;
        if !matches!(row.kind, Kind::ApiKey | Kind::Jwt) {
            return Err(Error::WrongKind("only an API key is rotated by hand; a login renews itself"));
        }
        let now = inner.ports.clock.now();
        let fingerprint = inner.sealer().await?.fingerprint(&value);
        if row.fingerprint.as_ref() == Some(&fingerprint) {
            return Err(Error::Invalid { field: "key", why: "this is the key that is stored already".to_owned() });
        }
        if let Some(jwt) = &row.chosen.jwt {
            row.chosen.jwt = Some(read_jwt(&value, jwt.issuer.clone(), jwt.jwks.clone(), now)?);
        }
        let old = Slot::of(row.generation);
        row.generation += 1;
        row.value_since = now;
        describe_value(&mut row, &value, &fingerprint);
        row.rotate_by = match row.rotate_every_days {
            Some(days) => in_days(now, days),
            // A date that is past now was meant for the old key.
            None => row.rotate_by.filter(|date| *date > now),
        };
        let facts = of_value(&row, &value);
        inner.slots.write(&self.key_envelope(&row, value), &label(&row)).await?;
        let mut tx = inner.catalog.begin().await?;
        Catalog::commit_key(&mut tx, &row).await?;
        Catalog::put_jwt(&mut tx, id, row.chosen.jwt.as_ref()).await?;
        Catalog::new_version(&mut tx, id, now, &fingerprint, old_revoked).await?;
        Catalog::put_facts(&mut tx, id, &facts).await?;
        tx.commit().await?;
        inner.slots.clear(id, old).await?;
        let version = inner.catalog.versions(id).await.unwrap_or_default().first().map(|version| version.version);
        inner.note(&row, What::Rotated, Facts { version, old_revoked: Some(old_revoked), ..Facts::default() }).await;
        inner.changed(vec![id]);
        self.show(id).await
    }

    /// Reads the value of an API key or a pasted token.
    pub(crate) async fn key_value(&self, row: &CredentialRow) -> Result<Secret, Error> {
        match self.inner.slots.read(row.id, Slot::of(row.generation)).await? {
            Found::Good(envelope) if envelope.generation == row.generation => Ok(envelope.value),
            _ => Err(Error::ItemLost),
        }
    }

    fn key_envelope(&self, row: &CredentialRow, value: Secret) -> Envelope {
        Envelope {
            credential: row.id,
            device: self.inner.device.clone(),
            generation: row.generation,
            issuer: String::new(),
            client_id: String::new(),
            token_endpoint: String::new(),
            value,
            dpop: None,
        }
    }
}

/// Notes what may be shown of a value.
fn describe_value(row: &mut CredentialRow, value: &Secret, fingerprint: &str) {
    row.fingerprint = Some(fingerprint.to_owned());
    (row.shown_start, row.shown_end) = shown(value, row.kind == Kind::Jwt);
    row.value_len = u64::try_from(value.len()).unwrap_or(0);
}

fn refuse_twin(entries: &[Entry], fingerprint: &str) -> Result<(), Error> {
    match entries.iter().find(|entry| entry.credential.fingerprint.as_deref() == Some(fingerprint)) {
        None => Ok(()),
        Some(twin) => Err(Error::DuplicateValue {
            id: twin.credential.id.to_string(),
            name: twin.credential.name.clone(),
            environment: crate::catalog::word(twin.credential.environment)?,
        }),
    }
}

fn label(row: &CredentialRow) -> String {
    format!("Fobwatch: {}", row.name)
}

/// Refuses a name that could not be shown or typed.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    let why = if name.trim().is_empty() {
        "give it a name"
    } else if name.chars().count() > 200 {
        "a name has at most 200 characters"
    } else if name.chars().any(char::is_control) || name.trim() != name {
        "a name has no control characters, and no spaces at its ends"
    } else {
        return Ok(());
    };
    Err(Error::Invalid { field: "name", why: why.to_owned() })
}

/// Refuses what is no single line.
pub(crate) fn check_value(value: &Secret) -> Result<(), Error> {
    // Exposed to look at its characters.
    let text = value.expose();
    let why = if text.is_empty() {
        "there is no key; give it on standard input or in the field"
    } else if text.len() > LONGEST_KEY {
        "a key has at most 65,536 bytes"
    } else if text.chars().any(char::is_control) {
        "a key is one line without control characters"
    } else if text.trim() != text {
        "the key has spaces at its ends; copy it without them"
    } else {
        return Ok(());
    };
    Err(Error::Invalid { field: "key", why: why.to_owned() })
}

/// Refuses a header that could not be sent.
pub(crate) fn check_header(header: &str) -> Result<(), Error> {
    let fits = header.split_once(": ").is_some_and(|(name, rest)| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_!#$%&'*+.^`|~".contains(&byte))
            && rest.matches("{}").count() == 1
            && rest.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
    });
    let why = "write it as a header with {} for the key: X-API-Key: {}".to_owned();
    if fits { Ok(()) } else { Err(Error::Invalid { field: "header", why }) }
}

/// Reads `90d`, a date, or `none`; 90 days when absent.
pub(crate) fn rotate_by(text: Option<&str>, now: Timestamp) -> Result<(Option<Timestamp>, Option<i64>), Error> {
    let text = text.unwrap_or(ROTATE_EVERY).trim();
    if text.eq_ignore_ascii_case("none") {
        return Ok((None, None));
    }
    let bad = |why: &str| Err(Error::Invalid { field: "rotate_by", why: why.to_owned() });
    if let Some(days) = text.strip_suffix('d') {
        return match days.parse::<i64>() {
            Ok(days @ 1..=3650) => Ok((in_days(now, days), Some(days))),
            _ => bad("give 1 to 3650 days, like 90d"),
        };
    }
    let date = text
        .parse::<civil::Date>()
        .ok_or_none()
        .and_then(|date| date.to_zoned(jiff::tz::TimeZone::system()).ok_or_none())
        .map(|day| day.timestamp());
    match date {
        Some(at) if at > now => Ok((Some(at), None)),
        Some(_) => bad("that day is past"),
        None => bad("give a span like 90d, a date like 2026-03-01, or none"),
    }
}

pub(crate) fn in_days(now: Timestamp, days: i64) -> Option<Timestamp> {
    now.checked_add(SignedDuration::from_hours(days * 24)).ok_or_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotate_by_is_a_span_a_date_or_none() {
        let now: Timestamp = "2025-10-16T13:17:00Z".parse().unwrap();
        assert_eq!(rotate_by(None, now).unwrap().1, Some(90));
        assert_eq!(rotate_by(Some("30d"), now).unwrap(), (in_days(now, 30), Some(30)));
        assert_eq!(rotate_by(Some("none"), now).unwrap(), (None, None));
        assert!(rotate_by(Some("2026-03-01"), now).unwrap().0.is_some());
        for bad in ["", "soon", "0d", "-1d", "99999d", "2024-01-01", "2026-13-01"] {
            assert!(rotate_by(Some(bad), now).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_header_template_has_one_place_for_the_key() {
        for good in [BEARER, "X-API-Key: {}", "Authorization: token {}"] {
            assert!(check_header(good).is_ok(), "{good}");
        }
        for bad in ["", "X-API-Key", "X-API-Key: ", "X: {} {}", "X Y: {}", "X: {}\r\nEvil: 1", ": {}"] {
            assert!(check_header(bad).is_err(), "{bad}");
        }
    }
}
