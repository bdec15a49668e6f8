//! A sign-in seen from the browser's side: walking to the redirect, visiting the loopback listener, looking at the port.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use crate::fob::{Finished, Fob};
use crate::journey::Waiting;
use crate::process::{bare_command, project};
use crate::servers::browse;
use crate::session::{Session, succeed};

/// How long the listener may take to answer a visitor.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Starts `fob login NAME --issuer …` with `input` on standard input, and returns when it waits for the browser.
pub async fn begin(fob: &Fob, issuer: &str, name: &str, arguments: &[&str], input: &str) -> Result<Waiting> {
    begin_with(fob, &[&["login", name, "--issuer", issuer], arguments].concat(), input).await
}

/// Starts a sign-in with exactly these arguments, without a browser and with JSON.
pub async fn begin_with(fob: &Fob, arguments: &[&str], input: &str) -> Result<Waiting> {
    // What earlier runs said is not about this one.
    std::fs::write(fob.log(), "")?;
    let mut running = fob.start(&[arguments, &["--no-browser", "--json"]].concat())?;
    running.feed(input.as_bytes()).await?;
    let line = match running.line().await {
        Ok(line) => line,
        Err(reason) => return Err(reason.context(std::fs::read_to_string(fob.log())?)),
    };
    let event: Value = serde_json::from_str(&line)?;
    ensure!(event["event"] == "authorize", "the first line is not the address: {event}");
    Waiting::new(running, &event)
}

/// Waits for the end of a sign-in, and returns it like any other run.
pub async fn wait(mut waiting: Waiting, fob: &Fob) -> Result<Finished> {
    use std::os::unix::process::ExitStatusExt;

    let (status, stdout) = waiting.fob.finish().await?;
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    Ok(Finished { code, stdout, stderr: std::fs::read_to_string(fob.log())? })
}

/// Lets the person approve at a server that does so by itself, and waits for the end, whatever it is.
pub async fn end(waiting: Waiting, fob: &Fob) -> Result<Finished> {
    browse(waiting.authorize.as_str()).await?;
    wait(waiting, fob).await
}

/// Decides (`approve` or `deny`) as the person at the server, and returns the redirect without visiting it.
pub async fn walk(waiting: &Waiting, decision: &str) -> Result<Url> {
    let mut command = bare_command("node");
    command.arg(project().join("tests/support/approve.mjs"));
    command.args([waiting.authorize.as_str(), waiting.redirect.as_str(), decision]);
    Ok(succeed(command).await?.trim().parse()?)
}

/// Tells whether somebody listens on a port of 127.0.0.1.
pub async fn is_listening(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).await.is_ok()
}

/// Sends bytes to a port as they are, and returns all of the answer; it is empty when the connection was just closed.
pub async fn send(port: u16, bytes: &[u8]) -> Result<String> {
    let visiting = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(bytes).await?;
        let mut answer = Vec::new();
        // A connection that is reset after the answer has still brought it.
        let read = stream.read_to_end(&mut answer).await;
        drop(read);
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    tokio::time::timeout(ANSWER_WITHIN, visiting).await.context("a visitor was left without an answer")?
}

/// Returns the local addresses that have a listener on `port`, or that `process` listens on.
pub async fn listeners(session: &Session, port: u16, process: u32) -> Result<Vec<String>> {
    let mut command = session.command("ss");
    command.arg("-ltnpH");
    let (ending, owner) = (format!(":{port}"), format!("pid={process},"));
    let lines = succeed(command).await?;
    let ours = lines
        .lines()
        .filter(|line| line.contains(&owner) || line.split_whitespace().nth(3).is_some_and(|at| at.ends_with(&ending)));
    Ok(ours.filter_map(|line| line.split_whitespace().nth(3)).map(str::to_owned).collect())
}
