//! A place for the output of a template that holds only so much, so that a loop in a template cannot fill the memory.

use std::io::{self, Write};

/// Takes bytes up to a limit.
#[derive(Debug)]
pub struct Limited {
    bytes: Vec<u8>,
    most: usize,
    is_full: bool,
}

impl Limited {
    /// Makes a place for at most so many bytes.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { bytes: Vec::new(), most, is_full: false }
    }

    /// Says whether more was written than it holds.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.most {
            self.is_full = true;
            return Err(io::Error::other("the text grows beyond its limit"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
