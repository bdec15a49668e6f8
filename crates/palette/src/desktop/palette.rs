//! The palette: a field, up to seven rows, and a strip that says what the keys do.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use fobwatch_palette::{Does, Found, Line, Refusal, Row, Start};
use gtk::gdk::WindowTypeHint;
use gtk::glib::Propagation;
use gtk::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::footer::{self, Says};
use super::keys::{Meant, meant};
use super::link::{Asked, Link};
use super::look::Look;
use super::{draw, rows};

const WIDTH: i32 = 640;
const HEIGHT: i32 = 420;
/// How far from the top of the screen, in hundredths of its height.
const FROM_TOP: i32 = 22;

/// The palette's window and what it shows.
struct Palette {
    link: Link,
    start: Start,
    look: Look,
    window: gtk::Window,
    /// The field, or what the lines are about.
    head: gtk::Box,
    search: gtk::Box,
    field: gtk::Entry,
    count: gtk::Label,
    list: gtk::ListBox,
    foot: gtk::Box,
    locked: Cell<bool>,
    busy: Cell<bool>,
    /// Which search was the latest.
    searched: Cell<u64>,
    found: RefCell<Vec<Row>>,
    /// The credential whose lines are shown, and the lines.
    about: RefCell<Option<(Row, Vec<Line>)>>,
    problem: RefCell<Option<String>>,
}

/// Opens the palette once it is known what it is to look like, with its first rows in it.
pub(super) fn open(link: Link, start: Asked, first: Asked) {
    if link.listen().is_err() {
        return;
    }
    let known = link.clone();
    link.then(start, move |start: Result<Start, Refusal>| match start {
        Ok(start) => {
            let palette = Palette::build(known.clone(), start);
            palette.attend();
            let opened = palette.clone();
            known.then(first, move |found| {
                opened.take(found);
                opened.present();
            });
        }
        Err(_) => gtk::main_quit(),
    });
}

impl Palette {
    fn build(link: Link, start: Start) -> Rc<Self> {
        let look = Look::new(&start.theme);
        look.apply();
        let window = gtk::Window::new(gtk::WindowType::Toplevel);
        let head = rows::across(16);
        head.style_context().add_class("head");
        let search = rows::across(16);
        search.pack_start(
            &draw::glyph(&look, if start.locked { "lock" } else { "search" }, 20, "ink3", false),
            false,
            false,
            0,
        );
        let field = gtk::Entry::new();
        field.set_has_frame(false);
        search.pack_start(&field, true, true, 0);
        let count = rows::label("", "count");
        search.pack_end(&count, false, false, 0);
        head.pack_start(&search, true, true, 0);
        let list = gtk::ListBox::new();
        list.set_selection_mode(gtk::SelectionMode::Browse);
        let scrolled = gtk::ScrolledWindow::new(gtk::Adjustment::NONE, gtk::Adjustment::NONE);
        scrolled.set_policy(gtk::PolicyType::Never, gtk::PolicyType::Automatic);
        scrolled.add(&list);
        let foot = rows::across(8);
        foot.style_context().add_class("foot");
        let all = gtk::Box::new(gtk::Orientation::Vertical, 0);
        all.pack_start(&head, false, false, 0);
        all.pack_start(&scrolled, true, true, 0);
        all.pack_end(&foot, false, false, 0);
        window.add(&all);
        dress(&window);
        let locked = Cell::new(start.locked);
        let palette = Rc::new(Self {
            link,
            start,
            look,
            window,
            head,
            search,
            field,
            count,
            list,
            foot,
            locked,
            busy: Cell::new(false),
            searched: Cell::new(0),
            found: RefCell::default(),
            about: RefCell::default(),
            problem: RefCell::default(),
        });
        palette.word_field();
        palette
    }

    /// Says in the field what is to be typed there.
    fn word_field(&self) {
        let locked = self.locked.get();
        let words = if locked { &self.start.words.passphrase } else { &self.start.words.search };
        self.field.set_placeholder_text(Some(words));
        self.field.set_visibility(!locked);
        self.count.set_text(if locked { &self.start.words.locked } else { "" });
        if let Some(accessible) = self.field.accessible() {
            accessible.set_name(words);
        }
    }

    fn attend(self: &Rc<Self>) {
        let palette = self.clone();
        self.window.connect_key_press_event(move |_, event| {
            let ends = palette.field.selection_bounds().is_none()
                && palette.field.position() >= i32::from(palette.field.text_length());
            let lines = palette.about.borrow().is_some();
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
        self.field.connect_changed(move |_| palette.typed());
        let palette = self.clone();
        self.list.connect_row_activated(move |_, _| palette.follow(Meant::Do));
        let palette = self.clone();
        self.list.connect_row_selected(move |_, _| palette.say());
        let palette = self.clone();
        self.window.connect_focus_out_event(move |_, _| {
            palette.close();
            Propagation::Proceed
        });
        let palette = self.clone();
        self.window.connect_delete_event(move |_, _| {
            palette.close();
            Propagation::Stop
        });
    }

    /// Brings the window up over the screen that has the pointer.
    fn present(&self) {
        let place = gtk::gdk::Display::default().and_then(|display| {
            let (_, x, y) = display.default_seat()?.pointer()?.position();
            Some(display.monitor_at_point(x, y)?.workarea())
        });
        self.window.child().iter().for_each(WidgetExt::show_all);
        if let Some(place) = place {
            let x = place.x() + (place.width() - WIDTH) / 2;
            self.window.move_(x, place.y() + place.height() * FROM_TOP / 100);
        }
        self.field.grab_focus_without_selecting();
        self.window.present();
    }

    fn close(&self) {
        self.window.hide();
        self.link.close();
        gtk::main_quit();
    }

    fn follow(self: &Rc<Self>, meant: Meant) {
        if meant == Meant::Close {
            return self.close();
        }
        if self.busy.get() {
            return;
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
                let chosen = self.list.selected_row().map_or(0, |row| row.index());
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

    fn typed(self: &Rc<Self>) {
        if self.locked.get() {
            return;
        }
        self.problem.take();
        self.search(&self.field.text());
    }

    fn search(self: &Rc<Self>, query: &str) {
        let number = self.searched.get() + 1;
        self.searched.set(number);
        let asked = self.link.ask("find", &json!({ "query": query }));
        let palette = self.clone();
        self.link.then(asked, move |found| {
            if palette.searched.get() == number && palette.about.borrow().is_none() {
                palette.take(found);
            }
        });
    }

    fn take(self: &Rc<Self>, found: Result<Found, Refusal>) {
        match found {
            Ok(found) => {
                self.count.set_text(&found.count);
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
        self.list.foreach(|row| self.list.remove(row));
        for row in &*self.found.borrow() {
            self.list.add(&rows::credential(&self.look, row));
        }
        self.list.show_all();
        self.list.select_row(self.list.row_at_index(selected).as_ref());
        self.say();
    }

    fn go(&self, by: i32) {
        let count = i32::try_from(self.list.children().len()).unwrap_or(i32::MAX);
        let from = self.list.selected_row().map_or(0, |row| row.index());
        self.list.select_row(self.list.row_at_index((from + by).clamp(0, (count - 1).max(0))).as_ref());
    }

    fn selected(&self) -> Option<Row> {
        if let Some((row, _)) = &*self.about.borrow() {
            return Some(row.clone());
        }
        let at = usize::try_from(self.list.selected_row()?.index()).unwrap_or_default();
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
            self.search(&self.field.text());
        }
    }

    fn more(self: &Rc<Self>) {
        let Some(row) = self.selected() else { return };
        let asked = self.link.ask("lines", &json!({ "id": row.id }));
        let palette = self.clone();
        self.link.then(asked, move |lines: Result<Vec<Line>, Refusal>| match lines {
            Ok(lines) => palette.show_lines(row, lines),
            Err(refusal) => palette.fail(&refusal),
        });
    }

    fn show_lines(&self, row: Row, lines: Vec<Line>) {
        self.search.hide();
        let about = rows::across(12);
        about.pack_start(&draw::glyph(&self.look, "back", 16, "ink3", self.look.mirrored()), false, false, 0);
        about.pack_start(&draw::tile(&self.look, &row.code, &row.tint), false, false, 0);
        about.pack_start(&rows::names(&self.look, &row), true, true, 0);
        about.pack_end(&rows::end(&self.look, &row), false, false, 0);
        self.head.pack_end(&about, true, true, 0);
        about.show_all();
        self.list.foreach(|row| self.list.remove(row));
        for line in &lines {
            self.list.add(&rows::line(&self.look, line));
        }
        self.list.show_all();
        *self.about.borrow_mut() = Some((row, lines));
        self.list.select_row(self.list.row_at_index(0).as_ref());
        self.say();
    }

    fn back(&self) {
        let Some((row, _)) = self.about.take() else { return };
        self.head.foreach(|child| {
            if child != self.search.upcast_ref::<gtk::Widget>() {
                self.head.remove(child);
            }
        });
        self.search.show();
        self.problem.take();
        self.field.grab_focus_without_selecting();
        let at = self.found.borrow().iter().position(|found| found.id == row.id).unwrap_or_default();
        self.show_rows(i32::try_from(at).unwrap_or_default());
    }

    fn unlock(self: &Rc<Self>) {
        #[derive(Serialize)]
        struct Typed<'a> {
            passphrase: &'a str,
        }
        // The toolkit's own copies it overwrites, or they end with this program.
        let typed = Zeroizing::new(self.field.text().to_string());
        if typed.is_empty() {
            return;
        }
        self.busy.set(true);
        let asked = self.link.ask("unlock", &Typed { passphrase: &typed });
        let palette = self.clone();
        self.link.then(asked, move |done: Result<Value, Refusal>| {
            palette.busy.set(false);
            palette.field.set_text("");
            match done {
                Ok(_) => {
                    palette.locked.set(false);
                    palette.word_field();
                    palette.search("");
                }
                Err(refusal) => palette.fail(&refusal),
            }
        });
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
        footer::say(&self.foot, &self.start.words, &says);
        // The keyboard stays in the field: that is where a screen reader hears what it is on.
        if let (Some(accessible), Some(row)) = (self.field.accessible(), &row) {
            accessible.set_description(&row.spoken);
        }
    }
}

/// A window without a frame, over all others, in no list of windows.
fn dress(window: &gtk::Window) {
    window.set_title("Fobwatch");
    window.set_role("palette");
    window.set_decorated(false);
    window.set_resizable(false);
    window.set_default_size(WIDTH, HEIGHT);
    window.set_size_request(WIDTH, HEIGHT);
    window.set_type_hint(WindowTypeHint::Dialog);
    window.set_keep_above(true);
    window.set_skip_taskbar_hint(true);
    window.set_skip_pager_hint(true);
    let style = window.style_context();
    style.add_class("palette");
    if let Some(screen) = WidgetExt::screen(window).filter(gtk::gdk::Screen::is_composited) {
        window.set_visual(screen.rgba_visual().as_ref());
        style.add_class("round");
    }
}
