//! Programs of single sockets.

use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixDatagram;
use std::process;

use crate::error::{Doing, Result};
use crate::object::NET;
use crate::stage::{Attached, Ready};
use crate::sys;

pub(crate) fn filter() -> Result<Ready> {
    const NAME: &str = "attach_socket_filter_by_option";
    let programs = NET.load(&[NAME])?;
    let expect = programs.expect("socket", NAME)?;
    Ok(Ready::one(programs, expect, |programs, expect| {
        let socket = UnixDatagram::unbound().doing(|| "open a socket")?;
        sys::attach_bpf_to_socket(socket.as_fd(), programs.prog(NAME)?.as_fd())
            .doing(|| "attach")?;
        let expect = expect.with("via", "so_attach_bpf");
        let expect = expect.with("pid", process::id()).with("fd", socket.as_raw_fd());
        Ok(Attached::one(expect, socket))
    }))
}
