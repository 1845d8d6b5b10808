//! BTF written by hand: an int, one prototype, and as many functions as wanted.
//!
//! The names of a compiler are all well-behaved; these need not be.

use std::io;
use std::os::fd::OwnedFd;

use crate::sys;

const KIND_INT: u32 = 1;
const KIND_VAR: u32 = 14;
const KIND_DATASEC: u32 = 15;
const KIND_FUNC: u32 = 12;
const KIND_FUNC_PROTO: u32 = 13;
const SIGNED: u32 = 1 << 24;
const HEADER: u32 = 24;

/// The types `int` and `int (void)`, to which functions are added.
pub(crate) struct Btf {
    types: Vec<u8>,
    strings: Vec<u8>,
    last_id: u32,
    proto: u32,
}

impl Btf {
    pub(crate) fn new() -> Btf {
        // The first string is the empty one, the name of whatever has none.
        let mut btf = Btf { types: Vec::new(), strings: vec![0], last_id: 0, proto: 0 };
        let int = btf.integer(b"int");
        btf.proto = btf.add(0, KIND_FUNC_PROTO << 24, int);
        btf
    }

    /// Adds an integer of four bytes and gives its type id.
    pub(crate) fn integer(&mut self, name: &[u8]) -> u32 {
        let name = self.string(name);
        let id = self.add(name, KIND_INT << 24, 4);
        self.types.extend((SIGNED | 32).to_ne_bytes());
        id
    }

    /// Adds a function `int name(void)` and gives its type id.
    pub(crate) fn function(&mut self, name: &[u8]) -> u32 {
        let name = self.string(name);
        self.add(name, KIND_FUNC << 24, self.proto)
    }

    /// Adds a section that holds one `int` and gives its type id; a compiler's has a plain name.
    pub(crate) fn section(&mut self, name: &[u8]) -> u32 {
        const INT: u32 = 1;
        const GLOBAL: u32 = 1;
        let variable = self.string(b"x");
        let variable = self.add(variable, KIND_VAR << 24, INT);
        self.types.extend(GLOBAL.to_ne_bytes());
        let name = self.string(name);
        let section = self.add(name, KIND_DATASEC << 24 | 1, 4);
        for word in [variable, 0, 4] {
            self.types.extend(word.to_ne_bytes());
        }
        section
    }

    /// Adds a string and gives its offset.
    pub(crate) fn string(&mut self, string: &[u8]) -> u32 {
        let offset = self.strings.len() as u32;
        self.strings.extend(string);
        self.strings.push(0);
        offset
    }

    fn add(&mut self, name: u32, info: u32, size_or_type: u32) -> u32 {
        for word in [name, info, size_or_type] {
            self.types.extend(word.to_ne_bytes());
        }
        self.last_id += 1;
        self.last_id
    }

    /// Loads it into the kernel.
    pub(crate) fn load(&self) -> io::Result<OwnedFd> {
        let types = self.types.len() as u32;
        let mut blob = Vec::with_capacity(HEADER as usize + self.types.len() + self.strings.len());
        blob.extend(0xeb9f_u16.to_ne_bytes());
        blob.extend([1, 0]);
        for word in [HEADER, 0, types, types, self.strings.len() as u32] {
            blob.extend(word.to_ne_bytes());
        }
        blob.extend(&self.types);
        blob.extend(&self.strings);
        sys::btf_load(&blob)
    }
}
