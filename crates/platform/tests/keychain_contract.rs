//! The contract of the keychain port, kept by a real gnome-keyring on a private session bus.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fobwatch_core::ports::{ItemName, Keychain, KeychainError};
use fobwatch_core::secret::SecretBytes;
use fobwatch_platform::OsKeychain;
use fobwatch_platform::keychain::{Deadlines, self_test};

#[path = "support/session.rs"]
mod session;
#[path = "support/situation.rs"]
mod situation;

use session::{Bus, Keyring, call, lock};
use situation::in_own_process;

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work)
}

fn item(name: &str) -> ItemName {
    ItemName(name.into())
}

fn bytes(value: &[u8]) -> SecretBytes {
    SecretBytes::new(value.to_vec())
}

/// Short enough to wait for.
fn hasty() -> OsKeychain {
    OsKeychain::with_deadlines(Deadlines { ordinary: Duration::from_secs(3), unlock: Duration::from_secs(3) })
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[test]
fn what_is_set_is_read_replaced_and_deleted() {
    in_own_process("what_is_set_is_read_replaced_and_deleted", Bus::start, || {
        let _keyring = Keyring::unlocked();
        run(async {
            let keychain = OsKeychain::new();
            let name = item("acme:tokens");
            assert_eq!(keychain.check().await, Ok(()));
            assert_eq!(keychain.get(&name).await, Err(KeychainError::Missing));
            keychain.set(&name, "Acme", &bytes(b"one\0\xff")).await.unwrap();
            assert_eq!(keychain.get(&name).await, Ok(bytes(b"one\0\xff")));
            keychain.set(&name, "Acme", &bytes(b"two")).await.unwrap();
            // Read by another connection, as the next start of the program would.
            assert_eq!(OsKeychain::new().get(&name).await, Ok(bytes(b"two")));
            assert_eq!(keychain.get(&item("acme:other")).await, Err(KeychainError::Missing));
            keychain.delete(&name).await.unwrap();
            assert_eq!(keychain.get(&name).await, Err(KeychainError::Missing));
            assert_eq!(keychain.delete(&name).await, Ok(()));
            assert_eq!(self_test(&keychain).await, Ok(()));
            assert_eq!(keychain.unlock().await, Ok(()));
            assert_eq!(keychain.limit(), None);
        });
    });
}

#[test]
fn keychain_programs_show_the_label() {
    in_own_process("keychain_programs_show_the_label", Bus::start, || {
        let _keyring = Keyring::unlocked();
        run(OsKeychain::new().set(&item("acme:tokens"), "Fobwatch: Acme (ada)", &bytes(b"x"))).unwrap();
        let query = ["{'service': 'dev.fobwatch', 'username': 'acme:tokens'}"];
        let found = call("/org/freedesktop/secrets", "org.freedesktop.Secret.Service.SearchItems", &query);
        let path = found.split('\'').find(|part| part.starts_with('/')).expect("the item is found by its attributes");
        let properties = ["org.freedesktop.Secret.Item", "Label"];
        let label = call(path, "org.freedesktop.DBus.Properties.Get", &properties);
        assert!(label.contains("Fobwatch: Acme (ada)"), "{label}");
    });
}

#[test]
fn a_locked_keychain_is_not_an_empty_one() {
    in_own_process("a_locked_keychain_is_not_an_empty_one", Bus::start, || {
        let _keyring = Keyring::unlocked();
        run(async {
            let keychain = OsKeychain::new();
            keychain.set(&item("there"), "There", &bytes(b"1")).await.unwrap();
            lock();
            for keychain in [keychain, OsKeychain::new()] {
                assert_eq!(keychain.get(&item("there")).await, Err(KeychainError::Locked));
                assert_eq!(keychain.get(&item("missing")).await, Err(KeychainError::Locked));
                assert_eq!(keychain.set(&item("there"), "There", &bytes(b"2")).await, Err(KeychainError::Locked));
                assert_eq!(keychain.set(&item("new"), "New", &bytes(b"2")).await, Err(KeychainError::Locked));
                assert_eq!(keychain.delete(&item("there")).await, Err(KeychainError::Locked));
                assert_eq!(keychain.check().await, Err(KeychainError::Locked));
                // Nobody on this bus shows a prompt, which is the same as a person who dismisses it.
                assert_eq!(keychain.unlock().await, Err(KeychainError::Locked));
            }
        });
    });
}

#[test]
fn without_a_service_or_a_default_keyring_it_is_unavailable() {
    in_own_process("without_a_service_or_a_default_keyring_it_is_unavailable", Bus::start, || {
        run(async {
            let keychain = hasty();
            let started = Instant::now();
            for _ in 0..3 {
                let error = keychain.get(&item("x")).await.unwrap_err();
                assert!(matches!(error, KeychainError::Unavailable(_)), "{error:?}");
            }
            assert!(matches!(keychain.check().await, Err(KeychainError::Unavailable(_))));
            assert!(started.elapsed() < Duration::from_secs(9));
            // The service arrives, without a keyring: the person must hear that, and no prompt may ask for one.
            let _keyring = Keyring::empty();
            let none = KeychainError::Unavailable("there is no default keyring".into());
            assert_eq!(keychain.check().await, Err(none.clone()));
            assert_eq!(keychain.get(&item("x")).await, Err(none.clone()));
            assert_eq!(keychain.set(&item("x"), "X", &bytes(b"1")).await, Err(none.clone()));
            assert_eq!(keychain.unlock().await, Err(none));
        });
    });
}

#[test]
fn without_a_bus_it_is_unavailable() {
    let nowhere = || ((), vec![("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus".into())]);
    in_own_process("without_a_bus_it_is_unavailable", nowhere, || {
        run(async {
            let keychain = OsKeychain::new();
            let started = Instant::now();
            for answer in [keychain.check().await, keychain.unlock().await, self_test(&keychain).await] {
                assert!(matches!(answer, Err(KeychainError::Unavailable(_))), "{answer:?}");
            }
            assert!(started.elapsed() < Duration::from_secs(5));
        });
    });
}

#[test]
fn a_keyring_that_ends_with_the_session_is_refused() {
    in_own_process("a_keyring_that_ends_with_the_session_is_refused", Bus::start, || {
        let _keyring = Keyring::unlocked();
        let alias = ["default", "/org/freedesktop/secrets/collection/session"];
        call("/org/freedesktop/secrets", "org.freedesktop.Secret.Service.SetAlias", &alias);
        run(async {
            let keychain = OsKeychain::new();
            assert!(matches!(keychain.check().await, Err(KeychainError::NotPersistent(_))));
            let set = keychain.set(&item("x"), "X", &bytes(b"1")).await;
            assert!(matches!(set, Err(KeychainError::NotPersistent(_))));
        });
    });
}

#[test]
fn a_service_that_never_answers_costs_one_deadline_and_no_threads() {
    in_own_process("a_service_that_never_answers_costs_one_deadline_and_no_threads", Bus::start, || {
        run(async {
            let _mute = zbus::connection::Builder::session()
                .unwrap()
                .name("org.freedesktop.secrets")
                .unwrap()
                .build()
                .await
                .unwrap();
            let keychain = Arc::new(hasty());
            let started = Instant::now();
            assert!(matches!(keychain.get(&item("x")).await, Err(KeychainError::Unavailable(_))));
            assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
            let before = threads();
            let asked = (0..50).map(|_| {
                let keychain = Arc::clone(&keychain);
                async move { keychain.get(&item("x")).await }
            });
            let mut all = tokio::task::JoinSet::new();
            asked.for_each(|ask| drop(all.spawn(ask)));
            for answer in all.join_all().await {
                assert!(matches!(answer, Err(KeychainError::Unavailable(_))), "{answer:?}");
            }
            assert!(started.elapsed() < Duration::from_secs(12), "{:?}", started.elapsed());
            assert!(threads() <= before, "{} threads after {before}", threads());
        });
    });
}

#[test]
fn a_service_that_freezes_and_thaws_serves_again() {
    in_own_process("a_service_that_freezes_and_thaws_serves_again", Bus::start, || {
        let keyring = Keyring::unlocked();
        run(async {
            let keychain = hasty();
            keychain.set(&item("x"), "X", &bytes(b"1")).await.unwrap();
            keyring.freeze();
            assert!(matches!(keychain.get(&item("x")).await, Err(KeychainError::Unavailable(_))));
            let late = keychain.set(&item("x"), "X", &bytes(b"2")).await;
            assert!(matches!(late, Err(KeychainError::Unavailable(_))));
            keyring.thaw();
            // What was reported as failed has not happened behind the caller's back.
            assert_eq!(keychain.get(&item("x")).await, Ok(bytes(b"1")));
        });
    });
}

#[test]
fn a_restarted_daemon_is_found_again() {
    in_own_process("a_restarted_daemon_is_found_again", Bus::start, || {
        let keyring = Keyring::unlocked();
        run(async {
            let keychain = OsKeychain::new();
            keychain.set(&item("x"), "X", &bytes(b"1")).await.unwrap();
            drop(keyring);
            assert!(matches!(keychain.get(&item("x")).await, Err(KeychainError::Unavailable(_))));
            let second = Keyring::unlocked();
            assert_eq!(keychain.get(&item("x")).await, Ok(bytes(b"1")));
            drop(second);
            let _third = Keyring::unlocked();
            keychain.set(&item("x"), "X", &bytes(b"2")).await.unwrap();
            assert_eq!(keychain.get(&item("x")).await, Ok(bytes(b"2")));
        });
    });
}

#[test]
fn long_values_come_back_whole() {
    in_own_process("long_values_come_back_whole", Bus::start, || {
        let _keyring = Keyring::unlocked();
        run(async {
            let keychain = OsKeychain::new();
            for size in [0, 1, 2_560, 2_561, 65_536] {
                let value: Vec<u8> = (0..=u8::MAX).cycle().take(size).collect();
                keychain.set(&item("long"), "Long", &bytes(&value)).await.unwrap();
                assert_eq!(keychain.get(&item("long")).await, Ok(bytes(&value)), "{size}");
            }
        });
    });
}

#[test]
fn thirty_two_threads_on_one_item_tear_no_value() {
    in_own_process("thirty_two_threads_on_one_item_tear_no_value", Bus::start, || {
        let _keyring = Keyring::unlocked();
        // Each round writes and reads; `make crash` asks for a hundred.
        let rounds: u32 = std::env::var("FOB_KEYCHAIN_ROUNDS").map_or(10, |text| text.parse().unwrap());
        // Four ports: four connections that really race, each with eight threads in its queue.
        let ports: Vec<_> = (0..4).map(|_| Arc::new(OsKeychain::new())).collect();
        run(ports[0].set(&item("one"), "One", &bytes(&[b'a'; 1_000]))).unwrap();
        let threads: Vec<_> = (0..32_u8)
            .map(|thread| {
                let keychain = Arc::clone(&ports[usize::from(thread) % ports.len()]);
                std::thread::spawn(move || {
                    let own = bytes(&vec![b'a' + thread; 1_000 + usize::from(thread)]);
                    run(async {
                        for _ in 0..rounds {
                            keychain.set(&item("one"), "One", &own).await.unwrap();
                            let read = keychain.get(&item("one")).await.unwrap();
                            // Exposed to see whether two values were mixed.
                            let first = read.expose()[0];
                            assert_eq!(read.expose().len(), 1_000 + usize::from(first - b'a'));
                            assert!(read.expose().iter().all(|byte| *byte == first));
                        }
                    });
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}
