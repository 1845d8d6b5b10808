//! Pictures of tables for the README, made of what the command prints of a capture: text stays text.

use std::fmt::Write as _;

use libtest_mimic::Trial;

use crate::sandbox::ran;
use crate::support::{Result, bpfdbg, matches_file, source_tree, trial};

/// A picture: its file, and the command in it.
const PICTURES: [(&str, &[&str]); 2] = [
    (
        "docs/progs.svg",
        &["progs", "--kind", "freplace,fexit,tcx,cgroup,kprobe_multi,uprobe,raw_tp,tracepoint,xdp"],
    ),
    ("docs/tree.svg", &["tree", "--kind", "freplace,raw_tp,struct_ops,tcx"]),
];

/// The capture that they are of.
const CAPTURE: &str = "tests/captures/6.12";

/// Columns and lines of the terminal that is drawn, and the size of a character in it.
const COLUMNS: usize = 112;
const LINES: usize = 40;
const WIDTH: f64 = 7.8;
const HEIGHT: usize = 18;

pub(super) fn trials() -> Vec<Trial> {
    let trials = PICTURES.iter().map(|(file, args)| {
        trial(format!("{file} is what the command prints"), move || {
            matches_file(file, picture(args)?.as_bytes())
        })
    });
    trials.collect()
}

/// Fits a line, as on a terminal.
fn fitted(line: &str) -> String {
    match line.chars().count() > COLUMNS {
        true => line.chars().take(COLUMNS - 1).chain(['…']).collect(),
        false => line.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn picture(args: &[&str]) -> Result<String> {
    let mut command = bpfdbg();
    command.arg("--bpffs").arg(source_tree()?.join(CAPTURE)).args(args).env("LC_ALL", "C.UTF-8");
    let output = String::from_utf8(ran(&mut command)?.ok()?)?;
    let mut lines = vec![format!("$ bpfdbg {}", args.join(" "))];
    lines.extend(output.lines().take(LINES - 1).map(str::to_owned));
    let (width, height) = (COLUMNS as f64 * WIDTH + 24.0, lines.len() * HEIGHT + 20);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"13\">\n\
         <style>\n\
         rect {{ fill: #fbfbfb; stroke: #d0d0d0 }} text {{ fill: #1f2328; white-space: pre }}\n\
         .head {{ font-weight: bold }} .typed {{ fill: #0550ae }}\n\
         @media (prefers-color-scheme: dark) {{\n\
         rect {{ fill: #0d1117; stroke: #30363d }} text {{ fill: #e6edf3 }} .typed {{ fill: #79c0ff }}\n\
         }}\n\
         </style>\n\
         <rect x=\"0.5\" y=\"0.5\" width=\"{:.0}\" height=\"{}\" rx=\"6\"/>\n",
        width - 1.0,
        height - 1
    );
    let has_header = args[0] != "tree";
    for (i, line) in lines.iter().enumerate() {
        let class = match i {
            0 => " class=\"typed\"",
            1 if has_header => " class=\"head\"",
            _ => "",
        };
        let (y, line) = ((i + 1) * HEIGHT + 6, escaped(&fitted(line)));
        let _ =
            writeln!(text, "<text x=\"12\" y=\"{y}\" xml:space=\"preserve\"{class}>{line}</text>");
    }
    Ok(text + "</svg>\n")
}
