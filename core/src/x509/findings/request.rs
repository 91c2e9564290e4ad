//! Certificate requests.

use crate::error::Error;
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::schema::grammar;
use crate::x509::attribute::{CHALLENGE_PASSWORD, EXTENSION_REQUEST, MICROSOFT_EXTENSION_REQUEST};
use crate::x509::findings::{
    alternative_names, encoding, extensions, facts, keys, names, signature,
};
use crate::x509::request::RequestSpine;
use crate::x509::spine::ExtensionSpine;

pub(crate) const RULES: &[Rule] = &[
    VERSION,
    NO_ATTRIBUTES,
    REPEATED,
    VALUES,
    ATTRIBUTE_UNREADABLE,
    EXTENSION_UNREADABLE,
    TRAILING,
    CHALLENGE,
    NO_NAME,
    NO_EXTENSIONS,
];

const VERSION: Rule = Rule {
    id: "request-version",
    severity: Severity::Error,
    title: "A version that requests do not have",
    why: "There is one version, encoded as 0; strict authorities refuse any other.",
    fix: "Make the request again with other software.",
    citation: "RFC 2986, 4.1",
};

const NO_ATTRIBUTES: Rule = Rule {
    id: "request-without-attributes-field",
    severity: Severity::Warning,
    title: "The field for attributes is left out",
    why: "It must be there even when it is empty; strict authorities refuse the request.",
    fix: "Make the request again with software that writes an empty field.",
    citation: "RFC 2986, 4.1",
};

const REPEATED: Rule = Rule {
    id: "request-attribute-repeated",
    severity: Severity::Warning,
    title: "An attribute stands there twice",
    why: "It is not said which of them counts.",
    fix: "Make the request again, each attribute once.",
    citation: "RFC 2986, 4.1; X.501, 8.2",
};

const VALUES: Rule = Rule {
    id: "request-attribute-values",
    severity: Severity::Warning,
    title: "An attribute does not have exactly one value",
    why: "Authorities take the first value, or refuse the request.",
    fix: "Make the request again with one value.",
    citation: "RFC 2985, 5.4",
};

const ATTRIBUTE_UNREADABLE: Rule = Rule {
    id: "request-attribute-unreadable",
    severity: Severity::Error,
    title: "An attribute cannot be read",
    why: "What it asks for, and what follows it, is not known.",
    fix: "Make the request again with other software.",
    citation: "RFC 2986, 4.1",
};

const EXTENSION_UNREADABLE: Rule = Rule {
    id: "request-extension-unreadable",
    severity: Severity::Error,
    title: "An extension that is asked for cannot be read",
    why: "The authority cannot grant it, nor what follows it.",
    fix: "Make the request again with other software.",
    citation: "RFC 2985, 5.4.2",
};

const TRAILING: Rule = Rule {
    id: "request-trailing-bytes",
    severity: Severity::Warning,
    title: "Bytes follow the request",
    why: "Strict software refuses such a file; lenient software ignores what it does not see.",
    fix: "Save the request again from its PEM.",
    citation: "X.690, 8.1",
};

const CHALLENGE: Rule = Rule {
    id: "request-challenge-open",
    severity: Severity::Notice,
    title: "The request holds a challenge password",
    why: "Whoever has this file can read it, and may be able to revoke the certificate with it.",
    fix: "Send the request to the authority alone, and do not reuse the password.",
    citation: "RFC 2985, 5.4.1",
};

const NO_NAME: Rule = Rule {
    id: "request-no-name",
    severity: Severity::Notice,
    title: "The request names nobody",
    why: "Unless the authority adds a name of its own, the certificate matches no host and nobody.",
    fix: "Make the request again with the host names as alternative names.",
    citation: "RFC 5280, 4.1.2.6",
};

const NO_EXTENSIONS: Rule = Rule {
    id: "request-extensions-empty",
    severity: Severity::Notice,
    title: "It asks for a list of extensions and names none",
    why: "The list holds at least one where it is there; strict authorities refuse the request.",
    fix: "Make the request again without the attribute, or with what is wanted.",
    citation: "RFC 2985, 5.4.2; RFC 5280, 4.1",
};

pub(crate) fn look(
    spine: &RequestSpine<'_>,
    asked: &[ExtensionSpine<'_>],
    broken_extension: Option<&Error>,
    der: &[u8],
    found: &mut Findings<'_>,
) {
    let surplus = der.len().saturating_sub(spine.request.raw.len());
    if surplus != 0 {
        found.add(&TRAILING, spine.request.end()..der.len(), || {
            format!("{surplus} more bytes stand after the end of the request.")
        });
    }
    if spine.version.contents != [0] {
        found.add(&VERSION, spine.version.range(), || {
            format!(
                "The version is encoded as {}.",
                crate::x509::key::decimal(spine.version.contents)
            )
        });
    }
    if spine.attributes_field.is_none() {
        found.add(&NO_ATTRIBUTES, spine.info.range(), || {
            "After the public key the request ends.".to_owned()
        });
    }
    if spine.subject.contents.is_empty() && !asked.iter().any(|one| one.oid == [0x55, 0x1d, 17]) {
        found.add(&NO_NAME, spine.subject.range(), || {
            "The subject is empty and no alternative names are asked for.".to_owned()
        });
    }
    names::name(
        "subject",
        &spine.subject,
        &facts::attributes(&spine.subject),
        found,
    );
    let named = asked.iter().find(|one| one.oid == [0x55, 0x1d, 17]);
    let list = named.and_then(|one| one.value.reader().any().ok());
    if let Some(list) = list {
        alternative_names::each("subjectAltName", &facts::elements(&list), found);
    }
    attributes(spine, found);
    if let Some(error) = broken_extension {
        let at = spine.attributes_field.as_ref().unwrap_or(&spine.info);
        found.add(&EXTENSION_UNREADABLE, at.range(), || format!("{error}."));
    }
    extensions::of_list(asked, found);
    extensions::of_request(asked, found);
    keys::of_key(&spine.public_key, found);
    signature::of_signature(&spine.signature_algorithm, &spine.signature, found);
    encoding::of_object("request", &spine.request, grammar::REQUEST, asked, found);
}

fn attributes(spine: &RequestSpine<'_>, found: &mut Findings<'_>) {
    if let (Some(error), Some(field)) = (&spine.broken_attribute, &spine.attributes_field) {
        found.add(&ATTRIBUTE_UNREADABLE, field.range(), || format!("{error}."));
    }
    for (index, one) in spine.attributes.iter().enumerate() {
        let shown = || crate::oids::name(&one.oid).unwrap_or(&one.oid);
        let mut before = spine.attributes.iter().take(index);
        if before.any(|before| before.oid == one.oid) {
            found.add(&REPEATED, one.whole.range(), || {
                format!("The attribute {} occurs more than once.", shown())
            });
        }
        let single = [
            CHALLENGE_PASSWORD,
            EXTENSION_REQUEST,
            MICROSOFT_EXTENSION_REQUEST,
        ];
        let asks = [EXTENSION_REQUEST, MICROSOFT_EXTENSION_REQUEST].contains(&one.oid.as_str());
        if asks && one.values.values().any(|list| list.raw == [0x30, 0]) {
            found.add(&NO_EXTENSIONS, one.whole.range(), || {
                format!("The attribute {} holds an empty list.", shown())
            });
        }
        let mut values = one.values.reader();
        let count = std::iter::from_fn(|| values.any().ok()).count();
        if single.contains(&one.oid.as_str()) && count != 1 {
            found.add(&VALUES, one.whole.range(), || {
                format!("The attribute {} has {count} values.", shown())
            });
        }
        if one.oid == CHALLENGE_PASSWORD {
            found.add(&CHALLENGE, one.whole.range(), || {
                "The attribute challengePassword is there, in the open.".to_owned()
            });
        }
    }
}
