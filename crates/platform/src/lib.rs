//! The five ports on real operating systems.
