//! What a key in an Android device is bound to.

use crate::asn1::{Element, Reader, Tag, is_string, text};
use crate::error::{Error, ErrorKind};
use crate::hex::hex;
use crate::report::{
    Attestation, AttestationFact, AttestationSecurity, AuthorizationList, BootState,
    ExtensionValue, RootOfTrust,
};
use crate::time::UnixTime;
use crate::x509::extension::{Context, cbor};

const ROOT_OF_TRUST: u32 = 704;

/// ```text
/// KeyDescription ::= SEQUENCE { attestationVersion INTEGER, attestationSecurityLevel ENUMERATED,
///     keyMintVersion INTEGER, keyMintSecurityLevel ENUMERATED, attestationChallenge OCTET STRING,
///     uniqueId OCTET STRING, softwareEnforced AuthorizationList, hardwareEnforced AuthorizationList }
/// ```
///
/// [Key and ID attestation](https://source.android.com/docs/security/features/keystore/attestation)
pub(super) fn attestation(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut fields = reader.sequence("KeyDescription")?.reader();
    let version = number(&mut fields).map_err(|e| e.within("attestationVersion"))?;
    let security = security(&mut fields).map_err(|e| e.within("attestationSecurityLevel"))?;
    let keymint_version = number(&mut fields).map_err(|e| e.within("keyMintVersion"))?;
    let keymint = self::security(&mut fields).map_err(|e| e.within("keyMintSecurityLevel"))?;
    let challenge = octets(&mut fields).map_err(|e| e.within("attestationChallenge"))?;
    let unique_id = octets(&mut fields).map_err(|e| e.within("uniqueId"))?;
    let software =
        authorizations(&mut fields, context).map_err(|e| e.within("softwareEnforced"))?;
    let hardware =
        authorizations(&mut fields, context).map_err(|e| e.within("hardwareEnforced"))?;
    context.end(&fields);
    Ok(ExtensionValue::AndroidAttestation(Box::new(Attestation {
        version,
        security,
        keymint_version,
        keymint_security: keymint,
        challenge,
        unique_id,
        software,
        hardware,
    })))
}

/// ```text
/// { 1: certificates issued to the device in the last 30 days, … }, in CBOR without ASN.1 around it
/// ```
///
/// [Key and ID attestation](https://source.android.com/docs/security/features/keystore/attestation)
pub(super) fn provisioning(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let offset = reader.offset();
    let pairs = cbor::numbered(reader.take_rest()).ok_or_else(|| {
        let what = "expected a CBOR map with numbers as keys".to_owned();
        Error::new(ErrorKind::Malformed { what }, offset)
    })?;
    let facts = pairs.into_iter().map(|(key, value)| AttestationFact {
        tag: u32::try_from(key).unwrap_or(u32::MAX),
        name: (key == 1).then(|| "certificates issued in the last 30 days".to_owned()),
        values: vec![value],
    });
    Ok(ExtensionValue::AndroidProvisioning {
        facts: facts.collect(),
    })
}

fn number(fields: &mut Reader<'_>) -> Result<u64, Error> {
    fields.expect(Tag::INTEGER, "INTEGER")?.unsigned()
}

fn octets(fields: &mut Reader<'_>) -> Result<String, Error> {
    Ok(hex(fields
        .expect(Tag::OCTET_STRING, "OCTET STRING")?
        .contents))
}

fn security(fields: &mut Reader<'_>) -> Result<AttestationSecurity, Error> {
    let level = fields.expect(Tag::ENUMERATED, "ENUMERATED")?;
    match level.unsigned()? {
        0 => Ok(AttestationSecurity::Software),
        1 => Ok(AttestationSecurity::TrustedEnvironment),
        2 => Ok(AttestationSecurity::StrongBox),
        number => Err(level.malformed(&format!("{number} is the number of no security level"))),
    }
}

/// A SEQUENCE of facts, each in an explicit tag whose number says what it is.
fn authorizations(
    fields: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<AuthorizationList, Error> {
    let mut list = fields.sequence("AuthorizationList")?.reader();
    let mut found = AuthorizationList::default();
    while !list.is_empty() {
        let wrapper = list.any()?;
        if !wrapper.tag.is_context() || !wrapper.tag.constructed {
            return Err(wrapper.unexpected("a tagged fact"));
        }
        let tag = wrapper.tag.number;
        let mut inside = wrapper.reader();
        let value = inside.any()?;
        context.end(&inside);
        if tag == ROOT_OF_TRUST {
            let root = root_of_trust(&value).map_err(|error| error.within("rootOfTrust"))?;
            found.root_of_trust = Some(root);
            continue;
        }
        let row = FACTS.iter().find(|(number, _, _)| *number == tag);
        let form = row.map_or(Form::Number, |(_, _, form)| *form);
        found.facts.push(AttestationFact {
            tag,
            name: row.map(|(_, name, _)| (*name).to_owned()),
            values: values(&value, form)?,
        });
    }
    Ok(found)
}

/// ```text
/// RootOfTrust ::= SEQUENCE { verifiedBootKey OCTET STRING, deviceLocked BOOLEAN,
///     verifiedBootState ENUMERATED, verifiedBootHash OCTET STRING }
/// ```
fn root_of_trust(value: &Element<'_>) -> Result<RootOfTrust, Error> {
    if value.tag != Tag::SEQUENCE {
        return Err(value.unexpected("SEQUENCE"));
    }
    let mut fields = value.reader();
    let verified_boot_key = octets(&mut fields)?;
    let device_locked = fields.expect(Tag::BOOLEAN, "BOOLEAN")?.boolean()?;
    let state = fields.expect(Tag::ENUMERATED, "ENUMERATED")?;
    let verified_boot_state = match state.unsigned()? {
        0 => BootState::Verified,
        1 => BootState::SelfSigned,
        2 => BootState::Unverified,
        3 => BootState::Failed,
        number => {
            return Err(state.malformed(&format!("{number} is the number of no boot state")));
        }
    };
    let verified_boot_hash = if fields.is_empty() {
        None
    } else {
        Some(octets(&mut fields)?)
    };
    Ok(RootOfTrust {
        verified_boot_key,
        device_locked,
        verified_boot_state,
        verified_boot_hash,
    })
}

/// How the numbers of a fact are told.
#[derive(Clone, Copy)]
enum Form {
    Number,
    /// By name.
    Names(&'static [(u64, &'static str)]),
    /// Milliseconds since 1970.
    Instant,
    /// `130102` for 13.1.2.
    Version,
    /// `202611` or `20261105`.
    Date,
    /// The packages that asked, and who signed them.
    Application,
}

fn values(value: &Element<'_>, form: Form) -> Result<Vec<String>, Error> {
    if value.tag == Tag::SET {
        let mut list = value.reader();
        let mut all = Vec::new();
        while !list.is_empty() {
            all.push(one(&list.any()?, form));
        }
        return Ok(all);
    }
    Ok(match (value.tag, form) {
        (tag, _) if tag == Tag::universal(5) => Vec::new(),
        (Tag::OCTET_STRING, Form::Application) => {
            application(value.contents).unwrap_or_else(|_| vec![one(value, form)])
        }
        _ => vec![one(value, form)],
    })
}

fn one(value: &Element<'_>, form: Form) -> String {
    if value.tag == Tag::OCTET_STRING {
        return readable(value.contents);
    }
    if is_string(value.tag) {
        return text(value);
    }
    let number = match value.tag {
        Tag::INTEGER | Tag::ENUMERATED => value.unsigned().ok(),
        _ => None,
    };
    let Some(number) = number else {
        return format!("#{}", hex(value.raw));
    };
    match form {
        Form::Names(names) => match names.iter().find(|(row, _)| *row == number) {
            Some((_, name)) => (*name).to_owned(),
            None => number.to_string(),
        },
        Form::Instant => {
            let seconds = i64::try_from(number / 1000).unwrap_or(i64::MAX);
            UnixTime::from_seconds(seconds.min(UnixTime::NEVER.seconds())).to_string()
        }
        Form::Version => format!(
            "{}.{}.{}",
            number / 10_000,
            number / 100 % 100,
            number % 100
        ),
        Form::Date if number < 1_000_000 => format!("{}-{:02}", number / 100, number % 100),
        Form::Date => format!(
            "{}-{:02}-{:02}",
            number / 10_000,
            number / 100 % 100,
            number % 100
        ),
        Form::Number | Form::Application => number.to_string(),
    }
}

/// ```text
/// AttestationApplicationId ::= SEQUENCE {
///     packageInfos SET OF SEQUENCE { packageName OCTET STRING, version INTEGER },
///     signatureDigests SET OF OCTET STRING }
/// ```
fn application(contents: &[u8]) -> Result<Vec<String>, Error> {
    let mut fields = Reader::new(contents).sequence("SEQUENCE")?.reader();
    let mut packages = fields.expect(Tag::SET, "SET of packages")?.reader();
    let mut told = Vec::new();
    while !packages.is_empty() {
        let mut package = packages.sequence("package")?.reader();
        let name = readable(package.expect(Tag::OCTET_STRING, "OCTET STRING")?.contents);
        told.push(format!("{name} {}", number(&mut package)?));
    }
    let mut digests = fields.expect(Tag::SET, "SET of digests")?.reader();
    while !digests.is_empty() {
        told.push(format!("signed by {}", octets(&mut digests)?));
    }
    Ok(told)
}

/// Text where it is some, else hexadecimal octets.
fn readable(octets: &[u8]) -> String {
    match std::str::from_utf8(octets) {
        Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
        _ => hex(octets),
    }
}

const PURPOSES: Form = Form::Names(&[
    (0, "encrypt"),
    (1, "decrypt"),
    (2, "sign"),
    (3, "verify"),
    (4, "derive keys"),
    (5, "wrap keys"),
    (6, "agree on keys"),
    (7, "attest keys"),
]);
const ALGORITHMS: Form = Form::Names(&[
    (1, "RSA"),
    (3, "EC"),
    (32, "AES"),
    (33, "3DES"),
    (128, "HMAC"),
]);
const BLOCK_MODES: Form = Form::Names(&[(1, "ECB"), (2, "CBC"), (3, "CTR"), (32, "GCM")]);
const DIGESTS: Form = Form::Names(&[
    (0, "none"),
    (1, "MD5"),
    (2, "SHA-1"),
    (3, "SHA-224"),
    (4, "SHA-256"),
    (5, "SHA-384"),
    (6, "SHA-512"),
]);
const PADDINGS: Form = Form::Names(&[
    (1, "none"),
    (2, "RSA OAEP"),
    (3, "RSA PSS"),
    (4, "RSA PKCS#1 encryption"),
    (5, "RSA PKCS#1 signature"),
    (64, "PKCS#7"),
]);
const CURVES: Form = Form::Names(&[
    (0, "P-224"),
    (1, "P-256"),
    (2, "P-384"),
    (3, "P-521"),
    (4, "Curve25519"),
]);
const ORIGINS: Form = Form::Names(&[
    (0, "generated"),
    (1, "derived"),
    (2, "imported"),
    (3, "unknown"),
    (4, "securely imported"),
]);
const AUTHENTICATORS: Form = Form::Names(&[
    (0, "none"),
    (1, "password"),
    (2, "fingerprint"),
    (3, "password or fingerprint"),
    (0xffff_ffff, "any"),
]);

/// Number, name and form of each fact.
const FACTS: &[(u32, &str, Form)] = &[
    (1, "purpose", PURPOSES),
    (2, "algorithm", ALGORITHMS),
    (3, "keySize", Form::Number),
    (4, "blockMode", BLOCK_MODES),
    (5, "digest", DIGESTS),
    (6, "padding", PADDINGS),
    (7, "callerNonce", Form::Number),
    (8, "minMacLength", Form::Number),
    (10, "ecCurve", CURVES),
    (200, "rsaPublicExponent", Form::Number),
    (203, "mgfDigest", DIGESTS),
    (303, "rollbackResistance", Form::Number),
    (305, "earlyBootOnly", Form::Number),
    (400, "activeDateTime", Form::Instant),
    (401, "originationExpireDateTime", Form::Instant),
    (402, "usageExpireDateTime", Form::Instant),
    (405, "usageCountLimit", Form::Number),
    (502, "userSecureId", Form::Number),
    (503, "noAuthRequired", Form::Number),
    (504, "userAuthType", AUTHENTICATORS),
    (505, "authTimeout", Form::Number),
    (506, "allowWhileOnBody", Form::Number),
    (507, "trustedUserPresenceRequired", Form::Number),
    (508, "trustedConfirmationRequired", Form::Number),
    (509, "unlockedDeviceRequired", Form::Number),
    (600, "allApplications", Form::Number),
    (601, "applicationId", Form::Number),
    (701, "creationDateTime", Form::Instant),
    (702, "origin", ORIGINS),
    (703, "rollbackResistant", Form::Number),
    (705, "osVersion", Form::Version),
    (706, "osPatchLevel", Form::Date),
    (709, "attestationApplicationId", Form::Application),
    (710, "attestationIdBrand", Form::Number),
    (711, "attestationIdDevice", Form::Number),
    (712, "attestationIdProduct", Form::Number),
    (713, "attestationIdSerial", Form::Number),
    (714, "attestationIdImei", Form::Number),
    (715, "attestationIdMeid", Form::Number),
    (716, "attestationIdManufacturer", Form::Number),
    (717, "attestationIdModel", Form::Number),
    (718, "vendorPatchLevel", Form::Date),
    (719, "bootPatchLevel", Form::Date),
    (720, "deviceUniqueAttestation", Form::Number),
    (723, "attestationIdSecondImei", Form::Number),
    (724, "moduleHash", Form::Number),
];
