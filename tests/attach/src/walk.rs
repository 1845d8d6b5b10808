//! An iterator over programs that writes one byte for each: the floor for every other.

use std::path::Path;

use libbpf_rs::IterOpts;

use crate::error::{Doing, Result};
use crate::object::WALK;

/// Pins the iterator at `path`, in a bpffs; it goes with the file.
pub fn pin(path: &Path) -> Result<()> {
    const NAME: &str = "attach_iter_one_byte";
    let programs = WALK.load(&[NAME])?;
    let mut link = programs
        .prog(NAME)?
        .attach_iter_with_opts(IterOpts::None)
        .doing(|| "attach an iterator over programs")?;
    link.pin(path).doing(|| format!("pin '{}'", path.display()))
}
