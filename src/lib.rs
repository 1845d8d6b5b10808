//! What the kernel knows of BPF programs, maps and links, from the texts that BPF iterators print.
//!
//! `bpfdbg install` pins iterators as files, `progs.debug`, `maps.debug`, `links.debug`,
//! `attached.debug` and `descriptors.debug`, below `/run/bpfdbg`; who may read them needs no capability. This library makes
//! rows of their bytes, joins the rows, and shows them. It opens none of these files and calls no kernel:
//! it reads what another machine has printed as well.
//!
//! | module | what it does |
//! |---|---|
//! | [`parse`] | bytes to rows, each of which borrows from the bytes; an error tells line and column |
//! | [`model`] | what rows mean: [`model::Prog`], [`model::Map`], [`model::Link`], where programs are attached, trees |
//! | [`view`] | columns, and rows as a table, JSON, CSV or plain words |
//!
//! ```
//! use bpfdbg::model::Prog;
//!
//! let text = std::fs::read("tests/captures/6.12/progs.debug")?;
//! let mut progs: Vec<Prog> = bpfdbg::parse::rows(&text)?;
//! progs.sort_by_key(|prog| std::cmp::Reverse(prog.load_time));
//! for prog in &progs {
//!     let name = prog.name.map_or("-".into(), |name| name.to_string());
//!     println!("{:>6} {name}", prog.id);
//! }
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # Reading
//!
//! - One read(2) gives whole rows, and no more than the kernel's buffer holds, so that large texts can be
//!   read by pieces: [`parse::Rows`] takes each with the [`parse::Position`] where the last one ended.
//! - The first read(2) of `attached.debug` may give EAGAIN, for a user who has a thousand readings in
//!   progress: try again. A row that cannot be read costs itself: [`parse::good_rows`].
//! - The kernel counts runs while anybody holds a descriptor of BPF_ENABLE_STATS, or with the sysctl
//!   `kernel.bpf_stats_enabled`; else counters are zero, or what they were. [`model::RunsBefore`] keeps the
//!   counters of one moment, without its text, for rates at the next.
//! - What is `None` is not known, as of an older kernel; it is never zero.
//!
//! # Features
//!
//! `command`, on by default, is the program `bpfdbg`: it takes clang to build, libelf and libbpf. A
//! program that reads the files needs none of them:
//!
//! ```toml
//! bpfdbg = { version = "0.1", default-features = false }
//! ```

pub mod model;
pub mod parse;
pub mod view;

// The rooms of the command, for its `main` and its tests: no part of what the library offers.
#[cfg(feature = "command")]
#[doc(hidden)]
pub mod bpf;
#[cfg(feature = "command")]
#[doc(hidden)]
pub mod cli;
#[cfg(feature = "command")]
#[doc(hidden)]
pub mod cmd;
#[cfg(feature = "command")]
#[doc(hidden)]
pub mod error;
#[cfg(feature = "command")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "command")]
#[doc(hidden)]
pub mod install;
#[cfg(feature = "command")]
#[doc(hidden)]
pub mod source;
#[cfg(feature = "command")]
#[doc(hidden)]
pub mod sys;
