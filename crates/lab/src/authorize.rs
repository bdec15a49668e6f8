//! The authorization endpoint: what the request must have, and where the browser is sent.
//!
//! The person always approves. Most answers are one redirect; a page stands for everything that takes more than
//! that, with what the browser is to do in a script (for browsers) and as JSON (for the tests' own).

use http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use crate::answers::Reply;
use crate::grants::Code;
use crate::module::Place;
use crate::record::{Record, Seen};

/// What the client asked for, as the change of a redirect needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) redirect_uri: String,
    pub(crate) state: String,
    pub(crate) code: String,
}

/// One visit of the browser to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Visit {
    /// A navigation.
    Get(String),
    /// A form that is posted (`response_mode=form_post`).
    Post(String, Vec<(String, String)>),
}

impl Visit {
    /// A navigation back to the client with these parameters.
    pub(crate) fn back(redirect_uri: &str, parameters: &[(&str, &str)]) -> Self {
        let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        Self::Get(format!("{redirect_uri}?{query}"))
    }
}

/// The visits with which a correct server ends the request.
pub(crate) fn genuine(asked: &Asked, issuer: Option<&str>) -> Vec<Visit> {
    let mut parameters = vec![("code", asked.code.as_str()), ("state", asked.state.as_str())];
    parameters.extend(issuer.map(|issuer| ("iss", issuer)));
    vec![Visit::back(&asked.redirect_uri, &parameters)]
}

/// Changes parameters of a navigation in place: `None` leaves one out.
pub(crate) fn with(visit: &mut Visit, name: &str, value: Option<&str>) {
    let Visit::Get(text) = visit else { return };
    let Ok(mut url) = Url::parse(text) else { return };
    let kept: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(have, _)| have != name).collect();
    url.query_pairs_mut().clear().extend_pairs(kept);
    if let Some(value) = value {
        url.query_pairs_mut().append_pair(name, value);
    }
    *text = url.into();
}

/// Reads the request, and complains of what no client may ask.
pub(crate) fn read(seen: &Seen, client: &str, record: &mut Record) -> Result<(Asked, Code), Reply> {
    let get = |name: &str| seen.query(name).unwrap_or_default().to_owned();
    let mut names: Vec<&str> = seen.query.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        record.complain("P16", "a parameter stands twice in the authorization request");
    }
    for secret in ["code_verifier", "client_secret", "access_token", "refresh_token"] {
        if seen.query(secret).is_some() {
            record.complain("P21", format!("{secret} stands in the authorization request"));
        }
    }
    if get("response_type") != "code" {
        record.complain("P19", "response_type is not code");
    }
    if get("code_challenge_method") != "S256" || get("code_challenge").len() != 43 {
        record.complain("P2", "the request has no S256 challenge");
    }
    let redirect = Url::parse(&get("redirect_uri"));
    let literal = redirect.as_ref().is_ok_and(|url| matches!(url.host_str(), Some("127.0.0.1" | "[::1]")));
    if !literal {
        record.complain("N2", "the redirect address is not a loopback address literal");
    }
    if get("state").len() < 22 {
        record.complain("P5", "the request has no state of 128 bits");
    }
    let openid = get("scope").split(' ').any(|scope| scope == "openid");
    if openid && get("nonce").len() < 22 {
        record.complain("I9", "the request has no nonce of 128 bits");
    }
    for name in ["state", "nonce", "code_challenge"] {
        if let Some(value) = seen.query(name) {
            record.only_once("P3", name, value);
        }
    }
    let here = redirect.is_ok_and(|url| matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost")));
    if get("client_id") != client || !here {
        return Err(Reply::new(StatusCode::BAD_REQUEST, "text/html", "<p>The lab does not know this client.</p>"));
    }
    let code = Code {
        redirect_uri: get("redirect_uri"),
        challenge: get("code_challenge"),
        nonce: seen.query("nonce").map(str::to_owned),
        scope: get("scope"),
        account: seen.query("login_hint").map(str::to_owned),
        used: false,
    };
    let asked =
        Asked { redirect_uri: code.redirect_uri.clone(), state: get("state"), code: crate::grants::made_up("code") };
    Ok((asked, code))
}

/// The answer that makes a browser do these visits.
pub(crate) fn send_to(visits: &[Visit], place: &Place) -> Reply {
    if let [Visit::Get(url)] = visits {
        return Reply::redirect(302, url);
    }
    let list: Vec<Value> = visits
        .iter()
        .map(|visit| match visit {
            Visit::Get(url) => json!({ "get": url }),
            Visit::Post(url, form) => json!({ "post": url, "form": form }),
        })
        .collect();
    // The text of a script ends at the first "</", wherever that stands.
    let list = Value::Array(list).to_string().replace("</", "<\\/");
    let page = format!(
        "<!doctype html><title>Lab {}</title><p>This page visits the client.</p>\
         <script id=visits type=application/json>{list}</script><script>{SCRIPT}</script>",
        place.origin
    );
    Reply::new(StatusCode::OK, "text/html; charset=utf-8", page)
}

const SCRIPT: &str = "
const visits = JSON.parse(document.getElementById('visits').textContent);
const go = (visit) => {
  const frame = document.createElement('iframe');
  frame.name = 'lab' + Math.random();
  document.body.append(frame);
  const form = document.createElement('form');
  form.target = frame.name;
  if (visit.get) { open(visit.get, visits.at(-1) === visit ? '_self' : frame.name); return; }
  form.method = 'post'; form.action = visit.post;
  for (const [name, value] of visit.form) {
    const field = document.createElement('input');
    field.type = 'hidden'; field.name = name; field.value = value;
    form.append(field);
  }
  document.body.append(form); form.submit();
};
visits.forEach((visit, at) => setTimeout(go, 300 * at, visit));
";
