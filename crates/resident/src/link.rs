//! What the resident part and a window that is a program of its own say to each other.
//!
//! Both hold one end of a socket pair that nobody else can open: it has no name, and no child of the window inherits it.
//! A message is a length of four bytes, then JSON. (Framing by a crate would keep what was read in buffers that are never
//! wiped; a revealed value passes through here.)

use std::io;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use zeroize::Zeroizing;

/// One message, wiped after use.
pub type Frame = Zeroizing<Vec<u8>>;

/// The longest message, in bytes: more than the window's longest answer.
const LONGEST: u32 = 64 * 1024 * 1024;

/// What a window says.
#[derive(Debug, Serialize, Deserialize)]
pub enum Said<'a> {
    /// It asks for something; the answer comes under the same number.
    Ask {
        /// The number, which the window chose.
        number: u64,
        /// One of the commands.
        command: &'a str,
        /// What comes with it: a JSON object.
        #[serde(borrow)]
        arguments: &'a RawValue,
    },
    /// The person closed it: a palette is gone, a window waits for [`Told::End`].
    Closed,
}

/// What a window is told.
#[derive(Debug, Serialize, Deserialize)]
pub enum Told<'a> {
    /// The answer to what it asked.
    Answer {
        /// The number under which it asked.
        number: u64,
        /// Whether it worked.
        done: bool,
        /// The answer, or why there is none.
        #[serde(borrow)]
        body: &'a RawValue,
    },
    /// Something happened.
    Event {
        /// What.
        name: &'a str,
        /// What belongs to it.
        #[serde(borrow)]
        payload: &'a RawValue,
    },
    /// It is to come up.
    Show,
    /// It is to end.
    End,
}

/// Makes a frame of a message.
///
/// # Errors
/// When it can't be written as JSON, which no message of ours is.
pub fn frame(message: &impl Serialize) -> io::Result<Frame> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
    serde_json::to_writer(&mut *bytes, message)?;
    Ok(bytes)
}

/// Reads the next message; none when the other end is gone.
///
/// # Errors
/// When the connection breaks or the length is not one of ours.
pub async fn read(from: &mut OwnedReadHalf) -> io::Result<Option<Frame>> {
    let length = match from.read_u32().await {
        Ok(length) => length,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    };
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a message is too long"));
    }
    let mut bytes = Zeroizing::new(vec![0; length as usize]);
    from.read_exact(&mut bytes).await?;
    Ok(Some(bytes))
}

/// Writes a message.
///
/// # Errors
/// When the other end is gone or the message is too long.
pub async fn write(to: &mut OwnedWriteHalf, frame: &Frame) -> io::Result<()> {
    let length = u32::try_from(frame.len()).unwrap_or(u32::MAX);
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a message is too long"));
    }
    to.write_u32(length).await?;
    to.write_all(frame).await
}
