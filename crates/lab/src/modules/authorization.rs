//! What comes back through the browser (security.md: P5–P19, N11–N14, HA21–HA24, HB).

use serde_json::json;

use crate::authorize::{Asked, Visit, with};
use crate::module::{At, Module, Place, module};

const IGNORES: &str = "ignores what is wrong, keeps waiting, and takes the genuine redirect";
const ABORTS: &str = "ends the sign-in and sends the code nowhere";

/// Something wrong comes first, and the genuine redirect after it.
fn before(
    id: &str,
    title: &str,
    rules: &[&'static str],
    wrong: impl Fn(&Asked, &Visit) -> Visit + Send + Sync + 'static,
) -> Module {
    module(id, title, rules).good(IGNORES).visits(move |visits, _, asked| {
        let first = wrong(asked, &visits[0]);
        visits.insert(0, first);
    })
}

/// The redirect with one parameter changed.
fn changed(visit: &Visit, name: &str, value: Option<&str>) -> Visit {
    let mut changed = visit.clone();
    with(&mut changed, "code", Some("lab-code-of-somebody-else"));
    with(&mut changed, name, value);
    changed
}

/// The redirect is changed, and nothing else comes.
fn ends(
    id: &str,
    title: &str,
    rules: &[&'static str],
    change: impl Fn(&mut Visit, &Place, &Asked) + Send + Sync + 'static,
) -> Module {
    module(id, title, rules).refused(0, ABORTS).visits(move |visits, place, asked| change(&mut visits[0], place, asked))
}

pub(super) fn modules() -> Vec<Module> {
    [states(), issuers(), errors(), forms(), twice(), pkce()].concat()
}

fn states() -> Vec<Module> {
    vec![
        before("HA24", "a redirect with a wrong state comes first", &["P5", "N11"], |_, good| {
            changed(good, "state", Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))
        }),
        before("HA24.missing", "a redirect without state comes first", &["P5", "N11"], |_, good| {
            changed(good, "state", None)
        }),
        before("HA24.prefix", "a redirect with the first half of the state comes first", &["P5"], |asked, good| {
            changed(good, "state", Some(&asked.state[..asked.state.len() / 2]))
        }),
        before("HA24.longer", "a redirect with a character behind the state comes first", &["P5"], |asked, good| {
            changed(good, "state", Some(&format!("{}A", asked.state)))
        }),
        before("HA24.empty", "a redirect with an empty state comes first", &["P5"], |_, good| {
            changed(good, "state", Some(""))
        }),
        before("HA24.case", "a redirect with the state in other letters comes first", &["P5"], |asked, good| {
            let other: String = asked
                .state
                .chars()
                .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
                .collect();
            changed(good, "state", Some(&other))
        }),
        before("HA24.twice", "a redirect with two states comes first", &["P16"], |asked, good| {
            doubled(&changed(good, "state", Some(&asked.state)), "state", &asked.state)
        }),
        before("HA24.codes", "a redirect with two codes comes first", &["P16"], |_, good| {
            doubled(good, "code", "lab-code-of-somebody-else")
        }),
        before("HA24.both", "a redirect with two codes and an error comes first", &["P16"], |_, good| {
            let Visit::Get(url) = good else { return good.clone() };
            Visit::Get(format!("{url}&error=access_denied&code=lab"))
        }),
        module("HB15", "the redirect has 50 unknown parameters", &["P15"]).visits(|visits, _, _| {
            for number in 0..50 {
                with(&mut visits[0], &format!("x{number}"), Some("lab"));
            }
        }),
        module("HB16", "the redirect has parameters like “next” and “redirect”", &["N14"]).visits(
            |visits, place, _| {
                for name in ["next", "redirect", "url", "return_to"] {
                    with(&mut visits[0], name, Some(&place.trap));
                }
            },
        ),
    ]
}

fn doubled(visit: &Visit, name: &str, value: &str) -> Visit {
    let Visit::Get(url) = visit else { return visit.clone() };
    Visit::Get(format!("{url}&{name}={value}"))
}

fn issuers() -> Vec<Module> {
    vec![
        ends("HA22", "“iss” with a 1 behind it", &["P10"], |visit, place, _| {
            with(visit, "iss", Some(&format!("{}1", place.issuer)));
        }),
        ends("HA22.slash", "“iss” with a slash behind it", &["P10"], |visit, place, _| {
            with(visit, "iss", Some(&format!("{}/", place.issuer)));
        }),
        ends("HA22.case", "“iss” with HTTP in capitals", &["P10"], |visit, place, _| {
            with(visit, "iss", Some(&place.issuer.replacen("http", "HTTP", 1)));
        }),
        ends("HA22.encoded", "“iss” encoded twice", &["P10"], |visit, place, _| {
            with(visit, "iss", Some(&place.issuer.replace(':', "%3A")));
        }),
        ends("HA22.empty", "an empty “iss”", &["P10"], |visit, _, _| with(visit, "iss", Some(""))),
        ends("HA23", "“iss” is promised and does not come", &["P11"], |visit, _, _| with(visit, "iss", None)),
        module("HB12.iss", "“iss” comes without having been promised", &["P12"]).metadata(|document, _| {
            unpromised(document);
        }),
        ends("HB12.wrong", "a wrong “iss” comes without having been promised", &["P12"], |visit, place, _| {
            with(visit, "iss", Some(&place.other));
        })
        .metadata(|document, _| unpromised(document)),
        module("HB17", "the server knows nothing of “iss”", &["P12"]).policy(|policy| policy.names_issuer = false),
        module("HB01", "the person is sent to an honest server, whose code then comes here", &["P8", "P9", "X6"])
            .refused(0, ABORTS)
            .metadata(|document, place| {
                document["authorization_endpoint"] = json!(format!("{}/authorize", place.other));
            }),
        module("HB01.quiet", "the same, by a server that does not promise “iss”", &["P8", "P9", "X6"])
            .refused(0, ABORTS)
            .metadata(|document, place| {
                document["authorization_endpoint"] = json!(format!("{}/authorize", place.other));
                document["authorization_response_iss_parameter_supported"] = json!(false);
            }),
    ]
}

fn unpromised(document: &mut serde_json::Value) {
    if let Some(members) = document.as_object_mut() {
        members.remove("authorization_response_iss_parameter_supported");
    }
}

fn errors() -> Vec<Module> {
    let error = |id: &str, title: &str, rules: &[&'static str], error: &'static str, words: &'static str| {
        let words = match words {
            "MEGABYTE" => "x".repeat(6_000),
            short => short.to_owned(),
        };
        ends(id, title, rules, move |visit, _, asked| {
            let iss = if let Visit::Get(url) = &*visit { iss_of(url) } else { String::new() };
            *visit = Visit::back(
                &asked.redirect_uri,
                &[("error", error), ("error_description", &words), ("state", &asked.state), ("iss", &iss)],
            );
        })
        .good("ends the sign-in and says why, in harmless words")
    };
    let mut list: Vec<Module> = [
        "invalid_request",
        "unauthorized_client",
        "access_denied",
        "unsupported_response_type",
        "invalid_scope",
        "server_error",
        "temporarily_unavailable",
        "interaction_required",
        "login_required",
        "consent_required",
    ]
    .into_iter()
    .map(|code| {
        error(&format!("HB07.{code}"), &format!("the redirect says {code}"), &["P14"], code, "The lab says no.")
    })
    .collect();
    list.extend([
        error("HB07.unknown", "the redirect says an error that nobody registered", &["P14"], "lab_error", ""),
        error("HB07.html", "the error's words are HTML", &["N12", "T11"], "access_denied", "<svg onload=alert(1)>"),
        error(
            "HB07.ansi",
            "the error's words have terminal escapes",
            &["T11"],
            "access_denied",
            "\u{1b}[31mred\u{1b}]0;x\u{7}",
        ),
        error("HB07.bidi", "the error's words turn the line around", &["T11"], "access_denied", "\u{202e}oN\u{2066}"),
        error("HB07.long", "the error's words are 6,000 letters long", &["T11"], "access_denied", "MEGABYTE"),
        ends("HB08", "“error_uri” is a script", &["N15"], |visit, place, asked| {
            let more = [("error", "access_denied"), ("error_uri", "javascript:alert(1)")];
            *visit = Visit::back(
                &asked.redirect_uri,
                &[&more[..], &[("state", &asked.state), ("iss", &place.issuer)]].concat(),
            );
        }),
        before("HB14", "a denial without state comes first", &["P14", "N11"], |asked, _| {
            Visit::back(&asked.redirect_uri, &[("error", "access_denied")])
        }),
        ends("HB14.iss", "a denial with a wrong “iss”", &["P14"], |visit, place, asked| {
            let more = [("error", "access_denied"), ("iss", place.other.as_str()), ("state", &asked.state)];
            *visit = Visit::back(&asked.redirect_uri, &more);
        }),
    ]);
    list
}

fn iss_of(url: &str) -> String {
    let Ok(url) = url::Url::parse(url) else { return String::new() };
    url.query_pairs().find(|(name, _)| name == "iss").map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn forms() -> Vec<Module> {
    vec![
        before("HA21", "an error is posted as a form", &["N11"], |asked, _| {
            Visit::Post(
                asked.redirect_uri.clone(),
                vec![("error".to_owned(), "access_denied".to_owned()), ("state".to_owned(), asked.state.clone())],
            )
        }),
        before("HB12.post", "a code is posted as a form", &["N11"], |asked, _| {
            Visit::Post(
                asked.redirect_uri.clone(),
                vec![("code".to_owned(), "lab-code".to_owned()), ("state".to_owned(), asked.state.clone())],
            )
        }),
        before("HB12", "the answer is in the fragment", &["P19"], |asked, _| {
            Visit::Get(format!("{}#access_token=lab&token_type=Bearer&state={}", asked.redirect_uri, asked.state))
        }),
        before("HB12.token", "an access token is in the query", &["P19"], |asked, _| {
            Visit::back(
                &asked.redirect_uri,
                &[("access_token", "lab"), ("token_type", "Bearer"), ("state", &asked.state)],
            )
        }),
        before("HB12.jwt", "the answer is a JWT that nobody asked for", &["P19"], |asked, _| {
            Visit::back(&asked.redirect_uri, &[("response", "eyJhbGciOiJub25lIn0.e30.")])
        }),
    ]
}

fn twice() -> Vec<Module> {
    vec![
        module("HB09", "the redirect arrives three times", &["P6", "P17"]).good("redeems the code once").visits(
            |visits, _, _| {
                let good = visits[0].clone();
                visits.extend([good.clone(), good]);
            },
        ),
        module("HB09.lost", "the answer to the code is lost", &["P17"])
            .refused(1, "never sends a code twice")
            .wire(At::Code, crate::wire::Wire::Lost),
        module("HB09.503", "the token endpoint answers 503 to the code", &["P17"])
            .refused(1, "never sends a code twice")
            .instead(At::Code, |reply, _| reply.status = 503),
    ]
}

fn pkce() -> Vec<Module> {
    vec![
        module("HB04", "the metadata offers only “plain”", &["P2"])
            .refused(0, "refuses to go below S256, before the browser opens")
            .metadata(|document, _| document["code_challenge_methods_supported"] = json!(["plain"])),
        module("HB04.unsaid", "the metadata says nothing of PKCE", &["P7", "D6"])
            .good("sends S256 and a state all the same")
            .metadata(|document, _| document["code_challenge_methods_supported"] = json!(null)),
        module("HB05", "the server would take any verifier", &["P2", "P5"])
            .good("sends the right verifier all the same; nobody can see the difference from outside"),
    ]
}
