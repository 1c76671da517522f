//! Numbers of as many bytes as they need, as postcard writes them: read in a fraction of the time that a general deserializer takes.
//! <https://postcard.jamesmunns.com/wire-format#varint-encoded-integers>

use super::encoding::StateError;

const CUT_OFF: StateError = StateError::Malformed("a value is cut off or out of range");
/// What one byte of a number holds.
const BITS: u32 = 7;

/// Bytes that are read from the front.
#[derive(Clone, Copy)]
pub struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next bytes, which stay.
    pub fn peek(&self, count: usize) -> Option<&'a [u8]> {
        self.0.get(..count)
    }

    pub fn take(&mut self, count: usize) -> Result<&'a [u8], StateError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(CUT_OFF)?;
        self.0 = rest;
        Ok(taken)
    }

    pub fn byte(&mut self) -> Result<u8, StateError> {
        let (first, rest) = self.0.split_first().ok_or(CUT_OFF)?;
        self.0 = rest;
        Ok(*first)
    }

    /// A number of up to 64 bits.
    #[inline]
    pub fn number(&mut self) -> Result<u64, StateError> {
        if let Some((first, rest)) = self.0.split_first()
            && *first < 0x80
        {
            self.0 = rest;
            return Ok((*first).into());
        }
        let mut number = 0;
        let mut shift = 0;
        for (at, byte) in self.0.iter().enumerate() {
            let bits = u64::from(byte & 0x7f);
            if shift >= u64::BITS || bits << shift >> shift != bits {
                return Err(CUT_OFF);
            }
            number |= bits << shift;
            if *byte < 0x80 {
                self.0 = &self.0[at + 1..];
                return Ok(number);
            }
            shift += BITS;
        }
        Err(CUT_OFF)
    }

    /// A number of things, or of bytes.
    pub fn length(&mut self) -> Result<usize, StateError> {
        usize::try_from(self.number()?).map_err(|_| CUT_OFF)
    }

    pub fn id(&mut self) -> Result<u16, StateError> {
        u16::try_from(self.number()?).map_err(|_| CUT_OFF)
    }

    pub fn code(&mut self) -> Result<u32, StateError> {
        u32::try_from(self.number()?).map_err(|_| CUT_OFF)
    }

    /// Bytes after their number.
    pub fn text(&mut self) -> Result<&'a [u8], StateError> {
        let length = self.length()?;
        self.take(length)
    }

    /// A sum: a number of up to 128 bits, which mostly fits 64.
    #[inline]
    pub fn sum(&mut self) -> Result<i128, StateError> {
        let before = *self;
        if let Ok(number) = self.number() {
            return Ok(signed(number).into());
        }
        let (sum, rest) = postcard::take_from_bytes(before.0)?;
        self.0 = rest;
        Ok(sum)
    }

    /// A moment, or none.
    #[inline]
    pub fn moment(&mut self) -> Result<Option<i64>, StateError> {
        match self.byte()? {
            0 => Ok(None),
            1 => Ok(Some(signed(self.number()?))),
            _ => Err(CUT_OFF),
        }
    }

    /// Things after their number, of which each takes at least a byte.
    pub fn many<T>(&mut self, mut read: impl FnMut(&mut Self) -> Result<T, StateError>) -> Result<Vec<T>, StateError> {
        let count = self.length()?;
        if count > self.0.len() {
            return Err(CUT_OFF);
        }
        (0..count).map(|_| read(self)).collect()
    }

    /// The same, of which there must be so many.
    pub fn all<T>(&mut self, count: usize, mut read: impl FnMut(&mut Self) -> Result<T, StateError>) -> Result<Vec<T>, StateError> {
        if self.length()? != count || count > self.0.len() {
            return Err(StateError::Malformed("a measure has values for other cells"));
        }
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            values.push(read(self)?);
        }
        Ok(values)
    }
}

/// Small numbers of either sign are small without one: 0, -1, 1, -2 and so on.
fn signed(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_postcard_writes_is_read(numbers in prop::collection::vec(any::<u64>(), 0..20), sums in prop::collection::vec(prop_oneof![any::<i128>(), (-300..300_i128)], 0..20), moments in prop::collection::vec(any::<Option<i64>>(), 0..20)) {
            let bytes = postcard::to_stdvec(&numbers).unwrap();
            prop_assert_eq!(Cursor::new(&bytes).many(Cursor::number).unwrap(), numbers);
            let bytes = postcard::to_stdvec(&sums).unwrap();
            prop_assert_eq!(Cursor::new(&bytes).all(sums.len(), Cursor::sum).unwrap(), sums);
            let bytes = postcard::to_stdvec(&moments).unwrap();
            prop_assert_eq!(Cursor::new(&bytes).all(moments.len(), Cursor::moment).unwrap(), moments);
        }

        #[test]
        fn any_bytes_are_read_as_postcard_reads_them(bytes in prop::collection::vec(any::<u8>(), 0..22)) {
            prop_assert_eq!(Cursor::new(&bytes).number().ok(), postcard::from_bytes(&bytes).ok());
            prop_assert_eq!(Cursor::new(&bytes).sum().ok(), postcard::from_bytes(&bytes).ok());
            prop_assert_eq!(Cursor::new(&bytes).moment().ok(), postcard::from_bytes(&bytes).ok());
            prop_assert_eq!(Cursor::new(&bytes).id().ok(), postcard::from_bytes(&bytes).ok());
        }
    }
}
