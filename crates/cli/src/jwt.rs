//! `fob jwt`: a token laid open, and checked with the keys that the person chose.
//!
//! Anything well-formed is shown; only `--verify` turns what does not hold into an exit code. A token from standard
//! input needs no vault, and no token goes anywhere.

use std::io::Read as _;
use std::path::Path;

use fobwatch_core::credential::CredentialId;
use fobwatch_core::jwt::{
    ClaimExpect, ClaimFailure, Context, Inspection, Keys, LEEWAY, MAX_INSPECTED, NoKeys, Parsed, Signature,
    SignatureStatus, check, check_claims, lay_out, unchecked,
};
use fobwatch_core::secret::Secret;
use fobwatch_core::{Error, Vault, keys_at, keys_of_issuer};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::args::Jwt;
use crate::desk::{About as _, Desk};
use crate::failure::{Failure, REFUSED};
use crate::input::{first_line, is_terminal, secret};
use crate::jwt_text::{statement, text};
use crate::output::{answer_json, answer_text, say};

/// The longest key file that is read, in bytes.
const LONGEST_FILE: u64 = 1024 * 1024;

/// What a signature is checked with.
enum Chosen {
    Nothing,
    Jwks {
        text: String,
        source: String,
    },
    File {
        bytes: Vec<u8>,
        source: String,
    },
    Secret(Secret),
    /// What the vault found with the keys of the login's own issuer.
    Known(Signature),
    /// The keys could not be fetched.
    Unavailable {
        source: String,
        error: Error,
    },
}

/// Lays a token open, and checks it if asked.
pub(crate) async fn jwt(args: &Jwt, desk: &Desk) -> Result<(), Failure> {
    let (token, chosen, stored) = given(args, desk).await?;
    let at = args.at.unwrap_or_else(|| desk.ports.clock.now());
    // Exposed to the parser; what it keeps is header and payload.
    let parsed = Parsed::parse_any(token.expose().trim_ascii(), MAX_INSPECTED)?;
    let signature = signature(&parsed, &chosen);
    let expect = ClaimExpect { now: at, leeway: LEEWAY, issuer: args.issuer.as_deref(), audience: None };
    let failures = check_claims(&parsed, &expect);
    let shared = match &chosen {
        Chosen::Secret(secret) => Some(secret),
        _ => None,
    };
    if let (Some((vault, id)), Some(secret), SignatureStatus::Verified) = (&stored, shared, signature.status)
        && let Err(error) = vault.note_shared_secret(*id, secret).await
    {
        tracing::warn!(code = error.code(), "how long the secret is was not kept for health");
    }
    // Without a stored token no vault is opened, so the settings are not asked either.
    let context = match &stored {
        Some((vault, _)) => vault.token_context().await,
        None => Context::default(),
    };
    let inspection = lay_out(parsed, signature, shared, at, &context);
    if let Chosen::Unavailable { error, .. } = &chosen
        && !args.verify
    {
        Failure::about(error, None).tell(desk.json);
    }
    print(&inspection, &failures, args, at, desk)?;
    if args.verify { verdict(&inspection, &failures, chosen) } else { Ok(()) }
}

/// The credential that a token is of.
type Stored = (Vault, CredentialId);

/// Returns the token, what to check it with, and whose it is.
async fn given(args: &Jwt, desk: &Desk) -> Result<(Secret, Chosen, Option<Stored>), Failure> {
    if args.name == "-" {
        if !args.secret {
            return Ok((secret("Token: ").await?, chosen(args, desk).await?, None));
        }
        let (token, shared) = first_line("Token: ").await?;
        return match shared {
            Some(shared) => Ok((token, Chosen::Secret(shared), None)),
            None if is_terminal() => Ok((token, Chosen::Secret(secret("Shared secret: ").await?), None)),
            None => Err(Failure::usage("There is no secret.", "Put it on the second line of standard input.")),
        };
    }
    let (vault, id) = desk.find(&args.name).await?;
    let token = vault.looked_into(id).await.about(&args.name)?;
    let chosen = match chosen(args, desk).await? {
        Chosen::Nothing if args.secret => Chosen::Secret(secret("Shared secret: ").await?),
        Chosen::Nothing if args.verify => {
            let checked = vault.token(id, false).await.about(&args.name)?.inspection;
            checked.map_or(Chosen::Nothing, |checked| Chosen::Known(checked.signature))
        }
        chosen => chosen,
    };
    Ok((token, chosen, Some((vault.clone(), id))))
}

/// Gets the keys that the arguments name.
async fn chosen(args: &Jwt, desk: &Desk) -> Result<Chosen, Failure> {
    let http = &*desk.ports.http;
    let unavailable = |source: &str, error| Chosen::Unavailable { source: source.to_owned(), error };
    if let Some(issuer) = &args.issuer {
        return Ok(match keys_of_issuer(http, issuer).await {
            Ok((text, source)) => Chosen::Jwks { text, source },
            Err(error) => unavailable(issuer, error),
        });
    }
    if let Some(place) = &args.jwks {
        if place.starts_with("https://") || place.starts_with("http://") {
            return Ok(match keys_at(http, place).await {
                Ok(text) => Chosen::Jwks { text, source: place.clone() },
                Err(error) => unavailable(place, error),
            });
        }
        let text = String::from_utf8(file(Path::new(place))?)
            .map_err(|_| Failure::usage(format!("{place} is not a key set."), ""))?;
        return Ok(Chosen::Jwks { text, source: place.clone() });
    }
    match &args.key {
        Some(path) => Ok(Chosen::File { bytes: file(path)?, source: path.display().to_string() }),
        None => Ok(Chosen::Nothing),
    }
}

/// Reads a file of keys or claims.
pub(crate) fn file(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| Failure::usage(format!("{} can't be read: {error}.", path.display()), "");
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(path).map_err(unreadable)?;
    opened.take(LONGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST_FILE {
        return Err(Failure::usage(format!("{} is too long for a key.", path.display()), ""));
    }
    Ok(bytes)
}

fn signature(parsed: &Parsed<'_>, chosen: &Chosen) -> Signature {
    match chosen {
        Chosen::Nothing => unchecked(parsed, &NoKeys::NotAsked),
        Chosen::Jwks { text, source } => check(parsed, &Keys::Jwks { text, source: source.clone() }),
        Chosen::File { bytes, source } => check(parsed, &Keys::KeyFile { bytes, source: source.clone() }),
        Chosen::Secret(secret) => check(parsed, &Keys::Secret(secret)),
        Chosen::Known(signature) => signature.clone(),
        Chosen::Unavailable { source, .. } => unchecked(parsed, &NoKeys::Unavailable(source.clone())),
    }
}

fn print(
    inspection: &Inspection,
    failures: &[ClaimFailure],
    args: &Jwt,
    at: Timestamp,
    desk: &Desk,
) -> Result<(), Failure> {
    if !desk.json {
        return Ok(answer_text(&text(inspection, at))?);
    }
    let mut object = serde_json::to_value(inspection).map_err(|error| Failure::ours(format!("JSON: {error}")))?;
    if let (true, Value::Object(members)) = (args.verify, &mut object) {
        members.insert("failures".to_owned(), json!(failures));
    }
    answer_json(&object)
}

/// Says whether everything that was asked holds.
fn verdict(inspection: &Inspection, failures: &[ClaimFailure], chosen: Chosen) -> Result<(), Failure> {
    if let Chosen::Unavailable { error, .. } = chosen {
        return Err(Failure::about(&error, None));
    }
    let mut why = Vec::new();
    if inspection.signature.status != SignatureStatus::Verified {
        why.push(statement(&inspection.signature));
    }
    why.extend(failures.iter().map(|failure| failure.message.clone()));
    if why.is_empty() {
        say("Everything that was asked holds.");
        return Ok(());
    }
    let hint = match inspection.signature.reason.as_str() {
        "not_asked" => "Say which keys to trust: --issuer, --jwks, --key or --secret.",
        "needs_secret" => "Give the shared secret with --secret.",
        _ => "",
    };
    Err(Failure::new(REFUSED, "check_failed", why.join(" "), hint))
}
