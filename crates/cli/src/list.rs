//! `fob list` and `fob status`: many credentials at a glance.

use std::collections::HashMap;

use fobwatch_core::Error;
use fobwatch_core::credential::Tone;
use fobwatch_core::jwt::visible;
use fobwatch_core::view::{
    CountView, CredentialView, KeychainView, ListInput, ListView, NoticeView, ProblemCode, ProblemView, RowView,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::args::List;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::format::{environment, kind, local, status as status_words, table, time_left};
use crate::output::{answer_json, answer_text, say};

/// Lists credentials: all by urgency, or those that a search finds.
pub(crate) async fn list(args: List, desk: &Desk) -> Result<(), Failure> {
    let vault = desk.vault().await?;
    let query = args.query.unwrap_or_default();
    let found = vault.list(&ListInput { query, ..ListInput::default() }).await?;
    if let Some(problem) = found.problems.first() {
        return Err(Error::Invalid { field: "query", why: why(problem) }.into());
    }
    let mut all: HashMap<String, CredentialView> =
        vault.show_all().await?.into_iter().map(|one| (one.id.clone(), one)).collect();
    if desk.json {
        // In the order of the list, each as `fob show` gives it.
        let listed: Vec<CredentialView> = found.rows.iter().filter_map(|row| all.remove(&row.id)).collect();
        return answer_json(&listed);
    }
    if found.rows.is_empty() {
        say(if found.total == 0 {
            "There are no credentials yet. Store one with fob add key NAME or fob login NAME."
        } else {
            "Nothing was found."
        });
        if let Some(nearest) = &found.nearest {
            say(&format!("Did you mean {}?", visible(&nearest.words)));
        }
        return Ok(());
    }
    Ok(answer_text(&listing(&found.rows, &all, desk.ports.clock.now()))?)
}

/// What is wrong with a filter, and what would do.
fn why(problem: &ProblemView) -> String {
    let (filter, choices) = (visible(&problem.filter), problem.choices.join(", "));
    match problem.code {
        ProblemCode::Unfinished if problem.choices.is_empty() => format!("“{filter}” has nothing after the colon"),
        ProblemCode::Unfinished => format!("“{filter}” has nothing after the colon; it takes {choices}"),
        ProblemCode::UnknownValue => format!("“{filter}” is not known; {} takes {choices}", problem.name),
        ProblemCode::NoTime => format!("“{filter}” names no time; it takes {choices} or a date like <2026-01-31"),
    }
}

fn listing(rows: &[RowView], all: &HashMap<String, CredentialView>, now: Timestamp) -> String {
    let heads = ["NAME", "ENVIRONMENT", "KIND", "ACCOUNT", "STATUS", "TIME LEFT"].map(str::to_owned);
    let lines = rows.iter().map(|row| {
        [
            visible(&row.name),
            environment(row.environment).to_owned(),
            kind(row.kind).to_owned(),
            visible(&row.account),
            all.get(&row.id).map(|one| status_words(one.status)).unwrap_or_default().to_owned(),
            time_left(row.line, row.ends_at, now),
        ]
    });
    table(&std::iter::once(heads).chain(lines).collect::<Vec<_>>())
}

/// What `fob status --json` prints.
#[derive(Serialize)]
struct StatusView<'a> {
    keychain: &'a KeychainView,
    notice: Option<&'a NoticeView>,
    total: usize,
    kinds: &'a [CountView],
    environments: &'a [CountView],
    attention: Vec<&'a CredentialView>,
}

/// Says how the keychain is, how much there is, and what needs attention.
pub(crate) async fn status(desk: &Desk) -> Result<(), Failure> {
    let vault = desk.vault().await?;
    let keychain = vault.keychain().await?;
    let notice = vault.notice().await?;
    let found = vault.list(&ListInput::default()).await?;
    let all: HashMap<String, CredentialView> =
        vault.show_all().await?.into_iter().map(|one| (one.id.clone(), one)).collect();
    let urgent: Vec<&RowView> = found.rows.iter().filter(|row| row.tone > Tone::Neutral).collect();
    if desk.json {
        return answer_json(&StatusView {
            keychain: &keychain,
            notice: notice.as_ref(),
            total: found.total,
            kinds: &found.kinds,
            environments: &found.environments,
            attention: urgent.iter().filter_map(|row| all.get(&row.id)).collect(),
        });
    }
    let told = notice.as_ref().map(notice_line).unwrap_or_default();
    Ok(answer_text(&format!("{told}{}", report(&keychain, &found, &urgent, &all, desk.ports.clock.now())))?)
}

/// The line over everything: what goes wrong for several at once.
fn notice_line(notice: &NoticeView) -> String {
    let lead = notice.since.map_or_else(|| notice.lead.clone(), |since| notice.lead.replace("{since}", &local(since)));
    let code = notice.code.as_ref().map(|code| format!(" ({})", visible(code))).unwrap_or_default();
    format!("{} {}{code}\n", visible(&lead), notice.rest)
}

fn report(
    keychain: &KeychainView,
    found: &ListView,
    urgent: &[&RowView],
    all: &HashMap<String, CredentialView>,
    now: Timestamp,
) -> String {
    let mut lines = vec![match &keychain.error {
        None => format!("Keychain: {}, ready\n", keychain.name),
        Some(error) => format!("Keychain: {}, {}\n  {}\n", keychain.state.replace('_', " "), error.message, error.hint),
    }];
    if keychain.overdue > 0 {
        lines.push(format!("  {} refreshes wait for it\n", keychain.overdue));
    }
    lines.push(format!("Credentials: {}\n", found.total));
    for counts in [&found.kinds, &found.environments] {
        let counted = counts.iter().filter(|one| one.count > 0).map(|one| format!("{} {}", one.count, one.label));
        let counted: Vec<String> = counted.collect();
        if !counted.is_empty() {
            lines.push(format!("  {}\n", counted.join(", ")));
        }
    }
    if urgent.is_empty() {
        lines.push("Nothing needs attention.\n".to_owned());
        return lines.concat();
    }
    lines.push(format!("Needs attention: {}\n", urgent.len()));
    let rows: Vec<[String; 3]> = urgent
        .iter()
        .map(|row| {
            let state = all.get(&row.id).map(|one| status_words(one.status)).unwrap_or_default();
            [format!("  {}", visible(&row.name)), state.to_owned(), time_left(row.line, row.ends_at, now)]
        })
        .collect();
    lines.push(table(&rows));
    for one in urgent.iter().filter_map(|row| all.get(&row.id)) {
        if let Some(error) = &one.last_error {
            lines.push(format!("  {}: {} {}\n", visible(&one.name), error.message, error.hint));
        }
    }
    lines.concat()
}
