//! The token endpoint, and the endpoints that take a token.
//!
//! It does what a correct server does and complains of what no client may send; the module changes the answer later.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use crate::answers::Reply;
use crate::grants::{Grants, challenge, made_up};
use crate::id_token::{Draft, SUBJECT};
use crate::module::{At, Client, Module, Place};
use crate::record::{Record, Seen};
use crate::twisted::Twisted;

/// The secret of clients that have one; every character that two encodings could disagree about is in it.
pub(crate) const SECRET: &str = "lab secret:+/%&=~";

/// Returns the id of the lab's client.
pub(crate) fn client_id(client: Client) -> &'static str {
    match client {
        Client::Public => "lab",
        Client::Basic => "lab basic:+/%",
        Client::Post => "lab-post",
    }
}

/// Whether an ID token comes with the tokens.
#[derive(Clone, Copy)]
enum Identity<'a> {
    Without,
    With { nonce: Option<&'a str>, account: Option<&'a str> },
}

/// Everything that answering one request may look at and change.
pub(crate) struct Desk<'a> {
    pub(crate) module: &'a Module,
    pub(crate) place: &'a Place,
    pub(crate) record: &'a mut Record,
    pub(crate) grants: &'a mut Grants,
    pub(crate) twisted: &'a Twisted<'a>,
}

impl Desk<'_> {
    /// Answers a token request.
    pub(crate) fn token(&mut self, seen: &Seen) -> Reply {
        if let Err(refusal) = self.client(seen) {
            return refusal;
        }
        if let Some(proof) = &seen.dpop {
            self.proof(proof);
        }
        let bound = seen.dpop.is_some();
        let mut reply = self.granted(seen);
        if bound && reply.status == 200 {
            reply.body = String::from_utf8_lossy(&reply.body).replace("\"Bearer\"", "\"DPoP\"").into_bytes();
        }
        reply
    }

    fn granted(&mut self, seen: &Seen) -> Reply {
        match seen.at {
            At::Code => self.code(seen),
            At::Refresh => self.refresh(seen),
            _ => match seen.form("grant_type") {
                Some("client_credentials") => self.tokens("", None, Identity::Without),
                Some("urn:ietf:params:oauth:grant-type:device_code") => self.tokens("openid", None, Identity::Without),
                _ => Reply::error("unsupported_grant_type"),
            },
        }
    }

    /// Checks a proof of possession (RFC 9449 §4.3): its form, its own key's signature, this endpoint, and no second use.
    fn proof(&mut self, proof: &str) {
        if let Err(wrong) = crate::proof::check(proof, &format!("{}/token", self.place.issuer), &mut self.record.proofs)
        {
            self.record.complain("DP1", wrong);
        }
    }

    /// Checks method, form and client (RFC 6749 §2.3, §3.2).
    fn client(&mut self, seen: &Seen) -> Result<(), Reply> {
        let form_encoded =
            seen.content_type.as_deref().unwrap_or_default().starts_with("application/x-www-form-urlencoded");
        if seen.method != "POST" || !form_encoded {
            // A look without any parameter, to see whether the server is there, asks for nothing.
            if !(seen.method == "GET" && seen.query.is_empty()) {
                self.record.complain("T1", format!("a token request is not a posted form: {}", seen.method));
            }
            return Err(Reply::error("invalid_request"));
        }
        if !seen.query.is_empty() {
            self.record.complain("P21", "a token request has a query");
        }
        if !seen.odd_headers.is_empty() {
            self.record.complain("T1", format!("a token request has {}", seen.odd_headers.join(", ")));
        }
        let basic = seen.authorization.as_deref().and_then(basic);
        let in_form = seen.form("client_secret");
        if basic.is_some() && in_form.is_some() {
            self.record.complain("T5", "the client proves itself in two ways at once");
        }
        if basic.is_none() && seen.form("client_id").is_none() {
            self.record.complain("T6", "a client that proves nothing does not name itself");
        }
        let id = client_id(self.module.client);
        let fine = match self.module.client {
            Client::Public => seen.form("client_id") == Some(id) && basic.is_none(),
            Client::Basic => basic == Some((id.to_owned(), SECRET.to_owned())),
            Client::Post => seen.form("client_id") == Some(id) && in_form == Some(SECRET),
        };
        if fine { Ok(()) } else { Err(Reply::error("invalid_client")) }
    }

    fn code(&mut self, seen: &Seen) -> Reply {
        let Some(code) = seen.form("code").and_then(|code| self.grants.codes.get_mut(code)) else {
            return Reply::error("invalid_grant");
        };
        if std::mem::replace(&mut code.used, true) {
            self.record.complain("P17", "a code was sent twice");
            return Reply::error("invalid_grant");
        }
        let code = code.clone();
        let verifier = seen.form("code_verifier").unwrap_or_default();
        if !(43..=128).contains(&verifier.len()) || challenge(verifier) != code.challenge {
            self.record.complain("P1", "the verifier does not fit the challenge");
            return Reply::error("invalid_grant");
        }
        if seen.form("redirect_uri") != Some(&code.redirect_uri) {
            self.record.complain("P9", "the redirect address of the token request is another");
            return Reply::error("invalid_grant");
        }
        let account = code.account.as_deref();
        let refresh = self.grants.begin(&code.scope, account, self.module.policy.refresh_len);
        self.tokens(&code.scope, Some(refresh), Identity::With { nonce: code.nonce.as_deref(), account })
    }

    fn refresh(&mut self, seen: &Seen) -> Reply {
        let token = seen.form("refresh_token").unwrap_or_default();
        if !self.grants.knows(token) {
            self.record.complain("R4", "a refresh token came that was never given here");
        }
        let Some(held) = self.grants.present(token, self.module.policy.reuse) else {
            self.record.refused_after.extend(self.grants.replaced_for(token));
            return Reply::error("invalid_grant");
        };
        let asked = seen.form("scope").unwrap_or(&held.scope).to_owned();
        if asked.split(' ').any(|scope| !held.scope.split(' ').any(|have| have == scope)) {
            self.record.complain("R3", "a renewal asks for more than was granted");
        }
        let next = self.module.policy.rotate.then(|| self.grants.rotate(&held, self.module.policy.refresh_len));
        let again = self.module.policy.id_token_at_refresh;
        let identity = Identity::With { nonce: None, account: held.account.as_deref() };
        self.tokens(&held.scope, next, if again { identity } else { Identity::Without })
    }

    /// Makes an answer with tokens.
    fn tokens(&mut self, scope: &str, refresh: Option<String>, identity: Identity<'_>) -> Reply {
        let access = made_up("access");
        let mut answer =
            json!({ "access_token": access, "token_type": "Bearer", "expires_in": self.module.policy.access_life });
        if let Some(token) = refresh {
            answer["refresh_token"] = json!(token);
        }
        if !scope.is_empty() {
            answer["scope"] = json!(scope);
        }
        if let (Identity::With { nonce, account }, true) = (identity, scope.split(' ').any(|scope| scope == "openid")) {
            let mut draft = Draft::new(&self.place.issuer, client_id(self.module.client), nonce, &access);
            if let Some(account) = account {
                draft.set("sub", format!("lab-subject-{account}"));
                draft.set("email", format!("{account}@lab.example"));
            }
            self.twisted.id_token(&mut draft);
            answer["id_token"] = json!(draft.finish());
        }
        self.twisted.json(&mut answer);
        self.keep(&answer);
        Reply::json(StatusCode::OK, &answer)
    }

    /// Remembers what was given out, as it was given.
    fn keep(&mut self, answer: &Value) {
        // Some servers give them in an object of their own.
        let inside =
            answer.as_object().into_iter().flat_map(|all| all.values()).find(|one| one.get("access_token").is_some());
        let answer = if answer.get("access_token").is_some() { answer } else { inside.unwrap_or(answer) };
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        self.record.access_tokens.extend(text("access_token"));
        self.record.refresh_tokens.extend(text("refresh_token"));
        self.record.id_tokens.extend(text("id_token"));
    }

    /// Answers at `UserInfo` (OIDC Core §5.3).
    pub(crate) fn user_info(&mut self, seen: &Seen) -> Reply {
        let bearer = seen.authorization.as_deref().and_then(|value| value.split_once(' ')).map(|(_, token)| token);
        if !bearer.is_some_and(|token| self.record.access_tokens.iter().any(|have| have == token)) {
            return Reply::new(StatusCode::UNAUTHORIZED, "application/json", r#"{"error":"invalid_token"}"#);
        }
        let mut answer = json!({ "sub": SUBJECT, "email": "ada@lab.example", "name": "Ada" });
        self.twisted.json(&mut answer);
        Reply::json(StatusCode::OK, &answer)
    }

    /// Answers at revocation (RFC 7009) and introspection (RFC 7662).
    pub(crate) fn about_token(&mut self, seen: &Seen) -> Reply {
        if let Err(refusal) = self.client(seen) {
            return refusal;
        }
        let token = seen.form("token").unwrap_or_default();
        if seen.at == At::Revocation {
            self.grants.end(token);
            return Reply::json(StatusCode::OK, &json!({}));
        }
        let active = self.record.access_tokens.iter().any(|have| have == token) || self.grants.knows(token);
        let mut answer = json!({ "active": active, "sub": SUBJECT, "client_id": client_id(self.module.client) });
        self.twisted.json(&mut answer);
        Reply::json(StatusCode::OK, &answer)
    }
}

/// Reads `Authorization: Basic` as RFC 6749 §2.3.1 writes it: both parts form-encoded.
#[expect(clippy::disallowed_methods, reason = "a header that can't be read is no proof, whatever is wrong with it")]
fn basic(header: &str) -> Option<(String, String)> {
    let encoded = header.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |part: &str| {
        let form = format!("v={part}");
        url::form_urlencoded::parse(form.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    Some((decode(id)?, decode(secret)?))
}
