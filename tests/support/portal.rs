//! The desktop's half of the portal for global shortcuts, as a Wayland desktop has it: it gives the keys that are asked
//! for, and presses them when told.

#![expect(clippy::used_underscore_binding, reason = "the interface's macro dictates the signatures")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use zbus::message::Header;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, fdo, interface};

use crate::process::until;
use crate::session::Session;

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SOON: std::time::Duration = std::time::Duration::from_secs(30);

type Options = HashMap<String, OwnedValue>;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The session that the shortcut belongs to.
    pub session: String,
    /// The name of the shortcut.
    pub shortcut: String,
    /// The keys, as the portal writes them.
    pub keys: String,
}

/// The portal of one session.
pub struct Portal {
    bus: Connection,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Portal {
    /// Starts it on the session's bus.
    pub async fn start(session: &Session) -> Result<Self> {
        let bus = session.connect().await?;
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        bus.object_server().at(PATH, Shortcuts { asked: asked.clone() }).await?;
        bus.request_name(NAME).await?;
        Ok(Self { bus, asked })
    }

    /// Waits until keys were asked for, and returns the latest.
    pub async fn asked(&self) -> Result<Asked> {
        until("keys asked of the portal", SOON, || async {
            Ok(self.asked.lock().unwrap_or_else(PoisonError::into_inner).last().cloned())
        })
        .await
    }

    /// Presses the keys of this shortcut.
    pub async fn press(&self, asked: &Asked) -> Result<()> {
        let session = ObjectPath::try_from(asked.session.as_str())?;
        let nothing: HashMap<&str, Value<'_>> = HashMap::new();
        let body = (session, asked.shortcut.as_str(), 1u64, nothing);
        let interface = "org.freedesktop.portal.GlobalShortcuts";
        self.bus.emit_signal(None::<&str>, PATH, interface, "Activated", &body).await.context("the keys")
    }
}

struct Shortcuts {
    asked: Arc<Mutex<Vec<Asked>>>,
}

fn word(options: &Options, name: &str) -> String {
    let read = |value: &OwnedValue| value.downcast_ref::<&str>().map(str::to_owned).unwrap_or_default();
    options.get(name).map(read).unwrap_or_default()
}

/// Answers a request as the portal does: by a signal of an object that is named after who asks.
async fn answer(
    bus: &Connection,
    header: &Header<'_>,
    options: &Options,
    results: HashMap<&str, Value<'_>>,
) -> fdo::Result<OwnedObjectPath> {
    let sender = header.sender().map(|name| name.trim_start_matches(':').replace('.', "_")).unwrap_or_default();
    let path = format!("{PATH}/request/{sender}/{}", word(options, "handle_token"));
    bus.emit_signal(
        header.sender().cloned(),
        path.as_str(),
        "org.freedesktop.portal.Request",
        "Response",
        &(0u32, results),
    )
    .await?;
    let path = OwnedObjectPath::try_from(path).map_err(|error| fdo::Error::Failed(error.to_string()))?;
    Ok(path)
}

#[interface(name = "org.freedesktop.portal.GlobalShortcuts")]
impl Shortcuts {
    async fn create_session(
        &self,
        options: Options,
        #[zbus(connection)] bus: &Connection,
        #[zbus(header)] header: Header<'_>,
    ) -> fdo::Result<OwnedObjectPath> {
        let session = format!("{PATH}/session/own/{}", word(&options, "session_handle_token"));
        answer(bus, &header, &options, HashMap::from([("session_handle", session.into())])).await
    }

    async fn bind_shortcuts(
        &self,
        session: OwnedObjectPath,
        shortcuts: Vec<(String, Options)>,
        _window: String,
        options: Options,
        #[zbus(connection)] bus: &Connection,
        #[zbus(header)] header: Header<'_>,
    ) -> fdo::Result<OwnedObjectPath> {
        for (shortcut, wanted) in shortcuts {
            let keys = word(&wanted, "preferred_trigger");
            let asked = Asked { session: session.to_string(), shortcut, keys };
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
        }
        answer(bus, &header, &options, HashMap::new()).await
    }
}
