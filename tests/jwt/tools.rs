//! `fob jwt sign` and `fob jwt compare`.

use anyhow::{Context, Result, ensure};
use fobwatch_tests::jose::hs256;
use serde_json::json;

use super::{Desk, SECRET};

#[tokio::test]
async fn a_signed_test_token_says_what_it_is_and_its_public_key_confirms_it() -> Result<()> {
    let desk = Desk::new().await?;
    for alg in ["ES256", "RS256", "EdDSA"] {
        let signed =
            desk.fob.run(&["jwt", "sign", "--alg", alg, "--claim", "sub=ada", "--claim", "n=1", "--public"]).await?;
        ensure!(signed.code == 0 && signed.stderr.contains("A test token"), "{signed:?}");
        let (token, jwk) = signed.stdout.trim().split_once('\n').context("no second line")?;
        let file = desk.file("jwk.json", jwk)?;
        let checked = desk.jwt(token, &["--verify", "--key", &file, "--json"]).await?;
        ensure!(checked.code == 0, "{alg}: {checked:?}");
        let answer = checked.json()?;
        ensure!(answer["claims"]["iss"] == "https://test.invalid" && answer["claims"]["n"] == 1, "{answer}");
        ensure!(answer["header"]["kid"].as_str().is_some_and(|kid| kid.starts_with("fobwatch-test-")), "{answer}");
    }
    let signed = desk.fob.run_with(&["jwt", "sign", "--alg", "HS256", "--secret"], SECRET).await?;
    let checked = desk.jwt(&format!("{}\n{SECRET}", signed.stdout.trim()), &["--verify", "--secret"]).await?;
    ensure!(checked.code == 0, "{signed:?} {checked:?}");
    for bad in [&["--alg", "none"][..], &["--alg", "HS256"], &["--claim", "exp=soon"], &["--claim", "novalue"]] {
        let refused = desk.fob.run(&[&["jwt", "sign"], bad].concat()).await?;
        ensure!(refused.code == 2 && refused.stdout.is_empty(), "{bad:?}: {refused:?}");
    }
    let short = desk.fob.run_with(&["jwt", "sign", "--alg", "HS256", "--secret"], "short").await?;
    ensure!(short.code == 2 && !short.stderr.contains("short\n"), "{short:?}");
    Ok(())
}

#[tokio::test]
async fn two_tokens_are_compared_and_nothing_of_their_signatures_is_said() -> Result<()> {
    let desk = Desk::new().await?;
    let first = hs256(r#"{"alg":"HS256"}"#, r#"{"iss":"a","scope":"read write","old":1}"#, b"x").await?;
    let second = hs256(r#"{"alg":"HS256"}"#, r#"{"iss":"a","scope":"read admin","new":"\u202ex"}"#, b"x").await?;
    let both = format!("{first}\n{second}\n");
    let said = desk.fob.run_with(&["jwt", "compare", "-", "-"], &both).await?;
    ensure!(said.code == 0, "{said:?}");
    for words in ["changed  payload  scope", "added", "removed", "\\u{202e}x"] {
        ensure!(said.stdout.contains(words), "“{words}”: {said:?}");
    }
    let answer = desk.fob.run_with(&["jwt", "compare", "-", "-", "--json"], &both).await?.json()?;
    assert_eq!(answer["same"], false);
    assert_eq!(answer["differences"]["lines"][0]["gained"], json!(["admin"]));
    let same = desk.fob.run_with(&["jwt", "compare", "-", "-"], &format!("{first}\n{first}")).await?;
    assert_eq!(same.stdout, "The two tokens say the same.\n");
    let signature = first.rsplit('.').next().context("no signature")?;
    ensure!(!said.stdout.contains(signature) && !said.stderr.contains(signature));
    let one = desk.fob.run_with(&["jwt", "compare", "-", "-"], &first).await?;
    ensure!(one.code == 2, "{one:?}");
    Ok(())
}
