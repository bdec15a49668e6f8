//! In which ways a credential can be copied, and what these are called: the same in the palette and in the tray.

use fobwatch_core::credential::{Kind, Line};
use fobwatch_core::view::CredentialView;

use crate::speech::Language;

/// One way to copy a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    /// The shape, as [`fobwatch_core::quick_copy::Format`] reads it.
    pub(crate) format: String,
    /// Whether a fresh value is fetched first, however fresh the one is that there is.
    pub(crate) renew: bool,
    /// What it is called; of a shape of the person's own, whatever they wrote.
    pub(crate) name: String,
}

/// Tells whether nothing can be copied before somebody signs in.
pub(crate) fn needs_sign_in(kind: Kind, line: Line) -> bool {
    kind == Kind::Oauth && matches!(line, Line::RefreshFailing | Line::Expired)
}

/// The ways to copy a credential, the shortest first.
pub(crate) fn ways(view: &CredentialView, language: Language) -> Vec<Way> {
    if needs_sign_in(view.kind, view.line) {
        return Vec::new();
    }
    let way = |format: &str, name: &str| Way { format: format.to_owned(), renew: false, name: name.to_owned() };
    let raw = if view.kind == Kind::ApiKey {
        language.say("Copy key", "Schlüssel kopieren")
    } else {
        language.say("Copy token", "Token kopieren")
    };
    let mut ways = vec![
        way("raw", raw),
        way("header", language.say("Copy as header", "Als Header kopieren")),
        way("curl", language.say("Copy as curl", "Als curl-Befehl kopieren")),
        way("env", language.say("Copy as .env line", "Als .env-Zeile kopieren")),
    ];
    let own = view.chosen.templates.iter().enumerate();
    ways.extend(own.map(|(at, template)| way(&format!("template-{at}"), &template.name)));
    if view.renews {
        let name = language.say("Refresh, then copy", "Erneuern, dann kopieren");
        ways.push(Way { renew: true, ..way("raw", name) });
    }
    ways
}
