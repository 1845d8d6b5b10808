//! Keeps libbpf's log off stderr: that a kernel lacks a member is an outcome, not a warning.

use std::env;

use libbpf_rs::{PrintCallback, PrintLevel, get_print, set_print};

/// Silences libbpf until it is dropped, unless `BPFDBG_ATTACH_DEBUG` is set.
pub(crate) struct Quiet {
    before: Option<(PrintLevel, PrintCallback)>,
}

impl Quiet {
    pub(crate) fn new() -> Quiet {
        let before = get_print();
        if env::var_os("BPFDBG_ATTACH_DEBUG").is_some() {
            set_print(Some((PrintLevel::Debug, |_, line| eprint!("{line}"))));
        } else {
            set_print(None);
        }
        Quiet { before }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        set_print(self.before);
    }
}
