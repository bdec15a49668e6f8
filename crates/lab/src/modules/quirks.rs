//! Honest servers with habits of their own: at the sign-in and at the renewal alike, and the login works.

use serde_json::{Value, json};

use crate::answers::Reply;
use crate::module::{At, Module, Place, module};

const WORKS: &str = "signs in and renews";

fn quirk(id: &str, title: &str, change: impl Fn(&mut Value, &Place) + Clone + Send + Sync + 'static) -> Module {
    module(id, title, &["T7", "T8", "T9", "T10"])
        .renews(2, WORKS)
        .json(At::Code, change.clone())
        .json(At::Refresh, change)
}

fn shaped(id: &str, title: &str, change: impl Fn(&mut Reply, &Place) + Clone + Send + Sync + 'static) -> Module {
    module(id, title, &["T9"]).renews(2, WORKS).reply(At::Code, change.clone()).reply(At::Refresh, change)
}

/// Writes the members of a JSON answer as a form.
fn form_encoded(reply: &mut Reply, _: &Place) {
    let Ok(Value::Object(members)) = serde_json::from_slice(&reply.body) else { return };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pairs = members.iter().map(|(name, value)| (name, text(value)));
    reply.body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes();
    reply.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
}

pub(super) fn modules() -> Vec<Module> {
    let scope = |separator: &'static str| {
        move |answer: &mut Value, _: &Place| {
            let text = answer["scope"].as_str().unwrap_or_default().replace(' ', separator);
            answer["scope"] = json!(text);
        }
    };
    vec![
        shaped("HQ01", "tokens come form-encoded", form_encoded),
        shaped("HQ01.refused", "tokens and one refused renewal come form-encoded, with HTTP 200", form_encoded)
            .kept(1, "says that a sign-in is needed")
            .instead(At::Refresh, |reply, _| reply.refuse(200, "bad_refresh_token", "The lab says no."))
            .times(1),
        module("HQ02", "a refused renewal has HTTP 200", &["R8"])
            .kept(1, "says that a sign-in is needed")
            .instead(At::Refresh, |reply, _| reply.refuse(200, "invalid_grant", "The lab says no.")),
        module("HQ02.words", "a refusal has HTTP 200 and an error of the server's own", &["R8"])
            .refused(1, "does not take it for tokens")
            .instead(At::Code, |reply, _| reply.body = br#"{"ok":false,"error":"invalid_code"}"#.to_vec()),
        quirk("HQ03", "tokens are in an object of their own", |answer, _| {
            *answer = json!({ "ok": true, "authed_user": answer.take() });
        }),
        quirk("HQ04", "“scope” is a list", |answer, _| {
            // One less than was asked for, so that it shows whether the list is read.
            let list: Vec<&str> = answer["scope"].as_str().unwrap_or_default().split(' ').take(2).collect();
            answer["scope"] = json!(list);
        }),
        quirk("HQ05", "“scope” has commas", scope(",")),
        quirk("HQ05.both", "“scope” has commas and spaces", scope(", ")),
        quirk("HQ06", "no “token_type”", |answer, _| answer["token_type"] = json!(null)),
        quirk("HQ07", "no “scope”", |answer, _| answer["scope"] = json!(null)),
        quirk("HQ08", "“token_type” is bearer in small letters", |answer, _| {
            answer["token_type"] = json!("bearer");
        }),
        quirk("HQ09", "“expires_in” is text", |answer, _| answer["expires_in"] = json!("3600")),
        shaped("HQ10", "JSON that calls itself text/html", |reply, _| reply.set("Content-Type", "text/html")),
        shaped("HQ11", "JSON with spaces and line ends around it", |reply, _| {
            reply.body = [b"\r\n  ", &reply.body[..], b" \n"].concat();
        }),
    ]
}
