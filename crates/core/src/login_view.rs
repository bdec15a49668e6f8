//! The book-keeping of a sign-in as the sheet shows it: from its first step to its end.
//!
//! Pure: whoever runs the sign-in feeds in what happened. The view holds neither code nor verifier, and the address
//! for the browser is not in it either (it carries `state`).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::error::{Error, LoginError, OrNone as _};
use crate::login::{LoginProgress, PATIENCE, host_of};
use crate::provider::Providers;
use crate::sentence::sentence;
use crate::view::{CredentialView, LoginInput, LoginStep, LoginView};

impl LoginView {
    /// Makes the view of a sign-in that begins `now`, under an id of its own.
    #[must_use]
    pub fn preparing(providers: &Providers, id: String, input: &LoginInput, now: Timestamp) -> Self {
        let known = input.provider.as_deref().and_then(|id| providers.find(id));
        // A field that is missing is told when the sign-in begins.
        let place = known.and_then(|known| known.oauth.as_ref()?.place(&input.fields).ok_or_none());
        let issuer = input.issuer.clone().or_else(|| place.map(|place| place.issuer));
        let (_, monogram) = match &issuer {
            Some(issuer) if known.is_none() => providers.issuer_face(issuer),
            _ => providers.face(input.provider.as_deref(), &input.name),
        };
        let patience = input.timeout_seconds.map_or(PATIENCE, Duration::from_secs);
        Self {
            id,
            name: input.name.clone(),
            host: issuer.as_deref().map(host_of).unwrap_or_default(),
            monogram,
            step: LoginStep::Preparing,
            failed_at: None,
            listening: None,
            redirect: None,
            device: None,
            browser_opened: false,
            started_at: now,
            deadline: SignedDuration::try_from(patience).map_or(now, |wait| now.checked_add(wait).unwrap_or(now)),
            credential: None,
            error: None,
            provider_text: None,
            notes: Vec::new(),
            advice: None,
        }
    }

    /// Takes in one piece of progress.
    pub fn follow(&mut self, progress: &LoginProgress) {
        match progress {
            LoginProgress::Listening { listening, redirect_uri, deadline, .. } => {
                self.step = LoginStep::Waiting;
                self.listening = Some(listening.clone());
                self.redirect = Some(redirect_uri.to_string());
                self.deadline = *deadline;
            }
            LoginProgress::Device(device) => {
                self.step = LoginStep::Waiting;
                self.deadline = device.expires_at;
                self.device = Some(device.clone());
            }
            LoginProgress::PasteRefused => {}
            LoginProgress::Noted(note) => self.notes.push(note.clone()),
            LoginProgress::Advice(advice) => self.advice = Some(advice.clone()),
            LoginProgress::BrowserOpened(opened) => self.browser_opened = opened.is_ok(),
            LoginProgress::Exchanging => self.step = LoginStep::Exchanging,
            LoginProgress::Storing => self.step = LoginStep::Storing,
        }
    }

    /// Takes in the outcome.
    pub fn end(&mut self, outcome: &Result<CredentialView, Error>) {
        match outcome {
            Ok(credential) => {
                self.step = LoginStep::Done;
                self.credential = Some(credential.clone());
            }
            Err(error) => {
                self.failed_at = Some(self.step);
                self.step = LoginStep::Failed;
                let mut error_view = sentence(error, Some(&self.name));
                if let Some(advice) = self.advice.take() {
                    error_view.hint = advice;
                }
                self.error = Some(error_view);
                self.provider_text = own_words(error);
            }
        }
    }

    /// Tells whether the sign-in can still be cancelled: once there is a code, tokens may exist that must not be
    /// lost, and it runs to its end.
    #[must_use]
    pub fn can_cancel(&self) -> bool {
        matches!(self.step, LoginStep::Preparing | LoginStep::Waiting)
    }
}

/// The provider's own words, which were made harmless where they came in.
fn own_words(error: &Error) -> Option<String> {
    let Error::Login(
        LoginError::Refused { detail, .. } | LoginError::Exchange { detail, .. } | LoginError::Pushed { detail, .. },
    ) = error
    else {
        return None;
    };
    Some(detail.clone()).filter(|detail| !detail.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::Environment;

    fn input() -> LoginInput {
        LoginInput {
            name: "Northwind API".to_owned(),
            issuer: Some("https://id.northwind.example".to_owned()),
            fields: std::collections::BTreeMap::new(),
            client_id: Some("app".to_owned()),
            environment: Environment::Production,
            timeout_seconds: Some(60),
            ..LoginInput::default()
        }
    }

    fn begun() -> LoginView {
        LoginView::preparing(&Providers::built_in(), "l1".to_owned(), &input(), "2025-10-16T13:17:00Z".parse().unwrap())
    }

    fn waiting() -> LoginView {
        let mut view = begun();
        view.follow(&LoginProgress::Listening {
            authorize: "https://id.northwind.example/a?state=s3cret-state".parse().unwrap(),
            redirect_uri: "http://127.0.0.1:53817/callback".parse().unwrap(),
            listening: "127.0.0.1:53817".to_owned(),
            deadline: "2025-10-16T13:19:00Z".parse().unwrap(),
        });
        view
    }

    #[test]
    fn a_sign_in_begins_with_the_face_of_its_issuer() {
        let view = begun();
        assert_eq!((view.host.as_str(), view.monogram.code.as_str()), ("id.northwind.example", "No"));
        assert_eq!(view.deadline.to_string(), "2025-10-16T13:18:00Z");
        let preset = LoginInput { provider: Some("google".to_owned()), issuer: None, ..input() };
        let view = LoginView::preparing(&Providers::built_in(), "l2".to_owned(), &preset, view.started_at);
        assert_eq!((view.host.as_str(), view.monogram.code.as_str()), ("accounts.google.com", "G"));
    }

    #[test]
    fn a_failure_names_the_step_it_happened_in_and_the_provider_s_own_words() {
        let mut view = waiting();
        let refused = LoginError::Refused { code: "access_denied".to_owned(), detail: "ask Ada".to_owned() };
        view.end(&Err(refused.into()));
        assert_eq!((view.step, view.failed_at), (LoginStep::Failed, Some(LoginStep::Waiting)));
        assert_eq!(view.provider_text.as_deref(), Some("ask Ada"));
        assert_eq!(view.error.unwrap().provider_code.as_deref(), Some("access_denied"));
    }

    #[test]
    fn whoever_waits_sees_the_address_to_register() {
        assert_eq!(begun().redirect, None);
        assert_eq!(waiting().redirect.as_deref(), Some("http://127.0.0.1:53817/callback"));
    }

    #[test]
    fn a_sign_in_with_a_code_in_hand_is_not_cancelled() {
        let mut view = waiting();
        assert!(view.can_cancel());
        view.follow(&LoginProgress::Exchanging);
        assert!(!view.can_cancel());
    }

    #[test]
    fn the_view_does_not_carry_the_state_parameter() {
        assert!(!serde_json::to_string(&waiting()).unwrap().contains("s3cret-state"));
    }
}
