//! An authorization server that means harm, on loopback.
//!
//! It is a correct server (authorization code with PKCE, rotation, signed ID tokens) that changes exactly one thing:
//! a [`Module`] says which, where, how often, and what a good client does about it. Everything that is asked of the
//! server is recorded, and what no client may ever do is written down as a complaint whatever the module. The one
//! invariant: nothing of a person's is involved. Every token is made up here and good for nothing.

mod answers;
mod authorize;
mod catalogue;
mod clock;
mod crossing;
mod flood;
mod grants;
mod id_token;
mod keys;
mod module;
mod pace;
mod proof;
mod record;
mod rotation;
mod server;
mod tls;
mod token;
mod twisted;
mod verdict;
mod wire;

pub use catalogue::{find, modules};
pub use module::{At, Client, Ends, Module, Place};
pub use record::{Complaint, Record, Seen};
pub use rotation::Rotation;
pub use server::Lab;
pub use verdict::{Verdict, judge};
