//! ID tokens of a sign-in that do not hold, and odd ones that do (security.md: I1–I14, J1–J16).

use serde_json::json;

use crate::clock::{date, now};
use crate::id_token::{Draft, Sign};
use crate::keys::{KEYS, Signer, jwk};
use crate::module::{At, Client, Module, Place, module};

const REFUSES: &str = "refuses the ID token and uses nothing of the answer";

/// An ID token that must be refused.
fn wrong(
    id: &str,
    title: &str,
    rules: &[&'static str],
    change: impl Fn(&mut Draft, &Place) + Send + Sync + 'static,
) -> Module {
    module(id, title, rules).refused(1, REFUSES).id_token(At::Code, change)
}

/// An ID token that is odd and right.
fn right(
    id: &str,
    title: &str,
    rules: &[&'static str],
    change: impl Fn(&mut Draft, &Place) + Send + Sync + 'static,
) -> Module {
    module(id, title, rules).good("signs in").id_token(At::Code, change)
}

pub(super) fn modules() -> Vec<Module> {
    [claims(), audiences(), times(), signatures(), headers(), forms()].concat()
}

fn claims() -> Vec<Module> {
    vec![
        module("HA01", "a correct sign-in, twice", &["P1", "P2", "P3", "P5", "N2", "T1", "T6"])
            .good("signs in, with new state, nonce and challenge each time")
            .renews(8, "signs in and renews"),
        wrong("HA02", "ID token: “iss” with a 1 behind it", &["I1"], |t, _| t.append("iss")),
        wrong("HA02.slash", "ID token: “iss” with a slash behind it", &["I1"], |t, place| {
            t.set("iss", format!("{}/", place.issuer));
        }),
        wrong("HA02.missing", "ID token without “iss”", &["I1"], |t, _| t.leave_out("iss")),
        wrong("HA03", "ID token without “sub”", &["I10"], |t, _| t.leave_out("sub")),
        wrong("HA03.long", "ID token: “sub” of 256 characters", &["I10"], |t, _| t.set("sub", "s".repeat(256))),
        wrong("HA03.empty", "ID token: an empty “sub”", &["I10"], |t, _| t.set("sub", "")),
        wrong("HA03.number", "ID token: “sub” is a number", &["I10"], |t, _| t.set("sub", 7)),
        wrong("HA03.letters", "ID token: “sub” in Cyrillic", &["I10"], |t, _| t.set("sub", "ада")),
        wrong("HA11", "ID token: “nonce” with a 1 behind it", &["I9"], |t, _| t.append("nonce")),
        wrong("HA11.missing", "ID token without “nonce”", &["I9"], |t, _| t.leave_out("nonce")),
        wrong("HA11.type", "ID token: “nonce” is a list", &["I9"], |t, _| {
            let list = json!([t.claims["nonce"]]);
            t.set("nonce", list);
        }),
        wrong("HA11.athash", "ID token: “at_hash” of another access token", &["I11"], |t, _| {
            t.set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA");
        }),
        wrong("HA11.events", "a logout token in place of the ID token", &["J11"], |t, _| {
            t.set("events", json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
        }),
        right("HA01.claims", "ID token with 2,000 unknown claims", &["P15"], |t, _| {
            for number in 0..2_000 {
                t.set(&format!("x{number}"), number);
            }
        }),
    ]
}

fn audiences() -> Vec<Module> {
    vec![
        wrong("HA04", "ID token: “aud” with a 1 behind it", &["I2", "J9"], |t, _| t.append("aud")),
        wrong("HA04.missing", "ID token without “aud”", &["I2", "J9"], |t, _| t.leave_out("aud")),
        wrong("HA04.second", "ID token: “aud” names somebody else too", &["I2"], |t, _| {
            t.set("aud", json!(["lab", "lab1"]));
            t.set("azp", "lab");
        }),
        wrong("HA04.azp", "ID token: issued to another client (“azp”)", &["I3"], |t, _| t.set("azp", "lab1")),
        wrong("HA04.noazp", "ID token: two audiences and no “azp”", &["I3"], |t, _| {
            t.set("aud", json!(["lab", "lab1"]));
        }),
        right("HA26", "ID token: “aud” is a list of one", &["I3"], |t, _| t.set("aud", json!(["lab"]))),
    ]
}

fn times() -> Vec<Module> {
    vec![
        wrong("HA05", "ID token without “iat”", &["I8"], |t, _| t.leave_out("iat")),
        wrong("HA05.old", "ID token: issued a week ago", &["I8"], |t, _| t.set("iat", now() - 7 * 86_400)),
        wrong("HA05.future", "ID token: issued in an hour", &["I8"], |t, _| t.set("iat", now() + 3600)),
        wrong(
            "HA05.clock",
            "ID token: issued in an hour, by a server whose clock is an hour ahead",
            &["I8"],
            |t, _| {
                t.set("iat", now() + 3600);
                t.set("exp", now() + 4200);
            },
        )
        .good("refuses the ID token and says by how much the clocks differ")
        .reply(At::Code, |reply, _| reply.set("Date", date(3600))),
        wrong("HA27", "ID token: expired six minutes ago", &["I7"], |t, _| t.set("exp", now() - 360)),
        wrong("HA27.missing", "ID token without “exp”", &["I7"], |t, _| t.leave_out("exp")),
        wrong("HA27.text", "ID token: “exp” is text", &["J16"], |t, _| t.set("exp", "9999999999")),
        wrong("HA27.true", "ID token: “exp” is true", &["J16"], |t, _| t.set("exp", true)),
        wrong("HA27.null", "ID token: “exp” is null", &["J16"], |t, _| t.set("exp", json!(null))),
        right("HA27.huge", "ID token: “exp” is 1e400, a number beyond the calendar", &["J16"], |t, _| {
            t.claims_text = Some(t.claims.to_string().replacen("\"exp\":", "\"exp\":1e400,\"was\":", 1));
        }),
        wrong("HA27.early", "ID token: not valid for another hour (“nbf”)", &["J16"], |t, _| {
            t.set("nbf", now() + 3600);
        }),
        right("HA27.float", "ID token: “exp” with a fraction", &["J16"], |t, _| {
            t.claims_text =
                Some(t.claims.to_string().replacen("\"exp\":", &format!("\"exp\":{}.5,\"was\":", now() + 600), 1));
        }),
    ]
}

/// Another algorithm, and no `at_hash`: which hash that would be depends on the algorithm too.
fn plain(t: &mut Draft, alg: serde_json::Value) {
    t.leave_out("at_hash");
    t.head("alg", alg);
}

fn signatures() -> Vec<Module> {
    let broken = |t: &mut Draft| t.sign = Sign::By(Signer::Stranger);
    vec![
        right("HA08", "ID token signed with RS256", &["I4"], |_, _| ()),
        right("HA08.es256", "ID token signed with ES256", &["I4"], |t, _| t.es256()),
        wrong("HA09", "ID token: “alg” none, no signature", &["I4", "J1"], |t, _| {
            plain(t, json!("none"));
            t.sign = Sign::Not;
        }),
        wrong("HA09.case", "ID token: “alg” nOnE, no signature", &["J1", "J3"], |t, _| {
            plain(t, json!("nOnE"));
            t.sign = Sign::Not;
        }),
        wrong("HA09.kept", "ID token: “alg” none with a signature", &["J1"], |t, _| plain(t, json!("none"))),
        wrong("HA10.rs256", "ID token: an RS256 signature of another key", &["I4"], move |t, _| broken(t)),
        wrong("HA10.es256", "ID token: an ES256 signature of zeros (r = s = 0)", &["I4", "J5"], |t, _| {
            t.es256();
            t.sign = Sign::Bytes(vec![0; 64]);
        }),
        wrong("HA10.empty", "ID token: an empty RS256 signature", &["I4"], |t, _| t.sign = Sign::Not),
        wrong("HA10.hs256", "ID token: HS256 with a secret that is not the client's", &["I6"], |t, _| {
            t.head("alg", "HS256");
            t.sign = Sign::Hmac(b"some other secret of some other client".to_vec());
        })
        .client(Client::Basic),
        wrong("HA10.public", "ID token: HS256 for a client without a secret", &["I6", "J1"], |t, _| {
            t.head("alg", "HS256");
            t.sign = Sign::Hmac(Vec::new());
        }),
        confused("pem"),
        confused("der"),
        confused("jwk"),
        wrong("HA28", "ID token: RS384, which the server never offered", &["I5", "J1"], |t, _| {
            plain(t, json!("RS384"));
        }),
        wrong("HA28.ps256", "ID token: PS256 with a key that is for RS256", &["J2"], |t, _| t.head("alg", "PS256")),
        wrong("HA28.case", "ID token: “alg” rs256 in small letters", &["J3"], |t, _| t.head("alg", "rs256")),
        wrong("HA28.type", "ID token: “alg” is a list", &["J1"], |t, _| plain(t, json!(["RS256"]))),
        wrong("HA28.missing", "ID token without “alg”", &["J1"], |t, _| {
            plain(t, json!(null));
            t.head_without("alg");
        }),
    ]
}

/// HS256 with the public key as the secret.
fn confused(form: &'static str) -> Module {
    let title = format!("ID token: HS256 with the public key as the secret ({form})");
    wrong(&format!("HA10.{form}"), &title, &["I6", "J1"], move |t, _| {
        t.head("alg", "HS256");
        t.sign = Sign::Hmac(KEYS.as_ref().map(|keys| keys.public_bytes(form)).unwrap_or_default());
    })
}

fn headers() -> Vec<Module> {
    let strange = |t: &mut Draft, member: &str, value: serde_json::Value| {
        t.sign = Sign::By(Signer::Stranger);
        t.head("kid", "stranger");
        t.head(member, value);
    };
    vec![
        wrong("HA10.jku", "ID token names where its key is (“jku”)", &["J10"], move |t, place| {
            strange(t, "jku", json!(format!("{}/jwks", place.trap)));
        }),
        wrong("HA10.x5u", "ID token names where its certificate is (“x5u”)", &["J10"], move |t, place| {
            strange(t, "x5u", json!(format!("{}/cert.pem", place.trap)));
        }),
        wrong("HA10.key", "ID token brings its own key (“jwk”)", &["J10"], move |t, _| {
            strange(t, "jwk", jwk(Signer::Stranger, "stranger"));
        }),
        wrong("HA10.kid", "ID token: “kid” is a path", &["J10"], |t, _| {
            t.sign = Sign::By(Signer::Stranger);
            t.head("kid", "../../../../etc/passwd");
        }),
        wrong("HA10.crit", "ID token: “crit” with a name that nobody knows", &["J15"], |t, _| {
            t.head("crit", json!(["x"]));
            t.head("x", true);
        }),
        wrong("HA10.b64", "ID token: “b64” false", &["J15"], |t, _| {
            t.head("crit", json!(["b64"]));
            t.head("b64", false);
        }),
        wrong("HA10.at", "an access token in place of the ID token (“typ” at+jwt)", &["J11"], |t, _| {
            t.head("typ", "at+jwt");
        }),
        wrong("HA10.twice", "ID token: “iss” twice", &["J15"], |t, _| {
            t.claims_text = Some(t.claims.to_string().replacen('{', "{\"iss\":\"https://evil.example\",", 1));
        }),
    ]
}

fn forms() -> Vec<Module> {
    let refused = |id: &str, title: &str, rules: &[&'static str], form: fn(&str) -> serde_json::Value| {
        module(id, title, rules).refused(1, REFUSES).json(At::Code, move |answer, _| {
            let token = answer["id_token"].as_str().unwrap_or_default().to_owned();
            answer["id_token"] = form(&token);
        })
    };
    vec![
        refused("HA10.none", "no ID token although “openid” was asked for", &["I4"], |_| json!(null)),
        refused("HA10.five", "ID token of five parts (encrypted)", &["J4"], |token| json!(format!("{token}.a.b"))),
        refused("HA10.two", "ID token without its third part", &["J4"], |token| {
            json!(token.rsplit_once('.').map_or("", |(rest, _)| rest))
        }),
        refused("HA10.line", "ID token with a line end in it", &["J13"], |token| json!(token.replacen('.', ".\n", 1))),
        refused("HA10.pad", "ID token with padding", &["J13"], |token| json!(format!("{token}=="))),
        refused("HA10.json", "ID token in the JSON form", &["J13"], |token| {
            let parts: Vec<&str> = token.split('.').collect();
            json!({ "protected": parts[0], "payload": parts[1], "signature": parts[2] }).to_string().into()
        }),
        refused("HA10.object", "ID token is an object", &["J4"], |_| json!({ "sub": "ada" })),
    ]
}
