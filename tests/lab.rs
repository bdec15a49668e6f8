//! `fob lab`, as somebody who writes a client uses it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::process::Running;
use fobwatch_tests::session::{Keyring, Session};
use fobwatch_tests::visit::{begin, send, wait};
use serde_json::Value;
use url::Url;

/// A verifier of 43 characters, and what S256 makes of it (RFC 7636 appendix B).
const PKCE: [&str; 2] = ["dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"];
const STATE: &str = "a-state-of-more-than-22-characters";

struct Bench {
    lab: Running,
    issuer: Url,
}

impl Bench {
    async fn start(fob: &Fob, id: &str) -> Result<Self> {
        let mut lab = fob.start(&["lab", "run", id, "--json", "--within", "60s"])?;
        let listening: Value = serde_json::from_str(&lab.line().await?)?;
        ensure!(listening["event"] == "listening" && listening["client_id"] == "lab", "{listening}");
        let issuer = listening["issuer"].as_str().context("no issuer")?.parse()?;
        Ok(Self { lab, issuer })
    }

    async fn ask(&self, method: &str, target: &str, form: &str) -> Result<String> {
        let typed = "Content-Type: application/x-www-form-urlencoded";
        let head =
            format!("{method} {target} HTTP/1.1\r\nHost: lab\r\n{typed}\r\nContent-Length: {}\r\n\r\n", form.len());
        send(self.issuer.port().context("no port")?, format!("{head}{form}").as_bytes()).await
    }

    /// Asks for a code as a client does, and returns it whatever stands beside it.
    async fn code(&self) -> Result<String> {
        let target = format!(
            "/authorize?response_type=code&client_id=lab&redirect_uri=http://127.0.0.1:9/cb&state={STATE}&scope=orders\
             &code_challenge={}&code_challenge_method=S256",
            PKCE[1]
        );
        let answer = self.ask("GET", &target, "").await?;
        let to = answer.lines().find_map(|line| line.strip_prefix("location: ")).context("no redirect")?;
        let to: Url = to.parse()?;
        let code = to.query_pairs().find(|(name, _)| name == "code").context("no code")?.1.into_owned();
        Ok(code)
    }

    async fn redeem(&self, code: &str) -> Result<String> {
        let form = format!(
            "grant_type=authorization_code&client_id=lab&redirect_uri=http://127.0.0.1:9/cb&code={code}&code_verifier={}",
            PKCE[0]
        );
        self.ask("POST", "/token", &form).await
    }

    async fn verdict(mut self) -> Result<(Option<i32>, Value)> {
        let (status, rest) = self.lab.finish().await?;
        let last = rest.lines().last().context("no verdict")?;
        Ok((status.code(), serde_json::from_str(last)?))
    }
}

#[tokio::test]
async fn the_list_names_what_can_be_run() -> Result<()> {
    let session = Session::start(Keyring::None).await?;
    let fob = Fob::new(&session)?;
    let list = fob.run(&["lab", "list", "--json"]).await?.json()?;
    let list = list.as_array().context("no list")?;
    ensure!(list.len() > 300 && list.iter().all(|one| one["id"].is_string() && one["good"].is_string()));
    let text = fob.run(&["lab", "list"]).await?;
    ensure!(text.code == 0 && text.stdout.lines().count() == list.len() && text.stdout.contains("HA22 "), "{text:?}");
    let unknown = fob.run(&["lab", "run", "nothing", "--json"]).await?;
    assert_eq!((unknown.code, unknown.error_code()?.as_str()), (2, "usage"));
    ensure!(!fob.home().exists() || std::fs::read_dir(fob.home())?.next().is_none(), "the lab made a vault");
    Ok(())
}

#[tokio::test]
async fn a_client_that_redeems_a_code_of_the_wrong_issuer_fails_at_once() -> Result<()> {
    let session = Session::start(Keyring::None).await?;
    let bench = Bench::start(&Fob::new(&session)?, "HA22").await?;
    let code = bench.code().await?;
    bench.redeem(&code).await?;
    let (code, verdict) = tokio::time::timeout(Duration::from_secs(20), bench.verdict()).await??;
    assert_eq!((code, &verdict["verdict"]), (Some(7), &Value::from("failed")));
    ensure!(verdict["faults"].to_string().contains("should have refused"), "{verdict}");
    Ok(())
}

#[tokio::test]
async fn a_client_that_sends_a_code_twice_fails_wherever_it_does() -> Result<()> {
    let session = Session::start(Keyring::None).await?;
    let bench = Bench::start(&Fob::new(&session)?, "HA01").await?;
    let code = bench.code().await?;
    ensure!(bench.redeem(&code).await?.contains("access_token"));
    // The verdict may be there before the whole of this answer.
    drop(bench.redeem(&code).await);
    let (code, verdict) = tokio::time::timeout(Duration::from_secs(20), bench.verdict()).await??;
    ensure!(code == Some(7) && verdict["faults"].to_string().contains("twice"), "{verdict}");
    Ok(())
}

#[tokio::test]
async fn ctrl_c_asks_for_the_verdict() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    let nobody = Bench::start(&fob, "HA22").await?;
    nobody.lab.signal(rustix::process::Signal::INT)?;
    let (code, verdict) = nobody.verdict().await?;
    assert_eq!((code, &verdict["verdict"]), (Some(7), &Value::from("nothing_seen")));

    let bench = Bench::start(&fob, "HA22").await?;
    let issuer = bench.issuer.as_str().trim_end_matches('/');
    let waiting = begin(&fob, issuer, "api", &["--client-id", "lab", "--scope", "openid"], "").await?;
    fobwatch_tests::servers::browse(waiting.authorize.as_str()).await?;
    ensure!(wait(waiting, &fob).await?.code == 7, "the wrong issuer was taken");
    bench.lab.signal(rustix::process::Signal::INT)?;
    let (code, verdict) = bench.verdict().await?;
    assert_eq!((code, &verdict["verdict"]), (Some(0), &Value::from("good")));
    Ok(())
}
