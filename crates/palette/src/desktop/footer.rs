//! The strip at the bottom: what the keys do now, and what went wrong.

use fobwatch_palette::{Primary, Words};
use gtk::prelude::*;

use super::rows::{across, keys, label};

/// What the strip says.
pub(super) enum Says<'a> {
    /// What can be done with the selected one.
    Can(&'a Primary),
    /// Nothing was found.
    Nothing,
    /// What can be done where the lines of one credential stand.
    Lines,
    /// A fresh value is on its way.
    Busy,
    /// It did not work; and what Enter does about it.
    Problem(&'a str, Option<&'a Primary>),
    /// A passphrase is wanted.
    Locked,
}

/// Makes the strip say this.
pub(super) fn say(strip: &gtk::Box, words: &Words, says: &Says<'_>) {
    strip.foreach(|child| strip.remove(child));
    let key = |name: &str| vec![name.to_owned()];
    let enter = || key(&words.keys.enter);
    let start = across(8);
    let mut hints: Vec<(Vec<String>, &str)> = Vec::new();
    match says {
        Says::Can(primary) => {
            start.add(&keys(&enter()));
            // The keys keep their place, and the window its width, in languages with long words too.
            for (text, style) in [(&primary.name, "primary"), (&primary.note, "note")] {
                let word = label(text, style);
                word.set_ellipsize(gtk::pango::EllipsizeMode::End);
                start.add(&word);
            }
            if !primary.signs_in {
                hints.push((vec![words.keys.shift.clone(), words.keys.enter.clone()], &words.as_header));
            }
            hints.push((vec![words.keys.control.clone(), words.keys.enter.clone()], &words.open));
            hints.push((key(if right_to_left() { "←" } else { "→" }), &words.more));
        }
        Says::Nothing => start.add(&label(&words.nothing, "note")),
        Says::Lines => {
            start.add(&keys(&key(if right_to_left() { "→" } else { "←" })));
            start.add(&label(&words.back, "note"));
            hints.push((Vec::new(), &words.cleared));
        }
        Says::Busy => start.add(&label(&words.refreshing, "primary")),
        Says::Problem(message, primary) => {
            let problem = label(message, "problem");
            problem.set_line_wrap(true);
            problem.set_lines(3);
            problem.set_max_width_chars(60);
            problem.set_ellipsize(gtk::pango::EllipsizeMode::End);
            start.add(&problem);
            if let Some(primary) = primary {
                hints.push((enter(), &primary.name));
            }
        }
        Says::Locked => {
            start.add(&keys(&enter()));
            start.add(&label(&words.unlock, "primary"));
        }
    }
    strip.pack_start(&start, true, true, 0);
    for (names, does) in hints.iter().rev() {
        let hint = across(6);
        hint.add(&keys(names));
        hint.add(&label(does, "note"));
        strip.pack_end(&hint, false, false, 4);
    }
    strip.show_all();
}

fn right_to_left() -> bool {
    gtk::Widget::default_direction() == gtk::TextDirection::Rtl
}
