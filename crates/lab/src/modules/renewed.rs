//! Answers to a renewal, member by member: what the sign-in is tried with, once more where a token is at stake
//! (security.md: R2, R8, R9, T8, T9; rotation.md, "What an answer means").

use serde_json::json;

use crate::answers::Reply;
use crate::module::{At, Module, Reuse, module};

const LATER: &str = "keeps its token and tries again later";

pub(super) fn modules() -> Vec<Module> {
    [lifetimes(), access_tokens(), unread(), cut(), statuses(), verdicts(), waits()].concat()
}

fn lifetimes() -> Vec<Module> {
    let lives = [
        ("absent", "not there", json!(null)),
        ("zero", "0", json!(0)),
        ("text", "text", json!("3600")),
        ("float", "3600.5", json!(3600.5)),
        ("true", "true", json!(true)),
        ("list", "a list", json!([])),
        ("object", "an object", json!({ "seconds": 3600 })),
        ("words", "“soon”", json!("soon")),
        ("big", "2^63", json!(9_223_372_036_854_775_808_u64)),
        ("minus", "−2^63", json!(i64::MIN)),
        ("century", "a hundred years", json!(3_153_600_000_i64)),
    ];
    let mut list: Vec<Module> = lives
        .into_iter()
        .map(|(name, words, value)| {
            let title = format!("the renewal's “expires_in” is {words}");
            module(format!("HC05.r{name}"), title, &["T8"])
                .renews(2, "stores the new tokens, and neither believes it for ever nor asks without end")
                .json(At::Refresh, move |answer, _| answer["expires_in"] = value.clone())
        })
        .collect();
    list.push(
        module("HC05.rhuge", "the renewal's “expires_in” is 1e308", &["T8"])
            .renews(2, "stores the new tokens; the end is unknown")
            .reply(At::Refresh, |reply, _| replace(reply, "\"expires_in\":3600", "\"expires_in\":1e308")),
    );
    list
}

fn access_tokens() -> Vec<Module> {
    let unusable = [
        ("empty", "empty", json!("")),
        ("number", "a number", json!(0)),
        ("object", "an object", json!({})),
        ("list", "a list", json!(["a"])),
        ("lines", "text with a line end and a header after it", json!("a\r\nX-Evil: 1")),
        ("nul", "text with NUL", json!("a\u{0}b")),
        ("letters", "not ASCII", json!("tök€n")),
        ("long", "a megabyte", json!("a".repeat(900_000))),
    ];
    unusable
        .into_iter()
        .map(|(name, words, value)| {
            let title = format!("the renewal's “access_token” is {words}");
            module(format!("HC06.r{name}"), title, &["T9", "R9"])
                .kept(2, "hands nothing out, and keeps the new refresh token")
                .json(At::Refresh, move |answer, _| answer["access_token"] = value.clone())
        })
        .collect()
}

/// A renewal whose answer can't be read, at a server that has replaced the token and takes the old one once more.
fn lost(id: &str, title: &str, change: impl Fn(&mut Reply) + Send + Sync + 'static) -> Module {
    module(id, title, &["T14", "R9", "K3"])
        .renews(2, "takes the answer for lost, and sends the token once more")
        .policy(|policy| policy.reuse = Reuse::Grace)
        .reply(At::Refresh, move |reply, _| change(reply))
        .times(1)
}

fn unread() -> Vec<Module> {
    vec![
        lost("HC06.rsurrogate", "the renewal's “access_token” has half a surrogate pair", |reply| {
            replace(reply, "\"lab-access-", "\"\\ud800lab-access-");
        }),
        lost("HC06.rtwice", "the renewal's “access_token” stands twice", |reply| {
            replace(reply, "{", "{\"access_token\":\"lab-other\",");
        }),
        lost("HC07.rtwice", "the renewal's “refresh_token” stands twice", |reply| {
            replace(reply, "{", "{\"refresh_token\":\"lab-other\",");
        }),
        lost("HC02.rutf16", "the answer to the renewal is in UTF-16", |reply| {
            let text = String::from_utf8_lossy(&reply.body).into_owned();
            reply.body = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        }),
        lost("HC02.rbom", "the answer to the renewal begins with a byte order mark", |reply| {
            reply.body.splice(0..0, [0xef, 0xbb, 0xbf]).for_each(drop);
        }),
    ]
}

/// Bodies that end too early while HTTP says that they are whole. `HC03.r*` are those where HTTP says the opposite.
fn cut() -> Vec<Module> {
    let after = |name: &str, words: &str, left: fn(usize) -> usize| {
        lost(&format!("HC02.r{name}"), &format!("the answer to the renewal ends {words}"), move |reply| {
            reply.body.truncate(left(reply.body.len()));
        })
    };
    vec![
        after("first", "after its first byte", |_| 1),
        after("half", "in the middle", |length| length / 2),
        after("last", "before its last byte", |length| length - 1),
    ]
}

/// A status and a body that are no OAuth error, twice, and then all is well.
fn statuses() -> Vec<Module> {
    let said = [
        (400, "application/json", r#"{"message":"Bad Request"}"#),
        (401, "text/plain", "Unauthorized"),
        (403, "text/html", "<html><title>Blocked by your company</title></html>"),
        (404, "text/html", "<html>Not here</html>"),
        (405, "application/json", "null"),
        (410, "application/json", r#"{"error":7}"#),
        (451, "application/json", r#"{"error":null,"error_description":"invalid_grant"}"#),
        (511, "text/html", "<html>Sign in to the Wi-Fi</html>"),
    ];
    let module = |(status, kind, body): (u16, &'static str, &'static str)| {
        let title = format!("{status} with {kind} and no OAuth error to two renewals, then all is well");
        module(format!("HC15.r{status}"), title, &["R8"])
            .kept(3, LATER)
            .instead(At::Refresh, move |reply, _| {
                reply.status = status;
                reply.set("Content-Type", kind);
                reply.body = body.as_bytes().to_vec();
            })
            .times(2)
    };
    said.map(module).to_vec()
}

fn verdicts() -> Vec<Module> {
    let coded = |id: &str, status: u16, code: &'static str, good: &'static str| {
        module(id, format!("the renewal is refused with {code} ({status})"), &["R8"])
            .kept(1, good)
            .instead(At::Refresh, move |reply, _| reply.refuse(status, code, ""))
    };
    let settings = "says that the settings are refused, and asks once";
    vec![
        coded("HC13.scope", 400, "invalid_scope", settings),
        coded("HC13.r200", 200, "invalid_client", settings),
        coded("HC12.select", 400, "account_selection_required", "says that a sign-in is needed"),
        coded("HC12.r200", 200, "temporarily_unavailable", LATER).kept(2, LATER),
        coded("HC12.r429", 429, "invalid_grant", "says that a sign-in is needed"),
    ]
}

/// Retry-After beside other answers than 429.
fn waits() -> Vec<Module> {
    let waits = |id: &str, status: u16, value: &'static str| {
        module(id, format!("{status} with Retry-After: {value}"), &["R8"])
            .kept(1, "waits as long as it is asked to, within reason")
            .instead(At::Refresh, move |reply, _| {
                reply.status = status;
                reply.body = b"busy".to_vec();
                reply.set("Retry-After", value);
            })
    };
    vec![
        waits("HC14.503", 503, "120"),
        waits("HC14.503date", 503, "Wed, 21 Oct 2065 07:28:00 GMT"),
        waits("HC14.max", 429, "18446744073709551615"),
    ]
}

fn replace(reply: &mut Reply, from: &str, to: &str) {
    reply.body = String::from_utf8_lossy(&reply.body).replacen(from, to, 1).into();
}
