//! What a crash may leave on the disk.
#![cfg(target_os = "linux")]

use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

// Alone in its process: what it changes holds for the whole of it.
#[test]
fn a_crash_leaves_no_memory_on_the_disk() {
    fobwatch_platform::hardening::no_core_dumps();
    let limit = getrlimit(Resource::Core);
    assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
}
