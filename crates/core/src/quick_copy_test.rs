//! The clipboard on a clock that moves when told.

use crate::fakes::World;
use crate::secret::Secret;
use crate::vault::lock;

#[tokio::test]
async fn a_value_on_the_clipboard_goes_after_thirty_seconds_if_it_is_still_ours() {
    let world = World::new();
    let vault = world.open().await;
    let id = world.sign_in(&vault, "api").await;
    vault.copy(id, crate::quick_copy::Format::Raw, "by you").await.unwrap();
    assert_eq!(*lock(&world.clipboard.0), Some(Secret::new("at-1")));
    let mut events = vault.events();
    world.clock.advance(30);
    while vault.clipboard().is_some() {
        events.recv().await.unwrap();
    }
    assert_eq!(*lock(&world.clipboard.0), None);
    vault.copy(id, crate::quick_copy::Format::Header, "by you").await.unwrap();
    *lock(&world.clipboard.0) = Some(Secret::new("something else"));
    vault.close().await;
    assert_eq!(*lock(&world.clipboard.0), Some(Secret::new("something else")));
}
