//! The certificates of a lab: an authority of its own, and what it signs, well or badly (security.md: T2, HC21).
//!
//! Keys are made anew for each lab and stay in memory, so nobody can be talked into trusting one for long.

use std::io;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What is wrong with a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certificate {
    /// Nothing.
    Good,
    /// It ended years ago.
    Expired,
    /// It begins in many years.
    NotYet,
    /// It is for another host.
    OtherHost,
    /// Its authority has the trusted one's name and another key.
    Stranger,
    /// It signed itself.
    SelfSigned,
    /// Hundreds of certificates come with it.
    LongChain,
}

/// What a server of this lab speaks TLS with, and the authority to trust, as PEM.
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) authority: String,
}

/// Makes the authority and the certificate. `http2` is the only protocol that is offered then.
pub(crate) fn set_up(what: Certificate, http2: bool) -> io::Result<Tls> {
    let trusted = authority()?;
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let params = params(what).map_err(io::Error::other)?;
    let leaf = match what {
        Certificate::SelfSigned => params.self_signed(&key),
        Certificate::Stranger => params.signed_by(&key, &*authority()?),
        _ => params.signed_by(&key, &trusted),
    };
    let leaf = leaf.map_err(io::Error::other)?;
    let more = if what == Certificate::LongChain { 300 } else { 0 };
    let chain: Vec<CertificateDer<'static>> =
        std::iter::once(leaf.der().clone()).chain(std::iter::repeat_n(trusted.der().clone(), more)).collect();
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(io::Error::other)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(io::Error::other)?;
    config.alpn_protocols = vec![if http2 { b"h2".to_vec() } else { b"http/1.1".to_vec() }];
    Ok(Tls { acceptor: TlsAcceptor::from(Arc::new(config)), authority: trusted.pem() })
}

fn authority() -> io::Result<CertifiedIssuer<'static, KeyPair>> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "Fobwatch lab");
    let key = KeyPair::generate().map_err(io::Error::other)?;
    CertifiedIssuer::self_signed(params, key).map_err(io::Error::other)
}

fn params(what: Certificate) -> Result<CertificateParams, rcgen::Error> {
    let host = if what == Certificate::OtherHost { "127.0.0.2" } else { "127.0.0.1" };
    let mut params = CertificateParams::new(vec![host.to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, host);
    match what {
        Certificate::Expired => params.not_after = date_time_ymd(2020, 1, 1),
        Certificate::NotYet => params.not_before = date_time_ymd(2120, 1, 1),
        _ => {}
    }
    Ok(params)
}
