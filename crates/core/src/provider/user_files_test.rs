//! A person's own provider files: they work, and whatever is wrong is told with its line.

use std::collections::BTreeMap;

use super::*;

const DOCS: &str = include_str!("../../../../docs/providers.md");

/// The TOML examples of the document, in order.
fn examples() -> Vec<&'static str> {
    DOCS.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

pub(super) fn of(text: &str) -> (Providers, Vec<String>) {
    let (providers, findings) = Providers::with(vec![Ok(("mine.toml".to_owned(), text.to_owned()))]);
    (providers, findings.iter().map(ToString::to_string).collect())
}

fn oauth_of<'a>(providers: &'a Providers, id: &str) -> &'a Oauth {
    providers.find(id).and_then(|provider| provider.oauth.as_ref()).unwrap()
}

#[test]
fn the_examples_of_the_document_work() {
    let [short, full] = examples()[..] else { panic!("two examples") };
    let (providers, findings) = of(short);
    assert_eq!(findings, Vec::<String>::new());
    let place = oauth_of(&providers, "northwind").place(&BTreeMap::new()).unwrap();
    assert!(place.metadata.is_none(), "the issuer is asked");
    assert_eq!(place.issuer, "https://id.northwind.example");

    let (providers, findings) = of(full);
    assert_eq!(findings, Vec::<String>::new());
    let oauth = oauth_of(&providers, "contoso");
    let place = oauth.place(&[("tenant".to_owned(), "acme".to_owned())].into()).unwrap();
    let metadata = place.metadata.unwrap();
    assert_eq!(metadata.token_endpoint, "https://acme.contoso.example/oauth/token");
    assert_eq!(metadata.revocation_endpoint.as_deref(), Some("https://acme.contoso.example/oauth/revoke"));
    assert_eq!(place.quirks.refresh_endpoint.as_deref(), Some("https://acme.contoso.example/oauth/refresh"));
    assert_eq!(oauth.place(&BTreeMap::new()).unwrap().issuer, "https://main.contoso.example");
    assert_eq!(oauth.usual_scopes(), ["orders:read"]);
    assert_eq!(providers.of_key("cts_1").as_deref(), Some("contoso"));
    let view = providers.find("contoso").unwrap().view();
    assert_eq!((view.origin.as_str(), view.redirect.as_deref()), ("mine.toml", Some("http://127.0.0.1:8400/callback")));
}

#[test]
fn the_document_names_every_field_and_the_full_example_has_them_all() {
    let full = examples()[1];
    for (at, words) in shape::tables() {
        let fields: Vec<&str> = words.split('`').skip(1).step_by(2).collect();
        assert!(fields.len() >= 6, "{at}: {words}");
        for field in fields {
            assert!(
                DOCS.contains(&format!("`{field}`")) || DOCS.contains(&format!(".{field}]`")),
                "{at}: {field} is not described"
            );
            assert!(
                full.contains(&format!("\n{field} = ")) || full.contains(&format!(".{field}]")),
                "{at}: {field} has no example"
            );
        }
    }
}

/// A file with one line that is wrong; `@` is where it stands.
pub(super) fn with(line: &str) -> String {
    let base = "[[provider]]\nid = \"mine\"\nname = \"Mine\"\n[provider.oauth]\nissuer = \"https://id.mine.example\"\n";
    format!("{base}{line}\n")
}

#[test]
fn what_a_file_says_can_t_steer_a_terminal() {
    let (_, findings) = of(&with("clients_page = \"https://\\u001b[31m\\u202e\""));
    assert!(findings.iter().all(|said| !said.contains(['\u{1b}', '\u{202e}'])), "{findings:?}");
    assert_eq!(findings.len(), 1);
}

#[test]
fn a_tile_can_t_hide_or_turn_what_stands_beside_it() {
    for code in ["\\u202eA", "\\u2028", "\\u061c", "", "ABC"] {
        let (providers, findings) = of(&format!(
            "[[provider]]\nid = \"mine\"\nname = \"M\"\nmonogram = \"{code}\"\nkeys_page = \"https://a.test\""
        ));
        assert!(providers.find("mine").is_none() && findings[0].contains("line 4: monogram"), "{code}: {findings:?}");
    }
}

#[test]
fn no_mutation_of_a_file_panics_or_makes_a_provider_that_signs_in_without_https() {
    let seed = examples()[1];
    let pieces =
        ["\"", "{", "}", "[", "]", "\n", "http://", "{tenant}", "é", "\\u0000", "127.0.0.1", "@", "#", "=", "1"];
    let mut random = fastrand::Rng::with_seed(5);
    for _ in 0..1_500 {
        let mut text: Vec<char> = seed.chars().collect();
        for _ in 0..random.usize(1..5) {
            let at = random.usize(0..text.len());
            let upto = (at + random.usize(0..12)).min(text.len());
            let new: Vec<char> = random.choice(pieces).unwrap_or_default().chars().collect();
            text.splice(at..upto, new);
        }
        let text: String = text.into_iter().collect();
        let (providers, findings) = of(&text);
        let Some(oauth) = providers.find("contoso").and_then(|provider| provider.oauth.as_ref()) else {
            assert!(!findings.is_empty() || !text.contains("id = \"contoso\""), "{text}");
            continue;
        };
        let values = oauth.fields.iter().map(|field| (field.name.clone(), field.example.clone())).collect();
        let Ok(place) = oauth.place(&values) else { continue };
        for address in place
            .metadata
            .iter()
            .flat_map(|to| [Some(&to.token_endpoint), to.authorization_endpoint.as_ref()].into_iter().flatten())
        {
            let url = url::Url::parse(address).unwrap();
            let home = crate::discovery::is_local(&url);
            assert!((url.scheme() == "https" || home) && url.username().is_empty(), "{address}");
        }
    }
}

#[test]
fn one_issuer_has_one_set_of_endpoints() {
    let fixed = "authorization_endpoint = \"https://evil.example/a\"\ntoken_endpoint = \"https://evil.example/t\"";
    for issuer in [
        "https://github.com",
        "https://accounts.google.com",
        "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001/v2.0",
        "https://login.microsoftonline.com/{tenant}/v2.0",
        "https://acme.projects.oryapis.com",
    ] {
        let field = if issuer.contains('{') {
            "fields = [{ name = \"tenant\", label = \"T\", example = \"t\" }]\n"
        } else {
            ""
        };
        let (providers, findings) = of(&entry("mine", issuer, &format!("{field}{fixed}")));
        assert!(
            providers.find("mine").is_none() && findings[0].contains("line 5: the issuer is the one of"),
            "{issuer}: {findings:?}"
        );
    }
    // A place for the whole host is no claim to any, but one that is filled beforehand is.
    for host in ["github.com", "accounts.google.com"] {
        let field = format!(
            "fields = [{{ name = \"at\", label = \"T\", example = \"a.test\", default = \"{host}\" }}]\n{fixed}"
        );
        let (providers, findings) = of(&entry("mine", "https://{at}", &field));
        assert!(providers.find("mine").is_none(), "{host}: {findings:?}");
    }
    // Another name and other scopes for the same server are fine.
    let (providers, findings) = of(&entry("mine", "https://accounts.google.com", ""));
    assert!(providers.find("mine").is_some(), "{findings:?}");
    assert_eq!(
        providers.of_issuer("https://accounts.google.com").unwrap().id,
        "google",
        "the ready one stays its face"
    );
    // Among a person's own files too.
    let both = entry("one", "https://id.mine.example", "") + &entry("two", "https://id.mine.example", fixed);
    let (providers, findings) = of(&both);
    assert!(providers.find("one").is_some() && providers.find("two").is_none(), "{findings:?}");
    let (_, findings) = of(&(entry("one", "https://a.example", "") + &entry("one", "https://b.example", "")));
    assert_eq!(findings, ["mine.toml, line 8: id = “one” is in mine.toml already; choose another id."]);
}

/// An entry for this issuer, with the rest of its `[provider.oauth]`.
fn entry(id: &str, issuer: &str, rest: &str) -> String {
    format!("[[provider]]\nid = \"{id}\"\nname = \"X\"\n[provider.oauth]\nissuer = \"{issuer}\"\n{rest}\n")
}

#[test]
fn refresh_tokens_of_an_issuer_go_nowhere_else_either() {
    let elsewhere = "[provider.oauth.quirks]\nrefresh_endpoint = \"https://evil.example/r\"";
    for issuer in ["https://accounts.google.com", "https://ACCOUNTS.google.com", "https://accounts.google.com:443/"] {
        let (providers, findings) = of(&entry("mine", issuer, elsewhere));
        assert!(providers.find("mine").is_none() && findings[0].contains("the issuer is the one of"), "{findings:?}");
    }
    let honest =
        "authorization_endpoint = \"https://id.mine.example/a\"\ntoken_endpoint = \"https://id.mine.example/t\"";
    let (providers, findings) = of(&(entry("one", "https://id.mine.example", honest)
        + &entry("two", "https://id.mine.example", &format!("{honest}\n{elsewhere}"))));
    assert!(providers.find("one").is_some() && providers.find("two").is_none(), "{findings:?}");
}

#[test]
fn an_issuer_that_is_filled_in_is_judged_like_one_that_is_written() {
    let fixed = "authorization_endpoint = \"https://evil.example/a\"\ntoken_endpoint = \"https://evil.example/t\"";
    let refresh = "[provider.oauth.quirks]\nrefresh_endpoint = \"https://evil.example/r\"";
    let field = "fields = [{ name = \"host\", label = \"H\", example = \"id.mine.example\" }]";
    for rest in [fixed, refresh] {
        let (providers, findings) = of(&entry("mine", "https://{host}", &format!("{field}\n{rest}")));
        assert_eq!(findings, Vec::<String>::new());
        let place = |host: &str| oauth_of(&providers, "mine").place(&[("host".to_owned(), host.to_owned())].into());
        for host in ["accounts.google.com", "Accounts.Google.com", "accounts.google.com:443", "accounts.google.com."] {
            assert!(place(host).unwrap_err().to_string().contains("another provider"), "{host}");
        }
        assert!(place("id.mine.example").is_ok());
    }
    // An issuer that is asked itself says where it signs in.
    let (providers, _) = of(&entry("mine", "https://{host}", field));
    let google = [("host".to_owned(), "accounts.google.com".to_owned())].into();
    assert!(oauth_of(&providers, "mine").place(&google).is_ok());
}

#[test]
fn an_inner_answer_is_named_with_dots() {
    let nested = |path: &str| of(&with(&format!("[provider.oauth.quirks]\nnested = \"{path}\"")));
    assert_eq!(nested("data.token").1, Vec::<String>::new());
    for path in ["", ".", "data.", ".token", "a..b", "a-b"] {
        assert!(nested(path).1[0].contains("must be letters, digits and _, with dots"), "{path}");
    }
}

#[test]
fn a_broken_file_hides_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(user_files::FOLDER);
    assert_eq!(Providers::of_home(home.path()).1, [], "no folder is no fault");
    std::fs::create_dir(&folder).unwrap();
    let good = |id: &str| {
        format!("[[provider]]\nid = \"{id}\"\nname = \"{id}\"\n[provider.oauth]\nissuer = \"https://{id}.example\"\n")
    };
    std::fs::write(folder.join("a.toml"), "[[provider]\n").unwrap();
    std::fs::write(folder.join("b.toml"), good("bee")).unwrap();
    std::fs::write(folder.join("c.toml"), good("cee") + "[[provider]]\nid = \"BAD\"\nname = \"x\"\n").unwrap();
    std::fs::write(folder.join("d.toml"), [0xff, 0xfe]).unwrap();
    std::fs::write(folder.join("e.toml"), vec![b'#'; 300 * 1024]).unwrap();
    std::fs::create_dir(folder.join("f.toml")).unwrap();
    for other in [".hidden.toml", "notes.txt", "g.toml~"] {
        std::fs::write(folder.join(other), "not TOML").unwrap();
    }
    let gone = user_files::one(&folder.join("z.toml")).unwrap_err().to_string();
    assert_eq!(gone, "z.toml: it can't be read: there is no such file.");
    let (providers, findings) = Providers::of_home(home.path());
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(providers.find("bee").is_some() && providers.find("cee").is_some() && providers.find("github").is_some());
    let files: Vec<&str> = findings.iter().map(|finding| finding.file.as_str()).collect();
    assert_eq!(files, ["a.toml", "c.toml", "c.toml", "d.toml", "e.toml", "f.toml"], "{said:#?}");
    assert!(said.contains(&"d.toml: it can't be read: it is not text in UTF-8.".to_owned()), "{said:#?}");
}

#[tokio::test]
async fn a_person_s_provider_is_known_when_the_vault_opens_and_after_each_look() {
    let world = crate::fakes::World::new();
    let folder = world.home.path().join(user_files::FOLDER);
    std::fs::create_dir_all(&folder).unwrap();
    let entry = |id: &str| format!("[[provider]]\nid = \"{id}\"\nname = \"Mine\"\nkeys_page = \"https://a.example\"\n");
    std::fs::write(folder.join("one.toml"), entry("one")).unwrap();
    let vault = world.open().await;
    assert!(vault.known_providers().find("one").is_some());
    std::fs::write(folder.join("two.toml"), entry("two")).unwrap();
    assert!(vault.known_providers().find("two").is_none());
    let ids: Vec<String> = vault.providers().into_iter().map(|provider| provider.id).collect();
    assert!(ids.contains(&"two".to_owned()) && ids.last().unwrap() == "custom");
    std::fs::write(folder.join("two.toml"), "oops").unwrap();
    assert_eq!(vault.look_at_provider_files().len(), 1);
    assert!(vault.known_providers().find("two").is_none() && vault.known_providers().find("one").is_some());
}
