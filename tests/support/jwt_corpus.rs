//! Tokens by somebody who wants harm: every kind of bad input that the inspector must show and survive.
//!
//! Each names what a person must be able to read of it. `canary` is an address that must never be asked; each token
//! carries it wherever an address fits.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

/// One token.
#[derive(Debug)]
pub struct Case {
    /// What it is.
    pub name: String,
    /// The text that is pasted.
    pub text: String,
    /// What is to be read on the screen.
    pub shows: &'static str,
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Puts a token together; the signature is anything.
fn token(header: &str, payload: impl AsRef<[u8]>) -> String {
    format!("{}.{}.{}", b64(header), b64(payload), b64("signature"))
}

const HEADER: &str = r#"{"alg":"RS256","kid":"k"}"#;
/// What the window says of a token that it lays open and nobody asked to check.
const OPEN: &str = "Not checked";

/// Returns the whole corpus.
#[must_use]
pub fn corpus(canary: &str) -> Vec<Case> {
    let mut all = Vec::new();
    let mut add = |name: &str, text: String, shows| all.push(Case { name: name.to_owned(), text, shows });
    algorithms(&mut add);
    shapes(&mut add);
    encodings(&mut add);
    json_oddities(&mut add);
    times(&mut add);
    keys(&mut add, canary);
    encrypted(&mut add, canary);
    signatures(&mut add);
    texts(&mut add, canary);
    sizes(&mut add);
    all
}

type Add<'a> = dyn FnMut(&str, String, &'static str) + 'a;

fn algorithms(add: &mut Add<'_>) {
    for bits in 0..16_u8 {
        let letter = |at: u8, one: char| if bits >> at & 1 == 1 { one.to_ascii_uppercase() } else { one };
        let alg: String = (0..).zip("none".chars()).map(|(at, one)| letter(at, one)).collect();
        let shows = if alg == "none" { "Not signed" } else { "anyone can forge it" };
        add(&format!("alg {alg}"), token(&json!({ "alg": alg }).to_string(), "{}"), shows);
    }
    let header = |alg: serde_json::Value| json!({ "alg": alg }).to_string();
    add("HS256, as if signed with a public key", token(&header(json!("HS256")), "{}"), "Needs the shared secret");
    add("an unknown alg", token(&header(json!("XY999")), "{}"), "cannot be checked here");
    add("alg as a list", token(&header(json!(["RS256"])), "{}"), "cannot be checked here");
    add("an alg of 1 MB", token(&header(json!("x".repeat(700_000))), "{}"), "cannot be checked here");
    add("no alg", token("{}", "{}"), "cannot be checked here");
    add("no signature", format!("{}.{}.", b64(r#"{"alg":"none"}"#), b64("{}")), "Not signed");
    add("RS256 without signature", format!("{}.{}.", b64(HEADER), b64("{}")), OPEN);
}

fn shapes(add: &mut Add<'_>) {
    let (h, p, s) = (b64(HEADER), b64("{}"), b64("sig"));
    add("two parts", format!("{h}.{p}"), "it has 2 parts");
    add("four parts", format!("{h}.{p}.{s}.{s}"), "it has 4 parts");
    add("five parts", format!("{h}.{p}.{s}.{s}.{s}"), "it has 5 parts");
    add("six parts", format!("{h}.{p}.{s}.{s}.{s}.{s}"), "it has 6 parts");
    add("dots only", ".".repeat(1000), "1001 parts, where a signed token has 3");
    add("two dots", "..".to_owned(), "its header is not JSON");
    add("nothing signed", format!("{h}..{s}"), "The payload is missing");
    add("JSON serialization", json!({ "protected": h, "payload": p, "signature": s }).to_string(), "but JSON");
    add("an SD-JWT", format!("{h}.{p}.{s}~WyJzYWx0IiwibiIsInYiXQ~"), "SD-JWT");
    add("a PASETO", "v2.local.97TTOvgwIxNGvV80XKiGZg_kD3tsXM".to_owned(), "PASETO");
    add("a public PASETO", "v4.public.eyJkYXRhIjoidGhp.eyJraWQiOiJ4In0".to_owned(), "PASETO");
    add("an opaque token", "00FAKE00notakey00000000fake".to_owned(), "The token is opaque");
    let nested = (0..16).fold(token(HEADER, "{}"), |inner, _| token(r#"{"alg":"RS256","cty":"JWT"}"#, inner));
    add("nested 16 deep", nested, "wraps another token");
    let deep =
        (0..50).fold(token(HEADER, "{}"), |inner, _| if inner.len() > 1_000_000 { inner } else { token("{}", inner) });
    add("nested as deep as a megabyte allows", deep, "wraps another token");
}

fn encodings(add: &mut Add<'_>) {
    let (h, p, s) = (b64(HEADER), b64(r#"{"sub":"ada"}"#), b64("sig"));
    add("padding", format!("{h}=.{p}.{s}"), "must not be padded");
    add("the standard alphabet", format!("{h}.{p}.ab+/"), "may hold only letters");
    add("a space inside", format!("{h}. {p}.{s}"), "may hold only letters");
    add("a line break inside", format!("{h}.\n{p}.{s}"), "may hold only letters");
    add("a NUL inside", format!("{h}.{p}\0.{s}"), "may hold only letters");
    add("a quoted one", format!("\"{h}.{p}.{s}\""), "may hold only letters");
    add("the header of a request", format!("Bearer {h}.{p}.{s}"), "may hold only letters");
    add("a byte-order mark before it", format!("\u{feff}{h}.{p}.{s}"), "may hold only letters");
    add("a byte-order mark in the payload", token(HEADER, "\u{feff}{}"), "byte-order mark");
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("{}".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    add("UTF-16", token(HEADER, &utf16), "not UTF-8");
    add("invalid UTF-8", token(HEADER, b"{\"a\":\"\xff\"}"), "not UTF-8");
    add("overlong UTF-8", token(HEADER, b"{\"a\":\"\xc0\xaf\"}"), "not UTF-8");
    add("bits that fall off the end", format!("{h}.e31.{s}"), "not base64url");
    add("the padded standard form", format!("{h}.{}.{s}", STANDARD.encode("{  }")), "must not be padded");
}

fn json_oddities(add: &mut Add<'_>) {
    add("a lone surrogate", token(HEADER, r#"{"a":"\ud800"}"#), "is not JSON");
    add("a claim twice", token(HEADER, r#"{"iss":"a","iss":"b"}"#), "stands there more than once");
    add("a header member twice", token(r#"{"alg":"none","alg":"RS256"}"#, "{}"), "stands there more than once");
    let names = r#"{"__proto__":{"polluted":1},"constructor":1,"toString":2,"hasOwnProperty":3,"valueOf":{}}"#;
    add("names of JavaScript", token(HEADER, names), "__proto__");
    add(
        "names of JavaScript in the header",
        token(r#"{"alg":"RS256","__proto__":{"alg":"none"},"constructor":1}"#, "{}"),
        "constructor",
    );
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    add("100,000 nested lists", token(HEADER, &deep), "more than 64 levels");
    add("64 levels", token(HEADER, format!(r#"{{"a":{}{}}}"#, "[".repeat(62), "]".repeat(62))), OPEN);
    add("a reserved name", token(HEADER, r#"{"exp":{"$serde_json::private::Number":"1"}}"#), "cannot be read safely");
    add("a payload that is a list", token(HEADER, "[]"), "is JSON, but not an object");
    add("a payload that is no JSON", token(HEADER, "hello"), "is not JSON");
    let numbers = r#"{"a":9007199254740993,"b":1e400,"c":-0,"d":123456789012345678901234567890}"#;
    add("2^53+1", token(HEADER, numbers), "9007199254740993");
    add("1e400", token(HEADER, numbers), "1e+400");
    add("minus zero", token(HEADER, numbers), "-0");
}

fn times(add: &mut Add<'_>) {
    for (name, exp, shows) in [
        ("exp as text", r#""1300819380""#, "must be a number of seconds"),
        ("exp true", "true", "must be a number of seconds"),
        ("exp null", "null", "must be a number of seconds"),
        ("exp as an object", "{}", "must be a number of seconds"),
        ("exp negative", "-1", "has expired"),
        ("exp a fraction", "1.5", "has expired"),
        ("exp in the year 292277026596", "9223372036854775807", "lives longer"),
        ("exp 1e400", "1e400", "lives longer"),
        ("exp at the end of the calendar", "253402207200", "lives longer"),
    ] {
        add(name, token(HEADER, format!(r#"{{"exp":{exp}}}"#)), shows);
    }
    add("iat in the future", token(HEADER, r#"{"iat":99999999999,"exp":99999999999}"#), "issued in the future");
    add("exp before iat", token(HEADER, r#"{"iat":1700000000,"nbf":1800000000,"exp":1600000000}"#), "has expired");
}

fn keys(add: &mut Add<'_>, canary: &str) {
    let kid = |kid: &str| token(&json!({ "alg": "RS256", "kid": kid }).to_string(), "{}");
    add("kid with a path", kid("../../etc/passwd"), "../../etc/passwd");
    add("kid with SQL", kid("' OR 1=1--"), "' OR 1=1--");
    add("kid with a file", kid("file:///etc/passwd"), "file:///etc/passwd");
    add("kid with NUL", kid("\0"), "\\u{0}");
    add("kid of 64 KiB", kid(&"k".repeat(65_536)), OPEN);
    for name in ["jku", "x5u"] {
        add(name, token(&json!({ "alg": "RS256", name: canary }).to_string(), "{}"), "never used");
    }
    let jwk = json!({ "kty": "RSA", "e": "AQ", "n": "AQAB" });
    add("jwk with exponent 1", token(&json!({ "alg": "RS256", "jwk": jwk }).to_string(), "{}"), "never used");
    add("x5c", token(&json!({ "alg": "RS256", "x5c": [canary] }).to_string(), "{}"), "never used");
    add("an unknown crit", token(r#"{"alg":"RS256","crit":["x"],"x":1}"#, "{}"), "demands extensions");
    add("b64 false", token(r#"{"alg":"RS256","b64":false,"crit":["b64"]}"#, "{}"), "demands extensions");
}

fn encrypted(add: &mut Add<'_>, canary: &str) {
    let jwe = |header: serde_json::Value| {
        format!("{}.{}.{}.{}.{}", b64(header.to_string()), "AA", "AA", b64("x".repeat(9000)), "AA")
    };
    add("a DEF bomb", jwe(json!({ "alg": "dir", "enc": "A128GCM", "zip": "DEF", "jku": canary })), "Encrypted");
    add(
        "p2c 2^31",
        jwe(json!({ "alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2_147_483_648_u32, "p2s": "AA" })),
        "2147483648",
    );
    let epk = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" });
    add("a point off the curve", jwe(json!({ "alg": "ECDH-ES", "enc": "A128GCM", "epk": epk })), "Encrypted");
}

fn signatures(add: &mut Add<'_>) {
    let order = b"\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";
    for (name, signature) in [
        ("ECDSA r and s 0", vec![0; 64]),
        ("ECDSA r and s the order", [order.as_slice(), order].concat()),
        ("ECDSA in DER", vec![0x30, 6, 2, 1, 1, 2, 1, 1]),
        ("a signature of one byte", vec![0]),
    ] {
        add(name, format!("{}.{}.{}", b64(r#"{"alg":"ES256"}"#), b64("{}"), b64(signature)), OPEN);
    }
}

fn texts(add: &mut Add<'_>, canary: &str) {
    let claims = |claims: serde_json::Value| token(HEADER, claims.to_string());
    let script = "<script>window.harmed = 1</script>";
    let image = format!("<img src=\"{canary}\" onerror=\"window.harmed = 1\">");
    add("a script", claims(json!({ "a": script, script: "b" })), script);
    add("an image", claims(json!({ "a": image, "sub": image, "b": { "c": [image] } })), "onerror=");
    add(
        "an svg and a frame",
        claims(json!({ "a": format!("<svg onload=window.harmed=1><iframe src={canary}>") })),
        "<iframe src=",
    );
    add(
        "a style sheet",
        claims(json!({ "a": format!("<style>@import '{canary}';</style><link rel=stylesheet href={canary}>") })),
        "@import",
    );
    add(
        "javascript:",
        claims(json!({ "a": "javascript:window.harmed=1", "profile": "javascript:window.harmed=1" })),
        "javascript:window.harmed=1",
    );
    add("data:", claims(json!({ "picture": "data:text/html,<script>window.harmed=1</script>" })), "data:text/html");
    add("an address as picture", claims(json!({ "picture": canary, "profile": canary, "iss": canary })), "Picture");
    add(
        "template braces",
        claims(json!({ "a": "{{7*7}}${7*7}#{7*7}$t(token.sig.verified)", "{{7*7}}": 1 })),
        "{{7*7}}",
    );
    add(
        "a markdown link",
        claims(json!({ "a": format!("[click](javascript:x) ![x]({canary})") })),
        "[click](javascript:x)",
    );
    add("terminal escapes", claims(json!({ "a": "\u{1b}[31mred\u{7}" })), "\\u{1b}[31mred\\u{7}");
    add("text turned around", claims(json!({ "a": "abc\u{202e}fed\u{2066}" })), "abc\\u{202e}fed\\u{2066}");
    add("a name turned around", claims(json!({ "a\u{202e}b": 1 })), "a\\u{202e}b");
    add("zero width", claims(json!({ "a": "ad\u{200b}min\u{feff}" })), "ad\\u{200b}min\\u{feff}");
    add(
        "a look-alike issuer",
        claims(json!({ "iss": "https://\u{430}ccounts.google.com" })),
        "may imitate another name",
    );
    add("an emoji sequence", claims(json!({ "a": "👩‍👩‍👧‍👦" })), "👩");
    add("words of the window", claims(json!({ "a": "Signature verified" })), OPEN);
    add("a secret", claims(json!({ "password": "hunter2" })), "looks like a secret");
    add("empty and blank names", claims(json!({ "": "", " ": "x", "\u{0}": 1 })), "\\u{0}");
}

fn sizes(add: &mut Add<'_>) {
    let many: Vec<String> = (0..40_000).map(|at| format!("\"{at}\":{at}")).collect();
    add("40,000 claims", token(HEADER, format!("{{{}}}", many.join(","))), "Show all 501");
    let million: Vec<String> = (0..1_000_000).map(|at| format!("\"{at}\":1")).collect();
    add("a million claims", token(HEADER, format!("{{{}}}", million.join(","))), "");
    add(
        "an audience of 100,000",
        token(HEADER, format!(r#"{{"aud":[{}]}}"#, vec!["\"a\""; 100_000].join(","))),
        "Audience",
    );
    add("a claim of 10 MB", token(HEADER, format!(r#"{{"a":"{}"}}"#, "x".repeat(10 << 20))), "");
    add("a claim of 700 KB", token(HEADER, format!(r#"{{"a":"{}"}}"#, "x".repeat(700_000))), "custom claim");
    add(
        "passwords without end",
        token(
            HEADER,
            format!("{{{}}}", (0..20_000).map(|at| format!("\"p{at}_password\":\"x\"")).collect::<Vec<_>>().join(",")),
        ),
        "looks like a secret",
    );
}

/// A token of nearly as many bytes as the inspector reads.
#[must_use]
pub fn largest() -> String {
    let claims: Vec<String> = (0..1000).map(|at| format!("\"claim-{at}\":\"{}\"", "x<b>y ".repeat(120))).collect();
    token(HEADER, format!("{{{}}}", claims.join(",")))
}
