//! What a typed text finds: words and filters.
//!
//! Pure. Each typed word must be found within one field: fuzzily in the words that people give (a name, an account),
//! as it stands in codes (a fingerprint, a client id). Letters gathered across fields would find nearly everything,
//! and those gathered within sixteen hex digits nearly anything. Values are in no field.

mod filter;
mod marks;
mod nearest;
mod query;

use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Config, Matcher, Utf32Str};

pub(crate) use self::filter::{Facts, Filter};
pub use self::marks::marks;
pub(crate) use self::nearest::nearest;
pub(crate) use self::query::{Parsed, parse};

/// What the start of a word is worth: more than letters gathered in a field of 64 can score.
const WORD_START: u32 = 2000;

/// What is searched of a credential: the words that people chose, and the codes that machines did.
#[derive(Debug, Default)]
pub(crate) struct Searched {
    words: Box<[Field]>,
    codes: Box<[Field]>,
    letters: u64,
}

/// A text that is searched, what letters are in it, and with which its words begin.
#[derive(Debug)]
struct Field {
    text: Box<str>,
    letters: u64,
    initials: u64,
}

impl Field {
    fn new(text: String) -> Self {
        let initials = from_each_word(&text).filter_map(|rest| rest.chars().next());
        let initials = initials.fold(0, |sum, letter| sum | letters(letter.encode_utf8(&mut [0; 4]), !0));
        Self { letters: letters(&text, !0), initials, text: text.into_boxed_str() }
    }

    /// Whether a word can be in it at all.
    fn may_hold(&self, word: &Word) -> bool {
        word.letters & !self.letters == 0
    }

    /// What it is worth that one of its words starts with what was typed; none where none does.
    fn start(&self, word: &Word) -> Option<u32> {
        if word.initial & !self.initials != 0 {
            return None;
        }
        let rest = from_each_word(&self.text).find(|rest| starts(rest, &word.text))?;
        Some(WORD_START + u32::from(rest.len() == self.text.len()))
    }
}

impl Searched {
    pub(crate) fn new(words: Vec<String>, codes: Vec<String>) -> Self {
        let kept = |fields: Vec<String>| -> Box<[Field]> {
            fields.into_iter().filter(|field| !field.is_empty()).map(Field::new).collect()
        };
        let (words, codes) = (kept(words), kept(codes));
        let letters = words.iter().chain(&codes).fold(0, |sum, field| sum | field.letters);
        Self { words, codes, letters }
    }

    /// The words of the fields that people chose, in lower case.
    pub(crate) fn vocabulary(&self) -> impl Iterator<Item = String> {
        self.words.iter().flat_map(|field| {
            field.text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2).map(str::to_lowercase)
        })
    }
}

/// The letters and digits of a text, one bit each, so that most misses cost one comparison. `foreign` stands for all
/// others: they may count as a letter without its accent.
fn letters(text: &str, foreign: u64) -> u64 {
    text.bytes().fold(0, |sum, byte| match byte.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => sum | 1 << (letter - b'a'),
        digit @ b'0'..=b'9' => sum | 1 << (26 + digit - b'0'),
        0x80.. => sum | foreign,
        _ => sum,
    })
}

struct Word {
    text: String,
    fuzzy: Atom,
    plain: Atom,
    letters: u64,
    initial: u64,
}

/// Typed words, ready to be compared with many credentials.
pub(crate) struct Words {
    each: Vec<Word>,
    matcher: Matcher,
    buffer: Vec<char>,
}

impl Words {
    pub(crate) fn new(words: &[String]) -> Self {
        let atom = |text: &str, kind| Atom::new(text, CaseMatching::Ignore, Normalization::Smart, kind, false);
        let words = words.iter().map(|text| Word {
            fuzzy: atom(text, AtomKind::Fuzzy),
            plain: atom(text, AtomKind::Substring),
            letters: letters(text, 0),
            initial: text.chars().next().map_or(0, |first| letters(first.encode_utf8(&mut [0; 4]), 0)),
            text: text.to_lowercase(),
        });
        Self { each: words.collect(), matcher: Matcher::new(Config::DEFAULT), buffer: Vec::new() }
    }

    /// Tells how well these fields fit; none when one of the typed words is in no field.
    pub(crate) fn score(&mut self, searched: &Searched) -> Option<u32> {
        let (matcher, buffer) = (&mut self.matcher, &mut self.buffer);
        let mut sum = 0;
        for word in &self.each {
            if word.letters & !searched.letters != 0 {
                return None;
            }
            // The matcher is asked only where no word starts with it: it costs most, and could say nothing better.
            let start = searched.words.iter().filter_map(|field| field.start(word)).max();
            let best = start.or_else(|| gathered(word, searched, matcher, buffer));
            sum += best?;
        }
        Some(sum)
    }
}

/// How well the letters of a word fit where no word starts with them.
fn gathered(word: &Word, searched: &Searched, matcher: &mut Matcher, buffer: &mut Vec<char>) -> Option<u32> {
    let mut score = |fields: &[Field], atom: &Atom| {
        let fields = fields.iter().filter(|field| field.may_hold(word));
        fields.filter_map(|field| atom.score(Utf32Str::new(&field.text, buffer), matcher)).max()
    };
    score(&searched.words, &word.fuzzy).max(score(&searched.codes, &word.plain)).map(u32::from)
}

/// The text from the beginning of each of its words on.
fn from_each_word(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.char_indices().filter_map(move |(at, letter)| {
        let begins = letter.is_alphanumeric() && !inside;
        inside = letter.is_alphanumeric();
        begins.then(|| &text[at..])
    })
}

/// Tells whether a text starts with `typed`, which is in lower case.
fn starts(text: &str, typed: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    typed.chars().all(|wanted| letters.next() == Some(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(query: &str, words: &[&str], codes: &[&str]) -> Option<u32> {
        let owned = |fields: &[&str]| fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>();
        let typed: Vec<String> = query.split_whitespace().map(str::to_owned).collect();
        Words::new(&typed).score(&Searched::new(owned(words), owned(codes)))
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
        assert!(score("api", &["Northwind API"], &[]) > score("api", &["A p i api-less rapid"], &[]).min(Some(1000)));
        assert!(score("api", &["Old northwind api"], &[]) > score("api", &["Rapids"], &[]));
        assert!(score("api-l", &["An API-less one"], &[]) > score("api-l", &["Apixx-l"], &[]));
        assert!(score("p", &["Old pay"], &[]) > score("p", &["Rapids"], &["p"]));
        assert!(score("e", &["Old Élan"], &[]).is_some() && score("é", &["Old Élan"], &[]) > score("e", &["Me"], &[]));
    }

    #[test]
    fn the_start_of_a_whole_name_comes_before_that_of_a_later_word() {
        assert!(score("pay", &["Payments"], &[]) > score("pay", &["Old payments"], &[]));
        assert!(score("p", &["other", "Payments"], &[]) > score("p", &["Old payments"], &[]));
    }

    #[test]
    fn an_accent_is_forgiven_and_never_hides_a_name() {
        assert!(score("cafe", &["Café"], &[]).is_some());
        assert!(score("CAFÉ", &["café"], &[]).is_some());
        assert!(score("東京", &["東京 API"], &[]).is_some());
    }
}
