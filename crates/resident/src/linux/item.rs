//! The icon in the tray: a `StatusNotifierItem` on the session bus.
//!
//! It registers with whoever shows icons, and again with the next one when that ends or comes later. Spoken by hand: the
//! libraries for it either load a toolkit, or number the lines of a menu anew at every change, and then a click on what
//! stood there a moment ago is lost.

#![expect(
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the interface's macro dictates the signatures"
)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, ensure};
use png::{ColorType, Decoder};
use zbus::zvariant::{ObjectPath, OwnedObjectPath};
use zbus::{Connection, fdo, interface, proxy};

use super::menu::{Menu, Served};
use crate::tray_menu::TrayMenu;
use crate::{Host, own};

const PATH: &str = "/StatusNotifierItem";
const MENU: &str = "/MenuBar";
const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const PLAIN: &[u8] = include_bytes!("../../../../src-tauri/icons/tray.png");
const DOTTED: &[u8] = include_bytes!("../../../../src-tauri/icons/tray-attention.png");

#[proxy(
    interface = "org.kde.StatusNotifierWatcher",
    default_service = "org.kde.StatusNotifierWatcher",
    default_path = "/StatusNotifierWatcher"
)]
trait Watcher {
    fn register_status_notifier_item(&self, service: &str) -> zbus::Result<()>;
}

/// The icon and its menu. Clones share them.
#[derive(Clone)]
pub(super) struct Tray(Arc<Inner>);

struct Inner {
    host: Host,
    menu: Menu,
    attention: Mutex<(usize, String)>,
    registered: AtomicBool,
    bus: Mutex<Option<Connection>>,
}

impl Tray {
    pub(super) fn new(host: Host) -> Self {
        let menu = Menu::new(&TrayMenu::starting().lines());
        let (attention, bus) = (Mutex::default(), Mutex::default());
        Self(Arc::new(Inner { host, menu, attention, registered: AtomicBool::new(false), bus }))
    }

    /// Tells whether somebody has taken the icon.
    pub(super) fn is_there(&self) -> bool {
        self.0.registered.load(Ordering::SeqCst)
    }

    /// How many need attention, and how that is said.
    fn attention(&self) -> MutexGuard<'_, (usize, String)> {
        self.0.attention.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes icon and menu say this.
    pub(super) fn show(&self, menu: &TrayMenu) {
        let now = (menu.attention_count, menu.attention_words());
        let before = std::mem::replace(&mut *self.attention(), now.clone());
        let change = self.0.menu.become_like(&menu.lines());
        let bus = self.0.bus.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(bus) = bus else { return };
        drop(own(async move {
            let told = async {
                if let Some(change) = change {
                    change.tell(&bus, MENU).await?;
                }
                if before != now {
                    let item = bus.object_server().interface::<_, Item>(PATH).await?;
                    Item::new_tool_tip(item.signal_emitter()).await?;
                    if (before.0 > 0) != (now.0 > 0) {
                        Item::new_icon(item.signal_emitter()).await?;
                    }
                }
                Ok::<_, zbus::Error>(())
            };
            if let Err(error) = told.await {
                tracing::warn!(%error, "the tray was not told");
            }
        }));
    }

    /// Keeps the icon with whoever shows icons, for as long as the bus is there.
    pub(super) async fn stay(self, bus: Connection) {
        if let Err(error) = self.serve(&bus).await {
            tracing::warn!(%error, "there is no tray icon");
        }
    }

    async fn serve(&self, bus: &Connection) -> zbus::Result<()> {
        use futures_util::StreamExt as _;

        bus.object_server().at(MENU, Served::new(self.0.menu.clone(), self.0.host.clone())).await?;
        bus.object_server().at(PATH, Item(self.clone())).await?;
        let name = format!("org.kde.StatusNotifierItem-{}-1", std::process::id());
        bus.request_name(name.as_str()).await?;
        *self.0.bus.lock().unwrap_or_else(PoisonError::into_inner) = Some(bus.clone());
        let system = fdo::DBusProxy::new(bus).await?;
        let mut owners = system.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?;
        loop {
            let taken = WatcherProxy::new(bus).await?.register_status_notifier_item(&name).await;
            self.0.registered.store(taken.is_ok(), Ordering::SeqCst);
            if let Err(error) = taken {
                tracing::info!(%error, "nobody shows tray icons");
            }
            if owners.next().await.is_none() {
                return Ok(());
            }
        }
    }
}

/// What a host of icons asks.
struct Item(Tray);

/// A picture as the bus wants it: width, height, and ARGB in network order.
type Pixmap = (i32, i32, Vec<u8>);

#[interface(name = "org.kde.StatusNotifierItem")]
impl Item {
    #[zbus(property)]
    fn category(&self) -> &'static str {
        "ApplicationStatus"
    }

    #[zbus(property)]
    fn id(&self) -> &'static str {
        "dev.fobwatch.Fobwatch"
    }

    #[zbus(property)]
    fn title(&self) -> &'static str {
        "Fobwatch"
    }

    #[zbus(property)]
    fn status(&self) -> &'static str {
        "Active"
    }

    #[zbus(property)]
    fn window_id(&self) -> i32 {
        0
    }

    /// Empty: the picture is sent as it is, whatever theme the desktop has.
    #[zbus(property)]
    fn icon_name(&self) -> &'static str {
        ""
    }

    #[zbus(property)]
    fn icon_pixmap(&self) -> Vec<Pixmap> {
        let picture = if self.0.attention().0 > 0 { DOTTED } else { PLAIN };
        decode(picture).into_iter().collect()
    }

    #[zbus(property)]
    fn tool_tip(&self) -> (String, Vec<Pixmap>, String, String) {
        let text = self.0.attention().1.clone();
        (String::new(), Vec::new(), "Fobwatch".to_owned(), text)
    }

    /// A click opens the window where the desktop tells one from a wish for the menu.
    #[zbus(property)]
    fn item_is_menu(&self) -> bool {
        false
    }

    #[zbus(property)]
    fn menu(&self) -> OwnedObjectPath {
        ObjectPath::from_static_str_unchecked(MENU).into()
    }

    fn activate(&self, _x: i32, _y: i32) {
        self.0.0.host.shell().show_window();
    }

    fn secondary_activate(&self, _x: i32, _y: i32) {
        self.0.0.host.shell().show_window();
    }

    /// The host shows the menu by itself.
    fn context_menu(&self, _x: i32, _y: i32) {}

    fn scroll(&self, _delta: i32, _orientation: &str) {}

    #[zbus(signal)]
    async fn new_icon(emitter: &zbus::object_server::SignalEmitter<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn new_tool_tip(emitter: &zbus::object_server::SignalEmitter<'_>) -> zbus::Result<()>;
}

/// Reads one of our own pictures.
fn decode(picture: &[u8]) -> anyhow::Result<Pixmap> {
    let mut reader = Decoder::new(std::io::Cursor::new(picture)).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().context("it is too large")?];
    let frame = reader.next_frame(&mut pixels)?;
    ensure!(frame.color_type == ColorType::Rgba, "it is no RGBA");
    for pixel in pixels.chunks_exact_mut(4) {
        // From RGBA to ARGB.
        pixel.rotate_right(1);
    }
    Ok((i32::try_from(frame.width)?, i32::try_from(frame.height)?, pixels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_pictures_are_what_a_tray_takes() {
        let (plain, dotted) = (decode(PLAIN).unwrap(), decode(DOTTED).unwrap());
        assert_eq!((plain.0, plain.1, plain.2.len()), (44, 44, 44 * 44 * 4));
        assert_ne!(plain.2, dotted.2);
    }
}
