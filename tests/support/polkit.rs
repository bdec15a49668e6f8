//! polkit on the system bus of a session: the real daemon, and a stand-in that says what the real one says.
//!
//! The real one runs with the actions that it is given, in a mount namespace of its own: nothing of this machine's is
//! changed. To whoever runs the tests as root it says yes to everything, so what a person answers is the stand-in's to say.

use std::collections::HashMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use zbus::zvariant::OwnedValue;
use zbus::{Connection, fdo, interface};

use crate::process::{Running, START_WITHIN, bare_command, project, until};
use crate::session::{Session, succeed};

const NAME: &str = "org.freedesktop.PolicyKit1";
const PATH: &str = "/org/freedesktop/PolicyKit1/Authority";
const DAEMON: &str = "/usr/lib/polkit-1/polkitd";
/// Where the daemon looks, and whom it becomes: root, as nobody else reaches the bus of a session.
const ENTER: &str =
    r#"mount --bind "$1/actions" /usr/share/polkit-1/actions && mount --bind "$1/passwd" /etc/passwd && exec "$2""#;

/// The real polkit.
#[derive(Debug)]
pub struct Polkitd {
    daemon: Running,
}

impl Polkitd {
    /// Starts it with the actions of these files and no others.
    pub async fn start(session: &Session, actions: &[&str]) -> Result<Self> {
        let folder = session.home().join("polkit");
        std::fs::create_dir_all(folder.join("actions"))?;
        for action in actions {
            let name = Path::new(action).file_name().context("no file")?;
            std::fs::copy(project().join(action), folder.join("actions").join(name))?;
        }
        let people = std::fs::read_to_string("/etc/passwd")?;
        let people = people.lines().map(|line| match line.split_once(':') {
            Some(("polkitd", _)) => "polkitd:x:0:0::/:/usr/sbin/nologin",
            _ => line,
        });
        std::fs::write(folder.join("passwd"), people.collect::<Vec<_>>().join("\n") + "\n")?;
        let mut command = session.command("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-c", ENTER, "sh"]);
        command.arg(&folder).arg(DAEMON).stdout(Stdio::null()).stderr(Stdio::null());
        let daemon = Running::start(command)?;
        let bus = zbus::connection::Builder::address(session.system_bus_address().as_str())?.build().await?;
        let names = fdo::DBusProxy::new(&bus).await?;
        until("polkit on the system bus", START_WITHIN, || async {
            Ok(names.name_has_owner(NAME.try_into()?).await?.then_some(()))
        })
        .await?;
        Ok(Self { daemon })
    }

    /// Ends it.
    pub async fn end(mut self) -> Result<()> {
        self.daemon.kill().await
    }
}

/// What the real polkit says about a program of somebody who is not root, with `pkcheck`: its exit code, 2 where it would
/// have to ask.
pub async fn asks_about_somebody(session: &Session, action: &str) -> Result<Option<i32>> {
    let mut sleeper = bare_command("setpriv");
    sleeper.args(["--reuid", "65534", "--clear-groups", "sleep", "60"]);
    let mut somebody = Running::start(sleeper)?;
    let id = somebody.id().context("it ended")?;
    // It is somebody else only once it has become so.
    until("a program of somebody else", START_WITHIN, || async {
        use std::os::unix::fs::MetadataExt as _;
        Ok((std::fs::metadata(format!("/proc/{id}"))?.uid() == 65534).then_some(()))
    })
    .await?;
    let mut check = session.command("pkcheck");
    check.args(["--action-id", action, "--process", &id.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
    let code = check.status().await?.code();
    somebody.kill().await?;
    Ok(code)
}

/// What the real polkit shows of an action, with `pkaction`.
pub async fn shown(session: &Session, action: &str) -> Result<String> {
    let mut show = session.command("pkaction");
    show.args(["--verbose", "--action-id", action]);
    succeed(show).await
}

/// How the stand-in ends a question to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// It is the person.
    Yes,
    /// It is not, as after a wrong password.
    No,
    /// The person closed the question.
    Dismissed,
    /// Nobody of this session asks.
    NoAgent,
    /// It says nothing.
    Never,
}

/// A stand-in for polkit.
#[derive(Debug)]
pub struct Polkit {
    told: Arc<Told>,
    _connection: Connection,
}

#[derive(Debug)]
struct Told {
    says: Mutex<Says>,
    /// The actions that the person was asked about.
    asked: Mutex<Vec<String>>,
    /// The questions that were taken back.
    taken_back: Mutex<Vec<String>>,
}

impl Polkit {
    /// Puts it on the system bus of `session`, which is there already.
    pub async fn start(session: &Session) -> Result<Self> {
        let told = Told { says: Mutex::new(Says::Yes), asked: Mutex::default(), taken_back: Mutex::default() };
        let told = Arc::new(told);
        let connection = zbus::connection::Builder::address(session.system_bus_address().as_str())?
            .serve_at(PATH, Authority(told.clone()))?
            .name(NAME)?
            .build()
            .await?;
        Ok(Self { told, _connection: connection })
    }

    /// Says what it says from now on.
    pub fn says(&self, says: Says) {
        *self.told.says.lock().unwrap_or_else(PoisonError::into_inner) = says;
    }

    /// Waits until the person was asked so many times, and returns about what.
    pub async fn asked(&self, times: usize) -> Result<Vec<String>> {
        until("polkit to be asked", START_WITHIN, || async {
            let asked = self.told.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
            Ok((asked.len() >= times).then_some(asked))
        })
        .await
    }

    /// Waits until so many questions were taken back.
    pub async fn taken_back(&self, times: usize) -> Result<()> {
        until("the question to be taken back", START_WITHIN, || async {
            let count = self.told.taken_back.lock().unwrap_or_else(PoisonError::into_inner).len();
            Ok((count >= times).then_some(()))
        })
        .await
    }
}

struct Authority(Arc<Told>);

type Subject = (String, HashMap<String, OwnedValue>);
/// Authorised, would have to ask, details.
type Answer = (bool, bool, HashMap<String, String>);

#[interface(name = "org.freedesktop.PolicyKit1.Authority")]
impl Authority {
    async fn check_authorization(
        &self,
        #[zbus(header)] header: zbus::message::Header<'_>,
        subject: Subject,
        action: String,
        details: HashMap<String, String>,
        flags: u32,
        question: String,
    ) -> fdo::Result<(Answer,)> {
        let named = subject.1.get("name").is_some_and(|name| {
            let own = header.sender().map(zbus::names::UniqueName::as_str);
            name.downcast_ref::<String>().is_ok_and(|name| own == Some(&name))
        });
        // Only a trusted caller may give details.
        if subject.0 != "system-bus-name" || !named || !details.is_empty() {
            return Err(fdo::Error::AccessDenied("not about the caller".to_owned()));
        }
        let answer = |yes, asks, details: &[&str]| {
            let details = details.iter().map(|one| ((*one).to_owned(), "true".to_owned())).collect();
            Ok(((yes, asks, details),))
        };
        if flags == 0 {
            return answer(false, true, &[]);
        }
        if question.is_empty() {
            return Err(fdo::Error::Failed("nobody could take it back".to_owned()));
        }
        self.0.asked.lock().unwrap_or_else(PoisonError::into_inner).push(action);
        let says = *self.0.says.lock().unwrap_or_else(PoisonError::into_inner);
        match says {
            Says::Yes => answer(true, false, &[]),
            Says::No => answer(false, false, &[]),
            Says::Dismissed => answer(false, false, &["polkit.dismissed"]),
            Says::NoAgent => answer(false, true, &[]),
            Says::Never => std::future::pending().await,
        }
    }

    fn cancel_check_authorization(&self, question: String) {
        self.0.taken_back.lock().unwrap_or_else(PoisonError::into_inner).push(question);
    }
}
