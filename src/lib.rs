//! BPF programs and maps of a machine, by full name, for a user without any capability.
//!
//! The kernel prints, through BPF iterators that are pinned in a bpffs; this library installs
//! them, and reads their text. Two wings stand on one floor:
//!
//! ```text
//! read     source -> parse -> model -> view       (joined in cmd)
//! install  umd <- protocol -> any peer that plays the kernel; pin
//! floor    bpf (the iterators), error
//! ```
//!
//! [`parse`], [`model`] and [`view`] know no file, no kernel call and no command: they read the
//! captures of another machine as well.

pub mod bpf;
pub mod cli;
pub mod cmd;
pub mod error;
#[doc(hidden)]
pub mod fuzzing;
pub mod install;
pub mod model;
pub mod parse;
pub mod source;
pub mod sys;
pub mod view;
