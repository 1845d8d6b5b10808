//! What is attached without a link: held against the loader's knowledge and bpftool, as a user
//! without any capability reads it. Exact targets are held in the module of links, with the others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use bpfdbg::model::DirectAttachment;
use bpfdbg::parse;
use bpfdbg_attach::churn::Churn;
use bpfdbg_attach::crowd::Crowd;
use bpfdbg_attach::{AttachSet, Expect, Member};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bpftool::answer;
use crate::links::{expects, is_enough, listing, meant, same, wait_for};
use crate::sandbox::{Sandbox, ran, sandbox};
use crate::support::{Result, check, once, program, skip, times, trial};

/// The members that are attached without a link, but for those that a descriptor holds.
const MEMBERS: [&str; 10] = [
    "tun",
    "xdp_netlink",
    "xdp_elsewhere",
    "tcx_attach",
    "netkit_attach",
    "tc_clsact",
    "cgroup_attach",
    "flow_dissector_attach",
    "sockmap_attach",
    "struct_ops_map",
];

pub(crate) fn trials() -> Vec<Trial> {
    let members = MEMBERS.map(|name| {
        trial(format!("{name} is told while it is attached, and not before or after"), move || {
            comes_and_goes(name)
        })
    });
    let mut trials = Vec::from(members);
    trials.extend([
        trial("nothing is attached to a device or cgroup that is gone", || installed(removed)),
        trial("what a killed loader leaves attached is told until it goes", || installed(killed)),
        trial("all that bpftool finds at devices is found", || installed(bpftool_net)),
        trial("all that bpftool finds at cgroups is found", || installed(bpftool_cgroups)),
        trial("a program at hundreds of devices shows all of them", || installed(many_devices)),
        trial("a program at hundreds of cgroups shows all of them", || installed(many_cgroups)),
        trial("no stable attachment is missed or doubled while others come and go", || {
            installed(churn)
        }),
        trial("many readers at once see the same, however slowly they read", || {
            installed(slow_readers)
        }),
    ]);
    trials
}

fn installed(test: impl FnOnce(&Sandbox) -> Result + Send) -> Result {
    sandbox(|sandbox| {
        sandbox.public()?;
        test(sandbox)
    })
}

/// The argument that makes this binary a loader, which holds a member until it is killed.
pub(crate) const HOLDER: &str = "--hold-attached";

/// Attaches a member, tells the ids of its programs, and waits for standard input to be closed.
pub(crate) fn hold(member: &str) -> ! {
    let set = AttachSet::named(&[member]);
    let progs: Vec<_> = set.expects().map(|expect| expect.prog_id).collect();
    println!("{}", json!(progs));
    let _ = std::io::stdin().lines().last();
    drop(set);
    std::process::exit(0)
}

/// How many attachments without a link each program has.
fn all_counts(sandbox: &Sandbox) -> Result<BTreeMap<u64, usize>> {
    let count = |row: &Value| {
        let attached = row["attached"].as_array().into_iter().flatten();
        attached.filter(|one| one.get("via").is_some()).count()
    };
    Ok(listing(sandbox, &["progs"])?.iter().map(|(id, row)| (*id, count(row))).collect())
}

fn counts(sandbox: &Sandbox, progs: &[u32]) -> Result<Vec<usize>> {
    let all = all_counts(sandbox)?;
    Ok(progs.iter().map(|id| all.get(&u64::from(*id)).copied().unwrap_or_default()).collect())
}

fn progs_of(expects: &[Expect]) -> Vec<u32> {
    expects.iter().map(|expect| expect.prog_id).collect()
}

/// What was listed before all members were attached, then, and when they were detached.
struct Life {
    members: Vec<Member>,
    counts: [BTreeMap<u64, usize>; 3],
}

impl Life {
    /// Lists once for the tests of all members, for an installation takes its time.
    fn get() -> Result<&'static Self> {
        static LIFE: OnceLock<Result<Life>> = OnceLock::new();
        once(&LIFE, || {
            let mut life = None;
            installed(|sandbox| {
                let mut set = AttachSet::load(|name| MEMBERS.contains(&name));
                let before = all_counts(sandbox)?;
                set.attach();
                let attached = all_counts(sandbox)?;
                let members: Vec<_> = set.members().cloned().collect();
                for name in MEMBERS {
                    set.detach(name);
                }
                let progs: Vec<_> = set.expects().map(|expect| expect.prog_id).collect();
                let none = vec![0; progs.len()];
                wait_for(|| Ok((counts(sandbox, &progs)? == none).then_some(())))?;
                life = Some(Self { members, counts: [before, attached, all_counts(sandbox)?] });
                Ok(())
            })?;
            life.ok_or_else(|| "nothing was listed".into())
        })
    }
}

fn comes_and_goes(name: &str) -> Result {
    let life = Life::get()?;
    for expect in expects(life.members.iter().find(|member| member.name == name))? {
        let found = life.counts.each_ref().map(|all| all.get(&expect.prog_id.into()).copied());
        check(found == [Some(0), Some(1), Some(0)], || format!("{found:?} times: {expect:?}"))?;
    }
    Ok(())
}

fn removed(sandbox: &Sandbox) -> Result {
    let mut seen = 0;
    for name in ["xdp_netlink", "xdp_elsewhere", "tcx_attach", "tc_clsact", "cgroup_attach"] {
        let mut set = AttachSet::named(&[name]);
        let Ok(expects) = expects(set.member(name)) else { continue };
        let progs = progs_of(&expects);
        check(counts(sandbox, &progs)? == vec![1; progs.len()], || format!("no {name}"))?;
        set.remove_targets(name);
        let gone =
            wait_for(|| Ok((counts(sandbox, &progs)? == vec![0; progs.len()]).then_some(())))?;
        gone.ok_or_else(|| format!("{name} is attached to what is gone"))?;
        seen += 1;
    }
    check(seen >= 3, || format!("only {seen} targets could be removed"))
}

/// Neither a device nor a cgroup cares who attached; a map goes with its last holder.
fn killed(sandbox: &Sandbox) -> Result {
    let mut seen = 0;
    for (name, stays) in [("xdp_netlink", true), ("cgroup_attach", true), ("sockmap_attach", false)]
    {
        let mut loader = Command::new("/proc/self/exe")
            .args([HOLDER, name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(loader.stdout.take().ok_or("no pipe")?).read_line(&mut line)?;
        let progs: Vec<u32> = serde_json::from_str(&line)?;
        let before = counts(sandbox, &progs);
        loader.kill()?;
        loader.wait()?;
        let before = before?;
        if progs.is_empty() {
            continue;
        }
        check(before == vec![1; progs.len()], || format!("{name}: {before:?}"))?;
        if stays {
            let after = counts(sandbox, &progs)?;
            check(after == before, || format!("{name} is killed: {after:?}"))?;
            bpfdbg_attach::sweep();
        }
        let gone =
            wait_for(|| Ok((counts(sandbox, &progs)? == vec![0; progs.len()]).then_some(())))?;
        gone.ok_or_else(|| format!("{name} is attached still"))?;
        seen += 1;
    }
    check(seen >= 2, || format!("only {seen} loaders could be killed"))
}

/// Every target of every program, with the program's id.
fn targets(sandbox: &Sandbox) -> Result<Vec<(u64, Value)>> {
    let rows = listing(sandbox, &["progs"])?;
    let of = |(id, row): (u64, Value)| {
        let all = row["attached"].as_array().cloned().unwrap_or_default();
        all.into_iter().map(move |target| (id, target)).collect::<Vec<_>>()
    };
    Ok(rows.into_iter().flat_map(of).collect())
}

fn bpftool(args: &[&str]) -> Result<Value> {
    answer(&program("bpftool")?, args)
}

fn bpftool_net(sandbox: &Sandbox) -> Result {
    let set = AttachSet::named(&["xdp_netlink", "xdp_link", "tc_clsact", "tcx_attach"]);
    let known = bpftool(&["net"])?;
    let found = targets(sandbox)?;
    // What came or went meanwhile is another test's.
    let later = bpftool(&["net"])?;
    let list = |key: &str| -> Vec<Value> {
        let all = |known: &Value| known[0][key].as_array().cloned().unwrap_or_default();
        let later = all(&later);
        all(&known).into_iter().filter(|one| later.contains(one)).collect()
    };
    for one in list("xdp") {
        let is_it = |(id, target): &(u64, Value)| {
            json!(id) == one["id"]
                && target["kind"] == "xdp"
                && target["ifindex"] == one["ifindex"]
                && same(target, "device", &one["devname"]).is_ok()
                && (target.get("mode").is_none() || target["mode"] == one["mode"])
        };
        check(found.iter().any(is_it), || format!("{one} is not in {found:?}"))?;
    }
    for one in list("tc") {
        let (kind, side) = one["kind"].as_str().and_then(|k| k.split_once('/')).unwrap_or_default();
        // Of tcx, newer ones have another key.
        let prog_id = one.get("id").or(one.get("prog_id"));
        let is_it = |(id, target): &(u64, Value)| {
            let at = match kind {
                "clsact" => target["kind"] == "tc" && target["direction"] == side,
                _ => target["attach_type"] == format!("{kind}_{side}"),
            };
            // bpftool asks for the peer's program at the primary device, and names that.
            let is_there = target["ifindex"] == one["ifindex"] || side == "peer";
            at && Some(&json!(id)) == prog_id && is_there
        };
        check(found.iter().any(is_it), || format!("{one} is not in {found:?}"))?;
    }
    let count = list("xdp").len() + list("tc").len();
    check(count >= 2 && set.expects().count() >= 2, || format!("only {count} are known"))
}

fn bpftool_cgroups(sandbox: &Sandbox) -> Result {
    let set = AttachSet::named(&["cgroup_link", "cgroup_attach"]);
    expects(set.member("cgroup_attach"))?;
    let known = bpftool(&["cgroup", "tree"])?;
    let found = targets(sandbox)?;
    let later = bpftool(&["cgroup", "tree"])?;
    let mut count = 0;
    for cgroup in known.as_array().into_iter().flatten() {
        // What came or went meanwhile is another test's.
        if !later.as_array().is_some_and(|later| later.contains(cgroup)) {
            continue;
        }
        let path = cgroup["cgroup"].as_str().unwrap_or_default();
        for one in cgroup["programs"].as_array().into_iter().flatten() {
            let is_it = |(id, target): &(u64, Value)| {
                let flags = target["attach_flags"].as_str().unwrap_or_default();
                json!(id) == one["id"]
                    && target["attach_type"] == one["attach_type"]
                    && target["cgroup"].as_str().is_some_and(|end| {
                        // bpftool has a backslash as it is.
                        path.as_bytes().ends_with(&meant(end))
                    })
                    && (target.get("link_id").is_some() || one["attach_flags"] == flags)
            };
            check(found.iter().any(is_it), || format!("{one} of {path} is not in {found:?}"))?;
            count += 1;
        }
    }
    if count == 0 {
        return skip("bpftool finds no program at any cgroup here");
    }
    check(count >= 5, || format!("only {count} are known: {known}"))
}

fn crowd(sandbox: &Sandbox, crowd: &Crowd, key: &str) -> Result {
    let id = crowd.prog_id.to_string();
    let row = ran(&mut sandbox.nobody(&["progs", "-j", "id", &id]))?.json()?;
    let all = row["attached"].as_array().cloned().unwrap_or_default();
    let found: BTreeSet<_> = all.iter().filter_map(|one| one[key].as_str()).collect();
    let wanted: BTreeSet<_> = crowd.places.iter().map(String::as_str).collect();
    check(found == wanted && all.len() == wanted.len(), || {
        let missing: Vec<_> = wanted.difference(&found).collect();
        format!("{} of {}, without {missing:?}", all.len(), wanted.len())
    })
}

/// More than fit into one buffer of the kernel's, of 32 KiB.
fn many() -> usize {
    times(300, 200)
}

fn many_devices(sandbox: &Sandbox) -> Result {
    match Crowd::of_devices(many()) {
        Ok(devices) => crowd(sandbox, &devices, "device"),
        Err(reason) => skip(reason),
    }
}

fn many_cgroups(sandbox: &Sandbox) -> Result {
    match Crowd::of_cgroups(many()) {
        Ok(cgroups) => crowd(sandbox, &cgroups, "cgroup"),
        Err(reason) => skip(reason),
    }
}

const FILE: &str = "/run/bpfdbg/attached.debug";

/// The rows that tell of these programs, each by program and attach type.
fn rows_of(text: &[u8], progs: &BTreeSet<u32>) -> Result<Vec<(u32, Option<u32>)>> {
    let rows: Vec<DirectAttachment<'_>> = parse::rows(text)?;
    let mut rows: Vec<_> = rows
        .iter()
        .filter(|row| progs.contains(&row.prog_id))
        .map(|row| (row.prog_id, row.attach_type))
        .collect();
    rows.sort();
    Ok(rows)
}

fn churn(sandbox: &Sandbox) -> Result {
    let set = AttachSet::named(&["xdp_netlink", "tc_clsact", "tcx_attach", "cgroup_attach"]);
    let progs: BTreeSet<_> = set.expects().map(|expect| expect.prog_id).collect();
    check(progs.len() >= 5, || format!("only {} programs", progs.len()))?;
    let before = rows_of(&fs::read(FILE)?, &progs)?;
    check(before.len() == progs.len(), || format!("{before:?}"))?;
    let churns = [Churn::start(1000), Churn::without_links(1000)];
    let [Ok(links), Ok(unlinked)] = churns else { return skip("no churn can be had") };
    let started = std::time::Instant::now();
    let cycles = || links.cycles() + unlinked.cycles();
    for _ in (0..).take_while(|reads| !is_enough(*reads, cycles())) {
        let rows = rows_of(&fs::read(FILE)?, &progs)?;
        check(rows == before, || format!("{rows:?} in place of {before:?}"))?;
    }
    for _ in 0..times(10, 3) {
        let found = counts(sandbox, &progs.iter().copied().collect::<Vec<_>>())?;
        check(found.iter().all(|count| *count == 1), || format!("{found:?}"))?;
    }
    let seconds = started.elapsed().as_secs_f64();
    let cycles = links.stop()? + unlinked.stop()?;
    check(cycles > 20, || format!("only {cycles} cycles in {seconds:.1} s"))
}

/// Each reader has a place of its own in the kernel, however many there are.
fn slow_readers(_: &Sandbox) -> Result {
    use std::io::Read as _;

    let set = AttachSet::named(&["xdp_netlink", "cgroup_attach"]);
    let progs: BTreeSet<_> = set.expects().map(|expect| expect.prog_id).collect();
    let before = rows_of(&fs::read(FILE)?, &progs)?;
    let mut readers: Vec<_> =
        (0..20).map(|_| Ok((fs::File::open(FILE)?, Vec::new()))).collect::<Result<_>>()?;
    let mut is_open = true;
    while is_open {
        is_open = false;
        for (file, text) in &mut readers {
            let mut piece = [0; 100];
            let n = file.read(&mut piece)?;
            text.extend_from_slice(&piece[..n]);
            is_open |= n > 0;
        }
    }
    for (_, text) in &readers {
        let rows = rows_of(text, &progs)?;
        check(rows == before, || format!("{rows:?} in place of {before:?}"))?;
    }
    Ok(())
}
