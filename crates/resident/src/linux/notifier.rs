//! Speaks to the desktop's notification service (`org.freedesktop.Notifications`, version 1.2 of its specification).
//!
//! What is said is decided by the core; here it is said, taken back, and what a person chooses on it is done. Nothing
//! that is on the screen names a credential while the vault is locked, and nothing stays there that nobody would
//! answer: a lock and the end of the program take all of it back.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fobwatch_core::notifications::{Cause, Once, Open, Step, Topic, plan, still_told};
use fobwatch_core::{Error, Event, Vault};
use futures_util::StreamExt as _;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use zbus::zvariant::Value;
use zbus::{Connection, fdo, proxy};

use crate::notifications::{Act, Message, escaped, message};
use crate::speech::Language;
use crate::{Host, commands, news, own};

const SERVICE: &str = "org.freedesktop.Notifications";
/// The least time between two looks at the vault: what changes in a burst is looked at once.
const PAUSE: Duration = Duration::from_millis(500);
/// When the vault could not be read, look again after this.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// A service that takes longer than this is none.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// The service decides for how long something stays.
const AS_USUAL: i32 = -1;
/// Neither low nor critical.
const NORMAL: u8 = 1;

#[proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Notifications {
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[expect(clippy::too_many_arguments, reason = "the specification has them")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    /// Nobody waits for it: a service that hangs must hold up neither a lock nor the end.
    #[zbus(no_reply)]
    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;

    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// What is on the screen. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Notifier {
    now: Arc<Mutex<Inner>>,
    /// Held from before something is said until it is remembered.
    telling: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct Inner {
    service: Option<NotificationsProxy<'static>>,
    shown: BTreeMap<Topic, Shown>,
}

/// One notification.
struct Shown {
    id: u32,
    keys: BTreeSet<String>,
    credential: Option<String>,
}

impl Notifier {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Open {
        self.lock().shown.iter().map(|(topic, shown)| (topic.clone(), shown.keys.clone())).collect()
    }

    async fn close(&self, topic: &Topic) {
        let (service, shown) = {
            let mut inner = self.lock();
            (inner.service.clone(), inner.shown.remove(topic))
        };
        if let (Some(service), Some(shown)) = (service, shown)
            && let Err(error) = service.close_notification(shown.id).await
        {
            tracing::debug!(%error, "a notification was not taken back");
        }
    }

    /// Takes everything off the screen.
    async fn close_all(&self) {
        for topic in self.open().into_keys() {
            self.close(&topic).await;
        }
    }

    /// Takes everything off the screen for good: the program ends, and what is being said is remembered before.
    pub(crate) async fn end(&self) {
        let told = tokio::time::timeout(ANSWERS_WITHIN, self.telling.lock()).await;
        self.close_all().await;
        drop(told);
    }

    /// Forgets a notification that is gone from the screen.
    fn closed(&self, id: u32) {
        self.lock().shown.retain(|_, shown| shown.id != id);
    }

    /// Tells whether a notification is one of ours, and which credential it is about.
    fn about(&self, id: u32) -> (bool, Option<String>) {
        let inner = self.lock();
        let shown = inner.shown.values().find(|shown| shown.id == id);
        (shown.is_some(), shown.and_then(|shown| shown.credential.clone()))
    }

    /// Says something that nobody has to answer, unless it was said before. Where nobody shows it, it is not said yet.
    pub(crate) async fn say_once(&self, vault: &Vault, what: Once, message: Message) -> Result<(), Error> {
        let _telling = self.telling.lock().await;
        let service = self.lock().service.clone();
        let Some(service) = service else {
            tracing::info!(?what, "nobody shows notifications yet");
            return Ok(());
        };
        if vault.was_told(what).await? {
            tracing::info!(?what, "this was told before");
            return Ok(());
        }
        match tokio::time::timeout(ANSWERS_WITHIN, say(&service, 0, &message)).await {
            Ok(Ok(_)) => vault.remember_once(what).await,
            failed => {
                tracing::debug!(?failed, "a notification was not shown");
                Ok(())
            }
        }
    }

    /// Says something in the place of what is on the screen of this topic.
    async fn show(&self, topic: Topic, causes: &[Cause], message: Message) -> zbus::Result<()> {
        let (service, before) = {
            let inner = self.lock();
            (inner.service.clone(), inner.shown.get(&topic).map(|shown| shown.id))
        };
        let service = service.ok_or(zbus::Error::InterfaceNotFound)?;
        let said = tokio::time::timeout(ANSWERS_WITHIN, say(&service, before.unwrap_or_default(), &message));
        let late = |_| zbus::Error::Failure("the service does not answer".to_owned());
        let id = said.await.map_err(late)??;
        let keys = causes.iter().map(|cause| cause.key.clone()).collect();
        self.lock().shown.insert(topic, Shown { id, keys, credential: message.credential });
        Ok(())
    }
}

/// The name of what can be done, as the service gives it back.
fn word(act: Act) -> &'static str {
    match act {
        Act::Open => "open",
        Act::SignIn => "sign-in",
    }
}

async fn say(service: &NotificationsProxy<'_>, replaces: u32, message: &Message) -> zbus::Result<u32> {
    let can = service.get_capabilities().await?;
    let can = |what: &str| can.iter().any(|one| one == what);
    let body = if can("body-markup") { escaped(&message.body) } else { message.body.clone() };
    let body = if can("body") { body } else { String::new() };
    let mut actions = Vec::new();
    if can("actions") && !message.acts.is_empty() {
        // A click on the notification itself.
        actions.extend(["default", message.acts.last().map_or("", |(_, name)| name)]);
        actions.extend(message.acts.iter().flat_map(|(act, name)| [word(*act), name]));
    }
    let hints =
        HashMap::from([("desktop-entry", Value::from("dev.fobwatch.Fobwatch")), ("urgency", Value::from(NORMAL))]);
    let icon = "dev.fobwatch.Fobwatch";
    service.notify("Fobwatch", replaces, icon, &message.summary, &body, &actions, hints, AS_USUAL).await
}

/// Says what there is to be told, for as long as the vault lives.
pub(crate) async fn follow(host: Host, vault: Vault) {
    if let Err(error) = (Speaker { host, vault }).follow().await {
        tracing::info!(%error, "there are no notifications");
    }
}

struct Speaker {
    host: Host,
    vault: Vault,
}

impl Speaker {
    async fn follow(&self) -> zbus::Result<()> {
        let bus = Connection::session().await?;
        let service = NotificationsProxy::new(&bus).await?;
        let mut chosen = service.receive_action_invoked().await?;
        let mut closed = service.receive_notification_closed().await?;
        let system = fdo::DBusProxy::new(&bus).await?;
        let mut owners = system.receive_name_owner_changed_with_args(&[(0, SERVICE)]).await?;
        self.host.notifier.lock().service = Some(service);
        let (clock, mut events) = (self.host.clock(), self.vault.events());
        loop {
            let until = self.look().await;
            let in_time = async {
                match until {
                    Some(at) => clock.sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // A notification that goes with what was chosen on it is still known when that is done.
                biased;
                Some(signal) = chosen.next() => {
                    let signal = signal.args()?;
                    self.chosen(signal.id, &signal.action_key);
                }
                Some(signal) = closed.next() => self.host.notifier.closed(signal.args()?.id),
                heard = wait_for_change(&mut events) => if !heard { return Ok(()) },
                () = in_time => {}
                // Another service knows nothing of what the one before showed.
                owner = owners.next() => match owner {
                    Some(_) => self.host.notifier.lock().shown.clear(),
                    None => return Ok(()),
                },
            }
            // Names leave the screen at once, not after the pause.
            if !self.vault.is_locked() {
                clock.sleep(PAUSE).await;
                while events.try_recv().is_ok() {}
            }
        }
    }

    /// Says what is new and takes back what is over; returns when to look again by time alone.
    async fn look(&self) -> Option<Timestamp> {
        // Nobody may have used the window for too long: the computer slept.
        let looked = self.vault.lock_if_idle().await;
        if self.vault.is_locked() || self.host.is_quitting() {
            self.host.notifier.close_all().await;
            return None;
        }
        let told = async {
            looked?;
            self.tell().await
        };
        told.await.unwrap_or_else(|error| {
            tracing::warn!(code = error.code(), "what there is to be told is not known");
            // What was missed by this may be told by no other event.
            Some(self.look_again_at())
        })
    }

    fn look_again_at(&self) -> Timestamp {
        self.host.clock().now().checked_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX)
    }

    async fn tell(&self) -> Result<Option<Timestamp>, Error> {
        let _telling = self.host.notifier.telling.lock().await;
        let (causes, told) = (self.vault.causes().await?, self.vault.told().await?);
        let language = Language::chosen(&self.vault.settings().await?.language);
        let notifier = &self.host.notifier;
        let mut now_told = still_told(&causes, &told);
        let mut again = None;
        for step in plan(&causes, &told, &notifier.open()) {
            // Locked meanwhile: nothing is named. Ending: nobody would answer.
            if self.vault.is_locked() || self.host.is_quitting() {
                break;
            }
            let (topic, said) = match step {
                Step::Show(topic, said) => (topic, said),
                Step::Close(topic) => {
                    notifier.close(&topic).await;
                    continue;
                }
            };
            let Some(message) = message(&said, language, self.host.clock().now(), &TimeZone::system()) else {
                continue;
            };
            match notifier.show(topic, &said, message).await {
                Ok(()) => now_told.extend(said.into_iter().map(|cause| cause.key)),
                // It is said when there is somebody to say it, which the bus tells; who is only slow is asked again.
                Err(error) => {
                    tracing::debug!(%error, "a notification was not shown");
                    again = Some(self.look_again_at()).filter(|_| matches!(error, zbus::Error::Failure(_)));
                }
            }
        }
        if now_told != told {
            self.vault.remember_told(&now_told).await?;
        }
        Ok([causes.changes_at, again].into_iter().flatten().min())
    }

    /// Does what was chosen on one of our notifications.
    fn chosen(&self, id: u32, act: &str) {
        let (is_ours, credential) = self.host.notifier.about(id);
        if !is_ours {
            return;
        }
        match credential {
            Some(credential) if act == word(Act::SignIn) => drop(own(sign_in(self.host.clone(), credential))),
            credential => open(&self.host, credential.as_deref()),
        }
    }
}

fn open(host: &Host, credential: Option<&str>) {
    host.shell().show_window();
    if let Some(id) = credential {
        news::show_credential(host, id);
    }
}

/// Signs in again; where that can't even begin, the window says why.
async fn sign_in(host: Host, id: String) {
    if commands::sign_in_again(host.clone(), id.clone(), false).await.is_err() {
        open(&host, Some(&id));
    }
}

/// Waits for what may be another cause; false when there will be no more news.
async fn wait_for_change(events: &mut Receiver<Event>) -> bool {
    loop {
        match events.recv().await {
            Ok(Event::Changed(_) | Event::Settings | Event::Lock | Event::Keychain) | Err(RecvError::Lagged(_)) => {
                return true;
            }
            Ok(Event::Clipboard | Event::Waiting { .. }) => {}
            Err(RecvError::Closed) => return false,
        }
    }
}
