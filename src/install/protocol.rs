//! The protocol between a kernel and its usermode driver, 5.10 to 5.17.
//!
//! The kernel writes [`START`] to the driver's file descriptor 0, reads two records from its file
//! descriptor 1, pins both links under the names in them, writes [`END`], and waits for the exit.
//! All numbers are in the machine's own byte order. `kernel/bpf/preload/bpf_preload_common.h`.

/// What the kernel sends first.
pub const START: u32 = 0x5555;
/// What the kernel sends when it has pinned both links.
pub const END: u32 = 0xAAAA;

/// `struct bpf_preload_info`: a link, and the name to pin it under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreloadInfo {
    /// The name, ended by a zero byte.
    pub link_name: [u8; 16],
    /// The id of the link.
    pub link_id: u32,
}

impl PreloadInfo {
    /// The size of a record.
    pub const SIZE: usize = 20;

    /// A record; `None` if the name is empty or does not fit.
    pub fn new(name: &str, link_id: u32) -> Option<Self> {
        let mut link_name = [0; 16];
        let fits = (1..link_name.len()).contains(&name.len())
            && !name.bytes().any(|b| b == 0 || b == b'/');
        link_name.get_mut(..name.len()).filter(|_| fits)?.copy_from_slice(name.as_bytes());
        Some(Self { link_name, link_id })
    }

    /// The record as it is sent.
    pub fn to_bytes(self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        bytes[..16].copy_from_slice(&self.link_name);
        bytes[16..].copy_from_slice(&self.link_id.to_ne_bytes());
        bytes
    }

    /// The record that was sent.
    pub fn from_bytes(bytes: [u8; Self::SIZE]) -> Self {
        let [link_name @ .., a, b, c, d] = bytes;
        Self { link_name, link_id: u32::from_ne_bytes([a, b, c, d]) }
    }
}

/// What the driver sends: both records at once, or nothing. Two equal names would trigger a kernel
/// bug, so they cannot be made.
pub fn records(links: [(&str, u32); 2]) -> Option<[u8; 2 * PreloadInfo::SIZE]> {
    let [(first, first_id), (second, second_id)] = links;
    if first == second {
        return None;
    }
    let mut bytes = [0; 2 * PreloadInfo::SIZE];
    bytes[..PreloadInfo::SIZE].copy_from_slice(&PreloadInfo::new(first, first_id)?.to_bytes());
    bytes[PreloadInfo::SIZE..].copy_from_slice(&PreloadInfo::new(second, second_id)?.to_bytes());
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_a_name_of_16_bytes_and_a_number() {
        let bytes = PreloadInfo::new("maps.debug", 0x0102_0304).unwrap().to_bytes();
        assert_eq!(&bytes[..16], b"maps.debug\0\0\0\0\0\0");
        assert_eq!(bytes[16..], 0x0102_0304u32.to_ne_bytes());
        assert_eq!(
            PreloadInfo::from_bytes(bytes),
            PreloadInfo::new("maps.debug", 0x0102_0304).unwrap()
        );
    }

    #[test]
    fn a_name_ends_in_a_zero_byte_and_is_no_path() {
        assert!(PreloadInfo::new("fifteen_letters", 1).is_some());
        for bad in ["sixteen__letters", "", "a/b", "a\0b"] {
            assert_eq!(PreloadInfo::new(bad, 1), None, "{bad:?}");
        }
    }

    #[test]
    fn two_equal_names_are_never_sent() {
        assert!(records([("progs.debug", 1), ("maps.debug", 2)]).is_some());
        assert_eq!(records([("progs.debug", 1), ("progs.debug", 2)]), None);
    }
}
