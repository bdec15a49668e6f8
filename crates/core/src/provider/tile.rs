//! The tile of a provider that brings none: made of its host or name.

use crate::view::MonogramView;

/// First two letters of the host's main label; the tint is a hash of the whole (DESIGN.md section 2).
pub(super) fn made_tile(label: &str) -> MonogramView {
    let main = main_label(label);
    let mut letters = main.chars().filter(|c| c.is_alphanumeric());
    let code: String = match (letters.next(), letters.next()) {
        (Some(first), Some(second)) => first.to_uppercase().chain(second.to_lowercase()).collect(),
        (Some(only), None) => only.to_uppercase().collect(),
        _ => "?".to_owned(),
    };
    let hash = label
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let tint = ["neutral", "h1", "h2", "h3", "h4"][usize::try_from(hash % 5).unwrap_or(0)];
    MonogramView { code, tint: tint.to_owned() }
}

/// `id.northwind.example` → `northwind`; a name or an address stays what it is.
pub(crate) fn main_label(host: &str) -> &str {
    let labels: Vec<&str> = host.split('.').collect();
    match labels.as_slice() {
        [.., main, _] if !host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => main,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_is_made_of_the_host_s_main_label() {
        assert_eq!(made_tile("id.northwind.example").code, "No");
        assert_eq!(made_tile("127.0.0.1").code, "12");
        assert_eq!(made_tile("é").code, "É");
        assert_eq!(made_tile("").code, "?");
    }
}
