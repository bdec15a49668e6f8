//! Builds the window, then what Tauri needs of it.
//!
//! The order matters: the window's files are built into the program and must be there first. The list of commands
//! goes to Tauri here, so that whatever the capability file does not name can't be called.

use std::path::Path;
use std::process::Command;

include!("../crates/resident/src/command_list.rs");

macro_rules! names {
    ($($name:ident($($argument:ident: $type:ty),* $(,)?)),* $(,)?) => { &[$(stringify!($name)),*] };
}

const COMMANDS: &[&str] = command_list!(names);

fn main() {
    // With the development server the window is not built in.
    if std::env::var_os("CARGO_FEATURE_CUSTOM_PROTOCOL").is_some() {
        build_window(Path::new("../ui"));
    }
    println!("cargo::rerun-if-changed=../crates/resident/src/command_list.rs");
    println!("cargo::rerun-if-changed=capabilities");
    println!("cargo::rustc-check-cfg=cfg(in_process)");
    // Elsewhere tray and window need the same toolkit. The feature is there so that this is looked at here as well.
    let linux = std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux");
    if !linux || std::env::var_os("CARGO_FEATURE_IN_PROCESS").is_some() {
        println!("cargo::rustc-cfg=in_process");
    }
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        panic!("Tauri's own build step failed: {error:#}");
    }
}

fn build_window(ui: &Path) {
    let sources = ["src", "public", "index.html", "package.json", "package-lock.json", "vite.config.ts"];
    let sources = sources.into_iter().chain(["svelte.config.js", "tsconfig.json"]);
    for source in sources.map(|name| ui.join(name)).filter(|path| path.exists()) {
        println!("cargo::rerun-if-changed={}", source.display());
    }
    if is_stale(ui) {
        npm(ui, &["ci", "--no-audit", "--no-fund"]);
    }
    npm(ui, &["run", "build", "--silent"]);
}

/// Tells whether the window's dependencies are missing or older than the list of them.
fn is_stale(ui: &Path) -> bool {
    let changed = |path: &str| ui.join(path).metadata().and_then(|found| found.modified());
    match (changed("package-lock.json"), changed("node_modules/.package-lock.json")) {
        (Ok(wanted), Ok(installed)) => wanted > installed,
        _ => true,
    }
}

fn npm(ui: &Path, arguments: &[&str]) {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let said = match Command::new(program).args(arguments).current_dir(ui).output() {
        Ok(said) => said,
        Err(error) => panic!(
            "npm could not be started ({error}). The window is built with Node.js 20 or newer and npm: \
             install them, or run scripts/setup.sh build."
        ),
    };
    if !said.status.success() {
        let text = [said.stdout, said.stderr].concat();
        panic!("`npm {}` failed in {}:\n{}", arguments.join(" "), ui.display(), String::from_utf8_lossy(&text));
    }
}
