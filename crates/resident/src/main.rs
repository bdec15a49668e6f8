//! The desktop program of Fobwatch.

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    fobwatch_resident::run()
}

/// There the window's program is the whole program.
#[cfg(not(target_os = "linux"))]
fn main() {}
