//! Programs of network namespaces: sk_lookup, flow_dissector and netfilter.

use std::os::fd::AsFd;

use libbpf_rs::{NF_INET_LOCAL_OUT, NFPROTO_IPV4, NetfilterOpts};
use libbpf_sys as raw;

use super::attach;
use crate::error::{Doing, Result};
use crate::object::NET;
use crate::places::netns::NetworkNamespace;
use crate::stage::{Attached, OnDrop, Ready};
use crate::sys;

/// A namespace of its own: of the first one, the flow dissector may be in use.
fn on_namespace(kind: &'static str, name: &'static str, attach_type: u32) -> Result<Ready> {
    let programs = NET.load(&[name])?;
    let expect = programs.expect(kind, name)?;
    Ok(Ready::one(programs, expect, move |programs, expect| {
        let netns = NetworkNamespace::new()?;
        let link = attach::by_link(&programs.prog(name)?, netns.raw_fd(), attach_type)?;
        let expect = expect.with("netns", netns.inode()?).attach_type(attach_type);
        Ok(Attached::one(expect.linked(&link), link).at(netns))
    }))
}

pub(crate) fn sk_lookup() -> Result<Ready> {
    on_namespace("sk_lookup", "attach_sk_lookup_of_netns", raw::BPF_SK_LOOKUP)
}

pub(crate) fn flow_dissector() -> Result<Ready> {
    on_namespace("flow_dissector", "attach_flow_dissector_of_netns", raw::BPF_FLOW_DISSECTOR)
}

/// BPF_PROG_ATTACH takes the namespace of its caller.
pub(crate) fn flow_dissector_attach() -> Result<Ready> {
    const NAME: &str = "attach_flow_dissector_of_netns";
    const ATTACH_TYPE: u32 = raw::BPF_FLOW_DISSECTOR;
    let programs = NET.load(&[NAME])?;
    let expect = programs.expect("flow_dissector", NAME)?;
    Ok(Ready::one(programs, expect, |programs, expect| {
        let netns = NetworkNamespace::new()?;
        let prog = programs.prog(NAME)?.as_fd().try_clone_to_owned().doing(|| "duplicate")?;
        let attach = || sys::prog_attach(prog.as_fd(), 0, ATTACH_TYPE, 0);
        netns.inside(attach).doing(|| "attach")?;
        let inside = netns.again()?;
        let detach = OnDrop(move || {
            let _ = inside.inside(|| sys::prog_detach(prog.as_fd(), 0, ATTACH_TYPE));
        });
        let expect = expect.with("netns", netns.inode()?).attach_type(ATTACH_TYPE);
        Ok(Attached::one(expect.with("via", "prog_attach"), detach).at(netns))
    }))
}

pub(crate) fn netfilter() -> Result<Ready> {
    const NAME: &str = "attach_netfilter_local_out";
    const PRIORITY: i32 = -123;
    let programs = NET.load(&[NAME])?;
    let expect = programs.expect("netfilter", NAME)?;
    Ok(Ready::one(programs, expect, |programs, expect| {
        let opts = NetfilterOpts {
            protocol_family: NFPROTO_IPV4,
            hooknum: NF_INET_LOCAL_OUT,
            priority: PRIORITY,
            ..Default::default()
        };
        let prog = programs.prog(NAME)?;
        let link = prog.attach_netfilter_with_opts(opts).doing(|| "attach")?;
        let expect = expect.with("pf", NFPROTO_IPV4).with("hook", NF_INET_LOCAL_OUT);
        Ok(Attached::one(expect.with("priority", PRIORITY).linked(&link), link))
    }))
}
