//! The loopback listener of the built `fob` under everything that can reach a port (security.md §6.2).
//!
//! The invariant of each test: after what was done to the port, the genuine redirect still signs in, and the code is
//! redeemed once.

#[path = "loopback/corpus.rs"]
mod corpus;

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fobwatch_lab::{At, Lab, find};
use fobwatch_tests::fob::Fob;
use fobwatch_tests::journey::Waiting;
use fobwatch_tests::session::{Keyring, Session};
use fobwatch_tests::visit::{begin, listeners, send, wait};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use url::Url;

use crate::corpus::{Case, How, corpus};

const WORKERS: usize = 4;
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// Growth that a bounded number of connections of 8 KiB can't explain.
const GROWTH_KIB: u64 = 20 * 1024;
/// The seats of the listener.
const SEATS: usize = 16;

/// A sign-in that waits, with what its server will send back.
struct Door {
    lab: Lab,
    waiting: Waiting,
    redirect: Url,
    state: String,
}

impl Door {
    async fn open(fob: &Fob) -> Result<Self> {
        let lab = Lab::start(find("HA01").context("no HA01")?, 0).await?;
        let arguments = ["--client-id", lab.client_id(), "--scope", "orders", "--timeout", "60s"];
        // Each has a server of its own, so each is another login.
        let name = format!("api {}", lab.place().issuer);
        let waiting = begin(fob, &lab.place().issuer, &name, &arguments, "").await?;
        let redirect = waiting.redirect.clone();
        let (_, state) = waiting.authorize.query_pairs().find(|(name, _)| name == "state").context("no state")?;
        let state = state.into_owned();
        Ok(Self { lab, waiting, redirect, state })
    }

    fn port(&self) -> Result<u16> {
        self.redirect.port().context("no port")
    }

    fn host(&self) -> Result<String> {
        Ok(format!("127.0.0.1:{}", self.port()?))
    }

    /// The request with which the browser comes back.
    async fn genuine(&self) -> Result<String> {
        let page = self.waiting.authorize.clone();
        let port = page.port().context("no port")?;
        let ask = format!("GET {}?{} HTTP/1.1\r\nHost: lab\r\n\r\n", page.path(), page.query().unwrap_or_default());
        let answer = send(port, ask.as_bytes()).await?;
        let to = answer.lines().find_map(|line| line.strip_prefix("location: ")).context("no redirect")?;
        let to: Url = to.parse()?;
        Ok(format!("GET {}?{} HTTP/1.1\r\nHost: {}\r\n\r\n", to.path(), to.query().unwrap_or_default(), self.host()?))
    }

    /// Waits for the end, which must be a login from one code.
    async fn signed_in(self, fob: &Fob) -> Result<()> {
        let ended = wait(self.waiting, fob).await?;
        ensure!(ended.code == 0, "the sign-in ended with {ended:?}");
        let record = self.lab.record();
        ensure!(record.count(At::Code) == 1, "codes were sent {} times", record.count(At::Code));
        ensure!(record.complaints.is_empty() && record.trapped.is_empty(), "{:?}", record.complaints);
        Ok(())
    }

    /// Comes back as a browser does, to the last page.
    async fn come_back(self, fob: &Fob) -> Result<()> {
        let answer = knock(self.port()?, self.genuine().await?.as_bytes()).await?;
        self.last_page(&answer).await;
        self.signed_in(fob).await
    }

    async fn last_page(&self, answer: &str) {
        if let (Some(to), Ok(host)) = (answer.lines().find_map(|line| line.strip_prefix("location: ")), self.host()) {
            let ask = format!("GET {to} HTTP/1.1\r\nHost: {host}\r\n\r\n");
            // A page that comes too late is the listener's right.
            drop(send(self.redirect.port().unwrap_or_default(), ask.as_bytes()).await);
        }
    }
}

async fn knock(port: u16, bytes: &[u8]) -> Result<String> {
    tokio::time::timeout(ANSWER_WITHIN, send(port, bytes)).await.context("no answer")?
}

/// Sends a case as it wants to be sent; returns the answer, and the connection where it stays open.
async fn sent(port: u16, case: &Case) -> Result<(String, Option<TcpStream>)> {
    if case.how == How::Whole {
        return Ok((knock(port, &case.bytes).await?, None));
    }
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    // Whoever is hung up on early has been answered.
    drop(stream.write_all(&case.bytes).await);
    match case.how {
        How::Whole | How::Open => Ok((String::new(), Some(stream))),
        How::Reset => {
            rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO))?;
            Ok((String::new(), None))
        }
        How::HalfClosed => {
            stream.shutdown().await?;
            let mut answer = Vec::new();
            let read = tokio::time::timeout(ANSWER_WITHIN, stream.read_to_end(&mut answer)).await;
            drop(read.context("a half-closed connection is kept")?);
            Ok((String::from_utf8_lossy(&answer).into_owned(), None))
        }
    }
}

fn turned_away(answer: &str, state: &str) -> Result<()> {
    let lower = answer.to_ascii_lowercase();
    let status = answer.split(' ').nth(1).and_then(|text| text.parse::<u16>().ok_or_none());
    ensure!(answer.is_empty() || status.is_some_and(|status| status >= 400), "it was answered: {answer}");
    for never in ["canary", "access-control", "location:", "evil", &state.to_ascii_lowercase()] {
        ensure!(!lower.contains(never), "“{never}” is in the answer: {answer}");
    }
    Ok(())
}

async fn one(fob: &Fob, number: usize) -> Result<()> {
    let door = Door::open(fob).await?;
    let case = corpus(&door.host()?, door.redirect.path(), &door.state).swap_remove(number);
    let outcome = async {
        let (answer, open) = sent(door.port()?, &case).await?;
        turned_away(&answer, &door.state)?;
        ensure!(door.lab.record().count(At::Code) == 0, "a code was sent");
        door.come_back(fob).await?;
        drop(open);
        Ok(())
    };
    outcome.await.with_context(|| case.name.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_case_of_the_corpus_is_turned_away_and_the_genuine_redirect_signs_in() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let cases = corpus("", "", "").len();
    let queue = Arc::new(Mutex::new((0..cases).collect::<VecDeque<usize>>()));
    let mut workers = JoinSet::new();
    for number in 0..WORKERS {
        let fob = Fob::with_home(&session, &session.home().join(format!("vault-{number}")))?;
        let queue = queue.clone();
        workers.spawn(async move {
            let mut failed = Vec::new();
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                let Some(case) = next else { return failed };
                failed.extend(one(&fob, case).await.err().map(|error| format!("{error:#}")));
            }
        });
    }
    let failed: Vec<String> = workers.join_all().await.concat();
    figures("corpus", &format!("{cases} cases, each before a sign-in of its own; {} failed", failed.len()))?;
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

/// Memory in KiB (`VmRSS` now, `VmHWM` at most) and the number of open sockets of a process.
fn weight(process: u32) -> Result<(u64, u64, usize)> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let of = |name: &str| -> Result<u64> {
        let line = status.lines().find(|line| line.starts_with(name)).context("no such line")?;
        Ok(line.split_whitespace().nth(1).context("no number")?.parse()?)
    };
    let sockets = std::fs::read_dir(format!("/proc/{process}/fd"))?
        .filter_map(|entry| std::fs::read_link(entry.ok_or_none()?.path()).ok_or_none())
        .filter(|to| to.to_string_lossy().starts_with("socket:"))
        .count();
    Ok((of("VmRSS:")?, of("VmHWM:")?, sockets))
}

/// A descriptor that is closed while the folder is read is none, and so is a status that is no number.
trait OrNone<T> {
    fn ok_or_none(self) -> Option<T>;
}

impl<T, E> OrNone<T> for Result<T, E> {
    #[expect(clippy::disallowed_methods, reason = "that there is none is the answer")]
    fn ok_or_none(self) -> Option<T> {
        self.ok()
    }
}

fn figures(name: &str, text: &str) -> Result<()> {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("loopback-{name}.txt"));
    Ok(std::fs::write(path, format!("{text}\n"))?)
}

#[tokio::test]
async fn neither_ten_thousand_connections_nor_a_gigabyte_make_it_grow() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    let door = Door::open(&fob).await?;
    let (port, process) = (door.port()?, door.waiting.fob.id().context("fob has ended")?);
    let (before, _, idle) = weight(process)?;
    let mut most = idle;
    let mut open: VecDeque<TcpStream> = VecDeque::new();
    for number in 0..10_000 {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        if number % 2 == 0 {
            drop(stream.write_all(b"GET /canary").await);
        }
        open.push_back(stream);
        if open.len() > 500 {
            open.pop_front();
            most = most.max(weight(process)?.2);
        }
    }
    let (after_connections, ..) = weight(process)?;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let mut written = 0_u64;
    let piece = vec![b'a'; 1 << 20];
    while written < 1 << 30 && stream.write_all(&piece).await.is_ok() {
        written += 1 << 20;
    }
    let (after, peak, _) = weight(process)?;
    let mut text = String::new();
    writeln!(text, "{before} KiB resident before")?;
    writeln!(
        text,
        "{after_connections} KiB after 10,000 connections, 500 open at a time; {most} sockets at most, {idle} idle"
    )?;
    write!(text, "{after} KiB after a line that was cut after {written} bytes at most; {peak} KiB at most")?;
    figures("load", &text)?;
    ensure!(peak < before + GROWTH_KIB, "{text}");
    // The one that is let in while another is pushed out, and nothing else.
    ensure!(most <= idle + SEATS + 1, "{text}");
    door.come_back(&fob).await
}

#[tokio::test]
async fn the_genuine_redirect_is_known_however_it_arrives() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    for form in ["byte by byte", "behind a bad one", "twice at once", "and never read", "with a foreign referrer"] {
        let door = Door::open(&fob).await?;
        let (port, genuine) = (door.port()?, door.genuine().await?);
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        match form {
            "byte by byte" => {
                for byte in genuine.bytes() {
                    stream.write_all(&[byte]).await?;
                    tokio::task::yield_now().await;
                }
            }
            "behind a bad one" => {
                let bad = format!("GET /favicon.ico HTTP/1.1\r\nHost: {}\r\n\r\n", door.host()?);
                ensure!(knock(port, bad.as_bytes()).await?.contains("404"));
                stream.write_all(genuine.as_bytes()).await?;
            }
            "twice at once" => stream.write_all(genuine.repeat(2).as_bytes()).await?,
            "with a foreign referrer" => {
                let more = "\r\nReferer: https://evil.example/\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n\r\n";
                stream.write_all(genuine.replace("\r\n\r\n", more).as_bytes()).await?;
            }
            _ => {
                stream.write_all(genuine.as_bytes()).await?;
                door.signed_in(&fob).await.context(form)?;
                continue;
            }
        }
        let mut answer = String::new();
        drop(tokio::time::timeout(ANSWER_WITHIN, stream.read_to_string(&mut answer)).await.context(form)?);
        door.last_page(&answer).await;
        door.signed_in(&fob).await.context(form)?;
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_for_another_sign_in_is_not_taken() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let [one, two] = ["one", "two"].map(|home| Fob::with_home(&session, &session.home().join(home)));
    let (one, two) = (one?, two?);
    let (first, second) = (Door::open(&one).await?, Door::open(&two).await?);
    // The second server's answer, at the port of the first sign-in (P8, P18).
    let own = second.genuine().await?;
    let stolen = own.replace(&second.host()?, &first.host()?);
    let answer = knock(first.port()?, stolen.as_bytes()).await?;
    turned_away(&answer, &first.state)?;
    for door in [&first, &second] {
        ensure!(door.lab.record().count(At::Code) == 0, "a code was sent");
    }
    let process = first.waiting.fob.id().context("fob has ended")?;
    ensure!(!listeners(&session, first.port()?, process).await?.is_empty(), "the first sign-in has ended");
    first.come_back(&one).await?;
    let answer = knock(second.port()?, own.as_bytes()).await?;
    second.last_page(&answer).await;
    second.signed_in(&two).await
}
