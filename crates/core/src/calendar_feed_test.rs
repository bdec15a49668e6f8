//! The feed: there while it is wanted, for its owner alone, and written only when an end is another.

use std::path::PathBuf;

use serde_json::json;

use super::*;
use crate::fakes::World;
use crate::secret::Secret;
use crate::view::LockReason;

struct Place {
    world: World,
    vault: Vault,
    path: PathBuf,
}

impl Place {
    async fn new() -> Self {
        let world = World::new();
        // As the program finds it: closed to others.
        open(world.home.path(), 0o700);
        let (vault, path) = (world.open().await, world.home.path().join(NAME));
        Self { world, vault, path }
    }

    async fn switch(&self, on: bool) -> Result<(), Error> {
        let change = serde_json::from_value(json!({ "calendar_feed": on })).unwrap();
        self.vault.change_settings(&change, None).await.map(drop)
    }

    async fn add(&self, name: &str) {
        let input = json!({
            "name": name, "value": format!("key-{name}-0123456789"), "environment": "production", "rotate_by": "30d",
            "tags": [], "note": ""
        });
        self.vault.add_api_key(serde_json::from_value(input).unwrap()).await.unwrap();
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap_or_default()
    }

    /// How many events there are.
    fn events(&self) -> usize {
        self.text().matches("BEGIN:VEVENT").count()
    }
}

/// Gives a file or folder this mode, where there is such a thing.
fn open(path: &Path, mode: u32) {
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    #[cfg(not(unix))]
    drop((path, mode));
}

#[tokio::test]
async fn it_is_there_while_it_is_wanted_and_private() {
    let place = Place::new().await;
    place.add("Payments").await;
    place.vault.feed_calendar().await.unwrap();
    assert!(!place.path.exists(), "nobody wanted it");
    assert_eq!(place.vault.calendar_feed().await.unwrap().written_at, None);
    place.switch(true).await.unwrap();
    assert!(place.text().contains("SUMMARY:Rotate Payments (production)"));
    assert!(is_private(&place.path));
    let feed = place.vault.calendar_feed().await.unwrap();
    assert!(feed.on && feed.path == place.path.display().to_string() && feed.written_at.is_some());
    place.switch(false).await.unwrap();
    assert!(!place.path.exists());
    place.switch(false).await.unwrap();
    assert!(!place.vault.calendar_feed().await.unwrap().on);
}

#[tokio::test]
async fn it_is_written_only_when_an_end_is_another() {
    let place = Place::new().await;
    place.add("Payments").await;
    place.switch(true).await.unwrap();
    let first = place.text();
    // A use of the key and a later time are no news.
    place.world.clock.advance(60);
    let id = place.vault.find("Payments").await.unwrap();
    place.vault.inner.catalog.touch(id, place.vault.inner.ports.clock.now()).await.unwrap();
    assert_ne!(place.vault.calendar().await.unwrap().text, first);
    place.vault.feed_calendar().await.unwrap();
    assert_eq!(place.text(), first);
    place.vault.set_rotate_by(&[id], Some("60d")).await.unwrap();
    place.vault.feed_calendar().await.unwrap();
    assert_ne!(place.text(), first);
    std::fs::remove_file(&place.path).unwrap();
    place.vault.feed_calendar().await.unwrap();
    assert_eq!(place.events(), 1, "what somebody removed comes back");
}

#[cfg(unix)]
#[tokio::test]
async fn it_is_not_written_where_others_could_read_it() {
    let place = Place::new().await;
    place.add("Payments").await;
    open(place.world.home.path(), 0o750);
    assert!(matches!(place.switch(true).await, Err(Error::Invalid { field: "calendar_feed", .. })));
    assert!(!place.path.exists() && !place.vault.settings().await.unwrap().calendar_feed);
    open(place.world.home.path(), 0o700);
    place.switch(true).await.unwrap();
    let first = place.text();
    place.add("Mail").await;
    open(place.world.home.path(), 0o701);
    assert!(place.vault.feed_calendar().await.is_err());
    assert_eq!(place.text(), first);
    // A file that somebody opened to others is closed, though its events are the same.
    open(place.world.home.path(), 0o700);
    place.vault.feed_calendar().await.unwrap();
    open(&place.path, 0o644);
    place.vault.feed_calendar().await.unwrap();
    assert!(is_private(&place.path));
}

#[tokio::test]
async fn what_fobwatch_did_not_make_is_neither_replaced_nor_removed() {
    let place = Place::new().await;
    for not_ours in ["", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Somebody//EN\r\n"] {
        std::fs::write(&place.path, not_ours).unwrap();
        assert!(matches!(place.switch(true).await, Err(Error::Invalid { field: "calendar_feed", .. })));
        place.switch(false).await.unwrap();
        assert_eq!((place.text().as_str(), place.path.exists()), (not_ours, true));
    }
    #[cfg(unix)]
    {
        let theirs = place.world.home.path().join("theirs");
        std::fs::write(&theirs, HEAD).unwrap();
        std::fs::remove_file(&place.path).unwrap();
        std::os::unix::fs::symlink(&theirs, &place.path).unwrap();
        assert!(place.switch(true).await.is_err());
        place.switch(false).await.unwrap();
        assert!(place.path.is_symlink());
    }
}

#[tokio::test]
async fn many_changes_in_a_short_time_are_written_once_also_while_the_window_is_locked() {
    let place = Place::new().await;
    place.switch(true).await.unwrap();
    let passphrase = Secret::new("correct horse battery");
    place.vault.set_passphrase(&passphrase, None).await.unwrap();
    place.vault.lock_now(LockReason::Asked).await.unwrap();
    // Long enough for everything that can be done without time.
    let settled = async || {
        for _ in 0..2000 {
            tokio::task::yield_now().await;
        }
    };
    // The longest wait is left out: news that is there already may be heard before it begins.
    let slept =
        || crate::vault::lock(&place.world.clock.slept).iter().filter(|s| **s < 3600).copied().collect::<Vec<_>>();
    let idles = || crate::vault::lock(&place.world.clock.slept).last() == Some(&3600);
    let changing = async {
        until(|| slept() == [10]).await;
        for name in ["one", "two", "three"] {
            place.add(name).await;
        }
        place.world.clock.advance(10);
        until(|| slept() == [10, 2]).await;
        place.add("four").await;
        settled().await;
        assert_eq!(place.events(), 0, "it waits for what else may come");
        place.world.clock.advance(2);
        until(|| place.events() == 4 && slept() == [10, 2, 10]).await;
        place.world.clock.advance(10);
        // Had one of the changes been left over, it would be looked at again now.
        until(|| idles() || slept().len() > 3).await;
        settled().await;
        assert_eq!(slept(), [10, 2, 10], "one look for four changes");
        std::fs::remove_file(&place.path).unwrap();
        place.world.clock.advance(3600);
        until(|| slept() == [10, 2, 10, 2]).await;
        place.world.clock.advance(2);
        until(|| place.events() == 4).await;
    };
    tokio::select! {
        () = place.vault.keep_calendar() => panic!("it ended"),
        () = changing => {}
    }
}

/// Lets everybody else run until it is so.
async fn until(so: impl Fn() -> bool) {
    let waiting = async {
        while !so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting).await.expect("it never came to that");
}
