//! The command `fob`.
fn main() {}
