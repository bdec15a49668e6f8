//! Providers as data: the ready ones, and those that a person wrote down.
//!
//! Invariant: one id is one provider, and one issuer has one set of endpoints (RFC 9207 §4): whoever writes a file
//! can add a provider, and can't change where another one signs in. A file that is wrong is told with its line and
//! hides nothing else.

mod check;
mod check_oauth;
mod entry;
mod file;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod shape;
mod template;
mod tile;
mod user_files;

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

pub use self::check::Finding;
use self::check::{Checked, read};
use self::entry::Claim;
pub(crate) use self::entry::{Oauth, Provider, Refresh};
use self::tile::made_tile;
pub(crate) use self::tile::main_label;
use crate::login::host_of;
use crate::vault::{Vault, lock};
use crate::view::{MonogramView, ProviderView};

/// The data that is part of the program.
const BUILT_IN: &str = include_str!("../../providers.toml");

/// The built-in data is checked by a test, so nothing of it is missing at run time.
static READY: LazyLock<Providers> = LazyLock::new(|| {
    let (checked, _) = read("providers.toml", BUILT_IN, true);
    let mut providers = Providers { list: Arc::default() };
    for one in checked {
        drop(providers.add("providers.toml", one));
    }
    providers.introduce();
    providers
});

/// The providers that are known: the ready ones first, then those of the person's files.
#[derive(Debug, Clone)]
pub struct Providers {
    list: Arc<Vec<Provider>>,
}

impl Providers {
    /// The ready ones alone.
    #[must_use]
    pub fn built_in() -> Self {
        READY.clone()
    }

    /// The ready ones and those in the folder `providers` of a vault's home, with what is wrong there.
    #[must_use]
    pub fn of_home(home: &Path) -> (Self, Vec<Finding>) {
        Self::with(user_files::of_home(home))
    }

    fn with(files: Vec<user_files::Read>) -> (Self, Vec<Finding>) {
        let (mut providers, mut findings) = (Self::built_in(), Vec::new());
        for file in files {
            match file {
                Ok((name, text)) => {
                    let (checked, wrong) = read(&name, &text, false);
                    findings.extend(wrong);
                    findings.extend(checked.into_iter().filter_map(|one| providers.add(&name, one).err()));
                }
                Err(finding) => findings.push(finding),
            }
        }
        providers.introduce();
        (providers, findings)
    }

    /// Tells every provider whose issuer has places which issuers belong to others.
    fn introduce(&mut self) {
        let claims: Vec<(String, Claim)> =
            self.list.iter().filter_map(|one| Some((one.id.clone(), one.oauth.as_ref()?.claim()?))).collect();
        for one in Arc::make_mut(&mut self.list) {
            if let Some(oauth) = one.oauth.as_mut().filter(|oauth| !oauth.issuer.is_whole()) {
                oauth.claims = claims.iter().filter(|(id, _)| *id != one.id).map(|(_, claim)| claim.clone()).collect();
            }
        }
    }

    /// Adds one, unless it would stand in the place of another.
    fn add(&mut self, file: &str, new: Checked) -> Result<(), Finding> {
        let refused = |line, message| Err(Finding { file: file.to_owned(), line: Some(line), message });
        if let Some(old) = self.find(&new.provider.id) {
            let id = &old.id;
            let message = match &old.file {
                None => format!("id = “{id}” is a ready provider of Fobwatch; choose another id."),
                Some(other) => format!("id = “{id}” is in {other} already; choose another id."),
            };
            return refused(new.id_line, message);
        }
        if let Some(old) = new.provider.oauth.as_ref().and_then(|oauth| self.rival(oauth)) {
            let message = format!(
                "the issuer is the one of “{}”, with other endpoints. One issuer has one set of endpoints, or a \
                 sign-in could be sent to the wrong server.",
                old.id
            );
            return refused(new.issuer_line, message);
        }
        Arc::make_mut(&mut self.list).push(new.provider);
        Ok(())
    }

    /// Finds a provider that may have this issuer too and signs in elsewhere (RFC 9207 §4).
    fn rival(&self, new: &Oauth) -> Option<&Provider> {
        self.list.iter().find(|old| old.oauth.as_ref().is_some_and(|old| old.is_rival_of(new)))
    }

    /// Whether these are the very same ones, read at the same time.
    pub(crate) fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.list, &other.list)
    }

    /// Finds a provider by its id.
    pub(crate) fn find(&self, id: &str) -> Option<&Provider> {
        self.list.iter().find(|provider| provider.id == id)
    }

    /// Finds the provider that an issuer belongs to.
    pub(crate) fn of_issuer(&self, issuer: &str) -> Option<&Provider> {
        let is_it = |provider: &&Provider| {
            provider.oauth.as_ref().and_then(Oauth::usual_issuer).is_some_and(|usual| usual == issuer)
        };
        self.list.iter().find(is_it)
    }

    /// What is shown of each, with the custom issuer last.
    #[must_use]
    pub fn views(&self) -> Vec<ProviderView> {
        self.list.iter().map(Provider::view).chain([custom()]).collect()
    }

    /// Guesses the provider's id of a pasted key by its prefix; the longest wins.
    #[must_use]
    pub fn of_key(&self, start: &str) -> Option<String> {
        let prefixes =
            self.list.iter().flat_map(|provider| provider.key_prefixes.iter().map(move |prefix| (prefix, provider)));
        let fitting = prefixes.filter(|(prefix, _)| start.starts_with(*prefix));
        fitting.max_by_key(|(prefix, _)| prefix.len()).map(|(_, provider)| provider.id.clone())
    }

    /// The name and the tile of a provider: its own, or made from what is known.
    pub(crate) fn face(&self, provider: Option<&str>, name: &str) -> (String, MonogramView) {
        if let Some(known) = provider.and_then(|id| self.find(id)) {
            return (known.name.clone(), known.tile.clone());
        }
        (provider.unwrap_or_default().to_owned(), made_tile(provider.unwrap_or(name)))
    }

    /// The name and the tile of an issuer.
    pub(crate) fn issuer_face(&self, issuer: &str) -> (String, MonogramView) {
        if let Some(known) = self.of_issuer(issuer) {
            return (known.name.clone(), known.tile.clone());
        }
        let host = host_of(issuer);
        let tile = made_tile(&host);
        (host, tile)
    }
}

/// What stands for an issuer that is typed.
fn custom() -> ProviderView {
    ProviderView {
        id: "custom".to_owned(),
        name: "Custom OIDC issuer".to_owned(),
        monogram: MonogramView { code: String::new(), tint: "neutral".to_owned() },
        hint: "+ issuer URL".to_owned(),
        issuer: None,
        pattern: None,
        // What OpenID Connect servers know; offline_access asks for the refresh token.
        scopes: ["openid", "profile", "email", "offline_access"].map(str::to_owned).to_vec(),
        needs_secret: false,
        clients_page: None,
        oauth: true,
        api_keys: false,
        offers: Vec::new(),
        origin: "built-in".to_owned(),
        fields: Vec::new(),
        known_scopes: Vec::new(),
        redirect: None,
        revoke_page: None,
        facts: Vec::new(),
    }
}

/// Guesses the provider's id of a pasted key among the ready providers.
#[must_use]
pub fn provider_of_key(start: &str) -> Option<String> {
    READY.of_key(start)
}

/// Checks the text of one provider file.
#[must_use]
pub fn check_text(name: &str, text: &str) -> (Vec<ProviderView>, Vec<Finding>) {
    own(Providers::with(vec![Ok((name.to_owned(), text.to_owned()))]))
}

/// Checks provider files without any vault: these, or all in the folder of `home` when there are none.
#[must_use]
pub fn check_files(home: &Path, files: &[PathBuf]) -> (Vec<ProviderView>, Vec<Finding>) {
    let reads = if files.is_empty() {
        user_files::of_home(home)
    } else {
        files.iter().map(|path| user_files::one(path)).collect()
    };
    own(Providers::with(reads))
}

/// What the files add to the ready providers, and what is wrong with them.
fn own((providers, findings): (Providers, Vec<Finding>)) -> (Vec<ProviderView>, Vec<Finding>) {
    let own = providers.list.iter().filter(|provider| provider.file.is_some()).map(Provider::view);
    (own.collect(), findings)
}

impl Vault {
    /// Returns the providers as they are now, after another look at the person's files.
    #[must_use]
    pub fn providers(&self) -> Vec<ProviderView> {
        self.look_at_provider_files();
        self.known_providers().views()
    }

    /// Returns the providers as they were last read.
    #[must_use]
    pub fn known_providers(&self) -> Providers {
        self.inner.providers()
    }

    /// Reads the person's provider files again and returns what is wrong with them.
    pub fn look_at_provider_files(&self) -> Vec<Finding> {
        let (providers, findings) = Providers::of_home(&self.inner.home);
        for finding in &findings {
            tracing::warn!(%finding, "a provider file is wrong");
        }
        *lock(&self.inner.providers) = providers;
        findings
    }
}

#[cfg(test)]
mod broken_files_test;
#[cfg(test)]
mod built_in_test;
#[cfg(test)]
mod sign_in_test;
#[cfg(test)]
mod user_files_test;
