//! What a typed text finds.
//!
//! Pure. Each typed word must be found within one field: fuzzily in the words that people give (a name, an account),
//! as it stands in codes (a fingerprint, a client id). Letters gathered across fields would find nearly everything,
//! and those gathered within sixteen hex digits nearly anything.

use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// A typed text, ready to be compared with many credentials.
pub(crate) struct Query {
    fuzzy: Pattern,
    plain: Pattern,
    matcher: Matcher,
}

impl Query {
    pub(crate) fn new(text: &str) -> Self {
        let pattern = |kind| Pattern::new(text, CaseMatching::Ignore, Normalization::Smart, kind);
        Self {
            fuzzy: pattern(AtomKind::Fuzzy),
            plain: pattern(AtomKind::Substring),
            matcher: Matcher::new(Config::DEFAULT),
        }
    }

    /// Tells how well these fields fit; none when one of the typed words is in no field.
    pub(crate) fn score(&mut self, words: &[String], codes: &[String]) -> Option<u32> {
        let mut sum = 0;
        for (fuzzy, plain) in self.fuzzy.atoms.iter().zip(&self.plain.atoms) {
            let matcher = &mut self.matcher;
            sum += best(fuzzy, words, matcher).max(best(plain, codes, matcher))?;
        }
        Some(sum)
    }
}

fn best(atom: &Atom, fields: &[String], matcher: &mut Matcher) -> Option<u32> {
    let mut buffer = Vec::new();
    fields.iter().filter_map(|field| atom.score(Utf32Str::new(field, &mut buffer), matcher)).max().map(u32::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(query: &str, words: &[&str], codes: &[&str]) -> Option<u32> {
        let owned = |fields: &[&str]| fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>();
        Query::new(query).score(&owned(words), &owned(codes))
    }

    #[test]
    fn letters_left_out_are_forgiven_within_a_field() {
        let words = ["Northwind API", "octavia@northwind.example", "staging"];
        for query in ["northwind", "nwapi", "NORTH", "stag north", "octavia"] {
            assert!(score(query, &words, &[]).is_some(), "{query}");
        }
        assert_eq!(score("north prod", &words, &[]), None);
    }

    #[test]
    fn letters_scattered_over_fields_find_nothing() {
        assert_eq!(score("sandb", &["Mail", "staging", "mailgun"], &["key-…6789", "d4b1c2aa90ee1f03"]), None);
    }

    #[test]
    fn a_code_is_found_by_a_part_of_it_only() {
        let codes = ["d4b1c2aa90ee1f03", "fobwatch-demo"];
        assert!(score("c2aa", &["Mail"], &codes).is_some());
        assert!(score("fobwatch-d", &["Mail"], &codes).is_some());
        assert_eq!(score("d4f3", &["Mail"], &codes), None);
    }

    #[test]
    fn the_start_of_a_word_comes_first() {
        assert!(score("pay", &["Payments"], &[]) > score("pay", &["Repayments"], &[]));
    }
}
