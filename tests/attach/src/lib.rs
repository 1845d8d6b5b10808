//! The attach set: loads and attaches one BPF program of every kind that the kernel has, and
//! tells exactly what it attached, so that a listing can be held against the loader's knowledge.
//!
//! [`AttachSet`] holds the attachments; each [`Member`] says what became of one kind, and each
//! [`Expect`] what is known of one program at one place. [`hostile`] makes objects with names that
//! are hard to list, [`flood`] makes many of them, [`every_map`] maps of every type, [`map_names`] such as have long
//! names, [`crowd`] attaches one at many places, [`churn`] makes them come and go. All of it
//! needs root. Dropping it removes every device, cgroup and file that was made for it; of a killed
//! process, programs and links go at once, and [`sweep`] removes the rest.

#![cfg(feature = "load")]

mod btf;
pub mod churn;
pub mod crowd;
mod error;
pub mod every_map;
mod expect;
pub mod flood;
mod handmade;
pub mod hostile;
pub mod map_names;
mod members;
mod netlink;
mod object;
mod places;
mod quiet;
mod set;
mod stage;
mod sys;
pub mod walk;

pub use error::{Error, Result};
pub use expect::{Expect, MapUse, Member, Outcome};
pub use places::sweep;
pub use set::{AttachSet, member_names};
pub use sys::{driver, words};
