//! What the Secret Service is asked before the store is let near it.
//!
//! The store unlocks whatever it finds locked, which raises a prompt, and it waits for ever. These questions do
//! neither: each is a plain D-Bus call with a deadline (Secret Service API 0.2). The prompt is raised here too,
//! where it can be waited for with an end and taken back.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use fobwatch_core::ports::{ItemName, KeychainError};
use futures_util::future::try_join3;
use tokio::runtime::{Builder, Runtime};
use zbus::export::ordered_stream::OrderedStreamExt;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus::{Connection, Proxy};

use super::failure::{Failure, NO_DEFAULT, silent};
use super::worker::Status;
use super::{Deadlines, SERVICE};

const BUS_NAME: &str = "org.freedesktop.secrets";
const SERVICE_PATH: &str = "/org/freedesktop/secrets";
const SERVICE_INTERFACE: &str = "org.freedesktop.Secret.Service";
const COLLECTION_INTERFACE: &str = "org.freedesktop.Secret.Collection";
const PROMPT_INTERFACE: &str = "org.freedesktop.Secret.Prompt";

/// The questions, over a connection of their own.
pub(super) struct Gate {
    deadlines: Deadlines,
    status: Status,
    runtime: Option<Runtime>,
    bus: Option<Connection>,
}

impl Gate {
    pub(super) fn new(deadlines: Deadlines, status: Status) -> Self {
        Self { deadlines, status, runtime: None, bus: None }
    }

    /// Forgets the connection, so that the next question makes a new one.
    pub(super) fn disconnect(&mut self) {
        self.bus = None;
    }

    /// Passes only if the default keyring is there, kept on disk and unlocked, and so is `item` (or, without one,
    /// every item of ours) wherever it lies.
    pub(super) fn pass(&mut self, item: Option<&ItemName>) -> Result<(), Failure> {
        let answer = self.ask(item);
        // A busy gnome-keyring says so, too, when it lost track of who asks. A new connection is somebody else to it.
        if matches!(&answer, Err(Failure::Final(KeychainError::Unavailable(why))) if why == NO_DEFAULT) {
            self.disconnect();
            return self.ask(item);
        }
        answer
    }

    fn ask(&mut self, item: Option<&ItemName>) -> Result<(), Failure> {
        // Shorter than the caller's own deadline, so that the thread is free again before the caller leaves.
        let limit = self.deadlines.ordinary / 2;
        let item = item.cloned();
        self.run(|bus, _, _| async move {
            match tokio::time::timeout(limit, refusal(&bus, item.as_ref())).await {
                Ok(answer) => answer,
                Err(_) => Err(silent()),
            }
        })
    }

    /// Unlocks the default keyring and what else holds items of ours, through the system's prompt.
    pub(super) fn unlock(&mut self) -> Result<(), Failure> {
        self.run(|bus, deadlines, status| async move {
            let asking = async {
                let mut objects = locked_items(&bus, None).await?;
                objects.push(default_collection(&bus).await?);
                service(&bus)
                    .await?
                    .call::<_, _, (Vec<OwnedObjectPath>, OwnedObjectPath)>("Unlock", &(objects,))
                    .await
                    .map_err(|error| Failure::from(&error))
            };
            let Ok(answer) = tokio::time::timeout(deadlines.ordinary / 2, asking).await else {
                return Err(silent());
            };
            let (_, prompt) = answer?;
            if prompt.as_str() != "/" {
                status.prompting(true);
                let answered = prompted(&bus, prompt, deadlines.unlock).await;
                status.prompting(false);
                answered?;
            }
            match tokio::time::timeout(deadlines.ordinary / 4, refusal(&bus, None)).await {
                Ok(answer) => answer,
                Err(_) => Err(silent()),
            }
        })
    }

    /// Runs one question on this thread's own small runtime, connecting first if need be.
    fn run<F>(&mut self, question: impl FnOnce(Connection, Deadlines, Status) -> F) -> Result<(), Failure>
    where
        F: Future<Output = Result<(), Failure>>,
    {
        let (deadlines, status) = (self.deadlines, self.status.clone());
        let runtime = match &mut self.runtime {
            Some(runtime) => runtime,
            empty => empty.insert(Builder::new_current_thread().enable_all().build().map_err(|error| {
                Failure::Final(KeychainError::Unavailable(format!("no runtime for the keychain: {error}")))
            })?),
        };
        let bus = &mut self.bus;
        runtime.block_on(async {
            let connection = match bus {
                Some(connection) => connection.clone(),
                empty => empty.insert(connect(deadlines.ordinary / 4).await?).clone(),
            };
            question(connection, deadlines, status).await
        })
    }
}

async fn connect(limit: Duration) -> Result<Connection, Failure> {
    let lost = |why: String| Failure::Final(KeychainError::Unavailable(why));
    match tokio::time::timeout(limit, Connection::session()).await {
        Ok(connection) => connection.map_err(|error| lost(format!("there is no session bus: {error}"))),
        Err(_) => Err(lost("the session bus did not answer".into())),
    }
}

async fn service(bus: &Connection) -> Result<Proxy<'static>, Failure> {
    proxy(bus, SERVICE_PATH.to_owned(), SERVICE_INTERFACE).await
}

async fn proxy(bus: &Connection, path: String, interface: &'static str) -> Result<Proxy<'static>, Failure> {
    // Without a cache: a property read once would hide that somebody locked the keyring since.
    let proxy = zbus::proxy::Builder::new(bus)
        .destination(BUS_NAME)
        .and_then(|builder| builder.path(path))
        .and_then(|builder| builder.interface(interface))
        .map(|builder| builder.cache_properties(zbus::proxy::CacheProperties::No));
    match proxy {
        Ok(builder) => builder.build().await.map_err(|error| Failure::from(&error)),
        Err(error) => Err(Failure::from(&error)),
    }
}

/// Says why the store must not be called now, if so.
async fn refusal(bus: &Connection, item: Option<&ItemName>) -> Result<(), Failure> {
    // Together: behind somebody else's writing each question waits for one of its calls.
    let (collection, of_session, locked) =
        try_join3(default_collection(bus), alias(bus, "session"), locked_items(bus, item)).await?;
    if collection == of_session || collection.as_str().ends_with("/collection/session") {
        let why = "the default keyring lasts only as long as the session";
        return Err(Failure::Final(KeychainError::NotPersistent(why.into())));
    }
    let collection = proxy(bus, collection.as_str().to_owned(), COLLECTION_INTERFACE).await?;
    let is_locked: bool = collection.get_property("Locked").await.map_err(|error| Failure::from(&error))?;
    if is_locked || !locked.is_empty() {
        return Err(Failure::Final(KeychainError::Locked));
    }
    Ok(())
}

async fn default_collection(bus: &Connection) -> Result<OwnedObjectPath, Failure> {
    let path = alias(bus, "default").await?;
    if path.as_str() == "/" {
        return Err(Failure::Final(KeychainError::Unavailable(NO_DEFAULT.into())));
    }
    Ok(path)
}

async fn alias(bus: &Connection, name: &str) -> Result<OwnedObjectPath, Failure> {
    service(bus).await?.call("ReadAlias", &(name,)).await.map_err(|error| Failure::from(&error))
}

/// Finds what the store would unlock: the locked items that carry its attributes, in whichever keyring.
async fn locked_items(bus: &Connection, item: Option<&ItemName>) -> Result<Vec<OwnedObjectPath>, Failure> {
    let mut attributes = HashMap::from([("service", SERVICE)]);
    if let Some(item) = item {
        attributes.insert("username", item.0.as_str());
    }
    let found = service(bus).await?.call("SearchItems", &(attributes,)).await;
    let (_, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) = found.map_err(|error| Failure::from(&error))?;
    Ok(locked)
}

/// Raises the prompt and waits for the person's answer; takes the prompt back when time is up.
async fn prompted(bus: &Connection, path: OwnedObjectPath, limit: Duration) -> Result<(), Failure> {
    let prompt = proxy(bus, path.as_str().to_owned(), PROMPT_INTERFACE).await?;
    // Listening before asking: the answer may come at once.
    let mut completed = prompt.receive_signal("Completed").await.map_err(|error| Failure::from(&error))?;
    let answer = async {
        prompt.call::<_, _, ()>("Prompt", &("",)).await.map_err(|error| Failure::from(&error))?;
        let Some(signal) = completed.next().await else {
            return Err(Failure::Final(KeychainError::Unavailable("the session bus went away".into())));
        };
        let body = signal.body().deserialize::<(bool, OwnedValue)>();
        let (dismissed, _) = body.map_err(|error| Failure::from(&error))?;
        if dismissed { Err(Failure::Final(KeychainError::Locked)) } else { Ok(()) }
    };
    if let Ok(answer) = tokio::time::timeout(limit, answer).await {
        return answer;
    }
    let dismissed = tokio::time::timeout(Duration::from_secs(1), prompt.call::<_, _, ()>("Dismiss", &())).await;
    if !matches!(dismissed, Ok(Ok(()))) {
        tracing::debug!("the unanswered prompt could not be taken back");
    }
    Err(Failure::Final(KeychainError::Locked))
}
