//! Programs of sockets: one socket's filter, and those of a sockmap.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixDatagram;
use std::process;

use libbpf_rs::ProgramMut;
use libbpf_sys as raw;

use super::attach::{self, Target};
use crate::error::{Doing, Result};
use crate::expect::Expect;
use crate::object::NET;
use crate::stage::{Attached, Guard, Ready};
use crate::sys;

pub(crate) fn filter() -> Result<Ready> {
    const NAME: &str = "attach_socket_filter_by_option";
    let programs = NET.load(&[NAME])?;
    let expect = programs.expect("socket", NAME)?;
    Ok(Ready::one(programs, expect, |programs, expect| {
        let socket = UnixDatagram::unbound().doing(|| "open a socket")?;
        sys::attach_bpf_to_socket(socket.as_fd(), programs.prog(NAME)?.as_fd())
            .doing(|| "attach")?;
        let expect = expect.with("via", "so_attach_bpf");
        let expect = expect.with("pid", process::id()).with("fd", socket.as_raw_fd());
        Ok(Attached::one(expect, socket))
    }))
}

const SOCKMAP: &str = "redirect_socks";

const BY_LINK: &[(&str, u32)] =
    &[("attach_sk_skb_verdict_by_link", raw::BPF_SK_SKB_STREAM_VERDICT)];

const BY_PROG_ATTACH: &[(&str, u32)] = &[
    ("attach_sk_skb_parser_of_sockmap", raw::BPF_SK_SKB_STREAM_PARSER),
    ("attach_sk_skb_verdict_of_sockmap", raw::BPF_SK_SKB_STREAM_VERDICT),
    ("attach_sk_msg_verdict_of_sockmap", raw::BPF_SK_MSG_VERDICT),
];

pub(crate) fn sockmap_link() -> Result<Ready> {
    on_sockmap(BY_LINK, |prog, map, attach_type, expect| {
        let link = attach::by_link(prog, map.as_raw_fd(), attach_type)?;
        Ok((expect.linked(&link), Box::new(link)))
    })
}

pub(crate) fn sockmap_attach() -> Result<Ready> {
    on_sockmap(BY_PROG_ATTACH, |prog, map, attach_type, expect| {
        let guard = attach::by_prog_attach(prog, Target::Descriptor(map), attach_type, 0)?;
        Ok((expect.with("via", "prog_attach"), guard))
    })
}

/// Attaches one program to the sockmap and gives what is expected and what holds it.
type AttachToMap = fn(&ProgramMut<'_>, OwnedFd, u32, Expect) -> Result<(Expect, Guard)>;

fn on_sockmap(progs: &'static [(&'static str, u32)], attach: AttachToMap) -> Result<Ready> {
    let names: Vec<_> = progs.iter().map(|(name, _)| *name).collect();
    let programs = NET.load_with_maps(&names, &[SOCKMAP])?;
    let expects = programs.expect_all("sockmap", names)?;
    Ok(Ready::new(programs, expects.clone(), move |programs| {
        let known = programs.map_use(SOCKMAP)?;
        let mut attached = Attached::default();
        for (expect, (name, attach_type)) in expects.into_iter().zip(progs) {
            let map = programs.map(SOCKMAP)?;
            let map = map.as_fd().try_clone_to_owned().doing(|| "duplicate a descriptor")?;
            let expect = expect.with("map_id", known.id).with("map_name", &known.name);
            let expect = expect.attach_type(*attach_type);
            let (expect, guard) = attach(&programs.prog(name)?, map, *attach_type, expect)?;
            attached.add(expect, guard);
        }
        Ok(attached)
    }))
}
