//! Metadata that lies, points elsewhere or is no metadata (security.md: D1–D8, §6.4, HA14, HD01–HD08).

use serde_json::{Value, json};

use crate::answers::Reply;
use crate::module::{At, Module, Place, module};

const STOPS: &str = "stops before the browser opens, and asks nothing more";

fn lies(
    id: &str,
    title: &str,
    rules: &[&'static str],
    change: impl Fn(&mut Value, &Place) + Send + Sync + 'static,
) -> Module {
    module(id, title, rules).refused(0, STOPS).metadata(change)
}

fn answers(
    id: &str,
    title: &str,
    rules: &[&'static str],
    change: impl Fn(&mut Reply, &Place) + Send + Sync + 'static,
) -> Module {
    module(id, title, rules).refused(0, STOPS).reply(At::Discovery, change)
}

pub(super) fn modules() -> Vec<Module> {
    [issuers(), places(), endpoints(), documents()].concat()
}

fn issuers() -> Vec<Module> {
    let issuer = |id: &str, title: &str, of: fn(&str) -> Value| {
        lies(id, title, &["D1"], move |document, place| document["issuer"] = of(&place.issuer))
    };
    vec![
        issuer("HA14", "the metadata is another issuer's", |_| json!("https://other.lab.example")),
        issuer("HD01.slash", "the issuer with a slash behind it", |own| json!(format!("{own}/"))),
        issuer("HD01.case", "the issuer with HTTP in capitals", |own| json!(own.replacen("http", "HTTP", 1))),
        issuer("HD01.name", "the issuer by another name of the same machine", |own| {
            json!(own.replacen("127.0.0.1", "localhost", 1))
        }),
        issuer("HD01.port", "the issuer with a zero before the port", |own| {
            json!(own.replacen("127.0.0.1:", "127.0.0.1:0", 1))
        }),
        issuer("HD01.path", "the issuer with a path", |own| json!(format!("{own}/x/.."))),
        issuer("HD01.dot", "the issuer with a dot after the host", |own| {
            json!(own.replacen("127.0.0.1", "127.0.0.1.", 1))
        }),
        issuer("HD01.script", "the issuer in letters that look alike", |own| json!(own.replacen("http", "һttp", 1))),
        issuer("HD01.hidden", "the issuer with an invisible character", |own| json!(format!("{own}\u{200b}"))),
        issuer("HD01.list", "the issuer is a list", |own| json!([own])),
        issuer("HD01.null", "the issuer is null", |_| json!(null)),
        issuer("HD01.ansi", "the issuer has terminal escapes", |own| json!(format!("{own}\u{1b}[2J\u{202e}"))),
    ]
}

fn places() -> Vec<Module> {
    vec![
        module("HD13", "an issuer with a path, and another's metadata without it", &["D3"])
            .good("asks below the issuer's own path")
            .policy(|policy| policy.path = "/tenant")
            .instead(At::Elsewhere, |reply, place| {
                reply.body =
                    json!({ "issuer": place.trap, "authorization_endpoint": place.trap, "token_endpoint": place.trap })
                        .to_string()
                        .into_bytes();
            }),
        module("HD13.oauth", "an issuer with a path, and its metadata where RFC 8414 says", &["D3"])
            .good("finds it between host and path")
            .policy(|policy| (policy.path, policy.oauth_only) = ("/tenant", true)),
        answers("HD03", "the metadata redirects to another server", &["D5"], |reply, place| {
            *reply = Reply::redirect(302, &format!("{}/.well-known/openid-configuration", place.trap));
        }),
        answers("HD03.loop", "the metadata redirects to itself", &["D5"], |reply, place| {
            *reply = Reply::redirect(301, &format!("{}/.well-known/openid-configuration", place.issuer));
        }),
        answers("HD08", "a web page in place of the metadata (captive portal)", &["D5"], |reply, _| {
            reply.set("Content-Type", "text/html");
            reply.body = b"<!doctype html><title>Sign in to the Wi-Fi</title>".to_vec();
        }),
        answers("HD08.gone", "no metadata anywhere", &["D5"], |reply, _| reply.status = 404),
        answers("HD08.down", "the metadata answers 503", &["D5"], |reply, _| reply.status = 503),
    ]
}

fn endpoints() -> Vec<Module> {
    let mut list = Vec::new();
    let everywhere = [
        ("http", "http://lab.example/x", "plain http elsewhere"),
        ("file", "file:///etc/passwd", "a file"),
        ("ftp", "ftp://lab.example/x", "ftp"),
        ("script", "javascript:alert(1)", "a script"),
        ("data", "data:text/html,x", "data"),
        ("cloud", "http://169.254.169.254/latest", "a cloud's metadata service"),
        ("cloud6", "https://[fd00:ec2::254]/", "the same by IPv6"),
        ("private", "https://10.0.0.1/x", "a private address"),
        ("home", "https://192.168.1.1/x", "a router"),
        ("zero", "http://0/", "address 0"),
        ("mapped", "https://[::ffff:10.0.0.1]/x", "a private address in IPv6"),
        ("decimal", "https://167772161/x", "a private address as one number"),
        ("octal", "https://012.0.0.1/x", "a private address in octal"),
        ("user", "https://good.example@evil.example/x", "an address with a user name"),
        ("empty", "", "nothing"),
        ("relative", "/token", "a path alone"),
        ("port", "https://lab.example:65536/x", "port 65536"),
        ("fragment", "https://lab.example/x#y", "an address with a fragment"),
    ];
    for (name, address, words) in everywhere {
        for (member, short) in [("token_endpoint", "t"), ("authorization_endpoint", "a"), ("jwks_uri", "k")] {
            // One member stands for all where the check is the same for each.
            if short != "t" && !["file", "script", "cloud", "private", "user"].contains(&name) {
                continue;
            }
            let title = format!("“{member}” is {words}");
            list.push(lies(&format!("HD02.{name}.{short}"), &title, &["D4", "N15"], move |document, _| {
                document[member] = json!(address);
            }));
        }
    }
    let commands = [
        ("shell", "https://lab.example/$(touch lab)"),
        ("flag", "--version"),
        ("space", "https://lab.example/ --flag"),
        ("line", "https://lab.example/\r\nX: y"),
        ("tool", "ms-msdt:/id PCWDiagnostic"),
        ("tick", "https://lab.example/`id`"),
    ];
    for (name, address) in commands {
        let title = format!("“authorization_endpoint” is a command ({name})");
        list.push(lies(&format!("HD02.{name}"), &title, &["N15"], move |document, _| {
            document["authorization_endpoint"] = json!(address);
        }));
    }
    list.push(lies("HD02.neighbour", "“revocation_endpoint” is a private address", &["D4"], |document, _| {
        document["revocation_endpoint"] = json!("https://10.0.0.1/revoke");
    }));
    list
}

fn documents() -> Vec<Module> {
    let text = |id: &str, title: &str, body: fn(&Place) -> String| {
        answers(id, title, &["D5"], move |reply, place| reply.body = body(place).into_bytes())
    };
    vec![
        text("HD04", "metadata of 50 MB", |_| format!("{{\"x\":\"{}\"}}", "x".repeat(50_000_000))),
        text("HD04.deep", "metadata of 100,000 brackets", |_| "[".repeat(100_000)),
        text("HD04.empty", "empty metadata", |_| String::new()),
        text("HD04.null", "the metadata is null", |_| "null".to_owned()),
        text("HD04.list", "the metadata is a list", |_| "[]".to_owned()),
        text("HD04.part", "half a document", |_| "{\"issuer\":\"http".to_owned()),
        text("HD04.bare", "metadata with nothing but an issuer", |place| json!({ "issuer": place.issuer }).to_string()),
        answers("HD04.twice", "metadata with two issuers", &["D1", "S6"], |reply, _| {
            reply.body = String::from_utf8_lossy(&reply.body)
                .replacen('{', "{\"issuer\":\"https://evil.example\",", 1)
                .into_bytes();
        }),
        lies("HD04.nulls", "members that are null where a word is due", &["D5"], |document, _| {
            document["authorization_response_iss_parameter_supported"] = json!(null);
        }),
        lies("HD04.types", "endpoints that are numbers", &["D5"], |document, _| document["token_endpoint"] = json!(7)),
        module("HD04.many", "metadata with 10,000 members more", &["D5"]).metadata(|document, _| {
            for number in 0..10_000 {
                document[format!("x{number}_endpoint")] = json!("file:///etc/passwd");
            }
        }),
        module("HD04.signed", "signed metadata with another token endpoint and a bad signature", &["D8"])
            .good("uses the plain values and never the unsigned claims")
            .metadata(|document, place| {
                let claims = json!({ "iss": place.issuer, "token_endpoint": format!("{}/token", place.trap) });
                let part = |value: &Value| crate::keys::b64(value.to_string());
                document["signed_metadata"] =
                    json!(format!("{}.{}.AAAA", part(&json!({ "alg": "RS256" })), part(&claims)));
            }),
        module("HD04.inline", "the metadata has a key set of its own in it", &["J8"])
            .refused(1, "takes keys from “jwks_uri” only")
            .metadata(|document, _| {
                document["jwks"] = json!({ "keys": [crate::keys::jwk(crate::keys::Signer::Stranger, "stranger")] });
            })
            .id_token(At::Code, |t, _| {
                t.head("kid", "stranger");
                t.sign = crate::id_token::Sign::By(crate::keys::Signer::Stranger);
            }),
    ]
}
