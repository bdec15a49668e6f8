//! Feeds requests to the loopback port to `fobwatch_core::fuzzing`, which says what must hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fobwatch_core::fuzzing::callback(input));
