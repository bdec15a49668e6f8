//! Whether the desktop starts the program with the session: an entry in the person's own autostart folder (the XDG
//! Autostart Specification). The file is the truth, whoever wrote it; nothing else remembers it.

use std::io;
use std::path::{Path, PathBuf};

use fobwatch_core::private_file;

/// The entry as the packages carry it.
const ENTRY: &str = include_str!("../../../packaging/autostart.desktop");
const NAME: &str = "dev.fobwatch.Fobwatch.desktop";

/// Tells whether the session starts the program.
///
/// # Errors
/// When the entry is there and can't be read.
pub(crate) fn is_on() -> io::Result<bool> {
    match std::fs::read(place()?) {
        Ok(text) => Ok(starts(&String::from_utf8_lossy(&text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes the entry, or removes it.
///
/// # Errors
/// When the folder can't be written; then the entry is as it was.
pub(crate) fn set(on: bool) -> io::Result<()> {
    let place = place()?;
    if on {
        let folder = place.parent().ok_or(io::ErrorKind::NotFound)?;
        std::fs::create_dir_all(folder)?;
        return private_file::write(&place, &entry(&program()?)?);
    }
    match std::fs::remove_file(place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Where the entry is.
fn place() -> io::Result<PathBuf> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let config = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")));
    Ok(config.ok_or(io::ErrorKind::NotFound)?.join("autostart").join(NAME))
}

/// Tells whether an entry starts anything: a desktop switches one off by a key in it.
fn starts(text: &str) -> bool {
    let mut in_entry = false;
    let mut found = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_entry = line == "[Desktop Entry]";
            found |= in_entry;
        }
        let Some((key, value)) = line.split_once('=').filter(|_| in_entry) else { continue };
        match (key.trim(), value.trim()) {
            ("Hidden", "true") | ("X-GNOME-Autostart-enabled", "false") => return false,
            _ => {}
        }
    }
    found
}

/// What the entry is to start: this program by its name where that finds it, otherwise by its place.
fn program() -> io::Result<PathBuf> {
    // An AppImage runs from a folder that is gone with it.
    if let Some(image) = std::env::var_os("APPIMAGE").map(PathBuf::from).filter(|image| image.is_absolute()) {
        return Ok(image);
    }
    let own = std::env::current_exe()?;
    let name = Path::new("fobwatch");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file());
    let is_own = found.is_some_and(|found| found.canonicalize().is_ok_and(|found| found == own));
    Ok(if is_own { name.to_owned() } else { own })
}

/// The entry that starts this program.
fn entry(program: &Path) -> io::Result<String> {
    let program = program.to_str().filter(|program| !program.contains(char::is_control));
    let program = program.ok_or(io::ErrorKind::InvalidFilename)?;
    // What a value of the file may not hold as it is; and before that, what a quoted word of a command may not.
    let value = |text: &str| text.replace('\\', "\\\\");
    let mut word = String::new();
    for letter in program.chars() {
        match letter {
            '"' | '`' | '$' | '\\' => word.extend(['\\', letter]),
            '%' => word.push_str("%%"),
            letter => word.push(letter),
        }
    }
    let plain = program.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte));
    let word = if plain { word } else { format!("\"{word}\"") };
    let lines = ENTRY.lines().filter(|line| !line.starts_with('#')).map(|line| match line.split_once('=') {
        Some(("Exec", _)) => format!("Exec={} --hidden\n", value(&word)),
        Some(("TryExec", _)) => format!("TryExec={}\n", value(program)),
        _ => format!("{line}\n"),
    });
    Ok(lines.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_starts_this_program_without_a_window() {
        let of = |program: &str| entry(Path::new(program)).unwrap();
        let plain = of("fobwatch");
        assert!(plain.starts_with("[Desktop Entry]\nType=Application\n") && starts(&plain), "{plain}");
        assert!(plain.contains("\nExec=fobwatch --hidden\n") && plain.contains("\nTryExec=fobwatch\n"), "{plain}");
        let odd = of("/opt/a \"b\"/100%/$x\\y");
        assert!(odd.contains("\nExec=\"/opt/a \\\\\"b\\\\\"/100%%/\\\\$x\\\\\\\\y\" --hidden\n"), "{odd}");
        assert!(odd.contains("\nTryExec=/opt/a \"b\"/100%/$x\\\\y\n"), "{odd}");
        assert!(entry(Path::new("/opt/a\nExec=evil")).is_err());
    }

    #[test]
    fn an_entry_that_a_desktop_switched_off_starts_nothing() {
        for (text, on) in [
            ("[Desktop Entry]\nExec=fobwatch --hidden\n", true),
            ("[Desktop Entry]\nExec=x\nHidden=true\n", false),
            ("[Desktop Entry]\nExec=x\n X-GNOME-Autostart-enabled = false\n", false),
            ("[Desktop Entry]\nX-GNOME-Autostart-enabled=true\n[Desktop Action a]\nHidden=true\n", true),
            ("Hidden=false\n", false),
            ("", false),
        ] {
            assert_eq!(starts(text), on, "{text}");
        }
    }
}
