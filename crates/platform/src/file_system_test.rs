//! Tests of what a folder lies on. The journeys try it on a real network file system.

use super::*;

/// The mounts of a machine with a home on NFS, a bind mount of a local folder into it, a mount point with spaces and
/// a hyphen, one mount over another, and a FUSE mount with optional fields.
const MOUNTS: &[u8] = b"\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n\
40 27 0:50 / /home rw,relatime shared:7 master:2 - nfs4 server:/home rw,vers=4.2,local_lock=all\n\
41 40 254:0 /srv/fob /home/ada/fob rw,relatime - ext4 /dev/vda rw\n\
42 27 0:51 / /mnt/a\\040-\\040nfs4\\040x rw - tmpfs tmpfs rw\n\
43 27 0:52 / /mnt/over rw - cifs //server/share rw\n\
44 43 0:53 / /mnt/over rw - tmpfs tmpfs rw\n\
45 27 0:54 / /mnt/s rw,nosuid unbindable - fuse.sshfs ada@server:/ rw,user_id=1000\n\
46 27 0:55 / /mnt/secret rw - fuse.gocryptfs /home/x rw\n";

#[test]
fn a_mount_has_the_type_that_stands_behind_its_separator() {
    let kinds = [27, 40, 41, 42, 43, 44, 45, 46].map(|id| mounted_as(MOUNTS, id).unwrap());
    assert_eq!(kinds, ["ext4", "nfs4", "ext4", "tmpfs", "cifs", "tmpfs", "fuse.sshfs", "fuse.gocryptfs"]);
    assert_eq!(mounted_as(MOUNTS, 4), None);
    assert_eq!(mount_id(b"pos:\t0\nflags:\t012100000\nmnt_id:\t44\nino:\t1\n"), Some(44));
    assert_eq!(mount_id(b"pos:\t0\n"), None);
}

#[test]
fn local_systems_are_not_taken_for_a_network_and_networks_are_known() {
    let local = ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "fuseblk", "fuse.gocryptfs", "fuse.mergerfs"];
    assert!(local.iter().all(|kind| !NETWORK.contains(kind)));
    for kind in ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse.sshfs", "fuse.s3fs", "fuse.rclone"] {
        assert!(NETWORK.contains(&kind), "{kind}");
    }
}

#[test]
fn what_is_cut_or_changed_anywhere_is_read_without_a_fault() {
    for end in 0..=MOUNTS.len() {
        for id in 27..=46 {
            // A line that is not whole tells a part of a type or nothing, never that of another mount.
            let cut = mounted_as(&MOUNTS[..end], id).unwrap_or_default();
            assert!(mounted_as(MOUNTS, id).unwrap_or_default().starts_with(&cut), "{id} {cut}");
        }
    }
    let mut random: u64 = 7;
    for _ in 0..20_000 {
        let mut bytes = MOUNTS.to_vec();
        for _ in 0..4 {
            // xorshift: the same changes at every run.
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let at = usize::try_from(random >> 32).unwrap() % bytes.len();
            bytes[at] = random.to_le_bytes()[0];
        }
        drop((mounted_as(&bytes, 40), mount_id(&bytes)));
    }
}

#[test]
fn this_machine_s_own_folders_are_local_whether_they_are_there_or_not() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(network(root.path()), None);
    assert_eq!(network(&root.path().join("not/yet/there")), None);
    let file = root.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert_eq!(network(&file), None);
}

#[cfg(target_os = "linux")]
#[test]
fn the_kernel_names_the_mount_of_a_path() {
    // Local, and certainly of a type of its own.
    assert!(matches!(kind_of(Path::new("/proc")), Found::Local));
    let about = std::fs::read("/proc/self/mountinfo").unwrap();
    let file = std::fs::File::open("/proc/self/mountinfo").unwrap();
    let fdinfo = format!("/proc/self/fdinfo/{}", std::os::fd::AsRawFd::as_raw_fd(&file));
    let id = mount_id(&std::fs::read(fdinfo).unwrap()).unwrap();
    assert_eq!(mounted_as(&about, id).as_deref(), Some("proc"));
}
