//! The listing of links, and what it adds to programs and maps: held against the loader's
//! knowledge and the kernel's query API, as a user without any capability reads it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use bpfdbg::model::{Kind, Link, Name};
use bpfdbg::{bpf, parse};
use bpfdbg_attach::churn::Churn;
use bpfdbg_attach::{AttachSet, Expect, Member, Outcome, words};
use libbpf_rs::query::{LinkInfoIter, LinkTypeInfo};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::sandbox::{Sandbox, among_everything, is_chroot, ran, sandbox};
use crate::support::{Result, check, once, skip, times, trial};

pub(crate) fn trials() -> Vec<Trial> {
    let members = bpfdbg_attach::member_names()
        .map(|name| trial(format!("{name} is listed with its exact target"), move || member(name)));
    let mut trials: Vec<_> = members.collect();
    trials.extend([
        trial("links have the numbers that the query api has", || {
            needs_links()?;
            among_everything(|sandbox, _| query_api(sandbox))
        }),
        trial("a program on two targets shows both", || with_links(two_targets)),
        trial("a program that is only loaded says so", || with_links(only_loaded)),
        trial("a link whose target is gone is detached, and no link is nothing", || {
            with_links(detached)
        }),
        trial("the links of a killed loader are gone", || with_links(killed)),
        trial("no name forges a row or sends a control byte", || with_links(hostile)),
        trial("--kind and --attached-to leave out the others", || with_links(filters)),
        trial("a map shows the programs that use it", || with_links(users)),
        trial("no stable link is missed or doubled while others come and go", || with_links(churn)),
        trial("progs without the column attached read no links", || with_links(no_links_read)),
        trial("a kernel that lacks links says so in one line, and lists the rest", || {
            sandbox(lacking)
        }),
        trial("link types have libbpf's words", link_words),
    ]);
    trials
}

/// Runs a test in a sandbox with a public installation, on a kernel that can list links.
pub(crate) fn with_links(test: impl FnOnce(&Sandbox) -> Result + Send) -> Result {
    where_links_are(|sandbox| {
        sandbox.public()?;
        test(sandbox)
    })
}

/// Runs a test that installs by itself, on a kernel that can list links.
pub(crate) fn where_links_are(test: impl FnOnce(&Sandbox) -> Result + Send) -> Result {
    needs_links()?;
    sandbox(test)
}

fn needs_links() -> Result {
    bpf::unsupported_reason(Kind::Links).map_or(Ok(()), skip)
}

/// The argument that makes this binary a loader, which holds a member until it is killed.
pub(crate) const HOLDER: &str = "--hold-links";

/// Attaches a member, tells the ids of its links, and waits for standard input to be closed.
pub(crate) fn hold(member: &str) -> ! {
    let set = AttachSet::named(&[member]);
    let links: Vec<_> = set.expects().filter_map(|expect| expect.link_id).collect();
    println!("{}", json!(links));
    let _ = std::io::stdin().lines().last();
    drop(set);
    std::process::exit(0)
}

/// The rows of a listing by id, as nobody reads them.
pub(crate) fn listing(sandbox: &Sandbox, args: &[&str]) -> Result<BTreeMap<u64, Value>> {
    let mut all = vec!["--json"];
    all.extend(args);
    let Value::Array(rows) = ran(&mut sandbox.nobody(&all))?.json()? else {
        return Err("the listing is no array".into());
    };
    let id = |row: &Value| row["id"].as_u64().ok_or("a row without an id");
    Ok(rows.into_iter().map(|row| Ok((id(&row)?, row))).collect::<Result<_, &str>>()?)
}

/// What was expected and listed while every member was attached.
pub(crate) struct Listed {
    pub(crate) members: Vec<Member>,
    /// Empty on a kernel that cannot list links.
    links: BTreeMap<u64, Value>,
    progs: BTreeMap<u64, Value>,
    pub(crate) tree: Value,
}

impl Listed {
    /// Attaches and lists once for the tests of all members, for an installation takes its time.
    pub(crate) fn get() -> Result<&'static Self> {
        static LISTED: OnceLock<Result<Listed>> = OnceLock::new();
        once(&LISTED, || {
            let mut listed = None;
            among_everything(|sandbox, members| {
                sandbox.public()?;
                let has_links = bpf::unsupported_reason(Kind::Links).is_none();
                listed = Some(Self {
                    members: members.to_vec(),
                    links: if has_links { listing(sandbox, &["links"])? } else { BTreeMap::new() },
                    progs: listing(sandbox, &["progs"])?,
                    tree: ran(&mut sandbox.nobody(&["tree", "-j"]))?.json()?,
                });
                Ok(())
            })?;
            listed.ok_or_else(|| "nothing was listed".into())
        })
    }
}

/// A member's expectations; the test is skipped where the kernel does not have it.
pub(crate) fn expects(member: Option<&Member>) -> Result<Vec<Expect>> {
    let member = member.ok_or("no such member")?;
    match &member.outcome {
        Outcome::Unavailable(reason) => skip(reason),
        _ => Ok(member.expects().to_vec()),
    }
}

fn member(name: &'static str) -> Result {
    let Listed { members, links, progs, .. } = Listed::get()?;
    let expects = listed_expects(members, name)?;
    for expect in expects.iter().filter(|expect| expect.attached) {
        let prog = progs
            .get(&expect.prog_id.into())
            .ok_or_else(|| format!("no program for {expect:?}"))?;
        let id = json!(expect.link_id);
        let attached = prog["attached"]
            .as_array()
            .and_then(|all| {
                let of = |one: &&Value| {
                    one["link_id"] == id && one["via"] == json!(expect.target.get("via"))
                };
                all.iter().find(of)
            })
            .ok_or_else(|| format!("{expect:?} is missing in {prog}"))?;
        let Some(id) = expect.link_id.map(u64::from) else {
            target(expect, attached, prog)?;
            continue;
        };
        let row = links.get(&id).ok_or_else(|| format!("no row for {expect:?}"))?;
        if expect.kind != "struct_ops" {
            same(row, "prog_id", &json!(expect.prog_id))?;
            same(row, "prog_name", &json!(expect.prog_name))?;
            same(row, "prog_type", &json!(expect.prog_type))?;
            target(expect, &row["attached"], row)?;
        }
        target(expect, attached, row)?;
    }
    Ok(())
}

/// A member's expectations; the test is skipped where the kernel lists no links, and it has some.
pub(crate) fn listed_expects(members: &[Member], name: &str) -> Result<Vec<Expect>> {
    let expects = expects(members.iter().find(|member| member.name == name))?;
    if let Some(why) = bpf::unsupported_reason(Kind::Links)
        && expects.iter().any(|expect| expect.link_id.is_some())
    {
        return skip(why);
    }
    Ok(expects)
}

/// Whether an open descriptor holds the program where it is.
fn is_by_descriptor(expect: &Expect) -> bool {
    let via = expect.target.get("via");
    via.is_some_and(|via| {
        via.ends_with("ioctl") || via.starts_with("so_") || via == "packet_fanout_data"
    })
}

/// The bytes that a string of JSON stands for.
pub(crate) fn meant(text: &str) -> Cow<'_, [u8]> {
    Name::new(text.as_bytes()).bytes()
}

/// Holds one key of an object to what it must be; a string, to the bytes that it stands for.
pub(crate) fn same(object: &Value, key: &str, expected: &Value) -> Result {
    let is_same = match (&object[key], expected) {
        (Value::String(found), Value::String(expected)) => *meant(found) == *expected.as_bytes(),
        (found, expected) => found == expected,
    };
    check(is_same, || format!("{key} is not {expected} in {object}"))
}

/// A number of the loader's, decimal or with `0x` in front.
pub(crate) fn number(text: &str) -> Result<Value> {
    Ok(json!(match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16)?,
        None => text.parse()?,
    }))
}

fn numbers(text: &str) -> Result<Vec<Value>> {
    text.split(',').map(number).collect()
}

/// Holds a target to what the loader knows; `row` is its link's, with the kernel's numbers.
fn target(expect: &Expect, attached: &Value, row: &Value) -> Result {
    same(attached, "kind", &json!(expect.kind))?;
    same(attached, "state", &Value::Null)?;
    for (key, value) in &expect.target {
        match *key {
            "prog_id" => same(&attached["prog"], "id", &number(value)?)?,
            "prog_name" => same(&attached["prog"], "name", &json!(value))?,
            "map_id" => same(&attached["map"], "id", &number(value)?)?,
            "map_name" => same(&attached["map"], "name", &json!(value))?,
            // Before 5.13, no helper names a function by its address.
            "symbol" if attached["symbol"] == "?" && crate::progs::is_5_10()? => {}
            // Whose descriptor it is, a public text does not tell.
            "pid" | "fd" if is_by_descriptor(expect) => same(attached, key, &Value::Null)?,
            "offset" | "ifindex" | "cgroup_id" | "netns" | "count" | "cookie" | "pid"
            | "handle" | "protocol" | "port" | "fanout_id" | "sample_freq" | "sample_period"
            | "breakpoint_len" => {
                same(attached, key, &number(value)?)?;
            }
            "priority" => same(attached, key, &json!(value.parse::<i32>()?))?,
            "pf" | "hook" => same(row, key, &number(value)?)?,
            "attach_flags" => {
                let word = match value.as_str() {
                    "0" => Value::Null,
                    "1" => json!("override"),
                    _ => json!("multi"),
                };
                same(attached, key, &word)?;
            }
            "offsets" => same(attached, key, &json!(numbers(value)?))?,
            "cookies" => {
                // In the kernel's order, which is that of addresses.
                let found: BTreeSet<_> = list(&attached["cookies"]);
                let wanted: BTreeSet<_> = numbers(value)?.iter().map(ToString::to_string).collect();
                check(found == wanted, || format!("cookies are not {wanted:?} in {attached}"))?;
            }
            "symbols" | "functions" => symbols(value, attached)?,
            // An iterator shows what it is of.
            "function" if expect.kind == "iter" => {}
            // A type that libbpf has no word for yet.
            "attach_type" if attached["attach_type"].is_number() => {}
            // Software events get another type from 6.12 on; the name under which a struct is
            // registered is in no link.
            "perf_type" | "perf_config" | "name" => {}
            "path" => same_path(attached, value)?,
            _ => same(attached, key, &json!(value))?,
        }
    }
    Ok(())
}

/// Holds a path to one that is known. An iterator names a file from the root of all mounts; in a
/// chroot, that is more than what everybody else there sees of it.
fn same_path(object: &Value, known: &str) -> Result {
    if is_chroot() {
        let found = meant(object["path"].as_str().unwrap_or_default());
        return check(found.ends_with(known.as_bytes()), || {
            format!("path is not {known} in {object}")
        });
    }
    same(object, "path", &json!(known))
}

fn list(values: &Value) -> BTreeSet<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    values.as_array().into_iter().flatten().map(text).collect()
}

/// The kernel orders functions by their address; a long list is cut, and says so.
fn symbols(wanted: &str, attached: &Value) -> Result {
    let wanted: BTreeSet<_> = wanted.split(',').map(str::to_owned).collect();
    let found = list(&attached["symbols"]);
    let more = attached["more"].as_u64().unwrap_or(0) as usize;
    check(found.is_subset(&wanted) && found.len() + more == wanted.len(), || {
        format!("symbols are not of {wanted:?} in {attached}")
    })
}

fn query_api(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    let before: Vec<_> = LinkInfoIter::default().collect();
    let rows = listing(sandbox, &["links"])?;
    let after: BTreeSet<_> = LinkInfoIter::default().map(|info| info.id).collect();
    let mut compared = 0;
    for info in before.iter().filter(|info| after.contains(&info.id)) {
        let row = rows.get(&info.id.into()).ok_or_else(|| format!("no row for {info:?}"))?;
        let has = |key: &str, value: Value| same(row, key, &value);
        if info.prog_id != 0 {
            has("prog_id", json!(info.prog_id))?;
        }
        // Zero stands for what is not there.
        let some = |number: u64| if number == 0 { Value::Null } else { json!(number) };
        match &info.info {
            LinkTypeInfo::RawTracepoint(info) => has("tp_name", json!(info.name))?,
            LinkTypeInfo::Tracing(info) if info.target_btf_id != 0 => {
                has("target_obj_id", some(info.target_obj_id.into()))?;
                has("target_btf_id", json!(info.target_btf_id))?;
            }
            LinkTypeInfo::Cgroup(info) => has("cgroup_id", some(info.cgroup_id))?,
            LinkTypeInfo::NetNs(info) => has("netns_ino", some(info.ino.into()))?,
            LinkTypeInfo::Xdp(info) => has("ifindex", some(info.ifindex.into()))?,
            LinkTypeInfo::Tcx(info) => has("ifindex", some(info.ifindex.into()))?,
            LinkTypeInfo::Netkit(info) => has("ifindex", some(info.ifindex.into()))?,
            LinkTypeInfo::SockMap(info) => has("map_id", some(info.map_id.into()))?,
            LinkTypeInfo::StructOps(info) => has("map_id", some(info.map_id.into()))?,
            LinkTypeInfo::Netfilter(info) => {
                has("pf", json!(info.protocol_family))?;
                has("hook", json!(info.hooknum))?;
                has("prio", json!(info.priority))?;
                has("flags", json!(info.flags))?;
            }
            LinkTypeInfo::KprobeMulti(info) => has("func_cnt", json!(info.count))?,
            LinkTypeInfo::UprobeMulti(info) => {
                has("func_cnt", json!(info.count))?;
                if let Some(path) = &info.path {
                    same_path(row, &path.to_string_lossy())?;
                }
                has("pid", json!(info.pid))?;
            }
            LinkTypeInfo::Iter(info) => {
                has("target_name", json!(info.target_name.to_string_lossy()))?;
            }
            _ => continue,
        }
        compared += 1;
    }
    check(compared >= 5, || format!("only {compared} links were compared"))
}

fn two_targets(sandbox: &Sandbox) -> Result {
    let set = AttachSet::named(&["freplace_two_targets"]);
    let expects = expects(set.member("freplace_two_targets"))?;
    let places: Vec<_> = expects.iter().filter(|expect| expect.link_id.is_some()).collect();
    check(places.len() == 2 && places[0].prog_id == places[1].prog_id, || format!("{expects:?}"))?;
    let id = places[0].prog_id.to_string();
    let row = ran(&mut sandbox.nobody(&["progs", "-j", "id", &id]))?.json()?;
    let found: Vec<_> = row["attached"].as_array().into_iter().flatten().collect();
    check(found.len() == 2, || format!("{row}"))?;
    let text = ran(&mut sandbox.nobody(&["-n", "-o", "attached", "id", &id]))?.ok()?;
    let wanted: Vec<_> = places
        .iter()
        .map(|place| {
            let of = |key: &str| place.target.get(key).cloned().unwrap_or_default();
            format!("freplace {} @ {} ({})", of("function"), of("prog_name"), of("prog_id"))
        })
        .collect();
    check(text == format!("{}\n", wanted.join(", ")).as_bytes(), || {
        format!("{} is not {wanted:?}", String::from_utf8_lossy(&text))
    })
}

fn only_loaded(sandbox: &Sandbox) -> Result {
    let mut set = AttachSet::load(|name| ["tp_btf", "iter_task", "fentry"].contains(&name));
    let expects: Vec<_> = set.expects().cloned().collect();
    let state = |sandbox: &Sandbox, expect: &Expect| -> Result<Value> {
        let rows = listing(sandbox, &["progs"])?;
        let row = rows.get(&expect.prog_id.into()).ok_or("no row")?;
        Ok(row["attached"][0]["state"].clone())
    };
    check(!expects.is_empty(), || "nothing could be loaded".into())?;
    for expect in &expects {
        let found = state(sandbox, expect)?;
        check(found == json!("loaded"), || format!("{found}: {expect:?}"))?;
    }
    set.attach();
    let attached: Vec<_> =
        set.expects().filter(|expect| expect.attached).map(|e| e.prog_id).collect();
    for expect in expects.iter().filter(|expect| attached.contains(&expect.prog_id)) {
        let found = state(sandbox, expect)?;
        check(found == Value::Null, || format!("{found}: {expect:?}"))?;
    }
    Ok(())
}

fn detached(sandbox: &Sandbox) -> Result {
    const WITH_TARGET: [&str; 6] =
        ["xdp_link", "tcx", "netkit", "cgroup_link", "lsm_cgroup", "sk_lookup"];
    let mut set = AttachSet::new(|name| WITH_TARGET.contains(&name) || name == "raw_tp");
    let mut seen = 0;
    for name in WITH_TARGET {
        let Ok(expects) = expects(set.member(name)) else { continue };
        set.remove_targets(name);
        let rows = wait_for(|| {
            let rows = listing(sandbox, &["links"])?;
            let gone = expects.iter().filter_map(|expect| expect.link_id).all(|id| {
                rows.get(&id.into()).is_some_and(|row| row["attached"]["state"] == "detached")
            });
            Ok(gone.then_some(rows))
        })?
        .ok_or_else(|| format!("the links of {name} are not detached"))?;
        for id in expects.iter().filter_map(|expect| expect.link_id) {
            same(&rows[&id.into()], "ifindex", &Value::Null)?;
            same(&rows[&id.into()], "cgroup_id", &Value::Null)?;
        }
        let text = ran(&mut sandbox.nobody(&["-n", "-o", "id,attached"]))?.ok()?;
        check(String::from_utf8_lossy(&text).contains(" detached"), || "no word of it".into())?;
        seen += 1;
    }
    check(seen >= 2, || format!("only {seen} targets could be removed"))?;
    // Detached by its loader, a program has no link, and nothing is said of it.
    let raw_tp = expects(set.member("raw_tp"))?.remove(0);
    set.detach("raw_tp");
    let rows = listing(sandbox, &["links"])?;
    check(!rows.contains_key(&raw_tp.link_id.unwrap_or_default().into()), || "still there".into())?;
    same(&listing(sandbox, &["progs"])?[&raw_tp.prog_id.into()], "attached", &Value::Null)?;
    set.unload("raw_tp");
    wait_for(|| {
        Ok((!listing(sandbox, &["progs"])?.contains_key(&raw_tp.prog_id.into())).then_some(()))
    })?
    .ok_or_else(|| "an unloaded program is still listed".into())
}

/// The kernel takes some things away a moment later, when nobody can be using them any more.
pub(crate) fn wait_for<T>(mut ready: impl FnMut() -> Result<Option<T>>) -> Result<Option<T>> {
    for _ in 0..50 {
        if let Some(value) = ready()? {
            return Ok(Some(value));
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Ok(None)
}

fn killed(sandbox: &Sandbox) -> Result {
    let mut loader = Command::new("/proc/self/exe")
        .args([HOLDER, "raw_tp"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(loader.stdout.take().ok_or("no pipe")?).read_line(&mut line)?;
    let ids: Vec<u64> = serde_json::from_str(&line)?;
    let before = listing(sandbox, &["links"]);
    loader.kill()?;
    loader.wait()?;
    let before = before?;
    check(!ids.is_empty() && ids.iter().all(|id| before.contains_key(id)), || line.clone())?;
    let left = wait_for(|| {
        let rows = listing(sandbox, &["links"])?;
        Ok((!ids.iter().any(|id| rows.contains_key(id))).then_some(()))
    })?;
    left.ok_or_else(|| "the links of a killed process are still listed".into())
}

fn hostile(sandbox: &Sandbox) -> Result {
    let set = AttachSet::new(|name| name.starts_with("hostile"));
    let links: Vec<_> = set.expects().filter_map(|expect| expect.link_id).collect();
    if links.is_empty() {
        return skip("no name that is hard to list could be made");
    }
    let text = fs::read("/run/bpfdbg/links.debug")?;
    let odd = text.iter().find(|byte| !matches!(byte, b'\n' | b' '..=b'~'));
    check(odd.is_none(), || format!("byte {odd:?} in the text"))?;
    let rows: Vec<Link<'_>> = parse::rows(&text)?;
    let ids: BTreeSet<_> = rows.iter().map(|row| row.id).collect();
    check(ids.len() == rows.len(), || "a row is doubled".into())?;
    check(links.iter().all(|id| ids.contains(id)), || "a row is missing".into())?;
    // A forged row is in every read; what is not, is a link of another test, which came and went.
    let mut forged = ids;
    for _ in 0..3 {
        let rows = listing(sandbox, &["links"])?;
        let known: BTreeSet<_> = LinkInfoIter::default().map(|info| info.id).collect();
        forged.retain(|id| rows.contains_key(&u64::from(*id)) && !known.contains(id));
    }
    check(forged.is_empty(), || format!("rows are forged: {forged:?}"))?;
    for format in ["table", "csv", "raw", "json", "ndjson"] {
        for noun in ["links", "progs"] {
            let text = ran(&mut sandbox.nobody(&[noun, "--format", format]))?.ok()?;
            let text = String::from_utf8(text)?;
            let odd = text.chars().find(|c| c.is_control() && *c != '\n');
            check(odd.is_none(), || format!("{odd:?} in {format} of {noun}"))?;
        }
    }
    Ok(())
}

fn filters(sandbox: &Sandbox) -> Result {
    let set = AttachSet::named(&["raw_tp", "tracepoint", "xdp_link", "cgroup_link", "uprobe"]);
    let kinds = ["raw_tp", "tracepoint", "xdp", "cgroup", "uprobe"];
    for noun in ["links", "progs"] {
        for kind in kinds {
            let rows = listing(sandbox, &[noun, "--kind", kind])?;
            let of = |expect: &&Expect| expect.kind == kind && expect.link_id.is_some();
            for expect in set.expects().filter(of) {
                let id = if noun == "progs" { Some(expect.prog_id) } else { expect.link_id };
                check(rows.contains_key(&id.unwrap_or_default().into()), || {
                    format!("{noun} --kind {kind} leaves out {expect:?}")
                })?;
            }
            let other = rows.values().find(|row| match &row["attached"] {
                Value::Array(all) => all.iter().all(|one| one["kind"] != kind),
                one => one["kind"] != kind,
            });
            check(other.is_none(), || format!("{noun} --kind {kind} has {other:?}"))?;
        }
    }
    let glob = |glob: &str| -> Result<BTreeSet<u64>> {
        Ok(listing(sandbox, &["links", "--attached-to", glob])?.into_keys().collect())
    };
    for expect in set.expects() {
        let Some(id) = expect.link_id.map(u64::from) else { continue };
        for key in ["tracepoint", "device", "cgroup", "path"] {
            let Some(name) = expect.target.get(key) else { continue };
            let start: String = name.chars().take(name.len() - 1).collect();
            check(glob(name)?.contains(&id), || format!("{name}: {expect:?}"))?;
            check(glob(&format!("{start}*"))?.contains(&id), || format!("{start}*: {expect:?}"))?;
            check(!glob(&start)?.contains(&id), || format!("{start}: {expect:?}"))?;
        }
    }
    let error = ran(&mut sandbox.nobody(&["progs", "--kind", "odd"]))?.failed(2)?;
    check(error.starts_with("bpfdbg: no kind 'odd'; there are cgroup, "), || error.clone())?;
    let error = ran(&mut sandbox.nobody(&["maps", "--kind", "xdp"]))?.failed(2)?;
    check(error.ends_with(": a map is not attached to anything\n"), || error.clone())
}

fn users(sandbox: &Sandbox) -> Result {
    let set = AttachSet::named(&["shared_map"]);
    let expects = expects(set.member("shared_map"))?;
    let map = expects[0].maps.iter().find(|map| map.name == "shared_counter").ok_or("no map")?;
    let row = listing(sandbox, &["maps"])?.remove(&map.id.into()).ok_or("no row")?;
    let wanted: Vec<_> =
        expects.iter().map(|e| json!({ "id": e.prog_id, "name": e.prog_name })).collect();
    same(&row, "used_by", &json!(wanted))?;
    let id = map.id.to_string();
    let text = ran(&mut sandbox.nobody(&["maps", "-n", "-o", "used_by", "id", &id]))?.ok()?;
    let names: Vec<_> =
        expects.iter().map(|e| format!("{} ({})", e.prog_name, e.prog_id)).collect();
    check(text == format!("{}\n", names.join(", ")).as_bytes(), || {
        String::from_utf8_lossy(&text).into_owned()
    })
}

/// Whether a churn has gone on beside enough reads, of which a machine makes ten a second.
pub(crate) fn is_enough(reads: u64, cycles: u64) -> bool {
    reads >= 200 || reads >= times(200, 40) && cycles > 25
}

fn churn(sandbox: &Sandbox) -> Result {
    let set = AttachSet::named(&["raw_tp", "shared_map", "iter_task"]);
    let stable: BTreeSet<_> = set.expects().filter_map(|expect| expect.link_id).collect();
    check(stable.len() >= 3, || format!("only {} links", stable.len()))?;
    let churn = match Churn::start(1000) {
        Ok(churn) => churn,
        Err(reason) => return skip(reason),
    };
    let started = std::time::Instant::now();
    for _ in (0..).take_while(|reads| !is_enough(*reads, churn.cycles())) {
        let text = fs::read("/run/bpfdbg/links.debug")?;
        let rows: Vec<Link<'_>> = parse::rows(&text)?;
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let all: BTreeSet<_> = ids.iter().copied().collect();
        check(all.len() == ids.len(), || format!("a link is doubled: {ids:?}"))?;
        check(stable.is_subset(&all), || format!("a link is missing: {ids:?}"))?;
    }
    for _ in 0..times(10, 3) {
        let rows = listing(sandbox, &["progs"])?;
        for expect in set.expects() {
            let row = rows.get(&expect.prog_id.into()).ok_or("a program is missing")?;
            same(&row["attached"][0], "link_id", &json!(expect.link_id))?;
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    let cycles = churn.stop()?;
    check(cycles > 10, || format!("only {cycles} cycles in {seconds:.1} s"))
}

fn no_links_read(sandbox: &Sandbox) -> Result {
    let strace = crate::support::program("strace")?;
    let opened = |args: &[&str]| -> Result<bool> {
        let mut command = Command::new(&strace);
        command.args(["-f", "-e", "trace=openat,open", "-o", "/run/trace"]);
        command.arg(sandbox.root(&[]).get_program()).args(args);
        ran(&mut command)?.ok()?;
        Ok(fs::read_to_string("/run/trace")?.contains("links.debug"))
    };
    check(opened(&["progs"])?, || "the default columns need links".into())?;
    check(!opened(&["progs", "-o", "id,name"])?, || "links were read for nothing".into())?;
    check(opened(&["progs", "-o", "id", "--kind", "xdp"])?, || "a filter needs links".into())?;
    check(!opened(&["maps"])?, || "maps need no links".into())
}

fn lacking(sandbox: &Sandbox) -> Result {
    let Some(why) = bpf::unsupported_reason(Kind::Links) else {
        return skip("this kernel lists links");
    };
    let said = ran(&mut sandbox.root(&["install", "--public"]))?;
    check(said.stderr.contains(&format!("no links.debug: {why}\n")), || said.stderr.clone())?;
    let error = ran(&mut sandbox.nobody(&["links"]))?.failed(1)?;
    check(error == format!("bpfdbg: {why}\n"), || error.clone())?;
    ran(&mut sandbox.nobody(&["progs"]))?.ok().map(drop)
}

fn link_words() -> Result {
    for (number, word) in (1u32..).zip(&bpfdbg::model::words::LINK_TYPES[1..]) {
        match words::link_type(number) {
            // libbpf is older than the newest kernel.
            None => {}
            Some(known) => check(known == *word, || format!("{number} is {word}, not {known}"))?,
        }
    }
    Ok(())
}
