//! Keeps secrets out of core files, and out of memory that is not in use any more.
//!
//! A crash must not write the memory of this process to disk (security: crash dumps). This raises the cost of
//! reading another process of the same person; it defends against none.

use std::alloc::System;

use zeroizing_alloc::ZeroAlloc;

/// Wipes every piece of memory when it is freed, in each program that links this crate. A `Secret` wipes itself; what
/// passes it on (an HTTP client, a bus, a parser, a text that grows) frees copies that nobody else wipes. Memory of C
/// libraries is not reached by it.
#[global_allocator]
static WIPES_WHAT_IS_FREED: ZeroAlloc<System> = ZeroAlloc(System);

/// Forbids core dumps and other programs' attaching to this process, where the system can.
///
/// A refusal is logged and not fatal: a vault that does not start protects nothing.
pub fn no_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
            tracing::warn!(%error, "core dumps could not be forbidden");
        }
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // Also where a pipe in core_pattern would ignore the limit.
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "the process could not be marked as not dumpable");
        }
    }
}
