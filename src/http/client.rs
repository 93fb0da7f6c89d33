//! The client itself: turns options into the one client of a run, with the authorities that it trusts.
//!
//! The system's authorities, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name in their place, are read by
//! `rustls-native-certs`.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};

use super::Options;
use super::error::{Fault, HttpError};

/// The most bytes of a file with authorities; that of Debian has 220 kB.
const LARGEST_CA: u64 = 8 << 20;

pub(super) fn build(options: &Options) -> Result<Client, HttpError> {
    let mut builder = Client::builder()
        .user_agent(concat!("upshift/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(options.connect_timeout)
        .redirect(Policy::none())
        .referer(false);
    if let Some(path) = &options.ca {
        builder = builder.tls_certs_merge(load_authorities(path).map_err(|why| fail(path, why))?);
    }
    builder.build().map_err(|error| match &options.ca {
        // Only now are they decoded.
        Some(path) => fail(path, "it holds a certificate that cannot be read".to_owned()),
        None => HttpError::new("the network", Fault::from_reqwest(&error, options.connect_timeout)),
    })
}

fn fail(path: &Path, why: String) -> HttpError {
    HttpError::new(&path.display().to_string(), Fault::Setting(why))
}

fn load_authorities(path: &Path) -> Result<Vec<Certificate>, String> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST_CA).read_to_end(&mut bytes))
        .map_err(|error| format!("the authorities cannot be read: {error}"))?;
    match Certificate::from_pem_bundle(&bytes) {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err("it holds no certificate in PEM".to_owned()),
    }
}
