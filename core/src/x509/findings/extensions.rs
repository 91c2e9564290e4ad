//! The extensions: which there are, and what each may say.

use crate::asn1::dotted;
use crate::hex::hex;
use crate::oids;
use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::findings::facts::Facts;

pub(crate) const RULES: &[Rule] = &[
    REPEATED,
    DEFAULT_WRITTEN,
    WITHOUT_VERSION_3,
    UNKNOWN_CRITICAL,
];

const REPEATED: Rule = Rule {
    id: "extension-repeated",
    severity: Severity::Error,
    title: "An extension stands there twice",
    why: "It is not said which of them counts.",
    fix: "Ask the issuer for another certificate.",
    citation: "RFC 5280, 4.2",
};

const DEFAULT_WRITTEN: Rule = Rule {
    id: "default-written",
    severity: Severity::Notice,
    title: "A default value is written out",
    why: "Strict software refuses encodings that are not DER.",
    fix: "Ask the issuer to update its software.",
    citation: "X.690, 11.5",
};

const WITHOUT_VERSION_3: Rule = Rule {
    id: "extensions-without-version-3",
    severity: Severity::Error,
    title: "Extensions in a certificate that is not of version 3",
    why: "Only version 3 has extensions; software refuses the certificate or ignores them.",
    fix: "Ask the issuer for a certificate of version 3.",
    citation: "RFC 5280, 4.1.2.9",
};

const UNKNOWN_CRITICAL: Rule = Rule {
    id: "unknown-critical-extension",
    severity: Severity::Notice,
    title: "A critical extension that is not known here",
    why: "Software that does not know it must refuse the certificate.",
    fix: "Check that the software which uses it knows this extension.",
    citation: "RFC 5280, 4.2",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let spine = facts.spine;
    for (index, extension) in spine.extensions.iter().enumerate() {
        let at = || extension.whole.range();
        let shown = || shown(extension.oid);
        let before = spine.extensions.iter().take(index);
        if before.into_iter().any(|before| before.oid == extension.oid) {
            found.add(&REPEATED, at(), || {
                format!(
                    "The extension {} occurs more than once; the first is shown in the overview.",
                    shown()
                )
            });
        }
        if extension.default_written {
            found.add(&DEFAULT_WRITTEN, at(), || {
                format!(
                    "The extension {} says critical FALSE, which DER leaves out.",
                    shown()
                )
            });
        }
        if extension.critical && dotted(extension.oid).is_none_or(|oid| oids::name(&oid).is_none())
        {
            found.add(&UNKNOWN_CRITICAL, at(), || {
                format!(
                    "The extension {} is critical and has no known name.",
                    shown()
                )
            });
        }
    }
    if !spine.extensions.is_empty() && spine.version_number() != 3 {
        let at = spine.version.as_ref().unwrap_or(&spine.tbs).range();
        found.add(&WITHOUT_VERSION_3, at, || {
            format!(
                "The version is {}, yet there are {} extensions.",
                spine.version_number(),
                spine.extensions.len()
            )
        });
    }
}

/// The name of an extension and its identifier: `key usage (2.5.29.15)`.
fn shown(oid: &[u8]) -> String {
    let Some(dotted) = dotted(oid) else {
        return format!("#{}", hex(oid));
    };
    match oids::name(&dotted) {
        Some(name) => format!("{name} ({dotted})"),
        None => dotted,
    }
}
