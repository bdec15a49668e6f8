//! The palette's window and its parts, empty.

use gtk::gdk::WindowTypeHint;
use gtk::prelude::*;

use super::look::Look;
use super::{draw, rows};

const WIDTH: i32 = 640;
const HEIGHT: i32 = 420;
/// How far from the top of the screen, in hundredths of its height.
const FROM_TOP: i32 = 22;

/// The window and its parts, from top to bottom.
pub(super) struct Frame {
    pub(super) window: gtk::Window,
    /// The field, or what the lines are about.
    pub(super) head: gtk::Box,
    pub(super) search: gtk::Box,
    pub(super) field: gtk::Entry,
    /// What is to be typed in the field, for as long as it is empty.
    pub(super) hint: gtk::Label,
    pub(super) count: gtk::Label,
    pub(super) list: gtk::ListBox,
    pub(super) foot: gtk::Box,
}

impl Frame {
    pub(super) fn build(look: &Look, locked: bool) -> Self {
        let window = gtk::Window::new(gtk::WindowType::Toplevel);
        let head = rows::across(16);
        head.style_context().add_class("head");
        let search = rows::across(16);
        let drawing = if locked { "lock" } else { "search" };
        search.pack_start(&draw::glyph(look, drawing, 20, "ink3", false), false, false, 0);
        let field = gtk::Entry::new();
        field.set_has_frame(false);
        let hint = hint_of(&field);
        let both = gtk::Overlay::new();
        both.add(&field);
        both.add_overlay(&hint);
        both.set_overlay_pass_through(&hint, true);
        search.pack_start(&both, true, true, 0);
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
        Self { window, head, search, field, hint, count, list, foot }
    }

    /// Has the toolkit work out all that it needs to show the window.
    pub(super) fn prepare(&self) {
        self.window.child().iter().for_each(WidgetExt::show_all);
        self.window.realize();
        let _: (gtk::Requisition, gtk::Requisition) = self.window.preferred_size();
    }

    /// Brings the window up over the screen that has the pointer.
    pub(super) fn present(&self) {
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
}

/// The toolkit's own shows no placeholder in a field that has the keyboard, as this one always has.
fn hint_of(field: &gtk::Entry) -> gtk::Label {
    let hint = rows::label("", "hint");
    hint.set_halign(gtk::Align::Start);
    hint.set_no_show_all(true);
    hint.show();
    let shown = hint.clone();
    field.connect_changed(move |field| shown.set_visible(field.text_length() == 0));
    hint
}

/// A window without a frame, over all others, in no list of windows.
fn dress(window: &gtk::Window) {
    window.set_title("Fobwatch palette");
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
