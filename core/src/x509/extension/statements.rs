//! What an extension says, in words: one statement a line.

use std::fmt::Write as _;

use crate::report::{
    AccessDescription, AddressFamily, Algorithm, AsIdentifiers, Attestation, AttestationFact,
    AttestationSecurity, AuthorizationList, BasicConstraints, BootState, DistributionPoint,
    DistributionPointName, ExtensionValue, GeneralName, GeneralSubtree, IssuingDistributionPoint,
    Logotype, LogotypePlace, NameConstraints, PolicyConstraints, PolicyInformation, PolicyMapping,
    PolicyQualifier, QualifiedStatement, Resource, Resources, RevocationReason,
    SignedCertificateTimestamp, StatementFact, Target, TlsFeature,
};
use crate::time::UnixTime;
use crate::x509::general_name::line;

/// What it says, one statement a line.
#[expect(
    clippy::too_many_lines,
    reason = "one arm an extension; splitting hides the table"
)]
pub(super) fn statements(value: &ExtensionValue) -> Vec<String> {
    let one = |text: &str| vec![text.to_owned()];
    match value {
        ExtensionValue::BasicConstraints(constraints) => basic_constraints(constraints),
        ExtensionValue::KeyUsage { uses } if uses.is_empty() => one("nothing"),
        ExtensionValue::KeyUsage { uses } => vec![joined(uses.iter().map(|it| it.name()))],
        ExtensionValue::ExtendedKeyUsage { purposes }
        | ExtensionValue::SmimeCapabilities {
            capabilities: purposes,
        } => vec![joined(purposes.iter().map(|it| &*it.name))],
        ExtensionValue::SubjectAltName { names } => vec![line(names)],
        ExtensionValue::IssuerAltName { names } | ExtensionValue::CertificateIssuer { names } => {
            vec![line(names)]
        }
        ExtensionValue::SecurityIdentifier { names } => {
            names.iter().map(|name| name.value.clone()).collect()
        }
        ExtensionValue::SubjectKeyIdentifier { identifier } => one(identifier),
        ExtensionValue::AuthorityKeyIdentifier {
            identifier,
            issuer,
            serial,
        } => authority_key(identifier.as_deref(), issuer, serial.as_deref()),
        ExtensionValue::NameConstraints(constraints) => name_constraints(constraints),
        ExtensionValue::CertificatePolicies { policies }
        | ExtensionValue::ApplicationPolicies { policies } => {
            let mut text = Vec::with_capacity(policies.len());
            for it in policies {
                policy(it, &mut text);
            }
            text
        }
        ExtensionValue::PolicyMappings { mappings }
        | ExtensionValue::ApplicationPolicyMappings { mappings } => {
            mappings.iter().map(mapping).collect()
        }
        ExtensionValue::PolicyConstraints(constraints)
        | ExtensionValue::ApplicationPolicyConstraints(constraints) => {
            policy_constraints(constraints)
        }
        ExtensionValue::InhibitAnyPolicy { skip_certificates } => {
            vec![format!("any policy ignored after {skip_certificates}")]
        }
        ExtensionValue::CrlDistributionPoints { points }
        | ExtensionValue::FreshestCrl { points } => points.iter().flat_map(point).collect(),
        ExtensionValue::AuthorityInfoAccess { descriptions }
        | ExtensionValue::SubjectInfoAccess { descriptions } => {
            descriptions.iter().map(access).collect()
        }
        ExtensionValue::SubjectDirectoryAttributes { attributes } => attributes
            .iter()
            .map(|it| format!("{}: {}", it.kind.name, it.values.join(", ")))
            .collect(),
        ExtensionValue::PrivateKeyUsagePeriod {
            not_before,
            not_after,
        } => period(*not_before, *not_after),
        ExtensionValue::CrlNumber { number } => one(number),
        ExtensionValue::Number { number } => vec![number_words(number)],
        ExtensionValue::DeltaCrlIndicator { base } => {
            vec![format!("changes since list {}", base)]
        }
        ExtensionValue::IssuingDistributionPoint(point) => issuing(point),
        ExtensionValue::ReasonCode { reason } => one(reason.words()),
        ExtensionValue::HoldInstruction { instruction } => vec![identified(instruction)],
        ExtensionValue::InvalidityDate { date: time }
        | ExtensionValue::Instant { time }
        | ExtensionValue::NextPublish { time } => vec![time.to_string()],
        ExtensionValue::ExpiredCertificatesOnCrl { since } => {
            vec![format!("keeps certificates that expired since {since}")]
        }
        ExtensionValue::SignedCertificateTimestamps { timestamps } => {
            timestamps.iter().map(timestamp).collect()
        }
        ExtensionValue::PrecertificatePoison => {
            one("a precertificate: made for transparency logs, not for use")
        }
        ExtensionValue::TlsFeature { features } => features.iter().map(feature).collect(),
        ExtensionValue::OcspNoCheck => one("the responder's certificate need not be checked"),
        ExtensionValue::NoRevocationAvailable => one("no revocation information is given"),
        ExtensionValue::QualifiedStatements { statements } => {
            statements.iter().flat_map(statement).collect()
        }
        ExtensionValue::OrganizationIdentifier(it) => {
            let state = it
                .state
                .as_ref()
                .map_or_else(String::new, |state| format!("+{state}"));
            vec![format!(
                "{}{}{state}-{}",
                it.scheme, it.country, it.reference
            )]
        }
        ExtensionValue::TemplateName { name } => vec![format!("template {name}")],
        ExtensionValue::Template(it) => {
            let mut text = vec![format!("template {}", identified(&it.template))];
            if let Some(major) = it.major {
                text.push(format!("version {major}.{}", it.minor.unwrap_or(0)));
            }
            text
        }
        ExtensionValue::CaVersion { certificate, key } => {
            vec![format!("certificate {certificate}, key {key}")]
        }
        ExtensionValue::PreviousCaCertificate { hash } => one(hash),
        ExtensionValue::NetscapeCertificateType { kinds } => vec![kinds.join(", ")],
        ExtensionValue::Text { text } => one(text),
        ExtensionValue::Identifier { identifier } => vec![identified(identifier)],
        ExtensionValue::Octets { octets } => one(octets),
        ExtensionValue::Marker => one("present"),
        ExtensionValue::AndroidAttestation(it) => attestation(it),
        ExtensionValue::AndroidProvisioning { facts } => facts.iter().map(fact).collect(),
        ExtensionValue::PushTopics { topics } => topics
            .iter()
            .map(|it| format!("{}: {}", it.topic, it.kinds.join(", ")))
            .collect(),
        ExtensionValue::TargetInformation { targets } => targets.iter().map(target).collect(),
        ExtensionValue::IpAddressBlocks { families } => families.iter().map(family).collect(),
        ExtensionValue::AsIdentifiers(it) => systems(it),
        ExtensionValue::Logotypes { logotypes } => logotypes.iter().flat_map(logotype).collect(),
        ExtensionValue::ProxyCertificate {
            path_length,
            language,
            policy,
        } => proxy(*path_length, language, policy.as_deref()),
        ExtensionValue::EntrustVersion { version, flags } => {
            let mut text = vec![format!("version {version}")];
            text.extend((!flags.is_empty()).then(|| flags.join(", ")));
            text
        }
    }
}

fn joined<'a>(words: impl Iterator<Item = &'a str> + Clone) -> String {
    let room = words.clone().map(|word| word.len() + 2);
    let mut text = String::with_capacity(room.sum());
    for (index, word) in words.enumerate() {
        if index != 0 {
            text.push_str(", ");
        }
        text.push_str(word);
    }
    text
}

/// `organisation validated (2.23.140.1.2.2)`, or the identifier alone.
fn identified(it: &Algorithm) -> String {
    if it.name == it.oid {
        it.oid.to_string()
    } else {
        [&*it.name, " (", &*it.oid, ")"].concat()
    }
}

/// Small numbers as people write them, long ones in hexadecimal.
fn number_words(number: &str) -> String {
    i64::from_str_radix(number, 16).map_or_else(|_| format!("0x{number}"), |it| it.to_string())
}

fn reason_words(reasons: &[RevocationReason]) -> String {
    joined(reasons.iter().map(|reason| reason.words()))
}

fn basic_constraints(constraints: &BasicConstraints) -> Vec<String> {
    let mut text = vec![
        if constraints.ca {
            "a certification authority"
        } else {
            "no certification authority"
        }
        .to_owned(),
    ];
    text.extend(
        constraints
            .path_length
            .map(|length| format!("at most {length} further authorities below it")),
    );
    text
}

fn authority_key(
    identifier: Option<&str>,
    issuer: &[GeneralName],
    serial: Option<&str>,
) -> Vec<String> {
    let mut text: Vec<String> = Vec::new();
    text.extend(identifier.map(|identifier| ["key ", identifier].concat()));
    text.extend((!issuer.is_empty()).then(|| format!("issuer {}", line(issuer))));
    text.extend(serial.map(|serial| format!("serial {serial}")));
    text
}

fn name_constraints(constraints: &NameConstraints) -> Vec<String> {
    let subtree = |word: &str, tree: &GeneralSubtree| {
        let levels = match (tree.minimum, tree.maximum) {
            (0, None) => String::new(),
            (minimum, None) => format!(", from level {minimum}"),
            (minimum, Some(maximum)) => format!(", from level {minimum} to {maximum}"),
        };
        format!("{word} {}{levels}", line(std::slice::from_ref(&tree.base)))
    };
    let permitted = constraints.permitted.iter();
    let excluded = constraints.excluded.iter();
    permitted
        .map(|tree| subtree("permitted", tree))
        .chain(excluded.map(|tree| subtree("excluded", tree)))
        .collect()
}

fn policy(policy: &PolicyInformation, text: &mut Vec<String>) {
    text.push(identified(&policy.policy));
    text.extend(policy.qualifiers.iter().map(|qualifier| match qualifier {
        PolicyQualifier::Statement { uri } => format!("practice statement {uri}"),
        PolicyQualifier::UserNotice {
            organization,
            numbers,
            text,
        } => {
            let mut notice = "notice".to_owned();
            if let Some(organization) = organization {
                let _ = write!(notice, " {} of {}", numbers.join(", "), organization.text);
            }
            if let Some(text) = text {
                notice.extend([": ", &text.text]);
            }
            notice
        }
        PolicyQualifier::Other { kind, der } => format!("{} #{der}", identified(kind)),
    }));
}

fn mapping(mapping: &PolicyMapping) -> String {
    format!(
        "{} is {}",
        identified(&mapping.issuer_domain),
        identified(&mapping.subject_domain)
    )
}

fn policy_constraints(constraints: &PolicyConstraints) -> Vec<String> {
    let mut text: Vec<String> = Vec::new();
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

fn point_name(name: &DistributionPointName) -> Vec<String> {
    match name {
        DistributionPointName::Full { names } => names.iter().map(place).collect(),
        DistributionPointName::Relative { name } => {
            vec![format!("relative to the CRL issuer: {}", name.text)]
        }
    }
}

/// A name of a place: an address speaks for itself.
fn place(name: &GeneralName) -> String {
    match name.kind {
        crate::report::GeneralNameKind::Uri => name.value.clone(),
        _ => line(std::slice::from_ref(name)),
    }
}

fn point(point: &DistributionPoint) -> Vec<String> {
    let mut text = point.name.as_ref().map(point_name).unwrap_or_default();
    if let Some(reasons) = &point.reasons {
        text.push(format!("for {}", reason_words(reasons)));
    }
    if !point.crl_issuer.is_empty() {
        text.push(format!("issued by {}", line(&point.crl_issuer)));
    }
    text
}

fn access(it: &AccessDescription) -> String {
    [&*it.method.name, " ", &*place(&it.location)].concat()
}

fn period(not_before: Option<UnixTime>, not_after: Option<UnixTime>) -> Vec<String> {
    let mut text: Vec<String> = Vec::new();
    text.extend(not_before.map(|time| format!("not before {time}")));
    text.extend(not_after.map(|time| format!("not after {time}")));
    text
}

fn issuing(it: &IssuingDistributionPoint) -> Vec<String> {
    let mut text = it.name.as_ref().map(point_name).unwrap_or_default();
    let flags = [
        (
            it.only_user_certificates,
            "certificates of end entities only",
        ),
        (it.only_ca_certificates, "certificates of authorities only"),
        (
            it.only_attribute_certificates,
            "attribute certificates only",
        ),
        (it.indirect, "certificates of other issuers too"),
    ];
    text.extend(
        flags
            .iter()
            .filter(|(set, _)| *set)
            .map(|(_, words)| (*words).to_owned()),
    );
    if let Some(reasons) = &it.only_reasons {
        text.push(format!("for {} only", reason_words(reasons)));
    }
    text
}

fn timestamp(it: &SignedCertificateTimestamp) -> String {
    // Most are shorter.
    let mut text = String::with_capacity(128);
    match (&it.operator, &it.log) {
        (Some(operator), Some(log)) if operator == log => text.extend(["log ", log]),
        (Some(operator), Some(log)) => text.extend(["log ", operator, " ", log]),
        _ => text.extend(["unknown log ", &it.log_id]),
    }
    let _ = write!(text, ", {}", it.time);
    // The Z moves behind the fraction.
    text.pop();
    let _ = write!(text, ".{:03}Z, ", it.milliseconds % 1000);
    text.extend([&*it.signature_algorithm, " with ", &*it.hash]);
    if let Some(index) = it.leaf_index {
        let _ = write!(text, ", entry {index}");
    }
    if it.version != 1 {
        let _ = write!(text, ", version {}", it.version);
    }
    text
}

fn feature(it: &TlsFeature) -> String {
    match &it.name {
        Some(name) => format!("the server must send: {name}"),
        None => format!("the server must send: TLS extension {}", it.number),
    }
}

fn statement(it: &QualifiedStatement) -> Vec<String> {
    let name = identified(&it.statement);
    let Some(fact) = &it.fact else {
        return vec![name];
    };
    match fact {
        StatementFact::Limit {
            currency,
            amount,
            exponent,
        } => vec![format!("{name}: {amount} · 10^{exponent} {currency}")],
        StatementFact::Retention { years } => vec![format!("{name}: {years} years")],
        StatementFact::Disclosure { statements } => statements
            .iter()
            .map(|it| format!("{name}: {} ({})", it.url, it.language))
            .collect(),
        StatementFact::Kinds { kinds } => {
            vec![format!(
                "{name}: {}",
                joined(kinds.iter().map(|kind| &*kind.name))
            )]
        }
        StatementFact::Legislation { countries } => {
            vec![format!("{name}: {}", countries.join(", "))]
        }
        StatementFact::Semantics {
            identifier,
            authorities,
        } => {
            let mut text = identifier
                .as_ref()
                .map_or_else(|| name.clone(), |it| format!("{name}: {}", identified(it)));
            if !authorities.is_empty() {
                text.extend([", registered by ", &*line(authorities)]);
            }
            vec![text]
        }
        StatementFact::PaymentServices {
            roles,
            role_names,
            authority_name,
            authority_id,
        } => {
            let mut text: Vec<String> = roles
                .iter()
                .zip(role_names)
                .map(|(role, as_named)| format!("{name}: {}, {as_named}", role.name))
                .collect();
            text.push(format!(
                "{name}: licensed by {authority_name} ({authority_id})"
            ));
            text
        }
        StatementFact::Other { der } => vec![format!("{name}: #{der}")],
    }
}

fn security(level: AttestationSecurity) -> &'static str {
    match level {
        AttestationSecurity::Software => "software",
        AttestationSecurity::TrustedEnvironment => "trusted environment",
        AttestationSecurity::StrongBox => "StrongBox",
    }
}

fn attestation(it: &Attestation) -> Vec<String> {
    let mut text = vec![
        format!(
            "attestation version {}, by {}",
            it.version,
            security(it.security)
        ),
        format!(
            "key store version {}, in {}",
            it.keymint_version,
            security(it.keymint_security)
        ),
        format!("challenge {}", it.challenge),
    ];
    text.extend((!it.unique_id.is_empty()).then(|| format!("unique ID {}", it.unique_id)));
    text.extend(authorizations("software", &it.software));
    text.extend(authorizations("hardware", &it.hardware));
    text
}

fn authorizations(by: &str, list: &AuthorizationList) -> Vec<String> {
    let facts = list.facts.iter().map(|it| format!("{by}: {}", fact(it)));
    let mut text: Vec<String> = facts.collect();
    if let Some(root) = &list.root_of_trust {
        let state = match root.verified_boot_state {
            BootState::Verified => "verified",
            BootState::SelfSigned => "self-signed",
            BootState::Unverified => "unverified",
            BootState::Failed => "failed",
        };
        let lock = if root.device_locked {
            "locked"
        } else {
            "unlocked"
        };
        text.push(format!(
            "{by}: boot {state}, device {lock}, boot key {}",
            root.verified_boot_key
        ));
        text.extend(
            root.verified_boot_hash
                .iter()
                .map(|hash| format!("{by}: boot hash {hash}")),
        );
    }
    text
}

fn fact(it: &AttestationFact) -> String {
    let name = it.name.clone();
    let name = name.unwrap_or_else(|| format!("fact {}", it.tag));
    if it.values.is_empty() {
        name
    } else {
        format!("{name} {}", it.values.join(", "))
    }
}

fn target(it: &Target) -> String {
    let one = |name: &GeneralName| line(std::slice::from_ref(name));
    match it {
        Target::Name { name } => one(name),
        Target::Group { name } => format!("group {}", one(name)),
        Target::Certificate {
            issuer,
            serial,
            name,
        } => {
            let holder = name
                .as_ref()
                .map_or_else(String::new, |name| format!("{}, ", one(name)));
            format!("{holder}holder of certificate {serial} of {}", line(issuer))
        }
    }
}

fn family(it: &AddressFamily) -> String {
    let family = match it.family {
        1 => "IPv4".to_owned(),
        2 => "IPv6".to_owned(),
        number => format!("address family {number}"),
    };
    let purpose = match it.subsequent {
        None => "",
        Some(1) => " unicast",
        Some(2) => " multicast",
        Some(_) => " for a use of its own",
    };
    format!("{family}{purpose}: {}", resources(&it.addresses))
}

fn systems(it: &AsIdentifiers) -> Vec<String> {
    let mut text: Vec<String> = Vec::new();
    text.extend(it.numbers.iter().map(resources));
    text.extend(
        it.routing_domains
            .iter()
            .map(|domains| format!("routing domains {}", resources(domains))),
    );
    text
}

fn resources(it: &Resources) -> String {
    match it {
        Resources::Inherit => "all that the issuer has".to_owned(),
        Resources::Listed { resources } => {
            let words = resources.iter().map(|resource| match resource {
                Resource::One { value } => value.clone(),
                Resource::Range { first, last } => format!("{first} to {last}"),
            });
            words.collect::<Vec<_>>().join(", ")
        }
    }
}

fn logotype(it: &Logotype) -> Vec<String> {
    let place = match (it.place, &it.kind) {
        (_, Some(kind)) => identified(kind),
        (LogotypePlace::Community, None) => "community".to_owned(),
        (LogotypePlace::Issuer, None) => "issuer".to_owned(),
        (LogotypePlace::Subject, None) => "subject".to_owned(),
        (LogotypePlace::Other, None) => "other".to_owned(),
    };
    let images = it.images.iter().map(|image| {
        format!(
            "{place}: {} {}, {}",
            image.media_type,
            image.addresses.join(", "),
            image.digests.join(", ")
        )
    });
    let elsewhere = it
        .elsewhere
        .iter()
        .map(|address| format!("{place}: described at {address}"));
    images.chain(elsewhere).collect()
}

fn proxy(path_length: Option<u64>, language: &Algorithm, policy: Option<&str>) -> Vec<String> {
    let mut text = vec![identified(language)];
    text.extend(path_length.map(|length| format!("at most {length} further proxies below it")));
    text.extend(policy.map(|policy| format!("policy {policy}")));
    text
}
