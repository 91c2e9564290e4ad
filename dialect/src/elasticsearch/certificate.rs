use std::cmp::Ordering;

use certlens_core::{Certificate, Row, RowKind, UnixTime};
use serde::{Deserialize, Serialize};

use super::name::name;
use crate::name_text::common_name;
use crate::{Fact, tolerant};

/// One certificate that the TLS settings of a node refer to.
///
/// Two of them are the same when path, alias and serial number are: that is what orders and
/// de-duplicates the listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateInfo {
    /// The file as written in `elasticsearch.yml`; null only for PKCS#11 tokens of old releases.
    #[serde(default)]
    pub path: Option<String>,
    /// `PEM`, or the type of the keystore as configured or inferred: `PKCS12`, `jks`.
    #[serde(default)]
    pub format: String,
    /// The keystore's name for the entry; null for PEM files, and written as such.
    #[serde(default)]
    pub alias: Option<String>,
    /// Subject.
    #[serde(default)]
    pub subject_dn: String,
    /// Lower-case hexadecimal without leading zeros.
    #[serde(default)]
    pub serial_number: String,
    /// Whether the node holds the private key.
    #[serde(default, deserialize_with = "tolerant::truth")]
    pub has_private_key: bool,
    /// Last instant of validity: `2034-07-17T04:41:42.000Z`.
    #[serde(default, deserialize_with = "tolerant::date")]
    pub expiry: String,
    /// Issuer; unknown to releases before 8.4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The node that told of it. No field of Elasticsearch: `GET /clusters/{name}/_ssl/certificates`
    /// of certlens adds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}

impl CertificateInfo {
    /// The row of one certificate; `None` for one that Java would refuse to read, because it has no
    /// issuer or never ends at an instant that exists.
    pub fn new(
        path: &str,
        format: &str,
        alias: Option<&str>,
        certificate: &Certificate,
        has_private_key: bool,
    ) -> Option<Self> {
        if certificate.issuer.attributes.is_empty() {
            return None;
        }
        Some(Self {
            path: Some(path.to_owned()),
            format: format.to_owned(),
            alias: alias.map(ToOwned::to_owned),
            subject_dn: name(&certificate.subject),
            serial_number: serial_number(&certificate.serial),
            has_private_key,
            expiry: expiry(certificate.not_after?),
            issuer: Some(name(&certificate.issuer)),
            node: None,
        })
    }

    /// Where the row stands in a listing: by path, then alias, absent ones last, then serial number,
    /// each compared as Java compares strings. Rows that are equal here are one row.
    pub fn order(&self, other: &Self) -> Ordering {
        nulls_last(self.path.as_deref(), other.path.as_deref())
            .then_with(|| nulls_last(self.alias.as_deref(), other.alias.as_deref()))
            .then_with(|| java_order(&self.serial_number, &other.serial_number))
    }

    /// Sorts a listing and keeps one row of each, the one with a private key if there is such.
    pub fn sort(rows: &mut Vec<Self>) {
        rows.sort_by(|a, b| {
            a.order(b)
                .then_with(|| b.has_private_key.cmp(&a.has_private_key))
        });
        rows.dedup_by(|later, earlier| later.order(earlier) == Ordering::Equal);
    }
}

/// The rows of a table, one for each row of the answer, in its order.
pub fn rows(answer: &[CertificateInfo]) -> Vec<Row> {
    answer.iter().map(row).collect()
}

/// What a detail view shows of one row.
pub fn facts(info: &CertificateInfo) -> Vec<Fact> {
    let mut facts = vec![Fact::line("Subject", &info.subject_dn)];
    facts.extend(
        info.issuer
            .as_ref()
            .map(|issuer| Fact::line("Issuer", issuer)),
    );
    facts.push(Fact::line("Serial number", &info.serial_number));
    facts.push(Fact::line("Expires", &info.expiry));
    facts.extend(info.node.as_ref().map(|node| Fact::line("Node", node)));
    facts.extend(info.path.as_ref().map(|path| Fact::line("File", path)));
    facts.push(Fact::line("Format", &info.format));
    facts.extend(info.alias.as_ref().map(|alias| Fact::line("Alias", alias)));
    facts.push(Fact::line(
        "Private key",
        if info.has_private_key {
            "present"
        } else {
            "absent"
        },
    ));
    facts
}

fn row(info: &CertificateInfo) -> Row {
    let issuer = info.issuer.as_deref().unwrap_or_default();
    Row {
        kind: RowKind::Certificate,
        name: common_name(&info.subject_dn),
        alias: info.alias.clone(),
        issuer: common_name(issuer),
        serial: even_digits(&info.serial_number),
        not_after: UnixTime::parse(&info.expiry),
        self_issued: !issuer.is_empty() && issuer == info.subject_dn,
        has_private_key: info.has_private_key,
        ..Row::default()
    }
}

/// `BigInteger.toString(16)` of the hexadecimal octets that a report carries.
fn serial_number(octets: &str) -> String {
    let (sign, digits) = match octets.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", octets),
    };
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => format!("{sign}{}", digits.to_ascii_lowercase()),
    }
}

/// The reverse of [`serial_number`]: two digits an octet.
fn even_digits(serial: &str) -> String {
    let (sign, digits) = match serial.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", serial),
    };
    let padding = if digits.len().is_multiple_of(2) {
        ""
    } else {
        "0"
    };
    format!("{sign}{padding}{digits}")
}

/// `strict_date_optional_time_nanos`: always at least three digits of a second's fraction.
fn expiry(time: UnixTime) -> String {
    format!("{}.000Z", time.to_string().trim_end_matches('Z'))
}

fn nulls_last(a: Option<&str>, b: Option<&str>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => java_order(a, b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// Java compares UTF-16 units, which differs from code points beyond the first plane.
fn java_order(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(path: &str, alias: Option<&str>, serial: &str, key: bool) -> CertificateInfo {
        CertificateInfo {
            path: Some(path.into()),
            format: "PKCS12".into(),
            alias: alias.map(Into::into),
            subject_dn: "CN=es1".into(),
            serial_number: serial.into(),
            has_private_key: key,
            expiry: "2034-07-17T04:41:42.000Z".into(),
            issuer: Some("CN=ca".into()),
            node: None,
        }
    }

    #[test]
    fn serial_numbers_are_printed_as_java_prints_integers() {
        for (octets, expected) in [
            ("0a", "a"),
            ("00a1", "a1"),
            ("00", "0"),
            ("-05", "-5"),
            ("00ff00", "ff00"),
        ] {
            assert_eq!(serial_number(octets), expected, "{octets}");
        }
    }

    #[test]
    fn expiry_has_three_fraction_digits() {
        assert_eq!(expiry(UnixTime::NEVER), "9999-12-31T23:59:59.000Z");
    }

    #[test]
    fn fields_are_written_in_the_documented_order_and_alias_null_is_kept() {
        let json = serde_json::to_string(&info("ca.crt", None, "a", false)).unwrap();
        assert_eq!(
            json,
            r#"{"path":"ca.crt","format":"PKCS12","alias":null,"subject_dn":"CN=es1","serial_number":"a","has_private_key":false,"expiry":"2034-07-17T04:41:42.000Z","issuer":"CN=ca"}"#
        );
    }

    #[test]
    fn rows_are_sorted_and_the_twin_with_a_key_wins() {
        let mut rows = vec![
            info("b.p12", Some("x"), "9", false),
            info("a.p12", None, "1", false),
            info("a.p12", Some("z"), "9f", false),
            info("a.p12", Some("z"), "9f", true),
            info("a.p12", Some("z"), "10", false),
            info("B.p12", Some("x"), "1", false),
        ];
        CertificateInfo::sort(&mut rows);
        let keys: Vec<_> = rows
            .iter()
            .map(|row| {
                let path = row.path.as_deref().unwrap();
                (
                    path,
                    row.alias.as_deref(),
                    row.serial_number.as_str(),
                    row.has_private_key,
                )
            })
            .collect();
        assert_eq!(
            keys,
            [
                ("B.p12", Some("x"), "1", false),
                ("a.p12", Some("z"), "10", false),
                ("a.p12", Some("z"), "9f", true),
                ("a.p12", None, "1", false),
                ("b.p12", Some("x"), "9", false),
            ]
        );
    }

    #[test]
    fn old_answers_are_read() {
        let answer: Vec<CertificateInfo> = serde_json::from_str(
            r#"[{"path":null,"format":"PKCS11","alias":"ca","subject_dn":"CN=es1, O=x","serial_number":"abc","has_private_key":false,"expiry":1721191302000}]"#,
        )
        .unwrap();
        let rows = rows(&answer);
        assert_eq!(rows[0].name, "es1");
        assert_eq!(rows[0].serial, "0abc");
        assert_eq!(rows[0].issuer, "");
        assert_eq!(
            rows[0].not_after.unwrap().to_string(),
            "2024-07-17T04:41:42Z"
        );
    }
}
