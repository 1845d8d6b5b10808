//! Programs of sockets: one socket's filter, and those of a sockmap.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixDatagram;
use std::process;

use libbpf_rs::ProgramMut;
use libbpf_sys as raw;

use super::attach::{self, Target};
use crate::error::{Doing, Error, Result};
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
        let expect = held_by(expect.with("via", "so_attach_bpf"), &socket);
        let expect = expect.with("family", "unix").with("socket_type", "dgram");
        Ok(Attached::one(expect, socket))
    }))
}

/// Notes the descriptor that attaches the program.
fn held_by(expect: Expect, socket: &impl AsRawFd) -> Expect {
    expect.with("pid", process::id()).with("fd", socket.as_raw_fd())
}

/// Two groups: of UDP with an address of IPv4, and of TCP with one of IPv6.
pub(crate) fn reuseport() -> Result<Ready> {
    const NAMES: [&str; 2] =
        ["attach_reuseport_by_socket_filter", "attach_reuseport_by_sk_reuseport"];
    let programs = NET.load(&NAMES)?;
    let expects = programs.expect_all("sk_reuseport", NAMES)?;
    Ok(Ready::new(programs, expects.clone(), move |programs| {
        let mut attached = Attached::default();
        for expect in expects {
            let is_udp = expect.prog_name == NAMES[0];
            let (family, socket_type) = match is_udp {
                true => (libc::AF_INET, libc::SOCK_DGRAM),
                false => (libc::AF_INET6, libc::SOCK_STREAM),
            };
            let socket = sys::reuseport_socket(family, socket_type).doing(|| "open a socket")?;
            // Of streams, only those that listen are a group.
            let port =
                sys::bind_to_loopback(socket.as_fd(), family, !is_udp).doing(|| "bind a socket")?;
            let prog = programs.prog(&expect.prog_name)?;
            sys::attach_bpf_to_reuseport(socket.as_fd(), prog.as_fd()).doing(|| "attach")?;
            let (word, protocol, address) =
                if is_udp { ("inet", 17, "127.0.0.1") } else { ("inet6", 6, "::1") };
            let expect = held_by(expect.with("via", "so_attach_reuseport_ebpf"), &socket);
            let expect = expect.with("family", word).with("protocol", protocol);
            let expect = expect.with("address", address).with("port", port);
            attached.add(expect, socket);
        }
        Ok(attached)
    }))
}

/// What chooses the queue of a packet, and what takes packets, of one device.
pub(crate) fn tun() -> Result<Ready> {
    const KINDS: [(&str, &str); 2] = [
        ("tun_steering", "attach_tun_steering_by_ioctl"),
        ("tun_filter", "attach_tun_filter_by_ioctl"),
    ];
    let programs = NET.load(&KINDS.map(|(_, name)| name))?;
    let mut expects = Vec::new();
    for (kind, name) in KINDS {
        expects.push(programs.expect(kind, name)?);
    }
    Ok(Ready::new(programs, expects.clone(), move |programs| {
        let (device, name) = sys::tun_device().doing(|| "make a tun device")?;
        let ifindex = sys::ifindex_of(name.as_bytes());
        let ifindex = ifindex.ok_or_else(|| Error::lacks("the index of a tun device"))?;
        let mut attached = Attached::default();
        for expect in expects {
            let prog = programs.prog(&expect.prog_name)?;
            sys::attach_to_tun(device.as_fd(), expect.kind == "tun_filter", prog.as_fd())
                .doing(|| "attach")?;
            let expect = expect.with("via", "tun_ioctl").with("device", &name);
            attached.note(expect.with("ifindex", ifindex));
        }
        attached.hold(device);
        Ok(attached)
    }))
}

pub(crate) fn packet_fanout() -> Result<Ready> {
    const NAME: &str = "attach_packet_fanout_by_option";
    let programs = NET.load(&[NAME])?;
    let expect = programs.expect("packet_fanout", NAME)?;
    Ok(Ready::one(programs, expect, |programs, expect| {
        // Of its own: sockets that give one number are one group, with the program of the last.
        let id = expect.prog_id as u16;
        let socket =
            sys::fanout_socket(id, programs.prog(NAME)?.as_fd()).doing(|| "open a group")?;
        let expect = held_by(expect.with("via", "packet_fanout_data"), &socket);
        let expect = expect.with("family", "packet").with("socket_type", "raw");
        Ok(Attached::one(expect.with("fanout_id", id), socket))
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
