//! What people get wrong in a provider file, and the sentence with its line for each.

use super::Providers;
use super::user_files_test::{of, with};

/// What is wrong with shapes and addresses, and the sentence for each.
fn broken_addresses() -> Vec<(String, &'static str)> {
    let pair = "authorization_endpoint = \"https://id.mine.example/a\"\ntoken_endpoint = ";
    vec![
        ("[[provider]\nid = 1".to_owned(), "line 1: "),
        ("[[provider]]\nname = \"Mine\"".to_owned(), "line 1: missing field `id`"),
        (with("tokn_endpoint = \"https://id.mine.example\""), "line 6: unknown field `tokn_endpoint`"),
        (with("needs_secret = \"yes\""), "line 6: needs_secret must be true or false, without quotes."),
        (
            with(&format!("{pair}\"http://id.mine.example/t\"")),
            "line 7: token_endpoint = “http://id.mine.example/t” must start with https://",
        ),
        (
            with(&format!("{pair}\"https://me:pw@id.mine.example/t\"")),
            "line 7: token_endpoint = “https://me:pw@id.mine.example/t” must have no user name",
        ),
        (
            with(&format!("{pair}\"https://169.254.169.254/t\"")),
            "line 7: token_endpoint = “https://169.254.169.254/t” points to an address of a private network",
        ),
        (
            with(&format!("{pair}\"http://127.0.0.1/t\"")),
            "line 7: token_endpoint = “http://127.0.0.1/t” points to this computer",
        ),
        (
            with("token_endpoint = \"https://id.mine.example/t\""),
            "line 6: token_endpoint stands here without authorization_endpoint",
        ),
        (
            with("revocation_endpoint = \"https://id.mine.example/r\""),
            "line 6: revocation_endpoint stands here without",
        ),
        (
            with("jwks_uri = \"https://{host}/k\""),
            "line 6: jwks_uri = “https://{host}/k” has a {host} that is none of the fields",
        ),
        (
            with("fields = [{ name = \"host\", label = \"Host\", example = \"a\" }]"),
            "line 6: name = “host” stands in no address",
        ),
        (with("client_auth = [\"basic\", \"magic\"]"), "line 6: client_auth = “magic” must be none, basic or post"),
        (
            with("redirect = \"http://127.0.0.1:8400/callback?x=1\""),
            "line 6: redirect = “http://127.0.0.1:8400/callback?x=1” can't be a redirect address: it must not hold a query",
        ),
    ]
}

/// What is wrong with everything else, and the sentence for each.
fn broken_values() -> Vec<(String, &'static str)> {
    vec![
        (with("redirect = \"http://example.com/callback\""), "line 6: redirect"),
        (with("scopes = [{ scope = \"a b\", words = \"A\" }]"), "line 6: scope = “a b” must be one scope"),
        (with("scopes = [{ scope = \"a\", words = \" \" }]"), "line 6: words = “ ” must not be empty"),
        (
            with("authorization_params = { state = \"x\" }"),
            "line 6: authorization_params = “state” is set by Fobwatch itself",
        ),
        (
            with("[provider.oauth.quirks]\nerror_codes = { dead = \"gone\" }"),
            "line 7: error_codes = “gone” must be one of invalid_grant",
        ),
        (
            with("[provider.oauth.quirks]\nscope_parameter = \"redirect_uri\""),
            "line 7: scope_parameter = “redirect_uri” is set by Fobwatch itself",
        ),
        (with("[provider.oauth.quirks]\nscope_parameter = \"prompt\""), "line 7: scope_parameter = “prompt” is set by"),
        (with("[provider.oauth.quirks]\nscope_separator = \";\""), "line 7: scope_separator"),
        (with("[provider.oauth.refresh]\ngrace_seconds = -1"), "line 7: grace_seconds must be a number from 0"),
        (
            with("clients_page = \"javascript:alert(1)\""),
            "line 6: clients_page = “javascript:alert(1)” must start with https://",
        ),
        (
            "[[provider]]\nid = \"github\"\nname = \"G\"\nkeys_page = \"https://a.test\"".to_owned(),
            "line 2: id = “github” is a ready provider",
        ),
        (
            "[[provider]]\nid = \"custom\"\nname = \"G\"\nkeys_page = \"https://a.test\"".to_owned(),
            "line 2: id = “custom” stands for",
        ),
        (
            "[[provider]]\nid = \"My Own\"\nname = \"G\"\nkeys_page = \"https://a.test\"".to_owned(),
            "line 2: id = “My Own” must be",
        ),
        ("[[provider]]\nid = \"mine\"\nname = \"G\"".to_owned(), "line 2: the provider offers nothing"),
        (String::new(), "line 1: there is no [[provider]] in it"),
    ]
}

#[test]
fn ten_broken_files_and_more_each_get_a_sentence_that_names_the_line() {
    for (text, wanted) in broken_addresses().into_iter().chain(broken_values()) {
        let (providers, findings) = of(&text);
        let start = format!("mine.toml, {wanted}");
        assert!(
            findings.iter().any(|said| said.starts_with(&start)),
            "wanted: {start}\nsaid: {findings:#?}\nof:\n{text}"
        );
        assert!(findings.iter().all(|said| said.ends_with('.')), "{findings:?}");
        assert!(providers.find("mine").is_none(), "{text}");
        assert_eq!(providers.list.len(), Providers::built_in().list.len(), "{text}");
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let (_, findings) = of(&with("redirect = \"x\"\nclients_page = \"y\"\nnote = \"\""));
    assert_eq!(findings.len(), 3, "{findings:#?}");
    let wrong = "[[provider]]\nname = 1\n[provider.oauth]\nisuer = \"https://a.test\"\npkce = \"no\"\nclient_auth = \"basic\"\n\
                 [provider.oauth.refresh]\nidle_days = \"9\"\n[provider.oauth.quirks]\nform_answer = true\nnote = \"n\"\n";
    let (providers, findings) =
        of(&format!("{wrong}[[provider]]\nid = \"good\"\nname = \"G\"\nkeys_page = \"https://g.test\""));
    assert!(providers.find("good").is_some(), "one that is wrong hides another");
    let mut said: Vec<&str> = findings.iter().filter_map(|one| one.strip_prefix("mine.toml, ")).collect();
    said.sort_unstable();
    assert_eq!(
        said,
        [
            "line 11: `note` does not belong here but in [provider.oauth]; it must stand above the tables that follow.",
            "line 1: missing field `id`.",
            "line 2: name must be a text in quotes.",
            "line 3: missing field `issuer`.",
            "line 4: unknown field `isuer`; `issuer` is perhaps meant.",
            "line 5: pkce must be true or false, without quotes.",
            "line 6: client_auth must be a list: [\"…\", \"…\"].",
            "line 8: idle_days must be a whole number, without quotes.",
        ]
    );
}

#[test]
fn usual_slips_are_told_in_the_words_of_who_made_them() {
    for (text, wanted) in [
        ("[provider]\nid = \"a\"".to_owned(), "line 1: [provider] starts no provider; write [[provider]]"),
        ("[[providers]]\nid = \"a\"\n[providers.oauth]".to_owned(), "line 1: [providers] starts no provider"),
        (with("note = “Choose”"), "the quotes are curly, and must be straight"),
        (
            with("clients_page = \"https://{host}/apps\""),
            "clients_page = “https://{host}/apps” can't have a place in it",
        ),
        (
            with("clients_page = \"https://a.test/my apps\""),
            "clients_page = “https://a.test/my apps” has a space in it",
        ),
        (with("scopes = [{ scope = \"a\", words = \"A\", usual = \"yes\" }]"), "line 6: usual must be true or false"),
        (with("scopes = [\"a\"]"), "line 6: scopes must be a table: { … = … }."),
        (with("fields = [{ name = \"host\" }]"), "line 6: missing field `label`."),
        (with("authorization_params = { max_age = 300 }"), "line 6: max_age must be a text in quotes."),
    ] {
        let (_, findings) = of(&text);
        assert!(
            findings.iter().any(|said| said.contains(wanted)),
            "wanted: {wanted}\nsaid: {findings:#?}\nof:\n{text}"
        );
    }
    let no_scheme = "[[provider]]\nid = \"a\"\nname = \"A\"\n[provider.oauth]\nissuer = \"a.test\"\n\
                     authorization_endpoint = \"https://a.test/a\"\ntoken_endpoint = \"https://a.test/t\"";
    assert_eq!(
        of(no_scheme).1,
        ["mine.toml, line 5: issuer = “a.test” must start with https://."],
        "one fault, one line"
    );
}
