//! What a provider does differently from the RFCs, as data.
//!
//! Quirks come from a provider's entry, are pinned with the login, and are the only way in which one provider is
//! treated differently from another: nothing in the flow knows a provider's name. No quirk makes reading stricter
//! or drops a token that would be found without it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The differences of one provider; none by default.
///
/// What needs no entry, because it is tolerated everywhere: a missing `token_type`, `scope`, `expires_in` or
/// `refresh_token`, `bearer` in lower case, scopes as an array or with commas in an answer, an error with HTTP 200,
/// and a form-encoded answer that is labelled as one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Quirks {
    /// The answer is a form although its content type does not say so.
    pub(crate) form_answer: bool,
    /// The member that holds the tokens when the answer itself has none (`authed_user`).
    pub(crate) nested: Option<String>,
    /// Further words for a Bearer token in `token_type` (`user`).
    pub(crate) bearer_names: Vec<String>,
    /// The provider's own error codes and the registered ones that they stand for (RFC 6749 §5.2).
    pub(crate) error_codes: BTreeMap<String, String>,
    /// What stands between scopes in the authorization request; a space when absent (RFC 6749 §3.3).
    pub(crate) scope_separator: Option<String>,
    /// The parameter that scopes are asked for with; `scope` when absent.
    pub(crate) scope_parameter: Option<String>,
    /// The token endpoint takes JSON instead of a form.
    pub(crate) json_body: bool,
    /// Where refresh tokens are redeemed, when that is not the token endpoint.
    pub(crate) refresh_endpoint: Option<String>,
    /// The refresh request repeats the redirect address of the sign-in.
    pub(crate) send_redirect_uri_on_refresh: bool,
    /// A refresh token that comes twice ends the sign-in, later than this many seconds after the first time.
    pub(crate) replay_ends_after: Option<u64>,
    /// Further parameters of every token request.
    pub(crate) token_params: BTreeMap<String, String>,
}

impl Quirks {
    /// Returns the registered error code that one of the provider's own stands for, or the code itself.
    pub(crate) fn registered<'a>(&'a self, code: &'a str) -> &'a str {
        self.error_codes.get(code).map_or(code, String::as_str)
    }

    /// Tells whether a token type means Bearer (RFC 6749 §5.1: without case).
    pub(crate) fn is_bearer(&self, kind: &str) -> bool {
        kind.eq_ignore_ascii_case("bearer") || self.bearer_names.iter().any(|name| kind.eq_ignore_ascii_case(name))
    }

    /// The parameter and the value that ask for these scopes.
    pub(crate) fn scope_request(&self, scopes: &[String]) -> (String, String) {
        let parameter = self.scope_parameter.as_deref().unwrap_or("scope");
        (parameter.to_owned(), scopes.join(self.scope_separator.as_deref().unwrap_or(" ")))
    }
}
