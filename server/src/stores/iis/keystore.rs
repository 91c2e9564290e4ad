//! Private keys on their way from one keystore into another, and new ones.

use certlens_core::{
    JavaTrust, Limits, Material, Options, Part, Password, RowKind, SealProfile, Sealing, SecretKey,
    UnixTime, open_for_writing, write_pkcs12,
};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose,
};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::change::Refused;
use super::reader::{FILE_SIZE, certificate};
use crate::host_key;

/// A self-signed certificate that is to be made.
pub(crate) struct Wish {
    /// The friendly name.
    pub(crate) alias: String,
    /// Host names and addresses, the subject's first.
    pub(crate) names: Vec<String>,
    pub(crate) not_before: UnixTime,
    pub(crate) not_after: UnixTime,
    /// Whether the private key may leave the store.
    pub(crate) exportable: bool,
}

/// Where a keystore is to lie.
#[derive(Clone, Copy)]
pub(super) enum Sealed {
    /// In a store, whose passwords lie beside it: more rounds would cost every start, and stop nobody.
    InStore,
    /// Wherever a client takes it.
    Outside,
}

/// One certificate of a file with its private key, and the certificates without keys beside it, in a
/// PKCS#12 file under another password.
pub(super) fn reseal(
    octets: &[u8],
    passwords: &[Password],
    entry: usize,
    (password, place): (&Password, Sealed),
) -> Result<Zeroizing<Vec<u8>>, Refused> {
    let options = Options {
        passwords,
        limits: Limits {
            input: FILE_SIZE,
            ..Limits::default()
        },
    };
    let broken = |_| Refused::Invalid("file", "Invalid certificate file");
    let material = open_for_writing(octets, &options).map_err(broken)?;
    let parts = chosen(&material, entry);
    let without_key = "Its private key cannot be read";
    if !parts
        .iter()
        .any(|part| matches!(part.body, certlens_core::Body::PrivateKey(_)))
    {
        return Err(Refused::Invalid("file", without_key));
    }
    write(&parts, password, place)
}

fn chosen(material: &Material, entry: usize) -> Vec<Part<'_>> {
    let contents = material.contents();
    let wanted = contents.entry(entry, None);
    let key = wanted.as_ref().and_then(certificate);
    let key = key.and_then(|certificate| certificate.private_key.as_ref());
    let is_issuer = |index| {
        contents
            .row(index)
            .is_some_and(|row| row.kind == RowKind::Certificate && !row.has_private_key)
    };
    let (parts, _) = material.parts(|index, path| {
        index == entry || key.is_some_and(|key| key.entry == path) || is_issuer(index)
    });
    parts
}

/// Makes a certificate that vouches for itself: its DER, and a keystore with its private key.
pub(super) fn make(
    wish: &Wish,
    password: &Password,
) -> Result<(Vec<u8>, Zeroizing<Vec<u8>>), Refused> {
    let key = KeyPair::generate().map_err(failed)?;
    let names = |_| Refused::Invalid("subject_alternative_names", "Expected host names");
    let mut params = CertificateParams::new(wish.names.clone()).map_err(names)?;
    params.distinguished_name = DistinguishedName::new();
    if let Some(name) = wish.names.first() {
        params.distinguished_name.push(DnType::CommonName, name);
    }
    params.not_before = instant(wish.not_before)?;
    params.not_after = instant(wish.not_after)?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let made = params.self_signed(&key).map_err(failed)?;
    let secret = Zeroizing::new(key.serialize_der());
    let secret = SecretKey::read(&secret).map_err(failed)?;
    let parts = [
        Part::certificate(made.der()).named(&wish.alias),
        Part::private_key(&secret).named(&wish.alias),
    ];
    let keystore = write(&parts, password, Sealed::InStore)?;
    Ok((made.der().to_vec(), keystore))
}

fn write(
    parts: &[Part<'_>],
    password: &Password,
    place: Sealed,
) -> Result<Zeroizing<Vec<u8>>, Refused> {
    let mut sealing = Sealing::new(password, SealProfile::Modern);
    if let Sealed::InStore = place {
        sealing.rounds = ROUNDS_IN_STORE;
    }
    write_pkcs12(parts, JavaTrust::AsRead, &sealing, &mut host_key::fill)
        .map(|written| written.bytes)
        .map_err(failed)
}

fn instant(time: UnixTime) -> Result<OffsetDateTime, Refused> {
    let wrong = |_| Refused::Invalid("valid_to", "Expected a date");
    OffsetDateTime::from_unix_timestamp(time.seconds()).map_err(wrong)
}

/// No such error names a secret: they are those of writers and of random numbers.
fn failed(error: impl std::fmt::Display) -> Refused {
    tracing::error!("Cannot make a keystore: {error}");
    Refused::Failed
}

/// As many as OpenSSL takes by default.
const ROUNDS_IN_STORE: u32 = 2_048;
