//! The sentence that stands above a detail, made by rule.

use certlens_core::{Certificate, KeyProof, Lock, PrivateKey, Standing, UnixTime};

use crate::format;
use crate::status::Status;

/// What is said of an entry: its status, and a few sentences with what matters set strong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The status, first.
    pub status: Status,
    /// The rest.
    pub parts: Vec<Part>,
    /// What was not checked. Shown grey.
    pub unchecked: &'static str,
}

impl Sentence {
    /// The same, of a certificate that a revocation list in the same file names.
    #[must_use]
    pub fn revoked(self) -> Self {
        Self {
            status: self.status.revoked(),
            unchecked: "Signatures, trust and other revocation lists not checked.",
            ..self
        }
    }
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Ordinary text, our own words.
    Text(String),
    /// What matters most, our own words.
    Strong(String),
    /// A name out of the file.
    Name(String),
}

/// What a certificate is for, in words: `Server certificate`.
pub fn role(certificate: &Certificate) -> &'static str {
    if certificate.is_ca() {
        return if certificate.self_issued {
            "Root certificate"
        } else {
            "CA certificate"
        };
    }
    let purposes = certificate
        .extended_key_usage
        .as_deref()
        .unwrap_or_default();
    let has = |oid: &str| purposes.iter().any(|purpose| purpose.oid == oid);
    match () {
        () if has(SERVER) => "Server certificate",
        () if has(CLIENT) => "Client certificate",
        () if has(CODE) => "Code-signing certificate",
        () if has(EMAIL) => "E-mail certificate",
        () if has(TIME) => "Time-stamping certificate",
        () if has(OCSP) => "OCSP-signing certificate",
        () => "Certificate",
    }
}

/// The sentence of a certificate.
pub fn certificate(certificate: &Certificate, now: UnixTime) -> Sentence {
    let mut parts = Vec::new();
    let name = certificate.display_name();
    parts.push(Part::Strong(role(certificate).to_owned()));
    parts.push(Part::Text(
        if certificate.is_ca() { " of " } else { " for " }.to_owned(),
    ));
    parts.push(Part::Name(
        if name.trim().is_empty() {
            "nobody (no name)"
        } else {
            name
        }
        .to_owned(),
    ));
    let others = certificate
        .subject_alternative_names
        .iter()
        .filter(|other| other.value != name)
        .count();
    if others != 0 {
        let others = i64::try_from(others).unwrap_or(i64::MAX);
        parts.push(Part::Text(format!(
            " and {}",
            format::counted(others, "other name")
        )));
    }
    if certificate.self_issued {
        parts.push(Part::Text(", which names itself as issuer. ".to_owned()));
    } else if let Some(issuer) = issuer_name(certificate) {
        parts.push(Part::Text(", issued by ".to_owned()));
        parts.push(Part::Name(issuer.to_owned()));
        parts.push(Part::Text(". ".to_owned()));
    } else {
        parts.push(Part::Text(". ".to_owned()));
    }
    parts.extend(lasting(certificate, now));
    if let Some(text) = surroundings(certificate) {
        parts.push(Part::Text(text));
    }
    Sentence {
        status: Status::of_validity(certificate.not_before, certificate.not_after, now),
        parts,
        unchecked: "Signature, trust and revocation not checked.",
    }
}

/// The sentence of a private key.
pub fn private_key(key: &PrivateKey) -> Sentence {
    let what = key
        .public_key
        .as_ref()
        .map(|public| public.text.as_str())
        .filter(|text| !text.is_empty());
    let mut parts = vec![Part::Strong(match what {
        Some(what) => format!("{what} private key"),
        None => "Private key".to_owned(),
    })];
    parts.push(Part::Text(
        match (key.lock, &key.seal) {
            (Lock::Open, None) => {
                ". It stands here without any protection: whoever has the file has the key."
            }
            (Lock::Open, Some(_)) => {
                ". It was opened with the password. Nothing of its secret part is shown."
            }
            (Lock::Locked, _) => ". It is sealed; without its password nothing more is known.",
            (Lock::WrongPassword, _) => ". It is sealed, and no password given so far opens it.",
        }
        .to_owned(),
    ));
    let fits = i64::try_from(key.certificates.len()).unwrap_or(i64::MAX);
    if fits != 0 {
        parts.push(Part::Text(format!(
            " It fits {} in this file.",
            format::counted(fits, "certificate")
        )));
    }
    let status = match key.lock {
        Lock::Open => Status::unknown("Private key", ""),
        Lock::Locked | Lock::WrongPassword => Status {
            icon: "i-lock",
            ..Status::unknown("Locked", "")
        },
    };
    Sentence {
        status,
        parts,
        unchecked: "",
    }
}

/// The issuer as a person would call it.
fn issuer_name(certificate: &Certificate) -> Option<&str> {
    let issuer = &certificate.issuer;
    let name = issuer
        .common_name
        .as_deref()
        .filter(|name| !name.trim().is_empty());
    Some(name.unwrap_or(&issuer.text)).filter(|name| !name.is_empty())
}

fn lasting(certificate: &Certificate, now: UnixTime) -> Vec<Part> {
    let (Some(start), Some(end)) = (certificate.not_before, certificate.not_after) else {
        return match certificate.not_after {
            Some(end) => vec![
                Part::Strong(format!("Ends {}", format::date(end))),
                Part::Text(". ".into()),
            ],
            None => vec![Part::Text("How long it lasts cannot be read. ".to_owned())],
        };
    };
    if end == UnixTime::NEVER {
        return vec![
            Part::Strong("It never ends".into()),
            Part::Text(". ".into()),
        ];
    }
    let total = end.seconds() - start.seconds();
    let left = end.seconds() - now.seconds();
    let whole = format::lifetime(total);
    match Standing::of(start, end, now) {
        Standing::Expired => vec![
            Part::Strong(format!("Ended {} ago", format::span(-left))),
            Part::Text(format!(", on {}, after {whole}. ", format::date(end))),
        ],
        Standing::NotYetValid => vec![
            Part::Strong(format!(
                "Starts in {}",
                format::span(start.seconds() - now.seconds())
            )),
            Part::Text(format!(", on {}, and lasts {whole}. ", format::date(start))),
        ],
        standing => {
            let share = match standing {
                Standing::Soon if certificate.is_ca() => ": its last third has begun. ",
                Standing::Now if certificate.is_ca() => ": its last tenth has begun. ",
                Standing::Soon => ": the last third has begun, time to renew. ",
                Standing::Now => ": the last tenth has begun, renew it now. ",
                _ => ". ",
            };
            vec![
                Part::Strong(format!("{} left", format::span(left))),
                Part::Text(format!(" of {}{share}", format::whole_after(left, total))),
            ]
        }
    }
}

fn surroundings(certificate: &Certificate) -> Option<String> {
    let key = certificate.private_key.as_ref().map(|key| match key.proof {
        KeyProof::PublicKey => "Private key present",
        KeyProof::Keystore => "Private key present, says the keystore",
    });
    let chain = certificate.chain.as_ref().filter(|chain| 1 < chain.length);
    let chain = chain.map(
        |chain| match (chain.position == chain.length, chain.complete) {
            (true, true) => "at the top of its chain here",
            (_, true) => "its chain is here up to the root",
            (true, false) => "its issuer is not in this file",
            (false, false) => "its chain is here except the root",
        },
    );
    let text = match (key, chain) {
        (Some(key), Some(chain)) => format!("{key}; {chain}."),
        (Some(key), None) => format!("{key}."),
        (None, Some(chain)) => {
            let mut letters = chain.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase())?;
            format!("{first}{}.", letters.as_str())
        }
        (None, None) => return None,
    };
    Some(text)
}

const SERVER: &str = "1.3.6.1.5.5.7.3.1";
const CLIENT: &str = "1.3.6.1.5.5.7.3.2";
const CODE: &str = "1.3.6.1.5.5.7.3.3";
const EMAIL: &str = "1.3.6.1.5.5.7.3.4";
const TIME: &str = "1.3.6.1.5.5.7.3.8";
const OCSP: &str = "1.3.6.1.5.5.7.3.9";

#[cfg(test)]
mod tests {
    use certlens_core::{
        Algorithm, BasicConstraints, CertificateSpans, ChainPosition, Fingerprints, GeneralName,
        GeneralNameKind, KeyLink, KeyProof, Name, PublicKey, Span,
    };

    use super::*;

    const DAY: i64 = 86_400;

    fn named(common_name: &str) -> Name {
        Name {
            text: format!("CN={common_name}"),
            common_name: Some(common_name.to_owned()),
            attributes: Vec::new(),
        }
    }

    fn dns(value: &str) -> GeneralName {
        GeneralName {
            kind: GeneralNameKind::Dns,
            value: value.to_owned(),
            oid: None,
            directory: None,
            detail: None,
            der: String::new(),
            at: Span::default(),
        }
    }

    fn algorithm(oid: &str) -> Algorithm {
        Algorithm {
            oid: oid.to_owned(),
            name: oid.to_owned(),
            ..Algorithm::default()
        }
    }

    fn leaf() -> Certificate {
        Certificate {
            version: 3,
            serial: "01".to_owned(),
            subject: named("es1.corp"),
            issuer: named("Corp CA 2"),
            not_before: Some(UnixTime::from_seconds(0)),
            not_after: Some(UnixTime::from_seconds(90 * DAY)),
            standing: None,
            public_key: PublicKey {
                algorithm: algorithm("1.2.840.10045.2.1"),
                bits: Some(256),
                curve: Some("P-256".to_owned()),
                text: "EC P-256".to_owned(),
                ..PublicKey::default()
            },
            signature_algorithm: algorithm("1.2.840.10045.4.3.2"),
            subject_alternative_names: ["es1.corp", "a.corp", "b.corp", "c.corp"].map(dns).into(),
            key_usage: None,
            extended_key_usage: Some(vec![algorithm(CLIENT), algorithm(SERVER)]),
            basic_constraints: None,
            subject_key_identifier: None,
            authority_key_identifier: None,
            extensions: Vec::new(),
            fingerprints: Fingerprints::default(),
            self_issued: false,
            private_key: Some(KeyLink {
                entry: "pem[1]".to_owned(),
                proof: KeyProof::PublicKey,
            }),
            chain: Some(ChainPosition {
                position: 1,
                length: 2,
                issuer: None,
                complete: false,
            }),
            pem: String::new(),
            at: CertificateSpans::default(),
        }
    }

    fn said(certificate_: &Certificate, day: i64) -> String {
        let sentence = certificate(certificate_, UnixTime::from_seconds(day * DAY));
        let parts = sentence.parts.into_iter().map(|part| match part {
            Part::Text(text) | Part::Strong(text) | Part::Name(text) => text,
        });
        format!("{}. {}", sentence.status.word, parts.collect::<String>())
    }

    #[test]
    fn a_leaf_in_date() {
        assert_eq!(
            said(&leaf(), 29),
            "In date. Server certificate for es1.corp and 3 other names, issued by Corp CA 2. \
             61 days left of 90. Private key present; its chain is here except the root."
        );
    }

    #[test]
    fn a_leaf_that_ended() {
        assert!(said(&leaf(), 102).starts_with("Expired. Server certificate for es1.corp"));
        assert!(said(&leaf(), 102).contains("Ended 12 days ago, on 1 Apr 1970, after 90 days."));
    }

    #[test]
    fn a_leaf_that_has_not_begun() {
        assert!(said(&leaf(), -5).contains("Starts in 5 days, on 1 Jan 1970, and lasts 90 days."));
    }

    #[test]
    fn the_last_third_asks_for_renewal() {
        assert!(said(&leaf(), 66).contains("24 days left of 90: the last third has begun"));
        assert!(said(&leaf(), 85).contains("5 days left of 90: the last tenth has begun"));
    }

    #[test]
    fn a_root_names_itself() {
        let root = Certificate {
            self_issued: true,
            basic_constraints: Some(BasicConstraints {
                ca: true,
                path_length: None,
            }),
            subject: named("Corp Root"),
            subject_alternative_names: Vec::new(),
            private_key: None,
            chain: None,
            ..leaf()
        };
        assert_eq!(
            said(&root, 1),
            "In date. Root certificate of Corp Root, which names itself as issuer. \
             89 days left of 90. "
        );
    }

    #[test]
    fn a_certificate_without_dates_says_so() {
        let odd = Certificate {
            not_after: None,
            ..leaf()
        };
        assert!(said(&odd, 1).contains("How long it lasts cannot be read."));
    }
}
