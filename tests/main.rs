//! Every test of the command, in one binary that also runs inside the virtual machines.
fn main() {
    libtest_mimic::run(&libtest_mimic::Arguments::from_args(), Vec::new()).exit();
}
