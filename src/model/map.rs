//! A map.

use super::Name;

/// One row of `maps.debug`.
///
/// The kernel's own text has the first three fields, from 6.6 on the fourth as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Map<'a> {
    /// The id that the kernel gave it.
    pub id: u32,
    /// Its name: 15 characters at most.
    pub name: Option<Name<'a>>,
    /// The number of entries that it may hold; for some types, bytes.
    pub max_entries: Option<u32>,
    /// The number of entries now, of the types that count them (6.6).
    pub cur_entries: Option<u64>,
    /// `enum bpf_map_type`.
    pub map_type: Option<u32>,
    /// Bytes of a key.
    pub bytes_key: Option<u32>,
    /// Bytes of a value.
    pub bytes_value: Option<u32>,
    /// The `BPF_F_*` flags that it was made with.
    pub flags: Option<u32>,
    /// Whether user space has given up writing to it.
    pub frozen: Option<bool>,
    /// Bytes of memory charged for it (5.10 only).
    pub bytes_memlock: Option<u64>,
    /// The id of the BTF object that describes its key and value.
    pub btf_id: Option<u32>,
    /// `enum bpf_prog_type` of the programs that a program array is bound to.
    pub owner_prog_type: Option<u32>,
    /// Whether those programs are compiled.
    pub owner_jited: Option<bool>,
    /// The name of the value's type in that BTF object.
    pub value_type: Option<Name<'a>>,
}
