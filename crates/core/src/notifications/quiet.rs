//! The quiet hours. Pure.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::error::OrNone as _;
use crate::settings::Settings;

/// Returns when the quiet hours end that it is in now, by the clock on the wall.
pub(super) fn until(settings: &Settings, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    if !settings.quiet_hours {
        return None;
    }
    let (from, end) = (time(settings.quiet_from)?, time(settings.quiet_until)?);
    let here = now.to_zoned(zone.clone());
    let (clock, today) = (here.time(), here.date());
    let over_midnight = from > end;
    let is_quiet = if over_midnight { clock >= from || clock < end } else { clock >= from && clock < end };
    if !is_quiet {
        return None;
    }
    let day = if over_midnight && clock >= from { today.tomorrow().ok_or_none()? } else { today };
    // A time that the clock skips on this day, or has twice, is where it would be; never before now.
    let ends = day.to_datetime(end).to_zoned(zone.clone()).ok_or_none()?.timestamp();
    Some(ends).filter(|ends| *ends > now)
}

/// The time of the day that is so many minutes after midnight.
fn time(minutes: u16) -> Option<Time> {
    let (hour, minute) = (i8::try_from(minutes / 60).ok_or_none()?, i8::try_from(minutes % 60).ok_or_none()?);
    Time::new(hour, minute, 0, 0).ok_or_none()
}
