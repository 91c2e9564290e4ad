//! Keystores that are written of what the corpora hold, opened by OpenSSL and Java.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use certlens_core::{
    Body, JavaTrust, KeyForm, Material, NoRandomness, Options, Part, Password, SealProfile,
    Sealing, UnixTime, open_for_writing, write_der_private_key_in_the_clear, write_jks, write_pem,
    write_pkcs12,
};

use super::Tally;
use crate::repository;

/// What the judges say.
#[derive(Default)]
pub struct Judged {
    /// Files opened by OpenSSL.
    pub openssl: Tally,
    /// Files opened by Java.
    pub java: Tally,
    /// What was not opened: the source, the format, and what was said.
    pub faults: Vec<String>,
}

/// Samples that are written; each of them as three files.
const SAMPLES: usize = 120;

/// Octets of a file that is taken for a sample.
const LARGEST: u64 = 64 << 10;

/// Writes a sample of the corpora in every sealed format and lets others open it. `None` where one of
/// them is not installed.
pub fn judge(corpora: &Path) -> Option<Judged> {
    let folder = tempfile::tempdir().ok()?;
    let mut sources = Vec::new();
    for path in chosen(corpora) {
        if let Some(material) = open(&path)
            && write(&material, folder.path(), sources.len()).is_some()
        {
            sources.push(path);
        }
    }
    let said = java(folder.path())?;
    let mut judged = Judged::default();
    for (index, source) in sources.iter().enumerate() {
        let of_source = said.get(&format!("{index}.pem")).map(String::as_str);
        if of_source.is_none_or(|said| !said.starts_with("ok")) {
            continue;
        }
        for (name, has_two) in [
            ("modern.p12", true),
            ("legacy.p12", true),
            ("java.jks", false),
        ] {
            let name = format!("{index}-{name}");
            let file = folder.path().join(&name);
            if !file.exists() {
                continue;
            }
            let said = said.get(&name).map_or("nothing", String::as_str);
            let by_java = (said.starts_with("ok"))
                .then_some(())
                .ok_or(said.to_owned());
            judged.java.compared += 1;
            judged.count("Java", source, &name, by_java);
            if has_two {
                judged.openssl.compared += 1;
                judged.count("OpenSSL", source, &name, openssl(&file));
            }
        }
    }
    Some(judged)
}

impl Judged {
    fn count(&mut self, judge: &str, source: &Path, name: &str, said: Result<(), String>) {
        match said {
            Ok(()) if judge == "Java" => self.java.equal += 1,
            Ok(()) => self.openssl.equal += 1,
            Err(said) => {
                let source = source.display();
                self.faults
                    .push(format!("{source} as {name}: {judge}: {said}"));
            }
        }
    }
}

/// Files from all over the corpora, keystores and keys first.
fn chosen(corpora: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    collect(corpora, &mut all);
    all.sort();
    let is_keystore = |path: &PathBuf| {
        let ending = path
            .extension()
            .and_then(|it| it.to_str())
            .unwrap_or_default();
        ["p12", "pfx", "jks", "jceks", "keystore", "bks"].contains(&ending)
    };
    let (keystores, others): (Vec<_>, Vec<_>) = all.into_iter().partition(is_keystore);
    let spread = |files: Vec<PathBuf>| {
        let step = files.len().div_ceil(SAMPLES).max(1);
        files.into_iter().step_by(step).collect::<Vec<_>>()
    };
    [spread(keystores), spread(others)].concat()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(metadata) = fs::metadata(&path) else {
            continue;
        };
        if metadata.is_dir() {
            collect(&path, found);
        } else if metadata.len() <= LARGEST {
            found.push(path);
        }
    }
}

fn open(path: &Path) -> Option<Material> {
    let passwords = [
        "changeit", "password", "secret", "passwd", "12345678", "1234",
    ];
    let passwords = passwords.map(Password::from);
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    open_for_writing(&fs::read(path).ok()?, &options).ok()
}

/// The files of one sample; `None` for one without certificates.
fn write(material: &Material, folder: &Path, index: usize) -> Option<()> {
    let (parts, _) = material.parts(|_, _| true);
    let parts: Vec<Part<'_>> = parts
        .into_iter()
        .filter(|part| !matches!(part.body, Body::RevocationList(_) | Body::Other { .. }))
        .collect();
    let mut certificates = parts.clone();
    certificates.retain(|part| matches!(part.body, Body::Certificate(_)));
    for part in &mut certificates {
        part.openssl_trust = None;
    }
    let source = write_pem(&certificates).ok()?;
    let password = Password::from("changeit");
    let sealing = |profile| Sealing {
        rounds: 2048,
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
    let mut keys = Vec::new();
    for part in &parts {
        if matches!(part.body, Body::PrivateKey(_)) {
            let one = std::slice::from_ref(part);
            let key = write_der_private_key_in_the_clear(one, KeyForm::Pkcs8).ok()?;
            keys.extend(u32::try_from(key.bytes.len()).ok()?.to_be_bytes());
            keys.extend_from_slice(&key.bytes);
        }
    }
    let at = UnixTime::from_seconds(1_800_000_000);
    let trust = if keys.is_empty() {
        JavaTrust::Every
    } else {
        JavaTrust::AsRead
    };
    let save = |name: &str, octets: &[u8]| {
        let path = folder.join(format!("{index}{name}"));
        fs::write(path, octets).expect("there is room");
    };
    save(".pem", &source.bytes);
    save(".key", &keys);
    for (name, profile) in [
        ("-modern.p12", SealProfile::Modern),
        ("-legacy.p12", SealProfile::Legacy),
    ] {
        let file = write_pkcs12(&parts, trust, &sealing(profile), &mut random);
        save(name, &file.ok()?.bytes);
    }
    save(
        "-java.jks",
        &write_jks(&parts, &password, at, &mut random).ok()?.bytes,
    );
    Some(())
}

/// What Java says of each file, by its name.
fn java(folder: &Path) -> Option<HashMap<String, String>> {
    let program = repository().join("tests/corpora/Opens.java");
    let output = Command::new("java")
        .arg(program)
        .arg(folder)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    let said: HashMap<String, String> = lines
        .map(|(name, said)| (name.to_owned(), said.to_owned()))
        .collect();
    (!said.is_empty()).then_some(said)
}

fn openssl(file: &Path) -> Result<(), String> {
    let output = Command::new("openssl")
        .args(["pkcs12", "-nodes", "-passin", "pass:changeit", "-in"])
        .arg(file)
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or_default().to_owned();
    output.status.success().then_some(()).ok_or(said)
}
