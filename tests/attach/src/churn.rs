//! Attachments that come and go, for what must hold while a listing is read.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use libbpf_sys as raw;

use crate::btf::Btf;
use crate::error::{Doing, Error, Result};
use crate::handmade::{kernel_name, socket_filter};
use crate::places::cgroup::Cgroup;
use crate::stage::{Guard, OnDrop};
use crate::sys::{self, FuncInfo, LinkExtra, RawProg};

const EGRESS: u32 = raw::BPF_CGROUP_INET_EGRESS;
/// `BPF_F_ALLOW_MULTI`
const ALLOW_MULTI: u32 = 2;

/// The full name of every program that a churn loads.
pub const PROGRAM_NAME: &str = "bpfdbg_churn_short_lived_program";

/// A thread that loads a program, attaches it to a cgroup by a link, detaches and unloads it,
/// again and again, until this is stopped or dropped. One more such program stays attached.
pub struct Churn {
    stop: Arc<AtomicBool>,
    cycles: Arc<AtomicU64>,
    thread: Option<JoinHandle<Result<()>>>,
}

impl Churn {
    /// Starts with at most `rate` cycles a second.
    pub fn start(rate: u32) -> Result<Churn> {
        Churn::by(rate, Hook::link)
    }

    /// The same by BPF_PROG_ATTACH, which makes no link.
    pub fn without_links(rate: u32) -> Result<Churn> {
        Churn::by(rate, Hook::attach)
    }

    fn by(rate: u32, attach: fn(&Hook) -> Result<Guard>) -> Result<Churn> {
        let hook = Hook::new()?;
        let stop = Arc::new(AtomicBool::new(false));
        let cycles = Arc::new(AtomicU64::new(0));
        let thread = thread::Builder::new().name("churn".into()).spawn({
            let (stop, cycles) = (Arc::clone(&stop), Arc::clone(&cycles));
            move || {
                // Held throughout: the first program of any cgroup and the last make the kernel
                // rewrite its own code, which takes longer than all the rest.
                let _first = attach(&hook)?;
                let start = Instant::now();
                while !stop.load(Ordering::Relaxed) {
                    drop(attach(&hook)?);
                    let done = cycles.fetch_add(1, Ordering::Relaxed) + 1;
                    let due = Duration::from_secs_f64(done as f64 / f64::from(rate.max(1)));
                    thread::sleep(due.saturating_sub(start.elapsed()));
                }
                Ok(())
            }
        });
        let thread = Some(thread.doing(|| "start a thread")?);
        Ok(Churn { stop, cycles, thread })
    }

    /// How many cycles are done.
    pub fn cycles(&self) -> u64 {
        self.cycles.load(Ordering::Relaxed)
    }

    /// Stops and gives the number of cycles, or what ended the thread early.
    pub fn stop(mut self) -> Result<u64> {
        self.join()?;
        Ok(self.cycles())
    }

    fn join(&mut self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        match self.thread.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(Error::lacks("the thread that attaches has panicked")),
        }
    }
}

impl Drop for Churn {
    fn drop(&mut self) {
        let _ = self.join();
    }
}

/// The cgroup and what is loaded once for all cycles.
struct Hook {
    type_id: u32,
    btf: OwnedFd,
    cgroup: Cgroup,
}

impl Hook {
    fn new() -> Result<Hook> {
        let mut btf = Btf::new();
        let type_id = btf.function(PROGRAM_NAME.as_bytes());
        let btf = btf.load().doing(|| "load BTF")?;
        Ok(Hook { type_id, btf, cgroup: Cgroup::new()? })
    }

    fn load(&self) -> Result<OwnedFd> {
        sys::prog_load(&RawProg {
            prog_type: raw::BPF_PROG_TYPE_CGROUP_SKB,
            expected_attach_type: EGRESS,
            btf: Some(self.btf.as_fd()),
            func_info: &[FuncInfo { insn_off: 0, type_id: self.type_id }],
            ..socket_filter(kernel_name(PROGRAM_NAME.as_bytes()))
        })
        .doing(|| "load a program")
    }

    /// Loads the program and attaches it; both go when what this gives is dropped.
    fn link(&self) -> Result<Guard> {
        let prog = self.load()?;
        let cgroup = self.cgroup.raw_fd();
        let link = sys::link_create(prog.as_fd(), cgroup, EGRESS, LinkExtra::Nothing)
            .doing(|| "attach to a cgroup")?;
        Ok(Box::new(link))
    }

    /// The same, without a link.
    fn attach(&self) -> Result<Guard> {
        let (prog, cgroup) = (self.load()?, self.cgroup.open()?);
        sys::prog_attach(prog.as_fd(), cgroup.as_raw_fd(), EGRESS, ALLOW_MULTI)
            .doing(|| "attach to a cgroup")?;
        Ok(Box::new(OnDrop(move || {
            let _ = sys::prog_detach(prog.as_fd(), cgroup.as_raw_fd(), EGRESS);
        })))
    }
}
