//! The passphrase, where the vault is locked.

use std::rc::Rc;

use fobwatch_palette::Refusal;
use gtk::prelude::*;
use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::Palette;

impl Palette {
    /// Tries what was typed, and goes on with an empty search.
    pub(super) fn unlock(self: &Rc<Self>) {
        #[derive(Serialize)]
        struct Typed<'a> {
            passphrase: &'a str,
        }
        // The toolkit's own copies it overwrites, or they end with this program.
        let typed = Zeroizing::new(self.frame.field.text().to_string());
        if typed.is_empty() {
            return;
        }
        // What is typed from here on is searched for.
        self.frame.field.set_text("");
        self.unlocking.set(true);
        let asked = self.link.ask("unlock", &Typed { passphrase: &typed });
        let palette = self.clone();
        self.link.then(asked, move |done: Result<Value, Refusal>| {
            palette.unlocking.set(false);
            match done {
                Ok(_) => {
                    palette.locked.set(false);
                    palette.problem.take();
                    palette.word_field();
                    palette.search(&palette.frame.field.text());
                }
                Err(refusal) => {
                    palette.early.borrow_mut().clear();
                    palette.frame.field.set_text("");
                    palette.fail(&refusal);
                }
            }
        });
    }
}
