//! From the details of a row to the point that they describe: what is there tells of which kind.

use super::details::{Details, details};
use super::error::Expected;
use crate::model::{
    AttachPoint, Cgroup, Device, Function, Functions, Iter, Kprobe, MapRef, Netfilter, PerfEvent,
    StructOps, Target, Tracepoint, Uprobe, Uprobes,
};

/// Reads what a row says of the place where its program is attached; no token is a target of which
/// nothing is known.
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
    // Several kinds have a key of the ones below: a device its namespace, an LSM hook its cgroup.
    device(of)
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
    Some(AttachPoint::Event(PerfEvent { pmu: of.pmu, event_type, config, cpu: of.cpu }))
}

fn map<'a>(of: &Details<'a>) -> Option<MapRef<'a>> {
    of.map_id.map(|id| MapRef { id, name: of.map_name })
}
