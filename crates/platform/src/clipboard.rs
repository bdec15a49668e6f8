//! The desktop's clipboard.
//!
//! On X11 and Wayland the clipboard is a conversation: the program that copied serves every paste. So the object
//! that serves lives on one thread for as long as the port does, and every value is marked as secret before
//! anybody can ask for it. What another program put there is never cleared.
//!
//! What is marked with the mouse (`PRIMARY`) is never written. It is cleared where it holds the value all the same:
//! some programs keep the two alike.

use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use fobwatch_core::ports::{Clipboard, ClipboardError, IsOurs, Leaving, Left};
use fobwatch_core::secret::Secret;
use tokio::sync::oneshot;

#[cfg(target_os = "linux")]
mod once;
#[cfg(target_os = "linux")]
mod wayland;
#[cfg(target_os = "linux")]
mod x11;

#[cfg(not(target_os = "linux"))]
mod once {
    //! These desktops keep a copy of their own of what is copied, which nobody can serve once.

    use fobwatch_core::ports::{ClipboardError, Left};
    use fobwatch_core::secret::Secret;

    /// There is never one.
    pub(super) enum Once {}

    impl Once {
        pub(super) fn start(_: &Secret, _: Box<dyn FnOnce(Left) + Send>) -> Result<Option<Self>, ClipboardError> {
            Ok(None)
        }
        pub(super) fn is_there(&self) -> bool {
            match *self {}
        }
        pub(super) fn value(&self) -> &Secret {
            match *self {}
        }
        pub(super) fn end(self) {
            match self {}
        }
    }

    pub(super) fn somebodys() -> bool {
        false
    }
}

use once::Once;

/// How long the clipboard may take. The owner of a selection may be a program that hangs.
const DEADLINE: Duration = Duration::from_secs(10);

type Job = Box<dyn FnOnce(&mut Slot) + Send>;

/// What the clipboard's thread holds.
#[derive(Default)]
struct Slot {
    clipboard: Option<arboard::Clipboard>,
    /// What is there for one paste, or was.
    once: Option<Once>,
}

/// The clipboard of this desktop.
#[derive(Debug, Default)]
pub struct SystemClipboard {
    queue: Mutex<Option<mpsc::Sender<Job>>>,
}

impl SystemClipboard {
    /// Makes the port; the display is contacted at its first use.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `work` on the clipboard's own thread.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Slot) -> Result<T, ClipboardError> + Send + 'static,
    ) -> Result<T, ClipboardError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |slot| {
            // A caller that gave up must not find its value in the clipboard later.
            if !reply.is_closed() {
                // A caller that gives up at this very moment hears nothing, as it wished.
                drop(reply.send(work(slot)));
            }
        });
        self.queue()?.send(job).map_err(|_| ClipboardError("its thread ended".into()))?;
        match tokio::time::timeout(DEADLINE, answer).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(ClipboardError("its thread ended".into())),
            Err(_) => Err(ClipboardError("it did not answer in time".into())),
        }
    }

    /// Returns the way to the thread, which starts with the first job.
    fn queue(&self) -> Result<mpsc::Sender<Job>, ClipboardError> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = &*queue {
            return Ok(queue.clone());
        }
        let (sender, jobs) = mpsc::channel::<Job>();
        std::thread::Builder::new()
            .name("clipboard".into())
            .spawn(move || {
                let mut slot = Slot::default();
                for job in jobs {
                    job(&mut slot);
                }
            })
            .map_err(|error| ClipboardError(error.kind().to_string()))?;
        Ok(queue.insert(sender).clone())
    }
}

#[async_trait]
impl Clipboard for SystemClipboard {
    async fn put(&self, value: &Secret) -> Result<(), ClipboardError> {
        let value = value.clone();
        self.run(move |slot| {
            let clipboard = opened(&mut slot.clipboard)?;
            // Exposed to hand it to the desktop: that is what the person asked for.
            as_secret(clipboard.set()).text(value.expose()).map_err(explain)?;
            slot.once = None;
            Ok(())
        })
        .await
    }

    async fn put_once(&self, value: &Secret) -> Result<Option<Leaving>, ClipboardError> {
        let value = value.clone();
        self.run(move |slot| {
            let (sender, leaving) = oneshot::channel();
            // Nobody who waits any more is fine.
            let started = Once::start(&value, Box::new(move |left| drop(sender.send(left))))?;
            let able = started.is_some();
            slot.once = started.or(slot.once.take());
            Ok(able.then_some(leaving))
        })
        .await
    }

    async fn clear_ours(&self, is_ours: IsOurs) -> Result<bool, ClipboardError> {
        self.run(move |slot| {
            if let Some(once) = slot.once.take_if(|once| !once.is_there() || is_ours(once.value())) {
                let was_there = once.is_there();
                once.end();
                if was_there {
                    return Ok(true);
                }
            }
            // To read what is there for one paste would be the one paste; and it is none that is looked for.
            if once::somebodys() {
                return Ok(false);
            }
            clear_matching(opened(&mut slot.clipboard)?, &is_ours).map_err(explain)
        })
        .await
    }
}

/// Tells why there is no clipboard to copy to, if so. Reads nothing.
///
/// # Errors
/// Why there is none.
pub fn look() -> Result<(), ClipboardError> {
    opened(&mut None).map(drop)
}

/// Puts `value` there for one paste and serves it until it has left the clipboard, or `deadline` passes; calls `ready`
/// once the clipboard has the value. Blocks: it is the whole life of a small process. False, and nothing is put
/// anywhere, on a desktop that has no way to do that.
///
/// # Errors
/// When there is no display, or it refuses the value.
pub fn hold_once(value: &Secret, deadline: Duration, ready: impl FnOnce()) -> Result<bool, ClipboardError> {
    let (sender, left) = mpsc::channel::<Left>();
    // Nobody who waits any more is fine.
    let Some(once) = Once::start(value, Box::new(move |left| drop(sender.send(left))))? else { return Ok(false) };
    ready();
    // However that ends, the value is to go.
    drop(left.recv_timeout(deadline));
    once.end();
    Ok(true)
}

/// Puts `value` into the clipboard and serves it until somebody else takes the clipboard or `deadline` passes;
/// then empties the clipboard if it still holds the value. Blocks: it is the whole life of a small process.
///
/// # Errors
/// When there is no display, or it refuses the value.
pub fn hold_until(value: &Secret, deadline: Duration) -> Result<(), ClipboardError> {
    hold(value, deadline, || ())
}

/// Does what [`hold_until`] does, and calls `ready` once the clipboard has the value.
///
/// # Errors
/// When there is no display, or it refuses the value.
pub fn hold(value: &Secret, deadline: Duration, ready: impl FnOnce()) -> Result<(), ClipboardError> {
    let started = Instant::now();
    let mut clipboard = None;
    let clipboard = opened(&mut clipboard)?;
    // Exposed to hand it to the desktop: that is what the person asked for.
    as_secret(clipboard.set()).text(value.expose()).map_err(explain)?;
    // Reading it back goes through the display, which has then processed the claim.
    let is_it = |read: &Secret| read == value;
    holds(clipboard.get().text(), &is_it).map_err(explain)?;
    ready();
    if serve(clipboard, value, started + deadline).map_err(explain)? == Served::UntilTaken {
        // Whoever took it may have copied the same value for a further while: not ours to clear any more.
        return Ok(());
    }
    std::thread::sleep(deadline.saturating_sub(started.elapsed()));
    if once::somebodys() {
        return Ok(());
    }
    clear_matching(clipboard, &is_it).map(drop).map_err(explain)
}

/// How serving a value ended.
#[derive(PartialEq, Eq)]
enum Served {
    /// The deadline passed, or somebody else (the system, a thread) serves it.
    On,
    /// Another program took the clipboard.
    UntilTaken,
}

#[cfg(target_os = "linux")]
fn serve(clipboard: &mut arboard::Clipboard, value: &Secret, end: Instant) -> Result<Served, arboard::Error> {
    // On Wayland a thread serves already, and a second claim could be one over what was copied meanwhile.
    if std::env::var_os("WAYLAND_DISPLAY").is_some() {
        return Ok(Served::On);
    }
    let set = arboard::SetExtLinux::wait_until(as_secret(clipboard.set()), end);
    // Exposed to hand it to the desktop once more: only this call tells when the clipboard is lost.
    set.text(value.expose())?;
    Ok(if Instant::now() < end { Served::UntilTaken } else { Served::On })
}

#[cfg(not(target_os = "linux"))]
fn serve(_: &mut arboard::Clipboard, _: &Secret, _: Instant) -> Result<Served, arboard::Error> {
    Ok(Served::On)
}

/// Returns the clipboard in `slot`, which is opened if it is not yet; a failure is tried again next time.
fn opened(slot: &mut Option<arboard::Clipboard>) -> Result<&mut arboard::Clipboard, ClipboardError> {
    match slot {
        Some(clipboard) => Ok(clipboard),
        None => Ok(slot.insert(arboard::Clipboard::new().map_err(explain)?)),
    }
}

/// Marks what is about to be set as secret, in the way that history programs of this platform know.
fn as_secret(set: arboard::Set<'_>) -> arboard::Set<'_> {
    #[cfg(target_os = "linux")]
    let set = arboard::SetExtLinux::exclude_from_history(set);
    #[cfg(target_os = "macos")]
    let set = arboard::SetExtApple::exclude_from_history(set);
    #[cfg(windows)]
    let set = {
        use arboard::SetExtWindows;
        set.exclude_from_monitoring().exclude_from_cloud().exclude_from_history()
    };
    set
}

/// Tells whether a text is the one that is meant.
type Test<'a> = &'a dyn Fn(&Secret) -> bool;

#[cfg(target_os = "linux")]
fn clear_matching(clipboard: &mut arboard::Clipboard, is_ours: Test) -> Result<bool, arboard::Error> {
    use arboard::{ClearExtLinux, GetExtLinux, LinuxClipboardKind};

    let main = LinuxClipboardKind::Clipboard;
    let cleared = holds(clipboard.get().clipboard(main).text(), is_ours)?;
    if cleared {
        clipboard.clear_with().clipboard(main)?;
    }
    // What is marked with the mouse; some compositors have none, which holds nothing either.
    let primary = LinuxClipboardKind::Primary;
    if let Ok(true) = holds(clipboard.get().clipboard(primary).text(), is_ours) {
        clipboard.clear_with().clipboard(primary)?;
    }
    Ok(cleared)
}

#[cfg(not(target_os = "linux"))]
fn clear_matching(clipboard: &mut arboard::Clipboard, is_ours: Test) -> Result<bool, arboard::Error> {
    let cleared = holds(clipboard.get().text(), is_ours)?;
    if cleared {
        clipboard.clear()?;
    }
    Ok(cleared)
}

/// Tells whether what was read is ours; a picture or an empty clipboard is not.
fn holds(read: Result<String, arboard::Error>, is_ours: Test) -> Result<bool, arboard::Error> {
    match read {
        Ok(text) => Ok(is_ours(&Secret::new(text))),
        Err(arboard::Error::ContentNotAvailable | arboard::Error::ConversionFailure) => Ok(false),
        Err(error) => Err(error),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what errors are mapped with")]
fn explain(error: arboard::Error) -> ClipboardError {
    ClipboardError(match &error {
        arboard::Error::ClipboardNotSupported => "this desktop has none".into(),
        arboard::Error::ClipboardOccupied => "another program holds it".into(),
        arboard::Error::Unknown { description } => description.clone(),
        other => other.to_string(),
    })
}
