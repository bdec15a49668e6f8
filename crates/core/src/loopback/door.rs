//! Lets connections in, serves them, and keeps the browser that brought the redirect waiting.
//!
//! Invariant: the genuine redirect gets a seat at once however many others sit there. When all are taken, the one who
//! has said nothing for longest must leave; only a browser that waits for the outcome can't be sent away. Seats are
//! polled by hand rather than spawned, so that they end with the value that owns them.

use std::convert::Infallible;
use std::fmt;
use std::future::{Future, pending};
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, StatusCode};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, Timeout, timeout};

use super::pages::{self, Answer, Ending};
use super::request::{Asked, Place, judge};
use super::{Expected, Limits, Redirect};
use url::Url;

/// How long nobody is let in after the system refused to (it has run out of file handles).
const BREATHER: Duration = Duration::from_millis(50);

/// The listeners and everyone who came in.
pub(super) struct Door {
    listeners: Vec<TcpListener>,
    seats: Vec<Seat>,
    breather: Option<Pin<Box<Timeout<std::future::Pending<()>>>>>,
    pub(super) desk: Arc<Desk>,
}

struct Seat {
    guest: Arc<Guest>,
    serving: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// What is known of one connection.
#[derive(Debug, Default)]
struct Guest {
    /// It has sent something.
    spoke: AtomicBool,
    /// It brought the redirect and waits.
    held: AtomicBool,
    /// It was given a page.
    shown: AtomicBool,
}

impl Door {
    pub(super) fn new(listeners: Vec<TcpListener>, desk: Desk) -> Self {
        Self { listeners, seats: Vec::new(), breather: None, desk: Arc::new(desk) }
    }

    /// Lets everyone make progress; `cx` is woken when there is more to do.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) {
        loop {
            self.poll_seats(cx);
            // One at a time, so that a guest who has already spoken is served before the next may need its seat.
            let Some(stream) = self.poll_accept(cx) else { return };
            self.seat(stream);
        }
    }

    fn poll_seats(&mut self, cx: &mut Context<'_>) {
        let desk = &self.desk;
        self.seats.retain_mut(|seat| {
            let leaves = seat.serving.as_mut().poll(cx).is_ready();
            if leaves && seat.guest.shown.load(Ordering::Relaxed) {
                desk.book().page_shown = true;
            }
            !leaves
        });
    }

    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Option<TcpStream> {
        if let Some(breather) = &mut self.breather {
            if breather.as_mut().poll(cx).is_pending() {
                return None;
            }
            self.breather = None;
        }
        for listener in &self.listeners {
            match listener.poll_accept(cx) {
                Poll::Ready(Ok((stream, _peer))) => return Some(stream),
                Poll::Ready(Err(error)) => {
                    // A connection that was reset before it came in is nobody's fault; anything else would spin.
                    if error.kind() == io::ErrorKind::ConnectionAborted {
                        cx.waker().wake_by_ref();
                    } else {
                        self.seats.retain(|seat| seat.guest.held.load(Ordering::Relaxed));
                        let mut breather = Box::pin(timeout(BREATHER, pending()));
                        // Not ready yet; polled so that it wakes the task.
                        if breather.as_mut().poll(cx).is_pending() {
                            self.breather = Some(breather);
                        }
                    }
                    return None;
                }
                Poll::Pending => {}
            }
        }
        None
    }

    fn seat(&mut self, stream: TcpStream) {
        if self.seats.len() >= self.desk.limits.seats {
            let leaves = |seat: &Seat| !seat.guest.held.load(Ordering::Relaxed);
            let silent = |seat: &Seat| leaves(seat) && !seat.guest.spoke.load(Ordering::Relaxed);
            let seats = &self.seats;
            let Some(index) = seats.iter().position(silent).or_else(|| seats.iter().position(leaves)) else { return };
            self.seats.remove(index);
        }
        let guest = Arc::new(Guest::default());
        let serving = Box::pin(serve(Arc::clone(&self.desk), Arc::clone(&guest), stream));
        self.seats.push(Seat { guest, serving });
    }

    /// Tells whether no browser waits for the outcome or is on its way to the page.
    pub(super) fn is_alone(&self) -> bool {
        let book = self.desk.book();
        book.page_shown || !book.sent_on && !self.seats.iter().any(|seat| seat.guest.held.load(Ordering::Relaxed))
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("seats", &self.seats.len()).finish_non_exhaustive()
    }
}

/// What all connections share: what is expected, what has come, and how it ended.
pub(super) struct Desk {
    place: Place,
    pub(super) limits: Limits,
    book: Mutex<Book>,
    ending: watch::Sender<Option<Ending>>,
}

#[derive(Default)]
struct Book {
    expected: Option<Expected>,
    /// The first genuine redirect. Kept, so that a browser that sends it again is known.
    redirect: Option<Redirect>,
    /// The caller has it.
    taken: bool,
    /// A browser was sent on to a page.
    sent_on: bool,
    /// A page was served to its end.
    page_shown: bool,
}

impl Desk {
    pub(super) fn new(redirect_uri: &Url, limits: Limits) -> Self {
        let (ending, _) = watch::channel(None);
        Self { place: Place::of(redirect_uri), limits, book: Mutex::default(), ending }
    }

    pub(super) fn expect(&self, expected: Expected) {
        self.book().expected = Some(expected);
    }

    /// Returns the genuine redirect, once.
    pub(super) fn take_redirect(&self) -> Option<Redirect> {
        let mut book = self.book();
        if book.taken {
            return None;
        }
        let redirect = book.redirect.clone();
        book.taken = redirect.is_some();
        redirect
    }

    /// Makes `ending` known to the browsers that wait, and serves it from now on.
    pub(super) fn settle(&self, ending: &Ending) {
        self.ending.send_replace(Some(ending.clone()));
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers one request; the genuine one only when the outcome is known or the patience of browsers ends.
    async fn answer(&self, guest: &Guest, head: &http::request::Parts) -> Answer {
        match self.place.read(head) {
            Err(status) => pages::stray(status),
            Ok(Asked::Page(path)) => self.page(guest, path),
            Ok(Asked::Redirect(query)) => match self.admit(query) {
                Err(status) => pages::stray(status),
                Ok(()) => self.hold(guest).await,
            },
        }
    }

    /// Serves the page of the outcome; the neutral one to who was sent there before there was an outcome.
    fn page(&self, guest: &Guest, path: &str) -> Answer {
        let ending = self.ending.borrow().clone();
        let sent_on = self.book().sent_on;
        match ending {
            Some(ending) if ending.path == path => {
                guest.shown.store(true, Ordering::Relaxed);
                ending.serve()
            }
            None if sent_on && Ending::pending().path == path => {
                guest.shown.store(true, Ordering::Relaxed);
                Ending::pending().serve()
            }
            Some(ending) if sent_on && Ending::pending().path == path => ending.redirect(),
            _ => pages::stray(StatusCode::NOT_FOUND),
        }
    }

    /// Accepts the first genuine redirect, and the same again while the outcome is open: somebody pressed reload.
    fn admit(&self, query: &str) -> Result<(), StatusCode> {
        let mut book = self.book();
        let redirect = book.expected.as_ref().and_then(|expected| judge(query, expected));
        let redirect = redirect.ok_or(StatusCode::BAD_REQUEST)?;
        match &book.redirect {
            None => book.redirect = Some(redirect),
            Some(first) if *first == redirect && self.ending.borrow().is_none() => {}
            Some(_) => return Err(StatusCode::GONE),
        }
        Ok(())
    }

    async fn hold(&self, guest: &Guest) -> Answer {
        guest.held.store(true, Ordering::Relaxed);
        let mut outcome = self.ending.subscribe();
        let known = timeout(self.limits.hold, outcome.wait_for(Option::is_some)).await;
        let ending = match known {
            Ok(Ok(ending)) => ending.clone(),
            Ok(Err(_)) | Err(_) => None,
        };
        guest.held.store(false, Ordering::Relaxed);
        self.book().sent_on = true;
        ending.unwrap_or_else(Ending::pending).redirect()
    }
}

/// Serves one request on `stream` and closes it.
async fn serve(desk: Arc<Desk>, guest: Arc<Guest>, stream: TcpStream) {
    let limits = desk.limits;
    let came_at = Instant::now();
    // Not `readable()`: that may be true of a socket with nothing to read.
    match timeout(limits.head_within, stream.peek(&mut [0])).await {
        Ok(Ok(1..)) => guest.spoke.store(true, Ordering::Relaxed),
        Ok(Ok(_) | Err(_)) | Err(_) => return,
    }
    let service = service_fn(|request: Request<hyper::body::Incoming>| {
        // The body is dropped unread: nobody who sends one is answered with anything but an error.
        let (head, _body) = request.into_parts();
        let (desk, guest) = (Arc::clone(&desk), Arc::clone(&guest));
        async move { Ok::<_, Infallible>(desk.answer(&guest, &head).await) }
    });
    let connection = http1::Builder::new()
        .keep_alive(false)
        .max_header_size(limits.head)
        .max_buf_size(limits.head)
        .auto_date_header(false)
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_within.saturating_sub(came_at.elapsed()))
        .serve_connection(TokioIo::new(stream), service);
    // Who does not read the answer must not keep the seat for ever.
    let longest = limits.head_within + limits.hold + limits.farewell;
    // Whether a guest left politely changes nothing.
    drop(timeout(longest, connection).await);
}
