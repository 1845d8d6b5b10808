//! bpf(2) by libbpf's own low-level functions.

use std::ffi::{CStr, CString, c_char};
use std::io;
use std::mem;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::ptr;

use libbpf_sys as raw;

use super::{done_or_negative_errno, owned_or_negative_errno};

/// Which function begins at which instruction.
pub(crate) use raw::bpf_func_info as FuncInfo;
/// One BPF instruction, as bpf(2) takes it.
pub(crate) use raw::bpf_insn as Insn;
/// Which line of source an instruction stems from.
pub(crate) use raw::bpf_line_info as LineInfo;

/// What bpf(2) says about a program.
pub(crate) struct ProgInfo {
    pub(crate) id: u32,
    pub(crate) prog_type: u32,
    pub(crate) tag: String,
    pub(crate) map_ids: Vec<u32>,
}

/// What bpf(2) says about a map.
pub(crate) struct MapInfo {
    pub(crate) id: u32,
    pub(crate) name: Vec<u8>,
}

/// A program that is loaded without an object file.
pub(crate) struct RawProg<'a> {
    pub(crate) prog_type: u32,
    pub(crate) expected_attach_type: u32,
    /// Up to 15 bytes; the kernel keeps no more.
    pub(crate) name: &'a [u8],
    pub(crate) insns: &'a [Insn],
    pub(crate) btf: Option<BorrowedFd<'a>>,
    pub(crate) func_info: &'a [FuncInfo],
    pub(crate) line_info: &'a [LineInfo],
}

/// A map that is created without an object file.
#[derive(Clone, Copy)]
pub(crate) struct RawMap<'a> {
    pub(crate) map_type: u32,
    /// Up to 15 bytes; the kernel keeps no more.
    pub(crate) name: &'a [u8],
    pub(crate) key_size: u32,
    pub(crate) value_size: u32,
    pub(crate) max_entries: u32,
    pub(crate) flags: u32,
    /// The BTF and in it the type of the values.
    pub(crate) value_type: Option<(BorrowedFd<'a>, u32)>,
    /// In the same BTF the type of the keys; 0 for none, as a data section has.
    pub(crate) key_type: u32,
    /// A map as those are that a map of maps holds.
    pub(crate) inner: Option<BorrowedFd<'a>>,
}

/// What a link needs beside program, target and attach type.
pub(crate) enum LinkExtra<'a> {
    /// Nothing more.
    Nothing,
    /// The BTF id of the function in the target program.
    TargetBtfId(u32),
    /// A cookie for a tracing program.
    TracingCookie(u64),
    /// The kernel functions of a kprobe_multi link, whether it is for their returns, and either
    /// no cookies or as many as functions.
    KprobeMulti { symbols: &'a [String], returns: bool, cookies: &'a [u64] },
}

fn c_string(bytes: &[u8]) -> io::Result<CString> {
    CString::new(bytes).map_err(|err| io::Error::new(io::ErrorKind::InvalidInput, err))
}

fn bytes_until_nul(name: &[c_char]) -> Vec<u8> {
    name.iter().take_while(|&&byte| byte != 0).map(|&byte| byte as u8).collect()
}

/// Loads a program.
pub(crate) fn prog_load(prog: &RawProg<'_>) -> io::Result<OwnedFd> {
    let name = c_string(prog.name)?;
    let mut opts = raw::bpf_prog_load_opts {
        sz: mem::size_of::<raw::bpf_prog_load_opts>() as u64,
        expected_attach_type: prog.expected_attach_type,
        prog_btf_fd: prog.btf.map_or(0, |fd| fd.as_raw_fd() as u32),
        ..Default::default()
    };
    if !prog.func_info.is_empty() {
        opts.func_info = prog.func_info.as_ptr().cast();
        opts.func_info_cnt = prog.func_info.len() as u32;
        opts.func_info_rec_size = mem::size_of::<FuncInfo>() as u32;
    }
    if !prog.line_info.is_empty() {
        opts.line_info = prog.line_info.as_ptr().cast();
        opts.line_info_cnt = prog.line_info.len() as u32;
        opts.line_info_rec_size = mem::size_of::<LineInfo>() as u32;
    }
    // SAFETY: every pointer leads to memory that `prog` or this frame keeps alive over the call.
    owned_or_negative_errno(unsafe {
        raw::bpf_prog_load(
            prog.prog_type,
            name.as_ptr(),
            c"Dual BSD/GPL".as_ptr(),
            prog.insns.as_ptr(),
            prog.insns.len() as u64,
            &mut opts,
        )
    })
}

/// Loads a BTF blob.
pub(crate) fn btf_load(blob: &[u8]) -> io::Result<OwnedFd> {
    // SAFETY: the pointer and the length describe `blob`, and no options are given.
    owned_or_negative_errno(unsafe {
        raw::bpf_btf_load(blob.as_ptr().cast(), blob.len() as u64, ptr::null_mut())
    })
}

/// Creates a map.
pub(crate) fn map_create(map: &RawMap<'_>) -> io::Result<OwnedFd> {
    let name = c_string(map.name)?;
    let mut opts = raw::bpf_map_create_opts {
        sz: mem::size_of::<raw::bpf_map_create_opts>() as u64,
        map_flags: map.flags,
        ..Default::default()
    };
    if let Some((btf, type_id)) = map.value_type {
        opts.btf_fd = btf.as_raw_fd() as u32;
        opts.btf_value_type_id = type_id;
        opts.btf_key_type_id = map.key_type;
    }
    if let Some(inner) = map.inner {
        opts.inner_map_fd = inner.as_raw_fd() as u32;
    }
    // SAFETY: name and options live until the call returns.
    owned_or_negative_errno(unsafe {
        raw::bpf_map_create(
            map.map_type,
            name.as_ptr(),
            map.key_size,
            map.value_size,
            map.max_entries,
            &opts,
        )
    })
}

/// Puts a program into a program array, where it stays alive without a descriptor.
pub(crate) fn map_hold(map: BorrowedFd<'_>, key: u32, held: BorrowedFd<'_>) -> io::Result<()> {
    let value = held.as_raw_fd();
    // SAFETY: a program array has keys and values of 4 bytes, which is what these have.
    done_or_negative_errno(unsafe {
        raw::bpf_map_update_elem(
            map.as_raw_fd(),
            ptr::from_ref(&key).cast(),
            ptr::from_ref(&value).cast(),
            0,
        )
    })
}

/// Puts an element into a map; a queue or stack takes no key. Both are as long as the map has it.
pub(crate) fn map_put(map: BorrowedFd<'_>, key: Option<&[u8]>, value: &[u8]) -> io::Result<()> {
    let key = key.map_or(ptr::null(), <[u8]>::as_ptr);
    // SAFETY: the caller gives as many bytes as keys and values of the map have.
    done_or_negative_errno(unsafe {
        raw::bpf_map_update_elem(map.as_raw_fd(), key.cast(), value.as_ptr().cast(), 0)
    })
}

/// Takes an element of so many bytes out of a queue or stack.
pub(crate) fn map_pop(map: BorrowedFd<'_>, bytes: usize) -> io::Result<()> {
    let mut value = vec![0u8; bytes];
    // SAFETY: the value has as many bytes as those of the map, and a queue or stack has no key.
    done_or_negative_errno(unsafe {
        raw::bpf_map_lookup_and_delete_elem(map.as_raw_fd(), ptr::null(), value.as_mut_ptr().cast())
    })
}

/// Creates a link. `target` is what the attach type asks for: a descriptor, an ifindex or 0.
pub(crate) fn link_create(
    prog: BorrowedFd<'_>,
    target: i32,
    attach_type: u32,
    extra: LinkExtra<'_>,
) -> io::Result<OwnedFd> {
    let mut opts = raw::bpf_link_create_opts {
        sz: mem::size_of::<raw::bpf_link_create_opts>() as u64,
        ..Default::default()
    };
    // These two must live until the call: the kernel follows pointers into them.
    let names: Vec<CString>;
    let mut name_pointers: Vec<*const c_char>;
    match extra {
        LinkExtra::Nothing => {}
        LinkExtra::TargetBtfId(id) => opts.target_btf_id = id,
        LinkExtra::TracingCookie(cookie) => opts.__bindgen_anon_1.tracing.cookie = cookie,
        LinkExtra::KprobeMulti { symbols, returns, cookies } => {
            names =
                symbols.iter().map(|name| c_string(name.as_bytes())).collect::<Result<_, _>>()?;
            name_pointers = names.iter().map(|name| name.as_ptr()).collect();
            let multi = raw::bpf_link_create_opts__bindgen_ty_1__bindgen_ty_2 {
                flags: u32::from(returns),
                cnt: symbols.len() as u32,
                syms: name_pointers.as_mut_ptr(),
                addrs: ptr::null(),
                cookies: if cookies.is_empty() { ptr::null() } else { cookies.as_ptr() },
            };
            opts.__bindgen_anon_1.kprobe_multi = multi;
        }
    }
    // SAFETY: `opts` is initialized as a whole, and what it points to outlives the call.
    owned_or_negative_errno(unsafe {
        raw::bpf_link_create(prog.as_raw_fd(), target, attach_type, &opts)
    })
}

/// `BPF_TRACE_FENTRY_MULTI`, newer than this libbpf.
pub(crate) const BPF_TRACE_FENTRY_MULTI: u32 = 59;

/// Attaches a program to many kernel functions by their BTF ids (a tracing_multi link).
///
/// libbpf refuses attach types that it does not know, so this calls bpf(2) itself.
pub(crate) fn tracing_multi_link(
    prog: BorrowedFd<'_>,
    btf_ids: &[u32],
    cookies: &[u64],
) -> io::Result<OwnedFd> {
    /// `struct link_create` of `union bpf_attr`, with its member `tracing_multi`.
    #[repr(C)]
    struct LinkCreate {
        prog_fd: u32,
        target_fd: u32,
        attach_type: u32,
        flags: u32,
        ids: u64,
        cookies: u64,
        count: u32,
        padding: u32,
    }
    const BPF_LINK_CREATE: i32 = 28;
    let attr = LinkCreate {
        prog_fd: prog.as_raw_fd() as u32,
        target_fd: 0,
        attach_type: BPF_TRACE_FENTRY_MULTI,
        flags: 0,
        ids: btf_ids.as_ptr() as u64,
        cookies: if cookies.is_empty() { 0 } else { cookies.as_ptr() as u64 },
        count: btf_ids.len() as u32,
        padding: 0,
    };
    // SAFETY: the size of `attr` is given, and it points to `count` ids and as many cookies.
    super::owned(unsafe {
        libc::syscall(libc::SYS_bpf, BPF_LINK_CREATE, ptr::from_ref(&attr), mem::size_of_val(&attr))
    } as i32)
}

/// Attaches a program to a raw tracepoint.
pub(crate) fn raw_tracepoint_open(prog: BorrowedFd<'_>, tracepoint: &CStr) -> io::Result<OwnedFd> {
    // SAFETY: the name ends with a NUL and lives until the call returns.
    owned_or_negative_errno(unsafe {
        raw::bpf_raw_tracepoint_open(tracepoint.as_ptr(), prog.as_raw_fd())
    })
}

/// Attaches a program by BPF_PROG_ATTACH, without a link. `target` is a descriptor or an ifindex.
pub(crate) fn prog_attach(
    prog: BorrowedFd<'_>,
    target: i32,
    attach_type: u32,
    flags: u32,
) -> io::Result<()> {
    // SAFETY: the call takes numbers only.
    done_or_negative_errno(unsafe {
        raw::bpf_prog_attach(prog.as_raw_fd(), target, attach_type, flags)
    })
}

/// Undoes [`prog_attach`].
pub(crate) fn prog_detach(prog: BorrowedFd<'_>, target: i32, attach_type: u32) -> io::Result<()> {
    // SAFETY: the call takes numbers only.
    done_or_negative_errno(unsafe { raw::bpf_prog_detach2(prog.as_raw_fd(), target, attach_type) })
}

/// The program with an id.
pub(crate) fn prog_by_id(id: u32) -> io::Result<OwnedFd> {
    // SAFETY: the call takes a number.
    owned_or_negative_errno(unsafe { raw::bpf_prog_get_fd_by_id(id) })
}

/// The map with an id.
pub(crate) fn map_by_id(id: u32) -> io::Result<OwnedFd> {
    // SAFETY: the call takes a number.
    owned_or_negative_errno(unsafe { raw::bpf_map_get_fd_by_id(id) })
}

/// Has the kernel run a program so many times on a packet of zeros.
pub(crate) fn prog_run(prog: impl AsFd, times: u32) -> io::Result<()> {
    let packet = [0u8; 64];
    let mut opts = raw::bpf_test_run_opts {
        sz: mem::size_of::<raw::bpf_test_run_opts>() as _,
        data_in: packet.as_ptr().cast(),
        data_size_in: packet.len() as u32,
        repeat: times as i32,
        ..Default::default()
    };
    // SAFETY: the options say their size, and the packet's, and live until the call returns.
    done_or_negative_errno(unsafe {
        raw::bpf_prog_test_run_opts(prog.as_fd().as_raw_fd(), &mut opts)
    })
}

/// Asks the kernel about a program.
pub(crate) fn prog_info(prog: impl AsFd) -> io::Result<ProgInfo> {
    let mut map_ids = vec![0u32; 64];
    let mut info = raw::bpf_prog_info {
        nr_map_ids: map_ids.len() as u32,
        map_ids: map_ids.as_mut_ptr() as u64,
        ..Default::default()
    };
    let mut len = mem::size_of_val(&info) as u32;
    // SAFETY: `info` and `len` are valid for writes, and `map_ids` has room for `nr_map_ids` ids.
    done_or_negative_errno(unsafe {
        raw::bpf_prog_get_info_by_fd(prog.as_fd().as_raw_fd(), &mut info, &mut len)
    })?;
    map_ids.truncate(info.nr_map_ids as usize);
    let tag = info.tag.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(ProgInfo { id: info.id, prog_type: info.type_, tag, map_ids })
}

/// Asks the kernel about a map.
pub(crate) fn map_info(map: impl AsFd) -> io::Result<MapInfo> {
    let mut info = raw::bpf_map_info::default();
    let mut len = mem::size_of_val(&info) as u32;
    // SAFETY: `info` and `len` are valid for writes.
    done_or_negative_errno(unsafe {
        raw::bpf_map_get_info_by_fd(map.as_fd().as_raw_fd(), &mut info, &mut len)
    })?;
    Ok(MapInfo { id: info.id, name: bytes_until_nul(&info.name) })
}

/// The id of a link, or an error where the descriptor is no BPF link (a perf event on 5.10).
pub(crate) fn link_id(link: impl AsFd) -> io::Result<u32> {
    let mut info = raw::bpf_link_info::default();
    let mut len = mem::size_of_val(&info) as u32;
    // SAFETY: `info` and `len` are valid for writes.
    done_or_negative_errno(unsafe {
        raw::bpf_link_get_info_by_fd(link.as_fd().as_raw_fd(), &mut info, &mut len)
    })?;
    Ok(info.id)
}

/// The kernel's word for a program type, such as `sched_cls`.
pub(crate) fn prog_type_name(prog_type: u32) -> String {
    // SAFETY: libbpf answers with a static string, or NULL for a type that it does not know.
    let name = unsafe { raw::libbpf_bpf_prog_type_str(prog_type).as_ref() };
    match name {
        // SAFETY: see above, the string ends with a NUL and is never freed.
        Some(name) => unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned(),
        None => prog_type.to_string(),
    }
}

/// The kernel's word for an attach type, such as `cgroup_inet_ingress`.
pub(crate) fn attach_type_name(attach_type: u32) -> String {
    // SAFETY: libbpf answers with a static string, or NULL for a type that it does not know.
    let name = unsafe { raw::libbpf_bpf_attach_type_str(attach_type).as_ref() };
    match name {
        // SAFETY: see above, the string ends with a NUL and is never freed.
        Some(name) => unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned(),
        None => attach_type.to_string(),
    }
}
