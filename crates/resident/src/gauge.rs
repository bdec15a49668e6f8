//! The gauge of the tray (DESIGN.md section 4): how much of a lifetime is left, as a pie of seven steps, and two shapes for
//! what somebody must see to.
//!
//! One grey for all of it: a menu does not say whether it is light or dark, and this one is seen on both.

use std::f32::consts::TAU;

use fobwatch_core::credential::Line;
use fobwatch_core::view::RowView;
use jiff::Timestamp;

/// The steps of the pie in percent.
pub const STEPS: [u8; 7] = [100, 83, 67, 50, 33, 17, 6];
/// The edge of a picture in pixels: twice what is shown, for screens that have them.
pub const EDGE: u32 = 32;
/// How many times a pixel is looked at in each direction.
const LOOKS: u8 = 4;
/// Its contrast is 3.9 to white and 3.6 to the grey of dark menus.
const GREY: u8 = 0x80;
/// Half the width of a stroke, in the drawing's 16 units.
const STROKE: f32 = 0.65;

/// What stands before a credential in the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gauge {
    /// So many percent are left: one of [`STEPS`].
    Left(u8),
    /// Somebody must see to it.
    Triangle,
    /// It does not work any more.
    Cross,
}

impl Gauge {
    /// All there are.
    pub fn all() -> impl Iterator<Item = Self> {
        STEPS.into_iter().map(Self::Left).chain([Self::Triangle, Self::Cross])
    }

    /// The gauge of a row at this moment.
    pub(crate) fn of(row: &RowView, now: Timestamp) -> Self {
        let late = row.ends_at.is_some_and(|end| end <= now);
        match row.line {
            Line::Expired => Self::Cross,
            Line::RefreshFailing | Line::EndsNow | Line::EndsSoon => Self::Triangle,
            Line::Rotate if late => Self::Triangle,
            Line::Retrying | Line::SignInBy | Line::Rotate | Line::Paused | Line::Renews | Line::Far => {
                Self::Left(nearest(left(row, now)))
            }
            Line::NoExpiry => Self::Left(100),
        }
    }

    /// Draws it: red, green, blue and opacity of each pixel, row by row.
    #[must_use]
    pub fn draw(self) -> Vec<u8> {
        let edge = u8::try_from(EDGE).unwrap_or(u8::MAX);
        let places = (0..edge).flat_map(|y| (0..edge).map(move |x| (x, y)));
        places.flat_map(|(x, y)| [GREY, GREY, GREY, self.opacity(x, y)]).collect()
    }

    /// How much of a pixel is covered.
    fn opacity(self, x: u8, y: u8) -> u8 {
        let unit = 16.0 / f32::from(u8::try_from(EDGE).unwrap_or(u8::MAX));
        let at = |pixel: u8, look: u8| (f32::from(pixel) + (f32::from(look) + 0.5) / f32::from(LOOKS)) * unit;
        let looks = (0..LOOKS).flat_map(|down| (0..LOOKS).map(move |across| (across, down)));
        let hits = looks.filter(|(across, down)| self.covers((at(x, *across), at(y, *down)))).count();
        u8::try_from(hits * 255 / usize::from(LOOKS * LOOKS)).unwrap_or(u8::MAX)
    }

    /// Tells whether a point lies on the drawing, which is 16 units wide and high.
    fn covers(self, point: Point) -> bool {
        let on = |from, to| from_line(point, from, to) <= STROKE;
        let centre = (8.0, 8.0);
        let ring = (distance(point, centre) - 6.4).abs() <= STROKE;
        match self {
            Self::Left(percent) => ring || (distance(point, centre) <= 4.4 && clockwise(point) <= share(percent)),
            Self::Cross => ring || on((6.0, 6.0), (10.0, 10.0)) || on((10.0, 6.0), (6.0, 10.0)),
            Self::Triangle => {
                let (top, right, left) = ((8.0, 2.2), (14.4, 13.4), (1.6, 13.4));
                let outline = on(top, right) || on(right, left) || on(left, top);
                outline || on((8.0, 6.4), (8.0, 9.0)) || on((8.0, 11.2), (8.0, 11.2))
            }
        }
    }
}

type Point = (f32, f32);

fn distance(one: Point, other: Point) -> f32 {
    (one.0 - other.0).hypot(one.1 - other.1)
}

/// How far a point is from a line between two others.
fn from_line(point: Point, from: Point, to: Point) -> f32 {
    let (across, down) = (to.0 - from.0, to.1 - from.1);
    let length = across * across + down * down;
    let along = if length == 0.0 {
        0.0
    } else {
        (((point.0 - from.0) * across + (point.1 - from.1) * down) / length).clamp(0.0, 1.0)
    };
    distance(point, (from.0 + along * across, from.1 + along * down))
}

/// How far around from the top a point lies: from 0 to 1.
fn clockwise(point: Point) -> f32 {
    ((point.0 - 8.0).atan2(8.0 - point.1) / TAU).rem_euclid(1.0)
}

fn share(percent: u8) -> f32 {
    f32::from(percent) / 100.0
}

/// Which share of its lifetime a row has left.
fn left(row: &RowView, now: Timestamp) -> f32 {
    let Some(end) = row.ends_at else { return 1.0 };
    let whole = end.duration_since(row.starts_at.unwrap_or(now)).as_secs_f32();
    let left = end.duration_since(now).as_secs_f32();
    if whole > 0.0 { (left / whole).clamp(0.0, 1.0) } else { 0.0 }
}

fn nearest(left: f32) -> u8 {
    let away = |step: u8| (share(step) - left).abs();
    STEPS.into_iter().min_by(|one, other| away(*one).total_cmp(&away(*other))).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_the_nearest_step() {
        let steps = [1.0, 0.92, 0.9, 0.7, 0.52, 0.3, 0.2, 0.11, 0.0].map(nearest);
        assert_eq!(steps, [100, 100, 83, 67, 50, 33, 17, 6, 6]);
    }

    #[test]
    fn each_gauge_is_another_picture_and_a_pie_has_as_much_as_it_says() {
        let pictures: Vec<Vec<u8>> = Gauge::all().map(Gauge::draw).collect();
        let bytes = usize::try_from(EDGE * EDGE * 4).unwrap();
        assert!(pictures.iter().all(|picture| picture.len() == bytes));
        assert!((1..9).all(|at| !pictures[..at].contains(&pictures[at])), "two look the same");
        let ink = |percent| Gauge::Left(percent).draw().chunks(4).map(|pixel| f32::from(pixel[3]) / 255.0).sum::<f32>();
        let ring = ink(0);
        for step in STEPS {
            let part = (ink(step) - ring) / (ink(100) - ring);
            assert!((part - share(step)).abs() < 0.02, "{step} % looks like {part}");
        }
        // From the top, clockwise: half of it is the right half.
        assert!(Gauge::Left(50).covers((10.0, 8.0)) && !Gauge::Left(50).covers((6.0, 8.0)));
    }
}
