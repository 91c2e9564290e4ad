//! `AlgorithmIdentifier`: the name of an algorithm and what its parameters say.

use std::fmt::Write as _;

use crate::asn1::{Element, Reader, Tag};
use crate::error::Error;
use crate::hex::hex;
use crate::oids;
use crate::report::{Algorithm, PssParameters, Text};

/// Reads an algorithm. Parameters that cannot be read are left out.
///
/// ```text
/// AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }
/// ```
///
/// [RFC 5280, 4.1.1.2](https://www.rfc-editor.org/rfc/rfc5280#section-4.1.1.2)
pub(crate) fn algorithm(identifier: &Element<'_>) -> Result<Algorithm, Error> {
    let mut fields = identifier.reader();
    let mut algorithm = next_named(&mut fields)?;
    let Ok(parameters) = fields.any() else {
        return Ok(algorithm);
    };
    match &*algorithm.oid {
        super::RSA_PSS => {
            algorithm.pss = pss(&parameters).ok();
            algorithm.parameters = algorithm.pss.as_ref().map(pss_text);
        }
        super::RSA_OAEP => algorithm.parameters = oaep(&parameters).ok(),
        // ecdsa-with-Specified: the parameter is the digest (X9.62).
        "1.2.840.10045.4.3" => algorithm.parameters = identifier_name(&parameters),
        _ => {}
    }
    Ok(algorithm)
}

/// Takes an object identifier, with its name.
pub(crate) fn next_named(fields: &mut Reader<'_>) -> Result<Algorithm, Error> {
    identified(&fields.expect(Tag::OID, "OBJECT IDENTIFIER")?)
}

/// An object identifier with its name.
pub(super) fn identified(kind: &Element<'_>) -> Result<Algorithm, Error> {
    if let Some(known) = oids::identified(kind.contents)
        && let Some(name) = known.name
    {
        return Ok(Algorithm {
            oid: known.oid,
            name: name.into(),
            ..Algorithm::default()
        });
    }
    kind.oid().map(named)
}

/// An object identifier with its name, or at least that of the family it belongs to.
pub(crate) fn named(oid: impl Into<Text>) -> Algorithm {
    let oid = oid.into();
    let family = || {
        let (_, name) = FAMILIES.iter().find(|(arc, _)| oid.starts_with(arc))?;
        Some(format!("{name} {oid}").into())
    };
    let name = oids::name(&oid)
        .map(Text::from)
        .or_else(family)
        .unwrap_or_else(|| oid.clone());
    Algorithm {
        oid,
        name,
        ..Algorithm::default()
    }
}

/// Arcs whose members changed their meaning from draft to draft, so that only the family is sure.
const FAMILIES: &[(&str, &str)] = &[
    ("2.16.840.1.114027.80.8.1.", "composite signature (draft)"),
    ("2.16.840.1.114027.80.5.", "composite KEM (draft)"),
    ("1.3.9999.", "Open Quantum Safe experiment"),
];

/// The parameters of RSASSA-PSS, the defaults filled in.
///
/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {
///     hashAlgorithm    [0] HashAlgorithm    DEFAULT sha1,
///     maskGenAlgorithm [1] MaskGenAlgorithm DEFAULT mgf1SHA1,
///     saltLength       [2] INTEGER          DEFAULT 20,
///     trailerField     [3] INTEGER          DEFAULT 1 }
/// ```
///
/// [RFC 4055, 3.1](https://www.rfc-editor.org/rfc/rfc4055#section-3.1)
pub(crate) fn pss(parameters: &Element<'_>) -> Result<PssParameters, Error> {
    if parameters.tag != Tag::SEQUENCE {
        return Err(parameters.unexpected("RSASSA-PSS-params"));
    }
    let mut fields = parameters.reader();
    let hash = hash(&mut fields, 0)?;
    let mask_hash = mask(&mut fields)?;
    let mut number = |tag, default| match fields.optional(Tag::context(tag))? {
        Some(field) => field.reader().expect(Tag::INTEGER, "INTEGER")?.unsigned(),
        None => Ok(default),
    };
    Ok(PssParameters {
        hash,
        mask_hash,
        salt_length: number(2, 20)?,
        trailer: number(3, 1)?,
    })
}

fn pss_text(pss: &PssParameters) -> String {
    let mut text = pss.hash.clone();
    if pss.mask_hash != pss.hash {
        let _ = write!(text, ", MGF1 with {}", pss.mask_hash);
    }
    let _ = write!(text, ", salt {}", pss.salt_length);
    if pss.trailer != 1 {
        let _ = write!(text, ", trailer {}", pss.trailer);
    }
    text
}

/// `RSAES-OAEP-params ::= SEQUENCE { [0] hash, [1] mask generation, [2] label }` (RFC 4055, 4.1).
fn oaep(parameters: &Element<'_>) -> Result<String, Error> {
    if parameters.tag != Tag::SEQUENCE {
        return Err(parameters.unexpected("RSAES-OAEP-params"));
    }
    let mut fields = parameters.reader();
    let digest = hash(&mut fields, 0)?;
    let mask = mask(&mut fields)?;
    let mut text = digest.clone();
    if mask != digest {
        let _ = write!(text, ", MGF1 with {mask}");
    }
    if let Some(field) = fields.optional(Tag::context(2))? {
        let mut source = field.reader().sequence("AlgorithmIdentifier")?.reader();
        source.oid()?;
        let label = source.any()?.contents;
        if !label.is_empty() {
            let shown = hex(label.get(..32).unwrap_or(label));
            let _ = write!(text, ", label {shown}");
        }
    }
    Ok(text)
}

/// The digest in `[tag]`; SHA-1 where none stands.
fn hash(fields: &mut Reader<'_>, tag: u32) -> Result<String, Error> {
    let default = || Ok("SHA-1".to_owned());
    let Some(field) = fields.optional(Tag::context(tag))? else {
        return default();
    };
    let identifier = field.reader().sequence("AlgorithmIdentifier")?;
    Ok(named(identifier.reader().oid()?).name.into_owned())
}

/// The digest of MGF1 in `[1]`. No other mask generation function has a name.
fn mask(fields: &mut Reader<'_>) -> Result<String, Error> {
    let Some(field) = fields.optional(Tag::context(1))? else {
        return Ok("SHA-1".to_owned());
    };
    let mut function = field.reader().sequence("AlgorithmIdentifier")?.reader();
    let name = named(function.oid()?);
    if name.oid != "1.2.840.113549.1.1.8" {
        return Err(field.malformed("the mask generation function is not MGF1"));
    }
    let digest = function.sequence("AlgorithmIdentifier")?;
    Ok(named(digest.reader().oid()?).name.into_owned())
}

fn identifier_name(identifier: &Element<'_>) -> Option<String> {
    identifier
        .reader()
        .oid()
        .ok()
        .map(|oid| named(oid).name.into_owned())
}
