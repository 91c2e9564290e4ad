//! What issuers must have done: the findings that a strict profile refuses a path for.

use super::certificate::Link;
use super::names::Base;
use super::rules::Profile;
use crate::asn1::Tag;
use crate::origin::Origin;
use crate::report::Text;
use crate::x509::{attributes, certificate};

/// What a certificate is in its path, as far as the browsers' rules tell certificates apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// The anchor.
    Root,
    /// The certificate of a TLS server or client.
    Subscriber,
    /// Any other.
    Other,
}

/// What an issuer did wrong, and where the rule is written.
pub(super) type Fault = (String, Text);

/// What is wrong with a certificate by the rules of a profile.
pub(super) fn faults(link: &Link<'_>, profile: Profile, kind: Kind) -> Vec<Fault> {
    let mut found = Vec::new();
    if let Ok((_, findings)) = certificate(link.der, &Origin::input(), None) {
        for finding in findings {
            let id = &*finding.id;
            let counts = MUST.contains(&id)
                || match profile {
                    Profile::Strict => RFC_5280.contains(&id),
                    Profile::Webpki => BROWSERS.contains(&id),
                    _ => false,
                };
            if counts {
                let what = finding.what.trim_end_matches('.').to_owned();
                found.push((format!("{}: {what}", finding.title), finding.citation));
            }
        }
    }
    let constraints = link.name_constraints.iter();
    let mut trees = constraints.flat_map(|all| all.permitted.iter().chain(&all.excluded));
    if trees.any(|tree| matches!(tree.shape, Base::BelowDns(_))) {
        let what = "a constraint on host names begins with a dot".to_owned();
        found.push((what, "RFC 5280, 4.2.1.10".into()));
    }
    if profile == Profile::Webpki {
        browsers(link, kind, &mut found);
    }
    found
}

/// What the browsers' rules add (CA/Browser Forum, Baseline Requirements, 7.1.2).
fn browsers(link: &Link<'_>, kind: Kind, found: &mut Vec<Fault>) {
    let mut add = |what: &str, section: &str| {
        found.push((
            what.to_owned(),
            format!("CA/Browser Forum BR, {section}").into(),
        ));
    };
    let key_identifier = link.spine.extension(&[0x55, 0x1d, 35]);
    let fields = key_identifier.and_then(|extension| extension.value.reader().any().ok());
    if let Some(fields) = fields {
        let mut reader = fields.reader();
        let others = std::iter::from_fn(|| reader.any().ok())
            .any(|field| field.tag != Tag::context_primitive(0));
        if others || link.authority_key.is_none() {
            add(
                "its issuer's key is not named by its identifier alone",
                "7.1.2.11.1",
            );
        }
        let own = kind == Kind::Root && link.is_self_issued();
        if own && link.authority_key.is_some() && link.subject_key != link.authority_key {
            add(
                "it names another key than its own as its issuer's",
                "7.1.2.1.3",
            );
        }
    }
    if kind == Kind::Root && link.is_self_issued() && link.purposes.is_some() {
        add("a root states purposes", "7.1.2.1.2");
    }
    if kind != Kind::Subscriber {
        return;
    }
    if link.is_authority() {
        add("a server certificate is an authority", "7.1.2.7.6");
    }
    let critical = |oid: &[u8]| link.spine.extension(oid).is_some_and(|it| it.critical);
    if critical(&[0x55, 0x1d, 37]) {
        add("its purposes are critical", "7.1.2.7.6");
    }
    if critical(&[0x55, 0x1d, 17]) && !link.subject.is_empty() {
        add(
            "its names are critical, although it has a subject",
            "7.1.2.7.12",
        );
    }
    if link
        .purposes
        .iter()
        .flatten()
        .any(|purpose| *purpose == [0x55, 0x1d, 37, 0])
    {
        add("it is for any purpose", "7.1.2.7.10");
    }
    let names = link.alternative_names.as_deref().unwrap_or_default();
    for attribute in attributes(&link.spine.subject) {
        if attribute.oid != [0x55, 4, 3] {
            continue;
        }
        let common = crate::asn1::text(&attribute.value);
        let listed = names.iter().any(|name| match name.tag {
            tag if tag == Tag::context_primitive(2) => {
                common.as_bytes().eq_ignore_ascii_case(name.contents)
            }
            tag if tag == Tag::context_primitive(7) => {
                crate::x509::address(name.contents) == common
            }
            _ => false,
        });
        if !listed {
            add(
                "its common name is not among its alternative names",
                "7.1.4.3",
            );
        }
    }
}

/// Findings that either profile refuses: RFC 5280 says MUST of issuers, and the browsers' rules agree.
const MUST: &[&str] = &[
    "address-length",
    "any-policy-mapped",
    "authority-extension-in-leaf",
    "authority-may-not-sign",
    "authority-without-name",
    "curve-generator-altered",
    "curve-missing",
    "curve-spelt-out",
    "dns-name-form",
    "extension-empty",
    "extension-malformed",
    "extension-must-not-be-critical",
    "extension-repeated",
    "extension-trailing-bytes",
    "extensions-empty",
    "extensions-without-version-3",
    "general-name-empty",
    "general-name-unknown",
    "issuer-key-identifier-incomplete",
    "issuer-key-identifier-missing",
    "key-identifier-missing",
    "key-length",
    "key-malformed",
    "key-unused-bits",
    "key-usage-empty",
    "length-indefinite",
    "length-not-minimal",
    "name-constraint-address",
    "name-constraint-form",
    "name-constraint-list-empty",
    "name-constraint-range",
    "name-malformed",
    "name-not-ascii",
    "no-issuer",
    "path-length-negative",
    "path-length-without-ca",
    "point-not-on-curve",
    "policy-count-negative",
    "policy-repeated",
    "rsa-exponent",
    "rsa-modulus",
    "rsa-roca",
    "rsa-small-factor",
    "serial-negative",
    "serial-not-minimal",
    "serial-too-long",
    "serial-zero",
    "signature-algorithms-differ",
    "signature-malformed",
    "signature-parameters",
    "signature-unused-bits",
    "signs-without-being-ca",
    "time-form",
    "time-type",
    "time-unreadable",
    "unique-identifier-in-version-1",
    "unknown-field",
    "validity-reversed",
    "version-unknown",
];

/// Findings that RFC 5280 alone is strict about.
const RFC_5280: &[&str] = &[
    "extension-must-be-critical",
    "distribution-point-incomplete",
];

/// Findings that the browsers' rules alone are strict about.
const BROWSERS: &[&str] = &[
    "dns-name-wildcard",
    "dsa-key",
    "rsa-odd-size",
    "unique-identifier",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_named_here_exists() {
        let all: Vec<&str> = crate::rules().map(|rule| rule.id).collect();
        for id in MUST.iter().chain(RFC_5280).chain(BROWSERS) {
            assert!(all.contains(id), "{id}");
        }
        assert!(MUST.is_sorted());
    }
}
