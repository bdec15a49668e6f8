//! Bad input: whatever comes, the answer is a sentence or a harmless picture, never a panic.

use super::*;

const HEADER: &str = r#"{"alg":"HS256"}"#;

fn error(text: &str) -> NotAJwt {
    match inspect(text, None, now()) {
        Ok(_) => panic!("{} was read", &text[..text.len().min(80)]),
        Err(error) => error,
    }
}

#[test]
fn what_is_no_jwt_is_told_what_it_is() {
    let (h, p, s) = (b64(HEADER), b64("{}"), b64("sig"));
    let table: [(String, NotAJwt); 33] = [
        (String::new(), NotAJwt::Empty),
        (" \r\n".to_owned(), NotAJwt::Empty),
        ("00FAKE00notakey00000000fake".to_owned(), NotAJwt::Opaque),
        ("one two/three+four==".to_owned(), NotAJwt::Opaque),
        ("v2.local.97TTOvgwIxNGvV80XKiGZg_kD3tsXM".to_owned(), NotAJwt::Paseto),
        ("v4.public.eyJkYXRhIjoidGhp.eyJraWQiOiJ4In0".to_owned(), NotAJwt::Paseto),
        (format!("{h}.{p}.{s}~WyJzYWx0IiwibiIsInYiXQ~"), NotAJwt::SdJwt),
        (format!(r#"{{"payload":"{p}","protected":"{h}","signature":"{s}"}}"#), NotAJwt::JsonForm),
        (format!("{h}."), NotAJwt::Parts(2)),
        (format!("{h}.{p}"), NotAJwt::Parts(2)),
        (format!("{h}.{p}.{s}.{s}"), NotAJwt::Parts(4)),
        (format!("{h}.{p}.{s}.{s}.{s}"), NotAJwt::Parts(5)),
        (format!("{h}.{p}.{s}.{s}.{s}.{s}"), NotAJwt::Parts(6)),
        (".".repeat(1000), NotAJwt::Parts(1001)),
        ("..".to_owned(), NotAJwt::NotJson(Part::Header)),
        (format!("{h}..{s}"), NotAJwt::Detached),
        (format!("{h}=.{p}.{s}"), NotAJwt::Padding),
        (format!("{h}.{p}.ab+/"), NotAJwt::Characters),
        (format!("{h}.\n{p}.{s}"), NotAJwt::Characters),
        (format!("{h}. {p}.{s}"), NotAJwt::Characters),
        (format!("\"{h}.{p}.{s}\""), NotAJwt::Characters),
        (format!("Bearer {h}.{p}.{s}"), NotAJwt::Characters),
        (format!("\u{feff}{h}.{p}.{s}"), NotAJwt::Characters),
        (format!("{h}.{p}\0.{s}"), NotAJwt::Characters),
        (format!("{h}.{p}é.{s}"), NotAJwt::Characters),
        (format!("{h}.{p}.A"), NotAJwt::Base64(Part::Signature)),
        // Bits that fall off the end: a second spelling of the same bytes.
        (format!("{h}.e31.{s}"), NotAJwt::Base64(Part::Payload)),
        (token("\u{feff}{}", "{}"), NotAJwt::ByteOrderMark(Part::Header)),
        (token(HEADER, "\u{feff}{}"), NotAJwt::ByteOrderMark(Part::Payload)),
        (token("[]", "{}"), NotAJwt::NotAnObject(Part::Header)),
        (token(HEADER, "\"text\""), NotAJwt::NotAnObject(Part::Payload)),
        (token(HEADER, "{} {}"), NotAJwt::NotJson(Part::Payload)),
        (token(HEADER, r#"{"a":"\ud800"}"#), NotAJwt::NotJson(Part::Payload)),
    ];
    for (text, wanted) in table {
        let error = error(&text);
        assert_eq!(error, wanted, "{}", &text[..text.len().min(80)]);
        let sentence = error.to_string();
        assert!(sentence.ends_with('.') && !sentence.contains(&h), "{sentence}");
    }
}

#[test]
fn only_utf8_is_read() {
    let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16_marked = [&[0xff, 0xfe][..], &utf16].concat();
    let utf32: Vec<u8> = "{}".chars().flat_map(|char| u32::from(char).to_be_bytes()).collect();
    for bytes in [utf16, utf16_marked, utf32, b"{\"a\":\"\xff\"}".to_vec(), b"{\"a\":\"\xc0\xaf\"}".to_vec()] {
        for text in [format!("{}.{}.AA", b64(HEADER), b64(&bytes)), format!("{}.{}.AA", b64(&bytes), b64("{}"))] {
            assert!(matches!(error(&text), NotAJwt::NotUtf8(_) | NotAJwt::NotJson(_)), "{bytes:?}");
        }
    }
}

#[test]
fn the_limits_hold() {
    let padded = |length: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(length));
    let stored = token(HEADER, &padded(MAX_STORED));
    assert_eq!(Parsed::parse(&stored, MAX_STORED).unwrap_err(), NotAJwt::TooLong { limit: MAX_STORED });
    let inspection = inspect(&stored, None, now()).unwrap();
    assert!(inspection.rows[1].value.ends_with("x… (65,536 characters)"));
    assert_eq!(error(&token(HEADER, &padded(10 << 20))), NotAJwt::TooLong { limit: MAX_INSPECTED });
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(error(&token(HEADER, &deep)), NotAJwt::TooDeep(Part::Payload));
    assert_eq!(error(&token(&deep, "{}")), NotAJwt::TooDeep(Part::Header));
    let many: Vec<String> = (0..40_000).map(|at| format!("\"{at}\":{at}")).collect();
    let inspection = inspect(&token(HEADER, &format!("{{{}}}", many.join(","))), None, now()).unwrap();
    assert_eq!((inspection.claims.len(), inspection.rows.len()), (40_000, 501));
    assert_eq!(inspection.rows[500].value, "39,501 more");
    let audiences = format!(r#"{{"aud":[{}]}}"#, vec!["\"a\""; 100_000].join(","));
    assert!(inspect(&token(HEADER, &audiences), None, now()).is_ok());
}

#[test]
fn a_token_in_a_token_is_named_one_level_at_a_time() {
    let mut text = token(HEADER, "{}");
    for _ in 0..20 {
        text = token(r#"{"alg":"HS256","cty":"JWT"}"#, &text);
        assert_eq!(error(&text), NotAJwt::Nested);
    }
    assert_eq!(error(&token(HEADER, &token("{}", "{}"))), NotAJwt::Nested);
}

#[test]
fn odd_but_well_formed_tokens_are_laid_open() {
    let header = |json: &str| token(json, "{}");
    let claims = |json: &str| token(HEADER, json);
    let kid = |value: &str| header(&serde_json::json!({"alg": "RS256", "kid": value}).to_string());
    let odd = [
        header(&format!(r#"{{"alg":"{}"}}"#, "x".repeat(700_000))),
        header("{}"),
        header(r#"{"alg":7,"kid":7,"typ":7}"#),
        header(r#"{"alg":"HS256","b64":false}"#),
        kid("../../etc/passwd"),
        kid("' OR 1=1--"),
        kid("file:///"),
        kid("\0"),
        kid(&"k".repeat(65_536)),
        claims(r#"{"__proto__":{"a":1},"constructor":1,"toString":2}"#),
        claims(r#"{"exp":1e400,"nbf":-0,"iat":292277026596}"#),
        claims(r#"{"exp":{},"nbf":[],"iat":null}"#),
        claims(r#"{"a":"<script>alert(1)</script>","b":"javascript:x","c":"{{7*7}}","d":"[x](data:,)"}"#),
        claims(r#"{"a":"👩‍👩‍👧‍👦"}"#),
        claims(r#"{"":"","\u0000":1}"#),
        claims(" {\r\n\t} "),
    ];
    for text in odd {
        let short = &text[..text.len().min(80)];
        let inspection = inspect(&text, None, now()).unwrap_or_else(|error| panic!("{error}: {short}"));
        assert_ne!(inspection.signature.status, SignatureStatus::Verified);
        let secret = Secret::new("secret");
        let jwks = jwks_of(&[vector("RFC 7515 A.2").jwk]);
        for keys in [Keys::Secret(&secret), Keys::Jwks { text: &jwks, source: String::new() }] {
            let signature = inspect(&text, Some(&keys), now()).unwrap().signature;
            assert_ne!(signature.status, SignatureStatus::Verified, "{short}");
        }
    }
}

#[test]
fn digits_are_kept_as_they_came() {
    let payload = r#"{"a":9007199254740993,"b":1e400,"c":-0,"d":1.10,"e":123456789012345678901234567890}"#;
    let inspection = inspect(&token(HEADER, payload), None, now()).unwrap();
    let values: Vec<&str> = inspection.rows[1..].iter().map(|row| row.value.as_str()).collect();
    assert_eq!(values, ["9007199254740993", "1e+400", "-0", "1.10", "123456789012345678901234567890"]);
    let json = serde_json::to_string(&inspection).unwrap();
    assert!(json.contains("9007199254740993") && json.contains("123456789012345678901234567890"));
}

#[test]
fn a_debug_print_shows_nothing_of_the_token() {
    let text = token(HEADER, r#"{"sub":"octavia"}"#);
    let parsed = parse(&text).unwrap();
    assert_eq!(format!("{parsed:?} {:?}", parsed.jws), "Parsed(…) Jws(…)");
}

/// A small generator of numbers, the same on every run (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.roll(256)).unwrap()
    }
}

#[test]
fn twenty_thousand_mutations_never_panic_and_never_verify() {
    let secret = Secret::new("0123456789abcdef0123456789abcdef");
    let payload =
        r#"{"iss":"https://id.example/","aud":["a","b"],"exp":1300819380,"x":{"y":[1,"z",null]},"scope":"a b"}"#;
    let good = hs256(r#"{"alg":"HS256","kid":"k","typ":"JWT"}"#, payload, secret.expose().as_bytes());
    let keys = Keys::Secret(&secret);
    assert_eq!(inspect(&good, Some(&keys), now()).unwrap().signature.reason, "ok");
    let mut dice = Dice(0x5eed_f00d_cafe_0001);
    let mut read = 0;
    for _ in 0..20_000 {
        let mut segments: Vec<Vec<u8>> = good.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
        let part = dice.roll(3);
        for _ in 0..=dice.roll(3) {
            let at = dice.roll(segments[part].len());
            match dice.roll(4) {
                0 => segments[part][at] ^= 1 << dice.roll(8),
                1 => segments[part][at] = b"{}[]\",:\\0eE-.\0\xff"[dice.roll(15)],
                2 => segments[part].insert(at, dice.byte()),
                _ => _ = segments[part].remove(at),
            }
        }
        let mut text = segments.iter().map(b64).collect::<Vec<_>>().join(".");
        if dice.roll(4) == 0 {
            let at = dice.roll(text.len());
            text.replace_range(at..=at, ["", ".", "=", "A", "~", "é"][dice.roll(6)]);
        }
        if let Ok(inspection) = inspect(&text, Some(&keys), now()) {
            read += 1;
            let changed = text != good;
            assert!(!changed || inspection.signature.status != SignatureStatus::Verified, "{text}");
        }
    }
    assert!(read > 2_000, "only {read} of the mutations were tokens at all");
}

#[test]
fn random_bytes_never_panic() {
    let mut dice = Dice(0x0dd_ba11);
    for _ in 0..5_000 {
        let length = dice.roll(64);
        let bytes: Vec<u8> = (0..length).map(|_| dice.byte()).collect();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(inspect(&text, None, now()).is_err());
        assert!(inspect(&format!("{}.{}.{}", b64(&bytes), b64(&bytes), b64(&bytes)), None, now()).is_err());
        let text = token(HEADER, "{}");
        assert_ne!(with_file(&text, &bytes).0, SignatureStatus::Verified);
        assert_ne!(with_jwks(&text, &String::from_utf8_lossy(&bytes)).0, SignatureStatus::Verified);
    }
}
