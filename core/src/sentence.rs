//! The sentence that stands above an object, made by rule.

use serde::{Deserialize, Serialize};

use crate::report::{
    AttributeCertificate, Certificate, CertificationRequest, Entry, GeneralName, KeyProof, Lock,
    LonePublicKey, Name, Object, PrivateKey, RevocationList, Signer, SshCertificate,
    SshCertificateType,
};
use crate::row::Row;
use crate::time::{Standing, UnixTime};
use crate::words::{counted, date, lifetime, span, whole_after};

/// What is said of an object, in two or three short sentences.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Sentence {
    /// The pieces, to be joined as they are.
    pub parts: Vec<SentencePart>,
    /// What was not checked; empty where nothing is left to check.
    pub unchecked: String,
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "text", rename_all = "kebab-case")]
pub enum SentencePart {
    /// Ordinary text, our own words.
    Text(String),
    /// What matters most, our own words.
    Strong(String),
    /// Something out of the file, written by strangers.
    Name(String),
}

impl Sentence {
    /// The sentence as plain text, without what was not checked.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            let (SentencePart::Text(part) | SentencePart::Strong(part) | SentencePart::Name(part)) =
                part;
            text.push_str(part);
        }
        text.truncate(text.trim_end().len());
        text
    }

    fn text_part(mut self, text: impl Into<String>) -> Self {
        self.parts.push(SentencePart::Text(text.into()));
        self
    }

    fn strong(mut self, text: impl Into<String>) -> Self {
        self.parts.push(SentencePart::Strong(text.into()));
        self
    }

    fn name(mut self, name: &str) -> Self {
        let name = if name.trim().is_empty() {
            "nobody (no name)"
        } else {
            name
        };
        self.parts.push(SentencePart::Name(name.to_owned()));
        self
    }

    /// `, issued by …. `, as far as there is a name to tell.
    fn issued_by(self, issuer: Option<&str>) -> Self {
        match issuer {
            Some(issuer) => self.text_part(", issued by ").name(issuer).text_part(". "),
            None => self.text_part(". "),
        }
    }

    fn and_unchecked(self, what: &str) -> Self {
        Self {
            unchecked: what.to_owned(),
            ..self
        }
    }
}

/// What an entry is and how long it lasts, judged at `now`.
pub fn sentence(entry: &Entry, now: UnixTime) -> Sentence {
    match &entry.object {
        Object::Certificate(one) if entry.is_revoked() => of_certificate(one, now)
            .and_unchecked("Signatures, trust and other revocation lists not checked."),
        Object::Certificate(one) => of_certificate(one, now),
        Object::PrivateKey(one) => of_private_key(one),
        Object::PublicKey(one) => of_public_key(one),
        Object::CertificationRequest(one) => of_request(one),
        Object::RevocationList(one) => of_list(one, now),
        Object::AttributeCertificate(one) => of_attribute_certificate(one, now),
        Object::Signer(one) => of_signer(one),
        Object::SshCertificate(one) => of_ssh_certificate(one, now),
        Object::Other(one) => {
            let said = Sentence::default().strong(capital(&one.what));
            match one.facts.first() {
                Some(fact) => said.text_part(": ").name(fact).text_part("."),
                None => said.text_part("."),
            }
        }
        Object::Unreadable(problem) => Sentence::default()
            .strong("Not readable")
            .text_part(": ")
            .name(&problem.message)
            .text_part("."),
    }
}

/// The sentence of a certificate of which only a row is known, as `teller` told it.
pub fn row_sentence(row: &Row, teller: &str, now: UnixTime) -> Sentence {
    let issuer = Some(row.issuer.as_str()).filter(|issuer| !issuer.is_empty());
    let said = Sentence::default()
        .strong("Certificate")
        .text_part(" for ")
        .name(&row.name);
    let said = if row.self_issued {
        said.text_part(", which names itself as issuer. ")
    } else {
        said.issued_by(issuer)
    };
    let said = match (row.not_before, row.not_after) {
        (None, None) | (Some(_), None) => said.text_part("How long it lasts is not told. "),
        (None, Some(end)) if now <= end => {
            let left = span(end.seconds() - now.seconds());
            said.strong(format!("{left} left")).text_part(format!(
                ". {teller} does not tell when it began, so days are counted: soon from 30, now from 7. "
            ))
        }
        (start, end) => lasting(said, start, end, false, now),
    };
    said.text_part(if row.has_private_key {
        "Private key present."
    } else {
        "No private key beside it."
    })
    .and_unchecked(NOT_CHECKED)
}

const NOT_CHECKED: &str = "Signature, trust and revocation not checked.";

impl Certificate {
    /// What it is for, in words: `Server certificate`.
    pub fn role(&self) -> &'static str {
        if self.is_ca() {
            return if self.self_issued {
                "Root certificate"
            } else {
                "CA certificate"
            };
        }
        let purposes = self.extended_key_usage.as_deref().unwrap_or_default();
        let has = |oid: &str| purposes.iter().any(|purpose| purpose.oid == oid);
        let known = ROLES.iter().find(|(oid, _)| has(oid));
        known.map_or("Certificate", |(_, role)| role)
    }
}

/// Purposes by which a certificate is called, the first that it has counts.
const ROLES: &[(&str, &str)] = &[
    ("1.3.6.1.5.5.7.3.1", "Server certificate"),
    ("1.3.6.1.5.5.7.3.2", "Client certificate"),
    ("1.3.6.1.5.5.7.3.3", "Code-signing certificate"),
    ("1.3.6.1.5.5.7.3.4", "E-mail certificate"),
    ("1.3.6.1.5.5.7.3.8", "Time-stamping certificate"),
    ("1.3.6.1.5.5.7.3.9", "OCSP-signing certificate"),
];

fn of_certificate(certificate: &Certificate, now: UnixTime) -> Sentence {
    let is_ca = certificate.is_ca();
    let name = certificate.display_name();
    let said = Sentence::default()
        .strong(certificate.role())
        .text_part(if is_ca { " of " } else { " for " })
        .name(name);
    let said = and_others(said, name, &certificate.subject_alternative_names);
    let said = if certificate.self_issued {
        said.text_part(", which names itself as issuer. ")
    } else {
        said.issued_by(called(&certificate.issuer))
    };
    let (start, end) = (certificate.not_before, certificate.not_after);
    let said = lasting(said, start, end, is_ca, now);
    match surroundings(certificate) {
        Some(text) => said.text_part(text),
        None => said,
    }
    .and_unchecked(NOT_CHECKED)
}

/// ` and 3 other names`, if there are any.
fn and_others(said: Sentence, name: &str, names: &[GeneralName]) -> Sentence {
    match names.iter().filter(|other| other.value != name).count() {
        0 => said,
        others => said.text_part(format!(" and {}", several(others, "other name"))),
    }
}

fn of_private_key(key: &PrivateKey) -> Sentence {
    let what = key.public_key.as_ref().map(|public| public.text.as_str());
    let said = Sentence::default().strong(match what.filter(|text| !text.is_empty()) {
        Some(what) => format!("{what} private key"),
        None => "Private key".to_owned(),
    });
    let said = said.text_part(match (key.lock, &key.seal) {
        (Lock::Open, None) => {
            ". It stands here without any protection: whoever has the file has the key."
        }
        (Lock::Open, Some(_)) => {
            ". It was opened with the password. Nothing of its secret part is shown."
        }
        (Lock::Locked, _) => ". It is sealed; without its password nothing more is known.",
        (Lock::WrongPassword, _) => ". It is sealed, and no password given so far opens it.",
    });
    match key.certificates.len() {
        0 => said,
        fits => said.text_part(format!(
            " It fits {} in this file.",
            several(fits, "certificate")
        )),
    }
}

fn of_public_key(key: &LonePublicKey) -> Sentence {
    let said = Sentence::default().strong(format!("{} public key", key.public_key.text));
    let comment = key.ssh.as_ref().map(|line| line.comment.as_str());
    let said = match comment.filter(|comment| !comment.is_empty()) {
        Some(comment) => said.text_part(" of ").name(comment).text_part("."),
        None => said.text_part("."),
    };
    let said = match key.certificates.len() {
        0 => said,
        count => said.text_part(format!(
            " {} in this file carry it.",
            several(count, "certificate")
        )),
    };
    match &key.private_key {
        Some(_) => said.text_part(" Its private key is in this file."),
        None => said,
    }
}

fn of_request(request: &CertificationRequest) -> Sentence {
    let name = request.display_name();
    let said = Sentence::default()
        .strong("Request")
        .text_part(" for ")
        .name(name);
    let said = and_others(said, name, &request.subject_alternative_names)
        .text_part(format!(", key {}.", request.public_key.text));
    let said = match &request.private_key {
        Some(_) => said.text_part(" Private key present."),
        None => said,
    };
    match request.certificates.len() {
        0 => said,
        _ => said.text_part(" A certificate over the same key is here."),
    }
    .and_unchecked("Its signature was not checked.")
}

fn of_list(list: &RevocationList, now: UnixTime) -> Sentence {
    let issuer = called(&list.issuer).unwrap_or_default();
    let count = usize::try_from(list.count).unwrap_or(usize::MAX);
    let said = Sentence::default()
        .strong(format!("Revocation list, {},", list.kind()))
        .text_part(" of ")
        .name(issuer)
        .text_part(format!(", revokes {}. ", several(count, "certificate")));
    let said = match (list.this_update, list.next_update) {
        (Some(made), _) if now < made => said.strong(format!(
            "It begins in {}",
            span(made.seconds() - now.seconds())
        )),
        (_, Some(next)) if next < now => said.strong(format!(
            "The next one was due {} ago",
            span(now.seconds() - next.seconds())
        )),
        (_, Some(next)) => said.text_part(format!(
            "The next one is due in {}",
            span(next.seconds() - now.seconds())
        )),
        (_, None) => said.text_part("It does not say when the next one is due"),
    };
    said.text_part(".")
        .and_unchecked("Its signature was not checked.")
}

fn of_attribute_certificate(certificate: &AttributeCertificate, now: UnixTime) -> Sentence {
    let issuer = certificate.issuer.first();
    let issuer = issuer.map(|name| match &name.directory {
        Some(directory) => called(directory).unwrap_or_default(),
        None => name.value.as_str(),
    });
    let said = Sentence::default().strong("Attribute certificate");
    let said = said.issued_by(issuer.filter(|issuer| !issuer.is_empty()));
    let (start, end) = (certificate.not_before, certificate.not_after);
    lasting(said, start, end, false, now).and_unchecked(NOT_CHECKED)
}

fn of_signer(signer: &Signer) -> Sentence {
    let said = Sentence::default().strong("Signer");
    let said = match (&signer.issuer, &signer.serial) {
        (Some(issuer), Some(serial)) => said
            .text_part(format!(" with certificate {serial} of "))
            .name(called(issuer).unwrap_or_default()),
        _ => said.text_part(" named by key"),
    };
    let said = match signer.signing_time {
        Some(time) => said.text_part(format!(", at {time} by its own clock.")),
        None => said.text_part("."),
    };
    match signer.certificate {
        Some(_) => said.text_part(" Its certificate is in this file."),
        None => said.text_part(" Its certificate is not in this file."),
    }
    .and_unchecked("The signature was not checked.")
}

fn of_ssh_certificate(certificate: &SshCertificate, now: UnixTime) -> Sentence {
    let what = match certificate.certificate_type {
        SshCertificateType::User => "SSH user certificate",
        SshCertificateType::Host => "SSH host certificate",
        SshCertificateType::Unknown => "SSH certificate",
    };
    let said = Sentence::default().strong(what).text_part(" for ");
    let said = match certificate.principals.split_first() {
        None => said.strong("anyone"),
        Some((first, [])) => said.name(first),
        Some((first, others)) => said
            .name(first)
            .text_part(format!(" and {}", several(others.len(), "other name"))),
    };
    let said = said.text_part(". ");
    match (certificate.not_before, certificate.not_after) {
        (_, None) => said.strong("It never ends").text_part("."),
        (start, end) => {
            let start = start.unwrap_or(UnixTime::from_seconds(0));
            lasting(said, Some(start), end, false, now)
        }
    }
    .and_unchecked("Its signature was not checked.")
}

/// The name as a person would say it: the common name, else all of it.
fn called(name: &Name) -> Option<&str> {
    let common = name.common_name.as_deref();
    let common = common.filter(|name| !name.trim().is_empty());
    Some(common.unwrap_or(&name.text)).filter(|name| !name.is_empty())
}

/// How long something lasts, judged at `now`.
fn lasting(
    said: Sentence,
    start: Option<UnixTime>,
    end: Option<UnixTime>,
    is_ca: bool,
    now: UnixTime,
) -> Sentence {
    let Some(end) = end else {
        return said.text_part("How long it lasts cannot be read. ");
    };
    if end == UnixTime::NEVER {
        return said.strong("It never ends").text_part(". ");
    }
    let left = end.seconds() - now.seconds();
    let Some(start) = start else {
        return if left < 0 {
            let ago = format!("Ended {} ago", span(-left));
            said.strong(ago).text_part(format!(", on {}. ", date(end)))
        } else {
            said.strong(format!("Ends {}", date(end))).text_part(". ")
        };
    };
    let total = end.seconds() - start.seconds();
    let whole = lifetime(total);
    match Standing::of(start, end, now) {
        Standing::Expired => said
            .strong(format!("Ended {} ago", span(-left)))
            .text_part(format!(", on {}, after {whole}. ", date(end))),
        Standing::NotYetValid => said
            .strong(format!(
                "Starts in {}",
                span(start.seconds() - now.seconds())
            ))
            .text_part(format!(", on {}, and lasts {whole}. ", date(start))),
        standing => {
            let whole = whole_after(left, total);
            let share = match standing {
                Standing::Soon if is_ca => format!(" of {whole}: its last third has begun. "),
                Standing::Now if is_ca => format!(" of {whole}: its last tenth has begun. "),
                Standing::Soon => format!(" of {whole}: the last third has begun, time to renew. "),
                Standing::Now => format!(" of {whole}: the last tenth has begun, renew it now. "),
                _ => format!(", normal for its {whole}. "),
            };
            said.strong(format!("{} left", span(left))).text_part(share)
        }
    }
}

/// Whether the private key and the chain are in the same input.
fn surroundings(certificate: &Certificate) -> Option<String> {
    let key = certificate.private_key.as_ref().map(|key| match key.proof {
        KeyProof::PublicKey => "private key present",
        KeyProof::Keystore => "private key present, says the keystore",
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
    let all: Vec<&str> = key.into_iter().chain(chain).collect();
    (!all.is_empty()).then(|| format!("{}.", capital(&all.join("; "))))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn several(count: usize, unit: &str) -> String {
    counted(i64::try_from(count).unwrap_or(i64::MAX), unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{
        Algorithm, BasicConstraints, CertificateSpans, ChainPosition, Fingerprints,
        GeneralNameKind, KeyLink, PublicKey, Span,
    };

    const CLIENT: &str = "1.3.6.1.5.5.7.3.2";
    const SERVER: &str = "1.3.6.1.5.5.7.3.1";

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

    fn said(certificate: &Certificate, day: i64) -> String {
        of_certificate(certificate, UnixTime::from_seconds(day * DAY)).text()
    }

    #[test]
    fn a_leaf_in_date() {
        assert_eq!(
            said(&leaf(), 29),
            "Server certificate for es1.corp and 3 other names, issued by Corp CA 2. \
             61 days left, normal for its 90. Private key present; its chain is here except the root."
        );
    }

    #[test]
    fn a_leaf_that_ended() {
        assert!(said(&leaf(), 102).starts_with("Server certificate for es1.corp"));
        assert!(said(&leaf(), 102).contains("Ended 12 days ago, on 1 Apr 1970, after 90 days."));
    }

    #[test]
    fn a_leaf_that_has_not_begun() {
        assert!(said(&leaf(), -5).contains("Starts in 5 days, on 1 Jan 1970, and lasts 90 days."));
    }

    #[test]
    fn what_is_left_is_normal_until_the_last_third() {
        assert!(said(&leaf(), 0).contains("90 days left, normal for its 90. "));
        assert!(said(&leaf(), 59).contains("31 days left, normal for its 90. "));
        let long = Certificate {
            not_after: Some(UnixTime::from_seconds(2922 * DAY)),
            ..leaf()
        };
        assert!(said(&long, 1922).contains("2 years 8 months left, normal for its 8 years. "));
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
            "Root certificate of Corp Root, which names itself as issuer. \
             89 days left, normal for its 90."
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

    fn told(begins: Option<i64>, ends: Option<i64>) -> String {
        let at = |day: i64| UnixTime::from_seconds(day * DAY);
        let row = Row {
            name: "es1".into(),
            issuer: "Corp CA".into(),
            not_before: begins.map(at),
            not_after: ends.map(at),
            has_private_key: true,
            ..Row::default()
        };
        row_sentence(&row, "Elasticsearch", at(100)).text()
    }

    #[test]
    fn a_row_says_what_its_teller_does_not_tell() {
        assert_eq!(
            told(None, Some(120)),
            "Certificate for es1, issued by Corp CA. 20 days left. Elasticsearch does not tell when it \
             began, so days are counted: soon from 30, now from 7. Private key present."
        );
        assert!(told(None, Some(90)).contains("Ended 10 days ago, on 1 Apr 1970. "));
        assert!(told(None, None).contains("How long it lasts is not told."));
    }

    #[test]
    fn a_row_counts_the_whole_lifetime_where_it_is_known() {
        assert!(told(Some(50), Some(140)).contains("40 days left, normal for its 90. "));
        assert!(told(Some(30), Some(110)).contains("10 days left of 80: the last third has begun"));
        assert!(
            told(Some(0), Some(90)).contains("Ended 10 days ago, on 1 Apr 1970, after 90 days.")
        );
    }
}
