//! HTTP/2 answers that never end (security.md: T14, HC20): frames written by hand, since no library writes them.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// What is sent without end (RFC 9113 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flood {
    /// Empty DATA frames behind a good start.
    Data,
    /// CONTINUATION frames, so that the headers never end.
    Continuation,
    /// PING frames, each of which asks for an answer.
    Ping,
    /// SETTINGS frames, each of which asks for an answer.
    Settings,
}

const PREFACE: usize = 24;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;
/// `:status: 200` in the static table of RFC 7541.
const STATUS_200: &[u8] = &[0x88];

/// Waits for the request and answers it so, until the client goes away.
pub(crate) async fn flood(stream: impl AsyncRead + AsyncWrite, what: Flood) -> io::Result<()> {
    let (mut from, mut to) = tokio::io::split(stream);
    from.read_exact(&mut [0; PREFACE]).await?;
    to.write_all(&frame(SETTINGS, 0, 0, &[])).await?;
    let asked = request(&mut from).await?;
    let writing = async {
        let (start, again) = pieces(what, asked);
        to.write_all(&start).await?;
        let again = again.repeat(200);
        loop {
            to.write_all(&again).await?;
        }
    };
    // What the client answers is read all the while, or it would stop reading too.
    let mut nowhere = tokio::io::sink();
    tokio::select! {
        ended = writing => ended,
        ended = tokio::io::copy(&mut from, &mut nowhere) => ended.map(drop),
    }
}

/// The frames that come first, and the one that comes for ever.
fn pieces(what: Flood, stream: u32) -> (Vec<u8>, Vec<u8>) {
    let headers = |flags| frame(HEADERS, flags, stream, STATUS_200);
    match what {
        Flood::Data => (headers(END_HEADERS), frame(DATA, 0, stream, &[])),
        // A literal header without indexing: x: y.
        Flood::Continuation => (headers(0), frame(CONTINUATION, 0, stream, &[0, 1, b'x', 1, b'y'])),
        Flood::Ping => (Vec::new(), frame(PING, 0, 0, &[0; 8])),
        Flood::Settings => (Vec::new(), frame(SETTINGS, 0, 0, &[])),
    }
}

/// Reads frames up to the HEADERS of a request, and returns its stream.
async fn request(from: &mut (impl AsyncRead + Unpin)) -> io::Result<u32> {
    loop {
        let mut head = [0; 9];
        from.read_exact(&mut head).await?;
        let [a, b, c, kind, _, stream @ ..] = head;
        let length = u32::from_be_bytes([0, a, b, c]);
        tokio::io::copy(&mut (&mut *from).take(u64::from(length)), &mut tokio::io::sink()).await?;
        if kind == HEADERS {
            return Ok(u32::from_be_bytes(stream));
        }
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = u32::try_from(payload.len()).unwrap_or(0).to_be_bytes();
    [&length[..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}
