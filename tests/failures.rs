//! What is broken around the program: each has its own sentence and exit code, and nothing is lost.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use fobwatch_tests::alone::is_alone;
use fobwatch_tests::fob::{Finished, Fob};
use fobwatch_tests::journey::sign_in;
use fobwatch_tests::network_disk::NetworkDisk;
use fobwatch_tests::process::bare_command;
use fobwatch_tests::servers::{Oidc, Server, TokenMode};
use fobwatch_tests::session::{Keyring, Session, succeed};

/// A program that only the administrator may run: mounting a disk that is small or read-only.
fn as_root(session: &Session, program: &str) -> tokio::process::Command {
    if rustix::process::geteuid().is_root() {
        return session.command(program);
    }
    let mut command = session.command("sudo");
    command.args(["-n", program]);
    command
}

/// What makes a new disk the caller's own.
fn owned(size: &str) -> String {
    let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    format!("size={size},mode=700,uid={user},gid={group}")
}

fn is(outcome: &Finished, code: i32, name: &str, words: &str) -> Result<()> {
    ensure!(outcome.code == code, "expected {code}: {outcome:?}");
    ensure!(outcome.error_code()? == name, "expected {name}: {outcome:?}");
    ensure!(outcome.stderr.contains(words), "expected “{words}”: {outcome:?}");
    Ok(())
}

#[tokio::test]
async fn a_locked_keyring_is_told_and_everything_works_again_after_unlocking() -> Result<()> {
    let server = Server::oidc(Oidc::default()).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    sign_in(&fob, &server, "api").await?;
    fob.run_with(&["add", "key", "k", "--env", "staging"], "sk_0123456789").await?;
    session.lock().await?;
    is(&fob.run(&["token", "k", "--json"]).await?, 5, "keychain_locked", "locked")?;
    is(&fob.run(&["refresh", "api", "--force", "--json"]).await?, 5, "keychain_locked", "locked")?;
    let adding = fob.run_with(&["add", "key", "new", "--env", "staging", "--json"], "sk_9876543210").await?;
    is(&adding, 5, "keychain_locked", "locked")?;
    ensure!(server.record().await?.counts.refresh == 0, "a token was sent that could not have been kept");
    // What needs no secret still works.
    ensure!(fob.run(&["list"]).await?.code == 0 && fob.run(&["show", "api"]).await?.code == 0);
    ensure!(fob.run(&["doctor"]).await?.code == 5);
    session.unlock().await?;
    ensure!(fob.run(&["token", "k"]).await?.stdout == "sk_0123456789\n");
    ensure!(fob.run(&["refresh", "api", "--force"]).await?.code == 0);
    ensure!(fob.run(&["doctor"]).await?.code == 0);
    Ok(())
}

#[tokio::test]
async fn without_a_keyring_nothing_is_stored_and_it_says_so() -> Result<()> {
    let session = Session::start(Keyring::None).await?;
    let fob = Fob::new(&session)?;
    let adding = fob.run_with(&["add", "key", "k", "--env", "staging", "--json"], "sk_0123456789").await?;
    is(&adding, 5, "keychain_unavailable", "no keyring service")?;
    ensure!(fob.run(&["list", "--json"]).await?.json()? == serde_json::json!([]));
    ensure!(fob.run(&["doctor"]).await?.code == 5);
    Ok(())
}

#[tokio::test]
async fn a_full_disk_sends_nothing_and_loses_nothing() -> Result<()> {
    let server = Server::oidc(Oidc::default()).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    // A file system of its own, small enough to fill.
    let disk = session.home().join("disk");
    std::fs::create_dir(&disk)?;
    let mut mount = as_root(&session, "mount");
    mount.args(["-t", "tmpfs", "-o", &owned("3m"), "tmpfs"]).arg(&disk);
    succeed(mount).await?;
    let outcome = on_a_full_disk(&server, &session, &disk).await;
    let mut unmount = as_root(&session, "umount");
    unmount.arg("--lazy").arg(&disk);
    succeed(unmount).await?;
    outcome
}

async fn on_a_full_disk(server: &Server, session: &Session, disk: &std::path::Path) -> Result<()> {
    let fob = Fob::with_home(session, &disk.join("vault"))?;
    sign_in(&fob, server, "api").await?;
    let filler = disk.join("filler");
    let mut fill = session.command("dd");
    fill.args(["if=/dev/zero", "bs=4k", "count=100000"]).arg(format!("of={}", filler.display()));
    // It ends when there is no space: that is its purpose.
    ensure!(!fill.stderr(std::process::Stdio::null()).status().await?.success(), "the disk is not full");
    let refreshed = fob.run(&["refresh", "api", "--force", "--json"]).await?;
    is(&refreshed, 1, "disk_full", "no space left")?;
    ensure!(server.record().await?.counts.refresh == 0, "a token was sent although its answer could not be kept");
    std::fs::remove_file(filler)?;
    ensure!(fob.run(&["refresh", "api", "--force"]).await?.code == 0);
    ensure!(fob.run(&["token", "api"]).await?.code == 0);
    Ok(())
}

#[tokio::test]
async fn a_vault_that_can_t_be_written_is_told() -> Result<()> {
    let server = Server::oidc(Oidc::default()).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let disk = session.home().join("disk");
    std::fs::create_dir(&disk)?;
    let mount = |arguments: &[&str]| {
        let mut mount = as_root(&session, "mount");
        mount.args(arguments).arg(&disk);
        succeed(mount)
    };
    mount(&["-t", "tmpfs", "-o", &owned("16m"), "tmpfs"]).await?;
    let outcome = async {
        let fob = Fob::with_home(&session, &disk.join("vault"))?;
        sign_in(&fob, &server, "api").await?;
        mount(&["-o", "remount,ro"]).await?;
        let refreshed = fob.run(&["refresh", "api", "--force", "--json"]).await?;
        is(&refreshed, 1, "read_only", "can't be written")?;
        ensure!(server.record().await?.counts.refresh == 0, "a token was sent although its answer could not be kept");
        mount(&["-o", "remount,rw"]).await?;
        ensure!(fob.run(&["refresh", "api", "--force"]).await?.code == 0);
        Ok(())
    }
    .await;
    let mut unmount = as_root(&session, "umount");
    unmount.arg("--lazy").arg(&disk);
    succeed(unmount).await?;
    outcome
}

/// How a vault may come to lie on the network disk `here`: as the folder itself, as one in it that is still to be made,
/// through a link, and with its locks or its database alone.
fn ways_to(here: &Path, root: &Path) -> Result<[PathBuf; 5]> {
    use std::os::unix::fs::symlink;
    let [link, locks, database] = ["link", "locks-there", "database-there"].map(|name| root.join(name));
    symlink(here, &link)?;
    std::fs::create_dir(&locks)?;
    symlink(here, locks.join("locks"))?;
    std::fs::create_dir(&database)?;
    symlink(here.join("kept.txt"), database.join("vault.db"))?;
    Ok([here.to_owned(), here.join("new/vault"), link.join("vault"), locks, database])
}

#[tokio::test]
async fn a_vault_on_a_network_file_system_is_refused_and_nothing_is_written() -> Result<()> {
    let test = "a_vault_on_a_network_file_system_is_refused_and_nothing_is_written";
    if !is_alone(test, &["--mount"]).await? {
        return Ok(());
    }
    let session = Session::start(Keyring::Unlocked).await?;
    let (far, here) = (session.home().join("far"), session.home().join("here"));
    std::fs::create_dir(&far)?;
    std::fs::create_dir(&here)?;
    std::fs::write(far.join("kept.txt"), "")?;
    let disk = NetworkDisk::mount(&far, &here).await?;
    let outcome = on_a_network_disk(&session, &far, &here).await;
    disk.unmount(&here).await?;
    outcome
}

async fn on_a_network_disk(session: &Session, far: &Path, here: &Path) -> Result<()> {
    for home in ways_to(here, session.home())? {
        let fob = Fob::with_home(session, &home)?;
        let adding = fob.run_with(&["add", "key", "k", "--env", "staging", "--json"], "sk_0123456789").await?;
        is(&adding, 1, "network_file_system", "(fuse.sshfs)")?;
        is(&fob.run(&["list", "--json"]).await?, 1, "network_file_system", "set FOB_HOME")?;
        let doctor = fob.run(&["doctor", "--json"]).await?;
        let checks = doctor.json()?["checks"].to_string();
        ensure!(doctor.code == 1 && checks.contains("(fuse.sshfs)") && checks.contains("set FOB_HOME"), "{doctor:?}");
    }
    let left: Vec<_> = std::fs::read_dir(far)?.collect::<Result<_, _>>()?;
    ensure!(left.len() == 1 && std::fs::read(far.join("kept.txt"))?.is_empty(), "something was written: {left:?}");
    // What is mounted over it counts, not what lies below; and a local folder is local whatever its way leads through.
    let over = here.join("over");
    std::fs::create_dir(&over)?;
    let mut mount = session.command("mount");
    mount.args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(&over);
    succeed(mount).await?;
    let fob = Fob::with_home(session, &over.join("vault"))?;
    let added = fob.run_with(&["add", "key", "k", "--env", "staging"], "sk_0123456789").await?;
    ensure!(added.code == 0 && fob.run(&["token", "k"]).await?.code == 0, "a local disk is refused: {added:?}");
    ensure!(fob.run(&["doctor"]).await?.code == 0, "the doctor refuses a local disk");
    Ok(())
}

/// Runs `fob` with a kernel that answers every request for a file lock so (strace(1), `inject`).
async fn with_locks_that(fob: &Fob, answer: &str, arguments: &[&str]) -> Result<Finished> {
    let real = fob.command();
    let mut traced = bare_command("strace");
    traced.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=flock", "-e", &format!("inject=flock:{answer}")]);
    traced.arg(real.as_std().get_program()).args(arguments);
    traced.envs(real.as_std().get_envs().filter_map(|(name, value)| Some((name, value?))));
    let ended = traced.output().await?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Finished { code: ended.status.code().unwrap_or(-1), stdout: text(&ended.stdout), stderr: text(&ended.stderr) })
}

#[tokio::test]
async fn a_vault_where_locks_do_not_exclude_is_refused() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    // Granted to everybody; none there; not known.
    for answer in ["retval=0", "error=ENOLCK", "error=EOPNOTSUPP"] {
        let listed = with_locks_that(&fob, answer, &["list", "--json"]).await?;
        is(&listed, 1, "no_file_locks", "no locks that keep programs apart")?;
        let doctor = with_locks_that(&fob, answer, &["doctor", "--json"]).await?;
        let checks = doctor.json()?["checks"].to_string();
        ensure!(doctor.code == 1 && checks.contains("no locks that keep programs apart"), "{doctor:?}");
        ensure!(!fob.home().join("vault.db").exists(), "a database was made all the same");
    }
    let listed = fob.run(&["list", "--json"]).await?;
    ensure!(listed.code == 0, "with the kernel's own locks: {listed:?}");
    Ok(())
}

#[tokio::test]
async fn a_provider_that_is_down_is_tried_again_and_is_not_a_logout() -> Result<()> {
    let mut server = Server::oidc(Oidc::default()).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    sign_in(&fob, &server, "api").await?;
    let refresh = async || fob.run(&["refresh", "api", "--force", "--json"]).await;
    server.set_token_mode(TokenMode::Error500, Some(1)).await?;
    is(&refresh().await?, 6, "try_again", "Nothing is lost")?;
    server.set_token_mode(TokenMode::TooMany(None), Some(1)).await?;
    is(&refresh().await?, 6, "try_again", "asked too often")?;
    server.set_token_mode(TokenMode::Down, Some(1)).await?;
    is(&refresh().await?, 6, "try_again", "")?;
    ensure!(refresh().await?.code == 0, "it does not recover");
    server.kill().await?;
    is(&refresh().await?, 6, "try_again", "can't be reached")?;
    ensure!(fob.run(&["show", "api", "--json"]).await?.json()?["status"] == "waiting");
    // The token at hand is still good, and still handed out.
    ensure!(fob.run(&["token", "api"]).await?.code == 0);
    Ok(())
}

#[tokio::test]
async fn a_sign_in_that_the_provider_ended_is_told_and_the_token_is_kept() -> Result<()> {
    let server = Server::oidc(Oidc::default()).await?;
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    sign_in(&fob, &server, "api").await?;
    server.revoke_grants().await?;
    let refreshed = fob.run(&["refresh", "api", "--force", "--json"]).await?;
    is(&refreshed, 4, "sign_in_needed", "fob login api")?;
    ensure!(fob.run(&["show", "api", "--json"]).await?.json()?["status"] == "sign_in_needed");
    ensure!(session.search_items("service", "dev.fobwatch").await?.contains("token_endpoint"), "the token was deleted");
    ensure!(fob.run(&["refresh", "api", "--force"]).await?.code == 4);
    ensure!(server.record().await?.counts.refresh == 1, "the provider was asked again within two minutes");
    sign_in(&fob, &server, "api").await?;
    ensure!(fob.run(&["refresh", "api", "--force"]).await?.code == 0);
    Ok(())
}
