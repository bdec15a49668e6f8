//! Hostile tokens in the real window: nothing runs, nothing is asked, everything can be read, and the window answers.
//!
//! The whole test lives in a network of its own where every address of the world leads back to this computer: whoever
//! asks for a name or opens a connection, whatever to, arrives at a listener that counts. That each listener counts is
//! proved first and last.

#[path = "window/desk.rs"]
#[expect(dead_code, reason = "the window's tests use the rest")]
mod desk;

use std::collections::BTreeSet;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fobwatch_tests::jwt_corpus::{Case, corpus, largest};
use fobwatch_tests::process::until;
use fobwatch_tests::window::{Window, key};
use serde_json::{Value, json};

use crate::desk::{Desk, SOON};

/// Set in the process that lives in the network of its own.
const INSIDE: &str = "FOBWATCH_TEST_INSIDE";
/// A name that is nobody's.
const CANARY: &str = "https://canary.invalid/asked";
/// How long the window may take to answer a script while a token of a megabyte is on the screen.
const RESPONSIVE: Duration = Duration::from_secs(2);

#[test]
fn a_hostile_token_is_shown_and_harms_nobody() -> Result<()> {
    if std::env::var_os(INSIDE).is_none() {
        return inside("a_hostile_token_is_shown_and_harms_nobody");
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(shown())
}

/// Runs this very test again, in a network where all addresses are local.
fn inside(test: &str) -> Result<()> {
    let script = "ip link set lo up && ip route add local default dev lo && ip -6 route add local default dev lo \
                  && exec \"$0\" --exact --nocapture \"$1\"";
    let mut shell = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        shell.arg("--map-root-user");
    }
    shell.args(["--net", "sh", "-c", script]).arg(std::env::current_exe()?).arg(test).env(INSIDE, "1");
    let status = shell.status().context("unshare")?;
    ensure!(status.success(), "the test in its own network ended with {status}");
    Ok(())
}

/// Counts whoever knocks at a name server or a web server, wherever in the world it is.
struct Sentinels(Arc<AtomicUsize>);

impl Sentinels {
    fn post() -> Result<Self> {
        let count = Arc::new(AtomicUsize::new(0));
        for port in [80, 443] {
            let listener = TcpListener::bind(("::", port))?;
            let count = count.clone();
            std::thread::spawn(move || {
                for _ in listener.incoming() {
                    count.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let names = UdpSocket::bind(("::", 53))?;
        let heard = count.clone();
        std::thread::spawn(move || {
            let mut question = [0; 512];
            while let Ok((length, from)) = names.recv_from(&mut question) {
                heard.fetch_add(1, Ordering::SeqCst);
                // No such name: the asker is not kept waiting.
                let mut answer = question[..length].to_vec();
                if let [_, _, flags, code, ..] = answer.as_mut_slice() {
                    (*flags, *code) = (*flags | 0x80, 0x83);
                }
                drop(names.send_to(&answer, from));
            }
        });
        Ok(Self(count))
    }

    fn heard(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// Proves that a question for a name and a connection to anywhere are heard, of this process and of a program.
    async fn prove(&self) -> Result<()> {
        let before = self.heard();
        drop(TcpStream::connect("192.0.2.1:443")?);
        until("the connection to be counted", SOON, || async { Ok((self.heard() > before).then_some(())) }).await?;
        let before = self.heard();
        // It fails, because there is no such name; that it asked is what counts.
        drop(Command::new("getent").args(["hosts", "canary.invalid"]).output()?);
        let counted = until("the question for a name to be counted", SOON, || async {
            Ok((self.heard() > before).then_some(()))
        });
        // A resolver that knows .invalid itself asks nobody; then a question by hand.
        if counted.await.is_err() {
            let before = self.heard();
            UdpSocket::bind("0.0.0.0:0")?.send_to(&[0; 12], "192.0.2.53:53")?;
            until("a packet to be counted", SOON, || async { Ok((self.heard() > before).then_some(())) }).await?;
        }
        Ok(())
    }
}

#[expect(clippy::print_stdout, reason = "how many there were is what the run is for")]
async fn shown() -> Result<()> {
    let sentinels = Sentinels::post()?;
    sentinels.prove().await?;
    let desk = Desk::set().await?;
    let window = desk.open_app().await?;
    window.find("heading", "Add your first credential").await?;
    window.press(&[key::ALT, '6']).await?;
    window.find("heading", "Look into a JWT and check it").await?;
    let quiet = sentinels.heard();
    window.client().execute(WATCH, Vec::new()).await?;
    let cases = corpus(CANARY);
    println!("{} hostile tokens", cases.len());
    // All of them, so that one run tells everything.
    let mut harmed = Vec::new();
    for case in &cases {
        if let Err(error) = look_at(&window, case).await {
            harmed.push(format!("{}: {error}", case.name));
        }
    }
    responds(&window).await?;
    harmed.extend(stored(&desk, &window, &cases).await?);
    ensure!(harmed.is_empty(), "{}", harmed.join("\n"));
    ensure!(sentinels.heard() == quiet, "something was asked: {} times", sentinels.heard() - quiet);
    // The look at the page proves itself as well: what it looks for is found when it is there.
    let found = window.client().execute(&format!("{PLANT}; {LOOK}"), vec![json!(""), json!(TAB)]).await?;
    ensure!(found["foreign"].as_u64() == Some(2) && found["harmed"] == json!(true), "the look is blind: {found}");
    sentinels.prove().await?;
    window.close().await
}

/// Pastes a token as a person does, and waits until the window has dealt with it.
async fn paste(window: &Window, text: &str) -> Result<()> {
    window.find("textbox", "Token").await?;
    window.client().execute(PASTE, vec![json!(text)]).await?;
    until("the token to be laid open", SOON, || async {
        let done = window.client().execute(DONE, Vec::new()).await?;
        Ok((done == json!(true)).then_some(()))
    })
    .await
}

async fn look_at(window: &Window, case: &Case) -> Result<()> {
    paste(window, &case.text).await?;
    harmless(window, DECODED, case).await
}

/// Stores what the command takes of the tokens and walks through them by key, in the Token tab, which is the first of
/// a JWT. Returns what is wrong.
#[expect(clippy::print_stdout, reason = "how many there were is what the run is for")]
async fn stored(desk: &Desk, window: &Window, cases: &[Case]) -> Result<Vec<String>> {
    let mut kept = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let name = format!("Token {at:03}");
        let added = desk.fob.run_with(&["add", "jwt", &name, "--env", "development"], &case.text).await?;
        match added.code {
            0 => kept.push((name, case)),
            2 => ensure!(added.stderr.starts_with("fob: "), "{}: {added:?}", case.name),
            _ => bail!("{}: {added:?}", case.name),
        }
    }
    println!("{} of them are stored", kept.len());
    window.press(&[key::ALT, '1']).await?;
    until("all of them in the list", SOON, || async {
        Ok((window.client().execute(COUNT, Vec::new()).await? == json!(kept.len())).then_some(()))
    })
    .await?;
    window.press(&[key::CONTROL, 'f']).await?;
    window.press(&[key::ESCAPE]).await?;
    window.press(&[key::HOME]).await?;
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    while seen.len() < kept.len() {
        let name = until("the next token", SOON, || async {
            let heading = window.client().execute(HEADING, Vec::new()).await?;
            Ok(heading.as_str().filter(|name| !seen.contains(*name)).map(str::to_owned))
        })
        .await?;
        let (_, case) = kept.iter().find(|(one, _)| *one == name).with_context(|| name.clone())?;
        if let Err(error) = look_inside(window, case).await {
            wrong.push(format!("{}, stored: {error}", case.name));
        }
        seen.insert(name);
        window.press(&[key::DOWN]).await?;
    }
    Ok(wrong)
}

/// Looks at the Token tab as it is, once it has something to read.
async fn look_inside(window: &Window, case: &Case) -> Result<()> {
    let read = until("the token to be laid open", SOON, || async {
        let found = window.client().execute(LOOK, vec![json!(case.shows), json!(TAB)]).await?;
        Ok((found["shows"] == json!(true)).then_some(()))
    });
    // What stands there instead is said by the look.
    drop(read.await);
    harmless(window, TAB, case).await
}

async fn harmless(window: &Window, place: &str, case: &Case) -> Result<()> {
    let found = window.client().execute(LOOK, vec![json!(case.shows), json!(place)]).await?;
    ensure!(found["harmed"] == json!(false), "a script ran");
    ensure!(found["foreign"] == json!(0), "the token became part of the page: {found}");
    ensure!(found["polluted"] == json!(false), "the token reached into every object");
    ensure!(found["hidden"] == json!(Value::Null), "an invisible character stands there as it is: {found}");
    ensure!(found["shows"] == json!(true), "“{}” is not to be read; there is: {}", case.shows, found["text"]);
    ensure!(found["verified"] == json!(false), "it is called verified");
    Ok(())
}

/// A megabyte: the window goes on answering while it is on the screen, also when all of it is asked for.
#[expect(clippy::print_stdout, reason = "the figures are what the run is for")]
async fn responds(window: &Window) -> Result<()> {
    let token = largest();
    ensure!((900_000..=1 << 20).contains(&token.len()), "{} bytes", token.len());
    let began = Instant::now();
    paste(window, &token).await?;
    let laid_open = began.elapsed();
    let turn = turn_around(window).await?;
    window.click("button", "Show all 501").await?;
    let all = turn_around(window).await?;
    println!("1 MB: laid open in {laid_open:?}, then answers in {turn:?}, with all lines in {all:?}");
    ensure!(turn < RESPONSIVE && all < RESPONSIVE, "the window does not answer: {turn:?}, {all:?}");
    Ok(())
}

/// How long the window takes to draw two frames and say so.
async fn turn_around(window: &Window) -> Result<Duration> {
    const FRAMES: &str =
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
    let began = Instant::now();
    window.client().execute_async(FRAMES, Vec::new()).await?;
    Ok(began.elapsed())
}

/// A violation of the page's policy means that something tried.
const WATCH: &str = "window.harmed = false; window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.blockedURI));";
const PASTE: &str = "const data = new DataTransfer();
    data.setData('text/plain', arguments[0]);
    const field = document.querySelector('input[type=password]');
    field.focus();
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));";
const DONE: &str = "const result = document.querySelector('section[aria-busy]');
    return result !== null && result.getAttribute('aria-busy') === 'false';";
/// Where a pasted token is laid open, and where a stored one is, with its credential's name and account.
const DECODED: &str = "section[aria-busy]";
const TAB: &str = ".detail";
const COUNT: &str = "return Number(document.querySelector('[role=option]')?.getAttribute('aria-setsize') ?? 0)";
const HEADING: &str = "return document.querySelector('.detail h1')?.textContent.trim() ?? null";
const LOOK: &str = "const result = document.querySelector(arguments[1]);
    const text = result.innerText + [...result.querySelectorAll('[aria-label]')].map((one) => one.getAttribute('aria-label')).join(' ');
    const foreign = result.querySelectorAll('script, img, iframe, object, embed, link, style, a[href], form, base, meta, audio, video');
    const hidden = /[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u202a-\\u202e\\u2066-\\u2067\\u206a-\\u206f\\ufeff]/.exec(text.replace(/\\u200d/g, ''));
    return {
        harmed: window.harmed !== false || window.violations.length > 0,
        foreign: foreign.length,
        polluted: ({}).polluted !== undefined,
        hidden: hidden === null ? null : hidden[0].codePointAt(0).toString(16),
        shows: text.includes(arguments[0]),
        verified: /^Signature verified/m.test(result.innerText) && result.querySelector('.ok') !== null,
        text: text.slice(0, 600),
    };";
const PLANT: &str = "const planted = document.createElement('p');
    planted.innerHTML = '<img src=x><a href=\"/\">x</a>';
    document.querySelector(arguments[1]).append(planted);
    window.harmed = true";
