//! `-f`, `--pinned` and `pinned PATH`: where objects are pinned.

use std::path::Path;

use crate::cli::Global;
use crate::cmd::message::note;
use crate::error::{Error, Result};
use crate::model::{Kind, Pins, quoted_path};
use crate::source::{Source, pins};
use crate::view::{Column, Columns, find};

/// Adds the column of pins for `-f`, and returns whether pins were asked for: walking every bpffs
/// is too much for a plain listing.
///
/// # Errors
///
/// A watch, since walking every bpffs at each look would be a load.
pub(in crate::cmd) fn choose<L: Columns>(
    columns: &mut Vec<&'static Column<L>>,
    global: &Global,
) -> Result<bool> {
    let Some(pinned) = find::<L>("pinned") else { return Ok(false) };
    let has = columns.iter().any(|column| std::ptr::eq(*column, pinned));
    if global.show_pinned && !has {
        columns.push(pinned);
    }
    let shows = global.show_pinned || has && (global.output.is_some() || global.output_all);
    if shows && global.watch.is_some() {
        return Err(Error::Usage("pins are not watched: leave out --watch or the column".into()));
    }
    Ok(shows)
}

/// Finds all pins, with one note if some could not be seen.
pub(in crate::cmd) fn look(source: &Source) -> Option<Pins> {
    if source.boot_time.is_none() {
        note(&format!(
            "pins are of this machine, which '{}' need not be of",
            quoted_path(&source.path)
        ));
        return None;
    }
    let (pins, refusal) = pins::all();
    if let Some(error) = refusal {
        note(&format!("not all pins are seen: {error}"));
    }
    Some(pins)
}

/// The id of the object of a kind that is pinned at a path.
///
/// # Errors
///
/// Those of bpf(2), and an object of another kind.
pub(in crate::cmd) fn id_at(path: &Path, kind: Kind) -> Result<u32> {
    match pins::at(path)? {
        (found, id) if found == kind => Ok(id),
        (found, _) => {
            let (found, kind) = (found.singular(), kind.singular());
            Err(Error::Other(format!("'{}' is a {found}, not a {kind}", quoted_path(path))))
        }
    }
}
