//! The list of mutations says of every module of the hostile server whether it was seen to fail.
//!
//! The invariant: a module is either seen to fail without some check of the client, or a reason stands beside it.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use fobwatch_tests::process::project;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    mutation: Vec<Mutation>,
    unseen: Vec<Unseen>,
}

#[derive(Deserialize)]
struct Mutation {
    what: String,
    modules: String,
    seen: String,
}

#[derive(Deserialize)]
struct Unseen {
    modules: String,
    why: String,
}

fn list() -> Result<File> {
    let text = std::fs::read_to_string(project().join("tests/hostile/mutations.toml"))?;
    toml::from_str(&text).context("mutations.toml")
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split_whitespace().collect()
}

#[test]
fn every_module_was_seen_to_fail_or_has_a_reason() -> Result<()> {
    let file = list()?;
    let seen: BTreeSet<&str> = file.mutation.iter().flat_map(|one| words(&one.seen)).collect();
    let unseen: BTreeSet<&str> = file.unseen.iter().flat_map(|one| words(&one.modules)).collect();
    let modules = fobwatch_lab::modules();
    let open: Vec<&str> = modules.iter().map(|module| module.id.as_str()).collect();
    let open: Vec<&&str> = open.iter().filter(|id| !seen.contains(*id) && !unseen.contains(*id)).collect();
    ensure!(open.is_empty(), "neither seen to fail nor with a reason: {open:?}");
    let both: Vec<&&str> = seen.intersection(&unseen).collect();
    ensure!(both.is_empty(), "seen to fail, and with a reason why not: {both:?}");
    ensure!(file.unseen.iter().all(|one| one.why.len() > 20), "a reason is a sentence");
    Ok(())
}

#[test]
fn the_list_names_modules_that_there_are_and_claims_no_more_than_it_names() -> Result<()> {
    let file = list()?;
    let modules = fobwatch_lab::modules();
    let ids: BTreeSet<&str> = modules.iter().map(|module| module.id.as_str()).collect();
    let named = file.mutation.iter().map(|one| &one.modules).chain(file.unseen.iter().map(|one| &one.modules));
    for id in named.flat_map(|modules| words(modules)) {
        ensure!(ids.contains(id), "there is no module {id}");
    }
    for one in &file.mutation {
        ensure!(words(&one.seen).is_subset(&words(&one.modules)), "{}: seen, but not named", one.what);
        ensure!(file.mutation.iter().filter(|other| other.what == one.what).count() == 1, "{} twice", one.what);
    }
    Ok(())
}
