//! Little-endian reading with places.

use crate::{Place, ReadError};

/// A reader over the body of a block.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    pos: usize,
    what: &'static str,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8], what: &'static str) -> Self {
        Self { bytes, pos: 0, what }
    }

    pub fn is_at_end(&self) -> bool {
        self.pos >= self.bytes.len()
    }

    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.pos
    }

    pub fn place(&self) -> Place {
        Place::in_member(self.what, format!("byte {} of {}", self.pos, self.bytes.len()))
    }

    pub fn take(&mut self, count: usize) -> Result<&'a [u8], ReadError> {
        let end = self.pos.saturating_add(count);
        let Some(part) = self.bytes.get(self.pos..end) else {
            return Err(ReadError::Damaged {
                place: self.place(),
                fault: format!("{count} more bytes are needed, {} are left", self.remaining()),
            });
        };
        self.pos = end;
        Ok(part)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    pub fn u8(&mut self) -> Result<u8, ReadError> {
        self.array::<1>().map(|[b]| b)
    }

    pub fn u16(&mut self) -> Result<u16, ReadError> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn i16(&mut self) -> Result<i16, ReadError> {
        self.array().map(i16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Result<u32, ReadError> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn i16s<const N: usize>(&mut self) -> Result<[i16; N], ReadError> {
        let mut out = [0; N];
        for slot in &mut out {
            *slot = self.i16()?;
        }
        Ok(out)
    }

    /// Seven bits a byte, low group first, at most 32 bits.
    pub fn varuint(&mut self) -> Result<u32, ReadError> {
        let place = self.place();
        let mut value: u64 = 0;
        for group in 0..5 {
            let byte = self.u8()?;
            value |= u64::from(byte & 0x7f) << (7 * group);
            if byte & 0x80 == 0 {
                if let Ok(value) = u32::try_from(value) {
                    return Ok(value);
                }
                break;
            }
        }
        Err(ReadError::BadValue {
            place,
            value: "the number".into(),
            why: "needs more than 32 bits".into(),
            remedy: "export the file again",
        })
    }
}
