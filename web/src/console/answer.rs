//! What a backend has answered: rows for the table, and what is kept for their details.

use certlens_core::{Row, RowKind, UnixTime};
use certlens_dialect::redis_enterprise::{CertificateName, Certificates, Key, NamedCertificate};
use certlens_dialect::{Fact, elasticsearch, iis};

use super::connection::Dialect;
use super::failure::Failure;
use crate::rows::RowId;
use crate::words;

/// What a backend has answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Answer {
    /// When it was read.
    pub(super) read_at: Option<UnixTime>,
    /// What it tells of itself: `release 9.1.0, cluster es-prod`.
    pub(super) about: String,
    /// Its certificates.
    pub(super) rows: Vec<Row>,
    /// Where each is used: a file, a store, a purpose.
    pub(super) places: Vec<Vec<String>>,
    /// What is kept for the detail of each.
    pub(super) sources: Vec<Source>,
    /// Certificates that it has and that were not asked for, because they are too many.
    pub(super) omitted: u32,
    /// Nodes that were asked and gave no answer: `es2, es3`.
    pub(super) silent: Option<String>,
}

/// What is kept for the detail of one row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Source {
    /// What the listing said.
    Elasticsearch(Box<elasticsearch::CertificateInfo>),
    /// What the listing said.
    Iis(Box<iis::Certificate>),
    /// The certificate itself, in the worker that read it.
    Pem {
        /// Its logical name: `proxy`.
        name: String,
        /// Which entry of the worker's pile it is.
        id: RowId,
    },
}

impl Source {
    /// What the dialect tells of it; nothing where the certificate itself is there.
    pub(super) fn facts(&self) -> Vec<Fact> {
        match self {
            Self::Elasticsearch(info) => elasticsearch::facts(info),
            Self::Iis(certificate) => iis::facts(certificate),
            Self::Pem { .. } => Vec::new(),
        }
    }

    /// Where it stands in its backend, in words: `certs/http.p12, alias es1`.
    pub(super) fn place(&self) -> String {
        let parts = match self {
            Self::Elasticsearch(info) => [
                file(info),
                info.alias.clone().map(|alias| words::alias_named(&alias)),
            ],
            Self::Iis(certificate) => {
                let store = certificate
                    .store
                    .as_ref()
                    .and_then(|store| store.name.clone());
                [
                    store.map(|store| words::store_named(&store)),
                    certificate.alias.clone(),
                ]
            }
            Self::Pem { name, .. } => [Some(name.clone()), None],
        };
        parts
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl Answer {
    /// The answer of `GET /_ssl/certificates`.
    pub(super) fn elasticsearch(listing: Vec<elasticsearch::CertificateInfo>) -> Self {
        let rows = elasticsearch::rows(&listing);
        let places = listing
            .iter()
            .map(|info| file(info).into_iter().collect())
            .collect();
        let sources = listing
            .into_iter()
            .map(|info| Source::Elasticsearch(Box::new(info)))
            .collect();
        Self {
            rows,
            places,
            sources,
            ..Self::default()
        }
    }

    /// The answers of `GET /api/certificates`, page by page.
    pub(super) fn iis(listing: iis::Certificates, stores: Option<usize>) -> Self {
        let rows = iis::rows(&listing);
        let store = |certificate: &iis::Certificate| {
            certificate
                .store
                .as_ref()
                .and_then(|store| store.name.clone())
                .into_iter()
                .collect()
        };
        let places = listing.certificates.iter().map(store).collect();
        let sources = listing
            .certificates
            .into_iter()
            .map(|certificate| Source::Iis(Box::new(certificate)))
            .collect();
        let about = stores
            .and_then(|stores| i64::try_from(stores).ok())
            .map(words::stores_counted)
            .unwrap_or_default();
        Self {
            about,
            rows,
            places,
            sources,
            ..Self::default()
        }
    }

    /// The answer of `GET /v1/cluster/certificates`, with the rows that the worker read from the text
    /// of each name, in the same order. The files of the worker are numbered from 1.
    pub(super) fn redis_enterprise(listing: &Certificates, read: Vec<(RowId, Row)>) -> Self {
        let mut answer = Self { ..Self::default() };
        for (id, mut row) in read {
            let file = usize::try_from(id.group)
                .ok()
                .and_then(|number| number.checked_sub(1));
            let Some(named) = file.and_then(|file| listing.entries.get(file)) else {
                continue;
            };
            let known = CertificateName::find(&named.name);
            row.alias = Some(named.name.clone());
            if row.kind == RowKind::Unreadable {
                row.name.clone_from(&named.name);
            }
            // The leaf stands first in the text; the key belongs to it.
            row.has_private_key = id.entry == 0 && holds_key(named, known);
            let purpose =
                known.map_or_else(|| named.name.clone(), |known| capitalised(known.purpose));
            answer.rows.push(row);
            answer.places.push(vec![purpose]);
            answer.sources.push(Source::Pem {
                name: named.name.clone(),
                id,
            });
        }
        answer
    }
}

/// Where a certificate of Elasticsearch stands: `certs/http.p12`, `certs/http.p12 on es1`.
fn file(info: &elasticsearch::CertificateInfo) -> Option<String> {
    let path = info.path.clone()?;
    Some(match &info.node {
        Some(node) => words::on_host(&path, node),
        None => path,
    })
}

/// A clause as it stands alone.
fn capitalised(clause: &str) -> String {
    let mut letters = clause.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}", first.to_uppercase(), letters.as_str())
    })
}

/// Whether the cluster holds the key: its answer had one, or the documentation says so of the name.
fn holds_key(named: &NamedCertificate, known: Option<&CertificateName>) -> bool {
    named.has_private_key || known.is_some_and(|known| known.key == Key::Held)
}

/// Reads a body as JSON of the shape that a dialect documents.
pub(super) fn read<'a, T: serde::Deserialize<'a>>(body: &'a [u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| Failure::of_json(&error, body))
}

/// What no answer of a dialect tells of a certificate, with what would.
pub(super) fn untold(dialect: Dialect) -> Vec<(&'static str, &'static str)> {
    match dialect {
        Dialect::Elasticsearch => vec![
            (
                words::start_of_validity(),
                words::so_no_share_of_its_lifetime_can_be(),
            ),
            (
                words::other_names(),
                words::alternative_names_are_not_listed(),
            ),
            (words::key(), words::kind_and_size_are_not_listed()),
            (words::fingerprints(), words::only_the_serial_number_is()),
            (words::use_of_key(), words::key_usage_and_purposes_are_not()),
        ],
        Dialect::Iis => vec![
            (
                words::serial_number(),
                words::the_thumbprint_stands_for_it(),
            ),
            (words::key(), words::kind_and_size_are_not_listed()),
            ("SHA-256", words::only_the_sha_1_thumbprint_is()),
            (
                words::authority(),
                words::whether_it_may_issue_others_is_not(),
            ),
        ],
        Dialect::RedisEnterprise => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_elasticsearch_row_stands_where_its_file_is() {
        let listing: Vec<elasticsearch::CertificateInfo> = read(
            br#"[{"path":"certs/http.p12","format":"PKCS12","alias":"es1","subject_dn":"CN=es1","serial_number":"abc","has_private_key":true,"expiry":"2034-07-17T04:41:42.000Z","issuer":"CN=ca"}]"#,
        )
        .expect("a listing");
        let answer = Answer::elasticsearch(listing);
        assert_eq!(answer.places, [["certs/http.p12"]]);
        assert_eq!(answer.sources[0].place(), "certs/http.p12, alias es1");
        assert!(answer.rows[0].has_private_key && answer.rows[0].not_before.is_none());
    }

    #[test]
    fn the_node_is_told_where_a_relay_names_it() {
        let listing = read(br#"[{"path":"certs/http.p12","node":"es2"}]"#).expect("a listing");
        let answer = Answer::elasticsearch(listing);
        assert_eq!(answer.places, [["certs/http.p12 on es2"]]);
    }

    #[test]
    fn an_iis_row_stands_in_its_store() {
        let listing = read(
            br#"{"certificates":[{"id":"i","alias":"","subject":"CN=www","valid_to":"2027-01-01T00:00:00Z","store":{"name":"WebHosting","id":"s"}}]}"#,
        )
        .expect("a listing");
        let answer = Answer::iis(listing, Some(3));
        assert_eq!(answer.about, "3 stores");
        assert_eq!(answer.places, [["WebHosting"]]);
        assert_eq!(answer.sources[0].place(), "store WebHosting");
    }

    #[test]
    fn redis_rows_carry_the_logical_name_and_the_leaf_has_the_key() {
        let listing: Certificates =
            read(br#"{"proxy_cert":"A","proxy_key":"K","mtls_trusted_ca_cert":"B"}"#)
                .expect("a listing");
        let row = |group, entry, kind| {
            (
                RowId { group, entry },
                Row {
                    kind,
                    ..Row::default()
                },
            )
        };
        let answer = Answer::redis_enterprise(
            &listing,
            vec![
                row(1, 0, RowKind::Certificate),
                row(1, 1, RowKind::Certificate),
                row(2, 0, RowKind::Unreadable),
                row(9, 0, RowKind::Certificate),
            ],
        );
        let seen: Vec<_> = answer
            .rows
            .iter()
            .map(|row| {
                (
                    row.alias.as_deref().unwrap_or_default(),
                    row.name.as_str(),
                    row.has_private_key,
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("proxy", "", true),
                ("proxy", "", false),
                ("mtls_trusted_ca", "mtls_trusted_ca", false)
            ]
        );
        assert_eq!(answer.places[0], ["Clients to database endpoints"]);
    }

    #[test]
    fn another_shape_is_a_failure_of_the_backend() {
        let failure = read::<Vec<elasticsearch::CertificateInfo>>(b"{}").expect_err("a map");
        assert!(matches!(failure, Failure::Misshapen { .. }));
    }
}
