//! The ports of the bench: the real keyring with every call counted, and a server in this process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use fobwatch_core::ports::{Http, HttpError, ItemName, Keychain, KeychainError};
use fobwatch_core::secret::SecretBytes;
use fobwatch_platform::OsKeychain;

/// Makes an envelope with such a token as long as those of well-known providers: about 700 bytes.
const TOKEN_LEN: usize = 300;

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The machine's keychain, which notes what it was asked and how long it took.
#[derive(Default)]
pub(crate) struct Counted {
    keychain: OsKeychain,
    pub(crate) calls: Mutex<Vec<(&'static str, Duration)>>,
}

impl Counted {
    async fn call<T>(&self, kind: &'static str, call: impl Future<Output = T> + Send) -> T {
        let start = Instant::now();
        let answer = call.await;
        lock(&self.calls).push((kind, start.elapsed()));
        answer
    }
}

#[async_trait]
impl Keychain for Counted {
    async fn get(&self, item: &ItemName) -> Result<SecretBytes, KeychainError> {
        self.call("get", self.keychain.get(item)).await
    }
    async fn set(&self, item: &ItemName, label: &str, value: &SecretBytes) -> Result<(), KeychainError> {
        self.call("set", self.keychain.set(item, label, value)).await
    }
    async fn delete(&self, item: &ItemName) -> Result<(), KeychainError> {
        self.call("delete", self.keychain.delete(item)).await
    }
    async fn check(&self) -> Result<(), KeychainError> {
        self.call("check", self.keychain.check()).await
    }
    async fn unlock(&self) -> Result<(), KeychainError> {
        self.keychain.unlock().await
    }
    fn limit(&self) -> Option<usize> {
        self.keychain.limit()
    }
    fn name(&self) -> String {
        self.keychain.name()
    }
}

/// A refresh token that tells its name and generation.
pub(crate) fn refresh_token(name: &str, generation: u32) -> String {
    format!("{name}.{generation}.{}", "x".repeat(TOKEN_LEN))
}

/// A server that rotates, answers at once, and refuses a token that it has replaced.
#[derive(Default)]
pub(crate) struct Server {
    generations: Mutex<HashMap<String, u32>>,
    pub(crate) refused: Mutex<usize>,
    renewed: Mutex<usize>,
}

impl Server {
    /// How many renewals it has answered.
    pub(crate) fn renewed(&self) -> usize {
        *lock(&self.renewed)
    }

    fn renew(&self, token: &str) -> Option<String> {
        let mut parts = token.split('.');
        let (name, generation) = (parts.next()?, parts.next()?.parse::<u32>().unwrap_or(u32::MAX));
        let mut generations = lock(&self.generations);
        let known = generations.entry(name.to_owned()).or_default();
        if *known != generation {
            return None;
        }
        *known += 1;
        *lock(&self.renewed) += 1;
        Some(tokens(name, *known))
    }
}

fn tokens(name: &str, generation: u32) -> String {
    let (access, refresh) = ("a".repeat(TOKEN_LEN), refresh_token(name, generation));
    format!(r#"{{"access_token":"{access}","refresh_token":"{refresh}","token_type":"Bearer","expires_in":86400}}"#)
}

#[async_trait]
impl Http for Server {
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, HttpError> {
        let form: HashMap<String, String> = url::form_urlencoded::parse(request.body()).into_owned().collect();
        let answer = match form.get("refresh_token") {
            None => Some(tokens("model", 0)),
            Some(token) => self.renew(token),
        };
        let mut response = http::Response::new(Vec::new());
        if answer.is_none() {
            *lock(&self.refused) += 1;
            *response.status_mut() = http::StatusCode::BAD_REQUEST;
        }
        *response.body_mut() = answer.unwrap_or_else(|| r#"{"error":"invalid_grant"}"#.to_owned()).into_bytes();
        Ok(response)
    }
}
