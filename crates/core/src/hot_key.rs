//! A key that works in every program, as a person writes it: `Ctrl+Alt+K`.

use crate::error::{Error, OrNone as _};

/// The field that an error names.
const FIELD: &str = "palette_keys";

/// A key and what is held with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    /// What is held, as X counts it: 1 Shift, 4 Ctrl, 8 Alt, 64 Super.
    pub modifiers: u16,
    /// The key's X symbol.
    pub symbol: u32,
}

const MODIFIERS: [(&str, u16); 4] = [("Ctrl", 4), ("Alt", 8), ("Shift", 1), ("Super", 64)];
const SHIFT: u16 = 1;
const SPACE: u32 = 0x20;
const F1: u32 = 0xffbe;

impl Keys {
    /// Reads keys; none where nothing is written.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what names no key, or a key that people type with.
    pub fn read(text: &str) -> Result<Option<Self>, Error> {
        let invalid = |why: &str| Error::Invalid { field: FIELD, why: why.to_owned() };
        if text.is_empty() {
            return Ok(None);
        }
        let mut parts: Vec<&str> = text.split('+').collect();
        let last = parts.pop().unwrap_or_default();
        let mut modifiers = 0;
        for part in parts {
            let (_, bit) = MODIFIERS
                .iter()
                .find(|(name, bit)| *name == part && modifiers & bit == 0)
                .ok_or_else(|| invalid("before the key stand Ctrl, Alt, Shift or Super, each once: Ctrl+Alt+K"))?;
            modifiers |= bit;
        }
        let symbol =
            symbol(last).ok_or_else(|| invalid("the key is a letter, a digit, Space or F1 to F24: Ctrl+Alt+K"))?;
        if modifiers & !SHIFT == 0 && symbol < F1 {
            return Err(invalid("hold Ctrl, Alt or Super with it, or it could not be typed any more"));
        }
        Ok(Some(Self { modifiers, symbol }))
    }
}

fn symbol(name: &str) -> Option<u32> {
    if name == "Space" {
        return Some(SPACE);
    }
    let mut letters = name.chars();
    match (letters.next()?, letters.as_str()) {
        // The symbol of a letter is the small one.
        (letter, "") if letter.is_ascii_uppercase() || letter.is_ascii_digit() => {
            Some(letter.to_ascii_lowercase().into())
        }
        ('F', number) if !number.starts_with('0') => {
            let number: u32 = number.parse().ok_or_none()?;
            (1..=24).contains(&number).then(|| F1 + number - 1)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        let read = |text| Keys::read(text).unwrap();
        assert_eq!(read("Ctrl+Alt+K"), Some(Keys { modifiers: 12, symbol: 'k'.into() }));
        assert_eq!(read("Super+Shift+Space"), Some(Keys { modifiers: 65, symbol: SPACE }));
        assert_eq!(read("F24"), Some(Keys { modifiers: 0, symbol: 0xffd5 }));
        assert_eq!(read("Ctrl+5"), Some(Keys { modifiers: 4, symbol: '5'.into() }));
        assert_eq!(read(""), None);
    }

    #[test]
    fn what_people_type_with_is_not_taken_from_them() {
        for text in [
            "K",
            "Shift+K",
            "5",
            "Space",
            "Ctrl+",
            "+",
            "Ctrl+Ctrl+K",
            "Hyper+K",
            "Ctrl+k",
            "F0",
            "F25",
            "Ctrl+KK",
            "Ctrl+é",
        ] {
            assert!(matches!(Keys::read(text), Err(Error::Invalid { field: FIELD, .. })), "{text}");
        }
    }
}
