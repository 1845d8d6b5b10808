//! Debian's stock kernels, which the virtual machines boot: what each has is known, so a member
//! that fails there for any other reason is a fault and no lack.

use std::env;

use bpfdbg_attach::AttachSet;
use libtest_mimic::{Completion, Trial};

use crate::{Outcome, expect_equal, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![trial("stock_kernel::has_every_member_that_it_should", stock)]
}

/// The kernel refuses the name, on every release.
const NEVER: &[&str] = &["hostile_cgroup_newline"];

/// What came with 6.19 or later.
const AFTER_6_18: &[&str] = &["tracing_multi"];

/// What came with 6.13 to 6.18.
const AFTER_6_12: &[&str] = &["uprobe_session"];

/// What came with 6.2 to 6.12; of the probes, what Debian's 6.1 leaves out.
const AFTER_6_1: &[&str] = &[
    "raw_tp_cookie",
    "kprobe_multi",
    "kprobe_multi_many",
    "kretprobe_multi",
    "kprobe_session",
    "uprobe_multi",
    "uretprobe_multi",
    "tcx",
    "tcx_attach",
    "netkit",
    "netfilter",
    "sockmap_link",
    "struct_ops_link",
];

/// What came with 5.11 to 6.1.
const AFTER_5_10: &[&str] =
    &["fentry_cookie", "lsm_cgroup", "tracepoint_cookie", "kprobe_cookie", "uprobe_cookie"];

/// The members that a kernel of the virtual machines lacks.
fn lacking(kernel: &str) -> Option<Vec<&'static str>> {
    let later = [AFTER_5_10, AFTER_6_1, AFTER_6_12, AFTER_6_18, NEVER];
    let from = match kernel {
        "5.10" => 0,
        "6.1" => 1,
        "6.12" => 2,
        "6.18" => 3,
        "newest" => 4,
        _ => return None,
    };
    let mut lacking = later[from..].concat();
    lacking.sort_unstable();
    Some(lacking)
}

fn stock() -> Outcome {
    let kernel = env::var("BPFDBG_VM").unwrap_or_default();
    let Some(lacking) = lacking(&kernel) else {
        return Ok(Completion::ignored_with("not in a virtual machine of a known kernel"));
    };
    let set = AttachSet::new(|_| true);
    let unavailable = set.members().filter(|member| member.unavailable().is_some());
    let mut unavailable: Vec<_> = unavailable.map(|member| member.name).collect();
    unavailable.sort_unstable();
    expect_equal(&format!("unavailable on {kernel}"), unavailable, lacking)?;
    Ok(Completion::Completed)
}
