//! The quick palette's program: started when the hot key is pressed, gone with its window.

#[cfg(target_os = "linux")]
mod desktop;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    desktop::run()
}

/// On macOS and Windows the palette has still to be made.
#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    std::process::ExitCode::FAILURE
}
