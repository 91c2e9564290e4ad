//! Extensions: what they say, one statement a line.

use x509_parser::extensions::{DistributionPointName, GeneralName as ParsedName, ParsedExtension};
use x509_parser::prelude::{FromDer as _, X509Extension};

use crate::asn1::{Element, dotted};
use crate::hex::hex;
use crate::oids;
use crate::origin::Origin;
use crate::report::{Algorithm, BasicConstraints, Extension, GeneralName};
use crate::x509::general_name::{address, general_names, line};
use crate::x509::key::named;
use crate::x509::spine::ExtensionSpine;

/// The extensions of a certificate that its report has fields for, besides the list of all.
#[derive(Default)]
pub(crate) struct Understood {
    pub(crate) names: Option<Vec<GeneralName>>,
    pub(crate) key_usage: Option<Vec<String>>,
    pub(crate) purposes: Option<Vec<Algorithm>>,
    pub(crate) constraints: Option<BasicConstraints>,
    pub(crate) subject_key: Option<String>,
    pub(crate) authority_key: Option<String>,
}

/// Reads one extension; `understood` collects what the report has fields for.
///
/// The decoding in depth is x509-parser's. What it cannot read is shown by its bytes, and
/// `Extension::text` stays absent.
pub(crate) fn extension(
    spine: &ExtensionSpine<'_>,
    origin: &Origin,
    understood: &mut Understood,
) -> Extension {
    let oid = dotted(spine.oid).unwrap_or_else(|| format!("#{}", hex(spine.oid)));
    let mut found = Extension {
        name: oids::name(&oid).map(str::to_owned),
        oid,
        critical: spine.critical,
        text: None,
        bytes: hex(spine.value.contents),
        at: origin.span(spine.whole.start, spine.whole.end()),
    };
    found.text = match found.oid.as_str() {
        "2.5.29.17" => names(&spine.value, origin).map(|names| {
            let text = vec![line(&names)];
            understood.names.get_or_insert(names);
            text
        }),
        "2.5.29.18" => names(&spine.value, origin).map(|names| vec![line(&names)]),
        "1.3.6.1.5.5.7.48.1.5" => Some(vec![
            "the responder's certificate need not be checked".to_owned(),
        ]),
        "1.3.6.1.4.1.11129.2.4.3" => Some(vec![
            "a precertificate: made for transparency logs, not for use".to_owned(),
        ]),
        _ => parsed(spine.whole.raw, understood),
    };
    found
}

fn names(value: &Element<'_>, origin: &Origin) -> Option<Vec<GeneralName>> {
    general_names(value, origin).ok()
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm an extension; splitting hides the table"
)]
fn parsed(extension: &[u8], understood: &mut Understood) -> Option<Vec<String>> {
    let (_, extension) = X509Extension::from_der(extension).ok()?;
    Some(match extension.parsed_extension() {
        ParsedExtension::BasicConstraints(constraints) => {
            let path_length = constraints.path_len_constraint;
            understood.constraints.get_or_insert(BasicConstraints {
                ca: constraints.ca,
                path_length,
            });
            let mut text = vec![
                if constraints.ca {
                    "a certification authority"
                } else {
                    "no certification authority"
                }
                .to_owned(),
            ];
            if let Some(length) = path_length {
                text.push(format!("at most {length} further authorities below it"));
            }
            text
        }
        ParsedExtension::KeyUsage(usage) => {
            let bits = [
                (usage.digital_signature(), "digital signature"),
                (usage.non_repudiation(), "non-repudiation"),
                (usage.key_encipherment(), "key encipherment"),
                (usage.data_encipherment(), "data encipherment"),
                (usage.key_agreement(), "key agreement"),
                (usage.key_cert_sign(), "certificate signing"),
                (usage.crl_sign(), "CRL signing"),
                (usage.encipher_only(), "encipher only"),
                (usage.decipher_only(), "decipher only"),
            ];
            let words = bits
                .iter()
                .filter(|(set, _)| *set)
                .map(|(_, word)| (*word).to_owned());
            let words: Vec<String> = words.collect();
            understood.key_usage.get_or_insert_with(|| words.clone());
            vec![if words.is_empty() {
                "nothing".to_owned()
            } else {
                words.join(", ")
            }]
        }
        ParsedExtension::ExtendedKeyUsage(_) => {
            let purposes = purposes(extension.value)?;
            let words: Vec<&str> = purposes
                .iter()
                .map(|purpose| purpose.name.as_str())
                .collect();
            let text = vec![words.join(", ")];
            understood.purposes.get_or_insert(purposes);
            text
        }
        ParsedExtension::SubjectKeyIdentifier(identifier) => {
            let identifier = hex(identifier.0);
            understood
                .subject_key
                .get_or_insert_with(|| identifier.clone());
            vec![identifier]
        }
        ParsedExtension::AuthorityKeyIdentifier(authority) => {
            let mut text = Vec::new();
            if let Some(identifier) = &authority.key_identifier {
                let identifier = hex(identifier.0);
                understood
                    .authority_key
                    .get_or_insert_with(|| identifier.clone());
                text.push(format!("key {identifier}"));
            }
            text.extend(
                authority
                    .authority_cert_issuer
                    .iter()
                    .flatten()
                    .map(|name| format!("issuer {}", parsed_name(name))),
            );
            text.extend(
                authority
                    .authority_cert_serial
                    .map(|serial| format!("serial {}", hex(serial))),
            );
            text
        }
        ParsedExtension::CertificatePolicies(policies) => policies
            .iter()
            .map(|policy| {
                let policy = named(policy.policy_id.to_id_string());
                if policy.name == policy.oid {
                    policy.oid
                } else {
                    format!("{} ({})", policy.name, policy.oid)
                }
            })
            .collect(),
        ParsedExtension::AuthorityInfoAccess(access) => access
            .accessdescs
            .iter()
            .map(|one| access_line(&one.access_method.to_id_string(), &one.access_location))
            .collect(),
        ParsedExtension::SubjectInfoAccess(access) => access
            .accessdescs
            .iter()
            .map(|one| access_line(&one.access_method.to_id_string(), &one.access_location))
            .collect(),
        ParsedExtension::CRLDistributionPoints(points) => points
            .points
            .iter()
            .filter_map(|point| point.distribution_point.as_ref())
            .flat_map(|point| match point {
                DistributionPointName::FullName(names) => names.iter().map(parsed_name).collect(),
                DistributionPointName::NameRelativeToCRLIssuer(_) => {
                    vec!["relative to the CRL issuer".to_owned()]
                }
            })
            .collect(),
        ParsedExtension::NameConstraints(constraints) => {
            let side =
                |word: &str, trees: &Option<Vec<x509_parser::extensions::GeneralSubtree<'_>>>| {
                    trees
                        .iter()
                        .flatten()
                        .map(|tree| format!("{word} {}", parsed_name(&tree.base)))
                        .collect::<Vec<_>>()
                };
            let mut text = side("permitted", &constraints.permitted_subtrees);
            text.extend(side("excluded", &constraints.excluded_subtrees));
            text
        }
        ParsedExtension::PolicyConstraints(constraints) => {
            let mut text = Vec::new();
            text.extend(
                constraints
                    .require_explicit_policy
                    .map(|n| format!("explicit policy required after {n}")),
            );
            text.extend(
                constraints
                    .inhibit_policy_mapping
                    .map(|n| format!("no policy mapping after {n}")),
            );
            text
        }
        ParsedExtension::PolicyMappings(mappings) => mappings
            .mappings
            .iter()
            .map(|one| {
                format!(
                    "{} is {}",
                    one.issuer_domain_policy, one.subject_domain_policy
                )
            })
            .collect(),
        ParsedExtension::InhibitAnyPolicy(inhibit) => {
            vec![format!("any policy ignored after {}", inhibit.skip_certs)]
        }
        ParsedExtension::NSCertType(kind) => vec![kind.to_string()],
        ParsedExtension::NsCertComment(comment) => vec![(*comment).to_owned()],
        ParsedExtension::SCT(stamps) => stamps
            .iter()
            .map(|stamp| {
                let seconds = i64::try_from(stamp.timestamp / 1000).unwrap_or(i64::MAX);
                let time = crate::time::UnixTime::from_seconds(
                    seconds.min(crate::time::UnixTime::NEVER.seconds()),
                );
                format!("log {}, {time}", hex(stamp.id.key_id))
            })
            .collect(),
        _ => return None,
    })
}

/// `ExtKeyUsageSyntax ::= SEQUENCE OF OBJECT IDENTIFIER` (RFC 5280, 4.2.1.12), in encoded order.
fn purposes(value: &[u8]) -> Option<Vec<Algorithm>> {
    let mut list = crate::asn1::Reader::new(value).any().ok()?.reader();
    let mut purposes = Vec::new();
    while !list.is_empty() {
        purposes.push(named(list.oid().ok()?));
    }
    Some(purposes)
}

fn access_line(method: &str, location: &ParsedName<'_>) -> String {
    format!(
        "{} {}",
        oids::name(method).unwrap_or(method),
        parsed_name(location)
    )
}

fn parsed_name(name: &ParsedName<'_>) -> String {
    match name {
        ParsedName::DNSName(text) | ParsedName::RFC822Name(text) | ParsedName::URI(text) => {
            (*text).to_owned()
        }
        ParsedName::IPAddress(octets) => address(octets),
        ParsedName::DirectoryName(name) => name.to_string(),
        ParsedName::RegisteredID(oid) => oid.to_id_string(),
        ParsedName::OtherName(oid, value) => format!("{} #{}", oid.to_id_string(), hex(value)),
        other => format!("{other:?}"),
    }
}
