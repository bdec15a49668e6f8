//! What the system tells of suspend and network, for the scheduler.
//!
//! On Linux these are signals on the system bus: logind's `PrepareForSleep` and `NetworkManager`'s `StateChanged`. Both
//! are hints: without a bus, or without the services, the stream stays silent and the clock does the rest. Only the
//! owner of each name is heard, so no other program of this machine can send us looking.

use fobwatch_core::ports::Wakes;

/// Listens to the system from its first poll on. Never ends.
#[cfg(target_os = "linux")]
#[must_use]
pub fn wakes() -> Wakes {
    linux::listen(zbus::Connection::system())
}

/// Other systems tell nobody without a window: there the clock looks by itself.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn wakes() -> Wakes {
    Box::pin(futures_util::stream::pending())
}

#[cfg(target_os = "linux")]
mod linux {
    use fobwatch_core::ports::{Wakes, Woke};
    use futures_util::stream::{self, StreamExt as _};
    use zbus::{Connection, Message};

    use crate::signals::{LOGIND, MANAGER, carried, signals};

    const NETWORK_MANAGER: &str = "org.freedesktop.NetworkManager";
    /// `NM_STATE_CONNECTED_LOCAL`, `_SITE` and `_GLOBAL` are 50, 60 and 70: from the second on somebody may be reached.
    const CONNECTED: u32 = 60;

    /// Hears what is told on the bus that `connecting` leads to.
    pub(super) fn listen(connecting: impl Future<Output = zbus::Result<Connection>> + Send + 'static) -> Wakes {
        let news = async {
            match subscribe(connecting).await {
                Ok(signals) => signals.filter_map(async |signal| meaning(&signal)).boxed(),
                Err(error) => {
                    tracing::debug!(%error, "the system tells nothing of suspend and network");
                    stream::pending().boxed()
                }
            }
        };
        stream::once(news).flatten().chain(stream::pending()).boxed()
    }

    async fn subscribe(
        connecting: impl Future<Output = zbus::Result<Connection>>,
    ) -> zbus::Result<impl stream::Stream<Item = zbus::Result<Message>> + Send + 'static> {
        let bus = connecting.await?;
        let asleep = signals(&bus, LOGIND, None, (MANAGER, "PrepareForSleep")).await?;
        let network = signals(&bus, NETWORK_MANAGER, None, (NETWORK_MANAGER, "StateChanged")).await?;
        Ok(stream::select(asleep, network))
    }

    /// Returns what a signal means for the scheduler, if anything.
    fn meaning(signal: &zbus::Result<Message>) -> Option<Woke> {
        // True before the sleep, false after it.
        if let Some(before) = carried::<bool>(signal, "PrepareForSleep") {
            return (!before).then_some(Woke::Resumed);
        }
        (carried::<u32>(signal, "StateChanged")? >= CONNECTED).then_some(Woke::Online)
    }

    #[cfg(test)]
    mod tests {
        use std::process::Stdio;

        use futures_util::FutureExt as _;
        use tokio::io::{AsyncBufReadExt as _, BufReader};

        use super::*;

        /// A bus of its own, which ends with the test.
        async fn bus() -> (tokio::process::Child, String) {
            let mut daemon = tokio::process::Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--print-address"])
                .stdout(Stdio::piped())
                .kill_on_drop(true)
                .spawn()
                .unwrap();
            let mut address = String::new();
            BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).await.unwrap();
            (daemon, address.trim().to_owned())
        }

        async fn connect(address: String) -> zbus::Result<Connection> {
            zbus::connection::Builder::address(address.as_str())?.build().await
        }

        #[tokio::test]
        async fn the_end_of_a_sleep_and_a_network_that_is_there_are_told_and_nothing_else_is() {
            let (_daemon, address) = bus().await;
            let system = connect(address.clone()).await.unwrap();
            let stranger = connect(address.clone()).await.unwrap();
            for name in [LOGIND, NETWORK_MANAGER] {
                system.request_name(name).await.unwrap();
            }
            let (path, manager) = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager");
            let mut heard = listen(connect(address));
            // It subscribes while it is polled; until then nothing is heard.
            let first = loop {
                stranger.emit_signal(None::<&str>, path, manager, "PrepareForSleep", &false).await.unwrap();
                system.emit_signal(None::<&str>, path, manager, "PrepareForSleep", &true).await.unwrap();
                system.emit_signal(None::<&str>, "/nm", NETWORK_MANAGER, "StateChanged", &20_u32).await.unwrap();
                system.emit_signal(None::<&str>, "/nm", NETWORK_MANAGER, "StateChanged", &70_u32).await.unwrap();
                if let Some(woke) = heard.next().now_or_never() {
                    break woke;
                }
                tokio::task::yield_now().await;
            };
            // The stranger's word, the going to sleep and a network that is gone do not count.
            assert_eq!(first, Some(Woke::Online));
            system.emit_signal(None::<&str>, path, manager, "PrepareForSleep", &false).await.unwrap();
            let next = loop {
                match heard.next().await {
                    Some(Woke::Online) => {}
                    other => break other,
                }
            };
            assert_eq!(next, Some(Woke::Resumed));
            // How often the network was there depends on how many rounds it took above.
            while let Some(more) = heard.next().now_or_never() {
                assert_eq!(more, Some(Woke::Online));
            }
        }

        #[tokio::test]
        async fn without_a_bus_nothing_is_told_and_nothing_fails() {
            let mut heard = listen(connect("unix:path=/nowhere/at/all".to_owned()));
            for _ in 0..1_000 {
                assert_eq!(heard.next().now_or_never(), None);
                tokio::task::yield_now().await;
            }
        }
    }
}
