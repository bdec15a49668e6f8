//! Answers to a renewal (security.md: R1–R9, HA18, HA19, HC07, HC10–HC19, HC25; rotation.md).

use serde_json::{Value, json};

use crate::answers::Reply;
use crate::id_token::Draft;
use crate::module::{At, Module, Place, Reuse, module};
use crate::wire::Wire;

const LATER: &str = "keeps its token and tries again later";

/// A renewal that is refused or fails, after a correct sign-in.
fn fails(
    id: &str,
    title: &str,
    rules: &[&'static str],
    most: u32,
    change: impl Fn(&mut Reply, &Place) + Send + Sync + 'static,
) -> Module {
    module(id, title, rules).kept(most, LATER).instead(At::Refresh, change)
}

/// A renewal whose answer is changed.
fn answers(
    id: &str,
    title: &str,
    rules: &[&'static str],
    change: impl Fn(&mut Value, &Place) + Send + Sync + 'static,
) -> Module {
    module(id, title, rules).json(At::Refresh, change)
}

/// A renewal whose ID token is changed.
fn identity(
    id: &str,
    title: &str,
    rules: &[&'static str],
    change: impl Fn(&mut Draft, &Place) + Send + Sync + 'static,
) -> Module {
    module(id, title, rules)
        .kept(1, "stores the new refresh token, and then freezes the login")
        .policy(|policy| policy.id_token_at_refresh = true)
        .id_token(At::Refresh, change)
}

pub(super) fn modules() -> Vec<Module> {
    [rotations(), identities(), refresh_tokens(), odd_answers(), verdicts(), waits(), losses()].concat()
}

fn rotations() -> Vec<Module> {
    vec![
        module("HA18", "every renewal gives a new refresh token, and the old one ends the family", &["R1", "R7"])
            .renews(3, "uses the newest, every time"),
        module("HA18.keeps", "renewals give no refresh token", &["R2"])
            .renews(3, "goes on with the one it has")
            .policy(|policy| policy.rotate = false),
        module("HC19", "renewals give new refresh tokens, and the old ones stay good", &["R1"])
            .renews(3, "uses the newest all the same")
            .policy(|policy| policy.reuse = Reuse::Forever),
        module("D7", "the metadata names another token endpoint after the sign-in", &["D7", "R4"])
            .renews(1, "renews where the token was given")
            .metadata(|document, place| document["token_endpoint"] = json!(format!("{}/token", place.trap)))
            .after(1),
    ]
}

fn identities() -> Vec<Module> {
    vec![
        module("HA19.same", "the renewal brings an ID token about the same person", &["R5", "R6"])
            .renews(1, "renews")
            .policy(|policy| policy.id_token_at_refresh = true),
        identity("HA19.iss", "the renewal's ID token has another issuer", &["R5"], |t, _| t.append("iss")),
        identity("HA19.sub", "the renewal's ID token is about somebody else", &["R5"], |t, _| t.append("sub")),
        identity("HC25", "the renewal's ID token is for another client", &["R6"], |t, _| t.append("aud")),
        identity("HC25.azp", "the renewal's ID token was issued to another client (“azp”)", &["R6"], |t, _| {
            t.set("azp", "lab1");
        }),
        identity("HC25.nonce", "the renewal's ID token has a nonce that was never sent", &["R6"], |t, _| {
            t.set("nonce", "lab-never-sent");
        }),
        module("HC25.junk", "the renewal's ID token can't be read", &["R5"])
            .kept(1, "stores the new refresh token, and then freezes the login")
            .json(At::Refresh, |answer, _| answer["id_token"] = json!("lab.not-a.token")),
    ]
}

fn refresh_tokens() -> Vec<Module> {
    let odd = [
        ("null", "null", json!(null)),
        ("empty", "empty", json!("")),
        ("list", "a list", json!(["a"])),
        ("number", "a number", json!(7)),
        ("lines", "text with a line end", json!("a\r\nb")),
        ("nul", "text with NUL", json!("a\u{0}b")),
    ];
    let mut list: Vec<Module> = odd
        .into_iter()
        .map(|(name, words, value)| {
            answers(
                &format!("HC07.r{name}"),
                &format!("the renewal's “refresh_token” is {words}"),
                &["R2"],
                move |answer, _| {
                    answer["refresh_token"] = value.clone();
                },
            )
            .policy(|policy| policy.rotate = false)
            .renews(2, "uses the access token and keeps the refresh token it has")
        })
        .collect();
    list.push(
        module("HC07.big", "the renewal's “refresh_token” is 60 KiB long", &["T9", "R1"])
            .renews(2, "keeps it whole")
            .policy(|policy| policy.reuse = Reuse::Forever)
            .json(At::Refresh, |answer, _| {
                // The record takes it as given; the next renewal must bring exactly this one, and gets what it had.
                let token = answer["refresh_token"].as_str().unwrap_or_default().to_owned();
                answer["refresh_token"] = json!(token + &"r".repeat(60 * 1024));
            })
            .times(1),
    );
    list
}

fn odd_answers() -> Vec<Module> {
    let held = "stores what came, and holds the token back until the person confirms";
    vec![
        answers("HC09.refresh", "the renewal's “token_type” is mac", &["T7"], |answer, _| {
            answer["token_type"] = json!("mac");
        })
        .kept(1, held),
        answers("HC10.grew", "the renewal grants more than the person approved", &["T10"], |answer, _| {
            answer["scope"] = json!("openid email offline_access admin");
        })
        .kept(1, held),
        answers("HC10.shrank", "the renewal grants less", &["T10"], |answer, _| answer["scope"] = json!("openid"))
            .renews(1, "shows what is left"),
        answers("HC05.refresh", "the renewal's “expires_in” is −1", &["T8"], |answer, _| {
            answer["expires_in"] = json!(-1);
        })
        .kept(3, "does not renew without end"),
        answers("HC06.refresh", "the renewal has no access token", &["R9"], |answer, _| {
            answer["access_token"] = json!(null);
        })
        .kept(2, "keeps the new refresh token"),
    ]
}

fn verdicts() -> Vec<Module> {
    let mut list: Vec<Module> = [200, 400, 401, 403, 404, 500]
        .into_iter()
        .map(|status| {
            fails(
                &format!("HC12.{status}"),
                &format!("invalid_grant with HTTP {status}"),
                &["R8"],
                1,
                move |reply, _| {
                    reply.refuse(status, "invalid_grant", "The lab says no.");
                },
            )
            .good("says that a sign-in is needed, deletes nothing, and does not ask again")
        })
        .collect();
    let coded = |id: &str, code: &'static str, good: &'static str| {
        fails(id, &format!("the renewal is refused with {code}"), &["R8"], 1, move |reply, _| {
            reply.refuse(400, code, "");
        })
        .good(good)
    };
    list.extend([
        coded("HC13", "invalid_client", "says that the settings are refused, and asks once"),
        coded("HC13.unauthorized", "unauthorized_client", "says that the settings are refused, and asks once"),
        coded("HC13.grant", "unsupported_grant_type", "says that the settings are refused, and asks once"),
        coded("HC12.login", "login_required", "says that a sign-in is needed"),
        coded("HC12.interaction", "interaction_required", "says that a sign-in is needed"),
        coded("HC12.consent", "consent_required", "says that a sign-in is needed"),
        answers("HC11.refresh", "an error and tokens in one answer to the renewal", &["T11"], |answer, _| {
            answer["error"] = json!("invalid_grant");
        })
        .policy(|policy| policy.rotate = false)
        .kept(1, "believes the error"),
        module("HC11.r400", "tokens with HTTP 400 to the renewal", &["T11"])
            .kept(2, LATER)
            .policy(|policy| policy.rotate = false)
            .reply(At::Refresh, |reply, _| reply.status = 400),
    ]);
    list
}

fn waits() -> Vec<Module> {
    let mut list: Vec<Module> = [408, 425, 500, 502, 503, 504]
        .into_iter()
        .map(|status| {
            fails(
                &format!("HC15.{status}"),
                &format!("{status} to two renewals, then all is well"),
                &["R8"],
                3,
                move |reply, _| {
                    reply.status = status;
                    reply.body = b"busy".to_vec();
                },
            )
            .times(2)
        })
        .collect();
    let after = [
        ("5", "5", 1),
        ("huge", "99999999", 1),
        ("minus", "-1", 2),
        ("past", "Wed, 21 Oct 2015 07:28:00 GMT", 2),
        ("future", "Wed, 21 Oct 2065 07:28:00 GMT", 1),
        ("words", "soon", 2),
    ];
    list.extend(after.into_iter().map(|(name, value, most)| {
        fails(&format!("HC14.{name}"), &format!("429 with Retry-After: {value}"), &["R8"], most, move |reply, _| {
            reply.status = 429;
            reply.set("Retry-After", value);
        })
    }));
    list.push(fails("HC14.bomb", "429 with 50,000 brackets in Retry-After", &["R8"], 2, |reply, _| {
        reply.status = 429;
        reply.set("Retry-After", "(".repeat(50_000));
    }));
    let junk = [
        ("html", "text/html", "<html>Sign in to the Wi-Fi</html>"),
        ("empty", "application/json", ""),
        ("text", "text/plain", "it works"),
        ("null", "application/json", "null"),
        ("number", "application/json", "7"),
        ("deep", "application/json", "DEEP"),
        ("other", "application/json", r#"{"hello":"world"}"#),
    ];
    list.extend(junk.into_iter().map(|(name, kind, body)| {
        let body = if body == "DEEP" { "[".repeat(100_000) } else { body.to_owned() };
        fails(
            &format!("HC02.{name}"),
            &format!("200 with {kind} and nothing useful ({name})"),
            &["T14", "R8"],
            2,
            move |reply, _| {
                reply.set("Content-Type", kind);
                reply.body = body.clone().into_bytes();
            },
        )
        .times(1)
    }));
    list
}

fn losses() -> Vec<Module> {
    let lost = |id: &str, title: &str, reuse: Reuse| {
        module(id, title, &["R9", "K3"])
            .policy(move |policy| policy.reuse = reuse)
            .wire(At::Refresh, Wire::Lost)
            .times(1)
    };
    vec![
        lost("HC16", "the answer to a renewal is lost; the server forgives nothing", Reuse::Revoke)
            .kept(2, "sends the token once more, then says that the connection broke"),
        lost("HC16.grace", "the answer to a renewal is lost; the server has a grace time", Reuse::Grace)
            .renews(2, "sends the token once more, and goes on"),
        lost("HC16.keeps", "the answer to a renewal is lost; the server does not rotate", Reuse::Forever)
            .policy(|policy| policy.rotate = false)
            .renews(2, "sends the token once more, and goes on"),
        module("HC16.never", "the answers to all renewals are lost", &["R9", "K3"])
            .kept(2, "sends the token twice, and then no more")
            .wire(At::Refresh, Wire::Lost),
    ]
}
