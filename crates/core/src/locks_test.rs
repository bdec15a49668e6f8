//! Tests of the locks: who waits, who is told, and file systems that have none.

use super::*;

fn locks(home: &Path) -> (Locks, broadcast::Receiver<Event>) {
    let (events, heard) = broadcast::channel(8);
    (Locks::open(home, events).unwrap(), heard)
}

#[tokio::test]
async fn a_bounded_wait_ends_and_an_unbounded_one_gets_the_lock_in_the_end() {
    let home = tempfile::tempdir().unwrap();
    let (locks, _) = locks(home.path());
    let first = locks.hold("x").await.unwrap();
    let waits = locks.hold_within("x", Some(Duration::ZERO)).await;
    assert!(matches!(waits, Err(Error::Busy)));
    let mut patient = std::pin::pin!(locks.hold_at_last("x"));
    let early = timeout(Duration::from_millis(50), &mut patient).await;
    assert!(early.is_err(), "it gave up, or took a lock that is held");
    drop(first);
    patient.await.unwrap();
}

#[tokio::test]
async fn who_waits_long_is_told_for_whom_and_who_does_not_is_told_nothing() {
    let home = tempfile::tempdir().unwrap();
    let (locks, mut heard) = locks(home.path());
    let id = crate::credential::CredentialId::random();
    let name = id.to_string();
    let first = locks.hold(&name).await.unwrap();
    assert!(heard.try_recv().is_err(), "nobody waited");
    assert!(matches!(locks.hold_within(&name, Some(Duration::ZERO)).await, Err(Error::Busy)));
    let Ok(Event::Waiting { id: told, holder: Some(holder) }) = heard.try_recv() else { panic!("nothing is told") };
    assert_eq!((told, holder.pid), (id, std::process::id()));
    assert!(holder.program.starts_with("fobwatch"), "{holder:?}");
    drop(first);
    // The lock for a new vault's key belongs to no credential.
    let _first = locks.hold("vault").await.unwrap();
    assert!(locks.hold_within("vault", Some(Duration::ZERO)).await.is_err() && heard.try_recv().is_err());
}

#[test]
fn a_holder_that_is_not_written_down_whole_is_nobody() {
    let home = tempfile::tempdir().unwrap();
    let (locks, _) = locks(home.path());
    assert_eq!(locks.holder("x"), None);
    let whole = "4711 fob\n";
    for end in 0..whole.len() {
        std::fs::write(locks.path("x"), &whole[..end]).unwrap();
        assert_eq!(locks.holder("x"), None, "{end}");
    }
    for odd in
        ["fob 4711\n", "-1 fob\n", "4711 fob; rm\n", "4711 \u{1b}[2J\n", "4711 \n", "99999999999 fob\n", "\u{0}\n"]
    {
        std::fs::write(locks.path("x"), odd).unwrap();
        assert_eq!(locks.holder("x"), None, "{odd:?}");
    }
    std::fs::write(locks.path("x"), whole).unwrap();
    assert_eq!(locks.holder("x"), Some(Holder { pid: 4711, program: "fob".to_owned() }));
}

#[test]
fn locks_that_do_not_exclude_are_no_locks() {
    use std::io::{Error as Io, ErrorKind as K};
    let refused = || Err(TryLockError::WouldBlock);
    let failed = |error: Io| Err(TryLockError::Error(error));
    assert_eq!(exclude(&Ok(()), refused), Ok(()));
    assert_eq!(exclude(&Ok(()), || Ok(())), Err(StorageError::NoLocks));
    for missing in [|| Io::from(K::Unsupported), || Io::from_raw_os_error(NO_LOCKS_LEFT)] {
        assert_eq!(exclude(&failed(missing()), || panic!("once is enough")), Err(StorageError::NoLocks));
        assert_eq!(exclude(&Ok(()), || failed(missing())), Err(StorageError::NoLocks));
    }
    // Another process at the same test has shown that locks exclude, and is not waited for.
    assert_eq!(exclude(&refused(), || panic!("the first is not held")), Ok(()));
    assert_eq!(exclude(&failed(K::PermissionDenied.into()), refused), Err(StorageError::ReadOnly));
}

#[test]
fn a_vault_opens_while_another_process_tries_the_locks() {
    let home = tempfile::tempdir().unwrap();
    let (first, _) = locks(home.path());
    let at_its_test = first.file(PROBE).unwrap();
    at_its_test.try_lock().unwrap();
    locks(home.path());
}

#[test]
fn the_sentence_names_the_time_that_was_waited() {
    let said = crate::sentence::sentence(&Error::Busy, None).message;
    assert!(said.contains("more than five minutes") && PATIENCE > Duration::from_mins(5), "{said}");
    assert!(PATIENCE < Duration::from_mins(6), "{said}");
}
