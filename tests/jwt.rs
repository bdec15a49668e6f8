//! `fob jwt`.
