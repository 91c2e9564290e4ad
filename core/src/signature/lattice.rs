//! ML-DSA (FIPS 204; RFC 9881).

use ml_dsa::{
    EncodedVerifyingKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, VerifyingKey,
};

use super::{Failure, Key, MISMATCH, bad};

/// Which set of parameters.
#[derive(Clone, Copy)]
pub(super) enum Set {
    MlDsa44,
    MlDsa65,
    MlDsa87,
}

impl Set {
    /// Last arc of its identifier.
    pub(super) fn arc(self) -> u8 {
        match self {
            Self::MlDsa44 => 17,
            Self::MlDsa65 => 18,
            Self::MlDsa87 => 19,
        }
    }
}

/// Checks a signature in the pure mode, its context empty, as certificates have it.
pub(super) fn ml_dsa(
    set: Set,
    key: &Key<'_>,
    message: &[u8],
    signature: &[u8],
) -> Result<(), Failure> {
    match set {
        Set::MlDsa44 => verify::<MlDsa44>(key, message, signature),
        Set::MlDsa65 => verify::<MlDsa65>(key, message, signature),
        Set::MlDsa87 => verify::<MlDsa87>(key, message, signature),
    }
}

fn verify<P: MlDsaParams>(key: &Key<'_>, message: &[u8], signature: &[u8]) -> Result<(), Failure> {
    let encoded = EncodedVerifyingKey::<P>::try_from(key.bits)
        .map_err(|_| bad("the key of the issuer has another length than its algorithm's"))?;
    let signature = Signature::<P>::try_from(signature)
        .map_err(|_| bad("the signature is not encoded as its algorithm says"))?;
    if VerifyingKey::<P>::decode(&encoded).verify_with_context(message, &[], &signature) {
        Ok(())
    } else {
        Err(bad(MISMATCH))
    }
}
