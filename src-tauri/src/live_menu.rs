//! A native menu that is changed in place.
//!
//! A tray host remembers the numbers of the lines that it was shown; a menu made anew gets new numbers, and a click
//! on what stood there a moment ago would be lost or, worse, be another line's. So a line lives as long as its id is
//! described, and only what differs is touched.

use fobwatch_resident::gauge::{EDGE, Gauge};
use fobwatch_resident::tray_menu::{Line, Shape};
use tauri::image::Image;
use tauri::menu::{IconMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Wry};

/// A real menu, and what is known to stand in it.
pub(crate) struct LiveMenu {
    place: Place,
    lines: Vec<Live>,
}

enum Place {
    Root(Menu<Wry>),
    Beside(Submenu<Wry>),
}

struct Live {
    id: String,
    text: String,
    gauge: Option<Gauge>,
    real: Real,
}

enum Real {
    Item(MenuItem<Wry>),
    /// One with a picture before it.
    Drawn(IconMenuItem<Wry>),
    Separator(PredefinedMenuItem<Wry>),
    Group(Submenu<Wry>, LiveMenu),
}

impl LiveMenu {
    /// Takes over a menu that is empty.
    pub(crate) fn new(empty: Menu<Wry>) -> Self {
        Self { place: Place::Root(empty), lines: Vec::new() }
    }

    /// Makes the menu hold exactly `wanted`. After an error it is somewhere in between; calling again goes on.
    pub(crate) fn become_like(&mut self, app: &AppHandle, wanted: &[Line]) -> tauri::Result<()> {
        for at in (0..self.lines.len()).rev() {
            if !wanted.iter().any(|line| line.id == self.lines[at].id) {
                self.take(at)?;
            }
        }
        for (at, line) in wanted.iter().enumerate() {
            match self.lines.iter().position(|live| live.id == line.id) {
                Some(now) if now == at => {}
                Some(now) => {
                    let live = self.take(now)?;
                    self.put(at, live)?;
                }
                None => self.put(at, make(app, line)?)?,
            }
            self.lines[at].say(app, line)?;
        }
        Ok(())
    }

    fn take(&mut self, at: usize) -> tauri::Result<Live> {
        match &self.place {
            Place::Root(menu) => menu.remove_at(at)?,
            Place::Beside(menu) => menu.remove_at(at)?,
        };
        Ok(self.lines.remove(at))
    }

    fn put(&mut self, at: usize, live: Live) -> tauri::Result<()> {
        match &self.place {
            Place::Root(menu) => menu.insert(live.item(), at)?,
            Place::Beside(menu) => menu.insert(live.item(), at)?,
        }
        self.lines.insert(at, live);
        Ok(())
    }
}

impl Live {
    fn item(&self) -> &dyn IsMenuItem<Wry> {
        match &self.real {
            Real::Item(item) => item,
            Real::Drawn(item) => item,
            Real::Separator(separator) => separator,
            Real::Group(submenu, _) => submenu,
        }
    }

    fn say(&mut self, app: &AppHandle, line: &Line) -> tauri::Result<()> {
        if self.text != line.text {
            match &self.real {
                Real::Item(item) => item.set_text(plain(&line.text))?,
                Real::Drawn(item) => item.set_text(plain(&line.text))?,
                Real::Group(submenu, _) => submenu.set_text(plain(&line.text))?,
                Real::Separator(_) => {}
            }
            self.text.clone_from(&line.text);
        }
        if self.gauge != line.gauge {
            match &self.real {
                Real::Drawn(item) => item.set_icon(line.gauge.map(picture))?,
                Real::Group(submenu, _) => submenu.set_icon(line.gauge.map(picture))?,
                Real::Item(_) | Real::Separator(_) => {}
            }
            self.gauge = line.gauge;
        }
        match (&mut self.real, &line.shape) {
            (Real::Group(_, inside), Shape::Group(wanted)) => inside.become_like(app, wanted),
            _ => Ok(()),
        }
    }
}

fn make(app: &AppHandle, line: &Line) -> tauri::Result<Live> {
    let item = |enabled| MenuItem::with_id(app, &line.id, plain(&line.text), enabled, None::<&str>);
    let drawn =
        |gauge| IconMenuItem::with_id(app, &line.id, plain(&line.text), true, Some(picture(gauge)), None::<&str>);
    let real = match (&line.shape, line.gauge) {
        (Shape::Heading, _) => Real::Item(item(false)?),
        (Shape::Choice, None) => Real::Item(item(true)?),
        (Shape::Choice, Some(gauge)) => Real::Drawn(drawn(gauge)?),
        (Shape::Separator, _) => Real::Separator(PredefinedMenuItem::separator(app)?),
        (Shape::Group(_), gauge) => {
            let submenu = Submenu::with_id(app, &line.id, plain(&line.text), true)?;
            submenu.set_icon(gauge.map(picture))?;
            let inside = LiveMenu { place: Place::Beside(submenu.clone()), lines: Vec::new() };
            Real::Group(submenu, inside)
        }
    };
    Ok(Live { id: line.id.clone(), text: line.text.clone(), gauge: line.gauge, real })
}

fn picture(gauge: Gauge) -> Image<'static> {
    Image::new_owned(gauge.draw(), EDGE, EDGE)
}

/// Keeps an ampersand in a name from becoming a shortcut.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}
