//! The sign-ins under way, under ids that are not those of credentials.
//!
//! Cancelling ends the task and waits for its end, so that the port is free when the answer goes out. A sign-in with
//! a code in hand is not cancelled any more: from then on it belongs to the vault.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fobwatch_core::credential::CredentialId;
use fobwatch_core::login::{LoginOptions, LoginProgress, Tell};
use fobwatch_core::view::{LoginInput, LoginView};
use fobwatch_core::{Error, Vault};
use jiff::Timestamp;
use tauri::async_runtime::JoinHandle;
use url::Url;

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
}

struct Running {
    view: LoginView,
    /// The page of this sign-in. In a browser's one is `state`, so it goes to browser and clipboard only, never into
    /// the window.
    page: Option<Url>,
    task: Option<JoinHandle<()>>,
}

/// The sign-ins under way. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Logins {
    running: Arc<Mutex<HashMap<String, Running>>>,
}

impl Logins {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a sign-in and returns at once; `hear` gets every later step.
    pub(crate) fn begin(
        &self,
        vault: Vault,
        Asked { input, again, device }: Asked,
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
            let options = LoginOptions { open_browser: !device, again, device, ..LoginOptions::default() };
            let outcome = vault.login(input, options, tell).await;
            let ended = logins.lock().remove(&id);
            if let Some(mut ended) = ended {
                ended.view.end(&outcome);
                hear(&ended.view);
            }
        });
        running.insert(view.id.clone(), Running { view: view.clone(), page: None, task: Some(task) });
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
        }
    }

    /// Ends all that can be ended.
    pub(crate) async fn cancel_all(&self) {
        let ids: Vec<String> = self.lock().keys().cloned().collect();
        for id in ids {
            self.cancel(&id).await;
        }
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
    fn the_page_for_another_device_has_the_code_in_it_where_the_server_gives_that() {
        let complete = "https://id.northwind.example/device?user_code=WDJB-MJHT";
        assert_eq!(shown(Some(complete)).as_deref(), Some(complete));
        assert_eq!(shown(None).as_deref(), Some("https://id.northwind.example/device"));
        assert_eq!(page(LoginProgress::Exchanging), None);
    }
}
