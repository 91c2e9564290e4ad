//! What is odd about a certificate, told from it alone.
//!
//! Each file holds the rules of one part of the certificate, as constants, and the code that looks for
//! them. They read the encoding themselves and make no words unless asked, so that a list can afford
//! the worst severity of each of its lines.

pub(crate) mod alternative_names;
pub(crate) mod attribute_certificate;
pub(crate) mod constraints;
pub(crate) mod encoding;
pub(crate) mod extensions;
pub(crate) mod facts;
pub(crate) mod hosts;
pub(crate) mod keys;
pub(crate) mod names;
pub(crate) mod policies;
pub(crate) mod request;
pub(crate) mod revocation_list;
pub(crate) mod serial;
pub(crate) mod signature;
pub(crate) mod signer;
mod strings;
#[cfg(test)]
mod tests;
pub(crate) mod usage;
pub(crate) mod validity;

use crate::origin::Origin;
use crate::report::Severity;
use crate::rule::Findings;
use crate::x509::extension;
use crate::x509::spine::Spine;
use facts::Facts;

/// How bad the worst of them is.
pub(crate) fn worst(spine: &Spine<'_>, der: &[u8]) -> Option<Severity> {
    let origin = Origin::input();
    let mut found = Findings::worst_only(&origin);
    extension::look(&spine.extensions, &origin, &mut found);
    look(spine, der, &mut found);
    found.worst()
}

/// Looks for what is odd about this certificate, but for the values of its extensions, which are
/// looked at where they are decoded. `der` may go on after it.
pub(crate) fn look(spine: &Spine<'_>, der: &[u8], found: &mut Findings<'_>) {
    let facts = Facts::read(spine, der);
    encoding::look(&facts, found);
    serial::look(&facts, found);
    validity::look(&facts, found);
    names::look(&facts, found);
    alternative_names::look(&facts, found);
    extensions::look(&facts, found);
    policies::look(&facts, found);
    constraints::look(&facts, found);
    keys::look(&facts, found);
    signature::look(&facts, found);
    usage::look(&facts, found);
    encoding::of_certificate(spine, found);
}
