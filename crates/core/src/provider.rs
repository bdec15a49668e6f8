//! Ready providers, from data, and the tiles of all others.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::discovery::Metadata;
use crate::login::host_of;
use crate::view::{MonogramView, ProviderView};

/// One provider of `providers.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Preset {
    pub(crate) id: String,
    pub(crate) name: String,
    monogram: String,
    tint: String,
    #[serde(default)]
    hint: String,
    pub(crate) issuer: Option<String>,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    #[serde(default)]
    needs_secret: bool,
    #[serde(default)]
    pub(crate) extra: BTreeMap<String, String>,
    pub(crate) clients_page: Option<String>,
    pub(crate) keys_page: Option<String>,
    #[serde(default)]
    prefixes: Vec<String>,
    #[serde(default)]
    oauth: bool,
}

#[derive(Deserialize)]
struct File {
    provider: Vec<Preset>,
}

/// The file is part of the program and checked by a test, so it can't be wrong at run time.
static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    toml::from_str::<File>(include_str!("../providers.toml")).map(|file| file.provider).unwrap_or_default()
});

impl Preset {
    /// Finds a preset by its id.
    pub(crate) fn find(id: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.id == id)
    }

    /// Returns the id of the preset that an issuer belongs to.
    pub(crate) fn of_issuer(issuer: &str) -> Option<String> {
        PRESETS.iter().find(|preset| preset.issuer.as_deref() == Some(issuer)).map(|preset| preset.id.clone())
    }

    /// Returns the endpoints of a provider that publishes none.
    pub(crate) fn metadata(&self) -> Option<Metadata> {
        Some(Metadata {
            issuer: self.issuer.clone()?,
            authorization_endpoint: Some(self.authorization_endpoint.clone()?),
            token_endpoint: self.token_endpoint.clone()?,
            token_endpoint_auth_methods_supported: Some(vec!["client_secret_post".to_owned()]),
            ..Metadata::default()
        })
    }

    fn tile(&self) -> MonogramView {
        MonogramView { code: self.monogram.clone(), tint: self.tint.clone() }
    }
}

/// Returns the ready providers, with the custom issuer last.
#[must_use]
pub fn providers() -> Vec<ProviderView> {
    let mut list: Vec<ProviderView> = PRESETS
        .iter()
        .map(|preset| ProviderView {
            id: preset.id.clone(),
            name: preset.name.clone(),
            monogram: preset.tile(),
            hint: preset.hint.clone(),
            issuer: preset.issuer.clone(),
            scopes: preset.scopes.clone(),
            needs_secret: preset.needs_secret,
            clients_page: preset.clients_page.clone(),
            oauth: preset.oauth,
            api_keys: !preset.prefixes.is_empty() || preset.keys_page.is_some(),
        })
        .collect();
    list.push(ProviderView {
        id: "custom".to_owned(),
        name: "Custom OIDC issuer".to_owned(),
        monogram: MonogramView { code: String::new(), tint: "neutral".to_owned() },
        hint: "+ issuer URL".to_owned(),
        issuer: None,
        // What OpenID Connect servers know; offline_access asks for the refresh token.
        scopes: ["openid", "profile", "email", "offline_access"].map(str::to_owned).to_vec(),
        needs_secret: false,
        clients_page: None,
        oauth: true,
        api_keys: false,
    });
    list
}

/// Guesses the provider's id of a pasted key by its prefix; the longest wins.
#[must_use]
pub fn provider_of_key(start: &str) -> Option<String> {
    let fits =
        |preset: &&Preset| preset.prefixes.iter().filter(|prefix| start.starts_with(*prefix)).map(String::len).max();
    PRESETS
        .iter()
        .filter_map(|preset| fits(&preset).map(|len| (len, preset)))
        .max_by_key(|(len, _)| *len)
        .map(|(_, preset)| preset.id.clone())
}

/// The name and the tile of a provider: a preset's own, or made from what is known.
pub(crate) fn face(provider: Option<&str>, name: &str) -> (String, MonogramView) {
    if let Some(preset) = provider.and_then(Preset::find) {
        return (preset.name.clone(), preset.tile());
    }
    let label = provider.unwrap_or(name);
    (provider.unwrap_or_default().to_owned(), made_tile(label))
}

/// The tile of an issuer.
pub(crate) fn issuer_face(issuer: &str) -> (String, MonogramView) {
    if let Some(preset) = Preset::of_issuer(issuer).as_deref().and_then(Preset::find) {
        return (preset.name.clone(), preset.tile());
    }
    let host = host_of(issuer);
    let tile = made_tile(&host);
    (host, tile)
}

/// First two letters of the host's main label; the tint is a hash of the whole (DESIGN.md section 2).
fn made_tile(label: &str) -> MonogramView {
    let main = main_label(label);
    let mut letters = main.chars().filter(|c| c.is_alphanumeric());
    let code: String = match (letters.next(), letters.next()) {
        (Some(first), Some(second)) => first.to_uppercase().chain(second.to_lowercase()).collect(),
        (Some(only), None) => only.to_uppercase().collect(),
        _ => "?".to_owned(),
    };
    let hash = label
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let tint = ["neutral", "h1", "h2", "h3", "h4"][usize::try_from(hash % 5).unwrap_or(0)];
    MonogramView { code, tint: tint.to_owned() }
}

/// `id.northwind.example` → `northwind`; a name or an address stays what it is.
pub(crate) fn main_label(host: &str) -> &str {
    let labels: Vec<&str> = host.split('.').collect();
    match labels.as_slice() {
        [.., main, _] if !host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => main,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_provider_data_is_sound() {
        let file: File = toml::from_str(include_str!("../providers.toml")).unwrap();
        for preset in &file.provider {
            assert!(["neutral", "h1", "h2", "h3", "h4"].contains(&preset.tint.as_str()), "{}", preset.id);
            assert!((1..=2).contains(&preset.monogram.chars().count()), "{}", preset.id);
            let urls = [
                &preset.issuer,
                &preset.authorization_endpoint,
                &preset.token_endpoint,
                &preset.clients_page,
                &preset.keys_page,
            ];
            for url in urls.into_iter().flatten() {
                assert!(url.starts_with("https://") && url::Url::parse(url).is_ok(), "{url}");
            }
            assert_eq!(preset.authorization_endpoint.is_some(), preset.token_endpoint.is_some(), "{}", preset.id);
            let useful = preset.oauth || preset.keys_page.is_some();
            assert!(useful, "{}", preset.id);
        }
        let mut ids: Vec<_> = file.provider.iter().map(|preset| &preset.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), file.provider.len());
    }

    #[test]
    fn a_pasted_key_names_its_provider() {
        assert_eq!(provider_of_key("ghp_x").as_deref(), Some("github"));
        assert_eq!(provider_of_key("sk_live_x").as_deref(), Some("stripe"));
        assert_eq!(provider_of_key("sk-x").as_deref(), Some("openai"));
        assert_eq!(provider_of_key("hello"), None);
    }

    #[test]
    fn a_tile_is_made_of_the_host_s_main_label() {
        assert_eq!(made_tile("id.northwind.example").code, "No");
        assert_eq!(made_tile("127.0.0.1").code, "12");
        assert_eq!(made_tile("é").code, "É");
        assert_eq!(made_tile("").code, "?");
    }
}
