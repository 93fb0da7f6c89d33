//! Servers on loopback that do with a connection whatever a test wants, byte by byte, and remember what they were asked.

#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What a connection is good for after an answer.
pub enum Then {
    /// More questions.
    Listen,
    /// Nothing.
    HangUp,
    /// Nothing, and the other side is told so by a reset.
    Reset,
}

/// What is answered to a request with this head.
pub type Answer = Box<dyn Fn(&str, &mut dyn Write) -> io::Result<Then> + Send + Sync>;

/// Answers by the beginning of what is asked: `/go.dev/`. The first that fits counts; for the rest there is a 404.
pub type Routes = Vec<(&'static str, Answer)>;

/// A server that lives as long as the test.
pub struct Server {
    /// Its address.
    pub url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

/// An authority that signs for any name.
pub type Authority = CertifiedIssuer<'static, KeyPair>;

/// Makes an authority with a name.
pub fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority")
}

/// Answers with these bytes, whatever they are, and hangs up.
pub fn bytes(bytes: impl Into<Vec<u8>>) -> Answer {
    let bytes = bytes.into();
    Box::new(move |_, stream| stream.write_all(&bytes).map(|()| Then::HangUp))
}

/// Answers with a status, headers and a body of the length that it says.
pub fn reply(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// Answers well with a body, and goes on listening.
pub fn good(body: impl AsRef<[u8]>) -> Answer {
    let bytes = reply("200 OK", "content-type: application/json\r\n", body);
    Box::new(move |_, stream| stream.write_all(&bytes).map(|()| Then::Listen))
}

impl Server {
    /// Starts a server that can be a mirror.
    pub fn start(routes: Routes) -> Self {
        Self::accept(move |mut stream, heads| {
            while let Some(head) = peek_head(&stream) {
                remember(heads, &head);
                let then = answer(&routes, &head, &mut stream)?;
                if matches!(then, Then::Reset) {
                    // What is not read when a connection is closed makes the system reset it.
                    break;
                }
                stream.read_exact(&mut vec![0; head.len()])?;
                if matches!(then, Then::HangUp) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Starts a proxy behind which it is every server itself, with a certificate that its authority signs; that of the
    /// impostor's host another authority signs. What is asked of `https://HOST/PATH` is answered as `/HOST/PATH`.
    pub fn start_as_every_host(authority: Authority, impostor: (&'static str, Authority), routes: Routes) -> Self {
        Self::accept(move |mut stream, heads| {
            let Some(connect) = read_head(&mut stream) else { return Ok(()) };
            let host = connect.trim_start_matches("CONNECT ").split(':').next().unwrap_or_default().to_owned();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            let signer = if host == impostor.0 { &impostor.1 } else { &authority };
            let tls = ServerConnection::new(Arc::new(certify(&host, signer))).expect("a server");
            let mut stream = StreamOwned::new(tls, stream);
            let Some(head) = read_head(&mut stream) else { return Ok(()) };
            let head = head.replacen(" /", &format!(" /{host}/"), 1);
            remember(heads, &head);
            answer(&routes, &head, &mut stream)?;
            stream.conn.send_close_notify();
            stream.flush()
        })
    }

    fn accept(talk: impl Fn(TcpStream, &Mutex<Vec<String>>) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listens");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let heads = Arc::new(Mutex::default());
        let (talk, kept) = (Arc::new(talk), Arc::clone(&heads));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (talk, kept) = (Arc::clone(&talk), Arc::clone(&kept));
                // A client that hangs up in the middle is what many tests are about.
                thread::spawn(move || drop(talk(stream, &kept)));
            }
        });
        Self { url, heads }
    }

    /// The heads of all requests so far.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("is whole").clone()
    }

    /// What was asked so far, sorted: `/go.dev/dl/?mode=json`.
    pub fn asked(&self) -> Vec<String> {
        let mut asked: Vec<String> = self.heads().iter().map(|head| to_target(head).to_owned()).collect();
        asked.sort();
        asked
    }
}

/// The value of a header, as it was sent.
pub fn find_header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let pairs = head.lines().filter_map(|line| line.split_once(": "));
    pairs.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
}

/// What is asked, by the first line of a head.
pub fn to_target(head: &str) -> &str {
    head.split(' ').nth(1).unwrap_or_default()
}

fn remember(heads: &Mutex<Vec<String>>, head: &str) {
    heads.lock().expect("is whole").push(head.to_owned());
}

fn answer(routes: &Routes, head: &str, stream: &mut dyn Write) -> io::Result<Then> {
    match routes.iter().find(|(place, _)| to_target(head).starts_with(place)) {
        Some((_, answer)) => answer(head, stream),
        None => stream.write_all(&reply("404 Not Found", "", "")).map(|()| Then::Listen),
    }
}

/// Waits for the head of a request, and leaves it unread; nothing when the other side has hung up.
fn peek_head(stream: &TcpStream) -> Option<String> {
    let mut buffer = vec![0; 16 << 10];
    loop {
        let count = stream.peek(&mut buffer).ok().filter(|count| *count > 0)?;
        let seen = &buffer[..count];
        if let Some(end) = seen.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            return Some(String::from_utf8_lossy(&seen[..end + 4]).into_owned());
        }
        thread::yield_now();
    }
}

fn read_head(stream: &mut impl Read) -> Option<String> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

fn certify(host: &str, authority: &Authority) -> ServerConfig {
    let mut params = CertificateParams::new([host.to_owned()]).expect("a name");
    [params.not_before, params.not_after] = [2020, 4000].map(|year| rcgen::date_time_ymd(year, 1, 1));
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, authority).expect("a certificate");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key);
    config.expect("a configuration")
}
