//! Runs the built `fob` at one module and compares what it did with the row.
//!
//! Two witnesses: the server, which saw the requests, and the person, who has an exit code and a sentence. A module
//! passes only if both are as they should be.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fobwatch_lab::{At, Lab, Module, Record, Verdict, judge};
use fobwatch_tests::fob::{Finished, Fob};
use jiff::Timestamp;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

use crate::browser::browse;
use crate::rows::Row;

/// No run of `fob` may take longer: its own limit is 30 s a request.
const ENDS_WITHIN: Duration = Duration::from_secs(100);

/// What is left of a module when its runs are over, for the looks at list and keyring.
#[derive(Debug)]
pub(crate) struct Left {
    /// The module's id, which is the credential's name too.
    pub(crate) id: String,
    /// What the server saw and gave.
    pub(crate) record: Record,
}

/// Runs everything that the row says, and returns what was seen.
pub(crate) async fn run(fob: &Fob, module: &Module, row: &Row) -> Result<Left> {
    let lab = Lab::start(module.clone(), 0).await?;
    let fob = &trusting(fob, &lab)?;
    for _ in 0..row.logins {
        let (ended, pages) = login(fob, &lab, row, Form::Json).await?;
        is(&ended, &row.login, "login").with_context(|| said(&ended))?;
        let words = row.signs_in() || ended.stderr.contains(&row.says);
        ensure!(words, "“{}” is not said: {}", row.says, ended.stderr.trim());
        harmless(&ended, &lab.record(), "login")?;
        quiet_pages(&pages)?;
    }
    if row.spoken {
        let (ended, _) = login(fob, &lab, row, Form::Sentences).await?;
        let code = ended.code.to_string();
        ensure!(row.login.split(' ').next() == Some(&code), "without --json, login ended with {code}");
        ensure!(ended.stderr.contains(&row.says), "“{}” is not said: {}", row.says, ended.stderr.trim());
        harmless(&ended, &lab.record(), "login without --json")?;
    }
    if let Some(expected) = &row.token {
        let ended = fob.run(&["token", &module.id, "--min-validity", "0s"]).await?;
        is(&ended, expected, "token")?;
        let given = lab.record().access_tokens.last().cloned().unwrap_or_default();
        ensure!(expected != "0" || ended.stdout == format!("{given}\n"), "the token is not the one that was given");
    }
    for (at, expected) in row.refresh.iter().enumerate() {
        let ended = fob.run(&["refresh", &module.id, "--force", "--json"]).await?;
        is(&ended, expected, &format!("refresh {}", at + 1)).with_context(|| said(&ended))?;
        let last_refusal = row.signs_in() && row.refresh[at..].iter().find(|end| *end != "0") == Some(expected);
        ensure!(
            !last_refusal || ended.stderr.contains(&row.says),
            "“{}” is not said: {}",
            row.says,
            ended.stderr.trim()
        );
        harmless(&ended, &lab.record(), "refresh")?;
    }
    for (then, expected) in &row.then {
        let ended = fob.run(&[then.as_str(), &module.id, "--json"]).await?;
        is(&ended, expected, then).with_context(|| said(&ended))?;
        harmless(&ended, &lab.record(), then)?;
    }
    let record = lab.record();
    requests(module, row, &record)?;
    Ok(Left { id: module.id.clone(), record })
}

/// Lets this `fob` trust the authority of a lab with TLS, and nobody else.
fn trusting(fob: &Fob, lab: &Lab) -> Result<Fob> {
    let Some(authority) = lab.authority() else { return Ok(fob.clone()) };
    let file = fob.home().with_extension("pem");
    std::fs::write(&file, authority)?;
    Ok(fob.clone().env("SSL_CERT_FILE", &file.display().to_string()))
}

fn said(ended: &Finished) -> String {
    let short: String = ended.stderr.trim().chars().take(300).collect();
    format!("it said: {short}")
}

/// Compares an end with `0` or `EXIT CODE`; a star stands for any code.
fn is(ended: &Finished, expected: &str, what: &str) -> Result<()> {
    let code = if ended.code == 0 { None } else { Some(ended.error_code().unwrap_or_else(|_| "no code".to_owned())) };
    let real = [Some(ended.code.to_string()), code].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let fits = expected.strip_suffix('*').map_or(real == expected, |start| real.starts_with(start));
    ensure!(fits, "{what} ended with {real}, not {expected}");
    Ok(())
}

/// Puts a provider file for this server into the vault's folder, and returns the provider's id.
fn provider_file(fob: &Fob, lab: &Lab, quirks: &str) -> Result<String> {
    let id = lab.module().id.to_ascii_lowercase().replace('.', "-");
    let folder = fob.home().join("providers");
    std::fs::create_dir_all(&folder)?;
    let issuer = &lab.place().issuer;
    let text = format!(
        "[[provider]]\nid = \"{id}\"\nname = \"{id}\"\n[provider.oauth]\nissuer = \"{issuer}\"\n\
         [provider.oauth.quirks]\n{quirks}\n"
    );
    std::fs::write(folder.join(format!("{id}.toml")), text)?;
    Ok(id)
}

/// How `fob` is asked to speak.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// To a program.
    Json,
    /// To a person at a terminal.
    Sentences,
}

fn command(fob: &Fob, lab: &Lab, row: &Row, form: Form) -> Result<Command> {
    let mut command = fob.command();
    let has = |argument: &str| row.how.iter().any(|how| how == argument);
    command.args(["login", &lab.module().id]).args((form == Form::Json).then_some("--json"));
    // Polls are five seconds apart, and this lab's devices get no ID token.
    let ways: &[&str] = if has("--device") {
        &["--timeout", "90s"]
    } else {
        &["--no-browser", "--timeout", "20s", "--scope", "openid"]
    };
    command.args(ways).args(["--scope", "email", "--scope", "offline_access"]).args(&row.how);
    match &row.quirks {
        Some(quirks) => command.args(["--provider", &provider_file(fob, lab, quirks)?]),
        None => command.args(["--issuer", &lab.place().issuer]),
    };
    if !has("--register") {
        command.args(["--client-id", lab.client_id()]);
    }
    command.args(lab.client_secret().map(|_| "--client-secret"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    Ok(command)
}

async fn login(fob: &Fob, lab: &Lab, row: &Row, form: Form) -> Result<(Finished, Vec<String>)> {
    let mut child = command(fob, lab, row, form)?.spawn()?;
    let mut stdin = child.stdin.take().context("no standard input")?;
    let fed = stdin.write_all(lab.client_secret().unwrap_or_default().as_bytes()).await;
    drop((fed, stdin));
    let mut stdout = BufReader::new(child.stdout.take().context("no standard output")?);
    let mut stderr = BufReader::new(child.stderr.take().context("no standard error")?);
    let running = async {
        let (mut out, mut err) = (String::new(), String::new());
        let address = match form {
            Form::Json => {
                stdout.read_line(&mut out).await?;
                serde_json::from_str::<Value>(&out).unwrap_or_default()["url"].as_str().map(str::to_owned)
            }
            Form::Sentences => {
                while !err.contains("\nhttp") && stderr.read_line(&mut err).await? > 0 {}
                err.lines().find(|line| line.starts_with("http")).map(str::to_owned)
            }
        };
        let browsing = async {
            match &address {
                Some(url) => browse(url, lab.authority()).await,
                None => Ok(Vec::new()),
            }
        };
        let (pages, out_read, err_read) =
            tokio::join!(browsing, stdout.read_to_string(&mut out), stderr.read_to_string(&mut err));
        out_read?;
        err_read?;
        let pages = pages?;
        let code = child.wait().await?.code().context("fob was killed")?;
        anyhow::Ok((Finished { code, stdout: out, stderr: err }, pages))
    };
    tokio::time::timeout(ENDS_WITHIN, running).await.context("fob login does not end")?
}

/// Nothing that the server gave or said may be in what the person reads as it came.
fn harmless(ended: &Finished, record: &Record, what: &str) -> Result<()> {
    let all = format!("{}{}", ended.stdout, ended.stderr);
    for token in record.access_tokens.iter().chain(&record.refresh_tokens).filter(|token| token.len() > 8) {
        ensure!(!all.contains(token.as_str()), "{what} prints a token");
    }
    let hidden = |c: char| {
        c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}')
    };
    ensure!(!all.contains(hidden), "{what} prints a control character: {all:?}");
    ensure!(all.len() < 16 * 1024, "{what} says {} bytes", all.len());
    Ok(())
}

/// What the browser was shown holds nothing of what came, and lets no other page read it.
fn quiet_pages(pages: &[String]) -> Result<()> {
    for page in pages {
        let lower = page.to_ascii_lowercase();
        for never in
            ["onload=alert", "\u{1b}", "\u{202e}", "access-control", "lab-code", "xxxxxx", "evil", "javascript:"]
        {
            ensure!(!lower.contains(never), "the page in the browser has “{never}” in it");
        }
    }
    Ok(())
}

/// What the server saw, compared with the module and the row.
fn requests(module: &Module, row: &Row, record: &Record) -> Result<()> {
    if let Verdict::Failed(faults) = judge(module, record) {
        bail!("{}", faults.join("; "));
    }
    let redeemed = record.count(At::Code);
    let logins = row.logins + u32::from(row.spoken);
    let wanted = module.redeems * logins;
    ensure!(redeemed == wanted, "codes were redeemed {redeemed} times, not {wanted}");
    let sent = record.count(At::Refresh);
    let wanted = row.sent.unwrap_or(u32::try_from(row.refresh.len())?);
    ensure!(sent == wanted, "{sent} renewals were sent, not {wanted}");
    ensure!(
        record.count(At::Discovery) <= 2 * logins,
        "the metadata was fetched {} times",
        record.count(At::Discovery)
    );
    ensure!(record.count(At::Keys) <= 2 * logins, "the keys were fetched {} times", record.count(At::Keys));
    Ok(())
}

/// Compares what is stored at the end with the row.
pub(crate) fn stored(left: &Left, row: &Row, list: &[Value], keyring: &str) -> Result<()> {
    let entry = list.iter().find(|entry| entry["name"] == left.id);
    let in_keyring =
        |token: Option<&String>| token.is_some_and(|token| token.len() > 8 && keyring.contains(token.as_str()));
    let tokens = &left.record.refresh_tokens;
    let Some(entry) = entry else {
        ensure!(!row.signs_in(), "the login is gone");
        ensure!(!tokens.iter().any(|token| in_keyring(Some(token))), "a token of a refused sign-in is in the keyring");
        return Ok(());
    };
    ensure!(row.signs_in(), "a refused sign-in is stored: {entry}");
    ensure!(entry["status"] == row.status, "the status is {}, not {}", entry["status"], row.status);
    if let Some(scopes) = &row.scopes {
        ensure!(entry["scopes"] == serde_json::json!(scopes), "the scopes are {}", entry["scopes"]);
    }
    if let Some(most) = row.again_within {
        let next: Timestamp = entry["next_refresh_at"].as_str().context("it is never tried again")?.parse()?;
        #[expect(clippy::disallowed_methods, reason = "the program under test has the real clock too")]
        let wait = next.duration_since(Timestamp::now()).as_secs();
        ensure!(wait <= most, "it is tried again in {wait} s only");
    }
    let kept = match row.keeps.as_str() {
        "first" => in_keyring(tokens.first()),
        "last" => in_keyring(tokens.last()),
        "none" => !tokens.iter().any(|token| in_keyring(Some(token))),
        other => bail!("keeps = {other}?"),
    };
    ensure!(kept, "the keyring does not hold the {} refresh token", row.keeps);
    Ok(())
}
