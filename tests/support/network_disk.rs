//! A network file system: a folder that comes over SFTP, in the mounts of this process alone.
//!
//! No SSH is between them: `sshfs` speaks with `sftp-server` over a socket, and the kernel knows no difference.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Result;
use tokio::process::Child;

use crate::process::{bare_command, until};
use crate::session::succeed;

const SERVER: &str = "/usr/lib/openssh/sftp-server";

/// A mounted folder, which ends when this is dropped.
#[derive(Debug)]
pub struct NetworkDisk {
    _parts: [Child; 2],
}

impl NetworkDisk {
    /// Mounts the folder `far` at the folder `here`. Only for a test that is alone with its mounts.
    pub async fn mount(far: &Path, here: &Path) -> Result<Self> {
        let (one, other) = UnixStream::pair()?;
        let mut server = bare_command(SERVER);
        let server = server.stdin(one.try_clone().map(std::os::fd::OwnedFd::from)?);
        let server = server.stdout(std::os::fd::OwnedFd::from(one)).kill_on_drop(true).spawn()?;
        let mut disk = bare_command("sshfs");
        disk.args(["-f", "-o", "passive"]).arg(format!("far:{}", far.display())).arg(here);
        disk.stdin(std::os::fd::OwnedFd::from(other.try_clone()?)).stdout(std::os::fd::OwnedFd::from(other));
        let disk = disk.stderr(Stdio::inherit()).kill_on_drop(true).spawn()?;
        let mounted = format!(" {} ", here.display());
        until("the network disk", Duration::from_secs(30), || async {
            Ok(std::fs::read_to_string("/proc/self/mountinfo")?.contains(&mounted).then_some(()))
        })
        .await?;
        Ok(Self { _parts: [disk, server] })
    }

    /// Takes whatever is mounted there away, so that its folder can be removed.
    pub async fn unmount(self, here: &Path) -> Result<()> {
        let mut unmount = bare_command("umount");
        unmount.arg("--lazy").arg(here);
        succeed(unmount).await.map(drop)
    }
}
