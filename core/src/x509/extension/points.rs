//! Where revocation lists are, and which certificates they are about.

use crate::asn1::{Element, Reader, Tag};
use crate::error::Error;
use crate::report::{
    DistributionPoint, DistributionPointName, ExtensionValue, IssuingDistributionPoint,
    RevocationReason,
};
use crate::x509::extension::Context;
use crate::x509::name::relative_name;

/// [RFC 5280, 4.2.1.13](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.13)
pub(super) fn distribution_points(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    points(reader, context).map(|points| ExtensionValue::CrlDistributionPoints { points })
}

/// [RFC 5280, 4.2.1.15](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.15)
pub(super) fn freshest(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    points(reader, context).map(|points| ExtensionValue::FreshestCrl { points })
}

/// ```text
/// CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE {
///     distributionPoint [0] DistributionPointName OPTIONAL, reasons [1] ReasonFlags OPTIONAL,
///     cRLIssuer [2] GeneralNames OPTIONAL }
/// ```
fn points(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<Vec<DistributionPoint>, Error> {
    let mut list = context.list(reader, "SEQUENCE of distribution points")?;
    let mut points = Vec::with_capacity(list.count());
    while !list.is_empty() {
        let mut fields = list.sequence("DistributionPoint")?.reader();
        let mut point = DistributionPoint::default();
        if let Some(name) = fields.optional(Tag::context(0))? {
            point.name =
                Some(point_name(&name, context).map_err(|e| e.within("distributionPoint"))?);
        }
        if let Some(flags) = fields.optional(Tag::context_primitive(1))? {
            point.reasons = Some(reasons(&flags, context).map_err(|e| e.within("reasons"))?);
        }
        if let Some(issuer) = fields.optional(Tag::context(2))? {
            context.not_empty(&issuer, "cRLIssuer");
            point.crl_issuer = context.names(issuer.reader());
        }
        context.end(&fields);
        points.push(point);
    }
    Ok(points)
}

/// ```text
/// DistributionPointName ::= CHOICE { fullName [0] GeneralNames,
///                                    nameRelativeToCRLIssuer [1] RelativeDistinguishedName }
/// ```
fn point_name(
    wrapper: &Element<'_>,
    context: &mut Context<'_, '_>,
) -> Result<DistributionPointName, Error> {
    let mut fields = wrapper.reader();
    let choice = fields.any()?;
    context.end(&fields);
    match choice.tag {
        tag if tag == Tag::context(0) => {
            context.not_empty(&choice, "fullName");
            Ok(DistributionPointName::Full {
                names: context.names(choice.reader()),
            })
        }
        tag if tag == Tag::context(1) => Ok(DistributionPointName::Relative {
            name: relative_name(&choice, context.origin)?,
        }),
        _ => Err(choice.unexpected("fullName [0] or nameRelativeToCRLIssuer [1]")),
    }
}

/// ```text
/// IssuingDistributionPoint ::= SEQUENCE { distributionPoint [0] DistributionPointName OPTIONAL,
///     onlyContainsUserCerts [1] BOOLEAN DEFAULT FALSE, onlyContainsCACerts [2] BOOLEAN DEFAULT FALSE,
///     onlySomeReasons [3] ReasonFlags OPTIONAL, indirectCRL [4] BOOLEAN DEFAULT FALSE,
///     onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
/// ```
///
/// [RFC 5280, 5.2.5](https://www.rfc-editor.org/rfc/rfc5280#section-5.2.5)
pub(super) fn issuing(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let whole = reader.sequence("SEQUENCE")?;
    context.not_empty(&whole, "SEQUENCE");
    let mut fields = whole.reader();
    let mut point = IssuingDistributionPoint::default();
    while !fields.is_empty() {
        let field = fields.any()?;
        let number = if field.tag.is_context() {
            field.tag.number
        } else {
            u32::MAX
        };
        match number {
            0 => {
                point.name =
                    Some(point_name(&field, context).map_err(|e| e.within("distributionPoint"))?);
            }
            1 => point.only_user_certificates = field.boolean()?,
            2 => point.only_ca_certificates = field.boolean()?,
            3 => {
                point.only_reasons =
                    Some(reasons(&field, context).map_err(|e| e.within("onlySomeReasons"))?);
            }
            4 => point.indirect = field.boolean()?,
            5 => point.only_attribute_certificates = field.boolean()?,
            _ => return Err(field.unexpected("a field of IssuingDistributionPoint")),
        }
    }
    Ok(ExtensionValue::IssuingDistributionPoint(point))
}

/// ```text
/// ReasonFlags ::= BIT STRING { unused (0), keyCompromise (1), cACompromise (2),
///     affiliationChanged (3), superseded (4), cessationOfOperation (5), certificateHold (6),
///     privilegeWithdrawn (7), aACompromise (8) }
/// ```
fn reasons(
    flags: &Element<'_>,
    context: &mut Context<'_, '_>,
) -> Result<Vec<RevocationReason>, Error> {
    const REASONS: [RevocationReason; 8] = [
        RevocationReason::KeyCompromise,
        RevocationReason::CaCompromise,
        RevocationReason::AffiliationChanged,
        RevocationReason::Superseded,
        RevocationReason::CessationOfOperation,
        RevocationReason::CertificateHold,
        RevocationReason::PrivilegeWithdrawn,
        RevocationReason::AaCompromise,
    ];
    context.bit_list(flags);
    let mut found = Vec::new();
    for number in flags.bit_numbers()? {
        // Bit 0 is called unused.
        let reason = number.checked_sub(1).and_then(|index| REASONS.get(index));
        if let Some(reason) = reason {
            found.push(*reason);
        } else {
            let what = format!("bit {number} is no reason");
            context.fault(flags.malformed(&what), flags.range());
        }
    }
    Ok(found)
}
