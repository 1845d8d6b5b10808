//! Read-only variables: the verifier leaves out what they rule out, so each says that there is more.

use std::path::Path;

use libbpf_rs::btf::types::{DataSec, Var};
use libbpf_rs::btf::{Btf, BtfType};

/// A variable: its name, and where its value lies in the section.
pub(crate) struct Variable {
    name: String,
    offset: usize,
    size: usize,
}

/// The variables of an object's `.rodata`.
pub(crate) fn variables(object: &Path) -> libbpf_rs::Result<Vec<Variable>> {
    // As libbpf opens it: in the file, no variable has its offset yet.
    let bytes = std::fs::read(object)?;
    let Some(btf) = Btf::from_raw("variables", &bytes)? else { return Ok(Vec::new()) };
    let Some(section) = btf.type_by_name::<DataSec<'_>>(".rodata") else { return Ok(Vec::new()) };
    let named = section.iter().filter_map(|of| {
        let variable: Var<'_> = btf.type_by_id::<BtfType<'_>>(of.ty)?.try_into().ok()?;
        let name = variable.name()?.to_string_lossy().into_owned();
        Some(Variable { name, offset: of.offset as usize, size: of.size })
    });
    Ok(named.collect())
}

/// What a program is told that has everything: nothing here is run, so any address does.
fn number(name: &str, cpus: u32) -> Option<u64> {
    Some(match name {
        "page_size" => 4096,
        "cpus" | "cpu_ids" => cpus.into(),
        "trace_event_tracepoint" => 1,
        "trace_event_kprobe" => 2,
        "trace_event_uprobe" => 4,
        "link_idr" | "per_cpu_offset" => 0xffff_ffff_8100_0000,
        _ => return None,
    })
}

/// Sets the variables that a loader sets.
pub(crate) fn fill(section: &mut [u8], variables: &[Variable], cpus: u32) {
    for Variable { name, offset, size } in variables {
        let Some(value) = section.get_mut(*offset..offset + size) else { continue };
        if let Some(number) = number(name, cpus) {
            let bytes = number.to_ne_bytes();
            let start = if cfg!(target_endian = "big") { bytes.len() - size } else { 0 };
            value.copy_from_slice(&bytes[start..][..*size]);
        } else if name == "possible_cpus" {
            value.fill(0xff);
        } else if name == "cgroup_attach_types" {
            for (slot, value) in value.iter_mut().enumerate() {
                *value = slot as u8;
            }
        }
    }
}
