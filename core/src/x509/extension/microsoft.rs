//! What Microsoft's authorities say.
//!
//! [MS-WCCE, 2.2.2.7.7](https://learn.microsoft.com/openspecs/windows_protocols/ms-wcce/446a0fca-7f27-4436-965d-191635518466)

use crate::asn1::{Reader, Tag, is_string, text};
use crate::error::Error;
use crate::hex::hex;
use crate::report::{CertificateTemplate, ExtensionValue};
use crate::x509::extension::Context;
use crate::x509::extension::constraints::policy_constraints;
use crate::x509::extension::policies::{mapping_list, policy_list};
use crate::x509::extension::usage::moment;
use crate::x509::key::named;

/// The name of the template, a `BMPString`.
pub(super) fn template_name(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let name = reader.any()?;
    if is_string(name.tag) {
        Ok(ExtensionValue::TemplateName { name: text(&name) })
    } else {
        Err(name.unexpected("BMPString"))
    }
}

/// ```text
/// CertificateTemplateOID ::= SEQUENCE { templateID OBJECT IDENTIFIER,
///     templateMajorVersion INTEGER OPTIONAL, templateMinorVersion INTEGER OPTIONAL }
/// ```
pub(super) fn template(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut fields = reader.sequence("SEQUENCE")?.reader();
    let template = named(fields.oid().map_err(|error| error.within("templateID"))?);
    let mut version = || match fields.optional(Tag::INTEGER) {
        Ok(Some(number)) => number.unsigned().map(Some),
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    let major = version().map_err(|e| e.within("templateMajorVersion"))?;
    let minor = version().map_err(|e| e.within("templateMinorVersion"))?;
    context.end(&fields);
    Ok(ExtensionValue::Template(CertificateTemplate {
        template,
        major,
        minor,
    }))
}

/// Purposes in the form of `certificatePolicies`.
pub(super) fn application_policies(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    policy_list(reader, context).map(|policies| ExtensionValue::ApplicationPolicies { policies })
}

/// Purposes in the form of `policyMappings`.
pub(super) fn application_policy_mappings(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    mapping_list(reader, context)
        .map(|mappings| ExtensionValue::ApplicationPolicyMappings { mappings })
}

/// Purposes in the form of `policyConstraints`.
pub(super) fn application_policy_constraints(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    policy_constraints(reader, context).map(ExtensionValue::ApplicationPolicyConstraints)
}

/// An INTEGER: the certificate's index in the low 16 bits, the key's above.
pub(super) fn ca_version(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let number = reader.expect(Tag::INTEGER, "INTEGER")?;
    let value = u32::try_from(number.unsigned()?)
        .map_err(|_| number.malformed("the number does not fit into 32 bits"))?;
    Ok(ExtensionValue::CaVersion {
        certificate: value & 0xffff,
        key: value >> 16,
    })
}

/// SHA-1 of the authority's certificate before this one.
pub(super) fn previous_hash(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let hash = reader.expect(Tag::OCTET_STRING, "OCTET STRING")?;
    Ok(ExtensionValue::PreviousCaCertificate {
        hash: hex(hash.contents),
    })
}

/// When the next revocation list will be published.
pub(super) fn next_publish(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let time = moment(&reader.any()?)?;
    Ok(ExtensionValue::NextPublish { time })
}
