//! The certificates of a Redis Enterprise cluster: what it made itself, and what was replaced.

use super::Folder;
use super::authority::Attribute::{Name, Organisation, Unit};
use super::authority::{Authorities, COMPANY, COUNTRY, CannotMake, Key, Use, Wish};
use crate::stores::redis_enterprise::demonstration;

pub(super) fn make(folder: &Folder, authorities: &Authorities) -> Result<(), CannotMake> {
    for (name, unit, days, key) in OWN {
        let wish = Wish {
            subject: &[
                (Organisation, "RedisLabs Enterprise Cluster"),
                (Unit, unit),
                (Name, "redis.corp.example"),
            ],
            names: &["redis.corp.example", "*.redis.corp.example"],
            days: *days,
            key: *key,
            uses: &[Use::Server, Use::Client],
        };
        let own = authorities.self_signed(&wish)?;
        folder.write(&format!("{name}_cert.pem"), &own.pem)?;
        folder.write_secret(&format!("{name}_key.pem"), own.key.serialize_pem())?;
    }
    let chain = [authorities.issuing.pem(), authorities.root.pem()].concat();
    for (name, wish) in ISSUED {
        let issued = authorities.issue(&authorities.issuing, wish)?;
        folder.write(&format!("{name}_cert.pem"), issued.pem + &chain)?;
        folder.write_secret(&format!("{name}_key.pem"), issued.key.serialize_pem())?;
    }
    let hosts = ["redis.corp.example", "*.redis.corp.example"];
    let between_nodes = demonstration(&hosts, authorities.now())
        .map_err(|error| CannotMake::Other(error.to_string()))?;
    for pair in between_nodes {
        let name = pair.name;
        folder.write(&format!("{name}_cert.pem"), pair.certificate)?;
        if let Some(key) = pair.key {
            folder.write_secret(&format!("{name}_key.pem"), key.as_bytes())?;
        }
    }
    Ok(())
}

/// As the cluster makes them: self-signed, for a year.
const OWN: &[(&str, &str, (i64, i64), Key)] = &[
    ("api", "redisdb", (-120, 245), Key::P256),
    ("cm", "redisdb", (-120, 245), Key::P384),
    (
        "metrics_exporter",
        "metrics_exporter",
        (-372, -7),
        Key::P256,
    ),
    ("syncer", "syncer", (-340, 25), Key::P256),
];

/// As the company issues them, with the whole chain.
const ISSUED: &[(&str, Wish<'static>)] = &[
    (
        "proxy",
        Wish {
            subject: &[
                COUNTRY,
                COMPANY,
                (Unit, "Datenbanken"),
                (Name, "redis.corp.example"),
            ],
            names: &[
                "redis.corp.example",
                "*.redis.corp.example",
                "internal.redis.corp.example",
                "*.internal.redis.corp.example",
                "10.20.0.21",
            ],
            days: (-70, 20),
            key: Key::P256,
            uses: &[Use::Server, Use::Client],
        },
    ),
    (
        "ldap_client",
        Wish {
            subject: &[COUNTRY, COMPANY, (Name, "redis-ldap-client")],
            names: &["redis-ldap-client.corp.example"],
            days: (-30, 335),
            key: Key::Ed25519,
            uses: &[Use::Client],
        },
    ),
];
