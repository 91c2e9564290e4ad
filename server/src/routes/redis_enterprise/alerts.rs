//! What the lifetimes of certificates mean for whoever watches them.

use certlens_core::UnixTime;
use certlens_dialect::redis_enterprise::{
    CertificateAlert, CertificateHealth, ExpiringCertificates, Health,
};

use crate::stores::redis_enterprise::{AUTHORITY, Internode, Lifetime};

/// Every alert about certificates, by its name.
pub(super) fn all(lifetimes: &[Lifetime], now: UnixTime) -> Vec<(&'static str, CertificateAlert)> {
    ALERTS
        .iter()
        .map(|(name, days, concerns)| {
            let concerned: Vec<&Lifetime> =
                lifetimes.iter().filter(|one| concerns(one.name)).collect();
            (*name, alert(&concerned, *days, now))
        })
        .collect()
}

/// The certificates that are there, without the authority, which is no certificate of the cluster.
pub(super) fn health(lifetimes: &[Lifetime], now: UnixTime) -> Health {
    let certificates = lifetimes.iter().filter(|one| one.name != AUTHORITY);
    let certificates = certificates.map(|one| CertificateHealth {
        kind: format!("{}_cert", one.name),
        expired: one.until < now,
        valid_until: one.until.to_string(),
    });
    Health {
        certificates: certificates.collect(),
    }
}

fn alert(concerned: &[&Lifetime], days: i64, now: UnixTime) -> CertificateAlert {
    let begin = |one: &Lifetime| UnixTime::from_seconds(one.until.seconds() - days * 86_400);
    let expiring: Vec<&&Lifetime> = concerned.iter().filter(|one| begin(one) < now).collect();
    let state = !expiring.is_empty();
    // On since the first one came so near; off since the last one was written.
    let changed = if state {
        expiring.iter().map(|one| begin(one).max(one.since)).min()
    } else {
        concerned.iter().map(|one| one.since).max()
    };
    CertificateAlert {
        change_time: changed.unwrap_or(UnixTime::from_seconds(0)).to_string(),
        change_value: ExpiringCertificates {
            certs_about_to_expire: expiring.iter().map(|one| one.name.to_owned()).collect(),
            global_threshold: days.to_string(),
            state,
        },
        enabled: true,
        severity: if state { "WARNING" } else { "INFO" }.to_owned(),
        state,
    }
}

type Concerns = fn(&str) -> bool;

/// Name, days before the expiry (the product's defaults), and the certificates that are meant.
const ALERTS: &[(&str, i64, Concerns)] = &[
    ("cluster_ca_cert_about_to_expire", 90, |name| {
        name == AUTHORITY
    }),
    ("cluster_certs_about_to_expire", 45, |name| {
        name != AUTHORITY && Internode::find(name).is_none()
    }),
    ("node_internal_certs_about_to_expire", 45, |name| {
        Internode::find(name).is_some()
    }),
];

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn lifetime(name: &'static str, since: i64, until: i64) -> Lifetime {
        Lifetime {
            name,
            since: UnixTime::from_seconds(since * DAY),
            until: UnixTime::from_seconds(until * DAY),
        }
    }

    #[test]
    fn an_alert_is_on_from_its_threshold_until_the_certificate_is_replaced() {
        let now = UnixTime::from_seconds(1_000 * DAY);
        let lifetimes = [
            lifetime("api", 900, 1_046),
            lifetime("proxy", 700, 1_044),
            lifetime("syncer", 990, 1_020),
            lifetime(Internode::DataPlane.name(), 950, 1_045),
            lifetime(AUTHORITY, 1, 1_089),
        ];
        let seen: Vec<_> = all(&lifetimes, now)
            .into_iter()
            .map(|(name, alert)| {
                assert_eq!(alert.state, alert.change_value.state);
                assert_eq!(alert.severity == "WARNING", alert.state);
                let names = alert.change_value.certs_about_to_expire.join(" ");
                (name, names, alert.change_time)
            })
            .collect();
        let day = |days: i64| UnixTime::from_seconds(days * DAY).to_string();
        assert_eq!(
            seen,
            [
                (
                    "cluster_ca_cert_about_to_expire",
                    AUTHORITY.into(),
                    day(999)
                ),
                (
                    "cluster_certs_about_to_expire",
                    "proxy syncer".into(),
                    day(990)
                ),
                (
                    "node_internal_certs_about_to_expire",
                    String::new(),
                    day(950)
                ),
            ]
        );
        assert_eq!(health(&lifetimes, now).certificates.len(), 4);
        let later = health(&lifetimes, UnixTime::from_seconds(1_045 * DAY));
        let expired = later.certificates.iter().filter(|one| one.expired);
        let expired: Vec<_> = expired.map(|one| one.kind.as_str()).collect();
        assert_eq!(expired, ["proxy_cert", "syncer_cert"]);
    }
}
