//! Answers that mean harm, or that break off: each ends in one line.

use super::*;

/// What happens to a request to a server, in the end.
fn fault(server: &str) -> String {
    run(http(server).fetch(&get(URL))).unwrap_err().fault.to_string()
}

fn head(more: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{more}\r\n\r\n").into_bytes()
}

#[test]
fn refuses_an_answer_that_is_broken() {
    let gzip = [&head("content-encoding: gzip\r\ncontent-length: 10")[..], b"\x1f\x8b\x08\0\0\0\0\0\0\x03"].concat();
    for (bytes, expected) in [
        (
            &b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[{\"version\""[..],
            "end of file before message length reached",
        ),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[{\"ve\r\n",
            "unexpected EOF during chunk size line",
        ),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n", "Invalid chunk size line: missing size digit"),
        (&gzip, "unexpected end of file"),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n[{}]", "Invalid gzip header"),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: br\r\ncontent-length: 4\r\n\r\n[{}]", "reached unexpected EOF"),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: zstd\r\ncontent-length: 4\r\n\r\n[{}]", "Unknown frame descriptor"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\n[{}]", "invalid content-length parsed"),
        (b"", "connection closed before message completed"),
        (b"SSH-2.0-server\r\n", "invalid HTTP version parsed"),
    ] {
        assert_eq!(fault(&serve_bytes(bytes.to_vec())), format!("the answer is broken: {expected}"));
    }
}

#[test]
fn refuses_an_answer_whose_connection_is_reset() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.peek(&mut [0]).unwrap();
            // What is not read when a connection is closed makes the system reset it.
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[{\"version\"");
        }
    });
    assert_eq!(fault(&address), "the answer is broken: Connection reset by peer (os error 104)");
}

#[test]
fn stops_at_the_size_limit() {
    let expected = "the answer is larger than 100000 bytes";
    let exact = [head("content-length: 100000"), vec![b' '; 100_000]].concat();
    assert_eq!(run(http(&serve_bytes(exact)).fetch(&get(URL))).unwrap().body.len(), 100_000);
    assert_eq!(fault(&serve_bytes([head("connection: close"), vec![b' '; 100_001]].concat())), expected);
    // At once: of the rest, nothing ever comes.
    assert_eq!(fault(&serve_and_stall(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n")), expected);
}

#[test]
fn stops_an_answer_that_never_ends() {
    let server = serve(|_, stream| {
        let mut sent = stream.write_all(&head("transfer-encoding: chunked"));
        while sent.is_ok() {
            sent = stream.write_all(b"10\r\n0123456789abcdef\r\n");
        }
    });
    assert_eq!(fault(&server), "the answer is larger than 100000 bytes");
}

/// Ten gigabytes each, of which the first hundred kilobytes are enough.
#[test]
fn stops_an_answer_that_grows_when_it_is_decompressed() {
    let expected = "the answer is larger than 100000 bytes";
    // A mebibyte of zeros, ready to be followed by more of them.
    let zeros = include_bytes!("../../../tests/upstream/bombs/zeros.deflate");
    let gzip = serve(|_, stream| {
        let mut sent = stream.write_all(&head("content-encoding: gzip\r\nconnection: close"));
        sent = sent.and_then(|()| stream.write_all(b"\x1f\x8b\x08\0\0\0\0\0\0\x03"));
        for _ in 0..10_240 {
            sent = sent.and_then(|()| stream.write_all(zeros));
        }
    });
    assert_eq!(fault(&gzip), expected);

    let brotli = include_bytes!("../../../tests/upstream/bombs/zeros.br");
    assert_eq!(
        fault(&serve_bytes([&head("content-encoding: br\r\nconnection: close")[..], brotli].concat())),
        expected
    );

    // A frame with a window of 256 KiB; each block says: 128 KiB of spaces.
    let mut zstd = head("content-encoding: zstd\r\nconnection: close");
    zstd.extend(b"\x28\xb5\x2f\xfd\x00\x40");
    zstd.extend(b"\x02\x00\x10\x20".repeat(81_920));
    assert!(zstd.len() < 400_000);
    assert_eq!(fault(&serve_bytes(zstd)), expected);
}

#[test]
fn stops_waiting_for_what_does_not_come() {
    let brief = Duration::from_millis(50);
    for (idle_timeout, timeout, expected) in [
        (brief, Duration::from_secs(60), "nothing came for 0.05 s"),
        (Duration::from_secs(60), brief, "no complete answer within 0.05 s"),
    ] {
        for bytes in [&b""[..], b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n["] {
            let mirror = serve_and_stall(bytes);
            let http = Http::new(Options { idle_timeout, timeout, tries: 2, ..options(&mirror) }).unwrap();
            assert_eq!(run(http.fetch(&get(URL))).unwrap_err().fault.to_string(), expected);
        }
    }
}

#[test]
fn refuses_heads_without_end() {
    let many: String = (0..1000).map(|number| format!("x-{number}: {number}\r\n")).collect();
    let long = format!("x: {}\r\n", "x".repeat(1 << 20));
    for more in [many, long] {
        let server = serve_bytes(format!("HTTP/1.1 200 OK\r\n{more}\r\n"));
        assert_eq!(fault(&server), "the answer is broken: message head is too large");
    }
}

#[test]
fn says_when_nobody_answers_without_the_mirrors_password() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mirror = format!("http://user:hunter2@{}", listener.local_addr().unwrap());
    drop(listener);
    let error = run(http(&mirror).fetch(&get(URL))).unwrap_err();
    assert_eq!(error.to_string(), "`https://go.dev/dl/?mode=json`: no connection: Connection refused (os error 111)");
}
