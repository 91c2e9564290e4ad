//! Messages between a client and its authority (CMP): what they ask or answer, and what they carry.

use crate::asn1::{Element, Reader, Tag};
use crate::container::{Item, ItemKind, der};
use crate::error::Problem;
use crate::hex::hex;
use crate::limits::figure;
use crate::open::Options;
use crate::origin::Origin;
use crate::report::Other;
use crate::x509::{label, named, public_key};

/// What each kind of body is: `PKIBody` (RFC 9810, 5.1.2).
const BODIES: &[(u32, &str)] = &[
    (0, "initialization request (ir)"),
    (1, "initialization response (ip)"),
    (2, "certification request (cr)"),
    (3, "certification response (cp)"),
    (4, "PKCS#10 certification request (p10cr)"),
    (5, "challenge (popdecc)"),
    (6, "answer to a challenge (popdecr)"),
    (7, "key update request (kur)"),
    (8, "key update response (kup)"),
    (9, "key recovery request (krr)"),
    (10, "key recovery response (krp)"),
    (11, "revocation request (rr)"),
    (12, "revocation response (rp)"),
    (13, "cross-certification request (ccr)"),
    (14, "cross-certification response (ccp)"),
    (15, "announcement of a new authority key (ckuann)"),
    (16, "announcement of a certificate (cann)"),
    (17, "announcement of a revocation (rann)"),
    (18, "announcement of revocation lists (crlann)"),
    (19, "confirmation (pkiconf)"),
    (20, "messages within a message (nested)"),
    (21, "general message (genm)"),
    (22, "general response (genp)"),
    (23, "error message (error)"),
    (24, "confirmation of certificates (certConf)"),
    (25, "polling request (pollReq)"),
    (26, "polling response (pollRep)"),
];

/// Facts that are told of one message.
const MAX_FACTS: usize = 100;

/// Reads a message and lists what stands in it.
///
/// ```text
/// PKIMessage ::= SEQUENCE { header PKIHeader, body PKIBody, protection [0] BIT STRING OPTIONAL,
///                           extraCerts [1] SEQUENCE OF Certificate OPTIONAL }
/// PKIHeader  ::= SEQUENCE { pvno INTEGER, sender GeneralName, recipient GeneralName,
///                           messageTime [0], protectionAlg [1], senderKID [2], recipKID [3],
///                           transactionID [4] OCTET STRING OPTIONAL, … }
/// ```
///
/// [RFC 9810, 5.1](https://www.rfc-editor.org/rfc/rfc9810#section-5.1)
pub(crate) fn read(
    path: &str,
    whole: &Element<'_>,
    origin: &Origin,
    options: &Options<'_>,
) -> Vec<Item> {
    let mut message = Message {
        path,
        origin,
        options,
        facts: Vec::new(),
        items: Vec::new(),
    };
    let mut fields = whole.reader();
    if let Some(header) = fields.next() {
        message.header(&header);
    }
    if let Some(body) = fields.next() {
        message.body(&body);
    }
    while let Some(field) = fields.next() {
        match field.tag.number {
            0 => message.fact("protected".to_owned()),
            1 => message.each(&field, |message, one| message.certificate("extra", one)),
            _ => {}
        }
    }
    let other = Other {
        what: "CMP message".to_owned(),
        facts: message.facts,
    };
    let (origin, kind) = (origin.clone(), ItemKind::Other(other));
    let first = Item::plain(path.to_owned(), origin, whole.raw.len(), kind);
    message.items.insert(0, first);
    message.items
}

/// A message while it is taken apart.
struct Message<'a> {
    path: &'a str,
    origin: &'a Origin,
    options: &'a Options<'a>,
    facts: Vec<String>,
    items: Vec<Item>,
}

impl Message<'_> {
    fn fact(&mut self, fact: String) {
        if self.facts.len() < MAX_FACTS {
            self.facts.push(fact);
        }
    }

    /// Does something with each element of the SEQUENCE under an explicit tag.
    fn each(&mut self, tagged: &Element<'_>, mut one: impl FnMut(&mut Self, &Element<'_>)) {
        let list = tagged.reader().next();
        let mut values = list.map_or_else(|| Reader::new(&[]), |list| list.reader());
        while let Some(value) = values.next() {
            one(self, &value);
        }
    }

    fn header(&mut self, header: &Element<'_>) {
        let mut fields = header.reader();
        if let Some(Ok(version)) = fields.next().map(|version| version.unsigned()) {
            self.fact(format!("version {version}"));
        }
        for who in ["sender", "recipient"] {
            let directory = fields.next().filter(|name| name.tag == Tag::context(4));
            let name = directory.and_then(|name| name.reader().next());
            let name = name.map(|name| label(&name)).unwrap_or_default();
            if !name.is_empty() {
                self.fact(format!("{who} {name}"));
            }
        }
        while let Some(field) = fields.next() {
            if field.tag == Tag::context(4)
                && let Some(transaction) = field.reader().next()
            {
                self.fact(format!("transaction {}", hex(transaction.contents)));
            }
        }
    }

    fn body(&mut self, body: &Element<'_>) {
        let number = body.tag.number;
        let known = BODIES.iter().find(|(known, _)| *known == number);
        let kind = known.map_or_else(
            || format!("a body of no known kind, {number}"),
            |(_, name)| (*name).to_owned(),
        );
        self.facts.insert(0, kind);
        match number {
            0 | 2 | 7 | 9 | 13 => self.each(body, Self::asked),
            1 | 3 | 8 | 14 => self.answers(body),
            4 => {
                if let Some(request) = body.reader().next() {
                    self.push("request", &request, der::request);
                }
            }
            12 => {
                let list = body.reader().next().and_then(|rp| rp.reader().next());
                let mut states = list.map_or_else(|| Reader::new(&[]), |list| list.reader());
                while let Some(status) = states.next() {
                    self.status(&status);
                }
            }
            15 => self.each(body, |message, one| {
                if let Some(one) = one.reader().next() {
                    message.certificate("certificate", &one);
                }
            }),
            16 => {
                if let Some(one) = body.reader().next() {
                    self.certificate("certificate", &one);
                }
            }
            18 => self.each(body, |message, one| {
                message.push("list", one, der::revocation_list);
            }),
            20 => {
                let list = body.reader().next();
                let count = list.map_or(0, |list| list.values().count());
                self.fact(format!("{count} messages"));
            }
            21 | 22 => self.each(body, |message, one| {
                if let Ok(oid) = one.reader().oid() {
                    message.fact(named(oid).name.into_owned());
                }
            }),
            23 => {
                let status = body.reader().next().and_then(|error| error.reader().next());
                if let Some(status) = status {
                    self.status(&status);
                }
            }
            _ => {}
        }
    }

    /// ```text
    /// CertReqMsg ::= SEQUENCE { certReq SEQUENCE { certReqId INTEGER, certTemplate SEQUENCE {
    ///     …, subject [5] Name OPTIONAL, publicKey [6] SubjectPublicKeyInfo OPTIONAL, … }, … }, … }
    /// ```
    ///
    /// [RFC 4211, 3 and 5](https://www.rfc-editor.org/rfc/rfc4211#section-5)
    fn asked(&mut self, one: &Element<'_>) {
        let template = one
            .reader()
            .next()
            .and_then(|request| request.values().nth(1));
        let mut fields = template.map_or_else(|| Reader::new(&[]), |template| template.reader());
        while let Some(field) = fields.next() {
            match field.tag.number {
                5 if field.tag.is_context() => {
                    let name = field.reader().next().map(|name| label(&name));
                    self.fact(format!("subject {}", name.unwrap_or_default()));
                }
                6 if field.tag.is_context() => {
                    if let Ok(key) = public_key(&field) {
                        self.fact(format!("key {}", key.text));
                    }
                }
                _ => {}
            }
        }
    }

    /// ```text
    /// CertRepMessage ::= SEQUENCE { caPubs [1] SEQUENCE OF Certificate OPTIONAL,
    ///     response SEQUENCE OF SEQUENCE { certReqId INTEGER, status PKIStatusInfo,
    ///         certifiedKeyPair SEQUENCE { certOrEncCert CHOICE {
    ///             certificate [0] Certificate, encryptedCert [1] EncryptedKey }, … } OPTIONAL, … } }
    /// ```
    ///
    /// [RFC 9810, 5.3.4](https://www.rfc-editor.org/rfc/rfc9810#section-5.3.4)
    fn answers(&mut self, body: &Element<'_>) {
        let answer = body.reader().next();
        let mut fields = answer.map_or_else(|| Reader::new(&[]), |answer| answer.reader());
        while let Some(field) = fields.next() {
            if field.tag == Tag::context(1) {
                self.each(&field, |message, one| message.certificate("ca", one));
                continue;
            }
            let mut responses = field.reader();
            while let Some(response) = responses.next() {
                let mut parts = response.values().skip(1);
                if let Some(status) = parts.next() {
                    self.status(&status);
                }
                let pair = parts.next().filter(|pair| pair.tag == Tag::SEQUENCE);
                let Some(choice) = pair.and_then(|pair| pair.reader().next()) else {
                    continue;
                };
                match choice.reader().next() {
                    Some(one) if choice.tag == Tag::context(0) => {
                        self.certificate("certificate", &one);
                    }
                    _ => self.fact("a certificate that is encrypted".to_owned()),
                }
            }
        }
    }

    /// `PKIStatusInfo ::= SEQUENCE { status INTEGER, statusString SEQUENCE OF UTF8String OPTIONAL, … }`
    fn status(&mut self, status: &Element<'_>) {
        let mut fields = status.reader();
        let word = match fields.next().map(|number| number.contents) {
            Some([0]) => "accepted",
            Some([1]) => "granted with changes",
            Some([2]) => "rejected",
            Some([3]) => "waiting",
            Some([4]) => "warning of a revocation",
            Some([5]) => "notice of a revocation",
            Some([6]) => "warning of a key update",
            _ => "of no known number",
        };
        let text = fields.next().filter(|text| text.tag == Tag::SEQUENCE);
        let text = text.and_then(|text| text.reader().next());
        let text = text.map(|text| crate::asn1::text(&text));
        self.fact(match text {
            Some(text) => format!("status {word}: {text}"),
            None => format!("status {word}"),
        });
    }

    fn certificate(&mut self, what: &str, one: &Element<'_>) {
        self.push(what, one, der::certificate);
    }

    fn push(
        &mut self,
        what: &str,
        one: &Element<'_>,
        make: impl FnOnce(String, Vec<u8>, &Origin) -> Item,
    ) {
        let held = self.items.len();
        let path = format!("{}/{what}[{held}]", self.path);
        let origin = self.origin.at(one.start);
        let limits = &self.options.limits;
        match limits.room_for_entry(held, figure(held).saturating_add(1), one.start) {
            Ok(()) => self.items.push(make(path, one.raw.to_vec(), &origin)),
            Err(_) if limits.entries < held => {}
            Err(error) => {
                let kind = ItemKind::Unreadable(Problem::from(&self.origin.relocate(error)));
                self.items
                    .push(Item::plain(path, origin, one.raw.len(), kind));
            }
        }
    }
}
