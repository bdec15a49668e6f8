//! What is drawn by hand: glyphs, tiles, the shapes of environments, meters. Text beside each says the same.

use fobwatch_palette::Meter;
use gtk::cairo::{Context, Error, LineCap, LineJoin};
use gtk::gdk::RGBA;
use gtk::prelude::*;
use kurbo::{BezPath, PathEl};

use super::look::Look;

/// The drawings (Lucide, ISC), on a square of 24.
const GLYPHS: [(&str, &str); 14] = [
    ("search", "m21 21-4.34-4.34M19 11a8 8 0 1 1-16 0 8 8 0 0 1 16 0"),
    ("triangle", "m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3M12 9v4M12 17h.01"),
    ("cross", "M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0M15 9l-6 6M9 9l6 6"),
    (
        "refresh",
        "M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8M21 3v5h-5M21 12a9 9 0 0 1-9 9 9.75 9.75 0 0 1-6.74-2.74L3 16M8 16H3v5",
    ),
    ("sign-in", "m10 17 5-5-5-5M15 12H3M15 3h4a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2h-4"),
    (
        "rotate",
        "M12 7v6M12 9h2M3 12a9 9 0 1 0 9-9 9.74 9.74 0 0 0-6.74 2.74L3 8M3 3v5h5M14 15a2 2 0 1 1-4 0 2 2 0 0 1 4 0",
    ),
    (
        "pause",
        "M15 3h3a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1h-3a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM6 3h3a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1z",
    ),
    ("lock", "M5 11h14a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM7 11V7a5 5 0 0 1 10 0v4"),
    (
        "copy",
        "M10 8h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2zM4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2",
    ),
    ("header", "M21 5H11M21 12H11M21 19H11M3 8l4 4-4 4"),
    ("curl", "m7 11 2-2-2-2M11 13h4M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z"),
    (
        "env",
        "M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2zM14 2v5a1 1 0 0 0 1 1h5M10 12.5 8 15l2 2.5M14 12.5l2 2.5-2 2.5",
    ),
    ("open", "M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM10 4v4M2 8h20M6 4v4"),
    ("back", "m12 19-7-7 7-7M19 12H5"),
];

/// A drawing in one colour; its width is kept where the name is of none.
pub(super) fn glyph(look: &Look, name: &str, size: i32, colour: &'static str, mirrored: bool) -> gtk::DrawingArea {
    let data = GLYPHS.iter().find(|(known, _)| *known == name).map(|(_, data)| *data);
    // Each was read by the test below; without one nothing is drawn.
    let path = data.map(|data| BezPath::from_svg(data).unwrap_or_default());
    let colour = look.colour(colour);
    area(size, size, move |context, _, _| {
        let Some(path) = &path else { return Ok(()) };
        let scale = f64::from(size) / 24.0;
        if mirrored {
            context.translate(f64::from(size), 0.0);
        }
        context.scale(if mirrored { -scale } else { scale }, scale);
        trace(context, path);
        paint(context, colour);
        context.set_line_cap(LineCap::Round);
        context.set_line_join(LineJoin::Round);
        context.set_line_width(if size > 14 { 1.9 } else { 2.1 });
        context.stroke()
    })
}

fn trace(context: &Context, path: &BezPath) {
    for element in path {
        match element {
            PathEl::MoveTo(to) => context.move_to(to.x, to.y),
            PathEl::LineTo(to) => context.line_to(to.x, to.y),
            PathEl::CurveTo(first, second, to) => context.curve_to(first.x, first.y, second.x, second.y, to.x, to.y),
            PathEl::QuadTo(middle, to) => {
                let from = context.current_point().unwrap_or((to.x, to.y));
                let near =
                    |end: (f64, f64)| (end.0 + (middle.x - end.0) * 2.0 / 3.0, end.1 + (middle.y - end.1) * 2.0 / 3.0);
                let (first, second) = (near(from), near((to.x, to.y)));
                context.curve_to(first.0, first.1, second.0, second.1, to.x, to.y);
            }
            PathEl::ClosePath => context.close_path(),
        }
    }
}

/// The tile of a provider, behind its letters.
pub(super) fn tile(look: &Look, code: &str, tint: &str) -> gtk::Overlay {
    let (ground, ink) = match tint {
        "h1" => ("h1", "h1-ink"),
        "h2" => ("h2", "h2-ink"),
        "h3" => ("h3", "h3-ink"),
        "h4" => ("h4", "h4-ink"),
        _ => ("tile", "tile-ink"),
    };
    let (ground, ring) = (look.colour(ground), look.ring());
    let area = area(28, 28, move |context, width, height| {
        rounded(context, 0.0, 0.0, width, height, 6.0);
        paint(context, ground);
        context.fill()?;
        rounded(context, 0.5, 0.5, width - 1.0, height - 1.0, 5.5);
        paint(context, ring);
        context.set_line_width(1.0);
        context.stroke()
    });
    let letters = gtk::Label::new(None);
    letters.set_markup(&format!(
        "<span size='{}' weight='600' color='{}'>{}</span>",
        11 * 768,
        look.css(ink),
        gtk::glib::markup_escape_text(code)
    ));
    let tile = gtk::Overlay::new();
    tile.add(&area);
    tile.add_overlay(&letters);
    tile.set_valign(gtk::Align::Center);
    tile
}

/// The shape of an environment.
pub(super) fn environment(look: &Look, name: &str) -> gtk::DrawingArea {
    let filled = look.colour(if name == "production" { "chip-prod" } else { "dev" });
    let (outline, kind) = (look.colour("ink2"), name.to_owned());
    area(8, 8, move |context, width, height| match kind.as_str() {
        "staging" => {
            rounded(context, 0.75, 0.75, width - 1.5, height - 1.5, 1.5);
            paint(context, outline);
            context.set_line_width(1.5);
            context.stroke()
        }
        other => {
            rounded(context, 0.0, 0.0, width, height, if other == "production" { 2.0 } else { 4.0 });
            paint(context, filled);
            context.fill()
        }
    })
}

/// A lifetime: the solid part is what is left, the end of it the expiry.
pub(super) fn meter(look: &Look, meter: Meter, tone: &str) -> gtk::DrawingArea {
    let fill = look.colour(match tone {
        "warn" => "warn-fill",
        "bad" => "bad-fill",
        _ => "meter",
    });
    let (track, expired, mirrored) = (look.colour("track"), look.colour("bad-fill"), look.mirrored());
    let area = area(72, 4, move |context, width, height| match meter {
        Meter::Left(share) => {
            rounded(context, 0.0, 0.0, width, height, 2.0);
            paint(context, track);
            context.fill()?;
            let left = (share * width).round().max(4.0);
            rounded(context, if mirrored { 0.0 } else { width - left }, 0.0, left, height, 2.0);
            paint(context, fill);
            context.fill()
        }
        Meter::Expired => {
            rounded(context, 0.5, 0.5, width - 1.0, height - 1.0, 1.0);
            paint(context, expired);
            context.set_line_width(1.0);
            context.stroke()
        }
        Meter::Endless => {
            paint(context, fill);
            for dot in 0..18 {
                context.rectangle(f64::from(dot) * 4.0, 0.0, 2.0, height);
            }
            context.fill()
        }
    });
    area.set_halign(gtk::Align::End);
    area
}

/// A place of this size that `draw` fills; it has no name for screen readers, as the text beside it says the same.
fn area(width: i32, height: i32, draw: impl Fn(&Context, f64, f64) -> Result<(), Error> + 'static) -> gtk::DrawingArea {
    let area = gtk::DrawingArea::new();
    area.set_size_request(width, height);
    area.set_valign(gtk::Align::Center);
    area.connect_draw(move |_, context| {
        // A surface that can't be drawn on shows nothing, and the words beside it.
        draw(context, f64::from(width), f64::from(height)).unwrap_or_default();
        gtk::glib::Propagation::Proceed
    });
    area
}

fn rounded(context: &Context, x: f64, y: f64, width: f64, height: f64, radius: f64) {
    use std::f64::consts::{FRAC_PI_2, PI};
    let radius = radius.min(width / 2.0).min(height / 2.0);
    context.new_sub_path();
    context.arc(x + width - radius, y + radius, radius, -FRAC_PI_2, 0.0);
    context.arc(x + width - radius, y + height - radius, radius, 0.0, FRAC_PI_2);
    context.arc(x + radius, y + height - radius, radius, FRAC_PI_2, PI);
    context.arc(x + radius, y + radius, radius, PI, 1.5 * PI);
    context.close_path();
}

fn paint(context: &Context, colour: RGBA) {
    context.set_source_rgba(colour.red(), colour.green(), colour.blue(), colour.alpha());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drawing_can_be_read() {
        for (name, data) in GLYPHS {
            assert!(BezPath::from_svg(data).is_ok_and(|path| path.elements().len() > 1), "{name}");
        }
    }
}
