//! Window, agent and command in one place with the loudest log, while everything happens that can happen: keys and
//! logins are added, tokens are renewed, copied and revealed, and renewals go wrong.

use std::cell::RefCell;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fobwatch_lab::{At, Lab, Rotation};
use fobwatch_tests::leaks::{assert_absent, contains, find};
use fobwatch_tests::process::{Running, until};
use fobwatch_tests::servers::{Oidc, Server};
use fobwatch_tests::tap::Tap;
use fobwatch_tests::tray::Tray;
use fobwatch_tests::window::{Window, key};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::canaries::{API_KEY, CLIENT_SECRET, Canaries};
use crate::desk::{Desk, SOON, choose, holds};
use crate::forms;
use crate::keyring;
use crate::looks::{self, PLANTED, Processes};

/// How long the server takes for the second half of each answer: long enough to be killed in between.
const PAUSE: Duration = Duration::from_millis(500);
/// How long access tokens live: window and agent renew while everything else happens.
const LIFE: u32 = 30;
/// The programs whose command lines and environments must have been seen.
const PROGRAMS: [&str; 5] = ["fobwatch", "fobwatch-window", "fob", "WebKitWeb", "WebKitNetwork"];

/// Leaves a value in what WebKit keeps for a page, and says what the page calls itself.
const PLANT: &str = "localStorage.setItem('planted', arguments[0]); return location.href + document.title;";

/// Everything that the test works with.
struct Stage {
    desk: Desk,
    tray: Tray,
    lab: Lab,
    /// Whether the next renewal is answered with half a token.
    junk: Arc<AtomicBool>,
    oidc: Server,
    canaries: Canaries,
    processes: Processes,
    /// What the tray and the titles said, all along.
    said: RefCell<String>,
}

impl Stage {
    async fn set() -> Result<Self> {
        let mut desk = Desk::set().await?;
        for (name, value) in [("FOB_LOG", "trace"), ("RUST_BACKTRACE", "full"), ("PLANTED", PLANTED)] {
            desk.fob = desk.fob.env(name, value);
        }
        // Each answer comes in halves.
        let slow = (0..100).fold(Rotation::Grace(Duration::from_mins(10)).server(), |server, number| {
            server.in_halves_once(number, PAUSE)
        });
        let junk = Arc::new(AtomicBool::new(false));
        let lab = Lab::start(slow.access_tokens_for(LIFE).junk_when(junk.clone()), 0).await?;
        let oidc = Server::oidc(Oidc { access_ttl: 600, ..Oidc::default() }).await?;
        let tray = Tray::host(&desk.session).await?;
        let processes = Processes::of(&desk.session)?;
        Ok(Self { desk, tray, lab, junk, oidc, canaries: Canaries::default(), processes, said: RefCell::default() })
    }

    fn home(&self) -> &Path {
        self.desk.session.home()
    }

    fn heard(&self, who: &str) -> PathBuf {
        self.home().join(format!("{who}.stderr"))
    }

    /// Opens the window; what it and its children say goes to a file.
    async fn open(&self) -> Result<Window> {
        let log = File::options().create(true).append(true).open(self.heard("window"))?;
        let env = [("FOB_LOG", "trace"), ("RUST_BACKTRACE", "full"), ("PLANTED", PLANTED)];
        let window = self.desk.open_app_heard(&env, Stdio::from(log)).await?;
        let app = self.desk.app()?.context("the app does not run")?;
        let files = looks::open_files(app)?;
        let log = self.desk.fob.home().join("log/fobwatch.log");
        ensure!(files.contains(&self.heard("window")) && files.contains(&log), "it writes to {files:?}");
        Ok(window)
    }

    /// Starts the agent; what it says goes to a file, and a core file of it would fall into the home.
    fn agent(&self) -> Result<Running> {
        let mut command = self.desk.fob.command();
        let log = File::options().create(true).append(true).open(self.heard("agent"))?;
        command.args(["agent", "--foreground"]).stderr(log).current_dir(self.home());
        Running::start(command)
    }

    async fn fob(&self, arguments: &[&str], code: i32) -> Result<()> {
        let ended = self.desk.fob.run(arguments).await?;
        ensure!(ended.code == code, "{arguments:?}: {}, {}", ended.code, ended.stderr);
        self.said.borrow_mut().push_str(&ended.stderr);
        if !arguments.contains(&"token") {
            self.said.borrow_mut().push_str(&ended.stdout);
        }
        Ok(())
    }

    /// Notes what titles and tray say now.
    async fn note(&self) -> Result<()> {
        let item = self.tray.item().await?;
        let menu = item.menu().await?;
        let told = [looks::titles(&self.desk.session).await?, item.property("Title").await?, format!("{menu:?}")];
        ensure!(told[0].contains("Fobwatch") && told[2].contains("Payments"), "titles and tray say something else");
        self.said.borrow_mut().push_str(&told.concat());
        Ok(())
    }

    fn renewals(&self) -> u32 {
        self.lab.record().count(At::Refresh)
    }

    /// Waits until the server has begun to answer one more renewal than `before`.
    async fn one_more_than(&self, before: u32) -> Result<()> {
        until("a renewal", SOON * 2, || async { Ok((self.renewals() > before).then_some(())) }).await
    }

    /// A key and logins of every sort, by form and by command.
    async fn fill(&mut self, window: &Window) -> Result<()> {
        forms::add_key(window, "Payments", API_KEY).await?;
        self.canaries.add("API key", API_KEY);
        forms::sign_in(window, &self.lab.place().issuer, "Northwind", self.lab.client_id()).await?;
        forms::add_client(window, self.oidc.issuer(), ("Nightly", "fobwatch-machine"), CLIENT_SECRET).await?;
        self.canaries.add("client secret", CLIENT_SECRET);
        let pem = self.oidc.client_key().await?;
        forms::add_client(window, self.oidc.issuer(), ("Signed", "fobwatch-key"), pem.trim()).await?;
        let (issuer, lab) = (self.oidc.issuer().to_owned(), self.lab.place().issuer.clone());
        let offline = ["--scope", "openid", "--scope", "offline_access"];
        self.fob(&[&["login", "Own", "--issuer", &issuer, "--register"], &offline[..]].concat(), 0).await?;
        self.fob(&["login", "Phone", "--issuer", &lab, "--client-id", "lab", "--device", "--json"], 0).await?;
        for name in ["Nightly", "Signed", "Own", "Phone"] {
            let token = self.desk.fob.run(&["token", name]).await?;
            ensure!(token.code == 0, "{name}: {}", token.stderr);
            self.canaries.add_token("access token", token.stdout.trim());
        }
        Ok(())
    }

    /// Shows and copies values: the only moments at which one may be outside.
    async fn show_and_copy(&self, window: &Window) -> Result<()> {
        choose(window, "Payments", "Payments").await?;
        ensure!(!holds(window, API_KEY).await?, "the key is in the page before anybody asked");
        window.click("button", "Reveal key for 15 s").await?;
        window.shows(API_KEY).await?;
        self.note().await?;
        window.click("button", "Hide key").await?;
        until("the key to leave the page", SOON, || async { Ok((!holds(window, API_KEY).await?).then_some(())) })
            .await?;
        window.press(&[key::CONTROL, 'c']).await?;
        self.desk.clipboard_holds(API_KEY).await?;
        self.note().await?;
        choose(window, "Northwind", "Northwind").await?;
        window.click("button", "Reveal access token for 15 s").await?;
        let given = || self.lab.record().access_tokens;
        until("the token on the page", SOON, || async {
            let text = window.text().await?;
            Ok(given().iter().any(|token| text.contains(token)).then_some(()))
        })
        .await?;
        self.note().await?;
        window.click("button", "Hide access token").await?;
        // The menu follows what was copied before; a line that is about to move can't be hit.
        until("the tray to name Payments first", SOON, || async {
            let menu = self.tray.item().await?.menu().await?;
            let at = |name: &str| menu.iter().position(|entry| entry.label.starts_with(name));
            Ok(at("Payments").zip(at("Northwind")).is_some_and(|(copied, other)| copied < other).then_some(()))
        })
        .await?;
        self.tray.item().await?.click("Northwind").await?;
        until("a token on the clipboard", SOON, || async {
            Ok(given().contains(&self.desk.clipboard().await?).then_some(()))
        })
        .await?;
        self.note().await
    }

    /// Renewals that go wrong: the server answers junk, the keyring is locked, and everybody is killed.
    async fn faults(&self, window: Window, agent: Running) -> Result<()> {
        self.junk.store(true, Ordering::SeqCst);
        window.click("button", "Refresh now").await?;
        until("a renewal that is answered with junk", SOON, || async {
            Ok((!self.junk.load(Ordering::SeqCst)).then_some(()))
        })
        .await?;
        // Nobody else renews this one: the failure is certain to be logged.
        let failing = self.desk.fob.clone().env("FOB_FAILPOINTS", "clear.before=return(gone)");
        let renewed = failing.run(&["refresh", "Own", "--force"]).await?;
        ensure!(renewed.code == 0, "{}", renewed.stderr);
        self.lock_in_the_middle(&window).await?;
        let before = self.renewals();
        window.click("button", "Refresh now").await?;
        self.one_more_than(before).await?;
        self.abort(&window, agent).await
    }

    /// Starts a renewal that stands still with the new token in its hands.
    async fn stopped_renewal(&self) -> Result<Running> {
        let stopped = self.desk.fob.clone().env("FOB_FAILPOINTS", "received.after=stop");
        for _ in 0..20 {
            let renewing = stopped.start(&["refresh", "Northwind", "--force"])?;
            let stat = format!("/proc/{}/stat", renewing.id().context("it is gone")?);
            let stands = until("a process that stands still or has ended", SOON, || async {
                let stat = std::fs::read_to_string(&stat)?;
                let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
                Ok(state.filter(|state| "TZ".contains(*state)).map(|state| state == 'T'))
            })
            .await?;
            if stands {
                return Ok(renewing);
            }
            // Window or agent has renewed since it was asked, which is as good.
        }
        bail!("somebody else was always first")
    }

    async fn lock_in_the_middle(&self, window: &Window) -> Result<()> {
        let mut renewing = self.stopped_renewal().await?;
        self.desk.session.lock().await?;
        renewing.signal(Signal::CONT)?;
        let (status, _) = renewing.finish().await?;
        ensure!(status.success(), "a renewal whose token is safe failed: {status}");
        self.fob(&["token", "Northwind"], 5).await?;
        choose(window, "Payments", "Payments").await?;
        window.press(&[key::CONTROL, 'c']).await?;
        window.shows("a renewed sign-in is not saved yet").await?;
        self.note().await?;
        self.desk.session.unlock().await?;
        until("the renewed token in the keyring", SOON * 2, || async {
            Ok((self.desk.show("Northwind").await?["unsaved"] == false).then_some(()))
        })
        .await?;
        choose(window, "Northwind", "Northwind").await
    }

    /// Aborts the app, its page and the agent while an answer is on its way, as the system does to what is broken.
    async fn abort(&self, window: &Window, agent: Running) -> Result<()> {
        let agents = [i32::try_from(agent.id().context("the agent is gone")?)?];
        let app = self.desk.app()?.context("the app is gone")?;
        let page = self.processes.ids("WebKitWebProces")?;
        let network = self.processes.ids("WebKitNetwork")?;
        for ids in [&agents[..], &[i32::try_from(app)?], &page, &network] {
            looks::leave_no_core(ids)?;
        }
        for id in agents.into_iter().chain([i32::try_from(app)?]).chain(page) {
            let gone = kill_process(Pid::from_raw(id).context("no id")?, Signal::ABORT);
            ensure!(gone.is_ok() || id != agents[0], "the agent was not there");
        }
        drop(agent);
        // Its driver has nothing to drive any more.
        drop(window.text().await);
        self.desk.app_ends().await?;
        let left = looks::cores(self.home())?;
        ensure!(left.is_empty(), "core files: {left:?}");
        looks::a_core_file_is_found(&self.desk.session).await
    }

    /// All goes on as if nothing had been.
    async fn recover(&self) -> Result<()> {
        let agent = self.agent()?;
        let window = self.open().await?;
        choose(&window, "Northwind", "Northwind").await?;
        let before = self.renewals();
        self.one_more_than(before).await?;
        until("a token that is handed out", SOON, || async {
            Ok((self.desk.fob.run(&["token", "Northwind"]).await?.code == 0).then_some(()))
        })
        .await?;
        looks::a_title_is_read(&self.desk.session).await?;
        self.note().await?;
        let place = window.client().execute(PLANT, vec![json!(PLANTED)]).await?;
        self.said.borrow_mut().push_str(&place.to_string());
        // The driver may lose the window before it can answer.
        let _answered = window.press(&[key::CONTROL, 'q']).await.is_ok();
        self.desk.app_ends().await?;
        drop(agent);
        Ok(())
    }
}

/// Everything that was found, with what proves that each look sees.
fn judge(stage: &Stage, bus: &[u8]) -> Result<()> {
    let canaries = stage.canaries.all()?;
    let shown = stage.processes.shown(&PROGRAMS)?;
    let said = stage.said.borrow();
    ensure!(contains(bus, b"org.freedesktop.Secret") && contains(bus, b"Payments"), "keyring or tray was not heard");
    for (kind, value) in &canaries {
        ensure!(!contains(bus, value), "a value of the kind “{kind}” went over the bus as it is");
        ensure!(!contains(&shown, value), "a value of the kind “{kind}” is in a command line or an environment");
        ensure!(!contains(said.as_bytes(), value), "a value of the kind “{kind}” is in a title, the tray or an answer");
    }
    let planted = find(stage.home(), &[("what is planted", PLANTED.as_bytes())])?;
    let stored = |found: &fobwatch_tests::leaks::Leak| found.file.to_string_lossy().contains("localstorage");
    ensure!(planted.iter().any(stored), "what a page stores is not looked at: {planted:?}");
    let written = find(stage.home(), &[("the log", b"the old slot was not emptied")])?;
    ensure!(written.iter().any(|found| found.file.ends_with("fob.log")), "the log says nothing, so it shows nothing");
    assert_absent(stage.home(), &canaries)
}

#[tokio::test]
async fn window_agent_and_command_leave_no_secret_anywhere_whatever_goes_wrong() -> Result<()> {
    let mut stage = Stage::set().await?;
    let elsewhere = tempfile::tempdir()?;
    let tap = Tap::open(&stage.desk.session, elsewhere.path()).await?;
    let processes = Processes::of(&stage.desk.session)?;
    let acts = async {
        let (window, agent) = (stage.open().await?, stage.agent()?);
        stage.fill(&window).await?;
        stage.show_and_copy(&window).await?;
        stage.faults(window, agent).await?;
        stage.recover().await
    };
    if let Err(reason) = processes.during(acts).await {
        let heard = std::fs::read_to_string(stage.heard("window")).unwrap_or_default();
        return Err(reason.context(format!("the window said: {heard}")));
    }
    stage.processes = processes;
    let bus = tap.close(&stage.desk.session).await?;
    stage.canaries.add_lab(&stage.lab.record());
    let items = keyring::values(&stage.desk.session).await?;
    stage.canaries.add_keyring(&items)?;
    judge(&stage, &bus)
}
