//! The sign-ins under way, under ids that are not those of credentials.
//!
//! Cancelling ends the task and waits for its end, so that the port is free when the answer goes out. A sign-in with
//! a code in hand is not cancelled any more: from then on it belongs to the vault. Of one that ended only its story
//! stays, for as long as the window may show it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fobwatch_core::credential::CredentialId;
use fobwatch_core::explain::{Note, report};
use fobwatch_core::login::{LoginOptions, LoginProgress, Tell};
use fobwatch_core::view::{LoginInput, LoginView};
use fobwatch_core::{Error, Vault};
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use url::Url;

use crate::tray_menu::SigningIn;

/// Of how many ended sign-ins the story is kept. The window shows one at a time.
const TOLD: usize = 4;

/// Who hears how a sign-in goes.
pub(crate) type Hear = Arc<dyn Fn(&LoginView) + Send + Sync>;

/// A sign-in to begin.
pub(crate) struct Asked {
    /// What it asks for.
    pub(crate) input: LoginInput,
    /// The credential that is signed in to again.
    pub(crate) again: Option<CredentialId>,
    /// On another device, by a code.
    pub(crate) device: bool,
    /// Endpoints that moved since the sign-in before are taken.
    pub(crate) accept_new_endpoints: bool,
}

struct Running {
    view: LoginView,
    /// The page of this sign-in. In a browser's one is `state`, so it goes to browser and clipboard only, never into
    /// the window.
    page: Option<Url>,
    task: Option<JoinHandle<()>>,
}

/// What happened in sign-ins that ended, the latest last.
#[derive(Default)]
struct Told(VecDeque<(String, Vec<Note>)>);

impl Told {
    fn keep(&mut self, id: String, notes: Vec<Note>) {
        self.0.push_back((id, notes));
        while self.0.len() > TOLD {
            self.0.pop_front();
        }
    }

    fn of(&self, id: &str) -> Option<&[Note]> {
        self.0.iter().find(|(ended, _)| ended == id).map(|(_, notes)| notes.as_slice())
    }
}

/// The sign-ins under way. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Logins {
    running: Arc<Mutex<HashMap<String, Running>>>,
    told: Arc<Mutex<Told>>,
    changed: Arc<Notify>,
}

impl Logins {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a sign-in begins, takes a step or ends; what happened before somebody waits counts once.
    pub(crate) async fn change(&self) {
        self.changed.notified().await;
    }

    /// Returns the sign-ins under way, the first one first.
    pub(crate) fn under_way(&self) -> Vec<SigningIn> {
        let running = self.lock();
        let mut views: Vec<&LoginView> = running.values().map(|login| &login.view).collect();
        views.sort_by(|one, other| (one.started_at, &one.id).cmp(&(other.started_at, &other.id)));
        let signing_in = |view: &LoginView| SigningIn {
            id: view.id.clone(),
            name: if view.name.is_empty() { view.host.clone() } else { view.name.clone() },
            until: view.can_cancel().then_some(view.deadline),
        };
        views.into_iter().map(signing_in).collect()
    }

    /// Begins a sign-in and returns at once; `hear` gets every later step.
    pub(crate) fn begin(
        &self,
        vault: Vault,
        Asked { input, again, device, accept_new_endpoints }: Asked,
        now: Timestamp,
        hear: Hear,
    ) -> LoginView {
        let id = uuid::Uuid::new_v4().as_simple().to_string();
        let view = LoginView::preparing(&vault.known_providers(), id.clone(), &input, now);
        // Held until the task is noted, so that its first step finds it.
        let mut running = self.lock();
        let logins = self.clone();
        let task = crate::own(async move {
            let tell = logins.teller(&id, &hear);
            let options =
                LoginOptions { open_browser: !device, again, device, accept_new_endpoints, ..LoginOptions::default() };
            let outcome = vault.login(input, options, tell).await;
            let ended = logins.lock().remove(&id);
            logins.changed.notify_one();
            if let Some(mut ended) = ended {
                ended.view.end(&outcome);
                // Before the window hears of the end: from then on it may ask for this.
                logins.told().keep(id, ended.view.notes.clone());
                hear(&ended.view);
            }
        });
        running.insert(view.id.clone(), Running { view: view.clone(), page: None, task: Some(task) });
        self.changed.notify_one();
        view
    }

    fn teller(&self, id: &str, hear: &Hear) -> Tell {
        let (logins, id, hear) = (self.clone(), id.to_owned(), hear.clone());
        Arc::new(move |progress| {
            let mut running = logins.lock();
            let Some(login) = running.get_mut(&id) else { return };
            login.view.follow(&progress);
            login.page = page(progress).or_else(|| login.page.take());
            let view = login.view.clone();
            drop(running);
            logins.changed.notify_one();
            hear(&view);
        })
    }

    /// Ends a sign-in; its port is free when this returns. One that ended already, or that has its code, is left.
    pub(crate) async fn cancel(&self, id: &str) {
        let task = {
            let mut running = self.lock();
            let can = running.get(id).is_some_and(|login| login.view.can_cancel());
            if can { running.remove(id).and_then(|login| login.task) } else { None }
        };
        if let Some(task) = task {
            task.abort();
            // Its answer is that it was aborted.
            drop(task.await);
            self.changed.notify_one();
        }
    }

    /// Ends all that can be ended.
    pub(crate) async fn cancel_all(&self) {
        let ids: Vec<String> = self.lock().keys().cloned().collect();
        for id in ids {
            self.cancel(&id).await;
        }
    }

    /// Returns what happened in a sign-in that ended, as a report that holds no secret.
    pub(crate) fn report(&self, id: &str) -> Result<String, Error> {
        self.told().of(id).map(report).ok_or(Error::WrongKind("nothing is known of this sign-in any more"))
    }

    /// Returns the page at which a waiting sign-in is approved.
    pub(crate) fn page(&self, id: &str) -> Result<Url, Error> {
        self.lock()
            .get(id)
            .and_then(|login| login.page.clone())
            .ok_or(Error::WrongKind("this sign-in does not wait for the browser"))
    }
}

/// The page that a piece of progress names: for another device the one with the code in it, where there is one.
fn page(progress: LoginProgress) -> Option<Url> {
    match progress {
        LoginProgress::Listening { authorize, .. } => Some(authorize),
        LoginProgress::Device(device) => {
            let address = device.verification_uri_complete.unwrap_or(device.verification_uri);
            #[expect(clippy::disallowed_methods, reason = "the core parsed it before it wrote it here")]
            Url::parse(&address).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use fobwatch_core::explain::NoteTone;
    use fobwatch_core::view::DeviceView;

    use super::*;

    fn shown(complete: Option<&str>) -> Option<String> {
        let device = DeviceView {
            user_code: "WDJB-MJHT".to_owned(),
            verification_uri: "https://id.northwind.example/device".to_owned(),
            host: "id.northwind.example".to_owned(),
            verification_uri_complete: complete.map(str::to_owned),
            qr: None,
            expires_at: Timestamp::UNIX_EPOCH,
        };
        page(LoginProgress::Device(device)).map(String::from)
    }

    #[test]
    fn the_story_of_an_ended_sign_in_stays_until_others_have_ended() {
        let logins = Logins::default();
        let note = |text: &str| Note { at: Timestamp::UNIX_EPOCH, text: text.to_owned(), tone: NoteTone::Fine };
        let told = |id: &str| logins.report(id).unwrap_or_default();
        assert_eq!(told("0"), "");
        for number in 0..=TOLD {
            logins.told().keep(number.to_string(), vec![note("It began."), note("It ended.")]);
            assert_eq!(told(&number.to_string()).lines().count(), 2);
        }
        assert_eq!(told("0"), "");
        assert!(told("1").contains("It ended."));
    }

    #[test]
    fn the_page_for_another_device_has_the_code_in_it_where_the_server_gives_that() {
        let complete = "https://id.northwind.example/device?user_code=WDJB-MJHT";
        assert_eq!(shown(Some(complete)).as_deref(), Some(complete));
        assert_eq!(shown(None).as_deref(), Some("https://id.northwind.example/device"));
        assert_eq!(page(LoginProgress::Exchanging), None);
    }
}
