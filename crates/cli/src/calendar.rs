//! `fob calendar`: what ends when, for calendar programs, once or as a file that is kept up to date.

use std::path::Path;

use fobwatch_core::jwt::visible;
use fobwatch_core::private_file;
use fobwatch_core::view::CalendarFeedView;
use serde_json::json;

use crate::args::{Calendar, Feed};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::format::local;
use crate::output::{answer, answer_json, answer_text, say};

/// Prints the calendar, writes it to a file, or says whether a feed of it is kept.
pub(crate) async fn calendar(args: &Calendar, desk: &Desk) -> Result<(), Failure> {
    if let Some(how) = args.feed {
        return feed(how, desk).await;
    }
    let calendar = desk.vault().await?.calendar().await?;
    let Some(path) = &args.output else {
        if desk.json {
            return answer_json(&json!({ "calendar": calendar.text, "events": calendar.events }));
        }
        return Ok(answer_text(&calendar.text)?);
    };
    write(path, &calendar.text)?;
    if desk.json {
        return answer_json(&json!({ "path": path.display().to_string(), "events": calendar.events }));
    }
    let dates = if calendar.events == 1 { "1 date is".to_owned() } else { format!("{} dates are", calendar.events) };
    say(&visible(&format!("{dates} in {} now.", path.display())));
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error| Failure::ours(format!("{} could not be written: {error}.", path.display()));
    private_file::write(path, text).map_err(failed)
}

async fn feed(how: Feed, desk: &Desk) -> Result<(), Failure> {
    let vault = desk.vault().await?;
    if how != Feed::Status {
        let change = serde_json::Map::from_iter([("calendar_feed".to_owned(), json!(how == Feed::On))]);
        vault.change_settings(&change, None).await?;
    }
    let feed = vault.calendar_feed().await?;
    if desk.json {
        return answer_json(&feed);
    }
    answer(&told(&feed))?;
    if feed.on {
        say("The window or fob agent --foreground keeps it up to date while it runs, also while the window is locked.");
    }
    Ok(())
}

fn told(feed: &CalendarFeedView) -> String {
    let path = visible(&feed.path);
    match feed.written_at {
        _ if !feed.on => "There is no feed.".to_owned(),
        None => format!("The feed will be {path}; it is not written yet."),
        Some(at) => format!("The feed is {path}, written {}.", local(at)),
    }
}
