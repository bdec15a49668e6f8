//! `fob providers`: which providers are ready, and what is wrong with a person's own files.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use fobwatch_core::jwt::visible;
use fobwatch_core::provider::{Finding, check_files};
use fobwatch_core::view::ProviderView;
use fobwatch_platform::Home;
use serde_json::json;

use crate::desk::Desk;
use crate::failure::{Failure, WRONG_USE};
use crate::format::table;
use crate::output::{answer_json, answer_text, say};

/// `fob providers`.
#[derive(Debug, Args)]
pub(crate) struct Providers {
    #[command(subcommand)]
    pub(crate) command: Option<ProvidersCommand>,
}

/// What can be done with providers other than listing them.
#[derive(Debug, Subcommand)]
pub(crate) enum ProvidersCommand {
    /// Check provider files: all in the folder "providers" of the data folder, or these. Exits 2 when one is wrong.
    #[command(after_help = "Example:\n  fob providers check northwind.toml")]
    Check(CheckProviders),
}

/// `fob providers check`.
#[derive(Debug, Args)]
pub(crate) struct CheckProviders {
    /// A file to check.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

/// Lists providers, or checks files.
pub(crate) async fn providers(args: Providers, desk: &Desk) -> Result<(), Failure> {
    match args.command {
        Some(ProvidersCommand::Check(args)) => check(&args, desk),
        None => list(desk).await,
    }
}

/// Lists all providers, and says what is wrong with the person's own files.
async fn list(desk: &Desk) -> Result<(), Failure> {
    let vault = desk.vault().await?;
    let findings = vault.look_at_provider_files();
    let mut ready = vault.known_providers().views();
    // The last one stands for an issuer that is typed.
    ready.retain(|one| one.id != "custom");
    if desk.json {
        return answer_json(&ready);
    }
    answer_text(&listing(&ready))?;
    for finding in findings {
        say(&visible(&finding.to_string()));
    }
    Ok(())
}

fn listing(ready: &[ProviderView]) -> String {
    let heads = ["ID", "NAME", "OFFERS", "FIELDS", "FROM"].map(str::to_owned);
    let lines = ready.iter().map(|one| {
        let offers = match (one.oauth, one.api_keys) {
            (true, true) => "sign-in, keys",
            (true, false) => "sign-in",
            (false, _) => "keys",
        };
        let fields: Vec<&str> = one.fields.iter().map(|field| field.name.as_str()).collect();
        [one.id.clone(), visible(&one.name), offers.to_owned(), fields.join(", "), visible(&one.origin)]
    });
    table(&std::iter::once(heads).chain(lines).collect::<Vec<_>>())
}

/// Checks files without touching the vault; what is wrong is the answer, one sentence a line.
fn check(args: &CheckProviders, desk: &Desk) -> Result<(), Failure> {
    let (found, findings) = check_files(&Home::resolve()?.data, &args.files);
    if desk.json {
        let wrong = findings.iter().map(|one| json!({ "file": one.file, "line": one.line, "message": one.message }));
        let ids: Vec<&String> = found.iter().map(|one| &one.id).collect();
        let wrong: Vec<_> = wrong.collect();
        answer_json(&json!({ "ok": findings.is_empty(), "providers": ids, "findings": wrong }))?;
    } else {
        answer_text(&report(&found, &findings))?;
    }
    if findings.is_empty() { Ok(()) } else { Err(Failure::silent(WRONG_USE)) }
}

fn report(found: &[ProviderView], findings: &[Finding]) -> String {
    let mut lines: Vec<String> =
        findings.iter().map(|finding| format!("{}\n", visible(&finding.to_string()))).collect();
    let good: Vec<String> = found.iter().map(|one| format!("{} ({})", one.id, visible(&one.origin))).collect();
    lines.push(match (good.is_empty(), findings.is_empty()) {
        (true, true) => "There are no provider files. docs/providers.md says how to write one.\n".to_owned(),
        (true, false) => "No provider can be used.\n".to_owned(),
        (false, _) => format!("Ready: {}.\n", good.join(", ")),
    });
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_one_sentence_a_line_and_ends_with_what_works() {
        let wrong = Finding { file: "a.toml".to_owned(), line: Some(3), message: "name must not be empty.".to_owned() };
        assert_eq!(report(&[], &[wrong]), "a.toml, line 3: name must not be empty.\nNo provider can be used.\n");
        assert!(report(&[], &[]).starts_with("There are no provider files."));
    }

    #[test]
    fn files_are_checked_without_a_vault() {
        let home = std::env::temp_dir().join(format!("fob-providers-{}", std::process::id()));
        std::fs::create_dir_all(home.join("providers")).unwrap();
        let entry = "[[provider]]\nid = \"mine\"\nname = \"Mine\"\nkeys_page = \"https://mine.example\"\n";
        std::fs::write(home.join("providers/mine.toml"), entry).unwrap();
        let other = home.join("other.toml");
        std::fs::write(&other, entry.replace("https", "http")).unwrap();
        let (found, findings) = check_files(&home, &[]);
        assert_eq!(report(&found, &findings), "Ready: mine (mine.toml).\n");
        let (found, findings) = check_files(&home, &[other]);
        assert!(report(&found, &findings).starts_with("other.toml, line 4: keys_page"), "{findings:?}");
        std::fs::remove_dir_all(&home).unwrap();
    }

    #[test]
    fn the_list_says_what_to_fill_in_and_where_it_comes_from() {
        let all = fobwatch_core::provider::Providers::built_in().views();
        let text = listing(&all);
        let okta = text.lines().find(|line| line.starts_with("okta ")).unwrap();
        assert!(okta.contains("sign-in") && okta.contains("domain, server") && okta.ends_with("built-in"), "{okta}");
    }
}
