//! Whatever opens can be written, and read again it is the same, but for what the writer says is lost.

use std::collections::{BTreeMap, BTreeSet};

use certlens_core::{
    Entry, JavaTrust, KeyForm, Limits, Lost, Material, NoRandomness, Object, Options, Part,
    Password, SealProfile, Sealing, UnixTime, WriteError, Written, open, open_for_writing,
    repair_with_private_keys_as_they_are, write_der, write_der_private_key_in_the_clear,
    write_der_sealed_key, write_jks, write_pem, write_pem_with_private_keys_in_the_clear,
    write_pem_with_sealed_keys, write_pkcs7, write_pkcs12,
};

/// Small enough that no input takes long.
const LIMITS: Limits = Limits {
    input: 1 << 20,
    depth: 64,
    kdf_rounds: 5_000,
    memory: 1 << 20,
    output: 1 << 20,
    entries: 1_000,
    listed: 100,
};

/// The formats that are written.
pub(crate) const FORMATS: [&str; 11] = [
    "pem",
    "pem-sealed",
    "pem-clear",
    "pkcs7",
    "pkcs12",
    "pkcs12-legacy",
    "pkcs12-pbmac1",
    "jks",
    "der",
    "der-sealed-key",
    "der-clear-key",
];

/// Writes the input in every format and compares what is read again.
///
/// # Panics
/// When something does not hold.
pub(crate) fn holds(input: &[u8]) {
    let passwords = ["", "changeit", "secret"].map(|text| Password::new(text.to_owned()));
    let options = Options {
        passwords: &passwords,
        limits: LIMITS,
    };
    let Ok(material) = open_for_writing(input, &options) else {
        return;
    };
    for format in FORMATS {
        let (parts, lost) = material.parts(|_, _| true);
        if let Ok(written) = write(format, &parts) {
            compare(format, &material, &written, lost);
        }
    }
    mended(input);
}

/// Writes these parts in one of [`FORMATS`], under the password `changeit`.
pub(crate) fn write(format: &str, parts: &[Part<'_>]) -> Result<Written, WriteError> {
    let password = Password::from("changeit");
    let sealing = |profile| Sealing {
        rounds: 3,
        ..Sealing::new(&password, profile)
    };
    let mut next = 0u8;
    let mut random = |octets: &mut [u8]| -> Result<(), NoRandomness> {
        for octet in octets {
            next = next.wrapping_mul(5).wrapping_add(17);
            *octet = next;
        }
        Ok(())
    };
    let modern = sealing(SealProfile::Modern);
    let trust = JavaTrust::AsRead;
    match format {
        "pem" => write_pem(parts),
        "pem-sealed" => write_pem_with_sealed_keys(parts, &modern, &mut random),
        "pem-clear" => write_pem_with_private_keys_in_the_clear(parts, KeyForm::Pkcs8),
        "pkcs7" => write_pkcs7(parts),
        "pkcs12" => write_pkcs12(parts, trust, &modern, &mut random),
        "pkcs12-legacy" => write_pkcs12(parts, trust, &sealing(SealProfile::Legacy), &mut random),
        "pkcs12-pbmac1" => write_pkcs12(parts, trust, &sealing(SealProfile::Pbmac1), &mut random),
        "jks" => {
            let at = UnixTime::from_seconds(1_700_000_000);
            write_jks(parts, &password, at, &mut random)
        }
        "der" => write_der(parts),
        "der-sealed-key" => write_der_sealed_key(parts, &modern, &mut random),
        _ => write_der_private_key_in_the_clear(parts, KeyForm::Pkcs8),
    }
}

fn compare(format: &str, material: &Material, written: &Written, mut lost: Vec<Lost>) {
    let passwords = [Password::from("changeit")];
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    let again = open(&written.bytes, &options)
        .unwrap_or_else(|error| panic!("{format}: what was written does not open: {error}"));
    lost.extend(written.lost.iter().cloned());
    let (before, after) = (
        material.contents().report(None).entries,
        again.report(None).entries,
    );
    // What is broken is carried over as it is, and nothing else breaks.
    let broken = |entries: &[Entry]| {
        let is_broken = |entry: &&Entry| matches!(entry.object, Object::Unreadable(_));
        entries.iter().filter(is_broken).count()
    };
    assert!(broken(&after) <= broken(&before), "{format}: {after:?}");
    let found: BTreeSet<Fact> = after.iter().flat_map(facts).collect();
    let mut paths: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for Lost { path, what, .. } in &lost {
        paths.entry(path).or_default().insert(what.clone());
    }
    for entry in &before {
        let none = BTreeSet::new();
        let lost = paths.get(entry.path.as_str()).unwrap_or(&none);
        let mut own = facts(entry);
        if lost.contains("its public half")
            && let Object::PrivateKey(key) = &entry.object
            && let Some(public) = &key.public_key
        {
            // Without it nobody tells two keys of one kind apart.
            for fact in &mut own {
                fact.of.clone_from(&public.text);
            }
        }
        let is_gone = own.first().is_none_or(|first| lost.contains(&first.what));
        for fact in own {
            // With an object goes what is said of it.
            let is_told = is_gone || lost.contains(&fact.what);
            let lower = Fact {
                what: fact.what.to_lowercase(),
                ..fact.clone()
            };
            let capitals = lost.contains(&format!("the capitals of {}", fact.what));
            let is_kept = found.contains(&fact) || capitals && found.contains(&lower);
            assert!(
                is_told || is_kept,
                "{format}: {}: {fact:?} is gone and not among {lost:?}",
                entry.path
            );
        }
    }
}

/// Something that is known of an object, and must stay so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fact {
    /// Which object it is.
    of: String,
    /// What it is, in the words of [`Lost::what`].
    what: String,
    value: String,
}

/// What is known of an entry, the object itself first; nothing of what no format holds.
fn facts(entry: &Entry) -> Vec<Fact> {
    let (of, what) = match &entry.object {
        Object::Certificate(it) => (it.fingerprints.sha256.clone(), "the certificate"),
        Object::RevocationList(it) => (it.fingerprints.sha256.clone(), "the revocation list"),
        Object::CertificationRequest(it) => (it.fingerprints.sha256.clone(), "the request"),
        Object::PublicKey(it) => (it.pem.clone().unwrap_or_default(), "the public key"),
        Object::PrivateKey(it) => {
            let public = it.public_key.as_ref();
            let identity = public.and_then(|key| key.identity.as_ref());
            let text = public.map_or_else(String::new, |key| key.text.clone());
            let of = identity.map_or(text, |identity| identity.spki_sha256.clone());
            (of, "the private key")
        }
        _ => return Vec::new(),
    };
    let fact = |what: &str, value: String| Fact {
        of: of.clone(),
        what: what.to_owned(),
        value,
    };
    let mut found = vec![fact(what, String::new())];
    let store = entry.keystore.clone().unwrap_or_default();
    // The name of a chain is that of its key.
    if store.chain_index.is_none_or(|index| index == 0)
        && let Some(alias) = &entry.alias
        && !alias.is_empty()
    {
        let name = format!("the name \"{}\"", alias.escape_debug());
        found.push(fact(&name, String::new()));
    }
    if let Some(trust) = &entry.trust {
        let said = format!("{:?}{:?}{:?}", trust.trusted, trust.rejected, trust.key_id);
        found.push(fact("what OpenSSL was told to trust it for", said));
    }
    if store.trusted {
        found.push(fact("that Java trusts it", String::new()));
    }
    if let Some(created) = store.created
        && store.chain_index.is_none()
    {
        let what = "the date on which it was put into its keystore";
        found.push(fact(what, created.to_string()));
    }
    if let Some(provider) = &store.provider {
        found.push(fact(&format!("the key provider {provider}"), String::new()));
    }
    if store.local_machine {
        found.push(fact(
            "that Windows keeps it for the computer",
            String::new(),
        ));
    }
    for attribute in &store.attributes {
        let name = attribute.name.as_deref().unwrap_or(&attribute.oid);
        let what = format!("the attribute {name}");
        found.push(fact(&what, attribute.bytes.clone()));
    }
    found
}

/// Text that was mended holds what it held before, and has nothing left to mend.
fn mended(input: &[u8]) {
    let Ok(repaired) = repair_with_private_keys_as_they_are(input, &LIMITS) else {
        return;
    };
    let options = Options {
        limits: LIMITS,
        ..Options::default()
    };
    // A keystore of Java within a text becomes blocks; what is sealed in it has none, and is named.
    let is_told = |entry: &Entry, fact: &Fact| {
        let told = format!("{} is left out: ", fact.what);
        repaired.changes.iter().any(|change| {
            change.path.as_ref() == Some(&entry.path) && change.what.starts_with(&told)
        })
    };
    let objects = |input: &[u8]| -> BTreeSet<Fact> {
        let Ok(contents) = open(input, &options) else {
            return BTreeSet::new();
        };
        let entries = contents.report(None).entries;
        let facts = entries.iter().filter_map(|entry| {
            let fact = facts(entry).into_iter().next()?;
            (!is_told(entry, &fact)).then_some(fact)
        });
        facts.collect()
    };
    let (before, after) = (objects(input), objects(&repaired.bytes));
    assert!(
        before.is_subset(&after),
        "mending lost {:?}",
        before.difference(&after).collect::<Vec<_>>()
    );
    let again = repair_with_private_keys_as_they_are(&repaired.bytes, &LIMITS)
        .unwrap_or_else(|error| panic!("what was mended cannot be read: {error}"));
    if !again.changes.iter().any(|change| change.stays) {
        assert_eq!(again.changes, [], "mended twice");
    }
}
