//! Which program called this one, as far as the system tells: for the activity log.
//!
//! Names and paths only, never a command line: people put secrets there. What a process says of itself may be hostile,
//! so nothing of it that moves or hides text is kept, and nothing long.

use fobwatch_core::activity::Process;
use fobwatch_core::jwt::has_hidden;

/// The longest path that is kept, in characters.
const LONGEST: usize = 1024;

/// Returns the program that called this one; none where the system does not tell.
#[cfg(target_os = "linux")]
#[must_use]
pub fn caller() -> Option<Process> {
    let pid = rustix::process::getppid()?.as_raw_nonzero().get();
    let pid = u32::try_from(pid).unwrap_or_default();
    let parent_pid = parent_of(pid);
    Some(Process {
        program: name_of(pid)?,
        pid,
        path: std::fs::read_link(format!("/proc/{pid}/exe")).map_or(None, |path| harmless(&path.to_string_lossy())),
        parent: parent_pid.and_then(name_of),
        parent_pid,
        folder: std::env::current_dir().map_or(None, |folder| harmless(&folder.to_string_lossy())),
    })
}

/// Returns the program that called this one; none where the system does not tell.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn caller() -> Option<Process> {
    None
}

#[cfg(target_os = "linux")]
fn name_of(pid: u32) -> Option<String> {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    harmless(name.trim_end_matches('\n'))
}

/// The fourth field of stat(5); the second one, the name, is in brackets and may hold anything.
#[cfg(target_os = "linux")]
fn parent_of(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let (_, after) = stat.rsplit_once(')')?;
    let parent = after.split_whitespace().nth(1)?.parse().unwrap_or_default();
    (parent != 0).then_some(parent)
}

#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "no other system is asked yet"))]
fn harmless(text: &str) -> Option<String> {
    let plain = |char: &char| !char.is_control() && !has_hidden(char.encode_utf8(&mut [0; 4]));
    let text: String = text.chars().filter(plain).take(LONGEST).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_caller_of_this_test_is_named_with_its_file_and_its_own_parent() {
        let caller = caller().unwrap();
        assert!(!caller.program.is_empty() && caller.pid > 0, "{caller:?}");
        assert!(caller.path.is_some_and(|path| path.starts_with('/')));
        assert_eq!(caller.folder, harmless(&std::env::current_dir().unwrap().to_string_lossy()));
        assert_eq!(parent_of(std::process::id()), Some(caller.pid));
    }

    #[test]
    fn a_name_that_moves_text_is_kept_without_that() {
        assert_eq!(harmless("ma\u{1b}[31mke\u{202e}").as_deref(), Some("ma[31mke"));
        assert_eq!(harmless("\u{7}"), None);
        assert_eq!(harmless(&"x".repeat(5000)).unwrap().len(), LONGEST);
    }
}
