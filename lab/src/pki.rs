//! Keys, certificates and tokens for one cluster.

use std::fs::File;
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};

/// A certificate and its private key, both PEM.
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// The cluster's certificate authority, which servers and clients trust alike.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

impl Authority {
    pub(crate) fn new() -> Result<Self> {
        let key = KeyPair::generate()?;
        let params = params();
        let certificate = params.self_signed(&key).context("cannot make the cluster's CA")?.pem();
        Ok(Self { issuer: Issuer::new(params, key), certificate })
    }

    /// The CA's certificate, PEM.
    pub(crate) fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The CA's key, PEM.
    pub(crate) fn key(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// The authority that has this key and certificate.
    pub(crate) fn open(key: &str, certificate: String) -> Result<Self> {
        let key = KeyPair::from_pem(key).context("the key of the cluster's CA is damaged")?;
        Ok(Self { issuer: Issuer::new(params(), key), certificate })
    }

    /// What a server at `addresses`, or on loopback, proves itself with.
    pub(crate) fn server(&self, name: &str, addresses: &[Ipv4Addr]) -> Result<Identity> {
        let mut params = named(name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.subject_alt_names = vec![
            SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            SanType::DnsName("localhost".try_into()?),
            SanType::DnsName(name.try_into()?),
        ];
        params.subject_alt_names.extend(addresses.iter().map(|one| SanType::IpAddress(IpAddr::V4(*one))));
        self.issue(params)
    }

    /// What a client proves itself with: Kubernetes takes the user from the common name, the group from the
    /// organisation.
    pub(crate) fn client(&self, user: &str, group: Option<&str>) -> Result<Identity> {
        let mut params = named(user);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        if let Some(group) = group {
            params.distinguished_name.push(DnType::OrganizationName, group);
        }
        self.issue(params)
    }

    fn issue(&self, mut params: CertificateParams) -> Result<Identity> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer).context("cannot sign a certificate")?.pem();
        Ok(Identity { certificate, key: key.serialize_pem() })
    }
}

/// What the certificate of the authority says.
fn params() -> CertificateParams {
    let mut params = named("rutter-lab");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    params
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// A pair of keys (P-256, PEM) for service account tokens: one signs, the other verifies.
pub(crate) struct SigningKeys {
    pub(crate) private: String,
    pub(crate) public: String,
}

impl SigningKeys {
    pub(crate) fn new() -> Result<Self> {
        let key = KeyPair::generate()?;
        Ok(Self { private: key.serialize_pem(), public: key.public_key_pem() })
    }
}

/// A token that nobody guesses.
pub(crate) fn token() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")
        .and_then(|mut random| random.read_exact(&mut bytes))
        .context("no random bytes")?;
    Ok(hex(&bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
