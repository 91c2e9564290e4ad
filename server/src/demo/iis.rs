//! Three stores of a Windows web server, as folders of files.

use certlens_core::Part;
use zeroize::Zeroizing;

use super::Folder;
use super::authority::Attribute::{self, Name, Unit};
use super::authority::{Authorities, COMPANY, COUNTRY, CannotMake, Issued, Key, Use, Wish};

pub(super) fn make(folder: &Folder, authorities: &Authorities) -> Result<(), CannotMake> {
    let personal = folder.folder("My")?;
    personal.write_secret("store.toml", STORE)?;
    let hosting = folder.folder("WebHosting")?;
    hosting.write_secret("store.toml", STORE)?;
    let central = folder.folder("IIS Central Certificate Store")?;
    central.write_secret("store.toml", STORE)?;

    for (store, file, alias, site) in SITES {
        let folder = match store {
            Store::Personal => &personal,
            Store::Hosting => &hosting,
            Store::Central => &central,
        };
        let issued = authorities.issue(&authorities.issuing, &site.wish())?;
        folder.write_secret(file, keystore(&issued, alias, authorities)?)?;
    }

    let dev = authorities.self_signed(&DEVELOPER)?;
    personal.write("my-work-pc.cer", &dev.der)?;
    let next = authorities.issue(&authorities.issuing, &NEXT_SHOP)?;
    hosting.write_secret("shop-next.pem", next.key.serialize_pem() + &next.pem)?;
    Ok(())
}

fn keystore(
    issued: &Issued,
    alias: &str,
    authorities: &Authorities,
) -> Result<Zeroizing<Vec<u8>>, CannotMake> {
    let key = super::secret_key(&issued.key)?;
    let parts = [
        Part::certificate(&issued.der).named(alias),
        Part::certificate(authorities.issuing.der()),
        Part::certificate(authorities.root.der()),
        Part::private_key(&key).named(alias),
    ];
    super::keystore(&parts, PASSWORD)
}

/// One web site's certificate.
struct Site {
    subject: &'static [(Attribute, &'static str)],
    names: &'static [&'static str],
    days: (i64, i64),
    key: Key,
}

impl Site {
    fn wish(&self) -> Wish<'static> {
        let Self {
            subject,
            names,
            days,
            key,
        } = *self;
        Wish {
            subject,
            names,
            days,
            key,
            uses: &[Use::Server],
        }
    }
}

enum Store {
    Personal,
    Hosting,
    Central,
}

const SITES: &[(Store, &str, &str, Site)] = &[
    (
        Store::Personal,
        "intranet.pfx",
        "Intranet",
        Site {
            subject: &[
                COUNTRY,
                COMPANY,
                (Unit, "IT"),
                (Name, "intranet.corp.example"),
            ],
            names: &["intranet.corp.example", "intranet", "10.20.0.31"],
            days: (-200, 165),
            key: Key::P256,
        },
    ),
    (
        Store::Personal,
        "mail.pfx",
        "Mail gateway",
        Site {
            subject: &[COUNTRY, COMPANY, (Unit, "IT"), (Name, "mail.corp.example")],
            names: &[
                "mail.corp.example",
                "autodiscover.corp.example",
                "2001:db8::25",
            ],
            days: (-360, 5),
            key: Key::P384,
        },
    ),
    (
        Store::Hosting,
        "shop.pfx",
        "Shop",
        Site {
            subject: &[COUNTRY, COMPANY, (Name, "shop.corp.example")],
            names: &["shop.corp.example", "www.shop.corp.example"],
            days: (-75, 15),
            key: Key::P256,
        },
    ),
    (
        Store::Hosting,
        "careers-old.pfx",
        "Careers (old)",
        Site {
            subject: &[COUNTRY, COMPANY, (Name, "careers.corp.example")],
            names: &["careers.corp.example"],
            days: (-403, -38),
            key: Key::P256,
        },
    ),
    (
        Store::Hosting,
        "careers.pfx",
        "Careers",
        Site {
            subject: &[COUNTRY, COMPANY, (Name, "careers.corp.example")],
            names: &["careers.corp.example", "jobs.corp.example"],
            days: (-40, 325),
            key: Key::P256,
        },
    ),
    (
        Store::Central,
        "portal.corp.example.pfx",
        "portal",
        Site {
            subject: &[COUNTRY, COMPANY, (Name, "portal.corp.example")],
            names: &["portal.corp.example"],
            days: (-20, 70),
            key: Key::P256,
        },
    ),
    (
        Store::Central,
        "_.apps.corp.example.pfx",
        "apps",
        Site {
            subject: &[COUNTRY, COMPANY, (Name, "*.apps.corp.example")],
            names: &["*.apps.corp.example"],
            days: (-85, 5),
            key: Key::P256,
        },
    ),
];

/// What a developer made for the own machine.
const DEVELOPER: Wish<'static> = Wish {
    subject: &[(Name, "localhost")],
    names: &["localhost", "my-work-pc", "::1"],
    days: (-100, 630),
    key: Key::Ed25519,
    uses: &[Use::Client, Use::Server],
};

/// Ordered ahead of time: it begins in a few days.
const NEXT_SHOP: Wish<'static> = Wish {
    subject: &[COUNTRY, COMPANY, (Name, "shop.corp.example")],
    names: &["shop.corp.example", "www.shop.corp.example"],
    days: (9, 99),
    key: Key::P256,
    uses: &[Use::Server],
};

const STORE: &str = "\
# What may be done with the certificates of this store.
claims = [\"read\"]
# Tried on each file of this store, in this order.
passwords = [\"demo-iis\"]
";

const PASSWORD: &str = "demo-iis";
