//! X.509: what stands in a certificate (RFC 5280).

mod attribute;
mod attribute_certificate;
mod brief;
mod certificate;
pub(crate) mod extension;
pub(crate) mod findings;
mod general_name;
mod key;
mod name;
mod remains;
mod request;
mod revocation_list;
mod signer;
mod spine;
mod trust;

pub(crate) use attribute::time_stamp;
pub(crate) use attribute_certificate::{AttributeCertificateSpine, attribute_certificate};
pub(crate) use brief::{Brief, push_key, push_label, push_names, push_serial};
pub use certificate::pem_block;
pub(crate) use certificate::{certificate, serial, worst};
pub(crate) use findings::facts::attributes;
pub(crate) use findings::keys::of_key as key_findings;
pub(crate) use general_name::{address, general_name_text, labels};
pub(crate) use key::{
    DH_PKCS3, DSA, EC, ED448, ED25519, HALVES_DIFFER, PrivateFacts, RSA, RSA_PSS,
    RULES as PRIVATE_KEY_RULES, X448, X25519, algorithm, curve_description, domain, identified_key,
    integer_bits, is_key, match_bits, named, power, private_key, product_modulo, public_bits,
    public_key, remainder_of_one_less, signed_decimal, spki, ssh_md5, ssh_sha256,
};
pub use name::read_name;
pub(crate) use name::{label, name};
pub use remains::{Remains, remains};
pub(crate) use request::{RequestSpine, request};
pub(crate) use revocation_list::{ListSpine, RevokedSpine, find, reason, revocation_list, window};
pub(crate) use signer::{Identifier, SignerSpine, signer};
pub(crate) use spine::{ExtensionSpine, Spine, extension_list};
pub(crate) use trust::trusted;
