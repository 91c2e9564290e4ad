//! Extensions of revocation lists and their entries.

use crate::asn1::{Reader, Tag};
use crate::error::Error;
use crate::report::{ExtensionValue, RevocationReason};
use crate::x509::extension::Context;
use crate::x509::extension::usage::moment;
use crate::x509::key::{named, signed_decimal};

/// ```text
/// CRLNumber ::= INTEGER (0..MAX)
/// ```
///
/// [RFC 5280, 5.2.3](https://www.rfc-editor.org/rfc/rfc5280#section-5.2.3)
pub(super) fn number(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    integer(reader, context).map(|number| ExtensionValue::CrlNumber { number })
}

/// ```text
/// BaseCRLNumber ::= CRLNumber
/// ```
///
/// [RFC 5280, 5.2.4](https://www.rfc-editor.org/rfc/rfc5280#section-5.2.4)
pub(super) fn delta(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    integer(reader, context).map(|base| ExtensionValue::DeltaCrlIndicator { base })
}

/// The number of a list: not negative, and of 20 octets at most.
fn integer(reader: &mut Reader<'_>, context: &mut Context<'_, '_>) -> Result<String, Error> {
    let number = reader.expect(Tag::INTEGER, "INTEGER")?;
    if number.contents.is_empty() {
        return Err(number.malformed("an INTEGER holds at least one octet"));
    }
    let octets = number.contents.len();
    match number.contents {
        [0x80..=0xff, ..] => {
            context.fault(number.malformed("the number is negative"), number.range());
        }
        // RFC 5280, 5.2.3; the first octet may be there for the sign alone.
        [0, 0x80..=0xff, ..] if octets <= 21 => {}
        _ if 20 < octets => {
            let what = format!("the number takes {octets} octets, and may take 20");
            context.fault(number.malformed(&what), number.range());
        }
        _ => {}
    }
    Ok(signed_decimal(number.contents))
}

/// ```text
/// CRLReason ::= ENUMERATED { unspecified (0), … , removeFromCRL (8), … , aACompromise (10) }
/// ```
///
/// [RFC 5280, 5.3.1](https://www.rfc-editor.org/rfc/rfc5280#section-5.3.1)
pub(super) fn reason(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let code = reader.expect(Tag::ENUMERATED, "ENUMERATED")?;
    let reason = match code.unsigned()? {
        0 => RevocationReason::Unspecified,
        1 => RevocationReason::KeyCompromise,
        2 => RevocationReason::CaCompromise,
        3 => RevocationReason::AffiliationChanged,
        4 => RevocationReason::Superseded,
        5 => RevocationReason::CessationOfOperation,
        6 => RevocationReason::CertificateHold,
        8 => RevocationReason::RemoveFromCrl,
        9 => RevocationReason::PrivilegeWithdrawn,
        10 => RevocationReason::AaCompromise,
        _ => RevocationReason::Unknown,
    };
    Ok(ExtensionValue::ReasonCode { reason })
}

/// ```text
/// HoldInstruction ::= OBJECT IDENTIFIER
/// ```
///
/// [RFC 3280, 5.3.2](https://www.rfc-editor.org/rfc/rfc3280#section-5.3.2)
pub(super) fn hold_instruction(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let instruction = named(reader.oid()?);
    Ok(ExtensionValue::HoldInstruction { instruction })
}

/// ```text
/// InvalidityDate ::= GeneralizedTime
/// ```
///
/// [RFC 5280, 5.3.2](https://www.rfc-editor.org/rfc/rfc5280#section-5.3.2)
pub(super) fn invalidity_date(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let date = moment(&reader.any()?)?;
    Ok(ExtensionValue::InvalidityDate { date })
}

/// ```text
/// ExpiredCertsOnCRL ::= GeneralizedTime
/// ```
///
/// [X.509, 9.5.2.8](https://www.itu.int/rec/T-REC-X.509)
pub(super) fn expired_since(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let since = moment(&reader.any()?)?;
    Ok(ExtensionValue::ExpiredCertificatesOnCrl { since })
}

/// ```text
/// NoRevAvail ::= NULL
/// ```
///
/// [RFC 9608, 2](https://www.rfc-editor.org/rfc/rfc9608#section-2)
pub(super) fn none_available(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    super::plain::null(reader)?;
    Ok(ExtensionValue::NoRevocationAvailable)
}
