//! API keys with the command, on a real keyring: add, list, show, hand out, rotate, remove.

use anyhow::Result;
use fobwatch_tests::fob::Fob;
use fobwatch_tests::leaks::assert_absent;
use fobwatch_tests::session::{Keyring, Session, succeed};

/// What `fob show` says of a key, in this order.
const LABELS: [&str; 12] = [
    "name",
    "id",
    "kind",
    "environment",
    "status",
    "rotate by",
    "fingerprint",
    "tags",
    "note",
    "header",
    "variable",
    "kept in",
];
const KEY: &str = "sk_live_51Canary00000000000000aaaa";
const NEXT: &str = "sk_live_51Canary11111111111111bbbb";

#[tokio::test]
async fn a_key_lives_in_the_keyring_and_nowhere_else() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    let arguments = ["add", "key", "Payments", "--provider", "stripe", "--account", "acct_1", "--env", "production"];
    let added = fob.run_with(&[&arguments[..], &["--tag", "billing", "--json"]].concat(), KEY).await?;
    assert_eq!(added.code, 0, "{added:?}");
    let found = session.search_items("service", "dev.fobwatch").await?;
    assert!(found.contains(KEY), "the keyring has no such item: {found}");

    let shown = fob.run(&["show", "Payments", "--json"]).await?.json()?;
    assert_eq!((&shown["kind"], &shown["status"]), (&"api_key".into(), &"fresh".into()));
    assert_eq!((&shown["shown_start"], &shown["shown_end"]), (&"sk_live_".into(), &"aaaa".into()));
    assert_eq!((&shown["environment"], &shown["account"]), (&"production".into(), &"acct_1".into()));
    assert!(!shown.to_string().contains(KEY));
    let listed = fob.run(&["list", "payme"]).await?;
    assert!(listed.stdout.contains("Payments") && !listed.stdout.contains(KEY), "{listed:?}");
    assert_eq!(fob.run(&["list", "nothing-like-it", "--json"]).await?.json()?, serde_json::json!([]));

    for (shape, expected) in [
        ("raw", format!("{KEY}\n")),
        ("header", format!("Authorization: Bearer {KEY}\n")),
        ("env", format!("PAYMENTS_KEY={KEY}\n")),
        ("curl", format!("curl -H 'Authorization: Bearer {KEY}'\n")),
    ] {
        let token = fob.run(&["token", "Payments@acct_1", "--as", shape]).await?;
        assert_eq!((token.code, token.stdout.as_str()), (0, expected.as_str()));
    }
    assert_absent(fob.home(), &[("key", KEY.as_bytes())])
}

#[tokio::test]
async fn a_rotated_key_replaces_the_old_one_and_leaves_its_history() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    assert_eq!(fob.run_with(&["add", "key", "k", "--env", "staging", "--rotate-by", "30d"], KEY).await?.code, 0);
    let rotated = fob.run_with(&["rotate", "k", "--json"], NEXT).await?;
    assert_eq!(rotated.code, 0, "{rotated:?}");
    assert_eq!(fob.run(&["token", "k"]).await?.stdout.trim(), NEXT);
    let found = session.search_items("service", "dev.fobwatch").await?;
    assert!(found.contains(NEXT) && !found.contains(KEY), "{found}");
    let shown = fob.run(&["show", "k", "--json"]).await?.json()?;
    assert_eq!(shown["versions"].as_array().map(Vec::len), Some(2));
    assert_eq!((&shown["versions"][1]["revoked"], &shown["refresh_generation"]), (&false.into(), &1.into()));
    // The same key once more is a mistake, not a rotation.
    assert_eq!(fob.run_with(&["rotate", "k"], NEXT).await?.code, 2);
    assert_absent(fob.home(), &[("old key", KEY.as_bytes()), ("new key", NEXT.as_bytes())])
}

#[tokio::test]
async fn a_removed_key_leaves_the_keyring() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    fob.run_with(&["add", "key", "k", "--env", "production"], KEY).await?;
    // Production asks, and a script must say so.
    assert_eq!(fob.run(&["remove", "k"]).await?.code, 2);
    assert_eq!(fob.run(&["token", "k"]).await?.stdout.trim(), KEY);
    assert_eq!(fob.run(&["remove", "k", "--yes"]).await?.code, 0);
    assert!(!session.search_items("service", "dev.fobwatch").await?.contains(KEY));
    let gone = fob.run(&["token", "k", "--json"]).await?;
    assert_eq!((gone.code, gone.error_code()?.as_str()), (3, "not_found"));
    Ok(())
}

#[tokio::test]
async fn bad_input_is_told_and_stores_nothing() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    let bad: [(&[&str], &str); 8] = [
        (&["add", "key", ""], KEY),
        (&["add", "key", "k"], ""),
        (&["add", "key", "k"], "two\nlines"),
        (&["add", "key", "k", "--header", "no place"], KEY),
        (&["add", "key", "k", "--rotate-by", "soon"], KEY),
        (&["add", "key", "k", "--env", "moon"], KEY),
        (&["add", "key", "k\u{7}"], KEY),
        (&["add", "key", "k", "--no-such-flag"], KEY),
    ];
    for (arguments, input) in bad {
        let outcome = fob.run_with(&[arguments, &["--json"]].concat(), input).await?;
        assert_eq!(outcome.code, 2, "{arguments:?}: {outcome:?}");
        outcome.error_code()?;
        assert!(!outcome.stderr.contains(KEY) && outcome.stdout.is_empty(), "{outcome:?}");
    }
    assert_eq!(fob.run(&["list", "--json"]).await?.json()?, serde_json::json!([]));
    Ok(())
}

#[tokio::test]
async fn the_same_value_twice_and_the_same_name_twice_are_told() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    fob.run_with(&["add", "key", "one", "--env", "staging"], KEY).await?;
    let twin = fob.run_with(&["add", "key", "two", "--env", "production", "--json"], KEY).await?;
    assert_eq!((twin.code, twin.error_code()?.as_str()), (2, "duplicate_value"));
    assert!(twin.stderr.contains("one") && twin.stderr.contains("staging"), "{twin:?}");
    assert_eq!(fob.run_with(&["add", "key", "two", "--env", "production", "--allow-twin"], KEY).await?.code, 0);
    let taken = fob.run_with(&["add", "key", "one", "--json"], NEXT).await?;
    assert_eq!((taken.code, taken.error_code()?.as_str()), (2, "name_taken"));
    let shown = fob.run(&["show", "one", "--json"]).await?.json()?;
    assert_eq!(shown["also_in"][0]["name"], "two");
    Ok(())
}

#[tokio::test]
async fn two_vaults_never_see_each_other_s_items() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let one = Fob::with_home(&session, &session.home().join("one"))?;
    let two = Fob::with_home(&session, &session.home().join("two"))?;
    one.run_with(&["add", "key", "k", "--env", "staging"], KEY).await?;
    assert_eq!(two.run(&["token", "k"]).await?.code, 3);
    two.run_with(&["add", "key", "k", "--env", "staging"], NEXT).await?;
    assert_eq!(one.run(&["token", "k"]).await?.stdout.trim(), KEY);
    assert_eq!(two.run(&["token", "k"]).await?.stdout.trim(), NEXT);
    Ok(())
}

#[tokio::test]
async fn a_copied_key_is_on_the_clipboard_after_the_command_has_ended() -> Result<()> {
    let session = Session::with_display(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    fob.run_with(&["add", "key", "k", "--env", "staging"], KEY).await?;
    let copied = fob.run(&["copy", "k"]).await?;
    assert_eq!(copied.code, 0, "{copied:?}");
    assert!(!copied.stdout.contains(KEY) && !copied.stderr.contains(KEY));
    let mut paste = session.command("xclip");
    paste.args(["-selection", "clipboard", "-o"]);
    assert_eq!(succeed(paste).await?.trim(), KEY);
    // History programs are told to leave it out.
    let mut targets = session.command("xclip");
    targets.args(["-selection", "clipboard", "-o", "-t", "TARGETS"]);
    assert!(succeed(targets).await?.contains("x-kde-passwordManagerHint"));
    Ok(())
}

#[tokio::test]
async fn a_generated_key_is_verified_against_its_hash_only() -> Result<()> {
    let session = Session::start(Keyring::None).await?;
    let fob = Fob::new(&session)?;
    let made = fob.run(&["generate", "--prefix", "sk_test_", "--hash"]).await?;
    let key = made.stdout.lines().next().unwrap_or_default().to_owned();
    assert!(key.starts_with("sk_test_") && key.len() == 51, "{key}");
    let hash = [made.stdout.as_str(), made.stderr.as_str()].join("\n");
    let hash = hash.split_whitespace().find(|word| word.len() == 64).unwrap_or_default().to_owned();
    assert_eq!(fob.run_with(&["verify-key", "--hash", &hash], &key).await?.code, 0);
    assert_eq!(fob.run_with(&["verify-key", "--hash", &hash], &format!("{key}x")).await?.code, 7);
    assert_eq!(fob.run_with(&["verify-key", "--hash", "abc"], &key).await?.code, 2);
    Ok(())
}

#[tokio::test]
async fn what_a_person_sets_holds_and_what_cannot_be_set_changes_nothing() -> Result<()> {
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    assert_eq!(fob.run_with(&["add", "key", "k", "--env", "staging"], KEY).await?.code, 0);
    let changes =
        ["--rename", "payments", "--env", "production", "--rotate-by", "2d", "--tag", "eu", "--note", "for us"];
    let set = fob.run(&[&["set", "k", "--json", "--pin"][..], &changes].concat()).await?;
    assert_eq!(set.code, 0, "{set:?}");
    let shown = fob.run(&["show", "payments", "--json"]).await?.json()?;
    assert_eq!((&shown["environment"], &shown["line"]), (&"production".into(), &"rotate".into()));
    assert_eq!((&shown["tags"], &shown["note"]), (&serde_json::json!(["eu"]), &"for us".into()));
    assert_eq!(shown["pinned"], true);
    let text = fob.run(&["show", "payments"]).await?.stdout;
    let labels: Vec<&str> = text.lines().filter_map(|line| line.split("  ").next()).collect();
    assert_eq!(labels, LABELS, "{text}");
    assert_eq!(fob.run(&["set", "payments", "--let-expire"]).await?.code, 0);
    let status = fob.run(&["status", "--json"]).await?.json()?;
    assert_eq!(status["attention"], serde_json::json!([]), "what may expire needs no attention");
    // A key is not refreshed; and nothing to change is wrong use.
    assert_eq!(fob.run(&["set", "payments", "--pause"]).await?.code, 2);
    assert_eq!(fob.run(&["set", "payments"]).await?.code, 2);
    assert_eq!(fob.run(&["set", "payments", "--header", "no place"]).await?.code, 2);
    // One that can't be takes the others with it, wherever it stands.
    let before = fob.run(&["show", "payments", "--json"]).await?.json()?;
    let entries = fob.run(&["log", "payments", "--json"]).await?.json()?["entries"].as_array().map(Vec::len);
    for bad in [["--rotate-by", "soon"], ["--pause", "--watch"], ["--rotate-by", "none"], ["--lead", "1m"]] {
        let good = ["set", "payments", "--rename", "other", "--env", "staging", "--let-expire", "--unpin"];
        let good = if bad.contains(&"--watch") { &good[..6] } else { &good[..] };
        assert_eq!(fob.run(&[good, &bad].concat()).await?.code, 2, "{bad:?}");
        assert_eq!(fob.run(&["show", "payments", "--json"]).await?.json()?, before, "{bad:?}");
    }
    let after = fob.run(&["log", "payments", "--json"]).await?.json()?["entries"].as_array().map(Vec::len);
    assert_eq!(after, entries, "what did not happen is not in the log");
    let log = fob.run(&["log", "payments"]).await?.stdout;
    assert!(log.contains("moved") && log.contains("let expire") && !log.contains(KEY), "{log}");
    assert_eq!(fob.run(&["token", "payments"]).await?.stdout.trim(), KEY);
    Ok(())
}

#[tokio::test]
async fn a_pasted_token_is_kept_and_refused_once_it_has_ended() -> Result<()> {
    // {"alg":"HS256"} and {"sub":"ci","exp":4102444800}: the end of the century.
    let token =
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjaSIsImV4cCI6NDEwMjQ0NDgwMH0.S1gnatureCanary00000000000000000000000000000";
    let session = Session::start(Keyring::Unlocked).await?;
    let fob = Fob::new(&session)?;
    let added = fob.run_with(&["add", "jwt", "ci", "--env", "staging", "--json"], token).await?;
    assert_eq!(added.code, 0, "{added:?}");
    assert_eq!((&added.json()?["kind"], &added.json()?["status"]), (&"jwt".into(), &"fresh".into()));
    assert_eq!(fob.run(&["token", "ci"]).await?.stdout.trim(), token);
    let late = fob.clone().with_clock("+30000d")?;
    let refused = late.run(&["token", "ci", "--json"]).await?;
    assert_eq!((refused.code, refused.error_code()?.as_str()), (7, "expired"));
    assert!(refused.stdout.is_empty());
    assert_eq!(late.run(&["jwt", "ci"]).await?.code, 0, "it can still be looked into");
    assert_eq!(fob.run_with(&["add", "jwt", "no"], "sk_live_no_token").await?.code, 2);
    assert_absent(fob.home(), &[("token", token.as_bytes())])
}
