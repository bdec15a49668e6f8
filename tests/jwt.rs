//! `fob jwt`: the published examples, forgeries, the times, hostile text, and a real issuer's token.
//!
//! Tokens of our own are signed by Node, so that no line of the product says what a good signature is.

#[path = "jwt/tools.rs"]
mod tools;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fobwatch_tests::fob::{Finished, Fob};
use fobwatch_tests::jose::{Example, example, examples, hs256, public_key};
use fobwatch_tests::journey::sign_in;
use fobwatch_tests::process::built;
use fobwatch_tests::servers::{Oidc, Server};
use fobwatch_tests::session::{Keyring, Session};
use fobwatch_tests::small::Small;
use serde_json::json;
use tokio::io::AsyncWriteExt;

/// An hour before the RFCs' examples expire.
const BEFORE: &str = "1300815780";
/// RFC 7515, A.5, and RFC 7519, section 6.1: an unsecured JWT.
const UNSECURED: &str = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
const SECRET: &str = "kHq3wV9xTz5LmB7nR2cJ8dF4gS6pY1aE";

/// A command in a session without keyring: looking into a token needs none.
struct Desk {
    session: Session,
    fob: Fob,
}

impl Desk {
    async fn new() -> Result<Self> {
        let session = Session::start(Keyring::None).await?;
        let fob = Fob::new(&session)?;
        Ok(Self { session, fob })
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> Result<String> {
        let path: PathBuf = self.session.home().join(name);
        std::fs::write(&path, content)?;
        Ok(path.display().to_string())
    }

    async fn jwt(&self, token: &str, arguments: &[&str]) -> Result<Finished> {
        self.fob.run_with(&[&["jwt", "-"], arguments].concat(), token).await
    }
}

/// Fails unless the check was refused, with these words.
fn refused(outcome: &Finished, words: &str) -> Result<()> {
    ensure!(outcome.code == 7, "not refused: {outcome:?}");
    ensure!(outcome.stderr.contains(words), "expected “{words}”: {outcome:?}");
    Ok(())
}

#[tokio::test]
async fn the_published_examples_are_shown_and_verified() -> Result<()> {
    let desk = Desk::new().await?;
    for Example { name, token, jwk } in examples()? {
        let shown = desk.jwt(&token, &[]).await?;
        ensure!(shown.code == 0 && shown.stdout.starts_with("Header\n  "), "{name}: {shown:?}");
        let alg = name.rsplit(", ").next().and_then(|alg| alg.split(' ').next()).context("no algorithm")?;
        ensure!(shown.stdout.contains(&format!("alg  {alg}  Algorithm")), "{name}: {shown:?}");
        let claims = if name.contains("no JSON") { "\nPayload\n" } else { "\nClaims\n  iss" };
        ensure!(shown.stdout.contains(claims), "{name}: {shown:?}");
        let key = desk.file("key.jwk", jwk.to_string())?;
        let verified = desk.jwt(&token, &["--verify", "--key", &key, "--at", BEFORE]).await?;
        ensure!(verified.code == 0 && verified.stdout.contains("Verified with"), "{name}: {verified:?}");
        if jwk["kty"] != "oct" {
            let set = desk.file("keys.json", json!({ "keys": [jwk] }).to_string())?;
            let verified = desk.jwt(&token, &["--verify", "--jwks", &set, "--at", BEFORE]).await?;
            ensure!(verified.code == 0, "{name}: {verified:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn one_changed_bit_is_refused() -> Result<()> {
    let desk = Desk::new().await?;
    for Example { name, token, jwk } in examples()? {
        let key = desk.file("key.jwk", jwk.to_string())?;
        let segments: Vec<Vec<u8>> =
            token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part)).collect::<Result<_, _>>()?;
        for part in 0..3 {
            for at in [0, segments[part].len() / 2, segments[part].len() - 1] {
                let mut changed = segments.clone();
                changed[part][at] ^= 1;
                let changed: Vec<String> = changed.iter().map(|part| URL_SAFE_NO_PAD.encode(part)).collect();
                let outcome = desk.jwt(&changed.join("."), &["--verify", "--key", &key, "--at", BEFORE]).await?;
                // A header that is no JSON any more is no token any more.
                let expected: &[i32] = if part == 0 { &[2, 7] } else { &[7] };
                ensure!(expected.contains(&outcome.code), "{name}, part {part}, byte {at}: {outcome:?}");
                ensure!(!outcome.stdout.contains("Verified"), "{name}, part {part}, byte {at}: {outcome:?}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_signed_message_that_is_no_jwt_says_so() -> Result<()> {
    let desk = Desk::new().await?;
    let Example { token, jwk, .. } = example("RFC 7515 A.4")?;
    let shown = desk.jwt(&token, &[]).await?;
    ensure!(shown.stdout.contains("payload  Payload  not a set of claims"), "{shown:?}");
    ensure!(shown.stdout.contains("This is not a JWT: its payload is not JSON."), "{shown:?}");
    let key = desk.file("key.jwk", jwk.to_string())?;
    let answer = desk.jwt(&token, &["--verify", "--key", &key, "--json"]).await?.json()?;
    assert_eq!((&answer["claims"], &answer["signature"]["status"]), (&json!({}), &json!("verified")));
    assert_eq!(answer["findings"][0]["code"], "not_claims");
    Ok(())
}

#[tokio::test]
async fn an_unsigned_token_is_shown_and_never_verified() -> Result<()> {
    let desk = Desk::new().await?;
    let shown = desk.jwt(UNSECURED, &[]).await?;
    ensure!(shown.code == 0 && shown.stdout.contains("anybody can have written this"), "{shown:?}");
    let key = desk.file("key.jwk", example("RFC 7515 A.2")?.jwk.to_string())?;
    refused(&desk.jwt(UNSECURED, &["--verify", "--at", BEFORE]).await?, "Not signed")?;
    refused(&desk.jwt(UNSECURED, &["--verify", "--key", &key, "--at", BEFORE]).await?, "Not signed")?;
    let both = format!("{UNSECURED}\n{SECRET}\n");
    refused(&desk.jwt(&both, &["--verify", "--secret", "--at", BEFORE]).await?, "Not signed")?;
    let payload = UNSECURED.split('.').nth(1).context("no payload")?;
    for alg in ["None", "NONE", "nOnE", "none ", ""] {
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": alg }).to_string());
        let outcome = desk.jwt(&format!("{header}.{payload}."), &["--verify", "--key", &key, "--at", BEFORE]).await?;
        refused(&outcome, "can't be checked")?;
    }
    Ok(())
}

#[tokio::test]
async fn a_public_key_is_never_taken_for_a_secret() -> Result<()> {
    let desk = Desk::new().await?;
    let jwk = example("RFC 7515 A.2")?.jwk;
    let (pem, der) = (public_key(&jwk, "pem").await?, public_key(&jwk, "der").await?);
    let set = json!({ "keys": [jwk] }).to_string();
    let pem_file = desk.file("key.pem", &pem)?;
    let der_file = desk.file("key.der", &der)?;
    let jwk_file = desk.file("key.jwk", jwk.to_string())?;
    let set_file = desk.file("keys.json", &set)?;
    let ways =
        [["--key", &pem_file], ["--key", &der_file], ["--key", &jwk_file], ["--key", &set_file], ["--jwks", &set_file]];
    // Each of these files does verify what the key itself has signed.
    for way in ways {
        let good =
            desk.jwt(&example("RFC 7515 A.2")?.token, &[&["--verify", "--at", BEFORE][..], &way].concat()).await?;
        ensure!(good.code == 0, "{way:?}: {good:?}");
    }
    for key in [&pem[..], pem.trim_ascii_end(), &der, jwk.to_string().as_bytes(), set.as_bytes()] {
        let forged = hs256(r#"{"alg":"HS256"}"#, r#"{"iss":"joe","admin":true}"#, key).await?;
        for way in ways {
            let outcome = desk.jwt(&forged, &[&["--verify"][..], &way].concat()).await?;
            ensure!(outcome.code == 7 && !outcome.stdout.contains("Verified"), "{way:?}: {outcome:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_shared_secret_is_read_from_the_second_line() -> Result<()> {
    let desk = Desk::new().await?;
    let token = hs256(r#"{"alg":"HS256"}"#, r#"{"iss":"joe"}"#, SECRET.as_bytes()).await?;
    let verify = async |secret: &str| desk.jwt(&format!("{token}\n{secret}\n"), &["--verify", "--secret"]).await;
    let good = verify(SECRET).await?;
    ensure!(good.code == 0 && good.stdout.contains("Verified with the shared secret."), "{good:?}");
    ensure!(!good.stdout.contains(SECRET) && !good.stderr.contains(SECRET));
    let bad = verify("another").await?;
    refused(&bad, "does not confirm")?;
    ensure!(!bad.stdout.contains("another") && !bad.stderr.contains("another"));
    ensure!(desk.jwt(&token, &["--verify", "--secret"]).await?.code == 2);
    refused(&desk.jwt(&token, &["--verify"]).await?, "shared secret")?;
    let weak = hs256(r#"{"alg":"HS256"}"#, r#"{"iss":"joe"}"#, b"secret").await?;
    let weak = desk.jwt(&format!("{weak}\nsecret"), &["--secret", "--json"]).await?.json()?;
    ensure!(weak["findings"].to_string().contains("weak_secret"), "{weak}");
    Ok(())
}

#[tokio::test]
async fn the_times_are_held_to() -> Result<()> {
    let desk = Desk::new().await?;
    let Example { token, jwk, .. } = example("RFC 7515 A.2")?;
    let key = desk.file("key.jwk", jwk.to_string())?;
    let verify = async |more: &[&str]| desk.jwt(&token, &[&["--verify", "--key", &key][..], more].concat()).await;
    refused(&verify(&[]).await?, "token has expired")?;
    ensure!(verify(&["--at", BEFORE]).await?.code == 0);
    ensure!(verify(&["--at", "2011-03-22T18:00:00Z"]).await?.code == 0);
    refused(&verify(&["--at", "2011-03-22T18:45:00Z"]).await?, "token has expired")?;
    ensure!(verify(&["--at", "yesterday"]).await?.code == 2);
    // Without --verify the same is only told.
    let told = desk.jwt(&token, &["--key", &key]).await?;
    ensure!(told.code == 0 && told.stdout.contains("expired"), "{told:?}");

    let early = hs256(r#"{"alg":"HS256"}"#, r#"{"nbf":4102444800,"exp":4102448400}"#, SECRET.as_bytes()).await?;
    let early = format!("{early}\n{SECRET}");
    refused(&desk.jwt(&early, &["--verify", "--secret"]).await?, "token is not valid yet")?;
    ensure!(desk.jwt(&early, &["--verify", "--secret", "--at", "2100-01-01T00:30:00Z"]).await?.code == 0);
    for exp in ["\"4102444800\"", "true", "null", "{}"] {
        let odd = hs256(r#"{"alg":"HS256"}"#, &format!(r#"{{"exp":{exp}}}"#), SECRET.as_bytes()).await?;
        refused(&desk.jwt(&format!("{odd}\n{SECRET}"), &["--verify", "--secret"]).await?, "number of seconds")?;
    }
    Ok(())
}

#[tokio::test]
async fn the_json_has_the_promised_shape() -> Result<()> {
    let desk = Desk::new().await?;
    let Example { token, jwk, .. } = example("RFC 7515 A.1")?;
    let key = desk.file("key.jwk", jwk.to_string())?;
    let answer = desk.jwt(&token, &["--json", "--key", &key]).await?.json()?;
    assert_eq!(answer["header"], json!({ "typ": "JWT", "alg": "HS256" }));
    assert_eq!(answer["claims"], json!({ "iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true }));
    let signature = json!({ "status": "verified", "reason": "ok", "key_id": null, "source": key });
    assert_eq!(answer["signature"], signature);
    let times = json!({ "issued_at": null, "not_before": null, "expires_at": "2011-03-22T18:43:00Z" });
    assert_eq!(answer["times"], times);
    let findings = answer["findings"].as_array().context("no findings")?;
    ensure!(!findings.is_empty());
    for finding in findings {
        ensure!(["code", "severity", "message"].iter().all(|member| finding[member].is_string()), "{finding}");
    }
    assert_eq!(desk.jwt(&token, &["--json"]).await?.json()?["signature"]["status"], "not_checked");
    assert_eq!(desk.jwt(UNSECURED, &["--json"]).await?.json()?["signature"]["status"], "invalid");
    let unknown =
        token.replacen("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", &URL_SAFE_NO_PAD.encode(r#"{"alg":"XS"}"#), 1);
    assert_eq!(desk.jwt(&unknown, &["--json"]).await?.json()?["signature"]["status"], "unsupported");
    // A refusal keeps the answer on standard output and puts one error on standard error.
    let expired = desk.jwt(&token, &["--json", "--verify", "--key", &key]).await?;
    assert_eq!((expired.code, expired.error_code()?.as_str()), (7, "check_failed"));
    assert_eq!(expired.json()?["signature"]["status"], "verified");
    Ok(())
}

#[tokio::test]
async fn hostile_text_does_not_reach_the_terminal() -> Result<()> {
    let desk = Desk::new().await?;
    let nasty = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}gpj\u{200b}\r\n\u{9b}31m\u{0}";
    let header = json!({ "alg": "RS256", "kid": nasty, nasty: nasty }).to_string();
    let payload = json!({ "iss": nasty, nasty: [nasty], "scope": format!("admin:{nasty}"), "a": { nasty: 1 } });
    let token = hs256(&header, &payload.to_string(), b"any").await?;
    let set = desk.file("keys.json", json!({ "keys": [example("RFC 7515 A.2")?.jwk] }).to_string())?;
    let message = hs256(r#"{"alg":"RS256"}"#, nasty, b"any").await?;
    for (token, arguments) in [
        (&token, vec![]),
        (&token, vec!["--verify", "--jwks", &set]),
        (&token, vec!["--verify", "--jwks", &set, "--json"]),
        (&message, vec![]),
    ] {
        let outcome = desk.jwt(token, &arguments).await?;
        ensure!(outcome.stdout.contains("owned"), "{outcome:?}");
        let both = format!("{}{}", outcome.stdout, outcome.stderr);
        let raw = both.chars().find(|char| char.is_control() && *char != '\n');
        ensure!(raw.is_none(), "{raw:?} in {outcome:?}");
        ensure!(!both.contains(['\u{202e}', '\u{200b}']), "text that turns around in {outcome:?}");
    }
    for arguments in [vec!["jwt", nasty.trim_end_matches('\0')], vec!["jwt", "-", "--jwks", "no\u{1b}[2Jfile"]] {
        let outcome = desk.fob.run_with(&arguments, &token).await?;
        ensure!(outcome.code != 0 && !outcome.stderr.contains('\u{1b}'), "{outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_token_of_a_megabyte_is_quick_and_a_longer_one_is_not_read() -> Result<()> {
    let desk = Desk::new().await?;
    let token = |length: usize| {
        let payload = json!({ "iss": "joe", "big": "é".repeat(length / 2) }).to_string();
        format!("{}.{}.AAAA", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#), URL_SAFE_NO_PAD.encode(payload))
    };
    let began = Instant::now();
    let shown = desk.jwt(&token(780_000), &[]).await?;
    ensure!(shown.code == 0 && shown.stdout.contains("(390,000 characters)"), "{}", shown.stderr);
    ensure!(shown.stdout.len() < 50_000, "{} bytes for a terminal", shown.stdout.len());
    ensure!(desk.jwt(&token(780_000), &["--json"]).await?.json()?["claims"]["big"].is_string());
    ensure!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let longer = desk.jwt(&token(790_000), &["--json"]).await?;
    assert_eq!((longer.code, longer.error_code()?.as_str()), (2, "not_a_jwt"));
    Ok(())
}

#[tokio::test]
async fn what_is_no_jwt_is_called_what_it_is() -> Result<()> {
    let desk = Desk::new().await?;
    let good = example("RFC 7515 A.1")?.token;
    for (text, words) in [
        (String::new(), "no token"),
        ("gho_16C7e42F292c6912E7710c838347Ae178B4a".to_owned(), "opaque"),
        ("v4.local.AAAAAAAAAAAAAAAA".to_owned(), "PASETO"),
        (r#"{"payload":"e30","signatures":[]}"#.to_owned(), "JSON"),
        (format!("{good}~WyJhIl0~"), "SD-JWT"),
        ("a.b".to_owned(), "2 parts"),
        (format!("{good}.{good}"), "6 parts"),
        (format!("{good}="), "padded"),
        (good.replacen('.', "\n.", 1), "line breaks"),
        (good.replacen("ey", "ez", 1), "header"),
        (format!("{}..AAAA", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#)), "payload is missing"),
    ] {
        let outcome = desk.jwt(&text, &["--json"]).await?;
        ensure!(outcome.code == 2 && outcome.error_code()? == "not_a_jwt", "{text}: {outcome:?}");
        ensure!(outcome.stderr.contains(words), "{text}: expected “{words}”: {outcome:?}");
        ensure!(outcome.stdout.is_empty(), "{outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn looking_into_a_token_asks_nobody() -> Result<()> {
    let desk = Desk::new().await?;
    let canary = Small::bind().await?;
    let url = canary.address();
    let header = json!({ "alg": "RS256", "kid": url, "jku": url, "x5u": url }).to_string();
    let token = hs256(&header, &json!({ "iss": url, "aud": url }).to_string(), b"any").await?;
    let shown = desk.jwt(&token, &[]).await?;
    ensure!(shown.code == 0 && shown.stdout.contains("never used"), "{shown:?}");
    refused(&desk.jwt(&token, &["--verify"]).await?, "nobody said which keys to trust")?;
    ensure!(!canary.was_visited().await, "the token's own addresses were asked");

    // The same where there is no network at all.
    let mut command = desk.session.command("unshare");
    command.args(["-n".as_ref(), built("fob")?.as_os_str()]).args(["jwt", "-"]).env("FOB_HOME", desk.fob.home());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut alone = command.spawn()?;
    alone.stdin.take().context("no standard input")?.write_all(token.as_bytes()).await?;
    let alone = alone.wait_with_output().await?;
    ensure!(alone.status.success() && alone.stdout == shown.stdout.as_bytes(), "{alone:?}");
    ensure!(!desk.fob.home().exists(), "a token from standard input made a vault");
    Ok(())
}

#[tokio::test]
async fn a_login_s_token_is_verified_with_its_issuer_s_keys() -> Result<()> {
    let server = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    sign_in(&fob, &server, "api").await?;
    let verified = fob.run(&["jwt", "api", "--verify", "--json"]).await?;
    ensure!(verified.code == 0, "{verified:?}");
    let answer = verified.json()?;
    let keys = format!("{}/jwks", server.issuer());
    let key_id = answer["header"]["kid"].as_str().context("no kid")?;
    assert_eq!(answer["claims"]["iss"], server.issuer());
    assert_eq!(answer["signature"], json!({ "status": "verified", "reason": "ok", "key_id": key_id, "source": keys }));
    ensure!(fob.run(&["jwt", "api", "--verify", "--issuer", server.issuer()]).await?.code == 0);
    ensure!(fob.run(&["jwt", "api", "--verify", "--jwks", &keys]).await?.code == 0);
    let token = fob.run(&["token", "api"]).await?.stdout;
    let token = token.trim();
    let changed = if token.ends_with("AA") { "BA" } else { "AA" };
    let changed = format!("{}{changed}", &token[..token.len() - 2]);
    let issuer = ["jwt", "-", "--verify", "--issuer", server.issuer()];
    ensure!(fob.run_with(&issuer, token).await?.code == 0);
    refused(&fob.run_with(&issuer, &changed).await?, "does not confirm")?;
    // The whole answer, and no signature of the token in it.
    let secret = token.rsplit('.').next().context("no signature")?;
    ensure!(!verified.stdout.contains(secret) && !verified.stderr.contains(secret));

    // Another issuer that publishes the very same keys is still another issuer.
    let other = Small::bind().await?;
    let metadata = json!({
        "issuer": other.address(), "authorization_endpoint": format!("{}/auth", other.address()),
        "token_endpoint": format!("{}/token", other.address()), "jwks_uri": keys,
    });
    let page =
        |path: &str, _: &str| path.starts_with("/.well-known/").then(|| ("application/json", metadata.to_string()));
    let arguments = ["jwt", "api", "--verify", "--issuer", other.address()];
    let outcome = other.serve(page, fob.run(&arguments)).await?;
    refused(&outcome, "The token is not from the issuer that was asked for.")?;
    let nobody = fob.run(&["jwt", "api", "--verify", "--issuer", "http://127.0.0.1:9", "--json"]).await?;
    ensure!(nobody.code == 6 && nobody.json()?["signature"]["status"] == "not_checked", "{nobody:?}");
    Ok(())
}
