//! The last column of links and attachments: where a program is attached, in tokens `key=value`.
//!
//! Unknown keys are skipped. Which keys there are tells the kind of point.

use std::net::IpAddr;

use memchr::memchr;

use super::error::Expected;
use super::token::Tokens;
use super::value::{FromToken, What};
use crate::model::{
    AttachPoint, Breakpoint, Cgroup, Device, Function, Functions, Ids, Iter, Kprobe, MapRef, Name,
    Names, Netfilter, Numbers, PerfEvent, Sampling, Socket, StructOps, Target, Tracepoint, Uprobe,
    Uprobes, number,
};

/// Declares every key once: its name in the text, and how its value is read.
macro_rules! keys {
    ($($key:literal => $field:ident: $type:ty = $read:expr,)*) => {
        /// The values by key, before the kind of place is known.
        #[derive(Default)]
        struct Details<'a> {
            $($field: Option<$type>,)*
        }

        impl<'a> Details<'a> {
            #[cfg(test)]
            const KEYS: &'static [&'static str] = &[$($key),*];

            fn set(&mut self, key: &[u8], value: &'a [u8]) -> Result<(), What> {
                match key {
                    $(key if key == $key.as_bytes() => self.$field = $read(value)?,)*
                    _ => {}
                }
                Ok(())
            }
        }
    };
}

keys! {
    "function" => function: Name<'a> = name,
    "target_id" => prog_id: u32 = uint,
    "target_name" => prog_name: Name<'a> = name,
    "obj_id" => obj_id: u32 = uint,
    "btf_id" => btf_id: u32 = uint,
    "category" => category: Name<'a> = name,
    "tracepoint" => tracepoint: Name<'a> = name,
    "symbol" => symbol: Name<'a> = name,
    "symbols" => symbols: Names<'a> = own,
    "offset" => offset: u64 = long,
    "offsets" => offsets: Numbers<'a> = own,
    "ref_ctr_offset" => ref_ctr_offset: u64 = long,
    "ref_ctr_offsets" => ref_ctr_offsets: Numbers<'a> = own,
    "path" => path: Name<'a> = name,
    "count" => count: u32 = uint,
    "more" => more: u32 = uint,
    "retprobe" => retprobe: () = there,
    "missed" => missed: u64 = long,
    "pmu" => pmu: Name<'a> = name,
    "event_type" => event_type: u32 = uint,
    "event_config" => event_config: u64 = long,
    "cpu" => cpu: u32 = uint,
    "sample_freq" => sample_freq: u64 = long,
    "sample_period" => sample_period: u64 = long,
    "bp_type" => bp_type: u32 = uint,
    "bp_len" => bp_len: u64 = long,
    "bp_symbol" => bp_symbol: Name<'a> = name,
    "family" => family: u32 = uint,
    "sock_type" => socket_type: u32 = uint,
    "protocol" => protocol: u32 = uint,
    "address" => address: IpAddr = ip,
    "port" => port: u16 = port,
    "fanout_id" => fanout: u32 = uint,
    "cookie" => cookie: u64 = long,
    "cookies" => cookies: Numbers<'a> = own,
    "pid" => pid: u32 = uint,
    "tid" => tid: u32 = uint,
    "ifindex" => ifindex: u32 = uint,
    "device" => device: Name<'a> = name,
    "netns_ino" => netns: u32 = uint,
    "cgroup_id" => cgroup_id: u64 = long,
    "cgroup" => cgroup: Name<'a> = name,
    "map_id" => map_id: u32 = uint,
    "map_name" => map_name: Name<'a> = name,
    "ops" => ops: Name<'a> = name,
    "prog_ids" => prog_ids: Ids<'a> = own,
    "iter" => iter: Name<'a> = name,
    "pf" => pf: u32 = uint,
    "hook" => hook: u32 = uint,
    "priority" => priority: i32 = own,
    "mode" => mode: u32 = uint,
    "egress" => is_egress: bool = flag,
    "handle" => handle: u32 = uint,
    "chain" => chain: u32 = uint,
    "direct_action" => direct_action: bool = flag,
    "attach_flags" => attach_flags: u32 = uint,
    "flags" => flags: u32 = uint,
    "detached" => detached: () = there,
    "cut" => cut: () = there,
}

/// Parses a target; without tokens, nothing is known of it.
pub(super) fn target(text: &[u8]) -> Result<Target<'_>, Expected<'_>> {
    let of = details(text)?;
    Ok(Target {
        point: point(&of),
        cookie: of.cookie,
        descriptor: None,
        detached: of.detached.is_some(),
        cut: of.cut.is_some(),
    })
}

fn point<'a>(of: &Details<'a>) -> AttachPoint<'a> {
    // The order matters, as kinds share keys: a socket has its device, a device its namespace, an LSM
    // hook its cgroup.
    socket(of)
        .or_else(|| device(of))
        .or_else(|| cgroup(of))
        .or_else(|| netfilter(of))
        .or_else(|| iter(of))
        .or_else(|| struct_ops(of))
        .or_else(|| tracepoint(of))
        .or_else(|| in_file(of))
        .or_else(|| in_kernel(of))
        .or_else(|| event(of))
        .or_else(|| of.netns.map(AttachPoint::Netns))
        .or_else(|| map(of).map(AttachPoint::Map))
        .unwrap_or_default()
}

fn socket<'a>(of: &Details<'a>) -> Option<AttachPoint<'a>> {
    Some(AttachPoint::Socket(Socket {
        family: of.family?,
        socket_type: of.socket_type,
        protocol: of.protocol,
        address: of.address,
        port: of.port,
        fanout: of.fanout,
        ifindex: of.ifindex,
        netns: of.netns,
    }))
}

fn device<'a>(of: &Details<'a>) -> Option<AttachPoint<'a>> {
    let is_one = of.device.is_some() || of.ifindex.is_some() || of.is_egress.is_some();
    is_one.then_some(AttachPoint::Device(Device {
        netns: of.netns,
        name: of.device,
        ifindex: of.ifindex,
        mode: of.mode,
        is_egress: of.is_egress,
        priority: of.priority,
        chain: of.chain,
        handle: of.handle,
        direct_action: of.direct_action,
    }))
}

fn cgroup<'a>(of: &Details<'a>) -> Option<AttachPoint<'a>> {
    let is_one = of.cgroup.is_some() || of.cgroup_id.is_some() || of.attach_flags.is_some();
    is_one.then_some(AttachPoint::Cgroup(Cgroup {
        path: of.cgroup,
        id: of.cgroup_id,
        function: of.function,
        attach_flags: of.attach_flags,
    }))
}

fn netfilter<'a>(of: &Details<'a>) -> Option<AttachPoint<'a>> {
    let (pf, hook) = of.pf.zip(of.hook)?;
    let (netns, priority, flags) = (of.netns, of.priority, of.flags);
    Some(AttachPoint::Netfilter(Netfilter { netns, pf, hook, priority, flags }))
}

fn iter<'a>(of: &Details<'a>) -> Option<AttachPoint<'a>> {
    let name = Some(of.iter?);
    Some(AttachPoint::Iter(Iter { name, map: map(of), pid: of.pid, tid: of.tid }))
}

fn struct_ops<'a>(of: &Details<'a>) -> Option<AttachPoint<'a>> {
    (of.ops.is_some() || of.prog_ids.is_some()).then_some(AttachPoint::StructOps(StructOps {
        ops: of.ops,
        map: map(of),
        prog_ids: of.prog_ids,
    }))
}

fn tracepoint<'a>(of: &Details<'a>) -> Option<AttachPoint<'a>> {
    let (name, category) = (of.tracepoint, of.category);
    (name.is_some() || category.is_some())
        .then_some(AttachPoint::Tracepoint(Tracepoint { name, category }))
}

/// Uprobes.
fn in_file<'a>(of: &Details<'a>) -> Option<AttachPoint<'a>> {
    let retprobe = of.retprobe.is_some();
    if of.offsets.is_some() {
        return Some(AttachPoint::Uprobes(Uprobes {
            path: of.path,
            offsets: of.offsets,
            more: of.more,
            count: of.count,
            pid: of.pid,
            retprobe,
            ref_ctr_offsets: of.ref_ctr_offsets,
            cookies: of.cookies,
        }));
    }
    of.path.map(|path| {
        AttachPoint::Uprobe(Uprobe {
            path: Some(path),
            offset: of.offset,
            ref_ctr_offset: of.ref_ctr_offset,
            retprobe,
        })
    })
}

/// Kprobes, and functions behind a trampoline.
fn in_kernel<'a>(of: &Details<'a>) -> Option<AttachPoint<'a>> {
    let retprobe = of.retprobe.is_some();
    if of.symbols.is_some() {
        return Some(AttachPoint::Functions(Functions {
            symbols: of.symbols,
            more: of.more,
            count: of.count,
            retprobe,
            missed: of.missed,
            cookies: of.cookies,
        }));
    }
    if of.symbol.is_some() {
        return Some(AttachPoint::Kprobe(Kprobe {
            symbol: of.symbol,
            offset: of.offset,
            retprobe,
            missed: of.missed,
        }));
    }
    let is_one = of.function.is_some() || of.prog_name.is_some() || of.btf_id.is_some();
    is_one.then_some(AttachPoint::Function(Function {
        name: of.function,
        prog_name: of.prog_name,
        prog_id: of.prog_id,
        obj_id: of.obj_id,
        btf_id: of.btf_id,
    }))
}

fn event<'a>(of: &Details<'a>) -> Option<AttachPoint<'a>> {
    let (event_type, config) = of.event_type.zip(of.event_config)?;
    let frequency = of.sample_freq.map(Sampling::Frequency);
    let sampling = frequency.or(of.sample_period.map(Sampling::Period));
    let breakpoint = of.bp_type.zip(of.bp_len);
    let breakpoint =
        breakpoint.map(|(access, len)| Breakpoint { symbol: of.bp_symbol, access, len });
    let (pmu, cpu) = (of.pmu, of.cpu);
    Some(AttachPoint::Event(PerfEvent { pmu, event_type, config, cpu, sampling, breakpoint }))
}

fn map<'a>(of: &Details<'a>) -> Option<MapRef<'a>> {
    of.map_id.map(|id| MapRef { id, name: of.map_name, full_name: None })
}

/// Reads the tokens, which go up to the end of the line.
fn details(text: &[u8]) -> Result<Details<'_>, Expected<'_>> {
    let mut details = Details::default();
    let mut tokens = Tokens::new(text);
    while let Some(pair) = tokens.next() {
        let start = tokens.since_last();
        let Some(sign) = memchr(b'=', pair).filter(|sign| pair.len() > sign + 1) else {
            return Err(Expected::new(start, "a key, '=' and a value"));
        };
        let (key, value) = (&pair[..sign], &pair[sign + 1..]);
        details.set(key, value).map_err(|what| Expected::new(&start[sign + 1..], what))?;
    }
    match tokens.rest() {
        [] => Ok(details),
        odd => Err(Expected::new(odd, "a key, '=' and a value")),
    }
}

/// A name; a dash is none, since no name of the kernel's can be one.
fn name(value: &[u8]) -> Result<Option<Name<'_>>, What> {
    Ok((value != b"-").then_some(Name::new(value)))
}

/// What the field's type reads.
fn own<'a, T: FromToken<'a>>(value: &'a [u8]) -> Result<Option<T>, What> {
    T::from_token(value).map(Some)
}

fn long(value: &[u8]) -> Result<Option<u64>, What> {
    number(value).map(Some).ok_or("a number below 2^64")
}

fn uint(value: &[u8]) -> Result<Option<u32>, What> {
    number(value).and_then(|n| n.try_into().ok()).map(Some).ok_or("a number below 2^32")
}

fn flag(value: &[u8]) -> Result<Option<bool>, What> {
    uint(value).map(|value| value.map(|value| value != 0))
}

fn ip(value: &[u8]) -> Result<Option<IpAddr>, What> {
    let text = std::str::from_utf8(value).ok();
    text.and_then(|text| text.parse().ok()).map(Some).ok_or("an address of IP")
}

fn port(value: &[u8]) -> Result<Option<u16>, What> {
    number(value).and_then(|n| n.try_into().ok()).map(Some).ok_or("a number below 2^16")
}

/// A key whose presence is its value.
fn there(_: &[u8]) -> Result<Option<()>, What> {
    Ok(Some(()))
}

#[cfg(test)]
mod tests;
