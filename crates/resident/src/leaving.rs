//! Whether the person may leave: the page alone knows what was typed into it, so it is asked, and what was typed stays there.
//!
//! One invariant: a page that does not answer holds nobody for longer than a moment. That it shows a question is an answer;
//! what the person says to that comes later, as a command.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::value::to_raw_value;
use tokio::sync::oneshot;

use crate::host::Host;

/// A page that is drawn answers in milliseconds.
const PAGE_ANSWERS_IN: Duration = Duration::from_secs(2);
/// One that has to be opened first takes longer, and is asked only where a token would be lost.
const PAGE_COMES_IN: Duration = Duration::from_secs(20);

/// What the person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wish {
    /// The window away.
    Close,
    /// The program's end.
    Quit,
}

/// What the page is asked.
#[derive(Serialize)]
struct LeavingView {
    wish: Wish,
    /// How many renewed tokens would be lost.
    lost: usize,
}

/// The question that the page has not answered yet.
#[derive(Default)]
pub(crate) struct Leaving(Mutex<Option<(Wish, oneshot::Sender<bool>)>>);

impl Leaving {
    /// A new question takes the place of the one before, unless it is the same: asking again and again must not keep the
    /// person waiting for longer.
    fn ask(&self, wish: Wish) -> Option<oneshot::Receiver<bool>> {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.as_ref().is_some_and(|(before, say)| *before == wish && !say.is_closed()) {
            return None;
        }
        let (say, heard) = oneshot::channel();
        *asked = Some((wish, say));
        Some(heard)
    }

    /// The page says whether it holds the person back with a question of its own.
    pub(crate) fn answered(&self, holds: bool) {
        let asked = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if asked.is_some_and(|(_, say)| say.send(holds).is_err()) {
            tracing::debug!("the page answered too late");
        }
    }
}

/// Asks the page whether nothing stands in the way. A locked one holds nothing, and is told nothing.
pub(crate) async fn may_leave(host: &Host, wish: Wish, lost: usize) -> bool {
    let listens = host.page_hears();
    if host.is_locked() || (!listens && lost == 0) {
        return true;
    }
    let Ok(question) = to_raw_value(&LeavingView { wish, lost }) else { return true };
    let Some(heard) = host.leaving.ask(wish) else { return false };
    if !listens {
        host.shell().show_window();
    }
    host.tell_surely("leaving", question);
    let waits = if listens { PAGE_ANSWERS_IN } else { PAGE_COMES_IN };
    let clock = host.clock();
    let sleep = clock.sleep(waits);
    let holds = tokio::select! {
        // Of an older question nothing follows: the newer one decides.
        holds = heard => holds.unwrap_or(true),
        () = sleep => {
            tracing::warn!("the page does not answer");
            false
        }
    };
    if holds && wish == Wish::Quit {
        host.shell().show_window();
    }
    !holds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_wish_waits_for_the_first_question_and_another_one_takes_its_place() {
        let leaving = Leaving::default();
        let mut close = leaving.ask(Wish::Close).unwrap();
        assert!(leaving.ask(Wish::Close).is_none());
        let mut quit = leaving.ask(Wish::Quit).unwrap();
        assert!(matches!(close.try_recv(), Err(oneshot::error::TryRecvError::Closed)));
        leaving.answered(true);
        assert_eq!(quit.try_recv(), Ok(true));
        // Nobody waits any more: the next one is a question of its own.
        drop(leaving.ask(Wish::Quit).unwrap());
        assert!(leaving.ask(Wish::Quit).is_some());
    }
}
