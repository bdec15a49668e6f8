//! A renewal cut at its n-th call of keychain or network, for n = 1, 2, 3 … until one runs through (K1–K6).
//!
//! Each cut happens before the call or after it, as an error or as the end of the process. Then another process opens
//! the vault. The server here remembers every token that came, and ends the family of one that it has replaced.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokio::runtime::Runtime;
use tokio::sync::Notify;

use crate::Vault;
use crate::credential::CredentialId;
use crate::error::Error;
use crate::fakes::{ApprovingBrowser, World, answer};
use crate::ports::*;
use crate::refresh::{Ask, Renewal};
use crate::rotation::ANSWER_LOST;
use crate::secret::SecretBytes;
use crate::vault::lock;

/// What the server does with a token that it has replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Replay {
    EndsTheFamily,
    IsForgivenOnce,
    DoesNotHappen,
}

#[derive(Default)]
struct Given {
    newest: u32,
    ended: bool,
    /// How often each refresh token came.
    came: HashMap<String, u32>,
}

struct Server {
    replay: Replay,
    given: Mutex<Given>,
}

impl Server {
    fn tokens(&self, given: &Given) -> http::Response<Vec<u8>> {
        let n = if self.replay == Replay::DoesNotHappen { 0 } else { given.newest };
        answer(
            200,
            &format!(r#"{{"access_token":"at-{n}","refresh_token":"rt-{n}","token_type":"Bearer","expires_in":3600}}"#),
        )
    }
}

#[async_trait]
impl Http for Server {
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, HttpError> {
        let form: HashMap<String, String> = url::form_urlencoded::parse(request.body()).into_owned().collect();
        let mut given = lock(&self.given);
        let Some(token) = form.get("refresh_token") else {
            let is_code = form.contains_key("code");
            return Ok(if is_code { self.tokens(&given) } else { answer(405, "") });
        };
        *given.came.entry(token.clone()).or_default() += 1;
        let number: u32 = token.trim_start_matches("rt-").parse().unwrap();
        let replayed = self.replay != Replay::DoesNotHappen && number != given.newest;
        let forgiven = self.replay == Replay::IsForgivenOnce && number + 1 == given.newest;
        if given.ended || replayed && !forgiven {
            given.ended = true;
            return Ok(answer(400, r#"{"error":"invalid_grant"}"#));
        }
        given.newest += 1;
        Ok(self.tokens(&given))
    }
}

/// How the n-th call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    FailsBefore,
    FailsAfter,
    DiesBefore,
    DiesAfter,
}

/// Counts the calls of all ports, and cuts one of them.
struct Shears {
    cut: Cut,
    /// The number of the call to cut.
    at: usize,
    calls: Mutex<Vec<&'static str>>,
    died: Notify,
}

impl Shears {
    async fn call<T, E>(
        &self,
        what: &'static str,
        error: E,
        call: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, E> {
        let number = {
            let mut calls = lock(&self.calls);
            calls.push(what);
            calls.len()
        };
        if number != self.at {
            return call.await;
        }
        let after = matches!(self.cut, Cut::FailsAfter | Cut::DiesAfter);
        let answer = if after { Some(call.await) } else { None };
        if matches!(self.cut, Cut::DiesBefore | Cut::DiesAfter) {
            self.died.notify_one();
            std::future::pending::<()>().await;
        }
        drop(answer);
        Err(error)
    }

    /// What was cut, if the renewal had so many calls.
    fn was_cut(&self) -> Option<&'static str> {
        lock(&self.calls).get(self.at - 1).copied()
    }
}

struct CutKeychain(Arc<dyn Keychain>, Arc<Shears>);

#[async_trait]
impl Keychain for CutKeychain {
    async fn get(&self, item: &ItemName) -> Result<SecretBytes, KeychainError> {
        self.1.call("get", KeychainError::Locked, self.0.get(item)).await
    }
    async fn set(&self, item: &ItemName, label: &str, value: &SecretBytes) -> Result<(), KeychainError> {
        self.1.call("set", KeychainError::Other("cut".to_owned()), self.0.set(item, label, value)).await
    }
    async fn delete(&self, item: &ItemName) -> Result<(), KeychainError> {
        self.1.call("delete", KeychainError::Locked, self.0.delete(item)).await
    }
    async fn check(&self) -> Result<(), KeychainError> {
        self.1.call("check", KeychainError::Unavailable("cut".to_owned()), self.0.check()).await
    }
    async fn unlock(&self) -> Result<(), KeychainError> {
        self.0.unlock().await
    }
    fn limit(&self) -> Option<usize> {
        self.0.limit()
    }
    fn name(&self) -> String {
        self.0.name()
    }
}

struct CutHttp(Arc<Server>, Arc<Shears>);

#[async_trait]
impl Http for CutHttp {
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, HttpError> {
        let host = "id.test".to_owned();
        let error =
            if self.1.cut == Cut::FailsAfter { HttpError::Broken { host } } else { HttpError::Connect { host } };
        self.1.call("http", error, self.0.send(request)).await
    }
}

/// One renewal with a cut, and what comes after it.
struct Trial {
    world: World,
    server: Arc<Server>,
    limit: Option<usize>,
}

impl Trial {
    async fn open(&self, shears: Option<&Arc<Shears>>) -> Vault {
        let keychain: Arc<dyn Keychain> = self.world.keychain.clone();
        let server: Arc<dyn Http> = self.server.clone();
        let ports = Ports {
            keychain: shears
                .map_or_else(|| keychain.clone(), |cut| Arc::new(CutKeychain(keychain.clone(), cut.clone()))),
            clock: self.world.clock.clone(),
            http: shears.map_or(server, |cut| Arc::new(CutHttp(self.server.clone(), cut.clone()))),
            browser: Arc::new(ApprovingBrowser),
            clipboard: self.world.clipboard.clone(),
        };
        Vault::open(self.world.home.path().to_owned(), ports, "this machine").await.unwrap()
    }

    /// Renews while the shears wait; a process that dies takes all of its tasks with it.
    fn renew_and_cut(&self, id: CredentialId, shears: &Arc<Shears>) {
        let process = self::process();
        process.block_on(async {
            let vault = self.open(Some(shears)).await;
            tokio::select! {
                outcome = vault.refresh(id, Ask::Now) => drop(outcome),
                () = shears.died.notified() => {}
            }
        });
        process.shutdown_background();
    }

    /// Renews twice in the next process, as a person does who sees that something was wrong.
    fn lives_on(&self, id: CredentialId) -> Result<(), Error> {
        let process = self::process();
        let outcome = process.block_on(async {
            let vault = self.open(None).await;
            vault.recover().await?;
            for _ in 0..2 {
                self.world.clock.advance(130);
                assert_eq!(vault.refresh(id, Ask::Now).await?, Renewal::Renewed);
            }
            Ok(())
        });
        self.holds_one_value();
        outcome
    }

    /// K1: one slot, and nothing of the answers in any file.
    fn holds_one_value(&self) {
        let slots: Vec<String> = self.world.keychain.names();
        let heads = slots.iter().filter(|name| name.ends_with("/a") || name.ends_with("/b")).count();
        assert_eq!(heads, 1, "{slots:?}");
        let newest = lock(&self.server.given).newest;
        for number in 0..=newest {
            assert!(!self.world.files_hold(&format!("\"rt-{number}\"")));
        }
    }
}

/// What a process runs on; dropping it ends all that runs there.
fn process() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Cuts the `at`-th call; tells what it was, if there was one.
fn trial(replay: Replay, cut: Cut, at: usize, limit: Option<usize>) -> Option<&'static str> {
    let keychain = crate::fakes::MemoryKeychain { limit, ..Default::default() };
    let server = Arc::new(Server { replay, given: Mutex::default() });
    let trial = Trial { world: World::with(keychain), server, limit };
    let id = process().block_on(async {
        let vault = trial.open(None).await;
        let id = trial.world.sign_in(&vault, "api").await;
        vault.close().await;
        id
    });
    trial.world.clock.advance(10);
    let shears = Arc::new(Shears { cut, at, calls: Mutex::default(), died: Notify::new() });
    trial.renew_and_cut(id, &shears);
    let what = shears.was_cut();
    let said = format!("{replay:?}, {cut:?} at call {at} ({what:?}, limit {:?})", trial.limit);
    // The one way to lose a login: the answer died in the network or with the process, and no second try is taken.
    let answer_died = what == Some("http") && matches!(cut, Cut::FailsAfter | Cut::DiesAfter);
    match trial.lives_on(id) {
        Ok(()) => assert!(!(answer_died && replay == Replay::EndsTheFamily), "{said}: a lost answer went unnoticed"),
        Err(Error::SignInNeeded(verdict)) => {
            assert!(answer_died && replay == Replay::EndsTheFamily, "{said}: the login is lost: {verdict:?}");
            assert_eq!(verdict.code, ANSWER_LOST, "{said}");
        }
        Err(error) => panic!("{said}: {error:?}"),
    }
    let given = lock(&trial.server.given);
    let most = given.came.values().max().copied().unwrap_or_default();
    let allowed = if answer_died { 2 } else { 1 };
    assert!(replay == Replay::DoesNotHappen || most <= allowed, "{said}: a token came {most} times");
    what
}

fn cut_everywhere(replay: Replay, limit: Option<usize>) {
    for cut in [Cut::FailsBefore, Cut::FailsAfter, Cut::DiesBefore, Cut::DiesAfter] {
        let mut calls = Vec::new();
        while let Some(what) = trial(replay, cut, calls.len() + 1, limit) {
            calls.push(what);
        }
        // Both slots, the escrow key and the request; and where tokens rotate the new value, its reading back, the old.
        let least = if replay == Replay::DoesNotHappen { 4 } else { 7 };
        let writes = calls.contains(&"set") || replay == Replay::DoesNotHappen;
        assert!(writes && calls.contains(&"http") && calls.len() >= least, "{cut:?}: {calls:?}");
    }
}

#[test]
fn a_renewal_cut_at_any_call_goes_on_where_replay_ends_the_family() {
    cut_everywhere(Replay::EndsTheFamily, None);
}

#[test]
fn a_renewal_cut_at_any_call_goes_on_where_one_replay_is_forgiven() {
    cut_everywhere(Replay::IsForgivenOnce, None);
}

#[test]
fn a_renewal_cut_at_any_call_goes_on_where_tokens_do_not_rotate() {
    cut_everywhere(Replay::DoesNotHappen, None);
}

#[test]
fn a_renewal_cut_at_any_call_goes_on_where_the_keychain_takes_small_items_only() {
    cut_everywhere(Replay::EndsTheFamily, Some(400));
}
