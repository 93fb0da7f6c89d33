//! The network as a company has it: servers with certificates of its own authority, and the ways to trust them.

#![expect(clippy::expect_used, clippy::disallowed_methods, reason = "a test that cannot go on stops, and writes files")]

#[path = "harness/harness.rs"]
mod harness;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use harness::repository;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use upshift::http::{Http, Options};
use upshift::model::exchange::Request;

const CATALOG: &str = r"teams: { core: {} }
components: { api: { owner: core, uses: { go: { phase: work } } } }
runtimes: { go: { name: Go, scheme: go, process: go, releases: [{ go: {} }] } }
processes: { go: { phases: [{ id: work }], steps: { build: { title: Build, each: component } } } }
";

const GO: &str = r#"[{"version": "go1.26.7", "stable": true, "files": []}]"#;

/// An authority that nobody knows, and a server with a certificate of it.
struct Company {
    engine: Runtime,
    ca: String,
    port: u16,
}

impl Company {
    /// A server for a name, valid in a span of years.
    fn new(name: &str, years: [i32; 2]) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        [params.not_before, params.not_after] = years.map(|year| rcgen::date_time_ymd(year, 1, 1));
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &ca).expect("a certificate");
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
            )
            .expect("a configuration");
        let engine =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("starts");
        let listener = engine.block_on(TcpListener::bind("127.0.0.1:0")).expect("listens");
        let port = listener.local_addr().expect("an address").port();
        engine.spawn(serve(listener, TlsAcceptor::from(Arc::new(config))));
        Self { engine, ca: ca.pem(), port }
    }

    fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// What is said when it is asked, with its own port as PORT.
    fn ask(&self, ca: Option<PathBuf>) -> Result<String, String> {
        let options = Options { ca, tries: 1, first_wait: Duration::from_millis(1), ..Options::default() };
        let ask = async { Http::new(options)?.fetch(&Request::get(self.url())).await };
        let reply =
            self.engine.block_on(ask).map_err(|error| error.to_string().replace(&self.port.to_string(), "PORT"))?;
        Ok(String::from_utf8(reply.body).expect("is text"))
    }

    /// `upshift update` over this server as the mirror, with variables: its exit code, and what it said.
    fn update(&self, folder: &Path, variables: &[(&str, &Path)]) -> (Option<i32>, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_upshift"))
            .args(["update", "-q", "--as-of", "2026-08-22", "--mirror", &self.url()])
            .current_dir(folder)
            .env_clear()
            .envs(variables.iter().copied())
            .output()
            .expect("runs");
        (output.status.code(), String::from_utf8(output.stderr).expect("is text"))
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor) {
    while let Ok((stream, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { return };
                head.push(byte);
            }
            let reply = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{GO}", GO.len());
            let _ = stream.write_all(reply.as_bytes()).await;
            let _ = stream.shutdown().await;
        });
    }
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("writes");
    path
}

#[test]
fn trusts_the_authorities_that_it_is_told_of() {
    let company = Company::new("localhost", [2020, 4000]);
    let folder = tempfile::tempdir().expect("a folder");
    let ca = file(folder.path(), "company.pem", &format!("Company's own\n{}", company.ca));
    let unknown =
        "its certificate is not trusted: its authority is unknown; `settings.network.ca` or SSL_CERT_FILE can name it";
    assert_eq!(company.ask(None), Err(format!("`https://localhost:PORT/`: {unknown}")));
    assert_eq!(company.ask(Some(ca)), Ok(GO.to_owned()));
}

#[test]
fn says_what_is_wrong_with_a_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, years, expected) in [
        (
            "elsewhere.example",
            [2020, 4000],
            "certificate not valid for name \"localhost\"; certificate is only valid for DnsName(\"elsewhere.example\")",
        ),
        ("localhost", [2020, 2021], "it has expired"),
        ("localhost", [3999, 4000], "it is not valid yet"),
    ] {
        let company = Company::new(name, years);
        let ca = file(folder.path(), "company.pem", &company.ca);
        let said = company.ask(Some(ca)).expect_err("is refused");
        assert_eq!(said, format!("`https://localhost:PORT/`: its certificate is not trusted: {expected}"));
    }
}

#[test]
fn says_what_is_wrong_with_a_file_of_authorities() {
    let folder = tempfile::tempdir().expect("a folder");
    let company = Company::new("localhost", [2020, 4000]);
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (path, expected) in [
        (folder.path().join("none.pem"), "the authorities cannot be read: No such file or directory (os error 2)"),
        (file(folder.path(), "empty.pem", ""), "it holds no certificate in PEM"),
        (file(folder.path(), "text.pem", "{}"), "it holds no certificate in PEM"),
        (file(folder.path(), "broken.pem", broken), "it holds a certificate that cannot be read"),
    ] {
        assert_eq!(company.ask(Some(path.clone())), Err(format!("`{}`: {expected}", path.display())));
    }
}

#[test]
fn asks_for_tls_where_there_is_none() {
    let engine = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("starts");
    let server = engine.block_on(wiremock::MockServer::start());
    let options = Options { tries: 1, ..Options::default() };
    let url = server.uri().replace("http:", "https:");
    let error =
        engine.block_on(async { Http::new(options)?.fetch(&Request::get(&url)).await }).expect_err("is refused");
    assert_eq!(error.fault.to_string(), "no connection: received corrupt message of type InvalidContentType");
}

#[test]
fn update_trusts_what_the_settings_and_the_environment_name() {
    let company = Company::new("localhost", [2020, 4000]);
    let refused =
        "error: go of go: https://go.dev/dl/?mode=json&include=all: its certificate is not trusted: its authority is unknown; `settings.network.ca` or SSL_CERT_FILE can name it
  = help: nothing is known from it yet
";
    let plain = repository(&[("data/a.yaml", CATALOG)]);
    let ca = file(plain.path(), "company.pem", &company.ca);
    assert_eq!(company.update(plain.path(), &[]), (Some(3), refused.to_owned()));
    assert_eq!(company.update(plain.path(), &[("SSL_CERT_FILE", &ca)]), (Some(0), String::new()));

    let settings = "settings: { network: { ca: certificates/company.pem, requests: 4, per_host: 2, timeout: 20 } }\n";
    let folder =
        repository(&[("data/a.yaml", &format!("{settings}{CATALOG}")), ("certificates/company.pem", &company.ca)]);
    assert_eq!(company.update(folder.path(), &[]), (Some(0), String::new()));

    let folder = repository(&[("data/a.yaml", &format!("{settings}{CATALOG}"))]);
    let missing =
        "error: `./certificates/company.pem`: the authorities cannot be read: No such file or directory (os error 2)\n";
    assert_eq!(company.update(folder.path(), &[]), (Some(2), missing.to_owned()));
}

#[test]
fn update_names_a_variable_that_holds_no_token_and_not_what_it_holds() {
    let company = Company::new("localhost", [2020, 4000]);
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    let said = "error: `GITHUB_TOKEN`: it holds characters that no token has, or too many\n";
    let variables = [("GITHUB_TOKEN", Path::new("hunter2 hunter3"))];
    assert_eq!(company.update(folder.path(), &variables), (Some(2), said.to_owned()));
}

#[test]
fn update_goes_through_the_proxy_of_the_environment() {
    let engine = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("starts");
    let proxy = engine.block_on(wiremock::MockServer::start());
    let refusal = wiremock::ResponseTemplate::new(403);
    let mock = wiremock::Mock::given(wiremock::matchers::method("CONNECT")).respond_with(refusal).expect(3);
    engine.block_on(mock.mount(&proxy));
    let folder = repository(&[("data/a.yaml", CATALOG)]);
    let uri = proxy.uri();
    let output = Command::new(env!("CARGO_BIN_EXE_upshift"))
        .args(["update", "-q", "--as-of", "2026-08-22"])
        .current_dir(folder.path())
        .env_clear()
        .env("HTTPS_PROXY", &uri)
        .output()
        .expect("runs");
    let said = String::from_utf8(output.stderr).expect("is text");
    let refused =
        "error: go of go: https://go.dev/dl/?mode=json&include=all: no connection: the proxy refused: unsuccessful
  = help: nothing is known from it yet
";
    assert_eq!((output.status.code(), said.as_str()), (Some(3), refused));
    engine.block_on(proxy.verify());
}
