//! Signing in: every kind of client at real servers, what it leaves behind, and what ends it.

use std::cell::RefCell;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::fob::{Finished, Fob};
use fobwatch_tests::journey::{refreshes, sign_in};
use fobwatch_tests::leaks::{assert_absent, contains};
use fobwatch_tests::servers::{Django, Format, Oidc, Server, browse};
use fobwatch_tests::session::{Keyring, Session};
use fobwatch_tests::small::Small;
use fobwatch_tests::strays::strays;
use fobwatch_tests::visit::{begin, begin_with, end, is_listening, listeners, send, wait, walk};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

/// What `fob show --json` has at least.
const PROMISED: [&str; 14] = [
    "id",
    "name",
    "kind",
    "provider",
    "issuer",
    "account",
    "environment",
    "status",
    "scopes",
    "access_token_expires_at",
    "next_refresh_at",
    "refresh_generation",
    "last_refresh_at",
    "last_error",
];
const DEMO: [&str; 2] = ["--client-id", "fobwatch-demo"];
const OCTAVIA: &str = "octavia@northwind.example";

async fn stored(fob: &Fob) -> Result<usize> {
    let listed = fob.run(&["list", "--json"]).await?.json()?;
    Ok(listed.as_array().context("no list")?.len())
}

fn is(outcome: &Finished, code: i32, name: &str, words: &str) -> Result<()> {
    ensure!(outcome.code == code && outcome.error_code()? == name, "expected {code} {name}: {outcome:?}");
    ensure!(outcome.stderr.contains(words), "expected “{words}”: {outcome:?}");
    Ok(())
}

#[tokio::test]
async fn a_login_has_everything_that_is_promised() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    for server in [Server::oidc(Oidc::default()).await?, Server::django(Django::default()).await?] {
        let name = if server.is_django() { "django" } else { "oidc" };
        let told = sign_in(&fob, &server, name).await?;
        let shown = fob.run(&["show", name, "--json"]).await?.json()?;
        for member in PROMISED {
            ensure!(shown.get(member).is_some(), "{name} has no {member}: {shown}");
            ensure!(shown[member] == told[member] || member == "status", "{name}: {member} differs: {told}");
        }
        assert_eq!((&shown["name"], &shown["kind"]), (&json!(name), &json!("oauth")));
        assert_eq!((&shown["issuer"], &shown["account"]), (&json!(server.issuer()), &json!(OCTAVIA)));
        assert_eq!((&shown["environment"], &shown["refresh_generation"]), (&json!("development"), &json!(0)));
        assert_eq!((&shown["last_refresh_at"], &shown["last_error"]), (&Value::Null, &Value::Null));
        ensure!(shown["scopes"].to_string().contains("openid"), "{shown}");
        for time in ["access_token_expires_at", "next_refresh_at"] {
            ensure!(
                shown[time].as_str().is_some_and(|time| time.ends_with('Z') && time.len() >= 20),
                "{time}: {shown}"
            );
        }
        let token = fob.run(&["token", name]).await?;
        ensure!(token.code == 0 && !shown.to_string().contains(token.stdout.trim()), "{token:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_client_with_a_secret_signs_in_and_refreshes() -> Result<()> {
    let server = Server::oidc(Oidc::default()).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    for (client, secret) in [
        ("fobwatch-basic", "northwind-basic-client-secret-4d1f6c"),
        ("fobwatch-post", "northwind-post-client-secret-9be207"),
    ] {
        let arguments = ["--client-id", client, "--client-secret"];
        let wrong = begin(&fob, server.issuer(), client, &arguments, "not-the-client-secret").await?;
        let wrong = end(wrong, &fob).await?;
        is(&wrong, 8, "exchange_refused", "invalid_client")?;
        let waiting = begin(&fob, server.issuer(), client, &arguments, secret).await?;
        let (code, credential) = waiting.approve().await?;
        ensure!(code == 0, "{client}: {credential}");
        let before = server.record().await?.counts.refresh_ok;
        let refreshed = fob.run(&["refresh", client, "--force", "--json"]).await?;
        ensure!(refreshed.code == 0, "{client}: {refreshed:?}");
        refreshes(&server, before + 1, Duration::from_secs(5)).await?;
        ensure!(session.search_items("service", "dev.fobwatch").await?.contains(secret), "the secret was not kept");
        assert_absent(session.home(), &[("client secret", secret.as_bytes()), ("typo", b"not-the-client-secret")])?;
    }
    let none = fob.run(&["login", "x", "--issuer", server.issuer(), "--no-browser", "--json"]).await?;
    is(&none, 2, "usage", "client id")
}

#[tokio::test]
async fn an_opaque_token_is_as_good_as_any() -> Result<()> {
    let server = Server::oidc(Oidc { format: Format::Opaque, ..Oidc::default() }).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    let credential = sign_in(&fob, &server, "api").await?;
    ensure!(credential["access_token_expires_at"].is_string(), "{credential}");
    let token = fob.run(&["token", "api"]).await?;
    ensure!(token.code == 0 && !token.stdout.contains('.'), "not opaque: {token:?}");
    is(&fob.run(&["jwt", "api", "--json"]).await?, 2, "not_a_jwt", "opaque")?;
    ensure!(fob.run(&["refresh", "api", "--force"]).await?.code == 0);
    ensure!(fob.run(&["token", "api"]).await?.stdout != token.stdout);
    Ok(())
}

#[tokio::test]
async fn a_fixed_redirect_address_is_kept_and_a_taken_port_is_told() -> Result<()> {
    let squatter = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = squatter.local_addr()?.port();
    let fixed = format!("http://127.0.0.1:{port}/back");
    let server = Server::oidc(Oidc { redirect_uris: vec![fixed.clone()], ..Oidc::default() }).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    let arguments = ["--client-id", "fobwatch-exact", "--redirect-uri", &fixed];
    let login = ["login", "api", "--issuer", server.issuer(), "--no-browser", "--json"];
    let taken = fob.run(&[&login[..], &arguments].concat()).await?;
    is(&taken, 1, "loopback_failed", &format!("Another program uses port {port}"))?;
    ensure!(taken.stdout.is_empty(), "an address was given that nobody answers: {taken:?}");
    drop(squatter);
    let waiting = begin(&fob, server.issuer(), "api", &arguments, "").await?;
    assert_eq!(waiting.redirect.as_str(), fixed);
    assert_eq!(waiting.approve().await?.0, 0);
    // Signing in again needs nothing but the name.
    let again = fob.run(&["show", "api", "--json"]).await?.json()?;
    assert_eq!(again["client_id"], "fobwatch-exact");
    for address in ["http://example.com/back", "https://127.0.0.1/back", "http://127.0.0.1.example.com/", "back"] {
        let bad = fob.run(&[&login[..], &DEMO, &["--redirect-uri", address]].concat()).await?;
        ensure!(bad.code == 2, "{address}: {bad:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_a_person_or_a_signal_ends_leaves_nothing() -> Result<()> {
    let server = Server::oidc(Oidc { auto: false, ..Oidc::default() }).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;

    let denied = begin(&fob, server.issuer(), "api", &DEMO, "").await?;
    let redirect = walk(&denied, "deny").await?;
    browse(redirect.as_str()).await?;
    let denied = end(denied, &fob).await?;
    is(&denied, 7, "refused", "access_denied")?;

    let late = begin(&fob, server.issuer(), "api", &[&DEMO[..], &["--timeout", "1s"]].concat(), "").await?;
    let port = late.redirect.port().context("no port")?;
    ensure!(is_listening(port).await);
    // Nobody comes; `end` would.
    let late = wait(late, &fob).await?;
    is(&late, 6, "timed_out", "in time")?;
    ensure!(!is_listening(port).await, "the port outlives the sign-in");

    for (signal, code) in [(rustix::process::Signal::INT, 130), (rustix::process::Signal::TERM, 143)] {
        let cut = begin(&fob, server.issuer(), "api", &DEMO, "").await?;
        let port = cut.redirect.port().context("no port")?;
        cut.fob.signal(signal)?;
        let cut = wait(cut, &fob).await?;
        assert_eq!((cut.code, cut.stderr.as_str()), (code, ""));
        ensure!(!is_listening(port).await, "the port outlives the command");
    }

    // A client that the server does not know gets no redirect at all.
    let unknown = ["--client-id", "nobody", "--timeout", "2s"];
    let unknown = begin(&fob, server.issuer(), "api", &unknown, "").await?;
    ensure!(walk(&unknown, "approve").await.is_err());
    is(&wait(unknown, &fob).await?, 6, "timed_out", "in time")?;

    ensure!(stored(&fob).await? == 0, "something was stored");
    ensure!(server.record().await?.counts.token == 0, "a code was sent");
    ensure!(!session.search_items("service", "dev.fobwatch").await?.contains("token_endpoint"));
    Ok(())
}

#[tokio::test]
async fn an_issuer_that_is_none_is_told() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    let login = async |issuer: &str| {
        fob.run(&[&["login", "api", "--issuer", issuer, "--no-browser", "--json"][..], &DEMO].concat()).await
    };
    let small = Small::bind().await?;
    let page = |_: &str, _: &str| Some(("text/html", "<html>Sign in to the hotel's network</html>".to_owned()));
    is(&small.serve(page, login(small.address())).await?, 8, "discovery_failed", "web page")?;
    let none = |_: &str, _: &str| None;
    is(&small.serve(none, login(small.address())).await?, 8, "discovery_failed", "no metadata")?;
    let other = |_: &str, _: &str| Some(("application/json", metadata("http://127.0.0.1:1").to_string()));
    let outcome = small.serve(other, login(small.address())).await?;
    is(&outcome, 7, "discovery_failed", "The server calls itself http://127.0.0.1:1")?;
    let away = |_: &str, _: &str| {
        let mut metadata = metadata(small.address());
        metadata["token_endpoint"] = json!("http://id.example.com/token");
        Some(("application/json", metadata.to_string()))
    };
    is(&small.serve(away, login(small.address())).await?, 7, "discovery_failed", "token_endpoint")?;
    drop(small);
    is(&login("http://127.0.0.1:9").await?, 6, "discovery_failed", "127.0.0.1")?;
    is(&login("http://id.example.com").await?, 2, "discovery_failed", "https")?;
    is(&login("not a url").await?, 2, "discovery_failed", "not a URL")?;
    ensure!(stored(&fob).await? == 0, "something was stored");
    Ok(())
}

fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "token_endpoint": format!("{issuer}/token"),
        "code_challenge_methods_supported": ["S256"], "response_types_supported": ["code"],
    })
}

#[tokio::test]
async fn the_same_account_is_one_credential_and_another_is_a_second() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    let first = sign_in(&fob, &server, "api").await?;
    let again = sign_in(&fob, &server, "api").await?;
    assert_eq!(first["id"], again["id"]);
    assert_eq!((&first["refresh_generation"], &again["refresh_generation"]), (&json!(0), &json!(1)));
    assert_eq!(stored(&fob).await?, 1);

    let arguments = [&DEMO[..], &["--account", "ada@northwind.example"]].concat();
    let (code, other) = begin(&fob, server.issuer(), "api", &arguments, "").await?.approve().await?;
    ensure!(code == 0 && other["id"] != first["id"], "{other}");
    assert_eq!(other["account"], "ada@northwind.example");
    let ambiguous = fob.run(&["token", "api", "--json"]).await?;
    is(&ambiguous, 2, "ambiguous", "api@ada@northwind.example")?;
    ensure!(ambiguous.stderr.contains("api@octavia@northwind.example"), "{ambiguous:?}");
    let id = first["id"].as_str().context("no id")?;
    let octavia = fob.run(&["token", "api@octavia@northwind.example"]).await?;
    ensure!(octavia.code == 0 && octavia.stdout == fob.run(&["token", id]).await?.stdout, "{octavia:?}");
    let ada = fob.run(&["token", "api@ada@northwind.example"]).await?;
    ensure!(ada.code == 0 && ada.stdout != octavia.stdout, "{ada:?}");

    // Signing in again to one of them as somebody else changes neither.
    let login = ["login", "api@octavia@northwind.example", "--account", "eve@northwind.example"];
    let wrong = begin_with(&fob, &login, "").await?;
    is(&end(wrong, &fob).await?, 7, "wrong_account", "Another account")?;
    assert_eq!(fob.run(&["token", id]).await?.stdout, octavia.stdout);
    assert_eq!(stored(&fob).await?, 2);
    Ok(())
}

#[tokio::test]
async fn no_secret_of_a_sign_in_reaches_a_file_or_an_argument() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?.env("FOB_LOG", "trace");
    let small = Small::bind().await?;
    let canaries = ["canary-code-4f1d2a", "canary-access-77b0c1", "canary-refresh-93e8d5"];
    let [code, access, refresh] = canaries;
    let seen = RefCell::new((None::<u32>, Vec::<(String, Vec<u8>)>::new()));
    let page = |path: &str, body: &str| {
        if path != "/token" {
            return Some(("application/json", metadata(small.address()).to_string()));
        }
        let mut seen = seen.borrow_mut();
        let form: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        seen.1.extend(
            form.into_iter().filter(|(name, _)| name == "code_verifier").map(|(name, value)| (name, value.into())),
        );
        // The moment in which the program holds code and verifier.
        let process = seen.0.map(|id| format!("/proc/{id}"))?;
        let outside = [std::fs::read(format!("{process}/cmdline")), std::fs::read(format!("{process}/environ"))];
        seen.1.extend(outside.into_iter().flatten().map(|text| ("outside".to_owned(), text)));
        let tokens =
            json!({ "access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": 600 });
        Some(("application/json", tokens.to_string()))
    };
    let sign_in = async {
        let arguments = [&DEMO[..], &["--scope", "orders:read"]].concat();
        let waiting = begin(&fob, small.address(), "api", &arguments, "").await?;
        seen.borrow_mut().0 = waiting.fob.id();
        let (_, state) = waiting.authorize.query_pairs().find(|(name, _)| name == "state").context("no state")?;
        let state = state.into_owned();
        assert_absent(session.home(), &[("state", state.as_bytes())])?;
        let mut redirect = waiting.redirect.clone();
        redirect.query_pairs_mut().append_pair("code", code).append_pair("state", &state);
        browse(redirect.as_str()).await?;
        let ended = wait(waiting, &fob).await?;
        ensure!(ended.code == 0 && canaries.iter().all(|canary| !ended.stdout.contains(canary)), "{ended:?}");
        Ok(state)
    };
    let state = small.serve(page, sign_in).await?;
    let (_, seen) = seen.into_inner();
    let verifier = &seen.iter().find(|(name, _)| name == "code_verifier").context("no verifier")?.1;
    ensure!(verifier.len() >= 43, "a short verifier");
    let secrets: [(&str, &[u8]); 5] = [
        ("code", code.as_bytes()),
        ("access token", access.as_bytes()),
        ("refresh token", refresh.as_bytes()),
        ("state", state.as_bytes()),
        ("verifier", verifier),
    ];
    assert_absent(session.home(), &secrets)?;
    let outside: Vec<_> = seen.iter().filter(|(name, _)| name == "outside").collect();
    ensure!(outside.len() == 2 && contains(&outside[0].1, b"login") && contains(&outside[1].1, b"FOB_HOME"));
    for (what, secret) in secrets {
        ensure!(outside.iter().all(|(_, text)| !contains(text, secret)), "{what} in an argument or the environment");
    }
    // The keyring has the one that must last, and no other.
    let items = session.search_items("service", "dev.fobwatch").await?;
    ensure!(items.contains(refresh), "the refresh token is not in the keyring");
    for (what, secret) in secrets.iter().filter(|(what, _)| *what != "refresh token") {
        ensure!(!contains(items.as_bytes(), secret), "{what} is in the keyring");
    }
    assert_eq!(fob.run(&["token", "api"]).await?.stdout.trim(), access);
    assert_absent(session.home(), &secrets)
}

#[tokio::test]
async fn no_token_of_a_real_server_reaches_a_file() -> Result<()> {
    let server = Server::oidc(Oidc::default()).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?.env("FOB_LOG", "trace");
    let scopes = ["--scope", "openid", "--scope", "email", "--scope", "offline_access"];
    let waiting = begin(&fob, server.issuer(), "api", &[&DEMO[..], &scopes].concat(), "").await?;
    let given = |name: &str| waiting.authorize.query_pairs().find(|(have, _)| have == name).map(|(_, value)| value);
    let (nonce, state) = (given("nonce").context("no nonce")?.into_owned(), given("state").context("no state")?);
    let state = state.into_owned();
    let redirect = walk(&waiting, "approve").await?;
    let code = redirect.query_pairs().find(|(name, _)| name == "code").context("no code")?.1.into_owned();
    browse(redirect.as_str()).await?;
    ensure!(wait(waiting, &fob).await?.code == 0);
    let token = fob.run(&["token", "api", "--min-validity", "0s"]).await?.stdout;
    let token = token.trim();
    ensure!(fob.run(&["refresh", "api", "--force"]).await?.code == 0);
    let items = session.search_items("service", "dev.fobwatch").await?;
    let (_, refresh) = items.split_once("\"value\":\"").context("no refresh token in the keyring")?;
    let refresh = refresh.split('"').next().unwrap_or_default();
    ensure!(!items.contains(token) && !items.contains(&nonce) && !items.contains(&code));
    let signature = token.rsplit('.').next().context("no signature")?;
    let all = [("nonce", nonce.as_str()), ("state", &state), ("code", &code), ("refresh token", refresh)];
    let tokens = [("access token", token), ("signature of the access token", signature)];
    let all: Vec<(&str, &[u8])> = all.iter().chain(&tokens).map(|(what, value)| (*what, value.as_bytes())).collect();
    assert_absent(session.home(), &all)
}

#[tokio::test]
async fn whatever_else_knocks_is_answered_and_the_sign_in_goes_on() -> Result<()> {
    let server = Server::oidc(Oidc::default()).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    let waiting = begin(&fob, server.issuer(), "api", &DEMO, "").await?;
    let redirect = waiting.redirect.clone();
    let port = redirect.port().context("no port")?;
    let process = waiting.fob.id().context("fob has ended")?;
    let host = format!("127.0.0.1:{port}");
    assert_eq!(listeners(&session, port, process).await?, [host.as_str()], "on loopback, and nowhere else");

    let (_, state) = waiting.authorize.query_pairs().find(|(name, _)| name == "state").context("no state")?;
    // Somebody who says nothing, somebody who stops in the middle, and 200 more.
    let mut silent = vec![TcpStream::connect(("127.0.0.1", port)).await?];
    let slow = TcpStream::connect(("127.0.0.1", port)).await?;
    slow.writable().await?;
    slow.try_write(b"GET /callback?co")?;
    silent.push(slow);
    for (what, bytes, status) in strays(&host, redirect.path(), &state) {
        let answer = send(port, &bytes).await.with_context(|| what.to_owned())?;
        let told = answer.split(' ').nth(1).map(str::parse::<u16>).transpose()?;
        ensure!(
            if status == 0 { told.is_none_or(|told| told >= 400) } else { told == Some(status) },
            "{what}: {answer}"
        );
        let lower = answer.to_ascii_lowercase();
        ensure!(!lower.contains("canary") && !lower.contains(&*state), "{what} is sent back: {answer}");
        ensure!(!lower.contains("access-control") && !lower.contains("location:"), "{what}: {answer}");
    }
    for _ in 0..200 {
        silent.push(TcpStream::connect(("127.0.0.1", port)).await?);
    }
    ensure!(server.record().await?.counts.token == 0, "a code that was not ours was redeemed");

    let genuine = walk(&waiting, "approve").await?;
    browse(genuine.as_str()).await?;
    let ended = wait(waiting, &fob).await?;
    ensure!(ended.code == 0 && ended.json()?["account"] == OCTAVIA, "{ended:?}");
    assert_eq!(listeners(&session, port, process).await?, Vec::<String>::new(), "the port outlives the sign-in");
    assert_eq!(server.record().await?.counts.token, 1);
    drop(silent);
    Ok(())
}
