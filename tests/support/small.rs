//! A web server of a few lines, for issuers that no real server would be.
//!
//! The invariant: it answers only while the journey that needs it runs, so that nothing is left behind.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How long a client may take to ask.
const ASK_WITHIN: Duration = Duration::from_secs(10);
/// How long to look for a guest who should not be there.
const LOOK_FOR: Duration = Duration::from_millis(100);

/// A port with a small web server behind it.
#[derive(Debug)]
pub struct Small {
    listener: TcpListener,
    address: String,
}

impl Small {
    /// Binds a port of 127.0.0.1.
    pub async fn bind() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, address })
    }

    /// Returns `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Runs `work`, and answers with the content type and body that `page` makes of a path and what was posted to it;
    /// where it makes none, with 404.
    pub async fn serve<T>(
        &self,
        page: impl Fn(&str, &str) -> Option<(&'static str, String)>,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let serving = async {
            loop {
                let (stream, _) = self.listener.accept().await?;
                answer(stream, &page).await?;
            }
        };
        tokio::select! {
            outcome = work => outcome,
            failure = serving => failure,
        }
    }

    /// Tells whether anybody has knocked without being served.
    pub async fn was_visited(&self) -> bool {
        tokio::time::timeout(LOOK_FOR, self.listener.accept()).await.is_ok()
    }
}

async fn answer(mut stream: TcpStream, page: &impl Fn(&str, &str) -> Option<(&'static str, String)>) -> Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = tokio::time::timeout(ASK_WITHIN, stream.read_u8()).await.context("nobody asked")?;
        // Who leaves early gets no answer.
        let Ok(byte) = byte else { return Ok(()) };
        head.push(byte);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let posted = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(|length| length.trim().parse()));
    let mut body = vec![0; posted.transpose()?.unwrap_or_default()];
    stream.read_exact(&mut body).await?;
    let answer = page(path, &String::from_utf8_lossy(&body));
    let (status, (kind, body)) = answer.map_or(("404 Not Found", ("text/plain", String::new())), |it| ("200 OK", it));
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    Ok(())
}
