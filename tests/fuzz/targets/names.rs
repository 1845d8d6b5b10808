//! Fuzzes names, as terminals and JSON get them.
#![no_main]

#[path = "../check.rs"]
#[allow(dead_code)]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(what) = check::names(bytes) {
        panic!("{what}");
    }
});
