//! Reads a `NumericDate` (RFC 7519, section 2) without trusting it.
//!
//! Invariant: a value of another JSON type is never taken for an absent one, and no number overflows: what lies
//! beyond the calendar counts as its end.

use jiff::Timestamp;
use serde_json::{Map, Number, Value};

/// What stands where a time should stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// The claim is not there.
    Absent,
    /// A time.
    At(Timestamp),
    /// A number beyond the calendar; holds the end of the calendar on that side.
    Beyond(Timestamp),
    /// Something that is no number.
    WrongType,
}

impl When {
    /// Reads the claim `name`.
    pub(super) fn of(claims: &Map<String, Value>, name: &str) -> Self {
        match claims.get(name) {
            None => Self::Absent,
            Some(Value::Number(number)) => read(number),
            Some(_) => Self::WrongType,
        }
    }

    /// Returns a time to compare with, if there is one at all.
    pub(super) fn to_compare(self) -> Option<Timestamp> {
        match self {
            Self::At(time) | Self::Beyond(time) => Some(time),
            Self::Absent | Self::WrongType => None,
        }
    }

    /// Returns a time to show: one that really stands in the token.
    pub(super) fn to_show(self) -> Option<Timestamp> {
        match self {
            Self::At(time) => Some(time),
            _ => None,
        }
    }
}

fn read(number: &Number) -> When {
    if let Some(seconds) = number.as_i64() {
        return Timestamp::from_second(seconds).map_or_else(|_| beyond(seconds < 0), When::At);
    }
    // Digits are kept as sent (`arbitrary_precision`), so 1e400 arrives here as text and becomes infinite.
    let Ok(value) = number.to_string().parse::<f64>() else { return When::WrongType };
    if !(-3.0e11..3.0e11).contains(&value) {
        return beyond(value < 0.0);
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked just above")]
    let (seconds, nanos) = (value.floor() as i64, ((value - value.floor()) * 1e9) as i32);
    Timestamp::new(seconds, nanos.clamp(0, 999_999_999)).map_or_else(|_| beyond(value < 0.0), When::At)
}

fn beyond(past: bool) -> When {
    When::Beyond(if past { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(json: &str) -> When {
        let claims: Map<String, Value> = serde_json::from_str(&format!("{{\"exp\":{json}}}")).unwrap();
        When::of(&claims, "exp")
    }

    #[test]
    fn a_time_of_another_type_is_not_an_absent_one() {
        for json in ["\"9999999999\"", "true", "null", "{}", "[1]"] {
            assert_eq!(when(json), When::WrongType, "{json}");
        }
        assert_eq!(When::of(&Map::new(), "exp"), When::Absent);
    }

    #[test]
    fn no_number_overflows() {
        let at = |seconds, nanos| When::At(Timestamp::new(seconds, nanos).unwrap());
        assert_eq!(when("1300819380"), at(1_300_819_380, 0));
        assert_eq!(when("1.5"), at(1, 500_000_000));
        assert_eq!(when("-1.5"), at(-2, 500_000_000));
        assert_eq!(when("-0"), at(0, 0));
        assert_eq!(when("-1"), at(-1, 0));
        assert_eq!(when("1e3"), at(1000, 0));
        for huge in ["1e400", "292277026596", "9223372036854775807", "99999999999999999999999", "253402300800"] {
            assert_eq!(when(huge), When::Beyond(Timestamp::MAX), "{huge}");
        }
        for deep in ["-1e400", "-9223372036854775808", "-99999999999999999999999"] {
            assert_eq!(when(deep), When::Beyond(Timestamp::MIN), "{deep}");
        }
    }
}
