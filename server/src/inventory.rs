//! Every certificate of every store, for metrics and for readiness.

use std::sync::Arc;

use certlens_core::{Certificate, Limits, Object, Options, UnixTime};

use crate::app::App;
use crate::clock;
use crate::routes::{Dialect, blocking};
use crate::stores::iis::{Opened, Row};
use crate::stores::redis_enterprise::Keys;
use crate::users::{Permission, User};

/// What the stores hold, and what of them cannot be read.
#[derive(Default)]
pub(crate) struct Inventory {
    pub(crate) certificates: Vec<Listed>,
    /// How many there are, and how many end soon, for each store that may be large.
    pub(crate) counts: Vec<Count>,
    /// In words for the log: they name files.
    pub(crate) troubles: Vec<(Dialect, String)>,
}

/// What is told of a store whose certificates are not all told.
pub(crate) struct Count {
    pub(crate) dialect: Dialect,
    pub(crate) store: String,
    pub(crate) certificates: usize,
    /// How many end within these many days from now; 0 for those that have ended.
    pub(crate) ending: Vec<(i64, usize)>,
}

/// One certificate.
pub(crate) struct Listed {
    pub(crate) dialect: Dialect,
    /// Where it is, and which of several it is there.
    pub(crate) labels: Vec<(&'static str, String)>,
    pub(crate) not_after: UnixTime,
}

impl Inventory {
    /// Takes stock of everything.
    pub(crate) async fn of(app: &App) -> Self {
        Self::shown_to(None, app).await
    }

    /// Takes stock of what somebody may know of; nobody stands for all who may know everything.
    pub(crate) async fn shown_to(user: Option<&User>, app: &App) -> Self {
        let mut inventory = Self::default();
        inventory.add(Dialect::Elasticsearch, stock(app, elasticsearch).await);
        inventory.add(Dialect::RedisEnterprise, stock(app, redis_enterprise).await);
        match iis(user, app).await {
            Ok((listed, counts)) => {
                inventory.certificates.extend(listed);
                inventory.counts = counts;
            }
            Err(trouble) => inventory.troubles.push((Dialect::Iis, trouble)),
        }
        inventory
    }

    fn add(&mut self, dialect: Dialect, found: Result<Vec<Listed>, String>) {
        match found {
            Ok(found) => self.certificates.extend(found),
            Err(trouble) => self.troubles.push((dialect, trouble)),
        }
    }
}

async fn stock(
    app: &App,
    take: fn(&App) -> Result<Vec<Listed>, String>,
) -> Result<Vec<Listed>, String> {
    let app = app.clone();
    let taken = blocking(move || take(&app)).await;
    taken.unwrap_or_else(|| Err("looking at the files came to no end".to_owned()))
}

fn elasticsearch(app: &App) -> Result<Vec<Listed>, String> {
    let listing = app.elasticsearch.listing().map_err(|error| error.reason)?;
    let listed = listing.rows().iter().cloned().filter_map(|row| {
        let alias = row.alias.unwrap_or_default();
        Some(Listed {
            dialect: Dialect::Elasticsearch,
            not_after: UnixTime::parse(&row.expiry)?,
            labels: vec![
                ("path", row.path.unwrap_or_default()),
                ("alias", alias),
                ("serial", row.serial_number),
            ],
        })
    });
    Ok(listed.collect())
}

fn redis_enterprise(app: &App) -> Result<Vec<Listed>, String> {
    let mut listed = Vec::new();
    for pair in app.changes.here.directory.pairs(Keys::Leave)? {
        let options = Options {
            passwords: &[],
            limits: Limits::default(),
        };
        let report = certlens_core::inspect(pair.certificate.as_bytes(), &options, None);
        let report = report.map_err(|error| format!("{}: {error}", pair.name))?;
        let mut certificates = report
            .entries
            .iter()
            .filter_map(|entry| match &entry.object {
                Object::Certificate(certificate) => Some(certificate),
                _ => None,
            });
        let leaf: &Certificate = certificates
            .next()
            .ok_or_else(|| format!("{}: there is no certificate in it", pair.name))?;
        listed.extend(leaf.not_after.map(|not_after| Listed {
            dialect: Dialect::RedisEnterprise,
            labels: vec![
                ("name", pair.name.to_owned()),
                ("serial", leaf.serial.clone()),
            ],
            not_after,
        }));
    }
    Ok(listed)
}

async fn iis(user: Option<&User>, app: &App) -> Result<(Vec<Listed>, Vec<Count>), String> {
    let gone = || "looking at the files came to no end".to_owned();
    let (stores, user) = (app.iis.stores().await.ok_or_else(gone)?, user.cloned());
    // Sorting a million rows is a second of work.
    let listed = blocking(move || listed(&stores, user.as_ref(), clock::now())).await;
    listed.ok_or_else(gone)?
}

fn listed(
    stores: &[Opened],
    user: Option<&User>,
    now: UnixTime,
) -> Result<(Vec<Listed>, Vec<Count>), String> {
    let (mut listed, mut counts) = (Vec::new(), Vec::new());
    for opened in stores {
        let (store, rows) = opened.state.as_ref().map_err(Clone::clone)?;
        let is_shown =
            |user: &User| store.claims("read") && user.may_in(Permission::Monitor, &store.name);
        if !user.is_none_or(is_shown) {
            continue;
        }
        let one = |row: &Arc<Row>| {
            Some(Listed {
                dialect: Dialect::Iis,
                not_after: row.not_after()?,
                labels: vec![
                    ("store", store.name.clone()),
                    ("alias", row.alias().to_owned()),
                    ("subject", row.subject().to_owned()),
                    ("thumbprint", row.thumbprint()),
                ],
            })
        };
        if rows.all.len() <= LISTED_AT_MOST {
            listed.extend(rows.all.iter().filter_map(one));
        } else {
            let next = rows.next_to_end(now).take(LISTED_AT_MOST);
            listed.extend(next.filter_map(one));
        }
        let ending = DAYS.map(|days| {
            let until = UnixTime::from_seconds(now.seconds() + days * 86_400);
            (days, rows.ending_before(until))
        });
        counts.push(Count {
            dialect: Dialect::Iis,
            store: store.name.clone(),
            certificates: rows.all.len(),
            ending: ending.to_vec(),
        });
    }
    Ok((listed, counts))
}

/// Certificates of one store that are told one by one. Of more, those that end next.
const LISTED_AT_MOST: usize = 10_000;

/// Within how many days certificates are counted that end.
const DAYS: [i64; 6] = [0, 1, 7, 14, 30, 90];
