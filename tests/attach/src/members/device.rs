//! Programs of network devices: XDP, tc, tcx and netkit.

use std::os::fd::{AsFd, OwnedFd};

use libbpf_rs::{TC_EGRESS, TC_INGRESS, TcAttachPoint, TcHook, TcHookBuilder, Xdp, XdpFlags};

use crate::error::{Doing, Result};
use crate::object::NET;
use crate::places::device::Device;
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

pub(crate) fn tc_clsact() -> Result<Ready> {
    const NAMES: [&str; 2] = ["attach_tc_clsact_ingress", "attach_tc_clsact_egress"];
    let programs = NET.load(&NAMES)?;
    let expects = NAMES.map(|name| programs.expect("tc", name));
    let expects = expects.into_iter().collect::<Result<Vec<_>>>()?;
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
