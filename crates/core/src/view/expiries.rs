//! What ends when: the marks of the time line, enough for one range and no more.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::MonogramView;
use crate::credential::{Environment, Kind, Line, Status, Tone};

/// What comes to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// A key's rotate-by date.
    Rotate,
    /// A token that nothing renews.
    Token,
    /// The sign-in itself.
    SignIn,
    /// A token that is renewed before.
    Renewal,
}

/// The calendar of all ends that is kept as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalendarFeedView {
    /// Whether it is kept.
    pub on: bool,
    /// Where it is, or would be.
    pub path: String,
    /// When it was last written.
    pub written_at: Option<Timestamp>,
}

/// Which part of time is looked at, and how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ExpiriesInput {
    /// The first moment.
    #[cfg_attr(test, ts(type = "string"))]
    pub from: Timestamp,
    /// The last moment.
    #[cfg_attr(test, ts(type = "string"))]
    pub until: Timestamp,
    /// Where the bars of the density begin and end, in order: the window knows its days and their time zone.
    #[cfg_attr(test, ts(type = "string[]"))]
    pub edges: Vec<Timestamp>,
    /// What renews itself has a lane each, with its next refresh; otherwise one per provider, with the ends of sign-ins.
    pub each: bool,
    /// Only this environment.
    pub environment: Option<Environment>,
}

/// The time line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ExpiriesView {
    /// What somebody must do something about, soonest first.
    pub needs_you: ExpirySectionView,
    /// What renews itself.
    pub renews: ExpirySectionView,
    /// How many ends (and refreshes, with a lane each) fall between two edges.
    pub density: Vec<BinView>,
    /// How many have no end that could be drawn.
    #[cfg_attr(test, ts(type = "number"))]
    pub undated: usize,
    /// The soonest after the range that somebody must do something about.
    pub next: Option<NextView>,
}

/// One of the two parts of the time line: lanes, or groups where those would be too many.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ExpirySectionView {
    /// How many credentials it has within the range; with one lane per provider, how many it has at all.
    #[cfg_attr(test, ts(type = "number"))]
    pub total: usize,
    /// How many lie before the range.
    #[cfg_attr(test, ts(type = "number"))]
    pub earlier: usize,
    /// How many lie after the range.
    #[cfg_attr(test, ts(type = "number"))]
    pub later: usize,
    /// One credential each.
    pub lanes: Vec<LaneView>,
    /// One provider each.
    pub groups: Vec<GroupView>,
}

/// One credential on the time line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LaneView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Its environment.
    pub environment: Environment,
    /// The provider's name.
    pub provider_name: String,
    /// The provider's tile.
    pub monogram: MonogramView,
    /// What ends.
    pub ending: Ending,
    /// Its state for scripts.
    pub status: Status,
    /// The status line that it is on now.
    pub line: Line,
    /// How grave it is.
    pub tone: Tone,
    /// When it ends, or ended; none when that is not known.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub ends_at: Option<Timestamp>,
    /// When it is renewed next.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub refresh_at: Option<Timestamp>,
}

/// One provider on the time line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GroupView {
    /// The provider's id; none for credentials that name no provider.
    pub provider: Option<String>,
    /// The provider's name; empty for credentials that name no provider.
    pub name: String,
    /// The provider's tile; none for credentials that name no provider.
    pub monogram: Option<MonogramView>,
    /// How many credentials it has.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: usize,
    /// How many of them end after the range.
    #[cfg_attr(test, ts(type = "number"))]
    pub later: usize,
    /// Its ends in the range, in order; those that lie close together are one.
    pub marks: Vec<MarkView>,
}

/// One end, or several that lie close together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MarkView {
    /// When; the first of several.
    #[cfg_attr(test, ts(type = "string"))]
    pub at: Timestamp,
    /// How many.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: usize,
    /// How grave the gravest is.
    pub tone: Tone,
    /// The credential, if it is one.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its environment.
    pub environment: Option<Environment>,
}

/// One bar of the density.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BinView {
    /// How many.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: usize,
    /// How grave the gravest is.
    pub tone: Tone,
}

/// What comes after the range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NextView {
    /// The credential.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When.
    #[cfg_attr(test, ts(type = "string"))]
    pub at: Timestamp,
}
