//! Signs in on another device (RFC 8628): a short code here, the approval there, polling in between.
//!
//! Polls are never closer than the server asked for (G1), and one that brings tokens belongs to the vault before it is
//! read: whoever cancels meanwhile can't lose them.

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use qrcode::{EcLevel, QrCode};
use serde::Deserialize;
use url::Url;

use crate::answer::{self, Answer, harmless};
use crate::client::{Client, NoAnswer};
use crate::discovery::{endpoint_url, issuer_url};
use crate::error::{Error, LoginError, OrNone as _};
use crate::exchange::Exchange;
use crate::explain::{Fact, Story};
use crate::login::LoginProgress;
use crate::ports::HttpError;
use crate::refusal::{refused, unanswered};
use crate::secret::Secret;
use crate::token_request::Grant;
use crate::vault::Vault;
use crate::view::{CredentialView, DeviceView, QrView};

/// What a server means that names no interval (RFC 8628 §3.2).
const USUAL_INTERVAL: u64 = 5;
/// What `slow_down` adds, for this and all later polls (§3.5).
const SLOWER: Duration = Duration::from_secs(5);
/// A server that wants longer pauses than this would make everybody believe that nothing happens.
const LONGEST_INTERVAL: u64 = 120;
/// The longest that a code is waited for, in seconds.
const LONGEST_LIFE: i64 = 1800;

/// The device endpoint's answer.
#[derive(Deserialize)]
struct Offer {
    device_code: Secret,
    user_code: String,
    #[serde(alias = "verification_url")]
    verification_uri: String,
    verification_uri_complete: Option<String>,
    expires_in: Option<serde_json::Value>,
    interval: Option<serde_json::Value>,
}

/// What one poll means for the next.
enum Poll {
    Again,
    Slower,
    /// The network; the next poll waits twice as long (§3.5).
    Unanswered,
    Done(Box<CredentialView>),
}

impl Vault {
    pub(crate) async fn login_by_device(&self, exchange: Exchange, story: &Story) -> Result<CredentialView, Error> {
        let offer = self.ask_for_code(&exchange).await?;
        let device = view(&exchange, &offer, self.inner.ports.clock.now())?;
        let deadline = device.expires_at;
        let mut interval = Duration::from_secs(interval(offer.interval.as_ref())?);
        story.note(&Fact::ShowsCode { host: device.host.clone() });
        story.tell(LoginProgress::Device(device));
        loop {
            self.inner.ports.clock.sleep(interval).await;
            if self.inner.ports.clock.now() >= deadline {
                return Err(LoginError::CodeExpired.into());
            }
            let (vault, asked, code) = (self.clone(), exchange.clone(), offer.device_code.clone());
            let told = story.clone();
            let poll =
                self.own(async move { vault.poll(asked, &code, &told).await }).await.unwrap_or(Err(Error::Fault));
            match poll? {
                Poll::Done(credential) => return Ok(*credential),
                Poll::Again => {}
                Poll::Slower => interval += SLOWER,
                Poll::Unanswered => interval = (interval * 2).min(Duration::from_secs(LONGEST_INTERVAL)),
            }
        }
    }

    async fn ask_for_code(&self, exchange: &Exchange) -> Result<Offer, Error> {
        let settings = &exchange.settings;
        let endpoint = settings.endpoints.device_authorization.as_ref();
        let endpoint = endpoint.ok_or(LoginError::NotOffered("device sign-in"))?;
        let client = Client { settings, secret: exchange.input.client_secret.as_ref(), dpop: None };
        let scope = settings.scopes.join(" ");
        let mut fields = vec![];
        if !scope.is_empty() {
            fields.push(("scope", scope.as_str()));
        }
        fields.extend(settings.audience.as_deref().map(|audience| ("audience", audience)));
        fields.extend(settings.resources.iter().map(|resource| ("resource", resource.as_str())));
        let raw = self.inner.post(&client, endpoint, &fields).await.map_err(unanswered)?;
        if !raw.status.is_success() {
            let now = self.inner.ports.clock.now();
            return Err(refused(answer::read(raw.status, &raw.headers, &raw.body, now, &settings.quirks)).into());
        }
        // Exposed to the parser; its error would quote the input, so it is dropped.
        let offer: Option<Offer> = serde_json::from_slice(raw.body.expose()).ok_or_none();
        offer.ok_or_else(|| LoginError::BadAnswer("it gave no code to enter".to_owned()).into())
    }

    async fn poll(&self, exchange: Exchange, code: &Secret, story: &Story) -> Result<Poll, Error> {
        let sent_at = self.inner.ports.clock.now();
        let secret = exchange.input.client_secret.as_ref();
        let client = Client { settings: &exchange.settings, secret, dpop: exchange.dpop.as_ref() };
        let raw = match self.inner.ask_for_tokens(&client, Grant::Device(code)).await {
            Ok(raw) => raw,
            // A certificate that is suddenly wrong is no outage.
            Err(NoAnswer::Http(error)) if !matches!(error, HttpError::Tls { .. }) => return Ok(Poll::Unanswered),
            Err(error) => return Err(unanswered(error)),
        };
        let answer = match answer::read(raw.status, &raw.headers, &raw.body, sent_at, &exchange.settings.quirks) {
            Answer::Tokens(tokens) if tokens.access_token.is_some() => {
                story.tell(LoginProgress::Exchanging);
                let credential = self.accept(&exchange, &tokens, sent_at, story).await?;
                return Ok(Poll::Done(Box::new(credential)));
            }
            answer => answer,
        };
        let (Answer::Ended(said) | Answer::Misconfigured(said) | Answer::TryAgain { said, .. }) = &answer else {
            return Err(refused(answer).into());
        };
        match said.code.as_str() {
            "authorization_pending" => Ok(Poll::Again),
            "slow_down" | "http_429" => Ok(Poll::Slower),
            "expired_token" => Err(LoginError::CodeExpired.into()),
            "access_denied" => Err(LoginError::Refused { code: said.code.clone(), detail: said.detail.clone() }.into()),
            _ if raw.status.is_server_error() => Ok(Poll::Unanswered),
            _ => Err(refused(answer).into()),
        }
    }
}

/// Reads the pause between polls; nonsense means the usual one, never a shorter one than asked for.
fn interval(value: Option<&serde_json::Value>) -> Result<u64, Error> {
    let asked = value.and_then(whole).and_then(|seconds| u64::try_from(seconds).ok_or_none()).unwrap_or(0);
    match asked {
        0 => Ok(USUAL_INTERVAL),
        1..=LONGEST_INTERVAL => Ok(asked),
        _ => Err(LoginError::BadAnswer(format!("it wants to be asked every {asked} seconds only")).into()),
    }
}

fn whole(value: &serde_json::Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok_or_none())
}

/// Checks what is to be shown: the address may be a trap (G4), and the code comes from a stranger.
fn view(exchange: &Exchange, offer: &Offer, now: Timestamp) -> Result<DeviceView, Error> {
    let bad = |why: &str| Error::Login(LoginError::BadAnswer(why.to_owned()));
    let issuer = issuer_url(&exchange.settings.issuer).map_err(LoginError::from)?;
    let address = |value: &str| endpoint_url(&issuer, "verification_uri", value).map_err(LoginError::from);
    let uri = address(&offer.verification_uri)?;
    let complete = offer.verification_uri_complete.as_deref().and_then(|value| address(value).ok_or_none());
    // One that leads elsewhere than the address that is shown is left out.
    let complete = complete.filter(|url: &Url| url.origin() == uri.origin());
    let code = harmless(offer.user_code.trim(), 32);
    if code.is_empty() || code != offer.user_code.trim() || !code.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Err(bad("the code to enter can't be shown"));
    }
    let life = offer.expires_in.as_ref().and_then(whole).unwrap_or(LONGEST_LIFE).clamp(0, LONGEST_LIFE);
    let patience = exchange.input.timeout_seconds.and_then(|seconds| i64::try_from(seconds).ok_or_none());
    let life = SignedDuration::from_secs(patience.map_or(life, |patience| life.min(patience)));
    let target = complete.as_ref().unwrap_or(&uri);
    Ok(DeviceView {
        user_code: code,
        qr: qr(target.as_str()),
        host: uri.host_str().unwrap_or_default().to_owned(),
        verification_uri: uri.to_string(),
        verification_uri_complete: complete.map(|url| url.to_string()),
        expires_at: now.checked_add(life).unwrap_or(now),
    })
}

/// Draws the address for a phone's camera.
fn qr(text: &str) -> Option<QrView> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok_or_none()?;
    let width = code.width();
    let rows = code.to_colors().chunks(width).map(|row| row.iter().map(|c| c.select('1', '0')).collect()).collect();
    Some(QrView { rows })
}

#[cfg(test)]
#[path = "device_test.rs"]
mod tests;
