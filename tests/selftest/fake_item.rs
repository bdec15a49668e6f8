//! A program with a tray icon, as libayatana does it: only an object path is registered.

#![expect(clippy::unused_self, clippy::used_underscore_binding, reason = "the interfaces dictate the signatures")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use anyhow::Result;
use fobwatch_tests::session::Session;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Structure, Value};

const PATH: &str = "/org/ayatana/NotificationItem/fake";
const MENU_PATH: &str = "/org/ayatana/NotificationItem/fake/Menu";

type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

pub(crate) struct FakeItem {
    clicked: Arc<Mutex<Vec<i32>>>,
    _connection: zbus::Connection,
}

struct Icon;

#[zbus::interface(name = "org.kde.StatusNotifierItem")]
impl Icon {
    #[zbus(property)]
    fn title(&self) -> &'static str {
        "A fake"
    }

    #[zbus(property)]
    fn menu(&self) -> OwnedObjectPath {
        ObjectPath::from_static_str_unchecked(MENU_PATH).into()
    }
}

struct Menu(Arc<Mutex<Vec<i32>>>);

#[zbus::interface(name = "com.canonical.dbusmenu")]
impl Menu {
    /// Nothing of it changes by being looked at.
    #[expect(clippy::unused_self, reason = "a method of the interface")]
    fn about_to_show(&self, _menu: i32) -> bool {
        false
    }

    fn get_layout(&self, _parent: i32, _depth: i32, _properties: Vec<String>) -> (u32, Node) {
        let quit = node(31, "_Quit", &[], Vec::new());
        let entries = vec![
            node(1, "orders__api · staging", &[], Vec::new()),
            node(2, "", &[("type", Value::from("separator"))], Vec::new()),
            node(3, "_More", &[], vec![quit]),
            node(4, "Greyed", &[("enabled", Value::from(false))], Vec::new()),
        ];
        (1, node(0, "", &[], entries))
    }

    fn event(&self, id: i32, event: &str, _data: Value<'_>, _at: u32) {
        if event == "clicked" {
            self.0.lock().unwrap().push(id);
        }
    }
}

fn node(id: i32, label: &str, more: &[(&str, Value<'_>)], children: Vec<Node>) -> Node {
    let label = [("label", Value::from(label))];
    let properties = label.iter().chain(more).map(|(name, value)| ((*name).to_owned(), value.try_to_owned().unwrap()));
    let children = children.into_iter().map(|child| Value::from(Structure::from(child)).try_to_owned().unwrap());
    (id, properties.collect(), children.collect())
}

impl FakeItem {
    pub(crate) async fn register(session: &Session) -> Result<Self> {
        let clicked = Arc::default();
        let connection = zbus::connection::Builder::address(session.bus_address())?
            .serve_at(PATH, Icon)?
            .serve_at(MENU_PATH, Menu(Arc::clone(&clicked)))?
            .build()
            .await?;
        let watcher = Some("org.kde.StatusNotifierWatcher");
        connection.call_method(watcher, "/StatusNotifierWatcher", watcher, "RegisterStatusNotifierItem", &PATH).await?;
        Ok(Self { clicked, _connection: connection })
    }

    pub(crate) fn clicked(&self) -> Vec<i32> {
        self.clicked.lock().unwrap().clone()
    }
}
