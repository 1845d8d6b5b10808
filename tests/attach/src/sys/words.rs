//! libbpf's words for the kernel's numbers.

use std::ffi::{CStr, c_char};

use libbpf_sys as raw;

/// A table of libbpf's, which answers with a static string, or NULL for a number it does not know.
type Table = unsafe extern "C" fn(u32) -> *const c_char;

fn word(table: Table, number: u32) -> Option<&'static str> {
    // SAFETY: the tables of libbpf take any number.
    let word = unsafe { table(number).as_ref() }?;
    // SAFETY: what they answer ends with a NUL and is never freed.
    unsafe { CStr::from_ptr(word) }.to_str().ok()
}

/// The word for a program type.
pub fn prog_type(number: u32) -> Option<&'static str> {
    word(raw::libbpf_bpf_prog_type_str, number)
}

/// The word for an attach type.
pub fn attach_type(number: u32) -> Option<&'static str> {
    word(raw::libbpf_bpf_attach_type_str, number)
}

/// The word for a link type.
pub fn link_type(number: u32) -> Option<&'static str> {
    word(raw::libbpf_bpf_link_type_str, number)
}

/// The word for a map type.
pub fn map_type(number: u32) -> Option<&'static str> {
    word(raw::libbpf_bpf_map_type_str, number)
}
