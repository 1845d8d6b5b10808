//! The part of the kernel: what `kernel/bpf/preload` does with its driver, through real pipes.

use std::fs;
use std::io::{PipeReader, PipeWriter, Read as _, Write as _, pipe};
use std::os::fd::AsFd as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use bpfdbg::install::protocol::{END, PreloadInfo, START};
use bpfdbg_attach::driver::{Standard, link_by_id, pin, spawn_driver};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::support::Result;

/// How long a driver may take to load its programs, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a driver may take to leave: the mount waits for it.
const AT_ONCE: Duration = Duration::from_secs(2);
/// How long the kernel may take from the records to END, and the driver has to stay.
const PINNING: Duration = Duration::from_millis(200);

/// A driver that was started, and the kernel's ends of its pipes.
pub(crate) struct Kernel {
    child: Child,
    to: Option<PipeWriter>,
    from: Option<PipeReader>,
    errors: Option<PipeReader>,
    scratch: tempfile::TempDir,
}

/// How to start a driver.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// Without file descriptor 2, as a kernel does.
    Bare,
    /// With one on which it says what is wrong.
    Heard,
    /// Without file descriptor 1.
    Mute,
}

impl Kernel {
    pub(crate) fn start(driver: Command, how: Start) -> Result<Self> {
        let scratch = tempfile::tempdir()?;
        let (stdin, to) = pipe()?;
        let (from, stdout) = pipe()?;
        let (errors, stderr) = pipe()?;
        let fds = [
            Standard::Fd(stdin.into()),
            if how == Start::Mute { Standard::Closed } else { Standard::Fd(stdout.into()) },
            if how == Start::Bare { Standard::Closed } else { Standard::Fd(stderr.into()) },
        ];
        let child = spawn_driver(driver, scratch.path(), fds)?;
        Ok(Self { child, to: Some(to), from: Some(from), errors: Some(errors), scratch })
    }

    /// The whole conversation: the links are pinned in `dir`, which is made for that. Gives the
    /// names that the driver wanted.
    pub(crate) fn play(mut self, dir: &Path) -> Result<[String; 2]> {
        self.send(&START.to_ne_bytes())?;
        let records = [self.record()?, self.record()?];
        let names = [name(records[0])?, name(records[1])?];
        if names[0] == names[1] {
            return Err(format!("two equal names: '{}'", names[0]).into());
        }
        // The kernel pins by itself, and no rule of names holds it up; for others, only this does.
        fs::DirBuilder::new().mode(0o000).create(dir)?;
        for (record, name) in records.iter().zip(&names) {
            let link = match link_by_id(record.link_id) {
                Ok(link) => link,
                Err(error) => {
                    // A driver that has left took its links with it.
                    self.is_waiting(PINNING)?;
                    return Err(format!("{name}: link {}: {error}", record.link_id).into());
                }
            };
            pin(link.as_fd(), &dir.join(name))?;
        }
        self.is_waiting(PINNING)?;
        self.send(&END.to_ne_bytes())?;
        let status = self.exited()?;
        if !status.success() {
            return Err(format!("after END: {status}").into());
        }
        match self.rest()?.len() {
            0 => Ok(names),
            n => Err(format!("{n} bytes after the records").into()),
        }
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> Result {
        let to = self.to.as_mut().ok_or("the pipe is closed")?;
        Ok(to.write_all(bytes).map_err(|error| format!("cannot write to the driver: {error}"))?)
    }

    /// One record, which must be there as a whole.
    pub(crate) fn record(&mut self) -> Result<PreloadInfo> {
        if !self.answers(PATIENCE)? {
            return Err("the driver does not answer".into());
        }
        let mut bytes = [0; PreloadInfo::SIZE];
        match self.from.as_mut().ok_or("the pipe is closed")?.read(&mut bytes)? {
            0 => Err("the driver left without a word".into()),
            PreloadInfo::SIZE => Ok(PreloadInfo::from_bytes(bytes)),
            n => Err(format!("a record of {n} bytes").into()),
        }
    }

    /// Holds the driver to waiting, in silence, for this long.
    pub(crate) fn is_waiting(&mut self, time: Duration) -> Result {
        if !self.answers(time)? {
            return Ok(());
        }
        match self.from.as_mut().ok_or("the pipe is closed")?.read(&mut [0])? {
            0 => Err("the driver left before END".into()),
            _ => Err("the driver sent more than two records".into()),
        }
    }

    /// Whether the driver says something, or hangs up, before the time is up.
    fn answers(&self, time: Duration) -> Result<bool> {
        let from = self.from.as_ref().ok_or("the pipe is closed")?;
        let time = Timespec::try_from(time)?;
        Ok(poll(&mut [PollFd::new(from, PollFlags::IN)], Some(&time))? > 0)
    }

    pub(crate) fn hang_up(&mut self) {
        self.to = None;
    }

    /// Reads no more: what the driver writes from now on goes nowhere.
    pub(crate) fn stop_reading(&mut self) {
        self.from = None;
    }

    /// Waits for the driver to leave of itself, with all that it started.
    fn exited(&mut self) -> Result<ExitStatus> {
        let began = Instant::now();
        let status = loop {
            match self.child.try_wait()? {
                Some(status) => break status,
                None if began.elapsed() > AT_ONCE => return Err("the driver stays".into()),
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        };
        match left_behind(self.child.id(), self.scratch.path())? {
            None => Ok(status),
            Some(pid) => Err(format!("the driver left process {pid} behind").into()),
        }
    }

    /// What the driver wrote and nobody has read.
    fn rest(&mut self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if let Some(from) = &mut self.from {
            from.read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }

    /// Holds the driver to leaving with this exit code, and with nothing sent that was not read;
    /// gives what it said about it.
    pub(crate) fn leaves(mut self, code: i32) -> Result<String> {
        let began = Instant::now();
        // It may have programs to load before it finds out.
        while began.elapsed() < PATIENCE && self.child.try_wait()?.is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let status = self.exited()?;
        let mut said = String::new();
        if let Some(errors) = &mut self.errors {
            errors.read_to_string(&mut said)?;
        }
        match self.rest()?.len() {
            0 if status.code() == Some(code) => Ok(said),
            n => Err(format!("{status}, {n} bytes sent, {said}").into()),
        }
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn name(record: PreloadInfo) -> Result<String> {
    let length = record.link_name.iter().position(|byte| *byte == 0).ok_or("a name without end")?;
    Ok(String::from_utf8(record.link_name[..length].to_vec())?)
}

/// A process that a driver started: of its group, or in the directory that only it was in.
fn left_behind(driver: u32, scratch: &Path) -> Result<Option<u32>> {
    for entry in fs::read_dir("/proc")?.flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse() else { continue };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The command's name may hold blanks and parentheses; state, parent and group follow it.
        let group = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(2)?.parse().ok());
        let is_there =
            fs::read_link(entry.path().join("cwd")).is_ok_and(|dir| dir.starts_with(scratch));
        if group == Some(driver) || is_there {
            return Ok(Some(pid));
        }
    }
    Ok(None)
}
