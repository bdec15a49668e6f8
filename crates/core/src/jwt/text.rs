//! Makes hostile text harmless to look at.
//!
//! Invariant: what comes out holds no character that moves, hides or reorders its neighbours, so that a claim cannot
//! draw over the words around it. Letters of every alphabet stay as they are.

/// How many characters of a value are shown.
pub(super) const MAX_SHOWN: usize = 4_000;

/// Returns `text` with control, direction and zero-width characters written as `\u{…}`.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if is_hidden(char) {
            out.extend(char.escape_unicode());
        } else {
            out.push(char);
        }
    }
    out
}

/// Returns `text` made visible, and cut when it is longer than 4,000 characters.
#[must_use]
pub fn shown(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(MAX_SHOWN) else { return visible(text) };
    format!("{}… ({} characters)", visible(&text[..end]), grouped(text.chars().count()))
}

/// Returns a short form of a name for a sentence: visible, and at most 60 characters.
#[must_use]
pub(super) fn short_name(name: &str) -> String {
    match name.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", visible(&name[..end])),
        None => visible(name),
    }
}

/// Tells whether `text` holds a character that [`visible`] writes out.
#[must_use]
pub fn has_hidden(text: &str) -> bool {
    text.chars().any(is_hidden)
}

/// Tells whether a character moves, hides or reorders its neighbours.
pub(crate) fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Writes a number with a comma after every three digits.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_turns_text_around_is_written_out() {
        assert_eq!(visible("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(visible("\u{1b}[31m"), "\\u{1b}[31m");
        assert_eq!(
            visible("a\nb\0\u{85}\u{200b}\u{feff}\u{e0041}"),
            "a\\u{a}b\\u{0}\\u{85}\\u{200b}\\u{feff}\\u{e0041}"
        );
        assert_eq!(visible("<script> {{7*7}} аéж 日本"), "<script> {{7*7}} аéж 日本");
    }

    #[test]
    fn a_long_value_is_cut_and_says_how_long_it_was() {
        assert_eq!(shown(&"é".repeat(4_000)), "é".repeat(4_000));
        let cut = shown(&"é".repeat(12_345));
        assert!(cut.ends_with("é… (12,345 characters)"), "{}", &cut[cut.len() - 40..]);
        assert_eq!(cut.chars().filter(|char| *char == 'é').count(), 4_000);
    }
}
