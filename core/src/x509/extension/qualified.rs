//! Statements of qualified certificates, and registrations of organisations.

use crate::asn1::{Element, Reader, Tag, is_string, latin, text};
use crate::error::Error;
use crate::hex::hex;
use crate::report::{
    DisclosureStatement, ExtensionValue, OrganizationIdentifier, QualifiedStatement, StatementFact,
};
use crate::x509::extension::{Context, OBSOLETE_STATEMENT};
use crate::x509::key::named;

/// ```text
/// QCStatements ::= SEQUENCE OF SEQUENCE { statementId OBJECT IDENTIFIER, statementInfo ANY OPTIONAL }
/// ```
///
/// One that is broken is shown by its bytes and does not hide the others.
///
/// [RFC 3739, 3.2.6](https://www.rfc-editor.org/rfc/rfc3739#section-3.2.6), ETSI EN 319 412-5, 4
pub(super) fn statements(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut list = context.list(reader, "SEQUENCE of statements")?;
    let mut statements = Vec::new();
    while !list.is_empty() {
        let whole = list.sequence("QCStatement")?;
        let mut fields = whole.reader();
        let statement = named(fields.oid().map_err(|error| error.within("statementId"))?);
        if statement.oid == "1.3.6.1.5.5.7.11.1" {
            context.found.add(&OBSOLETE_STATEMENT, whole.range(), || {
                format!("It says {} ({}).", statement.name, statement.oid)
            });
        }
        let mut info = None;
        if !fields.is_empty() {
            let value = fields
                .any()
                .map_err(|error| error.within("statementInfo"))?;
            info = Some(
                fact(&statement.oid, &value, context).unwrap_or_else(|error| {
                    context.fault(error.within("statementInfo"), value.range());
                    StatementFact::Other {
                        der: hex(value.raw),
                    }
                }),
            );
        }
        context.end(&fields);
        statements.push(QualifiedStatement {
            statement,
            fact: info,
        });
    }
    Ok(ExtensionValue::QualifiedStatements { statements })
}

fn fact(
    statement: &str,
    value: &Element<'_>,
    context: &mut Context<'_, '_>,
) -> Result<StatementFact, Error> {
    match statement {
        "0.4.0.1862.1.2" => limit(value, context),
        "0.4.0.1862.1.3" => {
            if value.tag != Tag::INTEGER {
                return Err(value.unexpected("INTEGER"));
            }
            let years = value.unsigned()?;
            Ok(StatementFact::Retention { years })
        }
        "0.4.0.1862.1.5" => disclosure(value, context),
        "0.4.0.1862.1.6" => {
            let mut list = sequence(value)?;
            let mut kinds = Vec::new();
            while !list.is_empty() {
                kinds.push(named(list.oid()?));
            }
            if kinds.len() != 1 {
                let what = format!("expected one type of certificate, found {}", kinds.len());
                context.fault(value.malformed(&what), value.range());
            }
            Ok(StatementFact::Kinds { kinds })
        }
        "0.4.0.1862.1.7" => {
            let mut list = sequence(value)?;
            let mut countries = Vec::new();
            while !list.is_empty() {
                countries.push(string(&mut list)?);
            }
            Ok(StatementFact::Legislation { countries })
        }
        "0.4.0.19495.2" => payment_services(value, context),
        "1.3.6.1.5.5.7.11.1" | "1.3.6.1.5.5.7.11.2" => semantics(value, context),
        _ => Ok(StatementFact::Other {
            der: hex(value.raw),
        }),
    }
}

/// ```text
/// MonetaryValue ::= SEQUENCE { currency CHOICE { PrintableString, INTEGER }, amount INTEGER,
///                              exponent INTEGER }
/// ```
fn limit(value: &Element<'_>, context: &mut Context<'_, '_>) -> Result<StatementFact, Error> {
    let mut fields = sequence(value)?;
    let currency = match fields.optional(Tag::INTEGER)? {
        Some(number) => number.unsigned()?.to_string(),
        None => string(&mut fields).map_err(|error| error.within("currency"))?,
    };
    let mut number = || fields.expect(Tag::INTEGER, "INTEGER")?.signed();
    let amount = number().map_err(|error| error.within("amount"))?;
    let exponent = number().map_err(|error| error.within("exponent"))?;
    context.end(&fields);
    Ok(StatementFact::Limit {
        currency,
        amount,
        exponent,
    })
}

/// ```text
/// PdsLocations ::= SEQUENCE OF SEQUENCE { url IA5String, language PrintableString }
/// ```
fn disclosure(value: &Element<'_>, context: &mut Context<'_, '_>) -> Result<StatementFact, Error> {
    let mut list = sequence(value)?;
    let mut statements = Vec::new();
    while !list.is_empty() {
        let mut fields = list.sequence("PdsLocation")?.reader();
        statements.push(DisclosureStatement {
            url: string(&mut fields).map_err(|error| error.within("url"))?,
            language: string(&mut fields).map_err(|error| error.within("language"))?,
        });
        context.end(&fields);
    }
    Ok(StatementFact::Disclosure { statements })
}

/// ```text
/// PSD2QcType ::= SEQUENCE {
///     rolesOfPSP SEQUENCE OF SEQUENCE { roleOfPspOid OBJECT IDENTIFIER, roleOfPspName UTF8String },
///     nCAName UTF8String, nCAId UTF8String }
/// ```
///
/// ETSI TS 119 495, 5.1
fn payment_services(
    value: &Element<'_>,
    context: &mut Context<'_, '_>,
) -> Result<StatementFact, Error> {
    let mut fields = sequence(value)?;
    let mut list = fields.sequence("rolesOfPSP")?.reader();
    let (mut roles, mut role_names) = (Vec::new(), Vec::new());
    while !list.is_empty() {
        let mut role = list.sequence("role")?.reader();
        roles.push(named(role.oid()?));
        role_names.push(string(&mut role)?);
        context.end(&role);
    }
    let authority_name = string(&mut fields).map_err(|error| error.within("nCAName"))?;
    let authority_id = string(&mut fields).map_err(|error| error.within("nCAId"))?;
    context.end(&fields);
    Ok(StatementFact::PaymentServices {
        roles,
        role_names,
        authority_name,
        authority_id,
    })
}

/// ```text
/// SemanticsInformation ::= SEQUENCE { semanticsIdentifier OBJECT IDENTIFIER OPTIONAL,
///                                     nameRegistrationAuthorities GeneralNames OPTIONAL }
/// ```
fn semantics(value: &Element<'_>, context: &mut Context<'_, '_>) -> Result<StatementFact, Error> {
    let mut fields = sequence(value)?;
    let identifier = match fields.optional(Tag::OID)? {
        Some(oid) => Some(named(oid.oid()?)),
        None => None,
    };
    let authorities = match fields.optional(Tag::SEQUENCE)? {
        Some(names) => context.names(names.reader()),
        None => Vec::new(),
    };
    context.end(&fields);
    Ok(StatementFact::Semantics {
        identifier,
        authorities,
    })
}

/// ```text
/// CABFOrganizationIdentifier ::= SEQUENCE { registrationSchemeIdentifier PrintableString,
///     registrationCountry PrintableString,
///     registrationStateOrProvince [0] PrintableString OPTIONAL, registrationReference UTF8String }
/// ```
///
/// CA/B Forum EV Guidelines, 9.8.2
pub(super) fn organization(
    reader: &mut Reader<'_>,
    context: &mut Context<'_, '_>,
) -> Result<ExtensionValue, Error> {
    let mut fields = reader.sequence("SEQUENCE")?.reader();
    let scheme = string(&mut fields).map_err(|e| e.within("registrationSchemeIdentifier"))?;
    let country = string(&mut fields).map_err(|e| e.within("registrationCountry"))?;
    let state = fields.optional(Tag::context_primitive(0))?;
    let reference = string(&mut fields).map_err(|e| e.within("registrationReference"))?;
    context.end(&fields);
    Ok(ExtensionValue::OrganizationIdentifier(
        OrganizationIdentifier {
            scheme,
            country,
            state: state.map(|state| latin(state.contents).into_owned()),
            reference,
        },
    ))
}

fn sequence<'a>(value: &Element<'a>) -> Result<Reader<'a>, Error> {
    if value.tag == Tag::SEQUENCE {
        Ok(value.reader())
    } else {
        Err(value.unexpected("SEQUENCE"))
    }
}

fn string(fields: &mut Reader<'_>) -> Result<String, Error> {
    let value = fields.any()?;
    if is_string(value.tag) {
        Ok(text(&value))
    } else {
        Err(value.unexpected("a character string"))
    }
}
