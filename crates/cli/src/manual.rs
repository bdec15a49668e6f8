//! `fob completions` and `fob man`: what packages carry along, made of the definition of the command line.
//!
//! There is no second description of a command: a page says what `--help` says, with what no help text has (exit codes,
//! places, variables) added to the first page.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::args::Cli;
use crate::failure::Failure;
use crate::output::{answer_text, say};

/// The exit codes, as scripts may rely on them.
const EXIT_CODES: [(&str, &str); 10] = [
    ("0", "done"),
    ("1", "a fault of Fobwatch, or of the disk"),
    ("2", "wrong use, bad input"),
    ("3", "no such credential"),
    ("4", "sign-in needed"),
    ("5", "keychain locked or unavailable"),
    ("6", "try again later: network, 429, 5xx"),
    ("7", "refused: by the person, by policy, by a failed check (signature, state, issuer)"),
    ("8", "the provider refused the client or its settings"),
    ("130", "interrupted"),
];
const VARIABLES: [(&str, &str); 2] = [
    ("FOB_HOME", "The folder of the vault, in place of the one below. It must be on a disk of this computer."),
    ("FOB_LOG", "How much is written to the logs: error, warn, info, debug or trace."),
];
const FILES: [(&str, &str); 3] = [
    ("$XDG_DATA_HOME/fobwatch/vault.db", "Everything but the secrets; those are in the keychain of the system."),
    ("$XDG_DATA_HOME/fobwatch/providers/", "Provider files of your own."),
    ("$XDG_STATE_HOME/fobwatch/", "Logs. They hold no secret."),
];

/// `fob completions`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}

/// `fob man`.
#[derive(Debug, Args)]
pub(crate) struct WriteManual {
    /// The folder, which is made if it is not there.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) to: PathBuf,
}

/// Prints the completions of a shell.
pub(crate) fn completions(args: &Completions) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "fob", &mut script);
    Ok(answer_text(&String::from_utf8_lossy(&script))?)
}

/// Writes one manual page for each command.
pub(crate) fn write(args: &WriteManual) -> Result<(), Failure> {
    fs::create_dir_all(&args.to)?;
    let pages = pages()?;
    for (file, text) in &pages {
        fs::write(args.to.join(file), text)?;
    }
    say(&format!("{} pages in {}", pages.len(), args.to.display()));
    Ok(())
}

/// All pages, by the names of their files.
fn pages() -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut whole = Cli::command().disable_help_subcommand(true);
    whole.build();
    let mut pages = Vec::new();
    let mut left = vec![(whole, None)];
    while let Some((command, above)) = left.pop() {
        let name = page_name(&command);
        let inner = command.get_subcommands().filter(|inner| !inner.is_hide_set());
        left.extend(inner.map(|inner| (inner.clone(), Some(name.clone()))));
        pages.push((format!("{name}.1"), page(command, above.as_deref())?));
    }
    pages.sort();
    Ok(pages)
}

fn page_name(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

fn page(command: Command, above: Option<&str>) -> Result<Vec<u8>, Failure> {
    let version = format!("Fobwatch {}", env!("CARGO_PKG_VERSION"));
    let usage = command.clone().render_usage().to_string();
    let forms = usage.trim_start_matches("Usage:").to_owned();
    let has_commands = command.get_subcommands().any(|inner| !inner.is_hide_set());
    let examples = command.get_after_help().map(ToString::to_string);
    let name = page_name(&command);
    let man = Man::new(command.override_usage(forms)).title(name.to_uppercase()).source(version).manual("Fobwatch");
    let mut out = Vec::new();
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    if has_commands {
        man.render_subcommands_section(&mut out)?;
    }
    if let Some(examples) = examples {
        out.extend(example_section(&examples).to_roff().into_bytes());
    }
    if above.is_none() {
        for (heading, lines) in [("EXIT STATUS", EXIT_CODES.as_slice()), ("ENVIRONMENT", &VARIABLES), ("FILES", &FILES)]
        {
            out.extend(list_section(heading, lines).to_roff().into_bytes());
        }
    }
    out.extend(see_also(above).to_roff().into_bytes());
    Ok(out)
}

/// What stands below the help of a command: lines that begin with a space are typed, the others are said.
fn example_section(text: &str) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("Example")) {
        if line.starts_with(' ') {
            roff.control("PP", []).control("nf", []).control("RS", ["4"]);
            roff.text([roman(line.trim())]);
            roff.control("RE", []).control("fi", []);
        } else {
            roff.control("PP", []).text([roman(line)]);
        }
    }
    roff
}

fn list_section(heading: &str, lines: &[(&str, &str)]) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [heading]);
    for (name, meaning) in lines {
        roff.control("TP", []).text([bold(*name)]).text([roman(*meaning)]);
    }
    roff
}

fn see_also(above: Option<&str>) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    let mut names = vec!["fob"];
    names.extend(above.filter(|above| *above != "fob"));
    // The first page names the others already.
    names.retain(|name| above.is_some() || *name != "fob");
    names.push("fobwatch");
    let mut line = Vec::new();
    for (index, name) in names.iter().enumerate() {
        line.push(bold(*name));
        line.push(roman(if index + 1 < names.len() { "(1), " } else { "(1)" }));
    }
    roff.text(line);
    roff
}

#[cfg(test)]
#[path = "manual_test.rs"]
mod tests;
