//! Git's lines with their length in front (<https://git-scm.com/docs/protocol-common#_pkt_line_format>). Turns bytes into
//! packets; must not read beyond what came, and must not know what the lines say.

use super::SourceError;

/// The longest packet, with its length.
const LONGEST: usize = 65_520;

/// The length of the length.
const HEAD: usize = 4;

/// A packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packet<'a> {
    /// A line, without the line feed at its end.
    Line(&'a [u8]),
    /// The end of a message.
    Flush,
    /// The end of a part of a message.
    Delimiter,
    /// The end of an answer.
    End,
}

/// Reads packets up to the end of the bytes; each is as long as it says.
pub(super) fn parse(mut bytes: &[u8]) -> Result<Vec<Packet<'_>>, SourceError> {
    let mut packets = Vec::new();
    while !bytes.is_empty() {
        let line = packets.len() + 1;
        let cut_off = SourceError::CutOff { line, column: bytes.len() };
        let Some(head) = bytes.get(..HEAD) else { return Err(cut_off) };
        let fail = || SourceError::Shape(format!("line {line} of git's protocol has no length"));
        if !head.iter().all(u8::is_ascii_hexdigit) {
            return Err(fail());
        }
        let length = std::str::from_utf8(head).ok().and_then(|head| usize::from_str_radix(head, 16).ok());
        let (packet, taken) = match length.ok_or_else(fail)? {
            0 => (Packet::Flush, HEAD),
            1 => (Packet::Delimiter, HEAD),
            2 => (Packet::End, HEAD),
            length @ HEAD..=LONGEST => {
                let Some(line) = bytes.get(HEAD..length) else { return Err(cut_off) };
                (Packet::Line(line.strip_suffix(b"\n").unwrap_or(line)), length)
            }
            _ => return Err(fail()),
        };
        packets.push(packet);
        bytes = bytes.get(taken..).unwrap_or_default();
    }
    Ok(packets)
}

/// Adds a line.
pub(super) fn write(out: &mut Vec<u8>, line: &str) {
    out.extend(format!("{:04x}{line}\n", line.len() + HEAD + 1).bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let mut bytes = Vec::new();
        write(&mut bytes, "command=ls-refs");
        bytes.extend(b"0001");
        write(&mut bytes, "peel");
        bytes.extend(b"00020000");
        assert_eq!(bytes, b"0014command=ls-refs\n00010009peel\n00020000");
        let expected =
            [Packet::Line(b"command=ls-refs"), Packet::Delimiter, Packet::Line(b"peel"), Packet::End, Packet::Flush];
        assert_eq!(parse(&bytes), Ok(expected.to_vec()));
        assert_eq!(parse(b""), Ok(Vec::new()));
        assert_eq!(parse(b"0004"), Ok(vec![Packet::Line(b"")]));
    }

    #[test]
    fn refuses_lengths_that_cannot_be() {
        for (bytes, expected) in [
            (&b"0003"[..], "the reply is not what this source sends: line 1 of git's protocol has no length"),
            (b"0000+004", "the reply is not what this source sends: line 2 of git's protocol has no length"),
            (b"fff1x", "the reply is not what this source sends: line 1 of git's protocol has no length"),
            (b"<htm", "the reply is not what this source sends: line 1 of git's protocol has no length"),
            (b"000", "the reply is cut off at line 1, column 3"),
            (b"00000009pee", "the reply is cut off at line 2, column 7"),
        ] {
            assert_eq!(parse(bytes).unwrap_err().to_string(), expected);
        }
    }
}
