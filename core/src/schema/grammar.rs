//! The ASN.1 modules, as far as they say how objects are built.

use super::Type::{
    Any, By, Choice, Explicit, Filled, Holding, Implicit, List, OneOf, Plain, Sequence, Single,
};
use super::{Type, may, must};
use crate::asn1::Tag;

const BOOLEAN: Type = Plain(Tag::BOOLEAN);
const INTEGER: Type = Plain(Tag::INTEGER);
const ENUMERATED: Type = Plain(Tag::ENUMERATED);
const BITS: Type = Plain(Tag::BIT_STRING);
const OCTETS: Type = Plain(Tag::OCTET_STRING);
const NULL: Type = Plain(Tag::universal(5));
const OID: Type = Plain(Tag::OID);
const IA5: Type = Plain(Tag::universal(22));
const INSTANT: Type = Filled(&Plain(Tag::GENERALIZED_TIME));
const TIME: Type = Filled(&OneOf("UTCTime or GeneralizedTime", &[23, 24]));
const TEXT: Type = OneOf("a character string", &[12, 18, 19, 20, 22, 26, 27, 28, 30]);

const FILLED_TEXT: Type = Filled(&TEXT);
/// Of an optional field, that it must not be there.
const NOTHING: Type = Choice(&[]);
const ANY_SEQUENCE: Type = List(Tag::SEQUENCE, &Any, 0);

const fn list_of(kind: &'static Type) -> Type {
    List(Tag::SEQUENCE, kind, 1)
}

const fn any_list_of(kind: &'static Type) -> Type {
    List(Tag::SEQUENCE, kind, 0)
}

const fn set_of(kind: &'static Type) -> Type {
    List(Tag::SET, kind, 1)
}

const fn any_set_of(kind: &'static Type) -> Type {
    List(Tag::SET, kind, 0)
}

const fn octets_with(kind: &'static Type) -> Type {
    Holding(Tag::OCTET_STRING, kind)
}

const fn bits_with(kind: &'static Type) -> Type {
    Holding(Tag::BIT_STRING, kind)
}

// Identifiers under the arcs of PKCS, X9.62, NIST, Microsoft and PKIX.
macro_rules! pkcs {
    ($($arc:pat),*) => { [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, $($arc),*] };
}
macro_rules! x962 {
    ($($arc:pat),*) => { [0x2a, 0x86, 0x48, 0xce, 0x3d, $($arc),*] };
}
macro_rules! nist {
    ($($arc:pat),*) => { [0x60, 0x86, 0x48, 1, 0x65, 3, 4, $($arc),*] };
}
macro_rules! microsoft {
    ($($arc:pat),*) => { [0x2b, 6, 1, 4, 1, 0x82, 0x37, $($arc),*] };
}
macro_rules! pkix {
    ($($arc:pat),*) => { [0x2b, 6, 1, 5, 5, 7, $($arc),*] };
}

/// `AlgorithmIdentifier` (RFC 5280, 4.1.1.2). Parameters may be left out here; whether they must be
/// there is another rule's.
const ALGORITHM: Type = Sequence(&[must("algorithm", OID), may("parameters", By(parameters))]);

/// The one within what is signed. That it is the one outside is another rule's.
const INNER_ALGORITHM: Type = Sequence(&[must("algorithm", OID), may("parameters", Any)]);

fn parameters(algorithm: &[u8]) -> Type {
    match algorithm {
        // RSA and its signatures; digests; HMAC
        pkcs!(1, 1..=5 | 11..=16)
        | [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, _]
        | [0x2b, 0x0e, 3, 2, 26]
        | nist!(2, 1..=10) => NULL,
        x962!(2, 1) => CURVE,
        [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1] => DSA_PARAMETERS,
        // PBES1, and what PKCS#12 made of it
        pkcs!(5, 1 | 3 | 4 | 6 | 10 | 11) | pkcs!(12, 1, 1..=6) => PBES1,
        pkcs!(5, 12) => PBKDF2,
        pkcs!(5, 13) => PBES2,
        [0x2b, 6, 1, 4, 1, 0xda, 0x47, 4, 11] => SCRYPT,
        // ECDSA, Ed25519 and Ed448
        x962!(4, 1) | x962!(4, 3, 1..=4) | [0x2b, 0x65, 0x70 | 0x71] => NOTHING,
        // triple DES and AES, both in CBC mode
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 3, 7] | nist!(1, 2 | 22 | 42) => Filled(&OCTETS),
        _ => Any,
    }
}

/// RFC 8018, A.3
const PBES1: Type = Sequence(&[must("salt", OCTETS), must("iterationCount", INTEGER)]);

/// RFC 8018, A.4
const PBES2: Type = Sequence(&[
    must("keyDerivationFunc", ALGORITHM),
    must("encryptionScheme", ALGORITHM),
]);

/// RFC 7914, 7
const SCRYPT: Type = Sequence(&[
    must("salt", OCTETS),
    must("costParameter", INTEGER),
    must("blockSize", INTEGER),
    must("parallelizationParameter", INTEGER),
    may("keyLength", INTEGER),
]);

/// RFC 8018, A.2
const PBKDF2: Type = Sequence(&[
    must("salt", Choice(&[OCTETS, ALGORITHM])),
    must("iterationCount", INTEGER),
    may("keyLength", INTEGER),
    may("prf", ALGORITHM),
]);

/// `EcpkParameters` (RFC 3279, 2.3.5)
pub(crate) const CURVE: Type = Choice(&[
    OID,
    NULL,
    Sequence(&[
        must("version", INTEGER),
        must(
            "fieldID",
            Sequence(&[must("fieldType", OID), must("parameters", Any)]),
        ),
        must(
            "curve",
            Sequence(&[must("a", OCTETS), must("b", OCTETS), may("seed", BITS)]),
        ),
        must("base", OCTETS),
        must("order", INTEGER),
        may("cofactor", INTEGER),
        may("hash", Any),
    ]),
]);

/// `Dss-Parms` (RFC 3279, 2.3.2)
pub(crate) const DSA_PARAMETERS: Type =
    Sequence(&[must("p", INTEGER), must("q", INTEGER), must("g", INTEGER)]);

/// RFC 8017, A.1.1
pub(crate) const RSA_PUBLIC: Type =
    Sequence(&[must("modulus", INTEGER), must("publicExponent", INTEGER)]);

/// RFC 5280, 4.1
pub(crate) const PUBLIC_KEY: Type = Sequence(&[
    must("algorithm", ALGORITHM),
    must("subjectPublicKey", By(key_bits)),
]);

fn key_bits(algorithm: &[u8]) -> Type {
    match algorithm {
        pkcs!(1, 1 | 7 | 10) => bits_with(&RSA_PUBLIC),
        // DSA and the two kinds of Diffie-Hellman
        [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1]
        | pkcs!(3, 1)
        | [0x2a, 0x86, 0x48, 0xce, 0x3e, 2, 1] => bits_with(&INTEGER),
        _ => BITS,
    }
}

/// RFC 3279, 2.2.2 and 2.2.3
fn signature_bits(algorithm: &[u8]) -> Type {
    match algorithm {
        x962!(4, 1) | x962!(4, 3, 1..=4) | [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3] => bits_with(&PAIR),
        _ => BITS,
    }
}

const PAIR: Type = Sequence(&[must("r", INTEGER), must("s", INTEGER)]);

/// RFC 5280, 4.1.2.4
const NAME: Type = any_list_of(&RELATIVE_NAME);
const RELATIVE_NAME: Type = set_of(&ATTRIBUTE_VALUE);
const ATTRIBUTE_VALUE: Type = Sequence(&[must("type", OID), must("value", By(name_value))]);

/// The name of an issuer or a subject. Whether there is text in it is another rule's.
const OWN_NAME: Type = any_list_of(&set_of(&Sequence(&[
    must("type", OID),
    must("value", By(own_value)),
])));

fn own_value(kind: &[u8]) -> Type {
    match name_value(kind) {
        Filled(value) => *value,
        value => value,
    }
}

fn name_value(kind: &[u8]) -> Type {
    match kind {
        // uniqueIdentifier
        [0x55, 4, 45] => BITS,
        // X.520, the attributes that hold text
        [0x55, 4, 3..=13 | 15 | 17..=20 | 41..=44 | 46 | 51 | 54 | 65 | 97]
        // the place where a company is registered
        | microsoft!(60, 2, 1, 1..=3)
        // e-mail address; domainComponent
        | pkcs!(9, 1)
        | [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25] => FILLED_TEXT,
        _ => Any,
    }
}

/// RFC 5280, 4.2.1.6
const GENERAL_NAME: Type = Choice(&[
    Implicit(1, &IA5),
    Implicit(2, &IA5),
    Explicit(4, &NAME),
    Implicit(6, &IA5),
    Implicit(7, &OCTETS),
    Implicit(8, &OID),
    Implicit(
        0,
        &Sequence(&[must("type-id", OID), must("value", By(other_name))]),
    ),
    Implicit(
        3,
        &Sequence(&[
            must("built-in-standard-attributes", Any),
            may("built-in-domain-defined-attributes", Any),
            may("extension-attributes", Any),
        ]),
    ),
    Implicit(
        5,
        &Sequence(&[
            may("nameAssigner", Explicit(0, &TEXT)),
            must("partyName", Explicit(1, &TEXT)),
        ]),
    ),
]);

fn other_name(kind: &[u8]) -> Type {
    match kind {
        // Microsoft's user principal name; SmtpUTF8Mailbox
        microsoft!(20, 2, 3) | pkix!(8, 9) => Explicit(0, &FILLED_TEXT),
        _ => Explicit(0, &Any),
    }
}

const GENERAL_NAMES: Type = list_of(&GENERAL_NAME);

/// RFC 5280, 4.1
const EXTENSIONS: Type = list_of(&Sequence(&[
    must("extnID", OID),
    may("critical", BOOLEAN),
    must("extnValue", By(extension_octets)),
]));

fn extension_octets(kind: &[u8]) -> Type {
    extension(kind).map_or(OCTETS, octets_with)
}

/// Whether values of this kind of extension are known to be ASN.1: those of X.509 and PKIX are.
pub(crate) fn is_known_extension(kind: &[u8]) -> bool {
    extension(kind).is_some()
}

/// What the value of an extension must be, with the object identifiers of RFC 5280, 4.2 and 5.2 first.
#[expect(
    clippy::match_same_arms,
    reason = "one row for each kind, in the order of their standards"
)]
fn extension(kind: &[u8]) -> Option<&'static Type> {
    Some(match kind {
        [0x55, 0x1d, 9] => &ATTRIBUTES,
        [0x55, 0x1d, 14] => &Filled(&OCTETS),
        [0x55, 0x1d, 15] => &BITS,
        [0x55, 0x1d, 16] => &USAGE_PERIOD,
        [0x55, 0x1d, 17 | 18 | 29] => &GENERAL_NAMES,
        [0x55, 0x1d, 19] => &BASIC_CONSTRAINTS,
        [0x55, 0x1d, 20 | 27 | 54] => &INTEGER,
        [0x55, 0x1d, 21] => &ENUMERATED,
        [0x55, 0x1d, 23] => &OID,
        [0x55, 0x1d, 24 | 60] => &INSTANT,
        [0x55, 0x1d, 28] => &ISSUING_POINT,
        [0x55, 0x1d, 30] => &NAME_CONSTRAINTS,
        [0x55, 0x1d, 31 | 46] | microsoft!(21, 14) => &POINTS,
        [0x55, 0x1d, 32] | microsoft!(21, 10) => &POLICIES,
        [0x55, 0x1d, 33] | microsoft!(21, 11) => &POLICY_MAPPINGS,
        [0x55, 0x1d, 35] => &AUTHORITY_KEY,
        [0x55, 0x1d, 36] | microsoft!(21, 12) => &POLICY_CONSTRAINTS,
        [0x55, 0x1d, 37] => &PURPOSES,
        [0x55, 0x1d, 56] | pkix!(48, 1, 5) => &NULL,
        pkix!(1, 1 | 11) => &ACCESSES,
        pkix!(1, 3) => &STATEMENTS,
        pkix!(1, 7 | 28) => &ADDRESS_BLOCKS,
        pkix!(1, 8 | 29) => &SYSTEMS,
        pkix!(1, 14) => &PROXY,
        pkix!(1, 24) => &FEATURES,
        // Promises of transparency logs, and the poison of precertificates
        [0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 2 | 5] => &OCTETS,
        [0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 3] => &NULL,
        microsoft!(20, 2) => &TEXT,
        microsoft!(21, 1) => &INTEGER,
        microsoft!(21, 2) => &OCTETS,
        microsoft!(21, 4) => &TIME,
        microsoft!(21, 7) => &TEMPLATE,
        // Netscape's certificate types, and what else it had
        [0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 1] => &BITS,
        [
            0x60,
            0x86,
            0x48,
            1,
            0x86,
            0xf8,
            0x42,
            1,
            2..=4 | 7 | 8 | 12 | 13,
        ] => &TEXT,
        [0x55, 0x1d, ..] | pkix!(1, ..) => &Any,
        _ => return None,
    })
}

const USAGE_PERIOD: Type = Filled(&Sequence(&[
    may("notBefore", Implicit(0, &INSTANT)),
    may("notAfter", Implicit(1, &INSTANT)),
]));

const BASIC_CONSTRAINTS: Type = Sequence(&[may("cA", BOOLEAN), may("pathLenConstraint", INTEGER)]);

/// `DistributionPointName`: a CHOICE, so that the tag around it is explicit.
const POINT_NAME: Type = Choice(&[
    Implicit(0, &GENERAL_NAMES),
    Implicit(1, &List(Tag::SET, &ATTRIBUTE_VALUE, 1)),
]);

const ISSUING_POINT: Type = Sequence(&[
    may("distributionPoint", Explicit(0, &POINT_NAME)),
    may("onlyContainsUserCerts", Implicit(1, &BOOLEAN)),
    may("onlyContainsCACerts", Implicit(2, &BOOLEAN)),
    may("onlySomeReasons", Implicit(3, &BITS)),
    may("indirectCRL", Implicit(4, &BOOLEAN)),
    may("onlyContainsAttributeCerts", Implicit(5, &BOOLEAN)),
]);

const POINTS: Type = list_of(&Sequence(&[
    may("distributionPoint", Explicit(0, &POINT_NAME)),
    may("reasons", Implicit(1, &BITS)),
    may("cRLIssuer", Implicit(2, &GENERAL_NAMES)),
]));

const SUBTREES: Type = list_of(&Sequence(&[
    must("base", GENERAL_NAME),
    may("minimum", Implicit(0, &INTEGER)),
    may("maximum", Implicit(1, &INTEGER)),
]));

const NAME_CONSTRAINTS: Type = Sequence(&[
    may("permittedSubtrees", Implicit(0, &SUBTREES)),
    may("excludedSubtrees", Implicit(1, &SUBTREES)),
]);

const POLICIES: Type = list_of(&Sequence(&[
    must("policyIdentifier", OID),
    may(
        "policyQualifiers",
        list_of(&Sequence(&[
            must("policyQualifierId", OID),
            must("qualifier", By(qualifier)),
        ])),
    ),
]));

fn qualifier(kind: &[u8]) -> Type {
    match kind {
        pkix!(2, 1) => IA5,
        pkix!(2, 2) => NOTICE,
        _ => Any,
    }
}

const NOTICE: Type = Sequence(&[
    may(
        "noticeRef",
        Sequence(&[
            must("organization", FILLED_TEXT),
            must("noticeNumbers", any_list_of(&INTEGER)),
        ]),
    ),
    may("explicitText", FILLED_TEXT),
]);

const POLICY_MAPPINGS: Type = list_of(&Sequence(&[
    must("issuerDomainPolicy", OID),
    must("subjectDomainPolicy", OID),
]));

const AUTHORITY_KEY: Type = Sequence(&[
    may("keyIdentifier", Implicit(0, &Filled(&OCTETS))),
    may("authorityCertIssuer", Implicit(1, &GENERAL_NAMES)),
    may("authorityCertSerialNumber", Implicit(2, &INTEGER)),
]);

const POLICY_CONSTRAINTS: Type = Sequence(&[
    may("requireExplicitPolicy", Implicit(0, &INTEGER)),
    may("inhibitPolicyMapping", Implicit(1, &INTEGER)),
]);

const PURPOSES: Type = list_of(&OID);

/// RFC 5280, 4.2.2
const ACCESSES: Type = list_of(&Sequence(&[
    must("accessMethod", OID),
    must("accessLocation", GENERAL_NAME),
]));

/// RFC 3739, 3.2.6
const STATEMENTS: Type = any_list_of(&Sequence(&[
    must("statementId", OID),
    may("statementInfo", By(statement)),
]));

/// ETSI EN 319 412-5, 4
fn statement(kind: &[u8]) -> Type {
    match kind {
        [4, 0, 0x8e, 0x46, 1, 1 | 4] => NOTHING,
        [4, 0, 0x8e, 0x46, 1, 2] => LIMIT,
        [4, 0, 0x8e, 0x46, 1, 3] => INTEGER,
        [4, 0, 0x8e, 0x46, 1, 5] => STATEMENT_PLACES,
        [4, 0, 0x8e, 0x46, 1, 6] => PURPOSES,
        _ => Any,
    }
}

const LIMIT: Type = Sequence(&[
    must("currency", Choice(&[FILLED_TEXT, INTEGER])),
    must("amount", INTEGER),
    must("exponent", INTEGER),
]);

const STATEMENT_PLACES: Type = list_of(&Sequence(&[
    must("url", FILLED_TEXT),
    must("language", FILLED_TEXT),
]));

/// RFC 3779, 2.2.3
const ADDRESS_BLOCKS: Type = any_list_of(&Sequence(&[
    must("addressFamily", OCTETS),
    must(
        "ipAddressChoice",
        Choice(&[
            NULL,
            any_list_of(&Choice(&[
                BITS,
                Sequence(&[must("min", BITS), must("max", BITS)]),
            ])),
        ]),
    ),
]));

/// RFC 3779, 3.2.3
const SYSTEMS: Type = Sequence(&[
    may("asnum", Explicit(0, &SYSTEM_NUMBERS)),
    may("rdi", Explicit(1, &SYSTEM_NUMBERS)),
]);

const SYSTEM_NUMBERS: Type = Choice(&[
    NULL,
    any_list_of(&Choice(&[
        INTEGER,
        Sequence(&[must("min", INTEGER), must("max", INTEGER)]),
    ])),
]);

/// RFC 3820, 3.8
const PROXY: Type = Sequence(&[
    may("pCPathLenConstraint", INTEGER),
    must(
        "proxyPolicy",
        Sequence(&[must("policyLanguage", OID), may("policy", OCTETS)]),
    ),
]);

/// RFC 7633, 6
const FEATURES: Type = any_list_of(&INTEGER);

/// `CertificateTemplate` (MS-WCCE, 2.2.2.7.7.2)
const TEMPLATE: Type = Sequence(&[
    must("templateID", OID),
    may("templateMajorVersion", INTEGER),
    may("templateMinorVersion", INTEGER),
]);

/// RFC 5280, 4.1
pub(crate) const CERTIFICATE: Type = Sequence(&[
    must(
        "tbsCertificate",
        Sequence(&[
            may("version", Explicit(0, &INTEGER)),
            must("serialNumber", INTEGER),
            must("signature", INNER_ALGORITHM),
            must("issuer", OWN_NAME),
            must(
                "validity",
                Sequence(&[must("notBefore", TIME), must("notAfter", TIME)]),
            ),
            must("subject", OWN_NAME),
            must("subjectPublicKeyInfo", PUBLIC_KEY),
            may("issuerUniqueID", Implicit(1, &BITS)),
            may("subjectUniqueID", Implicit(2, &BITS)),
            may("extensions", Explicit(3, &EXTENSIONS)),
        ]),
    ),
    must("signatureAlgorithm", ALGORITHM),
    must("signatureValue", By(signature_bits)),
]);

/// RFC 2986, 4. Some leave the attributes out, which another rule tells.
pub(crate) const REQUEST: Type = Sequence(&[
    must(
        "certificationRequestInfo",
        Sequence(&[
            must("version", INTEGER),
            must("subject", OWN_NAME),
            must("subjectPKInfo", PUBLIC_KEY),
            may("attributes", Implicit(0, &List(Tag::SET, &ATTRIBUTE, 0))),
        ]),
    ),
    must("signatureAlgorithm", ALGORITHM),
    must("signature", By(signature_bits)),
]);

/// RFC 5280, 5.1
pub(crate) const REVOCATION_LIST: Type = Sequence(&[
    must(
        "tbsCertList",
        Sequence(&[
            may("version", INTEGER),
            must("signature", INNER_ALGORITHM),
            must("issuer", OWN_NAME),
            must("thisUpdate", TIME),
            may("nextUpdate", TIME),
            may(
                "revokedCertificates",
                any_list_of(&Sequence(&[
                    must("userCertificate", INTEGER),
                    must("revocationDate", TIME),
                    may("crlEntryExtensions", EXTENSIONS),
                ])),
            ),
            may("crlExtensions", Explicit(0, &EXTENSIONS)),
        ]),
    ),
    must("signatureAlgorithm", ALGORITHM),
    must("signatureValue", By(signature_bits)),
]);

/// RFC 5652, 5.3
const ATTRIBUTE: Type = Sequence(&[
    must("attrType", OID),
    must("attrValues", By(attribute_values)),
]);
const ATTRIBUTES: Type = list_of(&ATTRIBUTE);

fn attribute_values(kind: &[u8]) -> Type {
    match kind {
        pkcs!(9, 3) => Single(Tag::SET, &OID),
        pkcs!(9, 4) => Single(Tag::SET, &Filled(&OCTETS)),
        pkcs!(9, 5) => Single(Tag::SET, &TIME),
        pkcs!(9, 1 | 2 | 7 | 8 | 20) => set_of(&FILLED_TEXT),
        pkcs!(9, 15) => set_of(&CAPABILITIES),
        // extensionRequest, of PKCS#9 and of Microsoft
        pkcs!(9, 14) | microsoft!(2, 1, 14) => set_of(&EXTENSIONS),
        _ => set_of(&Any),
    }
}

/// RFC 8551, 2.5.2
const CAPABILITIES: Type = any_list_of(&Sequence(&[
    must("capabilityID", OID),
    may("parameters", Any),
]));

/// `AttributeCertificate` of version 2 (RFC 5755, 4.1)
pub(crate) const ATTRIBUTE_CERTIFICATE: Type = Sequence(&[
    must(
        "acinfo",
        Sequence(&[
            must("version", INTEGER),
            must(
                "holder",
                Filled(&Sequence(&[
                    may("baseCertificateID", Implicit(0, &ISSUER_SERIAL)),
                    may("entityName", Implicit(1, &GENERAL_NAMES)),
                    may("objectDigestInfo", Implicit(2, &OBJECT_DIGEST)),
                ])),
            ),
            must(
                "issuer",
                Choice(&[
                    GENERAL_NAMES,
                    Implicit(
                        0,
                        &Filled(&Sequence(&[
                            may("issuerName", GENERAL_NAMES),
                            may("baseCertificateID", Implicit(0, &ISSUER_SERIAL)),
                            may("objectDigestInfo", Implicit(1, &OBJECT_DIGEST)),
                        ])),
                    ),
                ]),
            ),
            must("signature", INNER_ALGORITHM),
            must("serialNumber", INTEGER),
            must(
                "attrCertValidityPeriod",
                Sequence(&[must("notBeforeTime", TIME), must("notAfterTime", TIME)]),
            ),
            must("attributes", any_list_of(&ATTRIBUTE)),
            may("issuerUniqueID", BITS),
            may("extensions", EXTENSIONS),
        ]),
    ),
    must("signatureAlgorithm", ALGORITHM),
    must("signatureValue", By(signature_bits)),
]);

const ISSUER_SERIAL: Type = Sequence(&[
    must("issuer", GENERAL_NAMES),
    must("serial", INTEGER),
    may("issuerUID", BITS),
]);

const OBJECT_DIGEST: Type = Sequence(&[
    must("digestedObjectType", ENUMERATED),
    may("otherObjectTypeID", OID),
    must("digestAlgorithm", ALGORITHM),
    must("objectDigest", BITS),
]);

/// RFC 5652, 3. Content of other types is not looked into.
pub(crate) const MESSAGE: Type =
    Sequence(&[must("contentType", OID), may("content", Explicit(0, &Any))]);

/// RFC 5652, 3 and 5.1, around a `SignedData`
pub(crate) const SIGNED_MESSAGE: Type = Sequence(&[
    must("contentType", OID),
    must("content", Explicit(0, &SIGNED_DATA)),
]);

/// RFC 5652, 5.1. Certificates and lists are objects of their own.
pub(crate) const SIGNED_DATA: Type = Sequence(&[
    must("version", INTEGER),
    must("digestAlgorithms", any_set_of(&ALGORITHM)),
    must(
        "encapContentInfo",
        Sequence(&[
            must("eContentType", OID),
            may("eContent", Explicit(0, &CONTENT)),
        ]),
    ),
    may(
        "certificates",
        Implicit(0, &List(Tag::SET, &CERTIFICATE_CHOICES, 0)),
    ),
    may("crls", Implicit(1, &List(Tag::SET, &LIST_CHOICES, 0))),
    must("signerInfos", any_set_of(&SIGNER)),
]);

const CERTIFICATE_CHOICES: Type = Choice(&[
    ANY_SEQUENCE,
    Implicit(0, &ANY_SEQUENCE),
    Implicit(1, &ANY_SEQUENCE),
    Implicit(2, &ANY_SEQUENCE),
    Implicit(3, &ANY_SEQUENCE),
]);

const LIST_CHOICES: Type = Choice(&[ANY_SEQUENCE, Implicit(1, &ANY_SEQUENCE)]);

/// What PKCS#7 allowed besides OCTET STRINGs still stands in signed programs.
const CONTENT: Type = Choice(&[OCTETS, ANY_SEQUENCE]);

const SIGNER: Type = Sequence(&[
    must("version", INTEGER),
    must(
        "sid",
        Choice(&[
            Sequence(&[must("issuer", NAME), must("serialNumber", INTEGER)]),
            Implicit(0, &Filled(&OCTETS)),
        ]),
    ),
    must("digestAlgorithm", ALGORITHM),
    may("signedAttrs", Implicit(0, &List(Tag::SET, &ATTRIBUTE, 1))),
    must("signatureAlgorithm", ALGORITHM),
    must("signature", By(signature_octets)),
    may("unsignedAttrs", Implicit(1, &List(Tag::SET, &ATTRIBUTE, 1))),
]);

fn signature_octets(algorithm: &[u8]) -> Type {
    match signature_bits(algorithm) {
        Holding(_, value) => octets_with(value),
        _ => Filled(&OCTETS),
    }
}

/// RFC 6960, 4.1.1
pub(crate) const OCSP_REQUEST: Type = Sequence(&[
    must(
        "tbsRequest",
        Sequence(&[
            may("version", Explicit(0, &INTEGER)),
            may("requestorName", Explicit(1, &GENERAL_NAME)),
            must(
                "requestList",
                any_list_of(&Sequence(&[
                    must("reqCert", CERTIFICATE_ID),
                    may("singleRequestExtensions", Explicit(0, &EXTENSIONS)),
                ])),
            ),
            may("requestExtensions", Explicit(2, &EXTENSIONS)),
        ]),
    ),
    may(
        "optionalSignature",
        Explicit(
            0,
            &Sequence(&[
                must("signatureAlgorithm", ALGORITHM),
                must("signature", By(signature_bits)),
                may("certs", Explicit(0, &any_list_of(&Any))),
            ]),
        ),
    ),
]);

const CERTIFICATE_ID: Type = Sequence(&[
    must("hashAlgorithm", ALGORITHM),
    must("issuerNameHash", Filled(&OCTETS)),
    must("issuerKeyHash", Filled(&OCTETS)),
    must("serialNumber", INTEGER),
]);

/// RFC 6960, 4.2.1
pub(crate) const OCSP_RESPONSE: Type = Sequence(&[
    must("responseStatus", ENUMERATED),
    may(
        "responseBytes",
        Explicit(
            0,
            &Sequence(&[
                must("responseType", OID),
                must("response", By(ocsp_response)),
            ]),
        ),
    ),
]);

fn ocsp_response(kind: &[u8]) -> Type {
    match kind {
        pkix!(48, 1, 1) => octets_with(&OCSP_BASIC),
        _ => OCTETS,
    }
}

/// `BasicOCSPResponse`
pub(crate) const OCSP_BASIC: Type = Sequence(&[
    must(
        "tbsResponseData",
        Sequence(&[
            may("version", Explicit(0, &INTEGER)),
            must(
                "responderID",
                Choice(&[Explicit(1, &NAME), Explicit(2, &OCTETS)]),
            ),
            must("producedAt", INSTANT),
            must("responses", list_of(&SINGLE_RESPONSE)),
            may("responseExtensions", Explicit(1, &EXTENSIONS)),
        ]),
    ),
    must("signatureAlgorithm", ALGORITHM),
    must("signature", By(signature_bits)),
    may("certs", Explicit(0, &any_list_of(&Any))),
]);

const SINGLE_RESPONSE: Type = Sequence(&[
    must("certID", CERTIFICATE_ID),
    must(
        "certStatus",
        Choice(&[
            Implicit(0, &NULL),
            Implicit(
                1,
                &Sequence(&[
                    must("revocationTime", INSTANT),
                    may("revocationReason", Explicit(0, &ENUMERATED)),
                ]),
            ),
            Implicit(2, &NULL),
        ]),
    ),
    must("thisUpdate", INSTANT),
    may("nextUpdate", Explicit(0, &INSTANT)),
    may("singleExtensions", Explicit(1, &EXTENSIONS)),
]);

/// `OneAsymmetricKey` (RFC 5958, 2). The public half is tagged explicitly by some.
pub(crate) const PRIVATE_KEY: Type = Sequence(&[
    must("version", INTEGER),
    must("privateKeyAlgorithm", ALGORITHM),
    must("privateKey", By(key_octets)),
    may("attributes", Implicit(0, &List(Tag::SET, &ATTRIBUTE, 0))),
    may(
        "publicKey",
        Choice(&[Implicit(1, &BITS), Explicit(1, &BITS)]),
    ),
]);

fn key_octets(algorithm: &[u8]) -> Type {
    match algorithm {
        pkcs!(1, 1 | 10) => octets_with(&RSA_PRIVATE),
        x962!(2, 1) | [0x2b, 0x81, 4, 1, 12] => octets_with(&EC_PRIVATE),
        // X25519, X448, Ed25519 and Ed448
        [0x2b, 0x65, 0x6e..=0x71] => octets_with(&Filled(&OCTETS)),
        [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1]
        | pkcs!(3, 1)
        | [0x2a, 0x86, 0x48, 0xce, 0x3e, 2, 1] => octets_with(&INTEGER),
        _ => OCTETS,
    }
}

/// RFC 8017, A.1.2
pub(crate) const RSA_PRIVATE: Type = Sequence(&[
    must("version", INTEGER),
    must("modulus", INTEGER),
    must("publicExponent", INTEGER),
    must("privateExponent", INTEGER),
    must("prime1", INTEGER),
    must("prime2", INTEGER),
    must("exponent1", INTEGER),
    must("exponent2", INTEGER),
    must("coefficient", INTEGER),
    may(
        "otherPrimeInfos",
        list_of(&Sequence(&[
            must("prime", INTEGER),
            must("exponent", INTEGER),
            must("coefficient", INTEGER),
        ])),
    ),
]);

/// RFC 5915, 3
pub(crate) const EC_PRIVATE: Type = Sequence(&[
    must("version", INTEGER),
    must("privateKey", Filled(&OCTETS)),
    may("parameters", Explicit(0, &CURVE)),
    may("publicKey", Explicit(1, &Filled(&BITS))),
]);

/// The form that OpenSSL gives DSA keys.
pub(crate) const DSA_PRIVATE: Type = Sequence(&[
    must("version", INTEGER),
    must("p", INTEGER),
    must("q", INTEGER),
    must("g", INTEGER),
    must("y", INTEGER),
    must("x", INTEGER),
]);

/// RFC 5958, 3
pub(crate) const SEALED_KEY: Type = Sequence(&[
    must("encryptionAlgorithm", ALGORITHM),
    must("encryptedData", Filled(&OCTETS)),
]);
