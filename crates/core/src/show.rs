//! One credential as people and scripts see it, without its secrets.

use jiff::{SignedDuration, Timestamp};

use crate::catalog::{CredentialRow, Entry, GrantKind, LoginRow, LoginSettings, LoginState};
use crate::credential::{CredentialId, Kind};
use crate::discovery::{is_local, issuer_url};
use crate::error::{Error, OrNone as _};
use crate::log::activity;
use crate::provider::Providers;
use crate::quick_copy::env_name;
use crate::refresh::stored_error;
use crate::sentence::sentence;
use crate::slots::Slot;
use crate::status::{self, State};
use crate::vault::Vault;
use crate::view::{ChosenView, CredentialView, ErrorView, KeyVersionView, MonogramView, OutlookView, TwinView};

/// How many of the latest uses the overview shows.
const RECENT: u32 = 4;

impl Vault {
    /// Returns everything that may be shown of a credential. Reads no secret and asks nobody.
    ///
    /// # Errors
    /// [`Error::NotFound`], or a storage error.
    pub async fn show(&self, id: CredentialId) -> Result<CredentialView, Error> {
        let inner = &self.inner;
        let entry = inner.entry(id).await?;
        let now = inner.ports.clock.now();
        let twins = match &entry.credential.fingerprint {
            Some(fingerprint) => self.twins(id, fingerprint).await?,
            None => Vec::new(),
        };
        let versions = inner.catalog.versions(id).await?;
        let recent = inner.catalog.activity(id, RECENT).await?;
        let unsaved = inner.catalog.journal(id).await?.is_some_and(|row| row.sealed.is_some());
        inner.read_clocks().await;
        let soon = self.settings_or_default().await.soon();
        let mut view = self.base(&entry, now, soon);
        view.unsaved = unsaved;
        view.also_in = twins;
        view.recent = recent.iter().map(activity).collect();
        view.versions = versions
            .iter()
            .map(|version| KeyVersionView {
                version: version.version,
                from: version.since,
                until: version.until,
                fingerprint: grouped(&version.fingerprint, 2),
                revoked: version.until.and(version.revoked),
            })
            .collect();
        Ok(view)
    }

    async fn twins(&self, id: CredentialId, fingerprint: &str) -> Result<Vec<TwinView>, Error> {
        let entries = self.inner.catalog.twins(id, fingerprint).await?;
        Ok(entries
            .into_iter()
            .map(|entry| entry.credential)
            .map(|row| TwinView { id: row.id.to_string(), name: row.name, environment: row.environment })
            .collect())
    }

    fn base(&self, entry: &Entry, now: Timestamp, soon: SignedDuration) -> CredentialView {
        let mut view = self.plain(entry, now, soon);
        if let Some(jwt) = &entry.credential.chosen.jwt {
            view.issuer.clone_from(&jwt.issuer);
            view.access_token_issued_at = jwt.issued_at;
            view.access_token_expires_at = jwt.expires_at;
            view.access_token_alg = Some(jwt.alg.clone());
        }
        view
    }

    /// What is there of every kind.
    fn plain(&self, entry: &Entry, now: Timestamp, soon: SignedDuration) -> CredentialView {
        let row = &entry.credential;
        let login = entry.login.as_deref();
        let state = status::of(entry, now, soon, self.inner.flights.is_flying(row.id));
        let (provider_name, monogram) = tile(&self.inner.providers(), row, login);
        let settings = login.map(|login| &login.settings);
        let local = settings.is_some_and(|settings| issuer_url(&settings.issuer).is_ok_and(|url| is_local(&url)));
        CredentialView {
            id: row.id.to_string(),
            name: row.name.clone(),
            kind: row.kind,
            provider: row.provider.clone(),
            provider_name,
            monogram,
            issuer: settings.map(|settings| settings.issuer.clone()),
            local,
            account: row.account.clone(),
            environment: row.environment,
            status: state.status,
            line: state.line,
            tone: state.tone,
            scopes: login.map(|login| login.granted_scopes.clone()).unwrap_or_default(),
            requested_scopes: settings.map(|settings| settings.scopes.clone()).unwrap_or_default(),
            audience: settings.and_then(|settings| settings.audience.clone()),
            client_id: settings.map(|settings| settings.client_id.clone()),
            token_endpoint: settings.map(|settings| settings.token_endpoint.clone()),
            access_token_issued_at: login.and_then(|login| login.access_issued_at),
            access_token_expires_at: login.and_then(|login| login.access_expires_at),
            access_token_alg: login.and_then(|login| login.access_alg.clone()),
            shown_start: row.shown_start.clone(),
            shown_end: row.shown_end.clone(),
            value_len: row.value_len,
            next_refresh_at: login.and_then(|login| login.refresh_at),
            refresh_generation: row.generation,
            rotations: login.map_or(0, |login| login.rotations),
            last_refresh_at: login.and_then(|login| login.refreshed_at),
            sign_in_ends_at: login.and_then(|login| login.sign_in_ends_at),
            outlook: self.outlook(row, login),
            chosen: self.chosen(entry, &state, soon),
            renews: login.is_some_and(|login| login.renews),
            token_type: if settings.is_some_and(|settings| settings.dpop) { "DPoP" } else { "Bearer" }.to_owned(),
            offers: settings.map(offers).unwrap_or_default(),
            unsaved: false,
            last_error: login.and_then(|login| last_error(login, &row.name, now)),
            tags: row.tags.clone(),
            note: row.note.clone(),
            header: row.header.clone(),
            env_name: env_name(row),
            created_at: row.created_at,
            value_since: row.value_since,
            rotate_by: row.rotate_by,
            rotate_every_days: row.rotate_every_days,
            last_used_at: row.last_used_at,
            fingerprint: row.fingerprint.as_deref().map(|fingerprint| grouped(fingerprint, 16)),
            also_in: Vec::new(),
            versions: Vec::new(),
            keychain: self.inner.ports.keychain.name(),
            keychain_item: self.inner.slots.item(row.id, Slot::of(row.generation)).0,
            provider_page: page(&self.inner.providers(), row, login.is_some()),
            recent: Vec::new(),
        }
    }
}

impl Vault {
    /// What is known beyond the token of the moment.
    fn outlook(&self, row: &CredentialRow, login: Option<&LoginRow>) -> OutlookView {
        let Some(login) = login else { return OutlookView::default() };
        let ahead = self.inner.ahead_at(login.settings.refresh_endpoint()).as_secs();
        let alive = login.refresh_at.is_some() && matches!(login.state, LoginState::Ok | LoginState::Waiting);
        let known = self.inner.known_refresh(row).filter(|_| login.renews && alive);
        OutlookView {
            sign_in_end_usual: login.sign_in_end_usual,
            idle_days: known.and_then(|known| known.idle_days),
            failing_since: login.failing_since,
            provider_clock_ahead: Some(ahead).filter(|ahead| *ahead != 0),
        }
    }
}

impl Vault {
    /// What the person decided about it.
    fn chosen(&self, entry: &Entry, state: &State, soon: SignedDuration) -> ChosenView {
        let chosen = &entry.credential.chosen;
        let jwt = chosen.jwt.as_ref();
        ChosenView {
            pinned: chosen.pinned,
            paused: chosen.paused,
            let_expire: chosen.let_end.is_some() && chosen.let_end == status::end_of(entry, state),
            can_let_expire: self.end_to_let_come(entry, soon).is_some(),
            lead_seconds: chosen.lead_seconds,
            env_name_chosen: chosen.env_name.is_some(),
            templates: chosen.templates.clone(),
            not_before: jwt.and_then(|jwt| jwt.not_before),
            jwks: jwt.and_then(|jwt| jwt.jwks.clone()),
        }
    }
}

/// What went wrong last, if it still matters.
fn last_error(login: &LoginRow, name: &str, now: Timestamp) -> Option<ErrorView> {
    let error = Some(login).filter(|login| login.state != LoginState::Ok).and_then(|login| stored_error(login, now));
    error.map(|error| sentence(&error, Some(name)))
}

/// What can be asked of the provider beyond tokens.
fn offers(settings: &LoginSettings) -> Vec<String> {
    let endpoints = &settings.endpoints;
    let known = [
        ("revoke", settings.revocation_endpoint.is_some()),
        ("introspect", endpoints.introspection.is_some()),
        ("userinfo", endpoints.userinfo.is_some() && settings.grant != GrantKind::ClientCredentials),
        ("sign_out", endpoints.end_session.is_some() && settings.grant != GrantKind::ClientCredentials),
    ];
    known.into_iter().filter(|(_, offered)| *offered).map(|(what, _)| what.to_owned()).collect()
}

/// The provider's name and tile.
pub(crate) fn tile(providers: &Providers, row: &CredentialRow, login: Option<&LoginRow>) -> (String, MonogramView) {
    tile_of(providers, row.provider.as_deref(), &row.name, login.map(|login| login.settings.issuer.as_str()))
}

/// The provider's name and tile, of its parts.
pub(crate) fn tile_of(
    providers: &Providers,
    provider: Option<&str>,
    name: &str,
    issuer: Option<&str>,
) -> (String, MonogramView) {
    match (provider.and_then(|id| providers.find(id)), issuer) {
        (None, Some(issuer)) => providers.issuer_face(issuer),
        _ => providers.face(provider, name),
    }
}

/// Where a credential is ended by hand: the provider's list of sign-ins, or that of its keys.
fn page(providers: &Providers, row: &CredentialRow, is_login: bool) -> Option<String> {
    let provider = providers.find(row.provider.as_deref()?)?;
    let sign_ins = provider.oauth.as_ref().filter(|_| is_login).and_then(|oauth| oauth.revoke_page.clone());
    sign_ins.or_else(|| provider.keys_page.clone())
}

/// Writes hexadecimal digits in groups of four, the first `groups` of them.
pub(crate) fn grouped(hex: &str, groups: usize) -> String {
    let chunks: Vec<&str> =
        hex.as_bytes().chunks(4).take(groups).filter_map(|c| std::str::from_utf8(c).ok_or_none()).collect();
    chunks.join(" ")
}

/// What stands in the list's second line when there is no account.
pub(crate) fn account_line(row: &CredentialRow, login: Option<&LoginRow>) -> String {
    let client = login.map(|login| login.settings.client_id.as_str());
    account_words(row.account.as_deref(), client, row.kind, (&row.shown_start, &row.shown_end), &row.note)
}

/// The same, of its parts.
pub(crate) fn account_words(
    account: Option<&str>,
    client_id: Option<&str>,
    kind: Kind,
    (start, end): (&str, &str),
    note: &str,
) -> String {
    match (account, client_id) {
        (Some(account), _) => account.to_owned(),
        (None, Some(client_id)) => client_id.to_owned(),
        (None, None) if kind == Kind::ApiKey && !end.is_empty() => format!("{start}…{end}"),
        (None, None) => note.lines().next().unwrap_or_default().to_owned(),
    }
}

impl Vault {
    /// Returns all credentials in the order of their names, without what belongs to one alone: twins, versions,
    /// the latest uses.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn show_all(&self) -> Result<Vec<CredentialView>, Error> {
        let now = self.inner.ports.clock.now();
        let entries = self.inner.catalog.entries().await?;
        let soon = self.settings_or_default().await.soon();
        self.inner.read_clocks().await;
        Ok(entries.iter().map(|entry| self.base(entry, now, soon)).collect())
    }
}
