//! What certificates below an authority may be.

use crate::asn1::{Element, Reader, Tag};
use crate::error::Error;
use crate::report::{
    BasicConstraints, ExtensionValue, GeneralSubtree, NameConstraints, PolicyConstraints,
};
use crate::x509::extension::Context;
use crate::x509::general_name::Address;

/// ```text
/// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }
/// ```
///
/// [RFC 5280, 4.2.1.9](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.9)
pub(super) fn basic(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut fields = reader.sequence("SEQUENCE")?.reader();
    let ca = match fields.optional(Tag::BOOLEAN)? {
        Some(flag) => flag.boolean().map_err(|error| error.within("cA"))?,
        None => false,
    };
    let path_length = match fields.optional(Tag::INTEGER)? {
        Some(length) => match path_length(&length) {
            Ok(length) => Some(length),
            // That it is an authority's is known all the same.
            Err(error) => {
                context.fault(error.within("pathLenConstraint"), length.range());
                None
            }
        },
        None => None,
    };
    context.end(&fields);
    Ok(ExtensionValue::BasicConstraints(BasicConstraints {
        ca,
        path_length,
    }))
}

fn path_length(length: &Element<'_>) -> Result<u32, Error> {
    let value = length.unsigned()?;
    u32::try_from(value).map_err(|_| length.malformed("the number does not fit into 32 bits"))
}

/// ```text
/// NameConstraints ::= SEQUENCE { permittedSubtrees [0] GeneralSubtrees OPTIONAL,
///                                excludedSubtrees [1] GeneralSubtrees OPTIONAL }
/// ```
///
/// [RFC 5280, 4.2.1.10](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10)
pub(super) fn names(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let whole = reader.sequence("SEQUENCE")?;
    context.not_empty(&whole, "SEQUENCE");
    let mut fields = whole.reader();
    let mut constraints = NameConstraints::default();
    if let Some(trees) = fields.optional(Tag::context(0))? {
        constraints.permitted =
            subtrees(&trees, context).map_err(|e| e.within("permittedSubtrees"))?;
    }
    if let Some(trees) = fields.optional(Tag::context(1))? {
        constraints.excluded =
            subtrees(&trees, context).map_err(|e| e.within("excludedSubtrees"))?;
    }
    context.end(&fields);
    Ok(ExtensionValue::NameConstraints(constraints))
}

/// ```text
/// GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { base GeneralName,
///     minimum [0] INTEGER DEFAULT 0, maximum [1] INTEGER OPTIONAL }
/// ```
fn subtrees(
    trees: &Element<'_>,
    context: &mut Context<'_, '_>,
) -> Result<Vec<GeneralSubtree>, Error> {
    let mut list = trees.reader();
    let mut found = Vec::new();
    while !list.is_empty() {
        let mut fields = list.sequence("GeneralSubtree")?.reader();
        let base = fields.any().map_err(|error| error.within("base"))?;
        let minimum = number(&mut fields, 0).map_err(|error| error.within("minimum"))?;
        let maximum = number(&mut fields, 1).map_err(|error| error.within("maximum"))?;
        context.end(&fields);
        found.push(GeneralSubtree {
            base: context.name(&base, Address::WithMask),
            minimum: minimum.unwrap_or(0),
            maximum,
        });
    }
    Ok(found)
}

/// ```text
/// PolicyConstraints ::= SEQUENCE { requireExplicitPolicy [0] INTEGER OPTIONAL,
///                                  inhibitPolicyMapping [1] INTEGER OPTIONAL }
/// ```
///
/// [RFC 5280, 4.2.1.11](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.11)
pub(super) fn policies(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    policy_constraints(reader, context).map(ExtensionValue::PolicyConstraints)
}

pub(super) fn policy_constraints(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<PolicyConstraints, Error> {
    let whole = reader.sequence("SEQUENCE")?;
    context.not_empty(&whole, "SEQUENCE");
    let mut fields = whole.reader();
    let explicit = number(&mut fields, 0).map_err(|e| e.within("requireExplicitPolicy"))?;
    let mapping = number(&mut fields, 1).map_err(|e| e.within("inhibitPolicyMapping"))?;
    context.end(&fields);
    Ok(PolicyConstraints {
        require_explicit_policy: explicit,
        inhibit_policy_mapping: mapping,
    })
}

/// ```text
/// InhibitAnyPolicy ::= INTEGER (0..MAX)
/// ```
///
/// [RFC 5280, 4.2.1.14](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.14)
pub(super) fn any_policy(
    reader: &mut Reader<'_>,
    _: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let skip_certificates = reader.expect(Tag::INTEGER, "INTEGER")?.unsigned()?;
    Ok(ExtensionValue::InhibitAnyPolicy { skip_certificates })
}

/// An INTEGER with an implicit tag, if it is there.
fn number(fields: &mut Reader<'_>, tag: u32) -> Result<Option<u64>, Error> {
    match fields.optional(Tag::context_primitive(tag))? {
        Some(number) => number.unsigned().map(Some),
        None => Ok(None),
    }
}
