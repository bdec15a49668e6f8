//! A notification service without a screen: the desktop's half of `org.freedesktop.Notifications`, which keeps what it
//! was told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use zbus::zvariant::OwnedValue;

use crate::process::until;
use crate::session::Session;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// The person waved it away.
const DISMISSED: u32 = 2;
/// The program took it back.
const TAKEN_BACK: u32 = 3;

/// What this service says that it can.
pub const ALL: &[&str] = &["actions", "body", "body-markup"];

/// One call of `Notify`.
#[derive(Debug, Clone)]
pub struct Note {
    /// Its number.
    pub id: u32,
    /// The number of the one whose place it took, or 0.
    pub replaces: u32,
    /// Its first line.
    pub summary: String,
    /// Its text.
    pub body: String,
    /// Names of actions and their labels in turn.
    pub actions: Vec<String>,
    /// All that came along.
    pub hints: String,
    /// When it came.
    pub at: Instant,
}

impl Note {
    /// Returns the names of its actions without their labels.
    #[must_use]
    pub fn acts(&self) -> Vec<&str> {
        self.actions.iter().step_by(2).map(String::as_str).collect()
    }
}

#[derive(Default)]
struct Kept {
    notes: Vec<Note>,
    open: Vec<u32>,
    last: u32,
}

/// The service of one session.
#[derive(Clone)]
pub struct Notifications {
    connection: zbus::Connection,
    kept: Arc<Mutex<Kept>>,
}

struct Service {
    kept: Arc<Mutex<Kept>>,
    capabilities: &'static [&'static str],
}

#[expect(
    clippy::unused_self,
    clippy::too_many_arguments,
    clippy::needless_pass_by_value,
    reason = "the interface's macro dictates the signatures"
)]
#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    fn get_capabilities(&self) -> Vec<String> {
        self.capabilities.iter().map(|one| (*one).to_owned()).collect()
    }

    fn notify(
        &self,
        app_name: String,
        replaces_id: u32,
        app_icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        expire_timeout: i32,
    ) -> u32 {
        // For how long it stays is the service's own business.
        let _: i32 = expire_timeout;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let id = if kept.open.contains(&replaces_id) { replaces_id } else { kept.last + 1 };
        kept.last = kept.last.max(id);
        kept.open.retain(|open| *open != id);
        kept.open.push(id);
        let hints = format!("{app_name} {app_icon} {hints:?}");
        kept.notes.push(Note { id, replaces: replaces_id, summary, body, actions, hints, at: Instant::now() });
        id
    }

    async fn close_notification(&self, id: u32, #[zbus(connection)] bus: &zbus::Connection) -> zbus::fdo::Result<()> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).open.retain(|open| *open != id);
        Ok(bus.emit_signal(None::<&str>, PATH, NAME, "NotificationClosed", &(id, TAKEN_BACK)).await?)
    }

    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        ("stand-in", "fobwatch", "0", "1.2")
    }
}

impl Notifications {
    /// Puts the service into `session`.
    pub async fn host(session: &Session, capabilities: &'static [&'static str]) -> Result<Self> {
        let kept = Arc::<Mutex<Kept>>::default();
        let service = Service { kept: kept.clone(), capabilities };
        let builder = zbus::connection::Builder::address(session.bus_address())?.serve_at(PATH, service)?;
        Ok(Self { connection: builder.name(NAME)?.build().await?, kept })
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns everything that was said, in order.
    #[must_use]
    pub fn said(&self) -> Vec<Note> {
        self.kept().notes.clone()
    }

    /// Tells whether a notification is on the screen.
    #[must_use]
    pub fn is_open(&self, id: u32) -> bool {
        self.kept().open.contains(&id)
    }

    /// Waits until something was said whose first line begins like this, and returns the last of these.
    pub async fn say(&self, start: &str, within: Duration) -> Result<Note> {
        let wanted = format!("a notification “{start}…”");
        let said = until(&wanted, within, || async {
            Ok(self.said().into_iter().rev().find(|note| note.summary.starts_with(start)))
        });
        let words = || format!("{:?}", self.said().iter().map(|note| note.summary.clone()).collect::<Vec<_>>());
        said.await.with_context(words)
    }

    /// Waits until a notification is off the screen.
    pub async fn gone(&self, id: u32, within: Duration) -> Result<()> {
        until("the notification to go", within, || async { Ok((!self.is_open(id)).then_some(())) }).await
    }

    /// Chooses an action, as a person does; the notification goes with it.
    pub async fn choose(&self, id: u32, action: &str) -> Result<()> {
        self.connection.emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &(id, action)).await?;
        self.dismiss(id).await
    }

    /// Waves a notification away.
    pub async fn dismiss(&self, id: u32) -> Result<()> {
        self.kept().open.retain(|open| *open != id);
        Ok(self.connection.emit_signal(None::<&str>, PATH, NAME, "NotificationClosed", &(id, DISMISSED)).await?)
    }
}
