//! Programs of cgroups, held by links and by BPF_PROG_ATTACH.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd};

use libbpf_sys as raw;

use crate::error::{Doing, Result};
use crate::object::CGROUP;
use crate::places::cgroup::Cgroup;
use crate::stage::{Attached, OnDrop, Ready};
use crate::sys::{self, LinkExtra};

/// `BPF_F_ALLOW_OVERRIDE` and `BPF_F_ALLOW_MULTI`
const EXCLUSIVE: u32 = 0;
const ALLOW_OVERRIDE: u32 = 1;
const ALLOW_MULTI: u32 = 2;

const BY_LINK: [(&str, u32); 5] = [
    ("attach_cgroup_ingress_by_link", raw::BPF_CGROUP_INET_INGRESS),
    ("attach_cgroup_egress_by_link", raw::BPF_CGROUP_INET_EGRESS),
    ("attach_cgroup_device_by_link", raw::BPF_CGROUP_DEVICE),
    ("attach_cgroup_sysctl_by_link", raw::BPF_CGROUP_SYSCTL),
    ("attach_cgroup_connect4_by_link", raw::BPF_CGROUP_INET4_CONNECT),
];

const BY_PROG_ATTACH: [(&str, u32, u32); 5] = [
    ("attach_cgroup_ingress_multi_first", raw::BPF_CGROUP_INET_INGRESS, ALLOW_MULTI),
    ("attach_cgroup_ingress_multi_second", raw::BPF_CGROUP_INET_INGRESS, ALLOW_MULTI),
    ("attach_cgroup_egress_with_override", raw::BPF_CGROUP_INET_EGRESS, ALLOW_OVERRIDE),
    ("attach_cgroup_device_exclusive", raw::BPF_CGROUP_DEVICE, EXCLUSIVE),
    ("attach_cgroup_sock_create_multi", raw::BPF_CGROUP_INET_SOCK_CREATE, ALLOW_MULTI),
];

pub(crate) fn by_link() -> Result<Ready> {
    let programs = CGROUP.load(&BY_LINK.map(|(name, _)| name))?;
    let expects = BY_LINK.map(|(name, _)| programs.expect("cgroup", name));
    let expects = expects.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(Ready::new(programs, expects.clone(), |programs| {
        let cgroup = Cgroup::new()?;
        let mut attached = Attached::default();
        for (expect, (name, attach_type)) in expects.into_iter().zip(BY_LINK) {
            let prog = programs.prog(name)?;
            let link =
                sys::link_create(prog.as_fd(), cgroup.raw_fd(), attach_type, LinkExtra::Nothing)
                    .doing(|| format!("attach '{name}'"))?;
            let expect = cgroup.describe(expect)?.attach_type(attach_type).linked(&link);
            attached.add(expect, link);
        }
        Ok(attached.at(cgroup))
    }))
}

pub(crate) fn by_prog_attach() -> Result<Ready> {
    let programs = CGROUP.load(&BY_PROG_ATTACH.map(|(name, ..)| name))?;
    let expects = BY_PROG_ATTACH.map(|(name, ..)| programs.expect("cgroup", name));
    let expects = expects.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(Ready::new(programs, expects.clone(), |programs| {
        let cgroup = Cgroup::new()?;
        let mut attached = Attached::default();
        for (expect, (name, attach_type, flags)) in expects.into_iter().zip(BY_PROG_ATTACH) {
            let prog = programs.prog(name)?;
            let prog = prog.as_fd().try_clone_to_owned().doing(|| "duplicate")?;
            let target = File::open(cgroup.dir()).doing(|| "open a cgroup")?;
            sys::prog_attach(prog.as_fd(), target.as_raw_fd(), attach_type, flags)
                .doing(|| format!("attach '{name}'"))?;
            let detach = OnDrop(move || {
                let _ = sys::prog_detach(prog.as_fd(), target.as_raw_fd(), attach_type);
            });
            let expect = cgroup.describe(expect)?.attach_type(attach_type);
            let expect = expect.with("via", "prog_attach").with("attach_flags", flags);
            attached.add(expect, detach);
        }
        Ok(attached.at(cgroup))
    }))
}
