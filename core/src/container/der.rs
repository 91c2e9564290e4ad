//! One DER value of unknown kind.

use zeroize::Zeroizing;

use crate::asn1::{Element, Reader, Tag};
use crate::container::shape::{Shape, shape};
use crate::container::{
    Container, Item, ItemKind, KeyItem, ListItem, PublicItem, TrustItem, bcfks, cmp, cms, ocsp,
    pbe, pkcs12,
};
use crate::error::{Error, ErrorKind, Problem};
use crate::limits::figure;
use crate::open::Options;
use crate::origin::Origin;
use crate::report::{Finding, Format, Lock, Other, Severity};
use crate::rule::{Findings, Rule};
use crate::schema::{self, Rigour, grammar};
use crate::ssh::{PRIVATE_MAGIC, read_private};
use crate::x509::{
    AttributeCertificateSpine, DH_PKCS3, DSA, EC, ListSpine, RequestSpine, Spine, domain, label,
    name, private_key, public_key, serial, trusted,
};

/// Reads an input that is one DER value.
pub(crate) fn read(
    input: &[u8],
    origin: &Origin,
    options: &Options<'_>,
) -> Result<Container, Error> {
    let mut values = Reader::new(input);
    let whole = values
        .any()
        .map_err(|error| error.within(beginning(input)))?;
    let shape = shape(&whole);
    let next = values
        .next()
        .map_or(Shape::Unknown, |next| self::shape(&next));
    if stands_in_rows(shape) && stands_in_rows(next) {
        return Ok(row(input, origin, options));
    }
    match shape {
        Shape::Unknown => Err(unknown(input, &whole)),
        _ if shape.is_message() => {
            let mut container = cms::read(input, origin, "pkcs7", options)?;
            let more = trailing(shape, &whole, input.len(), origin);
            container.findings.extend(more);
            Ok(container)
        }
        _ => objects("der", shape, input.to_vec(), origin, options),
    }
}

/// Values that some programs write one after the other into a file.
fn stands_in_rows(shape: Shape) -> bool {
    matches!(
        shape,
        Shape::AttributeCertificate
            | Shape::Certificate
            | Shape::EncryptedKey
            | Shape::PrivateKey
            | Shape::PublicKey
            | Shape::Request
            | Shape::RevocationList
    )
}

/// Values one after the other, as Java's `generateCertificates` reads them. What follows the last of them
/// belongs to it.
fn row(input: &[u8], origin: &Origin, options: &Options<'_>) -> Container {
    let mut container = Container {
        format: Format::Der,
        keystore: None,
        items: Vec::new(),
        findings: Vec::new(),
    };
    let mut values = Reader::new(input);
    while let Some(value) = values.next() {
        let held = container.items.len();
        let path = format!("der[{held}]");
        let place = origin.at(value.start);
        let announced = figure(held).saturating_add(1);
        if let Err(error) = options.limits.room_for_entry(held, announced, value.start) {
            let kind = ItemKind::Unreadable(Problem::from(&origin.relocate(error)));
            let item = Item::plain(path, place, value.raw.len(), kind);
            container.items.push(item);
            break;
        }
        let shape = shape(&value);
        let goes_on = values
            .clone()
            .next()
            .is_some_and(|next| stands_in_rows(self::shape(&next)));
        let der = if goes_on {
            value.raw
        } else {
            values.take_rest();
            input.get(value.start..).unwrap_or(value.raw)
        };
        let item = item(path, shape, der.to_vec(), &place, options);
        container.items.push(item);
    }
    let what = format!(
        "There are {} values, one after the other.",
        container.items.len()
    );
    let at = origin.span(0, input.len());
    container
        .findings
        .push(SEVERAL_VALUES.found(what, Some(at)));
    container
}

/// What a value that ends too early began as: what would stand in it were it filled up.
fn beginning(input: &[u8]) -> &'static str {
    const UNKNOWN: &str = "DER value";
    let missing = match Reader::new(input).any() {
        Err(error) => match error.kind() {
            ErrorKind::Truncated { missing } if *missing <= MAX_FILLED => *missing,
            _ => return UNKNOWN,
        },
        Ok(_) => return UNKNOWN,
    };
    let mut filled = Zeroizing::new(Vec::with_capacity(input.len().saturating_add(missing)));
    filled.extend_from_slice(input);
    filled.resize(input.len().saturating_add(missing), 0);
    let Ok(whole) = Reader::new(&filled).any() else {
        return UNKNOWN;
    };
    let inner = || {
        whole
            .reader()
            .any()
            .map_or(Shape::Unknown, |first| shape(&first))
    };
    match shape(&whole) {
        Shape::Unknown => match inner() {
            Shape::TbsCertificate => "what begins as a certificate",
            Shape::TbsRequest => "what begins as a certificate request",
            Shape::TbsRevocationList => "what begins as a revocation list",
            _ => UNKNOWN,
        },
        Shape::Certificate => "what begins as a certificate",
        Shape::Request => "what begins as a certificate request",
        Shape::RevocationList => "what begins as a revocation list",
        Shape::Pkcs12 => "what begins as a PKCS#12 keystore",
        Shape::PrivateKey => "what begins as a private key",
        Shape::EncryptedKey => "what begins as a sealed private key",
        Shape::PublicKey => "what begins as a public key",
        Shape::Cms | Shape::SignedData => "what begins as a CMS message",
        _ => UNKNOWN,
    }
}

/// Octets that are filled up to tell what a value began as.
const MAX_FILLED: usize = 1 << 24;

pub(crate) const RULES: &[Rule] = &[SEVERAL_VALUES, TRAILING];

const SEVERAL_VALUES: Rule = Rule {
    id: "several-der-values",
    severity: Severity::Warning,
    title: "Several DER values stand one after the other",
    why: "Java reads all of them; OpenSSL and Windows read the first and pass over the others without a word.",
    fix: "Put them into a file as PEM, or into a PKCS#7 bundle.",
    citation: "X.690, 8.1; java.security.cert.CertificateFactory",
};

const TRAILING: Rule = Rule {
    id: "value-trailing-bytes",
    severity: Severity::Warning,
    title: "Bytes follow the value",
    why: "Strict software refuses such a file; lenient software ignores what it does not see.",
    fix: "Save it again from where it came.",
    citation: "X.690, 8.1",
};

/// What stands after a value whose own reader does not tell of it.
fn trailing(shape: Shape, whole: &Element<'_>, length: usize, origin: &Origin) -> Option<Finding> {
    let tells = matches!(
        shape,
        Shape::AttributeCertificate
            | Shape::Bcfks
            | Shape::Certificate
            | Shape::Pkcs12
            | Shape::Request
            | Shape::RevocationList
            | Shape::Unknown
    );
    let surplus = length.saturating_sub(whole.end());
    (surplus != 0 && !tells).then(|| {
        let what = format!("{surplus} more bytes stand after the {}.", shape.name());
        TRAILING.found(what, Some(origin.span(whole.end(), length)))
    })
}

/// Where a value is not what its module says, if it is of a kind that has no findings of its own.
fn misbuilt(shape: Shape, der: &[u8], origin: &Origin) -> Vec<Finding> {
    let (name, kind, rigour) = match shape {
        Shape::EncryptedKey => ("key", grammar::SEALED_KEY, Rigour::Ber),
        Shape::EcParameters => ("parameters", grammar::CURVE, Rigour::Alone),
        Shape::DsaParameters => ("parameters", grammar::DSA_PARAMETERS, Rigour::Alone),
        Shape::OcspRequest => ("request", grammar::OCSP_REQUEST, Rigour::Alone),
        Shape::OcspResponse => ("response", grammar::OCSP_RESPONSE, Rigour::Alone),
        Shape::BasicOcspResponse => ("response", grammar::OCSP_BASIC, Rigour::Alone),
        _ => return Vec::new(),
    };
    let mut found = Findings::new(origin);
    if let Ok(whole) = Reader::new(der).any() {
        schema::look(name, &whole, kind, rigour, &mut found);
    }
    found.into_sorted()
}

/// The objects that a value of this shape comes to: one, or those in a container.
fn objects(
    path: &str,
    shape: Shape,
    der: Vec<u8>,
    origin: &Origin,
    options: &Options<'_>,
) -> Result<Container, Error> {
    let whole = Reader::new(&der).any()?;
    let mut more: Vec<Finding> = trailing(shape, &whole, der.len(), origin)
        .into_iter()
        .collect();
    if shape != Shape::EncryptedKey {
        more.extend(misbuilt(shape, &der, origin));
    }
    let items = match shape {
        Shape::Pkcs12 => {
            // Its keys need not be sealed.
            let der = Zeroizing::new(der);
            return pkcs12::read(&der, origin, options);
        }
        Shape::Bcfks => return bcfks::read(&der, origin, options),
        _ if shape.is_message() => {
            let mut container = cms::read(&der, origin, &format!("{path}/pkcs7"), options)?;
            container.findings.extend(more);
            return Ok(container);
        }
        Shape::OcspResponse => ocsp::response(path, &whole, origin, options),
        Shape::BasicOcspResponse => ocsp::bare_response(path, &whole, origin, options),
        Shape::TimeStampResponse => ocsp::time_stamp_response(path, &whole, origin, options),
        Shape::CertificatePair => pair(path, &whole, origin),
        Shape::CmpMessage => cmp::read(path, &whole, origin, options),
        Shape::Path => certification_path(path, &whole, origin, options),
        _ => vec![item(path.to_owned(), shape, der, origin, options)],
    };
    Ok(Container {
        format: Format::Der,
        keystore: None,
        items,
        findings: more,
    })
}

/// An object of whatever kind in a container. What its bytes do not say, the certificate reader says.
pub(crate) fn object(path: String, der: Vec<u8>, origin: &Origin, options: &Options<'_>) -> Item {
    match Reader::new(&der).any().map(|whole| shape(&whole)) {
        Ok(Shape::Unknown) | Err(_) => certificate(path, der, origin),
        Ok(shape) => item(path, shape, der, origin, options),
    }
}

/// The certificate reader's error where it got anywhere, else that the value is of no known kind.
fn unknown(input: &[u8], whole: &Element<'_>) -> Error {
    match Spine::read(input) {
        Err(error) if whole.contents_start() + 4 < error.offset() => error,
        _ => Error::new(
            ErrorKind::Unrecognised {
                looks_like: Some("ASN.1 data of another kind"),
            },
            0,
        ),
    }
}

/// Reads what a PEM block decodes to. What it is, its bytes say; the label decides where they do not.
pub(crate) fn read_labelled(
    path: &str,
    label: &str,
    header: &[u8],
    der: Vec<u8>,
    origin: &Origin,
    options: &Options<'_>,
    container: &mut Container,
) {
    let path = path.to_owned();
    let length = der.len();
    if header.windows(9).any(|window| window == b"ENCRYPTED") {
        let origin = origin.clone();
        container
            .items
            .push(match pbe::traditional_key(header, &der, options) {
                Ok(key) => Item::plain(path, origin, length, ItemKind::PrivateKey(Box::new(key))),
                Err(error) => Item::unreadable(path, origin, length, error),
            });
        return;
    }
    if der.starts_with(PRIVATE_MAGIC) {
        let der = Zeroizing::new(der);
        let mut keys = read_private(&path, &der, origin, options);
        container.items.append(&mut keys);
        return;
    }
    let whole = Reader::new(&der).any();
    let shape = whole.as_ref().map_or(Shape::Unknown, shape);
    if shape == Shape::Unknown {
        container.items.push(by_label(path, label, der, origin));
        return;
    }
    if shape == Shape::Certificate && label == TRUSTED {
        container.items.push(trusted_certificate(path, der, origin));
        return;
    }
    match objects(&path, shape, der, origin, options) {
        Ok(mut inner) => {
            container.items.append(&mut inner.items);
            container.findings.append(&mut inner.findings);
            container.keystore = container.keystore.take().or(inner.keystore);
        }
        Err(error) => {
            let origin = origin.clone();
            container
                .items
                .push(Item::unreadable(path, origin, length, error));
        }
    }
}

/// What the label says, for bytes that do not say it themselves.
fn by_label(path: String, label: &str, der: Vec<u8>, origin: &Origin) -> Item {
    let length = der.len();
    let other = |what: &str| {
        let facts = vec![format!("PEM label {label}"), format!("{length} bytes")];
        ItemKind::Other(Other {
            what: what.to_owned(),
            facts,
        })
    };
    let kind = match label {
        "ATTRIBUTE CERTIFICATE" => return attribute_certificate(path, der, origin),
        label if label.ends_with("CERTIFICATE") => return certificate(path, der, origin),
        label if label.ends_with("PRIVATE KEY") => {
            let der = Zeroizing::new(der);
            let error = private_key(&der).err().unwrap_or_else(|| {
                let what = format!("a {label} of unknown form");
                Error::new(ErrorKind::Unsupported { what }, 0)
            });
            return Item::unreadable(path, origin.clone(), length, error);
        }
        label if label.ends_with("PUBLIC KEY") => match public(PublicItem::read(&der, origin)) {
            Ok(key) => key,
            Err(error) => return Item::unreadable(path, origin.clone(), length, error),
        },
        "EC PARAMETERS" => parameters(Shape::EcParameters, EC, &der),
        label if label.ends_with("CERTIFICATE REQUEST") => return request(path, der, origin),
        label if label.ends_with("CRL") => return revocation_list(path, der, origin),
        label if label.ends_with("PARAMETERS") => other("parameters"),
        _ => other("PEM block of another kind"),
    };
    Item::plain(path, origin.clone(), length, kind)
}

pub(crate) fn item(
    path: String,
    shape: Shape,
    der: Vec<u8>,
    origin: &Origin,
    options: &Options<'_>,
) -> Item {
    let length = der.len();
    let result = match shape {
        Shape::Certificate => return certificate(path, der, origin),
        Shape::PrivateKey => {
            let der = Zeroizing::new(der);
            private_key(&der)
                .map(|facts| KeyItem {
                    facts: Some(facts),
                    seal: None,
                    lock: Lock::Open,
                    findings: Vec::new(),
                })
                .map(|key| ItemKind::PrivateKey(Box::new(key)))
        }
        Shape::EncryptedKey => pbe::encrypted_key(&der, options).map(|mut key| {
            key.findings.extend(misbuilt(shape, &der, origin));
            ItemKind::PrivateKey(Box::new(key))
        }),
        Shape::Request => return request(path, der, origin),
        Shape::RevocationList => return revocation_list(path, der, origin),
        Shape::AttributeCertificate => return attribute_certificate(path, der, origin),
        Shape::OcspRequest => Reader::new(&der)
            .any()
            .map(|whole| ItemKind::Other(ocsp::request(&whole))),
        Shape::PublicKey => public(PublicItem::read(&der, origin)),
        Shape::RsaPublicKey => public(PublicItem::read_pkcs1(&der)),
        Shape::DsaPublicKey => public(PublicItem::read_dsa(&der)),
        Shape::EcParameters => Ok(parameters(shape, EC, &der)),
        Shape::DsaParameters => Ok(parameters(shape, DSA, &der)),
        Shape::DhParameters => Ok(parameters(shape, DH_PKCS3, &der)),
        _ => Ok(ItemKind::Other(Other {
            what: shape.name().to_owned(),
            facts: facts(shape, &der),
        })),
    };
    match result {
        Ok(kind) => Item::plain(path, origin.clone(), length, kind),
        Err(error) => Item::unreadable(path, origin.clone(), length, error),
    }
}

fn public(key: Result<PublicItem, Error>) -> Result<ItemKind, Error> {
    key.map(|key| ItemKind::PublicKey(Box::new(key)))
}

/// The parameters that some programs write before a key.
fn parameters(shape: Shape, algorithm: &str, der: &[u8]) -> ItemKind {
    let read = Reader::new(der).any().ok();
    let facts = read.map(|parameters| domain(algorithm, &parameters).text);
    ItemKind::Other(Other {
        what: shape.name().to_owned(),
        facts: facts.into_iter().collect(),
    })
}

/// A certificate whose fields can be found; what they say is read when someone asks.
pub(crate) fn certificate(path: String, der: Vec<u8>, origin: &Origin) -> Item {
    let length = der.len();
    match Spine::read_each(&der, &mut |_| ()).map(|_| ()) {
        Ok(()) => Item::plain(path, origin.clone(), length, ItemKind::Certificate(der)),
        Err(error) => Item::unreadable(path, origin.clone(), length, error),
    }
}

/// The label of a certificate that OpenSSL may have written something after.
pub(in crate::container) const TRUSTED: &str = "TRUSTED CERTIFICATE";

/// A certificate of OpenSSL, and what it was told to trust it for.
fn trusted_certificate(path: String, mut der: Vec<u8>, origin: &Origin) -> Item {
    let length = der.len();
    let Some(trusted) = trusted(&der, origin) else {
        return certificate(path, der, origin);
    };
    let after = der.split_off(trusted.length.min(der.len()));
    Item {
        alias: trusted.alias,
        trust: Some(Box::new(TrustItem {
            facts: trusted.trust,
            der: after,
        })),
        length,
        ..certificate(path, der, origin)
    }
}

/// A certificate request whose fields can be found.
pub(crate) fn request(path: String, der: Vec<u8>, origin: &Origin) -> Item {
    let length = der.len();
    match RequestSpine::read(&der).map(|_| ()) {
        Ok(()) => Item::plain(path, origin.clone(), length, ItemKind::Request(der)),
        Err(error) => Item::unreadable(path, origin.clone(), length, error),
    }
}

/// A revocation list whose fields can be found. Its entries are counted, not kept.
pub(crate) fn revocation_list(path: String, der: Vec<u8>, origin: &Origin) -> Item {
    let length = der.len();
    match ListSpine::read(&der).map(|list| list.count()) {
        Ok(count) => {
            let list = ItemKind::RevocationList(ListItem { der, count });
            Item::plain(path, origin.clone(), length, list)
        }
        Err(error) => Item::unreadable(path, origin.clone(), length, error),
    }
}

/// An attribute certificate whose fields can be found.
fn attribute_certificate(path: String, der: Vec<u8>, origin: &Origin) -> Item {
    let length = der.len();
    match AttributeCertificateSpine::read(&der).map(|_| ()) {
        Ok(()) => {
            let kind = ItemKind::AttributeCertificate(der);
            Item::plain(path, origin.clone(), length, kind)
        }
        Err(error) => Item::unreadable(path, origin.clone(), length, error),
    }
}

/// `CertificatePair ::= SEQUENCE { forward [0] Certificate OPTIONAL, reverse [1] Certificate OPTIONAL }`
/// (RFC 4523, 2.3)
fn pair(path: &str, whole: &Element<'_>, origin: &Origin) -> Vec<Item> {
    let mut fields = whole.reader();
    let mut items = Vec::new();
    while let Some(field) = fields.next()
        && items.len() < 2
    {
        let side = match field.tag.number {
            0 => "forward",
            _ => "reverse",
        };
        let Ok(one) = field.reader().any() else {
            continue;
        };
        let path = format!("{path}/{side}");
        items.push(certificate(path, one.raw.to_vec(), &origin.at(one.start)));
    }
    items
}

/// `PkiPath ::= SEQUENCE OF Certificate`, the one nearest to the root first (RFC 6066, 10.1).
fn certification_path(
    path: &str,
    whole: &Element<'_>,
    origin: &Origin,
    options: &Options<'_>,
) -> Vec<Item> {
    let mut items = Vec::new();
    let mut fields = whole.reader();
    while let Some(one) = fields.next() {
        let held = items.len();
        let path = format!("{path}/certificate[{held}]");
        let place = origin.at(one.start);
        let announced = figure(held).saturating_add(1);
        if let Err(error) = options.limits.room_for_entry(held, announced, one.start) {
            let kind = ItemKind::Unreadable(Problem::from(&origin.relocate(error)));
            items.push(Item::plain(path, place, one.raw.len(), kind));
            break;
        }
        items.push(certificate(path, one.raw.to_vec(), &place));
    }
    items
}

/// What is known of something that is not taken apart.
fn facts(shape: Shape, der: &[u8]) -> Vec<String> {
    let told = || {
        let whole = Reader::new(der).any().ok()?;
        let mut fields = whole.reader();
        let key = |info: Element<'_>| {
            public_key(&info)
                .ok()
                .map(|key| format!("key {}", key.text))
        };
        Some(match shape {
            Shape::Name => vec![name(&whole, &Origin::input()).ok()?.text],
            Shape::TbsCertificate => {
                fields.optional(Tag::context(0)).ok()?;
                let (number, _) = (fields.any().ok()?, fields.any().ok()?);
                let (issuer, _) = (fields.any().ok()?, fields.any().ok()?);
                let subject = fields.any().ok()?;
                vec![
                    format!("subject {}", label(&subject)),
                    format!("issuer {}", label(&issuer)),
                    format!("serial {}", serial(number.contents)),
                ]
            }
            Shape::TbsRequest => {
                fields.any().ok()?;
                let subject = label(&fields.any().ok()?);
                vec![format!("subject {subject}"), key(fields.any().ok()?)?]
            }
            Shape::TbsRevocationList => {
                fields.optional(Tag::INTEGER).ok()?;
                fields.any().ok()?;
                vec![format!("issuer {}", label(&fields.any().ok()?))]
            }
            // PublicKeyAndChallenge ::= SEQUENCE { spki, challenge IA5String }
            Shape::SignedKeyAndChallenge => {
                let mut inner = fields.any().ok()?.reader();
                let key = key(inner.any().ok()?)?;
                let challenge = inner.any().ok()?.contents.len();
                vec![key, format!("{challenge} characters of challenge")]
            }
            _ => return None,
        })
    };
    told().unwrap_or_default()
}
