//! From the program's start to the palette on the screen: at once, or made ready and shown when it is wanted.

use std::rc::Rc;

use fobwatch_palette::{Marked, Refusal, Row, Start};
use serde_json::json;

use super::Palette;
use crate::desktop::focus;
use crate::desktop::link::{Asked, Link};
use crate::desktop::look::Look;

/// Asks what the palette is to look like, and for its first rows.
pub(in crate::desktop) fn ask(link: &Link) -> (Asked, Asked) {
    (link.ask("start", &json!({})), link.ask("find", &json!({ "query": "" })))
}

/// Opens the palette once it is known what it is to look like. Its first rows come while the toolkit shows it.
pub(in crate::desktop) fn open(link: &Link, (start, first): (Asked, Asked)) {
    let known = link.clone();
    link.then(start, move |start: Result<Start, Refusal>| match start {
        Ok(start) => Palette::build(known, start).show(first),
        Err(_) => gtk::main_quit(),
    });
}

/// Makes a palette that stands on the screen as soon as it is wanted: fonts and styles take most of the time until then.
pub(in crate::desktop) fn wait(link: &Link) {
    let known = link.clone();
    link.then(link.ask("start", &json!({})), move |start: Result<Start, Refusal>| match start {
        Ok(start) => {
            let palette = Palette::build(known.clone(), start);
            palette.rehearse();
            known.when_wanted(move || palette.wanted());
        }
        Err(_) => gtk::main_quit(),
    });
}

impl Palette {
    /// Has the toolkit work out how a row looks, which nobody sees.
    fn rehearse(&self) {
        let some = || Marked { text: "Aa".into(), found: vec![0] };
        let (name, environment_word, account) = (some(), some(), some());
        let row = Row { name, environment_word, account, status: "1 min".into(), ..Row::default() };
        self.found.replace(vec![row]);
        self.show_rows(0);
        self.frame.prepare();
        self.found.take();
        self.show_rows(0);
    }

    /// Shows what was made ready, if it is still what it is to look like.
    fn wanted(self: Rc<Self>) {
        let (start, first) = ask(&self.link);
        self.link.clone().then(start, move |start: Result<Start, Refusal>| match start {
            Ok(start) if start == self.start && Look::new(&start.theme) == self.look => self.show(first),
            Ok(start) => Self::build(self.link.clone(), start).show(first),
            Err(_) => gtk::main_quit(),
        });
    }

    fn show(self: Rc<Self>, first: Asked) {
        self.awaits(first);
        self.frame.present();
        let window = self.frame.window.clone();
        focus::on_loss(&window, move || self.close());
    }
}
