//! The attacks, each of which is one file.

mod access;
mod crowd;
mod environment;
mod kills;
mod limits;
mod locks;
mod names;
mod namespaces;
mod privilege;
mod readers;
mod squat;
mod swap_dir;
mod swap_stage;
mod texts;

use crate::bed::Bed;
use crate::outcome::Result;

/// An attack.
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// How much of the seconds it may take.
    pub(crate) share: f64,
    /// It ends earlier when it has made so many attempts, of 600 seconds.
    pub(crate) goal: u64,
    pub(crate) run: fn(&Bed) -> Result,
}

const fn attack(
    name: &'static str,
    what: &'static str,
    share: f64,
    goal: u64,
    run: fn(&Bed) -> Result,
) -> Attack {
    Attack { name, what, share, goal, run }
}

/// All of them, in the order in which they run.
pub(crate) const ALL: &[Attack] = &[
    attack(
        "swap-dir",
        "DIR's owner swaps it for a link while root installs",
        0.7,
        2000,
        swap_dir::run,
    ),
    attack("swap-stage", "the owner of DIR's parent swaps the stage", 0.7, 2000, swap_stage::run),
    attack("squat", "the names of stages and files are taken", 0.1, 600, squat::run),
    attack("locks", "a stranger holds every lock he can get", 0.1, 600, locks::run),
    attack(
        "kills",
        "install, upgrade and uninstall are killed at any moment",
        1.5,
        800,
        kills::run,
    ),
    attack("crowd", "fifty install and uninstall at once", 0.15, u64::MAX / 600, crowd::run),
    attack(
        "namespaces",
        "a neighbour namespace installs and uninstalls",
        0.05,
        100,
        namespaces::run,
    ),
    attack("limits", "few descriptors, little memory", 0.25, 600, limits::run),
    attack("access", "an installation is repeated, a file missing", 0.1, 600, access::run),
    attack("environment", "a stranger's texts are offered to root", 0.02, 100, environment::run),
    attack("privilege", "a stranger reaches for more than reading", 0.05, 100, privilege::run),
    attack("names", "objects have names that do harm", 0.05, 20, names::run),
    attack("texts", "captures are broken on purpose", 0.4, 30_000, texts::run),
    attack(
        "readers",
        "strangers read without end, or without ending",
        1.0,
        u64::MAX / 600,
        readers::run,
    ),
];
