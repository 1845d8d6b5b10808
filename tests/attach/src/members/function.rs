//! Programs of kernel functions by BTF: fentry, fexit, fmod_ret, LSM, and many functions at once.

use std::os::fd::AsFd;

use libbpf_rs::btf::{Btf, types::Func};
use libbpf_sys as raw;

use super::attach;
use super::tracing::{COOKIE, with_cookie};
use crate::error::{Doing, Error, Result};
use crate::handmade::{self, kernel_name};
use crate::object::TRACING;
use crate::places::cgroup::Cgroup;
use crate::stage::{Attached, Ready};
use crate::sys::{self, LinkExtra};

/// A program of one kernel function; both are fixed in the object file.
fn on_kernel_function(
    kind: &'static str,
    name: &'static str,
    function: &'static str,
    attach_type: u32,
    cookie: Option<u64>,
) -> Result<Ready> {
    let programs = TRACING.load(&[name])?;
    let expect = programs.expect(kind, name)?.with("function", function).attach_type(attach_type);
    Ok(Ready::one(programs, expect, move |programs, expect| {
        let extra = cookie.map_or(LinkExtra::Nothing, LinkExtra::TracingCookie);
        let link = sys::link_create(programs.prog(name)?.as_fd(), 0, attach_type, extra)
            .doing(|| "attach")?;
        Ok(Attached::one(with_cookie(expect, cookie).linked(&link), link))
    }))
}

pub(crate) fn fentry() -> Result<Ready> {
    let name = "attach_fentry_kernel_function";
    on_kernel_function("fentry", name, "bpf_fentry_test1", raw::BPF_TRACE_FENTRY, None)
}

pub(crate) fn fentry_cookie() -> Result<Ready> {
    let name = "attach_fentry_with_cookie";
    on_kernel_function("fentry", name, "bpf_fentry_test2", raw::BPF_TRACE_FENTRY, Some(COOKIE))
}

pub(crate) fn fexit() -> Result<Ready> {
    let name = "attach_fexit_kernel_function";
    on_kernel_function("fexit", name, "bpf_fentry_test1", raw::BPF_TRACE_FEXIT, None)
}

/// Of a function that a return value may be forced on: without error injection in the kernel's
/// configuration, those are the security hooks.
pub(crate) fn fmod_ret() -> Result<Ready> {
    let name = "attach_fmod_ret_kernel_function";
    on_kernel_function("fmod_ret", name, "security_inode_rename", raw::BPF_MODIFY_RETURN, None)
}

pub(crate) fn lsm() -> Result<Ready> {
    on_kernel_function(
        "lsm",
        "attach_lsm_inode_rename",
        "bpf_lsm_inode_rename",
        raw::BPF_LSM_MAC,
        None,
    )
}

pub(crate) fn lsm_cgroup() -> Result<Ready> {
    const NAME: &str = "attach_lsm_cgroup_socket_bind";
    let programs = TRACING.load(&[NAME])?;
    let expect = programs.expect("lsm_cgroup", NAME)?;
    let expect = expect.with("function", "bpf_lsm_socket_bind").attach_type(raw::BPF_LSM_CGROUP);
    Ok(Ready::one(programs, expect, |programs, expect| {
        let cgroup = Cgroup::new()?;
        let prog = programs.prog(NAME)?;
        let link = attach::by_link(&prog, cgroup.raw_fd(), raw::BPF_LSM_CGROUP)?;
        Ok(Attached::one(cgroup.describe(expect)?.linked(&link), link).at(cgroup))
    }))
}

/// Kernel functions that are there on every kernel that has such links.
const FUNCTIONS: [&str; 3] = ["bpf_fentry_test1", "bpf_fentry_test2", "bpf_fentry_test3"];

/// One program on several functions by one link. The program is made by hand: libbpf, which
/// loads the others, does not know the attach type yet.
pub(crate) fn tracing_multi() -> Result<Ready> {
    let programs = TRACING.load(&[])?;
    let name = b"attach_tracing_multi_test_functions";
    let attach_type = sys::BPF_TRACE_FENTRY_MULTI;
    let tracing = raw::BPF_PROG_TYPE_TRACING;
    let prog = handmade::load_with_btf(name, kernel_name(name), tracing, attach_type)?;
    let expect = prog.expect("tracing_multi")?.with("attach_type", "trace_fentry_multi");
    Ok(Ready::one(programs, expect, move |_, expect| {
        let vmlinux = Btf::from_vmlinux().doing(|| "read the kernel's BTF")?;
        let id = |name: &str| {
            let function = vmlinux.type_by_name::<Func<'_>>(name);
            let function = function.ok_or_else(|| Error::lacks(format!("no function '{name}'")))?;
            Ok(function.type_id().into())
        };
        let ids = FUNCTIONS.iter().map(|name| id(name)).collect::<Result<Vec<u32>>>()?;
        let link = sys::tracing_multi_link(prog.as_fd(), &ids, &[]).doing(|| "attach")?;
        let expect = expect.with("count", ids.len()).with("functions", FUNCTIONS.join(","));
        Ok(Attached::one(expect.linked(&link), (link, prog)))
    }))
}
