//! Ids of tracepoints.

use std::fs;

use super::mounts::Mount;
use crate::error::{Doing, Error, Result};

/// The id that perf_event_open(2) takes for a tracepoint.
pub(crate) fn tracepoint_id(category: &str, tracepoint: &str) -> Result<u64> {
    let tracefs = Mount::of("tracefs")?;
    let path = tracefs.root().join("events").join(category).join(tracepoint).join("id");
    let text = fs::read_to_string(&path).doing(|| format!("read '{}'", path.display()))?;
    text.trim().parse().map_err(|_| Error::lacks(format!("'{}' is no number", path.display())))
}

/// The functions that can be traced, without those of modules.
pub(crate) fn traceable_functions() -> Result<Vec<String>> {
    let tracefs = Mount::of("tracefs")?;
    let path = tracefs.root().join("available_filter_functions");
    let text = fs::read_to_string(&path).doing(|| format!("read '{}'", path.display()))?;
    Ok(text.lines().filter(|line| !line.contains(' ')).map(str::to_owned).collect())
}
