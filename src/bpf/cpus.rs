//! The possible CPUs: per-CPU data of the kernel exists for each of them, online or not.

use std::fs;

use crate::error::{Error, Result};

const POSSIBLE: &str = "/sys/devices/system/cpu/possible";

/// As in `bpf/cpus.h`: more than any kernel has.
const MAX_CPUS: usize = 8192;

/// The ids of the possible CPUs, among which there may be gaps.
#[derive(Debug)]
pub(super) struct Cpus {
    /// A bit for each id.
    pub(super) bits: [u64; MAX_CPUS / 64],
}

impl Cpus {
    /// Those of this machine.
    pub(super) fn get() -> Result<Self> {
        let text = fs::read_to_string(POSSIBLE)
            .map_err(|error| Error::path("cannot read", POSSIBLE, error))?;
        Self::parse(text.trim_ascii_end()).ok_or_else(|| {
            Error::Other(format!("'{POSSIBLE}' is no list of CPUs: '{}'", text.trim_ascii_end()))
        })
    }

    /// Reads a list such as `0,2-3`.
    fn parse(list: &str) -> Option<Self> {
        let mut bits = [0; MAX_CPUS / 64];
        for range in list.split(',') {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let (first, last) = (first.parse::<usize>().ok()?, last.parse::<usize>().ok()?);
            if first > last || last >= MAX_CPUS {
                return None;
            }
            (first..=last).for_each(|id| bits[id / 64] |= 1 << (id % 64));
        }
        Some(Self { bits })
    }

    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        self.bits.iter().map(|word| word.count_ones()).sum()
    }

    /// The number behind the highest id.
    pub(super) fn ids(&self) -> u32 {
        let highest = self.bits.iter().rposition(|word| *word != 0);
        highest.map_or(0, |at| at as u32 * 64 + u64::BITS - self.bits[at].leading_zeros())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_with_gaps_has_a_bit_for_each_id_and_none_for_the_gaps() {
        let counted = |list: &str| Cpus::parse(list).map(|cpus| (cpus.count(), cpus.ids()));
        assert_eq!(counted("0"), Some((1, 1)));
        assert_eq!(counted("0-7"), Some((8, 8)));
        assert_eq!(counted("0,2-3"), Some((3, 4)));
        assert_eq!(counted("0-63,127"), Some((65, 128)));
        assert_eq!(counted("0-8191"), Some((8192, 8192)));
        assert_eq!(Cpus::parse("0,2-3").map(|cpus| cpus.bits[0]), Some(0b1101));
    }

    #[test]
    fn what_is_no_list_of_cpus_is_none() {
        for list in ["", "x", "3-1", "0-8192", "0,,1", "-1", "99999999999999999999"] {
            assert!(Cpus::parse(list).is_none(), "{list}");
        }
    }
}
