//! Fuzzes a text of descriptors, shown with a program and as a tree.
#![no_main]

#[path = "../check.rs"]
#[allow(dead_code)]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(what) = check::holders(bytes) {
        panic!("{what}");
    }
});
