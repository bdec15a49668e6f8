//! What an attacker tries: other algorithms, other keys, keys of his own.

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::RsaPublicKeyComponents;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::*;

const CLAIMS: &str = r#"{"sub":"mallory"}"#;

fn not_verified((status, reason): &(SignatureStatus, String), what: &str) {
    assert_ne!(*status, SignatureStatus::Verified, "{what}: {reason}");
}

/// The RSA key of RFC 7515 A.2 as JWK, SPKI and PEM.
fn rsa_public() -> (Value, Vec<u8>, String) {
    let jwk = vector("RFC 7515 A.2").jwk;
    let part = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let der: PublicKeyX509Der<'_> = RsaPublicKeyComponents { n: part("n"), e: part("e") }.as_der().unwrap();
    let der = der.as_ref().to_vec();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", STANDARD.encode(&der));
    (jwk, der, pem)
}

#[test]
fn a_public_key_is_never_taken_for_a_shared_secret() {
    let (jwk, der, pem) = rsa_public();
    let mut named = jwk.clone();
    named["kid"] = json!("k1");
    let secrets = [
        pem.clone().into_bytes(),
        format!("{pem}\n").into_bytes(),
        pem.replace('\n', "").into_bytes(),
        der.clone(),
        jwk.to_string().into_bytes(),
        URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap()).unwrap(),
        jwk["n"].as_str().unwrap().as_bytes().to_vec(),
        Vec::new(),
    ];
    for secret in &secrets {
        let bare = hs256(r#"{"alg":"HS256"}"#, CLAIMS, secret);
        let with_kid = hs256(r#"{"alg":"HS256","kid":"k1"}"#, CLAIMS, secret);
        for file in [pem.as_bytes(), &der, jwk.to_string().as_bytes()] {
            assert_eq!(with_file(&bare, file), (SignatureStatus::Invalid, "key_alg_mismatch".to_owned()));
        }
        let set = jwks_of(&[named.clone()]);
        assert_eq!(with_jwks(&bare, &set), (SignatureStatus::NotChecked, "needs_secret".to_owned()));
        assert_eq!(with_jwks(&with_kid, &set), (SignatureStatus::Invalid, "key_alg_mismatch".to_owned()));
    }
}

#[test]
fn a_secret_inside_a_published_set_is_not_used() {
    let oct = json!({"kty": "oct", "kid": "k", "k": b64("0123456789abcdef0123456789abcdef")});
    let token = hs256(r#"{"alg":"HS256","kid":"k"}"#, CLAIMS, b"0123456789abcdef0123456789abcdef");
    assert_eq!(with_jwks(&token, &jwks_of(std::slice::from_ref(&oct))).1, "needs_secret");
    assert_eq!(with_file(&token, jwks_of(&[oct.clone(), oct.clone()]).as_bytes()).1, "needs_secret");
    // One secret in a file that was chosen as the key of this token is another matter.
    assert_eq!(with_file(&token, oct.to_string().as_bytes()).1, "ok");
}

#[test]
fn a_shared_secret_checks_only_hmac() {
    let secret = "0123456789abcdef0123456789abcdef";
    let good = hs256(r#"{"alg":"HS256"}"#, CLAIMS, secret.as_bytes());
    assert_eq!(with_secret(&good, secret), (SignatureStatus::Verified, "ok".to_owned()));
    assert_eq!(with_secret(&good, "another"), (SignatureStatus::Invalid, "mismatch".to_owned()));
    assert_eq!(with_secret(&good, ""), (SignatureStatus::NotChecked, "bad_key".to_owned()));
    assert_eq!(with_secret(&vector("RFC 7515 A.2").token, secret).1, "key_alg_mismatch");
    let empty = hs256(r#"{"alg":"HS256"}"#, CLAIMS, b"");
    not_verified(&with_secret(&empty, ""), "empty secret");
}

#[test]
fn no_spelling_of_none_and_no_unknown_algorithm_is_valid() {
    let secret = "0123456789abcdef0123456789abcdef";
    let names = [
        "\"none\"",
        "\"None\"",
        "\"NONE\"",
        "\"nOnE\"",
        "\"none \"",
        "\"\"",
        "\"rs256\"",
        "\"hs256\"",
        "\"Hs256\"",
        "\"HS256 \"",
        "\"HS1\"",
        "\"ES256K\"",
        "\"RS1\"",
        "256",
        "[\"HS256\"]",
        "null",
        "{}",
        "true",
        "\"PBES2-HS256+A128KW\"",
    ];
    for name in names {
        let header = format!("{{\"alg\":{name}}}");
        for token in [hs256(&header, CLAIMS, secret.as_bytes()), format!("{}.{}.", b64(&header), b64(CLAIMS))] {
            let wanted = if name == "\"none\"" { "alg_none" } else { "unsupported_alg" };
            let (jwk, _, _) = rsa_public();
            for (status, reason) in [
                with_secret(&token, secret),
                with_jwks(&token, &jwks_of(std::slice::from_ref(&jwk))),
                with_file(&token, jwk.to_string().as_bytes()),
            ] {
                assert_ne!(status, SignatureStatus::Verified, "{name}");
                assert_eq!(reason, wanted, "{name}");
            }
        }
    }
    assert_eq!(with_secret(&hs256("{}", CLAIMS, secret.as_bytes()), secret).1, "unsupported_alg");
}

#[test]
fn a_key_is_used_with_its_own_algorithm_only() {
    let Vector { token, jwk, .. } = vector("RFC 7515 A.2");
    let with = |member: &str, value: Value| {
        let mut key = jwk.clone();
        key[member] = value;
        with_file(&token, key.to_string().as_bytes()).1
    };
    assert_eq!(with("alg", json!("RS256")), "ok");
    assert_eq!(with("alg", json!("PS256")), "key_alg_mismatch");
    assert_eq!(with("alg", json!("rs256")), "key_alg_mismatch");
    assert_eq!(with("alg", json!("HS256")), "key_alg_mismatch");
    assert_eq!(with("use", json!("sig")), "ok");
    assert_eq!(with("use", json!("enc")), "key_alg_mismatch");
    assert_eq!(with("key_ops", json!(["verify"])), "ok");
    assert_eq!(with("key_ops", json!(["encrypt"])), "key_alg_mismatch");
}

#[test]
fn the_right_key_of_a_set_is_found() {
    let Vector { token, jwk, .. } = vector("RFC 7515 A.3");
    let named = |kid: &str, key: &Value| {
        let mut key = key.clone();
        key["kid"] = json!(kid);
        key
    };
    let (rsa, _, _) = rsa_public();
    let mut other = vector("RFC 7515 A.3").jwk;
    // A different point on the same curve: the mirrored one (y = p - y) is on it too.
    let p = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    other["y"] = json!(b64(minus(p, other["y"].as_str().unwrap())));
    // No kid in the token: every fitting key is tried, others and broken ones are passed over.
    assert_eq!(with_jwks(&token, &jwks_of(&[named("b", &jwk)])).1, "ok");
    assert_eq!(
        with_jwks(&token, &jwks_of(&[rsa.clone(), other.clone(), json!(7), json!({"kty": "EC"}), jwk.clone()])).1,
        "ok"
    );
    assert_eq!(with_jwks(&token, &jwks_of(&[rsa.clone(), other.clone()])).1, "mismatch");
    assert_eq!(
        with_jwks(&token, &jwks_of(std::slice::from_ref(&rsa))),
        (SignatureStatus::NotChecked, "unknown_key".to_owned())
    );
    assert_eq!(with_jwks(&token, &jwks_of(&[])), (SignatureStatus::NotChecked, "no_keys".to_owned()));
    for broken in ["", "[]", "{\"keys\":{}}", "<html>", "{\"keys\":[", "null"] {
        assert_eq!(with_jwks(&token, broken), (SignatureStatus::NotChecked, "bad_key".to_owned()), "{broken}");
    }
}

/// Returns `p` (hex) less a base64url number, as bytes of the same length.
fn minus(p: &str, y: &str) -> Vec<u8> {
    let p: Vec<u8> = (0..p.len()).step_by(2).map(|at| u8::from_str_radix(&p[at..at + 2], 16).unwrap()).collect();
    let y = URL_SAFE_NO_PAD.decode(y).unwrap();
    let mut borrow = 0;
    let mut out: Vec<u8> = p
        .iter()
        .zip(&y)
        .rev()
        .map(|(p, y)| {
            let digit = i16::from(*p) - i16::from(*y) - borrow;
            borrow = i16::from(digit < 0);
            digit.rem_euclid(256).to_le_bytes()[0]
        })
        .collect();
    out.reverse();
    out
}

#[test]
fn a_named_key_is_the_only_one_asked() {
    let secret_key =
        aws_lc_rs::signature::EcdsaKeyPair::generate(&aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = aws_lc_rs::signature::KeyPair::public_key(&secret_key).as_ref().to_vec();
    let key =
        |kid: &str| json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": b64(&point[1..33]), "y": b64(&point[33..])});
    let input = format!("{}.{}", b64(r#"{"alg":"ES256","kid":"nw-1"}"#), b64(CLAIMS));
    let signature = secret_key.sign(&aws_lc_rs::rand::SystemRandom::new(), input.as_bytes()).unwrap();
    let token = format!("{input}.{}", b64(signature));
    assert_eq!(with_jwks(&token, &jwks_of(&[key("nw-1")])).1, "ok");
    let unknown = (SignatureStatus::NotChecked, "unknown_key".to_owned());
    assert_eq!(with_jwks(&token, &jwks_of(&[key("nw-2")])), unknown);
    assert_eq!(with_jwks(&token, &jwks_of(&[key("NW-1"), vector("RFC 7515 A.3").jwk])), unknown);
    let mut rsa = rsa_public().0;
    rsa["kid"] = json!("nw-1");
    assert_eq!(
        with_jwks(&token, &jwks_of(std::slice::from_ref(&rsa))),
        (SignatureStatus::Invalid, "key_alg_mismatch".to_owned())
    );
    // Two keys of one name: the one that fits is found.
    assert_eq!(with_jwks(&token, &jwks_of(&[rsa, key("nw-1")])).1, "ok");
    // In a file there is one key, and that was chosen.
    assert_eq!(with_file(&token, key("other").to_string().as_bytes()).1, "ok");
}

#[test]
fn a_key_in_the_header_is_not_used() {
    let jwk = vector("RFC 7515 A.3").jwk;
    for member in ["jku", "jwk", "x5u", "x5c"] {
        let header = json!({"alg": "ES256", member: jwk}).to_string();
        let token = token(&header, CLAIMS);
        assert_eq!(with_jwks(&token, r#"{"keys":[]}"#).1, "no_keys");
        assert!(codes(&inspect(&token, None, now()).unwrap()).contains(&"untrusted_key_header"), "{member}");
    }
}

#[test]
fn an_extension_that_is_not_known_ends_it() {
    let secret = "0123456789abcdef0123456789abcdef";
    for crit in [r#"["x"]"#, r#"["b64"]"#, "[]", "\"x\"", "null", r#"["exp","x"]"#] {
        let header = format!(r#"{{"alg":"HS256","crit":{crit},"b64":false,"x":1}}"#);
        let token = hs256(&header, CLAIMS, secret.as_bytes());
        assert_eq!(with_secret(&token, secret), (SignatureStatus::Invalid, "crit".to_owned()), "{crit}");
    }
}

#[test]
fn a_weak_or_broken_key_confirms_nothing() {
    #[derive(Deserialize)]
    struct Small {
        token: String,
        pem: String,
        n: String,
        e: String,
    }
    let small: Small = serde_json::from_str(include_str!("../testdata/rsa1024.json")).unwrap();
    let bad = (SignatureStatus::NotChecked, "bad_key".to_owned());
    assert_eq!(with_file(&small.token, small.pem.as_bytes()), bad);
    let jwk = json!({"kty": "RSA", "n": small.n, "e": small.e});
    assert_eq!(with_file(&small.token, jwk.to_string().as_bytes()), bad);
    assert_eq!(with_jwks(&small.token, &jwks_of(&[jwk])), bad);

    let Vector { token, jwk, .. } = vector("RFC 7515 A.3");
    let zero = b64([0; 32]);
    let (x, y) = (jwk["x"].as_str().unwrap().to_owned(), jwk["y"].as_str().unwrap().to_owned());
    let long = b64([&[0][..], &URL_SAFE_NO_PAD.decode(&x).unwrap()].concat());
    let short = b64(&URL_SAFE_NO_PAD.decode(&x).unwrap()[1..]);
    // The same 64 bytes, cut in two at another place.
    let whole = [URL_SAFE_NO_PAD.decode(&x).unwrap(), URL_SAFE_NO_PAD.decode(&y).unwrap()].concat();
    let shifted = json!({"kty": "EC", "crv": "P-256", "x": b64(&whole[..31]), "y": b64(&whole[31..])});
    assert_eq!(with_file(&token, shifted.to_string().as_bytes()), bad);
    for (x, y) in [(&x, &x), (&zero, &zero), (&y, &x), (&long, &y), (&short, &y), (&x, &String::new())] {
        let key = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y});
        assert_eq!(with_file(&token, key.to_string().as_bytes()), bad, "{key}");
    }
    for file in [
        "",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "{}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\"}",
        "\0\0",
        "ssh-rsa AAAA",
    ] {
        assert_eq!(with_file(&token, file.as_bytes()), bad, "{file:?}");
    }
    assert_eq!(with_file(&token, &[0xff; 70]), bad);
}

#[test]
fn an_rsa_exponent_of_one_confirms_nothing() {
    // With e = 1 the padded hash is its own signature: anybody can write it down (RFC 8017, section 9.2).
    let input = format!("{}.{}", b64(r#"{"alg":"RS256"}"#), b64(CLAIMS));
    let prefix = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let hash = digest::digest(&digest::SHA256, input.as_bytes());
    let mut forged = vec![0, 1];
    forged.extend([0xff; 256 - 3 - 51]);
    forged.push(0);
    forged.extend(prefix);
    forged.extend(hash.as_ref());
    let mut jwk = vector("RFC 7515 A.2").jwk;
    jwk["e"] = json!("AQ");
    let token = format!("{input}.{}", b64(forged));
    assert_eq!(with_file(&token, jwk.to_string().as_bytes()), (SignatureStatus::NotChecked, "bad_key".to_owned()));
}

#[test]
fn an_ecdsa_signature_of_zeros_or_in_der_is_refused() {
    let Vector { token, jwk, .. } = vector("RFC 7515 A.3");
    let input = token.rsplit_once('.').unwrap().0;
    let raw = URL_SAFE_NO_PAD.decode(token.rsplit_once('.').unwrap().1).unwrap();
    let n: Vec<u8> =
        [&[0xff; 4][..], &[0; 4], &[0xff; 8], b"\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51"]
            .concat();
    let der = [&[0x30, 0x45, 0x02, 0x20][..], &raw[..32], &[0x02, 0x21, 0], &raw[32..]].concat();
    for signature in
        [vec![0; 64], [n.clone(), n.clone()].concat(), [&raw[..32], &n].concat(), der, vec![0xff; 64], vec![]]
    {
        let token = format!("{input}.{}", b64(signature));
        assert_eq!(with_file(&token, jwk.to_string().as_bytes()), (SignatureStatus::Invalid, "mismatch".to_owned()));
    }
}

#[test]
fn an_encrypted_token_is_never_verified() {
    let token = format!(
        "{}.AAAA.AAAA.AAAA.AAAA",
        b64(r#"{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483647,"zip":"DEF"}"#)
    );
    let encrypted = (SignatureStatus::Unsupported, "encrypted".to_owned());
    assert_eq!(with_secret(&token, "secret"), encrypted);
    assert_eq!(with_file(&token, vector("RFC 7515 A.2").jwk.to_string().as_bytes()), encrypted);
    let inspection = inspect(&token, None, now()).unwrap();
    assert!(inspection.claims.is_empty());
    assert_eq!(inspection.signature.reason, "encrypted");
    assert_eq!(codes(&inspection), ["encrypted"]);
    // `alg: none` or HS256 in five parts changes nothing.
    for alg in ["none", "HS256"] {
        let token = format!("{}.AAAA.AAAA.AAAA.AAAA", b64(format!(r#"{{"alg":"{alg}","enc":"A128GCM"}}"#)));
        assert_eq!(with_secret(&token, "secret"), encrypted);
    }
}
