//! Programs of cgroups, held by links and by BPF_PROG_ATTACH.

use libbpf_sys as raw;

use super::attach::{self, Target};
use crate::error::Result;
use crate::object::CGROUP;
use crate::places::cgroup::Cgroup;
use crate::stage::{Attached, Ready};

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
    let names = BY_LINK.map(|(name, _)| name);
    let programs = CGROUP.load(&names)?;
    let expects = programs.expect_all("cgroup", names)?;
    Ok(Ready::new(programs, expects.clone(), |programs| {
        let cgroup = Cgroup::new()?;
        let mut attached = Attached::default();
        for (expect, (name, attach_type)) in expects.into_iter().zip(BY_LINK) {
            let link = attach::by_link(&programs.prog(name)?, cgroup.raw_fd(), attach_type)?;
            let expect = cgroup.describe(expect)?.attach_type(attach_type).linked(&link);
            attached.add(expect, link);
        }
        Ok(attached.at(cgroup))
    }))
}

pub(crate) fn by_prog_attach() -> Result<Ready> {
    let names = BY_PROG_ATTACH.map(|(name, ..)| name);
    let programs = CGROUP.load(&names)?;
    let expects = programs.expect_all("cgroup", names)?;
    Ok(Ready::new(programs, expects.clone(), |programs| {
        let cgroup = Cgroup::new()?;
        let mut attached = Attached::default();
        for (expect, (name, attach_type, flags)) in expects.into_iter().zip(BY_PROG_ATTACH) {
            let target = Target::Descriptor(cgroup.open()?);
            let prog = programs.prog(name)?;
            let guard = attach::by_prog_attach(&prog, target, attach_type, flags)?;
            let expect = cgroup.describe(expect)?.attach_type(attach_type);
            let expect = expect.with("via", "prog_attach").with("attach_flags", flags);
            attached.add(expect, guard);
        }
        Ok(attached.at(cgroup))
    }))
}
