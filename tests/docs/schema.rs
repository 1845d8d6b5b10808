//! What bpfdbg-json(5) says of each key, and that it is so.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use bpfdbg::view::Json;

use super::LISTINGS;
use super::man::{columns_of, escaped};
use crate::bpftool::keys::{Class, NOUNS};
use crate::support::{Result, bpfdbg, source_tree};

/// The keys of a noun's rows.
pub(super) fn keys(noun: &str) -> Result<String> {
    let mut text = String::new();
    for head in columns_of(noun)?.heads {
        let _ = writeln!(text, ".TP\n\\fB{}\\fR (\\fI{}\\fR)", head.key, head.json.word());
        let _ = writeln!(text, "{}", escaped(head.help));
        if let Some(unit) = head.unit.word() {
            let _ = writeln!(text, "In {}.", unit.replace('_', " "));
        }
        if head.leaves_out_zero {
            text += "Left out if zero.\n";
        }
        if let Some(release) = head.since {
            let _ = writeln!(text, "Since {release}.");
        }
    }
    Ok(text)
}

/// How a noun's keys compare with bpftool's.
pub(super) fn compared(noun: &str) -> Result<String> {
    let keys = NOUNS.iter().find(|(name, _)| *name == noun).map(|(_, keys)| *keys);
    let keys = keys.ok_or_else(|| format!("'{noun}' is not compared"))?;
    let list = |is: fn(&Class) -> bool| -> Vec<_> {
        keys.iter().filter(|(_, class)| is(class)).map(|(key, _)| *key).collect()
    };
    let mut text = String::new();
    for (title, keys) in [
        ("The same as in bpftool", list(|class| matches!(class, Class::Equal))),
        ("Not in bpftool", list(|class| matches!(class, Class::Ours))),
    ] {
        let _ = writeln!(text, ".TP\n{title}\n\\fB{}\\fR", keys.join("\\fR, \\fB"));
    }
    for (key, class) in keys {
        let _ = match class {
            Class::Except(reason, _) => {
                writeln!(text, ".TP\n\\fB{key}\\fR\nThe same, but: {}.", escaped(reason))
            }
            Class::LeftOut(reason) => {
                writeln!(text, ".TP\n\\fB{key}\\fR\nLeft out: {}.", escaped(reason))
            }
            Class::Equal | Class::Ours => Ok(()),
        };
    }
    Ok(text)
}

/// The rows of all captures, held to the types that are declared.
pub(super) fn json_types() -> Result {
    let captures = source_tree()?.join("tests/captures");
    let mut seen = BTreeSet::new();
    for (noun, columns) in LISTINGS {
        for capture in ["5.10", "6.1", "6.12", "6.18", "7.3"] {
            let mut command = bpfdbg();
            command.arg("--bpffs").arg(captures.join(capture)).args([noun, "--json"]);
            let rows: Vec<serde_json::Map<String, serde_json::Value>> =
                serde_json::from_slice(&command.output()?.stdout)?;
            for (key, value) in rows.iter().flatten() {
                let head = columns().heads.into_iter().find(|head| head.key == key);
                let json = head.ok_or_else(|| format!("{noun} has no column {key}"))?.json;
                let is_of_type = match json {
                    Json::Number => value.is_number(),
                    // What has no word is a number.
                    Json::String => value.is_string() || value.is_number(),
                    Json::Boolean => value.is_boolean(),
                    Json::Array => value.is_array(),
                    Json::Object => value.is_object(),
                };
                if !is_of_type {
                    return Err(format!("{noun} {key} is no {}: {value}", json.word()).into());
                }
                seen.insert((noun, key.clone()));
            }
        }
    }
    (seen.len() >= 50).then_some(()).ok_or_else(|| format!("only {seen:?}").into())
}
