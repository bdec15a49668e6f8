//! Checks how a provider file says to sign in: addresses, fields, scopes, parameters, quirks.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::check::Check;
use super::entry::{Oauth, Refresh};
use super::file::{RawOauth, RawQuirks, RawRefresh, RawScope, Text};
use super::template::{self, Template};
use crate::quirks::Quirks;
use crate::view::{ProviderFieldView, ProviderScopeView};

/// Parameters that belong to the flow.
const OURS: [&str; 20] = [
    "response_type",
    "response_mode",
    "client_id",
    "client_secret",
    "redirect_uri",
    "state",
    "nonce",
    "scope",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "grant_type",
    "refresh_token",
    "request",
    "request_uri",
    "client_assertion",
    "client_assertion_type",
    "device_code",
    "password",
];
/// Parameters that Fobwatch sets too, and that an entry may fill for everybody.
const ASKED: [&str; 8] = [
    "audience",
    "resource",
    "prompt",
    "login_hint",
    "dpop_jkt",
    "subject_token",
    "subject_token_type",
    "requested_token_type",
];
/// Error codes that have a meaning of their own (RFC 6749 §5.2).
const REGISTERED: [&str; 7] = [
    "invalid_grant",
    "invalid_client",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "invalid_request",
    "temporarily_unavailable",
];

impl Check<'_> {
    /// Checks the table `[provider.oauth]`.
    pub(super) fn oauth(&mut self, raw: &RawOauth) -> Oauth {
        let fields = self.fields(raw);
        // Addresses are judged as they are with the examples in them.
        let examples: BTreeMap<String, String> =
            fields.iter().map(|field| (field.name.clone(), field.example.clone())).collect();
        let (issuer, endpoints) = self.addresses(raw, &examples);
        let client_auth = self.client_auth(raw);
        let home = issuer.fill(&examples).unwrap_or_default();
        Oauth {
            quirks: self.quirks(&raw.quirks, &home, &examples),
            issuer,
            endpoints,
            client_auth,
            needs_secret: raw.needs_secret,
            pkce: raw.pkce,
            redirect: raw.redirect.as_ref().and_then(|text| self.redirect(text)),
            scopes: self.scopes(raw),
            authorization_params: self.params("authorization_params", &raw.authorization_params),
            refresh: self.refresh(&raw.refresh),
            clients_page: self.page("clients_page", raw.clients_page.as_ref()),
            revoke_page: self.page("revoke_page", raw.revoke_page.as_ref()),
            note: raw.note.as_ref().map(|note| self.words("note", note, 300)).unwrap_or_default(),
            fields,
            claims: Vec::new(),
        }
    }

    fn fields(&mut self, raw: &RawOauth) -> Vec<ProviderFieldView> {
        let addresses = addresses_of(raw).into_iter().map(|(_, text)| text).chain(&raw.quirks.refresh_endpoint);
        let used: Vec<Template> = addresses.map(|text| Template::new(text.get_ref())).collect();
        let used: BTreeSet<&str> = used.iter().flat_map(|one| one.places().unwrap_or_default()).collect();
        let mut seen = BTreeSet::new();
        for field in &raw.fields {
            let name = field.name.get_ref();
            let problem = match name.bytes().next() {
                Some(b'a'..=b'z') if name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_')) => None,
                _ => Some("must be lower-case letters, digits and _"),
            };
            let problem = problem.or((!used.contains(name.as_str())).then_some("stands in no address"));
            let problem = problem.or((!seen.insert(name.clone())).then_some("is there twice"));
            self.holds("name", &field.name, problem);
            self.words("label", &field.label, 60);
            for (what, value) in [("example", Some(&field.example)), ("default", field.default.as_ref())] {
                let Some(value) = value else { continue };
                let fits = template::is_value(value.get_ref());
                self.holds(
                    what,
                    value,
                    (!fits).then_some("can't stand in an address: give a host, or a part of a path"),
                );
            }
        }
        raw.fields
            .iter()
            .map(|field| ProviderFieldView {
                name: field.name.get_ref().clone(),
                label: field.label.get_ref().clone(),
                example: field.example.get_ref().clone(),
                default: field.default.as_ref().map(|value| value.get_ref().clone()),
            })
            .collect()
    }

    fn addresses(
        &mut self,
        raw: &RawOauth,
        examples: &BTreeMap<String, String>,
    ) -> (Template, BTreeMap<&'static str, Template>) {
        let issuer = Template::new(raw.issuer.get_ref());
        let home = issuer.fill(examples).unwrap_or_default();
        let mut endpoints = BTreeMap::new();
        for (name, text) in addresses_of(raw) {
            self.address(name, text, &home, examples);
            if name != "issuer" {
                endpoints.insert(name, Template::new(text.get_ref()));
            }
        }
        let pair = ["authorization_endpoint", "token_endpoint"];
        let missing: Vec<&str> = pair.into_iter().filter(|name| !endpoints.contains_key(name)).collect();
        let first = addresses_of(raw).into_iter().find(|(name, _)| endpoints.contains_key(name));
        if let (Some((name, text)), Some(missing)) = (first, missing.first()) {
            let message = format!(
                "{name} stands here without {missing}: give both, or no endpoint at all, and the issuer is asked for them."
            );
            self.say(text.span(), &message);
        }
        (issuer, endpoints)
    }

    fn address(&mut self, name: &str, text: &Text, home: &str, examples: &BTreeMap<String, String>) {
        let template = Template::new(text.get_ref());
        let places = match template.places() {
            Ok(places) => places,
            Err(problem) => return self.holds(name, text, Some(problem)),
        };
        if let Some(unknown) = places.iter().find(|place| !examples.contains_key(**place)) {
            let problem = format!("has a {{{unknown}}} that is none of the fields");
            return self.holds(name, text, Some(&problem));
        }
        let filled = template.fill(examples).unwrap_or_default();
        let judged = match name {
            "issuer" => template::issuer_address(&filled),
            // The issuer has its own fault then; beside it, an address is judged by itself.
            _ if Url::parse(home).is_err() => template::server_address(&filled, &filled),
            _ => template::server_address(home, &filled),
        };
        self.holds(name, text, judged.err());
    }

    fn client_auth(&mut self, raw: &RawOauth) -> Vec<&'static str> {
        let mut methods = Vec::new();
        for text in &raw.client_auth {
            match text.get_ref().as_str() {
                "none" => methods.push("none"),
                "basic" => methods.push("client_secret_basic"),
                "post" => methods.push("client_secret_post"),
                _ => self.holds("client_auth", text, Some("must be none, basic or post")),
            }
        }
        if let (true, ["none"], [text]) = (raw.needs_secret, methods.as_slice(), raw.client_auth.as_slice()) {
            self.holds("client_auth", text, Some("contradicts needs_secret = true"));
        }
        methods
    }

    fn redirect(&mut self, text: &Text) -> Option<Url> {
        let problem = match Url::parse(text.get_ref()) {
            Ok(url) => match crate::loopback::redirect_problem(&url) {
                Some(problem) => format!("can't be a redirect address: {problem}"),
                None => return Some(url),
            },
            Err(_) => "is no address; write it like http://127.0.0.1/callback".to_owned(),
        };
        self.holds("redirect", text, Some(&problem));
        None
    }

    fn scopes(&mut self, raw: &RawOauth) -> Vec<ProviderScopeView> {
        let separator = raw.quirks.scope_separator.as_ref().map_or(" ", |text| text.get_ref());
        let mut seen = BTreeSet::new();
        for scope in &raw.scopes {
            let name = scope.scope.get_ref();
            let plain = !name.is_empty() && name.len() <= 256 && name.bytes().all(|byte| byte.is_ascii_graphic());
            let problem = (!plain || name.contains(separator)).then_some("must be one scope without spaces");
            let problem = problem.or((!seen.insert(name.clone())).then_some("is there twice"));
            self.holds("scope", &scope.scope, problem);
            self.words("words", &scope.words, 120);
        }
        let view = |scope: &RawScope| ProviderScopeView {
            scope: scope.scope.get_ref().clone(),
            words: scope.words.get_ref().clone(),
            usual: scope.usual,
        };
        raw.scopes.iter().map(view).collect()
    }

    fn params(&mut self, name: &str, raw: &BTreeMap<Text, Text>) -> BTreeMap<String, String> {
        for (parameter, value) in raw {
            let ours = OURS.contains(&parameter.get_ref().as_str());
            self.holds(name, parameter, ours.then_some("is set by Fobwatch itself"));
            let plain = !parameter.get_ref().is_empty() && !value.get_ref().chars().any(char::is_control);
            self.holds(name, value, (!plain).then_some("must be plain text"));
        }
        pairs(raw)
    }

    fn refresh(&mut self, raw: &RawRefresh) -> Refresh {
        let numbers = [
            ("grace_seconds", &raw.grace_seconds, 0),
            ("lifetime_days", &raw.lifetime_days, 1),
            ("idle_days", &raw.idle_days, 1),
        ];
        for (name, number, least) in numbers {
            if let Some(number) = number.as_ref().filter(|number| !(least..=100_000).contains(number.get_ref())) {
                self.say(number.span(), &format!("{name} must be a number from {least} to 100000."));
            }
        }
        let number = |number: &Option<toml::Spanned<i64>>| number.as_ref().map(|number| *number.get_ref());
        Refresh {
            needs: raw.needs.as_ref().map(|needs| self.words("needs", needs, 120)),
            rotates: raw.rotates,
            grace_seconds: number(&raw.grace_seconds),
            replay_ends_sign_in: raw.replay_ends_sign_in,
            lifetime_days: number(&raw.lifetime_days),
            idle_days: number(&raw.idle_days),
        }
    }

    fn quirks(&mut self, raw: &RawQuirks, home: &str, examples: &BTreeMap<String, String>) -> Quirks {
        for code in raw.error_codes.values() {
            let known = REGISTERED.contains(&code.get_ref().as_str());
            let problem = format!("must be one of {}", REGISTERED.join(", "));
            self.holds("error_codes", code, (!known).then_some(&problem));
        }
        if let Some(text) = &raw.scope_separator {
            let known = matches!(text.get_ref().as_str(), " " | ",");
            self.holds("scope_separator", text, (!known).then_some("must be a space or a comma"));
        }
        let named = [("nested", &raw.nested), ("scope_parameter", &raw.scope_parameter)];
        for (name, text) in named {
            let Some(text) = text else { continue };
            let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            let (plain, must) = match name {
                "nested" => {
                    (text.get_ref().split('.').all(word), "must be letters, digits and _, with dots between members")
                }
                _ => (word(text.get_ref()), "must be letters, digits and _"),
            };
            self.holds(name, text, (!plain).then_some(must));
        }
        if let Some(text) = &raw.scope_parameter {
            let ours = OURS.iter().chain(&ASKED).any(|ours| ours == text.get_ref());
            self.holds("scope_parameter", text, ours.then_some("is set by Fobwatch itself"));
        }
        if let Some(text) = &raw.refresh_endpoint {
            self.address("refresh_endpoint", text, home, examples);
        }
        let plain = |text: &Option<Text>| text.as_ref().map(|text| text.get_ref().clone());
        Quirks {
            // Said in the table of refresh behaviour; it is pinned when the provider is signed in to.
            replay_ends_after: None,
            form_answer: raw.form_answer,
            nested: plain(&raw.nested),
            bearer_names: texts(&raw.bearer_names),
            error_codes: pairs(&raw.error_codes),
            scope_separator: plain(&raw.scope_separator),
            scope_parameter: plain(&raw.scope_parameter),
            json_body: raw.json_body,
            refresh_endpoint: plain(&raw.refresh_endpoint),
            send_redirect_uri_on_refresh: raw.send_redirect_uri_on_refresh,
            token_params: self.params("token_params", &raw.token_params),
        }
    }
}

/// All addresses of the server in an entry, by their names.
fn addresses_of(raw: &RawOauth) -> Vec<(&'static str, &Text)> {
    let optional = [
        ("authorization_endpoint", &raw.authorization_endpoint),
        ("token_endpoint", &raw.token_endpoint),
        ("device_authorization_endpoint", &raw.device_authorization_endpoint),
        ("revocation_endpoint", &raw.revocation_endpoint),
        ("introspection_endpoint", &raw.introspection_endpoint),
        ("userinfo_endpoint", &raw.userinfo_endpoint),
        ("end_session_endpoint", &raw.end_session_endpoint),
        ("jwks_uri", &raw.jwks_uri),
    ];
    let given = optional.into_iter().filter_map(|(name, text)| text.as_ref().map(|text| (name, text)));
    std::iter::once(("issuer", &raw.issuer)).chain(given).collect()
}

/// The texts without their places.
pub(super) fn texts(list: &[Text]) -> Vec<String> {
    list.iter().map(|text| text.get_ref().clone()).collect()
}

fn pairs(map: &BTreeMap<Text, Text>) -> BTreeMap<String, String> {
    map.iter().map(|(name, value)| (name.get_ref().clone(), value.get_ref().clone())).collect()
}
