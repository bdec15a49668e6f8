//! Beyond the sign-in: device flow, `UserInfo`, revocation and so on; and the connection below it all.

use serde_json::{Value, json};

use crate::flood::Flood;
use crate::module::{At, Module, module};
use crate::tls::Certificate;

fn device(id: &str, title: &str, rules: &[&'static str], change: fn(&mut Value)) -> Module {
    let all = module(id, title, rules).json(At::Device, move |answer, _| change(answer));
    Module { redeems: 0, good: "paces itself, shows the host of the address, and ends when it should", ..all }
}

/// A device that is told to poll twice, so that the pause shows.
fn paced(id: &str, title: &str, change: fn(&mut Value)) -> Module {
    device(id, title, &["G1"], change)
        .instead(At::Grant, |reply, _| reply.refuse(400, "authorization_pending", ""))
        .times(1)
}

/// Polls that are refused with this code so often before the tokens come.
fn polls(id: &str, title: &str, rules: &[&'static str], code: &'static str, times: u32) -> Module {
    device(id, title, rules, |_| ()).instead(At::Grant, move |reply, _| reply.refuse(400, code, "")).times(times)
}

pub(super) fn modules() -> Vec<Module> {
    [devices(), endpoints(), proofs(), encrypted()].concat()
}

fn devices() -> Vec<Module> {
    vec![
        device("HD09", "device flow: a correct server", &["G1"], |_| ()),
        paced("HD09.zero", "device flow: “interval” is 0", |answer| answer["interval"] = json!(0)),
        paced("HD09.minus", "device flow: “interval” is −1", |answer| answer["interval"] = json!(-1)),
        paced("HD09.absent", "device flow: no “interval”", |answer| answer["interval"] = json!(null)),
        device("HD09.huge", "device flow: “interval” is 10^9", &["G1"], |answer| {
            answer["interval"] = json!(1_000_000_000);
        }),
        device("HD09.short", "device flow: the code lives for a second", &["G3"], |answer| {
            answer["expires_in"] = json!(1);
        }),
        device("HD09.script", "device flow: the address is a script", &["G4"], |answer| {
            answer["verification_uri"] = json!("javascript:alert(1)");
        }),
        device("HD09.alike", "device flow: the address looks like another", &["G4"], |answer| {
            answer["verification_uri"] = json!("https://аccounts.google.com/device");
        }),
        device("HD09.bidi", "device flow: the code turns the line around", &["G4"], |answer| {
            answer["user_code"] = json!("AB\u{202e}CD");
        }),
        polls("HD09.slow", "device flow: two “slow_down”", &["G2"], "slow_down", 2),
        polls("HD09.pending", "device flow: two “authorization_pending”", &["G1"], "authorization_pending", 2),
        polls("HD09.denied", "device flow: “access_denied”", &["G3"], "access_denied", u32::MAX),
        polls("HD09.expired", "device flow: “expired_token”", &["G3"], "expired_token", u32::MAX),
    ]
}

fn endpoints() -> Vec<Module> {
    let revokes = |id: &str, title: &str, status: u16, code: &'static str| {
        module(id, title, &["V1", "V2", "V3", "V4"])
            .good("removes the login here whatever is answered, and says whether the provider confirmed")
            .reply(At::Revocation, move |reply, _| {
                if status != 200 {
                    reply.refuse(status, code, "");
                }
            })
    };
    let inactive = |id: &str, title: &str, value: Value| {
        module(id, title, &["Q1"])
            .good("takes the token for dead")
            .json(At::Introspection, move |answer, _| answer["active"] = value.clone())
    };
    vec![
        module("HA12", "UserInfo is about somebody else", &["I12"])
            .good("throws UserInfo away and says so")
            .json(At::UserInfo, |answer, _| answer["sub"] = json!("lab-subject-11")),
        revokes("HD10", "revocation: 200", 200, ""),
        revokes("HD10.503", "revocation: 503", 503, "temporarily_unavailable"),
        revokes("HD10.type", "revocation: unsupported_token_type", 400, "unsupported_token_type"),
        inactive("HQ20", "introspection: “active” is false", json!(false)),
        inactive("HQ20.text", "introspection: “active” is the text “true”", json!("true")),
        inactive("HQ20.absent", "introspection: no “active”", json!(null)),
        registered(
            "HD12",
            "registration: another redirect address",
            "redirect_uris",
            json!(["https://evil.example/cb"]),
        ),
        registered("HD12.past", "registration: the secret ended long ago", "client_secret_expires_at", json!(1)),
        registered(
            "HD12.grants",
            "registration: more grants than were asked for",
            "grant_types",
            json!(["password", "implicit"]),
        ),
    ]
}

fn registered(id: &str, title: &str, member: &'static str, value: Value) -> Module {
    module(id, title, &["D4"])
        .refused(0, "refuses a registration that is not what it asked for")
        .json(At::Registration, move |answer, _| answer[member] = value.clone())
}

fn proofs() -> Vec<Module> {
    let proof = |id: &str, title: &str, rules: &[&'static str]| {
        let nonce = module(id, title, rules)
            .good("tries once more with the nonce, and no more")
            .instead(At::Code, |reply, _| {
                reply.set("DPoP-Nonce", "lab-nonce");
                reply.refuse(400, "use_dpop_nonce", "");
            })
            .times(1);
        // The refusal came before the code was looked at, so that the second request is the first use of it.
        Module { redeems: 2, ..nonce }
    };
    vec![
        proof("HA33", "the token endpoint wants a DPoP nonce", &["DP1", "DP2", "DP4"]),
        module("HD14", "the endpoints are others at the second sign-in", &["D7"])
            .good("asks the person before it goes there")
            .metadata(|document, place| document["token_endpoint"] = json!(format!("{}/token", place.other)))
            .after(1),
    ]
}

fn encrypted() -> Vec<Module> {
    let refused = |id: &str, title: &str, what| {
        module(id, title, &["T2"]).refused(0, "refuses the connection, and sends nothing").tls(what)
    };
    let endless =
        |id: &str, title: &str, what| module(id, title, &["T14"]).refused(0, "gives up within its limits").flood(what);
    vec![
        module("HC21", "TLS as it should be", &["T2"]).tls(Certificate::Good),
        refused("HC21.expired", "TLS: the certificate ended years ago", Certificate::Expired),
        refused("HC21.notyet", "TLS: the certificate begins in many years", Certificate::NotYet),
        refused("HC21.host", "TLS: the certificate is for another host", Certificate::OtherHost),
        refused("HC21.stranger", "TLS: an authority of the right name with another key", Certificate::Stranger),
        refused("HC21.self", "TLS: the certificate signed itself", Certificate::SelfSigned),
        refused("HC21.chain", "TLS: hundreds of certificates", Certificate::LongChain),
        endless("HC20.h2data", "HTTP/2: empty DATA frames without end", Flood::Data),
        endless("HC20.h2headers", "HTTP/2: headers without end", Flood::Continuation),
        endless("HC20.h2ping", "HTTP/2: PING frames without end", Flood::Ping),
        endless("HC20.h2settings", "HTTP/2: SETTINGS frames without end", Flood::Settings),
    ]
}
