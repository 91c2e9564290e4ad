//! SSH's wire form: numbers in network order, and strings after their length (RFC 4251, 5).

use crate::error::{Error, ErrorKind};

/// Takes values off the front of some bytes.
#[derive(Clone)]
pub(super) struct Wire<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Wire<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            offset: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Offset of what stands next.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// What was not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            let missing = count.saturating_sub(self.rest.len());
            let at = self.offset.saturating_add(self.rest.len());
            return Err(Error::new(ErrorKind::Truncated { missing }, at));
        };
        self.rest = rest;
        self.offset = self.offset.saturating_add(count);
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Error> {
        Ok(self.take(1)?.first().copied().unwrap_or_default())
    }

    pub(super) fn u32(&mut self) -> Result<u32, Error> {
        let octets = self.take(4)?.try_into().unwrap_or_default();
        Ok(u32::from_be_bytes(octets))
    }

    pub(super) fn u64(&mut self) -> Result<u64, Error> {
        let octets = self.take(8)?.try_into().unwrap_or_default();
        Ok(u64::from_be_bytes(octets))
    }

    /// A string of octets, or an `mpint`: its contents are those of a DER INTEGER.
    pub(super) fn string(&mut self) -> Result<&'a [u8], Error> {
        let length = self.u32()?;
        self.take(usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// A string that is text.
    pub(super) fn text(&mut self) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(self.string()?).into_owned())
    }

    /// An error about what stands next.
    pub(super) fn malformed(&self, what: String) -> Error {
        Error::new(ErrorKind::Malformed { what }, self.offset)
    }
}
