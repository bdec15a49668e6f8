//! One provider whose entry was checked: where to sign in, how to ask, what to expect.

use std::collections::BTreeMap;

use serde_json::json;
use url::Url;

use super::template::{self, Template};
use crate::discovery::Metadata;
use crate::error::{Error, OrNone as _};
use crate::quirks::Quirks;
use crate::view::{MonogramView, ProviderFieldView, ProviderScopeView, ProviderView};

/// A provider.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) tile: MonogramView,
    /// The file it came from; none for one that is part of the program.
    pub(crate) file: Option<String>,
    pub(crate) keys_page: Option<String>,
    pub(crate) key_prefixes: Vec<String>,
    pub(crate) oauth: Option<Oauth>,
}

/// How to sign in at a provider.
#[derive(Debug, Clone)]
pub(crate) struct Oauth {
    pub(crate) issuer: Template,
    /// By their names in RFC 8414; none when the issuer publishes them itself.
    pub(crate) endpoints: BTreeMap<&'static str, Template>,
    /// By their names in RFC 8414.
    pub(crate) client_auth: Vec<&'static str>,
    pub(crate) needs_secret: bool,
    pub(crate) pkce: Option<bool>,
    /// The redirect address to register; without a port, any will do.
    pub(crate) redirect: Option<Url>,
    pub(crate) fields: Vec<ProviderFieldView>,
    pub(crate) scopes: Vec<ProviderScopeView>,
    pub(crate) authorization_params: BTreeMap<String, String>,
    pub(crate) refresh: Refresh,
    /// Its `refresh_endpoint` may have places.
    pub(crate) quirks: Quirks,
    pub(crate) clients_page: Option<String>,
    pub(crate) revoke_page: Option<String>,
    pub(crate) note: String,
    /// The issuers of all others, for an issuer that is known only when its places are filled.
    pub(super) claims: Vec<Claim>,
}

/// Addresses by their names in RFC 8414.
type Ends<T> = BTreeMap<&'static str, T>;

/// An issuer, and where one signs in there.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    issuer: Template,
    ends: Ends<Template>,
}

impl Claim {
    /// Tells whether this is the issuer of somebody who signs in elsewhere (RFC 9207 §4).
    fn refuses(&self, issuer: &str, ends: &Ends<String>) -> bool {
        let values = self.issuer.canonical().values_of(Template::new(issuer).canonical().text());
        values.is_some_and(|values| filled(&self.ends, &values).as_ref() != Some(ends))
    }
}

/// How refresh tokens behave here, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Refresh {
    /// What it takes to get one, in words: "the scope `offline_access`".
    pub(crate) needs: Option<String>,
    /// Whether every use brings a new one.
    pub(crate) rotates: Option<bool>,
    /// How long the one before still works.
    pub(crate) grace_seconds: Option<i64>,
    /// Whether using an old one ends the whole sign-in.
    pub(crate) replay_ends_sign_in: Option<bool>,
    /// How long a sign-in lasts at most.
    pub(crate) lifetime_days: Option<i64>,
    /// How long a sign-in lasts without use.
    pub(crate) idle_days: Option<i64>,
}

/// Where a person signs in, with everything filled in.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) issuer: String,
    /// None when the issuer has to be asked.
    pub(crate) metadata: Option<Metadata>,
    pub(crate) quirks: Quirks,
}

impl Oauth {
    /// Fills the addresses with what the person gave.
    ///
    /// # Errors
    /// [`Error::Invalid`] that names the field which is missing or can't be used.
    pub(crate) fn place(&self, given: &BTreeMap<String, String>) -> Result<Place, Error> {
        let values = self.values(given)?;
        let issuer = Self::fill(&self.issuer, &values)?;
        let ends = filled(&self.ends(), &values).filter(|ends| !ends.is_empty());
        if ends.is_some_and(|ends| self.claims.iter().any(|claim| claim.refuses(&issuer, &ends))) {
            let why = "the issuer is the one of another provider, with other endpoints: one issuer has one set of them";
            return Err(bad(why.to_owned()));
        }
        let mut members = serde_json::Map::new();
        for (name, template) in &self.endpoints {
            members.insert((*name).to_owned(), json!(Self::fill(template, &values)?));
        }
        for (name, address) in &members {
            let address = address.as_str().unwrap_or_default();
            template::server_address(&issuer, address).map_err(|why| bad(format!("{name} {why}")))?;
        }
        template::issuer_address(&issuer).map_err(|why| bad(format!("the issuer {why}")))?;
        members.insert("issuer".to_owned(), json!(issuer));
        if !self.client_auth.is_empty() {
            members.insert("token_endpoint_auth_methods_supported".to_owned(), json!(self.client_auth));
        }
        let mut quirks = self.quirks.clone();
        if let Some(address) = &quirks.refresh_endpoint {
            let address = Self::fill(&Template::new(address), &values)?;
            template::server_address(&issuer, &address).map_err(|why| bad(format!("refresh_endpoint {why}")))?;
            quirks.refresh_endpoint = Some(address);
        }
        // Written as the document that the provider does not publish, so that there is one way to read it.
        let metadata = serde_json::from_value(members.into()).ok_or_none().filter(|_| !self.endpoints.is_empty());
        if self.refresh.replay_ends_sign_in == Some(true) {
            quirks.replay_ends_after =
                Some(self.refresh.grace_seconds.and_then(|seconds| u64::try_from(seconds).ok_or_none()).unwrap_or(0));
        }
        Ok(Place { issuer, metadata, quirks })
    }

    fn values(&self, given: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Error> {
        let mut values = BTreeMap::new();
        for field in &self.fields {
            let typed = given.get(&field.name).map(|value| template::tidied(value)).filter(|value| !value.is_empty());
            let value = typed
                .or(field.default.as_deref())
                .ok_or_else(|| bad(format!("{} ({}) is needed, like {}", field.label, field.name, field.example)))?;
            if !template::is_value(value) {
                let wanted = format!("write {} ({}) like {}", field.label, field.name, field.example);
                return Err(bad(wanted));
            }
            values.insert(field.name.clone(), value.to_owned());
        }
        Ok(values)
    }

    fn fill(template: &Template, values: &BTreeMap<String, String>) -> Result<String, Error> {
        template.fill(values).ok_or_else(|| bad(format!("{} has a place without a field", template.text())))
    }

    /// The scopes that are asked for when nobody says which.
    pub(crate) fn usual_scopes(&self) -> Vec<String> {
        self.scopes.iter().filter(|scope| scope.usual).map(|scope| scope.scope.clone()).collect()
    }

    /// The issuer, when nothing but defaults is filled in.
    pub(super) fn usual_issuer(&self) -> Option<String> {
        self.usual().map(|(issuer, _)| issuer)
    }

    /// The issuer and its endpoints, when nothing but defaults is filled in.
    fn usual(&self) -> Option<(String, Ends<Option<String>>)> {
        let defaults = self.fields.iter().filter_map(|field| Some((field.name.clone(), field.default.clone()?)));
        let defaults = defaults.collect();
        let ends = self.ends().into_iter().map(|(name, to)| (name, to.fill(&defaults)));
        Some((self.issuer.fill(&defaults)?, ends.collect()))
    }

    /// What others must not have with other addresses; `https://{domain}` is no claim to anybody's host.
    pub(super) fn claim(&self) -> Option<Claim> {
        (!self.issuer.is_anywhere()).then(|| Claim { issuer: self.issuer.clone(), ends: self.ends() })
    }

    /// Tells whether both may have one issuer and then sign in at different addresses (RFC 9207 §4).
    pub(super) fn is_rival_of(&self, other: &Self) -> bool {
        // One default issuer is one issuer, however both are written.
        if let (Some((one, ends)), Some((two, others))) = (self.usual(), other.usual())
            && Template::new(&one).canonical().text() == Template::new(&two).canonical().text()
        {
            return ends != others;
        }
        let (one, two) = (&self.issuer, &other.issuer);
        // What is filled in decides, and is judged then.
        if one.is_anywhere() || two.is_anywhere() {
            return false;
        }
        if one.canonical().shape() == two.canonical().shape() {
            let shapes = |oauth: &Self| -> Ends<String> {
                oauth.ends().into_iter().map(|(name, to)| (name, to.shape())).collect()
            };
            return shapes(self) != shapes(other);
        }
        let rivals = |pattern: &Self, whole: &Self| {
            let values = pattern.issuer.canonical().values_of(whole.issuer.canonical().text())?;
            // Both patterns: no address is meant that could be compared.
            let ends = filled(&pattern.ends(), &values)?;
            let others: Ends<String> =
                whole.ends().into_iter().map(|(name, to)| (name, to.text().to_owned())).collect();
            Some(ends != others)
        };
        match (one.is_whole(), two.is_whole()) {
            (false, true) => rivals(self, other).unwrap_or(false),
            (true, false) => rivals(other, self).unwrap_or(false),
            _ => false,
        }
    }

    /// All addresses that a secret may go to.
    fn ends(&self) -> Ends<Template> {
        let refresh = self.quirks.refresh_endpoint.as_deref().map(|text| ("refresh_endpoint", Template::new(text)));
        self.endpoints.iter().map(|(name, to)| (*name, to.clone())).chain(refresh).collect()
    }
}

fn filled(ends: &Ends<Template>, values: &BTreeMap<String, String>) -> Option<Ends<String>> {
    ends.iter().map(|(name, to)| Some((*name, to.fill(values)?))).collect()
}

fn bad(why: String) -> Error {
    Error::Invalid { field: "provider", why }
}

impl Provider {
    /// What the window and the command show.
    pub(crate) fn view(&self) -> ProviderView {
        let oauth = self.oauth.as_ref();
        let asked = oauth.filter(|oauth| oauth.endpoints.is_empty()).map(|oauth| &oauth.issuer);
        let fields = oauth.map(|oauth| oauth.fields.clone()).unwrap_or_default();
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        ProviderView {
            id: self.id.clone(),
            name: self.name.clone(),
            monogram: self.tile.clone(),
            hint: if names.is_empty() { String::new() } else { format!("+ {}", names.join(", ")) },
            issuer: asked.filter(|issuer| issuer.is_whole()).map(|issuer| issuer.text().to_owned()),
            pattern: asked.map(|issuer| issuer.text().to_owned()),
            scopes: oauth.map(Oauth::usual_scopes).unwrap_or_default(),
            needs_secret: oauth.is_some_and(|oauth| oauth.needs_secret),
            clients_page: oauth.and_then(|oauth| oauth.clients_page.clone()),
            oauth: oauth.is_some(),
            api_keys: !self.key_prefixes.is_empty() || self.keys_page.is_some(),
            offers: oauth.map(offers).unwrap_or_default(),
            origin: self.file.clone().unwrap_or_else(|| "built-in".to_owned()),
            fields,
            known_scopes: oauth.map(|oauth| oauth.scopes.clone()).unwrap_or_default(),
            redirect: oauth.map(|oauth| oauth.redirect.as_ref().map_or_else(any_port, Url::to_string)),
            revoke_page: oauth.and_then(|oauth| oauth.revoke_page.clone()),
            facts: oauth.map(facts).unwrap_or_default(),
        }
    }
}

/// What is registered where nothing else is said.
fn any_port() -> String {
    "http://127.0.0.1/callback".to_owned()
}

/// What can be done at its known endpoints, in the words of what an issuer is found to offer.
fn offers(oauth: &Oauth) -> Vec<String> {
    let device = oauth.endpoints.contains_key("device_authorization_endpoint");
    device.then(|| "device".to_owned()).into_iter().collect()
}

/// What is known of a provider, in sentences.
fn facts(oauth: &Oauth) -> Vec<String> {
    let refresh = &oauth.refresh;
    let needs = refresh.needs.as_ref().map(|needs| format!("A refresh token takes {needs}."));
    let once = "Every refresh token works once and brings the next.";
    let rotates =
        refresh.rotates.map(|rotates| if rotates { once } else { "The refresh token stays the same." }.to_owned());
    let grace = refresh.grace_seconds.map(|seconds| match seconds {
        0 => "An old refresh token is refused at once.".to_owned(),
        seconds => format!("An old refresh token still works for {seconds} seconds."),
    });
    let replay = refresh.replay_ends_sign_in.unwrap_or(false).then(|| "Using an old one ends the sign-in.".to_owned());
    let life = refresh.lifetime_days.map(|days| format!("A sign-in lasts {days} days at most."));
    let idle = refresh.idle_days.map(|days| format!("A sign-in ends after {days} days without use."));
    let pkce = oauth.pkce.is_some_and(|pkce| !pkce).then(|| "PKCE is not checked here.".to_owned());
    let note = Some(oauth.note.clone()).filter(|note| !note.is_empty());
    [needs, rotates, grace, replay, life, idle, pkce, note].into_iter().flatten().collect()
}
