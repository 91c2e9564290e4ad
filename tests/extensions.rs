//! Extensions, held against what x509-parser reads of the same bytes: in our own vectors, and in the
//! third-party files where they are there.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

use certlens_core::{
    Certificate, DistributionPointName, Entry, Extension, ExtensionValue, GeneralName,
    GeneralNameKind, Object, Options, Password, Text, UnixTime,
};
use certlens_tests::corpora::where_they_are;
use certlens_tests::vector;
use x509_parser::extensions::{
    DistributionPointName as ParsedPoint, GeneralName as ParsedName, ParsedExtension,
};
use x509_parser::pem::parse_x509_pem;

#[test]
fn extensions_are_read_as_x509_parser_reads_them() {
    let (mut compared, mut differences) = (0, Vec::new());
    each_certificate(|path, entry, certificate| {
        let Ok((_, pem)) = parse_x509_pem(certificate.pem.as_bytes()) else {
            return;
        };
        let Ok(parsed) = pem.parse_x509() else {
            return;
        };
        for (ours, theirs) in certificate.extensions.iter().zip(parsed.extensions()) {
            // x509-parser reads on over a fault, and writes 2.48 and above as 3.8 and so on.
            let faulty = is_explained(entry, ours) || path_has(path, "fuzz-");
            let Some(value) = ours.value.as_ref().filter(|_| !faulty) else {
                continue;
            };
            assert_eq!(ours.oid, theirs.oid.to_id_string());
            if let Some((ours, theirs)) = facts(value, theirs.parsed_extension()) {
                compared += 1;
                if ours != theirs {
                    differences.push(format!(
                        "{} {}: {value:?}\n  ours {ours:?}\n  x509-parser {theirs:?}",
                        path.display(),
                        entry.path
                    ));
                }
            }
        }
    });
    println!("{compared} extensions compared");
    assert!(20 < compared, "only {compared} extensions were compared");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Of files that are not random: an extension that we claim to decode is told field by field, or a
/// finding says why it is not.
#[test]
fn what_is_decoded_in_one_file_is_decoded_or_explained_in_all() {
    let mut told = BTreeMap::<Text, usize>::new();
    let mut silent = BTreeMap::new();
    each_certificate(|path, entry, certificate| {
        for extension in &certificate.extensions {
            if extension.value.is_some() {
                *told.entry(extension.oid.clone()).or_default() += 1;
            } else if !is_explained(entry, extension) {
                silent.insert(extension.oid.clone(), path.to_owned());
            }
        }
    });
    println!("{} extensions told", told.values().sum::<usize>());
    silent.retain(|oid, _| told.contains_key(oid));
    assert!(30 < told.len() || where_they_are().is_none(), "{told:?}");
    assert!(silent.is_empty(), "{silent:#?}");
}

/// A log that is named after a year, or half of one, takes only certificates that end in it: so a name at
/// the wrong key would show. Zlint's certificates borrow their promises from others; so do those that were not
/// promised when they began.
#[test]
fn logs_named_after_a_year_took_certificates_that_end_in_it() {
    let mut compared = BTreeMap::<String, usize>::new();
    let mut differences = Vec::new();
    each_certificate(|path, _, certificate| {
        let values = certificate.extensions.iter().map(|it| it.value.as_ref());
        let is_made_up = path_has(path, "fuzz-") || path_has(path, "zlint");
        let (Some(start), Some(end), false) =
            (certificate.not_before, certificate.not_after, is_made_up)
        else {
            return;
        };
        for value in values.flatten() {
            let ExtensionValue::SignedCertificateTimestamps { timestamps } = value else {
                continue;
            };
            let is_old = |time: UnixTime| 7 * 86_400 < start.seconds().abs_diff(time.seconds());
            if timestamps.iter().any(|it| is_old(it.time)) {
                continue;
            }
            for log in timestamps.iter().filter_map(|it| it.log.as_ref()) {
                let Some((from, to)) = years_of(log) else {
                    continue;
                };
                *compared.entry(log.to_string()).or_default() += 1;
                if end < from || to < end {
                    differences.push(format!("{}: {log} took one until {end}", path.display()));
                }
            }
        }
    });
    println!("{compared:?}");
    assert!(15 < compared.len() || where_they_are().is_none());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// When certificates end that a log of this name takes: `Argon2025h1`. Some keep a month's distance from
/// the calendar's years.
fn years_of(log: &str) -> Option<(UnixTime, UnixTime)> {
    const MONTH: i64 = 31 * 86_400;
    let at = log.find("20")?;
    let year: i64 = log.get(at..at + 4)?.parse().ok()?;
    let start = |year, month| UnixTime::from_civil((year, month, 1), (0, 0, 0)).ok();
    let (from, to) = match log.get(at + 4..at + 6).map(str::to_lowercase).as_deref() {
        Some("h1") => (start(year, 1)?, start(year, 7)?),
        Some("h2") => (start(year, 7)?, start(year + 1, 1)?),
        _ => (start(year, 1)?, start(year + 1, 1)?),
    };
    let moved = |time: UnixTime, by| UnixTime::from_seconds(time.seconds() + by);
    Some((moved(from, -MONTH), moved(to, MONTH)))
}

fn is_explained(entry: &Entry, extension: &Extension) -> bool {
    entry.findings.iter().any(|finding| {
        let whole = extension.at.der;
        finding.id.starts_with("extension-")
            && finding
                .at
                .is_some_and(|at| whole.start <= at.der.start && at.der.end <= whole.end)
    })
}

fn path_has(path: &Path, part: &str) -> bool {
    path.to_string_lossy().contains(part)
}

/// The same facts of one extension as each of the two programs tells them. Names that x509-parser
/// refuses, and extensions that it does not decode, are not compared.
#[expect(
    clippy::too_many_lines,
    reason = "one arm an extension; splitting hides the table"
)]
fn facts(
    ours: &ExtensionValue,
    theirs: &ParsedExtension<'_>,
) -> Option<(Vec<String>, Vec<String>)> {
    Some(match (ours, theirs) {
        (ExtensionValue::BasicConstraints(a), ParsedExtension::BasicConstraints(b)) => {
            pair([(a.ca, a.path_length)], [(b.ca, b.path_len_constraint)])
        }
        (
            ExtensionValue::ExtendedKeyUsage { purposes },
            ParsedExtension::ExtendedKeyUsage(theirs),
        ) => {
            let has = |oid: &str| purposes.iter().any(|purpose| purpose.oid == oid);
            let known = [
                ("2.5.29.37.0", theirs.any),
                ("1.3.6.1.5.5.7.3.1", theirs.server_auth),
                ("1.3.6.1.5.5.7.3.2", theirs.client_auth),
                ("1.3.6.1.5.5.7.3.3", theirs.code_signing),
                ("1.3.6.1.5.5.7.3.4", theirs.email_protection),
                ("1.3.6.1.5.5.7.3.8", theirs.time_stamping),
                ("1.3.6.1.5.5.7.3.9", theirs.ocsp_signing),
            ];
            let others = theirs.other.iter();
            pair(
                known
                    .iter()
                    .map(|(oid, _)| has(oid))
                    .chain(others.clone().map(|oid| has(&oid.to_id_string()))),
                known
                    .iter()
                    .map(|(_, is_set)| *is_set)
                    .chain(others.map(|_| true)),
            )
        }
        (
            ExtensionValue::SubjectAltName { names },
            ParsedExtension::SubjectAlternativeName(theirs),
        ) => compared_names(names, &theirs.general_names)?,
        (
            ExtensionValue::IssuerAltName { names },
            ParsedExtension::IssuerAlternativeName(theirs),
        ) => compared_names(names, &theirs.general_names)?,
        (
            ExtensionValue::SubjectKeyIdentifier { identifier },
            ParsedExtension::SubjectKeyIdentifier(theirs),
        ) => pair([identifier], [&hex(theirs.0)]),
        (
            ExtensionValue::AuthorityKeyIdentifier {
                identifier, issuer, ..
            },
            ParsedExtension::AuthorityKeyIdentifier(theirs),
        ) => pair(
            [(identifier.clone(), issuer.len())],
            [(
                theirs.key_identifier.as_ref().map(|it| hex(it.0)),
                theirs.authority_cert_issuer.as_ref().map_or(0, Vec::len),
            )],
        ),
        (
            ExtensionValue::CertificatePolicies { policies },
            ParsedExtension::CertificatePolicies(theirs),
        ) => pair(
            policies
                .iter()
                .map(|it| (it.policy.oid.clone(), it.qualifiers.len())),
            theirs.iter().map(|it| {
                let qualifiers = it.policy_qualifiers.as_ref().map_or(0, Vec::len);
                (it.policy_id.to_id_string(), qualifiers)
            }),
        ),
        (ExtensionValue::PolicyMappings { mappings }, ParsedExtension::PolicyMappings(theirs)) => {
            pair(
                mappings
                    .iter()
                    .map(|it| (it.issuer_domain.oid.clone(), it.subject_domain.oid.clone())),
                theirs.mappings.iter().map(|it| {
                    (
                        it.issuer_domain_policy.to_id_string(),
                        it.subject_domain_policy.to_id_string(),
                    )
                }),
            )
        }
        (ExtensionValue::PolicyConstraints(a), ParsedExtension::PolicyConstraints(b)) => pair(
            [a.require_explicit_policy, a.inhibit_policy_mapping],
            [
                b.require_explicit_policy.map(u64::from),
                b.inhibit_policy_mapping.map(u64::from),
            ],
        ),
        (
            ExtensionValue::InhibitAnyPolicy { skip_certificates },
            ParsedExtension::InhibitAnyPolicy(theirs),
        ) => pair([*skip_certificates], [u64::from(theirs.skip_certs)]),
        (
            ExtensionValue::AuthorityInfoAccess { descriptions },
            ParsedExtension::AuthorityInfoAccess(theirs),
        ) => {
            let methods = pair(
                descriptions.iter().map(|it| it.method.oid.clone()),
                theirs.iter().map(|it| it.access_method.to_id_string()),
            );
            let names: Vec<_> = descriptions.iter().map(|it| it.location.clone()).collect();
            let locations: Vec<_> = theirs.iter().map(|it| it.access_location.clone()).collect();
            let (a, b) = compared_names(&names, &locations)?;
            ([methods.0, a].concat(), [methods.1, b].concat())
        }
        (
            ExtensionValue::CrlDistributionPoints { points },
            ParsedExtension::CRLDistributionPoints(theirs),
        ) => {
            let names: Vec<_> = points
                .iter()
                .flat_map(|it| match &it.name {
                    Some(DistributionPointName::Full { names }) => names.clone(),
                    _ => Vec::new(),
                })
                .collect();
            let parsed: Vec<_> = theirs
                .points
                .iter()
                .flat_map(|it| match &it.distribution_point {
                    Some(ParsedPoint::FullName(names)) => names.clone(),
                    _ => Vec::new(),
                })
                .collect();
            compared_names(&names, &parsed)?
        }
        (ExtensionValue::NameConstraints(a), ParsedExtension::NameConstraints(b)) => {
            let sides = [
                (&a.permitted, &b.permitted_subtrees),
                (&a.excluded, &b.excluded_subtrees),
            ];
            let mut all = (Vec::new(), Vec::new());
            for (ours, theirs) in sides {
                let ours: Vec<_> = ours.iter().map(|it| it.base.clone()).collect();
                let theirs: Vec<_> = theirs.iter().flatten().map(|it| it.base.clone()).collect();
                let (a, b) = compared_names(&ours, &theirs)?;
                all.0.extend(a);
                all.1.extend(b);
            }
            all
        }
        _ => return None,
    })
}

/// Only names of kinds that both tell alike, and no list that x509-parser cut short.
fn compared_names(
    ours: &[GeneralName],
    theirs: &[ParsedName<'_>],
) -> Option<(Vec<String>, Vec<String>)> {
    if theirs
        .iter()
        .any(|name| matches!(name, ParsedName::Invalid(..)))
    {
        return None;
    }
    let plain = |name: &GeneralName| match name.kind {
        GeneralNameKind::Dns | GeneralNameKind::Email | GeneralNameKind::Uri => name.value.clone(),
        _ => String::new(),
    };
    let parsed = |name: &ParsedName<'_>| match name {
        ParsedName::DNSName(text) | ParsedName::RFC822Name(text) | ParsedName::URI(text) => {
            (*text).to_owned()
        }
        _ => String::new(),
    };
    Some(pair(ours.iter().map(plain), theirs.iter().map(parsed)))
}

fn pair<A: Debug, B: Debug>(
    ours: impl IntoIterator<Item = A>,
    theirs: impl IntoIterator<Item = B>,
) -> (Vec<String>, Vec<String>) {
    (
        ours.into_iter().map(|it| format!("{it:?}")).collect(),
        theirs.into_iter().map(|it| format!("{it:?}")).collect(),
    )
}

fn hex(octets: &[u8]) -> String {
    let digits = octets.iter().flat_map(|octet| [octet >> 4, octet & 15]);
    let digits = digits.filter_map(|digit| char::from_digit(u32::from(digit), 16));
    digits.collect()
}

/// Every certificate of our vectors, and of the third-party files where they are there.
fn each_certificate(mut check: impl FnMut(&Path, &Entry, &Certificate)) {
    let mut files = Vec::new();
    collect(&vector(""), &mut files);
    match where_they_are() {
        Some(corpora) => collect(&corpora, &mut files),
        None => println!("SKIPPED: the third-party files (../shared/corpora) are not here"),
    }
    let passwords: Vec<Password> = ["changeit", "secret"].map(Password::from).into();
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    for file in files {
        let bytes = fs::read(&file).expect("a file can be read");
        let now = Some(UnixTime::from_seconds(1_795_000_000));
        let Ok(report) = certlens_core::inspect(&bytes, &options, now) else {
            continue;
        };
        for entry in &report.entries {
            if let Object::Certificate(certificate) = &entry.object {
                check(&file, entry, certificate);
            }
        }
    }
}

/// All files below, but keystores, whose seals cost time and whose certificates are no others.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    const SLOW: [&str; 4] = ["p12", "pfx", "jks", "jceks"];
    for path in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = path.path();
        let extension = path.extension().and_then(|it| it.to_str()).unwrap_or("");
        if path.is_dir() {
            collect(&path, files);
        } else if !SLOW.contains(&extension) {
            files.push(path);
        }
    }
}
