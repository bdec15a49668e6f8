//! Slots on a keychain in memory.
