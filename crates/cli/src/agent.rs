//! `fob agent`: keeps all logins fresh while it runs, and says what happened without saying any value.

use std::collections::HashMap;

use fobwatch_core::credential::CredentialId;
use fobwatch_core::jwt::visible;
use fobwatch_core::view::CredentialView;
use fobwatch_core::{Error, Event, Vault};
use jiff::tz::TimeZone;
use tokio::sync::broadcast::error::RecvError;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::format::called;
use crate::output::say;

type Seen = HashMap<String, CredentialView>;

/// Runs until a signal; what is under way then is waited for.
pub(crate) async fn agent(desk: &Desk) -> Result<(), Failure> {
    let vault = desk.vault().await?;
    let mut events = vault.events();
    let mut seen = look(vault).await?;
    tell(desk, &format!("keeping {} credentials fresh; Ctrl+C ends this", seen.len()));
    let watching = async {
        loop {
            let event = events.recv().await;
            if let Ok(Event::Keychain) = event {
                let keychain = vault.keychain().await?;
                let state = keychain.error.map_or_else(|| "The keychain is ready.".to_owned(), |error| error.message);
                tell(desk, &state);
            }
            let changed = match event {
                Err(RecvError::Closed) => return Ok(()),
                Ok(Event::Keychain | Event::Clipboard | Event::Settings | Event::Lock | Event::Waiting { .. }) => {
                    continue;
                }
                Ok(Event::Changed(ids)) => ids,
                // Missed events are made up for by looking at everything.
                Err(RecvError::Lagged(_)) => Vec::new(),
            };
            let (before, now) = if changed.is_empty() {
                let now = look(vault).await?;
                (std::mem::replace(&mut seen, now.clone()), now)
            } else {
                // Of thousands, one is looked at.
                let now = look_at(vault, &changed).await?;
                let before = changed.iter().filter_map(|id| seen.remove_entry(&id.to_string())).collect();
                seen.extend(now.clone());
                (before, now)
            };
            for line in news(&before, &now) {
                tell(desk, &line);
            }
        }
    };
    tokio::select! {
        ended = vault.keep_fresh(fobwatch_platform::wakes()) => Ok(ended?),
        ended = watching => ended,
        // It ends only with the vault.
        () = vault.watch_health() => Ok(()),
        () = vault.keep_calendar() => Ok(()),
    }
}

async fn look(vault: &Vault) -> Result<Seen, Failure> {
    Ok(vault.show_all().await?.into_iter().map(|one| (one.id.clone(), one)).collect())
}

async fn look_at(vault: &Vault, ids: &[CredentialId]) -> Result<Seen, Failure> {
    let mut found = Seen::new();
    for id in ids {
        match vault.show(*id).await {
            Ok(one) => drop(found.insert(one.id.clone(), one)),
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

fn tell(desk: &Desk, line: &str) {
    let time = desk.ports.clock.now().to_zoned(TimeZone::system()).strftime("%H:%M:%S").to_string();
    say(&format!("{time} {line}"));
}

/// Says what is different, one line for each credential.
fn news(before: &Seen, now: &Seen) -> Vec<String> {
    let mut lines: Vec<String> = now
        .values()
        .filter_map(|one| {
            let what = match before.get(&one.id) {
                None => "added".to_owned(),
                Some(before) => change(before, one)?,
            };
            Some(format!("{}: {what}", called(one)))
        })
        .collect();
    let gone = before.values().filter(|one| !now.contains_key(&one.id));
    lines.extend(gone.map(|one| format!("{}: removed", called(one))));
    lines.sort();
    lines
}

fn change(before: &CredentialView, now: &CredentialView) -> Option<String> {
    if let Some(error) = now.last_error.as_ref().filter(|_| now.last_error != before.last_error) {
        let code = error.provider_code.as_ref().map(|code| format!(" ({})", visible(code))).unwrap_or_default();
        return Some(format!("{}{code}", error.message));
    }
    if now.last_refresh_at != before.last_refresh_at {
        return Some(format!("renewed (generation {})", now.refresh_generation));
    }
    (now.refresh_generation != before.refresh_generation).then(|| match now.issuer {
        Some(_) => format!("signed in (generation {})", now.refresh_generation),
        None => "rotated".to_owned(),
    })
}
