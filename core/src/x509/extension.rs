//! Extensions of certificates, requests and revocation lists: what they say, field by field.
//!
//! One module a family, over our own walk, because it says where a value stops being what it should
//! be, keeps every kind of name and string, and goes on after one broken part. x509-parser decodes
//! what needs none of that: Netscape's certificate types and the promises of transparency logs; its reading of the other extensions is held against ours by the tests.

mod access;
mod android;
mod apple;
mod cbor;
mod constraints;
mod directory_attributes;
mod entrust;
mod identifiers;
mod logotype;
mod microsoft;
mod names;
mod plain;
mod points;
mod policies;
mod proxy;
mod qualified;
mod resources;
mod revocation;
mod statements;
mod targets;
mod tls_feature;
mod transparency;
mod transparency_logs;
mod usage;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use crate::asn1::{Element, Reader};
use crate::error::Error;
use crate::hex::hex;
use crate::oids::{self, ByEncoding};
use crate::origin::Origin;
use crate::report::{
    Algorithm, BasicConstraints, Extension, ExtensionValue, GeneralName, Severity, Text,
};
use crate::rule::{Findings, Rule};
use crate::tree::values_within;
use crate::x509::findings::extensions::shown;
use crate::x509::general_name::{Address, checked_name, general_names};
use crate::x509::spine::ExtensionSpine;

/// ASN.1 values of an unknown extension that are told. Stops one of made-up values from filling the
/// report.
const SHOWN: usize = 256;

/// Reads one extension of anything that has some: a certificate, a request, a revocation list or one
/// of its entries. What is odd about its value is added to `found`.
pub(crate) fn extension(
    spine: &ExtensionSpine<'_>,
    origin: &Origin,
    found: &mut Findings<'_>,
) -> Extension {
    let identified = oids::identified(spine.oid);
    let name = identified.as_ref().and_then(|it| it.name);
    let oid = identified.map_or_else(|| format!("#{}", hex(spine.oid)).into(), |it| it.oid);
    let mut context = Context {
        origin,
        oid: spine.oid,
        found,
    };
    let value = value(&oid, &spine.value, &mut context);
    Extension {
        name: name.map(Text::from),
        critical: spine.critical,
        text: value.as_ref().map(statements::statements),
        tree: value
            .is_none()
            .then(|| values_within(&spine.value, origin, SHOWN)),
        value,
        bytes: hex(spine.value.contents),
        at: origin.span(spine.whole.start, spine.whole.end()),
        oid,
    }
}

/// The extensions that the report has fields for, besides the list of all: the first of each kind.
#[derive(Default)]
pub(crate) struct Understood {
    pub(crate) names: Option<Arc<[GeneralName]>>,
    pub(crate) key_usage: Option<Vec<Text>>,
    pub(crate) purposes: Option<Vec<Algorithm>>,
    pub(crate) constraints: Option<BasicConstraints>,
    pub(crate) subject_key: Option<String>,
    pub(crate) authority_key: Option<String>,
}

impl Understood {
    pub(crate) fn of(extensions: &[Extension]) -> Self {
        let mut all = Self::default();
        for value in extensions.iter().filter_map(|it| it.value.as_ref()) {
            match value {
                ExtensionValue::SubjectAltName { names } => {
                    all.names.get_or_insert_with(|| names.clone());
                }
                ExtensionValue::KeyUsage { uses } => {
                    let words = || uses.iter().map(|it| it.name().into()).collect();
                    all.key_usage.get_or_insert_with(words);
                }
                ExtensionValue::ExtendedKeyUsage { purposes } => {
                    all.purposes.get_or_insert_with(|| purposes.clone());
                }
                ExtensionValue::BasicConstraints(constraints) => {
                    all.constraints.get_or_insert_with(|| constraints.clone());
                }
                ExtensionValue::SubjectKeyIdentifier { identifier } => {
                    all.subject_key.get_or_insert_with(|| identifier.clone());
                }
                ExtensionValue::AuthorityKeyIdentifier {
                    identifier: Some(identifier),
                    ..
                } => {
                    all.authority_key.get_or_insert_with(|| identifier.clone());
                }
                _ => {}
            }
        }
        all
    }
}

/// Adds what is odd about the values of these extensions.
pub(crate) fn look(extensions: &[ExtensionSpine<'_>], origin: &Origin, found: &mut Findings<'_>) {
    for spine in extensions {
        let oid = oids::identified(spine.oid).map_or(Cow::Borrowed(""), |it| it.oid);
        let mut context = Context {
            origin,
            oid: spine.oid,
            found: &mut *found,
        };
        value(&oid, &spine.value, &mut context);
    }
}

fn value(oid: &str, octets: &Element<'_>, context: &mut Context<'_, '_>) -> Option<ExtensionValue> {
    let Some(decode) = decoder(context.oid, oid) else {
        return oids::name(oid).and_then(|_| plain::plain(octets.reader()));
    };
    let mut reader = octets.reader();
    let value = if octets.tag.constructed {
        Err(octets.malformed("the value comes in chunks, which DER does not have"))
    } else {
        decode(&mut reader, context)
    };
    match value {
        Ok(value) => {
            context.end(&reader);
            Some(value)
        }
        Err(error) => {
            context.fault(error, octets.range());
            None
        }
    }
}

/// Reads the value of one kind of extension.
type Decode = fn(&mut Reader<'_>, &mut Context<'_, '_>) -> Result<ExtensionValue, Error>;

/// The one for this identifier, encoded and dotted. An encoding that no row has may mean one all the same:
/// arcs can be padded.
fn decoder(encoded: &[u8], dotted: &str) -> Option<Decode> {
    static ENCODED: LazyLock<ByEncoding<Decode>> =
        LazyLock::new(|| ByEncoding::new(DECODERS.iter().copied()));
    let by_text = || {
        let index = DECODERS.binary_search_by(|(row, _)| (*row).cmp(dotted));
        DECODERS.get(index.ok()?).map(|(_, decode)| decode)
    };
    ENCODED.get(encoded).or_else(by_text).copied()
}

/// Sorted as text by the dotted form; `decoders_are_sorted` keeps it so.
const DECODERS: &[(&str, Decode)] = &[
    ("1.2.840.113533.7.65.0", entrust::version),
    ("1.2.840.113549.1.9.15", plain::smime_capabilities),
    ("1.2.840.113635.100.6.3.6", apple::push_topics),
    ("1.2.840.113635.100.8.10.1", apple::device_fact),
    ("1.2.840.113635.100.8.10.2", apple::device_fact),
    ("1.2.840.113635.100.8.10.3", apple::device_fact),
    ("1.2.840.113635.100.8.11.1", apple::device_fact),
    ("1.2.840.113635.100.8.2", apple::nonce),
    ("1.2.840.113635.100.8.9.1", apple::device_fact),
    ("1.2.840.113635.100.8.9.2", apple::device_fact),
    ("1.2.840.113635.100.8.9.4", apple::device_fact),
    ("1.3.6.1.4.1.11129.2.1.17", android::attestation),
    ("1.3.6.1.4.1.11129.2.1.30", android::provisioning),
    ("1.3.6.1.4.1.11129.2.4.2", transparency::timestamps),
    ("1.3.6.1.4.1.11129.2.4.3", plain::poison),
    ("1.3.6.1.4.1.11129.2.4.5", transparency::timestamps),
    ("1.3.6.1.4.1.311.20.2", microsoft::template_name),
    ("1.3.6.1.4.1.311.21.1", microsoft::ca_version),
    ("1.3.6.1.4.1.311.21.10", microsoft::application_policies),
    (
        "1.3.6.1.4.1.311.21.11",
        microsoft::application_policy_mappings,
    ),
    (
        "1.3.6.1.4.1.311.21.12",
        microsoft::application_policy_constraints,
    ),
    ("1.3.6.1.4.1.311.21.14", points::distribution_points),
    ("1.3.6.1.4.1.311.21.2", microsoft::previous_hash),
    ("1.3.6.1.4.1.311.21.4", microsoft::next_publish),
    ("1.3.6.1.4.1.311.21.7", microsoft::template),
    ("1.3.6.1.4.1.311.25.2", names::security_identifier),
    ("1.3.6.1.4.1.57264.1.1", plain::raw_text),
    ("1.3.6.1.4.1.57264.1.2", plain::raw_text),
    ("1.3.6.1.4.1.57264.1.3", plain::raw_text),
    ("1.3.6.1.4.1.57264.1.4", plain::raw_text),
    ("1.3.6.1.4.1.57264.1.5", plain::raw_text),
    ("1.3.6.1.4.1.57264.1.6", plain::raw_text),
    ("1.3.6.1.5.5.7.1.1", access::authority),
    ("1.3.6.1.5.5.7.1.11", access::subject),
    ("1.3.6.1.5.5.7.1.12", logotype::logotypes),
    ("1.3.6.1.5.5.7.1.14", proxy::proxy),
    ("1.3.6.1.5.5.7.1.24", tls_feature::features),
    ("1.3.6.1.5.5.7.1.28", resources::addresses),
    ("1.3.6.1.5.5.7.1.29", resources::systems),
    ("1.3.6.1.5.5.7.1.3", qualified::statements),
    ("1.3.6.1.5.5.7.1.7", resources::addresses),
    ("1.3.6.1.5.5.7.1.8", resources::systems),
    ("1.3.6.1.5.5.7.48.1.5", plain::no_check),
    ("2.16.840.1.113730.1.1", usage::netscape_kinds),
    ("2.16.840.1.113730.1.12", plain::string),
    ("2.16.840.1.113730.1.13", plain::string),
    ("2.16.840.1.113730.1.2", plain::string),
    ("2.16.840.1.113730.1.3", plain::string),
    ("2.16.840.1.113730.1.4", plain::string),
    ("2.16.840.1.113730.1.7", plain::string),
    ("2.16.840.1.113730.1.8", plain::string),
    ("2.23.140.3.1", qualified::organization),
    ("2.5.29.14", identifiers::subject_key),
    ("2.5.29.15", usage::key_usage),
    ("2.5.29.16", usage::period),
    ("2.5.29.17", names::subject),
    ("2.5.29.18", names::issuer),
    ("2.5.29.19", constraints::basic),
    ("2.5.29.20", revocation::number),
    ("2.5.29.21", revocation::reason),
    ("2.5.29.23", revocation::hold_instruction),
    ("2.5.29.24", revocation::invalidity_date),
    ("2.5.29.27", revocation::delta),
    ("2.5.29.28", points::issuing),
    ("2.5.29.29", names::certificate_issuer),
    ("2.5.29.30", constraints::names),
    ("2.5.29.31", points::distribution_points),
    ("2.5.29.32", policies::policies),
    ("2.5.29.33", policies::mappings),
    ("2.5.29.35", identifiers::authority_key),
    ("2.5.29.36", constraints::policies),
    ("2.5.29.37", usage::purposes),
    ("2.5.29.46", points::freshest),
    ("2.5.29.54", constraints::any_policy),
    ("2.5.29.55", targets::information),
    ("2.5.29.56", revocation::none_available),
    ("2.5.29.60", revocation::expired_since),
    ("2.5.29.9", directory_attributes::attributes),
];

/// What the decoders share: where the bytes stand, and where faults go.
pub(crate) struct Context<'c, 'o> {
    origin: &'c Origin,
    /// The encoded identifier of the extension.
    oid: &'c [u8],
    found: &'c mut Findings<'o>,
}

impl Context<'_, '_> {
    /// Something is not as its standard says; `at` is where it stands.
    fn fault(&mut self, error: Error, at: Range<usize>) {
        let (origin, oid) = (self.origin, self.oid);
        self.found.add(&MALFORMED, at, || {
            format!("{}: {}.", shown(oid), origin.relocate(error))
        });
    }

    /// Nothing may be left to read.
    fn end(&mut self, rest: &Reader<'_>) {
        let octets = rest.rest().len();
        if octets == 0 {
            return;
        }
        let (oid, start) = (self.oid, rest.offset());
        self.found.add(&TRAILING, start..start + octets, || {
            format!(
                "{}: {octets} bytes stand where nothing more is expected.",
                shown(oid)
            )
        });
    }

    /// A list of named bits ends with its last bit that is set (X.690, 11.2.2).
    fn bit_list(&mut self, flags: &Element<'_>) {
        let [unused, bits @ ..] = flags.contents else {
            return;
        };
        let ends_right = match bits.last() {
            Some(last) => last.trailing_zeros() == u32::from(*unused),
            None => *unused == 0,
        };
        if !ends_right {
            let oid = self.oid;
            self.found.add(&BIT_LIST, flags.range(), || {
                format!(
                    "{}: the bits are {} of which {unused} are not used; the last of them must be set.",
                    shown(oid),
                    hex(bits)
                )
            });
        }
    }

    /// The elements of a list that must hold some.
    fn list<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        what: &'static str,
    ) -> Result<Reader<'a>, Error> {
        let list = reader.sequence(what)?;
        self.not_empty(&list, what);
        Ok(list.reader())
    }

    /// This must hold something.
    fn not_empty(&mut self, list: &Element<'_>, what: &'static str) {
        if list.contents.is_empty() {
            self.empty(list.range(), what);
        }
    }

    /// What stands here must hold something, and does not.
    fn empty(&mut self, at: Range<usize>, what: &'static str) {
        let oid = self.oid;
        self.found.add(&EMPTY, at, || {
            format!(
                "{}: expected at least one element, found an empty {what}.",
                shown(oid)
            )
        });
    }

    /// The names of a list; broken ones are faults and stand beside the others.
    fn names(&mut self, list: Reader<'_>) -> Vec<GeneralName> {
        let mut faults = Vec::new();
        let names = general_names(list, self.origin, &mut faults);
        self.faults(faults);
        names
    }

    /// One name.
    fn name(&mut self, element: &Element<'_>, form: Address) -> GeneralName {
        let mut faults = Vec::new();
        let name = checked_name(element, self.origin, form, &mut faults);
        for fault in faults {
            self.fault(fault, element.range());
        }
        name
    }

    fn faults(&mut self, faults: Vec<Error>) {
        for fault in faults {
            let at = fault.offset();
            self.fault(fault, at..at);
        }
    }
}

pub(crate) const RULES: &[Rule] = &[MALFORMED, TRAILING, EMPTY, BIT_LIST, OBSOLETE_STATEMENT];

const BIT_LIST: Rule = Rule {
    id: "bit-list-encoding",
    severity: Severity::Warning,
    title: "A list of bits is not written as DER has it",
    why: "Zero bits at the end are left out in DER; strict software refuses others.",
    fix: "Ask the issuer to update its software.",
    citation: "X.690, 11.2.2",
};

pub(super) const OBSOLETE_STATEMENT: Rule = Rule {
    id: "qualified-statement-obsolete",
    severity: Severity::Notice,
    title: "A statement that its standard no longer has",
    why: "It refers to RFC 3039, which RFC 3739 replaced; software makes nothing of it.",
    fix: "Have it reissued without the statement.",
    citation: "RFC 3739, 3.2.6.1",
};

const MALFORMED: Rule = Rule {
    id: "extension-malformed",
    severity: Severity::Error,
    title: "An extension is not written as its standard says",
    why: "Software that reads this extension refuses the certificate, or reads something else.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.2",
};

const TRAILING: Rule = Rule {
    id: "extension-trailing-bytes",
    severity: Severity::Warning,
    title: "Bytes follow the value of an extension",
    why: "Strict software refuses them; lenient software ignores what it does not see.",
    fix: "Ask the issuer for another certificate.",
    citation: "X.690, 8.1",
};

const EMPTY: Rule = Rule {
    id: "extension-empty",
    severity: Severity::Warning,
    title: "An extension holds an empty list",
    why: "Its standard asks for at least one element; strict software refuses it.",
    fix: "Ask the issuer for a certificate without the extension, or with something in it.",
    citation: "RFC 5280, appendix A.2",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoders_are_sorted() {
        assert!(DECODERS.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn everything_that_is_decoded_has_a_name() {
        for (oid, _) in DECODERS {
            assert!(oids::name(oid).is_some(), "{oid}");
        }
    }
}
