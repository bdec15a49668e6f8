//! Signing in at a server that compares all of a redirect address, port included (Canaille, on Authlib).

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::fob::{Finished, Fob};
use fobwatch_tests::journey::{Waiting, refreshes};
use fobwatch_tests::leaks::assert_absent;
use fobwatch_tests::ports::quiet_port;
use fobwatch_tests::process::until;
use fobwatch_tests::servers::{Canaille, Server, browse};
use fobwatch_tests::session::{Keyring, Session};
use fobwatch_tests::visit::{begin, begin_with, end, is_listening, wait, walk};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::net::TcpListener;

const DEMO: [&str; 2] = ["--client-id", "fobwatch-demo"];
const BASIC: [&str; 3] = ["--client-id", "fobwatch-basic", "--client-secret"];
const SECRET: &str = "northwind-canaille-client-secret-51c0de";
const OCTAVIA: &str = "octavia@northwind.example";
const SCOPES: [&str; 4] = ["--scope", "openid", "--scope", "email"];

/// A redirect address of a port that nobody else takes.
fn reserved() -> Result<String> {
    Ok(format!("http://127.0.0.1:{}/callback", quiet_port()?))
}

/// A session with its vault, and the server that knows one redirect address.
struct Place {
    session: Session,
    fob: Fob,
    server: Server,
    redirect: String,
}

impl Place {
    async fn new() -> Result<Self> {
        Self::at(Canaille::with(&reserved()?)).await
    }

    async fn at(options: Canaille) -> Result<Self> {
        let redirect = options.redirect_uris.first().context("no redirect address")?.clone();
        let session = Session::start(Keyring::Unlocked).await?;
        let fob = Fob::new(&session)?;
        Ok(Self { fob, server: Server::canaille(options).await?, session, redirect })
    }

    /// Starts a sign-in that comes back to the registered address.
    async fn begin(&self, name: &str, more: &[&str], input: &str) -> Result<Waiting> {
        let arguments = [more, &SCOPES, &["--redirect-uri", &self.redirect]].concat();
        begin(&self.fob, self.server.issuer(), name, &arguments, input).await
    }

    /// Signs in as a client that the server trusts without asking.
    async fn sign_in(&self, name: &str, more: &[&str], input: &str) -> Result<Finished> {
        end(self.begin(name, more, input).await?, &self.fob).await
    }

    async fn run(&self, arguments: &[&str]) -> Result<Finished> {
        self.fob.run(arguments).await
    }

    /// Waits until the second of the login's token is over: this server can't give two tokens in one second, they
    /// would be the same.
    async fn next_second(&self, name: &str) -> Result<()> {
        let read = self.run(&["jwt", name, "--json"]).await?.json()?;
        let issued: Timestamp = read["times"]["issued_at"].as_str().context("no time of issue")?.parse()?;
        later_than(issued + SignedDuration::from_secs(1)).await
    }

    /// Renews a login, which must work at the first attempt.
    async fn renew(&self, name: &str) -> Result<()> {
        self.next_second(name).await?;
        let renewed = self.run(&["refresh", name, "--force", "--json"]).await?;
        ensure!(renewed.code == 0, "{renewed:?}");
        Ok(())
    }

    /// How often the server was asked for `what`, such as `POST /oauth/revoke`.
    async fn asked(&self, what: &str) -> Result<u64> {
        Ok(self.server.record().await?.requests.get(what).and_then(Value::as_u64).unwrap_or_default())
    }
}

async fn later_than(time: Timestamp) -> Result<()> {
    until("that time", Duration::from_secs(30), || async {
        #[expect(clippy::disallowed_methods, reason = "the test looks from outside, where there is no Clock port")]
        let now = Timestamp::now();
        Ok((now > time).then_some(()))
    })
    .await
}

fn is(outcome: &Finished, code: i32, name: &str, words: &str) -> Result<()> {
    ensure!(outcome.code == code && outcome.error_code()? == name, "expected {code} {name}: {outcome:?}");
    ensure!(outcome.stderr.contains(words), "expected “{words}”: {outcome:?}");
    Ok(())
}

#[tokio::test]
async fn the_registered_address_signs_in_and_renews_with_each_token_once() -> Result<()> {
    let place = Place::new().await?;
    let waiting = place.begin("api", &DEMO, "").await?;
    ensure!(waiting.redirect.as_str() == place.redirect, "it comes back to {}", waiting.redirect);
    let signed_in = end(waiting, &place.fob).await?;
    ensure!(signed_in.code == 0, "{signed_in:?}");
    let credential = signed_in.json()?;
    ensure!(credential["account"] == OCTAVIA && credential["renews"] == true, "{credential}");
    let mut tokens = vec![place.run(&["token", "api"]).await?.stdout];
    for _ in 0..3 {
        place.renew("api").await?;
        tokens.push(place.run(&["token", "api"]).await?.stdout);
    }
    let counts = place.server.record().await?.counts;
    ensure!((counts.refresh_ok, counts.refresh_refused) == (3, 0), "{counts:?}");
    ensure!(counts.most_uses_of_one_refresh_token == 1, "a refresh token came twice: {counts:?}");
    place.next_second("api").await?;
    // The address is remembered: signing in again needs the name alone.
    let again = begin_with(&place.fob, &["login", "api"], "").await?;
    ensure!(again.redirect.as_str() == place.redirect, "it comes back to {}", again.redirect);
    ensure!(end(again, &place.fob).await?.code == 0, "no second sign-in");
    let secrets: Vec<_> = tokens.iter().map(|token| ("an access token", token.trim().as_bytes())).collect();
    assert_absent(place.session.home(), &secrets)
}

#[tokio::test]
async fn another_port_is_refused_and_the_address_to_register_is_told() -> Result<()> {
    let place = Place::new().await?;
    let other = reserved()?;
    for fixed in [&["--redirect-uri", &other][..], &[]] {
        let arguments = [&DEMO[..], fixed, &["--timeout", "3s"]].concat();
        let waiting = begin(&place.fob, place.server.issuer(), "api", &arguments, "").await?;
        let address = waiting.redirect.clone();
        let port = address.port().context("no port")?;
        let page = browse(waiting.authorize.as_str()).await.err().context("the server took another port")?;
        ensure!(page.to_string().contains("400 at "), "{page}");
        let ended = wait(waiting, &place.fob).await?;
        is(&ended, 6, "timed_out", &format!("register http://127.0.0.1{} (any port)", address.path()))?;
        is(&ended, 6, "timed_out", &format!("or {address} for a server that compares all of it"))?;
        ensure!(!is_listening(port).await, "the port outlives the sign-in");
    }
    ensure!(place.run(&["list", "--json"]).await?.stdout.trim() == "[]", "something was stored");
    ensure!(place.server.record().await?.counts.token == 0, "a code was sent");
    // Once somebody has registered just that address, the same sign-in works.
    let helped = Server::canaille(Canaille::with(&other)).await?;
    let arguments = [&DEMO[..], &["--redirect-uri", &other]].concat();
    let outcome = end(begin(&place.fob, helped.issuer(), "api", &arguments, "").await?, &place.fob).await?;
    ensure!(outcome.code == 0, "{outcome:?}");
    Ok(())
}

#[tokio::test]
async fn a_taken_port_is_told_before_the_browser_opens() -> Result<()> {
    let squatter = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = squatter.local_addr()?.port();
    let redirect = format!("http://127.0.0.1:{port}/callback");
    let place = Place::at(Canaille::with(&redirect)).await?;
    let login = ["login", "api", "--issuer", place.server.issuer(), "--no-browser", "--json"];
    let taken = place.run(&[&login[..], &DEMO, &["--redirect-uri", &redirect]].concat()).await?;
    is(&taken, 1, "loopback_failed", &format!("Another program uses port {port}"))?;
    ensure!(taken.stdout.is_empty(), "an address was given that nobody answers: {taken:?}");
    ensure!(place.asked("GET /oauth/authorize").await? == 0, "the server was bothered");
    drop(squatter);
    let signed_in = place.sign_in("api", &DEMO, "").await?;
    ensure!(signed_in.code == 0, "{signed_in:?}");
    Ok(())
}

#[tokio::test]
async fn its_tokens_are_verified_with_its_published_keys() -> Result<()> {
    let place = Place::new().await?;
    ensure!(place.sign_in("api", &DEMO, "").await?.code == 0, "no sign-in");
    // The ID token was checked on the way in, with the keys that the server publishes.
    ensure!(place.asked("GET /oauth/jwks.json").await? >= 1, "the keys were not asked for");
    let verified = place.run(&["jwt", "api", "--verify", "--json"]).await?;
    ensure!(verified.code == 0, "{verified:?}");
    let read = verified.json()?;
    ensure!(read["signature"]["status"] == "verified" && read["claims"]["sub"] == "octavia", "{read}");
    ensure!(read["claims"]["iss"] == place.server.issuer(), "{read}");
    // The key of another server of the same kind does not fit.
    let other = Server::canaille(Canaille::with(&place.redirect)).await?;
    let keys = format!("{}/oauth/jwks.json", other.issuer());
    let wrong = place.run(&["jwt", "api", "--verify", "--jwks", &keys, "--json"]).await?;
    ensure!(wrong.code == 7 && wrong.json()?["signature"]["status"] != "verified", "{wrong:?}");
    let person = place.run(&["userinfo", "api", "--json"]).await?;
    ensure!(person.code == 0 && person.json()?["email"] == OCTAVIA, "{person:?}");
    Ok(())
}

#[tokio::test]
async fn a_client_with_a_secret_asks_after_its_token_and_takes_it_back() -> Result<()> {
    let place = Place::new().await?;
    let signed_in = place.sign_in("api", &BASIC, SECRET).await?;
    ensure!(signed_in.code == 0, "{signed_in:?}");
    place.renew("api").await?;
    let alive = place.run(&["introspect", "api", "--json"]).await?;
    ensure!(alive.code == 0 && alive.json()?["claims"]["client_id"] == "fobwatch-basic", "{alive:?}");
    let revoked = place.run(&["revoke", "api", "--json"]).await?;
    ensure!(revoked.code == 0 && revoked.json()?["outcome"] == "confirmed", "{revoked:?}");
    ensure!(place.asked("POST /oauth/revoke").await? == 2, "not both tokens were sent");
    is(&place.run(&["token", "api", "--json"]).await?, 4, "sign_in_needed", "You revoked")?;
    ensure!(place.server.record().await?.counts.refresh_ok == 1, "a revoked token was sent");
    assert_absent(place.session.home(), &[("the client secret", SECRET.as_bytes())])
}

#[tokio::test]
async fn a_revocation_that_needs_a_secret_is_not_called_done() -> Result<()> {
    let place = Place::new().await?;
    ensure!(place.sign_in("api", &DEMO, "").await?.code == 0, "no sign-in");
    is(&place.run(&["revoke", "api", "--json"]).await?, 6, "not_revoked", "may still work")?;
    ensure!(place.run(&["token", "api"]).await?.code == 0, "the token is given up all the same");
    is(&place.run(&["introspect", "api", "--json"]).await?, 8, "exchange_refused", "invalid_client")?;
    is(&place.run(&["remove", "api", "--revoke", "--json"]).await?, 6, "not_revoked", "may still work")?;
    ensure!(place.run(&["show", "api"]).await?.code == 0, "it is gone without a yes");
    ensure!(place.run(&["remove", "api", "--revoke", "--yes"]).await?.code == 0, "it stays after a yes");
    Ok(())
}

#[tokio::test]
async fn a_machine_gets_its_own_token() -> Result<()> {
    let place = Place::new().await?;
    let client = ["--client-id", "fobwatch-basic", "--scope", "profile", "--json"];
    let add = [&["add", "client", "job", "--issuer", place.server.issuer()][..], &client].concat();
    is(&place.fob.run_with(&add, "not-the-secret").await?, 8, "exchange_refused", "invalid_client")?;
    let added = place.fob.run_with(&add, SECRET).await?;
    ensure!(added.code == 0 && added.json()?["kind"] == "client_credentials", "{added:?}");
    let alive = place.run(&["introspect", "job", "--json"]).await?;
    ensure!(alive.code == 0 && alive.json()?["claims"]["scope"] == "profile", "{alive:?}");
    Ok(())
}

#[tokio::test]
async fn a_key_made_out_to_the_issuer_is_refused_where_the_token_endpoint_must_stand() -> Result<()> {
    let place = Place::new().await?;
    let file = place.session.home().join("client-key.pem");
    std::fs::write(&file, place.server.client_key().await?)?;
    let arguments = ["--client-id", "fobwatch-key", "--client-key", &file.display().to_string()];
    let refused = place.sign_in("api", &arguments, "").await?;
    is(&refused, 8, "exchange_refused", "invalid_client")?;
    ensure!(place.run(&["show", "api"]).await?.code == 3, "something was stored");
    Ok(())
}

#[tokio::test]
async fn a_client_is_registered_with_the_whole_address_and_removed_with_the_login() -> Result<()> {
    let place = Place::new().await?;
    let waiting = place.begin("own", &["--register"], "").await?;
    // A client that nobody has vouched for: the server's own page asks the person.
    browse(walk(&waiting, "approve").await?.as_str()).await?;
    let signed_in = wait(waiting, &place.fob).await?;
    ensure!(signed_in.code == 0, "{signed_in:?}");
    let client = signed_in.json()?["client_id"].as_str().context("no client id")?.to_owned();
    place.renew("own").await?;
    let removed = place.run(&["remove", "own", "--revoke", "--yes", "--json"]).await?;
    ensure!(removed.code == 0, "{removed:?}");
    ensure!(place.asked(&format!("DELETE /oauth/register/{client}")).await? == 1, "the client is still registered");
    Ok(())
}

#[tokio::test]
async fn a_person_who_denies_at_its_page_is_believed() -> Result<()> {
    let place = Place::new().await?;
    let waiting = place.begin("own", &["--register"], "").await?;
    browse(walk(&waiting, "deny").await?.as_str()).await?;
    is(&wait(waiting, &place.fob).await?, 7, "refused", "access_denied")?;
    ensure!(place.server.record().await?.counts.token == 0, "a code was sent");
    Ok(())
}

#[tokio::test]
async fn a_code_for_another_device_is_not_offered() -> Result<()> {
    let place = Place::new().await?;
    let login = ["login", "tv", "--issuer", place.server.issuer(), "--device", "--json"];
    is(&place.run(&[&login[..], &DEMO].concat()).await?, 8, "not_offered", "device sign-in")
}

#[tokio::test]
async fn a_refresh_token_that_ends_with_its_access_token_is_renewed_before_that() -> Result<()> {
    let place = Place::at(Canaille { access_ttl: 10, ..Canaille::with(&reserved()?) }).await?;
    let signed_in = place.sign_in("api", &DEMO, "").await?;
    ensure!(signed_in.code == 0, "{signed_in:?}");
    let mut agent = place.fob.start(&["agent", "--foreground"])?;
    refreshes(&place.server, 2, Duration::from_mins(1)).await?;
    ensure!(place.run(&["token", "api"]).await?.code == 0, "no token");
    agent.stop().await?;
    let counts = place.server.record().await?.counts;
    ensure!(counts.refresh_refused == 0 && counts.most_uses_of_one_refresh_token == 1, "{counts:?}");
    // Nobody renews it any more, and both end together.
    let shown = place.run(&["show", "api", "--json"]).await?.json()?;
    let ends: Timestamp = shown["access_token_expires_at"].as_str().context("no end")?.parse()?;
    later_than(ends + SignedDuration::from_secs(1)).await?;
    is(&place.run(&["token", "api", "--json"]).await?, 4, "sign_in_needed", "invalid_grant")?;
    is(&place.run(&["token", "api", "--json"]).await?, 4, "sign_in_needed", "invalid_grant")?;
    let counts = place.server.record().await?.counts;
    ensure!(counts.refresh_refused == 1 && counts.most_uses_of_one_refresh_token == 1, "a dead token came twice");
    Ok(())
}

#[tokio::test]
async fn an_error_that_quotes_the_tokens_costs_no_sign_in_and_is_not_repeated() -> Result<()> {
    let mut place = Place::new().await?;
    place.fob = place.fob.env("FOB_LOG", "trace");
    ensure!(place.sign_in("api", &DEMO, "").await?.code == 0, "no sign-in");
    // Two renewals in one second: this server's own database refuses, and the answer quotes what it would have stored.
    let failed = until("a failure", Duration::from_mins(1), || async {
        let renewed = place.run(&["refresh", "api", "--force", "--json"]).await?;
        Ok((renewed.code != 0).then_some(renewed))
    })
    .await?;
    is(&failed, 6, "try_again", "internal_server_error")?;
    let token = place.run(&["token", "api", "--min-validity", "0s"]).await?;
    ensure!(token.code == 0 && !failed.stderr.contains(token.stdout.trim()), "{token:?}");
    let shown = place.run(&["show", "api", "--json"]).await?;
    ensure!(!shown.stdout.contains("INSERT") && !shown.stdout.contains(token.stdout.trim()), "{shown:?}");
    assert_absent(place.session.home(), &[("the access token", token.stdout.trim().as_bytes())])?;
    // The token was not taken, so it may come once more.
    place.renew("api").await?;
    let last = place.server.record().await?.token_requests.pop().context("no request")?;
    ensure!(last.outcome == 200, "{last:?}");
    Ok(())
}
