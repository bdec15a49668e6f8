//! The feed: the calendar as a file in the vault's folder, for calendar programs on this computer.
//!
//! It is there only while the person wants it, nobody else can read it, and it is another file only when an end is
//! another. Whoever keeps logins fresh keeps it too; a lock lets no process put it back that another took away. It
//! goes on while the window is locked: it holds names and dates, as the database does.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::HEAD;
use crate::error::{Error, OrNone as _};
use crate::locks::from_io;
use crate::private_file;
use crate::vault::{Event, Vault};
use crate::view::CalendarFeedView;

/// The file's name.
const NAME: &str = "calendar.ics";
/// The lock under which it is written and removed.
const LOCK: &str = "calendar";
/// Changes that come closer together are one.
const SETTLE: Duration = Duration::from_secs(2);
/// After a look, news waits for so long.
const REST: Duration = Duration::from_secs(10);
/// The longest time between two looks: what could not be written is tried again, what somebody removed comes back.
const AGAIN: Duration = Duration::from_hours(1);

impl Vault {
    /// Tells whether there is a feed, and where.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn calendar_feed(&self) -> Result<CalendarFeedView, Error> {
        let (on, path) = (self.settings().await?.calendar_feed, self.feed_path());
        let file = std::fs::symlink_metadata(&path).and_then(|file| file.modified()).ok_or_none();
        let written_at = file.filter(|_| on).and_then(|at| Timestamp::try_from(at).ok_or_none());
        Ok(CalendarFeedView { on, path: path.display().to_string(), written_at })
    }

    /// Keeps the feed as it has to be, for as long as the future is polled.
    pub async fn keep_calendar(&self) {
        let clock = &self.inner.ports.clock;
        let mut events = self.events();
        loop {
            if let Err(error) = self.feed_calendar().await {
                tracing::warn!(code = error.code(), "the calendar feed could not be written");
            }
            clock.sleep(REST).await;
            tokio::select! {
                () = clock.sleep(AGAIN) => {}
                open = news(&mut events) => if !open { return },
            }
            clock.sleep(SETTLE).await;
            // Everything that piled up is one piece of news.
            while events.try_recv().is_ok() {}
        }
    }

    /// Writes the feed if it has to be another, or takes it away, as the settings say.
    ///
    /// # Errors
    /// [`Error::Invalid`] where it may not be written; storage errors.
    pub(crate) async fn feed_calendar(&self) -> Result<(), Error> {
        let _held = self.inner.locks.hold(LOCK).await?;
        let path = self.feed_path();
        let before = read(&path).map_err(|error| from_io(&error))?;
        if !self.settings().await?.calendar_feed {
            if before.is_some_and(|text| is_ours(&text)) {
                std::fs::remove_file(&path).map_err(|error| from_io(&error))?;
            }
            return Ok(());
        }
        self.may_feed_calendar()?;
        let text = self.calendar().await?.text;
        if before.is_none_or(|before| !same(&before, &text)) || !is_private(&path) {
            private_file::write(&path, &text).map_err(|error| from_io(&error))?;
        }
        Ok(())
    }

    /// Refuses a feed where others could read it, or where it would take the place of somebody's file.
    pub(crate) fn may_feed_calendar(&self) -> Result<(), Error> {
        let refused = |why: &str| Err(Error::Invalid { field: "calendar_feed", why: why.to_owned() });
        if !is_private(&self.inner.home) {
            return refused("others may look into the vault's folder");
        }
        match read(&self.feed_path()).map_err(|error| from_io(&error))? {
            Some(text) if !is_ours(&text) => refused("calendar.ics in the vault's folder was not made by Fobwatch"),
            _ => Ok(()),
        }
    }

    fn feed_path(&self) -> PathBuf {
        self.inner.home.join(NAME)
    }
}

/// Waits for a change that an end may have been part of; tells whether more may come.
async fn news(events: &mut Receiver<Event>) -> bool {
    loop {
        match events.recv().await {
            Ok(Event::Changed(_) | Event::Settings) | Err(RecvError::Lagged(_)) => return true,
            Ok(Event::Keychain | Event::Clipboard | Event::Lock | Event::Waiting { .. }) => {}
            Err(RecvError::Closed) => return false,
        }
    }
}

/// Returns what stands at `path`, if anything does: empty for what is no file of text.
fn read(path: &Path) -> io::Result<Option<String>> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => {
            std::fs::read(path).map(|bytes| Some(String::from_utf8(bytes).unwrap_or_default()))
        }
        // A link would lead us to somebody's file.
        Ok(_) => Ok(Some(String::new())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_ours(text: &str) -> bool {
    text.starts_with(HEAD)
}

/// Tells whether two calendars have the same events, whenever they were made.
fn same(one: &str, other: &str) -> bool {
    // A line that is folded goes on with a space, so no text that a person chose begins like these.
    let is_news = |line: &&str| !line.starts_with("DTSTAMP:") && !line.starts_with("SEQUENCE:");
    one.split("\r\n").filter(is_news).eq(other.split("\r\n").filter(is_news))
}

/// Tells whether its owner alone may look at a file or into a folder.
fn is_private(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(path).is_ok_and(|found| matches!(found.permissions().mode() & 0o077, 0))
    }
    // Elsewhere a person's folders are closed to others by where they are.
    #[cfg(not(unix))]
    path.exists()
}

#[cfg(test)]
#[path = "../calendar_feed_test.rs"]
mod tests;
