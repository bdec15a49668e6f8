//! Whether a folder lies on a network file system, where a vault is not safe.
//!
//! A vault there is refused, and no lease is made up instead. `SQLite`'s WAL needs memory that all its processes
//! share, which no network file system gives between computers (<https://sqlite.org/wal.html>). File locks there may be
//! local to each computer without anybody being told (`nolock`, `local_lock=all`). And a lease with a time limit does
//! not stop a holder that stood still from sending its refresh token when it goes on, after the next one has sent it: no
//! authorization server knows a fencing token. So neither K3 nor K4 could be promised.
//!
//! What is not known to be a network counts as local: the probe of the locks (`fobwatch_core`) still looks at it.

use std::path::Path;

/// Names the network file system that `path` lies on, or, where it does not exist yet, will lie on.
///
/// `None` means a local one, or one that this system does not tell.
#[must_use]
pub fn network(path: &Path) -> Option<String> {
    path.ancestors().find_map(|place| match kind_of(place) {
        Found::Missing => None,
        Found::Local => Some(None),
        Found::Network(kind) => Some(Some(kind)),
    })?
}

/// What a place lies on.
#[cfg_attr(
    not(any(target_os = "linux", target_os = "macos", windows)),
    expect(dead_code, reason = "nothing is known of a path there")
)]
enum Found {
    /// The place is not there.
    Missing,
    Local,
    Network(String),
}

impl Found {
    fn from_error(error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::NotFound { Self::Missing } else { Self::Local }
    }
}

/// The file systems of Linux whose files are on another computer, or are shared with one that has a kernel of its own
/// (the host of a virtual machine). A FUSE type is named by what serves it: those that only encrypt, join or translate
/// a local disk are not here.
#[cfg(any(target_os = "linux", test))]
const NETWORK: &[&str] = &[
    "9p",
    "acfs",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "gfs",
    "gfs2",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncp",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "orangefs",
    "prl_fs",
    "pvfs2",
    "smb3",
    "smbfs",
    "vboxsf",
    "virtiofs",
    "vmhgfs",
    "fuse.afpfs",
    "fuse.blobfuse",
    "fuse.blobfuse2",
    "fuse.ceph",
    "fuse.ceph-fuse",
    "fuse.cephfs",
    "fuse.curlftpfs",
    "fuse.davfs2",
    "fuse.gcsfuse",
    "fuse.glusterfs",
    "fuse.google-drive-ocamlfuse",
    "fuse.goofys",
    "fuse.gvfsd-fuse",
    "fuse.juicefs",
    "fuse.kio-fuse",
    "fuse.lizardfs",
    "fuse.mfs",
    "fuse.moosefs",
    "fuse.onedriver",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.seaweedfs",
    "fuse.smbnetfs",
    "fuse.sshfs",
    "fuse.vmhgfs-fuse",
];

/// Asks the kernel on which mount the place is, and looks that mount up. So neither bind mounts, nor mounts over
/// mounts, nor odd names can lead astray, as they can where paths are compared with mount points.
#[cfg(target_os = "linux")]
fn kind_of(place: &Path) -> Found {
    use std::os::fd::AsRawFd as _;

    use rustix::fs::{Mode, OFlags, open};

    // A folder is opened as one, so that one that is mounted at its first use is mounted now.
    let only_look = OFlags::PATH | OFlags::CLOEXEC;
    let opened =
        open(place, only_look | OFlags::DIRECTORY, Mode::empty()).or_else(|_| open(place, only_look, Mode::empty()));
    let file = match opened {
        Ok(file) => file,
        Err(errno) => return Found::from_error(&errno.into()),
    };
    let read = |path: &str| std::fs::read(path).unwrap_or_default();
    let about = read(&format!("/proc/self/fdinfo/{}", file.as_raw_fd()));
    let kind = mount_id(&about).and_then(|id| mounted_as(&read("/proc/self/mountinfo"), id));
    match kind {
        Some(kind) if NETWORK.contains(&kind.as_str()) => Found::Network(kind),
        _ => Found::Local,
    }
}

/// Reads the mount of an open file from its `fdinfo` (proc(5)).
#[cfg(any(target_os = "linux", test))]
fn mount_id(fdinfo: &[u8]) -> Option<u64> {
    let lines = fdinfo.split(|byte| *byte == b'\n');
    lines.filter_map(|line| line.strip_prefix(b"mnt_id:")).find_map(number)
}

/// Reads the type of a mount from `mountinfo` (proc(5)): its line begins with its id, and the type follows the
/// separator ` - `. A path with a space has it as `\040`, so that the separator is no part of one.
#[cfg(any(target_os = "linux", test))]
fn mounted_as(mountinfo: &[u8], id: u64) -> Option<String> {
    let lines = mountinfo.split(|byte| *byte == b'\n');
    lines.map(|line| line.split(|byte| *byte == b' ')).find_map(|mut fields| {
        if number(fields.next()?) != Some(id) {
            return None;
        }
        // Five fields stand before the optional ones, the separator after them.
        let kind = fields.skip(5).skip_while(|field| *field != b"-").nth(1)?;
        Some(String::from_utf8_lossy(kind).into_owned())
    })
}

#[cfg(any(target_os = "linux", test))]
fn number(text: &[u8]) -> Option<u64> {
    match std::str::from_utf8(text).map(|text| text.trim().parse()) {
        Ok(Ok(number)) => Some(number),
        _ => None,
    }
}

/// macOS says of each file system whether it is local.
#[cfg(target_os = "macos")]
fn kind_of(place: &Path) -> Found {
    /// `MNT_LOCAL` of `<sys/mount.h>`.
    const LOCAL: u32 = 0x1000;
    match rustix::fs::statfs(place) {
        Ok(found) if found.f_flags & LOCAL != 0 => Found::Local,
        Ok(found) => {
            let name = found.f_fstypename.iter().map(|letter| letter.cast_unsigned()).take_while(|letter| *letter != 0);
            Found::Network(String::from_utf8_lossy(&name.collect::<Vec<u8>>()).into_owned())
        }
        Err(errno) => Found::from_error(&errno.into()),
    }
}

/// The true path of anything on a network, a connected drive letter too, begins with `\\?\UNC\`.
#[cfg(windows)]
fn kind_of(place: &Path) -> Found {
    use std::path::{Component, Prefix};
    match std::fs::canonicalize(place) {
        Ok(path) => match path.components().next() {
            Some(Component::Prefix(prefix)) if matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..)) => {
                Found::Network("UNC".to_owned())
            }
            _ => Found::Local,
        },
        Err(error) => Found::from_error(&error),
    }
}

/// Elsewhere nothing is known; the probe of the locks is all there is.
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn kind_of(_: &Path) -> Found {
    Found::Local
}

#[cfg(test)]
#[path = "file_system_test.rs"]
mod tests;
