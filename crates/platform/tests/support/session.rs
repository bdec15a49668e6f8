//! A private session bus with a real gnome-keyring on it, which die with their owners.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::situation::Vars;

const CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#;

/// Ends a child with its owner.
pub(crate) struct Ended(pub(crate) Child);

impl Drop for Ended {
    fn drop(&mut self) {
        if let Err(error) = self.0.kill().and_then(|()| self.0.wait()) {
            panic!("a child outlives its test: {error}");
        }
    }
}

/// A bus on which nothing is started by itself, and a home folder of its own.
pub(crate) struct Bus {
    _daemon: Ended,
    _home: TempDir,
}

impl Bus {
    pub(crate) fn start() -> (Self, Vars) {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("bus.conf");
        std::fs::write(&config, CONFIG).unwrap();
        let mut child = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is installed");
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        assert!(address.starts_with("unix:"), "the bus did not start");
        let mut vars: Vars = vec![("DBUS_SESSION_BUS_ADDRESS", address.trim().into())];
        for (name, folder) in [
            ("HOME", "."),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "run"),
        ] {
            let path = home.path().join(folder);
            std::fs::create_dir_all(&path).unwrap();
            vars.push((name, path.into()));
        }
        (Self { _daemon: Ended(child), _home: home }, vars)
    }
}

/// A real gnome-keyring on the bus of this process.
pub(crate) struct Keyring(Ended);

impl Keyring {
    /// Starts with the login keyring made (if need be) and unlocked.
    pub(crate) fn unlocked() -> Self {
        Self::start(&["--unlock"])
    }

    /// Starts with no login keyring at all.
    pub(crate) fn empty() -> Self {
        Self::start(&[])
    }

    fn start(args: &[&str]) -> Self {
        let mut child = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--components=secrets"])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("gnome-keyring is installed");
        child.stdin.take().unwrap().write_all(b"opensesame").unwrap();
        let daemon = Ended(child);
        wait_for("org.freedesktop.secrets");
        Self(daemon)
    }

    /// Stops the daemon in its tracks: it owns its name and answers nothing.
    pub(crate) fn freeze(&self) {
        self.signal(rustix::process::Signal::STOP);
    }

    /// Lets a frozen daemon go on.
    pub(crate) fn thaw(&self) {
        self.signal(rustix::process::Signal::CONT);
    }

    fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.0.0), signal).unwrap();
    }
}

/// Waits until somebody on the bus of this process owns `name`.
pub(crate) fn wait_for(name: &str) {
    let wait = ["wait", "--session", "--timeout", "30", name];
    let owned = Command::new("gdbus").args(wait).status().expect("gdbus is installed");
    assert!(owned.success(), "nobody took the name {name}");
}

/// Calls a method of the Secret Service as any other program would, and returns what was printed.
pub(crate) fn call(path: &str, method: &str, args: &[&str]) -> String {
    let mut gdbus = Command::new("gdbus");
    gdbus.args(["call", "--session", "--dest", "org.freedesktop.secrets", "--object-path", path, "--method", method]);
    let output = gdbus.args(args).output().unwrap();
    assert!(output.status.success(), "{method}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Locks the login keyring.
pub(crate) fn lock() {
    let login = "['/org/freedesktop/secrets/collection/login']";
    call("/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", &[login]);
}
