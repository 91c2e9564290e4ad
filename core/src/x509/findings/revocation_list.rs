//! Revocation lists.

use std::collections::HashSet;
use std::ops::Range;

use crate::asn1::{Tag, instant, latin};
use crate::hex::hex;
use crate::report::{RevocationReason, Severity};
use crate::rule::{Findings, Rule};
use crate::schema::grammar;
use crate::x509::findings::{encoding, extensions, facts, names, signature};
use crate::x509::revocation_list::{
    AUTHORITY_KEY_IDENTIFIER, CERTIFICATE_ISSUER, CRL_NUMBER, DELTA_CRL_INDICATOR,
    ISSUING_DISTRIBUTION_POINT, ListSpine, REASON_CODE, RevokedSpine,
};
use crate::x509::{serial, spine::extension_list};

pub(crate) const RULES: &[Rule] = &[
    VERSION,
    EXTENSIONS_IN_VERSION_1,
    NO_NEXT_UPDATE,
    TIME_UNREADABLE,
    TIME_FORM,
    TIME_TYPE,
    REVERSED,
    NO_ISSUER,
    NO_NUMBER,
    NO_AUTHORITY_KEY,
    NOT_CRITICAL,
    SCOPE,
    EMPTY,
    TWICE,
    ENTRY_UNREADABLE,
    EXTENSION_UNREADABLE,
    ENTRY_CRITICAL,
    ENTRY_REPEATS,
    REASON,
    REMOVED,
    ISSUER_IN_DIRECT,
    UNKNOWN_FIELD,
    TRAILING,
];

/// Entries that are remembered to find one that stands there twice. Stops a list of millions from
/// taking their memory a second time.
const MAX_COMPARED: usize = 100_000;

const VERSION: Rule = Rule {
    id: "crl-version",
    severity: Severity::Error,
    title: "A version that revocation lists do not have",
    why: "Version 2, encoded as 1, is the only one that is written; software refuses others.",
    fix: "Ask the issuer for a list of version 2.",
    citation: "RFC 5280, 5.1.2.1",
};

const EXTENSIONS_IN_VERSION_1: Rule = Rule {
    id: "crl-extensions-in-version-1",
    severity: Severity::Error,
    title: "Extensions in a list of version 1",
    why: "Only version 2 has extensions; software refuses the list or ignores them.",
    fix: "Ask the issuer for a list of version 2.",
    citation: "RFC 5280, 5.1.2.1",
};

const NO_NEXT_UPDATE: Rule = Rule {
    id: "crl-without-next-update",
    severity: Severity::Warning,
    title: "The list does not say when the next one comes",
    why: "Nobody can tell whether it is still the newest one, and most software refuses it.",
    fix: "Ask the issuer for a list with nextUpdate.",
    citation: "RFC 5280, 5.1.2.5",
};

const TIME_UNREADABLE: Rule = Rule {
    id: "crl-time-unreadable",
    severity: Severity::Error,
    title: "A time of the list names no instant",
    why: "The list cannot be judged by its dates, and software refuses it.",
    fix: "Ask the issuer for another list.",
    citation: "RFC 5280, 5.1.2.4",
};

const TIME_FORM: Rule = Rule {
    id: "crl-time-form",
    severity: Severity::Warning,
    title: "A time of the list has a form that is not allowed",
    why: "Strict software refuses it.",
    fix: "Ask the issuer for another list.",
    citation: "RFC 5280, 5.1.2.4",
};

const TIME_TYPE: Rule = Rule {
    id: "crl-time-type",
    severity: Severity::Warning,
    title: "A time of the list before 2050 is a GeneralizedTime",
    why: "Up to 2049 it must be a UTCTime; strict software refuses any other.",
    fix: "Ask the issuer to update its software.",
    citation: "RFC 5280, 5.1.2.4",
};

const REVERSED: Rule = Rule {
    id: "crl-times-reversed",
    severity: Severity::Error,
    title: "The next list comes before this one",
    why: "There is no instant at which the list is current.",
    fix: "Ask the issuer for another list.",
    citation: "RFC 5280, 5.1.2.5",
};

const NO_ISSUER: Rule = Rule {
    id: "crl-no-issuer",
    severity: Severity::Error,
    title: "The list names no issuer",
    why: "It cannot be said whose certificates it revokes.",
    fix: "Ask the issuer for another list.",
    citation: "RFC 5280, 5.1.2.3",
};

const NO_NUMBER: Rule = Rule {
    id: "crl-without-number",
    severity: Severity::Notice,
    title: "The list has no number",
    why: "Which of two lists is the newer one can be told by their dates alone.",
    fix: "Ask the issuer to number its lists.",
    citation: "RFC 5280, 5.2.3",
};

const NO_AUTHORITY_KEY: Rule = Rule {
    id: "crl-without-authority-key",
    severity: Severity::Notice,
    title: "The list does not name the key that signed it",
    why: "Software has to guess among the issuer's certificates after a change of key.",
    fix: "Ask the issuer to add the authority key identifier.",
    citation: "RFC 5280, 5.2.1",
};

const NOT_CRITICAL: Rule = Rule {
    id: "crl-extension-not-critical",
    severity: Severity::Warning,
    title: "An extension that must be critical is not",
    why: "Software that does not know it takes a part of the list for the whole.",
    fix: "Ask the issuer for another list.",
    citation: "RFC 5280, 5.2.4 and 5.2.5",
};

const SCOPE: Rule = Rule {
    id: "crl-scope-contradictory",
    severity: Severity::Warning,
    title: "A list that is for two kinds of certificates alone",
    why: "It can be about no certificate at all; software takes it for no list of any.",
    fix: "Ask the issuer for a list of each kind.",
    citation: "RFC 5280, 5.2.5",
};

const EMPTY: Rule = Rule {
    id: "crl-empty-sequence",
    severity: Severity::Warning,
    title: "An empty list of entries is written out",
    why: "Where nothing is revoked the field must be absent; strict software refuses it.",
    fix: "Ask the issuer to update its software.",
    citation: "RFC 5280, 5.1.2.6",
};

const TWICE: Rule = Rule {
    id: "crl-entry-repeated",
    severity: Severity::Warning,
    title: "A certificate is revoked twice",
    why: "It is not said which date and reason count.",
    fix: "Ask the issuer for another list.",
    citation: "X.509, 7.3",
};

const ENTRY_UNREADABLE: Rule = Rule {
    id: "crl-entry-unreadable",
    severity: Severity::Error,
    title: "An entry of the list cannot be read",
    why: "What follows it is not known, and software refuses the list.",
    fix: "Fetch the list again, or ask the issuer for another one.",
    citation: "RFC 5280, 5.1.2.6",
};

const EXTENSION_UNREADABLE: Rule = Rule {
    id: "crl-extension-unreadable",
    severity: Severity::Error,
    title: "An extension of the list cannot be read",
    why: "What it says, and what follows it, is not known.",
    fix: "Fetch the list again, or ask the issuer for another one.",
    citation: "RFC 5280, 5.1.2.7",
};

const ENTRY_CRITICAL: Rule = Rule {
    id: "crl-entry-unknown-critical-extension",
    severity: Severity::Notice,
    title: "An entry has a critical extension that is not known here",
    why: "Software that does not know it must refuse the whole list.",
    fix: "Check that the software which uses the list knows this extension.",
    citation: "RFC 5280, 5.3",
};

const ENTRY_REPEATS: Rule = Rule {
    id: "crl-entry-extension-repeated",
    severity: Severity::Error,
    title: "An extension stands twice in an entry",
    why: "It is not said which of them counts; strict software refuses the list.",
    fix: "Ask the issuer for another list.",
    citation: "RFC 5280, 4.2 and 5.3",
};

const REASON: Rule = Rule {
    id: "crl-reason-unknown",
    severity: Severity::Warning,
    title: "A reason that has no meaning",
    why: "Why the certificate was revoked cannot be told.",
    fix: "Ask the issuer for another list.",
    citation: "RFC 5280, 5.3.1",
};

const REMOVED: Rule = Rule {
    id: "crl-removal-in-full-list",
    severity: Severity::Warning,
    title: "A removal stands in a list that is no delta list",
    why: "Entries are taken back in delta lists alone; some software takes it for a revocation.",
    fix: "Ask the issuer for another list.",
    citation: "RFC 5280, 5.3.1",
};

const ISSUER_IN_DIRECT: Rule = Rule {
    id: "crl-issuer-in-direct-list",
    severity: Severity::Warning,
    title: "An entry names an issuer in a list that is not indirect",
    why: "Software that trusts the list's scope revokes a certificate of the wrong issuer.",
    fix: "Ask the issuer for another list.",
    citation: "RFC 5280, 5.3.3",
};

const UNKNOWN_FIELD: Rule = Rule {
    id: "crl-unknown-field",
    severity: Severity::Error,
    title: "A field that no version of a revocation list has",
    why: "Software that follows the standard refuses the list.",
    fix: "Ask the issuer for another list.",
    citation: "RFC 5280, 5.1",
};

const TRAILING: Rule = Rule {
    id: "crl-trailing-bytes",
    severity: Severity::Warning,
    title: "Bytes follow the list",
    why: "Strict software refuses such a file; lenient software ignores what it does not see.",
    fix: "Fetch the list again.",
    citation: "X.690, 8.1",
};

/// Looks at the whole list once, and counts its entries.
pub(crate) fn look(spine: &ListSpine<'_>, der: &[u8], found: &mut Findings<'_>) -> u64 {
    header(spine, der, found);
    times(spine, found);
    list_extensions(spine, found);
    signature::of_pair(&spine.inner_algorithm, &spine.signature_algorithm, found);
    signature::of_signature(&spine.signature_algorithm, &spine.signature, found);
    let count = entries(spine, found);
    encoding::of_object(
        "list",
        &spine.list,
        grammar::REVOCATION_LIST,
        &spine.extensions,
        found,
    );
    count
}

fn header(spine: &ListSpine<'_>, der: &[u8], found: &mut Findings<'_>) {
    let surplus = der.len().saturating_sub(spine.list.raw.len());
    if surplus != 0 {
        found.add(&TRAILING, spine.list.end()..der.len(), || {
            format!("{surplus} more bytes stand after the end of the list.")
        });
    }
    if let Some(surplus) = &spine.surplus {
        found.add(&UNKNOWN_FIELD, surplus.range(), || {
            format!(
                "{} stands after the known fields of tbsCertList.",
                surplus.tag
            )
        });
    }
    if let Some(version) = spine.version.filter(|version| version.contents != [1]) {
        found.add(&VERSION, version.range(), || {
            format!(
                "The version is encoded as {}.",
                crate::x509::key::decimal(version.contents)
            )
        });
    }
    if spine.issuer.contents.is_empty() {
        found.add(&NO_ISSUER, spine.issuer.range(), || {
            "The issuer name holds no attribute.".to_owned()
        });
    }
    let issuer = facts::attributes(&spine.issuer);
    names::name("issuer", &spine.issuer, &issuer, found);
    if spine
        .revoked
        .is_some_and(|revoked| revoked.contents.is_empty())
    {
        let at = spine.revoked.as_ref().unwrap_or(&spine.tbs);
        found.add(&EMPTY, at.range(), || {
            "revokedCertificates is there and holds nothing.".to_owned()
        });
    }
}

fn times(spine: &ListSpine<'_>, found: &mut Findings<'_>) {
    let fields = [
        ("thisUpdate", Some(&spine.this_update)),
        ("nextUpdate", spine.next_update.as_ref()),
    ];
    for (field, element) in fields {
        let Some((element, instant)) = element.and_then(|one| Some((one, instant(one)?))) else {
            continue;
        };
        let text = &instant.text;
        match instant.time {
            Err(reason) => found.add(&TIME_UNREADABLE, element.range(), || {
                format!("{field} is {text:?}: {reason}.")
            }),
            Ok(time) if instant.canonical => {
                let early = (1950..2050).contains(&time.date().0);
                if early && element.tag == Tag::GENERALIZED_TIME {
                    found.add(&TIME_TYPE, element.range(), || {
                        format!("{field} is {text:?} of type GeneralizedTime.")
                    });
                }
            }
            Ok(_) => found.add(&TIME_FORM, element.range(), || {
                format!(
                    "{field} is {text:?}; seconds and a Z are required, fractions are not allowed."
                )
            }),
        }
    }
    match spine.next_update {
        None => found.add(&NO_NEXT_UPDATE, spine.this_update.range(), || {
            "There is no nextUpdate after thisUpdate.".to_owned()
        }),
        Some(_) => {
            if let (Some(this), Some(next)) = spine.times()
                && next < this
            {
                found.add(&REVERSED, spine.this_update.range(), || {
                    format!("This list is of {this}, the next one is announced for {next}.")
                });
            }
        }
    }
}

fn list_extensions(spine: &ListSpine<'_>, found: &mut Findings<'_>) {
    extensions::of_list(&spine.extensions, found);
    if let Some(error) = &spine.broken_extension {
        found.add(&EXTENSION_UNREADABLE, spine.tbs.range(), || {
            format!("{error}.")
        });
    }
    if spine.version.is_none() {
        if let Some(first) = spine.extensions.first() {
            found.add(&EXTENSIONS_IN_VERSION_1, first.whole.range(), || {
                format!("There are {} extensions.", spine.extensions.len())
            });
        }
        return;
    }
    if spine.extension(CRL_NUMBER).is_none() {
        found.add(&NO_NUMBER, spine.tbs.range(), || {
            "There is no cRLNumber extension.".to_owned()
        });
    }
    let named = spine.value(AUTHORITY_KEY_IDENTIFIER);
    if spine.extension(AUTHORITY_KEY_IDENTIFIER).is_none() {
        found.add(&NO_AUTHORITY_KEY, spine.tbs.range(), || {
            "There is no authorityKeyIdentifier extension.".to_owned()
        });
    } else if let Some(named) = named.filter(|named| named.contents.is_empty()) {
        found.add(&NO_AUTHORITY_KEY, named.range(), || {
            "The authorityKeyIdentifier extension is empty.".to_owned()
        });
    }
    for (oid, name) in [
        (DELTA_CRL_INDICATOR, "deltaCRLIndicator"),
        (ISSUING_DISTRIBUTION_POINT, "issuingDistributionPoint"),
    ] {
        if let Some(extension) = spine.extension(oid).filter(|one| !one.critical) {
            found.add(&NOT_CRITICAL, extension.whole.range(), || {
                format!("{name} is there and not critical.")
            });
        }
    }
    scope(spine, found);
}

/// `onlyContainsUserCerts`, `onlyContainsCACerts` and `onlyContainsAttributeCerts`: one of them at most.
fn scope(spine: &ListSpine<'_>, found: &mut Findings<'_>) {
    let Some(scope) = spine.value(ISSUING_DISTRIBUTION_POINT) else {
        return;
    };
    let only: Vec<&str> = scope
        .values()
        .filter(|field| field.contents != [0])
        .filter_map(|field| {
            let named = [
                (1, "onlyContainsUserCerts"),
                (2, "onlyContainsCACerts"),
                (5, "onlyContainsAttributeCerts"),
            ];
            let is = |number| field.tag == Tag::context_primitive(number);
            named.iter().find(|(number, _)| is(*number)).map(|it| it.1)
        })
        .collect();
    if 1 < only.len() {
        found.add(&SCOPE, scope.range(), || {
            format!("issuingDistributionPoint says {}.", only.join(" and "))
        });
    }
}

/// Extensions of one entry that are compared with each other.
const MAX_EXTENSIONS: usize = 64;

/// What is said of the entries: each thing once, of the first entry that does it.
struct Once<'a, 'b> {
    found: &'a mut Findings<'b>,
    said: Vec<&'static str>,
}

impl Once<'_, '_> {
    fn add(&mut self, rule: &Rule, at: Range<usize>, what: impl FnOnce() -> String) {
        if !self.said.contains(&rule.id) {
            self.said.push(rule.id);
            self.found.add(rule, at, what);
        }
    }
}

fn entries(spine: &ListSpine<'_>, found: &mut Findings<'_>) -> u64 {
    let mut once = Once {
        found,
        said: Vec::new(),
    };
    let mut seen: HashSet<(&[u8], &[u8])> = HashSet::new();
    let mut issuer: &[u8] = &[];
    let mut count = 0u64;
    let indirect = spine.is_indirect();
    for entry in spine.entries() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let at = error.offset()..spine.revoked.as_ref().unwrap_or(&spine.tbs).end();
                let what = || format!("After {count} entries: {error}.");
                once.add(&ENTRY_UNREADABLE, at.start.min(at.end)..at.end, what);
                break;
            }
        };
        count = count.saturating_add(1);
        if indirect && let Some(named) = entry.certificate_issuer() {
            issuer = named.raw;
        }
        if seen.len() < MAX_COMPARED && !seen.insert((issuer, entry.serial.contents)) {
            once.add(&TWICE, entry.whole.range(), || {
                format!(
                    "The serial number {} stands there again.",
                    serial(entry.serial.contents)
                )
            });
        }
        if instant(&entry.date).is_none_or(|instant| instant.time.is_err()) {
            once.add(&TIME_UNREADABLE, entry.date.range(), || {
                format!(
                    "The date of the entry {} is {:?}, which names no instant.",
                    serial(entry.serial.contents),
                    latin(entry.date.contents)
                )
            });
        }
        if entry.extensions.is_some() {
            entry_extensions(spine, &entry, indirect, &mut once);
        }
    }
    count
}

fn entry_extensions(
    spine: &ListSpine<'_>,
    entry: &RevokedSpine<'_>,
    indirect: bool,
    once: &mut Once<'_, '_>,
) {
    let shown = || serial(entry.serial.contents);
    if spine.version.is_none() {
        once.add(&EXTENSIONS_IN_VERSION_1, entry.whole.range(), || {
            format!("The entry {} has extensions.", shown())
        });
    }
    let (list, _) = entry
        .extensions
        .as_ref()
        .map(extension_list)
        .unwrap_or_default();
    let unknown = |oid: &[u8]| crate::oids::identified(oid).is_none_or(|it| it.name.is_none());
    if let Some(one) = list.iter().find(|one| one.critical && unknown(one.oid)) {
        once.add(&ENTRY_CRITICAL, one.whole.range(), || {
            format!("The entry {} has {}.", shown(), extensions::shown(one.oid))
        });
    }
    let repeated = list
        .iter()
        .enumerate()
        .take(MAX_EXTENSIONS)
        .find(|(index, one)| {
            let mut before = list.iter().take(*index);
            before.any(|before| before.oid == one.oid)
        });
    if let Some((_, one)) = repeated {
        once.add(&ENTRY_REPEATS, one.whole.range(), || {
            format!(
                "The entry {} has {} more than once; the first is shown.",
                shown(),
                extensions::shown(one.oid)
            )
        });
    }
    if !indirect && list.iter().any(|one| one.oid == CERTIFICATE_ISSUER) {
        once.add(&ISSUER_IN_DIRECT, entry.whole.range(), || {
            format!("The entry {} does.", shown())
        });
    }
    match entry.reason() {
        Some(RevocationReason::Unknown) => {
            once.add(&REASON, entry.whole.range(), || {
                let value = entry.value(REASON_CODE);
                let octets = value.map(|value| hex(value.contents)).unwrap_or_default();
                format!("The entry {} has the reason {octets}.", shown())
            });
        }
        Some(RevocationReason::RemoveFromCrl) if spine.extension(DELTA_CRL_INDICATOR).is_none() => {
            once.add(&REMOVED, entry.whole.range(), || {
                format!("The entry {} is one.", shown())
            });
        }
        _ => {}
    }
}
