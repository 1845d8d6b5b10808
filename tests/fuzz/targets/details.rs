//! Fuzzes the last column of a link.
#![no_main]

#[path = "../check.rs"]
#[allow(dead_code)]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(what) = check::details(bytes) {
        panic!("{what}");
    }
});
