//! The command `fob`.
//!
//! Standard output has the answer and nothing else. Nothing is opened before it is needed: the vault with the first
//! command that wants it, the keychain with the first secret. Ctrl+C ends the command, but never a request that may
//! have rotated a token.

mod add;
mod agent;
mod args;
mod ask_provider;
mod calendar;
mod clipboard_holder;
mod desk;
mod doctor;
mod failpoints;
mod failure;
mod format;
mod generate;
mod health;
mod input;
mod jwt;
mod jwt_text;
mod jwt_tools;
mod lab;
mod list;
mod log;
mod login;
mod manual;
mod output;
mod providers;
mod remove;
mod set;
mod show;
mod token;
mod unlock;

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::args::{Add, Cli, Command, Jwt, JwtTool};
use crate::desk::Desk;
use crate::failure::{Failure, WRONG_USE};

fn main() -> ExitCode {
    failpoints::register();
    fobwatch_platform::hardening::no_core_dumps();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misused(&error),
    };
    let as_json = cli.json;
    // A service manager that stops the agent must not take that for a failure.
    let on_term = if matches!(cli.command, Command::Agent(_)) { 0 } else { desk::TERMINATED };
    let outcome = match cli.command {
        // The whole life of a small process of its own; it needs no runtime.
        Command::HoldClipboard(args) => clipboard_holder::hold(args.seconds, args.once),
        // It waits for Ctrl+C itself.
        Command::Lab(args) => lab::lab(args, as_json),
        command => desk::run(as_json, on_term, move |desk| async move { dispatch(command, &desk).await }),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell(as_json);
            ExitCode::from(failure.exit)
        }
    }
}

async fn dispatch(command: Command, desk: &Desk) -> Result<(), Failure> {
    match command {
        Command::Add(Add::Key(args)) => add::key(args, desk).await,
        Command::Add(Add::Client(args)) => add::client(args, desk).await,
        Command::Add(Add::Jwt(args)) => add::jwt(args, desk).await,
        Command::Login(args) => login::login(args, desk).await,
        Command::List(args) => list::list(args, desk).await,
        Command::Show(args) => show::show(&args.name, desk).await,
        Command::Status => list::status(desk).await,
        Command::Token(args) => token::token(&args, desk).await,
        Command::Copy(args) => token::copy(&args, desk).await,
        Command::Refresh(args) => token::refresh(&args, desk).await,
        Command::Rotate(args) => add::rotate(&args, desk).await,
        Command::Set(args) => set::set(&args, desk).await,
        Command::Jwt(Jwt { tool: Some(JwtTool::Sign(args)), .. }) => jwt_tools::sign(&args, desk).await,
        Command::Jwt(Jwt { tool: Some(JwtTool::Compare(args)), .. }) => jwt_tools::compare(&args, desk).await,
        Command::Jwt(args) => jwt::jwt(&args, desk).await,
        Command::Generate(args) => generate::generate(&args, desk),
        Command::VerifyKey(args) => generate::verify_key(&args, desk).await,
        Command::Remove(args) => remove::remove(&args, desk).await,
        Command::Revoke(args) => remove::revoke(&args.name, desk).await,
        Command::Introspect(args) => ask_provider::introspect(&args.name, desk).await,
        Command::Userinfo(args) => ask_provider::userinfo(&args.name, desk).await,
        Command::Logout(args) => ask_provider::logout(&args.name, desk).await,
        Command::Providers(args) => providers::providers(args, desk).await,
        Command::Calendar(args) => calendar::calendar(&args, desk).await,
        Command::Health => health::health(desk).await,
        Command::Log(args) => log::log(&args, desk).await,
        Command::Unlock => unlock::unlock(desk).await,
        Command::Doctor => doctor::doctor(desk).await,
        Command::Agent(_) => agent::agent(desk).await,
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::write(&args),
        // They were run before there was a runtime.
        Command::HoldClipboard(_) | Command::Lab(_) => Ok(()),
    }
}

/// Answers `--help` and `--version`, and what could not be understood.
fn misused(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A reader that closed the pipe has read enough of the help.
        return error.print().map_or(ExitCode::SUCCESS, |()| ExitCode::SUCCESS);
    }
    // The arguments could not be parsed, so the switch is looked for by hand.
    if std::env::args_os().skip(1).take_while(|arg| arg != "--").any(|arg| arg == "--json") {
        let text = error.render().to_string();
        let (message, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
        let message = message.trim().trim_start_matches("error: ").to_owned();
        let hint = rest.split("\n\n").next().unwrap_or_default().trim();
        Failure::usage(message, hint).tell(true);
    } else {
        error.print().unwrap_or(());
    }
    ExitCode::from(WRONG_USE)
}
