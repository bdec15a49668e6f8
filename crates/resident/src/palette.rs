//! What the quick palette asks and gets (DESIGN.md section 6.11): rows that are ready to be drawn, and copying.
//!
//! Its program is as little trusted with values as the window: none leaves here. While the vault is locked it learns that
//! and may unlock it, and nothing else.

use fobwatch_core::activity::By;
use fobwatch_core::credential::{Environment, Kind, Line as Ending, Tone};
use fobwatch_core::quick_copy::Format;
use fobwatch_core::refresh::Ask;
use fobwatch_core::secret::Secret;
use fobwatch_core::settings::Theme;
use fobwatch_core::view::{CredentialView, ListInput, RowView};
use fobwatch_core::{Error, Vault, marks};
use fobwatch_palette::{Does, Found, Keys, Line, Marked, Meter, Primary, Row, Start, Words};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::commands::{Answer, about, named, read, sign_in_again, vault, vault_behind_lock, write};
use crate::host::Host;
use crate::speech::Language;
use crate::ways::{needs_sign_in, ways};
use crate::{input, news};

/// How many rows there are.
const ROWS: usize = 7;

#[derive(Deserialize)]
struct Typed {
    query: String,
}

#[derive(Deserialize)]
struct About {
    id: String,
}

#[derive(Deserialize)]
struct Copied {
    id: String,
    format: String,
    renew: bool,
}

#[derive(Deserialize)]
struct Proof {
    passphrase: Secret,
}

/// Answers the palette.
///
/// # Errors
/// What a person reads of why it did not work.
pub(crate) async fn answer(host: &Host, command: &str, arguments: &RawValue) -> Result<Box<RawValue>, Box<RawValue>> {
    let answered = match command {
        "start" => start(host).await.and_then(|start| write(&start)),
        "find" => find(host, arguments).await.and_then(|found| write(&found)),
        "lines" => lines(host, arguments).await.and_then(|lines| write(&lines)),
        "copy" => copy(host, arguments).await.and_then(|()| write(&())),
        "open" => open(host, arguments).await.and_then(|()| write(&())),
        "sign_in" => sign_in(host, arguments).await.and_then(|()| write(&())),
        "unlock" => unlock(host, arguments).await.and_then(|()| write(&())),
        _ => Err(Error::Invalid { field: "command", why: "there is no such command".to_owned() }.into()),
    };
    answered.map_err(|refusal| to_raw_value(&refusal).unwrap_or_else(|_| RawValue::NULL.to_owned()))
}

/// What it looks like, which is no part of the vault.
async fn start(host: &Host) -> Answer<Start> {
    let vault = vault_behind_lock(host).await?;
    vault.lock_if_idle().await?;
    let settings = vault.settings().await?;
    let theme = match settings.theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let words = words(Language::chosen(&settings.language), settings.clear_clipboard_seconds);
    Ok(Start { theme: theme.to_owned(), locked: vault.is_locked(), words })
}

async fn find(host: &Host, arguments: &RawValue) -> Answer<Found> {
    let Typed { query } = read(arguments)?;
    // What fits best comes first, and where nothing was typed what was used last.
    let order = if query.trim().is_empty() { "used" } else { "attention" };
    let input = ListInput { query, order: order.to_owned(), count: Some(ROWS), ..ListInput::default() };
    input::list(&input)?;
    let vault = vault(host).await?;
    let list = vault.list(&input).await?;
    let language = spoken(&vault).await?;
    let drawn = Drawn { language, now: host.clock().now(), zone: TimeZone::system() };
    let rows = list.rows.iter().map(|row| drawn.row(row, &input.query)).collect();
    let count = match (input.query.trim(), language) {
        ("", _) => String::new(),
        (_, Language::English) => format!("{} of {}", list.matched, list.total),
        (_, Language::German) => format!("{} von {}", list.matched, list.total),
    };
    Ok(Found { rows, count })
}

async fn lines(host: &Host, arguments: &RawValue) -> Answer<Vec<Line>> {
    let About { id } = read(arguments)?;
    let (vault, id) = about(host, &id).await?;
    let view = vault.show(id).await?;
    Ok(what_can_be_done(&view, spoken(&vault).await?))
}

async fn copy(host: &Host, arguments: &RawValue) -> Answer<()> {
    let Copied { id, format, renew } = read(arguments)?;
    let (vault, id) = about(host, &id).await?;
    let format: Format = format.parse()?;
    let copied = async {
        if renew {
            vault.refresh(id, Ask::Now).await?;
        }
        vault.copy(id, format, By::Palette).await
    };
    named(&vault, id, copied.await).await?;
    vault.used_now();
    Ok(())
}

async fn open(host: &Host, arguments: &RawValue) -> Answer<()> {
    let About { id } = read(arguments)?;
    about(host, &id).await?;
    host.shell().show_window();
    news::show_credential(host, &id);
    Ok(())
}

async fn sign_in(host: &Host, arguments: &RawValue) -> Answer<()> {
    let About { id } = read(arguments)?;
    sign_in_again(host.clone(), id, false).await.map(drop)
}

async fn unlock(host: &Host, arguments: &RawValue) -> Answer<()> {
    let Proof { passphrase } = read(arguments)?;
    input::secret("passphrase", &passphrase)?;
    Ok(vault_behind_lock(host).await?.unlock(&passphrase).await?)
}

async fn spoken(vault: &Vault) -> Answer<Language> {
    Ok(Language::chosen(&vault.settings().await?.language))
}

/// Makes rows for one moment.
struct Drawn {
    language: Language,
    now: Timestamp,
    zone: TimeZone,
}

impl Drawn {
    fn row(&self, row: &RowView, query: &str) -> Row {
        let word = self.language.environment(row.environment);
        let mut found = marks(query, &[&row.name, &row.account, word]).into_iter();
        let mut marked = |text: &str| Marked { text: text.to_owned(), found: found.next().unwrap_or_default() };
        let (name, account, environment_word) = (marked(&row.name), marked(&row.account), marked(word));
        let (status, _) = self.language.status(row, self.now, &self.zone);
        let spoken = [&row.name, word, &row.provider_name, &row.account, &status];
        let spoken: Vec<&str> = spoken.into_iter().map(AsRef::as_ref).filter(|part: &&str| !part.is_empty()).collect();
        Row {
            id: row.id.clone(),
            code: row.monogram.code.clone(),
            tint: row.monogram.tint.clone(),
            environment: environment(row.environment).to_owned(),
            tone: tone(row.tone).to_owned(),
            glyph: glyph(row.line).to_owned(),
            meter: self.meter(row),
            primary: self.primary(row),
            spoken: spoken.join(", "),
            name,
            account,
            environment_word,
            status,
        }
    }

    fn meter(&self, row: &RowView) -> Meter {
        let Some(end) = row.ends_at.filter(|_| row.line != Ending::NoExpiry) else {
            return if row.tone == Tone::Bad { Meter::Expired } else { Meter::Endless };
        };
        let over = end <= self.now && (row.tone == Tone::Bad || row.line == Ending::Paused);
        if over || matches!(row.line, Ending::Expired | Ending::RefreshFailing) {
            return Meter::Expired;
        }
        let whole = end.duration_since(row.starts_at.unwrap_or(self.now)).as_secs_f64();
        let left = end.duration_since(self.now).as_secs_f64();
        Meter::Left(if whole > 0.0 { (left / whole).clamp(0.0, 1.0) } else { 0.0 })
    }

    fn primary(&self, row: &RowView) -> Primary {
        let say = |english, german| self.language.say(english, german);
        if needs_sign_in(row.kind, row.line) {
            let name = say("Sign in again", "Erneut anmelden").to_owned();
            return Primary { name, note: String::new(), signs_in: true };
        }
        let name = if row.kind == Kind::ApiKey {
            say("Copy key", "Schlüssel kopieren")
        } else {
            say("Copy token", "Token kopieren")
        };
        let end = row.ends_at.filter(|_| row.line == Ending::Renews);
        let note = end.map(|end| {
            let (span, _) = self.language.remaining(end, self.now, &self.zone);
            match self.language {
                Language::English => format!("fresh for {span}"),
                Language::German => format!("noch {span} frisch"),
            }
        });
        Primary { name: name.to_owned(), note: note.unwrap_or_default(), signs_in: false }
    }
}

fn environment(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "production",
        Environment::Staging => "staging",
        Environment::Development => "development",
    }
}

fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "neutral",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
    }
}

fn glyph(line: Ending) -> &'static str {
    match line {
        Ending::RefreshFailing | Ending::EndsNow | Ending::EndsSoon => "triangle",
        Ending::Expired => "cross",
        Ending::Retrying | Ending::Renews => "refresh",
        Ending::SignInBy => "sign-in",
        Ending::Rotate => "rotate",
        Ending::Paused => "pause",
        Ending::Far | Ending::NoExpiry => "",
    }
}

/// The lines of one credential, the shortest way to its value first.
fn what_can_be_done(view: &CredentialView, language: Language) -> Vec<Line> {
    let keys = keys(language);
    let name = |english: &'static str, german: &'static str| language.say(english, german).to_owned();
    let line = |does, name, sample: &str, glyph: &str, keys: &[&str]| Line {
        does,
        name,
        sample: sample.to_owned(),
        glyph: glyph.to_owned(),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
    };
    let mut lines = Vec::new();
    if needs_sign_in(view.kind, view.line) {
        lines.push(line(Does::SignIn, name("Sign in again", "Erneut anmelden"), "", "sign-in", &[]));
    }
    for (at, way) in ways(view, language).into_iter().enumerate() {
        if way.renew {
            lines.push(line(Does::RefreshAndCopy, way.name, "", "refresh", &[&keys.control, "R"]));
            continue;
        }
        // After the first two, which have Enter.
        let number = at.saturating_sub(1).to_string();
        let (sample, glyph, by_key): (String, &str, &[&str]) = match way.format.as_str() {
            "raw" => (String::new(), "copy", &[&keys.enter]),
            "header" => (view.header.replace("{}", "…"), "header", &[&keys.shift, &keys.enter]),
            "curl" => (String::new(), "curl", &[&keys.control, &number]),
            "env" => (format!("{}=…", view.env_name), "env", &[&keys.control, &number]),
            _ if number.len() == 1 => (String::new(), "copy", &[&keys.control, &number]),
            _ => (String::new(), "copy", &[]),
        };
        lines.push(line(Does::Copy(way.format), way.name, &sample, glyph, by_key));
    }
    let open = name("Open in Fobwatch", "In Fobwatch öffnen");
    lines.push(line(Does::Open, open, "", "open", &[&keys.control, &keys.enter]));
    lines
}

fn keys(language: Language) -> Keys {
    let key = |english: &'static str, german: &'static str| language.say(english, german).to_owned();
    Keys { enter: key("Enter", "Enter"), shift: key("Shift", "Umschalt"), control: key("Ctrl", "Strg") }
}

fn words(language: Language, clears_after: u16) -> Words {
    let word = |english: &'static str, german: &'static str| language.say(english, german).to_owned();
    let cleared = match (clears_after, language) {
        (0, _) => word("Stays on the clipboard after copying", "Bleibt nach dem Kopieren in der Zwischenablage"),
        (seconds, Language::English) => format!("Cleared from the clipboard {seconds}\u{a0}s after copying"),
        (seconds, Language::German) => {
            format!("Wird {seconds}\u{a0}s nach dem Kopieren aus der Zwischenablage gelöscht")
        }
    };
    Words {
        search: word("Search credentials", "Zugangsdaten suchen"),
        passphrase: word("App passphrase", "App-Passphrase"),
        locked: word("Locked", "Gesperrt"),
        unlock: word("Unlock", "Entsperren"),
        as_header: word("as header", "als Header"),
        open: word("open", "öffnen"),
        more: word("more", "mehr"),
        back: word("back", "zurück"),
        nothing: word("Nothing fits", "Nichts passt"),
        refreshing: word("Refreshing", "Wird erneuert"),
        cleared,
        keys: keys(language),
    }
}
