//! Every grant and extension but the plain browser sign-in, at a real server (oidc-provider).

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fobwatch_tests::fob::{Finished, Fob};
use fobwatch_tests::journey::Waiting;
use fobwatch_tests::leaks::assert_absent;
use fobwatch_tests::process::{Running, project, until};
use fobwatch_tests::servers::{Format, Oidc, Server, decide_on_phone};
use fobwatch_tests::session::{Keyring, Session};
use fobwatch_tests::visit::{begin, end, wait, walk};
use serde_json::Value;

const DEMO: [&str; 2] = ["--client-id", "fobwatch-demo"];
const MACHINE: [&str; 2] = ["--client-id", "fobwatch-machine"];
const MACHINE_SECRET: &str = "northwind-machine-client-secret-c2a883";
const OFFLINE: [&str; 4] = ["--scope", "openid", "--scope", "offline_access"];

/// A session with its vault, and a server.
struct Place {
    fob: Fob,
    server: Server,
    session: Session,
}

impl Place {
    async fn with(options: Oidc) -> Result<Self> {
        let session = Session::start(Keyring::Unlocked).await?;
        let browser = session.home().join("browser");
        std::os::unix::fs::symlink(project().join("tests/session/browser.sh"), &browser)?;
        let fob = Fob::new(&session)?.env("BROWSER", &browser.display().to_string());
        Ok(Self { fob, server: Server::oidc(options).await?, session })
    }

    /// Signs in through the browser; `more` are further arguments.
    async fn sign_in(&self, name: &str, more: &[&str]) -> Result<Finished> {
        end(begin(&self.fob, self.server.issuer(), name, more, "").await?, &self.fob).await
    }

    /// Adds a machine client; `input` is its secret.
    async fn add_client(&self, name: &str, more: &[&str], input: &str) -> Result<Finished> {
        let arguments = [&["add", "client", name, "--issuer", self.server.issuer(), "--json"], more].concat();
        self.fob.run_with(&arguments, input).await
    }

    async fn shown(&self, name: &str) -> Result<Value> {
        self.fob.run(&["show", name, "--json"]).await?.json()
    }

    async fn token(&self, name: &str, more: &[&str]) -> Result<String> {
        let run = self.fob.run(&[&["token", name], more].concat()).await?;
        ensure!(run.code == 0, "{run:?}");
        Ok(run.stdout.trim().to_owned())
    }

    /// How often the server was asked for `what`, such as `POST /token/revocation`.
    async fn asked(&self, what: &str) -> Result<u64> {
        Ok(self.server.record().await?.requests.get(what).and_then(Value::as_u64).unwrap_or_default())
    }

    /// Writes the private key of the client `fobwatch-key` to a file.
    async fn key_file(&self) -> Result<String> {
        let file = self.session.home().join("client-key.pem");
        std::fs::write(&file, self.server.client_key().await?)?;
        Ok(file.display().to_string())
    }
}

fn claims(token: &str) -> Result<Value> {
    let part = token.split('.').nth(1).context("not a JWT")?;
    Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part)?)?)
}

#[tokio::test]
async fn a_machine_gets_its_own_token_and_the_next_one_when_it_ends() -> Result<()> {
    let place = Place::with(Oidc { access_ttl: 2, ..Oidc::default() }).await?;
    let added =
        place.add_client("nightly", &[&MACHINE[..], &["--scope", "orders:read"]].concat(), MACHINE_SECRET).await?;
    ensure!(added.code == 0, "{added:?}");
    let credential = added.json()?;
    ensure!(credential["kind"] == "client_credentials" && credential["renews"] == true, "{credential}");
    let first = place.token("nightly", &[]).await?;
    ensure!(claims(&first)?["scope"] == "orders:read", "another scope was given");
    let next = until("another token", Duration::from_secs(30), || async {
        let now = place.token("nightly", &[]).await?;
        Ok((now != first).then_some(now))
    })
    .await?;
    ensure!(claims(&next)?["exp"].as_i64() > claims(&first)?["exp"].as_i64(), "the next token is no later one");
    let values = [("the secret", MACHINE_SECRET.as_bytes()), ("a token", next.as_bytes())];
    assert_absent(place.fob.home(), &values)?;
    // Removing and undoing keeps nothing behind.
    ensure!(place.fob.run(&["remove", "nightly"]).await?.code == 0, "it can't be removed");
    ensure!(place.fob.run(&["token", "nightly"]).await?.code == 3, "it is still there");
    Ok(())
}

#[tokio::test]
async fn a_machine_with_a_wrong_secret_is_not_stored() -> Result<()> {
    let place = Place::with(Oidc::default()).await?;
    let refused = place.add_client("nightly", &MACHINE, "wrong").await?;
    ensure!(refused.code == 8 && refused.error_code()? == "exchange_refused", "{refused:?}");
    ensure!(refused.stderr.contains("invalid_client"), "{refused:?}");
    ensure!(place.fob.run(&["list", "--json"]).await?.stdout.trim() == "[]", "something was stored");
    // A server of which only the token endpoint is known does as well.
    let endpoint = format!("{}/token", place.server.issuer());
    let arguments =
        ["add", "client", "bare", "--token-endpoint", &endpoint, "--client-id", "fobwatch-machine", "--json"];
    let bare = place.fob.run_with(&arguments, MACHINE_SECRET).await?;
    ensure!(bare.code == 0, "{bare:?}");
    ensure!(!place.token("bare", &[]).await?.is_empty(), "no token");
    Ok(())
}

#[tokio::test]
async fn a_private_key_stands_for_a_secret() -> Result<()> {
    let place = Place::with(Oidc::default()).await?;
    let file = place.key_file().await?;
    let key = ["--client-id", "fobwatch-key", "--client-key", &file];
    let added = place.add_client("job", &[&key[..], &["--scope", "orders:read"]].concat(), "").await?;
    ensure!(added.code == 0, "{added:?}");
    let signed_in = place.sign_in("person", &[&key[..], &OFFLINE].concat()).await?;
    ensure!(signed_in.code == 0, "{signed_in:?}");
    // Nothing is read from the file any more.
    std::fs::remove_file(&file)?;
    for name in ["job", "person"] {
        let renewed = place.fob.run(&["refresh", name, "--force"]).await?;
        ensure!(renewed.code == 0, "{name}: {renewed:?}");
    }
    let pem = place.server.client_key().await?;
    let line = pem.lines().nth(2).context("a short key")?;
    assert_absent(place.fob.home(), &[("the private key", line.as_bytes())])?;
    let not_a_key = place.session.home().join("not-a-key");
    std::fs::write(&not_a_key, "hello")?;
    let arguments = ["--client-id", "x", "--client-key", &not_a_key.display().to_string()];
    let refused = place.add_client("bad", &arguments, "").await?;
    ensure!(refused.code == 2, "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_signed_carries_the_servers_time_when_ours_is_wrong() -> Result<()> {
    let place = Place::with(Oidc::default()).await?;
    let file = place.key_file().await?;
    let late = Place { fob: place.fob.clone().with_clock("-10m")?, ..place };
    // By this computer's time the assertion would have ended nine minutes ago.
    let key = ["--client-id", "fobwatch-key", "--client-key", &file, "--scope", "orders:read"];
    let added = late.add_client("job", &key, "").await?;
    ensure!(added.code == 0, "{added:?}");
    let renewed = late.fob.run(&["refresh", "job", "--force"]).await?;
    ensure!(renewed.code == 0, "{renewed:?}");
    // In a vault that has heard no server yet, it is the refusal of the signature that tells the time.
    let fresh = late.fob.clone().with_vault(&late.session.home().join("fresh"));
    let token = format!("{}/token", late.server.issuer());
    let arguments = [&["add", "client", "direct", "--token-endpoint", &token, "--json"], &key[..]].concat();
    let direct = fresh.run(&arguments).await?;
    ensure!(direct.code == 0, "{direct:?}");
    Ok(())
}

/// Starts a sign-in on another device and returns it with the code that it shows.
async fn begin_device(place: &Place, name: &str) -> Result<(Running, Value)> {
    let issuer = place.server.issuer();
    let arguments = [&["login", name, "--issuer", issuer, "--device", "--json"], &DEMO[..], &OFFLINE].concat();
    let mut fob = place.fob.start(&arguments)?;
    let event: Value = serde_json::from_str(&fob.line().await?)?;
    ensure!(event["event"] == "device", "no code was shown: {event}");
    Ok((fob, event["device"].clone()))
}

#[tokio::test]
async fn a_code_is_entered_on_another_device() -> Result<()> {
    let place = Place::with(Oidc::default()).await?;
    let (mut fob, device) = begin_device(&place, "tv").await?;
    ensure!(device["verification_uri"] == format!("{}/device", place.server.issuer()), "{device}");
    ensure!(device["user_code"].as_str().is_some_and(|code| code.len() == 9), "{device}");
    ensure!(device.get("device_code").is_none(), "the secret half was shown");
    let complete = device["verification_uri_complete"].as_str().context("no complete address")?;
    decide_on_phone(complete, "approve").await?;
    let (status, stdout) = fob.finish().await?;
    ensure!(status.success(), "{status}: {stdout}");
    let credential: Value = serde_json::from_str(&stdout)?;
    ensure!(credential["kind"] == "oauth" && credential["renews"] == true, "{credential}");
    ensure!(place.fob.run(&["refresh", "tv", "--force"]).await?.code == 0, "it does not renew");
    ensure!(place.server.record().await?.counts.most_uses_of_one_refresh_token == 1, "a refresh token came twice");
    Ok(())
}

#[tokio::test]
async fn a_device_that_is_denied_ends_the_waiting() -> Result<()> {
    let place = Place::with(Oidc::default()).await?;
    let (mut fob, device) = begin_device(&place, "tv").await?;
    decide_on_phone(device["verification_uri_complete"].as_str().context("no address")?, "deny").await?;
    let (status, _) = fob.finish().await?;
    ensure!(status.code() == Some(7), "{status}");
    ensure!(place.fob.run(&["show", "tv"]).await?.code == 3, "something was stored");
    Ok(())
}

#[tokio::test]
async fn a_request_is_pushed_where_the_server_wants_that() -> Result<()> {
    for par in ["offered", "required"] {
        let place = Place::with(Oidc { par, ..Oidc::default() }).await?;
        let waiting = begin(&place.fob, place.server.issuer(), "pushed", &DEMO, "").await?;
        let names: Vec<String> = waiting.authorize.query_pairs().map(|(name, _)| name.into_owned()).collect();
        ensure!(names == ["client_id", "request_uri"], "{par}: the browser carries more: {names:?}");
        let outcome = end(waiting, &place.fob).await?;
        ensure!(outcome.code == 0, "{par}: {outcome:?}");
        ensure!(place.asked("POST /request").await? == 1, "{par}");
    }
    Ok(())
}

#[tokio::test]
async fn a_request_that_is_refused_behind_the_browser_s_back_says_why() -> Result<()> {
    let place = Place::with(Oidc { par: "required", ..Oidc::default() }).await?;
    let arguments =
        ["login", "x", "--issuer", place.server.issuer(), "--client-id", "nobody", "--no-browser", "--json"];
    let refused = place.fob.run(&arguments).await?;
    ensure!(refused.code == 8 && refused.error_code()? == "request_refused", "{refused:?}");
    ensure!(refused.stdout.is_empty(), "an address was given all the same: {refused:?}");
    Ok(())
}

#[tokio::test]
async fn bound_tokens_come_with_proofs_and_the_server_s_nonce() -> Result<()> {
    for dpop_nonce in [false, true] {
        let place = Place::with(Oidc { dpop_nonce, format: Format::Opaque, ..Oidc::default() }).await?;
        let signed_in = place.sign_in("bound", &[&DEMO[..], &OFFLINE, &["--dpop"]].concat()).await?;
        ensure!(signed_in.code == 0, "{signed_in:?}");
        ensure!(signed_in.json()?["token_type"] == "DPoP", "{signed_in:?}");
        let refreshed = place.fob.run(&["refresh", "bound", "--force"]).await?;
        ensure!(refreshed.code == 0, "{refreshed:?}");
        let counts = place.server.record().await?.counts;
        ensure!(counts.refresh_ok == 1, "{counts:?}");
        let person = place.fob.run(&["userinfo", "bound", "--json"]).await?;
        ensure!(person.code == 0 && person.json()?["sub"].is_string(), "{person:?}");
        ensure!(
            place.token("bound", &["--as", "header"]).await?.starts_with("Authorization: DPoP "),
            "not a DPoP header"
        );
        let proof = place.token("bound", &["--as", "dpop-proof", "--url", "https://api.test/me?q=1"]).await?;
        let said = claims(&proof)?;
        ensure!(said["htm"] == "GET" && said["htu"] == "https://api.test/me" && said["ath"].is_string(), "{said}");
    }
    Ok(())
}

#[tokio::test]
async fn a_token_that_is_not_bound_has_no_proofs() -> Result<()> {
    let place = Place::with(Oidc::default()).await?;
    ensure!(place.sign_in("plain", &DEMO).await?.code == 0, "no sign-in");
    let refused =
        place.fob.run(&["token", "plain", "--as", "dpop-proof", "--url", "https://api.test/", "--json"]).await?;
    ensure!(refused.code == 2 && refused.error_code()? == "wrong_kind", "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn a_client_is_registered_for_the_sign_in_and_removed_with_it() -> Result<()> {
    let place = Place::with(Oidc::default()).await?;
    let signed_in = place.sign_in("own", &["--register", "--scope", "openid"]).await?;
    ensure!(signed_in.code == 0, "{signed_in:?}");
    let client = signed_in.json()?["client_id"].as_str().context("no client id")?.to_owned();
    ensure!(place.asked("POST /reg").await? == 1, "no client was registered");
    ensure!(place.fob.run(&["refresh", "own", "--force"]).await?.code == 0, "it does not renew");
    let removed = place.fob.run(&["remove", "own", "--revoke", "--json"]).await?;
    ensure!(removed.code == 0 && removed.json()?["revoked"]["outcome"] == "confirmed", "{removed:?}");
    ensure!(place.asked(&format!("DELETE /reg/{client}")).await? == 1, "the client is still registered");
    Ok(())
}

#[tokio::test]
async fn revoked_tokens_are_dead_at_the_provider_and_are_not_used_any_more() -> Result<()> {
    let place = Place::with(Oidc { format: Format::Opaque, access_ttl: 600, ..Oidc::default() }).await?;
    ensure!(place.sign_in("api", &[&DEMO[..], &OFFLINE].concat()).await?.code == 0, "no sign-in");
    ensure!(place.fob.run(&["introspect", "api"]).await?.code == 0, "the token is not alive");
    let revoked = place.fob.run(&["revoke", "api"]).await?;
    ensure!(revoked.code == 0 && revoked.stderr.contains("confirmed"), "{revoked:?}");
    ensure!(place.asked("POST /token/revocation").await? == 2, "not both tokens were sent");
    let token = place.fob.run(&["token", "api", "--json"]).await?;
    ensure!(token.code == 4 && token.error_code()? == "sign_in_needed", "{token:?}");
    ensure!(token.stderr.contains("You revoked"), "{token:?}");
    ensure!(place.server.record().await?.counts.refresh_ok == 0, "a revoked token was sent");
    ensure!(place.shown("api").await?["status"] == "sign_in_needed", "it looks alive");
    // The same person can sign in again.
    let again =
        end(begin(&place.fob, place.server.issuer(), "api", &[&DEMO[..], &OFFLINE].concat(), "").await?, &place.fob);
    ensure!(again.await?.code == 0, "no second sign-in");
    place.token("api", &[]).await.map(drop)
}

#[tokio::test]
async fn a_removal_that_the_provider_does_not_confirm_needs_a_yes() -> Result<()> {
    let mut place = Place::with(Oidc::default()).await?;
    ensure!(place.sign_in("api", &[&DEMO[..], &OFFLINE].concat()).await?.code == 0, "no sign-in");
    place.server.kill().await?;
    let refused = place.fob.run(&["remove", "api", "--revoke", "--json"]).await?;
    ensure!(refused.code == 6 && refused.error_code()? == "not_revoked", "{refused:?}");
    ensure!(place.shown("api").await?["name"] == "api", "it is gone");
    let removed = place.fob.run(&["remove", "api", "--revoke", "--yes"]).await?;
    ensure!(removed.code == 0 && removed.stderr.contains("may still work"), "{removed:?}");
    ensure!(place.fob.run(&["show", "api"]).await?.code == 3, "it is still there");
    Ok(())
}

#[tokio::test]
async fn a_token_that_the_provider_calls_dead_is_replaced() -> Result<()> {
    let place = Place::with(Oidc { format: Format::Opaque, access_ttl: 600, ..Oidc::default() }).await?;
    ensure!(place.sign_in("api", &[&DEMO[..], &OFFLINE].concat()).await?.code == 0, "no sign-in");
    let alive = place.fob.run(&["introspect", "api", "--json"]).await?.json()?;
    ensure!(alive["active"] == true && alive["claims"]["client_id"] == "fobwatch-demo", "{alive}");
    let token = place.token("api", &[]).await?;
    ensure!(!alive.to_string().contains(&token), "the token is in the answer");
    place.server.revoke_grants().await?;
    let dead = place.fob.run(&["introspect", "api", "--json"]).await?;
    ensure!(dead.code == 7 && dead.error_code()? == "inactive", "{dead:?}");
    // It is not handed out once more, whatever its time says.
    let after = place.fob.run(&["token", "api", "--json"]).await?;
    ensure!(after.code == 4, "{after:?}");
    Ok(())
}

#[tokio::test]
async fn a_narrower_token_is_got_in_exchange_and_not_kept() -> Result<()> {
    let place = Place::with(Oidc { format: Format::Opaque, ..Oidc::default() }).await?;
    let scopes = [&DEMO[..], &OFFLINE, &["--scope", "orders:read", "--scope", "orders:write"]].concat();
    ensure!(place.sign_in("api", &scopes).await?.code == 0, "no sign-in");
    let whole = place.token("api", &[]).await?;
    let narrow = place.fob.run(&["token", "api", "--scope", "orders:read", "--json"]).await?;
    ensure!(narrow.code == 0, "{narrow:?}");
    let said = narrow.json()?;
    ensure!(said["scopes"] == serde_json::json!(["orders:read"]) && said["token"] != whole.as_str(), "{said}");
    ensure!(place.token("api", &[]).await? == whole, "the login's own token changed");
    let header = place.token("api", &["--scope", "orders:read", "--as", "header"]).await?;
    ensure!(header.starts_with("Authorization: Bearer ") && !header.ends_with(&whole), "not a narrower header");
    let more = place.fob.run(&["token", "api", "--scope", "admin", "--json"]).await?;
    ensure!(more.code == 8 && more.stderr.contains("invalid_scope"), "{more:?}");
    Ok(())
}

#[tokio::test]
async fn new_signing_keys_are_no_reason_to_sign_in_again() -> Result<()> {
    let place = Place::with(Oidc::default()).await?;
    ensure!(place.sign_in("api", &[&DEMO[..], &OFFLINE].concat()).await?.code == 0, "no sign-in");
    let verified = || async { anyhow::Ok(place.fob.run(&["jwt", "api", "--verify"]).await?.code) };
    ensure!(verified().await? == 0, "the first token does not verify");
    place.server.rotate_keys().await?;
    ensure!(place.fob.run(&["refresh", "api", "--force"]).await?.code == 0, "it does not renew");
    ensure!(verified().await? == 0, "a token of the new key does not verify");
    ensure!(place.sign_in("another", &DEMO).await?.code == 0, "no sign-in with the new key");
    Ok(())
}

#[tokio::test]
async fn an_address_is_pasted_when_the_browser_is_elsewhere() -> Result<()> {
    let place = Place::with(Oidc::default()).await?;
    let issuer = place.server.issuer();
    let mut fob = place.fob.start(&[&["login", "far", "--issuer", issuer, "--paste", "--json"], &DEMO[..]].concat())?;
    let event: Value = serde_json::from_str(&fob.line().await?)?;
    let mut waiting = Waiting::new(fob, &event)?;
    let address = walk(&waiting, "approve").await?;
    let mut other = address.clone();
    other.query_pairs_mut().clear().append_pair("code", "stolen").append_pair("state", "guessed");
    let lines = ["hello", "", other.as_str(), "https://evil.test/callback?code=1&state=2", address.as_str(), ""];
    waiting.fob.feed(lines.join("\n").as_bytes()).await?;
    let outcome = wait(waiting, &place.fob).await?;
    ensure!(outcome.code == 0, "{outcome:?}");
    let code = address.query_pairs().find(|(name, _)| name == "code").context("no code")?.1.into_owned();
    assert_absent(place.fob.home(), &[("the code", code.as_bytes())])
}

#[tokio::test]
async fn the_provider_s_sign_out_page_opens_and_the_tokens_stay() -> Result<()> {
    let place = Place::with(Oidc::default()).await?;
    ensure!(place.sign_in("api", &[&DEMO[..], &OFFLINE].concat()).await?.code == 0, "no sign-in");
    let opened = place.fob.run(&["logout", "api"]).await?;
    ensure!(opened.code == 0 && opened.stderr.contains("127.0.0.1"), "{opened:?}");
    until("the sign-out page", Duration::from_secs(30), || async {
        Ok((place.asked("GET /session/end").await? > 0).then_some(()))
    })
    .await?;
    ensure!(place.fob.run(&["refresh", "api", "--force"]).await?.code == 0, "the login is gone");
    Ok(())
}
