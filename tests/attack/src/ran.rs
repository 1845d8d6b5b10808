//! Running a command to its end, or to the end of patience.

use std::io::Read;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::outcome::Result;

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) in_time: bool,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
    pub(crate) took: Duration,
}

/// Runs a command, and ends it and all it started where it takes longer than `limit`.
pub(crate) fn run(command: &mut Command, limit: Duration) -> Result<Ran> {
    let start = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn()?;
    let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        let out = scope.spawn(move || read(&mut out));
        let err = scope.spawn(move || read(&mut err));
        let status = wait(&mut child, start + limit);
        let took = start.elapsed();
        if !matches!(status, Ok(Some(_))) {
            kill_group(&child);
        }
        let status = status?;
        let ended = match status {
            Some(status) => status,
            None => child.wait()?,
        };
        Ok(Ran {
            code: ended.code(),
            signal: ended.signal(),
            in_time: status.is_some(),
            out: out.join().unwrap_or_default(),
            err: String::from_utf8_lossy(&err.join().unwrap_or_default()).into_owned(),
            took,
        })
    })
}

fn read(pipe: &mut Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        let _ = pipe.read_to_end(&mut bytes);
    }
    bytes
}

fn wait(child: &mut Child, until: Instant) -> Result<Option<ExitStatus>> {
    let mut pause = Duration::from_micros(500);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= until {
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// Ends a child that leads a group, and everybody in that.
pub(crate) fn kill_group(child: &Child) {
    if let Some(pid) = Pid::from_raw(child.id() as i32) {
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

impl Ran {
    /// What no command may do, whatever it is given.
    pub(crate) fn fault(&self) -> Option<String> {
        if !self.in_time {
            return Some(format!(
                "still ran after {:.1} s: {}",
                self.took.as_secs_f64(),
                self.said()
            ));
        }
        if let Some(signal) = self.signal {
            return Some(format!("was ended by signal {signal}: {}", self.said()));
        }
        if self.err.contains("panicked at") {
            return Some(format!("panicked: {}", self.said()));
        }
        for (stream, bytes) in [("stdout", &self.out[..]), ("stderr", self.err.as_bytes())] {
            if let Some(at) = control_byte(bytes) {
                let around = &bytes[at.saturating_sub(30)..bytes.len().min(at + 30)];
                return Some(format!("a control byte on {stream}: \"{}\"", around.escape_ascii()));
            }
        }
        None
    }

    /// Standard error in one line, for a report.
    pub(crate) fn said(&self) -> String {
        let line = self.err.lines().collect::<Vec<_>>().join(" | ");
        line.chars().take(300).collect::<String>().escape_debug().to_string()
    }

    /// The exit code and what was said.
    pub(crate) fn told(&self) -> String {
        match self.code {
            Some(code) => format!("exit status {code}: {}", self.said()),
            None => self.fault().unwrap_or_default(),
        }
    }
}

/// Where the first byte is that a terminal would act upon, a newline aside: also those of C1, which
/// take two bytes in UTF-8.
pub(crate) fn control_byte(bytes: &[u8]) -> Option<usize> {
    let next = |at: usize| bytes.get(at + 1).copied().unwrap_or_default();
    bytes.iter().enumerate().position(|(at, &byte)| match byte {
        b'\n' => false,
        0xc2 => (0x80..0xa0).contains(&next(at)),
        byte => byte < 0x20 || byte == 0x7f,
    })
}
