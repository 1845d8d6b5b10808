//! Network devices, in the first network namespace or another.

use std::fs;
use std::os::unix::ffi::OsStrExt;

use super::netns::NetworkNamespace;
use super::{is_alive, pid_of_short, short_unique_name};
use crate::error::{Doing, Error, Result};
use crate::expect::Expect;
use crate::{netlink, sys};

/// A device that is down and carries nothing, removed when this is dropped.
pub(crate) struct Device {
    name: Vec<u8>,
    ifindex: u32,
    /// The other end of a pair, which the kernel removes with this one.
    peer: Option<(Vec<u8>, u32)>,
    /// Where it is, if not in the first namespace.
    namespace: Option<NetworkNamespace>,
}

impl Device {
    /// A veth, or where the kernel has none a dummy device.
    pub(crate) fn new() -> Result<Device> {
        Device::pair("veth").or_else(|veth| Device::alone("dummy").map_err(|_| veth))
    }

    /// A device whose name ends with `suffix`, as far as 15 bytes reach.
    pub(crate) fn with_suffix(suffix: &[u8]) -> Result<Device> {
        let mut name = [short_unique_name().as_bytes(), suffix].concat();
        name.truncate(15);
        Device::create("veth", name.clone(), Some(short_unique_name().into_bytes()))
            .or_else(|veth| Device::create("dummy", name, None).map_err(|_| veth))
    }

    /// Two devices of a kind that comes in pairs.
    pub(crate) fn pair(kind: &str) -> Result<Device> {
        Device::create(
            kind,
            short_unique_name().into_bytes(),
            Some(short_unique_name().into_bytes()),
        )
    }

    /// A device in a network namespace of its own.
    pub(crate) fn elsewhere(namespace: NetworkNamespace) -> Result<Device> {
        let (name, peer) = (short_unique_name().into_bytes(), short_unique_name().into_bytes());
        let made = namespace.inside(|| {
            netlink::create("veth", &name, Some(&peer))
                .or_else(|_| netlink::create("dummy", &name, None))?;
            Ok(sys::ifindex_of(&name))
        });
        let ifindex = made.doing(|| "create a device")?;
        let ifindex = ifindex.ok_or_else(|| Error::lacks("a device that was made is not there"))?;
        Ok(Device { name, ifindex, peer: None, namespace: Some(namespace) })
    }

    fn alone(kind: &str) -> Result<Device> {
        Device::create(kind, short_unique_name().into_bytes(), None)
    }

    fn create(kind: &str, name: Vec<u8>, peer: Option<Vec<u8>>) -> Result<Device> {
        netlink::create(kind, &name, peer.as_deref())
            .doing(|| format!("create a {kind} device"))?;
        let mut device = Device { ifindex: index_of(&name)?, name, peer: None, namespace: None };
        if let Some(peer) = peer {
            device.peer = Some((peer.clone(), index_of(&peer)?));
        }
        Ok(device)
    }

    /// Gives the device an alias of up to 255 bytes.
    pub(crate) fn set_alias(&self, alias: &[u8]) -> Result<()> {
        netlink::set_alias(self.ifindex, alias).doing(|| "set a device's alias")
    }

    /// The index, as the number that libbpf takes.
    pub(crate) fn ifindex(&self) -> i32 {
        self.ifindex as i32
    }

    /// The name.
    pub(crate) fn name(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    /// Adds its name and index to what is expected of a program.
    pub(crate) fn describe(&self, expect: Expect) -> Expect {
        describe(expect, &self.name, self.ifindex)
    }

    /// The same for the other end of a pair.
    pub(crate) fn describe_peer(&self, expect: Expect) -> Expect {
        match &self.peer {
            Some((name, ifindex)) => describe(expect, name, *ifindex),
            None => expect,
        }
    }
}

fn index_of(name: &[u8]) -> Result<u32> {
    let not_found = || Error::last_os(format!("find device '{}'", name.escape_ascii()));
    sys::ifindex_of(name).ok_or_else(not_found)
}

fn describe(expect: Expect, name: &[u8], ifindex: u32) -> Expect {
    expect.with("device", String::from_utf8_lossy(name)).with("ifindex", ifindex)
}

impl Drop for Device {
    fn drop(&mut self) {
        let _ = match &self.namespace {
            Some(namespace) => namespace.inside(|| netlink::remove(self.ifindex)),
            None => netlink::remove(self.ifindex),
        };
    }
}

/// Removes devices of processes that are gone.
pub(crate) fn sweep() {
    for entry in fs::read_dir("/sys/class/net").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(pid_of_short);
        if pid.is_some_and(|pid| !is_alive(pid))
            && let Some(ifindex) = sys::ifindex_of(name.as_bytes())
        {
            let _ = netlink::remove(ifindex);
        }
    }
}
