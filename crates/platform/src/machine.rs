//! Which machine this is.
//!
//! A vault that was copied with its keychain must not refresh on two machines with one token, so each value knows
//! the machine it was stored on. The answer is only ever hashed; it need not be secret, only steady and different.

/// Returns a text that stays the same on this machine and differs on others.
#[must_use]
pub fn machine_id() -> String {
    known().filter(|id| !id.is_empty()).unwrap_or_else(host_name)
}

/// Reads the identity that systemd and D-Bus give a machine (machine-id(5)).
#[cfg(not(any(target_os = "macos", windows)))]
fn known() -> Option<String> {
    ["/etc/machine-id", "/var/lib/dbus/machine-id"]
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap_or_default().trim().to_owned())
        .find(|id| !id.is_empty())
}

/// Asks for the hardware's identity: host names of a Mac change with the network.
#[cfg(target_os = "macos")]
fn known() -> Option<String> {
    let said = told_by("/usr/sbin/ioreg", &["-rd1", "-c", "IOPlatformExpertDevice"])?;
    let line = said.lines().find(|line| line.contains("\"IOPlatformUUID\""))?;
    line.rsplit('"').nth(1).map(str::to_owned)
}

/// Asks for the identity that Windows makes when it is installed.
#[cfg(windows)]
fn known() -> Option<String> {
    let key = r"HKLM\SOFTWARE\Microsoft\Cryptography";
    let said = told_by(r"C:\Windows\System32\reg.exe", &["query", key, "/v", "MachineGuid"])?;
    said.split_whitespace().last().map(str::to_owned)
}

#[cfg(any(target_os = "macos", windows))]
fn told_by(program: &str, arguments: &[&str]) -> Option<String> {
    match std::process::Command::new(program).args(arguments).output() {
        Ok(output) if output.status.success() => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        _ => None,
    }
}

#[cfg(unix)]
fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn host_name() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_one_steady_name() {
        let id = machine_id();
        assert!(!id.is_empty() && id.trim() == id, "{id:?}");
        assert_eq!(id, machine_id());
    }
}
