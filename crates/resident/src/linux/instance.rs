//! One program for a session: a second start asks the first one for its window and ends.
//!
//! Spoken as desktops do it (`org.freedesktop.Application`), so that a launcher may ask as well.

#![expect(clippy::used_underscore_binding, reason = "the interface's macro dictates the signatures")]

use std::collections::HashMap;

use zbus::fdo::{RequestNameFlags, RequestNameReply};
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, interface};

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
        Ok(RequestNameReply::PrimaryOwner | RequestNameReply::AlreadyOwner) => Ok(Claim::Only(bus)),
        Ok(_) | Err(zbus::Error::NameTaken) => {
            let nothing: HashMap<&str, Value<'_>> = HashMap::new();
            match wanted {
                Start::Window => {
                    bus.call_method(Some(NAME), PATH, Some(INTERFACE), "Activate", &(nothing,)).await?;
                }
                Start::Palette => {
                    let action = (PALETTE, Vec::<Value<'_>>::new(), nothing);
                    bus.call_method(Some(NAME), PATH, Some(INTERFACE), "ActivateAction", &action).await?;
                }
                Start::Hidden => {}
            }
            Ok(Claim::Another)
        }
        Err(error) => Err(error),
    }
}

struct Application(Host);

/// What comes along may be from anybody; it has no meaning (U15).
#[interface(name = "org.freedesktop.Application")]
impl Application {
    fn activate(&self, _platform_data: HashMap<String, OwnedValue>) {
        self.0.shell().show_window();
    }

    fn open(&self, _uris: Vec<String>, _platform_data: HashMap<String, OwnedValue>) {
        self.0.shell().show_window();
    }

    fn activate_action(&self, name: String, _parameter: Vec<OwnedValue>, _platform_data: HashMap<String, OwnedValue>) {
        if name == PALETTE {
            self.0.shell().show_palette();
        } else {
            self.0.shell().show_window();
        }
    }
}
