//! Runs a test again in namespaces of its own: a network that it may cut, mounts that nobody else sees.

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

/// Names the test that this program is to run alone.
const ALONE: &str = "FOB_ALONE";

/// Runs one test of this program again, with these namespaces (`--net`, `--mount`) of its own; tells whether this is
/// that run. The name is that by which the test program knows the test, with its modules.
pub async fn is_alone(test: &str, namespaces: &[&str]) -> Result<bool> {
    if std::env::var(ALONE).is_ok_and(|name| name == test) {
        return Ok(true);
    }
    let program = std::env::current_exe()?;
    let program = program.to_str().context("an odd path")?;
    let mut alone = Command::new("unshare");
    alone.arg("--map-root-user").args(namespaces).args([program, "--exact", test, "--nocapture"]);
    alone.env(ALONE, test).kill_on_drop(true);
    let ended = alone.output().await?;
    let said = format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    ensure!(ended.status.success() && said.contains("1 passed"), "in namespaces of its own: {said}");
    Ok(false)
}
