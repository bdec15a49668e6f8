//! Which letters a search found, so that a person sees why.

use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::{Words, parse, starts};

/// Returns, for each of the fields that are shown, the places of the letters that the words of a query found there
/// (counted in characters, ascending). A word is marked in the field that it fits best, as it is in scoring.
#[must_use]
pub fn marks(query: &str, fields: &[&str]) -> Vec<Vec<usize>> {
    let words = Words::new(&parse(query).words);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut out = vec![Vec::new(); fields.len()];
    for word in &words.each {
        let mut best: Option<(u32, usize, Vec<u32>)> = None;
        for (at, field) in fields.iter().enumerate() {
            let mut found = Vec::new();
            let Some(score) = word.fuzzy.indices(Utf32Str::new(field, &mut buffer), &mut matcher, &mut found) else {
                continue;
            };
            let score = u32::from(score) + if starts(field, &word.text) { super::WORD_START } else { 0 };
            if best.as_ref().is_none_or(|(before, ..)| score > *before) {
                best = Some((score, at, found));
            }
        }
        if let Some((_, at, found)) = best {
            out[at].extend(found.into_iter().map(|place| place as usize));
        }
    }
    for places in &mut out {
        places.sort_unstable();
        places.dedup();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_marked_where_they_were_found() {
        let fields = ["Northwind API", "octavia@northwind.example", "prod"];
        assert_eq!(marks("nwapi", &fields), [vec![0, 5, 10, 11, 12], vec![], vec![]]);
        assert_eq!(marks("prod north", &fields), [vec![0, 1, 2, 3, 4], vec![], vec![0, 1, 2, 3]]);
        assert_eq!(marks("", &fields), [vec![], vec![], Vec::<usize>::new()]);
        assert_eq!(marks("zzz", &fields), [vec![], vec![], Vec::<usize>::new()]);
        assert_eq!(marks("é", &["Café"]), [vec![3]]);
    }
}
