//! The clipboard port on a real X server, with xclip as the other program.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use std::future::Future;
use std::time::{Duration, Instant};

use fobwatch_core::ports::Clipboard;
use fobwatch_core::secret::Secret;
use fobwatch_platform::SystemClipboard;
use fobwatch_platform::clipboard::hold_until;

#[path = "support/display.rs"]
mod display;
#[path = "support/situation.rs"]
mod situation;
#[path = "support/xclip.rs"]
mod xclip;

use display::Display;
use situation::in_own_process;
use xclip::{copied, pasted};

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(work)
}

#[test]
fn a_value_is_pasted_marked_as_secret_and_cleared() {
    in_own_process("a_value_is_pasted_marked_as_secret_and_cleared", Display::start, || {
        let clipboard = SystemClipboard::new();
        let value = Secret::new("hunter2 – ü");
        run(clipboard.put(&value)).unwrap();
        assert_eq!(pasted("clipboard", "UTF8_STRING"), "hunter2 – ü");
        // History programs look at the list before they ask for anything.
        let targets = pasted("clipboard", "TARGETS");
        assert!(targets.lines().any(|target| target == "x-kde-passwordManagerHint"), "{targets}");
        assert!(!targets.contains("SAVE_TARGETS"), "it offers to be kept: {targets}");
        assert_eq!(pasted("clipboard", "x-kde-passwordManagerHint"), "secret");
        assert_eq!(run(clipboard.clear_if(&Secret::new("hunter"))), Ok(false));
        assert_eq!(pasted("clipboard", "UTF8_STRING"), "hunter2 – ü");
        assert_eq!(run(clipboard.clear_if(&value)), Ok(true));
        assert_eq!(pasted("clipboard", "UTF8_STRING"), "");
        assert_eq!(run(clipboard.clear_if(&value)), Ok(false));
    });
}

#[test]
fn what_somebody_else_copied_is_never_cleared() {
    in_own_process("what_somebody_else_copied_is_never_cleared", Display::start, || {
        let clipboard = SystemClipboard::new();
        let value = Secret::new("hunter2");
        run(clipboard.put(&value)).unwrap();
        copied("clipboard", "a shopping list");
        copied("primary", "a marked word");
        assert_eq!(run(clipboard.clear_if(&value)), Ok(false));
        assert_eq!(pasted("clipboard", "UTF8_STRING"), "a shopping list");
        assert_eq!(pasted("primary", "UTF8_STRING"), "a marked word");
    });
}

#[test]
fn nothing_is_ever_put_where_marked_text_goes() {
    in_own_process("nothing_is_ever_put_where_marked_text_goes", Display::start, || {
        let clipboard = SystemClipboard::new();
        run(clipboard.put(&Secret::new("hunter2"))).unwrap();
        assert_eq!(pasted("primary", "TARGETS"), "");
        copied("primary", "a marked word");
        run(clipboard.put(&Secret::new("hunter2"))).unwrap();
        run(clipboard.put_once(&Secret::new("hunter2"))).unwrap().unwrap();
        run(clipboard.clear_if(&Secret::new("hunter2"))).unwrap();
        assert_eq!(pasted("primary", "UTF8_STRING"), "a marked word");
    });
}

#[test]
fn the_marked_text_is_cleared_only_if_it_is_the_value() {
    in_own_process("the_marked_text_is_cleared_only_if_it_is_the_value", Display::start, || {
        let clipboard = SystemClipboard::new();
        copied("primary", "hunter2");
        copied("clipboard", "a shopping list");
        assert_eq!(run(clipboard.clear_if(&Secret::new("hunter2"))), Ok(false));
        assert_eq!(pasted("primary", "UTF8_STRING"), "");
        assert_eq!(pasted("clipboard", "UTF8_STRING"), "a shopping list");
    });
}

#[test]
fn without_a_display_the_reason_is_plain() {
    let nowhere = || ((), vec![("DISPLAY", "".into())]);
    in_own_process("without_a_display_the_reason_is_plain", nowhere, || {
        let clipboard = SystemClipboard::new();
        for _ in 0..2 {
            let error = run(clipboard.put(&Secret::new("hunter2"))).unwrap_err();
            assert!(!error.0.is_empty() && !error.to_string().contains("hunter2"), "{error}");
        }
        assert!(hold_until(&Secret::new("hunter2"), Duration::from_mins(1)).is_err());
    });
}

#[test]
fn a_held_value_lasts_until_its_deadline() {
    in_own_process("a_held_value_lasts_until_its_deadline", Display::start, || {
        let started = Instant::now();
        let holder = std::thread::spawn(|| hold_until(&Secret::new("hunter2"), Duration::from_secs(2)));
        while pasted("clipboard", "UTF8_STRING") != "hunter2" {
            assert!(!holder.is_finished(), "the value never appeared");
        }
        assert_eq!(pasted("clipboard", "x-kde-passwordManagerHint"), "secret");
        holder.join().unwrap().unwrap();
        assert!(started.elapsed() >= Duration::from_secs(2));
        assert_eq!(pasted("clipboard", "UTF8_STRING"), "");
    });
}

#[test]
fn a_holder_ends_when_somebody_else_copies() {
    in_own_process("a_holder_ends_when_somebody_else_copies", Display::start, || {
        let started = Instant::now();
        let holder = std::thread::spawn(|| hold_until(&Secret::new("hunter2"), Duration::from_mins(1)));
        while pasted("clipboard", "UTF8_STRING") != "hunter2" {
            assert!(!holder.is_finished(), "the value never appeared");
        }
        copied("clipboard", "a shopping list");
        holder.join().unwrap().unwrap();
        assert!(started.elapsed() < Duration::from_secs(30));
        assert_eq!(pasted("clipboard", "UTF8_STRING"), "a shopping list");
    });
}
