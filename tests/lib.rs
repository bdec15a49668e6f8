//! Shared parts of the journeys: private sessions, real servers, the command, the window driver, a tray host.
//!
//! Everything here is a real part started for one test and ended with it. Nothing knows the product's code: a
//! journey sees what a person or another program would see.

#![expect(
    clippy::missing_errors_doc,
    reason = "every error here is a part of a test that did not work; it says so itself"
)]

#[path = "support/ports.rs"]
pub mod ports;

#[path = "support/process.rs"]
pub mod process;

#[path = "support/session.rs"]
pub mod session;

#[path = "support/system.rs"]
pub mod system;

#[path = "support/polkit.rs"]
pub mod polkit;

#[path = "support/servers.rs"]
pub mod servers;

#[path = "support/fob.rs"]
pub mod fob;

#[path = "support/window.rs"]
pub mod window;

#[path = "support/tray.rs"]
pub mod tray;

#[path = "support/notifications.rs"]
pub mod notifications;

#[path = "support/app_lock.rs"]
pub mod app_lock;

#[path = "support/portal.rs"]
pub mod portal;

#[path = "support/alone.rs"]
pub mod alone;

#[path = "support/network_disk.rs"]
pub mod network_disk;

#[path = "support/leaks.rs"]
pub mod leaks;

#[path = "support/memory.rs"]
pub mod memory;

#[path = "support/tap.rs"]
pub mod tap;

#[path = "support/journey.rs"]
pub mod journey;

#[path = "support/jose.rs"]
pub mod jose;

#[path = "support/jwt_corpus.rs"]
pub mod jwt_corpus;

#[path = "support/strays.rs"]
pub mod strays;

#[path = "support/visit.rs"]
pub mod visit;

#[path = "support/small.rs"]
pub mod small;

#[path = "support/audit.rs"]
pub mod audit;

#[path = "support/assistive.rs"]
pub mod assistive;
