//! Values that were made on the workbench: a key, a test token, its secret.
//!
//! Invariant: a made value lives here and nowhere else until the person copies it, has it shown, or stores it; making
//! another one, leaving the workbench or locking forgets it. It is shown once (U8): the window has it for the seconds of
//! a reveal and never again.

use std::sync::Mutex;

use crate::error::Error;
use crate::generate::{generate_key, hash_key};
use crate::jwt::{SignProblem, SignWith, Signed, sign_test};
use crate::secret::Secret;
use crate::vault::{Vault, lock};
use crate::view::{
    AddApiKeyInput, ClipboardView, CredentialView, GenerateInput, MadeKeyView, MadeWhat, RevealedSecret, SignInput,
    SignedView,
};

/// A value, and whether it was shown.
struct Made {
    value: Secret,
    shown: bool,
}

#[derive(Default)]
struct All {
    key: Option<Made>,
    token: Option<Made>,
    secret: Option<Made>,
}

impl All {
    fn of(&mut self, what: MadeWhat) -> &mut Option<Made> {
        match what {
            MadeWhat::Key => &mut self.key,
            MadeWhat::Token => &mut self.token,
            MadeWhat::Secret => &mut self.secret,
        }
    }
}

/// What was made and is not forgotten yet.
#[derive(Default)]
pub struct Workbench(Mutex<All>);

impl Workbench {
    /// Makes a key.
    ///
    /// # Errors
    /// As [`generate_key`].
    pub fn generate(&self, input: &GenerateInput) -> Result<MadeKeyView, Error> {
        let key = generate_key(&input.prefix, input.bits, input.format)?;
        let view = MadeKeyView { length: key.len(), bits: input.bits, sha256: hash_key(&key) };
        lock(&self.0).key = Some(Made { value: key, shown: false });
        Ok(view)
    }

    /// Signs a test token. What is wrong with the claims or the key is part of the answer.
    pub fn sign(&self, input: &SignInput) -> SignedView {
        let with = input.key.as_ref().map_or(SignWith::Fresh, SignWith::Given);
        let signed = sign_test(&input.alg, &input.claims, with);
        let mut all = lock(&self.0);
        (all.token, all.secret) = (None, None);
        match signed {
            Ok(signed) => {
                let view = signed_view(&signed);
                let made = |value| Made { value, shown: false };
                all.token = Some(made(signed.token));
                all.secret = signed.secret.map(made);
                view
            }
            Err(problem) => not_signed(problem),
        }
    }

    /// Returns a made value for the person to see, once.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is none, or it was shown before; [`Error::Locked`].
    pub async fn reveal(&self, vault: &Vault, what: MadeWhat) -> Result<RevealedSecret, Error> {
        let for_seconds = u32::from(vault.settings_or_default().await.reveal_seconds);
        // Locked in between: nobody who is in front of the window now asked for it.
        if vault.is_locked() {
            return Err(Error::Locked);
        }
        let mut all = lock(&self.0);
        let made = all.of(what).as_mut().filter(|made| !made.shown).ok_or_else(gone)?;
        made.shown = true;
        // Exposed because the person asked to see it.
        Ok(RevealedSecret { value: made.value.expose().to_owned(), for_seconds })
    }

    /// Copies a made value; it leaves the clipboard again like any other.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is none, and [`Error::Clipboard`].
    pub async fn copy(&self, vault: &Vault, what: MadeWhat) -> Result<ClipboardView, Error> {
        vault.put_unnamed(self.value(what)?).await
    }

    /// Stores the made key as an API key and forgets it here.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is none; else as [`Vault::add_api_key`].
    pub async fn store(&self, vault: &Vault, mut input: AddApiKeyInput) -> Result<CredentialView, Error> {
        input.value = self.value(MadeWhat::Key)?;
        let stored = vault.add_api_key(input).await?;
        lock(&self.0).key = None;
        Ok(stored)
    }

    /// Forgets everything that was made.
    pub fn forget(&self) {
        *lock(&self.0) = All::default();
    }

    fn value(&self, what: MadeWhat) -> Result<Secret, Error> {
        lock(&self.0).of(what).as_ref().map(|made| made.value.clone()).ok_or_else(gone)
    }
}

fn gone() -> Error {
    Error::Invalid { field: "key", why: "it was shown already, or is gone; make another one".to_owned() }
}

fn signed_view(signed: &Signed) -> SignedView {
    // Exposed to show what is no secret without the signature.
    let mut parts = signed.token.expose().split('.');
    let mut part = || parts.next().unwrap_or_default();
    let (header, payload, signature) = (part(), part(), part());
    SignedView {
        problem: String::new(),
        line: 0,
        column: 0,
        header_segment: header.to_owned(),
        payload_segment: payload.to_owned(),
        signature_len: signature.len(),
        public_jwk: signed.public_jwk.as_ref().map(|jwk| format!("{jwk:#}")),
        secret_len: signed.secret.as_ref().map(Secret::len),
    }
}

fn not_signed(problem: SignProblem) -> SignedView {
    let (code, line, column) = problem.told();
    SignedView {
        problem: code.to_owned(),
        line,
        column,
        header_segment: String::new(),
        payload_segment: String::new(),
        signature_len: 0,
        public_jwk: None,
        secret_len: None,
    }
}
