//! A value that is on the clipboard for one paste.
//!
//! On X11 and Wayland the program that copied serves every paste, so it can serve one and let go. Who asks is not
//! always a person who pastes: a history program reads whatever is copied, as soon as it is there. So who asks within
//! [`TOO_EARLY`] gets nothing, and the one paste is still there. The mark of a secret and the list of formats are given
//! freely: a good history program looks at them and asks for no more.
//!
//! Other desktops keep a copy of their own of what is copied, which nobody can serve once: there is none of this there.

use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use fobwatch_core::ports::{ClipboardError, Left};
use fobwatch_core::secret::Secret;

use super::{wayland, x11};

/// Nobody goes from copying to another program and pastes there in so short a time. Programs that are told of every
/// copy take some milliseconds, those that look for one do so twice a second.
pub(super) const TOO_EARLY: Duration = Duration::from_millis(600);
/// The mark for history programs, and what it says.
pub(super) const HINT: (&str, &str) = ("x-kde-passwordManagerHint", "secret");
/// The mark for ourselves: to read this, only to compare it, would be the one paste.
pub(super) const MARK: &str = "application/x-fobwatch-once";

/// What hears how the value left.
pub(super) type OnLeft = Box<dyn FnOnce(Left) + Send>;

/// A value that is served until it has left the clipboard.
pub(super) struct Once {
    value: Secret,
    /// Its end is the word to let go.
    stop: UnixStream,
    thread: JoinHandle<()>,
    /// Set before anybody hears that it left.
    gone: Arc<AtomicBool>,
}

impl Once {
    /// Puts `value` on the clipboard and serves it on a thread; none where the desktop has no way to do that.
    pub(super) fn start(value: &Secret, on_left: OnLeft) -> Result<Option<Self>, ClipboardError> {
        let (stop, stopped) = UnixStream::pair().map_err(|error| failed(&error))?;
        let served = value.clone();
        let serve: Box<dyn FnOnce() -> Left + Send> = if let Some(connection) = wayland::connection() {
            let Some(serving) = wayland::claim(&connection, served, stopped)? else { return Ok(None) };
            Box::new(move || serving.serve())
        } else {
            let serving = x11::claim(served, stopped)?;
            Box::new(move || serving.serve())
        };
        let gone = Arc::<AtomicBool>::default();
        let leaves = gone.clone();
        let thread = std::thread::Builder::new().name("one paste".into()).spawn(move || {
            let left = serve();
            leaves.store(true, Ordering::SeqCst);
            on_left(left);
        });
        Ok(Some(Self { value: value.clone(), stop, thread: thread.map_err(|error| failed(&error))?, gone }))
    }

    /// Tells whether the value is still on the clipboard, as far as is known.
    pub(super) fn is_there(&self) -> bool {
        !self.gone.load(Ordering::SeqCst)
    }

    /// Returns the value.
    pub(super) fn value(&self) -> &Secret {
        &self.value
    }

    /// Takes the value off the clipboard, if it is still there.
    pub(super) fn end(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::warn!("the thread that served a value for one paste failed");
        }
    }
}

/// Tells whether the clipboard has a value of some process of ours that is there for one paste.
pub(super) fn somebodys() -> bool {
    if wayland::connection().is_some() { wayland::has_mark() } else { x11::has_mark() }
}

/// Says why, without a value.
pub(super) fn failed(error: &dyn std::fmt::Display) -> ClipboardError {
    ClipboardError(error.to_string())
}
