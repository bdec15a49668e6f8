//! Asks the system whether its own person is in front of the computer: polkit on Linux.
//!
//! polkit is asked about the connection that asks (the subject `system-bus-name`): the bus itself says whose that is, so
//! no process id can be taken over by another program. First without a question to the person: where the system would
//! say yes to that (to root; by an administrator's rule), nobody would be asked, and its yes proves nothing. Whoever
//! stops waiting takes the question back by its cancellation id; and it goes with the connection in any case.

use fobwatch_core::app_lock::{GivenUp, NotAuthenticated};

/// Asks the person by way of the system, until `given_up`.
///
/// # Errors
/// Why the system did not say yes.
#[cfg(target_os = "linux")]
pub async fn authenticate(given_up: GivenUp) -> Result<(), NotAuthenticated> {
    linux::authenticate(given_up).await
}

/// Tells whether the system can be asked, without asking the person.
///
/// # Errors
/// Why it can't.
#[cfg(target_os = "linux")]
pub async fn available() -> Result<(), NotAuthenticated> {
    linux::available().await
}

/// No other system is asked yet.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub async fn authenticate(_: GivenUp) -> Result<(), NotAuthenticated> {
    Err(NotAuthenticated::NoService)
}

/// No other system is asked yet.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub async fn available() -> Result<(), NotAuthenticated> {
    Err(NotAuthenticated::NoService)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;
    use std::time::Duration;

    use fobwatch_core::app_lock::{GivenUp, NotAuthenticated};
    use zbus::Connection;
    use zbus::zvariant::Value;

    /// The action of `packaging/dev.fobwatch.policy`.
    const ACTION: &str = "dev.fobwatch.unlock";
    const POLKIT: &str = "org.freedesktop.PolicyKit1";
    const AUTHORITY: &str = "org.freedesktop.PolicyKit1.Authority";
    const PATH: &str = "/org/freedesktop/PolicyKit1/Authority";
    /// What polkit says of an action that it does not know. (It has no name for that alone.)
    const FAILED: &str = "org.freedesktop.PolicyKit1.Error.Failed";
    const ALLOW_USER_INTERACTION: u32 = 1;
    const DISMISSED: &str = "polkit.dismissed";
    /// Unique for one connection is all that it must be, and each question has a connection of its own.
    const QUESTION: &str = "unlock";
    /// polkit answers what needs no person in milliseconds, once the bus has started it.
    const ANSWERS_IN: Duration = Duration::from_secs(10);

    /// Whether it is allowed, whether it would be once somebody was asked, and what else there is to know.
    type Answer = (bool, bool, HashMap<String, String>);

    pub(super) async fn authenticate(given_up: GivenUp) -> Result<(), NotAuthenticated> {
        let asked = async {
            let bus = connect().await?;
            would_ask(&bus).await?;
            Ok(bus)
        };
        let mut given_up = given_up;
        let bus = tokio::select! {
            bus = asked => bus?,
            why = &mut given_up => return Err(why),
        };
        let answer = tokio::select! {
            answer = check(&bus, ALLOW_USER_INTERACTION, QUESTION) => answer?,
            why = given_up => {
                take_back(&bus).await;
                return Err(why);
            }
        };
        match answer {
            (true, ..) => Ok(()),
            (_, _, details) if details.contains_key(DISMISSED) => Err(NotAuthenticated::Dismissed),
            // It would still have to ask: nobody of this session does that for it.
            (_, true, _) => Err(NotAuthenticated::NoAgent),
            _ => Err(NotAuthenticated::Refused),
        }
    }

    pub(super) async fn available() -> Result<(), NotAuthenticated> {
        let asked = async { would_ask(&connect().await?).await };
        tokio::time::timeout(ANSWERS_IN, asked).await.unwrap_or(Err(NotAuthenticated::NoService))
    }

    async fn connect() -> Result<Connection, NotAuthenticated> {
        Connection::system().await.map_err(|error| {
            tracing::debug!(%error, "there is no system bus");
            NotAuthenticated::NoService
        })
    }

    async fn would_ask(bus: &Connection) -> Result<(), NotAuthenticated> {
        match check(bus, 0, "").await? {
            (true, ..) => Err(NotAuthenticated::NobodyAsked),
            (false, true, _) => Ok(()),
            // An administrator's rule says no, whoever is there.
            (false, false, _) => Err(NotAuthenticated::Refused),
        }
    }

    async fn check(bus: &Connection, flags: u32, question: &str) -> Result<Answer, NotAuthenticated> {
        let own = bus.unique_name().ok_or(NotAuthenticated::NoService)?;
        let subject = ("system-bus-name", HashMap::from([("name", Value::from(own.as_str()))]));
        let details = HashMap::<&str, &str>::new();
        let asks = (subject, ACTION, details, flags, question);
        let answer = bus.call_method(Some(POLKIT), PATH, Some(AUTHORITY), "CheckAuthorization", &asks).await;
        answer.and_then(|answer| answer.body().deserialize::<Answer>()).map_err(|error| why(&error))
    }

    fn why(error: &zbus::Error) -> NotAuthenticated {
        tracing::debug!(%error, "polkit does not answer");
        match error {
            zbus::Error::MethodError(name, ..) if name.as_str() == FAILED => NotAuthenticated::NoAction,
            _ => NotAuthenticated::NoService,
        }
    }

    /// Sends that the question is taken back; what polkit says to that nobody waits for.
    async fn take_back(bus: &Connection) {
        let sent = async {
            let message = zbus::Message::method_call(PATH, "CancelCheckAuthorization")?
                .destination(POLKIT)?
                .interface(AUTHORITY)?
                .with_flags(zbus::message::Flags::NoReplyExpected)?
                .build(&QUESTION)?;
            bus.send(&message).await
        };
        if let Err(error) = sent.await {
            tracing::debug!(%error, "the question could not be taken back");
        }
    }
}
