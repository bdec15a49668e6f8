//! What the desktop's notifications say, in the person's language: from the causes to the words, and nothing else.
//!
//! Names are hostile text: they come in visible and short, and the caller escapes what its desktop would read as markup.

use fobwatch_core::jwt::visible;
use fobwatch_core::notifications::{About, Cause};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::speech::Language;
use crate::tray_menu::shortened;

/// How many names are said.
const NAMES: usize = 4;

/// What can be done about a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// The window comes up.
    Open,
    /// The browser comes up.
    SignIn,
}

/// What a notification says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) summary: String,
    pub(crate) body: String,
    pub(crate) acts: Vec<(Act, &'static str)>,
    /// The credential that it is about, where it is about one.
    pub(crate) credential: Option<String>,
}

/// Says these causes, which are of one topic.
pub(crate) fn message(causes: &[Cause], language: Language, now: Timestamp, zone: &TimeZone) -> Option<Message> {
    let first = causes.first()?;
    let words = Words { causes, first, language, now, zone };
    let (summary, body) = match first.topic.about {
        About::SignIn => words.sign_in(),
        About::RotateSoon => words.rotate_soon(),
        About::RotatePast => words.rotate_past(),
        About::ProviderDown => words.down(),
        About::Unsaved => words.unsaved(),
    };
    let alone = causes.len() == 1;
    let credential = first.credential.filter(|_| alone).map(|id| id.to_string());
    let mut acts = vec![(Act::Open, language.say("Open", "Öffnen"))];
    if first.topic.about == About::SignIn && alone {
        acts.insert(0, (Act::SignIn, language.say("Sign in again", "Erneut anmelden")));
    }
    Some(Message { summary, body, acts, credential })
}

/// Says that the desktop shows no tray icons, and what that means.
pub(crate) fn no_tray(language: Language) -> Message {
    let summary = language.say("This desktop shows no tray icons", "Dieser Desktop hat keinen Infobereich");
    let body = language.say(
        "Fobwatch runs as long as its window is open: closing it quits, and nothing is renewed then. On GNOME, an AppIndicator extension brings the tray.",
        "Fobwatch läuft, solange sein Fenster offen ist: Schließen beendet es, und dann wird nichts erneuert. Unter GNOME bringt eine AppIndicator-Erweiterung den Infobereich.",
    );
    Message { summary: summary.to_owned(), body: body.to_owned(), acts: Vec::new(), credential: None }
}

struct Words<'a> {
    causes: &'a [Cause],
    first: &'a Cause,
    language: Language,
    now: Timestamp,
    zone: &'a TimeZone,
}

impl Words<'_> {
    fn count(&self) -> usize {
        self.causes.len()
    }

    fn sign_in(&self) -> (String, String) {
        let (count, provider) = (self.count(), self.provider());
        match (self.language, count) {
            (Language::English, 1) => (
                format!("Sign in again: {}", name(self.first)),
                format!("{provider} does not renew this sign-in any more. Nothing was deleted."),
            ),
            (Language::German, 1) => (
                format!("Erneut anmelden: {}", name(self.first)),
                format!("{provider} erneuert diese Anmeldung nicht mehr. Es wurde nichts gelöscht."),
            ),
            (Language::English, _) => (format!("Sign in again: {count} logins at {provider}"), self.names()),
            (Language::German, _) => (format!("Erneut anmelden: {count} Anmeldungen bei {provider}"), self.names()),
        }
    }

    fn rotate_soon(&self) -> (String, String) {
        let (count, by) = (self.count(), self.day(self.first.at));
        match (self.language, count) {
            (Language::English, 1) => (format!("Rotate {} by {by}", name(self.first)), self.of_provider()),
            (Language::German, 1) => (format!("{} wechseln bis {by}", name(self.first)), self.of_provider()),
            (Language::English, _) => (format!("Rotate {count} credentials soon"), self.names()),
            (Language::German, _) => (format!("{count} Zugänge bald wechseln"), self.names()),
        }
    }

    fn rotate_past(&self) -> (String, String) {
        let (count, by) = (self.count(), self.day(self.first.at));
        match (self.language, count) {
            (Language::English, 1) => (
                format!("Rotate {}: it is late", name(self.first)),
                format!("The date to rotate it by was {by}. It still works."),
            ),
            (Language::German, 1) => (
                format!("{} wechseln: überfällig", name(self.first)),
                format!("Der Wechsel war bis {by} vorgesehen. Der Wert gilt weiter."),
            ),
            (Language::English, _) => (format!("Rotate {count} credentials: they are late"), self.names()),
            (Language::German, _) => (format!("{count} Zugänge wechseln: überfällig"), self.names()),
        }
    }

    fn down(&self) -> (String, String) {
        let (count, since, provider) = (self.first.count, self.moment(self.first.at), self.provider());
        match self.language {
            Language::English => {
                let waiting = if count == 1 { "1 login waits" } else { &format!("{count} logins wait") };
                let resume = if count == 1 { "resumes by itself" } else { "resume by themselves" };
                (format!("{provider} does not work since {since}"), format!("{waiting} and {resume}."))
            }
            Language::German => {
                let waiting = if count == 1 { "1 Anmeldung wartet" } else { &format!("{count} Anmeldungen warten") };
                let resume = if count == 1 { "läuft" } else { "laufen" };
                (
                    format!("{provider} funktioniert seit {since} nicht"),
                    format!("{waiting} und {resume} von selbst weiter."),
                )
            }
        }
    }

    fn unsaved(&self) -> (String, String) {
        let count = self.first.count;
        let summary = match (self.language, count) {
            (Language::English, 1) => "A renewed sign-in is not saved yet".to_owned(),
            (Language::English, _) => format!("{count} renewed sign-ins are not saved yet"),
            (Language::German, 1) => "Eine erneuerte Anmeldung ist noch nicht gespeichert".to_owned(),
            (Language::German, _) => format!("{count} erneuerte Anmeldungen sind noch nicht gespeichert"),
        };
        let body = self.language.say(
            "The keyring did not take it. Unlock the keyring, and let Fobwatch run until then.",
            "Der Schlüsselbund hat sie nicht angenommen. Entsperren Sie ihn und lassen Sie Fobwatch so lange laufen.",
        );
        (summary, body.to_owned())
    }

    fn provider(&self) -> String {
        match self.first.provider.trim() {
            "" => self.language.say("The provider", "Der Anbieter").to_owned(),
            provider => visible(&shortened(provider)),
        }
    }

    fn of_provider(&self) -> String {
        if self.first.provider.is_empty() { String::new() } else { self.provider() }
    }

    fn names(&self) -> String {
        let said = self.causes.iter().take(NAMES).map(name).collect::<Vec<_>>().join(", ");
        match (self.count().saturating_sub(NAMES), self.language) {
            (0, _) => said,
            (rest, Language::English) => format!("{said}, and {rest} more"),
            (rest, Language::German) => format!("{said} und {rest} weitere"),
        }
    }

    fn day(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime(self.language.say("%-d %b %Y", "%-d.%-m.%Y")).to_string()
    }

    /// The time, with its day where that is not today.
    fn moment(&self, at: Timestamp) -> String {
        let (then, today) = (at.to_zoned(self.zone.clone()), self.now.to_zoned(self.zone.clone()).date());
        let shape = if then.date() == today { "%H:%M" } else { self.language.say("%-d %b, %H:%M", "%-d.%-m., %H:%M") };
        then.strftime(shape).to_string()
    }
}

fn name(cause: &Cause) -> String {
    visible(&shortened(&cause.name))
}

/// Writes out what a desktop with markup would read as markup.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use fobwatch_core::credential::CredentialId;
    use fobwatch_core::notifications::Topic;

    use super::*;

    fn cause(about: About, name: &str) -> Cause {
        Cause {
            topic: Topic { about, issuer: String::new() },
            key: name.to_owned(),
            credential: Some(CredentialId::random()),
            name: name.to_owned(),
            provider: "Auth0".to_owned(),
            at: "2026-05-01T12:04:00Z".parse().unwrap(),
            count: 1,
        }
    }

    fn say(causes: &[Cause], language: Language) -> Message {
        let now = "2026-05-01T18:00:00Z".parse().unwrap();
        message(causes, language, now, &TimeZone::UTC).unwrap()
    }

    #[test]
    fn one_sign_in_is_named_and_can_be_made_at_once() {
        let causes = [cause(About::SignIn, "Northwind")];
        let said = say(&causes, Language::English);
        assert_eq!(said.summary, "Sign in again: Northwind");
        assert_eq!(said.body, "Auth0 does not renew this sign-in any more. Nothing was deleted.");
        assert_eq!(said.acts, [(Act::SignIn, "Sign in again"), (Act::Open, "Open")]);
        assert_eq!(said.credential, causes[0].credential.map(|id| id.to_string()));
        assert_eq!(say(&causes, Language::German).summary, "Erneut anmelden: Northwind");
    }

    #[test]
    fn several_are_counted_and_the_first_of_them_named() {
        let causes: Vec<Cause> = ["a", "b", "c", "d", "e", "f"].map(|name| cause(About::SignIn, name)).into();
        let said = say(&causes, Language::English);
        let words = (said.summary.as_str(), said.body.as_str());
        assert_eq!(words, ("Sign in again: 6 logins at Auth0", "a, b, c, d, and 2 more"));
        assert_eq!((said.acts.len(), said.credential), (1, None));
        assert_eq!(say(&causes[..4], Language::German).body, "a, b, c, d");
    }

    #[test]
    fn dates_and_times_are_those_of_the_place() {
        let said = |about, language| say(&[cause(about, "Payments")], language);
        assert_eq!(said(About::RotateSoon, Language::English).summary, "Rotate Payments by 1 May 2026");
        assert_eq!(said(About::RotateSoon, Language::German).summary, "Payments wechseln bis 1.5.2026");
        assert!(said(About::RotatePast, Language::English).body.contains("was 1 May 2026."));
        assert_eq!(said(About::ProviderDown, Language::English).summary, "Auth0 does not work since 12:04");
        let yesterday = Cause { at: "2026-04-30T23:59:00Z".parse().unwrap(), ..cause(About::ProviderDown, "") };
        assert_eq!(say(&[yesterday], Language::German).summary, "Auth0 funktioniert seit 30.4., 23:59 nicht");
    }

    #[test]
    fn a_hostile_name_stays_in_its_place() {
        let hostile = "<b>x</b>\u{202e}\n\u{7}&amp;<a href='http://evil'>";
        let said = say(&[cause(About::SignIn, hostile), cause(About::SignIn, &"n".repeat(500))], Language::English);
        assert!(!said.body.contains(['\u{202e}', '\n', '\u{7}']) && said.body.chars().count() < 150, "{}", said.body);
        assert!(!escaped(&said.body).contains(['<', '>']));
        assert_eq!(escaped("a & <b>"), "a &amp; &lt;b&gt;");
    }
}
