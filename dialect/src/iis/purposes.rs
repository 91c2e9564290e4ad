use crate::named::{self, Names};

/// The name that an English Windows gives a purpose; `None` for the ones it has no name for.
pub fn friendly_name(oid: &str) -> Option<&'static str> {
    named::name(NAMES, oid)
}

const NAMES: &Names = &[
    ("1.3.6.1.5.5.7.3.1", "Server Authentication"),
    ("1.3.6.1.5.5.7.3.2", "Client Authentication"),
    ("1.3.6.1.5.5.7.3.3", "Code Signing"),
    ("1.3.6.1.5.5.7.3.4", "Secure Email"),
    ("1.3.6.1.5.5.7.3.5", "IP security end system"),
    ("1.3.6.1.5.5.7.3.6", "IP security tunnel termination"),
    ("1.3.6.1.5.5.7.3.7", "IP security user"),
    ("1.3.6.1.5.5.7.3.8", "Time Stamping"),
    ("1.3.6.1.5.5.7.3.9", "OCSP Signing"),
    ("1.3.6.1.5.5.8.2.2", "IP security IKE intermediate"),
    ("2.5.29.37.0", "Any Purpose"),
    ("1.3.6.1.5.2.3.5", "KDC Authentication"),
    ("1.3.6.1.4.1.311.20.2.2", "Smart Card Logon"),
    ("1.3.6.1.4.1.311.20.2.1", "Certificate Request Agent"),
    ("1.3.6.1.4.1.311.10.3.1", "Microsoft Trust List Signing"),
    ("1.3.6.1.4.1.311.10.3.2", "Microsoft Time Stamping"),
    ("1.3.6.1.4.1.311.10.3.4", "Encrypting File System"),
    ("1.3.6.1.4.1.311.10.3.4.1", "File Recovery"),
    (
        "1.3.6.1.4.1.311.10.3.5",
        "Windows Hardware Driver Verification",
    ),
    (
        "1.3.6.1.4.1.311.10.3.6",
        "Windows System Component Verification",
    ),
    (
        "1.3.6.1.4.1.311.10.3.7",
        "OEM Windows System Component Verification",
    ),
    (
        "1.3.6.1.4.1.311.10.3.8",
        "Embedded Windows System Component Verification",
    ),
    ("1.3.6.1.4.1.311.10.3.9", "Root List Signer"),
    ("1.3.6.1.4.1.311.10.3.10", "Qualified Subordination"),
    ("1.3.6.1.4.1.311.10.3.11", "Key Recovery"),
    ("1.3.6.1.4.1.311.10.3.12", "Document Signing"),
    ("1.3.6.1.4.1.311.10.3.13", "Lifetime Signing"),
    ("1.3.6.1.4.1.311.10.5.1", "Digital Rights"),
    ("1.3.6.1.4.1.311.10.6.1", "Key Pack Licenses"),
    ("1.3.6.1.4.1.311.10.6.2", "License Server Verification"),
    ("1.3.6.1.4.1.311.10.12.1", "All application policies"),
    ("1.3.6.1.4.1.311.21.5", "Private Key Archival"),
    ("1.3.6.1.4.1.311.21.6", "Key Recovery Agent"),
    (
        "1.3.6.1.4.1.311.21.19",
        "Directory Service Email Replication",
    ),
];
