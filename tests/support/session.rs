//! A private desktop session: its own home, session bus, keyring and, if asked, display.
//!
//! The invariant: nothing of the person's own session is reached. Every program of a journey runs with exactly the
//! environment that [`Session::command`] gives it, and all parts end with the [`Session`].
//! `tests/session/session.sh` is the same thing for a shell.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::process::Command;

use crate::process::{Running, bare_command, project};

/// The password of the private keyring; `keyring.sh` knows it too.
const PASSWORD: &[u8] = b"session";

/// How the keyring is when the session starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyring {
    /// There and open.
    Unlocked,
    /// There and locked, with nobody to answer a prompt.
    Locked,
    /// No Secret Service on the bus.
    None,
}

/// A private session. Its parts end, and its files go, when it is dropped.
#[derive(Debug)]
pub struct Session {
    // The order is the order of ending: who uses the bus goes before the bus, the files last.
    keyring: Option<Running>,
    display: Option<(Running, String)>,
    bus: Running,
    address: String,
    home: TempDir,
}

impl Session {
    /// Starts a session without a display.
    pub async fn start(keyring: Keyring) -> Result<Self> {
        let home = tempfile::Builder::new().prefix("fobwatch-test-").tempdir()?;
        for folder in ["run", ".config", ".local/share", ".local/state", ".cache", "tmp"] {
            std::fs::create_dir_all(home.path().join(folder))?;
        }
        private(&home.path().join("run"))?;
        let (bus, address) = start_bus(home.path()).await?;
        let mut session = Self { keyring: None, display: None, bus, address, home };
        if keyring != Keyring::None {
            session.start_keyring().await?;
        }
        if keyring == Keyring::Locked {
            // An empty collection has nothing to lock: one item makes it a real one.
            session.store_item("session", "locked", b"x").await?;
            session.lock().await?;
        }
        Ok(session)
    }

    /// Starts a session with a display of 1240 by 800.
    pub async fn with_display(keyring: Keyring) -> Result<Self> {
        let mut session = Self::start(keyring).await?;
        let mut command = session.command("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1240x800x24", "-nolisten", "tcp", "-noreset"]);
        command.stderr(Stdio::null());
        let mut display = Running::start(command)?;
        let number = display.line().await?;
        session.display = Some((display, format!(":{number}")));
        Ok(session)
    }

    /// Returns the session's home folder.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Returns the address of the session bus.
    #[must_use]
    pub fn bus_address(&self) -> &str {
        &self.address
    }

    /// Returns the address of the system bus, where none is unless a test starts one.
    #[must_use]
    pub fn system_bus_address(&self) -> String {
        format!("unix:path={}", self.home.path().join("run/system-bus").display())
    }

    /// Connects to the session bus.
    pub async fn connect(&self) -> Result<zbus::Connection> {
        Ok(zbus::connection::Builder::address(self.bus_address())?.build().await?)
    }

    /// Returns the environment that makes a program part of this session.
    #[must_use]
    pub fn env(&self) -> Vec<(String, String)> {
        let under = |folder: &str| self.home.path().join(folder).display().to_string();
        let mut env: Vec<(String, String)> = [
            ("HOME", under("")),
            ("XDG_RUNTIME_DIR", under("run")),
            ("XDG_CONFIG_HOME", under(".config")),
            ("XDG_DATA_HOME", under(".local/share")),
            ("XDG_STATE_HOME", under(".local/state")),
            ("XDG_CACHE_HOME", under(".cache")),
            ("TMPDIR", under("tmp")),
            ("DBUS_SESSION_BUS_ADDRESS", self.address.clone()),
            ("DBUS_SYSTEM_BUS_ADDRESS", self.system_bus_address()),
            ("NO_AT_BRIDGE", "1".into()),
            ("GDK_BACKEND", "x11".into()),
            ("XDG_SESSION_TYPE", "x11".into()),
            ("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1".into()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        if let Some((_, display)) = &self.display {
            env.push(("DISPLAY".into(), display.clone()));
        }
        env
    }

    /// Makes a command whose whole environment is this session.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = bare_command(program);
        command.envs(self.env());
        command
    }

    /// Starts the Secret Service, unlocked, as a login would; its items of before are still there.
    pub async fn start_keyring(&mut self) -> Result<()> {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]).stderr(Stdio::inherit());
        let mut keyring = Running::start(command)?;
        keyring.feed(PASSWORD).await?;
        let mut wait = self.command("gdbus");
        wait.args(["wait", "--session", "--timeout", "20", "org.freedesktop.secrets"]);
        succeed(wait).await.context("the keyring did not start")?;
        self.keyring = Some(keyring);
        Ok(())
    }

    /// Ends the Secret Service, as a crash of it would.
    pub async fn stop_keyring(&mut self) -> Result<()> {
        let mut keyring = self.keyring.take().context("there is no keyring to stop")?;
        keyring.kill().await
    }

    /// Locks the keyring.
    pub async fn lock(&self) -> Result<()> {
        self.keyring_script("lock").await.map(drop)
    }

    /// Unlocks the keyring without a prompt.
    pub async fn unlock(&self) -> Result<()> {
        self.keyring_script("unlock").await.map(drop)
    }

    /// Asks the keyring itself whether it is locked.
    pub async fn is_locked(&self) -> Result<bool> {
        Ok(self.keyring_script("state").await?.trim() == "locked")
    }

    /// Stores an item in the keyring with `secret-tool`.
    pub async fn store_item(&self, attribute: &str, value: &str, secret: &[u8]) -> Result<()> {
        let mut command = self.command("secret-tool");
        command.args(["store", "--label=test", attribute, value]).stderr(Stdio::inherit());
        let mut tool = Running::start(command)?;
        tool.feed(secret).await?;
        let (status, _) = tool.finish().await?;
        if !status.success() {
            bail!("secret-tool store ended with {status}");
        }
        Ok(())
    }

    /// Returns what `secret-tool search --all` shows of the items with this attribute, values included.
    pub async fn search_items(&self, attribute: &str, value: &str) -> Result<String> {
        let mut command = self.command("secret-tool");
        command.args(["search", "--all", "--unlock", attribute, value]);
        let output = command.output().await?;
        // The attributes go to standard error, the values to standard output.
        Ok(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
    }

    /// Returns the process id of the session bus.
    #[must_use]
    pub fn bus_id(&self) -> Option<u32> {
        self.bus.id()
    }

    async fn keyring_script(&self, what: &str) -> Result<String> {
        let mut command = self.command(script("keyring.sh"));
        command.arg(what);
        succeed(command).await
    }
}

fn script(name: &str) -> PathBuf {
    project().join("tests/session").join(name)
}

async fn start_bus(home: &Path) -> Result<(Running, String)> {
    let mut command = bare_command("dbus-daemon");
    command
        .arg("--config-file")
        .arg(script("quiet-bus.conf"))
        .arg(format!("--address=unix:path={}", home.join("run/bus").display()))
        .args(["--nofork", "--nopidfile", "--print-address=1"])
        .stderr(Stdio::null());
    let mut bus = Running::start(command)?;
    let address = bus.line().await?;
    Ok((bus, address))
}

fn private(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?)
}

/// Runs `command` to its end and returns its standard output; anything but success is an error with what it said.
pub async fn succeed(mut command: Command) -> Result<String> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await.with_context(|| name.clone())?;
    if !output.status.success() {
        bail!("{name} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
