//! Answers that no correct server writes, as bytes on the connection.
//!
//! Whatever is endless ends when the client closes; nothing here holds more than one piece of it in memory.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::answers::Reply;
use crate::clock::wait;

/// A connection, plain or with TLS.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> Stream for T {}

/// A way of writing an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wire {
    /// Does its work and closes the connection before the answer.
    Lost,
    /// Never answers.
    Hang,
    /// Announces the whole body, writes a part and closes.
    Truncated,
    /// The same, and only the last byte is missing.
    WithoutLast,
    /// Closes in the middle of the status line.
    StatusLine,
    /// Announces 10 GiB and writes them.
    TenGigabytes,
    /// Writes chunks without end.
    Endless,
    /// Writes the first half, and the rest after so long.
    Halves(Duration),
    /// Writes one byte in a second, headers and all.
    Drip,
    /// Writes an informational answer again and again, and never a final one.
    OnlyInformational,
    /// Writes so many of `100 Continue`, then the answer.
    Continues(u32),
    /// Writes headers without end.
    EndlessHeaders,
    /// Writes one header line without end.
    EndlessLine,
    /// Writes these bytes and closes.
    Bytes(Vec<u8>),
    /// Writes the body without a status line or headers (HTTP/0.9).
    Naked,
    /// Writes the answer with these header lines added as they are.
    HeaderLines(&'static str),
}

/// Plays a trick with the answer that was meant; returns when it is played or the client has gone.
pub(crate) async fn play(mut stream: impl Stream, wire: Wire, reply: Reply) {
    // A client that closes is the end of every trick.
    if write(&mut stream, &wire, &reply).await.is_ok() {
        drop(stream.shutdown().await);
    }
}

async fn write(stream: &mut impl Stream, wire: &Wire, reply: &Reply) -> std::io::Result<()> {
    match wire {
        Wire::Lost => Ok(()),
        Wire::Hang => gone(stream).await,
        Wire::Truncated => {
            let bytes = reply.bytes();
            stream.write_all(&bytes[..bytes.len() - reply.body.len() / 2 - 1]).await
        }
        Wire::WithoutLast => {
            let bytes = reply.bytes();
            stream.write_all(&bytes[..bytes.len() - 1]).await
        }
        Wire::StatusLine => stream.write_all(&reply.bytes()[..11]).await,
        Wire::Halves(pause) => {
            let bytes = reply.bytes();
            let (first, rest) = bytes.split_at(bytes.len() - reply.body.len() / 2);
            stream.write_all(first).await?;
            wait(*pause).await;
            stream.write_all(rest).await
        }
        Wire::TenGigabytes => {
            stream.write_all(&[&reply.head()[..], b"Content-Length: 10737418240\r\n\r\n"].concat()).await?;
            again_and_again(stream, &[b' '; 16 * 1024]).await
        }
        Wire::Endless => {
            stream.write_all(&[&reply.head()[..], b"Transfer-Encoding: chunked\r\n\r\n"].concat()).await?;
            again_and_again(stream, &[&b"1000\r\n"[..], &[b' '; 0x1000], b"\r\n"].concat()).await
        }
        Wire::Drip => drip(stream, &reply.bytes()).await,
        Wire::OnlyInformational => again_and_again(stream, b"HTTP/1.1 103 Early Hints\r\n\r\n").await,
        Wire::Continues(times) => {
            for _ in 0..*times / 1000 {
                stream.write_all(&b"HTTP/1.1 100 Continue\r\n\r\n".repeat(1000)).await?;
            }
            stream.write_all(&reply.bytes()).await
        }
        Wire::EndlessHeaders => {
            stream.write_all(&reply.head()).await?;
            again_and_again(stream, &b"X-Lab: lab\r\n".repeat(500)).await
        }
        Wire::EndlessLine => {
            stream.write_all(&[&reply.head()[..], b"X-Lab: "].concat()).await?;
            again_and_again(stream, &[b'x'; 16 * 1024]).await
        }
        Wire::Bytes(bytes) => stream.write_all(bytes).await,
        Wire::Naked => stream.write_all(&reply.body).await,
        Wire::HeaderLines(lines) => {
            let length = format!("Content-Length: {}\r\n\r\n", reply.body.len());
            stream.write_all(&[&reply.head()[..], lines.as_bytes(), length.as_bytes(), &reply.body].concat()).await
        }
    }
}

async fn again_and_again(stream: &mut impl Stream, piece: &[u8]) -> std::io::Result<()> {
    loop {
        stream.write_all(piece).await?;
    }
}

async fn drip(stream: &mut impl Stream, bytes: &[u8]) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        wait(Duration::from_secs(1)).await;
    }
    Ok(())
}

/// Waits until the client closes.
async fn gone(stream: &mut impl Stream) -> std::io::Result<()> {
    let mut rest = [0; 512];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
