//! Key sets that are odd, wrong or out of reach (security.md: I13, I14, J5, J8, HA06, HA07, HA15, HA16, HD07).

use serde_json::json;

use crate::answers::Reply;
use crate::id_token::{Draft, Sign};
use crate::keys::{Signer, b64, jwk};
use crate::module::{At, Module, Place, module};

const NO_KEYS: &str = "says that the ID token can't be verified, and does not sign in";

fn second(t: &mut Draft) {
    t.head("kid", "rsa-2");
    t.sign = Sign::By(Signer::Second);
}

pub(super) fn modules() -> Vec<Module> {
    [kids(), moved(), sets(), out_of_reach()].concat()
}

fn kids() -> Vec<Module> {
    vec![
        module("HA06", "one key, and no “kid” anywhere", &["I14"])
            .id_token(At::Code, |t, _| t.head_without("kid"))
            .json(At::Keys, |set, _| {
                let mut key = jwk(Signer::First, "");
                if let Some(members) = key.as_object_mut() {
                    members.remove("kid");
                }
                *set = json!({ "keys": [key] });
            }),
        module("HA07", "several keys, and no “kid” in the ID token", &["I14"])
            .good("tries the keys that fit, or refuses")
            .id_token(At::Code, |t, _| t.head_without("kid"))
            .json(At::Keys, |set, _| {
                *set = json!({ "keys": [jwk(Signer::Second, "rsa-2"), jwk(Signer::First, "rsa-1")] });
            }),
        module("HA07.stranger", "several keys, no “kid”, and a signature that fits none", &["I14"])
            .refused(1, "refuses the ID token")
            .id_token(At::Code, |t, _| {
                t.head_without("kid");
                t.sign = Sign::By(Signer::Stranger);
            })
            .json(At::Keys, |set, _| {
                *set = json!({ "keys": [jwk(Signer::Second, "rsa-2"), jwk(Signer::First, "rsa-1")] });
            }),
    ]
}

fn moved() -> Vec<Module> {
    vec![
        module("HA15", "“jwks_uri” is another at every sign-in", &["D1"])
            .good("asks where the keys are, each time")
            .metadata(|document, place| {
                document["jwks_uri"] = json!(format!("{}/jwks?{:x}", place.issuer, fastrand::u64(..)));
            }),
        module("HA16", "the signing key is a new one at the second sign-in", &["I13"])
            .good("fetches the keys again and signs in")
            .id_token(At::Code, |t, _| second(t))
            .after(1)
            .json(At::Keys, |set, _| *set = json!({ "keys": [jwk(Signer::Second, "rsa-2")] }))
            .after(1),
        module("HA16.unknown", "the ID token's “kid” is in no key set", &["I13"])
            .refused(1, "fetches the keys at most twice, and refuses")
            .id_token(At::Code, |t, _| t.head("kid", "nobody")),
    ]
}

fn sets() -> Vec<Module> {
    let set = |id: &str, title: &str, rules: &[&'static str], change: fn(&mut serde_json::Value, &Place)| {
        module(id, title, rules).refused(1, NO_KEYS).json(At::Keys, change)
    };
    vec![
        set("HD07.other", "the key set is another issuer's", &["J8"], |set, _| {
            *set = json!({ "keys": [jwk(Signer::Stranger, "rsa-1")] });
        }),
        set("HD07.alg", "the key says that it is for PS256", &["J2"], |set, _| set["keys"][0]["alg"] = json!("PS256")),
        set("HD07.use", "the key says that it is for encryption", &["J2"], |set, _| {
            set["keys"][0]["use"] = json!("enc");
        }),
        set("HD07.empty", "the key set is empty", &["I4"], |set, _| *set = json!({ "keys": [] })),
        set("HD07.list", "the key set is a bare list", &["I4"], |set, _| *set = set["keys"].take()),
        set("HD07.short", "the key is an RSA key of 512 bits", &["J2"], |set, _| {
            set["keys"][0]["n"] = json!(b64([0xbf; 64]));
        }),
        module("HD07.curve", "the EC key is not on its curve", &["J5"])
            .refused(1, NO_KEYS)
            .id_token(At::Code, |t, _| t.es256())
            .json(At::Keys, |set, _| set["keys"][1]["y"] = json!(b64([7; 32]))),
        module("HD07.junk", "the key set has broken keys beside the good one", &["I14"]).json(At::Keys, |set, _| {
            let good = set["keys"][0].clone();
            set["keys"] = json!([null, 7, {}, { "kty": "RSA" }, { "kty": "lab", "kid": "x" }, good]);
        }),
        many("HD07.fifty", 50),
        many("HD07.many", 2_000).refused(1, "takes no more keys than any issuer has"),
    ]
}

fn many(id: &str, number: u32) -> Module {
    module(id, format!("the key set has {number} keys more"), &["D5"]).json(At::Keys, move |set, _| {
        let key = |number| json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": format!("k{number}") });
        if let Some(list) = set["keys"].as_array_mut() {
            list.extend((0..number).map(key));
        }
    })
}

fn out_of_reach() -> Vec<Module> {
    let answers = |id: &str, title: &str, change: fn(&mut Reply, &Place)| {
        module(id, title, &["I4"]).refused(1, NO_KEYS).instead(At::Keys, change)
    };
    vec![
        answers("HD07", "the key set answers 503", |reply, _| reply.status = 503),
        answers("HD07.gone", "the key set answers 404", |reply, _| reply.status = 404),
        answers("HD07.html", "the key set is a web page", |reply, _| {
            reply.set("Content-Type", "text/html");
            reply.body = b"<html>Sign in to the Wi-Fi</html>".to_vec();
        }),
        answers("HD07.redirect", "the key set redirects to somebody else", |reply, place| {
            *reply = Reply::redirect(302, &format!("{}/jwks", place.trap));
        }),
        module("HD07.nowhere", "the metadata names no key set", &["I4"]).refused(1, NO_KEYS).metadata(|document, _| {
            document["jwks_uri"] = json!(null);
        }),
    ]
}
