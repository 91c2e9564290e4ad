//! What the certificate may be used for.

use crate::report::Severity;
use crate::rule::{Findings, Rule};
use crate::x509::findings::facts::{Facts, KEY_USAGE, KeyUsage, SERVER_AUTHENTICATION};

pub(crate) const RULES: &[Rule] = &[SERVER_WITHOUT_NAMES, SIGNS_WITHOUT_BEING_CA];

const SERVER_WITHOUT_NAMES: Rule = Rule {
    id: "server-without-names",
    severity: Severity::Warning,
    title: "A server certificate without alternative names",
    why: "Current software looks at the alternative names alone, so it matches no host.",
    fix: "Have it reissued with the host names as alternative names.",
    citation: "RFC 9525, 6.1",
};

const SIGNS_WITHOUT_BEING_CA: Rule = Rule {
    id: "signs-without-being-ca",
    severity: Severity::Warning,
    title: "May sign certificates, yet is no authority",
    why: "Certificates that it issues are refused.",
    fix: "Have it reissued with basicConstraints CA, or without that key usage.",
    citation: "RFC 5280, 4.2.1.3",
};

pub(crate) fn look(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let nameless = facts.alternative_names.as_ref().is_none_or(Vec::is_empty);
    if facts.has_purpose(SERVER_AUTHENTICATION) && nameless && !facts.is_ca() {
        found.add(&SERVER_WITHOUT_NAMES, facts.spine.subject.range(), || {
            "There is no subjectAltName, only the common name.".to_owned()
        });
    }
    if let (Some(usage), Some(extension)) = (facts.key_usage, facts.extension(KEY_USAGE))
        && usage.any(KeyUsage::CERTIFICATE_SIGNING)
        && !facts.is_ca()
    {
        found.add(&SIGNS_WITHOUT_BEING_CA, extension.whole.range(), || {
            "keyUsage allows certificate signing, basicConstraints does not name an authority."
                .to_owned()
        });
    }
}
