//! Tests that no name breaks out of the grammar of a format.

use crate::model::tree::{Pick, TreeRows, tree};
use crate::model::{
    AttachPoint, Beside, Cgroup, Device, Function, Joined, Link, Name, Prog, Target,
};
use crate::view::{OutputFormat, ViewOptions, write_tree};

/// What each of the grammars reserves, and what a terminal acts upon.
const HOSTILE: [&[u8]; 8] = [
    b"a\"]; evil[label=\"x",
    br"a\134N\134l\012b",
    b"#quot;#35;&quot;&amp;",
    b"x\"] --> n0[\"y",
    b"%%{init:{}}%% `markdown` <b>",
    b"a|\"b\"|c--o{}()",
    b"\x1b[31m\xff\xc2\x9b",
    "\u{202e}\u{fc}\u{1f512}".as_bytes(),
];

fn written(format: OutputFormat, options: ViewOptions) -> String {
    let progs = (0..).zip(HOSTILE).map(|(id, name)| Prog {
        id,
        name: Some(Name::new(name)),
        ..Prog::default()
    });
    let links = (0..).zip(HOSTILE).map(|(id, name)| {
        // Spaces of its own, for the labels of arrows.
        let name = Some(Name::new(name));
        let point = match id % 3 {
            0 => AttachPoint::Device(Device { name, ..Device::default() }),
            1 => AttachPoint::Cgroup(Cgroup { path: name, function: name, ..Cgroup::default() }),
            _ => {
                let prog_id = Some(id + 1);
                AttachPoint::Function(Function { name, prog_id, ..Function::default() })
            }
        };
        let target = Target { point, ..Target::default() };
        Link { id, prog_id: Some(id), target, ..Link::default() }
    });
    let joined = Joined::new(Beside { links: Some(links.collect()), ..Beside::default() });
    let rows = TreeRows::new(progs.collect(), &joined);
    let mut text = Vec::new();
    write_tree(&tree(&rows, &Pick::default()), format, &options, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn lines_of(ascii: bool) -> String {
    written(OutputFormat::Table, ViewOptions { ascii, ..ViewOptions::default() })
}

#[test]
fn no_control_byte_and_no_mark_that_reorders_leaves() {
    for format in OutputFormat::ALL.iter().copied().filter(|format| format.has_tree()) {
        let text = written(format, ViewOptions { pretty: true, ..ViewOptions::default() });
        let odd = text.chars().find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
        assert_eq!(odd, None, "{format:?}");
    }
}

#[test]
fn ascii_draws_the_same_tree_with_other_lines() {
    let drawn = lines_of(false).replace("├", "|").replace("└", "`").replace("│", "|");
    assert_eq!(drawn.replace('─', "-"), lines_of(true));
}

#[test]
fn a_line_is_cut_to_the_width_and_shows_that_it_is() {
    let whole = lines_of(false);
    let cut =
        written(OutputFormat::Table, ViewOptions { width: Some(20), ..ViewOptions::default() });
    for (whole, cut) in whole.lines().zip(cut.lines()) {
        match whole.chars().count() {
            0..=20 => assert_eq!(cut, whole),
            _ => assert!(cut.ends_with('…') && cut.chars().count() == 20, "{cut}"),
        }
    }
}

/// The strings of a line of dot, unquoted, and the line with an empty string for each.
fn unquoted(line: &str) -> (String, Vec<String>) {
    let (mut skeleton, mut strings) = (String::new(), Vec::new());
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        skeleton.push(c);
        if c == '"' {
            let mut string = String::new();
            loop {
                match rest.next().expect("an open string") {
                    '\\' => string.push(rest.next().expect("an open escape")),
                    '"' => break,
                    c => string.push(c),
                }
            }
            strings.push(string.replace("&amp;", "&"));
            skeleton.push('"');
        }
    }
    (skeleton, strings)
}

/// The labels of a line of mermaid, with its entities resolved, and the line without them.
fn resolved(line: &str) -> (String, Vec<String>) {
    let parts: Vec<_> = line.split('"').collect();
    let labels = parts.iter().skip(1).step_by(2).map(|label| {
        let mut text = String::new();
        let mut rest = *label;
        while let Some((before, after)) = rest.split_once('#') {
            let (number, behind) = after.split_once(';').expect("an entity");
            text += before;
            text.push(number.parse::<u32>().ok().and_then(char::from_u32).expect("a character"));
            rest = behind;
        }
        assert!(rest.chars().all(|c| !"<>&`%[]{}|\\;".contains(c)), "{label}");
        text + rest
    });
    let labels = labels.collect();
    (parts.into_iter().step_by(2).collect::<Vec<_>>().join("\"\""), labels)
}

fn is_vertex(line: &str, ends: &[&str]) -> bool {
    let digits = line.trim_start_matches('n').trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with('n') && ends.contains(&digits)
}

#[test]
fn graphs_have_the_vertices_and_labels_that_they_should_whatever_the_names() {
    let written = |format| written(format, ViewOptions::default());
    let (dot, mermaid) = (written(OutputFormat::Dot), written(OutputFormat::Mermaid));
    let mut labels = Vec::new();
    for line in dot.lines().skip(3).filter(|line| *line != "}") {
        let (skeleton, strings) = unquoted(line.trim_start());
        match skeleton.split_once(" -> ") {
            Some((from, to)) => {
                assert!(is_vertex(from, &[""]) && is_vertex(to, &["", " [label=\"\"]"]), "{line}");
            }
            None => {
                let ends = [
                    " [label=\"\"]",
                    " [label=\"\", style=rounded]",
                    " [label=\"\", shape=cylinder]",
                ];
                assert!(is_vertex(&skeleton, &ends), "{line}");
            }
        }
        labels.extend(strings);
    }
    let mut again = Vec::new();
    for line in mermaid.lines().skip(1) {
        let (skeleton, strings) = resolved(line.trim_start());
        match skeleton.split_once(" -->") {
            Some((from, to)) => {
                let to = to.trim_start_matches("|\"\"|");
                assert!(is_vertex(from, &[""]) && is_vertex(to.trim_start(), &[""]), "{line}");
            }
            None => assert!(is_vertex(&skeleton, &["[\"\"]", "(\"\")", "[(\"\")]"]), "{line}"),
        }
        again.extend(strings);
    }
    assert_eq!(labels, again);
    assert!(
        HOSTILE.iter().all(|name| labels
            .iter()
            .any(|label| { label.contains(&Name::new(name).to_string()) }))
    );
}
