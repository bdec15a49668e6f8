//! A tray: the desktop's half of `StatusNotifierItem`, without a picture.
//!
//! The invariant: an item is spoken to at the bus name that *sent* its registration. libayatana registers only an
//! object path, and asking every name on the bus for it hangs.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::StreamExt as _;
use tokio::sync::watch;
use zbus::names::OwnedUniqueName;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{MatchRule, Message, MessageStream};

use crate::process::START_WITHIN;
use crate::session::Session;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";
/// The menu and all that hangs below it.
const WHOLE_MENU: (i32, i32) = (0, -1);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// One line of a tray menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The number that a click names.
    pub id: i32,
    /// What a person reads, without the mnemonic's underscore. Empty for a separator.
    pub label: String,
    /// Whether it can be chosen.
    pub enabled: bool,
    /// Whether it is a line between groups.
    pub separator: bool,
    /// The picture before it, as it is sent; empty for none.
    pub icon: Vec<u8>,
    /// The keys that do the same: names of what is held, then the key.
    pub keys: Vec<String>,
    /// What opens beside it.
    pub children: Vec<Entry>,
}

/// The tray of one session.
#[derive(Debug)]
pub struct Tray {
    connection: zbus::Connection,
    registered: watch::Receiver<Option<Place>>,
}

#[derive(Debug, Clone)]
struct Place {
    name: OwnedUniqueName,
    path: OwnedObjectPath,
}

struct Watcher {
    registered: watch::Sender<Option<Place>>,
    has_host: bool,
}

#[expect(clippy::unused_self, clippy::needless_pass_by_value, reason = "the interface's macro dictates the signatures")]
#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: zbus::message::Header<'_>) {
        let path = if service.starts_with('/') { service } else { "/StatusNotifierItem" };
        if let (Some(sender), Ok(path)) = (header.sender(), OwnedObjectPath::try_from(path)) {
            self.registered.send_replace(Some(Place { name: sender.to_owned().into(), path }));
        }
    }

    fn register_status_notifier_host(&self, service: &str) {
        // A host has nothing to tell the watcher that it would keep; the name is read so that the call is answered.
        let _: &str = service;
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.registered.borrow().iter().map(|place| format!("{}{}", place.name, place.path.as_str())).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        self.has_host
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

impl Tray {
    /// Puts a tray into `session`. Programs that start afterwards find it.
    pub async fn host(session: &Session) -> Result<Self> {
        Self::start(session, true).await
    }

    /// Puts the desktop's half into `session` that takes icons and has nobody to show them.
    pub async fn without_host(session: &Session) -> Result<Self> {
        Self::start(session, false).await
    }

    async fn start(session: &Session, has_host: bool) -> Result<Self> {
        let (sender, registered) = watch::channel(None);
        let connection = zbus::connection::Builder::address(session.bus_address())?
            .serve_at("/StatusNotifierWatcher", Watcher { registered: sender, has_host })?
            .name(WATCHER)?
            .build()
            .await?;
        Ok(Self { connection, registered })
    }

    /// Returns the item that registered last; waits for the first one.
    pub async fn item(&self) -> Result<Item> {
        self.item_that(|_| true).await
    }

    /// Waits for an item of another program than this one's.
    pub async fn item_after(&self, before: &Item) -> Result<Item> {
        self.item_that(|place| place.name != before.place.name).await
    }

    async fn item_that(&self, fits: impl Fn(&Place) -> bool) -> Result<Item> {
        let mut registered = self.registered.clone();
        let waiting = registered.wait_for(|place| place.as_ref().is_some_and(&fits));
        let place =
            tokio::time::timeout(START_WITHIN, waiting).await.context("no program put an icon into the tray")??;
        let place = place.clone().context("the tray is empty")?;
        let menu = property(&self.connection, &place, "Menu").await?;
        let menu = OwnedObjectPath::try_from(menu).context("the item's menu is no object path")?;
        Ok(Item { connection: self.connection.clone(), place, menu })
    }
}

/// A program's icon in the tray.
#[derive(Debug)]
pub struct Item {
    connection: zbus::Connection,
    place: Place,
    menu: OwnedObjectPath,
}

impl Item {
    /// Returns a text property of the item, such as `Title` or `IconName`.
    pub async fn property(&self, name: &str) -> Result<String> {
        Ok(String::try_from(property(&self.connection, &self.place, name).await?)?)
    }

    /// Reads the menu as it is now.
    pub async fn menu(&self) -> Result<Vec<Entry>> {
        // A menu may be filled only when somebody is about to look at it.
        self.about_to_show().await?;
        self.layout().await
    }

    /// Says that the menu is about to be shown; returns whether it must be read again.
    pub async fn about_to_show(&self) -> Result<bool> {
        self.call("AboutToShow", &(0_i32,)).await
    }

    /// Reads the menu without a word that anybody is going to look at it.
    pub async fn layout(&self) -> Result<Vec<Entry>> {
        let (parent, depth) = WHOLE_MENU;
        let (_revision, layout): (u32, Layout) = self.call("GetLayout", &(parent, depth, Vec::<&str>::new())).await?;
        Ok(entry(layout)?.children)
    }

    /// Chooses the first entry whose label starts with `label`.
    pub async fn click(&self, label: &str) -> Result<()> {
        self.click_in(&[label]).await
    }

    /// Chooses an entry by the labels on the way to it.
    pub async fn click_in(&self, way: &[&str]) -> Result<()> {
        let mut menu = self.menu().await?;
        let (label, groups) = way.split_last().context("no label")?;
        for group in groups {
            menu = find(&menu, group).with_context(|| format!("no “{group}” in the tray"))?.children.clone();
        }
        let Some(entry) = find(&menu, label) else {
            let labels: Vec<_> = menu.iter().map(|entry| entry.label.as_str()).collect();
            bail!("the tray menu has no “{label}”; it has: {}", labels.join(" · "));
        };
        if !entry.enabled {
            bail!("“{}” is greyed out", entry.label);
        }
        self.click_number(entry.id).await
    }

    /// Chooses the entry with this number, as a host does that read the menu a while ago.
    pub async fn click_number(&self, id: i32) -> Result<()> {
        self.call("Event", &(id, "clicked", Value::from(0_i32), 0_u32)).await
    }

    /// Listens to what the menu says of itself from now on: the names of its signals.
    pub async fn said(&self) -> Result<MessageStream> {
        let rule = MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .sender(self.place.name.as_ref())?
            .interface(MENU)?
            .build();
        Ok(MessageStream::for_match_rule(rule, &self.connection, None).await?)
    }

    /// Asks for the properties of these lines, all questions at once; returns the questions' places in the order in which
    /// the answers come, and the lines of each answer.
    pub async fn ask_at_once(&self, questions: &[Vec<i32>]) -> Result<Vec<(usize, Vec<i32>)>> {
        let mut answers = MessageStream::from(&self.connection);
        let mut asked = HashMap::new();
        for (place, lines) in questions.iter().enumerate() {
            let question = Message::method_call(self.menu.as_str(), "GetGroupProperties")?
                .destination(&self.place.name)?
                .interface(MENU)?
                .build(&(lines, Vec::<&str>::new()))?;
            asked.insert(question.primary_header().serial_num(), place);
            self.connection.send(&question).await?;
        }
        let mut heard = Vec::new();
        while heard.len() < questions.len() {
            let coming =
                tokio::time::timeout(ANSWER_WITHIN, answers.next()).await.context("the menu did not answer")?;
            let answer = coming.context("the bus is gone")??;
            if let Some(place) = answer.header().reply_serial().and_then(|serial| asked.get(&serial)) {
                let lines: Vec<(i32, HashMap<String, OwnedValue>)> = answer.body().deserialize()?;
                heard.push((*place, lines.into_iter().map(|(line, _)| line).collect()));
            }
        }
        Ok(heard)
    }

    async fn call<B, R>(&self, method: &str, body: &B) -> Result<R>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType + Sync,
        R: serde::de::DeserializeOwned + zbus::zvariant::Type,
    {
        let calling = self.connection.call_method(Some(&self.place.name), &self.menu, Some(MENU), method, body);
        let answer = tokio::time::timeout(ANSWER_WITHIN, calling)
            .await
            .with_context(|| format!("the tray menu did not answer {method}"))??;
        Ok(answer.body().deserialize()?)
    }
}

async fn property(connection: &zbus::Connection, place: &Place, name: &str) -> Result<OwnedValue> {
    let properties = Some("org.freedesktop.DBus.Properties");
    let which = (ITEM, name);
    let asking = connection.call_method(Some(&place.name), &place.path, properties, "Get", &which);
    let answer = tokio::time::timeout(ANSWER_WITHIN, asking).await.context("the tray item did not answer")??;
    Ok(answer.body().deserialize()?)
}

fn find<'a>(entries: &'a [Entry], label: &str) -> Option<&'a Entry> {
    entries.iter().find_map(
        |entry| {
            if entry.label.starts_with(label) { Some(entry) } else { find(&entry.children, label) }
        },
    )
}

fn entry((id, properties, children): Layout) -> Result<Entry> {
    let text = |name: &str| properties.get(name).map(|value| value.downcast_ref::<&str>()).transpose();
    let enabled = properties.get("enabled").map(|value| value.downcast_ref::<bool>()).transpose();
    let children = children.into_iter().map(|child| {
        let layout = Layout::try_from(Value::from(child)).context("a menu entry is not a menu entry")?;
        entry(layout)
    });
    Ok(Entry {
        id,
        label: without_mnemonic(text("label")?.unwrap_or_default()),
        enabled: enabled?.unwrap_or(true),
        separator: text("type")? == Some("separator"),
        icon: properties.get("icon-data").map(|value| Vec::try_from(value.clone())).transpose()?.unwrap_or_default(),
        keys: keys(properties.get("shortcut"))?,
        children: children.collect::<Result<_>>()?,
    })
}

/// The first of the shortcuts that a line tells.
fn keys(shortcuts: Option<&OwnedValue>) -> Result<Vec<String>> {
    let shortcuts = shortcuts.map(|value| Vec::<Vec<String>>::try_from(value.clone())).transpose()?;
    Ok(shortcuts.unwrap_or_default().into_iter().next().unwrap_or_default())
}

/// One underscore marks the letter that Alt chooses; two stand for one.
fn without_mnemonic(label: &str) -> String {
    label.split("__").map(|part| part.replace('_', "")).collect::<Vec<_>>().join("_")
}
