//! Answers of the token endpoint to a code (security.md: T4–T14, HA17, HA30–HA32, HC01–HC12 at the sign-in).

use serde_json::{Value, json};

use crate::answers::Reply;
use crate::module::{At, Client, Module, Place, module};

const REFUSES: &str = "does not sign in, keeps nothing, and does not send the code again";

/// An answer that is odd and right.
fn right(
    id: &str,
    title: &str,
    rules: &[&'static str],
    change: impl Fn(&mut Value, &Place) + Send + Sync + 'static,
) -> Module {
    module(id, title, rules).json(At::Code, change)
}

/// An answer that can't be used.
fn wrong(
    id: &str,
    title: &str,
    rules: &[&'static str],
    change: impl Fn(&mut Value, &Place) + Send + Sync + 'static,
) -> Module {
    module(id, title, rules).refused(1, REFUSES).json(At::Code, change)
}

pub(super) fn modules() -> Vec<Module> {
    [clients(), types(), lifetimes(), access_tokens(), refresh_tokens(), scopes(), redirects(), refusals()].concat()
}

fn clients() -> Vec<Module> {
    vec![
        module("HA17", "the client has a secret for HTTP Basic, full of odd characters", &["T5"])
            .good("form-encodes id and secret before base64 (RFC 6749 §2.3.1)")
            .client(Client::Basic),
        module("HA17.post", "the client has a secret for the form", &["T5"])
            .good("sends the secret in the form, and nowhere else")
            .client(Client::Post),
        Module {
            // The refusal came before the code was looked at, so that the second request is the first use of it.
            redeems: 2,
            ..module(
                "HA17.unlisted",
                "the client has a secret for the form, and the metadata lists Basic only",
                &["T5"],
            )
            .good("tries the form once when Basic is refused, and says what worked")
            .client(Client::Post)
            .metadata(|document, _| {
                document["token_endpoint_auth_methods_supported"] = json!(["client_secret_basic"]);
            })
        },
    ]
}

fn types() -> Vec<Module> {
    let accepted = ["bearer", "bEARER", "BEARER"].map(|kind| {
        right(&format!("HA30.{kind}"), &format!("“token_type” is {kind}"), &["T7"], move |answer, _| {
            answer["token_type"] = json!(kind);
        })
    });
    let refused = [("mac", json!("mac")), ("dpop", json!("DPoP")), ("number", json!(7)), ("none", json!("N_A"))];
    let refused = refused.map(|(name, kind)| {
        let title = format!("“token_type” is {kind}, which nobody asked for");
        wrong(&format!("HC09.{name}"), &title, &["T7", "X1"], move |answer, _| answer["token_type"] = kind.clone())
    });
    [accepted.to_vec(), refused.to_vec()].concat()
}

fn lifetimes() -> Vec<Module> {
    let lives = [
        ("absent", "not there", json!(null)),
        ("zero", "0", json!(0)),
        ("minus", "−1", json!(-1)),
        ("text", "text", json!("3600")),
        ("float", "3600.5", json!(3600.5)),
        ("true", "true", json!(true)),
        ("list", "a list", json!([])),
        ("words", "“soon”", json!("soon")),
        ("big", "2^63", json!(9_223_372_036_854_775_808_u64)),
        ("century", "a hundred years", json!(3_153_600_000_i64)),
    ];
    let mut list: Vec<Module> = lives
        .into_iter()
        .map(|(name, words, value)| {
            right(&format!("HC05.{name}"), &format!("“expires_in” is {words}"), &["T8", "T12"], move |answer, _| {
                answer["expires_in"] = value.clone();
            })
            .good("signs in, and neither believes it for ever nor asks without end")
        })
        .collect();
    list.push(module("HC05.huge", "“expires_in” is 1e308", &["T8"]).good("signs in; the end is unknown").reply(
        At::Code,
        |reply, _| {
            reply.body =
                String::from_utf8_lossy(&reply.body).replace("\"expires_in\":3600", "\"expires_in\":1e308").into();
        },
    ));
    list
}

fn access_tokens() -> Vec<Module> {
    let unusable = [
        ("empty", "empty", json!("")),
        ("null", "null", json!(null)),
        ("number", "a number", json!(0)),
        ("object", "an object", json!({})),
        ("list", "a list", json!(["a"])),
        ("lines", "text with a line end and a header after it", json!("a\r\nX-Evil: 1")),
        ("nul", "text with NUL", json!("a\u{0}b")),
        ("letters", "not ASCII", json!("tök€n")),
        ("long", "a megabyte", json!("a".repeat(900_000))),
    ];
    let unusable = unusable.into_iter().map(|(name, words, value)| {
        wrong(&format!("HC06.{name}"), &format!("“access_token” is {words}"), &["T9", "T11"], move |answer, _| {
            answer["access_token"] = value.clone();
            // Without it, the sign-in would fail at the hash.
            answer["id_token"] = answer["id_token"].take();
        })
    });
    let kept = [
        ("short", "one letter", "a".to_owned()),
        ("eight", "8 KiB long", "a".repeat(8 * 1024)),
        ("sixty", "64 KiB long", "a".repeat(64 * 1024)),
        ("spaces", "with a space at both ends", " a b ".to_owned()),
        ("signs", "full of signs", "!\"#$%&'()*+,/:;<=>?@[]^`{|}~\\".to_owned()),
    ];
    let kept = kept.into_iter().map(|(name, words, value)| {
        right(&format!("HC06.{name}"), &format!("“access_token” is {words}"), &["T9"], move |answer, _| {
            answer["access_token"] = json!(value);
        })
        .id_token(At::Code, |t, _| t.leave_out("at_hash"))
        .good("keeps it byte for byte")
    });
    let lone = module("HC06.surrogate", "“access_token” has half a surrogate pair", &["T9"]).refused(1, REFUSES).reply(
        At::Code,
        |reply, _| {
            reply.body = String::from_utf8_lossy(&reply.body).replace("\"lab-access-", "\"\\ud800lab-access-").into();
        },
    );
    let twice = module("HC06.twice", "“access_token” stands twice in the answer", &["T9", "S17"])
        .refused(1, REFUSES)
        .reply(At::Code, |reply, _| {
            reply.body =
                String::from_utf8_lossy(&reply.body).replacen('{', "{\"access_token\":\"lab-other\",", 1).into();
        });
    unusable.chain(kept).chain([lone, twice]).collect()
}

fn refresh_tokens() -> Vec<Module> {
    let odd = [
        ("absent", "not there", json!(null)),
        ("empty", "empty", json!("")),
        ("list", "a list", json!(["a"])),
        ("lines", "text with a line end", json!("a\r\nb")),
    ];
    let mut list: Vec<Module> = odd
        .into_iter()
        .map(|(name, words, value)| {
            right(
                &format!("HC07.{name}"),
                &format!("“refresh_token” is {words} at the sign-in"),
                &["T9"],
                move |answer, _| {
                    answer["refresh_token"] = value.clone();
                },
            )
            .good("signs in, and says that nothing can renew it")
        })
        .collect();
    list.push(right("HC07.unknown", "the answer has 1,000 members that nobody knows", &["T9", "P15"], |answer, _| {
        for number in 0..1_000 {
            answer[format!("x{number}")] = json!({ "deep": [number] });
        }
    }));
    list
}

fn scopes() -> Vec<Module> {
    let scope = |id: &str, title: &str, value: Value| {
        right(id, title, &["T10"], move |answer, _| answer["scope"] = value.clone())
            .good("signs in, and shows what was granted")
    };
    vec![
        scope("HA32", "no “scope” in the answer", json!(null))
            .good("signs in, and takes what was asked for as granted"),
        scope("HC10.less", "“scope” is less than was asked for", json!("openid")),
        scope("HC10.more", "“scope” is more than was asked for", json!("openid email offline_access admin")),
        scope("HC10.order", "“scope” in another order", json!("offline_access email openid")),
        scope("HC10.double", "“scope” with doubles and spaces", json!(" openid  openid email offline_access ")),
        scope("HC10.long", "“scope” of 100 kB", json!("openid ".to_owned() + &"s".repeat(100_000))),
    ]
}

fn redirects() -> Vec<Module> {
    let redirected = |status: u16, at: At| {
        let id = if at == At::Code { format!("HC01.{status}") } else { format!("HC01.{status}r") };
        let title = format!("the token endpoint redirects ({status}) to somebody else");
        let module = module(id, title, &["T4"]).instead(at, move |reply, place| {
            *reply = Reply::redirect(status, &format!("{}/token", place.trap));
        });
        if at == At::Code {
            module.refused(1, "does not follow")
        } else {
            module.kept(2, "does not follow, and keeps its token")
        }
    };
    let at_code = [301, 302, 303, 307, 308].map(|status| redirected(status, At::Code));
    // Further ones mean the same where nothing is followed.
    let at_refresh = [300, 301, 302, 303, 304, 305, 307, 308].map(|status| redirected(status, At::Refresh));
    [at_code.to_vec(), at_refresh.to_vec()].concat()
}

fn refusals() -> Vec<Module> {
    let refuses = |id: &str, title: &str, status: u16, code: &'static str, words: &'static str| {
        module(id, title, &["T11", "P17"])
            .refused(1, REFUSES)
            .instead(At::Code, move |reply, _| reply.refuse(status, code, words))
    };
    vec![
        refuses("HC12.code", "the code is refused (invalid_grant)", 400, "invalid_grant", "The lab says no."),
        refuses("HC12.client", "the client is refused (invalid_client)", 401, "invalid_client", "The lab says no."),
        refuses(
            "HC12.ansi",
            "the refusal's words have terminal escapes",
            400,
            // Its words are shown; those of `invalid_grant` are not.
            "invalid_scope",
            "\u{1b}[31mred\u{7}\u{202e}",
        ),
        refuses(
            "HC12.error",
            "the refusal's code has terminal escapes and is long",
            400,
            "\u{1b}[2J\u{202e}lab-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "",
        ),
        refuses("HC11.two", "an error with HTTP 200", 200, "invalid_grant", "The lab says no."),
        module("HC11.both", "an error and tokens in one answer, with HTTP 200", &["T11"])
            .refused(1, "believes the error")
            .json(At::Code, |answer, _| answer["error"] = json!("invalid_grant")),
        module("HC11.four", "tokens with HTTP 400", &["T11"]).refused(1, "takes no tokens").reply(
            At::Code,
            |reply, _| {
                reply.status = 400;
            },
        ),
    ]
}
