//! What assistive technology gets of a window: the accessibility bus of a session (AT-SPI2), and the tree on it.
//!
//! The invariant: a tree is walked as a screen reader walks it, child by child. The place where WebKit puts the page
//! into GTK's tree answers `GetChildren` with nothing and `GetChildAtIndex` with the page, and a screen reader asks
//! for the role by number only: the name of some roles ends WebKit's process.

use std::collections::HashMap;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zbus::zvariant::{DynamicType, Error, OwnedObjectPath, OwnedValue, Type};
use zbus::{Connection, Proxy};

use crate::process::{Running, START_WITHIN, until};
use crate::session::Session;

/// What a program needs in its environment to be heard: the session as such keeps programs away from the bus.
pub const HEARD: (&str, &str) = ("NO_AT_BRIDGE", "0");

const LAUNCHER: &str = "/usr/libexec/at-spi-bus-launcher";
const ROOT: (&str, &str) = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root");
const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
const TEXT: &str = "org.a11y.atspi.Text";
/// How many objects are looked at before a tree counts as endless.
const MOST: usize = 4000;

/// The numbers of the roles in AT-SPI.
#[expect(missing_docs, reason = "the names are AT-SPI's own")]
pub mod role {
    pub const COMBO_BOX: u32 = 11;
    pub const DIALOG: u32 = 16;
    pub const LIST_ITEM: u32 = 32;
    pub const PAGE_TAB: u32 = 37;
    pub const PASSWORD_TEXT: u32 = 40;
    pub const PUSH_BUTTON: u32 = 43;
    pub const TOGGLE_BUTTON: u32 = 62;
    pub const ENTRY: u32 = 79;
    pub const HEADING: u32 = 83;
    pub const LIST_BOX: u32 = 98;
}

/// An object of the tree.
#[derive(Debug, Clone)]
pub struct Object {
    /// How far below the root it is.
    pub depth: usize,
    /// One of [`role`], or another number of AT-SPI.
    pub role: u32,
    /// The accessible name; empty when there is none.
    pub name: String,
    /// The accessible description; empty when there is none.
    pub description: String,
    /// What can be read in it, as far as it has a text of its own.
    pub text: String,
    /// What else is said of it: `live`, `level`, `placeholder-text`.
    pub attributes: HashMap<String, String>,
    place: Place,
}

/// A bus name and a path there.
type Place = (String, OwnedObjectPath);

/// The accessibility bus of a session.
#[derive(Debug)]
pub struct Assistive {
    bus: Connection,
    _launcher: Running,
}

impl Assistive {
    /// Starts the accessibility bus, as a desktop does. Programs that start afterwards with [`HEARD`] in their
    /// environment put their trees on it.
    pub async fn start(session: &Session) -> Result<Self> {
        let mut launcher = session.command(LAUNCHER);
        launcher.args(["--launch-immediately", "--a11y=1"]).stderr(Stdio::null());
        let launcher = Running::start(launcher)?;
        let home = session.connect().await?;
        let address = until("the accessibility bus", START_WITHIN, || async {
            let door = Proxy::new(&home, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus").await?;
            let address: String = door.call("GetAddress", &()).await.unwrap_or_default();
            Ok(Some(address).filter(|address| !address.is_empty()))
        })
        .await?;
        let bus = zbus::connection::Builder::address(address.as_str())?.build().await?;
        Ok(Self { bus, _launcher: launcher })
    }

    /// Returns every object of the programs on the bus, each before its children.
    pub async fn tree(&self) -> Result<Vec<Object>> {
        let mut waiting = vec![(0, (ROOT.0.to_owned(), OwnedObjectPath::try_from(ROOT.1)?))];
        let mut seen = Vec::new();
        while let Some((depth, place)) = waiting.pop() {
            ensure!(seen.len() < MOST, "the tree has no end");
            // An object may go while it is looked at.
            let Ok(object) = self.look(depth, &place).await else { continue };
            let count: Result<i32> = self.property(&place, "ChildCount").await;
            for at in (0..count.unwrap_or_default()).rev() {
                if let Ok(child) = self.call(&place, ACCESSIBLE, "GetChildAtIndex", &(at,)).await {
                    waiting.push((depth + 1, child));
                }
            }
            seen.push(object);
        }
        Ok(seen)
    }

    /// Does what the object is for, as a screen reader does when it is told to press it.
    pub async fn press(&self, object: &Object) -> Result<()> {
        let done: bool = self.call(&object.place, "org.a11y.atspi.Action", "DoAction", &(0_i32,)).await?;
        ensure!(done, "“{}” cannot be pressed", object.name);
        Ok(())
    }

    /// Asks how each text of the tree looks, as a screen reader does where it reads; fails when one gives no answer.
    pub async fn ask_for_looks(&self, tree: &[Object]) -> Result<()> {
        for one in tree.iter().filter(|one| !one.text.is_empty()) {
            let told: Result<(HashMap<String, String>, i32, i32)> =
                self.call(&one.place, TEXT, "GetAttributeRun", &(0, true)).await;
            told.with_context(|| format!("no answer from “{}”", one.text))?;
        }
        Ok(())
    }

    async fn look(&self, depth: usize, place: &Place) -> Result<Object> {
        let role = self.call(place, ACCESSIBLE, "GetRole", &()).await?;
        let name = self.property(place, "Name").await?;
        let description = self.property(place, "Description").await?;
        let attributes = self.call(place, ACCESSIBLE, "GetAttributes", &()).await?;
        let can: Vec<String> = self.call(place, ACCESSIBLE, "GetInterfaces", &()).await?;
        let readable = can.iter().any(|one| one == TEXT);
        let text = if readable { self.call(place, TEXT, "GetText", &(0, -1)).await? } else { String::new() };
        Ok(Object { depth, role, name, description, text, attributes, place: place.clone() })
    }

    async fn property<R: TryFrom<OwnedValue, Error = Error>>(&self, of: &Place, name: &str) -> Result<R> {
        let value: OwnedValue = self.call(of, "org.freedesktop.DBus.Properties", "Get", &(ACCESSIBLE, name)).await?;
        Ok(R::try_from(value)?)
    }

    async fn call<B, R>(&self, (owner, path): &Place, interface: &str, method: &str, body: &B) -> Result<R>
    where
        B: Serialize + DynamicType + Sync,
        R: DeserializeOwned + Type,
    {
        let answer = self.bus.call_method(Some(owner.as_str()), path.as_str(), Some(interface), method, body).await?;
        Ok(answer.body().deserialize()?)
    }
}

/// Returns the first object of this role whose name starts with `start`, and all below it.
#[must_use]
pub fn below<'a>(tree: &'a [Object], role: u32, start: &str) -> Option<&'a [Object]> {
    let at = tree.iter().position(|one| one.role == role && one.name.starts_with(start))?;
    let own = &tree[at..];
    let end = own.iter().skip(1).position(|one| one.depth <= own[0].depth).map_or(own.len(), |after| after + 1);
    Some(&own[..end])
}
