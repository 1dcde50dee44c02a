//! Gzip: one member after another, as `cat a.gz b.gz` and rotating loggers make them.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Data follows the end of what is compressed. Raised only after all that came before was read.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("data after the end")]
pub(super) struct TrailingData;

/// Decompresses all members; zeros after the last one (padding) are ignored.
///
/// flate2's own `MultiGzDecoder` cannot tell garbage after a whole file from damage within it.
pub(super) struct GzipReader<R> {
    state: State<R>,
}

enum State<R> {
    Member(Box<GzDecoder<R>>),
    Between(R),
    Done,
}

impl<R: BufRead> GzipReader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { state: State::Member(Box::new(GzDecoder::new(inner))) }
    }
}

impl<R: BufRead> Read for GzipReader<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Member(mut decoder) => match decoder.read(buf)? {
                    0 => self.state = State::Between(decoder.into_inner()),
                    count => {
                        self.state = State::Member(decoder);
                        return Ok(count);
                    }
                },
                State::Between(mut inner) => match inner.fill_buf()? {
                    [] => {}
                    [0, ..] => {
                        skip_zeros(&mut inner)?;
                        self.state = State::Between(inner);
                    }
                    [first, rest @ ..]
                        if *first == MAGIC[0] && rest.first().is_none_or(|b| *b == MAGIC[1]) =>
                    {
                        self.state = State::Member(Box::new(GzDecoder::new(inner)));
                    }
                    _ => return Err(io::Error::other(TrailingData)),
                },
                State::Done => return Ok(0),
            }
        }
    }
}

fn skip_zeros(inner: &mut impl BufRead) -> io::Result<()> {
    let buffer = inner.fill_buf()?;
    let zeros = buffer.iter().take_while(|byte| **byte == 0).count();
    inner.consume(zeros);
    Ok(())
}
