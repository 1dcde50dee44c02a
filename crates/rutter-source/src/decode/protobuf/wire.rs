//! The wire format: a message is a row of fields, each a number and a value.

/// Why bytes can't be read. Never quotes them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(pub(super) String);

impl Error {
    pub(super) fn new(why: &str) -> Self {
        Self(why.to_owned())
    }
}

/// The value of a field, as far as the wire tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Varint(u64),
    /// A string, bytes, a message or packed numbers.
    Bytes(&'a [u8]),
    /// Eight or four bytes, which nothing in the model has.
    Fixed,
}

impl<'a> Value<'a> {
    pub(super) fn bytes(self) -> Result<&'a [u8], Error> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(Error::new("expected bytes")),
        }
    }

    pub(super) fn varint(self) -> Result<u64, Error> {
        match self {
            Self::Varint(number) => Ok(number),
            _ => Err(Error::new("expected a number")),
        }
    }
}

/// The fields of a message that are still to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    /// The next field. What nobody asks for costs no more than this: nothing in it is looked at.
    pub(super) fn next(&mut self) -> Result<Option<(u32, Value<'a>)>, Error> {
        let Some((number, wire_type)) = self.tag()? else { return Ok(None) };
        let value = match wire_type {
            0 => Value::Varint(self.varint()?),
            1 => self.take(8).map(|_| Value::Fixed)?,
            2 => {
                let length = self.varint()?;
                Value::Bytes(self.take(usize::try_from(length).unwrap_or(usize::MAX))?)
            }
            5 => self.take(4).map(|_| Value::Fixed)?,
            // Groups, which Kubernetes never writes.
            _ => return Err(Error::new("no field is of this wire type")),
        };
        Ok(Some((number, value)))
    }

    /// The number and the wire type of the next field; nothing at the end.
    pub(super) fn tag(&mut self) -> Result<Option<(u32, u8)>, Error> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let tag = self.varint()?;
        match u32::try_from(tag >> 3) {
            Ok(number) if number > 0 => Ok(Some((number, (tag & 7) as u8))),
            _ => Err(Error::new("no field has this number")),
        }
    }

    /// A number of as many bytes as it needs.
    pub(super) fn varint(&mut self) -> Result<u64, Error> {
        let mut number = 0;
        for (at, &byte) in self.0.iter().enumerate().take(10) {
            number |= u64::from(byte & 0x7f) << (7 * at);
            if byte < 0x80 {
                self.0 = &self.0[at + 1..];
                return Ok(number);
            }
        }
        Err(Error::new("a number doesn't end"))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Error> {
        let Some((taken, rest)) = self.0.split_at_checked(length) else {
            return Err(Error::new("a field is longer than what is there"));
        };
        self.0 = rest;
        Ok(taken)
    }

    /// How many fields of that number come next, one after another.
    pub(super) fn count(mut self, number: u32) -> usize {
        let mut count = 0;
        while matches!(self.next(), Ok(Some((found, _))) if found == number) {
            count += 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_bounds_are_kept() {
        let mut fields = Fields(b"\x08\x96\x01\x12\x02ab\x19\0\0\0\0\0\0\0\0\x25\0\0\0\0");
        assert_eq!(fields.next(), Ok(Some((1, Value::Varint(150)))));
        assert_eq!(fields.next(), Ok(Some((2, Value::Bytes(b"ab")))));
        assert_eq!(fields.next(), Ok(Some((3, Value::Fixed))));
        assert_eq!(fields.next(), Ok(Some((4, Value::Fixed))));
        assert_eq!(fields.next(), Ok(None));
        for bad in [
            &b"\x12\x03ab"[..],
            b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
            b"\x0b",
            b"\0\0",
            b"\x08",
            b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
            b"\xff\xff\xff\xff\xff\xff\x01\0",
        ] {
            assert!(Fields(bad).next().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_row_of_one_number_is_counted() {
        let fields = Fields(b"\x12\x01a\x12\x01b\x1a\x01c\x12\x01d");
        assert_eq!((fields.count(2), fields.count(3)), (2, 0));
    }
}
