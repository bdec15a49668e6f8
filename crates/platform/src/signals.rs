//! Signals on a bus: what [`crate::wakes`] and [`crate::lock_calls`] hear.

use zbus::{Connection, MatchRule, Message, MessageStream};

/// The service that knows of sleep and sessions.
pub(crate) const LOGIND: &str = "org.freedesktop.login1";
/// Its manager.
pub(crate) const MANAGER: &str = "org.freedesktop.login1.Manager";

/// Hears one signal of the owner of a name, from every object or from the one at `path`.
pub(crate) async fn signals(
    bus: &Connection,
    sender: &str,
    path: Option<&str>,
    (interface, member): (&str, &str),
) -> zbus::Result<MessageStream> {
    let mut rule = MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .sender(sender)?
        .interface(interface)?
        .member(member)?;
    if let Some(path) = path {
        rule = rule.path(path)?;
    }
    MessageStream::for_match_rule(rule.build().to_owned(), bus, None).await
}

/// Tells whether a signal is called so, and returns what it carries.
pub(crate) fn carried<T>(signal: &zbus::Result<Message>, member: &str) -> Option<T>
where
    T: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
{
    let Ok(signal) = signal else { return None };
    let header = signal.header();
    if header.member()?.as_str() != member {
        return None;
    }
    // One that carries something else says nothing.
    let body = signal.body();
    let Ok(carried) = body.deserialize::<T>() else { return None };
    Some(carried)
}
