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

/// Runs the palette until it closes.
pub(crate) fn run() -> ExitCode {
    protect();
    let Ok(link) = link::Link::take() else {
        // Nobody reads it but who started this by hand.
        return ExitCode::from(2);
    };
    // Asked before the toolkit starts: the answer is there when it has.
    let start = link.ask("start", &serde_json::json!({}));
    let first = link.ask("find", &serde_json::json!({ "query": "" }));
    if gtk::init().is_err() {
        return ExitCode::FAILURE;
    }
    palette::open(&link, start, first);
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
