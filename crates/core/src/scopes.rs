//! Which scopes allow far more than one task needs. By their words only: nobody but the provider knows what they do.

/// Words that stand for everything.
const WORDS: [&str; 5] = ["admin", "root", "sudo", "owner", "superuser"];

/// Tells whether a scope allows far more than one task needs: `admin:*`, `repo`, `https://x/Mail.All`.
///
/// Of an address only the last part counts: the host is not a right.
#[must_use]
pub fn is_broad(scope: &str) -> bool {
    let name = scope.rsplit('/').next().unwrap_or(scope);
    let lower = name.to_ascii_lowercase();
    lower.split(|one: char| !one.is_ascii_lowercase()).any(|word| WORDS.contains(&word))
        || lower.split([':', '.']).any(|part| part == "full_access" || part == "cloud-platform")
        || name.split([':', '.']).next_back() == Some("*")
        || name.starts_with("*:")
        || name.ends_with(".All")
        || name == "repo"
        || name == "api"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Examples {
        broad: Vec<String>,
        fine: Vec<String>,
    }

    /// The window judges what is being typed by the same examples.
    #[test]
    fn a_scope_is_broad_by_its_words_not_by_its_letters() {
        let examples: Examples = serde_json::from_str(include_str!("scopes.json")).unwrap();
        for scope in examples.broad {
            assert!(is_broad(&scope), "{scope}");
        }
        for scope in examples.fine {
            assert!(!is_broad(&scope), "{scope}");
        }
    }
}
