//! One DER value of unknown kind.

use crate::asn1::{Element, Reader, Tag, instant};
use crate::container::shape::{Shape, shape};
use crate::container::{Container, Item, ItemKind, KeyItem, PublicItem, pbe, pkcs7, pkcs12};
use crate::error::{Error, ErrorKind};
use crate::open::Options;
use crate::origin::Origin;
use crate::report::{Format, Lock, Other};
use crate::x509::{DH_PKCS3, DSA, EC, Spine, domain, label, name, private_key, public_key};

/// Reads an input that is one DER value.
pub(crate) fn read(
    input: &[u8],
    origin: &Origin,
    options: &Options<'_>,
) -> Result<Container, Error> {
    let whole = Reader::new(input)
        .any()
        .map_err(|error| error.within("DER value"))?;
    match shape(&whole) {
        Shape::Pkcs12 => pkcs12::read(input, origin, options),
        Shape::Cms | Shape::SignedData | Shape::NetscapeSequence => {
            pkcs7::read(input, origin, "pkcs7")
        }
        shape => {
            let mut container = Container {
                format: Format::Der,
                keystore: None,
                items: Vec::new(),
                findings: Vec::new(),
            };
            if shape == Shape::Unknown {
                return Err(unknown(input, &whole));
            }
            container.items.push(item(
                "der".to_owned(),
                shape,
                input.to_vec(),
                origin,
                options,
            ));
            Ok(container)
        }
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
        let key = pbe::traditional_key(header, &der, options);
        container.items.push(Item::plain(
            path,
            origin.clone(),
            length,
            ItemKind::PrivateKey(key),
        ));
        return;
    }
    let whole = Reader::new(&der).any();
    let shape = whole.as_ref().map_or(Shape::Unknown, shape);
    let nested = match shape {
        Shape::Pkcs12 => Some(pkcs12::read(&der, origin, options)),
        Shape::Cms | Shape::SignedData | Shape::NetscapeSequence => {
            Some(pkcs7::read(&der, origin, &format!("{path}/pkcs7")))
        }
        _ => None,
    };
    match nested {
        Some(Ok(mut inner)) => {
            container.items.append(&mut inner.items);
            container.findings.append(&mut inner.findings);
            container.keystore = container.keystore.take().or(inner.keystore);
        }
        Some(Err(error)) => {
            container
                .items
                .push(Item::unreadable(path, origin.clone(), length, error));
        }
        None if shape == Shape::Unknown => {
            container.items.push(by_label(path, label, der, origin));
        }
        None => container
            .items
            .push(item(path, shape, der, origin, options)),
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
        label if label.ends_with("CERTIFICATE") => return certificate(path, der, origin),
        "OPENSSH PRIVATE KEY" => other("OpenSSH private key"),
        label if label.ends_with("PRIVATE KEY") => {
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
        label if label.contains("REQUEST") => other("certificate request"),
        label if label.ends_with("CRL") => other("revocation list"),
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
            let der = zeroize::Zeroizing::new(der);
            private_key(&der)
                .map(|facts| KeyItem {
                    facts: Some(facts),
                    seal: None,
                    lock: Lock::Open,
                })
                .map(ItemKind::PrivateKey)
        }
        Shape::EncryptedKey => pbe::encrypted_key(&der, options).map(ItemKind::PrivateKey),
        Shape::Request => request(&der).map(ItemKind::Other),
        Shape::RevocationList => revocation_list(&der).map(ItemKind::Other),
        Shape::PublicKey => public(PublicItem::read(&der, origin)),
        Shape::RsaPublicKey => public(PublicItem::read_pkcs1(&der)),
        Shape::EcParameters => Ok(parameters(shape, EC, &der)),
        Shape::DsaParameters => Ok(parameters(shape, DSA, &der)),
        Shape::DhParameters => Ok(parameters(shape, DH_PKCS3, &der)),
        _ => Ok(ItemKind::Other(Other {
            what: shape.name().to_owned(),
            facts: Vec::new(),
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
    match Spine::read(&der).map(|_| ()) {
        Ok(()) => Item::plain(path, origin.clone(), length, ItemKind::Certificate(der)),
        Err(error) => Item::unreadable(path, origin.clone(), length, error),
    }
}

/// `CertificationRequestInfo ::= SEQUENCE { version, subject Name, subjectPKInfo, [0] attributes }`
/// (RFC 2986, 4.1).
fn request(der: &[u8]) -> Result<Other, Error> {
    let mut info = Reader::new(der).any()?.reader().any()?.reader();
    info.any()?;
    let subject = name(&info.any()?, &Origin::input())?;
    let key = public_key(&info.any()?)?;
    let facts = vec![
        format!("subject {}", subject.text),
        format!("key {}", key.text),
    ];
    Ok(Other {
        what: "certificate request".to_owned(),
        facts,
    })
}

/// `TBSCertList ::= SEQUENCE { version OPTIONAL, signature, issuer Name, thisUpdate Time, … }`
/// (RFC 5280, 5.1).
fn revocation_list(der: &[u8]) -> Result<Other, Error> {
    let mut list = Reader::new(der).any()?.reader().any()?.reader();
    list.optional(Tag::INTEGER)?;
    list.any()?;
    let mut facts = vec![format!("issuer {}", label(&list.any()?))];
    let time = |element: &Element<'_>| instant(element).and_then(|instant| instant.time.ok());
    facts.extend(time(&list.any()?).map(|time| format!("made {time}")));
    let mut entries = 0;
    if let Some(next) = list.peek() {
        if next == Tag::UTC_TIME || next == Tag::GENERALIZED_TIME {
            facts.extend(time(&list.any()?).map(|time| format!("next one by {time}")));
        }
        if let Some(revoked) = list.optional(Tag::SEQUENCE)? {
            let mut reader = revoked.reader();
            while reader.any().is_ok() {
                entries += 1;
            }
        }
    }
    facts.push(format!("{entries} revoked"));
    Ok(Other {
        what: "revocation list".to_owned(),
        facts,
    })
}
