//! `fob log`: what happened, to one credential or to all of them.

use fobwatch_core::jwt::visible;
use fobwatch_core::view::{ActivityView, GenerationView, HistoryView, LogEntryView, Why};
use serde::Serialize;

use crate::args::Log;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::format::{local, table};
use crate::output::{answer_json, answer_text, say};

/// What `fob log --json` prints.
#[derive(Serialize)]
struct LogView {
    entries: Vec<LogEntryView>,
}

/// Prints the log, newest first.
pub(crate) async fn log(args: &Log, desk: &Desk) -> Result<(), Failure> {
    let Some(name) = &args.name else { return all(args.last, desk).await };
    let (vault, id) = desk.find(name).await?;
    let history = vault.history(id, args.last).await?;
    if desk.json {
        return answer_json(&history);
    }
    Ok(answer_text(&one(&history))?)
}

async fn all(last: u32, desk: &Desk) -> Result<(), Failure> {
    let entries = desk.vault().await?.log(last).await?;
    if desk.json {
        return answer_json(&LogView { entries });
    }
    if entries.is_empty() {
        say("Nothing has happened yet.");
        return Ok(());
    }
    let rows: Vec<[String; 4]> = entries
        .iter()
        .map(|one| {
            let [at, what, detail] = row(&one.entry);
            [at, visible(&one.name), what, detail]
        })
        .collect();
    Ok(answer_text(&table(&rows))?)
}

fn one(history: &HistoryView) -> String {
    let mut text = table(&history.entries.iter().map(row).collect::<Vec<_>>());
    if !history.generations.is_empty() {
        text.push_str("\nRefresh tokens, by their fingerprints:\n");
        text.push_str(&table(&history.generations.iter().map(generation).collect::<Vec<_>>()));
    }
    text
}

fn row(entry: &ActivityView) -> [String; 3] {
    [local(entry.at), entry.what.replace('_', " "), visible(&entry.detail)]
}

fn generation(one: &GenerationView) -> [String; 5] {
    let list = |sign: &str, scopes: &[String]| -> Vec<String> {
        scopes.iter().map(|scope| format!("{sign}{}", visible(scope))).collect()
    };
    let changes: Vec<String> = [list("+", &one.gained), list("-", &one.lost)].concat();
    [local(one.at), one.generation.to_string(), one.fingerprint.clone(), why(one.why).to_owned(), changes.join(" ")]
}

/// Says why a refresh token took the place of the one before.
fn why(why: Why) -> &'static str {
    match why {
        Why::SignedIn => "signed in",
        Why::Due => "in the background",
        Why::Wanted => "a longer one was asked for",
        Why::Asked => "by you",
        Why::TakenOver => "taken over from another computer",
        Why::Recovered => "after it had been cut off",
    }
}
