//! A keyring that was restored from a backup: its token is older than what the vault knows of.

use anyhow::{Result, ensure};
use fobwatch_lab::Rotation;

use crate::{Place, copy, keyrings};

/// Puts the keyring back to what it was at the sign-in, one renewal ago.
async fn put_back(place: &mut Place) -> Result<()> {
    let backup = tempfile::tempdir()?;
    let kept = backup.path().join("keyrings");
    copy(&keyrings(&place.session), &kept)?;
    let renewed = place.renew().await?;
    ensure!(renewed.code == 0, "{renewed:?}");
    place.session.stop_keyring().await?;
    copy(&kept, &keyrings(&place.session))?;
    place.session.start_keyring().await
}

#[tokio::test]
async fn a_keyring_restored_from_a_backup_is_tried_once_and_named_as_the_reason() -> Result<()> {
    let mut place = Place::new(Rotation::Family.server()).await?;
    put_back(&mut place).await?;
    let refused = place.renew().await?;
    ensure!(refused.code == 4 && refused.error_code()? == "sign_in_needed", "{refused:?}");
    ensure!(refused.stderr.contains("restored from a backup"), "{}", refused.stderr);
    let record = place.lab.record();
    let sent: Vec<&str> = record.seen.iter().filter_map(|seen| seen.form("refresh_token")).collect();
    ensure!(sent == [&record.refresh_tokens[0], &record.refresh_tokens[0]], "not the old token, once more");

    for _ in 0..2 {
        let again = place.renew().await?;
        ensure!(again.code == 4, "{again:?}");
    }
    ensure!(place.renewals() == 2, "the old token was sent once more than it may be");
    let shown = place.shown().await?;
    ensure!(shown["status"] == "sign_in_needed", "{shown}");
    ensure!(shown["last_error"]["provider_code"] == "keychain_older", "{shown}");
    place.sign_in("api").await?;
    ensure!(place.renew().await?.code == 0, "a new sign-in does not help");
    Ok(())
}

#[tokio::test]
async fn a_keyring_restored_from_a_backup_goes_on_where_the_provider_takes_its_token() -> Result<()> {
    let mut place = Place::new(Rotation::Keeps.server()).await?;
    put_back(&mut place).await?;
    ensure!(place.renew().await?.code == 0, "its one try was not made");
    place.has_the_last_token().await?;

    let mut place = Place::new(Rotation::Grace(crate::SOON * 10).server()).await?;
    put_back(&mut place).await?;
    for _ in 0..2 {
        let renewed = place.renew().await?;
        ensure!(renewed.code == 0, "{renewed:?}");
        place.has_the_last_token().await?;
    }
    ensure!(place.shown().await?["refresh_generation"].as_u64() > Some(2), "the generation went back");
    Ok(())
}
