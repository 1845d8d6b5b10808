//! What must hold: a number, and the bound that it may not pass.

use std::fmt::Write as _;

/// How far a measured time may be beyond its bound before it is held to be missed: machines are
/// noisy. Numbers that do not come from a clock have no margin.
const MARGIN: f64 = 1.1;

/// One target.
struct Target {
    what: String,
    is: f64,
    bound: f64,
    is_at_least: bool,
    margin: f64,
}

/// All targets, in the order in which they were measured.
#[derive(Default)]
pub(crate) struct Targets(Vec<Target>);

impl Targets {
    /// A time, as a ratio, that may be at most `bound`.
    pub(crate) fn at_most(&mut self, what: impl Into<String>, is: f64, bound: f64) {
        self.add(what.into(), is, bound, false, MARGIN);
    }

    /// A time, as a ratio, that must be at least `bound`.
    pub(crate) fn at_least(&mut self, what: impl Into<String>, is: f64, bound: f64) {
        self.add(what.into(), is, bound, true, MARGIN);
    }

    /// Something counted, that may be at most `bound`.
    pub(crate) fn counted(&mut self, what: impl Into<String>, is: f64, bound: f64) {
        self.add(what.into(), is, bound, false, 1.0);
    }

    fn add(&mut self, what: String, is: f64, bound: f64, is_at_least: bool, margin: f64) {
        self.0.push(Target { what, is, bound, is_at_least, margin });
    }

    /// A table of all of them.
    pub(crate) fn table(&self) -> String {
        let mut text = String::from("| target | is | bound | |\n|---|--:|--:|---|\n");
        for target in &self.0 {
            let sign = if target.is_at_least { "≥" } else { "≤" };
            let verdict = match (target.is_met(1.0), target.is_met(target.margin)) {
                (true, _) => "met",
                (false, true) => "met within the margin",
                (false, false) => "**missed**",
            };
            let (is, bound) = (number(target.is), number(target.bound));
            let _ = writeln!(text, "| {} | {is} | {sign} {bound} | {verdict} |", target.what);
        }
        text
    }

    /// A line for every target that is missed.
    pub(crate) fn missed(&self) -> Vec<String> {
        let missed = self.0.iter().filter(|target| !target.is_met(target.margin));
        let line = |target: &Target| {
            let most = if target.is_at_least { "least" } else { "most" };
            let (is, bound) = (number(target.is), number(target.bound));
            format!("{} is {is}, to be at {most} {bound}", target.what)
        };
        missed.map(line).collect()
    }
}

impl Target {
    /// A number that is none meets no bound.
    fn is_met(&self, margin: f64) -> bool {
        if self.is_at_least {
            self.is * margin >= self.bound
        } else {
            self.is <= self.bound * margin
        }
    }
}

/// Three digits.
pub(crate) fn number(value: f64) -> String {
    match value {
        _ if value >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        _ if value >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_missed_beyond_its_margin_and_not_before() {
        let mut targets = Targets::default();
        targets.at_most("a time", 1.09, 1.0);
        targets.at_least("a gain", 7.5, 8.0);
        assert!(targets.missed().is_empty());
        targets.at_most("a long time", 1.2, 1.0);
        targets.at_least("a small gain", 7.0, 8.0);
        targets.counted("a count", 101.0, 100.0);
        targets.at_most("nothing measured", f64::NAN, 1.0);
        assert_eq!(
            targets.missed(),
            [
                "a long time is 1.20, to be at most 1",
                "a small gain is 7, to be at least 8",
                "a count is 101, to be at most 100",
                "nothing measured is NaN, to be at most 1",
            ]
        );
    }
}
