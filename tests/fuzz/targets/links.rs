//! Fuzzes a text of links, shown in every format.
#![no_main]

#[path = "../check.rs"]
#[allow(dead_code)]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(what) = check::links(bytes) {
        panic!("{what}");
    }
});
