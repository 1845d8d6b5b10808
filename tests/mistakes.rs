//! What is typed wrong, and the one line that answers it.

use libtest_mimic::Trial;

use crate::sandbox::ran;
use crate::support::{Result, bpfdbg, check, source_tree, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("a mistake is answered in one line, with what was meant", answers),
        trial("an option that means nothing to a command is refused", refusals),
        trial("the help of a command shows what applies to it", helps),
        trial("words and types are taken in either case", cases),
        trial("a filter that no row passes is named", unmet),
    ]
}

/// What is typed, and what stands on standard error, from its start; each ends with status 2.
const ANSWERS: &[(&[&str], &str)] = &[
    (&["porgs"], "unknown command 'porgs'; did you mean 'progs'?\n"),
    (&["MAPS"], "unknown command 'MAPS'; did you mean 'maps'?\n"),
    (&["dump"], "unknown command 'dump'; there are progs, maps,"),
    (&["1259"], "unknown command '1259'; did you mean 'id 1259'?\n"),
    (&["prog", "1259"], "unknown word '1259'; did you mean 'id 1259'?\n"),
    (&["prog", "nmae", "x"], "unknown word 'nmae'; did you mean 'name'?\n"),
    (&["prog", "/run/bpf/x"], "unknown word '/run/bpf/x'; did you mean 'pinned /run/bpf/x'?\n"),
    (&["progs", "a b\u{1b}"], "unknown word 'a b\\033'; there are"),
    (&["progs", "-o", "nmae"], "no column 'nmae'; did you mean 'name'?\n"),
    (&["progs", "-x", "zzz"], "no column 'zzz'; there are id, "),
    (&["progs", "--type", "xpd"], "no type of program 'xpd'; did you mean 'xdp'?\n"),
    (&["maps", "--type", "zzz"], "no type of map 'zzz'; there are hash, "),
    (&["progs", "--kind", "kporbe"], "no kind 'kporbe'; did you mean 'kprobe'?\n"),
    (
        &["progs", "--since", "yesterday"],
        "'yesterday' is no duration, such as 30s, 5m, 2h, 1d or 1w\n",
    ),
    (
        &["progs", "--uid", "no such user"],
        "no user 'no such user' in /etc/passwd; a number will do\n",
    ),
    (&["progs", "--fromat", "json"], "there is no option '--fromat'; did you mean '--format'?\n"),
    (&["progs", "--zzz"], "there is no option '--zzz'\n"),
    (&["progs", "--format", "jsno"], "--format takes no 'jsno'; did you mean 'json'?\n"),
    (&["progs", "--format", "zzz"], "--format takes no 'zzz'; there are table, "),
    (&["progs", "--format"], "--format needs a value\n"),
    (&["progs", "--id", "x"], "--id takes no 'x': invalid digit found in string\n"),
    (
        &["progs", "-W2"],
        "there is no option '-2'; a value stands behind an equals sign, as in -W=2\n",
    ),
    (&["progs", "--watch", "2"], "'2' is no selector; did you mean '--watch=2'?\n"),
    (&["--stats", "2"], "'2' is no selector; did you mean '--stats=2'?\n"),
    (&["progs", "-j", "--format", "csv"], "--json and --format exclude each other\n"),
    (&["progs", "--bpffs", "a", "--bpffs", "b"], "--bpffs is given twice\n"),
    (&["install", "--public", "--private"], "--public and --private exclude each other\n"),
    (&["completions"], "<SHELL> is missing\n"),
];

fn answers() -> Result {
    for (args, expected) in ANSWERS {
        let stderr = ran(bpfdbg().args(*args))?.failed(2)?;
        let expected = format!("bpfdbg: {expected}");
        check(stderr.starts_with(&expected), || format!("{stderr} in place of {expected}"))?;
        check(stderr.lines().count() == 1, || stderr.clone())?;
    }
    Ok(())
}

/// Options, and the commands that they mean nothing to.
const REFUSED: &[(&[&str], &[&str])] = &[
    (&["--id=5"], &["install", "uninstall", "status", "columns", "version", "completions bash"]),
    (&["--unattached"], &["install", "uninstall", "status", "columns", "version"]),
    (&["--pinned=/sys/fs/bpf/x"], &["install", "uninstall", "status"]),
    (&["--output=id"], &["install", "uninstall", "status", "tree", "version"]),
    (&["--sort=id"], &["install", "uninstall", "status", "tree"]),
    (&["--total"], &["install", "uninstall", "status", "columns"]),
    (&["--watch=2"], &["install", "uninstall", "status", "tree", "columns"]),
];

fn refusals() -> Result {
    for (options, commands) in REFUSED {
        for command in *commands {
            let words: Vec<_> = command.split(' ').collect();
            let (option, _) = options[0].split_once('=').unwrap_or((options[0], ""));
            let expected = format!("bpfdbg: '{}' takes no {option}\n", words[0]);
            let (behind, before) = (
                ran(bpfdbg().args(&words).args(*options))?.failed(2)?,
                ran(bpfdbg().args(*options).args(&words))?.failed(2)?,
            );
            check(behind == expected && before == expected, || {
                format!("{behind}{before}{expected}")
            })?;
        }
    }
    Ok(())
}

fn helps() -> Result {
    for (command, shown, hidden) in [
        ("progs", "--unattached", "--public"),
        ("tree", "--unattached", "--output"),
        ("uninstall", "--bpffs", "--id"),
        ("install", "--public", "--json"),
        ("status", "--json", "--sort"),
        ("columns", "--sort", "--watch"),
    ] {
        for help in ["-h", "--help"] {
            let text = String::from_utf8(ran(bpfdbg().args([command, help]))?.ok()?)?;
            let has = |option: &str| {
                text.contains(&format!("{option} ")) || text.contains(&format!("{option}\n"))
            };
            check(has(shown) && !has(hidden), || format!("{command} {help}: {text}"))?;
        }
    }
    Ok(())
}

fn cases() -> Result {
    let capture = source_tree()?.join("tests/captures/6.12");
    let of = |args: &[&str]| ran(bpfdbg().arg("--bpffs").arg(&capture).args(args))?.ok();
    for (args, same) in [
        (["progs", "--type", "XDP"], ["progs", "--type", "xdp"]),
        (["progs", "--kind", "Kprobe"], ["progs", "--kind", "kprobe"]),
        (["progs", "--format", "JSON"], ["progs", "--format", "json"]),
        (["progs", "-o", "ID,Name"], ["progs", "-o", "id,name"]),
        (["progs", "--uid", "root"], ["progs", "--uid", "0"]),
    ] {
        let text = of(&args)?;
        check(text == of(&same)? && text.len() > 40, || format!("{args:?}: {} bytes", text.len()))?;
    }
    Ok(())
}

fn unmet() -> Result {
    let capture = source_tree()?.join("tests/captures/6.12");
    for (args, expected) in [
        (&["progs", "--name", "nosuch"][..], "no program passes --name"),
        (&["maps", "--name", "nosuch", "--type", "hash"], "no map passes --name"),
        (
            &["progs", "--type", "xdp", "--kind", "kprobe"],
            "no program that passes --type passes --kind, too",
        ),
        (&["tree", "--name", "nosuch"], "no program passes --name"),
    ] {
        let ran = ran(bpfdbg().arg("--bpffs").arg(&capture).args(args))?;
        let expected = format!("bpfdbg: note: {expected}\n");
        check(ran.stderr.ends_with(&expected), || {
            format!("{} in place of {expected}", ran.stderr)
        })?;
    }
    let some = ran(bpfdbg().arg("--bpffs").arg(&capture).args(["progs", "--type", "xdp"]))?;
    check(!some.stderr.contains("passes"), || some.stderr.clone())
}
