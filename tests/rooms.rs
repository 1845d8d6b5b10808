//! Holds the source to the picture in ARCHITECTURE.md: which room may use which, that no file uses one
//! that uses it, and that a type's name is its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use libtest_mimic::Trial;

use crate::support::{Result, check, source_tree, trial};

/// Each room, and those that it may use. A room may always use itself.
const ARROWS: [(&str, &[&str]); 13] = [
    ("main", &["cli", "cmd", "error", "install", "sys"]),
    ("cmd", &["bpf", "cli", "error", "install", "model", "parse", "source", "sys", "view"]),
    ("install", &["bpf", "error", "model", "parse", "source", "sys"]),
    ("source", &["bpf", "error", "model", "parse", "sys"]),
    ("bpf", &["error", "model", "sys"]),
    ("error", &["model", "parse"]),
    ("view", &["model"]),
    ("parse", &["model"]),
    ("model", &[]),
    ("cli", &["model", "view"]),
    ("sys", &[]),
    ("lib", &[]),
    ("fuzzing", &["cmd", "install", "source"]),
];

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("a room uses only those that the picture has below it", arrows),
        trial("no file uses one that uses it", circles),
        trial("no two types have one name", names),
    ]
}

/// The files below src/, by the path of their module: `cmd::list`; that of a folder is in `mod.rs`.
fn sources() -> Result<BTreeMap<String, String>> {
    fn walk(dir: &Path, module: &str, found: &mut BTreeMap<String, String>) -> Result {
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let inner = if module.is_empty() { name.clone() } else { format!("{module}::{name}") };
            if path.is_dir() {
                walk(&path, &inner, found)?;
            } else if path.extension().is_some_and(|end| end == "rs") {
                let module = if name == "mod" { module.to_owned() } else { inner };
                // Tests look into what they test.
                let text = fs::read_to_string(&path)?;
                let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
                found.insert(module, code.to_owned());
            }
        }
        Ok(())
    }
    let mut found = BTreeMap::new();
    walk(&source_tree()?.join("src"), "", &mut found)?;
    check(found.len() > 60, || format!("only {} files of source", found.len()))?;
    Ok(found)
}

/// The paths within the crate that a file names, from its root: in `use`, each of a list by itself,
/// and wherever else a path stands in the code.
fn used(module: &str, text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join(" ");
    let mut all = Vec::new();
    for statement in code.split(';') {
        let Some((_, path)) = statement.rsplit_once("use ") else { continue };
        let (stem, list) = path.split_once('{').unwrap_or((path, ""));
        for name in list.trim_end_matches('}').split(',').map(str::trim) {
            all.extend(absolute(module, &format!("{}::{name}", stem.trim())));
        }
    }
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    all.extend(code.split(|c| !is_path(c)).filter_map(|path| absolute(module, path)));
    all
}

/// A path from the root of the crate; `None` for one that leads elsewhere.
fn absolute(module: &str, path: &str) -> Option<String> {
    let mut names = path.split("::").map(str::trim).filter(|name| !name.is_empty()).peekable();
    let mut base: Vec<&str> = module.split("::").collect();
    match names.next()? {
        "crate" => base.clear(),
        // The command's `main` is a crate of its own.
        "bpfdbg" if module == "main" => base.clear(),
        "self" => {}
        "super" => drop(base.pop()),
        _ => return None,
    }
    while names.next_if_eq(&"super").is_some() {
        base.pop();
    }
    let names = names.filter(|name| *name != "self");
    Some(base.into_iter().chain(names).collect::<Vec<_>>().join("::"))
}

fn arrows() -> Result {
    let rooms: BTreeMap<_, _> = ARROWS.into_iter().collect();
    for (module, text) in sources()? {
        let room = module.split("::").next().unwrap_or_default();
        let allowed = rooms.get(room).ok_or_else(|| format!("no room '{room}' in the picture"))?;
        for path in used(&module, &text) {
            let other = path.split("::").next().unwrap_or_default();
            check(other == room || !rooms.contains_key(other) || allowed.contains(&other), || {
                format!("{module} uses {path}, to which no arrow leads")
            })?;
        }
    }
    Ok(())
}

/// The module's file that has a path, if it is another than `module`: the longest beginning of it
/// that is one. A folder's own file may name what is in it, and what is in it the folder's.
fn file_of<'s>(path: &str, files: &'s BTreeMap<String, String>) -> Option<&'s str> {
    let mut path = path;
    loop {
        if let Some((module, _)) = files.get_key_value(path) {
            return Some(module);
        }
        path = path.rsplit_once("::")?.0;
    }
}

fn circles() -> Result {
    let files = sources()?;
    let mut below: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (module, text) in &files {
        for path in used(module, text) {
            let other = file_of(&path, &files).filter(|other| *other != module);
            // A folder's file is the wall around its files, not one of them.
            let other = other.filter(|other| !module.starts_with(&format!("{other}::")));
            let other = other.filter(|other| !other.starts_with(&format!("{module}::")));
            below.entry(module).or_default().extend(other);
        }
    }
    // Files that use none that are left go, until nothing goes.
    loop {
        let leaves: Vec<&str> = below
            .iter()
            .filter(|(_, others)| others.iter().all(|other| !below.contains_key(other)))
            .map(|(module, _)| *module)
            .collect();
        if leaves.is_empty() {
            break;
        }
        leaves.iter().for_each(|leaf| drop(below.remove(leaf)));
    }
    check(below.is_empty(), || format!("in circles, or above one: {below:#?}"))
}

/// The name of the type that a line declares. An associated type, which is indented, is named by its
/// trait.
fn declared(line: &str) -> Option<&str> {
    let is_indented = line.starts_with(' ');
    let line = line.trim_start();
    // A row, which a macro makes a struct of.
    if let Some(name) = line.strip_suffix("<'a> {").filter(|name| !name.contains(' ')) {
        return Some(name);
    }
    let line = match line.strip_prefix("pub") {
        Some(rest) => rest.trim_start_matches(|c| c != ' ').trim_start(),
        None => line,
    };
    let (word, name) = line.split_once(' ')?;
    let declares = matches!(word, "struct" | "enum" | "trait") || word == "type" && !is_indented;
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
    Some(&name[..end]).filter(|name| declares && name.starts_with(char::is_uppercase))
}

fn names() -> Result {
    let files = sources()?;
    let mut of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (module, text) in &files {
        text.lines().filter_map(declared).for_each(|name| of.entry(name).or_default().push(module));
    }
    check(of.len() > 100, || format!("only {} types found", of.len()))?;
    of.retain(|_, modules| modules.len() > 1);
    check(of.is_empty(), || format!("a name of several types: {of:?}"))
}
