//! Tests of the manual and of the completions.

use super::*;

/// The visible commands, as they are typed.
fn visible(command: &Command, typed: &str) -> Vec<String> {
    let inner = command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help");
    let inner = inner.flat_map(|inner| visible(inner, &format!("{typed} {}", inner.get_name())));
    std::iter::once(typed.to_owned()).chain(inner).collect()
}

fn text_of(page: &[u8]) -> String {
    String::from_utf8(page.to_vec()).unwrap()
}

#[test]
fn every_visible_command_has_a_page_and_no_hidden_one_has() {
    let mut wanted: Vec<String> =
        visible(&Cli::command(), "fob").iter().map(|typed| format!("{}.1", typed.replace(' ', "-"))).collect();
    wanted.sort();
    let pages: Vec<String> = pages().unwrap().into_iter().map(|(file, _)| file).collect();
    assert_eq!(pages, wanted);
    for file in ["fob.1", "fob-add-key.1", "fob-jwt-sign.1", "fob-completions.1"] {
        assert!(pages.iter().any(|page| page == file), "{file}");
    }
    assert!(!pages.iter().any(|page| page.contains("hold-clipboard") || page.contains("-man.")));
}

#[test]
fn a_page_has_its_example_and_the_first_one_has_every_exit_code() {
    let pages = pages().unwrap();
    let page = |file: &str| text_of(&pages.iter().find(|(name, _)| name == file).unwrap().1);
    assert!(page("fob-show.1").contains("fob show northwind \\-\\-json"));
    let first = page("fob.1");
    for (code, meaning) in EXIT_CODES.map(|(code, meaning)| (code, meaning.replace('-', "\\-"))) {
        assert!(first.contains(&format!(".TP\n\\fB{code}\\fR\n{meaning}\n")), "{code}");
    }
    for (file, text) in &pages {
        let text = text_of(text);
        assert!(text.contains(".SH \"SEE ALSO\""), "{file}");
        assert!(text.lines().filter(|line| line.starts_with(".SH")).count() >= 4, "{file}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn pages_render_without_a_warning() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    for (file, text) in pages().unwrap() {
        let mut groff = Command::new("groff");
        groff.args(["-man", "-Tutf8", "-ww", "-rLL=100n", "-"]);
        groff.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = groff.spawn().expect("groff, which scripts/setup.sh installs");
        child.stdin.take().unwrap().write_all(&text).unwrap();
        let made = child.wait_with_output().unwrap();
        assert!(made.status.success(), "{file}");
        assert_eq!(String::from_utf8_lossy(&made.stderr), "", "{file}");
        assert!(!made.stdout.is_empty(), "{file}");
    }
}

#[test]
fn completions_know_every_command() {
    for shell in [clap_complete::Shell::Bash, clap_complete::Shell::Zsh, clap_complete::Shell::Fish] {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "fob", &mut script);
        let script = text_of(&script);
        for command in Cli::command().get_subcommands().filter(|command| !command.is_hide_set()) {
            assert!(script.contains(command.get_name()), "{shell}: {}", command.get_name());
        }
    }
}
