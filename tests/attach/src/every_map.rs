//! Maps of every type that a kernel has, of several sizes and flags, with elements in them.

use std::net::UdpSocket;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::{fs, io};

use libbpf_sys as raw;

use crate::btf::Btf;
use crate::error::{Doing, Result};
use crate::handmade::{Named, create, instruction, load, small_array, socket_filter};
use crate::sys::{self, Insn, RawMap, RawProg};

/// `BPF_MAP_TYPE_INSN_ARRAY` and `BPF_MAP_TYPE_RHASH`, newer than this libbpf.
const INSN_ARRAY: u32 = 34;
const RHASH: u32 = 35;

/// What is put into a map.
#[derive(Clone, Copy)]
enum Put {
    /// Nothing, or nothing that the kernel counts.
    Nothing,
    /// So many values, by number.
    Values(u32),
    /// So many prefixes of a trie.
    Prefixes(u32),
    /// So many values of a queue or stack, of which so many are taken out before the last half is put.
    Pushed(u32, u32),
    /// So many sockets of UDP.
    Udp(u32),
    /// So many sockets of AF_XDP.
    Xdp(u32),
    /// So many times the loopback device.
    Devices(u32),
    /// So many maps.
    Maps(u32),
    /// A record of a kernel's ring buffer, by a program.
    Record,
    /// The position of user space's own ring buffer.
    Position(u64),
    /// So many pages of an arena.
    Pages(u32),
}

/// A map to make: what it is, its attributes, and what is put into it.
struct Recipe {
    what: &'static str,
    map_type: u32,
    key_size: u32,
    value_size: u32,
    max_entries: u32,
    flags: u32,
    put: Put,
}

/// A map that was made.
#[derive(Debug)]
pub struct Made {
    /// What it is, for messages.
    pub what: &'static str,
    /// `enum bpf_map_type`.
    pub map_type: u32,
    /// The `BPF_F_*` flags.
    pub flags: u32,
    /// How many entries, or bytes, were put into it, where the kernel may count them.
    pub entries: Option<u64>,
    map: Named,
    _sockets: Vec<OwnedFd>,
}

impl Made {
    /// Its id.
    pub fn id(&self) -> u32 {
        self.map.id
    }
}

/// Bytes of memory of the map with this id, as /proc/PID/fdinfo has them of a descriptor.
pub fn memory_of(id: u32) -> io::Result<u64> {
    let fd = sys::map_by_id(id)?;
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", fd.as_raw_fd()))?;
    let memory = info.lines().find_map(|line| line.strip_prefix("memlock:"));
    memory
        .and_then(|number| number.trim().parse().ok())
        .ok_or_else(|| io::Error::other("fdinfo has no memlock"))
}

/// The recipes, each type of map at least once. `page` is the size of a page.
fn recipes(page: u32) -> Vec<Recipe> {
    use Put::*;
    let recipe = |what, map_type, [key_size, value_size, max_entries, flags]: [u32; 4], put| {
        Recipe { what, map_type, key_size, value_size, max_entries, flags, put }
    };
    const LAZY: u32 = raw::BPF_F_NO_PREALLOC;
    const MAPPED: u32 = raw::BPF_F_MMAPABLE;
    const APART: u32 = raw::BPF_F_NO_COMMON_LRU;
    vec![
        recipe("array", raw::BPF_MAP_TYPE_ARRAY, [4, 5, 3, 0], Nothing),
        recipe("large array", raw::BPF_MAP_TYPE_ARRAY, [4, 100, 1000, 0], Nothing),
        recipe("mapped array", raw::BPF_MAP_TYPE_ARRAY, [4, 12, 1000, MAPPED], Nothing),
        recipe("percpu array", raw::BPF_MAP_TYPE_PERCPU_ARRAY, [4, 12, 33, 0], Nothing),
        recipe("program array", raw::BPF_MAP_TYPE_PROG_ARRAY, [4, 4, 7, 0], Nothing),
        recipe("perf array", raw::BPF_MAP_TYPE_PERF_EVENT_ARRAY, [4, 4, 9, 0], Nothing),
        recipe("cgroup array", raw::BPF_MAP_TYPE_CGROUP_ARRAY, [4, 4, 5, 0], Nothing),
        recipe("array of maps", raw::BPF_MAP_TYPE_ARRAY_OF_MAPS, [4, 4, 6, 0], Nothing),
        recipe("hash", raw::BPF_MAP_TYPE_HASH, [5, 9, 100, 0], Values(91)),
        recipe("empty hash", raw::BPF_MAP_TYPE_HASH, [4, 8, 1, 0], Values(0)),
        recipe("lazy hash", raw::BPF_MAP_TYPE_HASH, [12, 3, 50, LAZY], Values(50)),
        recipe("large lazy hash", raw::BPF_MAP_TYPE_HASH, [4, 8, 5000, LAZY], Values(333)),
        recipe("percpu hash", raw::BPF_MAP_TYPE_PERCPU_HASH, [4, 12, 65, 0], Values(7)),
        recipe("lazy percpu hash", raw::BPF_MAP_TYPE_PERCPU_HASH, [4, 4, 40, LAZY], Values(11)),
        recipe("lru hash", raw::BPF_MAP_TYPE_LRU_HASH, [4, 20, 500, 0], Values(30)),
        recipe("lru apart", raw::BPF_MAP_TYPE_LRU_HASH, [4, 20, 501, APART], Values(3)),
        recipe("lru percpu", raw::BPF_MAP_TYPE_LRU_PERCPU_HASH, [4, 20, 99, 0], Values(4)),
        recipe("lru percpu apart", raw::BPF_MAP_TYPE_LRU_PERCPU_HASH, [4, 8, 99, APART], Values(5)),
        recipe("hash of maps", raw::BPF_MAP_TYPE_HASH_OF_MAPS, [4, 4, 20, 0], Maps(2)),
        recipe("lazy hash of maps", raw::BPF_MAP_TYPE_HASH_OF_MAPS, [4, 4, 20, LAZY], Maps(3)),
        recipe("resizable hash", RHASH, [4, 12, 1000, LAZY], Values(77)),
        recipe("trie", raw::BPF_MAP_TYPE_LPM_TRIE, [8, 5, 1000, LAZY], Prefixes(123)),
        recipe("wide trie", raw::BPF_MAP_TYPE_LPM_TRIE, [20, 8, 10, LAZY], Prefixes(9)),
        recipe("empty trie", raw::BPF_MAP_TYPE_LPM_TRIE, [8, 8, 10, LAZY], Prefixes(0)),
        recipe("queue", raw::BPF_MAP_TYPE_QUEUE, [0, 12, 10, 0], Pushed(4, 0)),
        recipe("wrapped queue", raw::BPF_MAP_TYPE_QUEUE, [0, 4, 6, 0], Pushed(8, 3)),
        recipe("full queue", raw::BPF_MAP_TYPE_QUEUE, [0, 8, 4, 0], Pushed(4, 0)),
        recipe("stack", raw::BPF_MAP_TYPE_STACK, [0, 12, 7, 0], Pushed(6, 2)),
        recipe("empty stack", raw::BPF_MAP_TYPE_STACK, [0, 4, 7, 0], Pushed(0, 0)),
        recipe("stack traces", raw::BPF_MAP_TYPE_STACK_TRACE, [4, 24, 100, 0], Nothing),
        recipe("ring buffer", raw::BPF_MAP_TYPE_RINGBUF, [0, 0, 16 * page, 0], Record),
        recipe("empty ring buffer", raw::BPF_MAP_TYPE_RINGBUF, [0, 0, page, 0], Position(0)),
        recipe("user ring buffer", raw::BPF_MAP_TYPE_USER_RINGBUF, [0, 0, page, 0], Position(128)),
        recipe("bloom filter", raw::BPF_MAP_TYPE_BLOOM_FILTER, [0, 8, 1000, 0], Nothing),
        recipe("small bloom filter", raw::BPF_MAP_TYPE_BLOOM_FILTER, [0, 4, 1, 0], Nothing),
        recipe("devmap", raw::BPF_MAP_TYPE_DEVMAP, [4, 4, 64, 0], Devices(3)),
        recipe("devmap hash", raw::BPF_MAP_TYPE_DEVMAP_HASH, [4, 8, 100, 0], Devices(5)),
        recipe("cpumap", raw::BPF_MAP_TYPE_CPUMAP, [4, 4, 2, 0], Nothing),
        recipe("xskmap", raw::BPF_MAP_TYPE_XSKMAP, [4, 4, 12, 0], Xdp(2)),
        recipe("sockmap", raw::BPF_MAP_TYPE_SOCKMAP, [4, 4, 37, 0], Udp(3)),
        recipe("large sockmap", raw::BPF_MAP_TYPE_SOCKMAP, [4, 8, 5000, 0], Udp(2)),
        recipe("sockhash", raw::BPF_MAP_TYPE_SOCKHASH, [12, 8, 60, 0], Udp(4)),
        recipe("reuseport", raw::BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, [4, 8, 15, 0], Nothing),
        recipe("cgroup storage", raw::BPF_MAP_TYPE_CGROUP_STORAGE, [16, 20, 0, 0], Nothing),
        recipe(
            "percpu cgroup storage",
            raw::BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE,
            [16, 20, 0, 0],
            Nothing,
        ),
        recipe("socket storage", raw::BPF_MAP_TYPE_SK_STORAGE, [4, 4, 0, LAZY], Nothing),
        recipe("inode storage", raw::BPF_MAP_TYPE_INODE_STORAGE, [4, 4, 0, LAZY], Nothing),
        recipe("task storage", raw::BPF_MAP_TYPE_TASK_STORAGE, [4, 4, 0, LAZY], Nothing),
        recipe("cgrp storage", raw::BPF_MAP_TYPE_CGRP_STORAGE, [4, 4, 0, LAZY], Nothing),
        recipe("arena", raw::BPF_MAP_TYPE_ARENA, [0, 0, 10, MAPPED], Pages(3)),
        recipe("instruction array", INSN_ARRAY, [4, 16, 10, 0], Nothing),
    ]
}

/// Makes a map of every type, in several ways; the kernel's refusals are part of the answer.
pub fn make() -> Vec<(&'static str, Result<Made>)> {
    let _ = sys::allow_locked_memory();
    recipes(sys::page_size()).into_iter().map(|recipe| (recipe.what, recipe.make())).collect()
}

impl Recipe {
    fn make(&self) -> Result<Made> {
        let mut map = RawMap {
            map_type: self.map_type,
            key_size: self.key_size,
            value_size: self.value_size,
            max_entries: self.max_entries,
            flags: self.flags,
            ..small_array(b"every_type")
        };
        let inner = create(&small_array(b"every_inner"))?;
        let mut btf = Btf::new();
        let (key, value) = (btf.integer(b"key"), btf.integer(b"value"));
        let btf = btf.load().doing(|| "load BTF")?;
        match self.map_type {
            raw::BPF_MAP_TYPE_ARRAY_OF_MAPS | raw::BPF_MAP_TYPE_HASH_OF_MAPS => {
                map.inner = Some(inner.as_fd());
            }
            raw::BPF_MAP_TYPE_SK_STORAGE
            | raw::BPF_MAP_TYPE_INODE_STORAGE
            | raw::BPF_MAP_TYPE_TASK_STORAGE
            | raw::BPF_MAP_TYPE_CGRP_STORAGE => {
                (map.value_type, map.key_type) = (Some((btf.as_fd(), value)), key);
            }
            _ => {}
        }
        let map = create(&map)?;
        let mut sockets = Vec::new();
        let entries = self
            .fill(map.as_fd(), inner.as_fd(), &mut sockets)
            .doing(|| format!("put into a map ({})", self.what))?;
        let (what, map_type, flags) = (self.what, self.map_type, self.flags);
        Ok(Made { what, map_type, flags, entries, map, _sockets: sockets })
    }

    /// Puts into it what the recipe says; returns how much that is.
    fn fill(
        &self,
        map: BorrowedFd<'_>,
        inner: BorrowedFd<'_>,
        sockets: &mut Vec<OwnedFd>,
    ) -> io::Result<Option<u64>> {
        let cpus = libbpf_rs::num_possible_cpus().map_or(1, |cpus| cpus.max(1));
        let words = |number: u32, len: usize| {
            let mut bytes = number.to_ne_bytes().to_vec();
            bytes.resize(len.max(4), 0);
            bytes
        };
        let key = |number: u32| words(number, self.key_size as usize);
        let value = |number: u32| words(number, self.value_size as usize);
        let number = match self.put {
            Put::Nothing => return Ok(None),
            Put::Values(count) => {
                // One value a CPU, each of a multiple of eight bytes.
                let room = vec![0; (self.value_size as usize).next_multiple_of(8) * cpus];
                for i in 0..count {
                    sys::map_put(map, Some(&key(i)), &room)?;
                }
                count.into()
            }
            Put::Prefixes(count) => {
                for i in 0..count {
                    let mut key = key(self.key_size * 8 - 32);
                    key[4..8].copy_from_slice(&(i.wrapping_mul(2_654_435_761)).to_be_bytes());
                    sys::map_put(map, Some(&key), &value(0))?;
                }
                count.into()
            }
            Put::Pushed(count, popped) => {
                for i in 0..count {
                    if i == count / 2 {
                        (0..popped).try_for_each(|_| sys::map_pop(map, value(0).len()))?;
                    }
                    sys::map_put(map, None, &value(i))?;
                }
                (count - popped).into()
            }
            Put::Udp(count) => {
                for i in 0..count {
                    let socket = OwnedFd::from(UdpSocket::bind("0.0.0.0:0")?);
                    sys::map_put(map, Some(&key(i * 9)), &value(socket.as_raw_fd() as u32))?;
                    sockets.push(socket);
                }
                count.into()
            }
            Put::Xdp(count) => {
                for i in 0..count {
                    let socket = sys::socket(libc::AF_XDP, libc::SOCK_RAW)?;
                    sys::map_put(map, Some(&key(i * 3)), &value(socket.as_raw_fd() as u32))?;
                    sockets.push(socket);
                }
                count.into()
            }
            Put::Devices(count) => {
                for i in 0..count {
                    sys::map_put(map, Some(&key(i)), &value(1))?;
                }
                count.into()
            }
            Put::Maps(count) => {
                for i in 0..count {
                    sys::map_put(map, Some(&key(i)), &value(inner.as_raw_fd() as u32))?;
                }
                count.into()
            }
            Put::Record => write_record(map)?,
            Put::Position(position) => {
                if position > 0 {
                    // Behind the page of the consumer.
                    sys::write_to_pages(map, 1, &[position])?;
                }
                position
            }
            Put::Pages(count) => {
                sys::write_to_pages(map, 0, &vec![1; count as usize])?;
                count.into()
            }
        };
        Ok(Some(number))
    }
}

/// Has a program write eight bytes into a ring buffer; with the header of a record they are sixteen.
fn write_record(map: BorrowedFd<'_>) -> io::Result<u64> {
    let insn = |code, dst: u8, src: u8, off, imm| {
        let mut insn = Insn { off, imm, ..instruction(code) };
        insn.set_dst_reg(dst);
        insn.set_src_reg(src);
        insn
    };
    const RINGBUF_OUTPUT: i32 = 130;
    let insns = [
        insn(0x7a, 10, 0, -8, 7),             // *(u64 *)(r10 - 8) = 7
        insn(0x18, 1, 1, 0, map.as_raw_fd()), // r1 = the map
        insn(0, 0, 0, 0, 0),
        insn(0xbf, 2, 10, 0, 0), // r2 = r10
        insn(0x07, 2, 0, 0, -8), // r2 += -8
        insn(0xb7, 3, 0, 0, 8),  // r3 = 8
        insn(0xb7, 4, 0, 0, 0),  // r4 = 0
        insn(0x85, 0, 0, 0, RINGBUF_OUTPUT),
        insn(0xb7, 0, 0, 0, 0),
        instruction(0x95),
    ];
    let prog = RawProg { insns: &insns, ..socket_filter(b"every_record") };
    let prog = load(b"every_record", &prog).map_err(io::Error::other)?;
    sys::prog_run(&prog, 1)?;
    Ok(16)
}
