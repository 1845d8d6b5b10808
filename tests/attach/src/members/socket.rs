//! Programs of sockets: one socket's filter, and those of a sockmap.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::net::UnixDatagram;
use std::process;

use libbpf_sys as raw;

use crate::error::{Doing, Result};
use crate::expect::Expect;
use crate::object::NET;
use crate::stage::{Attached, Guard, OnDrop, Ready};
use crate::sys::{self, LinkExtra};

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
        let link = sys::link_create(prog, map.as_raw_fd(), attach_type, LinkExtra::Nothing)
            .doing(|| "attach")?;
        Ok((expect.linked(&link), Box::new(link)))
    })
}

pub(crate) fn sockmap_attach() -> Result<Ready> {
    on_sockmap(BY_PROG_ATTACH, |prog, map, attach_type, expect| {
        sys::prog_attach(prog, map.as_raw_fd(), attach_type, 0).doing(|| "attach")?;
        let prog = prog.try_clone_to_owned().doing(|| "duplicate")?;
        let map = map.try_clone_to_owned().doing(|| "duplicate")?;
        let detach = OnDrop(move || {
            let _ = sys::prog_detach(prog.as_fd(), map.as_raw_fd(), attach_type);
        });
        Ok((expect.with("via", "prog_attach"), Box::new(detach)))
    })
}

/// Attaches one program to the sockmap and gives what is expected and what holds it.
type AttachToMap = fn(BorrowedFd<'_>, BorrowedFd<'_>, u32, Expect) -> Result<(Expect, Guard)>;

fn on_sockmap(progs: &'static [(&'static str, u32)], attach: AttachToMap) -> Result<Ready> {
    let names: Vec<_> = progs.iter().map(|(name, _)| *name).collect();
    let programs = NET.load_with_maps(&names, &[SOCKMAP])?;
    let expects = names.iter().map(|name| programs.expect("sockmap", name));
    let expects = expects.collect::<Result<Vec<_>>>()?;
    Ok(Ready::new(programs, expects.clone(), move |programs| {
        let map = programs.map_use(SOCKMAP)?;
        let mut attached = Attached::default();
        for (expect, (name, attach_type)) in expects.into_iter().zip(progs) {
            let expect = expect.with("map_id", map.id).with("map_name", &map.name);
            let (prog, sockmap) = (programs.prog(name)?, programs.map(SOCKMAP)?);
            let expect = expect.attach_type(*attach_type);
            let (expect, guard) = attach(prog.as_fd(), sockmap.as_fd(), *attach_type, expect)?;
            attached.add(expect, guard);
        }
        Ok(attached)
    }))
}
