//! `Prog`: one row of `progs.debug`, and what it was loaded for.

use super::row::row;
use super::{Ids, Name, words};

/// The columns of such a row: `row!` makes the struct of them, and `parse` its table.
macro_rules! prog_columns {
    ($declare:ident) => {
        $declare! {
            /// One row of `progs.debug`.
            ///
            /// The kernel's own text has the first four fields only.
            Prog<'a> {
                /// The id that the kernel gave it.
                id: u32 = key "id",
                /// The full BTF name of its main function, or the 15 characters that it was loaded with.
                name: Option<Name<'a>> = "name",
                /// The kernel function, hook or function of a program that it was loaded for.
                attached: Option<Name<'a>> = "attached",
                /// The program that it was loaded for, until it is attached: then the kernel forgets it.
                target: Option<Name<'a>> = "target",
                /// The id of that program.
                target_id: Option<u32> = "target_id",
                /// `enum bpf_prog_type`.
                prog_type: Option<u32> = "type",
                /// `enum bpf_attach_type` as it was given at load; see [`Prog::attach_type`].
                expected_attach_type: Option<u32> = "expected_attach_type",
                /// The tag: a hash over the instructions, of another algorithm from 6.18 on.
                tag: Option<[u8; 8]> = "tag",
                /// Whether its license is one that the kernel takes for GPL-compatible.
                gpl_compatible: Option<bool> = "gpl",
                /// Whether it was loaded into a device that is gone.
                orphaned: Option<bool> = "orphaned",
                /// Nanoseconds from boot to load.
                load_time: Option<u64> = "load_time",
                /// The user who loaded it.
                uid: Option<u32> = "uid",
                /// Bytes of instructions after the verifier's rewriting.
                bytes_xlated: Option<u32> = "xlated",
                /// Bytes of machine code, zero for a program that is interpreted.
                bytes_jited: Option<u32> = "jited",
                /// Bytes of memory that hold the program.
                bytes_memlock: Option<u64> = "memlock",
                /// The id of its BTF object.
                btf_id: Option<u32> = "btf_id",
                /// Instructions that the verifier looked at (5.16).
                verified_insns: Option<u32> = "verified_insns",
                /// Number of runs while the kernel counted.
                run_cnt: Option<u64> = "run_cnt",
                /// Nanoseconds that those runs took.
                run_time_ns: Option<u64> = "run_time_ns",
                /// Runs that were left out because the program was already running on that CPU (5.12).
                recursion_misses: Option<u64> = "recursion_misses",
                /// The maps that it uses.
                map_ids: Option<Ids<'a>> = "map_ids",
            }
        }
    };
}

prog_columns!(row);
pub(crate) use prog_columns;

/// A program that another row speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgRef<'a> {
    /// Its id, where the text gives it.
    pub id: Option<u32>,
    /// Its name.
    pub name: Name<'a>,
}

/// One place where a program is attached, or was loaded to be attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadTarget<'a> {
    /// How: `fentry`, `freplace`, `lsm`, …; `None` where the text does not give the type.
    pub kind: Option<&'static str>,
    /// The function, hook or tracepoint.
    pub function: Option<Name<'a>>,
    /// The program that the function belongs to; `None` for the kernel's own functions.
    pub prog: Option<ProgRef<'a>>,
}

impl<'a> Prog<'a> {
    /// The attach type that the program was loaded with. Zero is a valid attach type for one
    /// program type; for the others it means none. The number of a program of struct_ops is the
    /// place of the member that it implements, which is no attach type.
    pub fn attach_type(&self) -> Option<u32> {
        let is_given = |number: &u32| *number != 0 || self.prog_type == Some(words::CGROUP_SKB);
        let is_member = self.prog_type == Some(words::STRUCT_OPS);
        self.expected_attach_type.filter(is_given).filter(|_| !is_member)
    }

    /// Nanoseconds of a run on average while the kernel counted, rounded; `None` where none was
    /// counted.
    pub fn run_avg_ns(&self) -> Option<u64> {
        super::runs::mean(self.run_time_ns?, self.run_cnt?)
    }

    /// The target that the program was loaded for, from its own row.
    pub fn load_target(&self) -> Option<LoadTarget<'a>> {
        if self.attached.is_none() && self.target.is_none() {
            return None;
        }
        Some(LoadTarget {
            kind: self.prog_type.and_then(|t| words::attach_kind(t, self.expected_attach_type)),
            function: self.attached,
            prog: self.target.map(|name| ProgRef { id: self.target_id, name }),
        })
    }
}

/// When a machine booted, in Unix time, to convert times since boot into dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootTime {
    /// Whole seconds since 1970.
    pub seconds: i64,
    /// Nanoseconds to add, of either sign, less than a second.
    pub nanoseconds: i64,
}

impl BootTime {
    /// Unix seconds at so many nanoseconds after boot, rounded as bpftool does.
    pub fn at(self, nanoseconds: u64) -> u64 {
        let since = self.nanoseconds.saturating_add_unsigned(nanoseconds) / 1_000_000_000;
        self.seconds.saturating_add(since).max(0).cast_unsigned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_member_of_struct_ops_is_no_attach_type() {
        let of = |prog_type, number| {
            let (prog_type, expected_attach_type) = (Some(prog_type), Some(number));
            Prog { prog_type, expected_attach_type, ..Prog::default() }.attach_type()
        };
        assert_eq!((of(words::STRUCT_OPS, 5), of(words::STRUCT_OPS, 0)), (None, None));
        assert_eq!((of(words::TRACING, 24), of(words::TRACING, 0)), (Some(24), None));
        assert_eq!(of(words::CGROUP_SKB, 0), Some(0));
    }
}
