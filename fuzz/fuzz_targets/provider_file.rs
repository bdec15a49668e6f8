//! Feeds provider files to `fobwatch_core::fuzzing`, which says what must hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fobwatch_core::fuzzing::provider_file(input));
