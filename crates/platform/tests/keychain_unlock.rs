//! Unlocking: the real prompt of a real keyring, and a played one for what a person may do at a bad moment.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]
#![expect(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    reason = "the D-Bus macro wants methods and owned arguments"
)]
#![expect(missing_docs, reason = "the D-Bus macro makes public methods of its own")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use fobwatch_core::ports::{ItemName, Keychain, KeychainError};
use fobwatch_core::secret::SecretBytes;
use fobwatch_platform::OsKeychain;
use fobwatch_platform::keychain::Deadlines;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, Value};

#[path = "support/display.rs"]
mod display;
#[path = "support/prompter.rs"]
mod prompter;
#[path = "support/session.rs"]
#[expect(dead_code, reason = "the other test of the keychain freezes its keyring")]
mod session;
#[path = "support/situation.rs"]
mod situation;

use display::Display;
use prompter::Prompter;
use session::{Bus, Keyring, lock};
use situation::in_own_process;

const ROOT: &str = "/org/freedesktop/secrets";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
const PROMPT: &str = "/org/freedesktop/secrets/prompt/p1";

/// What the person does.
struct Person {
    accepts: bool,
    /// One permit for each answer that may be given.
    answers: Semaphore,
    locked: AtomicBool,
    prompts: AtomicUsize,
    taken_back: AtomicUsize,
}

fn path(text: &str) -> OwnedObjectPath {
    OwnedObjectPath::try_from(text).unwrap()
}

struct Service;
struct Collection(Arc<Person>);
struct Prompt(Arc<Person>);

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl Service {
    fn read_alias(&self, name: &str) -> OwnedObjectPath {
        path(if name == "default" { LOGIN } else { "/" })
    }

    fn search_items(&self, attributes: HashMap<String, String>) -> (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) {
        assert_eq!(attributes["service"], "dev.fobwatch");
        (vec![], vec![])
    }

    fn unlock(&self, objects: Vec<OwnedObjectPath>) -> (Vec<OwnedObjectPath>, OwnedObjectPath) {
        assert_eq!(objects, [path(LOGIN)]);
        (vec![], path(PROMPT))
    }
}

#[zbus::interface(name = "org.freedesktop.Secret.Collection")]
impl Collection {
    #[zbus(property)]
    fn locked(&self) -> bool {
        self.0.locked.load(Ordering::SeqCst)
    }
}

#[zbus::interface(name = "org.freedesktop.Secret.Prompt")]
impl Prompt {
    fn prompt(&self, window: &str, #[zbus(signal_emitter)] emitter: SignalEmitter<'_>) {
        assert!(window.is_empty());
        self.0.prompts.fetch_add(1, Ordering::SeqCst);
        let (person, emitter) = (Arc::clone(&self.0), emitter.to_owned());
        #[expect(clippy::disallowed_methods, reason = "a person answers while the call has long returned")]
        drop(tokio::spawn(async move {
            person.answers.acquire().await.unwrap().forget();
            person.locked.store(!person.accepts, Ordering::SeqCst);
            Self::completed(&emitter, !person.accepts, Value::from("")).await.unwrap();
        }));
    }

    fn dismiss(&self) {
        self.0.taken_back.fetch_add(1, Ordering::SeqCst);
    }

    #[zbus(signal)]
    async fn completed(emitter: &SignalEmitter<'_>, dismissed: bool, result: Value<'_>) -> zbus::Result<()>;
}

async fn service(accepts: bool) -> (zbus::Connection, Arc<Person>) {
    let person = Arc::new(Person {
        accepts,
        answers: Semaphore::new(0),
        locked: AtomicBool::new(true),
        prompts: AtomicUsize::new(0),
        taken_back: AtomicUsize::new(0),
    });
    let builder = zbus::connection::Builder::session().unwrap().serve_at(ROOT, Service).unwrap();
    let builder = builder.serve_at(LOGIN, Collection(Arc::clone(&person))).unwrap();
    let builder = builder.serve_at(PROMPT, Prompt(Arc::clone(&person))).unwrap();
    (builder.name("org.freedesktop.secrets").unwrap().build().await.unwrap(), person)
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work)
}

fn keychain() -> OsKeychain {
    OsKeychain::with_deadlines(Deadlines { ordinary: Duration::from_secs(2), unlock: Duration::from_secs(3) })
}

#[test]
fn a_prompt_that_is_answered_unlocks() {
    in_own_process("a_prompt_that_is_answered_unlocks", Bus::start, || {
        run(async {
            let (_service, person) = service(true).await;
            let keychain = keychain();
            assert_eq!(keychain.get(&ItemName("x".into())).await, Err(KeychainError::Locked));
            assert_eq!(person.prompts.load(Ordering::SeqCst), 0, "only unlock may raise a prompt");
            person.answers.add_permits(1);
            assert_eq!(keychain.unlock().await, Ok(()));
            assert_eq!(person.prompts.load(Ordering::SeqCst), 1);
        });
    });
}

#[test]
fn a_dismissed_prompt_leaves_it_locked_for_all_who_waited() {
    in_own_process("a_dismissed_prompt_leaves_it_locked_for_all_who_waited", Bus::start, || {
        run(async {
            let (_service, person) = service(false).await;
            let keychain = keychain();
            let (first, second, ()) =
                tokio::join!(keychain.unlock(), keychain.unlock(), async { person.answers.add_permits(1) });
            assert_eq!((first, second), (Err(KeychainError::Locked), Err(KeychainError::Locked)));
            assert_eq!(person.prompts.load(Ordering::SeqCst), 1, "the second to ask raised a prompt of its own");
            // Whoever asks afterwards asks anew.
            person.answers.add_permits(1);
            assert_eq!(keychain.unlock().await, Err(KeychainError::Locked));
            assert_eq!(person.prompts.load(Ordering::SeqCst), 2);
        });
    });
}

/// Lets twenty ask at once, and the person answer once.
async fn twenty(keychain: &Arc<OsKeychain>, person: &Person) -> Vec<Result<(), KeychainError>> {
    let mut asking = JoinSet::new();
    for _ in 0..20 {
        let keychain = Arc::clone(keychain);
        asking.spawn(async move { keychain.unlock().await });
    }
    person.answers.add_permits(1);
    asking.join_all().await
}

#[test]
fn twenty_who_wait_for_a_locked_keyring_share_one_prompt_and_its_answer() {
    in_own_process("twenty_who_wait_for_a_locked_keyring_share_one_prompt_and_its_answer", Bus::start, || {
        for (accepts, answer) in [(true, Ok(())), (false, Err(KeychainError::Locked))] {
            // A runtime of one thread: all twenty have asked before the first is answered.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let (service, person) = service(accepts).await;
                let keychain = Arc::new(keychain());
                // Those who work in the background never raise one, however many they are.
                for _ in 0..20 {
                    assert_eq!(keychain.get(&ItemName("x".into())).await, Err(KeychainError::Locked));
                    assert_eq!(keychain.check().await, Err(KeychainError::Locked));
                }
                assert_eq!(person.prompts.load(Ordering::SeqCst), 0);
                assert_eq!(twenty(&keychain, &person).await, vec![answer.clone(); 20]);
                assert_eq!(person.prompts.load(Ordering::SeqCst), 1, "a wall of prompts");
                // After a no, the next who asks may raise one again; after a yes there is nothing to ask for.
                person.answers.add_permits(1);
                assert_eq!(keychain.unlock().await, answer);
                service.close().await.unwrap();
            });
        }
    });
}

#[test]
fn a_prompt_that_nobody_answers_is_taken_back() {
    in_own_process("a_prompt_that_nobody_answers_is_taken_back", Bus::start, || {
        run(async {
            let (_service, person) = service(true).await;
            let keychain = keychain();
            let started = Instant::now();
            let name = ItemName("x".into());
            let (unlock, get) = tokio::join!(keychain.unlock(), keychain.get(&name));
            assert_eq!((unlock, get), (Err(KeychainError::Locked), Err(KeychainError::Locked)));
            assert!(started.elapsed() < Duration::from_secs(8));
            assert_eq!(person.taken_back.load(Ordering::SeqCst), 1);
        });
    });
}

/// Lets twenty ask at once, with a person in front of the screen who types `keys`, again if the window was not
/// listening yet; all twenty hear the same.
fn answered(keychain: &Arc<OsKeychain>, keys: &[&[&str]]) -> Result<(), KeychainError> {
    let (done, answer) = mpsc::channel();
    let asking = Arc::clone(keychain);
    std::thread::spawn(move || {
        let mut answers = run(async {
            let mut all = JoinSet::new();
            for _ in 0..20 {
                let asking = Arc::clone(&asking);
                all.spawn(async move { asking.unlock().await });
            }
            all.join_all().await
        });
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        done.send(answers.remove(0)).unwrap();
    });
    Prompter::wait_for_window();
    loop {
        for keys in keys {
            Prompter::press(keys);
        }
        if let Ok(answer) = answer.recv_timeout(Duration::from_secs(2)) {
            return answer;
        }
    }
}

#[test]
fn the_systems_own_prompt_unlocks_the_real_keyring() {
    let prepare = || {
        let ((bus, mut vars), (display, screen)) = (Bus::start(), Display::start());
        vars.extend(screen);
        ((bus, display), vars)
    };
    in_own_process("the_systems_own_prompt_unlocks_the_real_keyring", prepare, || {
        let _keyring = Keyring::unlocked();
        let _prompter = Prompter::start();
        let name = ItemName("x".into());
        let keychain = Arc::new(OsKeychain::new());
        run(keychain.set(&name, "X", &SecretBytes::new(b"1".to_vec()))).unwrap();
        lock();
        assert_eq!(run(keychain.get(&name)), Err(KeychainError::Locked));
        assert_eq!(answered(&keychain, &[&["key", "Escape"]]), Err(KeychainError::Locked));
        let password: [&[&str]; 2] = [&["key", "ctrl+a", "type", "--delay", "30", "opensesame"], &["key", "Return"]];
        assert_eq!(answered(&keychain, &password), Ok(()));
        assert_eq!(run(keychain.get(&name)), Ok(SecretBytes::new(b"1".to_vec())));
    });
}
