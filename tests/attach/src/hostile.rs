//! Programs and maps whose names are hard to list.
//!
//! Each is made by hand, so that it has exactly the name that is wanted: the kernel's own name of
//! at most 15 bytes, and a BTF function's name of up to 127 (5.10) or 511 bytes (6.1 and later).

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use libbpf_sys as raw;

use crate::btf::Btf;
use crate::error::{Doing, Result};
use crate::sys::{self, FuncInfo, Insn, LineInfo, RawMap, RawProg};

/// A program or map that is loaded, and its name as the loader gave it.
#[derive(Debug)]
pub struct Named {
    /// The id that the kernel gave it.
    pub id: u32,
    /// The full name: the BTF function's where there is one, else the kernel's; raw bytes.
    pub name: Vec<u8>,
    fd: OwnedFd,
}

impl AsFd for Named {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// One hostile object: what is hostile about it, and the object or why the kernel refused it.
pub type Hostile = (&'static str, Result<Named>);

/// `r0 = 0; exit`
pub(crate) fn return_zero() -> [Insn; 2] {
    [Insn { code: 0xb7, ..Default::default() }, Insn { code: 0x95, ..Default::default() }]
}

/// The kernel's limit of `prog->aux->name` and `map->name`.
const KERNEL_NAME: usize = 15;

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
    program_with(btf_name, &btf_name[..btf_name.len().min(KERNEL_NAME)])
}

/// Loads a program whose BTF function and kernel name are given each.
pub fn program_with(btf_name: &[u8], kernel_name: &[u8]) -> Result<Named> {
    let mut btf = Btf::new();
    let type_id = btf.function(btf_name);
    let btf = btf.load().doing(|| "load BTF")?;
    let func_info = [FuncInfo { insn_off: 0, type_id }];
    load(btf_name, kernel_name, Some(&btf), &func_info, &[])
}

/// Loads a program without BTF.
pub fn program_without_btf(kernel_name: &[u8]) -> Result<Named> {
    load(kernel_name, kernel_name, None, &[], &[])
}

/// Loads a program with line_info and no func_info: it has BTF, and no function in it.
pub fn program_with_lines_only(kernel_name: &[u8]) -> Result<Named> {
    let mut btf = Btf::new();
    btf.function(b"function_of_no_program");
    let file_name_off = btf.string(b"hostile.c");
    let line_off = btf.string(b"return 0;");
    let btf = btf.load().doing(|| "load BTF")?;
    let line_info = [LineInfo { insn_off: 0, file_name_off, line_off, line_col: 1 << 10 | 1 }];
    load(kernel_name, kernel_name, Some(&btf), &[], &line_info)
}

fn load(
    name: &[u8],
    kernel_name: &[u8],
    btf: Option<&OwnedFd>,
    func_info: &[FuncInfo],
    line_info: &[LineInfo],
) -> Result<Named> {
    let fd = sys::prog_load(&RawProg {
        prog_type: raw::BPF_PROG_TYPE_SOCKET_FILTER,
        expected_attach_type: 0,
        name: kernel_name,
        insns: &return_zero(),
        btf: btf.map(AsFd::as_fd),
        func_info,
        line_info,
    })
    .doing(|| "load a program")?;
    let id = sys::prog_info(&fd).doing(|| "ask for a program")?.id;
    Ok(Named { id, name: name.to_vec(), fd })
}

/// A small array of this name.
pub(crate) fn small_array(name: &[u8]) -> RawMap<'_> {
    RawMap {
        map_type: raw::BPF_MAP_TYPE_ARRAY,
        name,
        key_size: 4,
        value_size: 8,
        max_entries: 1,
        flags: 0,
    }
}

/// Creates an array map of this name, of up to 15 bytes.
pub fn map(name: &[u8]) -> Result<Named> {
    create_map(&small_array(name))
}

/// Creates a map of 4,294,967,295 entries, which the kernel's own listing shows as -1.
///
/// A trie allocates nothing in advance. Kernels before 5.11 charge the whole of it to the
/// process beforehand, and refuse.
pub fn map_of_most_entries() -> Result<Named> {
    create_map(&RawMap {
        map_type: raw::BPF_MAP_TYPE_LPM_TRIE,
        key_size: 8,
        max_entries: u32::MAX,
        flags: raw::BPF_F_NO_PREALLOC,
        ..small_array(b"hostile_entries")
    })
}

fn create_map(map: &RawMap<'_>) -> Result<Named> {
    let fd = sys::map_create(map).doing(|| "create a map")?;
    let id = sys::map_info(&fd).doing(|| "ask for a map")?.id;
    Ok(Named { id, name: map.name.to_vec(), fd })
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
