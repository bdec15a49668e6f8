//! Crash points for the fault tests; empty in a build that is shipped.
//!
//! `FOB_FAILPOINTS="sent.after=kill;slot.before=return(locked)"` is read before anything else happens.

/// Registers what the environment asks for.
#[cfg(not(feature = "failpoints"))]
pub(crate) fn register() {}

/// Registers what the environment asks for; a wrong request ends the process, since a test must not pass by it.
#[cfg(feature = "failpoints")]
pub(crate) fn register() {
    let Ok(wanted) = std::env::var("FOB_FAILPOINTS") else { return };
    for point in wanted.split(';').filter(|point| !point.trim().is_empty()) {
        let set = match point.trim().split_once('=') {
            Some((name, "kill")) => fail::cfg_callback(name, kill),
            Some((name, "stop")) => fail::cfg_callback(name, stop),
            Some((name, action)) => fail::cfg(name, action),
            None => Err("there is no “=” in it".to_owned()),
        };
        if let Err(why) = set {
            crate::output::say(&format!("fob: FOB_FAILPOINTS: {point}: {why}"));
            std::process::exit(2);
        }
    }
}

/// Ends this process as a power cut would.
#[cfg(feature = "failpoints")]
fn kill() {
    #[cfg(unix)]
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).unwrap_or(());
    // A signal to oneself is delivered before the call returns; elsewhere this is the nearest.
    std::process::abort();
}

/// Stops this process until somebody lets it go on, as a laptop that sleeps does.
#[cfg(feature = "failpoints")]
fn stop() {
    #[cfg(unix)]
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP).unwrap_or(());
}
