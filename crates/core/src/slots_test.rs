//! Slots on a keychain in memory.

use super::*;
use crate::fakes::MemoryKeychain;
use crate::vault::lock;

fn envelope(generation: u64, value: &str) -> Envelope {
    Envelope {
        credential: CredentialId::random(),
        device: "d".to_owned(),
        generation,
        issuer: "https://id.example".to_owned(),
        client_id: "c".to_owned(),
        token_endpoint: "https://id.example/t".to_owned(),
        value: Secret::new(value),
        dpop: None,
    }
}

fn slots(limit: Option<usize>) -> (Arc<MemoryKeychain>, Slots) {
    let keychain = Arc::new(MemoryKeychain { limit, ..MemoryKeychain::default() });
    (keychain.clone(), Slots::new(keychain, "v".to_owned()))
}

#[tokio::test]
async fn what_was_written_is_read() {
    let (_, slots) = slots(None);
    let envelope = envelope(3, "with \"quotes\" and ünïcode");
    slots.write(&envelope, "l").await.unwrap();
    assert_eq!(slots.read(envelope.credential, Slot::B).await.unwrap(), Found::Good(Box::new(envelope.clone())));
    assert_eq!(slots.read(envelope.credential, Slot::A).await.unwrap(), Found::Empty);
}

#[tokio::test]
async fn a_value_larger_than_the_store_takes_is_split_and_cleared_whole() {
    let (keychain, slots) = slots(Some(2560));
    for len in [1, 2_000, 2_560, 2_561, 60_000] {
        let envelope = envelope(0, &"x".repeat(len));
        slots.write(&envelope, "l").await.unwrap();
        assert_eq!(slots.read(envelope.credential, Slot::A).await.unwrap(), Found::Good(Box::new(envelope.clone())));
        slots.clear(envelope.credential, Slot::A).await.unwrap();
        assert_eq!(keychain.names(), [""; 0], "{len}");
    }
}

#[tokio::test]
async fn a_half_written_or_damaged_slot_is_not_a_value() {
    let (keychain, slots) = slots(Some(2560));
    let envelope = envelope(0, &"x".repeat(9_000));
    slots.write(&envelope, "l").await.unwrap();
    let part = keychain.names().into_iter().find(|name| name.ends_with(".1")).unwrap();
    lock(&keychain.items).remove(&format!("v/{part}"));
    assert_eq!(slots.read(envelope.credential, Slot::A).await.unwrap(), Found::Bad);

    let (keychain, slots) = self::slots(None);
    slots.write(&envelope, "l").await.unwrap();
    let name = format!("v/{}", keychain.names()[0]);
    let whole = lock(&keychain.items)[&name].expose().to_vec();
    for at in (0..whole.len()).step_by(7) {
        let mut bent = whole.clone();
        bent[at] ^= 1;
        lock(&keychain.items).insert(name.clone(), SecretBytes::new(bent));
        let found = slots.read(envelope.credential, Slot::A).await.unwrap();
        assert!(matches!(found, Found::Bad), "{at}");
    }
}

#[tokio::test]
async fn a_locked_keychain_is_not_an_empty_one() {
    let (keychain, slots) = slots(None);
    *lock(&keychain.failing) = Some(KeychainError::Locked);
    assert_eq!(slots.read(CredentialId::random(), Slot::A).await, Err(KeychainError::Locked));
}
