//! Runs of programs between two snapshots.

use super::Prog;

/// The run counters of an earlier snapshot, and its age.
#[derive(Clone, Debug, Default)]
pub struct RunsBefore {
    /// Id, number of runs and nanoseconds in them, in the order of the ids.
    runs: Vec<(u32, u64, u64)>,
    /// Nanoseconds between the snapshots, at least one.
    elapsed: u64,
    /// Whether the kernel is known to have counted in between.
    is_counted: bool,
}

/// What a snapshot knows of the kernel's counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counting {
    /// The kernel counts runs.
    On,
    /// It counts them only while a process has asked for it.
    OnRequest,
    /// Nothing is known of it.
    #[default]
    Unknown,
}

/// The runs of a program between two snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunsSince {
    count: u64,
    time: u64,
    elapsed: u64,
}

impl RunsBefore {
    /// Takes programs in any order, as they were seen `elapsed` nanoseconds before; `counting` is what
    /// was known then, and what is now.
    pub fn new<'a>(
        progs: impl IntoIterator<Item = Prog<'a>>,
        elapsed: u64,
        counting: [Counting; 2],
    ) -> Self {
        let runs = |prog: Prog<'a>| Some((prog.id, prog.run_cnt?, prog.run_time_ns?));
        let mut runs: Vec<_> = progs.into_iter().filter_map(runs).collect();
        runs.sort_unstable();
        let is_counted = counting == [Counting::On; 2];
        Self { runs, elapsed: elapsed.max(1), is_counted }
    }

    /// Looks for a counter that moved, for the kernel may count although nothing says so: the program
    /// that prints the text is in it, and runs at every look.
    ///
    /// Not where counting was switched on or off in between, of which each rate would be too low.
    pub fn compare<'a>(
        &mut self,
        progs: impl IntoIterator<Item = Prog<'a>>,
        counting: [Counting; 2],
    ) {
        let moved = |prog: Prog<'_>| {
            let at = self.runs.binary_search_by_key(&prog.id, |(id, ..)| *id);
            at.is_ok_and(|at| prog.run_cnt.is_some_and(|count| count > self.runs[at].1))
        };
        let is_steady = counting[0] == counting[1];
        self.is_counted |= is_steady && progs.into_iter().any(moved);
    }

    /// Whether the kernel is known to have counted.
    pub fn is_counted(&self) -> bool {
        self.is_counted
    }

    /// The runs of a program since then; `None` if its counters are unknown, or the kernel is not known
    /// to have counted.
    ///
    /// A program without earlier counters was loaded since, so all its runs count.
    pub fn since(&self, prog: &Prog<'_>) -> Option<RunsSince> {
        if !self.is_counted {
            return None;
        }
        let before = self.runs.binary_search_by_key(&prog.id, |(id, ..)| *id);
        let (_, count, time) = before.map_or((0, 0, 0), |i| self.runs[i]);
        // The counters of CPUs are read one after another, so a sum may seem to fall.
        Some(RunsSince {
            count: prog.run_cnt?.saturating_sub(count),
            time: prog.run_time_ns?.saturating_sub(time),
            elapsed: self.elapsed,
        })
    }
}

impl RunsSince {
    /// Runs a second, rounded.
    pub fn per_second(self) -> u64 {
        self.in_a_second(self.count)
    }

    /// Nanoseconds a run, rounded; `None` where there was none.
    pub fn time_per_run(self) -> Option<u64> {
        mean(self.time, self.count)
    }

    /// Nanoseconds spent in the program in a second, on all CPUs together.
    pub fn time_per_second(self) -> u64 {
        self.in_a_second(self.time)
    }

    fn in_a_second(self, sum: u64) -> u64 {
        let (sum, elapsed) = (u128::from(sum) * 1_000_000_000, u128::from(self.elapsed));
        u64::try_from((sum + elapsed / 2) / elapsed).unwrap_or(u64::MAX)
    }
}

/// The mean, rounded; `None` for a count of zero.
pub(super) fn mean(sum: u64, count: u64) -> Option<u64> {
    sum.saturating_add(count / 2).checked_div(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prog(id: u32, count: u64, time: u64) -> Prog<'static> {
        Prog { id, run_cnt: Some(count), run_time_ns: Some(time), ..Prog::default() }
    }

    const ON: [Counting; 2] = [Counting::On; 2];

    #[test]
    fn what_is_not_counted_is_not_zero() {
        use Counting::*;
        let (idle, busy) = (prog(3, 1, 1), prog(7, 100, 5_000));
        let rate = |counting, count| {
            let mut before = RunsBefore::new([busy, idle], 1_000_000_000, counting);
            before.compare([prog(7, count, 5_000), idle], counting);
            before.since(&idle).map(RunsSince::per_second)
        };
        for counting in [[OnRequest; 2], [Unknown; 2]] {
            assert_eq!(rate(counting, 100), None);
            // A counter that moves shows that all are counted.
            assert_eq!(rate(counting, 101), Some(0));
        }
        assert_eq!(rate(ON, 100), Some(0));
        assert_eq!(rate([OnRequest, On], 101), None);
        assert_eq!(rate([On, OnRequest], 101), None);
    }

    #[test]
    fn what_ran_between_two_looks_is_the_difference_over_the_time() {
        let before = RunsBefore::new([prog(7, 100, 5_000), prog(3, 1, 1)], 2_000_000_000, ON);
        let since = before.since(&prog(7, 1_101, 205_200)).unwrap();
        assert_eq!((since.per_second(), since.time_per_second()), (501, 100_100));
        assert_eq!(since.time_per_run(), Some(200));
        let idle = before.since(&prog(3, 1, 1)).unwrap();
        assert_eq!((idle.per_second(), idle.time_per_run()), (0, None));
    }

    #[test]
    fn a_new_program_has_run_all_of_it_since_and_no_number_falls_below_zero() {
        let before = RunsBefore::new([prog(7, 100, 5_000)], 1_000_000_000, ON);
        assert_eq!(before.since(&prog(9, 4, 40)).unwrap().per_second(), 4);
        assert_eq!(before.since(&prog(7, 99, 4_000)).unwrap().per_second(), 0);
        assert_eq!(before.since(&Prog { id: 7, ..Prog::default() }), None);
        let at_once = RunsBefore::new([], 0, ON).since(&prog(1, u64::MAX, 1)).unwrap();
        assert_eq!(at_once.per_second(), u64::MAX);
    }
}
