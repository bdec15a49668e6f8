//! `fob jwt sign` and `fob jwt compare`: tokens to try a server with, and what differs between two.

use fobwatch_core::jwt::{Change, Difference, MAX_INSPECTED, Parsed, SignWith, sign_test};
use fobwatch_core::secret::Secret;
use serde_json::{Map, Value, json};

use crate::args::{Compare, Sign};
use crate::desk::{About as _, Desk};
use crate::failure::Failure;
use crate::format::{local, table};
use crate::input::{first_line, is_terminal, key_file, secret};
use crate::jwt::file;
use crate::output::{answer, answer_json, answer_secret, answer_text, say};

/// Signs a test token.
pub(crate) async fn sign(args: &Sign, desk: &Desk) -> Result<(), Failure> {
    if args.secret != (args.alg == "HS256") {
        return Err(Failure::usage("HS256, and only that, signs with --secret.", "fob jwt sign --alg HS256 --secret"));
    }
    let claims = claims(args, desk)?;
    let key = match &args.key {
        Some(path) => Some(key_file(path).await?),
        None if args.secret => Some(secret("Shared secret: ").await?),
        None => None,
    };
    let with = key.as_ref().map_or(SignWith::Fresh, SignWith::Given);
    let signed = sign_test(&args.alg, &claims, with).map_err(|why| Failure::usage(sentence(&why.to_string()), ""))?;
    if desk.json {
        // Exposed because a signed token is what was asked for.
        let token = signed.token.expose();
        return answer_json(&json!({ "token": token, "key_id": signed.key_id, "public_jwk": signed.public_jwk }));
    }
    say(if key.is_none() {
        "A test token. Its key was made for it and is forgotten."
    } else {
        "A test token, signed with your own key: whoever trusts that key takes it for real."
    });
    answer_secret(&signed.token)?;
    if let Some(jwk) = signed.public_jwk.filter(|_| args.public) {
        answer(&jwk.to_string())?;
    }
    Ok(())
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

/// Puts the claims together: a file, or a beginning that no real issuer has; then each `--claim`.
fn claims(args: &Sign, desk: &Desk) -> Result<String, Failure> {
    let mut claims = Map::new();
    if let Some(path) = &args.claims {
        let text = String::from_utf8(file(path)?)
            .map_err(|_| Failure::usage(format!("{} is not text.", path.display()), ""))?;
        if args.claim.is_empty() {
            return Ok(text);
        }
        claims = serde_json::from_str(&text)
            .map_err(|error| Failure::usage(format!("{}: {error}.", path.display()), "It holds a JSON object."))?;
    } else {
        let now = desk.ports.clock.now().as_second();
        claims.insert("iss".to_owned(), "https://test.invalid".into());
        claims.insert("iat".to_owned(), now.into());
        claims.insert("exp".to_owned(), now.saturating_add_unsigned(args.expires_in.as_secs()).into());
    }
    for claim in &args.claim {
        let (name, value) = claim
            .split_once('=')
            .ok_or_else(|| Failure::usage(format!("“{claim}” is no claim."), "--claim sub=ada"))?;
        claims.insert(name.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| Value::from(value)));
    }
    Ok(Value::Object(claims).to_string())
}

/// Says what differs between two tokens.
pub(crate) async fn compare(args: &Compare, desk: &Desk) -> Result<(), Failure> {
    let (first, second) = match (args.first.as_str(), args.second.as_str()) {
        ("-", "-") => {
            let (first, second) = first_line("First token: ").await?;
            let second = match second {
                Some(second) => second,
                None if is_terminal() => secret("Second token: ").await?,
                None => {
                    let hint = "Put it on the second line of standard input.";
                    return Err(Failure::usage("There is no second token.", hint));
                }
            };
            (first, second)
        }
        (first, second) => (token(first, desk).await?, token(second, desk).await?),
    };
    // Both exposed to the parser.
    let first = Parsed::parse_any(first.expose().trim_ascii(), MAX_INSPECTED)?;
    let second = Parsed::parse_any(second.expose().trim_ascii(), MAX_INSPECTED)?;
    let found = fobwatch_core::jwt::compare(&first, &second);
    if desk.json {
        return answer_json(&json!({ "same": found.lines.is_empty(), "differences": found }));
    }
    if found.lines.is_empty() {
        return Ok(answer("The two tokens say the same.")?);
    }
    let rows: Vec<[String; 5]> = found.lines.iter().map(line).collect();
    answer_text(&table(&rows))?;
    if found.more > 0 {
        say(&format!("{} more differences are not shown.", found.more));
    }
    Ok(())
}

async fn token(name: &str, desk: &Desk) -> Result<Secret, Failure> {
    if name == "-" {
        return secret("Token: ").await;
    }
    let (vault, id) = desk.find(name).await?;
    vault.looked_into(id).await.about(name)
}

fn line(one: &Difference) -> [String; 5] {
    let change = match one.change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Changed => "changed",
    };
    let value = |text: &Option<String>, at: Option<jiff::Timestamp>| match (text, at) {
        (None, _) => "-".to_owned(),
        (Some(text), None) => text.clone(),
        (Some(text), Some(at)) => format!("{text} ({})", local(at)),
    };
    let (before, after) = (value(&one.before, one.before_at), value(&one.after, one.after_at));
    [change.to_owned(), one.part.clone(), one.name.clone(), before, after]
}
