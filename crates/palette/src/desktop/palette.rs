//! The palette: a field, up to seven rows, and a strip that says what the keys do.

mod ready;
mod unlock;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use fobwatch_palette::{Does, Found, Line, Refusal, Row, Start};
use gtk::glib::Propagation;
use gtk::prelude::*;
use serde_json::{Value, json};

use super::footer::{self, Says};
use super::frame::Frame;
use super::keys::{Meant, meant};
use super::link::{Asked, Link};
use super::look::Look;
use super::{draw, rows};

pub(super) use self::ready::{ask, open, wait};

/// The palette's window and what it shows.
struct Palette {
    link: Link,
    start: Start,
    look: Look,
    frame: Frame,
    locked: Cell<bool>,
    busy: Cell<bool>,
    /// Which search was the latest, and which the rows are of.
    searched: Cell<u64>,
    answered: Cell<u64>,
    /// Whether the lines of one credential are on their way.
    coming: Cell<bool>,
    /// Whether a passphrase is being tried.
    unlocking: Cell<bool>,
    /// What was meant by keys that were quicker than an answer: they mean what will be shown.
    early: RefCell<VecDeque<Meant>>,
    found: RefCell<Vec<Row>>,
    /// The credential whose lines are shown, and the lines.
    about: RefCell<Option<(Row, Vec<Line>)>>,
    problem: RefCell<Option<String>>,
}

impl Palette {
    fn build(link: Link, start: Start) -> Rc<Self> {
        let look = Look::new(&start.theme);
        look.apply();
        let frame = Frame::build(&look, start.locked);
        let locked = Cell::new(start.locked);
        let palette = Rc::new(Self {
            link,
            start,
            look,
            frame,
            locked,
            busy: Cell::new(false),
            searched: Cell::new(0),
            answered: Cell::new(0),
            coming: Cell::new(false),
            unlocking: Cell::new(false),
            early: RefCell::default(),
            found: RefCell::default(),
            about: RefCell::default(),
            problem: RefCell::default(),
        });
        palette.word_field();
        palette.attend();
        palette
    }

    /// Says in the field what is to be typed there.
    fn word_field(&self) {
        let locked = self.locked.get();
        let words = if locked { &self.start.words.passphrase } else { &self.start.words.search };
        self.frame.hint.set_text(words);
        self.frame.field.set_visibility(!locked);
        self.frame.count.set_text(if locked { &self.start.words.locked } else { "" });
        if let Some(accessible) = self.frame.field.accessible() {
            accessible.set_name(words);
        }
    }

    fn attend(self: &Rc<Self>) {
        let palette = self.clone();
        self.frame.window.connect_key_press_event(move |_, event| {
            let ends = palette.frame.field.selection_bounds().is_none()
                && palette.frame.field.position() >= i32::from(palette.frame.field.text_length());
            let lines = palette.shows_lines();
            match meant(event, lines, ends, palette.look.mirrored()) {
                Some(meant) => {
                    palette.follow(meant);
                    Propagation::Stop
                }
                // While lines are shown nothing is typed.
                None if lines => Propagation::Stop,
                None => Propagation::Proceed,
            }
        });
        let palette = self.clone();
        self.frame.field.connect_changed(move |_| palette.typed());
        let palette = self.clone();
        self.frame.list.connect_row_activated(move |_, _| palette.follow(Meant::Do));
        let palette = self.clone();
        self.frame.list.connect_row_selected(move |_, _| palette.say());
        let palette = self.clone();
        self.frame.window.connect_delete_event(move |_, _| {
            palette.close();
            Propagation::Stop
        });
    }

    fn close(&self) {
        // Said before it is seen: whoever sees it gone may press the key for the next one.
        self.link.close();
        self.frame.window.hide();
        gtk::main_quit();
    }

    fn follow(self: &Rc<Self>, meant: Meant) {
        if meant == Meant::Close {
            return self.close();
        }
        if self.busy.get() {
            return;
        }
        if self.waits() {
            return self.early.borrow_mut().push_back(meant);
        }
        if self.locked.get() {
            if meant == Meant::Do {
                self.unlock();
            }
            return;
        }
        match meant {
            Meant::Move(by) => self.go(by),
            Meant::Back => self.back(),
            Meant::More => self.more(),
            Meant::Open => self.with_selected(|id| self.finish("open", &json!({ "id": id }))),
            Meant::Header => self.copy("header", false),
            Meant::Refresh => self.copy("raw", true),
            Meant::Line(number) => self.line(|line, _| line.keys.len() == 2 && line.keys[1] == number.to_string()),
            Meant::Do if self.about.borrow().is_some() => {
                let chosen = self.frame.list.selected_row().map_or(0, |row| row.index());
                self.line(|_, at| i32::try_from(at) == Ok(chosen));
            }
            Meant::Do => {
                if self.selected().is_some_and(|row| row.primary.signs_in) {
                    self.with_selected(|id| self.finish("sign_in", &json!({ "id": id })));
                } else {
                    self.copy("raw", false);
                }
            }
            Meant::Close => {}
        }
    }

    /// Whether the rows are not yet those that the keys so far are about.
    fn waits(&self) -> bool {
        self.searched.get() != self.answered.get() || self.coming.get() || self.unlocking.get()
    }

    /// Whether the lines of one credential are shown, or will be when what was meant so far is done.
    fn shows_lines(&self) -> bool {
        let shown = self.about.borrow().is_some() || self.coming.get();
        self.early.borrow().iter().fold(shown, |shown, meant| match meant {
            Meant::More => true,
            Meant::Back => false,
            _ => shown,
        })
    }

    /// Does what was meant by the keys that were too quick.
    fn catch_up(self: &Rc<Self>) {
        while !self.waits() {
            let Some(meant) = self.early.borrow_mut().pop_front() else { return };
            self.follow(meant);
        }
    }

    fn typed(self: &Rc<Self>) {
        if self.locked.get() {
            return;
        }
        self.problem.take();
        self.search(&self.frame.field.text());
    }

    fn search(self: &Rc<Self>, query: &str) {
        self.awaits(self.link.ask("find", &json!({ "query": query })));
    }

    /// Shows what is found, if no later search was asked for.
    fn awaits(self: &Rc<Self>, asked: Asked) {
        let number = self.searched.get() + 1;
        self.searched.set(number);
        let palette = self.clone();
        self.link.then(asked, move |found| {
            if palette.searched.get() != number {
                return;
            }
            palette.answered.set(number);
            if palette.about.borrow().is_none() {
                palette.take(found);
            }
            palette.catch_up();
        });
    }

    fn take(self: &Rc<Self>, found: Result<Found, Refusal>) {
        match found {
            Ok(found) => {
                self.frame.count.set_text(&found.count);
                *self.found.borrow_mut() = found.rows;
                self.show_rows(0);
            }
            Err(refusal) if refusal.code == "locked" => {
                self.locked.set(true);
                self.word_field();
                self.say();
            }
            Err(refusal) => self.fail(&refusal),
        }
    }

    fn show_rows(&self, selected: i32) {
        self.frame.list.foreach(|row| self.frame.list.remove(row));
        for row in &*self.found.borrow() {
            self.frame.list.add(&rows::credential(&self.look, row));
        }
        self.frame.list.show_all();
        self.frame.list.select_row(self.frame.list.row_at_index(selected).as_ref());
        self.say();
    }

    fn go(&self, by: i32) {
        let count = i32::try_from(self.frame.list.children().len()).unwrap_or(i32::MAX);
        let from = self.frame.list.selected_row().map_or(0, |row| row.index());
        self.frame.list.select_row(self.frame.list.row_at_index((from + by).clamp(0, (count - 1).max(0))).as_ref());
    }

    fn selected(&self) -> Option<Row> {
        if let Some((row, _)) = &*self.about.borrow() {
            return Some(row.clone());
        }
        let at = usize::try_from(self.frame.list.selected_row()?.index()).unwrap_or_default();
        self.found.borrow().get(at).cloned()
    }

    fn with_selected(&self, work: impl FnOnce(&str)) {
        if let Some(row) = self.selected() {
            work(&row.id);
        }
    }

    fn copy(self: &Rc<Self>, format: &str, renew: bool) {
        self.with_selected(|id| self.finish("copy", &json!({ "id": id, "format": format, "renew": renew })));
    }

    /// Does the first line that is meant.
    fn line(self: &Rc<Self>, is_meant: impl Fn(&Line, usize) -> bool) {
        let does = self.about.borrow().as_ref().and_then(|(_, lines)| {
            lines.iter().enumerate().find(|(at, line)| is_meant(line, *at)).map(|(_, line)| line.does.clone())
        });
        match does {
            Some(Does::Copy(format)) => self.copy(&format, false),
            Some(Does::RefreshAndCopy) => self.copy("raw", true),
            Some(Does::Open) => self.with_selected(|id| self.finish("open", &json!({ "id": id }))),
            Some(Does::SignIn) => self.with_selected(|id| self.finish("sign_in", &json!({ "id": id }))),
            None => {}
        }
    }

    /// Asks for the last thing that is done here: when it worked, the palette is gone.
    fn finish(self: &Rc<Self>, command: &str, arguments: &Value) {
        self.busy.set(true);
        self.problem.take();
        self.say();
        let asked = self.link.ask(command, arguments);
        let palette = self.clone();
        self.link.then(asked, move |done: Result<Value, Refusal>| {
            palette.busy.set(false);
            match done {
                Ok(_) => palette.close(),
                Err(refusal) => palette.fail(&refusal),
            }
        });
    }

    /// Says why something did not work; how the rows stand is looked at once more, as that may say what to do.
    fn fail(self: &Rc<Self>, refusal: &Refusal) {
        let mut words = refusal.message.clone();
        if !refusal.hint.is_empty() {
            words = format!("{words} {}", refusal.hint);
        }
        *self.problem.borrow_mut() = Some(words);
        self.say();
        if !self.locked.get() && self.about.borrow().is_none() {
            self.search(&self.frame.field.text());
        }
    }

    fn more(self: &Rc<Self>) {
        let Some(row) = self.selected() else { return };
        let asked = self.link.ask("lines", &json!({ "id": row.id }));
        self.coming.set(true);
        let palette = self.clone();
        self.link.then(asked, move |lines: Result<Vec<Line>, Refusal>| {
            palette.coming.set(false);
            match lines {
                Ok(lines) => palette.show_lines(row, lines),
                Err(refusal) => palette.fail(&refusal),
            }
            palette.catch_up();
        });
    }

    fn show_lines(&self, row: Row, lines: Vec<Line>) {
        self.frame.search.hide();
        let about = rows::across(12);
        about.pack_start(&draw::glyph(&self.look, "back", 16, "ink3", self.look.mirrored()), false, false, 0);
        about.pack_start(&draw::tile(&self.look, &row.code, &row.tint), false, false, 0);
        about.pack_start(&rows::names(&self.look, &row), true, true, 0);
        about.pack_end(&rows::end(&self.look, &row), false, false, 0);
        self.frame.head.pack_end(&about, true, true, 0);
        about.show_all();
        self.frame.list.foreach(|row| self.frame.list.remove(row));
        for line in &lines {
            self.frame.list.add(&rows::line(&self.look, line));
        }
        self.frame.list.show_all();
        *self.about.borrow_mut() = Some((row, lines));
        self.frame.list.select_row(self.frame.list.row_at_index(0).as_ref());
        self.say();
    }

    fn back(&self) {
        let Some((row, _)) = self.about.take() else { return };
        self.frame.head.foreach(|child| {
            if child != self.frame.search.upcast_ref::<gtk::Widget>() {
                self.frame.head.remove(child);
            }
        });
        self.frame.search.show();
        self.problem.take();
        self.frame.field.grab_focus_without_selecting();
        let at = self.found.borrow().iter().position(|found| found.id == row.id).unwrap_or_default();
        self.show_rows(i32::try_from(at).unwrap_or_default());
    }

    /// Makes the strip at the bottom true.
    fn say(&self) {
        let row = self.selected();
        let problem = self.problem.borrow();
        let primary = row.as_ref().map(|row| &row.primary);
        let says = match (&*problem, primary) {
            _ if self.busy.get() => Says::Busy,
            (Some(problem), primary) => Says::Problem(problem, primary.filter(|_| self.about.borrow().is_none())),
            _ if self.locked.get() => Says::Locked,
            _ if self.about.borrow().is_some() => Says::Lines,
            (None, Some(primary)) => Says::Can(primary),
            (None, None) => Says::Nothing,
        };
        footer::say(&self.frame.foot, &self.start.words, &says);
        // The keyboard stays in the field: that is where a screen reader hears what it is on.
        if let (Some(accessible), Some(row)) = (self.frame.field.accessible(), &row) {
            accessible.set_description(&row.spoken);
        }
    }
}
