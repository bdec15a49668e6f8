//! The other process that holds the vault: it started this one, and its end of the connection is our standard input.
//!
//! One invariant: the connection is nobody else's. It is taken out of the place where programs that are started from here
//! (WebKit's own) would find it, before any of them is.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::net::UnixStream as Pair;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use fobwatch_resident::link::{Frame, Said, Told, frame, read, write};
use fobwatch_resident::logging;
use serde_json::Value;
use serde_json::value::RawValue;
use tauri::ipc::{InvokeResolver, InvokeResponseBody};
use tauri::{AppHandle, Builder, Emitter as _, Manager as _, RunEvent, Webview, Wry};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedReadHalf;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::window;

/// What is said to the other process, and what was asked and is not answered yet.
struct Link {
    say: UnboundedSender<Frame>,
    asked: Mutex<HashMap<u64, InvokeResolver<Wry>>>,
    next: AtomicU64,
    /// Until the window is there.
    start: Mutex<Option<(Pair, UnboundedReceiver<Frame>)>>,
}

/// Takes the connection over.
pub(crate) fn builder() -> anyhow::Result<Builder<Wry>> {
    // How memory is wiped here (see `WIPE` of the resident part) would only slow the page's process down.
    for ours_alone in ["GLIBC_TUNABLES", "Malloc"] {
        webkit2gtk::glib::unsetenv(ours_alone);
    }
    // A file of its own: each of the two moves aside what has grown too long.
    logging::start("window");
    let link = Pair::from(rustix::stdio::stdin().try_clone_to_owned()?);
    // Anything else than a socket was not left by the other program.
    link.peer_addr().map_err(|_| anyhow::anyhow!("the window is opened by the program fobwatch"))?;
    link.set_nonblocking(true)?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    let (say, said) = unbounded_channel();
    let start = Mutex::new(Some((link, said)));
    Ok(Builder::default().manage(Link { say, asked: Mutex::default(), next: AtomicU64::new(0), start }))
}

/// Opens the window and listens.
pub(crate) fn begin(app: &AppHandle) -> anyhow::Result<()> {
    let start = app.state::<Link>().start.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((link, said)) = start {
        let app = app.clone();
        drop(tauri::async_runtime::spawn(async move {
            if let Err(error) = talk(&app, link, said).await {
                tracing::error!(%error, "the connection broke");
            }
            app.exit(0);
        }));
    }
    Ok(window::build(app, false)?)
}

async fn talk(app: &AppHandle, link: Pair, mut said: UnboundedReceiver<Frame>) -> std::io::Result<()> {
    let (from, mut to) = UnixStream::from_std(link)?.into_split();
    let saying = async {
        while let Some(frame) = said.recv().await {
            write(&mut to, &frame).await?;
        }
        Ok(())
    };
    // Whichever end comes first is the end.
    tokio::select! {
        ended = saying => ended,
        ended = listen(app, from) => ended,
    }
}

async fn listen(app: &AppHandle, mut from: OwnedReadHalf) -> std::io::Result<()> {
    while let Some(frame) = read(&mut from).await? {
        match serde_json::from_slice(&frame)? {
            Told::Answer { number, done, body } => answered(app, number, done, body),
            Told::Event { name, payload } => {
                if let Err(error) = app.emit_to(window::MAIN, name, payload.to_owned()) {
                    tracing::warn!(%error, name, "the page was not told");
                }
            }
            Told::Show => window::show(app),
            Told::End => {
                window::hide(app);
                return Ok(());
            }
        }
    }
    Ok(())
}

fn answered(app: &AppHandle, number: u64, done: bool, body: &RawValue) {
    let asked = app.state::<Link>().asked.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    match asked {
        Some(resolver) if done => resolver.resolve(InvokeResponseBody::Json(body.get().to_owned())),
        Some(resolver) => resolver.reject(body),
        None => {}
    }
}

/// Passes on what a page asks.
pub(crate) fn ask(webview: &Webview, command: &str, arguments: &Value, resolver: InvokeResolver<Wry>) {
    let link = webview.state::<Link>();
    let number = link.next.fetch_add(1, Ordering::Relaxed);
    let sent = serde_json::value::to_raw_value(arguments)
        .map_err(std::io::Error::from)
        .and_then(|arguments| frame(&Said::Ask { number, command, arguments: &arguments }));
    match sent {
        Ok(frame) => {
            link.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(number, resolver);
            // Nobody hears it only while this program ends.
            drop(link.say.send(frame));
        }
        Err(error) => resolver.reject(error.to_string()),
    }
}

/// The person closed the window: the other process says when it goes, and what that means.
pub(crate) fn closed(app: &AppHandle) {
    match frame(&Said::Closed) {
        Ok(frame) => drop(app.state::<Link>().say.send(frame)),
        Err(error) => tracing::error!(%error, "the window could not say that it was closed"),
    }
}

pub(crate) fn on_event(_: &AppHandle, _: &RunEvent) {}
