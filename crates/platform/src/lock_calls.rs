//! What the system tells of people who leave: the computer goes to sleep, the session or its screen is locked.
//!
//! On Linux these are signals: logind's `PrepareForSleep`, and of this session `Lock` and `LockedHint`, on the system bus;
//! the screen savers' `ActiveChanged` on the session bus. Nothing is asked again and again. Each source is for itself:
//! without a bus, or without the service, it stays silent and a line in the log says so. Only the owner of each name is
//! heard.
//!
//! logind waits with the sleep for whoever asked it to (an inhibitor of the kind "delay", five seconds at the most): the
//! call carries that inhibitor, so that the computer sleeps when the call is dropped. It is taken anew after each sleep.

use fobwatch_core::ports::LockCalls;

/// Listens to the system from its first poll on. Never ends.
#[cfg(target_os = "linux")]
#[must_use]
pub fn lock_calls() -> LockCalls {
    linux::listen(zbus::Connection::system(), zbus::Connection::session())
}

/// Nothing is heard of other systems yet: there the window locks when it is not used, and when asked.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn lock_calls() -> LockCalls {
    Box::pin(futures_util::stream::pending())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;
    use std::sync::{Arc, Mutex, PoisonError};

    use fobwatch_core::ports::{LockCall, LockCalls};
    use fobwatch_core::view::LockReason;
    use futures_util::stream::{self, BoxStream, StreamExt as _};
    use zbus::zvariant::{OwnedFd, OwnedObjectPath, OwnedValue};
    use zbus::{Connection, Message};

    use crate::signals::{LOGIND, MANAGER, carried, signals};

    const MANAGER_PATH: &str = "/org/freedesktop/login1";
    const SESSION: &str = "org.freedesktop.login1.Session";
    const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
    /// The session of whoever asks; of a program that runs in none, the one that its person sees.
    const OWN_SESSION: &str = "auto";
    const SAVERS: [&str; 2] = ["org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver"];

    /// Hears what is told on the buses that these lead to.
    pub(super) fn listen(
        system: impl Future<Output = zbus::Result<Connection>> + Send + 'static,
        session: impl Future<Output = zbus::Result<Connection>> + Send + 'static,
    ) -> LockCalls {
        let of_system = async {
            match system.await {
                Ok(bus) => {
                    let sleep = or_silent("sleep", sleep(bus.clone()).await);
                    stream::select(sleep, or_silent("a locked session", session_locks(&bus).await)).boxed()
                }
                Err(error) => silent("sleep and locked sessions", &error),
            }
        };
        let of_session = async {
            match session.await {
                Ok(bus) => or_silent("a locked screen", screen_locks(&bus).await),
                Err(error) => silent("a locked screen", &error),
            }
        };
        stream::select(stream::once(of_system).flatten(), stream::once(of_session).flatten()).boxed()
    }

    fn or_silent(what: &str, heard: zbus::Result<LockCalls>) -> LockCalls {
        heard.unwrap_or_else(|error| silent(what, &error))
    }

    fn silent(what: &str, error: &zbus::Error) -> LockCalls {
        tracing::debug!(%error, "the system tells nothing of {what}");
        stream::pending().boxed()
    }

    /// What keeps the computer awake until it is dropped.
    type Inhibitor = Arc<Mutex<Option<OwnedFd>>>;

    async fn sleep(bus: Connection) -> zbus::Result<LockCalls> {
        let told = signals(&bus, LOGIND, None, (MANAGER, "PrepareForSleep")).await?;
        let held = Inhibitor::default();
        take(&bus, &held).await;
        let heard = told.filter_map(move |signal| {
            let (bus, held) = (bus.clone(), held.clone());
            async move {
                // True before the sleep, false after it.
                if carried::<bool>(&signal, "PrepareForSleep")? {
                    let waits = held.lock().unwrap_or_else(PoisonError::into_inner).take();
                    return Some(call(LockReason::Sleep, waits.map(|waits| Box::new(waits) as Box<dyn Send>)));
                }
                take(&bus, &held).await;
                None
            }
        });
        Ok(heard.boxed())
    }

    async fn take(bus: &Connection, held: &Inhibitor) {
        let why = ("sleep", "Fobwatch", "Locks before the computer sleeps", "delay");
        let asked = bus.call_method(Some(LOGIND), MANAGER_PATH, Some(MANAGER), "Inhibit", &why).await;
        match asked.and_then(|answer| answer.body().deserialize::<OwnedFd>()) {
            Ok(inhibitor) => *held.lock().unwrap_or_else(PoisonError::into_inner) = Some(inhibitor),
            Err(error) => tracing::debug!(%error, "the computer does not wait with its sleep"),
        }
    }

    async fn session_locks(bus: &Connection) -> zbus::Result<LockCalls> {
        let answer = bus.call_method(Some(LOGIND), MANAGER_PATH, Some(MANAGER), "GetSession", &OWN_SESSION).await?;
        let path: OwnedObjectPath = answer.body().deserialize()?;
        let asked = signals(bus, LOGIND, Some(path.as_str()), (SESSION, "Lock")).await?;
        let changed = signals(bus, LOGIND, Some(path.as_str()), (PROPERTIES, "PropertiesChanged")).await?;
        let asked = asked.filter_map(async |signal| carried::<()>(&signal, "Lock"));
        let hinted = changed.filter_map(async |signal| is_locked_now(&signal));
        Ok(locks(stream::select(asked.boxed(), hinted.boxed()).boxed()))
    }

    /// The desktop says that its screen is locked.
    fn is_locked_now(signal: &zbus::Result<Message>) -> Option<()> {
        type Changed = (String, HashMap<String, OwnedValue>, Vec<String>);
        let (interface, properties, _) = carried::<Changed>(signal, "PropertiesChanged")?;
        let hint = properties.get("LockedHint").filter(|_| interface == SESSION)?;
        hint.downcast_ref::<bool>().is_ok_and(|locked| locked).then_some(())
    }

    async fn screen_locks(bus: &Connection) -> zbus::Result<LockCalls> {
        let mut heard = Vec::new();
        for saver in SAVERS {
            let told = signals(bus, saver, None, (saver, "ActiveChanged")).await?;
            let on = told.filter_map(async |signal| carried::<bool>(&signal, "ActiveChanged")?.then_some(()));
            heard.push(on.boxed());
        }
        Ok(locks(stream::select_all(heard).boxed()))
    }

    fn locks(heard: BoxStream<'static, ()>) -> LockCalls {
        heard.map(|()| call(LockReason::Screen, None)).boxed()
    }

    fn call(reason: LockReason, waits: Option<Box<dyn Send>>) -> LockCall {
        LockCall { reason, waits }
    }
}
