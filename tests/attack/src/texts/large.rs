//! Texts in which much belongs to each other, so that work which is quadratic shows.

use super::CAPTURES;

/// The texts of a directory, and what they are.
pub(crate) type Large = (&'static str, [(&'static str, String); 4]);

/// All of them, each of some `count` objects.
pub(crate) fn all(count: usize) -> Vec<Large> {
    let ids = || 1..=count;
    let each = |row: &dyn Fn(usize) -> String| ids().map(row).collect::<String>();
    let few = |end: usize, row: &dyn Fn(usize) -> String| (1..=end).map(row).collect::<String>();
    let none = String::new;
    let freplace = |id: usize, target: usize| {
        let target =
            format!("function=f target_id={target} target_name=p obj_id={target} btf_id=1");
        link(id, 2, id, 28, 0, &target)
    };
    let on_function = |id, program| link(id, 2, program, 26, 24, "function=f btf_id=1");
    let after = |id: usize| id % count + 1;
    vec![
        texts(
            "a ring of programs",
            each(&|id| ext(id, after(id))),
            none(),
            each(&|id| freplace(id, after(id))),
            none(),
        ),
        texts(
            "a chain of programs",
            each(&|id| ext(id, id - 1)),
            none(),
            each(&|id| freplace(id, id - 1)),
            none(),
        ),
        texts(
            "a program at many functions",
            each(&|id| prog(&[("id", id)])),
            none(),
            each(&|id| on_function(id, 1)),
            none(),
        ),
        texts(
            "many programs of one map",
            each(&|id| prog(&[("id", id), ("map_ids", 1)])),
            map(1, "-"),
            none(),
            none(),
        ),
        texts(
            "a program at many cgroups",
            each(&|id| prog(&[("id", id), ("type", 8)])),
            none(),
            none(),
            each(&|id| at_cgroup(1, id)),
        ),
        // Every link is at every program: what is printed is quadratic, too.
        texts(
            "one id for all",
            few(count / 40, &|_| prog(&[("id", 7)])),
            few(count / 40, &|_| map(7, "-")),
            few(count / 40, &|_| on_function(7, 7)),
            none(),
        ),
        texts(
            "deep cgroups",
            each(&|id| prog(&[("id", id), ("type", 8)])),
            none(),
            each(&|id| {
                let path = format!("/{id}{id}{id}").repeat(20);
                link(id, 3, id, 8, 0, &format!("cgroup_id={id} cgroup={path}"))
            }),
            none(),
        ),
        texts(
            "maps that hold programs",
            few(2000, &|id| prog(&[("id", id)])),
            few(count / 20, &|id| {
                let bound: Vec<_> =
                    (0..60).map(|slot| format!("4:{}", 1 + (slot * 7) % 2000)).collect();
                map(id, &bound.join(","))
            }),
            none(),
            none(),
        ),
        texts(
            "a name of a million bytes",
            format!(
                "{}{}",
                named(1, &"x".repeat(1_000_000)),
                few(count, &|id| prog(&[("id", id + 1)]))
            ),
            none(),
            none(),
            none(),
        ),
        texts(
            "long names",
            few(count / 2, &|id| named(id, &"x".repeat(500))),
            none(),
            none(),
            none(),
        ),
    ]
}

fn texts(
    what: &'static str,
    progs: String,
    maps: String,
    links: String,
    attached: String,
) -> Large {
    let names = ["progs.debug", "maps.debug", "links.debug", "attached.debug"];
    let rows = [progs, maps, links, attached];
    let mut index = 0;
    (
        what,
        names.map(|name| {
            index += 1;
            (name, header(name) + &rows[index - 1])
        }),
    )
}

/// The header of a file, as the newest kernel has it.
fn header(name: &str) -> String {
    let file = CAPTURES[0].files.iter().find(|(of, _)| *of == name);
    let text = file.map(|(_, text)| String::from_utf8_lossy(text)).unwrap_or_default();
    format!("{}\n", text.lines().next().unwrap_or_default())
}

/// A row by the names of its columns; the columns that are not given are harmless.
fn row(file: &str, given: &dyn Fn(&str) -> Option<String>) -> String {
    let header = header(file);
    let columns = header.split_whitespace().filter(|column| !column.starts_with("bpfdbg/"));
    let cells = columns.map(|column| given(column).unwrap_or_else(|| harmless(column).into()));
    cells.collect::<Vec<_>>().join(" ") + "\n"
}

fn harmless(column: &str) -> &'static str {
    match column {
        "name" => "p",
        "tag" => "a04f5eef06a7f555",
        "type" => "2",
        "expected_attach_type"
        | "orphaned"
        | "uid"
        | "run_cnt"
        | "run_time_ns"
        | "flags"
        | "frozen" => "0",
        "gpl" | "max_entries" => "1",
        "load_time" | "memlock" => "4096",
        "xlated" | "jited" | "key_size" | "value_size" => "16",
        _ => "-",
    }
}

fn prog(given: &[(&str, usize)]) -> String {
    row("progs.debug", &|column| {
        let value =
            given.iter().find(|(name, _)| *name == column).map(|(_, value)| value.to_string());
        value.or_else(|| (column == "type").then(|| "3".into()))
    })
}

fn named(id: usize, name: &str) -> String {
    row("progs.debug", &|column| match column {
        "id" => Some(id.to_string()),
        "name" => Some(name.to_owned()),
        _ => None,
    })
}

/// A program that replaces a function of another.
fn ext(id: usize, target: usize) -> String {
    row("progs.debug", &|column| match column {
        "id" => Some(id.to_string()),
        "attached" => Some("f".into()),
        "target" => Some("p".into()),
        "target_id" => Some(target.to_string()),
        "type" => Some("28".into()),
        _ => None,
    })
}

fn map(id: usize, bound: &str) -> String {
    row("maps.debug", &|column| match column {
        "id" => Some(id.to_string()),
        "type" => Some("15".into()),
        "bound" => Some(bound.to_owned()),
        _ => None,
    })
}

fn link(id: usize, kind: u32, program: usize, prog_type: u32, attach: u32, target: &str) -> String {
    format!("{id} {kind} {program} p {prog_type} {attach} {target}\n")
}

fn at_cgroup(program: usize, cgroup: usize) -> String {
    format!(
        "{program} cgroup prog_attach p 8 0 attach_flags=2 cgroup_id={cgroup} cgroup=/a/b/{cgroup}\n"
    )
}
