//! What the kernel knows of BPF programs, maps and links, from the texts that BPF iterators print.
//!
//! `bpfdbg install` pins iterators as files, `progs.debug`, `maps.debug`, `links.debug` and
//! `attached.debug`, below `/run/bpfdbg`; who may read them needs no capability. This library makes
//! rows of their bytes, joins the rows, and shows them. It opens no file and calls no kernel: it reads
//! what another machine has printed as well.
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
