//! Controlled ports for the tests of this crate. They record what they were asked and can fail.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::watch;

use crate::ports::*;
use crate::secret::SecretBytes;
use crate::vault::lock;

mod clipboard;
pub(crate) use clipboard::CellClipboard;

/// A keychain in memory that can be locked, absent or small.
#[derive(Default)]
pub(crate) struct MemoryKeychain {
    pub(crate) items: Mutex<HashMap<String, SecretBytes>>,
    pub(crate) failing: Mutex<Option<KeychainError>>,
    pub(crate) failing_writes: Mutex<Option<KeychainError>>,
    pub(crate) failing_deletes: Mutex<Option<KeychainError>>,
    /// The calls for items, in order, and whether they let others go first.
    pub(crate) calls: Mutex<Vec<(&'static str, bool)>>,
    /// How many deletions it takes before it locks itself.
    pub(crate) deletions_left: Mutex<Option<usize>>,
    pub(crate) limit: Option<usize>,
}

impl MemoryKeychain {
    fn called(&self, what: &'static str) {
        lock(&self.calls).push((what, crate::patience::Patience::here().lets_others_go_first()));
    }

    fn ready(&self) -> Result<(), KeychainError> {
        lock(&self.failing).clone().map_or(Ok(()), Err)
    }

    /// The names of all items, without the vault's id.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = lock(&self.items)
            .keys()
            .map(|name| name.split_once('/').map_or_else(|| name.clone(), |(_, rest)| rest.to_owned()))
            .collect();
        names.sort();
        names
    }

    /// Whether any item holds `needle`.
    pub(crate) fn holds(&self, needle: &str) -> bool {
        lock(&self.items).values().any(|item| item.expose().windows(needle.len()).any(|part| part == needle.as_bytes()))
    }
}

#[async_trait]
impl Keychain for MemoryKeychain {
    async fn get(&self, item: &ItemName) -> Result<SecretBytes, KeychainError> {
        self.called("get");
        self.ready()?;
        lock(&self.items).get(&item.0).cloned().ok_or(KeychainError::Missing)
    }
    async fn set(&self, item: &ItemName, _: &str, value: &SecretBytes) -> Result<(), KeychainError> {
        self.called("set");
        self.ready()?;
        if let Some(error) = lock(&self.failing_writes).clone() {
            return Err(error);
        }
        if let Some(limit) = self.limit.filter(|limit| value.expose().len() > *limit) {
            return Err(KeychainError::TooLong { limit });
        }
        lock(&self.items).insert(item.0.clone(), value.clone());
        Ok(())
    }
    async fn delete(&self, item: &ItemName) -> Result<(), KeychainError> {
        self.called("delete");
        match lock(&self.deletions_left).as_mut() {
            Some(0) => *lock(&self.failing) = Some(KeychainError::Locked),
            Some(left) => *left -= 1,
            None => {}
        }
        self.ready()?;
        if let Some(error) = lock(&self.failing_deletes).clone() {
            return Err(error);
        }
        lock(&self.items).remove(&item.0);
        Ok(())
    }
    async fn check(&self) -> Result<(), KeychainError> {
        self.called("check");
        self.ready()
    }
    async fn unlock(&self) -> Result<(), KeychainError> {
        *lock(&self.failing) = None;
        Ok(())
    }
    fn limit(&self) -> Option<usize> {
        self.limit
    }
    fn name(&self) -> String {
        "Test keyring".to_owned()
    }
}

/// A clock that moves when the test says so, or by itself with every sleep.
pub(crate) struct ManualClock {
    now: watch::Sender<Timestamp>,
    /// Whether a sleep is over at once, the clock having moved on by as much.
    pub(crate) skips: std::sync::atomic::AtomicBool,
    /// The sleeps that were asked for, in seconds.
    pub(crate) slept: Mutex<Vec<u64>>,
}

impl ManualClock {
    pub(crate) fn new() -> Self {
        let now = watch::Sender::new("2025-10-16T13:17:00Z".parse().unwrap());
        Self { now, skips: false.into(), slept: Mutex::default() }
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.now.send_modify(|now| *now = now.checked_add(SignedDuration::from_secs(seconds)).unwrap());
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }
    async fn sleep(&self, duration: Duration) {
        lock(&self.slept).push(duration.as_secs());
        if self.skips.load(std::sync::atomic::Ordering::Relaxed) {
            self.advance(i64::try_from(duration.as_secs()).unwrap());
            return;
        }
        let until = self.now().checked_add(SignedDuration::try_from(duration).unwrap()).unwrap();
        let mut moves = self.now.subscribe();
        moves.wait_for(|now| *now >= until).await.unwrap();
    }
    async fn sleep_until(&self, at: Timestamp) {
        let before = self.now();
        let wait = Duration::try_from(at.duration_since(before)).unwrap_or_default();
        lock(&self.slept).push(wait.as_secs());
        if self.skips.load(std::sync::atomic::Ordering::Relaxed) {
            self.advance(i64::try_from(wait.as_secs()).unwrap());
            return;
        }
        let mut moves = self.now.subscribe();
        moves.wait_for(|now| *now >= at || *now < before).await.unwrap();
    }
}

/// What the scripted server does with the next token request.
#[derive(Debug, Clone)]
pub(crate) enum Play {
    /// Answers with tokens `at-N`, `rt-N`, and an `expires_in`.
    Rotate(i64),
    /// Answers with this status and body.
    Say(u16, String),
    /// Asks to come again after so many seconds.
    Later(u32),
    /// Lets the connection fail like this.
    Fail(HttpError),
}

/// An authorization server as far as its client can see.
pub(crate) struct ScriptedHttp {
    pub(crate) plays: Mutex<Vec<Play>>,
    /// The refresh tokens that came, in order.
    pub(crate) seen: Mutex<Vec<String>>,
    /// Requests without a token.
    pub(crate) probes: Mutex<usize>,
    /// The forms that came, in order.
    pub(crate) forms: Mutex<Vec<HashMap<String, String>>>,
    /// What a GET is answered with; without it, "method not allowed".
    pub(crate) document: Mutex<Option<String>>,
    /// The method and address of every request but a GET, in order.
    pub(crate) asked: Mutex<Vec<String>>,
    count: Mutex<u32>,
    /// Holds token requests back until the test lets them go.
    pub(crate) gate: tokio::sync::Semaphore,
}

impl ScriptedHttp {
    fn new() -> Self {
        Self {
            plays: Mutex::default(),
            seen: Mutex::default(),
            probes: Mutex::default(),
            forms: Mutex::default(),
            document: Mutex::default(),
            asked: Mutex::default(),
            count: Mutex::default(),
            gate: tokio::sync::Semaphore::new(10_000),
        }
    }
}

pub(crate) fn answer(status: u16, body: &str) -> http::Response<Vec<u8>> {
    http::Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap()
}

#[async_trait]
impl Http for ScriptedHttp {
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, HttpError> {
        if request.method() == http::Method::GET {
            *lock(&self.probes) += 1;
            let document = lock(&self.document).clone();
            return Ok(document.map_or_else(|| answer(405, ""), |document| answer(200, &document)));
        }
        lock(&self.asked).push(format!("{} {}", request.method(), request.uri()));
        self.gate.acquire().await.unwrap().forget();
        let form: HashMap<String, String> = url::form_urlencoded::parse(request.body()).into_owned().collect();
        if let Some(token) = form.get("refresh_token") {
            lock(&self.seen).push(token.clone());
        }
        lock(&self.forms).push(form);
        let play = {
            let mut plays = lock(&self.plays);
            if plays.is_empty() { Play::Rotate(3600) } else { plays.remove(0) }
        };
        match play {
            Play::Rotate(life) => {
                *lock(&self.count) += 1;
                let n = *lock(&self.count);
                let body = format!(
                    r#"{{"access_token":"at-{n}","refresh_token":"rt-{n}","token_type":"Bearer","expires_in":{life}}}"#
                );
                Ok(answer(200, &body))
            }
            Play::Say(status, body) => Ok(answer(status, &body)),
            Play::Later(seconds) => {
                let mut later = answer(429, "");
                later.headers_mut().insert("retry-after", seconds.into());
                Ok(later)
            }
            Play::Fail(error) => Err(error),
        }
    }
}

/// A browser whose person approves at once.
pub(crate) struct ApprovingBrowser;

#[async_trait]
impl Browser for ApprovingBrowser {
    async fn open(&self, url: &url::Url) -> Result<(), BrowserError> {
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let redirect = url::Url::parse(&query["redirect_uri"]).unwrap();
        let authority = format!("127.0.0.1:{}", redirect.port().unwrap());
        let target = format!("{}?code=the-code&state={}", redirect.path(), query["state"]);
        #[expect(clippy::disallowed_methods, reason = "the browser is another program")]
        drop(tokio::spawn(async move {
            // The redirect, and the page that it leads to: until that is fetched, the port stays open for it.
            for target in [target.as_str(), "/done"] {
                let Ok(mut stream) = tokio::net::TcpStream::connect(&authority).await else { return };
                let request = format!("GET {target} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
                stream.write_all(request.as_bytes()).await.unwrap();
                let mut page = Vec::new();
                drop(stream.read_to_end(&mut page).await);
            }
        }));
        Ok(())
    }
}

/// A vault in a folder of its own, on controlled ports.
pub(crate) struct World {
    pub(crate) home: tempfile::TempDir,
    pub(crate) keychain: Arc<MemoryKeychain>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) http: Arc<ScriptedHttp>,
    pub(crate) clipboard: Arc<CellClipboard>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(MemoryKeychain::default())
    }

    pub(crate) fn with(keychain: MemoryKeychain) -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            keychain: Arc::new(keychain),
            clock: Arc::new(ManualClock::new()),
            http: Arc::new(ScriptedHttp::new()),
            clipboard: Arc::default(),
        }
    }

    /// Opens the vault, as a new process would.
    pub(crate) async fn open(&self) -> crate::Vault {
        self.open_on("this machine").await
    }

    pub(crate) async fn open_on(&self, machine: &str) -> crate::Vault {
        let ports = Ports {
            keychain: self.keychain.clone(),
            clock: self.clock.clone(),
            http: self.http.clone(),
            browser: Arc::new(ApprovingBrowser),
            clipboard: self.clipboard.clone(),
        };
        crate::Vault::open(self.home.path().to_owned(), ports, machine).await.unwrap()
    }

    /// Plays these answers to the next token requests.
    pub(crate) fn play(&self, plays: impl IntoIterator<Item = Play>) {
        *lock(&self.http.plays) = plays.into_iter().collect();
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        lock(&self.http.seen).clone()
    }

    /// All bytes of all files of the vault.
    pub(crate) fn files_hold(&self, needle: &str) -> bool {
        let mut folders = vec![self.home.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for item in std::fs::read_dir(folder).unwrap().flatten() {
                if item.path().is_dir() {
                    folders.push(item.path());
                // SQLite takes its side files away while it closes.
                } else if std::fs::read(item.path())
                    .unwrap_or_default()
                    .windows(needle.len())
                    .any(|part| part == needle.as_bytes())
                {
                    return true;
                }
            }
        }
        false
    }

    /// A signed-in login called `name`: its tokens are `at-1` and `rt-1`.
    pub(crate) async fn sign_in(&self, vault: &crate::Vault, name: &str) -> crate::credential::CredentialId {
        let input = login_input(name);
        let options = crate::login::LoginOptions { open_browser: true, ..crate::login::LoginOptions::default() };
        vault.login(input, options, Arc::new(|_| {})).await.unwrap();
        vault.find(name).await.unwrap()
    }
}

/// Plain OAuth at a provider without discovery, so that no ID token is owed.
pub(crate) fn login_input(name: &str) -> crate::view::LoginInput {
    serde_json::from_value(serde_json::json!({
        "name": name, "provider": "spotify", "client_id": "client", "environment": "development",
    }))
    .unwrap()
}

/// The settings of a public client that asks for nothing special.
pub(crate) fn settings() -> crate::catalog::LoginSettings {
    crate::catalog::LoginSettings {
        issuer: "https://id.test".to_owned(),
        client_id: "my client".to_owned(),
        auth: crate::catalog::ClientAuth::None,
        authorization_endpoint: None,
        token_endpoint: "https://id.test/token".to_owned(),
        jwks_uri: None,
        revocation_endpoint: None,
        scopes: Vec::new(),
        audience: None,
        redirect_uri: None,
        prompt: None,
        account_hint: None,
        iss_in_response: false,
        id_token_algs: Vec::new(),
        openid: false,
        extra: std::collections::BTreeMap::new(),
        quirks: crate::quirks::Quirks::default(),
        fields: std::collections::BTreeMap::new(),
        used_redirect_uri: None,
        grant: crate::catalog::GrantKind::Code,
        endpoints: crate::catalog::Endpoints::default(),
        resources: Vec::new(),
        dpop: false,
        client_key_id: Some("k1".to_owned()),
        registered_at: None,
        nonce_sha256: None,
        pkce: None,
    }
}
