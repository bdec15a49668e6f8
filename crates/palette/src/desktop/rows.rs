//! The rows: credentials, and what can be done with one.

use fobwatch_palette::{Line, Marked, Row};
use gtk::glib::markup_escape_text;
use gtk::pango::EllipsizeMode;
use gtk::prelude::*;

use super::draw;
use super::look::Look;

/// The longest piece of an account that is shown, in letters; what is cut is cut in its middle.
const ACCOUNT: i32 = 44;

/// A row of the list.
pub(super) fn credential(look: &Look, row: &Row) -> gtk::ListBoxRow {
    let parts = across(12);
    parts.pack_start(&draw::tile(look, &row.code, &row.tint), false, false, 0);
    parts.pack_start(&names(look, row), true, true, 0);
    parts.pack_end(&end(look, row), false, false, 0);
    let out = gtk::ListBoxRow::new();
    out.add(&parts);
    say(&out, &row.spoken);
    out
}

/// Name and environment, and below them the account.
pub(super) fn names(look: &Look, row: &Row) -> gtk::Box {
    let first = across(8);
    let name = marked(look, &row.name, "name");
    name.set_ellipsize(EllipsizeMode::End);
    first.pack_start(&name, false, false, 0);
    let environment = across(5);
    environment.pack_start(&draw::environment(look, &row.environment), false, false, 0);
    environment.pack_start(&marked(look, &row.environment_word, "word"), false, false, 0);
    first.pack_start(&environment, false, false, 0);
    let both = gtk::Box::new(gtk::Orientation::Vertical, 1);
    both.set_valign(gtk::Align::Center);
    both.pack_start(&first, false, false, 0);
    if !row.account.text.is_empty() {
        let account = marked(look, &row.account, "account");
        account.set_ellipsize(EllipsizeMode::Middle);
        account.set_max_width_chars(ACCOUNT);
        both.pack_start(&account, false, false, 0);
    }
    both
}

/// How it stands, in words and as a meter.
pub(super) fn end(look: &Look, row: &Row) -> gtk::Box {
    let words = across(4);
    words.set_halign(gtk::Align::End);
    if !row.glyph.is_empty() {
        let colour = match row.tone.as_str() {
            "warn" => "warn",
            "bad" => "bad",
            _ => "ink2",
        };
        words.pack_start(&draw::glyph(look, &row.glyph, 12, colour, false), false, false, 0);
    }
    let status = label(&row.status, "status");
    status.style_context().add_class(&row.tone);
    words.pack_start(&status, false, false, 0);
    let both = gtk::Box::new(gtk::Orientation::Vertical, 5);
    both.set_valign(gtk::Align::Center);
    both.pack_start(&words, false, false, 0);
    both.pack_start(&draw::meter(look, row.meter, &row.tone), false, false, 0);
    both
}

/// A line of what can be done.
pub(super) fn line(look: &Look, line: &Line) -> gtk::ListBoxRow {
    let parts = across(12);
    let mirrored = look.mirrored() && line.glyph == "sign-in";
    parts.pack_start(&draw::glyph(look, &line.glyph, 16, "ink2", mirrored), false, false, 0);
    parts.pack_start(&label(&line.name, "plain"), false, false, 0);
    let sample = label(&line.sample, "sample");
    sample.set_ellipsize(EllipsizeMode::End);
    parts.pack_start(&sample, true, true, 0);
    sample.set_xalign(0.0);
    parts.pack_end(&keys(&line.keys), false, false, 0);
    let out = gtk::ListBoxRow::new();
    out.style_context().add_class("line");
    out.add(&parts);
    say(&out, &format!("{}, {}", line.name, line.keys.join(" + ")));
    out
}

/// Keys as they are printed.
pub(super) fn keys(names: &[String]) -> gtk::Box {
    let out = across(4);
    for name in names {
        let key = label(name, "key");
        key.set_valign(gtk::Align::Center);
        out.pack_start(&key, false, false, 0);
    }
    out
}

/// A text in one of the styles.
pub(super) fn label(text: &str, style: &str) -> gtk::Label {
    let out = gtk::Label::new(Some(text));
    out.set_xalign(if gtk::Widget::default_direction() == gtk::TextDirection::Rtl { 1.0 } else { 0.0 });
    out.style_context().add_class(style);
    out
}

/// Things side by side.
pub(super) fn across(space: i32) -> gtk::Box {
    gtk::Box::new(gtk::Orientation::Horizontal, space)
}

fn marked(look: &Look, text: &Marked, style: &str) -> gtk::Label {
    let out = label("", style);
    out.set_markup(&markup(&text.text, &text.found, look.css("acc-text")));
    out
}

/// The text with what was found in bold and underlined, so that colour is not alone.
fn markup(text: &str, found: &[usize], colour: &str) -> String {
    let mut out = String::new();
    let mut piece = String::new();
    let mut marks = false;
    let mut put = |piece: &mut String, marks: bool| {
        let safe = markup_escape_text(piece);
        if marks {
            out.extend(["<span weight='bold' underline='single' color='", colour, "'>", &safe, "</span>"]);
        } else {
            out.push_str(&safe);
        }
        piece.clear();
    };
    for (at, letter) in text.chars().enumerate() {
        let here = found.binary_search(&at).is_ok();
        if here != marks {
            put(&mut piece, marks);
            marks = here;
        }
        piece.push(letter);
    }
    put(&mut piece, marks);
    out
}

fn say(row: &gtk::ListBoxRow, words: &str) {
    if let Some(accessible) = row.accessible() {
        accessible.set_name(words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_marked_and_the_rest_stays_harmless() {
        let text = markup("<b>Ab</b>", &[3, 4], "#000000");
        assert_eq!(text, "&lt;b&gt;<span weight='bold' underline='single' color='#000000'>Ab</span>&lt;/b&gt;");
        assert_eq!(markup("", &[], "#000000"), "");
    }
}
