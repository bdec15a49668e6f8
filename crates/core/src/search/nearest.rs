//! What was meant, perhaps: the nearest word that is there, for a search that found nothing.

use std::collections::HashSet;

/// Returns the word of `vocabulary` that `typed` is most likely a slip of: letters swapped, left out, one too many.
pub(crate) fn nearest(typed: &str, vocabulary: &HashSet<String>) -> Option<String> {
    let typed = typed.to_lowercase();
    let length = typed.chars().count();
    let most = if length < 4 { 1 } else { 2 };
    if length < 3 {
        return None;
    }
    vocabulary
        .iter()
        .filter(|word| word.chars().count().abs_diff(length) <= most)
        .map(|word| (strsim::osa_distance(word, &typed), word))
        .filter(|(distance, _)| (1..=most).contains(distance))
        .min()
        .map(|(_, word)| word.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_letters_are_a_slip_and_another_word_is_not() {
        let words: HashSet<String> = ["stripe", "okta", "github"].map(str::to_owned).into();
        assert_eq!(nearest("strpie", &words).as_deref(), Some("stripe"));
        assert_eq!(nearest("OKAT", &words).as_deref(), Some("okta"));
        assert_eq!(nearest("northwind", &words), None);
        assert_eq!(nearest("ok", &words), None);
    }
}
