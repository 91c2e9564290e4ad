//! Public keys that stand alone.

use crate::asn1::{Element, Reader};
use crate::container::PublicItem;
use crate::der::sequence;
use crate::error::Error;
use crate::origin::Origin;
use crate::report::SshLine;
use crate::rule::Findings;
use crate::schema::grammar;
use crate::x509::findings::encoding;
use crate::x509::{DSA, RSA, identified_key, key_findings, pem_block, power, public_bits, spki};

impl PublicItem {
    /// A `SubjectPublicKeyInfo`.
    pub(crate) fn read(der: &[u8], origin: &Origin) -> Result<Self, Error> {
        let info = Reader::new(der)
            .sequence("SubjectPublicKeyInfo")
            .map_err(|error| error.within("public key"))?;
        let public_key = identified_key(&info).map_err(|error| error.within("public key"))?;
        let mut findings = Findings::new(origin);
        key_findings(&info, &mut findings);
        let found = &mut findings;
        encoding::of_object("key", &info, grammar::PUBLIC_KEY, &[], found);
        Ok(Self {
            public_key,
            public_bits: public_bits(&info).unwrap_or_default().to_vec(),
            form: "SubjectPublicKeyInfo",
            ssh: None,
            pem: Some(pem_block("PUBLIC KEY", info.raw)),
            findings: findings.into_sorted(),
        })
    }

    /// An `RSAPublicKey` without the identifier around it (RFC 8017, A.1.1).
    pub(crate) fn read_pkcs1(der: &[u8]) -> Result<Self, Error> {
        let key = Reader::new(der)
            .sequence("RSAPublicKey")
            .map_err(|error| error.within("public key"))?;
        let info = spki(RSA, &[5, 0], key.raw);
        Ok(Self {
            form: "PKCS#1",
            ..Self::made(&info, None)?
        })
    }

    /// ```text
    /// DSAPublicKey ::= SEQUENCE { pub_key INTEGER, p INTEGER, q INTEGER, g INTEGER }
    /// ```
    ///
    /// A form of OpenSSL's own. Other things are four numbers too, but only of these is g to the power of q 1.
    pub(crate) fn read_dsa(der: &[u8]) -> Result<Self, Error> {
        let key = Reader::new(der)
            .sequence("DSAPublicKey")
            .map_err(|error| error.within("public key"))?;
        let numbers: Vec<Element<'_>> = key.values().collect();
        let [public, p, q, g] = numbers.as_slice() else {
            return Err(key.unexpected("DSAPublicKey"));
        };
        if power(g.contents, q.contents, p.contents).as_deref() != Some(&[2, 1, 1]) {
            let error = key.malformed("four numbers that are no DSA key");
            return Err(error.within("public key"));
        }
        let parameters = sequence(&[p.raw, q.raw, g.raw]);
        Ok(Self {
            form: "OpenSSL DSA",
            ..Self::made(&spki(DSA, &parameters, public.raw), None)?
        })
    }

    /// A key of another form, made into a `SubjectPublicKeyInfo`: its offsets mean nothing.
    pub(crate) fn made(info: &[u8], ssh: Option<SshLine>) -> Result<Self, Error> {
        let mut item = Self::read(info, &Origin::input())?;
        for finding in &mut item.findings {
            finding.at = None;
        }
        Ok(Self { ssh, ..item })
    }
}
