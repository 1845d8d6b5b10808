//! Programs and maps whose names are hard to list.
//!
//! Each is made by hand, so that it has exactly the name that is wanted: the kernel's own name of
//! at most 15 bytes, and a BTF function's name of up to 127 (5.10) or 511 bytes (6.1 and later).

use std::os::fd::AsFd;

use libbpf_sys as raw;

use crate::btf::Btf;
use crate::error::{Doing, Result};
pub use crate::handmade::Named;
use crate::handmade::{
    KERNEL_NAME, create, kernel_name, load, load_with_btf, small_array, socket_filter,
};
use crate::sys::{self, LineInfo, RawMap, RawProg};

/// One hostile object: what is hostile about it, and the object or why the kernel refused it.
pub type Hostile = (&'static str, Result<Named>);

/// Every byte that the kernel counts as a letter beyond ASCII: its table is Latin-1.
///
/// 0xD7 and 0xF7 are the signs of multiplication and division.
pub fn latin1_letters() -> Vec<u8> {
    (0xc0..=0xff).filter(|byte| ![0xd7, 0xf7].contains(byte)).collect()
}

/// A name of exactly `len` bytes that ends with its own length, so that a cut one shows.
pub fn name_of_length(len: usize) -> Vec<u8> {
    let end = format!("_{len}");
    let mut name = b"hostile_name_".repeat(len / 13 + 1);
    name.truncate(len.saturating_sub(end.len()));
    name.extend(end.bytes());
    name
}

/// Loads a program whose BTF function has this name; the kernel's own name is cut from it.
pub fn program(btf_name: &[u8]) -> Result<Named> {
    program_with(btf_name, kernel_name(btf_name))
}

/// Loads a program whose BTF function and kernel name are given each.
pub fn program_with(btf_name: &[u8], kernel_name: &[u8]) -> Result<Named> {
    load_with_btf(btf_name, kernel_name, raw::BPF_PROG_TYPE_SOCKET_FILTER, 0)
}

/// Loads a program without BTF.
pub fn program_without_btf(kernel_name: &[u8]) -> Result<Named> {
    load(kernel_name, &socket_filter(kernel_name))
}

/// Loads a program with line_info and no func_info: it has BTF, and no function in it.
pub fn program_with_lines_only(kernel_name: &[u8]) -> Result<Named> {
    let mut btf = Btf::new();
    btf.function(b"function_of_no_program");
    let file_name_off = btf.string(b"hostile.c");
    let line_off = btf.string(b"return 0;");
    let btf = btf.load().doing(|| "load BTF")?;
    let line_info = [LineInfo { insn_off: 0, file_name_off, line_off, line_col: 1 << 10 | 1 }];
    let prog =
        RawProg { btf: Some(btf.as_fd()), line_info: &line_info, ..socket_filter(kernel_name) };
    load(kernel_name, &prog)
}

/// Creates an array map of this name, of up to 15 bytes.
pub fn map(name: &[u8]) -> Result<Named> {
    create(&small_array(name))
}

/// Creates an array whose values are integers of a type of this name, which no kernel checks.
pub fn map_of_integer(name: &[u8]) -> Result<Named> {
    let mut btf = Btf::new();
    let (key_type, integer) = (btf.integer(b"key"), btf.integer(name));
    let btf = btf.load().doing(|| "load BTF")?;
    let map = small_array(b"hostile_integer");
    create(&RawMap { value_size: 4, value_type: Some((btf.as_fd(), integer)), key_type, ..map })
}

/// Creates an array whose values are a data section of this name.
///
/// A kernel before 6.6 takes the names of sections only that a compiler would give.
pub fn map_of_section(name: &[u8]) -> Result<Named> {
    let mut btf = Btf::new();
    let section = btf.section(name);
    let btf = btf.load().doing(|| "load BTF")?;
    let map = small_array(b"hostile_section");
    create(&RawMap { value_size: 4, value_type: Some((btf.as_fd(), section)), ..map })
}

/// Creates a map of 4,294,967,295 entries, which the kernel's own listing shows as -1.
///
/// A trie allocates nothing in advance. Kernels before 5.11 charge the whole of it to the
/// process beforehand, and refuse.
pub fn map_of_most_entries() -> Result<Named> {
    create(&RawMap {
        map_type: raw::BPF_MAP_TYPE_LPM_TRIE,
        key_size: 8,
        max_entries: u32::MAX,
        flags: raw::BPF_F_NO_PREALLOC,
        ..small_array(b"hostile_entries")
    })
}

/// Loads every hostile program; the kernel's refusals are part of the answer.
pub fn programs() -> Vec<Hostile> {
    let _ = sys::allow_locked_memory();
    let latin1 = latin1_letters();
    vec![
        ("15 bytes", program(&name_of_length(15))),
        ("16 bytes", program(&name_of_length(16))),
        ("127 bytes", program(&name_of_length(127))),
        ("511 bytes", program(&name_of_length(511))),
        ("empty name, no BTF", program_without_btf(b"")),
        ("no BTF", program_without_btf(b"hostile_no_btf")),
        ("empty kernel name", program_with(b"hostile_name_in_btf_only", b"")),
        ("two names", program_with(b"hostile_name_in_btf", b"other_in_kernel")),
        ("Latin-1", program(&latin1)),
        ("Latin-1, no BTF", program_without_btf(&latin1[..KERNEL_NAME])),
        ("dots, no BTF", program_without_btf(b"a.b._c..")),
        ("line_info only", program_with_lines_only(b"hostile_lines")),
        ("line_info only, empty name", program_with_lines_only(b"")),
    ]
}

/// Creates every hostile map; the kernel's refusals are part of the answer.
pub fn maps() -> Vec<Hostile> {
    let _ = sys::allow_locked_memory();
    vec![
        ("15 bytes", map(&name_of_length(15))),
        ("empty name", map(b"")),
        ("Latin-1", map(&latin1_letters()[..KERNEL_NAME])),
        ("dots", map(b"a.b._c..")),
        ("most entries", map_of_most_entries()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_length_it_ends_with() {
        for len in [15, 16, 127, 511] {
            let name = name_of_length(len);
            assert_eq!(name.len(), len);
            assert!(name.ends_with(format!("_{len}").as_bytes()));
        }
    }

    #[test]
    fn the_latin_1_letters_are_62_and_neither_sign() {
        let letters = latin1_letters();
        assert_eq!(letters.len(), 62);
        assert!(!letters.contains(&0xd7) && !letters.contains(&0xf7));
    }
}
