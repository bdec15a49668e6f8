//! The scheduler on a clock that the test moves.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream;

use super::*;
use crate::fakes::{Play, World};
use crate::ports::{Clock as _, HttpError};

/// Ten years, in seconds.
const YEARS: i64 = 10 * 365 * 86_400;

/// A vault whose scheduler runs until the test ends.
struct Kept {
    world: World,
    vault: Arc<Vault>,
    wake: mpsc::UnboundedSender<Woke>,
    task: tokio::task::JoinHandle<Result<(), Error>>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Kept {
    /// Starts the scheduler once `count` logins are there.
    async fn with(count: usize) -> (Self, Vec<CredentialId>) {
        let world = World::new();
        let vault = Arc::new(world.open().await);
        let mut ids = Vec::new();
        for n in 0..count {
            ids.push(world.sign_in(&vault, &format!("api {n}")).await);
        }
        lock(&world.http.asked).clear();
        (Self::of(world, vault), ids)
    }

    fn of(world: World, vault: Arc<Vault>) -> Self {
        let (wake, woken) = mpsc::unbounded_channel();
        let wakes = stream::unfold(woken, async |mut woken| woken.recv().await.map(|woke| (woke, woken)));
        let keeper = vault.clone();
        let task = vault.own(async move { keeper.keep_fresh(Box::pin(wakes)).await });
        Self { world, vault, wake, task }
    }

    /// Waits until `what` holds.
    async fn until(&self, what: impl Fn(&Self) -> bool) {
        let waiting = async {
            while !what(self) {
                self.breathe().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), waiting).await.expect("it never came to that");
    }

    /// Lets the scheduler do whatever it would do now, to the end of what is under way.
    async fn settle(&self) {
        let mut quiet = 0;
        while quiet < 30 {
            self.breathe().await;
            let held_back = self.world.http.gate.available_permits() == 0;
            quiet = if held_back || !self.vault.inner.flights.any() { quiet + 1 } else { 0 };
        }
    }

    /// Lets time pass in steps until `what` holds.
    async fn pass_until(&self, step: i64, what: impl Fn(&Self) -> bool) {
        let waiting = async {
            while !what(self) {
                self.world.clock.advance(step);
                self.settle().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), waiting).await.expect("it never came to that");
    }

    /// One turn through the database, which the scheduler shares.
    async fn breathe(&self) {
        self.vault.inner.catalog.next_due(self.world.clock.now()).await.unwrap();
        tokio::task::yield_now().await;
    }

    fn asked(&self) -> usize {
        lock(&self.world.http.asked).len()
    }

    fn slept(&self) -> Vec<u64> {
        lock(&self.world.clock.slept).clone()
    }
}

#[tokio::test]
async fn with_nothing_to_renew_it_does_not_wake_and_with_one_login_it_waits_once() {
    let (kept, _) = Kept::with(0).await;
    // The news of its own start comes late on a busy machine; after that there is none.
    let mut quiet = 0;
    while quiet < 3 {
        let before = kept.slept().len();
        kept.world.clock.advance(60);
        kept.settle().await;
        quiet = if kept.slept().len() == before { quiet + 1 } else { 0 };
        assert!(before < 20, "{:?}", kept.slept());
    }
    let waits = kept.slept().len();
    kept.world.clock.advance(86_400);
    kept.settle().await;
    assert_eq!(kept.slept().len(), waits, "{:?}", kept.slept());
    lock(&kept.world.clock.slept).clear();
    kept.world.sign_in(&kept.vault, "api").await;
    // What it wrote itself comes back as news; after that there is the one long wait.
    kept.pass_until(1, |kept| kept.slept().last().is_some_and(|wait| *wait > 3_000)).await;
    let waits = kept.slept().len();
    kept.world.clock.advance(1_800);
    kept.settle().await;
    assert!(kept.slept().len() <= waits + 2, "{:?}", kept.slept());
}

#[tokio::test]
async fn what_a_person_asks_for_does_not_wait_for_a_place() {
    let (kept, ids) = Kept::with(7).await;
    kept.world.http.gate.forget_permits(10_000);
    // All are due, none has ended: every place of this host is taken.
    kept.world.clock.advance(3_400);
    kept.until(|kept| kept.asked() == queue::PER_HOST).await;
    kept.settle().await;
    assert_eq!(kept.asked(), queue::PER_HOST, "the host has no more places");
    let waiting: Vec<_> = ids.iter().filter(|id| !kept.vault.inner.flights.is_flying(**id)).collect();
    let asked = kept.vault.access_token(*waiting[0], Duration::from_mins(10));
    let mut asked = std::pin::pin!(asked);
    tokio::select! {
        _ = &mut asked => panic!("the server answers nobody yet"),
        () = kept.until(|kept| kept.asked() > queue::PER_HOST) => {}
    }
    kept.world.http.gate.add_permits(10_000);
    asked.await.unwrap();
}

#[tokio::test]
async fn a_host_answered_only_if_it_was_asked() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    assert_eq!(vault.renew_due(id).await, Landed::NotAsked, "it is fresh still");
    world.clock.advance(3_400);
    vault.pause_refreshing(&[id], true).await.unwrap();
    assert_eq!(vault.renew_due(id).await, Landed::NotAsked, "it is paused");
    assert_eq!(vault.renew_due(CredentialId::random()).await, Landed::NotAsked, "it is gone");
    assert!(world.seen().is_empty());
    vault.pause_refreshing(&[id], false).await.unwrap();
    assert_eq!(vault.renew_due(id).await, Landed::Answered);
    assert_eq!(world.seen(), ["rt-1"]);
}

#[tokio::test]
async fn a_clock_that_jumps_by_ten_years_causes_one_renewal_each_way_and_no_spin() {
    let (kept, ids) = Kept::with(1).await;
    kept.settle().await;
    for (renewals, jump) in [(1, YEARS), (2, -YEARS), (3, -YEARS), (4, YEARS)] {
        kept.world.clock.advance(jump);
        kept.settle().await;
        kept.pass_until(10, |kept| kept.asked() == renewals).await;
        kept.world.clock.advance(1_800);
        kept.settle().await;
        assert_eq!(kept.asked(), renewals, "after {jump}");
    }
    assert!(kept.slept().len() < 120, "{} waits", kept.slept().len());
    assert_eq!(kept.world.seen(), ["rt-1", "rt-2", "rt-3", "rt-4"]);
    let shown = kept.vault.show(ids[0]).await.unwrap();
    assert!(shown.last_error.is_none(), "{:?}", shown.last_error);
}

#[tokio::test]
async fn a_person_gets_a_new_token_in_place_of_one_that_was_stored_by_a_clock_that_ran_ahead() {
    let world = World::new();
    let vault = world.open().await;
    world.clock.advance(YEARS);
    let id = world.sign_in(&vault, "api").await;
    world.clock.advance(-YEARS);
    vault.access_token(id, Duration::ZERO).await.unwrap();
    vault.access_token(id, Duration::ZERO).await.unwrap();
    assert_eq!(world.seen(), ["rt-1"]);
}

#[tokio::test]
async fn the_network_that_is_back_brings_retries_forward() {
    for woke in [Woke::Online, Woke::Resumed] {
        let (kept, ids) = Kept::with(1).await;
        kept.world.play([Play::Fail(HttpError::Connect { host: "id.test".to_owned() })]);
        kept.pass_until(60, |kept| kept.asked() == 1).await;
        // The last of many failures.
        let later = kept.world.clock.now().checked_add(SignedDuration::from_secs(900)).unwrap();
        kept.vault.inner.catalog.look_again(ids[0], later).await.unwrap();
        kept.settle().await;
        kept.world.clock.advance(30);
        kept.settle().await;
        assert_eq!(kept.asked(), 1);
        kept.wake.send(woke).unwrap();
        let sent_at = kept.world.clock.now();
        kept.pass_until(1, |kept| kept.asked() == 2).await;
        let took = kept.world.clock.now().duration_since(sent_at).as_secs();
        assert!(took < 60, "{took} s");
    }
}

#[tokio::test]
async fn a_crowd_after_a_night_is_renewed_without_a_rush_and_each_once() {
    let (kept, _) = Kept::with(24).await;
    kept.world.clock.advance(8 * 3_600);
    kept.until(|kept| kept.asked() > 0 || !kept.slept().is_empty()).await;
    kept.settle().await;
    let at_once = kept.asked();
    assert!(at_once < 12, "{at_once} of 24 in the first moment");
    kept.pass_until(1, |kept| kept.asked() == 24).await;
    kept.world.clock.advance(600);
    kept.settle().await;
    assert_eq!(kept.asked(), 24);
}

#[tokio::test]
async fn everything_is_renewed_at_once_for_a_person_but_not_what_is_paused_or_was_told_to_wait() {
    let (kept, ids) = Kept::with(4).await;
    kept.settle().await;
    assert_eq!(kept.asked(), 0, "nothing is due");
    kept.vault.pause_refreshing(&[ids[0]], true).await.unwrap();
    kept.world.play([Play::Later(600)]);
    assert!(kept.vault.refresh(ids[1], Ask::Now).await.is_err());
    lock(&kept.world.http.asked).clear();
    let due_at = async |id| kept.vault.inner.login_entry(id).await.unwrap().1.refresh_at;
    let rests = due_at(ids[0]).await;
    kept.vault.renew_all_soon().await.unwrap();
    assert_eq!(due_at(ids[0]).await, rests, "nor is it renewed at once when its pause ends");
    kept.pass_until(1, |kept| kept.asked() == 2).await;
    kept.world.clock.advance(1);
    kept.settle().await;
    assert_eq!(kept.asked(), 2, "each once");
    for (id, renewed) in ids.iter().zip([false, false, true, true]) {
        let (_, login) = kept.vault.inner.login_entry(*id).await.unwrap();
        assert_eq!(login.refreshed_at.is_some(), renewed);
    }
}

#[tokio::test]
async fn a_pause_of_an_hour_is_ended_by_the_scheduler_which_then_renews_what_became_due() {
    let (kept, ids) = Kept::with(2).await;
    kept.settle().await;
    let until = later(kept.world.clock.now(), SignedDuration::from_hours(1));
    kept.vault.pause_all(crate::activity::By::Tray, until).await.unwrap();
    kept.world.clock.advance(3_599);
    kept.settle().await;
    assert_eq!(kept.asked(), 0, "both became due meanwhile");
    kept.pass_until(1, |kept| kept.asked() == 2).await;
    assert!(!kept.vault.show(ids[0]).await.unwrap().chosen.paused);
}
