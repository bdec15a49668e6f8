//! `fob log`: what happened, to one credential or to all of them, and whether the log is what was written.

use fobwatch_core::activity::By;
use fobwatch_core::credential::Kind;
use fobwatch_core::jwt::visible;
use fobwatch_core::view::{ActivityView, GenerationView, HistoryView, LogCheckView, LogEntryView, LogInput, Why};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::args::Log;
use crate::desk::Desk;
use crate::failure::{Failure, REFUSED};
use crate::format::{local, span, table};
use crate::output::{answer, answer_json, answer_text, say};

/// What `fob log --json` prints.
#[derive(Serialize)]
struct LogView {
    entries: Vec<LogEntryView>,
}

/// Prints the log, newest first.
pub(crate) async fn log(args: &Log, desk: &Desk) -> Result<(), Failure> {
    if args.verify {
        return verify(desk).await;
    }
    let since = args.since.map(|since| desk.ports.clock.now().checked_sub(since).unwrap_or(Timestamp::MIN));
    let mut input = LogInput { failures: args.failures, since, most: Some(args.last), ..LogInput::default() };
    let Some(name) = &args.name else { return all(&input, desk).await };
    let (vault, id) = desk.find(name).await?;
    let mut history = vault.history(id, args.last).await?;
    if input.failures || since.is_some() {
        input.credential = Some(id.to_string());
        history.entries = vault.log(&input).await?.entries.into_iter().map(|one| one.entry).collect();
    }
    if desk.json {
        return answer_json(&history);
    }
    Ok(answer_text(&one(&history))?)
}

async fn all(input: &LogInput, desk: &Desk) -> Result<(), Failure> {
    let entries = desk.vault().await?.log(input).await?.entries;
    if desk.json {
        return answer_json(&LogView { entries });
    }
    if entries.is_empty() {
        say(if input.failures || input.since.is_some() { "Nothing like that." } else { "Nothing has happened yet." });
        return Ok(());
    }
    let rows: Vec<[String; 5]> = entries
        .iter()
        .map(|one| {
            let [at, what, by, detail] = row(&one.entry);
            [at, visible(&one.name), what, by, detail]
        })
        .collect();
    Ok(answer_text(&table(&rows))?)
}

/// Looks at the whole log; exits 7 when it is not what was written.
async fn verify(desk: &Desk) -> Result<(), Failure> {
    let found = desk.vault().await?.check_log().await?;
    if desk.json {
        answer_json(&found)?;
        return if found.wrong.is_some() { Err(Failure::silent(REFUSED)) } else { Ok(()) };
    }
    if let Some(wrong) = said(&found) {
        let hint = "The log goes on, and the break stays visible. Keep a copy of vault.db to look into it.";
        return Err(Failure::new(REFUSED, "log_changed", wrong, hint));
    }
    let count = |number: u64| grouped(number) + if number == 1 { " entry" } else { " entries" };
    let Some(since) = found.since else { return Ok(answer("0 entries.")?) };
    answer(&format!("{}, chain unbroken since {}.", count(found.entries), local(since)))?;
    say(&match (found.sealed_to, found.seal_checked) {
        (Some(number), true) => format!("Sealed with the key in the keychain up to entry {}.", grouped_i(number)),
        (Some(_), false) => "The keychain did not give its key, so the seal was not checked.".to_owned(),
        (None, _) => {
            "There is no seal by the keychain's key, so a log that was written anew would not be noticed.".to_owned()
        }
    });
    Ok(())
}

fn said(found: &LogCheckView) -> Option<String> {
    let wrong = found.wrong.as_ref()?;
    let (from, to) = (grouped_i(wrong.from), grouped_i(wrong.to));
    let range = if wrong.from == wrong.to { format!("Entry {from} is") } else { format!("Entries {from} to {to} are") };
    Some(match wrong.code.as_str() {
        "changed" => format!("Entry {from} of the log is not what was written."),
        "swapped" => format!("Entries {from} and {to} of the log stand in each other's place."),
        "foreign" => format!("Entry {from} of the log was not written by Fobwatch."),
        "removed" => format!("{range} missing from the log."),
        "end_removed" => format!("{range} missing at the end of the log."),
        "no_head" => "It is not known any more where the log ends: that record was removed.".to_owned(),
        "cut" => format!("The log was cut up to entry {to}, and not by Fobwatch."),
        "rewritten" => format!("The log up to entry {to} was written anew: it is not the one that was sealed."),
        "broken" => format!("Before entry {from} was written, the log was changed, and not by Fobwatch."),
        "forged" => format!("The seal of entry {from} was not made with this vault's key."),
        other => format!("The log is not what was written ({other})."),
    })
}

/// 1,234
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn grouped_i(number: i64) -> String {
    grouped(number.unsigned_abs())
}

fn one(history: &HistoryView) -> String {
    let mut text = table(&history.entries.iter().map(row).collect::<Vec<_>>());
    if !history.generations.is_empty() {
        text.push_str("\nRefresh tokens, by their fingerprints:\n");
        text.push_str(&table(&history.generations.iter().map(generation).collect::<Vec<_>>()));
    }
    text
}

fn row(entry: &ActivityView) -> [String; 4] {
    [local(entry.at), what(entry), by(entry), visible(&detail(entry))]
}

fn what(entry: &ActivityView) -> String {
    let key = entry.kind == Some(Kind::ApiKey);
    match (entry.what.as_str(), entry.facts.version, entry.facts.shape.as_deref()) {
        ("rotated", Some(version), _) => format!("rotated, v{} to v{version}", version.saturating_sub(1)),
        ("rotated", None, _) if !key => "refreshed".to_owned(),
        ("pruned", ..) => "old entries cut".to_owned(),
        (what, _, Some(shape @ ("header" | "env" | "curl"))) => {
            format!("{} as {shape}", visible(&what.replace('_', " ")))
        }
        (what, ..) => visible(&what.replace('_', " ")),
    }
}

/// Says who asked.
fn by(entry: &ActivityView) -> String {
    match entry.by {
        By::Unknown => String::new(),
        By::You => "you".to_owned(),
        By::Window => "you, window".to_owned(),
        By::Tray => "you, tray".to_owned(),
        By::Palette => "you, palette".to_owned(),
        By::Background => "background".to_owned(),
        By::Command => match &entry.process {
            Some(process) => visible(&format!("{}, pid {}", process.program, process.pid)),
            None => "fob".to_owned(),
        },
    }
}

/// Says the numbers and codes of an entry.
fn detail(entry: &ActivityView) -> String {
    let facts = &entry.facts;
    let mut parts: Vec<String> = Vec::new();
    let mut add = |part: Option<String>| parts.extend(part);
    add(Some(entry.detail.clone()).filter(|detail| !detail.is_empty()));
    add(facts.rotation.map(|number| format!("rotation {number}")));
    add(facts.valid_seconds.map(|seconds| format!("valid {}", span(SignedDuration::from_secs(seconds)))));
    add(facts.host.as_ref().map(|host| format!("at {host}")));
    add(facts.scopes.filter(|count| *count > 0).map(|count| format!("{count} scopes granted")));
    add(facts.narrower.then(|| "a narrower token".to_owned()));
    add(facts.old_revoked.map(|yes| if yes { "old key revoked" } else { "old key not confirmed revoked" }.to_owned()));
    add(Some(facts.names.join(", ")).filter(|names| !names.is_empty()));
    add(facts.ended_at.map(|_| "cannot renew itself".to_owned()));
    add(facts.entries.map(|count| format!("{count} entries")));
    add(facts.up_to.map(|number| format!("up to entry {number}")));
    let remark = match facts.remark.as_deref() {
        Some("longer_wanted") => Some("a longer one was asked for"),
        Some("was_cut_off") => Some("after it had been cut off"),
        Some("token_kept") => Some("the new refresh token can't be used; the one before is kept"),
        Some("sign_in_ended") => Some("sign-in ended"),
        _ => None,
    };
    add(remark.map(str::to_owned));
    parts.join(", ")
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

/// Reads `7d`, `12h`, `90m`.
pub(crate) fn age(text: &str) -> Result<SignedDuration, String> {
    let why = || "give a time like 7d, 12h or 90m".to_owned();
    let hours = |number: &str, each: i64| number.parse::<u16>().map(|number| i64::from(number) * each);
    if let Some(days) = text.strip_suffix('d') {
        return hours(days, 24).map(SignedDuration::from_hours).map_err(|_| why());
    }
    text.parse().map_err(|_| why())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_ages_are_read() {
        assert_eq!([0, 12, 999, 1_000, 1_234_567].map(grouped), ["0", "12", "999", "1,000", "1,234,567"]);
        assert_eq!(age("7d"), Ok(SignedDuration::from_hours(168)));
        assert_eq!(age("12h"), Ok(SignedDuration::from_hours(12)));
        for bad in ["", "d", "-1d", "soon", "99999999d"] {
            assert!(age(bad).is_err(), "{bad}");
        }
    }
}
