//! Programs and maps made without a compiler, with exactly the names that are wanted.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use libbpf_sys as raw;

use crate::btf::Btf;
use crate::error::{Doing, Result};
use crate::expect::Expect;
use crate::sys::{self, FuncInfo, Insn, RawMap, RawProg};

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

/// The kernel's limit of `prog->aux->name` and `map->name`.
pub(crate) const KERNEL_NAME: usize = 15;

/// The part of a name that the kernel keeps beside BTF.
pub(crate) fn kernel_name(name: &[u8]) -> &[u8] {
    &name[..name.len().min(KERNEL_NAME)]
}

/// `r0 = 0; exit`
static RETURN_ZERO: [Insn; 2] = [instruction(0xb7), instruction(0x95)];

/// An instruction whose registers, offset and immediate value are all 0.
pub(crate) const fn instruction(code: u8) -> Insn {
    Insn {
        code,
        _bitfield_align_1: [],
        _bitfield_1: raw::__BindgenBitfieldUnit::new([0]),
        off: 0,
        imm: 0,
    }
}

/// A socket filter of this kernel name, without BTF, to be changed as wanted.
pub(crate) fn socket_filter(name: &[u8]) -> RawProg<'_> {
    RawProg {
        prog_type: raw::BPF_PROG_TYPE_SOCKET_FILTER,
        expected_attach_type: 0,
        name,
        insns: &RETURN_ZERO,
        btf: None,
        func_info: &[],
        line_info: &[],
    }
}

/// Loads a program whose full name is `name`.
pub(crate) fn load(name: &[u8], prog: &RawProg<'_>) -> Result<Named> {
    let fd = sys::prog_load(prog).doing(|| "load a program")?;
    let id = sys::prog_info(&fd).doing(|| "ask for a program")?.id;
    Ok(Named { id, name: name.to_vec(), fd })
}

/// Loads a program that returns 0, with a BTF function of this name.
pub(crate) fn load_with_btf(
    btf_name: &[u8],
    kernel_name: &[u8],
    prog_type: u32,
    expected_attach_type: u32,
) -> Result<Named> {
    let mut btf = Btf::new();
    let type_id = btf.function(btf_name);
    let btf = btf.load().doing(|| "load BTF")?;
    let prog = RawProg {
        prog_type,
        expected_attach_type,
        btf: Some(btf.as_fd()),
        func_info: &[FuncInfo { insn_off: 0, type_id }],
        ..socket_filter(kernel_name)
    };
    load(btf_name, &prog)
}

/// A small array of this kernel name.
pub(crate) fn small_array(name: &[u8]) -> RawMap<'_> {
    RawMap {
        map_type: raw::BPF_MAP_TYPE_ARRAY,
        name,
        key_size: 4,
        value_size: 8,
        max_entries: 1,
        flags: 0,
        value_type: None,
        key_type: 0,
        inner: None,
    }
}

/// Creates a map.
pub(crate) fn create(map: &RawMap<'_>) -> Result<Named> {
    let fd = sys::map_create(map).doing(|| "create a map")?;
    let id = sys::map_info(&fd).doing(|| "ask for a map")?.id;
    Ok(Named { id, name: map.name.to_vec(), fd })
}

impl Named {
    /// What is known about this program, the target aside.
    pub(crate) fn expect(&self, kind: &'static str) -> Result<Expect> {
        let info = sys::prog_info(self).doing(|| "ask for a program")?;
        let name = String::from_utf8_lossy(&self.name).into_owned();
        Ok(Expect::new(kind, name, info, Vec::new()))
    }
}
