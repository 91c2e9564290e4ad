//! What an error message of another program means, and what to look at to be sure.

mod catalogue;

use serde::Serialize;

/// A message that programs print when something is wrong with certificates, keys or keystores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownMessage {
    /// A stable name: `java-path-building`.
    pub id: &'static str,
    /// Who prints it: `Java`.
    pub program: &'static str,
    /// The part of it that is always the same, as it is printed.
    pub text: &'static str,
    /// Other ways in which the same is said. A text is recognised by `text` or any of these, in capitals
    /// or not; where `…` stands, anything may.
    #[serde(skip)]
    also: &'static [&'static str],
    /// What it means, in a sentence.
    pub means: &'static str,
    /// Why it happens, the likeliest first.
    pub causes: &'static [&'static str],
    /// What to drop to be sure.
    pub look_at: &'static str,
    /// Where that is written.
    pub source: &'static str,
}

/// Octets of a text that are looked at: a log may be long, and its message stands near the beginning of
/// what people paste.
const LOOKED_AT: usize = 1 << 18;

/// Every message that is known.
pub fn known_messages() -> &'static [KnownMessage] {
    catalogue::MESSAGES
}

/// Messages that say that something was refused, and leave it to another one to say why.
const GENERAL: &[&str] = &["openssl-verify-failed", "dotnet-remote-certificate"];

/// The messages in a text, the most telling first: those with the longest part in common, before those that
/// are [`GENERAL`]. One whose words are only a part of another's that is there too says nothing of its own.
pub fn explain(text: &str) -> Vec<&'static KnownMessage> {
    let start: String = text.chars().take(LOOKED_AT).collect();
    let start = plain(&start);
    let mut found: Vec<(String, &KnownMessage)> = known_messages()
        .iter()
        .filter_map(|message| {
            let ways = std::iter::once(&message.text).chain(message.also);
            let there = ways.map(|way| plain(way)).filter(|way| occurs(way, &start));
            Some((there.max_by_key(String::len)?, message))
        })
        .collect();
    crate::order::by_key(&mut found, |(way, message)| {
        (GENERAL.contains(&message.id), std::cmp::Reverse(way.len()))
    });
    let is_part = |way: &str| {
        let mut others = found.iter().map(|(other, _)| other);
        others.any(|other| other != way && other.contains(way))
    };
    let telling = found.iter().filter(|(way, _)| !is_part(way));
    telling.map(|(_, message)| *message).collect()
}

/// Small letters, plain quotation marks, and one space for any that are in a row: text is broken anew
/// wherever it is shown.
fn plain(text: &str) -> String {
    let text = text
        .to_lowercase()
        .replace(['’', '‘', '`'], "'")
        .replace(['“', '”'], "\"");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether all parts of a way to say it occur, one after the other.
fn occurs(way: &str, text: &str) -> bool {
    let mut rest = text;
    way.split('…').map(str::trim).all(|part| {
        let Some((_, behind)) = rest.split_once(part) else {
            return false;
        };
        rest = behind;
        true
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn ids(text: &str) -> Vec<&'static str> {
        explain(text).iter().map(|message| message.id).collect()
    }

    #[test]
    fn every_message_explains_itself() {
        let mut seen = HashSet::new();
        for message in known_messages() {
            assert!(seen.insert(message.id), "{} stands there twice", message.id);
            for way in std::iter::once(&message.text).chain(message.also) {
                let shown = way.replace('…', " something in between ");
                assert!(ids(&shown).contains(&message.id), "{way}");
            }
            assert!(
                !message.causes.is_empty() && !message.source.is_empty(),
                "{}",
                message.id
            );
            assert!(
                message.means.ends_with('.') && message.look_at.ends_with('.'),
                "{}",
                message.id
            );
        }
        assert!(40 <= seen.len(), "{}", seen.len());
    }

    #[test]
    fn a_stack_trace_is_explained_by_its_own_message() {
        let trace = "Caused by: sun.security.validator.ValidatorException: PKIX path building failed: \
                     sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid\n\
                     \tcertification path to requested target\n\
                     \tat java.base/sun.security.validator.PKIXValidator.doBuild(PKIXValidator.java:439)";
        assert_eq!(ids(trace).first(), Some(&"java-path-building"));
    }

    #[test]
    fn what_openssl_prints_of_a_legacy_keystore_is_known() {
        let printed = "Error outputting keys and certificates\n\
            40C7:error:0308010C:digital envelope routines:inner_evp_generic_fetch:unsupported:\
            ../crypto/evp/evp_fetch.c:373:Global default library context, Algorithm (RC2-40-CBC : 0), Properties ()";
        assert_eq!(ids(printed).first(), Some(&"openssl-legacy-cipher"));
    }

    #[test]
    fn what_python_refuses_is_told_before_that_it_did() {
        let python = |why: &str| {
            let text = format!(
                "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify \
                 failed: {why} (_ssl.c:1028)"
            );
            ids(&text)
        };
        for (why, id) in [
            (
                "CA cert does not include key usage extension",
                "openssl-strict-key-usage",
            ),
            (
                "Missing Authority Key Identifier",
                "openssl-strict-authority-key",
            ),
            (
                "Missing Subject Key Identifier",
                "openssl-strict-subject-key",
            ),
            (
                "Basic Constraints of CA cert not marked critical",
                "openssl-strict-constraints",
            ),
            (
                "Path length given without key usage keyCertSign",
                "openssl-strict-others",
            ),
            ("certificate has expired", "openssl-expired"),
            ("invalid CA certificate", "openssl-invalid-ca"),
            (
                "unable to get local issuer certificate",
                "openssl-local-issuer",
            ),
        ] {
            assert_eq!(python(why), [id, "openssl-verify-failed"], "{why}");
        }
    }

    #[test]
    fn codes_of_windows_and_names_of_chromium_are_told_apart() {
        for (text, id) in [
            (
                "CertUtil: -repairstore command FAILED: 0x80092004 (-2146885628 CRYPT_E_NOT_FOUND)",
                "windows-not-found",
            ),
            (
                "A certificate chain … (0x800b0109)",
                "windows-untrusted-root",
            ),
            ("CERT_E_CHAINING 0x800b010a", "windows-chaining"),
            ("verification failed: 0x800b0101", "windows-expired"),
            ("0x80092013 (-2146885613)", "windows-revocation-offline"),
            ("0x80092012 (-2146885614)", "windows-revocation-offline"),
            (
                "Element not found. (0x80070490)",
                "windows-element-not-found",
            ),
            ("The error code is 0x8009030d.", "windows-credentials"),
            (
                "InitializeSecurityContext failed: 0x8009030E",
                "windows-no-credentials",
            ),
            ("Keyset does not exist 0x80090016", "windows-keyset"),
            (
                "The requested property value is empty. 0x80094004 (-2146877436)",
                "windows-authority-property",
            ),
            ("net::ERR_SSL_SERVER_CERT_BAD_FORMAT", "browser-bad-format"),
            ("NET::ERR_CERT_INVALID", "browser-invalid"),
            ("NET::ERR_CERT_AUTHORITY_INVALID", "browser-authority"),
            ("NET::ERR_CERT_COMMON_NAME_INVALID", "browser-name"),
            ("NET::ERR_CERT_VALIDITY_TOO_LONG", "browser-dates"),
            ("net::ERR_SSL_KEY_USAGE_INCOMPATIBLE", "browser-key-usage"),
            ("ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "browser-version"),
            (
                "net::ERR_CERTIFICATE_TRANSPARENCY_REQUIRED",
                "browser-transparency",
            ),
        ] {
            assert_eq!(ids(text), [id], "{text}");
        }
    }

    #[test]
    fn before_and_after_are_told_apart() {
        let go = "x509: certificate has expired or is not yet valid: current time 2026-11-29T10:00:00Z is";
        assert_eq!(
            ids(&format!("{go} after 2026-11-27T00:00:00Z")),
            ["go-expired"]
        );
        assert_eq!(
            ids(&format!("{go} before 2026-12-01T00:00:00Z")),
            ["go-not-yet-valid"]
        );
        let java = "java.security.cert.CertificateExpiredException: NotAfter: Fri Nov 27 00:00:00 UTC 2026";
        assert_eq!(ids(java), ["java-expired"]);
    }

    #[test]
    fn ordinary_text_is_none_of_them() {
        let text = "The certificate of the server will be renewed on Monday. Please keep the key.";
        assert!(explain(text).is_empty());
        assert!(explain("").is_empty());
    }
}
