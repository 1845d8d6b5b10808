//! Objects by the thousand, held by a process of their own: that of the bench has to stay small,
//! for a child's peak of memory begins with its parent's.

use std::env;
use std::io::{self, Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use bpfdbg_attach::flood::Flood;

use crate::measure::Result;

/// How many objects of each kind there are.
#[derive(Clone, Copy, Default)]
pub(crate) struct Crowd {
    /// Programs, with names of 30 bytes.
    pub(crate) programs: usize,
    /// Arrays of one element.
    pub(crate) maps: usize,
    /// Links to a raw tracepoint, each with a program of its own.
    pub(crate) links: usize,
}

/// The process that holds them; they go with it.
pub(crate) struct Held(Child);

impl Held {
    /// Makes them.
    pub(crate) fn new(crowd: Crowd) -> Result<Self> {
        let failed = |error: io::Error| format!("cannot start the holder of objects: {error}");
        let counts = [crowd.programs, crowd.maps, crowd.links].map(|count| count.to_string());
        let mut child = Command::new(env::current_exe().map_err(failed)?)
            .arg("hold")
            .args(counts)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let mut ready = [0];
        let stdout = child.stdout.as_mut().ok_or("the holder has no output")?;
        if stdout.read(&mut ready).map_err(failed)? == 0 {
            return Err("the holder of objects could not make them".into());
        }
        Ok(Self(child))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// What the holder does: makes objects, says so, and waits until nobody wants them any more.
pub(crate) fn hold(counts: &[&str]) -> Result<()> {
    let count = |i: usize| {
        counts.get(i).and_then(|word| word.parse().ok()).ok_or("hold PROGRAMS MAPS LINKS")
    };
    let mut flood = Flood::new();
    let made = flood
        .add_programs(count(0)?)
        .and_then(|()| flood.add_maps(count(1).unwrap_or_default()))
        .and_then(|()| flood.add_links(count(2).unwrap_or_default()));
    made.map_err(|error| error.to_string())?;
    let said = io::stdout().write_all(b".").and_then(|()| io::stdout().flush());
    said.map_err(|error| error.to_string())?;
    let _ = io::stdin().read_to_end(&mut Vec::new());
    Ok(())
}
