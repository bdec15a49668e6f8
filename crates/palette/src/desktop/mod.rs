//! The palette on Linux, drawn by GTK: a web engine would take ten times as long to stand on the screen, or a hundred
//! megabytes to be kept ready.

mod draw;
mod focus;
mod footer;
mod frame;
mod keys;
mod link;
mod look;
mod palette;
mod rows;

use std::process::ExitCode;

/// Started with this word it is not shown until it is wanted.
const WAITS: &str = "--wait";

/// Runs the palette until it closes.
pub(crate) fn run() -> ExitCode {
    protect();
    let Ok(link) = link::Link::take() else {
        // Nobody reads it but who started this by hand.
        return ExitCode::from(2);
    };
    // Asked before the toolkit starts: the answer is there when it has.
    let asked = std::env::args_os().all(|word| word != WAITS).then(|| palette::ask(&link));
    if gtk::init().is_err() || link.listen().is_err() {
        return ExitCode::FAILURE;
    }
    match asked {
        Some(asked) => palette::open(&link, asked),
        None => palette::wait(&link),
    }
    gtk::main();
    ExitCode::SUCCESS
}

/// A passphrase is typed here: no core dump, and nobody looks in.
fn protect() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    // Refused, the palette is no worse than any other program; there is no log here to say so in.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).unwrap_or_default();
    set_dumpable_behavior(DumpableBehavior::NotDumpable).unwrap_or_default();
}
