//! SHA-256, as people compare it: in lower-case hexadecimal digits.

use sha2::{Digest as _, Sha256};

/// The SHA-256 of some bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    to_hex(&Sha256::digest(bytes))
}

/// The SHA-256 of several parts; their lengths keep neighbours apart.
#[must_use]
pub fn sha256_of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    to_hex(&digest.finalize())
}

fn to_hex(bytes: &[u8]) -> String {
    // Digests are made by the ten thousand: no text is made for each byte.
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    nibbles.filter_map(|nibble| char::from_digit(u32::from(nibble), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_lower_case_digits() {
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn parts_are_kept_apart() {
        assert_ne!(sha256_of_parts([&b"ab"[..], b"c"]), sha256_of_parts([&b"a"[..], b"bc"]));
    }
}
