//! All modules, in the order of their ids.

#[path = "modules/authorization.rs"]
mod authorization;
#[path = "modules/beyond.rs"]
mod beyond;
#[path = "modules/discovery.rs"]
mod discovery;
#[path = "modules/id_tokens.rs"]
mod id_tokens;
#[path = "modules/keys.rs"]
mod keys;
#[path = "modules/quirks.rs"]
mod quirks;
#[path = "modules/refresh.rs"]
mod refresh;
#[path = "modules/renewed.rs"]
mod renewed;
#[path = "modules/tokens.rs"]
mod tokens;
#[path = "modules/wires.rs"]
mod wires;

use crate::module::Module;

/// Returns all modules.
#[must_use]
pub fn modules() -> Vec<Module> {
    [
        id_tokens::modules(),
        keys::modules(),
        authorization::modules(),
        tokens::modules(),
        refresh::modules(),
        renewed::modules(),
        wires::modules(),
        quirks::modules(),
        discovery::modules(),
        beyond::modules(),
    ]
    .concat()
}

/// Finds a module by its id, whatever the case of its letters.
#[must_use]
pub fn find(id: &str) -> Option<Module> {
    modules().into_iter().find(|module| module.id.eq_ignore_ascii_case(id))
}
