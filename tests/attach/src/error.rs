//! What went wrong while a member was loaded or attached.

use std::fmt;
use std::io;

/// A result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Why something could not be loaded, attached or made.
#[derive(Debug)]
pub enum Error {
    /// A system call failed.
    Os {
        /// What was tried, such as `create 'veth'`.
        doing: String,
        /// The kernel's answer.
        source: io::Error,
    },
    /// libbpf failed; its message ends with the kernel's answer.
    Libbpf {
        /// What was tried, such as `load 'attach_raw_tp_process_fork'`.
        doing: String,
        /// The error, with the whole chain of contexts.
        source: libbpf_rs::Error,
    },
    /// Something needed is not there, and no system call was tried.
    Lacks(String),
}

impl Error {
    /// The error of a failed system call.
    pub(crate) fn os(doing: impl Into<String>, source: io::Error) -> Error {
        Error::Os { doing: doing.into(), source }
    }

    /// The error of a system call that has just failed, taken from `errno`.
    pub(crate) fn last_os(doing: impl Into<String>) -> Error {
        Error::os(doing, io::Error::last_os_error())
    }

    /// The error for a thing that is missing.
    pub(crate) fn lacks(what: impl Into<String>) -> Error {
        Error::Lacks(what.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Os { doing, source } => write!(f, "{doing}: {source}"),
            Error::Libbpf { doing, source } => write!(f, "{doing}: {source:#}"),
            Error::Lacks(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Os { source, .. } => Some(source),
            Error::Libbpf { source, .. } => Some(source),
            Error::Lacks(_) => None,
        }
    }
}

/// Adds what was tried to an error of a lower floor.
pub(crate) trait Doing<T> {
    /// Names what was tried; `doing` is called for errors only.
    fn doing<S: Into<String>>(self, doing: impl FnOnce() -> S) -> Result<T>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing<S: Into<String>>(self, doing: impl FnOnce() -> S) -> Result<T> {
        self.map_err(|source| Error::os(doing(), source))
    }
}

impl<T> Doing<T> for libbpf_rs::Result<T> {
    fn doing<S: Into<String>>(self, doing: impl FnOnce() -> S) -> Result<T> {
        self.map_err(|source| Error::Libbpf { doing: doing().into(), source })
    }
}
