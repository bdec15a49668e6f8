//! A vault that can't be opened because of where it lies: the window says so, and lives.

use anyhow::{Result, ensure};
use fobwatch_tests::alone::is_alone;
use fobwatch_tests::network_disk::NetworkDisk;

use crate::desk::Desk;

#[tokio::test]
async fn the_window_says_that_the_vault_lies_on_a_network_file_system() -> Result<()> {
    let test = "network_disk::the_window_says_that_the_vault_lies_on_a_network_file_system";
    if !is_alone(test, &["--mount"]).await? {
        return Ok(());
    }
    let desk = Desk::set().await?;
    let (far, here) = (desk.session.home().join("far"), desk.fob.home().to_path_buf());
    std::fs::create_dir(&far)?;
    std::fs::create_dir(&here)?;
    let mounted = NetworkDisk::mount(&far, &here).await?;
    let outcome = async {
        let window = desk.open_app().await?;
        window.shows("is on a network file system (fuse.sshfs)").await?;
        window.shows("set FOB_HOME to a folder there").await?;
        ensure!(std::fs::read_dir(&far)?.next().is_none(), "something was written");
        window.close().await
    }
    .await;
    mounted.unmount(&here).await?;
    outcome
}
