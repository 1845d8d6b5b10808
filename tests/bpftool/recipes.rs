//! What people pipe bpftool's JSON into, found in public scripts: the same with bpfdbg, run by a
//! user without any right, must say the same.

use std::path::Path;
use std::process::Command;

use bpfdbg::bpf;
use bpfdbg::model::Kind;
use bpfdbg_attach::flood::Flood;
use bpfdbg_attach::{AttachSet, hostile};
use libtest_mimic::Trial;

use super::bpftool;
use crate::sandbox::{Sandbox, ran, sandbox};
use crate::support::{Result, in_machine, program, skip, trial};

/// A shell command with `$tool` in it; `$name`, `$map` and `$id` are of what the test makes.
const RECIPES: [&str; 12] = [
    "$tool prog show -j | jq -r '.[].id'",
    "$tool prog show -j | jq '.[] | select(.name==\"'$name'\") | .id'",
    "$tool prog show name $name -j | jq .id",
    "$tool prog list --json | jq 'group_by(.type) | map({type: .[0].type, count: length})'",
    "$tool prog list --json | jq '.[] | select(.type == \"xdp\") | {id:.id, name:.name}'",
    "$tool prog list --json | jq --arg map $map '.[] | select(.map_ids[]? == ($map | tonumber)) | .id'",
    "$tool prog list --json | jq '[.[] | {id, type, name, tag}]'",
    "$tool prog list --json | jq -r '.[] | [.id, .type, .name, (.loaded_at | todate)] | @tsv'",
    "$tool -j prog show | jq '[.[] | select((.name // \"\") | startswith(\"attach_\"))] | length'",
    "$tool map list --json | jq -r '.[] | select(.name == \"shared_counter\") | .id'",
    "$tool map show -j | jq '.[] | select(.type == \"prog_array\") | [.id, .owner_prog_type]'",
    "$tool -j link show | jq -r '.[] | select(.type == \"cgroup\") | [.id,.type,.prog_id,.cgroup_id,.attach_type] | @tsv' | sort",
];

pub(super) fn trials() -> Vec<Trial> {
    let trials = RECIPES.iter().map(|recipe| {
        let (_, pipe) = recipe.split_once(' ').unwrap_or_default();
        trial(format!("bpfdbg {pipe}"), move || {
            if in_machine() {
                return skip("says the same of any kernel's JSON");
            }
            sandbox(|sandbox| same(sandbox, recipe))
        })
    });
    trials.collect()
}

fn same(sandbox: &Sandbox, recipe: &str) -> Result {
    let bpftool = bpftool()?;
    program("jq")?;
    if recipe.contains("link")
        && let Some(why) = bpf::lack(Kind::Links)
    {
        return skip(why);
    }
    let set = AttachSet::named(&["shared_map", "raw_tp", "xdp_link", "cgroup_link"]);
    let mut flood = Flood::new();
    // A program array comes with it, that holds them.
    flood.add_programs(3)?;
    let named = hostile::program(b"a_program_of_a_long_name")?;
    sandbox.install_public()?;
    let map = set.expects().find_map(|expect| expect.maps.first()).ok_or("no program has a map")?;

    let user = sandbox.nobody(&[]);
    let nobody = format!(
        "setpriv --reuid 65534 --regid 65534 --clear-groups {}",
        Path::new(user.get_program()).display()
    );
    let run = |tool: &str| -> Result<Vec<u8>> {
        let mut shell = Command::new("sh");
        shell.args(["-c", &recipe.replace("$tool", tool)]).env("TZ", "UTC");
        shell.env("map", map.id.to_string()).env("name", "a_program_of_a_long_name");
        ran(&mut shell)?.ok()
    };
    // Others may come and go in between: what has not changed meanwhile is compared.
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        theirs = run(&bpftool.to_string_lossy())?;
        ours = run(&nobody)?;
        if theirs == ours && !ours.is_empty() {
            drop(named);
            return Ok(());
        }
    }
    let (theirs, ours) = (String::from_utf8_lossy(&theirs), String::from_utf8_lossy(&ours));
    Err(format!("bpftool: {theirs}\nbpfdbg: {ours}").into())
}
