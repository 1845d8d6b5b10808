//! Just enough rtnetlink to make and remove network devices, and filters that are no program's.

use std::fs::File;
use std::io::{self, Read, Write};

use crate::sys;

const NLM_F_REQUEST_ACK: u16 = 1 | 4;
const NLM_F_CREATE_EXCL: u16 = 0x400 | 0x200;
const NLMSG_ERROR: u16 = 2;
const RTM_NEWLINK: u16 = 16;
const RTM_DELLINK: u16 = 17;
const RTM_NEWTFILTER: u16 = 44;

const TCA_KIND: u16 = 1;
const TCA_OPTIONS: u16 = 2;
const TCA_CHAIN: u16 = 11;
/// `TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)`
const INGRESS: u32 = 0xffff_fff2;
const ETH_P_ALL: u16 = 3;

const IFLA_IFNAME: u16 = 3;
const IFLA_LINKINFO: u16 = 18;
const IFLA_IFALIAS: u16 = 20;
const IFLA_INFO_KIND: u16 = 1;
const IFLA_INFO_DATA: u16 = 2;
/// `VETH_INFO_PEER` and `IFLA_NETKIT_PEER_INFO`: the same number and the same contents.
const INFO_PEER: u16 = 1;
const NLA_F_NESTED: u16 = 1 << 15;

/// The length of `struct nlmsghdr`.
const HEADER: usize = 16;

/// A message under construction: a header, then fixed fields and attributes.
struct Message {
    bytes: Vec<u8>,
}

impl Message {
    fn new(message_type: u16, flags: u16) -> Message {
        let mut bytes = vec![0; HEADER];
        bytes[4..6].copy_from_slice(&message_type.to_ne_bytes());
        bytes[6..8].copy_from_slice(&(NLM_F_REQUEST_ACK | flags).to_ne_bytes());
        Message { bytes }
    }

    /// `struct ifinfomsg` for a device; 0 is one that does not exist yet.
    fn device(mut self, ifindex: u32) -> Message {
        self.bytes.extend([0; 4]);
        self.bytes.extend(ifindex.to_ne_bytes());
        self.bytes.extend([0; 8]);
        self
    }

    /// `struct tcmsg` for a filter at the ingress hook of a device.
    fn filter(mut self, ifindex: u32, priority: u16) -> Message {
        let info = u32::from(priority) << 16 | u32::from(ETH_P_ALL.to_be());
        self.bytes.extend([0; 4]);
        for field in [ifindex, 0, INGRESS, info] {
            self.bytes.extend(field.to_ne_bytes());
        }
        self
    }

    fn attribute(mut self, attribute: u16, value: &[u8]) -> Message {
        let len = u16::try_from(4 + value.len()).unwrap_or(u16::MAX);
        self.bytes.extend(len.to_ne_bytes());
        self.bytes.extend(attribute.to_ne_bytes());
        self.bytes.extend(value);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self
    }

    /// An attribute that holds what `inside` adds.
    fn nested(mut self, attribute: u16, inside: impl FnOnce(Message) -> Message) -> Message {
        let start = self.bytes.len();
        self.bytes.extend([0; 2]);
        self.bytes.extend((attribute | NLA_F_NESTED).to_ne_bytes());
        self = inside(self);
        let len = u16::try_from(self.bytes.len() - start).unwrap_or(u16::MAX);
        self.bytes[start..start + 2].copy_from_slice(&len.to_ne_bytes());
        self
    }

    /// The bytes to send.
    fn finish(mut self) -> io::Result<Vec<u8>> {
        let len = u32::try_from(self.bytes.len()).map_err(io::Error::other)?;
        self.bytes[0..4].copy_from_slice(&len.to_ne_bytes());
        Ok(self.bytes)
    }

    /// Sends the message and waits for the kernel's answer.
    fn send(self) -> io::Result<()> {
        let mut socket: File = sys::route_socket()?;
        socket.write_all(&self.finish()?)?;
        let mut answer = [0; 4096];
        let len = socket.read(&mut answer)?;
        match answer_errno(&answer[..len]) {
            Some(0) => Ok(()),
            Some(errno) => Err(io::Error::from_raw_os_error(errno)),
            None => Err(io::Error::other("an answer that is no acknowledgement")),
        }
    }
}

/// The errno of an NLMSG_ERROR message, 0 for an acknowledgement.
fn answer_errno(answer: &[u8]) -> Option<i32> {
    let message_type = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    let error = i32::from_ne_bytes(answer.get(HEADER..HEADER + 4)?.try_into().ok()?);
    (message_type == NLMSG_ERROR).then_some(-error)
}

fn name_attribute(name: &[u8]) -> Vec<u8> {
    [name, b"\0"].concat()
}

/// Creates a device, with its peer where the kind has one.
pub(crate) fn create(kind: &str, name: &[u8], peer: Option<&[u8]>) -> io::Result<()> {
    Message::new(RTM_NEWLINK, NLM_F_CREATE_EXCL)
        .device(0)
        .attribute(IFLA_IFNAME, &name_attribute(name))
        .nested(IFLA_LINKINFO, |info| {
            let info = info.attribute(IFLA_INFO_KIND, kind.as_bytes());
            let Some(peer) = peer else { return info };
            info.nested(IFLA_INFO_DATA, |data| {
                data.nested(INFO_PEER, |peer_info| {
                    peer_info.device(0).attribute(IFLA_IFNAME, &name_attribute(peer))
                })
            })
        })
        .send()
}

/// Gives a device an alias of up to 255 bytes.
pub(crate) fn set_alias(ifindex: u32, alias: &[u8]) -> io::Result<()> {
    Message::new(RTM_NEWLINK, 0).device(ifindex).attribute(IFLA_IFALIAS, alias).send()
}

/// Removes a device, and its peer where it has one.
pub(crate) fn remove(ifindex: u32) -> io::Result<()> {
    Message::new(RTM_DELLINK, 0).device(ifindex).send()
}

/// Adds filters of `matchall` to the ingress hook of a device, so many to each of so many chains.
pub(crate) fn add_matchall(ifindex: u32, chains: u32, each: u16) -> io::Result<()> {
    let filter = |chain: u32, priority, flags| {
        Message::new(RTM_NEWTFILTER, flags)
            .filter(ifindex, priority)
            .attribute(TCA_KIND, b"matchall\0")
            .attribute(TCA_CHAIN, &chain.to_ne_bytes())
            .nested(TCA_OPTIONS, |options| options)
    };
    // The first tells whether the kernel has them; of the others, no answer is waited for.
    filter(0, 1, NLM_F_CREATE_EXCL).send()?;
    let mut socket: File = sys::route_socket()?;
    for chain in 1..=chains {
        for priority in 1..=each {
            let mut bytes = filter(chain, priority, NLM_F_CREATE_EXCL).finish()?;
            bytes[6..8].copy_from_slice(&(1 | NLM_F_CREATE_EXCL).to_ne_bytes());
            socket.write_all(&bytes)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_padded_and_its_length_is_not() {
        let message = Message::new(RTM_NEWLINK, 0).attribute(IFLA_IFNAME, b"ab\0");
        assert_eq!(message.bytes[HEADER..], [7, 0, 3, 0, b'a', b'b', 0, 0]);
    }

    #[test]
    fn a_nested_attribute_spans_what_is_inside() {
        let message = Message::new(RTM_NEWLINK, 0)
            .nested(IFLA_LINKINFO, |info| info.attribute(IFLA_INFO_KIND, b"veth"));
        assert_eq!(message.bytes[HEADER..], [12, 0, 18, 0x80, 8, 0, 1, 0, b'v', b'e', b't', b'h']);
    }

    #[test]
    fn an_answer_gives_the_errno_of_an_error_message_only() {
        let mut answer = vec![0; HEADER + 4];
        answer[4] = 2;
        assert_eq!(answer_errno(&answer), Some(0));
        answer[HEADER..].copy_from_slice(&(-17_i32).to_ne_bytes());
        assert_eq!(answer_errno(&answer), Some(17));
        answer[4] = 3;
        assert_eq!(answer_errno(&answer), None);
        assert_eq!(answer_errno(&answer[..HEADER]), None);
    }
}
