//! `fob health` on a real keyring: one case for each rule gives exactly that finding, and a clean vault gives none.
//!
//! Everything is seeded through `fob` itself. What is old was stored by a `fob` whose clock is behind; tokens of every
//! kind come from a small server that gives whatever its path asks for.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fobwatch_tests::fob::Fob;
use fobwatch_tests::jose;
use fobwatch_tests::leaks::assert_absent;
use fobwatch_tests::session::{Keyring, Session};
use fobwatch_tests::small::Small;
use fobwatch_tests::visit::{begin, send, wait};
use serde_json::{Value, json};

/// A secret that stands in a token and must stand nowhere else.
const CANARY: &str = "hunter2-Canary-in-a-claim";
const SHORT: &str = "short-Canary";

/// A vault with a server that gives any token.
struct Place {
    session: Session,
    fob: Fob,
    small: Small,
}

impl Place {
    async fn set() -> Result<Self> {
        let session = Session::start(Keyring::Unlocked).await?;
        let fob = Fob::new(&session)?;
        Ok(Self { session, fob, small: Small::bind().await? })
    }

    async fn key(&self, fob: &Fob, name: &str, more: &[&str]) -> Result<()> {
        let value = format!("sk-{name}-0123456789");
        let added = fob.run_with(&[&["add", "key", name], more].concat(), &value).await?;
        ensure!(added.code == 0, "{added:?}");
        Ok(())
    }

    async fn client(&self, name: &str) -> Result<()> {
        let endpoint = format!("{}/{name}/token", self.small.address());
        let arguments = ["add", "client", name, "--token-endpoint", &endpoint, "--client-id", "job"];
        let added = self.fob.run_with(&arguments, "a client secret").await?;
        ensure!(added.code == 0, "{name}: {added:?}");
        Ok(())
    }

    async fn issued_client(&self, name: &str) -> Result<()> {
        let issuer = format!("{}/{name}", self.small.address());
        let arguments = ["add", "client", name, "--issuer", &issuer, "--client-id", "job"];
        let added = self.fob.run_with(&arguments, "a client secret").await?;
        ensure!(added.code == 0, "{name}: {added:?}");
        Ok(())
    }

    /// Signs in as a person whose browser comes straight back with a code.
    async fn login(&self, name: &str) -> Result<()> {
        let issuer = format!("{}/{name}", self.small.address());
        let waiting = begin(&self.fob, &issuer, name, &["--client-id", "app", "--scope", "read"], "").await?;
        let state = waiting.authorize.query_pairs().find(|(name, _)| name == "state").context("no state")?.1;
        let port = waiting.redirect.port().context("no port")?;
        for target in [format!("{}?code=c&state={state}", waiting.redirect.path()), "/done".to_owned()] {
            send(port, format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").as_bytes()).await?;
        }
        let ended = wait(waiting, &self.fob).await?;
        ensure!(ended.code == 0, "{name}: {ended:?}");
        Ok(())
    }

    async fn health(&self) -> Result<Value> {
        let ended = self.fob.run(&["health", "--json"]).await?;
        ensure!(ended.code == 0, "{ended:?}");
        ended.json()
    }
}

/// What is found: the rule, its severity, and the names it is about.
fn found(health: &Value) -> Vec<(String, String, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let names = |one: &Value| list(&one["credentials"]).iter().map(|it| text(&it["name"])).collect();
    list(&health["findings"]).iter().map(|one| (text(&one["rule"]), text(&one["severity"]), names(one))).collect()
}

fn jwt(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

/// Answers as the first part of the path asks.
struct Answers {
    address: String,
    /// Signed by nobody who publishes a key.
    forged: String,
    published: Value,
    hs256: String,
    given: AtomicU32,
}

impl Answers {
    async fn of(small: &Small) -> Result<Self> {
        let example = jose::example("RFC 7515 A.3")?;
        let (signed, signature) = example.token.rsplit_once('.').context("no signature")?;
        // The last character stays: it holds fewer bits than the others.
        let (body, last) = signature.split_at(signature.len() - 1);
        let turned = format!("{}{last}", body.chars().rev().collect::<String>());
        let (header, claims) = (r#"{"alg":"HS256"}"#, r#"{"iss":"joe"}"#);
        Ok(Self {
            address: small.address().to_owned(),
            forged: format!("{signed}.{turned}"),
            published: json!({ "keys": [example.jwk] }),
            hs256: jose::hs256(header, claims, SHORT.as_bytes()).await?,
            given: AtomicU32::new(0),
        })
    }

    fn page(&self, path: &str, posted: &str) -> Option<(&'static str, String)> {
        let (name, rest) = path.strip_prefix('/')?.split_once('/')?;
        let page = match rest {
            ".well-known/openid-configuration" => self.metadata(name),
            "jwks" => self.published.clone(),
            "token" => self.tokens(name, posted.contains("grant_type=refresh_token")),
            _ => return None,
        };
        Some(("application/json", page.to_string()))
    }

    fn metadata(&self, name: &str) -> Value {
        let at = |rest: &str| format!("{}/{name}{rest}", self.address);
        let mut metadata = json!({
            "issuer": at(""), "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
            "response_types_supported": ["code"], "scopes_supported": ["read"],
        });
        if name != "no-pkce" {
            metadata["code_challenge_methods_supported"] = json!(["S256"]);
        }
        if name == "forged" {
            metadata["jwks_uri"] = json!(at("/jwks"));
        }
        metadata
    }

    fn tokens(&self, name: &str, renewal: bool) -> Value {
        let number = self.given.fetch_add(1, Ordering::SeqCst);
        let signed = json!({ "alg": "RS256" });
        let access = match name {
            "unsigned" => jwt(&json!({ "alg": "none" }), &json!({ "sub": "a" }), ""),
            "leaky" => jwt(&signed, &json!({ "sub": "a", "db_password": CANARY }), "c2ln"),
            "forged" => self.forged.clone(),
            "shared" => self.hs256.clone(),
            _ => format!("at-{number}"),
        };
        let mut answer = json!({ "access_token": access, "token_type": "Bearer", "expires_in": 3600 });
        match (name, renewal) {
            ("failing", true) => return json!({ "error": "invalid_grant" }),
            ("keeping", true) | ("unsigned" | "leaky" | "forged" | "shared" | "job", _) => {}
            ("lasting", _) => answer["expires_in"] = json!(30 * 24 * 3600),
            ("ending", _) => answer["expires_in"] = json!(24 * 3600),
            ("broad", _) => answer["scope"] = json!("read admin:org"),
            _ => answer["refresh_token"] = json!(format!("rt-{number}")),
        }
        answer
    }
}

#[tokio::test]
async fn in_a_clean_vault_nothing_is_found_and_an_empty_one_is_clean() -> Result<()> {
    let place = Place::set().await?;
    let answers = Answers::of(&place.small).await?;
    let work = async {
        let empty = place.health().await?;
        assert_eq!((&empty["findings"], &empty["accepted"]), (&json!([]), &json!([])));
        assert_eq!((&empty["clear"], &empty["checked"]), (&json!(0), &json!(0)));
        place.key(&place.fob, "Payments", &["--env", "production"]).await?;
        place.key(&place.fob, "Mail", &["--env", "staging", "--rotate-by", "180d"]).await?;
        place.client("job").await?;
        place.login("api").await?;
        ensure!(place.fob.run(&["refresh", "api", "--force"]).await?.code == 0, "it does not renew");
        let health = place.health().await?;
        assert_eq!(found(&health), []);
        assert_eq!((&health["clear"], &health["checked"]), (&json!(4), &json!(4)));
        let said = place.fob.run(&["health"]).await?;
        assert_eq!((said.code, said.stdout.as_str()), (0, "Nothing found in 4 credentials.\n"));
        Ok(())
    };
    place.small.serve(|path, posted| answers.page(path, posted), work).await
}

/// One case for each rule; the name of the credential is the case.
async fn seed(place: &Place) -> Result<()> {
    for name in ["unsigned", "leaky", "lasting", "broad", "shared"] {
        place.client(name).await?;
    }
    place.issued_client("forged").await?;
    for name in ["failing", "no-pkce", "keeping", "ending"] {
        place.login(name).await?;
    }
    let fob = &place.fob;
    ensure!(fob.run(&["refresh", "failing", "--force"]).await?.code == 4, "it renews");
    for _ in 0..3 {
        ensure!(fob.run(&["refresh", "keeping", "--force"]).await?.code == 0, "it does not renew");
    }
    let forged = fob.run(&["jwt", "forged", "--verify"]).await?;
    ensure!(forged.code == 7, "{forged:?}");
    let checked = fob.run_with(&["jwt", "shared", "--verify", "--secret"], SHORT).await?;
    ensure!(checked.code == 0, "{checked:?}");
    for environment in ["production", "staging"] {
        let name = format!("twin-{environment}");
        let arguments = ["add", "key", &name, "--env", environment, "--allow-twin"];
        ensure!(fob.run_with(&arguments, "sk-the-same").await?.code == 0, "not added");
    }
    let long_ago = place.fob.clone().with_clock("-200d")?;
    place.key(&long_ago, "old", &["--rotate-by", "3650d"]).await?;
    ensure!(fob.run(&["token", "old"]).await?.code == 0, "it can't be used");
    place.key(&place.fob.clone().with_clock("-100d")?, "idle", &["--rotate-by", "3650d"]).await?;
    let token = jwt(&json!({ "alg": "none" }), &json!({ "sub": "a" }), "");
    ensure!(fob.run_with(&["add", "jwt", "pasted"], &token).await?.code == 0, "not pasted");
    place.key(fob, "soon", &["--rotate-by", "3d"]).await?;
    place.key(fob, "undated", &["--rotate-by", "none"]).await?;
    place.key(fob, "replaced", &[]).await?;
    ensure!(fob.run_with(&["rotate", "replaced"], "sk-the-next").await?.code == 0, "not rotated");
    Ok(())
}

#[tokio::test]
async fn one_case_for_each_rule_gives_exactly_those_findings() -> Result<()> {
    let place = Place::set().await?;
    let answers = Answers::of(&place.small).await?;
    place.small.serve(|path, posted| answers.page(path, posted), seed(&place)).await?;
    // From here on there is no server, and no keyring either: a look needs neither.
    place.session.lock().await?;
    let health = place.health().await?;
    let expected: Vec<(String, String, Vec<String>)> = [
        ("alg_none", "critical", &["pasted", "unsigned"][..]),
        ("secret_in_payload", "critical", &["leaky"]),
        ("refresh_failing", "critical", &["failing"]),
        ("signature_mismatch", "critical", &["forged"]),
        ("shared_key", "warning", &["twin-production", "twin-staging"]),
        ("old_key", "warning", &["old"]),
        ("long_lifetime", "warning", &["lasting"]),
        ("broad_scopes", "warning", &["broad"]),
        ("ends_soon", "warning", &["ending", "soon"]),
        ("short_secret", "warning", &["shared"]),
        ("no_pkce", "warning", &["no-pkce"]),
        ("no_rotate_by", "note", &["undated"]),
        ("unused", "note", &["idle"]),
        ("refresh_not_rotated", "note", &["keeping"]),
        ("old_key_not_revoked", "note", &["replaced"]),
    ]
    .into_iter()
    .map(|(rule, severity, names)| {
        (rule.to_owned(), severity.to_owned(), names.iter().map(|name| (*name).to_owned()).collect())
    })
    .collect();
    assert_eq!(found(&health), expected);
    assert_eq!((&health["clear"], &health["checked"]), (&json!(0), &json!(18)));
    let shared = &health["findings"][4];
    assert_eq!((&shared["count"], &shared["fix"]), (&json!(1), &json!("rotate")));
    assert_eq!(shared["credentials"][0]["fingerprint"].as_str().map(str::len), Some(19));
    assert_eq!(health["findings"][5]["credentials"][0]["number"], 200);
    assert_eq!(health["findings"][7]["credentials"][0]["scopes"], json!(["admin:org"]));

    // Found first then, not now.
    let again = place.health().await?;
    assert_eq!(again["findings"][0]["found_at"], health["findings"][0]["found_at"]);
    let said = place.fob.run(&["health"]).await?;
    assert_eq!(said.code, 0);
    assert!(said.stdout.contains("critical: secret inside a JWT payload (1)"), "{}", said.stdout);
    assert!(said.stdout.contains("warning: older than 180 days (1)") && said.stdout.contains("200 d old"));
    assert!(said.stdout.ends_with("0 of 18 credentials are clear.\n"), "{}", said.stdout);
    assert!(!said.stdout.contains(CANARY) && !health.to_string().contains(CANARY));
    assert_absent(place.fob.home(), &[("claim", CANARY.as_bytes()), ("shared secret", SHORT.as_bytes())])
}

#[tokio::test]
async fn what_can_not_be_read_is_told_and_not_called_clean() -> Result<()> {
    let place = Place::set().await?;
    place.key(&place.fob, "one", &[]).await?;
    std::fs::write(place.fob.home().join("vault.db"), "not a database, but long enough to be looked at as one")?;
    for side in ["vault.db-wal", "vault.db-shm"] {
        drop(std::fs::remove_file(place.fob.home().join(side)));
    }
    let ended = place.fob.run(&["health", "--json"]).await?;
    ensure!(ended.code == 1 && ended.stdout.is_empty(), "{ended:?}");
    Ok(())
}
