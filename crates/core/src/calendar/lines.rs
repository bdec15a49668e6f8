//! Content lines of iCalendar (RFC 5545 section 3.1), written so that no text that a person chose ends one early.

/// The most octets of a line, without its end.
const LIMIT: usize = 75;

/// Writes one line, folded where it is too long. `content` has no line ends.
pub(super) fn push_line(out: &mut String, content: &str) {
    let mut octets = 0;
    for char in content.chars() {
        if octets + char.len_utf8() > LIMIT {
            out.push_str("\r\n ");
            // The space counts.
            octets = 1;
        }
        out.push(char);
        octets += char.len_utf8();
    }
    out.push_str("\r\n");
}

/// Writes a property whose value is text, escaped (RFC 5545 section 3.3.11).
pub(super) fn push_text(out: &mut String, name: &str, text: &str) {
    push_line(out, &format!("{name}:{}", escaped(text)));
}

/// Ends of lines become `\n`; other control characters, which no text may have, are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for char in text.chars() {
        match char {
            '\n' if before == Some('\r') => {}
            '\r' | '\n' => out.push_str("\\n"),
            '\\' | ';' | ',' => out.extend(['\\', char]),
            char if char.is_control() && char != '\t' => {}
            char => out.push(char),
        }
        before = Some(char);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_has_no_control_characters() {
        let cases = [
            ("a,b;c\\d:e\"f", "a\\,b\\;c\\\\d:e\"f"),
            ("one\r\ntwo\nthree\rfour", "one\\ntwo\\nthree\\nfour"),
            ("\r\n\r\n", "\\n\\n"),
            ("bell\u{7} nul\0 next\u{85} tab\t", "bell nul next tab\t"),
            ("ä 日本 😀", "ä 日本 😀"),
        ];
        for (text, wanted) in cases {
            assert_eq!(escaped(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn no_line_is_longer_than_75_octets_and_no_character_is_torn() {
        for part in ["x", "é", "日", "😀", "a 日 ", "  "] {
            for len in 0..=300 {
                let content: String = part.chars().cycle().take(len).collect();
                let mut out = String::new();
                push_line(&mut out, &content);
                let lines: Vec<&str> = out.strip_suffix("\r\n").unwrap().split("\r\n").collect();
                assert!(lines.iter().all(|line| line.len() <= LIMIT), "{part} {len}");
                assert!(lines.iter().skip(1).all(|line| line.starts_with(' ')));
                // A line is folded only where the next character has no room.
                assert!(lines.iter().rev().skip(1).all(|line| line.len() > LIMIT - 4), "{part} {len}");
                assert_eq!(out.replace("\r\n ", "").trim_end_matches("\r\n"), content);
            }
        }
    }
}
