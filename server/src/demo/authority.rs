//! The authorities of the demonstration, and what they issue.

use std::fmt;
use std::io;

use certlens_core::UnixTime;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SignatureAlgorithm,
};
use time::{Duration, OffsetDateTime};

/// Why demonstration data could not be made.
#[derive(Debug)]
pub(super) enum CannotMake {
    Certificate(rcgen::Error),
    File(io::Error),
    Other(String),
}

impl fmt::Display for CannotMake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(error) => write!(f, "{error}"),
            Self::File(error) => write!(f, "{error}"),
            Self::Other(error) => f.write_str(error),
        }
    }
}

impl From<rcgen::Error> for CannotMake {
    fn from(error: rcgen::Error) -> Self {
        Self::Certificate(error)
    }
}

impl From<io::Error> for CannotMake {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

/// Everybody who issues something, at one instant.
pub(super) struct Authorities {
    now: OffsetDateTime,
    /// The company's root.
    pub(super) root: Authority,
    /// What the company issues its servers' certificates with.
    pub(super) issuing: Authority,
}

/// One authority with its key.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate to be issued.
#[derive(Clone, Copy)]
pub(super) struct Wish<'a> {
    /// Attributes of the subject, from the country to the name.
    pub(super) subject: &'a [(Attribute, &'a str)],
    /// Host names and addresses.
    pub(super) names: &'a [&'a str],
    /// First and last day of validity, counted from today.
    pub(super) days: (i64, i64),
    pub(super) key: Key,
    pub(super) uses: &'a [Use],
}

/// A certificate and its private key.
pub(super) struct Issued {
    pub(super) der: Vec<u8>,
    pub(super) pem: String,
    pub(super) key: KeyPair,
}

#[derive(Clone, Copy)]
pub(super) enum Attribute {
    Country,
    State,
    Locality,
    Organisation,
    Unit,
    Name,
}

#[derive(Clone, Copy)]
pub(super) enum Key {
    P256,
    P384,
    Ed25519,
}

#[derive(Clone, Copy)]
pub(super) enum Use {
    Server,
    Client,
}

impl Authorities {
    pub(super) fn make(now: UnixTime) -> Result<Self, CannotMake> {
        let now = OffsetDateTime::from_unix_timestamp(now.seconds())
            .map_err(|error| CannotMake::Other(error.to_string()))?;
        let root = Authority::root(now, &ROOT)?;
        let params = parameters(now, &ISSUING)?;
        let params = authority_parameters(params, BasicConstraints::Constrained(0));
        let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384)?;
        let issuer = CertifiedIssuer::signed_by(params, key, &root.issuer)?;
        Ok(Self {
            now,
            root,
            issuing: Authority { issuer },
        })
    }

    /// Makes an authority of its own.
    pub(super) fn another_root(&self, wish: &Wish<'_>) -> Result<Authority, CannotMake> {
        Authority::root(self.now, wish)
    }

    /// Issues a certificate.
    pub(super) fn issue(&self, by: &Authority, wish: &Wish<'_>) -> Result<Issued, CannotMake> {
        let key = KeyPair::generate_for(wish.key.algorithm())?;
        let mut params = parameters(self.now, wish)?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &by.issuer)?;
        Ok(Issued {
            der: certificate.der().to_vec(),
            pem: certificate.pem(),
            key,
        })
    }

    /// Lets a certificate vouch for itself.
    pub(super) fn self_signed(&self, wish: &Wish<'_>) -> Result<Issued, CannotMake> {
        let key = KeyPair::generate_for(wish.key.algorithm())?;
        let certificate = parameters(self.now, wish)?.self_signed(&key)?;
        Ok(Issued {
            der: certificate.der().to_vec(),
            pem: certificate.pem(),
            key,
        })
    }

    /// The instant that the data is made for.
    pub(super) fn now(&self) -> UnixTime {
        UnixTime::from_seconds(self.now.unix_timestamp())
    }
}

impl Authority {
    fn root(now: OffsetDateTime, wish: &Wish<'_>) -> Result<Self, CannotMake> {
        let params = authority_parameters(parameters(now, wish)?, BasicConstraints::Unconstrained);
        let key = KeyPair::generate_for(wish.key.algorithm())?;
        Ok(Self {
            issuer: CertifiedIssuer::self_signed(params, key)?,
        })
    }

    pub(super) fn der(&self) -> &[u8] {
        self.issuer.der()
    }

    pub(super) fn pem(&self) -> String {
        self.issuer.pem()
    }

    pub(super) fn key(&self) -> &KeyPair {
        self.issuer.key()
    }
}

impl Key {
    fn algorithm(self) -> &'static SignatureAlgorithm {
        match self {
            Self::P256 => &PKCS_ECDSA_P256_SHA256,
            Self::P384 => &PKCS_ECDSA_P384_SHA384,
            Self::Ed25519 => &PKCS_ED25519,
        }
    }
}

const ROOT: Wish<'static> = Wish {
    subject: &[COUNTRY, COMPANY, (Attribute::Name, "Corp Example Root CA")],
    names: &[],
    days: (-1_825, 5_475),
    key: Key::P384,
    uses: &[],
};

const ISSUING: Wish<'static> = Wish {
    subject: &[
        COUNTRY,
        COMPANY,
        (Attribute::Name, "Corp Example Issuing CA 1"),
    ],
    names: &[],
    days: (-700, 1_125),
    key: Key::P384,
    uses: &[],
};

/// The company that the demonstration is about.
pub(super) const COUNTRY: (Attribute, &str) = (Attribute::Country, "DE");
pub(super) const COMPANY: (Attribute, &str) = (Attribute::Organisation, "Müller & Söhne GmbH");

fn parameters(now: OffsetDateTime, wish: &Wish<'_>) -> Result<CertificateParams, CannotMake> {
    let names: Vec<String> = wish.names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = distinguished_name(wish.subject)?;
    let (first, last) = wish.days;
    params.not_before = now + Duration::days(first);
    params.not_after = now + Duration::days(last);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = wish
        .uses
        .iter()
        .map(|purpose| match purpose {
            Use::Server => ExtendedKeyUsagePurpose::ServerAuth,
            Use::Client => ExtendedKeyUsagePurpose::ClientAuth,
        })
        .collect();
    Ok(params)
}

fn authority_parameters(
    mut params: CertificateParams,
    constraints: BasicConstraints,
) -> CertificateParams {
    params.is_ca = IsCa::Ca(constraints);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    params
}

fn distinguished_name(attributes: &[(Attribute, &str)]) -> Result<DistinguishedName, CannotMake> {
    let mut name = DistinguishedName::new();
    for (attribute, value) in attributes {
        match attribute {
            Attribute::Country => {
                let value = rcgen::string::PrintableString::try_from(*value)?;
                name.push(DnType::CountryName, DnValue::PrintableString(value));
            }
            Attribute::State => name.push(DnType::StateOrProvinceName, *value),
            Attribute::Locality => name.push(DnType::LocalityName, *value),
            Attribute::Organisation => name.push(DnType::OrganizationName, *value),
            Attribute::Unit => name.push(DnType::OrganizationalUnitName, *value),
            Attribute::Name => name.push(DnType::CommonName, *value),
        }
    }
    Ok(name)
}
