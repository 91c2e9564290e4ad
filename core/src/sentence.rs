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

    fn and_unchecked(self, what: &str) -> Self {
        Self {
            unchecked: what.to_owned(),
            ..self
        }
    }
}

/// One thing that is said of an object. [`sentence`] puts it in English; who speaks another language
/// finds here what there is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statement<'a> {
    /// A certificate, whose it is, and who issued it.
    Certificate {
        /// What it is for.
        role: Role,
        /// What it is called.
        name: &'a str,
        /// How many other names it has.
        others: usize,
        /// Who issued it.
        issuer: Issued<'a>,
    },
    /// An attribute certificate.
    AttributeCertificate {
        /// Who issued it.
        issuer: Issued<'a>,
    },
    /// An SSH certificate.
    SshCertificate {
        /// For whom.
        kind: SshCertificateType,
        /// The first principal; none where it is for anyone.
        principal: Option<&'a str>,
        /// How many others there are.
        others: usize,
    },
    /// How long it lasts.
    Lasting(Lasting<'a>),
    /// Whether private key and chain are in the same input.
    Surroundings {
        /// What proves that the private key belongs to it; none where there is no key.
        key: Option<KeyProof>,
        /// How far its chain reaches; none where nothing is known.
        chain: Option<Reach>,
    },
    /// Whether a private key lies beside a certificate that a backend keeps.
    KeyBeside(bool),
    /// A private key.
    PrivateKey {
        /// What kind it is: `EC P-256`; empty where that is sealed.
        kind: &'a str,
        /// What guards it.
        guard: Guard,
        /// How many certificates in the same input it fits.
        fits: usize,
    },
    /// A public key.
    PublicKey {
        /// What kind it is.
        kind: &'a str,
        /// What stands beside it; empty where nothing does.
        comment: &'a str,
        /// How many certificates in the same input carry it.
        carriers: usize,
        /// Whether its private key is in the same input.
        has_private_key: bool,
    },
    /// A certification request.
    Request {
        /// Whose it is.
        name: &'a str,
        /// How many other names it asks for.
        others: usize,
        /// What kind its key is.
        key: &'a str,
        /// Whether its private key is in the same input.
        has_private_key: bool,
        /// Whether a certificate over the same key is.
        is_certified: bool,
    },
    /// A revocation list.
    List {
        /// What kind it is, in words.
        kind: &'static str,
        /// Who issued it.
        issuer: &'a str,
        /// How many it revokes.
        count: usize,
        /// When the next one comes.
        next: NextList,
    },
    /// A signer of a message.
    Signer {
        /// Serial and issuer of the certificate; none where a key is named.
        certificate: Option<(&'a str, &'a str)>,
        /// When it signed, by its own clock.
        at: Option<UnixTime>,
        /// Whether its certificate is in the same input.
        is_here: bool,
    },
    /// Something that is recognised, and one thing about it.
    Other {
        /// What it is.
        what: &'a str,
        /// A fact; empty where there is none.
        fact: &'a str,
    },
    /// Something that cannot be read, and why.
    Unreadable(&'a str),
    /// What was not checked.
    Unchecked(Unchecked),
}

/// What a certificate is called by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// An authority that names itself as issuer.
    Root,
    /// Another authority.
    Authority,
    /// For servers.
    Server,
    /// For clients.
    Client,
    /// For signing code.
    CodeSigning,
    /// For e-mail.
    Email,
    /// For time stamps.
    TimeStamping,
    /// For answers about revocation.
    OcspSigning,
    /// For nothing in particular.
    Other,
}

impl Role {
    /// In English: `Server certificate`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "Root certificate",
            Self::Authority => "CA certificate",
            Self::Server => "Server certificate",
            Self::Client => "Client certificate",
            Self::CodeSigning => "Code-signing certificate",
            Self::Email => "E-mail certificate",
            Self::TimeStamping => "Time-stamping certificate",
            Self::OcspSigning => "OCSP-signing certificate",
            Self::Other => "Certificate",
        }
    }

    /// Whether it issues certificates.
    pub fn is_authority(self) -> bool {
        matches!(self, Self::Root | Self::Authority)
    }
}

/// Who issued something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issued<'a> {
    /// It names itself.
    Itself,
    /// Another one, of this name.
    By(&'a str),
    /// That is not told.
    Untold,
}

/// How long something lasts. Spans are seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting<'a> {
    /// That cannot be read.
    Unreadable,
    /// That is not told.
    Untold,
    /// It never ends.
    Forever,
    /// It has ended.
    Ended {
        /// How long ago.
        ago: i64,
        /// When.
        on: UnixTime,
        /// After how long; none where the start is not known.
        after: Option<i64>,
    },
    /// It ends then; the start is not known.
    Ends(UnixTime),
    /// It has not begun.
    Starts {
        /// In how long.
        wait: i64,
        /// When.
        on: UnixTime,
        /// For how long.
        total: i64,
    },
    /// It has begun and not ended.
    Left {
        /// What is left.
        left: i64,
        /// Of how much.
        total: i64,
        /// How much attention that asks for.
        standing: Standing,
        /// Whether it is an authority's.
        is_authority: bool,
    },
    /// So much is left, and this teller does not say of how much.
    LeftAlone {
        /// What is left.
        left: i64,
        /// Who does not say it.
        teller: &'a str,
    },
}

/// How far the chain of a certificate reaches in its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It is the top itself.
    Top,
    /// Up to the root.
    Root,
    /// Not even to its issuer.
    Nothing,
    /// Up to below the root.
    BelowRoot,
}

/// What guards a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Nothing.
    Nothing,
    /// A password, which was given.
    Opened,
    /// A password.
    Sealed,
    /// A seal that is not supported here.
    Unsupported,
    /// A password, and what was given is none of it.
    WrongPassword,
}

/// When the next revocation list comes. Spans are seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextList {
    /// This one only begins after so long.
    ThisBeginsIn(i64),
    /// It was due so long ago.
    WasDue(i64),
    /// It is due after so long.
    DueIn(i64),
    /// The list does not say.
    Untold,
}

/// What was not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchecked {
    /// Signature, trust and revocation.
    All,
    /// Signatures, trust, and other revocation lists than the one that revokes it.
    OtherLists,
    /// Its own signature.
    OwnSignature,
    /// The signature that a signer made.
    MessageSignature,
}

/// What an entry is and how long it lasts, judged at `now`.
pub fn sentence(entry: &Entry, now: UnixTime) -> Sentence {
    in_english(&statements(entry, now))
}

/// What there is to say of an entry, judged at `now`.
pub fn statements(entry: &Entry, now: UnixTime) -> Vec<Statement<'_>> {
    match &entry.object {
        Object::Certificate(one) => {
            let unchecked = if entry.is_revoked() {
                Unchecked::OtherLists
            } else {
                Unchecked::All
            };
            of_certificate(one, unchecked, now)
        }
        Object::PrivateKey(one) => vec![of_private_key(one)],
        Object::PublicKey(one) => vec![of_public_key(one)],
        Object::CertificationRequest(one) => of_request(one),
        Object::RevocationList(one) => of_list(one, now),
        Object::AttributeCertificate(one) => of_attribute_certificate(one, now),
        Object::Signer(one) => of_signer(one),
        Object::SshCertificate(one) => of_ssh_certificate(one, now),
        Object::Other(one) => vec![Statement::Other {
            what: &one.what,
            fact: one.facts.first().map_or("", String::as_str),
        }],
        Object::Unreadable(problem) => vec![Statement::Unreadable(&problem.message)],
    }
}

/// The sentence of a certificate of which only a row is known, as `teller` told it.
pub fn row_sentence(row: &Row, teller: &str, now: UnixTime) -> Sentence {
    in_english(&row_statements(row, teller, now))
}

/// What there is to say of a certificate of which only a row is known, as `teller` told it.
pub fn row_statements<'a>(row: &'a Row, teller: &'a str, now: UnixTime) -> Vec<Statement<'a>> {
    let issuer = match row.issuer.as_str() {
        _ if row.self_issued => Issued::Itself,
        "" => Issued::Untold,
        issuer => Issued::By(issuer),
    };
    let lasts = match (row.not_before, row.not_after) {
        (_, None) => Lasting::Untold,
        (None, Some(end)) if now <= end => Lasting::LeftAlone {
            left: end.seconds() - now.seconds(),
            teller,
        },
        (start, end) => lasting(start, end, false, now),
    };
    vec![
        Statement::Certificate {
            role: Role::Other,
            name: &row.name,
            others: 0,
            issuer,
        },
        Statement::Lasting(lasts),
        Statement::KeyBeside(row.has_private_key),
        Statement::Unchecked(Unchecked::All),
    ]
}

impl Certificate {
    /// What it is for, in words: `Server certificate`.
    pub fn role(&self) -> &'static str {
        self.calling().name()
    }

    /// What it is called by what it is for.
    pub fn calling(&self) -> Role {
        if self.is_ca() {
            return if self.self_issued {
                Role::Root
            } else {
                Role::Authority
            };
        }
        let purposes = self.extended_key_usage.as_deref().unwrap_or_default();
        let has = |oid: &str| purposes.iter().any(|purpose| purpose.oid == oid);
        let known = ROLES.iter().find(|(oid, _)| has(oid));
        known.map_or(Role::Other, |(_, role)| *role)
    }
}

/// Purposes by which a certificate is called, the first that it has counts.
const ROLES: &[(&str, Role)] = &[
    ("1.3.6.1.5.5.7.3.1", Role::Server),
    ("1.3.6.1.5.5.7.3.2", Role::Client),
    ("1.3.6.1.5.5.7.3.3", Role::CodeSigning),
    ("1.3.6.1.5.5.7.3.4", Role::Email),
    ("1.3.6.1.5.5.7.3.8", Role::TimeStamping),
    ("1.3.6.1.5.5.7.3.9", Role::OcspSigning),
];

fn of_certificate(
    certificate: &Certificate,
    unchecked: Unchecked,
    now: UnixTime,
) -> Vec<Statement<'_>> {
    let role = certificate.calling();
    let name = certificate.display_name();
    let issuer = if certificate.self_issued {
        Issued::Itself
    } else {
        called(&certificate.issuer).map_or(Issued::Untold, Issued::By)
    };
    let (start, end) = (certificate.not_before, certificate.not_after);
    vec![
        Statement::Certificate {
            role,
            name,
            others: others(name, &certificate.subject_alternative_names),
            issuer,
        },
        Statement::Lasting(lasting(start, end, role.is_authority(), now)),
        surroundings(certificate),
        Statement::Unchecked(unchecked),
    ]
}

/// How many names there are beside this one.
fn others(name: &str, names: &[GeneralName]) -> usize {
    names.iter().filter(|other| other.value != name).count()
}

fn of_private_key(key: &PrivateKey) -> Statement<'_> {
    let kind = key.public_key.as_ref().map(|public| public.text.as_str());
    Statement::PrivateKey {
        kind: kind.unwrap_or_default(),
        guard: match (key.lock, &key.seal) {
            (Lock::Open, None) => Guard::Nothing,
            (_, Some(seal)) if seal.unsupported.is_some() => Guard::Unsupported,
            (Lock::Open, Some(_)) => Guard::Opened,
            (Lock::Locked, _) => Guard::Sealed,
            (Lock::WrongPassword, _) => Guard::WrongPassword,
        },
        fits: key.certificates.len(),
    }
}

fn of_public_key(key: &LonePublicKey) -> Statement<'_> {
    let comment = key.ssh.as_ref().map(|line| line.comment.as_str());
    Statement::PublicKey {
        kind: &key.public_key.text,
        comment: comment.unwrap_or_default(),
        carriers: key.certificates.len(),
        has_private_key: key.private_key.is_some(),
    }
}

fn of_request(request: &CertificationRequest) -> Vec<Statement<'_>> {
    let name = request.display_name();
    vec![
        Statement::Request {
            name,
            others: others(name, &request.subject_alternative_names),
            key: &request.public_key.text,
            has_private_key: request.private_key.is_some(),
            is_certified: !request.certificates.is_empty(),
        },
        Statement::Unchecked(Unchecked::OwnSignature),
    ]
}

fn of_list(list: &RevocationList, now: UnixTime) -> Vec<Statement<'_>> {
    let next = match (list.this_update, list.next_update) {
        (Some(made), _) if now < made => NextList::ThisBeginsIn(made.seconds() - now.seconds()),
        (_, Some(next)) if next < now => NextList::WasDue(now.seconds() - next.seconds()),
        (_, Some(next)) => NextList::DueIn(next.seconds() - now.seconds()),
        (_, None) => NextList::Untold,
    };
    vec![
        Statement::List {
            kind: list.kind(),
            issuer: called(&list.issuer).unwrap_or_default(),
            count: usize::try_from(list.count).unwrap_or(usize::MAX),
            next,
        },
        Statement::Unchecked(Unchecked::OwnSignature),
    ]
}

fn of_attribute_certificate(
    certificate: &AttributeCertificate,
    now: UnixTime,
) -> Vec<Statement<'_>> {
    let issuer = certificate.issuer.first();
    let issuer = issuer.map(|name| match &name.directory {
        Some(directory) => called(directory).unwrap_or_default(),
        None => name.value.as_str(),
    });
    let issuer = issuer.filter(|issuer| !issuer.is_empty());
    let (start, end) = (certificate.not_before, certificate.not_after);
    vec![
        Statement::AttributeCertificate {
            issuer: issuer.map_or(Issued::Untold, Issued::By),
        },
        Statement::Lasting(lasting(start, end, false, now)),
        Statement::Unchecked(Unchecked::All),
    ]
}

fn of_signer(signer: &Signer) -> Vec<Statement<'_>> {
    let certificate = signer.serial.as_deref().zip(signer.issuer.as_ref());
    vec![
        Statement::Signer {
            certificate: certificate
                .map(|(serial, issuer)| (serial, called(issuer).unwrap_or_default())),
            at: signer.signing_time,
            is_here: signer.certificate.is_some(),
        },
        Statement::Unchecked(Unchecked::MessageSignature),
    ]
}

fn of_ssh_certificate(certificate: &SshCertificate, now: UnixTime) -> Vec<Statement<'_>> {
    let first = certificate.principals.first();
    let lasts = match (certificate.not_before, certificate.not_after) {
        (_, None) => Lasting::Forever,
        (start, end) => {
            let start = start.unwrap_or(UnixTime::from_seconds(0));
            lasting(Some(start), end, false, now)
        }
    };
    vec![
        Statement::SshCertificate {
            kind: certificate.certificate_type,
            principal: first.map(String::as_str),
            others: certificate.principals.len().saturating_sub(1),
        },
        Statement::Lasting(lasts),
        Statement::Unchecked(Unchecked::OwnSignature),
    ]
}

/// The name as a person would say it: the common name, else all of it.
fn called(name: &Name) -> Option<&str> {
    let common = name.common_name.as_deref();
    let common = common.filter(|name| !name.trim().is_empty());
    Some(common.unwrap_or(&name.text)).filter(|name| !name.is_empty())
}

/// How long something lasts, judged at `now`.
fn lasting<'a>(
    start: Option<UnixTime>,
    end: Option<UnixTime>,
    is_authority: bool,
    now: UnixTime,
) -> Lasting<'a> {
    let Some(end) = end else {
        return Lasting::Unreadable;
    };
    if end == UnixTime::NEVER {
        return Lasting::Forever;
    }
    let left = end.seconds() - now.seconds();
    let ended = |after| Lasting::Ended {
        ago: -left,
        on: end,
        after,
    };
    let Some(start) = start else {
        return if left < 0 {
            ended(None)
        } else {
            Lasting::Ends(end)
        };
    };
    let total = end.seconds() - start.seconds();
    match Standing::of(start, end, now) {
        Standing::Expired => ended(Some(total)),
        Standing::NotYetValid => Lasting::Starts {
            wait: start.seconds() - now.seconds(),
            on: start,
            total,
        },
        standing => Lasting::Left {
            left,
            total,
            standing,
            is_authority,
        },
    }
}

/// Whether the private key and the chain are in the same input.
fn surroundings(certificate: &Certificate) -> Statement<'_> {
    let chain = certificate.chain.as_ref().filter(|chain| 1 < chain.length);
    let reach = |at_end, complete| match (at_end, complete) {
        (true, true) => Reach::Top,
        (_, true) => Reach::Root,
        (true, false) => Reach::Nothing,
        (false, false) => Reach::BelowRoot,
    };
    Statement::Surroundings {
        key: certificate.private_key.as_ref().map(|key| key.proof),
        chain: chain.map(|chain| reach(chain.position == chain.length, chain.complete)),
    }
}

/// What was found to say, in English.
fn in_english(statements: &[Statement<'_>]) -> Sentence {
    statements.iter().fold(Sentence::default(), say)
}

#[expect(clippy::too_many_lines, reason = "one arm a statement")]
fn say(said: Sentence, statement: &Statement<'_>) -> Sentence {
    match *statement {
        Statement::Certificate {
            role,
            name,
            others,
            issuer,
        } => {
            let of = if role.is_authority() { " of " } else { " for " };
            let said = said.strong(role.name()).text_part(of).name(name);
            say_issuer(and_others(said, others), issuer)
        }
        Statement::AttributeCertificate { issuer } => {
            say_issuer(said.strong("Attribute certificate"), issuer)
        }
        Statement::SshCertificate {
            kind,
            principal,
            others,
        } => {
            let what = match kind {
                SshCertificateType::User => "SSH user certificate",
                SshCertificateType::Host => "SSH host certificate",
                SshCertificateType::Unknown => "SSH certificate",
            };
            let said = said.strong(what).text_part(" for ");
            let said = match principal {
                None => said.strong("anyone"),
                Some(name) => and_others(said.name(name), others),
            };
            said.text_part(". ")
        }
        Statement::Lasting(lasts) => say_lasting(said, lasts),
        Statement::Surroundings { key, chain } => say_surroundings(said, key, chain),
        Statement::KeyBeside(true) => said.text_part("Private key present."),
        Statement::KeyBeside(false) => said.text_part("No private key beside it."),
        Statement::PrivateKey { kind, guard, fits } => say_private_key(said, kind, guard, fits),
        Statement::PublicKey {
            kind,
            comment,
            carriers,
            has_private_key,
        } => {
            let said = said.strong(format!("{kind} public key"));
            let said = match comment {
                "" => said.text_part("."),
                comment => said.text_part(" of ").name(comment).text_part("."),
            };
            let said = match carriers {
                0 => said,
                1 => said.text_part(" 1 certificate in this file carries it."),
                count => said.text_part(format!(
                    " {} in this file carry it.",
                    several(count, "certificate")
                )),
            };
            if has_private_key {
                said.text_part(" Its private key is in this file.")
            } else {
                said
            }
        }
        Statement::Request {
            name,
            others,
            key,
            has_private_key,
            is_certified,
        } => {
            let said = said.strong("Request").text_part(" for ").name(name);
            let said = and_others(said, others).text_part(format!(", key {key}."));
            let said = if has_private_key {
                said.text_part(" Private key present.")
            } else {
                said
            };
            if is_certified {
                said.text_part(" A certificate over the same key is here.")
            } else {
                said
            }
        }
        Statement::List {
            kind,
            issuer,
            count,
            next,
        } => {
            let said = said
                .strong(format!("Revocation list, {kind},"))
                .text_part(" of ")
                .name(issuer)
                .text_part(format!(", revokes {}. ", several(count, "certificate")));
            let said = match next {
                NextList::ThisBeginsIn(wait) => said.strong(format!("It begins in {}", span(wait))),
                NextList::WasDue(ago) => {
                    said.strong(format!("The next one was due {} ago", span(ago)))
                }
                NextList::DueIn(wait) => {
                    said.text_part(format!("The next one is due in {}", span(wait)))
                }
                NextList::Untold => said.text_part("It does not say when the next one is due"),
            };
            said.text_part(".")
        }
        Statement::Signer {
            certificate,
            at,
            is_here,
        } => {
            let said = said.strong("Signer");
            let said = match certificate {
                Some((serial, issuer)) => said
                    .text_part(format!(" with certificate {serial} of "))
                    .name(issuer),
                None => said.text_part(" named by key"),
            };
            let said = match at {
                Some(time) => said.text_part(format!(", at {time} by its own clock.")),
                None => said.text_part("."),
            };
            said.text_part(if is_here {
                " Its certificate is in this file."
            } else {
                " Its certificate is not in this file."
            })
        }
        Statement::Other { what, fact } => {
            let said = said.strong(capital(what));
            match fact {
                "" => said.text_part("."),
                fact => said.text_part(": ").name(fact).text_part("."),
            }
        }
        Statement::Unreadable(problem) => said
            .strong("Not readable")
            .text_part(": ")
            .name(problem)
            .text_part("."),
        Statement::Unchecked(unchecked) => said.and_unchecked(match unchecked {
            Unchecked::All => "Signature, trust and revocation not checked.",
            Unchecked::OtherLists => "Signatures, trust and other revocation lists not checked.",
            Unchecked::OwnSignature => "Its signature was not checked.",
            Unchecked::MessageSignature => "The signature was not checked.",
        }),
    }
}

/// ` and 3 other names`, if there are any.
fn and_others(said: Sentence, others: usize) -> Sentence {
    match others {
        0 => said,
        others => said.text_part(format!(" and {}", several(others, "other name"))),
    }
}

/// `, issued by …. `, as far as there is a name to tell.
fn say_issuer(said: Sentence, issuer: Issued<'_>) -> Sentence {
    match issuer {
        Issued::Itself => said.text_part(", which names itself as issuer. "),
        Issued::By(issuer) => said.text_part(", issued by ").name(issuer).text_part(". "),
        Issued::Untold => said.text_part(". "),
    }
}

fn say_lasting(said: Sentence, lasts: Lasting<'_>) -> Sentence {
    match lasts {
        Lasting::Unreadable => said.text_part("How long it lasts cannot be read. "),
        Lasting::Untold => said.text_part("How long it lasts is not told. "),
        Lasting::Forever => said.strong("It never ends").text_part(". "),
        Lasting::Ended { ago, on, after } => {
            let said = said.strong(format!("Ended {} ago", span(ago)));
            said.text_part(match after {
                Some(whole) => format!(", on {}, after {}. ", date(on), lifetime(whole)),
                None => format!(", on {}. ", date(on)),
            })
        }
        Lasting::Ends(end) => said.strong(format!("Ends {}", date(end))).text_part(". "),
        Lasting::Starts { wait, on, total } => said
            .strong(format!("Starts in {}", span(wait)))
            .text_part(format!(", on {}, and lasts {}. ", date(on), lifetime(total))),
        Lasting::Left {
            left,
            total,
            standing,
            is_authority,
        } => {
            let whole = whole_after(left, total);
            let share = match (standing, is_authority) {
                (Standing::Soon, true) => format!(" of {whole}: its last third has begun. "),
                (Standing::Now, true) => format!(" of {whole}: its last tenth has begun. "),
                (Standing::Soon, false) => {
                    format!(" of {whole}: the last third has begun, time to renew. ")
                }
                (Standing::Now, false) => {
                    format!(" of {whole}: the last tenth has begun, renew it now. ")
                }
                _ => format!(", normal for its {whole}. "),
            };
            said.strong(format!("{} left", span(left))).text_part(share)
        }
        Lasting::LeftAlone { left, teller } => {
            said.strong(format!("{} left", span(left))).text_part(format!(
                ". {teller} does not tell when it began, so days are counted: soon from 30, now from 7. "
            ))
        }
    }
}

fn say_surroundings(said: Sentence, key: Option<KeyProof>, chain: Option<Reach>) -> Sentence {
    let key = key.map(|proof| match proof {
        KeyProof::PublicKey => "private key present",
        KeyProof::Keystore => "private key present, says the keystore",
    });
    let chain = chain.map(|reach| match reach {
        Reach::Top => "at the top of its chain here",
        Reach::Root => "its chain is here up to the root",
        Reach::Nothing => "its issuer is not in this file",
        Reach::BelowRoot => "its chain is here except the root",
    });
    let all: Vec<&str> = key.into_iter().chain(chain).collect();
    if all.is_empty() {
        return said;
    }
    said.text_part(format!("{}.", capital(&all.join("; "))))
}

fn say_private_key(said: Sentence, kind: &str, guard: Guard, fits: usize) -> Sentence {
    let said = said.strong(match kind {
        "" => "Private key".to_owned(),
        kind => format!("{kind} private key"),
    });
    let said = said.text_part(match guard {
        Guard::Nothing => {
            ". It stands here without any protection: whoever has the file has the key."
        }
        Guard::Opened => ". It was opened with the password. Nothing of its secret part is shown.",
        Guard::Sealed => ". It is sealed; without its password nothing more is known.",
        Guard::Unsupported => {
            ". It is sealed in a way that is not supported here; no password opens it."
        }
        Guard::WrongPassword => ". It is sealed, and no password given so far opens it.",
    });
    match fits {
        0 => said,
        fits => said.text_part(format!(" It fits {} here.", several(fits, "certificate"))),
    }
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
            oid: oid.to_owned().into(),
            name: oid.to_owned().into(),
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
        in_english(&of_certificate(
            certificate,
            Unchecked::All,
            UnixTime::from_seconds(day * DAY),
        ))
        .text()
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
            subject_alternative_names: [].into(),
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
