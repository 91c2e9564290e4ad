//! What a key in an Android device is bound to.

use serde::{Deserialize, Serialize};

/// What a key in an Android device is bound to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Attestation {
    /// The version of this extension: 1 to 4, 100, 200, 300, 400.
    pub version: u64,
    /// What made it.
    pub security: AttestationSecurity,
    /// The version of the key store: Keymaster or `KeyMint`.
    pub keymint_version: u64,
    /// What keeps the key.
    pub keymint_security: AttestationSecurity,
    /// What the server asked with, in hexadecimal.
    pub challenge: String,
    /// Told of the device, in hexadecimal.
    pub unique_id: String,
    /// What the operating system enforces.
    pub software: AuthorizationList,
    /// What the secure hardware enforces.
    pub hardware: AuthorizationList,
}

/// What keeps a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AttestationSecurity {
    /// The operating system.
    Software,
    /// A part of the processor.
    TrustedEnvironment,
    /// A chip of its own.
    StrongBox,
}

/// What is enforced of a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthorizationList {
    /// The facts, in encoded order.
    pub facts: Vec<AttestationFact>,
    /// What the device booted with.
    pub root_of_trust: Option<RootOfTrust>,
}

/// One fact about a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AttestationFact {
    /// The number of the fact.
    pub tag: u32,
    /// What people call it, where it has a name: `osPatchLevel`.
    pub name: Option<String>,
    /// Its values in words; none for a fact that says all by being there.
    pub values: Vec<String>,
}

/// What a device booted with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RootOfTrust {
    /// Digest of the key that verified what booted, in hexadecimal.
    pub verified_boot_key: String,
    /// Whether the boot loader is locked.
    pub device_locked: bool,
    /// How far the boot was verified.
    pub verified_boot_state: BootState,
    /// Digest of what booted, in hexadecimal; since version 3.
    pub verified_boot_hash: Option<String>,
}

/// How far a boot was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BootState {
    /// By the maker's key.
    Verified,
    /// By a key of the owner.
    SelfSigned,
    /// Not at all.
    Unverified,
    /// It failed.
    Failed,
}
