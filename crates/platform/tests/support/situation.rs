//! One process per situation.
//!
//! The session bus, the home folder and the display are named by environment variables, which belong to a whole
//! process. So a test prepares its world, starts this very binary again with that test alone, and the copy does
//! the work. The copy leaves a mark at the end: a filter that matches nothing also "passes".

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

const SITUATION: &str = "FOBWATCH_TEST_SITUATION";
const MARK: &str = "FOBWATCH_TEST_MARK";

/// Variables for the copy.
pub(crate) type Vars = Vec<(&'static str, OsString)>;

/// Runs `body` in a copy of this process whose environment `prepare` names; what `prepare` keeps in its first
/// half lives until the copy has ended.
pub(crate) fn in_own_process<W>(test: &str, prepare: impl FnOnce() -> (W, Vars), body: impl FnOnce()) {
    if std::env::var(SITUATION).is_ok_and(|name| name == test) {
        body();
        let mark = std::env::var_os(MARK).expect("the situation names its mark");
        std::fs::write(mark, test).unwrap();
        return;
    }
    let (world, vars) = prepare();
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("done");
    let mut copy = Command::new(std::env::current_exe().unwrap());
    copy.args(["--exact", test, "--nocapture", "--quiet"]).env(SITUATION, test).env(MARK, &mark);
    let status = copy.envs(vars).env_remove("WAYLAND_DISPLAY").status().unwrap();
    drop(world);
    assert!(status.success(), "the situation {test} ended with {status}");
    assert!(Path::new(&mark).exists(), "the situation {test} never ran");
}
