//! One paste on a real X server: who gets the value, and who does not.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use std::future::Future;
use std::time::{Duration, Instant};

use fobwatch_core::ports::{Clipboard, Left};
use fobwatch_core::secret::Secret;
use fobwatch_platform::SystemClipboard;
use fobwatch_platform::clipboard::hold_once;
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, Window, WindowClass};
use x11rb::rust_connection::RustConnection;

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

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program that stays, unlike xclip, and asks as often as it likes.
struct Program {
    connection: RustConnection,
    window: Window,
}

impl Program {
    fn start() -> Self {
        let (connection, screen) = RustConnection::connect(None).unwrap();
        let root = connection.setup().roots[screen].root;
        let window = connection.generate_id().unwrap();
        let aux = CreateWindowAux::new();
        connection.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &aux).unwrap();
        Self { connection, window }
    }

    fn atom(&self, name: &str) -> Atom {
        self.connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    /// Reads the clipboard in this format; none if its owner refuses.
    fn asks(&self, format: &str) -> Option<String> {
        let (clipboard, target, here) = (self.atom("CLIPBOARD"), self.atom(format), self.atom("HERE"));
        self.connection.convert_selection(self.window, clipboard, target, here, x11rb::CURRENT_TIME).unwrap();
        self.connection.flush().unwrap();
        loop {
            if let Event::SelectionNotify(told) = self.connection.wait_for_event().unwrap() {
                if told.property == x11rb::NONE {
                    return None;
                }
                let all = u32::MAX / 4;
                let asked = self.connection.get_property(true, self.window, here, AtomEnum::ANY, 0, all).unwrap();
                return Some(String::from_utf8_lossy(&asked.reply().unwrap().value).into_owned());
            }
        }
    }

    /// Becomes the program that keeps selections for others.
    fn keeps_selections(&self) {
        let manager = self.atom("CLIPBOARD_MANAGER");
        self.connection.set_selection_owner(self.window, manager, x11rb::CURRENT_TIME).unwrap();
        self.connection.flush().unwrap();
    }
}

/// Pastes with a program that is started for it, as soon as it gets something.
fn first_paste() -> String {
    let started = Instant::now();
    loop {
        let text = pasted("clipboard", "UTF8_STRING");
        if !text.is_empty() {
            return text;
        }
        assert!(started.elapsed() < PATIENCE, "nobody gets the value");
    }
}

#[test]
fn the_first_program_gets_it_and_the_second_nothing() {
    in_own_process("the_first_program_gets_it_and_the_second_nothing", Display::start, || {
        let clipboard = SystemClipboard::new();
        let leaving = run(clipboard.put_once(&Secret::new("hunter2 – ü"))).unwrap().unwrap();
        // As often as anybody likes: this gives nothing away.
        for _ in 0..2 {
            let targets = pasted("clipboard", "TARGETS");
            assert!(targets.contains("UTF8_STRING") && targets.contains("x-kde-passwordManagerHint"), "{targets}");
            assert!(!targets.contains("SAVE_TARGETS"), "it offers to be kept: {targets}");
            assert_eq!(pasted("clipboard", "x-kde-passwordManagerHint"), "secret");
        }
        assert_eq!(first_paste(), "hunter2 – ü");
        assert_eq!(pasted("clipboard", "UTF8_STRING"), "");
        assert_eq!(run(leaving), Ok(Left::Pasted(Some("xclip".to_owned()))));
        assert_eq!(pasted("clipboard", "TARGETS"), "", "the clipboard is still taken");
        assert_eq!(run(clipboard.clear_if(&Secret::new("hunter2 – ü"))), Ok(false));
    });
}

#[test]
fn a_program_that_reads_whatever_is_copied_never_gets_it() {
    in_own_process("a_program_that_reads_whatever_is_copied_never_gets_it", Display::start, || {
        let clipboard = SystemClipboard::new();
        let watcher = Program::start();
        let leaving = run(clipboard.put_once(&Secret::new("hunter2"))).unwrap().unwrap();
        assert_eq!(watcher.asks("UTF8_STRING"), None);
        // Later neither, for as long as it is there: that is longer than anybody is too early.
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(1) {
            assert_eq!(watcher.asks("text/plain;charset=utf-8"), None);
        }
        // This test is one process, so the one that pastes must be another.
        assert_eq!(first_paste(), "hunter2");
        assert_eq!(run(leaving), Ok(Left::Pasted(Some("xclip".to_owned()))));
    });
}

#[test]
fn the_keeper_of_selections_never_gets_it() {
    in_own_process("the_keeper_of_selections_never_gets_it", Display::start, || {
        let keeper = Program::start();
        keeper.keeps_selections();
        let clipboard = SystemClipboard::new();
        let leaving = run(clipboard.put_once(&Secret::new("hunter2"))).unwrap().unwrap();
        // It does not ask before everybody may.
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(1) {
            assert!(keeper.asks("TARGETS").is_some());
        }
        assert_eq!(keeper.asks("UTF8_STRING"), None);
        assert_eq!(first_paste(), "hunter2");
        run(leaving).unwrap();
    });
}

#[test]
fn one_program_may_ask_twice_for_one_paste() {
    in_own_process("one_program_may_ask_twice_for_one_paste", Display::start, || {
        let clipboard = SystemClipboard::new();
        let leaving = run(clipboard.put_once(&Secret::new("hunter2"))).unwrap().unwrap();
        let browser = Program::start();
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(1) {
            assert!(browser.asks("TARGETS").is_some());
        }
        assert_eq!(browser.asks("UTF8_STRING").as_deref(), Some("hunter2"));
        assert_eq!(browser.asks("text/plain;charset=utf-8").as_deref(), Some("hunter2"));
        assert_eq!(pasted("clipboard", "UTF8_STRING"), "", "another program came in between");
        assert!(matches!(run(leaving), Ok(Left::Pasted(Some(_)))));
        assert_eq!(browser.asks("UTF8_STRING"), None);
    });
}

#[test]
fn it_is_taken_away_unread_and_what_replaced_it_stays() {
    in_own_process("it_is_taken_away_unread_and_what_replaced_it_stays", Display::start, || {
        let clipboard = SystemClipboard::new();
        let value = Secret::new("hunter2");
        let leaving = run(clipboard.put_once(&value)).unwrap().unwrap();
        assert_eq!(run(clipboard.clear_if(&Secret::new("hunter"))), Ok(false));
        assert!(pasted("clipboard", "TARGETS").contains("UTF8_STRING"));
        assert_eq!(run(clipboard.clear_if(&value)), Ok(true));
        assert_eq!(run(leaving), Ok(Left::Cleared));
        assert_eq!(pasted("clipboard", "TARGETS"), "");

        let leaving = run(clipboard.put_once(&value)).unwrap().unwrap();
        copied("clipboard", "a shopping list");
        assert_eq!(run(leaving), Ok(Left::Replaced));
        assert_eq!(run(clipboard.clear_if(&value)), Ok(false));
        assert_eq!(pasted("clipboard", "UTF8_STRING"), "a shopping list");
    });
}

#[test]
fn to_compare_is_not_to_paste() {
    in_own_process("to_compare_is_not_to_paste", Display::start, || {
        let value = Secret::new("hunter2");
        let held = value.clone();
        // Another process of ours holds it, as `fob copy --once` does.
        let holder = std::thread::spawn(move || hold_once(&held, PATIENCE, || ()));
        while !pasted("clipboard", "TARGETS").contains("UTF8_STRING") {
            assert!(!holder.is_finished(), "the value never appeared");
        }
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(1) {
            assert_eq!(run(SystemClipboard::new().clear_if(&value)), Ok(false));
        }
        assert_eq!(first_paste(), "hunter2");
        assert_eq!(holder.join().unwrap(), Ok(true));
        // For no longer than it may.
        assert_eq!(hold_once(&value, Duration::ZERO, || ()), Ok(true));
        assert_eq!(pasted("clipboard", "TARGETS"), "");
    });
}
