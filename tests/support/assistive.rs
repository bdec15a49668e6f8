//! What assistive technology gets of a window: the accessibility bus of a session (AT-SPI2), and the tree on it.

use std::collections::VecDeque;

use anyhow::{Context, Result};
use zbus::zvariant::OwnedObjectPath;
use zbus::{Connection, Proxy};

use crate::process::{Running, until};
use crate::session::Session;

const LAUNCHER: &str = "/usr/libexec/at-spi-bus-launcher";
/// How many objects are looked at before a tree counts as endless.
const MOST: usize = 4000;

/// An object of the tree: its role and name as a screen reader says them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// AT-SPI's word for the role: "push button", "list box".
    pub role: String,
    /// The accessible name; empty when there is none.
    pub name: String,
}

/// The accessibility bus of a session.
#[derive(Debug)]
pub struct Assistive {
    bus: Connection,
    address: String,
    _launcher: Running,
}

impl Assistive {
    /// Starts the accessibility bus and turns assistive technology on, as a screen reader does. Programs that start
    /// afterwards with the variables of [`Self::env`] put their trees on it.
    pub async fn start(session: &Session) -> Result<Self> {
        let mut launcher = session.command(LAUNCHER);
        launcher.args(["--launch-immediately", "--a11y=1"]);
        let launcher = Running::start(launcher)?;
        let home = session.connect().await?;
        let address: String = until("the accessibility bus", crate::process::START_WITHIN, || async {
            let Ok(door) = Proxy::new(&home, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus").await else {
                return Ok(None);
            };
            let address: String = door.call("GetAddress", &()).await.unwrap_or_default();
            Ok(Some(address).filter(|address| !address.is_empty()))
        })
        .await?;
        let bus = zbus::connection::Builder::address(address.as_str())?.build().await?;
        Ok(Self { bus, address, _launcher: launcher })
    }

    /// What a program needs to be heard: the session as such keeps programs away from the bridge.
    #[must_use]
    pub fn env(&self) -> [(&'static str, &str); 3] {
        [("NO_AT_BRIDGE", "0"), ("AT_SPI_BUS_ADDRESS", &self.address), ("WEBKIT_A11Y_BUS_ADDRESS", &self.address)]
    }

    /// Returns every object below the applications on the bus, breadth first.
    pub async fn tree(&self) -> Result<Vec<Object>> {
        let root = "/org/a11y/atspi/accessible/root".try_into()?;
        let mut waiting: VecDeque<(String, OwnedObjectPath)> = [("org.a11y.atspi.Registry".to_owned(), root)].into();
        let mut seen = Vec::new();
        while let Some((owner, path)) = waiting.pop_front() {
            anyhow::ensure!(seen.len() < MOST, "the tree has no end");
            let object = Proxy::new(&self.bus, owner, path, "org.a11y.atspi.Accessible").await?;
            // An object may go while it is looked at.
            let Ok(role) = object.call("GetRoleName", &()).await else { continue };
            let name = object.get_property("Name").await.unwrap_or_default();
            seen.push(Object { role, name });
            let children: Vec<(String, OwnedObjectPath)> =
                object.call("GetChildren", &()).await.context("an object without an answer").unwrap_or_default();
            waiting.extend(children);
        }
        Ok(seen)
    }
}
