//! Fuzzes parsers of files of the system.
#![no_main]

#[path = "../check.rs"]
#[allow(dead_code)]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(what) = check::system(bytes) {
        panic!("{what}");
    }
});
