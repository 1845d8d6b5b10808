//! All errors: each is one line, with an exit code and at most one hint.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::model::{Kind, quoted_path, shell_word};
use crate::parse::ParseError;

/// A result whose error ends the command.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Exit code: failed, or an explicit selector found nothing.
pub const FAILED: u8 = 1;
/// Exit code: the command line cannot be understood.
pub const USAGE: u8 = 2;
/// Exit code: there is nothing to read; the iterators are not installed.
pub const NOTHING_TO_READ: u8 = 3;
/// Exit code: permission denied.
pub const DENIED: u8 = 4;

/// What `--stats` does first, in an error.
pub const COUNT_RUNS: &str = "cannot have the kernel count runs";

/// What fails where a file cannot be replaced, in an error.
pub const CANNOT_WRITE: &str = "cannot write";

/// Where files are looked at without `--bpffs`.
const USUAL: [&str; 2] = ["/run/bpfdbg", "/sys/fs/bpf"];

/// The `--bpffs` option for the directory of a file, with a blank in front; empty if none is
/// needed.
fn unusual(path: &Path) -> Option<String> {
    let is_text = Kind::ALL.iter().any(|kind| path.ends_with(kind.file_name()));
    let dir = path.parent().filter(|_| is_text)?;
    let is_usual = USUAL.iter().any(|usual| dir == Path::new(usual));
    (!is_usual).then(|| format!(" --bpffs {}", shell_word(dir.as_os_str().as_encoded_bytes())))
}

/// The `status` command for a file.
fn status(path: &Path) -> String {
    format!("'bpfdbg status{}'", unusual(path).unwrap_or_default())
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Why a command failed.
///
/// `Display` gives one line without a full stop, the operating system's own error last.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A system call on a file or directory failed; `action` reads like "cannot open".
    Path {
        /// What was tried, as in "cannot open".
        action: &'static str,
        /// The object.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// No place holds a readable file of this kind, and the iterator cannot run in this process.
    NothingToRead {
        /// What was asked for.
        kind: Kind,
        /// The places that were looked at.
        places: Vec<PathBuf>,
        /// Why the iterator could not run in the process itself, where that was tried.
        source: Option<Box<Error>>,
        /// The command to type next.
        next: Option<String>,
    },
    /// A file that its directory lists and that cannot be opened: one of the kernel's own, with no
    /// program behind it.
    Dead(PathBuf),
    /// A path leads to a pipe, a device or a directory, not to a file.
    NoFile {
        /// The path.
        path: PathBuf,
        /// What is there, in a word or two.
        what: &'static str,
    },
    /// A file or directory that another user may change, and that root was not told to read.
    Distrusted {
        /// The directory, or the file in it.
        path: PathBuf,
        /// Who else may change it.
        why: String,
    },
    /// A capture that is larger than the limit.
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How many bytes it may have.
        limit: u64,
    },
    /// Parts that could not be read, while the rest was shown; never empty.
    Parts {
        /// The first of them.
        first: Vec<Error>,
        /// How many there are beside these.
        more: usize,
    },
    /// An error that has been printed already; only the exit code is left.
    Told,
    /// A file has a header or row that cannot be parsed.
    Parse {
        /// The file.
        path: PathBuf,
        /// The place in the file, and what was expected there.
        source: ParseError,
    },
    /// libbpf or the kernel refused something; `action` reads like "cannot load the iterators".
    Bpf {
        /// What was tried.
        action: String,
        /// libbpf's error, which carries the kernel's.
        source: libbpf_rs::Error,
        /// What libbpf and the verifier said beside it; shown with `--debug` only.
        log: String,
    },
    /// The kernel refuses to load the iterator of a kind.
    Refused {
        /// The kind that cannot be listed.
        kind: Kind,
        /// The verifier's last line, or libbpf's where it was not asked.
        why: String,
        /// What libbpf and the verifier said; shown with `--debug` only.
        log: String,
    },
    /// This kernel lacks something that the command needs.
    Unsupported(String),
    /// A filter needs a column or date that the text does not have.
    Lacks {
        /// The filter's option.
        option: &'static str,
        /// What the text lacks.
        what: &'static str,
        /// The text.
        path: PathBuf,
    },
    /// A filter needs another text, which cannot be read.
    Beside {
        /// The filter's option.
        option: &'static str,
        /// The name of the other text's file.
        file: &'static str,
        /// The text at hand.
        path: PathBuf,
    },
    /// An explicit selector, such as `id 7`, matches no row.
    NoSuch {
        /// What was asked for.
        kind: Kind,
        /// The selector, as the user would read it: "id 7".
        selector: String,
    },
    /// The command line is well formed, but asks for something that does not exist.
    Usage(String),
    /// Standard output or standard error could not be written to.
    Output(io::Error),
    /// The peer on the driver's pipes does not speak the protocol.
    Protocol(String),
    /// Something else, said in full.
    Other(String),
}

impl Error {
    /// Adds the object to an operating system's error.
    pub fn path(
        action: &'static str,
        path: impl Into<PathBuf>,
        source: impl Into<io::Error>,
    ) -> Self {
        Self::Path { action, path: path.into(), source: source.into() }
    }

    /// Whether the reader of standard output has left, which is no failure.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The code that the process ends with.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => USAGE,
            Self::NothingToRead { .. } | Self::Dead(_) => NOTHING_TO_READ,
            _ if self.is_denied() => DENIED,
            _ => FAILED,
        }
    }

    /// Whether the kernel lost its position in a text; another try may succeed.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Path { source, .. } if source.kind() == io::ErrorKind::WouldBlock)
    }

    fn is_denied(&self) -> bool {
        match self {
            Self::Path { source, .. } => source.kind() == io::ErrorKind::PermissionDenied,
            Self::Bpf { source, .. } => source.kind() == libbpf_rs::ErrorKind::PermissionDenied,
            _ => false,
        }
    }

    /// The command to type next, if there is one.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Dead(path) => format!("{} tells where else there are files", status(path)),
            Self::NothingToRead { next: Some(next), .. } => format!("type '{next}'"),
            Self::Path { action: "cannot open" | "cannot read", path, .. } if self.is_denied() => {
                format!("{} tells who may read which file", status(path))
            }
            Self::Path { action: "cannot get the object at", .. } if self.is_denied() => {
                (!is_root()).then(|| "this needs root".to_owned())?
            }
            Self::Path { action: CANNOT_WRITE, .. } if self.is_denied() => {
                "the owner of that directory can: reading takes no privilege, and root keeps none \
                 beyond it"
                    .into()
            }
            Self::Bpf { action, .. } if self.is_denied() && action == COUNT_RUNS => {
                "this needs root, or CAP_SYS_ADMIN".into()
            }
            Self::Bpf { .. } | Self::Path { .. } if self.is_denied() => {
                "this needs root, with CAP_SYS_ADMIN and CAP_DAC_OVERRIDE".into()
            }
            Self::Beside { file, path, .. } if *file == Kind::Holders.file_name() => {
                match unusual(path) {
                    None if is_root() => "'bpfdbg install --holders' adds it".into(),
                    None => {
                        "only root may ask, or a group that it is installed for: type it with sudo"
                            .into()
                    }
                    Some(dir) => {
                        format!("'sudo bpfdbg install --holders{dir}' adds it, for root or a group")
                    }
                }
            }
            Self::Parts { first, .. } => return first.first().and_then(Self::hint),
            Self::Distrusted { .. } => {
                "'--bpffs DIR' names a place that is to be read in any case".into()
            }
            Self::Parse { path, .. } | Self::Lacks { path, .. } | Self::Beside { path, .. } => {
                format!("{} tells which text each file has", status(path))
            }
            _ => return None,
        })
    }

    /// What libbpf and the verifier said, for `--debug`.
    pub fn log(&self) -> Option<&str> {
        match self {
            Self::Bpf { log, .. } | Self::Refused { log, .. } => Some(log),
            Self::NothingToRead { source: Some(source), .. } => source.log(),
            _ => None,
        }
    }

    /// The excerpt with a caret below an error in a file's text.
    pub fn excerpt(&self) -> Option<String> {
        match self {
            Self::Parse { source, .. } => Some(source.excerpt()),
            Self::Parts { first, more } => {
                let mut lines: Vec<_> = first.first().and_then(Self::excerpt).into_iter().collect();
                for error in first.iter().skip(1) {
                    lines.push(format!("bpfdbg: {error}"));
                    lines.extend(error.excerpt());
                }
                if *more > 0 {
                    lines.push(format!("bpfdbg: and {more} more rows"));
                }
                (!lines.is_empty()).then(|| lines.join("\n"))
            }
            _ => None,
        }
    }

    /// The full report for standard error; `debug` adds libbpf's log.
    pub fn report(&self, debug: bool) -> String {
        if matches!(self, Self::Told) {
            return String::new();
        }
        let mut text = format!("bpfdbg: {self}\n");
        if let Some(excerpt) = self.excerpt() {
            text += &format!("{excerpt}\n");
        }
        if let Some(log) = self.log().filter(|log| debug && !log.is_empty()) {
            text += log;
        }
        if let Some(hint) = self.hint() {
            text += &format!("hint: {hint}\n");
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path { action, path, source } => {
                write!(f, "{action} '{}': {source}", quoted_path(path))
            }
            Self::NothingToRead { kind, places, source, .. } => {
                write!(f, "no readable {} in", kind.file_name())?;
                for (i, place) in places.iter().enumerate() {
                    write!(f, "{} '{}'", if i == 0 { "" } else { "," }, quoted_path(place))?;
                }
                match source {
                    Some(source) => write!(f, "; {source}"),
                    None => Ok(()),
                }
            }
            Self::Dead(path) => {
                let path = quoted_path(path);
                write!(f, "'{path}' is dead: the kernel lists it and has nothing behind it")
            }
            Self::NoFile { path, what } => {
                write!(f, "'{}' is {what}, not a file", quoted_path(path))
            }
            Self::Distrusted { path, why } => {
                write!(f, "'{}' is not read as root: {why}", quoted_path(path))
            }
            Self::TooLarge { path, limit } => {
                let mib = limit >> 20;
                write!(f, "'{}' is too large: a capture has {mib} MiB at most", quoted_path(path))
            }
            Self::Parts { first, .. } => match first.first() {
                Some(error) => error.fmt(f),
                None => f.write_str("something cannot be read"),
            },
            Self::Told => f.write_str("something was wrong, and has been told of"),
            Self::Parse { path, source } => write!(f, "{}:{source}", quoted_path(path)),
            Self::Bpf { action, source, .. } => {
                // libbpf-rs puts its context in front of the kernel's error; one line holds both.
                write!(f, "{action}: {source:#}")
            }
            Self::Refused { kind, why, .. } => {
                write!(f, "this kernel refuses what prints {}: {why}", kind.file_name())
            }
            Self::Lacks { option, what, path } => {
                write!(f, "{option} cannot be answered: '{}' has no {what}", quoted_path(path))
            }
            Self::Beside { option, file, path } => {
                let path = quoted_path(path);
                write!(f, "{option} cannot be answered: no readable {file} beside '{path}'")
            }
            Self::NoSuch { kind, selector } => write!(f, "no {} with {selector}", kind.singular()),
            Self::Output(source) => write!(f, "cannot write: {source}"),
            Self::Unsupported(text)
            | Self::Usage(text)
            | Self::Protocol(text)
            | Self::Other(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Path { source, .. } | Self::Output(source) => Some(source),
            Self::NothingToRead { source: Some(source), .. } => Some(source),
            Self::Parse { source, .. } => Some(source),
            Self::Bpf { source, .. } => Some(source),
            _ => None,
        }
    }
}
