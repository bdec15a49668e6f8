//! Everything of ours in the keyring, read as another program would.
//!
//! `secret-tool` gives up at hundreds of items; the Secret Service is asked in pieces.

use std::collections::HashMap;

use anyhow::{Context, Result};
use fobwatch_tests::session::Session;
use zbus::Connection;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

const AT_A_TIME: usize = 40;
const SERVICE: &str = "org.freedesktop.secrets";
const PATH: &str = "/org/freedesktop/secrets";
const INTERFACE: &str = "org.freedesktop.Secret.Service";

/// A secret on the bus: its session, parameters, value and type.
type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

/// Returns the values of all items of Fobwatch, one after another.
pub(crate) async fn all(session: &Session) -> Result<String> {
    let lines = values(session).await?.into_iter().map(|value| format!("{}\n", String::from_utf8_lossy(&value)));
    Ok(lines.collect())
}

/// Returns the values of all items of Fobwatch.
pub(crate) async fn values(session: &Session) -> Result<Vec<Vec<u8>>> {
    let bus = session.connect().await?;
    let opened = call(&bus, "OpenSession", &("plain", Value::from(""))).await?;
    let (_, plain): (OwnedValue, OwnedObjectPath) = opened.body().deserialize()?;
    let found = call(&bus, "SearchItems", &(HashMap::from([("service", "dev.fobwatch")]),)).await?;
    let (items, _): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) = found.body().deserialize()?;
    let mut values = Vec::new();
    for some in items.chunks(AT_A_TIME) {
        let given = call(&bus, "GetSecrets", &(some, &plain)).await?;
        let secrets: HashMap<OwnedObjectPath, Secret> = given.body().deserialize()?;
        values.extend(secrets.into_values().map(|(_, _, value, _)| value));
    }
    Ok(values)
}

async fn call<B>(bus: &Connection, method: &str, body: &B) -> Result<zbus::Message>
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
{
    bus.call_method(Some(SERVICE), PATH, Some(INTERFACE), method, body).await.with_context(|| method.to_owned())
}
