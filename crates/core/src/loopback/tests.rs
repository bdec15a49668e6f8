//! The listener as a stranger sees it: raw sockets, while a sign-in waits.
