//! Programs of network devices: XDP, tc, tcx and netkit.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use libbpf_rs::{TC_EGRESS, TC_INGRESS, TcAttachPoint, TcHook, TcHookBuilder, Xdp, XdpFlags};
use libbpf_sys as raw;

use super::attach::{self, Target};
use crate::error::{Doing, Result};
use crate::object::NET;
use crate::places::device::Device;
use crate::places::netns::NetworkNamespace;
use crate::stage::{Attached, OnDrop, Ready};

pub(crate) fn xdp_link() -> Result<Ready> {
    const NAME: &str = "attach_xdp_by_bpf_link";
    let programs = NET.load(&[NAME])?;
    let expect = programs.expect("xdp", NAME)?;
    Ok(Ready::one(programs, expect, |programs, expect| {
        let device = Device::new()?;
        let link = programs.prog(NAME)?.attach_xdp(device.ifindex()).doing(|| "attach")?;
        let expect = device.describe(expect).linked(&link);
        Ok(Attached::one(expect, link).at(device))
    }))
}

pub(crate) fn xdp_netlink() -> Result<Ready> {
    const NAME: &str = "attach_xdp_by_netlink";
    let programs = NET.load(&[NAME])?;
    let expect = programs.expect("xdp", NAME)?;
    Ok(Ready::one(programs, expect, |programs, expect| {
        let device = Device::new()?;
        let prog = programs.prog(NAME)?.as_fd().try_clone_to_owned().doing(|| "duplicate")?;
        let ifindex = device.ifindex();
        Xdp::new(prog.as_fd()).attach(ifindex, XdpFlags::NONE).doing(|| "attach")?;
        let detach = OnDrop(move || {
            let _ = Xdp::new(prog.as_fd()).detach(ifindex, XdpFlags::NONE);
        });
        let expect = device.describe(expect).with("via", "netlink");
        Ok(Attached::one(expect, detach).at(device))
    }))
}

/// In a network namespace that this process is not in.
pub(crate) fn xdp_elsewhere() -> Result<Ready> {
    const NAME: &str = "attach_xdp_by_netlink";
    let programs = NET.load(&[NAME])?;
    let expect = programs.expect("xdp", NAME)?;
    Ok(Ready::one(programs, expect, |programs, expect| {
        let namespace = NetworkNamespace::new()?;
        let expect = expect.with("netns", namespace.inode()?);
        let device = Device::elsewhere(namespace.again()?)?;
        let prog = programs.prog(NAME)?.as_fd().try_clone_to_owned().doing(|| "duplicate")?;
        let ifindex = device.ifindex();
        let attach = || Xdp::new(prog.as_fd()).attach(ifindex, XdpFlags::NONE);
        namespace.inside(|| attach().map_err(io::Error::other)).doing(|| "attach")?;
        let detach = OnDrop(move || {
            let detach = || Xdp::new(prog.as_fd()).detach(ifindex, XdpFlags::NONE);
            let _ = namespace.inside(|| detach().map_err(io::Error::other));
        });
        Ok(Attached::one(device.describe(expect).with("via", "netlink"), detach).at(device))
    }))
}

pub(crate) fn tc_clsact() -> Result<Ready> {
    const NAMES: [&str; 2] = ["attach_tc_clsact_ingress", "attach_tc_clsact_egress"];
    let programs = NET.load(&NAMES)?;
    let expects = programs.expect_all("tc", NAMES)?;
    Ok(Ready::new(programs, expects.clone(), |programs| {
        let device = Device::new()?;
        let mut attached = Attached::default();
        let sides = [(TC_INGRESS, "ingress"), (TC_EGRESS, "egress")];
        for (expect, (side, direction)) in expects.into_iter().zip(sides) {
            let prog = programs.prog(&expect.prog_name)?;
            let prog = prog.as_fd().try_clone_to_owned().doing(|| "duplicate")?;
            let ifindex = device.ifindex();
            let mut hook = clsact(&prog, ifindex, side);
            hook.create().doing(|| "create the clsact qdisc")?;
            hook.attach().doing(|| "attach")?;
            let detach = OnDrop(move || {
                let _ = clsact(&prog, ifindex, side).detach();
            });
            let expect = device.describe(expect).with("via", "clsact").with("direction", direction);
            let expect = expect.with("priority", CLSACT_PRIORITY).with("handle", CLSACT_HANDLE);
            attached.add(expect, detach);
        }
        Ok(attached.at(device))
    }))
}

const CLSACT_PRIORITY: u32 = 77;
const CLSACT_HANDLE: u32 = 1;

fn clsact(prog: &OwnedFd, ifindex: i32, side: TcAttachPoint) -> TcHook {
    TcHookBuilder::new(prog.as_fd())
        .ifindex(ifindex)
        .replace(false)
        .handle(CLSACT_HANDLE)
        .priority(CLSACT_PRIORITY)
        .hook(side)
}

/// Programs in a chain of a device, each by a link of its own.
fn by_links(
    kind: &'static str,
    device_kind: &'static str,
    progs: &'static [(&'static str, u32)],
) -> Result<Ready> {
    let names: Vec<_> = progs.iter().map(|(name, _)| *name).collect();
    let programs = NET.load(&names)?;
    let expects = programs.expect_all(kind, names)?;
    Ok(Ready::new(programs, expects.clone(), move |programs| {
        let device = Device::pair(device_kind)?;
        let mut attached = Attached::default();
        for (expect, (name, attach_type)) in expects.into_iter().zip(progs) {
            let link = attach::by_link(&programs.prog(name)?, device.ifindex(), *attach_type)?;
            let expect = match *attach_type {
                raw::BPF_NETKIT_PEER => device.describe_peer(expect),
                _ => device.describe(expect),
            };
            let expect = expect.attach_type(*attach_type);
            attached.add(expect.linked(&link), link);
        }
        Ok(attached.at(device))
    }))
}

pub(crate) fn tcx() -> Result<Ready> {
    const PROGRAMS: &[(&str, u32)] = &[
        ("attach_tcx_ingress_by_link", raw::BPF_TCX_INGRESS),
        ("attach_tcx_egress_by_link", raw::BPF_TCX_EGRESS),
    ];
    by_links("tcx", "veth", PROGRAMS)
}

/// The peer's program is attached by the index of the primary device; its link has the peer's.
pub(crate) fn netkit() -> Result<Ready> {
    const PROGRAMS: &[(&str, u32)] = &[
        ("attach_netkit_primary_device", raw::BPF_NETKIT_PRIMARY),
        ("attach_netkit_peer_device", raw::BPF_NETKIT_PEER),
    ];
    by_links("netkit", "netkit", PROGRAMS)
}

pub(crate) fn netkit_attach() -> Result<Ready> {
    const PROGRAMS: [(&str, u32); 2] = [
        ("attach_netkit_primary_device", raw::BPF_NETKIT_PRIMARY),
        ("attach_netkit_peer_device", raw::BPF_NETKIT_PEER),
    ];
    let names = PROGRAMS.map(|(name, _)| name);
    let programs = NET.load(&names)?;
    let expects = programs.expect_all("netkit", names)?;
    Ok(Ready::new(programs, expects.clone(), |programs| {
        let device = Device::pair("netkit")?;
        let mut attached = Attached::default();
        for (expect, (name, attach_type)) in expects.into_iter().zip(PROGRAMS) {
            let target = Target::Device(device.ifindex());
            let guard = attach::by_prog_attach(&programs.prog(name)?, target, attach_type, 0)?;
            let expect = match attach_type {
                raw::BPF_NETKIT_PEER => device.describe_peer(expect),
                _ => device.describe(expect),
            };
            attached.add(expect.attach_type(attach_type).with("via", "prog_attach"), guard);
        }
        Ok(attached.at(device))
    }))
}

pub(crate) fn tcx_attach() -> Result<Ready> {
    const NAME: &str = "attach_tcx_by_prog_attach";
    const ATTACH_TYPE: u32 = raw::BPF_TCX_INGRESS;
    let programs = NET.load(&[NAME])?;
    let expect = programs.expect("tcx", NAME)?;
    Ok(Ready::one(programs, expect, |programs, expect| {
        let device = Device::new()?;
        let target = Target::Device(device.ifindex());
        let guard = attach::by_prog_attach(&programs.prog(NAME)?, target, ATTACH_TYPE, 0)?;
        let expect = device.describe(expect).attach_type(ATTACH_TYPE).with("via", "prog_attach");
        Ok(Attached::one(expect, guard).at(device))
    }))
}
