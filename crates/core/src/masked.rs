//! How much of a value may be shown without showing it (DESIGN.md 6.1).

use crate::secret::Secret;

/// How much of a JWT's header is shown; it is public by nature.
const HEADER_SHOWN: usize = 20;
/// Below this length, not even the ends are shown.
const LONG_ENOUGH: usize = 24;

/// Returns the start and the end that may be shown. The start of a JWT is its header; of an opaque value its
/// kind prefix (`sk_live_`, `ghp_`) and the last four, and of a short one nothing.
pub(crate) fn shown(value: &Secret, is_jwt: bool) -> (String, String) {
    // Exposed to cut off what may be shown.
    let text = value.expose();
    if is_jwt {
        return (text.chars().take(HEADER_SHOWN).collect(), String::new());
    }
    if text.len() < LONG_ENOUGH || !text.is_ascii() {
        return (String::new(), String::new());
    }
    let start = text[..12].rfind(['_', '-']).map_or("", |at| &text[..=at]);
    (start.to_owned(), text[text.len() - 4..].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_kind_and_the_last_four_of_a_long_value_are_shown() {
        let of = |text: &str| shown(&Secret::new(text), false);
        assert_eq!(of("sk_live_00FAKE00notakey00000000fake"), ("sk_live_".to_owned(), "fake".to_owned()));
        assert_eq!(of("0123456789abcdef0123456789abcdef"), (String::new(), "cdef".to_owned()));
        assert_eq!(of("hunter2"), (String::new(), String::new()));
        assert_eq!(of("pässword-pässword-pässword"), (String::new(), String::new()));
        assert_eq!(
            shown(&Secret::new("eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.x"), true).0,
            "eyJhbGciOiJSUzI1NiIs"
        );
    }
}
