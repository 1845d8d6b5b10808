//! Whatever bytes somebody chose for a name, a path or a file, none of them reaches a terminal that
//! it acts upon, or that makes one name look like another.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use tempfile::TempDir;

use crate::sandbox::{Ran, ran};
use crate::support::{self, Result, check, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("no format shows a byte of a name that a terminal acts upon", formats),
        trial("no error shows a byte of a text that a terminal acts upon", errors),
        trial(
            "no message shows a byte of a path or word that a terminal acts upon",
            paths_and_words,
        ),
        trial("bytes that differ are shown as names that differ, in every format", round_trip),
    ]
}

/// What a container may put into a name: control bytes, C1, DEL, what reorders text, what takes no
/// room, what looks like a blank, and bytes that are no UTF-8.
fn hostile() -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> =
        (1..=0xff).filter(|b| *b != b'/').map(|b| vec![b'a', b, b'z']).collect();
    let marks = [
        0x80, 0x85, 0x90, 0x9b, 0x9c, 0x9d, 0xa0, 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4,
        0x180e, 0x2000, 0x200b, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2060,
        0x2064, 0x2066, 0x2069, 0x206f, 0x3000, 0x3164, 0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0xe0001,
        0xe0041, 0xe0100, 0x1d173,
    ];
    for mark in marks {
        names.extend(char::from_u32(mark).map(|c| format!("a{c}z").into_bytes()));
    }
    names.push(b"\x1b]0;title\x07\x1b[2J\x1b[31m".to_vec());
    names.push("\u{202e}gnp.exe\u{9b}31m".as_bytes().to_vec());
    names
}

/// The same in a few names, as long as that of a file may be.
fn few() -> Vec<Vec<u8>> {
    hostile().chunks(40).map(<[Vec<u8>]>::concat).collect()
}

/// As an iterator prints it.
fn on_disk(name: &[u8]) -> String {
    let escaped = |byte: &u8| match byte {
        b'!'..=b'[' | b']'..=b'~' => char::from(*byte).to_string(),
        _ => format!("\\{byte:03o}"),
    };
    name.iter().map(escaped).collect()
}

/// Texts that have the names wherever a name may stand.
fn folder() -> Result<TempDir> {
    let mut progs = "id name attached target target_id type map_ids bpfdbg/0\n".to_owned();
    let mut maps =
        "id name max_entries cur_entries type full_name value_type ops bound bpfdbg/0\n".to_owned();
    let mut links = "id type prog_id name prog_type attach_type target bpfdbg/0\n".to_owned();
    let mut attached = "prog_id kind via name prog_type attach_type target bpfdbg/0\n".to_owned();
    let mut holders = "pid comm fd held id target bpfdbg/0\n".to_owned();
    for (id, name) in (1..).zip(hostile()) {
        let name = on_disk(&name);
        progs += &format!("{id} {name} {name} {name} {id} 26 {id}\n");
        maps += &format!("{id} {name} 1 - 26 {name} {name} {name} 4:{id}\n");
        let targets = [
            format!("6 {id} {name} 6 37 ifindex={id} netns_ino=1 device={name}"),
            format!("3 {id} {name} 8 0 cgroup_id={id} cgroup={name}"),
            format!("7 {id} {name} 2 41 path={name} offset=0x10 pmu={name}"),
            format!("2 {id} {name} 26 24 function={name} target_id={id} target_name={name}"),
            format!("1 {id} {name} 5 0 category={name} tracepoint={name}"),
            format!("8 {id} {name} 2 42 count=3 symbols={name},b more=1"),
            format!("4 {id} {name} 26 28 iter={name} map_id={id} map_name={name}"),
            format!("9 {id} {name} 27 44 ops={name} map_id={id} map_name={name}"),
        ];
        for (kind, target) in (0..).zip(targets) {
            links += &format!("{} {target}\n", id * 10 + kind);
        }
        attached += &format!("{id} xdp netlink {name} 6 37 ifindex={id} device={name}\n");
        holders += &format!("{id} {name} 3 prog {id} -\n{id} {name} 4 map {id} -\n");
    }
    let folder = tempfile::tempdir()?;
    for (file, text) in [
        ("progs", progs),
        ("maps", maps),
        ("links", links),
        ("attached", attached),
        ("holders", holders),
    ] {
        fs::write(folder.path().join(format!("{file}.debug")), text)?;
    }
    Ok(folder)
}

/// Whether a terminal shows each character as itself, and a person sees it.
fn is_plain(text: &str) -> Result {
    let is_odd = |c: &char| {
        let code = u32::from(*c);
        c.is_control() && *c != '\n'
            || c.is_whitespace() && ![' ', '\n'].contains(c)
            || matches!(
                code,
                0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
            )
            || matches!(code, 0x2000..=0x200f | 0x2028..=0x202f | 0x205f..=0x206f | 0x3164 | 0xfe00..=0xfe0f)
            || matches!(code, 0xfeff | 0xffa0 | 0xfff0..=0xfffd | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
    };
    match text.lines().find(|line| line.chars().any(|c| is_odd(&c))) {
        None => Ok(()),
        Some(line) => {
            Err(format!("not plain: {:?}", line.chars().take(300).collect::<String>()).into())
        }
    }
}

fn all_plain(ran: &Ran) -> Result {
    is_plain(std::str::from_utf8(&ran.stdout)?)?;
    is_plain(&ran.stderr)
}

fn on(folder: &Path, args: &[&str]) -> Command {
    let mut command = support::bpfdbg();
    command.arg("--bpffs").arg(folder).args(args).env("LC_ALL", "C.UTF-8").env("TERM", "xterm");
    command
}

fn formats() -> Result {
    let folder = folder()?;
    for noun in ["progs", "maps", "links"] {
        for args in [
            &["--format", "table", "-O"][..],
            &["--json"],
            &["--pretty"],
            &["--format", "ndjson"],
            &["--format", "csv"],
            &["--format", "raw", "-O"],
            &["-o", "+pids"],
        ] {
            let ran = ran(&mut on(folder.path(), &[&[noun], args].concat()))?;
            check(ran.code == Some(0) && ran.stdout.len() > 10_000, || ran.stderr.clone())?;
            all_plain(&ran)?;
        }
    }
    for args in [
        &["--format", "table"][..],
        &["-j"],
        &["-p"],
        &["--format", "dot"],
        &["--format", "mermaid"],
    ] {
        let ran = ran(&mut on(folder.path(), &[&["tree"], args].concat()))?;
        check(ran.code == Some(0) && ran.stdout.len() > 10_000, || ran.stderr.clone())?;
        all_plain(&ran)?;
    }
    Ok(())
}

fn errors() -> Result {
    // What is found instead of what is expected is one byte.
    for name in few().into_iter().chain([b"\x1b".to_vec(), b"\x9b".to_vec(), b"\x7f".to_vec()]) {
        for (file, args) in [
            ("progs.debug", &["progs", "-j"][..]),
            ("maps.debug", &["maps"]),
            ("progs.debug", &["tree"]),
        ] {
            let folder = tempfile::tempdir()?;
            let head: &[u8] = match file {
                "progs.debug" => b"id name attached target bpfdbg/0\n7 ",
                _ => b"  id name             max_entries\n   7 ",
            };
            // As it is, where a row begins, in a row, and as the header itself and as its writer.
            for text in [
                [head, &name, b" x y z w\n", &name, b"\n"].concat(),
                [&name[..], b" id name\n"].concat(),
                [b"id name attached target bpfdbg/", &name[..], b"\n7 x\n"].concat(),
                [b"id name max_entries cur_entries bpfdbg/", &name[..], b"\n7 x\n"].concat(),
            ] {
                fs::write(folder.path().join(file), text)?;
                all_plain(&ran(&mut on(folder.path(), args))?)?;
                all_plain(&ran(&mut on(folder.path(), &["status"]))?)?;
                all_plain(&ran(&mut on(folder.path(), &["status", "--json"]))?)?;
            }
        }
    }
    Ok(())
}

fn paths_and_words() -> Result {
    for name in few() {
        let name = OsStr::from_bytes(&name);
        let folder = tempfile::tempdir()?;
        let dir = folder.path().join(name);
        fs::create_dir(&dir)?;
        for args in [&["progs"][..], &["tree"], &["status"], &["status", "-j"], &["uninstall"]] {
            all_plain(&ran(&mut on(&dir, args))?)?;
        }
        fs::write(dir.join("progs.debug"), "id name attached target bpfdbg/0\n7 x - -\n8\n")?;
        for args in [
            &["progs"][..],
            &["progs", "-f"],
            &["progs", "--uid", "0"],
            &["progs", "--unattached"],
            &["progs", "-o", "+pids"],
            &["tree"],
            &["status"],
        ] {
            all_plain(&ran(&mut on(&dir, args))?)?;
        }
        fs::remove_file(dir.join("progs.debug"))?;
        fs::create_dir(dir.join("progs.debug"))?;
        all_plain(&ran(&mut on(&dir, &["progs"]))?)?;
        for before in [
            &["progs", "name"][..],
            &["progs", "id"],
            &["progs", "tag"],
            &["progs", "pinned"],
            &["progs", "--type"],
            &["progs", "--since"],
            &["progs", "--kind"],
            &["-o"],
            &["-x"],
            &["--stats", "progs", "--watch"],
            &["install", "--group"],
            &[],
        ] {
            let mut command = on(folder.path(), before);
            all_plain(&ran(command.arg(name))?)?;
        }
    }
    Ok(())
}

/// What each format shows of a name, by itself.
fn round_trip() -> Result {
    let names: Vec<Vec<u8>> = [
        &b"\xff"[..],
        br"\377",
        br"\134377",
        b"\\\xff",
        br"a\x2db",
        b"a b",
        br"a\040b",
        "caf\u{e9}".as_bytes(),
        b"caf\xe9",
        b"=1+1",
        b"'=1+1",
        b"\n",
        br"\n",
    ]
    .map(<[u8]>::to_vec)
    .to_vec();
    let mut maps = "id name max_entries cur_entries bpfdbg/0\n".to_owned();
    for (id, name) in (1..).zip(&names) {
        maps += &format!("{id} {} 1 -\n", on_disk(name));
    }
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("maps.debug"), maps)?;
    let meant = |shown: &str| bpfdbg::model::Name::new(shown.as_bytes()).bytes().into_owned();
    for format in ["table", "json", "ndjson", "csv", "raw"] {
        let args = ["maps", "-n", "-o", "name", "--format", format];
        let output = String::from_utf8(ran(&mut on(folder.path(), &args))?.ok()?)?;
        let object =
            |value: &serde_json::Value| value["name"].as_str().unwrap_or_default().to_owned();
        let shown: Vec<String> = match format {
            "json" => serde_json::from_str::<Vec<_>>(&output)?.iter().map(object).collect(),
            "ndjson" => {
                let lines = output.lines().map(serde_json::from_str::<serde_json::Value>);
                lines.map(|line| Ok(object(&line?))).collect::<Result<_>>()?
            }
            "csv" => output
                .lines()
                .map(|cell| match cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')) {
                    Some(cell) => cell.strip_prefix('\'').unwrap_or(cell).replace("\"\"", "\""),
                    None => cell.to_owned(),
                })
                .collect(),
            _ => output.lines().map(str::to_owned).collect(),
        };
        let bytes: Vec<_> = shown.iter().map(|shown| meant(shown)).collect();
        check(bytes == names, || format!("{format}: {shown:?}"))?;
    }
    Ok(())
}
