//! The desktop's clipboard.
//!
//! On X11 and Wayland the clipboard is a conversation: the program that copied serves every paste. So the object
//! that serves lives on one thread for as long as the port does, and every value is marked as secret before
//! anybody can ask for it. What another program put there is never cleared.

use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use fobwatch_core::ports::{Clipboard, ClipboardError};
use fobwatch_core::secret::Secret;
use tokio::sync::oneshot;

/// How long the clipboard may take. The owner of a selection may be a program that hangs.
const DEADLINE: Duration = Duration::from_secs(10);

type Job = Box<dyn FnOnce(&mut Option<arboard::Clipboard>) + Send>;

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
        work: impl FnOnce(&mut arboard::Clipboard) -> Result<T, arboard::Error> + Send + 'static,
    ) -> Result<T, ClipboardError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |slot| {
            // A caller that gave up must not find its value in the clipboard later.
            if !reply.is_closed() {
                // A caller that gives up at this very moment hears nothing, as it wished.
                drop(reply.send(opened(slot).and_then(work).map_err(|error| explain(&error))));
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
                let mut slot = None;
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
        // Exposed to hand it to the desktop: that is what the person asked for.
        self.run(move |clipboard| as_secret(clipboard.set()).text(value.expose())).await
    }

    async fn clear_if(&self, value: &Secret) -> Result<bool, ClipboardError> {
        let value = value.clone();
        self.run(move |clipboard| clear_matching(clipboard, &value)).await
    }
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
    let clipboard = opened(&mut clipboard).map_err(|error| explain(&error))?;
    // Exposed to hand it to the desktop: that is what the person asked for.
    as_secret(clipboard.set()).text(value.expose()).map_err(|error| explain(&error))?;
    // Reading it back goes through the display, which has then processed the claim.
    holds(clipboard.get().text(), value).map_err(|error| explain(&error))?;
    ready();
    if serve(clipboard, value, started + deadline).map_err(|error| explain(&error))? == Served::UntilTaken {
        // Whoever took it may have copied the same value for a further while: not ours to clear any more.
        return Ok(());
    }
    std::thread::sleep(deadline.saturating_sub(started.elapsed()));
    clear_matching(clipboard, value).map(|_| ()).map_err(|error| explain(&error))
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
    let set = arboard::SetExtLinux::wait_until(as_secret(clipboard.set()), end);
    // Exposed to hand it to the desktop once more: only this call tells when the clipboard is lost.
    set.text(value.expose())?;
    // On Wayland the wait ends at once and a thread goes on serving; then what is held is looked at instead.
    let taken = Instant::now() < end && !holds(clipboard.get().text(), value)?;
    let waited = std::env::var_os("WAYLAND_DISPLAY").is_none() && Instant::now() < end;
    Ok(if taken || waited { Served::UntilTaken } else { Served::On })
}

#[cfg(not(target_os = "linux"))]
fn serve(_: &mut arboard::Clipboard, _: &Secret, _: Instant) -> Result<Served, arboard::Error> {
    Ok(Served::On)
}

/// Returns the clipboard in `slot`, which is opened if it is not yet; a failure is tried again next time.
fn opened(slot: &mut Option<arboard::Clipboard>) -> Result<&mut arboard::Clipboard, arboard::Error> {
    match slot {
        Some(clipboard) => Ok(clipboard),
        None => Ok(slot.insert(arboard::Clipboard::new()?)),
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

#[cfg(target_os = "linux")]
fn clear_matching(clipboard: &mut arboard::Clipboard, value: &Secret) -> Result<bool, arboard::Error> {
    use arboard::{ClearExtLinux, GetExtLinux, LinuxClipboardKind};

    let main = LinuxClipboardKind::Clipboard;
    let cleared = holds(clipboard.get().clipboard(main).text(), value)?;
    if cleared {
        clipboard.clear_with().clipboard(main)?;
    }
    // What is marked with the mouse; some compositors have none, which holds nothing either.
    let primary = LinuxClipboardKind::Primary;
    if let Ok(true) = holds(clipboard.get().clipboard(primary).text(), value) {
        clipboard.clear_with().clipboard(primary)?;
    }
    Ok(cleared)
}

#[cfg(not(target_os = "linux"))]
fn clear_matching(clipboard: &mut arboard::Clipboard, value: &Secret) -> Result<bool, arboard::Error> {
    let cleared = holds(clipboard.get().text(), value)?;
    if cleared {
        clipboard.clear()?;
    }
    Ok(cleared)
}

/// Tells whether what was read is `value`; a picture or an empty clipboard is not.
fn holds(read: Result<String, arboard::Error>, value: &Secret) -> Result<bool, arboard::Error> {
    match read {
        Ok(text) => Ok(Secret::new(text) == *value),
        Err(arboard::Error::ContentNotAvailable | arboard::Error::ConversionFailure) => Ok(false),
        Err(error) => Err(error),
    }
}

fn explain(error: &arboard::Error) -> ClipboardError {
    ClipboardError(match error {
        arboard::Error::ClipboardNotSupported => "this desktop has none".into(),
        arboard::Error::ClipboardOccupied => "another program holds it".into(),
        arboard::Error::Unknown { description } => description.clone(),
        other => other.to_string(),
    })
}
