//! The flags that leave rows out.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Flags that leave rows out, before and after the command; a row has to pass all of them.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Filters")]
pub struct FilterFlags {
    /// Only those with these ids
    #[arg(long = "id", global = true, value_name = "ID", value_delimiter = ',')]
    pub ids: Vec<u32>,
    /// Only those of these names; of a link, the name of its program
    #[arg(long = "name", global = true, value_name = "GLOB", value_delimiter = ',')]
    pub names: Vec<String>,
    /// Only those of these types, such as xdp, hash or kprobe_multi
    #[arg(long = "type", global = true, value_name = "TYPE", value_delimiter = ',')]
    pub types: Vec<String>,
    /// Only programs with these tags
    #[arg(long = "tag", global = true, value_name = "TAG", value_delimiter = ',')]
    pub tags: Vec<String>,
    /// Only programs that these users loaded, by name or number
    #[arg(long = "uid", global = true, value_name = "USER", value_delimiter = ',')]
    pub uids: Vec<String>,
    /// Only what has to do with these maps, by id or name
    #[arg(long = "map", global = true, value_name = "MAP", value_delimiter = ',')]
    pub maps: Vec<String>,
    /// Only what has to do with these programs, by id or name
    #[arg(long = "prog", global = true, value_name = "PROG", value_delimiter = ',')]
    pub progs: Vec<String>,
    /// Only what is pinned at one of these paths
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub pinned: Vec<PathBuf>,
    /// Only what these processes have a descriptor of
    #[arg(long = "pid", global = true, value_name = "PID", value_delimiter = ',')]
    pub pids: Vec<u32>,
    /// Only what processes of this name have a descriptor of
    #[arg(long = "comm", global = true, value_name = "GLOB")]
    pub comms: Vec<String>,
    /// Only what is attached in these ways, such as kprobe or xdp
    #[arg(long = "kind", global = true, value_name = "KIND", value_delimiter = ',')]
    pub kinds: Vec<String>,
    /// Only what is attached to a function, device, ... of this name
    #[arg(long, global = true, value_name = "GLOB")]
    pub attached_to: Vec<String>,
    /// Only programs attached nowhere, and links whose target is gone
    #[arg(long, global = true, conflicts_with_all = ["kinds", "attached_to"])]
    pub unattached: bool,
    /// Only maps that are fuller than so many percent
    #[arg(long, global = true, value_name = "PERCENT")]
    pub fuller_than: Option<String>,
    /// Only programs loaded in so long a time, such as 30s, 5m, 2h, 1d
    #[arg(long, global = true, value_name = "DURATION")]
    pub since: Option<String>,
}
