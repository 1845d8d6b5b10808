//! The `bpfdbg` command.
fn main() {}
