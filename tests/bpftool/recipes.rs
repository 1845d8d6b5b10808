//! What people pipe bpftool's JSON into, found in public scripts: the same with bpfdbg, run by a
//! user without any right, must say the same.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use bpfdbg::bpf;
use bpfdbg::model::Kind;
use bpfdbg_attach::flood::Flood;
use bpfdbg_attach::{AttachSet, Expect, hostile};
use libtest_mimic::Trial;
use serde_json::Value;

use super::{bpftool, ids, mended};
use crate::sandbox::{Ran, Sandbox, ran, sandbox};
use crate::support::{Result, in_machine, program, skip, trial};

/// A shell command with `$tool` in it; `$name` and `$map` are of what the test makes.
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
        && let Some(why) = bpf::unsupported_reason(Kind::Links)
    {
        return skip(why);
    }
    let set = AttachSet::named(&["shared_map", "raw_tp", "xdp_link", "cgroup_link"]);
    let mut flood = Flood::new();
    // A program array comes with it, that holds them.
    flood.add_programs(3)?;
    // Others of the same name would make a list of it.
    let name = format!("a_program_of_thread_{}", rustix::thread::gettid());
    let named = hostile::program(name.as_bytes())?;
    sandbox.install_public()?;
    let map = set.expects().find_map(|expect| expect.maps.first()).ok_or("no program has a map")?;

    let user = sandbox.nobody(&[]);
    let nobody = format!(
        "setpriv --reuid 65534 --regid 65534 --clear-groups {}",
        Path::new(user.get_program()).display()
    );
    let (list, pipe) = recipe.split_once(" | ").ok_or("a recipe without a pipe")?;
    let list = |tool: &str| -> Result<Ran> {
        let mut shell = Command::new("sh");
        ran(shell.args(["-c", &list.replace("$tool", tool)]).env("name", &name))
    };
    let mut theirs = mended(&list(&bpftool.to_string_lossy())?.ok()?)?;
    let mut ours = list(&nobody)?.json()?;
    // Others come and go in between.
    let both: BTreeSet<_> = ids(&theirs).intersection(&ids(&ours)).copied().collect();
    if let Some(id) = made(&set, recipe).find(|id| theirs.is_array() && !both.contains(id)) {
        return Err(format!("{id} is not in both lists").into());
    }
    for rows in [&mut theirs, &mut ours].into_iter().filter_map(Value::as_array_mut) {
        rows.retain(|row| row["id"].as_u64().is_some_and(|id| both.contains(&id)));
    }
    let piped = |rows: &Value| -> Result<Vec<u8>> {
        std::fs::write("/run/rows", rows.to_string())?;
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("cat /run/rows | {pipe}")]);
        shell.env("TZ", "UTC").env("map", map.id.to_string()).env("name", &name);
        ran(&mut shell)?.ok()
    };
    let (theirs, ours) = (piped(&theirs)?, piped(&ours)?);
    drop(named);
    if theirs == ours && !ours.is_empty() {
        return Ok(());
    }
    let (theirs, ours) = (String::from_utf8_lossy(&theirs), String::from_utf8_lossy(&ours));
    Err(format!("bpftool: {theirs}\nbpfdbg: {ours}").into())
}

/// The ids that the list of a recipe must have, as the test made their objects.
fn made(set: &AttachSet, recipe: &str) -> impl Iterator<Item = u64> {
    let is_of = |noun| recipe.split(' ').any(|word| word == noun);
    let ids = move |expect: &Expect| match (is_of("prog"), is_of("map")) {
        (true, _) => vec![expect.prog_id],
        (_, true) => expect.maps.iter().map(|map| map.id).collect(),
        _ => expect.link_id.into_iter().collect(),
    };
    set.expects().flat_map(ids).map(u64::from)
}
