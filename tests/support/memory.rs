//! What stands in the memory of a running process, as root can read it.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

use crate::process::{Running, bare_command, project};

/// Returns which of the labelled values stand in the memory of a process, in whatever spelling: label, spelling, where.
pub async fn stand_in_memory(process: u32, values: &BTreeMap<String, String>) -> Result<Vec<String>> {
    let mut command = bare_command("python3");
    command.arg(project().join("tests/support/memory.py")).arg(process.to_string());
    let mut search = Running::start(command)?;
    // On standard input: the command line would be memory of others.
    search.feed(&serde_json::to_vec(values)?).await?;
    let (status, found) = search.finish().await?;
    ensure!(status.success(), "the memory of process {process} could not be searched");
    Ok(found.lines().map(str::to_owned).collect())
}
