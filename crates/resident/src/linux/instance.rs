//! One program for a session: a second start asks the first one for its window and ends. Where the first one is ending
//! already, the second waits until it is gone and takes its place.
//!
//! Spoken as desktops do it (`org.freedesktop.Application`), so that a launcher may ask as well.

#![expect(clippy::used_underscore_binding, reason = "the interface's macro dictates the signatures")]

use std::collections::HashMap;

use futures_util::StreamExt as _;
use zbus::fdo::{RequestNameFlags, RequestNameReply};
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, fdo, interface};

use crate::{Host, Start};

const NAME: &str = "dev.fobwatch.Fobwatch";
const PATH: &str = "/dev/fobwatch/Fobwatch";
const INTERFACE: &str = "org.freedesktop.Application";

/// Who runs in this session.
pub(super) enum Claim {
    /// This program and no other.
    Only(Connection),
    /// Nobody can tell: there is no session bus.
    Alone,
    /// Another one, which was asked for its window.
    Another,
}

/// The action that brings the palette up, for launchers and later starts.
const PALETTE: &str = "palette";
/// The action of a later start that wants nothing to be seen.
const HIDDEN: &str = "hidden";

/// Claims the session for this program, which from then on hears what later starts ask. Another one that runs is asked
/// for what is `wanted`.
pub(super) async fn claim(host: &Host, wanted: Start) -> Claim {
    match ask(host, wanted).await {
        Ok(claim) => claim,
        Err(error) => {
            tracing::warn!(%error, "there is no session bus, and so no tray and no look at other programs");
            Claim::Alone
        }
    }
}

async fn ask(host: &Host, wanted: Start) -> zbus::Result<Claim> {
    let bus = Connection::session().await?;
    // Before the name: whoever sees that finds somebody who listens.
    bus.object_server().at(PATH, Application(host.clone())).await?;
    match bus.request_name_with_flags(NAME, RequestNameFlags::DoNotQueue.into()).await {
        Ok(RequestNameReply::PrimaryOwner | RequestNameReply::AlreadyOwner) => return Ok(Claim::Only(bus)),
        Ok(_) | Err(zbus::Error::NameTaken) => {}
        Err(error) => return Err(error),
    }
    match tell(&bus, wanted).await {
        Ok(()) => Ok(Claim::Another),
        Err(zbus::Error::MethodError(name, _, _)) if GOING.contains(&name.as_str()) => {
            take_its_place(&bus).await?;
            Ok(Claim::Only(bus))
        }
        Err(error) => Err(error),
    }
}

/// What is answered by a program that is ending, and for one that has just ended.
const GOING: [&str; 2] = ["org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NoReply"];

/// Asks the program that runs for what is wanted.
async fn tell(bus: &Connection, wanted: Start) -> zbus::Result<()> {
    let nothing: HashMap<&str, Value<'_>> = HashMap::new();
    let action = match wanted {
        Start::Window => {
            return bus.call_method(Some(NAME), PATH, Some(INTERFACE), "Activate", &(nothing,)).await.map(drop);
        }
        Start::Palette => PALETTE,
        Start::Hidden => HIDDEN,
    };
    let action = (action, Vec::<Value<'_>>::new(), nothing);
    bus.call_method(Some(NAME), PATH, Some(INTERFACE), "ActivateAction", &action).await.map(drop)
}

/// Waits until the program that is ending is gone: the bus gives its name on.
async fn take_its_place(bus: &Connection) -> zbus::Result<()> {
    let mut given = fdo::DBusProxy::new(bus).await?.receive_name_acquired().await?;
    // The owner allows no replacement, so this queues.
    let claimed = bus.request_name_with_flags(NAME, RequestNameFlags::ReplaceExisting.into()).await;
    if matches!(claimed, Ok(RequestNameReply::PrimaryOwner | RequestNameReply::AlreadyOwner)) {
        return Ok(());
    }
    claimed?;
    while let Some(signal) = given.next().await {
        if signal.args()?.name.as_str() == NAME {
            return Ok(());
        }
    }
    Err(zbus::Error::NameTaken)
}

struct Application(Host);

/// What comes along may be from anybody; it has no meaning (U15).
#[interface(name = "org.freedesktop.Application")]
impl Application {
    fn activate(&self, _platform_data: HashMap<String, OwnedValue>) -> fdo::Result<()> {
        self.stays()?;
        self.0.shell().show_window();
        Ok(())
    }

    fn open(&self, _uris: Vec<String>, _platform_data: HashMap<String, OwnedValue>) -> fdo::Result<()> {
        self.stays()?;
        self.0.shell().show_window();
        Ok(())
    }

    fn activate_action(
        &self,
        name: &str,
        _parameter: Vec<OwnedValue>,
        _platform_data: HashMap<String, OwnedValue>,
    ) -> fdo::Result<()> {
        self.stays()?;
        match name {
            PALETTE => self.0.shell().show_palette(),
            HIDDEN => {}
            _ => self.0.shell().show_window(),
        }
        Ok(())
    }
}

impl Application {
    /// Refuses what a program that is ending can't do any more: whoever asked takes its place.
    fn stays(&self) -> fdo::Result<()> {
        if self.0.is_quitting() { Err(fdo::Error::ServiceUnknown("it is ending".to_owned())) } else { Ok(()) }
    }
}
