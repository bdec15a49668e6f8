//! The key that brings the palette up, under Wayland: the desktop's portal gives it (`GlobalShortcuts`), after asking the
//! person, and perhaps another one than was wanted.

use std::collections::HashMap;

use fobwatch_core::view::HotKeyState;
use futures_util::StreamExt as _;
use tokio::sync::watch;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, proxy};

use crate::{Host, own};

/// The name of the one shortcut.
const PALETTE: &str = "palette";
/// Of the session and its requests on the bus.
const TOKEN: &str = "fobwatch";

type Options<'a> = HashMap<&'a str, Value<'a>>;

#[proxy(
    interface = "org.freedesktop.portal.GlobalShortcuts",
    default_service = "org.freedesktop.portal.Desktop",
    default_path = "/org/freedesktop/portal/desktop"
)]
trait Shortcuts {
    fn create_session(&self, options: Options<'_>) -> zbus::Result<OwnedObjectPath>;
    fn bind_shortcuts(
        &self,
        session: &ObjectPath<'_>,
        shortcuts: &[(&str, Options<'_>)],
        window: &str,
        options: Options<'_>,
    ) -> zbus::Result<OwnedObjectPath>;
    #[zbus(signal)]
    fn activated(
        &self,
        session: OwnedObjectPath,
        shortcut: String,
        at: u64,
        options: HashMap<String, OwnedValue>,
    ) -> zbus::Result<()>;
}

#[proxy(interface = "org.freedesktop.portal.Request", default_service = "org.freedesktop.portal.Desktop")]
trait Request {
    #[zbus(signal)]
    fn response(&self, code: u32, results: HashMap<String, OwnedValue>) -> zbus::Result<()>;
}

#[proxy(interface = "org.freedesktop.portal.Session", default_service = "org.freedesktop.portal.Desktop")]
trait Session {
    fn close(&self) -> zbus::Result<()>;
}

/// The keys, as far as the portal goes.
pub(super) struct Portal(watch::Sender<Option<String>>);

impl Portal {
    /// Makes it, without any keys.
    pub(super) fn new(bus: Connection, host: Host) -> Self {
        let (wanted, wanted_now) = watch::channel(None);
        drop(own(attend(bus, host, wanted_now)));
        Self(wanted)
    }

    /// Gives the keys back that we had, and asks for these; [`Host::hot_key_is`] hears what came of it.
    pub(super) fn become_like(&self, keys: Option<&str>) {
        self.0.send_replace(keys.map(str::to_owned));
    }
}

async fn attend(bus: Connection, host: Host, mut wanted: watch::Receiver<Option<String>>) {
    loop {
        let keys = wanted.borrow_and_update().clone();
        let state = match keys {
            Some(keys) => match serve(&bus, &host, &keys, &mut wanted).await {
                Ok(()) => continue,
                Err(error) => {
                    tracing::debug!(%error, "the desktop gives no hot key");
                    HotKeyState::Unavailable
                }
            },
            None => HotKeyState::None,
        };
        host.hot_key_is(state);
        if wanted.changed().await.is_err() {
            return;
        }
    }
}

/// Asks for these keys, and brings the palette up whenever they are pressed, until others are wanted.
async fn serve(
    bus: &Connection,
    host: &Host,
    keys: &str,
    wanted: &mut watch::Receiver<Option<String>>,
) -> zbus::Result<()> {
    let shortcuts = ShortcutsProxy::new(bus).await?;
    // Before they are asked for: none is missed.
    let mut activated = shortcuts.receive_activated().await?;
    let mut answered = response(bus).await?;
    let options = HashMap::from([("handle_token", TOKEN.into()), ("session_handle_token", TOKEN.into())]);
    shortcuts.create_session(options).await?;
    let session = session(&mut answered).await?;
    let shortcut = HashMap::from([
        ("description", Value::from("Quick palette: search and copy")),
        ("preferred_trigger", Value::from(trigger(keys))),
    ]);
    let options = HashMap::from([("handle_token", TOKEN.into())]);
    shortcuts.bind_shortcuts(&session.as_ref(), &[(PALETTE, shortcut)], "", options).await?;
    host.hot_key_is(HotKeyState::Asked);
    loop {
        tokio::select! {
            pressed = activated.next() => {
                let pressed = pressed.ok_or_else(|| zbus::Error::Failure("the portal is gone".to_owned()))?;
                let pressed = pressed.args()?;
                if pressed.session == session && pressed.shortcut == PALETTE {
                    host.shell().show_palette();
                }
            }
            _ = wanted.changed() => return SessionProxy::new(bus, session).await?.close().await,
        }
    }
}

/// The answers to what is asked under our token.
async fn response(bus: &Connection) -> zbus::Result<ResponseStream> {
    let name = bus.unique_name().map(|name| name.trim_start_matches(':').replace('.', "_")).unwrap_or_default();
    let path = format!("/org/freedesktop/portal/desktop/request/{name}/{TOKEN}");
    RequestProxy::builder(bus).path(path)?.build().await?.receive_response().await
}

async fn session(answered: &mut ResponseStream) -> zbus::Result<OwnedObjectPath> {
    let refused = || zbus::Error::Failure("the portal gives no session".to_owned());
    let answer = answered.next().await.ok_or_else(refused)?;
    let results = answer.args()?.results;
    let path: &str = results.get("session_handle").ok_or_else(refused)?.downcast_ref()?;
    Ok(ObjectPath::try_from(path)?.into())
}

/// Keys as the portal writes them: `CTRL+ALT+k`.
fn trigger(keys: &str) -> String {
    let mut parts: Vec<String> = keys.split('+').map(str::to_owned).collect();
    let last = parts.pop().unwrap_or_default();
    let mut out: Vec<String> =
        parts.iter().map(|part| if part == "Super" { "LOGO".into() } else { part.to_uppercase() }).collect();
    out.push(if last.len() == 1 {
        last.to_lowercase()
    } else if last == "Space" {
        "space".into()
    } else {
        last
    });
    out.join("+")
}

#[cfg(test)]
mod tests {
    #[test]
    fn keys_are_written_as_the_portal_reads_them() {
        for (ours, theirs) in [("Ctrl+Alt+K", "CTRL+ALT+k"), ("Super+Space", "LOGO+space"), ("F5", "F5")] {
            assert_eq!(super::trigger(ours), theirs);
        }
    }
}
