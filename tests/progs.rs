//! The listings of programs and maps, held against the kernel's query API and the loader's knowledge.

use std::collections::{BTreeMap, BTreeSet};

use bpfdbg::model::Kind;
use bpfdbg::parse;
use bpfdbg_attach::flood::{Flood, program_name};
use bpfdbg_attach::{AttachSet, Expect, hostile, words};
use libbpf_rs::btf::Btf;
use libbpf_rs::btf::types::Enum;
use libbpf_rs::query::{MapInfoIter, ProgInfoIter, ProgInfoQueryOptions};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::sandbox::{Sandbox, among_everything, ran, sandbox};
use crate::support::{CHEAPEST, Result, check, only_on, program, trial};
use crate::umd::machine::Hidden;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("a user without capabilities sees what the query api tells root of programs", || {
            among_everything(|sandbox, _| programs(sandbox))
        }),
        trial("a user without capabilities sees what the query api tells root of maps", || {
            among_everything(|sandbox, _| maps(sandbox))
        }),
        trial(
            "every program of the attach set has its full name and what it was loaded for",
            || sandbox(names),
        ),
        trial("names that are hard to list are listed whole", || sandbox(hostile_names)),
        trial("six hundred programs and maps are listed, each once, in order", || sandbox(many)),
        trial("a private installation answers nobody with exit code 4", || sandbox(private)),
        trial("reading a file makes no bpf call", || sandbox(no_bpf_call)),
        trial("each file's header line is the public one", || sandbox(header_lines)),
        trial("the columns that the iterators print are those that are read", columns_are_read),
        trial("the iterators are the same where libbpf looks through all types", || {
            sandbox(same_types)
        }),
        trial("the kernel's numbers have libbpf's words", word_tables),
        trial("the kernel's numbers have the words of its own enums", kernel_words),
        trial("the flags of maps have the words of the kernel's header", flag_words),
        trial("the iterators run in the process where nothing is installed", || {
            sandbox(in_process)
        }),
    ]
}

/// The header line of each text, without what made the file.
const HEADERS: [(&str, &str); 6] = [
    (
        "progs",
        "      id name             attached         target             target_id type \
         expected_attach_type       tag gpl orphaned               load_time         uid      \
         xlated       jited     memlock      btf_id verified_insns run_cnt run_time_ns \
         recursion_misses map_ids",
    ),
    (
        "maps",
        "      id name             max_entries             cur_entries type   key_size  value_size       \
         flags frozen              memlock      btf_id owner_prog_type owner_jited full_name value_type ops bound",
    ),
    ("links", "      id type     prog_id name             prog_type attach_type target"),
    (
        "attached",
        " prog_id kind           via         name             prog_type attach_type target",
    ),
    ("descriptors", " prog_id through    name             prog_type target"),
    ("holders", "     pid comm                       fd held               id target"),
];

/// The iterators make these of lists of columns.
fn header_lines(sandbox: &Sandbox) -> Result {
    sandbox.with_holders()?;
    let mut found = 0;
    for (kind, expected) in HEADERS {
        // Links and attachments take what not every kernel has.
        let Ok(text) = std::fs::read(format!("/run/bpfdbg/{kind}.debug")) else { continue };
        let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let header = String::from_utf8_lossy(line);
        if header.rsplit_once(" bpfdbg/").map(|(columns, _)| columns) != Some(expected) {
            return Err(format!("{kind}.debug begins with '{header}'").into());
        }
        found += 1;
    }
    if found < 3 { Err(format!("only {found} files").into()) } else { Ok(()) }
}

fn columns_are_read() -> Result {
    for kind in Kind::ALL {
        let of_kind = |(name, _): &&(&str, &str)| format!("{name}.debug") == kind.file_name();
        let (_, header) = HEADERS.iter().find(of_kind).ok_or_else(|| format!("no {kind:?}"))?;
        let printed: BTreeSet<_> = header.split_whitespace().collect();
        let read: BTreeSet<_> = parse::columns(kind).iter().copied().collect();
        let odd: Vec<_> = printed.symmetric_difference(&read).collect();
        check(odd.is_empty(), || format!("{kind:?}: {odd:?} are printed or read alone"))?;
    }
    Ok(())
}

/// The rows of a listing by their ids, read by nobody.
fn listing(sandbox: &Sandbox, noun: &str) -> Result<BTreeMap<u64, Value>> {
    let Value::Array(rows) = ran(&mut sandbox.nobody(&[noun, "--json"]))?.json()? else {
        return Err("the listing is no array".into());
    };
    let id = |row: &Value| row["id"].as_u64().ok_or("a row without an id");
    Ok(rows.into_iter().map(|row| Ok((id(&row)?, row))).collect::<Result<_, &str>>()?)
}

/// Whether this is a kernel that does not count misses yet.
pub(crate) fn is_5_10() -> Result<bool> {
    Ok(std::fs::read_to_string("/proc/sys/kernel/osrelease")?.starts_with("5.10."))
}

/// As JSON has a number that is left out where it is zero.
fn unless_zero(number: u64) -> Value {
    if number == 0 { Value::Null } else { number.into() }
}

/// Holds one key of a row to what another source says.
fn same(row: &Value, key: &str, expected: impl Into<Value>) -> Result {
    let expected = expected.into();
    if row.get(key).unwrap_or(&Value::Null) == &expected {
        return Ok(());
    }
    Err(format!("{key} is {}, not {expected}, in {row}", row[key]).into())
}

fn programs(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    let all = ProgInfoQueryOptions::default()
        .include_map_ids(true)
        .include_xlated_prog_insns(true)
        .include_jited_prog_insns(true);
    let before: Vec<_> = ProgInfoIter::with_query_opts(all).collect();
    let rows = listing(sandbox, "progs")?;
    let table = ran(&mut sandbox.nobody(&["progs", "-n", "--format", "raw", "-o", "run_cnt"]))?;
    let counts = !table.ok()?.starts_with(b"-");
    let after: Vec<_> = ProgInfoIter::default().collect();
    let (mut compared, mut counted) = (0, 0);
    for info in before {
        // Something else may have been unloaded in between; what stays must be there.
        if !after.iter().any(|now| now.id == info.id) {
            continue;
        }
        let row =
            rows.get(&info.id.into()).ok_or_else(|| format!("no row for program {}", info.id))?;
        let ty = info.ty as u32;
        same(row, "type", words::prog_type(ty).map_or_else(|| json!(ty), Into::into))?;
        let tag: String = info.tag.0.iter().map(|byte| format!("{byte:02x}")).collect();
        same(row, "tag", tag)?;
        same(row, "uid", info.created_by_uid)?;
        same(row, "load_time", info.load_time.as_nanos() as u64)?;
        same(row, "bytes_xlated", info.xlated_prog_insns.len())?;
        same(row, "gpl_compatible", info.gpl_compatible)?;
        same(row, "bytes_jited", unless_zero(info.jited_prog_insns.len() as u64))?;
        same(row, "jited", !info.jited_prog_insns.is_empty())?;
        // Counted meanwhile, as of an iterator that another test reads, it may be either.
        let counts =
            counts && after.iter().any(|now| now.id == info.id && now.run_cnt == info.run_cnt);
        if counts {
            same(row, "run_cnt", unless_zero(info.run_cnt))?;
            same(row, "run_time_ns", unless_zero(info.run_time_ns))?;
            counted += 1;
        }
        if counts && !is_5_10()? {
            same(row, "recursion_misses", unless_zero(info.recursion_misses))?;
        }
        if !is_5_10()? {
            same(row, "verified_insns", info.verified_insns)?;
        }
        if info.btf_id != 0 {
            same(row, "btf_id", info.btf_id)?;
        }
        let maps: Vec<Value> = info.map_ids.iter().map(|id| json!(id)).collect();
        same(row, "map_ids", if maps.is_empty() { Value::Null } else { maps.into() })?;
        compared += 1;
    }
    (compared >= 30 && (counted >= 30 || !counts))
        .then_some(())
        .ok_or_else(|| format!("only {compared} programs, {counted} counters were compared").into())
}

fn maps(sandbox: &Sandbox) -> Result {
    let mut flood = Flood::new();
    flood.add_maps(30)?;
    let _most = hostile::map_of_most_entries();
    sandbox.public()?;
    let before: Vec<_> = MapInfoIter::default().collect();
    let rows = listing(sandbox, "maps")?;
    let mut compared = 0;
    for info in before {
        if !MapInfoIter::default().any(|now| now.id == info.id) {
            continue;
        }
        let row = rows.get(&info.id.into()).ok_or_else(|| format!("no row for map {}", info.id))?;
        same(row, "name", shown(std::os::unix::ffi::OsStrExt::as_bytes(info.name.as_os_str())))?;
        same(row, "bytes_key", info.key_size)?;
        same(row, "bytes_value", info.value_size)?;
        same(row, "max_entries", info.max_entries)?;
        same(row, "flags", info.map_flags)?;
        if info.btf_id != 0 {
            same(row, "btf_id", info.btf_id)?;
        }
        let ty = u32::from(info.ty);
        same(row, "type", words::map_type(ty).map_or_else(|| json!(ty), Into::into))?;
        compared += 1;
    }
    (compared >= 30)
        .then_some(())
        .ok_or_else(|| format!("only {compared} maps were compared").into())
}

/// Loaded, and not attached yet, a program's row has its target whatever the kernel later forgets.
fn names(sandbox: &Sandbox) -> Result {
    let set = AttachSet::load(|_| true);
    sandbox.public()?;
    let rows = listing(sandbox, "progs")?;
    let mut checked = 0;
    for expect in set.expects() {
        let row =
            rows.get(&expect.prog_id.into()).ok_or_else(|| format!("no row for {expect:?}"))?;
        same(row, "name", expect.prog_name.as_str())?;
        same(row, "type", expect.prog_type.as_str())?;
        same(row, "tag", expect.tag.as_str())?;
        loaded_for(expect, &row["attached"][0])?;
        let mut maps: Vec<_> = expect.maps.iter().map(|map| map.id).collect();
        maps.sort_unstable();
        let mut listed: Vec<_> =
            row["map_ids"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
        listed.sort_unstable();
        if !maps.iter().all(|id| listed.contains(&u64::from(*id))) {
            return Err(format!("{maps:?} are not all in {row}").into());
        }
        checked += 1;
    }
    (checked >= 8)
        .then_some(())
        .ok_or_else(|| format!("only {checked} programs were checked").into())
}

/// What a program was loaded for is in its own row, until the kernel forgets the target.
fn loaded_for(expect: &Expect, attached: &Value) -> Result {
    let in_row = ["freplace", "fentry", "fexit", "fmod_ret", "lsm", "lsm_cgroup", "tp_btf", "iter"];
    if !in_row.contains(&expect.kind) {
        return Ok(());
    }
    same(attached, "kind", expect.kind)?;
    for key in ["function", "tracepoint"] {
        if let Some(wanted) = expect.target.get(key) {
            // The kernel names a hook by the function that stands for it.
            let found = attached[key].as_str().unwrap_or_default();
            let name =
                found.strip_prefix("bpf_lsm_").or(found.strip_prefix("bpf_iter_")).unwrap_or(found);
            if ![found, name].contains(&wanted.as_str()) {
                return Err(format!("{key} is {found}, not {wanted}, of {expect:?}").into());
            }
        }
    }
    if let Some(target) = expect.target.get("prog_name") {
        same(&attached["prog"], "name", target.as_str())?;
        same(&attached["prog"], "id", expect.target["prog_id"].parse::<u64>()?)?;
    }
    Ok(())
}

/// A name as JSON shows it: bytes that are no UTF-8 are escaped.
fn shown(name: &[u8]) -> Value {
    if name.is_empty() { Value::Null } else { bpfdbg::view::json_text(name).into_owned().into() }
}

fn hostile_names(sandbox: &Sandbox) -> Result {
    let (programs, maps) = (hostile::programs(), hostile::maps());
    sandbox.public()?;
    for (noun, objects) in [("progs", &programs), ("maps", &maps)] {
        let rows = listing(sandbox, noun)?;
        let mut listed = 0;
        for (what, object) in objects {
            // What a kernel refuses, such as a name of 511 bytes before 6.1, cannot be listed.
            let Ok(object) = object else { continue };
            let row = rows.get(&object.id.into()).ok_or_else(|| format!("no row for {what}"))?;
            same(row, "name", shown(&object.name)).map_err(|_| format!("{what}: {row}"))?;
            listed += 1;
        }
        if listed < objects.len() / 2 {
            return Err(format!("only {listed} of {} could be made", objects.len()).into());
        }
    }
    // The same rows as a table: one line each, and no byte that a terminal would act on.
    let table = String::from_utf8(ran(&mut sandbox.nobody(&["progs", "--no-header"]))?.ok()?)?;
    let bad = table
        .chars()
        .find(|c| *c != '\n' && (c.is_control() || !c.is_alphanumeric() && !c.is_ascii()));
    bad.map_or(Ok(()), |c| Err(format!("{c:?} in a table").into()))
}

fn many(sandbox: &Sandbox) -> Result {
    let mut flood = Flood::new();
    flood.add_programs(600)?;
    flood.add_maps(600)?;
    sandbox.public()?;
    let table =
        String::from_utf8(ran(&mut sandbox.nobody(&["progs", "-n", "-o", "id,name"]))?.ok()?)?;
    let rows: Vec<(u64, &str)> = table
        .lines()
        .filter_map(|line| line.trim().split_once("  "))
        .filter_map(|(id, name)| Some((id.parse().ok()?, name)))
        .collect();
    if !rows.is_sorted_by(|a, b| a.0 < b.0) {
        return Err("ids are not in order, or not unique".into());
    }
    for number in 0..600 {
        let name = program_name(number);
        // Once by its id, which rows are unique by; another process may have one of that name, too.
        if !rows.iter().any(|row| row.1 == name) {
            return Err(format!("{name} is not listed").into());
        }
    }
    let maps = listing(sandbox, "maps")?.len();
    (maps >= 600).then_some(()).ok_or_else(|| format!("only {maps} maps are listed").into())
}

fn private(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    ran(&mut sandbox.root(&["install"]))?.ok()?;
    let stderr = ran(&mut sandbox.nobody(&["progs"]))?.failed(4)?;
    let expected = "bpfdbg: cannot open '/run/bpfdbg/progs.debug': Permission denied (os error 13)\n\
                    hint: 'bpfdbg status' tells who may read which file\n";
    (stderr == expected).then_some(()).ok_or_else(|| stderr.into())
}

fn in_process(sandbox: &Sandbox) -> Result {
    let rows = ran(&mut sandbox.root(&["progs", "--json"]))?.json()?;
    let own = rows.as_array().into_iter().flatten().any(|row| row["name"] == "bpfdbg_progs");
    if !own {
        return Err(format!("the iterator does not list itself: {rows}").into());
    }
    let pins = std::fs::read_dir("/sys/fs/bpf")?.flatten();
    match pins.map(|pin| pin.file_name()).find(|name| !name.to_string_lossy().ends_with(".debug")) {
        None => Ok(()),
        Some(pin) => Err(format!("{pin:?} was left behind").into()),
    }
}

/// Without /proc there is no way to hand libbpf the few types that matter: it looks through all of
/// them, and must find the same, so that the kernel is given the same instructions.
fn same_types(sandbox: &Sandbox) -> Result {
    only_on(&["5.10", "newest"])?;
    let tags = || -> Result<BTreeMap<String, String>> {
        // What is attached takes the other iterators.
        let args = ["progs", "--json", "-o", "name,tag,attached"];
        let rows = ran(&mut sandbox.root(&args))?.json()?;
        let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        // Of others of the same name, the last is the newest.
        let rows = rows.as_array().into_iter().flatten();
        Ok(rows
            .map(|row| (text(row, "name"), text(row, "tag")))
            .filter(|(name, _)| name.starts_with("bpfdbg_"))
            .collect())
    };
    let mut few = tags()?;
    let _hidden = Hidden::new("/proc")?;
    let mut all = tags()?;
    // Another test may have installed more in the meantime, or taken it away.
    few.retain(|name, _| all.contains_key(name));
    all.retain(|name, _| few.contains_key(name));
    match few.len() {
        2.. if few == all => Ok(()),
        _ => Err(format!("{few:?} in place of {all:?}").into()),
    }
}

/// The tables of words, held against libbpf's, which knows what this kernel may not.
fn word_tables() -> Result {
    use bpfdbg::model::words::{ATTACH_TYPES, MAP_TYPES, PROG_TYPES};
    type Word = fn(u32) -> Option<&'static str>;
    let tables: [(&[&str], Word); 3] = [
        (PROG_TYPES, words::prog_type),
        (ATTACH_TYPES, words::attach_type),
        (MAP_TYPES, words::map_type),
    ];
    for (ours, libbpf) in tables {
        for (number, word) in (0u32..).zip(ours) {
            // libbpf is older than the newest kernel, whose own types are asked as well.
            check(libbpf(number).is_none_or(|theirs| theirs == *word), || {
                format!("{number} is {word} here, {:?} in libbpf", libbpf(number))
            })?;
        }
        if let Some(more) = libbpf(ours.len() as u32) {
            return Err(format!("'{more}' is missing").into());
        }
    }
    Ok(())
}

/// The tables of words, held against the enums in the types of the kernel that runs.
fn kernel_words() -> Result {
    use bpfdbg::model::words::{ATTACH_TYPES, LINK_TYPES, MAP_TYPES, PROG_TYPES};
    let btf = Btf::from_path("/sys/kernel/btf/vmlinux")?;
    for (name, prefix, ours, least) in [
        ("bpf_prog_type", "BPF_PROG_TYPE_", PROG_TYPES, 31),
        ("bpf_map_type", "BPF_MAP_TYPE_", MAP_TYPES, 27),
        ("bpf_attach_type", "BPF_", ATTACH_TYPES, 38),
        ("bpf_link_type", "BPF_LINK_TYPE_", LINK_TYPES, 6),
    ] {
        let of_kernel = btf.type_by_name::<Enum<'_>>(name).ok_or(format!("no enum {name}"))?;
        let mut found = 0;
        for member in of_kernel.iter() {
            let full = member.name.map(|name| name.to_string_lossy()).unwrap_or_default();
            let Some(word) = full.strip_prefix(prefix).filter(|_| !full.starts_with("__")) else {
                check(full.starts_with("__MAX_") || full.starts_with("MAX_"), || full.to_string())?;
                continue;
            };
            // Two names of one number: the newer says that nobody should use it.
            let word = word.to_lowercase();
            let word = word.strip_suffix("_deprecated").unwrap_or(&word);
            let known = usize::try_from(member.value).ok().and_then(|at| ours.get(at));
            check(known == Some(&word), || format!("{full} is {}: {known:?}", member.value))?;
            found += 1;
        }
        check(found >= least, || format!("only {found} of {name}"))?;
    }
    Ok(())
}

/// The words for the flags of maps, held against the names in the kernel's header.
fn flag_words() -> Result {
    use libbpf_sys as raw;
    for (word, flag) in [
        ("no_prealloc", raw::BPF_F_NO_PREALLOC),
        ("no_common_lru", raw::BPF_F_NO_COMMON_LRU),
        ("numa_node", raw::BPF_F_NUMA_NODE),
        ("rdonly", raw::BPF_F_RDONLY),
        ("wronly", raw::BPF_F_WRONLY),
        ("stack_build_id", raw::BPF_F_STACK_BUILD_ID),
        ("zero_seed", raw::BPF_F_ZERO_SEED),
        ("rdonly_prog", raw::BPF_F_RDONLY_PROG),
        ("wronly_prog", raw::BPF_F_WRONLY_PROG),
        ("clone", raw::BPF_F_CLONE),
        ("mmapable", raw::BPF_F_MMAPABLE),
        ("preserve_elems", raw::BPF_F_PRESERVE_ELEMS),
        ("inner_map", raw::BPF_F_INNER_MAP),
        ("link", raw::BPF_F_LINK),
        ("path_fd", raw::BPF_F_PATH_FD),
        ("vtype_btf_obj_fd", raw::BPF_F_VTYPE_BTF_OBJ_FD),
        ("token_fd", raw::BPF_F_TOKEN_FD),
        ("segv_on_fault", raw::BPF_F_SEGV_ON_FAULT),
        ("no_user_conv", raw::BPF_F_NO_USER_CONV),
        ("rb_overwrite", raw::BPF_F_RB_OVERWRITE),
    ] {
        let found = bpfdbg::model::words::MAP_FLAGS.get(flag.trailing_zeros() as usize);
        if found != Some(&word) {
            return Err(format!("bit {flag:#x} is {word}, not {found:?}").into());
        }
    }
    Ok(())
}

fn no_bpf_call(sandbox: &Sandbox) -> Result {
    let strace = program("strace")?;
    sandbox.public()?;
    let trace = "/run/trace";
    let user = sandbox.nobody(&["progs", "--json"]);
    let mut traced = std::process::Command::new(strace);
    traced.args(["-f", "-u", "nobody", "-o", trace]).arg(user.get_program()).args(user.get_args());
    ran(&mut traced)?.ok()?;
    let calls = std::fs::read_to_string(trace)?;
    let count = |call: &str| calls.lines().filter(|line| line.contains(call)).count();
    // The second proves that the trace has what it should have.
    match (count(" bpf("), count("\"progs.debug\", O_RDONLY")) {
        (0, 1) => Ok(()),
        counts => Err(format!("{counts:?} calls of bpf(2), and opens of the file").into()),
    }
}
