//! Keeps libbpf's log off stderr: that a kernel lacks a member is an outcome, not a warning.

use std::env;
use std::sync::{Mutex, MutexGuard, PoisonError};

use libbpf_rs::{PrintCallback, PrintLevel, get_print, set_print};

/// Where libbpf's log goes is one setting for the process: held, so that no two threads restore
/// each other's silence.
static SETTING: Mutex<()> = Mutex::new(());

/// Silences libbpf until it is dropped, unless `BPFDBG_ATTACH_DEBUG` is set.
pub(crate) struct Quiet {
    before: Option<(PrintLevel, PrintCallback)>,
    _setting: MutexGuard<'static, ()>,
}

impl Quiet {
    pub(crate) fn new() -> Quiet {
        let setting = SETTING.lock().unwrap_or_else(PoisonError::into_inner);
        let before = get_print();
        if env::var_os("BPFDBG_ATTACH_DEBUG").is_some() {
            set_print(Some((PrintLevel::Debug, |_, line| eprint!("{line}"))));
        } else {
            set_print(None);
        }
        Quiet { before, _setting: setting }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        set_print(self.before);
    }
}
