//! Terminal handling of a watch: waiting, signals, the alternate screen.

use std::io::{self, IsTerminal as _, Write};
use std::os::fd::OwnedFd;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::Signal;
use rustix::stdio::stdout;

use crate::error::{Error, Result};
use crate::sys;

/// How much a ready pipe or terminal takes without blocking: `PIPE_BUF`.
const PIECE: usize = 4096;

/// What ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wake {
    /// The time is up.
    Time,
    /// The terminal was resized, or the process was in the background.
    Redraw,
    /// A signal to end, or the reader has left.
    End,
}

/// The signals of a watch, read from a signalfd so that none interrupts a write halfway.
pub(super) struct Signals(OwnedFd);

impl Signals {
    /// Blocks the signals, to be read from the descriptor.
    pub(super) fn new() -> Result<Self> {
        let signals =
            [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT, Signal::WINCH, Signal::TSTP];
        sys::signal_descriptor(&signals).map(Self).map_err(Error::Output)
    }

    fn next(&self) -> Option<Signal> {
        // `struct signalfd_siginfo`, which begins with the number.
        let mut info = [0; 128];
        rustix::io::read(&self.0, &mut info).ok().filter(|n| *n == info.len())?;
        let [a, b, c, d, ..] = info;
        Signal::from_named_raw(i32::from_ne_bytes([a, b, c, d]))
    }

    /// The action that pending signals ask for, if any.
    fn wake(&self, screen: Option<&AlternateScreen>) -> Option<Wake> {
        let mut wake = None;
        while let Some(signal) = self.next() {
            match signal {
                Signal::WINCH => wake = wake.or(Some(Wake::Redraw)),
                Signal::TSTP => {
                    pause(screen);
                    wake = wake.or(Some(Wake::Redraw));
                }
                _ => wake = Some(Wake::End),
            }
        }
        wake
    }

    /// Waits until a time, or for a signal or the reader's exit.
    pub(super) fn wait(&self, until: Instant, screen: Option<&AlternateScreen>) -> Wake {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let out = stdout();
            // No events are requested for standard output: POLLERR is always reported.
            let mut fds =
                [PollFd::new(&self.0, PollFlags::IN), PollFd::new(&out, PollFlags::empty())];
            match poll(&mut fds, Timespec::try_from(left).ok().as_ref()) {
                Ok(0) if left.is_zero() || Instant::now() >= until => return Wake::Time,
                Ok(_) if fds[1].revents().intersects(PollFlags::ERR | PollFlags::HUP) => {
                    return Wake::End;
                }
                Ok(_) | Err(Errno::INTR) => {}
                Err(_) => return Wake::End,
            }
            if let Some(wake) = self.wake(screen) {
                return wake;
            }
        }
    }
}

/// Stops this process on SIGTSTP, restoring the terminal meanwhile.
fn pause(screen: Option<&AlternateScreen>) {
    if let Some(screen) = screen {
        screen.write(LEAVE);
    }
    sys::raise_default(Signal::TSTP);
    if let Some(screen) = screen {
        screen.write(ENTER);
    }
}

/// Standard output that a signal can interrupt while a slow reader blocks it.
pub(super) struct InterruptibleStdout<'s>(pub(super) &'s Signals);

impl Write for InterruptibleStdout<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            let out = stdout();
            let mut fds =
                [PollFd::new(&self.0.0, PollFlags::IN), PollFd::new(&out, PollFlags::OUT)];
            match poll(&mut fds, None) {
                Err(Errno::INTR) => continue,
                result => result?,
            };
            let has_signal = !fds[0].revents().is_empty();
            if !fds[1].revents().is_empty() {
                return Ok(rustix::io::write(out, &bytes[..bytes.len().min(PIECE)])?);
            }
            // As if the reader had left: the watch ends.
            if has_signal && self.0.wake(None) == Some(Wake::End) {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The alternate screen, without a cursor; and back.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[H";
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";

/// The alternate screen of a terminal, until this is dropped.
pub(super) struct AlternateScreen(());

impl AlternateScreen {
    /// Switches to the alternate screen if standard output is a terminal that has one.
    pub(super) fn enter() -> Option<Self> {
        let can = std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
        if !can || !io::stdout().is_terminal() {
            return None;
        }
        let screen = Self(());
        screen.write(ENTER);
        Some(screen)
    }

    /// Draws text over what is there, as many lines as fit; `more` tells how many do not.
    pub(super) fn frame(&self, text: &[u8], more: impl FnOnce(usize) -> String) -> Vec<u8> {
        let rows = terminal_size::terminal_size_of(io::stdout()).map_or(24, |(_, rows)| rows.0);
        frame(text, rows.into(), more)
    }

    fn write(&self, text: &str) {
        // The next wait notices if the terminal is gone.
        let _ = rustix::io::write(stdout(), text.as_bytes());
    }
}

impl Drop for AlternateScreen {
    fn drop(&mut self) {
        self.write(LEAVE);
    }
}

/// Lines that overwrite the last frame. Each line is cleared first: after a line as wide as the
/// terminal, the cursor stays on its last character. The last line has no newline, which would
/// scroll.
fn frame(text: &[u8], rows: usize, more: impl FnOnce(usize) -> String) -> Vec<u8> {
    let lines: Vec<_> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let fits = lines.len() <= rows;
    let shown = if fits { lines.len() } else { rows.saturating_sub(1) };
    let mut frame = b"\x1b[H".to_vec();
    for (i, line) in lines[..shown].iter().enumerate() {
        frame.extend_from_slice(if i == 0 { b"\x1b[K" } else { b"\r\n\x1b[K" });
        frame.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
    }
    if !fits {
        frame.extend_from_slice(b"\r\n\x1b[K");
        frame.extend_from_slice(more(lines.len() - shown).as_bytes());
    } else if shown == 0 {
        frame.extend_from_slice(b"\x1b[J");
    } else if shown < rows {
        frame.extend_from_slice(b"\r\n\x1b[J");
    }
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str, rows: usize) -> String {
        let frame = frame(text.as_bytes(), rows, |more| format!("{more} more"));
        String::from_utf8(frame).unwrap()
    }

    #[test]
    fn a_frame_clears_what_was_there_and_never_scrolls() {
        assert_eq!(drawn("a\nb\n", 3), "\x1b[H\x1b[Ka\r\n\x1b[Kb\r\n\x1b[J");
        assert_eq!(drawn("a\nb\n", 2), "\x1b[H\x1b[Ka\r\n\x1b[Kb");
        assert_eq!(drawn("", 2), "\x1b[H\x1b[J");
    }

    #[test]
    fn lines_that_do_not_fit_are_counted() {
        assert_eq!(drawn("a\nb\nc\n", 2), "\x1b[H\x1b[Ka\r\n\x1b[K2 more");
    }
}
