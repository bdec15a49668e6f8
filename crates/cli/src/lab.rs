//! `fob lab`: an authorization server that misbehaves in one way, for trying any client.
//!
//! It needs no vault and touches none: everything that it gives out is made up, and what a client sends it is shown by
//! name only. It has a runtime of its own, because Ctrl+C is how a person says that the client is done.

use std::io;
use std::time::Duration;

use clap::{Args, Subcommand};
use fobwatch_core::jwt::visible;
use fobwatch_lab::{Ends, Lab as Server, Module, Record, Verdict, find, judge, modules};
use serde_json::json;

use crate::args::duration;
use crate::failure::{Failure, REFUSED};
use crate::format::table;
use crate::output::{answer, answer_json, answer_text, say};

/// `fob lab`.
#[derive(Debug, Subcommand)]
pub(crate) enum Lab {
    /// List the ways of misbehaving.
    #[command(after_help = "Example:\n  fob lab list")]
    List,
    /// Misbehave in one way until Ctrl+C, and say what your client did. Exits 0 when it did well, 7 when not.
    #[command(after_help = "Example:\n  fob lab run HA22 --port 9400")]
    Run(Run),
}

/// `fob lab run`.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Which one, as `fob lab list` calls it.
    pub(crate) id: String,
    /// The port of the server; without it, any that is free.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// For how long; without it, until Ctrl+C.
    #[arg(long, value_parser = duration, value_name = "TIME")]
    pub(crate) within: Option<Duration>,
}

/// Runs `fob lab`.
pub(crate) fn lab(lab: Lab, as_json: bool) -> Result<(), Failure> {
    match lab {
        Lab::List => list(as_json),
        Lab::Run(args) => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
                .map_err(|error| Failure::ours(format!("The program could not start: {error}.")))?;
            let outcome = runtime.block_on(run(&args, as_json));
            // A client that never reads its answer must not hold up the end.
            runtime.shutdown_background();
            outcome
        }
    }
}

fn list(as_json: bool) -> Result<(), Failure> {
    let ready = modules();
    if as_json {
        let list: Vec<_> = ready
            .iter()
            .map(|module| json!({ "id": module.id, "title": module.title, "rules": module.rules, "good": module.good }))
            .collect();
        return answer_json(&list);
    }
    let rows: Vec<[String; 2]> = ready.into_iter().map(|module| [module.id, module.title]).collect();
    Ok(answer_text(&table(&rows))?)
}

async fn run(args: &Run, as_json: bool) -> Result<(), Failure> {
    let unknown = || {
        let message = format!("The lab knows nothing called “{}”.", visible(&args.id));
        Failure::usage(message, "fob lab list shows what there is.")
    };
    let module = find(&args.id).ok_or_else(unknown)?;
    let server = Server::start(module, args.port).await.map_err(|error| taken(args.port, &error))?;
    let mut ended = Box::pin(ends(args.within));
    // Heard from its first poll on, which must be before anybody can know that there is something to end.
    tokio::select! {
        biased;
        heard = &mut ended => heard?,
        () = std::future::ready(()) => {}
    }
    introduce(&server, as_json)?;
    let record = watch(&server, ended, as_json).await?;
    conclude(server.module(), &record, as_json)
}

fn taken(port: u16, error: &io::Error) -> Failure {
    Failure::new(1, "port_taken", format!("Port {port} can't be used: {error}."), "Give another, or none.")
}

/// Says what to point the client at, and what is going to happen.
fn introduce(server: &Server, as_json: bool) -> Result<(), Failure> {
    let (module, issuer) = (server.module(), &server.place().issuer);
    if as_json {
        return answer_json(&json!({
            "event": "listening", "issuer": issuer, "client_id": server.client_id(),
            "client_secret": server.client_secret(), "id": module.id, "title": module.title, "good": module.good,
            "authority": server.authority(),
        }));
    }
    say(&format!("{}: {}", module.id, module.title));
    say(&format!("A good client {}.", module.good));
    say(&format!("Issuer         {issuer}\nClient id      {}", server.client_id()));
    if let Some(secret) = server.client_secret() {
        say(&format!("Client secret  {secret}"));
    }
    if let Some(authority) = server.authority() {
        say("The server has TLS. Let your client trust this authority, and only for this run:");
        say(authority.trim_end());
    }
    say("Any loopback redirect address is taken. Sign in with your client; Ctrl+C when it is done.");
    Ok(())
}

/// Shows the requests as they come, until the person, the time or a fault of the client ends it.
async fn watch(
    server: &Server,
    mut ended: impl Future<Output = io::Result<()>> + Unpin,
    as_json: bool,
) -> Result<Record, Failure> {
    let mut shown = 0;
    loop {
        let over = tokio::select! {
            heard = &mut ended => { heard?; true }
            () = server.more_than(shown) => false,
        };
        let record = server.record();
        for seen in &record.seen[shown..] {
            let names = seen.query.iter().chain(&seen.form).map(|(name, _)| name.as_str()).collect::<Vec<_>>();
            if as_json {
                answer_json(
                    &json!({ "event": "request", "method": seen.method, "path": seen.path, "parameters": names }),
                )?;
            } else {
                say(&visible(&format!("{:<5}{}  {}", seen.method, seen.path, names.join(" "))));
            }
        }
        shown = record.seen.len();
        if over || matches!(judge(server.module(), &record), Verdict::Failed(_)) {
            return Ok(record);
        }
    }
}

/// Ends with Ctrl+C, or when the time is over.
async fn ends(within: Option<Duration>) -> io::Result<()> {
    let heard = tokio::signal::ctrl_c();
    match within {
        // Both ways of ending are fine.
        Some(time) => tokio::time::timeout(time, heard).await.unwrap_or(Ok(())),
        None => heard.await,
    }
}

fn conclude(module: &Module, record: &Record, as_json: bool) -> Result<(), Failure> {
    let verdict = judge(module, record);
    let (word, faults) = match &verdict {
        Verdict::Good => ("good", Vec::new()),
        Verdict::NothingSeen => ("nothing_seen", Vec::new()),
        Verdict::Failed(faults) => ("failed", faults.clone()),
    };
    if as_json {
        answer_json(&json!({ "event": "verdict", "id": module.id, "verdict": word, "faults": faults }))?;
        return if verdict == Verdict::Good { Ok(()) } else { Err(Failure::silent(REFUSED)) };
    }
    let id = &module.id;
    match verdict {
        Verdict::Good if module.ends == Ends::Refused => {
            let look = "Look whether your client says that it is signed in: it must not be.";
            answer(&format!("{id}: good, as far as requests show. {look}"))?;
        }
        Verdict::Good => answer(&format!("{id}: good, as far as requests show."))?,
        Verdict::NothingSeen => {
            answer(&format!("{id}: your client did not come as far as what is wrong here."))?;
        }
        Verdict::Failed(faults) => {
            for fault in faults {
                answer(&visible(&format!("{id}: failed: {fault}.")))?;
            }
        }
    }
    if word == "good" { Ok(()) } else { Err(Failure::silent(REFUSED)) }
}
