//! How often a renewal asks the keychain, and who goes first there.

use std::time::Duration;

use futures_util::future::join;

use crate::fakes::World;
use crate::refresh::{Ask, Renewal};
use crate::vault::lock;

/// The calls of an ordinary renewal: both slots, the new value and its reading back, the old slot.
const CALLS: [&str; 5] = ["get", "get", "set", "get", "delete"];

#[tokio::test]
async fn a_renewal_reads_each_slot_once_writes_once_and_empties_once() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    for _ in 0..3 {
        lock(&world.keychain.calls).clear();
        vault.refresh(id, Ask::Now).await.unwrap();
        let calls: Vec<&str> = lock(&world.keychain.calls).iter().map(|call| call.0).collect();
        assert_eq!(calls, CALLS);
        world.clock.advance(1);
    }
}

#[tokio::test]
async fn the_scheduler_lets_others_go_first_until_somebody_joins_it() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    let patience = || lock(&world.keychain.calls).drain(..).map(|call| call.1).collect::<Vec<bool>>();
    patience();
    world.clock.advance(3600);
    assert_eq!(vault.refresh(id, Ask::Due).await, Ok(Renewal::Renewed));
    assert_eq!(patience(), [true; CALLS.len()]);

    world.clock.advance(3600);
    world.http.gate.forget_permits(usize::MAX);
    lock(&world.http.asked).clear();
    let person = async {
        // The provider is being asked: from here on a person waits too.
        while lock(&world.http.asked).is_empty() {
            tokio::task::yield_now().await;
        }
        let joined = vault.refresh(id, Ask::Lasting(Duration::from_mins(1)));
        // Polled in this order: the answer comes when the person waits.
        join(joined, async { world.http.gate.add_permits(1) }).await.0
    };
    let (due, person) = join(vault.refresh(id, Ask::Due), person).await;
    assert_eq!((due, person), (Ok(Renewal::Renewed), Ok(Renewal::Renewed)));
    assert_eq!(patience(), [true, true, false, false, false]);

    world.http.gate.add_permits(1);
    vault.refresh(id, Ask::Now).await.unwrap();
    assert_eq!(patience(), [false; CALLS.len()], "a person's own renewal");
}
